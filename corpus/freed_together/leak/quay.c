/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A quay with a berth per place: a ship, its name and its cargo.  One routine with variable
 * arguments frees the ship with its name, and nobody the cargo.
 */
#include <ntddk.h>
#include <stdarg.h>

#define QUAY_TAG 'yauQ'
#define QUAY_BERTHS 4

typedef struct _QUAY_SHIP {
	PVOID Name;
	PVOID Cargo;
} QUAY_SHIP, *PQUAY_SHIP;

static PQUAY_SHIP g_Berths[QUAY_BERTHS];
static FAST_MUTEX g_Mutex;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD QuayUnload;
static DRIVER_DISPATCH QuayOpenClose;
static DRIVER_DISPATCH QuayWrite;

static VOID QuayFree(PVOID memory)
{
	if (memory)
		ExFreePoolWithTag(memory, QUAY_TAG);
}

static VOID QuayFreeAll(ULONG count, ...)
{
	va_list memory;

	va_start(memory, count);
	while (count--)
		QuayFree(va_arg(memory, PVOID));
	va_end(memory);
}

static PVOID QuayCopy(const VOID *bytes, ULONG length)
{
	PVOID copy = ExAllocatePoolWithTag(PagedPool, length, QUAY_TAG);

	return copy ? memcpy(copy, bytes, length) : NULL;
}

static VOID QuayLeave(PQUAY_SHIP ship)
{
	if (ship)
		QuayFreeAll(2, ship->Name, ship);
}

static NTSTATUS QuayMoor(ULONG berth, const UCHAR *name, const UCHAR *cargo, ULONG length)
{
	PQUAY_SHIP ship, old;

	ship = ExAllocatePoolWithTag(PagedPool, sizeof(QUAY_SHIP), QUAY_TAG);
	if (!ship)
		return STATUS_INSUFFICIENT_RESOURCES;
	ship->Name = QuayCopy(name, length);
	ship->Cargo = QuayCopy(cargo, length); /* leak62: LeakAtUnload */
	if (!ship->Name || !ship->Cargo) {
		QuayFree(ship->Name);
		QuayFree(ship->Cargo);
		QuayFree(ship);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	ExAcquireFastMutex(&g_Mutex);
	old = g_Berths[berth];
	g_Berths[berth] = ship;
	ExReleaseFastMutex(&g_Mutex);
	QuayLeave(old);
	return STATUS_SUCCESS;
}

static NTSTATUS QuayDone(PIRP irp, NTSTATUS status)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS QuayOpenClose(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);
	return QuayDone(irp, STATUS_SUCCESS);
}

static NTSTATUS QuayWrite(PDEVICE_OBJECT device, PIRP irp)
{
	ULONG length = IoGetCurrentIrpStackLocation(irp)->Parameters.Write.Length / 2;
	PUCHAR data = irp->AssociatedIrp.SystemBuffer;

	UNREFERENCED_PARAMETER(device);

	if (length == 0 || data[0] >= QUAY_BERTHS)
		return QuayDone(irp, STATUS_INVALID_PARAMETER);
	return QuayDone(irp, QuayMoor(data[0], data, data + length, length));
}

static VOID QuayUnload(PDRIVER_OBJECT driver)
{
	PQUAY_SHIP *berth;

	for (berth = g_Berths; berth < g_Berths + QUAY_BERTHS; berth++)
		QuayLeave(*berth);
	IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Quay");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	ExInitializeFastMutex(&g_Mutex);
	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE,
				&device);
	if (!NT_SUCCESS(status))
		return status;
	driver->MajorFunction[IRP_MJ_CREATE] = QuayOpenClose;
	driver->MajorFunction[IRP_MJ_CLOSE] = QuayOpenClose;
	driver->MajorFunction[IRP_MJ_WRITE] = QuayWrite;
	driver->DriverUnload = QuayUnload;
	device->Flags |= DO_BUFFERED_IO;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}
