/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Device queues and StartIo.  A queue that is not busy takes nothing: whoever inserts
 * into it has the device, and gives it on by removing.
 */
#include "nt.h"

enum { TYPE_QUEUE = 0x14, START_IO_DEFERRED = 1, START_IO_NO_CANCEL = 2 };

VOID NTAPI KeInitializeDeviceQueue(PKDEVICE_QUEUE queue)
{
	RtlZeroMemory(queue, sizeof(*queue));
	queue->Type = TYPE_QUEUE;
	queue->Size = sizeof(*queue);
	InitializeListHead(&queue->DeviceListHead);
}

static BOOLEAN insert(PKDEVICE_QUEUE queue, PKDEVICE_QUEUE_ENTRY entry, PLIST_ENTRY before)
{
	entry->Inserted = queue->Busy;
	if (queue->Busy)
		InsertTailList(before, &entry->DeviceListEntry);
	queue->Busy = TRUE;
	return entry->Inserted;
}

BOOLEAN NTAPI KeInsertDeviceQueue(PKDEVICE_QUEUE queue, PKDEVICE_QUEUE_ENTRY entry)
{
	return insert(queue, entry, &queue->DeviceListHead);
}

static PKDEVICE_QUEUE_ENTRY entry_of(PLIST_ENTRY link)
{
	return CONTAINING_RECORD(link, KDEVICE_QUEUE_ENTRY, DeviceListEntry);
}

/* Documented: behind those whose key is not greater. */
BOOLEAN NTAPI KeInsertByKeyDeviceQueue(PKDEVICE_QUEUE queue, PKDEVICE_QUEUE_ENTRY entry,
                                       ULONG key)
{
	PLIST_ENTRY link = queue->DeviceListHead.Flink;

	while (link != &queue->DeviceListHead && entry_of(link)->SortKey <= key)
		link = link->Flink;
	entry->SortKey = key;
	return insert(queue, entry, link);
}

static PKDEVICE_QUEUE_ENTRY remove(PKDEVICE_QUEUE queue, PLIST_ENTRY link)
{
	if (link == &queue->DeviceListHead) {
		queue->Busy = FALSE;
		return NULL;
	}
	RemoveEntryList(link);
	entry_of(link)->Inserted = FALSE;
	return entry_of(link);
}

PKDEVICE_QUEUE_ENTRY NTAPI KeRemoveDeviceQueue(PKDEVICE_QUEUE queue)
{
	return remove(queue, queue->DeviceListHead.Flink);
}

/* Documented: the first whose key is not less, or the first of all. */
PKDEVICE_QUEUE_ENTRY NTAPI KeRemoveByKeyDeviceQueue(PKDEVICE_QUEUE queue, ULONG key)
{
	PLIST_ENTRY link = queue->DeviceListHead.Flink;

	while (link != &queue->DeviceListHead && entry_of(link)->SortKey < key)
		link = link->Flink;
	return remove(queue, link == &queue->DeviceListHead ? link->Flink : link);
}

PKDEVICE_QUEUE_ENTRY NTAPI KeRemoveByKeyDeviceQueueIfBusy(PKDEVICE_QUEUE queue, ULONG key)
{
	return queue->Busy ? KeRemoveByKeyDeviceQueue(queue, key) : NULL;
}

BOOLEAN NTAPI KeRemoveEntryDeviceQueue(PKDEVICE_QUEUE queue, PKDEVICE_QUEUE_ENTRY entry)
{
	BOOLEAN inserted = entry->Inserted;

	UNREFERENCED_PARAMETER(queue);
	if (inserted) {
		RemoveEntryList(&entry->DeviceListEntry);
		entry->Inserted = FALSE;
	}
	return inserted;
}

/* What IoSetStartIoAttributes has said of a device. */
struct device {
	struct device *next;
	PDEVICE_OBJECT object;
	ULONG attributes, depth;
	PIRP waiting; /* its StartIo is called when the one before has returned */
};

static struct device *device_of(PDEVICE_OBJECT object)
{
	static struct device *devices;
	struct device *device = devices;

	while (device && device->object != object)
		device = device->next;
	if (!device) {
		device = l62_host_alloc(sizeof(*device));
		device->object = object;
		device->next = devices;
		devices = device;
	}
	return device;
}

VOID NTAPI IoSetStartIoAttributes(PDEVICE_OBJECT object, BOOLEAN deferred, BOOLEAN no_cancel)
{
	device_of(object)->attributes =
	        (deferred ? START_IO_DEFERRED : 0) | (no_cancel ? START_IO_NO_CANCEL : 0);
}

/* At DISPATCH_LEVEL, as its callers are. */
static void start(PDEVICE_OBJECT object, PIRP irp)
{
	struct device *device = device_of(object);

	if (device->attributes & START_IO_DEFERRED && device->depth) {
		device->waiting = irp;
		return;
	}
	for (; irp; irp = device->waiting) {
		const uint64_t args[] = {(ULONG_PTR)object, (ULONG_PTR)irp};

		device->waiting = NULL;
		device->depth++;
		l62_invoke((PVOID)object->DriverObject->DriverStartIo, args, 2, NULL);
		device->depth--;
	}
}

VOID NTAPI IoStartPacket(PDEVICE_OBJECT object, PIRP irp, PULONG key, PDRIVER_CANCEL cancel)
{
	KIRQL old = l62_nt_raise_irql(DISPATCH_LEVEL), lock = DISPATCH_LEVEL;
	PKDEVICE_QUEUE_ENTRY entry = &irp->Tail.Overlay.DeviceQueueEntry;
	BOOLEAN queued;

	if (cancel) {
		IoAcquireCancelSpinLock(&lock);
		irp->CancelRoutine = cancel;
	}
	if (key)
		queued = KeInsertByKeyDeviceQueue(&object->DeviceQueue, entry, *key);
	else
		queued = KeInsertDeviceQueue(&object->DeviceQueue, entry);
	if (!queued) {
		object->CurrentIrp = irp;
		if (cancel && device_of(object)->attributes & START_IO_NO_CANCEL)
			irp->CancelRoutine = NULL;
		if (cancel)
			IoReleaseCancelSpinLock(lock);
		start(object, irp);
	} else if (cancel && irp->Cancel && irp->CancelRoutine) {
		const uint64_t args[] = {(ULONG_PTR)object, (ULONG_PTR)irp};

		/* The cancel routine releases the lock. */
		irp->CancelIrql = lock;
		irp->CancelRoutine = NULL;
		l62_invoke((PVOID)cancel, args, 2, NULL);
	} else if (cancel) {
		IoReleaseCancelSpinLock(lock);
	}
	l62_nt_lower_irql(old);
}

static void start_next(PDEVICE_OBJECT object, BOOLEAN cancelable, const ULONG *key)
{
	PKDEVICE_QUEUE_ENTRY entry;
	KIRQL lock = DISPATCH_LEVEL;
	PIRP irp = NULL;

	if (cancelable)
		IoAcquireCancelSpinLock(&lock);
	object->CurrentIrp = NULL;
	entry = key ? KeRemoveByKeyDeviceQueue(&object->DeviceQueue, *key)
	            : KeRemoveDeviceQueue(&object->DeviceQueue);
	if (entry) {
		irp = CONTAINING_RECORD(entry, IRP, Tail.Overlay.DeviceQueueEntry);
		object->CurrentIrp = irp;
		if (cancelable && device_of(object)->attributes & START_IO_NO_CANCEL)
			irp->CancelRoutine = NULL;
	}
	if (cancelable)
		IoReleaseCancelSpinLock(lock);
	if (irp)
		start(object, irp);
}

VOID NTAPI IoStartNextPacket(PDEVICE_OBJECT object, BOOLEAN cancelable)
{
	start_next(object, cancelable, NULL);
}

VOID NTAPI IoStartNextPacketByKey(PDEVICE_OBJECT object, BOOLEAN cancelable, ULONG key)
{
	start_next(object, cancelable, &key);
}
