/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef MEM_H
#define MEM_H

#include <ntddk.h>

PVOID MemAllocate(SIZE_T Size);
VOID MemFree(PVOID Memory);

#endif
