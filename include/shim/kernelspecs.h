/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The driver annotations, which are all in leak62_sal.h. */
#pragma once
#include "leak62_sal.h"
