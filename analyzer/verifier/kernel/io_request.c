/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Requests to the driver as a program's handle makes them (CREATE, DEVICE_CONTROL in
 * its four methods, CLEANUP, CLOSE) and as the PnP manager does.
 */
#include "nt.h"

enum { TYPE_FILE = 5, PATTERN = 0x62 };

#define FRAMES_DISPATCH(name, generic)                                                         \
	L62_FRAME_xdv_##name, L62_FRAME_ViGenericDispatchHandler,                              \
	        L62_FRAME_ViGeneric##generic, L62_FRAME_IovCallDriver, L62_FRAME_IofCallDriver

static const uint16_t frames_create[] = {FRAMES_DISPATCH(create, Create),
                                         L62_FRAME_IopParseDevice, L62_FRAME_NtCreateFile,
                                         L62_FRAME_END};
static const uint16_t frames_cleanup[] = {FRAMES_DISPATCH(cleanup, Cleanup),
                                          L62_FRAME_IopCloseFile, L62_FRAME_NtClose,
                                          L62_FRAME_END};
static const uint16_t frames_close[] = {FRAMES_DISPATCH(close, Close), L62_FRAME_IopDeleteFile,
                                        L62_FRAME_NtClose, L62_FRAME_END};
static const uint16_t frames_control[] = {
        FRAMES_DISPATCH(device_control, DeviceControl), L62_FRAME_IopSynchronousServiceTail,
        L62_FRAME_IopXxxControlFile, L62_FRAME_NtDeviceIoControlFile, L62_FRAME_END};
static const uint16_t frames_pnp[] = {FRAMES_DISPATCH(pnp, Pnp), L62_FRAME_IopSynchronousCall,
                                      L62_FRAME_PnpAsynchronousCall, L62_FRAME_END};

static PIRP create(PDEVICE_OBJECT device, UCHAR major, PFILE_OBJECT file)
{
	PIRP irp = l62_irp_create(device);
	PIO_STACK_LOCATION location = IoGetNextIrpStackLocation(irp);

	irp->Tail.Overlay.OriginalFileObject = file;
	irp->RequestorMode = UserMode;
	location->MajorFunction = major;
	location->FileObject = file;
	return irp;
}

static PFILE_OBJECT open(PDEVICE_OBJECT device)
{
	PFILE_OBJECT file = l62_host_alloc(sizeof(*file));

	file->Type = TYPE_FILE;
	file->Size = sizeof(*file);
	file->DeviceObject = device;
	file->Flags = FO_SYNCHRONOUS_IO;
	file->ReadAccess = file->WriteAccess = TRUE;
	KeInitializeEvent(&file->Lock, SynchronizationEvent, FALSE);
	KeInitializeEvent(&file->Event, NotificationEvent, FALSE);
	return file;
}

static NTSTATUS send_create(PDEVICE_OBJECT device, PFILE_OBJECT file)
{
	PIRP irp = create(device, IRP_MJ_CREATE, file);
	PIO_STACK_LOCATION location = IoGetNextIrpStackLocation(irp);
	PIO_SECURITY_CONTEXT security =
	        l62_host_alloc(sizeof(*security) + sizeof(ACCESS_STATE));

	security->AccessState = (PACCESS_STATE)(security + 1);
	security->DesiredAccess = FILE_GENERIC_READ | FILE_GENERIC_WRITE;
	location->Parameters.Create.SecurityContext = security;
	location->Parameters.Create.Options = FILE_OPEN << 24 | FILE_SYNCHRONOUS_IO_NONALERT;
	location->Parameters.Create.ShareAccess = FILE_SHARE_READ | FILE_SHARE_WRITE;
	l62_host_step("IRP_MJ_CREATE", 0);
	return l62_irp_send(device, irp, frames_create);
}

/* Buffers as the code's method has them; *out and *in must be freed. */
static void set_buffers(PIRP irp, ULONG code, ULONG size, PVOID *in, PVOID *out)
{
	PIO_STACK_LOCATION location = IoGetNextIrpStackLocation(irp);

	*in = l62_host_alloc(size);
	*out = l62_host_alloc(size);
	RtlFillMemory(*in, size, PATTERN);
	switch (METHOD_FROM_CTL_CODE(code)) {
	case METHOD_BUFFERED:
		irp->AssociatedIrp.SystemBuffer = *in;
		irp->UserBuffer = *out;
		irp->Flags |= IRP_BUFFERED_IO | IRP_INPUT_OPERATION;
		break;
	case METHOD_IN_DIRECT:
	case METHOD_OUT_DIRECT:
		irp->AssociatedIrp.SystemBuffer = *in;
		irp->MdlAddress = l62_mdl_create(*out, size);
		irp->Flags |= IRP_BUFFERED_IO;
		break;
	default:
		location->Parameters.DeviceIoControl.Type3InputBuffer = *in;
		irp->UserBuffer = *out;
		break;
	}
}

static void send_control(PDEVICE_OBJECT device, PFILE_OBJECT file, ULONG code, ULONG size)
{
	PIRP irp = create(device, IRP_MJ_DEVICE_CONTROL, file);
	PIO_STACK_LOCATION location = IoGetNextIrpStackLocation(irp);
	PVOID in, out;
	PMDL mdl;

	location->Parameters.DeviceIoControl.IoControlCode = code;
	location->Parameters.DeviceIoControl.InputBufferLength = size;
	location->Parameters.DeviceIoControl.OutputBufferLength = size;
	set_buffers(irp, code, size, &in, &out);
	mdl = irp->MdlAddress;
	l62_host_step("IRP_MJ_DEVICE_CONTROL", code);
	l62_irp_send(device, irp, frames_control);
	l62_host_free(mdl);
	l62_host_free(in);
	l62_host_free(out);
}

void l62_request_file(PDEVICE_OBJECT device, const struct l62_scenario *scenario)
{
	PFILE_OBJECT file = open(device);

	if (!NT_SUCCESS(send_create(device, file)))
		return; /* no handle */
	for (uint64_t i = 0; i < scenario->ioctl_count; i++)
		send_control(device, file, scenario->ioctls[i], (ULONG)scenario->buffer_size);
	l62_host_step("IRP_MJ_CLEANUP", 0);
	l62_irp_send(device, create(device, IRP_MJ_CLEANUP, file), frames_cleanup);
	l62_host_step("IRP_MJ_CLOSE", 0);
	l62_irp_send(device, create(device, IRP_MJ_CLOSE, file), frames_close);
	l62_host_free(file);
}

NTSTATUS l62_request_pnp(PDEVICE_OBJECT device, UCHAR minor)
{
	PIRP irp = create(device, IRP_MJ_PNP, NULL);

	IoGetNextIrpStackLocation(irp)->MinorFunction = minor;
	irp->RequestorMode = KernelMode;
	irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
	l62_host_step("IRP_MJ_PNP, minor function", minor);
	return l62_irp_send(device, irp, frames_pnp);
}
