/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What the PnP manager asks drivers and what becomes of their answers: lists, names and
 * descriptions are pool that is its own then, device objects and interfaces are referenced
 * for it.  Of kinds of names and relations one is asked for.
 */
#include "nt.h"

enum { ENGLISH = 0x409, INTERFACE_BYTES = 256 };

/* Any interface that the driver has would do; there is none that all have. */
struct interface_query {
	GUID type;
	union {
		INTERFACE head;
		UCHAR bytes[INTERFACE_BYTES];
	};
};

static PVOID ask_interface(PIO_STACK_LOCATION location)
{
	struct interface_query *query = l62_host_alloc(sizeof(*query));

	location->Parameters.QueryInterface.InterfaceType = &query->type;
	location->Parameters.QueryInterface.Size = sizeof(query->bytes);
	location->Parameters.QueryInterface.Version = 1;
	location->Parameters.QueryInterface.Interface = &query->head;
	return query;
}

static PVOID ask_capabilities(PIO_STACK_LOCATION location)
{
	PDEVICE_CAPABILITIES capabilities = l62_host_alloc(sizeof(*capabilities));

	capabilities->Size = sizeof(*capabilities);
	capabilities->Version = 1;
	capabilities->Address = capabilities->UINumber = MAXULONG;
	location->Parameters.DeviceCapabilities.Capabilities = capabilities;
	return capabilities;
}

PVOID l62_pnp_ask(PIO_STACK_LOCATION location, UCHAR minor)
{
	location->MinorFunction = minor;
	switch (minor) {
	case IRP_MN_QUERY_DEVICE_RELATIONS:
		location->Parameters.QueryDeviceRelations.Type = BusRelations;
		return NULL;
	case IRP_MN_QUERY_ID:
		location->Parameters.QueryId.IdType = BusQueryHardwareIDs;
		return NULL;
	case IRP_MN_QUERY_DEVICE_TEXT:
		location->Parameters.QueryDeviceText.DeviceTextType = DeviceTextDescription;
		location->Parameters.QueryDeviceText.LocaleId = ENGLISH;
		return NULL;
	case IRP_MN_QUERY_INTERFACE:
		return ask_interface(location);
	case IRP_MN_QUERY_CAPABILITIES:
		return ask_capabilities(location);
	default:
		return NULL;
	}
}

static void take_relations(PDEVICE_RELATIONS relations)
{
	for (ULONG i = 0; i < relations->Count; i++) {
		l62_ledger_remove(L62_LEDGER_REFERENCE, (ULONG_PTR)relations->Objects[i]);
		ObfDereferenceObject(relations->Objects[i]);
	}
	ExFreePool(relations);
}

static void take_interface(const struct interface_query *query)
{
	const uint64_t args[] = {(ULONG_PTR)query->head.Context};

	if (query->head.InterfaceDereference)
		l62_invoke((PVOID)query->head.InterfaceDereference, args, 1, NULL);
}

void l62_pnp_take(UCHAR minor, NTSTATUS status, ULONG_PTR information, PVOID asked)
{
	PVOID answer = NT_SUCCESS(status) ? (PVOID)information : NULL;

	switch (minor) {
	case IRP_MN_QUERY_DEVICE_RELATIONS:
		if (answer)
			take_relations(answer);
		break;
	case IRP_MN_QUERY_ID:
	case IRP_MN_QUERY_DEVICE_TEXT:
	case IRP_MN_QUERY_RESOURCES:
	case IRP_MN_QUERY_RESOURCE_REQUIREMENTS:
	case IRP_MN_FILTER_RESOURCE_REQUIREMENTS:
	case IRP_MN_QUERY_BUS_INFORMATION:
		if (answer)
			ExFreePool(answer);
		break;
	case IRP_MN_QUERY_INTERFACE:
		if (NT_SUCCESS(status))
			take_interface(asked);
		break;
	default:
		break;
	}
	l62_host_free(asked);
}
