/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * I/O verification of device objects: deleted twice or while attached, detached twice,
 * neither detached nor deleted when the device is removed.
 * Source: the documentation of bug check 0xC9.
 */
#include "io_verify.h"

enum { DRIVER_VERIFIER_IO = 0xc9 };
enum {
	DELETED_WHILE_ATTACHED = 0x201,
	DETACHED_FROM_NOTHING = 0x202,
	REMOVED_NOT_DETACHED = 0x21d,
	REMOVED_NOT_DELETED = 0x21e,
	DELETED_TWICE = 0x240,
};

/* A device's memory is never given back, so that its address stands for it. */
struct entry {
	struct entry *next;
	PDEVICE_OBJECT device;
	BOOLEAN deleted;
};
static struct entry *entries;

static const uint16_t frames[] = {L62_FRAME_KeBugCheckEx,
                                  L62_FRAME_VerifierBugCheckIfAppropriate,
                                  L62_FRAME_ViErrorFinishReport, L62_FRAME_END};
static const uint16_t frames_removed[] = {
        L62_FRAME_KeBugCheckEx,        L62_FRAME_VerifierBugCheckIfAppropriate,
        L62_FRAME_ViErrorFinishReport, L62_FRAME_IovpCallDriver2,
        L62_FRAME_VfAfterCallDriver,   L62_FRAME_IovCallDriver,
        L62_FRAME_IofCallDriver,       L62_FRAME_END};

static struct entry *find(PDEVICE_OBJECT device)
{
	struct entry *entry = entries;

	while (entry && entry->device != device)
		entry = entry->next;
	return entry;
}

BOOLEAN l62_io_is_device(PDEVICE_OBJECT device)
{
	struct entry *entry = find(device);

	return entry && !entry->deleted;
}

BOOLEAN l62_io_is_attached(PDEVICE_OBJECT device)
{
	for (struct entry *entry = entries; entry; entry = entry->next) {
		if (!entry->deleted && entry->device->AttachedDevice == device)
			return TRUE;
	}
	return FALSE;
}

void l62_io_device_created(PDEVICE_OBJECT device)
{
	struct entry *entry;

	if (!l62_host_checks(L62_CHECK_IO))
		return;
	entry = l62_host_alloc(sizeof(*entry));
	*entry = (struct entry){.next = entries, .device = device};
	entries = entry;
}

static DECLSPEC_NORETURN void blame(ULONG code, PDEVICE_OBJECT device)
{
	l62_end_violation(frames, DRIVER_VERIFIER_IO, code, l62_host_caller(), 0,
	                  (ULONG_PTR)device);
}

void l62_io_device_deleted(PDEVICE_OBJECT device)
{
	struct entry *entry = find(device);

	if (!entry)
		return;
	if (entry->deleted)
		blame(DELETED_TWICE, device);
	if (l62_io_is_attached(device))
		blame(DELETED_WHILE_ATTACHED, device);
	entry->deleted = TRUE;
}

void l62_io_check_detach(PDEVICE_OBJECT target)
{
	if (l62_host_checks(L62_CHECK_IO) && !target->AttachedDevice)
		blame(DETACHED_FROM_NOTHING, target);
}

void l62_io_check_removed(PDEVICE_OBJECT device, PIRP irp, PVOID dispatch)
{
	BOOLEAN attached = l62_io_is_attached(device);

	if (attached || l62_io_is_device(device))
		l62_end_violation(frames_removed, DRIVER_VERIFIER_IO,
		                  attached ? REMOVED_NOT_DETACHED : REMOVED_NOT_DELETED,
		                  (ULONG_PTR)dispatch, (ULONG_PTR)irp, (ULONG_PTR)device);
}
