/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the plugin writes about a driver: functions, roles, sites, stores, outcomes. */
// RUN: %scan %s
// RUN: %dump %t.db | FileCheck %s
#include <ntddk.h>

typedef struct _DEVICE_EXTENSION {
	void *Buffer;
	UNICODE_STRING Name;
	LIST_ENTRY Requests;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;
typedef struct _REQUEST {
	LIST_ENTRY Link;
} REQUEST, *PREQUEST;

void *g_Table;
static void *g_Private;

DRIVER_DISPATCH Create;
DRIVER_DISPATCH Control;
DRIVER_ADD_DEVICE AddDevice;
DRIVER_UNLOAD Unload;
extern int count;

static void Free(PDEVICE_EXTENSION extension)
{
	ExFreePoolWithTag(extension->Buffer, 'tset');
	RtlFreeUnicodeString(&extension->Name);
}

NTSTATUS Create(PDEVICE_OBJECT device, PIRP irp)
{
	PDEVICE_EXTENSION extension = device->DeviceExtension;

	extension->Buffer = ExAllocatePoolWithTag(PagedPool, 256, 'tset');
	if (!extension->Buffer)
		return STATUS_INSUFFICIENT_RESOURCES;
	return STATUS_SUCCESS;
}

NTSTATUS Control(PDEVICE_OBJECT device, PIRP irp)
{
	PDEVICE_EXTENSION extension = device->DeviceExtension;
	PREQUEST request = ExAllocatePoolWithTag(PagedPool, sizeof(REQUEST), 'tset');

	if (!request)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (extension->Name.Length)
		return STATUS_UNSUCCESSFUL;
	InsertTailList(&extension->Requests, &request->Link);
	return STATUS_SUCCESS;
}

NTSTATUS AddDevice(PDRIVER_OBJECT driver, PDEVICE_OBJECT pdo)
{
	g_Private = ExAllocatePool2(POOL_FLAG_NON_PAGED, 32, 'tset');
	return STATUS_SUCCESS;
}

int Get(void **out)
{
	*out = ExAllocatePool(PagedPool, 8);
	return *out ? 0 : -1;
}

void *Make(void)
{
	return IoAllocateMdl(g_Table, 16, FALSE, FALSE, NULL);
}

void Unload(PDRIVER_OBJECT driver)
{
	Free(driver->DeviceObject->DeviceExtension);
	ExFreePool(g_Table);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	int i;

	for (i = 0; i < count; i++)
		driver->MajorFunction[i] = Create;
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Control;
	driver->DriverExtension->AddDevice = AddDevice;
	driver->DriverUnload = Unload;
	g_Table = ExAllocatePool(PagedPool, 64);
	return STATUS_SUCCESS;
}
// CHECK: START
