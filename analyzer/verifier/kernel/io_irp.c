/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * IRPs on their way down and up a device stack.
 *
 *   IofCallDriver        next location, dispatch routine of its device's driver
 *   IofCompleteRequest   from here upwards: completion routines, until one keeps the
 *                        IRP or the top is reached; there the sender is told
 */
#include "nt.h"

enum { TYPE_IRP = 6 };

PIRP l62_irp_create(PDEVICE_OBJECT device)
{
	CCHAR count = device->StackSize;
	USHORT size = (USHORT)IoSizeOfIrp(count);
	PIRP irp = l62_host_alloc(size);

	irp->Type = TYPE_IRP;
	irp->Size = size;
	irp->StackCount = count;
	irp->CurrentLocation = (CCHAR)(count + 1);
	irp->Tail.Overlay.CurrentStackLocation = (PIO_STACK_LOCATION)(irp + 1) + count;
	irp->Tail.Overlay.Thread = l62_sched_thread_object(l62_sched_current());
	InitializeListHead(&irp->ThreadListEntry);
	return irp;
}

static BOOLEAN is_ours(const struct _DRIVER_OBJECT *driver)
{
	return driver->DriverStart == NULL;
}

NTSTATUS l62_irp_call(PDEVICE_OBJECT device, PIRP irp, const uint16_t *frames)
{
	PDRIVER_OBJECT driver = device->DriverObject;
	PIO_STACK_LOCATION location;
	PDRIVER_DISPATCH dispatch;

	irp->CurrentLocation--;
	if (irp->CurrentLocation <= 0)
		l62_end_bugcheck(NO_MORE_IRP_STACK_LOCATIONS, (ULONG_PTR)irp, 0, 0, 0);
	location = --irp->Tail.Overlay.CurrentStackLocation;
	location->DeviceObject = device;
	dispatch = driver->MajorFunction[location->MajorFunction];
	/* Only what is in the image is the driver's. */
	if (is_ours(driver) ||
	    (ULONG_PTR)dispatch - (ULONG_PTR)driver->DriverStart >= driver->DriverSize)
		return dispatch(device, irp);
	return (NTSTATUS)l62_invoke((PVOID)dispatch,
	                            (const uint64_t[]){(ULONG_PTR)device, (ULONG_PTR)irp}, 2,
	                            frames);
}

NTSTATUS FASTCALL IofCallDriver(PDEVICE_OBJECT device, PIRP irp)
{
	return l62_irp_call(device, irp,
	                    L62_FRAMES(L62_FRAME_IovCallDriver, L62_FRAME_IofCallDriver));
}

static BOOLEAN wants(const IO_STACK_LOCATION *location, const IRP *irp)
{
	if (!location->CompletionRoutine)
		return FALSE;
	if (irp->Cancel && location->Control & SL_INVOKE_ON_CANCEL)
		return TRUE;
	return location->Control &
	       (NT_SUCCESS(irp->IoStatus.Status) ? SL_INVOKE_ON_SUCCESS : SL_INVOKE_ON_ERROR);
}

/* The top is reached: whoever sent the IRP gets its result. */
static void finish(PIRP irp)
{
	PKEVENT event = irp->UserEvent;

	if (irp->UserIosb)
		*irp->UserIosb = irp->IoStatus;
	if (event)
		KeSetEvent(event, IO_NO_INCREMENT, FALSE);
}

VOID FASTCALL IofCompleteRequest(PIRP irp, CCHAR boost)
{
	PIO_STACK_LOCATION location = irp->Tail.Overlay.CurrentStackLocation;

	UNREFERENCED_PARAMETER(boost);
	if (irp->CurrentLocation > irp->StackCount)
		l62_end_bugcheck(MULTIPLE_IRP_COMPLETE_REQUESTS, (ULONG_PTR)irp, 0, 0, 0);
	for (; irp->CurrentLocation <= irp->StackCount; location++) {
		PDEVICE_OBJECT device = NULL;

		irp->PendingReturned = (location->Control & SL_PENDING_RETURNED) != 0;
		irp->CurrentLocation++;
		irp->Tail.Overlay.CurrentStackLocation++;
		if (irp->CurrentLocation <= irp->StackCount)
			device = irp->Tail.Overlay.CurrentStackLocation->DeviceObject;
		if (wants(location, irp)) {
			const uint64_t args[] = {(ULONG_PTR)device, (ULONG_PTR)irp,
			                         (ULONG_PTR)location->Context};

			if ((NTSTATUS)l62_invoke((PVOID)location->CompletionRoutine, args, 3,
			                         L62_FRAMES(L62_FRAME_IopfCompleteRequest)) ==
			    STATUS_MORE_PROCESSING_REQUIRED)
				return;
		} else if (irp->PendingReturned && device) {
			IoMarkIrpPending(irp);
		}
	}
	finish(irp);
}

NTSTATUS l62_irp_send(PDEVICE_OBJECT device, PIRP irp, const uint16_t *frames)
{
	IO_STATUS_BLOCK result = {0};
	KEVENT done;
	NTSTATUS status;

	KeInitializeEvent(&done, NotificationEvent, FALSE);
	irp->UserEvent = &done;
	irp->UserIosb = &result;
	status = l62_irp_call(device, irp, frames);
	l62_wait(&done.Header, "IofCompleteRequest", NULL);
	/* Other processors have been at work meanwhile. */
	l62_sched_yield();
	l62_host_free(irp);
	return status == STATUS_PENDING ? result.Status : status;
}
