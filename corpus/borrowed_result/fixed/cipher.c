/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Enciphers the caller's bytes with the key of a user.  The key is borrowed from the
 * chain of another file and needs no care; the scratch block is freed on every exit.
 */
#include "keys.h"

#define IOCTL_CIPHER CTL_CODE(FILE_DEVICE_UNKNOWN, 0x941, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define CIPHER_TAG 'hpiC'

DRIVER_INITIALIZE DriverEntry;

static FAST_MUTEX CipherLock;

static NTSTATUS CipherApply(ULONG user, UCHAR *bytes, ULONG length)
{
	const struct key *key;
	UCHAR *scratch;
	ULONG i;

	scratch = ExAllocatePoolWithTag(NonPagedPoolNx, length, CIPHER_TAG);
	if (!scratch)
		return STATUS_INSUFFICIENT_RESOURCES;

	ExAcquireFastMutex(&CipherLock);
	key = KeyOf(user);
	if (!key) {
		ExReleaseFastMutex(&CipherLock);
		ExFreePoolWithTag(scratch, CIPHER_TAG);
		return STATUS_NO_SUCH_USER;
	}
	for (i = 0; i < length; i++)
		scratch[length - 1 - i] = bytes[i] ^ key->bytes[i % KEY_BYTES];
	ExReleaseFastMutex(&CipherLock);

	RtlCopyMemory(bytes, scratch, length);
	ExFreePoolWithTag(scratch, CIPHER_TAG);
	return STATUS_SUCCESS;
}

static NTSTATUS NTAPI CipherDispatch(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);
	ULONG length = stack->Parameters.DeviceIoControl.InputBufferLength;
	UCHAR *buffer = irp->AssociatedIrp.SystemBuffer;
	NTSTATUS status = STATUS_SUCCESS;

	UNREFERENCED_PARAMETER(device);

	irp->IoStatus.Information = 0;
	if (stack->MajorFunction == IRP_MJ_DEVICE_CONTROL) {
		if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_CIPHER)
			status = STATUS_INVALID_DEVICE_REQUEST;
		else if (length <= sizeof(ULONG) ||
			 stack->Parameters.DeviceIoControl.OutputBufferLength < length)
			status = STATUS_INVALID_BUFFER_SIZE;
		else
			status = CipherApply(*(ULONG *)buffer, buffer + sizeof(ULONG),
					     length - sizeof(ULONG));
		if (NT_SUCCESS(status))
			irp->IoStatus.Information = length;
	}
	irp->IoStatus.Status = status;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static VOID NTAPI CipherUnload(PDRIVER_OBJECT driver)
{
	KeysDelete();
	IoDeleteDevice(driver->DeviceObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Cipher");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(path);

	ExInitializeFastMutex(&CipherLock);
	status = IoCreateDevice(driver, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN,
				FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	driver->MajorFunction[IRP_MJ_CREATE] = CipherDispatch;
	driver->MajorFunction[IRP_MJ_CLOSE] = CipherDispatch;
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = CipherDispatch;
	driver->DriverUnload = CipherUnload;
	return STATUS_SUCCESS;
}
