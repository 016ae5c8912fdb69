/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * For every file of kernel/: the DDK's headers, whose prototypes the services must
 * match, the host side, and what the services call of each other.
 *
 * These files are compiled for Windows and linked into a Linux program:
 *   - no C library; long has 32 bits, wchar_t 16
 *   - routines of the driver are called by l62_invoke() alone
 *   - objects of the kernel's own come from l62_host_alloc(), what Driver Verifier
 *     counts from l62_pool_allocate()
 *
 * To add a service: 1. write it in the file of its family, named and declared as in
 * the DDK; 2. add its row to services.def; 3. add a test that fails without it.
 */
#ifndef LEAK62_VERIFIER_NT_H
#define LEAK62_VERIFIER_NT_H

#include <ntifs.h>

#include "host.h"

/* Frames for l62_invoke() and struct l62_pool_request. */
#define L62_FRAMES(...) ((const uint16_t[]){__VA_ARGS__, L62_FRAME_END})

/* io_name.c: devices and symbolic links by name; copies what it is given. */
NTSTATUS l62_name_insert(PCUNICODE_STRING name, PVOID object);
PVOID l62_name_remove(PCUNICODE_STRING name); /* NULL: no such name */
void l62_name_remove_object(PVOID object);

/* io_irp.c */
PIRP l62_irp_create(PDEVICE_OBJECT device);
/* Calls the dispatch routine of the device's driver for the IRP's next location. */
NTSTATUS l62_irp_call(PDEVICE_OBJECT device, PIRP irp, const uint16_t *frames);
/* The same from the I/O manager, and waits for the IRP, which is freed. */
NTSTATUS l62_irp_send(PDEVICE_OBJECT device, PIRP irp, const uint16_t *frames);

/* io_device.c */
PDRIVER_OBJECT l62_driver_create(const struct l62_scenario *scenario);
/* A physical device of a bus driver of the kernel's own. */
PDEVICE_OBJECT l62_pdo_create(void);

/* io_mdl.c: an MDL of the kernel's own over memory that is locked. */
PMDL l62_mdl_create(PVOID memory, ULONG size);

/* io_request.c: requests as programs and the PnP manager send them. */
void l62_request_file(PDEVICE_OBJECT device, const struct l62_scenario *scenario);
NTSTATUS l62_request_pnp(PDEVICE_OBJECT device, UCHAR minor);

/* ke_irql.c */
KIRQL NTAPI l62_nt_raise_irql(KIRQL irql);
VOID NTAPI l62_nt_lower_irql(KIRQL irql);

/* ke_wait.c: kinds of dispatcher objects by their Type, besides the two events. */
enum { TimerNotificationObject = 8, TimerSynchronizationObject = 9 };
/* Wakes who waits for the object, which is signalled: all, or the first. */
void l62_signal(DISPATCHER_HEADER *object, BOOLEAN all);
NTSTATUS l62_wait(DISPATCHER_HEADER *object, const char *why, PLARGE_INTEGER timeout);

#endif
