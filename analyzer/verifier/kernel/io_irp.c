/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * IRPs on their way down and up a device stack.
 *
 *   IofCallDriver        next location, dispatch routine of its device's driver
 *   IofCompleteRequest   from here upwards: completion routines, until one keeps the
 *                        IRP or the top is reached; there the sender is told
 */
#include "io_verify.h"

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
	struct l62_io_level *level;
	NTSTATUS status;

	irp->CurrentLocation--;
	if (irp->CurrentLocation <= 0)
		l62_end_bugcheck(NO_MORE_IRP_STACK_LOCATIONS, (ULONG_PTR)irp, 0, 0, 0);
	location = --irp->Tail.Overlay.CurrentStackLocation;
	location->DeviceObject = device;
	dispatch = driver->MajorFunction[location->MajorFunction];
	level = l62_io_enter(device, irp, (PVOID)dispatch);
	/* Only what is in the image is the driver's. */
	if (is_ours(driver) ||
	    (ULONG_PTR)dispatch - (ULONG_PTR)driver->DriverStart >= driver->DriverSize)
		return dispatch(device, irp);
	status = (NTSTATUS)l62_invoke((PVOID)dispatch,
	                              (const uint64_t[]){(ULONG_PTR)device, (ULONG_PTR)irp}, 2,
	                              frames);
	l62_io_leave(level, status);
	return status;
}

NTSTATUS l62_irp_refuse(PDEVICE_OBJECT device, PIRP irp, NTSTATUS status)
{
	PIO_STACK_LOCATION location;

	l62_io_check_call(device, irp);
	irp->CurrentLocation--;
	location = --irp->Tail.Overlay.CurrentStackLocation;
	location->DeviceObject = device;
	l62_io_enter(device, irp,
	             (PVOID)device->DriverObject->MajorFunction[location->MajorFunction]);
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = 0;
	IofCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

NTSTATUS FASTCALL IofCallDriver(PDEVICE_OBJECT device, PIRP irp)
{
	l62_io_check_call(device, irp);
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

/* A service's own routine is called without a way into the driver. */
static NTSTATUS tell(const IO_STACK_LOCATION *location, PDEVICE_OBJECT device, PIRP irp)
{
	const uint64_t args[] = {(ULONG_PTR)device, (ULONG_PTR)irp,
	                         (ULONG_PTR)location->Context};

	if (!l62_host_in_image((PVOID)location->CompletionRoutine))
		return location->CompletionRoutine(device, irp, location->Context);
	return (NTSTATUS)l62_invoke((PVOID)location->CompletionRoutine, args, 3,
	                            L62_FRAMES(L62_FRAME_IopfCompleteRequest));
}

VOID FASTCALL IofCompleteRequest(PIRP irp, CCHAR boost)
{
	PIO_STACK_LOCATION location;

	UNREFERENCED_PARAMETER(boost);
	l62_io_check_complete(irp);
	location = irp->Tail.Overlay.CurrentStackLocation;
	if (irp->CurrentLocation > irp->StackCount)
		l62_end_bugcheck(MULTIPLE_IRP_COMPLETE_REQUESTS, (ULONG_PTR)irp, 0, 0, 0);
	for (; irp->CurrentLocation <= irp->StackCount; location++) {
		PDEVICE_OBJECT device = NULL;

		l62_io_complete_location(irp, location);
		irp->PendingReturned = (location->Control & SL_PENDING_RETURNED) != 0;
		irp->CurrentLocation++;
		irp->Tail.Overlay.CurrentStackLocation++;
		if (irp->CurrentLocation <= irp->StackCount)
			device = irp->Tail.Overlay.CurrentStackLocation->DeviceObject;
		if (wants(location, irp)) {
			if (tell(location, device, irp) == STATUS_MORE_PROCESSING_REQUIRED)
				return;
			l62_io_check_continued(irp, device, (PVOID)location->CompletionRoutine);
		} else if (irp->PendingReturned && device) {
			IoMarkIrpPending(irp);
		}
	}
	l62_io_completed(irp);
	l62_irp_finish_made(irp);
}

NTSTATUS l62_irp_send(PDEVICE_OBJECT device, PIRP irp, const uint16_t *frames)
{
	ULONG_PTR information;

	return l62_irp_ask(device, irp, frames, &information);
}

NTSTATUS l62_irp_ask(PDEVICE_OBJECT device, PIRP irp, const uint16_t *frames,
                     ULONG_PTR *information)
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
	*information = result.Information;
	return status == STATUS_PENDING ? result.Status : status;
}
