/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Requests to the driver as a program's handle makes them, as the PnP manager and the
 * power manager do; see io_request.h. */
#include "io_request.h"

enum { TYPE_FILE = 5 };

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
static const uint16_t frames_internal[] = {L62_FRAME_IovCallDriver, L62_FRAME_IofCallDriver,
                                           L62_FRAME_END};
static const uint16_t frames_read[] = {FRAMES_DISPATCH(read, Read),
                                       L62_FRAME_IopSynchronousServiceTail,
                                       L62_FRAME_NtReadFile, L62_FRAME_END};
static const uint16_t frames_write[] = {FRAMES_DISPATCH(write, Write),
                                        L62_FRAME_IopSynchronousServiceTail,
                                        L62_FRAME_NtWriteFile, L62_FRAME_END};
static const uint16_t frames_power[] = {FRAMES_DISPATCH(power, Power), L62_FRAME_PopIrpWorker,
                                        L62_FRAME_PspSystemThreadStartup, L62_FRAME_END};
#define FRAMES_OTHER(service)                                                                  \
	{                                                                                      \
	        L62_FRAME_ViGenericDispatchHandler,                                            \
	        L62_FRAME_IovCallDriver,                                                       \
	        L62_FRAME_IofCallDriver,                                                       \
	        L62_FRAME_IopSynchronousServiceTail,                                           \
	        L62_FRAME_##service,                                                           \
	        L62_FRAME_END}
static const uint16_t frames_flush[] = FRAMES_OTHER(NtFlushBuffersFile);
static const uint16_t frames_query[] = FRAMES_OTHER(NtQueryInformationFile);
static const uint16_t frames_set[] = FRAMES_OTHER(NtSetInformationFile);
static const uint16_t frames_volume[] = FRAMES_OTHER(NtQueryVolumeInformationFile);

static const uint16_t *frames_of(UCHAR major)
{
	switch (major) {
	case IRP_MJ_READ:
		return frames_read;
	case IRP_MJ_WRITE:
		return frames_write;
	case IRP_MJ_DEVICE_CONTROL:
		return frames_control;
	case IRP_MJ_FLUSH_BUFFERS:
		return frames_flush;
	case IRP_MJ_QUERY_INFORMATION:
		return frames_query;
	case IRP_MJ_SET_INFORMATION:
		return frames_set;
	case IRP_MJ_QUERY_VOLUME_INFORMATION:
		return frames_volume;
	default:
		return frames_internal;
	}
}

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

static PFILE_OBJECT open(PDEVICE_OBJECT device, PCUNICODE_STRING path)
{
	PFILE_OBJECT file = l62_host_alloc(sizeof(*file));

	file->Type = TYPE_FILE;
	file->Size = sizeof(*file);
	file->DeviceObject = device;
	file->Flags = FO_SYNCHRONOUS_IO;
	file->ReadAccess = file->WriteAccess = TRUE;
	KeInitializeEvent(&file->Lock, SynchronizationEvent, FALSE);
	KeInitializeEvent(&file->Event, NotificationEvent, FALSE);
	if (path && path->Length) {
		file->FileName.Buffer = l62_host_alloc(path->Length + sizeof(WCHAR));
		file->FileName.MaximumLength = path->Length + sizeof(WCHAR);
		RtlCopyUnicodeString(&file->FileName, path);
	}
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
	return l62_irp_send(device, irp, frames_create);
}

static void free_file(PFILE_OBJECT file)
{
	l62_host_free(file->FileName.Buffer);
	l62_host_free(file);
}

NTSTATUS l62_request_open(PDEVICE_OBJECT device, PFILE_OBJECT *file)
{
	NTSTATUS status;

	*file = open(device, NULL);
	status = send_create(device, *file);
	if (!NT_SUCCESS(status)) {
		free_file(*file);
		*file = NULL;
	}
	return status;
}

static void send_cleanup(PFILE_OBJECT file)
{
	l62_irp_send(file->DeviceObject, create(file->DeviceObject, IRP_MJ_CLEANUP, file),
	             frames_cleanup);
}

static void send_close(PFILE_OBJECT file)
{
	l62_irp_send(file->DeviceObject, create(file->DeviceObject, IRP_MJ_CLOSE, file),
	             frames_close);
	free_file(file);
}

void l62_request_close(PFILE_OBJECT file)
{
	send_cleanup(file);
	send_close(file);
}

NTSTATUS l62_open_create(struct l62_open *handle, PDEVICE_OBJECT device, PCUNICODE_STRING path)
{
	PFILE_OBJECT file = open(device, path);
	NTSTATUS status = send_create(device, file);

	RtlZeroMemory(handle, sizeof(*handle));
	if (NT_SUCCESS(status))
		handle->file = file;
	else
		free_file(file);
	return status;
}

struct l62_request {
	struct l62_request *next;
	PIRP irp;
	KEVENT done;
	IO_STATUS_BLOCK result;
	struct l62_buffers buffers;
};

static BOOLEAN is_done(struct l62_request *request)
{
	return KeReadStateEvent(&request->done) != 0;
}

static void finish(struct l62_request *request)
{
	l62_transfer_end(request->irp, &request->result, &request->buffers);
	l62_host_free(request->irp);
	l62_host_free(request);
}

/* What has been completed meanwhile. */
static void collect(struct l62_open *handle)
{
	struct l62_request **link = &handle->pending, *request;

	while ((request = *link) != NULL) {
		if (!is_done(request)) {
			link = &request->next;
			continue;
		}
		*link = request->next;
		finish(request);
	}
}

static void keep(struct l62_open *handle, struct l62_request *request)
{
	struct l62_request **end = &handle->pending;

	while (*end)
		end = &(*end)->next;
	*end = request;
}

NTSTATUS l62_open_send(struct l62_open *handle, const struct l62_transfer *transfer)
{
	PDEVICE_OBJECT device = handle->file->DeviceObject;
	struct l62_request *request = l62_host_alloc(sizeof(*request));
	PIRP irp = create(device, transfer->major, handle->file);
	LARGE_INTEGER timeout = {.QuadPart = -transfer->wait};
	NTSTATUS status;

	KeInitializeEvent(&request->done, NotificationEvent, FALSE);
	request->irp = irp;
	irp->UserEvent = &request->done;
	irp->UserIosb = &request->result;
	/* Another driver's, in the kernel. */
	if (transfer->major == IRP_MJ_INTERNAL_DEVICE_CONTROL)
		irp->RequestorMode = KernelMode;
	l62_transfer_set(irp, device, transfer, &request->buffers);
	status = l62_irp_call(device, irp, frames_of(transfer->major));
	l62_wait(&request->done.Header, "IofCompleteRequest", &timeout);
	/* Other processors have been at work meanwhile, but for a program in a hurry. */
	if (transfer->wait)
		l62_sched_yield();
	if (is_done(request)) {
		status = status == STATUS_PENDING ? request->result.Status : status;
		finish(request);
	} else {
		keep(handle, request);
		status = STATUS_PENDING;
	}
	collect(handle);
	return status;
}

static void cancel(struct l62_request *request)
{
	if (!is_done(request))
		IoCancelIrp(request->irp);
}

BOOLEAN l62_open_cancel(struct l62_open *handle, ULONG which)
{
	struct l62_request *request;
	ULONG number = 0;

	collect(handle);
	for (request = handle->pending; request; request = request->next) {
		number++;
		if (which == 0 || which == number)
			cancel(request);
	}
	l62_sched_yield();
	collect(handle);
	return which <= number;
}

void l62_open_cleanup(struct l62_open *handle)
{
	if (handle->cleaned)
		return;
	handle->cleaned = TRUE;
	send_cleanup(handle->file);
	collect(handle);
}

/* A request keeps its file from CLOSE. */
static void wait_for_all(struct l62_open *handle)
{
	static const LONGLONG patience = 60LL * 1000 * 1000 * 10;
	LARGE_INTEGER timeout = {.QuadPart = -patience};

	while (handle->pending) {
		if (l62_wait(&handle->pending->done.Header, "IofCompleteRequest", &timeout) ==
		    STATUS_TIMEOUT)
			l62_end_incomplete("the file cannot be closed: a request is neither "
			                   "completed nor does it end when it is canceled");
		collect(handle);
	}
}

void l62_open_close(struct l62_open *handle)
{
	l62_open_cancel(handle, 0);
	l62_open_cleanup(handle);
	l62_open_cancel(handle, 0);
	wait_for_all(handle);
	send_close(handle->file);
	RtlZeroMemory(handle, sizeof(*handle));
}

NTSTATUS l62_request_plain(PDEVICE_OBJECT device, UCHAR major)
{
	PIRP irp = create(device, major, NULL);
	PIO_STACK_LOCATION location = IoGetNextIrpStackLocation(irp);
	static GUID none;

	irp->RequestorMode = KernelMode;
	irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
	if (major == IRP_MJ_SYSTEM_CONTROL) {
		/* Not for this device: to be passed down. */
		location->MinorFunction = IRP_MN_QUERY_ALL_DATA;
		location->Parameters.WMI.DataPath = &none;
	}
	return l62_irp_send(device, irp, frames_internal);
}

NTSTATUS l62_request_power(PDEVICE_OBJECT device, UCHAR minor, ULONG type, ULONG state)
{
	PIRP irp = create(device, IRP_MJ_POWER, NULL);
	PIO_STACK_LOCATION location = IoGetNextIrpStackLocation(irp);

	location->MinorFunction = minor;
	location->Parameters.Power.Type = type ? DevicePowerState : SystemPowerState;
	if (type)
		location->Parameters.Power.State.DeviceState = (DEVICE_POWER_STATE)state;
	else
		location->Parameters.Power.State.SystemState = (SYSTEM_POWER_STATE)state;
	irp->RequestorMode = KernelMode;
	irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
	return l62_irp_send(device, irp, frames_power);
}

NTSTATUS l62_request_pnp(PDEVICE_OBJECT device, UCHAR minor, PCM_RESOURCE_LIST resources)
{
	PIRP irp = create(device, IRP_MJ_PNP, NULL);
	PIO_STACK_LOCATION location = IoGetNextIrpStackLocation(irp);
	PVOID asked = l62_pnp_ask(location, minor);
	ULONG_PTR information;
	NTSTATUS status;

	if (minor == IRP_MN_START_DEVICE) {
		location->Parameters.StartDevice.AllocatedResources = resources;
		location->Parameters.StartDevice.AllocatedResourcesTranslated = resources;
	}
	irp->RequestorMode = KernelMode;
	irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
	status = l62_irp_ask(device, irp, frames_pnp, &information);
	l62_pnp_take(minor, status, information, asked);
	return status;
}
