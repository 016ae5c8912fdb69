/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The scenario: a driver's life from DriverEntry to the check at unload.
 *
 *   DriverEntry; AddDevice and START_DEVICE, if it has AddDevice
 *   for every device: CREATE, each control code, CLEANUP, CLOSE
 *   a process starts and ends, if the driver asked to be told
 *   REMOVE_DEVICE; DriverUnload; what still runs, runs down; 0xC4/0x62
 */
#include "nt.h"

enum { DEVICES_MOST = 64 };

static NTSTATUS enter(PDRIVER_OBJECT driver)
{
	static UNICODE_STRING path = RTL_CONSTANT_STRING(
	        L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\leak62");
	uint64_t args[] = {(ULONG_PTR)driver, (ULONG_PTR)&path};
	NTSTATUS status;

	l62_host_step("DriverEntry", 0);
	status = (NTSTATUS)l62_invoke(
	        (PVOID)driver->DriverInit, args, 2,
	        L62_FRAMES(L62_FRAME_IopLoadDriver, L62_FRAME_IopLoadUnloadDriver));
	for (PDEVICE_OBJECT device = driver->DeviceObject; device; device = device->NextDevice)
		device->Flags &= ~DO_DEVICE_INITIALIZING;
	return status;
}

/* A device for a PnP driver; NULL: it is none, or would not have the device. */
static PDEVICE_OBJECT add_device(PDRIVER_OBJECT driver)
{
	PDEVICE_OBJECT pdo;
	uint64_t args[2];

	if (!driver->DriverExtension->AddDevice)
		return NULL;
	pdo = l62_pdo_create();
	args[0] = (ULONG_PTR)driver;
	args[1] = (ULONG_PTR)pdo;
	l62_host_step("AddDevice", 0);
	if (!NT_SUCCESS((NTSTATUS)l62_invoke(
	            (PVOID)driver->DriverExtension->AddDevice, args, 2,
	            L62_FRAMES(L62_FRAME_PpvUtilCallAddDevice, L62_FRAME_PnpCallAddDevice))))
		return NULL;
	return pdo;
}

static PDEVICE_OBJECT top_of(PDEVICE_OBJECT device)
{
	while (device->AttachedDevice)
		device = device->AttachedDevice;
	return device;
}

/* Devices of a stack are opened at its top, once. */
static void use_devices(PDRIVER_OBJECT driver, const struct l62_scenario *scenario)
{
	PDEVICE_OBJECT tops[DEVICES_MOST];
	ULONG count = 0, i;

	for (PDEVICE_OBJECT device = driver->DeviceObject; device && count < DEVICES_MOST;
	     device = device->NextDevice) {
		PDEVICE_OBJECT top = top_of(device);

		for (i = 0; i < count && tops[i] != top; i++)
			;
		if (i == count)
			tops[count++] = top;
	}
	for (i = 0; i < count; i++)
		l62_request_file(tops[i], scenario);
}

static void unload(PDRIVER_OBJECT driver)
{
	uint64_t args[] = {(ULONG_PTR)driver};

	if (!driver->DriverUnload)
		l62_end_incomplete(
		        "the driver sets no DriverUnload, so that Windows would never "
		        "unload it");
	l62_host_step("DriverUnload", 0);
	l62_invoke((PVOID)driver->DriverUnload, args, 1,
	           L62_FRAMES(L62_FRAME_IopLoadUnloadDriver));
}

L62_NT void l62_drive(void *arg)
{
	const struct l62_scenario *scenario = arg;
	PDRIVER_OBJECT driver = l62_driver_create(scenario);
	NTSTATUS status;
	PDEVICE_OBJECT pdo;

	IoGetCurrentProcess(); /* sets PsInitialSystemProcess, which drivers read */
	status = enter(driver);
	if (NT_SUCCESS(status)) {
		pdo = add_device(driver);
		if (pdo)
			l62_request_pnp(top_of(pdo), IRP_MN_START_DEVICE);
		use_devices(driver, scenario);
		l62_notify_program();
		if (pdo)
			l62_request_pnp(top_of(pdo), IRP_MN_REMOVE_DEVICE);
		unload(driver);
		l62_unload_check_queues(scenario);
		l62_tracker_unloading();
	}
	l62_sched_drain();
	if (NT_SUCCESS(status))
		l62_unload_check_rest(scenario);
	l62_tracker_check_unload();
	if (!NT_SUCCESS(status))
		l62_end_failed("DriverEntry", (uint32_t)status);
	l62_end_clean();
}
