/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Driver and device objects, device stacks.  A deleted device's
 * memory stays: requests and file objects may still point to it.
 */
#include "io_verify.h"

enum { TYPE_DEVICE = 3, TYPE_DRIVER = 4, TYPE_DEVICE_EXTENSION = 13, EXTENSION_ALIGN = 16 };
enum { DEVICE_ROOM = (sizeof(DEVICE_OBJECT) + EXTENSION_ALIGN - 1) & ~(EXTENSION_ALIGN - 1) };
_Static_assert(DEVICE_ROOM == L62_DEVICE_ROOM, "host.h");

static NTSTATUS NTAPI invalid_request(PDEVICE_OBJECT device, PIRP irp)
{
	UNREFERENCED_PARAMETER(device);
	irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
	IofCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_INVALID_DEVICE_REQUEST;
}

static struct {
	ULONG minor;
	NTSTATUS status;
} answers[IRP_MJ_MAXIMUM_FUNCTION + 1];

void l62_pdo_answer(UCHAR major, ULONG minor, NTSTATUS status)
{
	answers[major].minor = minor;
	answers[major].status = status;
}

/* Under a physical device everything goes well, unless the scenario says otherwise. */
static NTSTATUS NTAPI bus_request(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);
	ULONG minor = answers[location->MajorFunction].minor;
	NTSTATUS status = STATUS_SUCCESS;

	UNREFERENCED_PARAMETER(device);
	if (minor == L62_MINOR_ANY || minor == location->MinorFunction)
		status = answers[location->MajorFunction].status;
	irp->IoStatus.Status = status;
	IofCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static PDRIVER_OBJECT create_driver(PDRIVER_DISPATCH dispatch)
{
	PDRIVER_OBJECT driver = l62_host_alloc(sizeof(*driver) + sizeof(DRIVER_EXTENSION));

	driver->Type = TYPE_DRIVER;
	driver->Size = sizeof(*driver);
	driver->DriverExtension = (PDRIVER_EXTENSION)(driver + 1);
	driver->DriverExtension->DriverObject = driver;
	for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
		driver->MajorFunction[i] = dispatch;
	return driver;
}

/* prefix and an ASCII name. */
static void make_name(PUNICODE_STRING string, PCWSTR prefix, const char *name)
{
	USHORT length = 0, end = 0;

	while (prefix[length])
		length++;
	while (name[end])
		end++;
	string->Buffer = l62_host_alloc((length + end + 1u) * sizeof(WCHAR));
	RtlCopyMemory(string->Buffer, prefix, length * sizeof(WCHAR));
	for (USHORT i = 0; i < end; i++)
		string->Buffer[length + i] = (UCHAR)name[i];
	string->Length = (USHORT)((length + end) * sizeof(WCHAR));
	string->MaximumLength = string->Length + sizeof(WCHAR);
}

PDRIVER_OBJECT l62_driver_create(const struct l62_scenario *scenario)
{
	PDRIVER_OBJECT driver = create_driver(invalid_request);

	driver->DriverStart = (PVOID)scenario->image;
	driver->DriverSize = (ULONG)scenario->image_size;
	driver->DriverInit = (PDRIVER_INITIALIZE)scenario->entry;
	l62_root_add(driver, sizeof(*driver) + sizeof(DRIVER_EXTENSION), "the driver object");
	make_name(&driver->DriverName, L"\\Driver\\", scenario->name);
	make_name(&driver->DriverExtension->ServiceKeyName, L"", scenario->name);
	return driver;
}

PDEVICE_OBJECT l62_pdo_create(void)
{
	static PDRIVER_OBJECT bus;
	PDEVICE_OBJECT device = NULL;

	if (!bus)
		bus = create_driver(bus_request);
	IoCreateDevice(bus, 0, NULL, FILE_DEVICE_BUS_EXTENDER, 0, FALSE, &device);
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	return device;
}

NTSTATUS NTAPI IoCreateDevice(PDRIVER_OBJECT driver, ULONG extension, PUNICODE_STRING name,
                              DEVICE_TYPE type, ULONG characteristics, BOOLEAN exclusive,
                              PDEVICE_OBJECT *out)
{
	SIZE_T size = DEVICE_ROOM;
	PDEVICE_OBJECT device = l62_host_alloc(size + extension);
	PDEVOBJ_EXTENSION own;
	NTSTATUS status = name ? l62_name_insert(name, device) : STATUS_SUCCESS;

	*out = NULL;
	if (!NT_SUCCESS(status)) {
		l62_host_free(device);
		return status;
	}
	device->Type = TYPE_DEVICE;
	device->Size = (USHORT)(sizeof(DEVICE_OBJECT) + extension);
	device->DriverObject = driver;
	device->NextDevice = driver->DeviceObject;
	driver->DeviceObject = device;
	device->Flags = DO_DEVICE_INITIALIZING | (exclusive ? DO_EXCLUSIVE : 0) |
	                (name ? DO_DEVICE_HAS_NAME : 0);
	device->Characteristics = characteristics;
	device->DeviceType = type;
	device->StackSize = 1;
	own = device->DeviceObjectExtension = l62_host_alloc(sizeof(*own));
	own->Type = TYPE_DEVICE_EXTENSION;
	own->DeviceObject = device;
	device->DeviceExtension = extension ? (PUCHAR)device + size : NULL;
	KeInitializeEvent(&device->DeviceLock, SynchronizationEvent, TRUE);
	l62_io_device_created(device);
	KeInitializeDeviceQueue(&device->DeviceQueue);
	l62_ledger_add_name(L62_LEDGER_DEVICE, (ULONG_PTR)device, size + extension, name);
	*out = device;
	return STATUS_SUCCESS;
}

VOID NTAPI IoDeleteDevice(PDEVICE_OBJECT device)
{
	PDEVICE_OBJECT *link = &device->DriverObject->DeviceObject;

	l62_io_device_deleted(device);
	while (*link && *link != device)
		link = &(*link)->NextDevice;
	if (*link)
		*link = device->NextDevice;
	device->NextDevice = NULL;
	l62_ledger_remove(L62_LEDGER_DEVICE, (ULONG_PTR)device);
	/* Size has 16 bits: what is beyond is not looked at. */
	if (device->Size > sizeof(*device))
		l62_root_gone((PUCHAR)device + DEVICE_ROOM, device->Size - sizeof(*device),
		              "the extension of a device object that was deleted");
	l62_name_remove_object(device);
}

PDEVICE_OBJECT NTAPI IoAttachDeviceToDeviceStack(PDEVICE_OBJECT source, PDEVICE_OBJECT target)
{
	while (target->AttachedDevice)
		target = target->AttachedDevice;
	target->AttachedDevice = source;
	source->DeviceObjectExtension->AttachedTo = target;
	source->StackSize = target->StackSize + 1;
	source->AlignmentRequirement = target->AlignmentRequirement;
	source->SectorSize = target->SectorSize;
	return target;
}

VOID NTAPI IoDetachDevice(PDEVICE_OBJECT target)
{
	l62_io_check_detach(target);
	if (target->AttachedDevice)
		target->AttachedDevice->DeviceObjectExtension->AttachedTo = NULL;
	target->AttachedDevice = NULL;
}
