/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the driver says of its own functions in source annotations. */
// RUN: %analyze %s
// RUN: %scan %s
// RUN: %leaks %t.db %s
// RUN: %dump %t.db site release | FileCheck %s
#include <ntddk.h>
#include "../../include/shim/leak62_own.h"

#define TAG 'tset'
typedef struct _EXT {
	PVOID Data;
} EXT, *PEXT;

__drv_allocatesMem(Mem) PVOID table_allocate(SIZE_T size);
VOID table_free(__drv_freesMem(Mem) PVOID table);
NTSTATUS table_create(__drv_allocatesMem(Mem) PVOID *table);
_At_(*table, __drv_allocatesMem(Mem)) NTSTATUS table_open(SIZE_T size, PVOID *table);
_When_(return == 0, _At_(*table, _Post_ _Notnull_ __drv_allocatesMem(Pool)))
NTSTATUS table_clone(PVOID from, PVOID *table);
_At_(*table, _Post_ _Null_ __drv_freesMem(Pool)) VOID table_destroy(PVOID *table);
_At_(name->Buffer, __drv_allocatesMem(Mem)) NTSTATUS name_read(PUNICODE_STRING name);
_When_(allocate, _At_(*table, __drv_allocatesMem(Mem)))
NTSTATUS table_find(BOOLEAN allocate, PVOID *table);
VOID table_keep(__drv_aliasesMem PVOID table);
NTSTATUS table_add(PEXT ext, _When_(return >= 0, __drv_aliasesMem) PVOID table);
BOOLEAN table_grow(_When_(return != FALSE, __drv_freesMem(Mem)) PVOID table);
__drv_allocatesMem(Mem) PVOID table_wrap(PVOID inner);
__drv_when(return >= 0, __drv_at(*table, __drv_allocatesMem(Mem)))
NTSTATUS table_old(PVOID *table);
typedef __drv_allocatesMem(Mem) PVOID ALLOCATE(SIZE_T size);
ALLOCATE table_by_type;
_When_(size > 4, _At_(*table, __drv_allocatesMem(Mem)))
NTSTATUS table_other(SIZE_T size, PVOID *table);

int result_leak(int n)
{
	PVOID table = table_allocate(8);

	if (!table)
		return -1;
	if (n > 3)
		return -2; // expected-warning{{leak: 'table' from table_allocate is not freed on this path}}
	table_free(table);
	return 0;
}

int result_freed(void)
{
	PVOID table = table_allocate(8);

	if (!table)
		return -1;
	table_free(table);
	return 0;
}

int result_by_type_leak(void)
{
	return table_by_type(8) ? 0 : -1; // expected-warning{{leak: what table_by_type returned is not freed on this path}}
}

NTSTATUS output_leak(int n)
{
	PVOID table;
	NTSTATUS status = table_create(&table);

	if (!NT_SUCCESS(status))
		return status; // nothing was allocated
	if (n > 3)
		return STATUS_UNSUCCESSFUL; // expected-warning{{leak: 'table' from table_create is not freed on this path}}
	ExFreePool(table);
	return STATUS_SUCCESS;
}

NTSTATUS output_at_leak(int n)
{
	PVOID table;
	NTSTATUS status = table_open(8, &table);

	if (!NT_SUCCESS(status))
		return status;
	if (n > 3)
		return STATUS_UNSUCCESSFUL; // expected-warning{{leak: 'table' from table_open is not freed on this path}}
	table_destroy(&table);
	return STATUS_SUCCESS;
}

NTSTATUS output_when_leak(PVOID from, int n)
{
	PVOID table;
	NTSTATUS status = table_clone(from, &table);

	if (!NT_SUCCESS(status))
		return status;
	if (n > 3)
		return STATUS_UNSUCCESSFUL; // expected-warning{{leak: 'table' from table_clone is not freed on this path}}
	table_destroy(&table);
	return STATUS_SUCCESS;
}

NTSTATUS output_old_leak(void)
{
	PVOID table;

	return table_old(&table); // expected-warning{{leak: 'table' from table_old is not freed on this path}}
}

NTSTATUS field_leak(void)
{
	UNICODE_STRING name;
	NTSTATUS status = name_read(&name);

	if (!NT_SUCCESS(status))
		return status;
	if (name.Length < 2)
		return STATUS_UNSUCCESSFUL; // expected-warning{{leak: 'name.Buffer' from name_read is not freed on this path}}
	RtlFreeUnicodeString(&name);
	return STATUS_SUCCESS;
}

/* Under a condition on an argument. */
NTSTATUS condition_holds_leak(void)
{
	PVOID table;

	return table_find(TRUE, &table); // expected-warning{{leak: 'table' from table_find is not freed on this path}}
}

NTSTATUS condition_does_not_hold(void)
{
	PVOID table;

	return table_find(FALSE, &table);
}

/* A condition that cannot be followed says nothing. */
NTSTATUS condition_unknown(void)
{
	PVOID table;

	return table_other(8, &table);
}

int kept(void)
{
	PVOID table = ExAllocatePoolWithTag(PagedPool, 8, TAG);

	if (!table)
		return -1;
	table_keep(table);
	return 0;
}

/* Kept only by a success. */
NTSTATUS kept_on_success_leak(PEXT ext)
{
	PVOID table = ExAllocatePoolWithTag(PagedPool, 8, TAG);
	NTSTATUS status;

	if (!table)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = table_add(ext, table);
	if (!NT_SUCCESS(status))
		return status; // expected-warning{{leak: 'table' from ExAllocatePoolWithTag (tag test, 8 bytes) is not freed on this path}}
	return STATUS_SUCCESS;
}

NTSTATUS kept_on_success(PEXT ext)
{
	PVOID table = ExAllocatePoolWithTag(PagedPool, 8, TAG);
	NTSTATUS status;

	if (!table)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = table_add(ext, table);
	if (!NT_SUCCESS(status))
		ExFreePoolWithTag(table, TAG);
	return status;
}

/* Freed only by a success. */
int freed_on_success_leak(void)
{
	PVOID table = ExAllocatePoolWithTag(PagedPool, 8, TAG);

	if (!table)
		return -1;
	return table_grow(table) ? 0 : -1; // expected-warning{{leak: 'table' from ExAllocatePoolWithTag (tag test, 8 bytes)}}
}

int freed_on_success(void)
{
	PVOID table = ExAllocatePoolWithTag(PagedPool, 8, TAG);

	if (!table)
		return -1;
	if (!table_grow(table))
		ExFreePoolWithTag(table, TAG);
	return 0;
}

/* An argument that no annotation is about may be the callee's from then on. */
int other_argument_given_away(void)
{
	PVOID inner = ExAllocatePoolWithTag(PagedPool, 8, TAG), outer;

	if (!inner)
		return -1;
	outer = table_wrap(inner);
	if (outer)
		table_free(outer);
	return 0;
}

int stored(PEXT ext)
{
	ext->Data = table_allocate(8);
	return ext->Data ? 0 : -1;
}

void torn_down(PEXT ext)
{
	table_free(ext->Data);
	table_destroy(&ext->Data);
}
// CHECK: site: result_leak | table_allocate | POOL
// CHECK: release: torn_down | table_free | POOL | EXT.Data |
// CHECK: release: torn_down | table_destroy | POOL | EXT.Data |
