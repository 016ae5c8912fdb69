/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* References, locks, names and thread state: what is held, not owned. */
// RUN: %analyze %s
// RUN: %scan %s
// RUN: %leaks %t.db %s
#include <kinds.h>

typedef struct _EXT {
	PFILE_OBJECT File;
	PDEVICE_OBJECT Target;
	LONG Failed;
	IO_REMOVE_LOCK Lock;
	EX_RUNDOWN_REF Rundown;
} EXT, *PEXT;

NTSTATUS start(int n);
NTSTATUS start_with(PVOID object);
void finish(int n);

/* ---- references on known objects ---- */

NTSTATUS reference_leak(PFILE_OBJECT file, int n)
{
	NTSTATUS status;

	ObReferenceObject(file);
	status = start(n);
	if (!NT_SUCCESS(status))
		return status; // expected-warning{{leak: 'file' from ObfReferenceObject is not dereferenced on this path}}
	ObDereferenceObject(file);
	return STATUS_SUCCESS;
}

NTSTATUS reference_given_back(PFILE_OBJECT file, int n)
{
	NTSTATUS status;

	ObReferenceObject(file);
	status = start(n);
	ObDereferenceObject(file);
	return status;
}

/* Kept on purpose: the routine that stops dereferences. */
NTSTATUS reference_kept(PFILE_OBJECT file)
{
	ObReferenceObject(file);
	return STATUS_SUCCESS;
}

/* Beside the pointer that holds it. */
NTSTATUS reference_stored(PEXT ext, PFILE_OBJECT file, int n)
{
	ObReferenceObject(file);
	ext->File = file;
	return start(n);
}

NTSTATUS reference_passed_on(PFILE_OBJECT file)
{
	ObReferenceObject(file);
	return start_with(file);
}

PFILE_OBJECT reference_returned(PEXT ext)
{
	ObReferenceObject(ext->File);
	return ext->File;
}

/* A success that keeps it where another success gives it back. */
NTSTATUS reference_kept_by_mistake_leak(PFILE_OBJECT file, int n)
{
	ObReferenceObject(file);
	if (n > 3)
		return STATUS_SUCCESS; // expected-warning{{leak: 'file' from ObfReferenceObject}}
	if (n > 1)
		KeStallExecutionProcessor(n);
	ObDereferenceObject(file);
	return STATUS_SUCCESS;
}

/* The failure gives it back, the success keeps it. */
NTSTATUS reference_kept_if_started(PFILE_OBJECT file, int n)
{
	NTSTATUS status;

	ObReferenceObject(file);
	status = start(n);
	if (!NT_SUCCESS(status))
		ObDereferenceObject(file);
	return status;
}

NTSTATUS by_pointer_leak(PVOID object, int n)
{
	NTSTATUS status = ObReferenceObjectByPointer(object, 0, NULL, 0);

	if (!NT_SUCCESS(status))
		return status; // no reference was taken
	if (n > 3)
		return STATUS_UNSUCCESSFUL; // expected-warning{{leak: 'object' from ObReferenceObjectByPointer is not dereferenced on this path}}
	ObDereferenceObject(object);
	return STATUS_SUCCESS;
}

/* The same field, read again after it may have changed. */
NTSTATUS reference_read_again(PEXT ext, int n)
{
	NTSTATUS status;

	ObReferenceObject(ext->File);
	status = start(n);
	ObDereferenceObject(ext->File);
	return status;
}

/* The file object is what IoGetDeviceObjectPointer references. */
NTSTATUS device_pointer_leak(PUNICODE_STRING name, PEXT ext, int n)
{
	PFILE_OBJECT file;
	PDEVICE_OBJECT device;
	NTSTATUS status = IoGetDeviceObjectPointer(name, 0, &file, &device);

	if (!NT_SUCCESS(status))
		return status;
	ObReferenceObject(device);
	ObDereferenceObject(file);
	if (n > 3)
		return STATUS_UNSUCCESSFUL; // expected-warning{{leak: 'device' from ObfReferenceObject}}
	ext->Target = device;
	return STATUS_SUCCESS;
}

static VOID worker(PDEVICE_OBJECT device, PVOID context)
{
	ObDereferenceObject(context);
}

/* The callback dereferences. */
NTSTATUS reference_for_callback(PIO_WORKITEM item, PFILE_OBJECT file, int n)
{
	ObReferenceObject(file);
	IoQueueWorkItem(item, worker, 0, file);
	return n ? STATUS_UNSUCCESSFUL : STATUS_SUCCESS;
}

/* What returns nothing may clean up. */
NTSTATUS reference_undone_elsewhere(PFILE_OBJECT file, int n)
{
	NTSTATUS status;

	ObReferenceObject(file);
	status = start(n);
	if (!NT_SUCCESS(status))
		finish(n);
	return status;
}

/* A wrapper hands its caller what it took. */
static NTSTATUS enter(PEXT ext)
{
	return IoAcquireRemoveLock(&ext->Lock, NULL);
}

NTSTATUS through_a_wrapper_leak(PEXT ext, int n)
{
	NTSTATUS status = enter(ext);

	if (!NT_SUCCESS(status))
		return status;
	if (n > 3)
		return STATUS_UNSUCCESSFUL; // expected-warning{{leak: 'ext->Lock' from IoAcquireRemoveLockEx is not released on this path}}
	IoReleaseRemoveLock(&ext->Lock, NULL);
	return STATUS_SUCCESS;
}

/* ---- remove locks and rundown protection ---- */

NTSTATUS remove_lock_leak(PEXT ext, PIRP irp, int n)
{
	NTSTATUS status = IoAcquireRemoveLock(&ext->Lock, irp);

	if (!NT_SUCCESS(status))
		return status;
	if (n > 3)
		return STATUS_UNSUCCESSFUL; // expected-warning{{leak: 'ext->Lock' from IoAcquireRemoveLockEx is not released on this path}}
	IoReleaseRemoveLock(&ext->Lock, irp);
	return STATUS_SUCCESS;
}

NTSTATUS remove_lock_released(PEXT ext, PIRP irp, int n)
{
	NTSTATUS status = IoAcquireRemoveLock(&ext->Lock, irp);

	if (!NT_SUCCESS(status))
		return status;
	status = start(n);
	IoReleaseRemoveLock(&ext->Lock, irp);
	return status;
}

static NTSTATUS completed(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	PEXT ext = context;

	IoReleaseRemoveLock(&ext->Lock, irp);
	return STATUS_SUCCESS;
}

/* Until the request comes back. */
NTSTATUS remove_lock_until_completion(PEXT ext, PIRP irp)
{
	NTSTATUS status = IoAcquireRemoveLock(&ext->Lock, irp);

	if (!NT_SUCCESS(status))
		return status;
	IoSetCompletionRoutine(irp, completed, ext, TRUE, TRUE, TRUE);
	return IoCallDriver(ext->Target, irp);
}

int rundown_leak(PEXT ext, int n)
{
	if (!ExAcquireRundownProtection(&ext->Rundown))
		return -1;
	if (n > 3)
		return -2; // expected-warning{{leak: 'ext->Rundown' from ExAcquireRundownProtection is not released on this path}}
	ExReleaseRundownProtection(&ext->Rundown);
	return 0;
}

int rundown_released(PEXT ext, int n)
{
	if (!ExAcquireRundownProtection(&ext->Rundown))
		return -1;
	if (n > 3) {
		ExReleaseRundownProtection(&ext->Rundown);
		return -2;
	}
	ExReleaseRundownProtection(&ext->Rundown);
	return 0;
}

/* ---- symbolic links ---- */

static UNICODE_STRING g_link, g_name;

NTSTATUS link_leak(PDRIVER_OBJECT driver, int n)
{
	NTSTATUS status = IoCreateSymbolicLink(&g_link, &g_name);

	if (!NT_SUCCESS(status))
		return status;
	status = start(n);
	if (!NT_SUCCESS(status))
		return status; // expected-warning{{leak: 'g_link' from IoCreateSymbolicLink is not deleted on this path}}
	return STATUS_SUCCESS;
}

NTSTATUS link_deleted(PDRIVER_OBJECT driver, int n)
{
	NTSTATUS status = IoCreateSymbolicLink(&g_link, &g_name);

	if (!NT_SUCCESS(status))
		return status;
	status = start(n);
	if (!NT_SUCCESS(status))
		IoDeleteSymbolicLink(&g_link);
	return status;
}

/* Deleted by its name, from another string. */
NTSTATUS link_deleted_by_name(int n)
{
	UNICODE_STRING link, again;
	NTSTATUS status;

	RtlInitUnicodeString(&link, (const WCHAR *)u"\\DosDevices\\T");
	status = IoCreateSymbolicLink(&link, &g_name);
	if (!NT_SUCCESS(status))
		return status;
	status = start(n);
	if (!NT_SUCCESS(status)) {
		RtlInitUnicodeString(&again, (const WCHAR *)u"\\DosDevices\\T");
		IoDeleteSymbolicLink(&again);
	}
	return status;
}

/* ---- the state of the thread ---- */

int attached_leak(PKPROCESS process, int n)
{
	KAPC_STATE state;

	KeStackAttachProcess(process, &state);
	if (n > 3)
		return -1; // expected-warning{{leak: 'process' from KeStackAttachProcess is not undone on this path}}
	KeUnstackDetachProcess(&state);
	return 0;
}

int attached_and_detached(PKPROCESS process, int n)
{
	KAPC_STATE state;

	KeStackAttachProcess(process, &state);
	if (n > 3) {
		KeUnstackDetachProcess(&state);
		return -1;
	}
	KeUnstackDetachProcess(&state);
	return 0;
}

NTSTATUS impersonation_leak(PSECURITY_CLIENT_CONTEXT client, int n)
{
	NTSTATUS status = SeImpersonateClientEx(client, NULL);

	if (!NT_SUCCESS(status))
		return status;
	if (n > 3)
		return STATUS_UNSUCCESSFUL; // expected-warning{{leak: 'client' from SeImpersonateClientEx is not undone on this path}}
	PsRevertToSelf();
	return STATUS_SUCCESS;
}

NTSTATUS impersonation_reverted(PSECURITY_CLIENT_CONTEXT client, int n)
{
	NTSTATUS status = SeImpersonateClientEx(client, NULL);

	if (!NT_SUCCESS(status))
		return status;
	status = start(n);
	PsRevertToSelf();
	return status;
}

/* A counter that stands beside the lock: the lock is as it was. */
NTSTATUS counted_leak(PEXT ext, PIRP irp, int n)
{
	NTSTATUS status = IoAcquireRemoveLock(&ext->Lock, irp);

	if (!NT_SUCCESS(status))
		return status;
	status = start(n);
	if (!NT_SUCCESS(status)) {
		InterlockedDecrement(&ext->Failed);
		return status; // expected-warning{{leak: 'ext->Lock' from IoAcquireRemoveLockEx is not released on this path}}
	}
	IoReleaseRemoveLock(&ext->Lock, irp);
	return status;
}

NTSTATUS counted(PEXT ext, PIRP irp, int n)
{
	NTSTATUS status = IoAcquireRemoveLock(&ext->Lock, irp);

	if (!NT_SUCCESS(status))
		return status;
	status = start(n);
	if (!NT_SUCCESS(status))
		InterlockedDecrement(&ext->Failed);
	IoReleaseRemoveLock(&ext->Lock, irp);
	return status;
}

/* What a callee holds and what it loses end together: the loss is told once. */
static NTSTATUS lost_while_held(PEXT ext, ULONG size)
{
	PVOID *block, copy;

	if (!ExAcquireRundownProtection(&ext->Rundown))
		return STATUS_UNSUCCESSFUL;
	block = ExAllocatePoolWithTag(0, size, 'kclb');
	if (!block) {
		ExReleaseRundownProtection(&ext->Rundown);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	copy = ExAllocatePoolWithTag(0, size, 'kclb');
	*block = copy;
	ExFreePoolWithTag(block, 'kclb');
	ExReleaseRundownProtection(&ext->Rundown);
	return STATUS_SUCCESS; // expected-warning{{leak: 'copy' from ExAllocatePoolWithTag}}
}

NTSTATUS calls_lost_while_held(PEXT ext, ULONG size, int n)
{
	NTSTATUS status = lost_while_held(ext, size);

	if (n)
		status = start(n);
	return status;
}
