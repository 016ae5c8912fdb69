/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * DriverEntry starts a thread and waits until it has opened its file.  If that fails
 * the driver is not loaded; the thread has freed its start block.
 */
#include <ntddk.h>

#define BCN_TAG 'ncaB'

typedef struct _BCN_START {
	ULONG Count;
	LARGE_INTEGER Pause;
} BCN_START, *PBCN_START;

static KEVENT g_Ready, g_Stop;
static NTSTATUS g_Status;
static PVOID g_Thread;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD BcnUnload;
static KSTART_ROUTINE BcnThread;

static VOID BcnThread(PVOID context)
{
	UNICODE_STRING path = RTL_CONSTANT_STRING(L"\\SystemRoot\\Temp\\beacon.log");
	PBCN_START start = context;
	OBJECT_ATTRIBUTES attributes;
	IO_STATUS_BLOCK io;
	HANDLE file;
	CHAR beat = '.';

	InitializeObjectAttributes(&attributes, &path, OBJ_KERNEL_HANDLE, NULL, NULL);
	g_Status = ZwCreateFile(&file, FILE_APPEND_DATA | SYNCHRONIZE, &attributes, &io, NULL,
				FILE_ATTRIBUTE_NORMAL, FILE_SHARE_READ, FILE_OPEN_IF,
				FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
	KeSetEvent(&g_Ready, IO_NO_INCREMENT, FALSE);
	if (!NT_SUCCESS(g_Status)) {
		ExFreePoolWithTag(start, BCN_TAG);
		return;
	}
	while (KeWaitForSingleObject(&g_Stop, Executive, KernelMode, FALSE, &start->Pause) ==
	       STATUS_TIMEOUT)
		ZwWriteFile(file, NULL, NULL, NULL, &io, &beat, sizeof(beat), NULL, NULL);
	ZwClose(file);
	ExFreePoolWithTag(start, BCN_TAG);
	PsTerminateSystemThread(STATUS_SUCCESS);
}

static VOID BcnUnload(PDRIVER_OBJECT driver)
{
	UNREFERENCED_PARAMETER(driver);

	KeSetEvent(&g_Stop, IO_NO_INCREMENT, FALSE);
	KeWaitForSingleObject(g_Thread, Executive, KernelMode, FALSE, NULL);
	ObDereferenceObject(g_Thread);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
	PBCN_START start;
	NTSTATUS status;
	HANDLE thread;

	UNREFERENCED_PARAMETER(path);

	KeInitializeEvent(&g_Ready, NotificationEvent, FALSE);
	KeInitializeEvent(&g_Stop, NotificationEvent, FALSE);
	start = ExAllocatePoolWithTag(NonPagedPool, sizeof(BCN_START), BCN_TAG);
	if (!start)
		return STATUS_INSUFFICIENT_RESOURCES;
	start->Count = 0;
	start->Pause.QuadPart = -10000000;
	status = PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, NULL, NULL, NULL, BcnThread, start);
	if (!NT_SUCCESS(status)) {
		ExFreePoolWithTag(start, BCN_TAG);
		return status;
	}
	KeWaitForSingleObject(&g_Ready, Executive, KernelMode, FALSE, NULL);
	status = ObReferenceObjectByHandle(thread, SYNCHRONIZE, *PsThreadType, KernelMode, &g_Thread,
					   NULL);
	ZwClose(thread);
	if (!NT_SUCCESS(status)) {
		KeSetEvent(&g_Stop, IO_NO_INCREMENT, FALSE);
		return status;
	}
	if (!NT_SUCCESS(g_Status)) {
		KeWaitForSingleObject(g_Thread, Executive, KernelMode, FALSE, NULL);
		ObDereferenceObject(g_Thread);
		return g_Status;
	}
	driver->DriverUnload = BcnUnload;
	return STATUS_SUCCESS;
}
