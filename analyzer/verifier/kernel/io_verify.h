/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * I/O verification: what the ways of an IRP and of a device object ask before and after
 * they do their work.  Each looks at the flag itself; without it nothing is kept.
 */
#ifndef LEAK62_VERIFIER_IO_VERIFY_H
#define LEAK62_VERIFIER_IO_VERIFY_H

#include "nt.h"

/* A dispatch routine that has been called with an IRP; NULL: nobody looks. */
struct l62_io_level;

/* IoCallDriver by the driver. */
void l62_io_check_call(PDEVICE_OBJECT device, PIRP irp);
/* Around each call of a dispatch routine for the IRP's current location. */
struct l62_io_level *l62_io_enter(PDEVICE_OBJECT device, PIRP irp, PVOID dispatch);
void l62_io_leave(struct l62_io_level *level, NTSTATUS status);

/* IoCompleteRequest: at its start; for each location, before the routine set there by
 * the driver above is called; when that returned how; when there is none left. */
void l62_io_check_complete(PIRP irp);
void l62_io_complete_location(PIRP irp, const IO_STACK_LOCATION *location);
void l62_io_check_continued(PIRP irp, PDEVICE_OBJECT device, PVOID routine);
void l62_io_completed(PIRP irp);
/* Before the result of an IRP that the driver made is written. */
void l62_io_check_result(PIRP irp);

/* An IRP is made; IoFreeIrp, IoInitializeIrp of an allocated one, and IoReuseIrp. */
void l62_io_made(PIRP irp);
void l62_io_check_free(PIRP irp);
DECLSPEC_NORETURN void l62_io_blame_initialize(PIRP irp);
void l62_io_check_reuse(PIRP irp, BOOLEAN built);

/* IoCancelIrp; and when no driver has the IRP any more. */
void l62_io_canceled(PIRP irp);
void l62_io_cancel_over(PIRP irp);
/* Whether the driver has it and has not completed it. */
BOOLEAN l62_io_is_with_driver(PIRP irp);

/* Devices: created, deleted; target: what is detached from. */
void l62_io_device_created(PDEVICE_OBJECT device);
void l62_io_device_deleted(PDEVICE_OBJECT device);
void l62_io_check_detach(PDEVICE_OBJECT target);
BOOLEAN l62_io_is_device(PDEVICE_OBJECT device);   /* and not deleted */
BOOLEAN l62_io_is_attached(PDEVICE_OBJECT device); /* to one below it */
/* The dispatch routine has completed REMOVE_DEVICE for a device that was attached. */
void l62_io_check_removed(PDEVICE_OBJECT device, PIRP irp, PVOID dispatch);

#endif
