/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The banner is a structure that is replaced as a whole; its buffer comes from and goes
 * to text.c.
 */
#include "banner.h"

static FAST_MUTEX StoreLock;
static ANSI_STRING Banner;

NTSTATUS StoreInit(VOID)
{
	ANSI_STRING first = RTL_CONSTANT_STRING("hello");

	ExInitializeFastMutex(&StoreLock);
	return TextCopy(&Banner, &first);
}

VOID StoreTerm(VOID)
{
	TextFree(&Banner);
}

NTSTATUS StoreSet(const ANSI_STRING *Text)
{
	ANSI_STRING copy;
	NTSTATUS status;

	if (Text->Length == 0 || Text->Buffer[0] == ' ')
		return STATUS_INVALID_PARAMETER;

	status = TextCopy(&copy, Text);
	if (!NT_SUCCESS(status))
		return status;

	ExAcquireFastMutex(&StoreLock);
	TextFree(&Banner);
	Banner = copy;
	ExReleaseFastMutex(&StoreLock);
	return STATUS_SUCCESS;
}

ULONG StoreGet(PCHAR Out, ULONG Room)
{
	ULONG length;

	ExAcquireFastMutex(&StoreLock);
	length = Banner.Length < Room ? Banner.Length : Room;
	RtlCopyMemory(Out, Banner.Buffer, length);
	ExReleaseFastMutex(&StoreLock);
	return length;
}
