/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Sending an IRP down and waiting until it is back; devices of a stack and by name. */
#include "ob.h"

static NTSTATUS NTAPI is_back(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	UNREFERENCED_PARAMETER(device);
	UNREFERENCED_PARAMETER(irp);
	KeSetEvent(context, IO_NO_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

BOOLEAN NTAPI IoForwardIrpSynchronously(PDEVICE_OBJECT device, PIRP irp)
{
	KEVENT done;

	/* Documented: FALSE if there is no location left for the next driver. */
	if (irp->CurrentLocation <= 1)
		return FALSE;
	KeInitializeEvent(&done, NotificationEvent, FALSE);
	IoCopyCurrentIrpStackLocationToNext(irp);
	IoSetCompletionRoutine(irp, is_back, &done, TRUE, TRUE, TRUE);
	IofCallDriver(device, irp);
	l62_wait(&done.Header, "IoForwardIrpSynchronously", NULL);
	return TRUE;
}

PDEVICE_OBJECT NTAPI IoGetAttachedDevice(PDEVICE_OBJECT device)
{
	while (device->AttachedDevice)
		device = device->AttachedDevice;
	return device;
}

PDEVICE_OBJECT NTAPI IoGetAttachedDeviceReference(PDEVICE_OBJECT device)
{
	device = IoGetAttachedDevice(device);
	ObfReferenceObject(device);
	return device;
}

/* File objects of the kernel's own: the last reference sends CLEANUP and CLOSE. */
static void destroy_file(PVOID body)
{
	if (l62_file_is_own(body))
		l62_host_free(body);
	else
		l62_request_close(body);
}

static struct _OBJECT_TYPE file_type = {&file_type, "File", NULL, destroy_file};
POBJECT_TYPE l62_type_file = &file_type;

NTSTATUS NTAPI IoGetDeviceObjectPointer(PUNICODE_STRING name, ACCESS_MASK access,
                                        PFILE_OBJECT *file, PDEVICE_OBJECT *device)
{
	PDEVICE_OBJECT named = l62_name_resolve(name);
	NTSTATUS status;

	UNREFERENCED_PARAMETER(access);
	if (!named || named->Type != IO_TYPE_DEVICE)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	named = IoGetAttachedDevice(named);
	status = l62_request_open(named, file);
	if (!NT_SUCCESS(status))
		return status;
	l62_object_insert(*file, l62_type_file);
	*device = named;
	return STATUS_SUCCESS;
}

PDEVICE_OBJECT NTAPI IoGetRelatedDeviceObject(PFILE_OBJECT file)
{
	return IoGetAttachedDevice(file->DeviceObject);
}
