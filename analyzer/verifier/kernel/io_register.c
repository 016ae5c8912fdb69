/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What drivers register with the I/O manager: shutdown notification, interfaces,
 * and entries for the error log, which is nobody's to read here.
 */
#include "format.h"
#include "io_notify.h"

enum { INTERFACE_SIZE = 128 };

VOID NTAPI IoUnregisterShutdownNotification(PDEVICE_OBJECT device)
{
	device->Flags &= ~(ULONG)DO_SHUTDOWN_REGISTERED;
}

NTSTATUS NTAPI IoRegisterShutdownNotification(PDEVICE_OBJECT device)
{
	device->Flags |= DO_SHUTDOWN_REGISTERED;
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI IoRegisterLastChanceShutdownNotification(PDEVICE_OBJECT device)
{
	return IoRegisterShutdownNotification(device);
}

/* The name is pool: the driver frees it by RtlFreeUnicodeString, as documented. */
NTSTATUS NTAPI IoRegisterDeviceInterface(PDEVICE_OBJECT device, CONST GUID *class,
                                         PUNICODE_STRING reference, PUNICODE_STRING name)
{
	static UNICODE_STRING none;
	int length;

	UNREFERENCED_PARAMETER(device);
	if (!reference)
		reference = &none;
	name->MaximumLength = INTERFACE_SIZE * sizeof(WCHAR) + reference->Length;
	name->Buffer = l62_pool_allocate_type(PagedPool, name->MaximumLength, L62_TAG_KERNEL,
	                                      L62_FRAMES(L62_FRAME_ExAllocatePool_wrapper));
	if (!name->Buffer)
		return STATUS_INSUFFICIENT_RESOURCES;
	length = l62_nt_snwprintf(name->Buffer, name->MaximumLength / sizeof(WCHAR),
	                          L"\\??\\ROOT#LEAK62#0000#{%08x-%04x-%04x-%02x%02x-%02x%02x%"
	                          L"02x%02x%02x%02x}%s%wZ",
	                          class->Data1, class->Data2, class->Data3, class->Data4[0],
	                          class->Data4[1], class->Data4[2], class->Data4[3],
	                          class->Data4[4], class->Data4[5], class->Data4[6],
	                          class->Data4[7], reference->Length ? L"\\" : L"", reference);
	name->Length = (USHORT)(length * (int)sizeof(WCHAR));
	return STATUS_SUCCESS;
}

/* Documented: not found if it is to be disabled and is not enabled. */
NTSTATUS NTAPI IoSetDeviceInterfaceState(PUNICODE_STRING name, BOOLEAN enable)
{
	static UCHAR enabled;

	if (!enable && !l62_name_remove(name))
		return STATUS_OBJECT_NAME_NOT_FOUND;
	if (enable && l62_name_insert(name, &enabled) != STATUS_SUCCESS)
		return STATUS_OBJECT_NAME_EXISTS;
	l62_interface_changed(name, enable);
	return STATUS_SUCCESS;
}

PVOID NTAPI IoAllocateErrorLogEntry(PVOID object, UCHAR size)
{
	UNREFERENCED_PARAMETER(object);
	/* Documented: NULL beyond the limit. */
	if (size < sizeof(IO_ERROR_LOG_PACKET) || size > ERROR_LOG_MAXIMUM_SIZE)
		return NULL;
	return l62_host_alloc(size);
}

VOID NTAPI IoWriteErrorLogEntry(PVOID entry)
{
	l62_host_free(entry);
}

VOID NTAPI IoFreeErrorLogEntry(PVOID entry)
{
	l62_host_free(entry);
}
