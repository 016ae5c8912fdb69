/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * DriverEntry starts a thread that prints every second.  Unload tells it to end and
 * waits for the thread object; the handle to the thread is not needed that
 * long and is closed at once.
 */
#include <ntifs.h>

static KEVENT g_Stop;
static PVOID g_Thread;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD BeatUnload;
static KSTART_ROUTINE BeatThread;

static VOID BeatThread(PVOID Context)
{
	LARGE_INTEGER second;

	UNREFERENCED_PARAMETER(Context);

	second.QuadPart = -10000000;
	while (KeWaitForSingleObject(&g_Stop, Executive, KernelMode, FALSE, &second) ==
	       STATUS_TIMEOUT)
		DbgPrint("beat\n");
	PsTerminateSystemThread(STATUS_SUCCESS);
}

static VOID BeatUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);

	KeSetEvent(&g_Stop, IO_NO_INCREMENT, FALSE);
	KeWaitForSingleObject(g_Thread, Executive, KernelMode, FALSE, NULL);
	ObDereferenceObject(g_Thread);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	OBJECT_ATTRIBUTES attributes;
	NTSTATUS status;
	HANDLE handle;

	UNREFERENCED_PARAMETER(RegistryPath);

	KeInitializeEvent(&g_Stop, NotificationEvent, FALSE);
	InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
	status = PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, &attributes, NULL, NULL,
				      BeatThread, NULL);
	if (!NT_SUCCESS(status))
		return status;

	status = ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, NULL, KernelMode, &g_Thread,
					   NULL);
	if (!NT_SUCCESS(status)) {
		KeSetEvent(&g_Stop, IO_NO_INCREMENT, FALSE);
		ZwWaitForSingleObject(handle, FALSE, NULL);
		ZwClose(handle);
		return status;
	}

	ZwClose(handle);
	DriverObject->DriverUnload = BeatUnload;
	return STATUS_SUCCESS;
}
