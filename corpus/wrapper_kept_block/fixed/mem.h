/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Memory for the whole driver: cleared, counted, from one pool. */
#include <ntddk.h>

PVOID MmuTake(SIZE_T length);
VOID MmuGive(PVOID block);
