/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The driver's own pool routines. */
#ifndef MYALLOC_H
#define MYALLOC_H

#include <ntddk.h>

/* Zeroed nonpaged pool, or NULL. */
PVOID MyAlloc(SIZE_T size);
/* NULL is allowed. */
VOID MyFree(PVOID memory);

#endif
