/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What is sent to each device when no scenario file says so.  A device stack is opened
 * at its top, once for requests and once more for nothing.
 *
 *   CREATE; each control code given; READ, WRITE and the other requests of a program,
 *   as far as the driver has a routine for them; CLEANUP, CLOSE; CREATE, CLEANUP, CLOSE
 */
#include "drive.h"

enum { PATTERN = 0x62 };
#define PATIENCE (1000LL * 10000) /* for a pending request: one second */

/* What programs send by routines of their own, with what the driver would be given. */
static const struct {
	UCHAR major;
	const char *name;
	UCHAR code;
	BOOLEAN in, out;
	UCHAR length; /* of what the class asks for; 0: --buffer */
} requests[] = {
        {IRP_MJ_READ, "IRP_MJ_READ", 0, FALSE, TRUE, 0},
        {IRP_MJ_WRITE, "IRP_MJ_WRITE", 0, TRUE, FALSE, 0},
        {IRP_MJ_QUERY_INFORMATION, "IRP_MJ_QUERY_INFORMATION", FileStandardInformation, FALSE,
         TRUE, sizeof(FILE_STANDARD_INFORMATION)},
        {IRP_MJ_SET_INFORMATION, "IRP_MJ_SET_INFORMATION", FileEndOfFileInformation, TRUE,
         FALSE, sizeof(FILE_END_OF_FILE_INFORMATION)},
        {IRP_MJ_QUERY_VOLUME_INFORMATION, "IRP_MJ_QUERY_VOLUME_INFORMATION",
         FileFsDeviceInformation, FALSE, TRUE, sizeof(FILE_FS_DEVICE_INFORMATION)},
        {IRP_MJ_FLUSH_BUFFERS, "IRP_MJ_FLUSH_BUFFERS", 0, FALSE, FALSE, 0},
};

static BOOLEAN has_routine(PDEVICE_OBJECT device, UCHAR major)
{
	return l62_host_in_image((PVOID)device->DriverObject->MajorFunction[major]) != 0;
}

static void send_codes(struct l62_open *open, const struct l62_scenario *scenario,
                       const VOID *pattern)
{
	for (uint64_t i = 0; i < scenario->ioctl_count; i++) {
		struct l62_transfer transfer = {
		        .major = IRP_MJ_DEVICE_CONTROL,
		        .code = scenario->ioctls[i],
		        .in = pattern,
		        .in_length = (ULONG)scenario->buffer_size,
		        .out_length = (ULONG)scenario->buffer_size,
		        .wait = PATIENCE,
		};

		l62_host_step("IRP_MJ_DEVICE_CONTROL", scenario->ioctls[i]);
		l62_open_send(open, &transfer);
	}
}

static void send_others(struct l62_open *open, const struct l62_scenario *scenario,
                        const VOID *pattern)
{
	static const UCHAR zeros[64];
	PDEVICE_OBJECT device = open->file->DeviceObject;

	for (ULONG i = 0; i < RTL_NUMBER_OF(requests); i++) {
		ULONG length =
		        requests[i].length ? requests[i].length : (ULONG)scenario->buffer_size;
		struct l62_transfer transfer = {
		        .major = requests[i].major,
		        .code = requests[i].code,
		        .in = requests[i].length ? zeros : pattern,
		        .in_length = requests[i].in ? length : 0,
		        .out_length = requests[i].out ? length : 0,
		        .wait = PATIENCE,
		};

		if (!has_routine(device, requests[i].major))
			continue;
		l62_host_step(requests[i].name, 0);
		l62_open_send(open, &transfer);
	}
}

static void close(struct l62_open *open)
{
	l62_host_step("IRP_MJ_CLEANUP and IRP_MJ_CLOSE", 0);
	l62_open_close(open);
}

static void use_device(PDEVICE_OBJECT device, const struct l62_scenario *scenario,
                       const VOID *pattern)
{
	struct l62_open open;

	l62_host_step("IRP_MJ_CREATE", 0);
	if (!NT_SUCCESS(l62_open_create(&open, device, NULL)))
		return; /* no handle */
	send_codes(&open, scenario, pattern);
	send_others(&open, scenario, pattern);
	close(&open);
	l62_host_step("IRP_MJ_CREATE", 0);
	if (NT_SUCCESS(l62_open_create(&open, device, NULL)))
		close(&open);
}

/* What is not asked for through a file.  WMI asks the stacks of physical devices. */
static void use_stack(PDEVICE_OBJECT device, UCHAR major, const char *name)
{
	if (!has_routine(device, major))
		return;
	l62_host_step(name, 0);
	l62_request_plain(device, major);
}

void l62_drive_default(struct l62_drive *drive)
{
	const struct l62_scenario *scenario = drive->scenario;
	PDEVICE_OBJECT tops[DEVICES_MOST], device = drive->driver->DeviceObject;
	PVOID pattern = l62_host_alloc(scenario->buffer_size);
	ULONG count = 0, i;

	RtlFillMemory(pattern, scenario->buffer_size, PATTERN);
	for (; device && count < DEVICES_MOST; device = device->NextDevice) {
		PDEVICE_OBJECT top = l62_drive_top(device);

		if (!l62_drive_can_open(device))
			continue;
		for (i = 0; i < count && tops[i] != top; i++)
			;
		if (i == count)
			tops[count++] = top;
	}
	for (i = 0; i < count; i++)
		use_device(tops[i], scenario, pattern);
	for (i = 0; i < count; i++) {
		if (tops[i]->Flags & DO_SHUTDOWN_REGISTERED)
			use_stack(tops[i], IRP_MJ_SHUTDOWN, "IRP_MJ_SHUTDOWN");
	}
	for (i = 0; i < drive->pdo_count; i++) {
		if (drive->pdos[i])
			use_stack(l62_drive_top(drive->pdos[i]), IRP_MJ_SYSTEM_CONTROL,
			          "IRP_MJ_SYSTEM_CONTROL");
	}
	l62_filter_drive((ULONG)scenario->buffer_size);
	l62_host_free(pattern);
}

/* To sleep and back.  The owner of a device's power sends it the requests for the
 * device itself; if the driver has asked for none, it is somebody else. */
void l62_drive_default_power(struct l62_drive *drive)
{
	for (ULONG i = 0; i < drive->pdo_count; i++) {
		ULONG before = l62_power_requests;

		if (!drive->pdos[i] ||
		    !has_routine(l62_drive_top(drive->pdos[i]), IRP_MJ_POWER))
			continue;
		l62_host_step("IRP_MN_QUERY_POWER, sleeping", 0);
		l62_drive_power(drive, i, IRP_MN_QUERY_POWER, SystemPowerState,
		                PowerSystemSleeping3);
		l62_host_step("IRP_MN_SET_POWER, sleeping", 0);
		l62_drive_power(drive, i, IRP_MN_SET_POWER, SystemPowerState,
		                PowerSystemSleeping3);
		if (l62_power_requests == before) {
			l62_drive_power(drive, i, IRP_MN_SET_POWER, DevicePowerState,
			                PowerDeviceD3);
			l62_host_step("IRP_MN_SET_POWER, waking", 0);
			l62_drive_power(drive, i, IRP_MN_SET_POWER, DevicePowerState,
			                PowerDeviceD0);
		}
		l62_host_step("IRP_MN_SET_POWER, waking", 0);
		l62_drive_power(drive, i, IRP_MN_SET_POWER, SystemPowerState,
		                PowerSystemWorking);
	}
}
