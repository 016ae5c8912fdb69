/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A library without source.  Its annotations say who owns what.
 */
#include <ntddk.h>

/* The caller frees the result with CodFree. */
__drv_allocatesMem(Mem) PVOID CodDecode(_In_reads_bytes_(Length) PVOID Input, ULONG Length);
VOID CodFree(_In_ __drv_freesMem(Mem) PVOID Block);

/* *Table is the caller's to free if that succeeds. */
_When_(return >= 0, _At_(*Table, _Post_notnull_ __drv_allocatesMem(Mem)))
_Must_inspect_result_ NTSTATUS CodBuild(_In_ ULONG Size, _Outptr_ PVOID *Table);

/* Keeps the block if that succeeds, and frees it at CodClose. */
NTSTATUS CodAdd(_When_(return >= 0, __drv_aliasesMem) _In_ PVOID Block);
VOID CodClose(VOID);
