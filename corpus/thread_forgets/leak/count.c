/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * IOCTL_COUNT_FILE starts a thread that measures the file named in the input.  The
 * thread owns its order: it is freed at the end, not when the file cannot be opened.
 */
#include <ntddk.h>

#define COUNT_TAG 'tnuC'
#define COUNT_MAX 256
#define IOCTL_COUNT_FILE CTL_CODE(FILE_DEVICE_UNKNOWN, 0x863, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _COUNT_ORDER {
	UNICODE_STRING Path;
	WCHAR Buffer[COUNT_MAX];
} COUNT_ORDER, *PCOUNT_ORDER;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD CountUnload;
static DRIVER_DISPATCH CountCreateClose;
static DRIVER_DISPATCH CountControl;
KSTART_ROUTINE CountThread;

VOID CountThread(PVOID Context)
{
	PCOUNT_ORDER order = (PCOUNT_ORDER)Context;
	FILE_STANDARD_INFORMATION information;
	OBJECT_ATTRIBUTES attributes;
	IO_STATUS_BLOCK io;
	NTSTATUS status;
	HANDLE file;

	InitializeObjectAttributes(&attributes, &order->Path,
				   OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL, NULL);
	status = ZwOpenFile(&file, FILE_READ_ATTRIBUTES | SYNCHRONIZE, &attributes, &io,
			    FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_SYNCHRONOUS_IO_NONALERT);
	if (!NT_SUCCESS(status)) {
		DbgPrint("count: %wZ: %08lx\n", &order->Path, status);
		return; /* leak62: LeakInCallback */
	}

	status = ZwQueryInformationFile(file, &io, &information, sizeof(information),
					FileStandardInformation);
	if (NT_SUCCESS(status))
		DbgPrint("count: %wZ has %I64d bytes\n", &order->Path,
			 information.EndOfFile.QuadPart);
	ZwClose(file);
	ExFreePoolWithTag(order, COUNT_TAG);
}

static NTSTATUS CountStart(const VOID *Input, ULONG Length)
{
	OBJECT_ATTRIBUTES attributes;
	PCOUNT_ORDER order;
	NTSTATUS status;
	HANDLE thread;

	order = (PCOUNT_ORDER)ExAllocatePoolWithTag(PagedPool, sizeof(COUNT_ORDER), COUNT_TAG);
	if (order == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	RtlCopyMemory(order->Buffer, Input, Length);
	order->Path.Buffer = order->Buffer;
	order->Path.Length = order->Path.MaximumLength = (USHORT)Length;

	InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
	status = PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, &attributes, NULL, NULL,
				      CountThread, order);
	if (!NT_SUCCESS(status)) {
		ExFreePoolWithTag(order, COUNT_TAG);
		return status;
	}
	ZwClose(thread);
	return STATUS_SUCCESS;
}

static NTSTATUS CountControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
	ULONG length = stack->Parameters.DeviceIoControl.InputBufferLength;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(DeviceObject);

	if (stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_COUNT_FILE)
		status = STATUS_INVALID_DEVICE_REQUEST;
	else if (length == 0 || length > COUNT_MAX * sizeof(WCHAR) || length % sizeof(WCHAR) != 0)
		status = STATUS_INVALID_BUFFER_SIZE;
	else
		status = CountStart(Irp->AssociatedIrp.SystemBuffer, length);

	Irp->IoStatus.Status = status;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return status;
}

static NTSTATUS CountCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);

	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static VOID CountUnload(PDRIVER_OBJECT DriverObject)
{
	IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Count");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = CountCreateClose;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = CountCreateClose;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = CountControl;
	DriverObject->DriverUnload = CountUnload;
	return STATUS_SUCCESS;
}
