/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Roll: an entry for each thread, in buckets of a global; the end of a thread frees its entry. */
#include <ntddk.h>

#define BUCKETS 16
#define ROLL_TAG 'lloR'

typedef struct _ENTRY {
	LIST_ENTRY Link;
	HANDLE Thread, Process;
} ENTRY, *PENTRY;

typedef struct _BUCKET {
	LIST_ENTRY Entries;
	ULONG Count;
} BUCKET, *PBUCKET;

static struct {
	KSPIN_LOCK Lock;
	BUCKET Bucket[BUCKETS];
} Roll;

static PBUCKET RollBucket(HANDLE Thread)
{
	return &Roll.Bucket[((ULONG_PTR)Thread >> 2) % BUCKETS];
}

static VOID RollBegin(HANDLE Process, HANDLE Thread)
{
	PBUCKET bucket = RollBucket(Thread);
	PENTRY entry = ExAllocatePoolWithTag(NonPagedPool, sizeof(ENTRY), ROLL_TAG);
	KIRQL irql;

	if (entry == NULL)
		return;
	entry->Thread = Thread;
	entry->Process = Process;
	KeAcquireSpinLock(&Roll.Lock, &irql);
	InsertTailList(&bucket->Entries, &entry->Link);
	bucket->Count++;
	KeReleaseSpinLock(&Roll.Lock, irql);
}

static VOID RollEnd(HANDLE Thread)
{
	PBUCKET bucket = RollBucket(Thread);
	PLIST_ENTRY link;
	PENTRY found = NULL;
	KIRQL irql;

	KeAcquireSpinLock(&Roll.Lock, &irql);
	for (link = bucket->Entries.Flink; link != &bucket->Entries; link = link->Flink) {
		PENTRY entry = CONTAINING_RECORD(link, ENTRY, Link);

		if (entry->Thread == Thread) {
			RemoveEntryList(&entry->Link);
			bucket->Count--;
			found = entry;
			break;
		}
	}
	KeReleaseSpinLock(&Roll.Lock, irql);
	if (found != NULL)
		ExFreePoolWithTag(found, ROLL_TAG);
}

static VOID NTAPI RollNotify(HANDLE Process, HANDLE Thread, BOOLEAN Create)
{
	if (Create)
		RollBegin(Process, Thread);
	else
		RollEnd(Thread);
}

static NTSTATUS NTAPI RollDispatch(PDEVICE_OBJECT Device, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Device);
	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static VOID NTAPI RollUnload(PDRIVER_OBJECT Driver)
{
	ULONG i;

	PsRemoveCreateThreadNotifyRoutine(RollNotify);
	for (i = 0; i < BUCKETS; i++)
		while (!IsListEmpty(&Roll.Bucket[i].Entries))
			ExFreePoolWithTag(CONTAINING_RECORD(RemoveHeadList(&Roll.Bucket[i].Entries),
			                                    ENTRY, Link),
			                  ROLL_TAG);
	IoDeleteDevice(Driver->DeviceObject);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
	UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Roll");
	PDEVICE_OBJECT device;
	NTSTATUS status;
	ULONG i;

	UNREFERENCED_PARAMETER(RegistryPath);
	KeInitializeSpinLock(&Roll.Lock);
	for (i = 0; i < BUCKETS; i++)
		InitializeListHead(&Roll.Bucket[i].Entries);
	Driver->MajorFunction[IRP_MJ_CREATE] = RollDispatch;
	Driver->MajorFunction[IRP_MJ_CLOSE] = RollDispatch;
	Driver->DriverUnload = RollUnload;
	status = IoCreateDevice(Driver, 0, &name, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	status = PsSetCreateThreadNotifyRoutine(RollNotify);
	if (!NT_SUCCESS(status))
		IoDeleteDevice(device);
	return status;
}
