/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The driver that is being run, and what the parts of the scenario do with it. */
#ifndef LEAK62_VERIFIER_KERNEL_DRIVE_H
#define LEAK62_VERIFIER_KERNEL_DRIVE_H

#include "io_request.h"

enum { DEVICES_MOST = 64 };

struct l62_drive {
	const struct l62_scenario *scenario;
	const struct l62_steps *steps;
	PDRIVER_OBJECT driver;
	NTSTATUS loaded;                   /* what DriverEntry returned */
	BOOLEAN unloaded;                  /* DriverUnload has returned */
	BOOLEAN ended;                     /* nothing more is to be done */
	PDEVICE_OBJECT pdos[DEVICES_MOST]; /* NULL: removed */
	ULONG pdo_count;
	struct l62_open handles[L62_HANDLES_MOST];
};

/* drive.c: each ends the run if it cannot be done. */
/* For a step that cannot be done, text is one sentence: ends the run, unless a call was made to
 * fail, of which that may be a consequence, or the scenario is not strict; then the step has
 * failed, and the run goes on. */
NTSTATUS l62_drive_cannot(const char *text);
NTSTATUS l62_drive_load(struct l62_drive *drive);
NTSTATUS l62_drive_add_device(struct l62_drive *drive);
NTSTATUS l62_drive_pnp(struct l62_drive *drive, ULONG pdo, UCHAR minor,
                       const struct l62_resource *resources, ULONG count);
NTSTATUS l62_drive_power(struct l62_drive *drive, ULONG pdo, UCHAR minor, ULONG type,
                         ULONG state);
void l62_drive_unload(struct l62_drive *drive); /* closes and removes what is left */
PDEVICE_OBJECT l62_drive_top(PDEVICE_OBJECT device);
/* Whether Windows would let a program open the device: not if AddDevice has refused its
 * stack or it was removed, or as long as DO_DEVICE_INITIALIZING is set in the lowest of it. */
BOOLEAN l62_drive_can_open(PDEVICE_OBJECT device);

/* drive_step.c: one step; the next one's index. */
ULONG l62_drive_step(struct l62_drive *drive, ULONG index);

/* ob_event.c: an event of the program's, by a handle of that value. */
NTSTATUS l62_event_of_program(ULONG_PTR handle);
/* se_subject.c: whether the token of who calls has restricting SIDs. */
void l62_token_restrict(BOOLEAN restricted);

/* cm_settings.c: values before the run; a program's change of the registry.  A key is below
 * the driver's service key, or, from \Registry\ on, where it says. */
void l62_settings_apply(const struct l62_steps *steps);
NTSTATUS l62_settings_change(const struct l62_steps *steps, const struct l62_step *step);

/* io_file.c: files before the run. */
void l62_files_apply(const struct l62_steps *steps);

/* Whether what runs now is on a program's behalf, by the registry's callbacks. */
BOOLEAN l62_settings_by_program(void);

/* drive_default.c */
void l62_drive_default(struct l62_drive *drive);
void l62_drive_default_power(struct l62_drive *drive);

/* flt_drive.c: what a program does with filtered files, with buffers of that length; nothing
 * if there is no filter.  flt_filter.c: FALSE: the driver has registered none. */
void l62_filter_drive(ULONG length);
BOOLEAN l62_filter_unload(void);
/* Whether the driver can be unloaded, be it a filter or not. */
BOOLEAN l62_filter_can_unload(PDRIVER_OBJECT driver);

/* po_power.c: how many power requests the driver has asked for. */
extern ULONG l62_power_requests;

/* ps_notify.c: events are L62_EVENT_*. */
void l62_notify_process(ULONG events); /* with its thread and image */
void l62_notify_program_thread(ULONG events);
void l62_notify_image(void);

#endif
