/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The WDK's list of deprecated C runtime routines: of no use here. */
#pragma once
