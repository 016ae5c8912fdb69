/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Remove locks: IoCount is 1 for the device's existence, and one for each holder;
 * the last release signals RemoveEvent.  The block that checked builds add behind it
 * is not used: tags are not compared, as in the free build.
 */
#include "nt.h"

VOID NTAPI IoInitializeRemoveLockEx(PIO_REMOVE_LOCK lock, ULONG tag, ULONG minutes, ULONG mark,
                                    ULONG size)
{
	UNREFERENCED_PARAMETER(tag);
	UNREFERENCED_PARAMETER(minutes);
	UNREFERENCED_PARAMETER(mark);
	RtlZeroMemory(lock, size < sizeof(lock->Common) ? sizeof(lock->Common) : size);
	lock->Common.IoCount = 1;
	KeInitializeEvent(&lock->Common.RemoveEvent, SynchronizationEvent, FALSE);
}

static void release(PIO_REMOVE_LOCK lock)
{
	if (InterlockedDecrement(&lock->Common.IoCount) == 0)
		KeSetEvent(&lock->Common.RemoveEvent, IO_NO_INCREMENT, FALSE);
}

NTSTATUS NTAPI IoAcquireRemoveLockEx(PIO_REMOVE_LOCK lock, PVOID tag, PCSTR file, ULONG line,
                                     ULONG size)
{
	UNREFERENCED_PARAMETER(tag);
	UNREFERENCED_PARAMETER(file);
	UNREFERENCED_PARAMETER(line);
	UNREFERENCED_PARAMETER(size);
	InterlockedIncrement(&lock->Common.IoCount);
	if (!lock->Common.Removed)
		return STATUS_SUCCESS;
	release(lock);
	return STATUS_DELETE_PENDING;
}

VOID NTAPI IoReleaseRemoveLockEx(PIO_REMOVE_LOCK lock, PVOID tag, ULONG size)
{
	UNREFERENCED_PARAMETER(tag);
	UNREFERENCED_PARAMETER(size);
	release(lock);
}

VOID NTAPI IoReleaseRemoveLockAndWaitEx(PIO_REMOVE_LOCK lock, PVOID tag, ULONG size)
{
	UNREFERENCED_PARAMETER(tag);
	UNREFERENCED_PARAMETER(size);
	if (l62_cpu_irql() > PASSIVE_LEVEL)
		l62_end_bugcheck(IRQL_NOT_LESS_OR_EQUAL, (ULONG_PTR)lock, l62_cpu_irql(), 1, 0);
	lock->Common.Removed = TRUE;
	/* The holder's own, and the device's. */
	release(lock);
	if (InterlockedDecrement(&lock->Common.IoCount) > 0)
		l62_wait(&lock->Common.RemoveEvent.Header, "IoReleaseRemoveLockAndWaitEx",
		         NULL);
}
