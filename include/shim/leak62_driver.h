/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Included before the first line of every driver source (-include).  It holds
 * only macros, so that the source still decides which of wdm.h, ntddk.h and
 * ntifs.h it builds on.  What needs their types is in the wrapper headers of
 * this folder, which come before the DDK in the include path.
 */
#ifndef LEAK62_SHIM_DRIVER_H
#define LEAK62_SHIM_DRIVER_H

#include "leak62_sal.h"

#endif
