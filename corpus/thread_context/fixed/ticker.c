/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A system thread that counts seconds.  It gets a context of pool, which it frees
 * when it ends.
 */
#include <ntifs.h>

#define TIC_TAG 'ciTA'

typedef struct _TIC_CONTEXT {
	LARGE_INTEGER Interval;
	ULONG Ticks;
} TIC_CONTEXT, *PTIC_CONTEXT;

static KEVENT TicStop;
static HANDLE TicThread;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD TicUnload;
static KSTART_ROUTINE TicRoutine;

static VOID TicRoutine(PVOID Context)
{
	PTIC_CONTEXT context = Context;

	while (KeWaitForSingleObject(&TicStop, Executive, KernelMode, FALSE,
				     &context->Interval) == STATUS_TIMEOUT)
		context->Ticks++;

	DbgPrint("ticker: %lu seconds\n", context->Ticks);
	ExFreePoolWithTag(context, TIC_TAG);
	PsTerminateSystemThread(STATUS_SUCCESS);
}

static NTSTATUS TicStart(VOID)
{
	OBJECT_ATTRIBUTES attributes;
	PTIC_CONTEXT context;
	NTSTATUS status;

	context = ExAllocatePoolWithTag(NonPagedPool, sizeof(*context), TIC_TAG);
	if (context == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	context->Interval.QuadPart = -10000000;
	context->Ticks = 0;

	InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
	status = PsCreateSystemThread(&TicThread, THREAD_ALL_ACCESS, &attributes, NULL, NULL,
				      TicRoutine, context);
	if (!NT_SUCCESS(status)) {
		ExFreePoolWithTag(context, TIC_TAG);
		return status;
	}
	return STATUS_SUCCESS;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);

	KeInitializeEvent(&TicStop, NotificationEvent, FALSE);
	status = TicStart();
	if (!NT_SUCCESS(status))
		return status;

	DriverObject->DriverUnload = TicUnload;
	return STATUS_SUCCESS;
}

static VOID TicUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);

	KeSetEvent(&TicStop, IO_NO_INCREMENT, FALSE);
	ZwWaitForSingleObject(TicThread, FALSE, NULL);
	ZwClose(TicThread);
}
