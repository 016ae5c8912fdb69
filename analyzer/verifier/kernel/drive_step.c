/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Carrying out one step of a scenario. */
#include "drive.h"
#include "format.h"

static struct {
	ULONG again, left; /* index of the AGAIN, rounds to go */
} repeats[L62_REPEATS_MOST];
static ULONG depth;

static UNICODE_STRING name_of(const struct l62_steps *steps, ULONG at, ULONG length)
{
	UNICODE_STRING text = {(USHORT)length, (USHORT)length, (PWSTR)(steps->data + at)};

	return text;
}

/* NULL: there is none. */
static struct l62_open *open_of(struct l62_drive *drive, const struct l62_step *step)
{
	struct l62_open *open = &drive->handles[step->handle];

	if (open->file)
		return open;
	l62_drive_cannot("no file is open by this handle");
	return NULL;
}

/* The list of a driver has its newest device first. */
static PDEVICE_OBJECT device_by_number(PDRIVER_OBJECT driver, ULONG number)
{
	PDEVICE_OBJECT device = driver->DeviceObject;
	ULONG count = 0;

	for (PDEVICE_OBJECT each = device; each; each = each->NextDevice)
		count++;
	if (number >= count)
		return NULL;
	for (ULONG i = count - 1; i > number; i--)
		device = device->NextDevice;
	return device;
}

static NTSTATUS create(struct l62_drive *drive, const struct l62_step *step)
{
	UNICODE_STRING name = name_of(drive->steps, step->name, step->name_length);
	UNICODE_STRING path = name_of(drive->steps, step->path, step->path_length);
	struct l62_open *open = &drive->handles[step->handle];
	ULONG number = step->device == L62_DEVICE_ANY ? 0 : (ULONG)step->device;
	PDEVICE_OBJECT device;

	if (open->file)
		l62_end_incomplete("a file is open by this handle already");
	device = step->name ? l62_name_find(&name) : device_by_number(drive->driver, number);
	if (!device || device->Type != IO_TYPE_DEVICE)
		return l62_drive_cannot(step->name ? "there is no device of this name"
		                                   : "the driver has no device of this number");
	if (!l62_drive_can_open(device))
		return l62_drive_cannot(
		        "the device cannot be opened: AddDevice has refused it, it "
		        "has been removed, or its DO_DEVICE_INITIALIZING is set");
	return l62_open_create(open, l62_drive_top(device), &path);
}

static NTSTATUS request(struct l62_drive *drive, const struct l62_step *step)
{
	struct l62_open *open = open_of(drive, step);
	struct l62_transfer transfer = {
	        .major = (UCHAR)step->major,
	        .code = step->code,
	        .in = drive->steps->data + step->input,
	        .in_length = step->input_length,
	        .out_length = step->output_length,
	        .in_address = (PVOID)step->in_address,
	        .out_address = (PVOID)step->out_address,
	        .offset = step->offset,
	        .wait = step->time,
	};

	if (!open)
		return STATUS_INVALID_HANDLE;
	if (step->major == IRP_MJ_SHUTDOWN)
		return l62_request_plain(open->file->DeviceObject, IRP_MJ_SHUTDOWN);
	if (step->major != IRP_MJ_DEVICE_CONTROL &&
	    step->major != IRP_MJ_INTERNAL_DEVICE_CONTROL)
		transfer.minor = (UCHAR)step->code;
	if (step->major == IRP_MJ_QUERY_INFORMATION || step->major == IRP_MJ_SET_INFORMATION ||
	    step->major == IRP_MJ_QUERY_VOLUME_INFORMATION)
		transfer.minor = 0;
	return l62_open_send(open, &transfer);
}

static NTSTATUS wait(const struct l62_step *step)
{
	LARGE_INTEGER interval = {.QuadPart = -step->time};

	if (step->type) {
		l62_sched_pass(step->time);
		return STATUS_SUCCESS;
	}
	KeDelayExecutionThread(KernelMode, FALSE, &interval);
	return STATUS_SUCCESS;
}

static NTSTATUS cancel(struct l62_drive *drive, const struct l62_step *step)
{
	struct l62_open *open = open_of(drive, step);

	if (open && !l62_open_cancel(open, step->count))
		return l62_drive_cannot("so many requests are not pending");
	return STATUS_SUCCESS;
}

static NTSTATUS power(struct l62_drive *drive, const struct l62_step *step)
{
	if (step->optional) {
		l62_drive_default_power(drive);
		return STATUS_SUCCESS;
	}
	return l62_drive_power(drive, step->device == L62_DEVICE_ANY ? 0 : (ULONG)step->device,
	                       (UCHAR)step->code, step->type, step->count);
}

static NTSTATUS pnp(struct l62_drive *drive, const struct l62_step *step)
{
	if (step->optional && !drive->pdo_count)
		return STATUS_SUCCESS;
	return l62_drive_pnp(drive, step->device == L62_DEVICE_ANY ? 0 : (ULONG)step->device,
	                     (UCHAR)step->code,
	                     (const struct l62_resource *)(drive->steps->data + step->input),
	                     step->input_length / sizeof(struct l62_resource));
}

static NTSTATUS add_device(struct l62_drive *drive, const struct l62_step *step)
{
	if (step->optional && !drive->driver->DriverExtension->AddDevice)
		return STATUS_SUCCESS;
	return l62_drive_add_device(drive);
}

static NTSTATUS carry_out(struct l62_drive *drive, const struct l62_step *step)
{
	switch (step->kind) {
	case L62_STEP_LOAD:
		return l62_drive_load(drive);
	case L62_STEP_ADD_DEVICE:
		return add_device(drive, step);
	case L62_STEP_PNP:
		return pnp(drive, step);
	case L62_STEP_POWER:
		return power(drive, step);
	case L62_STEP_DEFAULT:
		l62_drive_default(drive);
		break;
	case L62_STEP_CREATE:
		return create(drive, step);
	case L62_STEP_REQUEST:
		return request(drive, step);
	case L62_STEP_CANCEL:
		return cancel(drive, step);
	case L62_STEP_CLEANUP:
		if (open_of(drive, step))
			l62_open_cleanup(open_of(drive, step));
		break;
	case L62_STEP_CLOSE:
		l62_sched_busy(step->type != 0);
		if (open_of(drive, step))
			l62_open_close(open_of(drive, step));
		l62_sched_busy(0);
		break;
	case L62_STEP_PROCESS:
		l62_notify_process(step->optional ? L62_EVENT_BEGIN | L62_EVENT_END
		                                  : step->events);
		break;
	case L62_STEP_THREAD:
		l62_notify_program_thread(step->events);
		break;
	case L62_STEP_IMAGE:
		l62_notify_image();
		break;
	case L62_STEP_REGISTRY:
		return l62_settings_change(drive->steps, step);
	case L62_STEP_BUS:
		l62_pdo_answer((UCHAR)step->major, step->code, (NTSTATUS)step->status);
		break;
	case L62_STEP_WAIT:
		return wait(step);
	case L62_STEP_EVENT:
		return l62_event_of_program(step->code);
	case L62_STEP_TOKEN:
		l62_token_restrict(step->type != 0);
		break;
	case L62_STEP_UNLOAD:
		l62_drive_unload(drive);
		break;
	default:
		break;
	}
	return STATUS_SUCCESS;
}

static void check(const struct l62_step *step, NTSTATUS status)
{
	char text[96];

	if (!step->expects || (ULONG)status == step->status || l62_fault_injected())
		return;
	l62_nt_snprintf(text, sizeof(text), "the status is 0x%08X, not 0x%08X", (ULONG)status,
	                step->status);
	l62_drive_cannot(text);
}

/* Of a driver whose DriverEntry failed as the scenario wants, nothing more is asked. */
static void end_of_load(struct l62_drive *drive, const struct l62_step *step)
{
	if (step->kind != L62_STEP_LOAD || !step->expects || NT_SUCCESS(drive->loaded))
		return;
	drive->loaded = STATUS_SUCCESS;
	drive->ended = TRUE;
}

static ULONG repeat(const struct l62_step *step, ULONG index)
{
	if (step->kind == L62_STEP_REPEAT) {
		if (step->count == 0)
			return step->first;
		repeats[depth++].left = step->count - 1;
	} else if (repeats[depth - 1].left) {
		repeats[depth - 1].left--;
		return step->first;
	} else {
		depth--;
	}
	return index + 1;
}

ULONG l62_drive_step(struct l62_drive *drive, ULONG index)
{
	const struct l62_step *step = &drive->steps->steps[index];
	NTSTATUS status;

	if (step->kind == L62_STEP_REPEAT || step->kind == L62_STEP_AGAIN)
		return repeat(step, index);
	l62_host_step((const char *)drive->steps->data + step->label, 0);
	status = carry_out(drive, step);
	check(step, status);
	end_of_load(drive, step);
	return index + 1;
}
