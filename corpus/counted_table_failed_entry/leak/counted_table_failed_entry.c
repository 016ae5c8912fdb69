/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A table of quotas, counted by who reads it: a request builds a new one and puts it in the place
 * of the old.  The same is done at load, and not undone if the device cannot be made.
 */
#include <ntddk.h>

#define QUOTA_TAG 'atuQ'

struct quota {
	struct quota *next;
	ULONG bytes;
};

struct quota_table {
	LONG refs;
	struct quota *first;
};

static FAST_MUTEX table_lock;
static struct quota_table *table;

static VOID empty_table(struct quota_table *t)
{
	while (t->first) {
		struct quota *q = t->first;

		t->first = q->next;
		ExFreePoolWithTag(q, QUOTA_TAG);
	}
}

static VOID put_table(struct quota_table *t)
{
	if (InterlockedDecrement(&t->refs) > 0)
		return;
	empty_table(t);
	ExFreePoolWithTag(t, QUOTA_TAG);
}

static NTSTATUS fill_table(HANDLE key, struct quota_table *t)
{
	struct {
		KEY_VALUE_PARTIAL_INFORMATION info;
		UCHAR more[8];
	} value;
	ULONG need, index;
	NTSTATUS status = STATUS_SUCCESS;

	for (index = 0; index < 8; index++) {
		struct quota *q;

		status = ZwEnumerateValueKey(key, index, KeyValuePartialInformation, &value,
					     sizeof(value), &need);
		if (status == STATUS_NO_MORE_ENTRIES)
			return STATUS_SUCCESS;
		if (!NT_SUCCESS(status))
			return status;
		if (value.info.Type != REG_DWORD)
			continue;
		q = ExAllocatePoolWithTag(PagedPool, sizeof(*q), QUOTA_TAG);
		if (!q)
			return STATUS_INSUFFICIENT_RESOURCES;
		q->bytes = *(ULONG *)value.info.Data;
		q->next = t->first;
		t->first = q;
	}
	return status;
}

static NTSTATUS read_table(VOID)
{
	UNICODE_STRING path = RTL_CONSTANT_STRING(L"\\Registry\\Machine\\Software\\Quota");
	struct quota_table *fresh, *old;
	OBJECT_ATTRIBUTES oa;
	NTSTATUS status;
	HANDLE key;

	fresh = ExAllocatePoolWithTag(PagedPool, sizeof(*fresh), QUOTA_TAG);
	if (!fresh)
		return STATUS_INSUFFICIENT_RESOURCES;
	fresh->refs = 1;
	fresh->first = NULL;
	InitializeObjectAttributes(&oa, &path, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL,
				   NULL);
	status = ZwOpenKey(&key, KEY_READ, &oa);
	if (NT_SUCCESS(status)) {
		status = fill_table(key, fresh);
		ZwClose(key);
	} else if (status == STATUS_OBJECT_NAME_NOT_FOUND) {
		status = STATUS_SUCCESS; /* no quotas */
	}
	if (!NT_SUCCESS(status)) {
		put_table(fresh);
		return status;
	}
	ExAcquireFastMutex(&table_lock);
	old = table;
	table = fresh;
	ExReleaseFastMutex(&table_lock);
	if (old)
		put_table(old);
	return STATUS_SUCCESS;
}

static ULONG sum_of_quotas(VOID)
{
	struct quota_table *t;
	struct quota *q;
	ULONG sum = 0;

	ExAcquireFastMutex(&table_lock);
	t = table;
	InterlockedIncrement(&t->refs);
	ExReleaseFastMutex(&table_lock);
	for (q = t->first; q; q = q->next)
		sum += q->bytes;
	put_table(t);
	return sum;
}

static NTSTATUS NTAPI dispatch(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION sp = IoGetCurrentIrpStackLocation(irp);
	NTSTATUS status = STATUS_SUCCESS;

	UNREFERENCED_PARAMETER(device);
	if (sp->MajorFunction == IRP_MJ_DEVICE_CONTROL)
		status = read_table();
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = sp->MajorFunction == IRP_MJ_CREATE ? sum_of_quotas() : 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static VOID forget_table(VOID)
{
	if (table) {
		put_table(table);
		table = NULL;
	}
}

static VOID NTAPI unload(PDRIVER_OBJECT driver)
{
	IoDeleteDevice(driver->DeviceObject);
	forget_table();
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Quota");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);
	ExInitializeFastMutex(&table_lock);
	status = read_table();
	if (!NT_SUCCESS(status))
		return status;
	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
	if (!NT_SUCCESS(status)) {
		return status; /* leak62: LeakOnFailedLoad, LeakOnFailedLoad */
	}
	driver->MajorFunction[IRP_MJ_CREATE] = dispatch;
	driver->MajorFunction[IRP_MJ_CLOSE] = dispatch;
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = dispatch;
	driver->DriverUnload = unload;
	return STATUS_SUCCESS;
}
