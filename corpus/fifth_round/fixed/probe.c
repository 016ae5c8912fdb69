/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Waits at load for a board to wake up: eight banks of its memory must answer.  Only
 * after that loop, which always runs eight rounds, is the log made; a board that
 * answers with a wrong version has it freed.
 */
#include <ntddk.h>

#define BANK_COUNT 8
#define BANK_SIZE 0x1000
#define BOARD_BASE 0xD0000
#define BOARD_VERSION 3
#define BOARD_TAG 'draB'

struct board_log {
	ULONG version;
	ULONG banks[BANK_COUNT];
};

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD BoardUnload;

static struct board_log *BoardLog;

static NTSTATUS BoardProbe(PUCHAR base)
{
	ULONG answers[BANK_COUNT];
	struct board_log *log;
	int bank;

	for (bank = 0; bank < BANK_COUNT; bank++)
		answers[bank] = READ_REGISTER_ULONG((PULONG)(base + bank * BANK_SIZE));

	log = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(*log), BOARD_TAG);
	if (log == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;

	log->version = answers[0] & 0xFF;
	if (log->version != BOARD_VERSION) {
		ExFreePoolWithTag(log, BOARD_TAG);
		return STATUS_REVISION_MISMATCH;
	}

	for (bank = 0; bank < BANK_COUNT; bank++)
		log->banks[bank] = answers[bank];
	BoardLog = log;
	return STATUS_SUCCESS;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	PHYSICAL_ADDRESS address;
	NTSTATUS status;
	PVOID base;

	UNREFERENCED_PARAMETER(RegistryPath);

	address.QuadPart = BOARD_BASE;
	base = MmMapIoSpace(address, BANK_COUNT * BANK_SIZE, MmNonCached);
	if (base == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;

	status = BoardProbe(base);
	MmUnmapIoSpace(base, BANK_COUNT * BANK_SIZE);
	if (!NT_SUCCESS(status))
		return status;

	DbgPrint("board: version %lu\n", BoardLog->version);
	DriverObject->DriverUnload = BoardUnload;
	return STATUS_SUCCESS;
}

static VOID BoardUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);

	ExFreePoolWithTag(BoardLog, BOARD_TAG);
}
