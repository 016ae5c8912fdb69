/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A driver's life: load, devices, unload; the steps between are drive_step.c's.
 *
 *   l62_drive        every step; then what still runs, runs down; 0xC4/0x62
 *   DriverEntry fails: nothing is unloaded, but what it has left is looked at
 */
#include "drive.h"

#include "cm.h"

/* As the kernel debugger names it: no such device for those who would open it. */
enum { DOE_REMOVE_PROCESSED = 0x8 };

/* Of the scenario: steps that cannot be done are passed over. */
static BOOLEAN lenient;

NTSTATUS l62_drive_cannot(const char *text)
{
	if (!lenient && !l62_fault_injected())
		l62_end_incomplete(text);
	return STATUS_UNSUCCESSFUL;
}

NTSTATUS l62_drive_load(struct l62_drive *drive)
{
	static UNICODE_STRING path = RTL_CONSTANT_STRING(
	        L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\leak62");
	PDRIVER_OBJECT driver = drive->driver;
	uint64_t args[] = {(ULONG_PTR)driver, (ULONG_PTR)&path};

	drive->loaded = (NTSTATUS)l62_invoke(
	        (PVOID)driver->DriverInit, args, 2,
	        L62_FRAMES(L62_FRAME_IopLoadDriver, L62_FRAME_IopLoadUnloadDriver));
	for (PDEVICE_OBJECT device = driver->DeviceObject; device; device = device->NextDevice)
		device->Flags &= ~DO_DEVICE_INITIALIZING;
	return drive->loaded;
}

PDEVICE_OBJECT l62_drive_top(PDEVICE_OBJECT device)
{
	while (device->AttachedDevice)
		device = device->AttachedDevice;
	return device;
}

BOOLEAN l62_drive_can_open(PDEVICE_OBJECT device)
{
	PDEVICE_OBJECT bottom = device;

	while (bottom->DeviceObjectExtension->AttachedTo)
		bottom = bottom->DeviceObjectExtension->AttachedTo;
	return !(bottom->Flags & DO_DEVICE_INITIALIZING) &&
	       !(bottom->DeviceObjectExtension->ExtensionFlags & DOE_REMOVE_PROCESSED);
}

NTSTATUS l62_drive_add_device(struct l62_drive *drive)
{
	PDRIVER_OBJECT driver = drive->driver;
	PDEVICE_OBJECT pdo;
	uint64_t args[2];
	NTSTATUS status;

	if (!driver->DriverExtension->AddDevice)
		return l62_drive_cannot("the driver has no AddDevice");
	if (drive->pdo_count == DEVICES_MOST)
		l62_end_incomplete("there are too many devices");
	pdo = l62_pdo_create();
	args[0] = (ULONG_PTR)driver;
	args[1] = (ULONG_PTR)pdo;
	status = (NTSTATUS)l62_invoke(
	        (PVOID)driver->DriverExtension->AddDevice, args, 2,
	        L62_FRAMES(L62_FRAME_PpvUtilCallAddDevice, L62_FRAME_PnpCallAddDevice));
	if (!NT_SUCCESS(status))
		pdo->DeviceObjectExtension->ExtensionFlags |= DOE_REMOVE_PROCESSED;
	/* The devices after one that could not be added keep their numbers. */
	if (NT_SUCCESS(status) || l62_fault_injected())
		drive->pdos[drive->pdo_count++] = NT_SUCCESS(status) ? pdo : NULL;
	return status;
}

/* NULL: there is none. */
static PDEVICE_OBJECT top_of_pdo(struct l62_drive *drive, ULONG pdo)
{
	if (pdo < drive->pdo_count && drive->pdos[pdo])
		return l62_drive_top(drive->pdos[pdo]);
	l62_drive_cannot("there is no such device: it was not added, AddDevice has refused it, "
	                 "or it has been removed");
	return NULL;
}

/* NULL: a device that has none. */
static PCM_RESOURCE_LIST make_resources(const struct l62_resource *from, ULONG count)
{
	PCM_PARTIAL_RESOURCE_LIST part;
	PCM_RESOURCE_LIST list;

	if (!count)
		return NULL;
	list = l62_host_alloc(sizeof(*list) + count * sizeof(*part->PartialDescriptors));
	list->Count = 1;
	list->List[0].InterfaceType = Internal;
	part = &list->List[0].PartialResourceList;
	part->Version = part->Revision = 1;
	part->Count = count;
	for (ULONG i = 0; i < count; i++) {
		PCM_PARTIAL_RESOURCE_DESCRIPTOR to = &part->PartialDescriptors[i];

		to->Type = (UCHAR)from[i].type;
		to->ShareDisposition = CmResourceShareDeviceExclusive;
		if (to->Type == CmResourceTypeInterrupt) {
			to->u.Interrupt.Level = to->u.Interrupt.Vector = (ULONG)from[i].start;
			to->u.Interrupt.Affinity = 1;
		} else {
			/* Ports and memory have the same layout. */
			to->u.Memory.Start.QuadPart = (LONGLONG)from[i].start;
			to->u.Memory.Length = from[i].length;
		}
	}
	return list;
}

NTSTATUS l62_drive_pnp(struct l62_drive *drive, ULONG pdo, UCHAR minor,
                       const struct l62_resource *resources, ULONG count)
{
	PDEVICE_OBJECT top = top_of_pdo(drive, pdo);
	PCM_RESOURCE_LIST list;
	NTSTATUS status;

	if (!top)
		return STATUS_NO_SUCH_DEVICE;
	/* The PnP manager does one thing after the other. */
	if (minor == IRP_MN_REMOVE_DEVICE)
		l62_relations_settle();
	list = make_resources(resources, count);
	status = l62_request_pnp(top, minor, list);
	l62_host_free(list);
	if (minor == IRP_MN_REMOVE_DEVICE) {
		drive->pdos[pdo]->DeviceObjectExtension->ExtensionFlags |= DOE_REMOVE_PROCESSED;
		drive->pdos[pdo] = NULL;
	}
	/* Documented: what cannot be started is removed. */
	if (minor == IRP_MN_START_DEVICE && !NT_SUCCESS(status) && l62_fault_injected())
		l62_drive_pnp(drive, pdo, IRP_MN_REMOVE_DEVICE, NULL, 0);
	return status;
}

NTSTATUS l62_drive_power(struct l62_drive *drive, ULONG pdo, UCHAR minor, ULONG type,
                         ULONG state)
{
	PDEVICE_OBJECT top = top_of_pdo(drive, pdo);

	return top ? l62_request_power(top, minor, type, state) : STATUS_NO_SUCH_DEVICE;
}

static void close_all(struct l62_drive *drive)
{
	for (ULONG i = 0; i < L62_HANDLES_MOST; i++) {
		if (drive->handles[i].file)
			l62_open_close(&drive->handles[i]);
	}
}

void l62_drive_unload(struct l62_drive *drive)
{
	PDRIVER_OBJECT driver = drive->driver;
	uint64_t args[] = {(ULONG_PTR)driver};

	close_all(drive);
	/* Of a driver that stays loaded, so do the devices. */
	if (drive->scenario->iterations && !l62_filter_can_unload(driver)) {
		l62_sched_drain();
		l62_end_without_unload();
	}
	for (ULONG i = 0; i < drive->pdo_count; i++) {
		if (drive->pdos[i]) {
			l62_host_step("IRP_MN_REMOVE_DEVICE", 0);
			l62_drive_pnp(drive, i, IRP_MN_REMOVE_DEVICE, NULL, 0);
		}
	}
	/* A driver whose device is still being asked stays. */
	l62_relations_settle();
	/* The filter manager puts a routine of its own in place of DriverUnload. */
	if (!l62_filter_unload()) {
		if (!driver->DriverUnload)
			l62_end_incomplete("the driver sets no DriverUnload, so that Windows "
			                   "would never unload it; --iterations tells "
			                   "what grows in it");
		l62_host_step("DriverUnload", 0);
		l62_invoke((PVOID)driver->DriverUnload, args, 1,
		           L62_FRAMES(L62_FRAME_IopLoadUnloadDriver));
	}
	drive->unloaded = drive->ended = TRUE;
	l62_unload_check_queues(drive->scenario);
	l62_tracker_unloading();
}

/* The middle of the scenario, once more if it is not enough yet. */
static ULONG again(struct l62_drive *drive, ULONG next)
{
	static uint64_t done;
	const struct l62_scenario *scenario = drive->scenario;

	if (done == scenario->iterations || next != scenario->middle_end || drive->ended ||
	    !NT_SUCCESS(drive->loaded))
		return next;
	/* As when the program ends that has made the requests. */
	close_all(drive);
	l62_sched_drain();
	l62_tracker_iteration();
	return ++done == scenario->iterations ? next : (ULONG)scenario->middle;
}

L62_NT void l62_drive(void *arg)
{
	static struct l62_drive drive;
	ULONG next = 0;

	drive.scenario = arg;
	drive.steps = drive.scenario->steps;
	lenient = (BOOLEAN)drive.steps->lenient;
	drive.driver = l62_driver_create(drive.scenario);
	IoGetCurrentProcess(); /* sets PsInitialSystemProcess, which drivers read */
	l62_settings_apply(drive.steps);
	l62_files_apply(drive.steps);
	while (next < drive.steps->count && NT_SUCCESS(drive.loaded) && !drive.ended) {
		next = l62_drive_step(&drive, next);
		next = again(&drive, next);
	}
	l62_sched_drain();
	if (drive.unloaded)
		l62_unload_check_rest(drive.scenario);
	l62_tracker_check_unload();
	/* A driver that cannot start for want of something, and leaves nothing, does it right.
	 */
	if (!NT_SUCCESS(drive.loaded) && !l62_fault_injected())
		l62_end_failed("DriverEntry", (uint32_t)drive.loaded);
	l62_end_clean();
}
