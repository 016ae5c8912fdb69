/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The WDK's names for its compiler's warning numbers: of no use here. */
#pragma once
