/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The configuration of buses: there is the first PCI bus, with no device in any slot. */
#include "nt.h"

/* Documented, of the bytes that were transferred. */
enum { NO_BUS = 0, NO_DEVICE = 2, INVALID_VENDOR = 0xffff };

static BOOLEAN is_there(BUS_DATA_TYPE type, ULONG bus)
{
	return type == PCIConfiguration && bus == 0;
}

ULONG NTAPI HalGetBusDataByOffset(BUS_DATA_TYPE type, ULONG bus, ULONG slot, PVOID buffer,
                                  ULONG offset, ULONG length)
{
	static const USHORT vendor = INVALID_VENDOR;

	UNREFERENCED_PARAMETER(slot);
	if (!is_there(type, bus))
		return NO_BUS;
	if (offset == 0 && length >= sizeof(vendor))
		RtlCopyMemory(buffer, &vendor, sizeof(vendor));
	return NO_DEVICE;
}

/* Documented: none is written where there is no such device. */
ULONG NTAPI HalSetBusDataByOffset(BUS_DATA_TYPE type, ULONG bus, ULONG slot, PVOID buffer,
                                  ULONG offset, ULONG length)
{
	UNREFERENCED_PARAMETER(type);
	UNREFERENCED_PARAMETER(bus);
	UNREFERENCED_PARAMETER(slot);
	UNREFERENCED_PARAMETER(buffer);
	UNREFERENCED_PARAMETER(offset);
	UNREFERENCED_PARAMETER(length);
	return 0;
}
