/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A program's buffers and how the I/O manager hands them to the driver. */
#include "io_request.h"

#include "mm.h"

static PVOID user_buffer(const VOID *content, ULONG used, ULONG size)
{
	PVOID buffer = l62_user_alloc(size);

	if (!buffer)
		l62_end_incomplete("there is no memory for a program's buffers");
	if (used)
		RtlCopyMemory(buffer, content, used);
	return buffer;
}

/* One buffer for the way in and the way out. */
static void set_buffered(PIRP irp, const VOID *in, ULONG in_length, ULONG out_length,
                         struct l62_buffers *buffers)
{
	ULONG size = in_length > out_length ? in_length : out_length;

	if (!size)
		return;
	buffers->system = l62_host_alloc(size);
	if (in_length)
		RtlCopyMemory(buffers->system, in, in_length);
	irp->AssociatedIrp.SystemBuffer = buffers->system;
	irp->Flags |= IRP_BUFFERED_IO;
	if (out_length) {
		irp->Flags |= IRP_INPUT_OPERATION;
		irp->UserBuffer = buffers->out;
		buffers->copied = TRUE;
	}
}

static void set_direct(PIRP irp, PVOID memory, ULONG length, LOCK_OPERATION operation,
                       struct l62_buffers *buffers)
{
	if (!length)
		return;
	buffers->mdl = l62_mdl_lock(memory, length, operation);
	irp->MdlAddress = buffers->mdl;
}

static void set_control(PIRP irp, const struct l62_transfer *transfer,
                        struct l62_buffers *buffers)
{
	PIO_STACK_LOCATION location = IoGetNextIrpStackLocation(irp);
	ULONG method = METHOD_FROM_CTL_CODE(transfer->code);

	location->Parameters.DeviceIoControl.IoControlCode = transfer->code;
	location->Parameters.DeviceIoControl.InputBufferLength = transfer->in_length;
	location->Parameters.DeviceIoControl.OutputBufferLength = transfer->out_length;
	if (method == METHOD_BUFFERED) {
		set_buffered(irp, transfer->in, transfer->in_length, transfer->out_length,
		             buffers);
	} else if (method == METHOD_NEITHER) {
		location->Parameters.DeviceIoControl.Type3InputBuffer =
		        transfer->in_address ? transfer->in_address : buffers->in;
		irp->UserBuffer = transfer->out_address ? transfer->out_address : buffers->out;
	} else {
		set_buffered(irp, transfer->in, transfer->in_length, 0, buffers);
		set_direct(irp, buffers->out, transfer->out_length,
		           method == METHOD_IN_DIRECT ? IoReadAccess : IoWriteAccess, buffers);
	}
}

/* READ and WRITE have the same layout; the way of the buffer is the device's. */
static void set_access(PIRP irp, PDEVICE_OBJECT device, const struct l62_transfer *transfer,
                       struct l62_buffers *buffers)
{
	PIO_STACK_LOCATION location = IoGetNextIrpStackLocation(irp);
	BOOLEAN reads = transfer->major == IRP_MJ_READ;
	PVOID memory = reads ? buffers->out : buffers->in;
	ULONG length = reads ? transfer->out_length : transfer->in_length;

	location->Parameters.Read.Length = length;
	location->Parameters.Read.ByteOffset.QuadPart = transfer->offset;
	irp->Flags |= reads ? IRP_READ_OPERATION : IRP_WRITE_OPERATION;
	if (device->Flags & DO_BUFFERED_IO)
		set_buffered(irp, reads ? NULL : transfer->in, reads ? 0 : length,
		             reads ? length : 0, buffers);
	else if (device->Flags & DO_DIRECT_IO)
		set_direct(irp, memory, length, reads ? IoWriteAccess : IoReadAccess, buffers);
	else
		irp->UserBuffer = memory;
}

static void set_information(PIRP irp, const struct l62_transfer *transfer,
                            struct l62_buffers *buffers)
{
	PIO_STACK_LOCATION location = IoGetNextIrpStackLocation(irp);
	ULONG length = transfer->out_length > transfer->in_length ? transfer->out_length
	                                                          : transfer->in_length;

	/* All four have the length, then the class. */
	location->Parameters.QueryFile.Length = length;
	location->Parameters.QueryFile.FileInformationClass = transfer->code;
	set_buffered(irp, transfer->in, transfer->in_length, transfer->out_length, buffers);
}

void l62_transfer_set(PIRP irp, PDEVICE_OBJECT device, const struct l62_transfer *transfer,
                      struct l62_buffers *buffers)
{
	PIO_STACK_LOCATION location = IoGetNextIrpStackLocation(irp);

	RtlZeroMemory(buffers, sizeof(*buffers));
	location->MinorFunction = transfer->minor;
	if (transfer->in_length)
		buffers->in =
		        user_buffer(transfer->in, transfer->in_length, transfer->in_length);
	if (transfer->out_length)
		buffers->out = user_buffer(NULL, 0, transfer->out_length);
	buffers->out_length = transfer->out_length;
	switch (transfer->major) {
	case IRP_MJ_DEVICE_CONTROL:
	case IRP_MJ_INTERNAL_DEVICE_CONTROL:
		set_control(irp, transfer, buffers);
		break;
	case IRP_MJ_READ:
	case IRP_MJ_WRITE:
		set_access(irp, device, transfer, buffers);
		break;
	case IRP_MJ_QUERY_INFORMATION:
	case IRP_MJ_SET_INFORMATION:
	case IRP_MJ_QUERY_VOLUME_INFORMATION:
	case IRP_MJ_SET_VOLUME_INFORMATION:
		set_information(irp, transfer, buffers);
		break;
	default:
		set_buffered(irp, transfer->in, transfer->in_length, transfer->out_length,
		             buffers);
		break;
	}
}

/* Documented: MDLs that the driver has put into the IRP are freed with it, their pages
 * unlocked. */
static void free_mdls(PIRP irp, PMDL own)
{
	for (PMDL mdl = irp->MdlAddress, next; mdl; mdl = next) {
		next = mdl->Next;
		if (mdl == own)
			continue;
		if (mdl->MdlFlags & MDL_PAGES_LOCKED)
			MmUnlockPages(mdl);
		IoFreeMdl(mdl);
	}
	l62_mdl_unlock(own);
}

void l62_transfer_end(PIRP irp, const IO_STATUS_BLOCK *result, struct l62_buffers *buffers)
{
	ULONG_PTR length = result->Information;

	if (length > buffers->out_length)
		length = buffers->out_length;
	/* The program may have unmapped it. */
	if (buffers->copied && !NT_ERROR(result->Status) && l62_cpu_probe(buffers->out, TRUE))
		RtlCopyMemory(buffers->out, buffers->system, length);
	free_mdls(irp, buffers->mdl);
	l62_host_free(buffers->system);
	if (buffers->in)
		l62_user_free(buffers->in);
	if (buffers->out)
		l62_user_free(buffers->out);
}
