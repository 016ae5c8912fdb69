/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the PnP manager knows of the physical device it has made up. */
#include "nt.h"

struct property {
	DEVICE_REGISTRY_PROPERTY which;
	ULONG size;
	const VOID *data;
};
#define TEXT_OF(which, text) {which, sizeof(text), text}

static const ULONG number, bus = PNPBus;
static const GUID bus_guid = {0x62626262, 0x1ea6, 0x1062, {0x80, 0x62, 2, 0, 0, 0, 0, 1}};
static const struct property properties[] = {
        TEXT_OF(DevicePropertyDeviceDescription, L"Device of leak62"),
        TEXT_OF(DevicePropertyHardwareID, L"LEAK62\\DEVICE\0"),
        TEXT_OF(DevicePropertyCompatibleIDs, L"LEAK62\\GENERIC\0"),
        TEXT_OF(DevicePropertyClassName, L"System"),
        TEXT_OF(DevicePropertyClassGuid, L"{4d36e97d-e325-11ce-bfc1-08002be10318}"),
        TEXT_OF(DevicePropertyDriverKeyName, L"{4d36e97d-e325-11ce-bfc1-08002be10318}\\0062"),
        TEXT_OF(DevicePropertyManufacturer, L"leak62"),
        TEXT_OF(DevicePropertyFriendlyName, L"Device of leak62"),
        TEXT_OF(DevicePropertyPhysicalDeviceObjectName, L"\\Device\\00000062"),
        TEXT_OF(DevicePropertyEnumeratorName, L"LEAK62"),
        {DevicePropertyBusTypeGuid, sizeof(bus_guid), &bus_guid},
        {DevicePropertyLegacyBusType, sizeof(bus), &bus},
        {DevicePropertyBusNumber, sizeof(number), &number},
        {DevicePropertyAddress, sizeof(number), &number},
};

/* Documented: too small, and what is needed. */
NTSTATUS NTAPI IoGetDeviceProperty(PDEVICE_OBJECT device, DEVICE_REGISTRY_PROPERTY which,
                                   ULONG size, PVOID buffer, PULONG needed)
{
	UNREFERENCED_PARAMETER(device);
	for (ULONG i = 0; i < RTL_NUMBER_OF(properties); i++) {
		if (properties[i].which != which)
			continue;
		*needed = properties[i].size;
		if (size < properties[i].size)
			return STATUS_BUFFER_TOO_SMALL;
		RtlCopyMemory(buffer, properties[i].data, properties[i].size);
		return STATUS_SUCCESS;
	}
	*needed = 0;
	return STATUS_OBJECT_NAME_NOT_FOUND;
}

/* How many are asked now, and what is signaled while there is none. */
static ULONG asked;
static KEVENT answered;

static L62_NT void ask(void *arg)
{
	PDEVICE_OBJECT device = arg, top = arg;

	while (top->AttachedDevice)
		top = top->AttachedDevice;
	l62_request_pnp(top, IRP_MN_QUERY_DEVICE_RELATIONS, NULL);
	ObfDereferenceObject(device);
	if (--asked == 0)
		KeSetEvent(&answered, IO_NO_INCREMENT, FALSE);
}

void l62_relations_settle(void)
{
	if (asked)
		l62_wait(&answered.Header, "IofCompleteRequest", NULL);
}

/* Bus relations are asked for again, on a thread of the PnP manager's. */
VOID NTAPI IoInvalidateDeviceRelations(PDEVICE_OBJECT device, DEVICE_RELATION_TYPE type)
{
	if (type != BusRelations)
		return;
	ObfReferenceObject(device);
	if (asked++ == 0)
		KeInitializeEvent(&answered, NotificationEvent, FALSE);
	l62_sched_spawn(ask, device, "a thread of the PnP manager");
}

/* Nobody is there who would eject it, as if the user took no notice. */
VOID NTAPI IoRequestDeviceEject(PDEVICE_OBJECT device)
{
	UNREFERENCED_PARAMETER(device);
}

ULONG NTAPI IoWMIDeviceObjectToProviderId(PDEVICE_OBJECT device)
{
	/* Documented only as a number that stands for the device. */
	return (ULONG)((ULONG_PTR)device >> 4);
}
