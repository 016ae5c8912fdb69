/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Notes every closed file in a log file, from a work item, since a close may come
 * from anywhere.  The work item's routine owns the context it is given: it frees the
 * work item, and the context only if the log file could be opened.
 */
#include <ntddk.h>

#define AUDIT_TAG 'iduA'

typedef struct _AUDIT_NOTE {
	PIO_WORKITEM Item;
	LARGE_INTEGER Time;
	CHAR Text[32];
} AUDIT_NOTE, *PAUDIT_NOTE;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD AuditUnload;
static DRIVER_DISPATCH AuditCreate;
static DRIVER_DISPATCH AuditClose;
static IO_WORKITEM_ROUTINE AuditWork;

static VOID AuditWork(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	UNICODE_STRING path = RTL_CONSTANT_STRING(L"\\SystemRoot\\Temp\\audit.log");
	PAUDIT_NOTE note = Context;
	OBJECT_ATTRIBUTES attributes;
	IO_STATUS_BLOCK io;
	NTSTATUS status;
	HANDLE file;

	UNREFERENCED_PARAMETER(DeviceObject);

	IoFreeWorkItem(note->Item);

	InitializeObjectAttributes(&attributes, &path, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE,
				   NULL, NULL);
	status = ZwCreateFile(&file, FILE_APPEND_DATA | SYNCHRONIZE, &attributes, &io, NULL,
			      FILE_ATTRIBUTE_NORMAL, FILE_SHARE_READ, FILE_OPEN_IF,
			      FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
	if (!NT_SUCCESS(status)) {
		DbgPrint("audit: no log, %08lx\n", status);
		return; /* leak62: LeakInCallback */
	}

	ZwWriteFile(file, NULL, NULL, NULL, &io, note->Text, sizeof(note->Text), NULL, NULL);
	ZwClose(file);
	ExFreePoolWithTag(note, AUDIT_TAG);
}

static NTSTATUS AuditClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PAUDIT_NOTE note;

	note = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*note), AUDIT_TAG);
	if (note != NULL) {
		note->Item = IoAllocateWorkItem(DeviceObject);
		if (note->Item == NULL) {
			ExFreePoolWithTag(note, AUDIT_TAG);
		} else {
			KeQuerySystemTime(&note->Time);
			RtlZeroMemory(note->Text, sizeof(note->Text));
			RtlCopyMemory(note->Text, "closed\r\n", 8);
			IoQueueWorkItem(note->Item, AuditWork, DelayedWorkQueue, note);
		}
	}

	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static NTSTATUS AuditCreate(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);

	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = FILE_OPENED;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static VOID AuditUnload(PDRIVER_OBJECT DriverObject)
{
	IoDeleteDevice(DriverObject->DeviceObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Audit");
	PDEVICE_OBJECT device;
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN,
				FILE_DEVICE_SECURE_OPEN, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = AuditCreate;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = AuditClose;
	DriverObject->DriverUnload = AuditUnload;
	return STATUS_SUCCESS;
}
