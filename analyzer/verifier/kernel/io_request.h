/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Requests as a program makes them through its handles, and how they end.
 *
 *   l62_open_send    down to the driver; if it is pending, waits for a time and then
 *                    leaves it with the open file
 *   l62_open_cancel  what is pending, as when the thread that has asked for it ends
 *   l62_open_close   cancels, CLEANUP, CLOSE; what then is still pending never ends
 */
#ifndef LEAK62_VERIFIER_KERNEL_IO_REQUEST_H
#define LEAK62_VERIFIER_KERNEL_IO_REQUEST_H

#include "nt.h"

struct l62_request;

/* A handle of a program; all zero: not open. */
struct l62_open {
	PFILE_OBJECT file;
	struct l62_request *pending; /* oldest first */
	BOOLEAN cleaned;
};

struct l62_transfer {
	UCHAR major, minor;
	ULONG code; /* control code, or class of information */
	const VOID *in;
	ULONG in_length, out_length;
	PVOID in_address, out_address; /* METHOD_NEITHER: instead of buffers */
	LONGLONG offset;
	LONGLONG wait; /* 100 ns at most */
};

NTSTATUS l62_open_create(struct l62_open *open, PDEVICE_OBJECT device, PCUNICODE_STRING path);
/* STATUS_PENDING: it still is. */
NTSTATUS l62_open_send(struct l62_open *open, const struct l62_transfer *transfer);
/* which: counted from 1, the oldest; 0: all.  FALSE: there is no such request. */
BOOLEAN l62_open_cancel(struct l62_open *open, ULONG which);
void l62_open_cleanup(struct l62_open *open);
void l62_open_close(struct l62_open *open);

/* A request to a device that no file is needed for; a program's, or the kernel's. */
NTSTATUS l62_request_plain(PDEVICE_OBJECT device, UCHAR major);
NTSTATUS l62_request_power(PDEVICE_OBJECT device, UCHAR minor, ULONG type, ULONG state);

/* io_transfer.c: an IRP for the transfer, ready to be sent, and what belongs to it. */
struct l62_buffers {
	PVOID in, out; /* the program's */
	PVOID system;
	PMDL mdl;
	ULONG out_length;
	BOOLEAN copied; /* what is in the system's buffer is for the program's */
};
void l62_transfer_set(PIRP irp, PDEVICE_OBJECT device, const struct l62_transfer *transfer,
                      struct l62_buffers *buffers);
/* The IRP has been completed: the answer to the program, and all is freed. */
void l62_transfer_end(PIRP irp, const IO_STATUS_BLOCK *result, struct l62_buffers *buffers);

#endif
