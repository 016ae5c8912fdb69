/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * I/O verification of IRPs.  Each call of a dispatch routine of the driver is a level,
 * kept until the routine has returned and the IRP has been completed at its location,
 * in whichever order:
 *
 *   called -> returned              it must be completed, forwarded or marked pending
 *   called -> completed -> returned what is returned must be what it was completed with
 *   returned -> completed           STATUS_PENDING was returned, so it must be marked
 *
 * Arguments of codes from 0x200 on: an address of the driver, the IRP, the device.
 * What Windows calls a warning is left out, and what needs several drivers in a stack.
 * Source: the documentation of bug checks 0xC9 and 0x44.
 */
#include "io_verify.h"

enum { TYPE_IRP = 6, DRIVER_VERIFIER_IO = 0xc9, VERIFIER_VIOLATION = 0xc4 };
enum {
	CALL_OF_NO_IRP = 0x03,
	CALL_OF_NO_DEVICE = 0x04,
	IRQL_CHANGED = 0x05,
	COMPLETED_AS_PENDING = 0x06,
	COMPLETED_WITH_CANCEL = 0x07,
	RESULT_UNWOUND = 0x0c,
	EVENT_UNWOUND = 0x0d,
	COMPLETED_TOO_HIGH = 0x0e,
	CALL_TOO_HIGH = 0x10,
	FORWARDED_WITH_CANCEL = 0x203,
	CALL_OF_NULL = 0x204,
	FREED_IN_USE = 0x20b,
	PNP_STATUS = 0x20e,
	POWER_STATUS = 0x20f,
	PNP_FAILED_FORWARDED = 0x215,
	POWER_FAILED_FORWARDED = 0x219,
	INITIALIZED_ALLOCATED = 0x20d,
	OTHER_STATUS = 0x224,
	ILLEGAL_STATUS = 0x225,
	FORGOTTEN = 0x226,
	PENDING_NOT_PASSED_ON = 0x228,
	PENDING_NOT_MARKED = 0x23d,
	MARKED_NOT_PENDING = 0x23e,
	REMOVE_FAILED = 0x306,
	REUSED_IN_USE = 0x310,
	REUSED_BUILT = 0x311,
	INFORMATION_TOO_LARGE = 0x312,
	CALLED_AT_BAD_IRQL = 0xe5,
	COMPLETED_MOST = 64,
};

struct l62_io_level {
	struct l62_io_level *next;
	PIRP irp;
	PDEVICE_OBJECT device;
	PVOID dispatch;
	PIO_STACK_LOCATION location;
	CHAR number;
	KIRQL irql;
	BOOLEAN forwarded, completed, marked, returned, removing;
	NTSTATUS final, status;
};

/* Newest first. */
static struct l62_io_level *levels;
/* The last IRPs that were completed to the top and have not been sent since. */
static PIRP completed[COMPLETED_MOST];
static ULONG completed_next;

static const uint16_t frames_call[] = {
        L62_FRAME_KeBugCheckEx,        L62_FRAME_VerifierBugCheckIfAppropriate,
        L62_FRAME_ViErrorFinishReport, L62_FRAME_IovCallDriver,
        L62_FRAME_IofCallDriver,       L62_FRAME_END};
static const uint16_t frames_after[] = {
        L62_FRAME_KeBugCheckEx,        L62_FRAME_VerifierBugCheckIfAppropriate,
        L62_FRAME_ViErrorFinishReport, L62_FRAME_IovpCallDriver2,
        L62_FRAME_VfAfterCallDriver,   L62_FRAME_IovCallDriver,
        L62_FRAME_IofCallDriver,       L62_FRAME_END};
static const uint16_t frames_complete[] = {
        L62_FRAME_KeBugCheckEx,        L62_FRAME_VerifierBugCheckIfAppropriate,
        L62_FRAME_ViErrorFinishReport, L62_FRAME_IovCompleteRequest,
        L62_FRAME_IofCompleteRequest,  L62_FRAME_END};
static const uint16_t frames_free[] = {
        L62_FRAME_KeBugCheckEx, L62_FRAME_VerifierBugCheckIfAppropriate,
        L62_FRAME_ViErrorFinishReport, L62_FRAME_VerifierIoFreeIrp, L62_FRAME_END};

static BOOLEAN is_on(void)
{
	return l62_host_checks(L62_CHECK_IO) != 0;
}

/* With the IRQL too high; code: what I/O verification says to that. */
static void check_irql(const uint16_t *frames, ULONG code, PIRP irp)
{
	KIRQL irql = l62_cpu_irql();

	if (irql <= DISPATCH_LEVEL)
		return;
	if (is_on())
		l62_end_violation(frames, DRIVER_VERIFIER_IO, code, irql, (ULONG_PTR)irp, 0);
	if (l62_host_checks(L62_CHECK_FORCE_IRQL))
		l62_end_violation(NULL, VERIFIER_VIOLATION, CALLED_AT_BAD_IRQL, irql, 0, 0);
}

/* The newest level that still has the IRP, or NULL. */
static struct l62_io_level *find(const IRP *irp)
{
	struct l62_io_level *level = levels;

	while (level && (level->irp != irp || level->completed))
		level = level->next;
	return level;
}

BOOLEAN l62_io_is_with_driver(PIRP irp)
{
	return find(irp) != NULL;
}

/* PnP and power IRPs are made with STATUS_NOT_SUPPORTED, and passed on with it or with
 * success. */
static void check_status(PDEVICE_OBJECT device, PIRP irp)
{
	UCHAR major = irp->CurrentLocation > 1 ? IoGetNextIrpStackLocation(irp)->MajorFunction
	                                       : IRP_MJ_CREATE;
	BOOLEAN is_power = major == IRP_MJ_POWER;
	NTSTATUS status = irp->IoStatus.Status;
	ULONG code;

	if ((!is_power && major != IRP_MJ_PNP) || status == STATUS_NOT_SUPPORTED)
		return;
	if (!find(irp))
		code = is_power ? POWER_STATUS : PNP_STATUS;
	else if (!NT_SUCCESS(status))
		code = is_power ? POWER_FAILED_FORWARDED : PNP_FAILED_FORWARDED;
	else
		return;
	l62_end_violation(frames_call, DRIVER_VERIFIER_IO, code, l62_host_caller(),
	                  (ULONG_PTR)irp, (ULONG_PTR)device);
}

void l62_io_check_call(PDEVICE_OBJECT device, PIRP irp)
{
	check_irql(frames_call, CALL_TOO_HIGH, NULL);
	if (!is_on())
		return;
	if (irp->Type != TYPE_IRP)
		l62_end_violation(frames_call, DRIVER_VERIFIER_IO, CALL_OF_NO_IRP,
		                  (ULONG_PTR)irp, 0, 0);
	if (!device)
		l62_end_violation(frames_call, DRIVER_VERIFIER_IO, CALL_OF_NULL,
		                  l62_host_caller(), (ULONG_PTR)irp, 0);
	if (!l62_io_is_device(device))
		l62_end_violation(frames_call, DRIVER_VERIFIER_IO, CALL_OF_NO_DEVICE,
		                  (ULONG_PTR)device, 0, 0);
	if (irp->CancelRoutine)
		l62_end_violation(frames_call, DRIVER_VERIFIER_IO, FORWARDED_WITH_CANCEL,
		                  l62_host_caller(), (ULONG_PTR)irp, (ULONG_PTR)device);
	check_status(device, irp);
}

static void drop(struct l62_io_level *level)
{
	struct l62_io_level **link = &levels;

	while (*link != level)
		link = &(*link)->next;
	*link = level->next;
	l62_host_free(level);
}

void l62_io_made(PIRP irp)
{
	for (ULONG i = 0; i < COMPLETED_MOST; i++) {
		if (completed[i] == irp)
			completed[i] = NULL;
	}
}

struct l62_io_level *l62_io_enter(PDEVICE_OBJECT device, PIRP irp, PVOID dispatch)
{
	struct l62_io_level *level;

	if (!is_on())
		return NULL;
	l62_io_made(irp);
	level = find(irp);
	if (level)
		level->forwarded = TRUE;
	if (!l62_host_in_image(dispatch))
		return NULL;
	level = l62_host_alloc(sizeof(*level));
	*level = (struct l62_io_level){
	        .next = levels,
	        .irp = irp,
	        .device = device,
	        .dispatch = dispatch,
	        .location = irp->Tail.Overlay.CurrentStackLocation,
	        .number = irp->CurrentLocation,
	        .irql = l62_cpu_irql(),
	};
	level->removing = level->location->MajorFunction == IRP_MJ_PNP &&
	                  level->location->MinorFunction == IRP_MN_REMOVE_DEVICE &&
	                  l62_io_is_attached(device);
	levels = level;
	return level;
}

static DECLSPEC_NORETURN void blame(const uint16_t *frames, const struct l62_io_level *level,
                                    ULONG code)
{
	l62_end_violation(frames, DRIVER_VERIFIER_IO, code, (ULONG_PTR)level->dispatch,
	                  (ULONG_PTR)level->irp, (ULONG_PTR)level->device);
}

static void check_returned(const struct l62_io_level *level)
{
	BOOLEAN pending = level->status == STATUS_PENDING;
	BOOLEAN marked = level->completed
	                         ? level->marked
	                         : (level->location->Control & SL_PENDING_RETURNED) != 0;

	if (level->status == -1)
		blame(frames_after, level, ILLEGAL_STATUS);
	if (marked && !pending)
		blame(frames_after, level, MARKED_NOT_PENDING);
	if (!level->completed && !pending)
		blame(frames_after, level, FORGOTTEN);
	/* Who has forwarded it may mark it when it comes back. */
	if (pending && !marked && (level->completed || !level->forwarded))
		blame(frames_after, level, PENDING_NOT_MARKED);
	if (level->completed && !pending && level->status != level->final)
		blame(frames_after, level, OTHER_STATUS);
}

void l62_io_leave(struct l62_io_level *level, NTSTATUS status)
{
	if (!level)
		return;
	if (l62_cpu_irql() != level->irql)
		l62_end_violation(frames_after, DRIVER_VERIFIER_IO, IRQL_CHANGED,
		                  (ULONG_PTR)level->device, level->irql, l62_cpu_irql());
	level->status = status;
	level->returned = TRUE;
	check_returned(level);
	if (!level->completed)
		return;
	if (level->removing && status != STATUS_PENDING)
		l62_io_check_removed(level->device, level->irp, level->dispatch);
	drop(level);
}

void l62_io_check_complete(PIRP irp)
{
	if (is_on()) {
		for (ULONG i = 0; i < COMPLETED_MOST; i++) {
			if (irp && completed[i] == irp)
				l62_end_violation(frames_complete,
				                  MULTIPLE_IRP_COMPLETE_REQUESTS,
				                  (ULONG_PTR)irp, 0, 0, 0);
		}
	}
	check_irql(frames_complete, COMPLETED_TOO_HIGH, irp);
	if (!is_on() || irp->CurrentLocation > irp->StackCount)
		return;
	if (irp->IoStatus.Status == STATUS_PENDING || irp->IoStatus.Status == -1)
		l62_end_violation(frames_complete, DRIVER_VERIFIER_IO, COMPLETED_AS_PENDING,
		                  (ULONG)irp->IoStatus.Status, (ULONG_PTR)irp, 0);
	if (irp->CancelRoutine)
		l62_end_violation(frames_complete, DRIVER_VERIFIER_IO, COMPLETED_WITH_CANCEL,
		                  (ULONG_PTR)irp->CancelRoutine, (ULONG_PTR)irp, 0);
}

/* Bytes that a program has room for; the most: nothing is copied to it, and Information
 * may be a pointer. */
static ULONG_PTR room(const IO_STACK_LOCATION *location, const IRP *irp)
{
	if (!(irp->Flags & IRP_BUFFERED_IO) || !(irp->Flags & IRP_INPUT_OPERATION))
		return MAXULONG_PTR;
	if (location->MajorFunction == IRP_MJ_DEVICE_CONTROL &&
	    METHOD_FROM_CTL_CODE(location->Parameters.DeviceIoControl.IoControlCode) ==
	            METHOD_BUFFERED)
		return location->Parameters.DeviceIoControl.OutputBufferLength;
	return location->MajorFunction == IRP_MJ_READ ? location->Parameters.Read.Length
	                                              : MAXULONG_PTR;
}

void l62_io_complete_location(PIRP irp, const IO_STACK_LOCATION *location)
{
	struct l62_io_level *level, *next;

	if (!is_on())
		return;
	if (irp->CurrentLocation == irp->StackCount && !NT_ERROR(irp->IoStatus.Status) &&
	    irp->IoStatus.Information > room(location, irp))
		l62_end_violation(frames_complete, DRIVER_VERIFIER_IO, INFORMATION_TOO_LARGE,
		                  l62_host_caller(), (ULONG_PTR)irp,
		                  (ULONG_PTR)location->DeviceObject);
	/* Several, if the driver has skipped its location. */
	for (level = levels; level; level = next) {
		next = level->next;
		if (level->irp != irp || level->number != irp->CurrentLocation ||
		    level->completed)
			continue;
		level->completed = TRUE;
		level->marked = (location->Control & SL_PENDING_RETURNED) != 0;
		level->final = irp->IoStatus.Status;
		if (level->removing && !NT_SUCCESS(level->final))
			blame(frames_complete, level, REMOVE_FAILED);
		if (!level->returned)
			continue;
		if (!level->marked)
			blame(frames_complete, level, PENDING_NOT_MARKED);
		drop(level);
	}
	if (!find(irp))
		l62_io_cancel_over(irp);
}

void l62_io_check_continued(PIRP irp, PDEVICE_OBJECT device, PVOID routine)
{
	if (is_on() && irp->PendingReturned && device && l62_host_in_image(routine) &&
	    !(irp->Tail.Overlay.CurrentStackLocation->Control & SL_PENDING_RETURNED))
		l62_end_violation(frames_complete, DRIVER_VERIFIER_IO, PENDING_NOT_PASSED_ON,
		                  (ULONG_PTR)routine, (ULONG_PTR)irp, (ULONG_PTR)device);
}

void l62_io_completed(PIRP irp)
{
	if (!is_on())
		return;
	completed[completed_next] = irp;
	completed_next = (completed_next + 1) % COMPLETED_MOST;
}

void l62_io_check_result(PIRP irp)
{
	if (!is_on())
		return;
	if (l62_sched_is_unwound(irp->UserIosb))
		l62_end_violation(frames_complete, DRIVER_VERIFIER_IO, RESULT_UNWOUND,
		                  (ULONG_PTR)irp->UserIosb, 0, 0);
	if (l62_sched_is_unwound(irp->UserEvent))
		l62_end_violation(frames_complete, DRIVER_VERIFIER_IO, EVENT_UNWOUND,
		                  (ULONG_PTR)irp->UserEvent, 0, 0);
}

void l62_io_check_free(PIRP irp)
{
	struct l62_io_level *level = is_on() ? find(irp) : NULL;

	if (level)
		l62_end_violation(frames_free, DRIVER_VERIFIER_IO, FREED_IN_USE,
		                  l62_host_caller(), (ULONG_PTR)irp, (ULONG_PTR)level->device);
}

void l62_io_blame_initialize(PIRP irp)
{
	l62_end_violation(NULL, DRIVER_VERIFIER_IO, INITIALIZED_ALLOCATED, l62_host_caller(),
	                  (ULONG_PTR)irp, 0);
}

void l62_io_check_reuse(PIRP irp, BOOLEAN built)
{
	struct l62_io_level *level = is_on() ? find(irp) : NULL;

	if (level)
		l62_end_violation(NULL, DRIVER_VERIFIER_IO, REUSED_IN_USE, l62_host_caller(),
		                  (ULONG_PTR)irp, (ULONG_PTR)level->device);
	if (is_on() && built)
		l62_end_violation(NULL, DRIVER_VERIFIER_IO, REUSED_BUILT, l62_host_caller(),
		                  (ULONG_PTR)irp, 0);
}
