/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Services by name.  Documented: NULL is how a driver sees that a system lacks one. */
#include "nt.h"

static BOOLEAN same(PCUNICODE_STRING wide, const char *name)
{
	USHORT i, count = wide->Length / sizeof(WCHAR);

	for (i = 0; i < count && name[i]; i++) {
		if (wide->Buffer[i] != (UCHAR)name[i])
			return FALSE;
	}
	return i == count && !name[i];
}

PVOID NTAPI MmGetSystemRoutineAddress(PUNICODE_STRING name)
{
	for (uint32_t i = 0; i < l62_service_count; i++) {
		const struct l62_service *service = &l62_services[i];

		if (same(name, service->name))
			return service->is_data ? service->address
			                        : l62_host_thunk(service->address);
	}
	return NULL;
}
