/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What tracker/resources.c must know of the layouts of Windows. */
#include "ob.h"
#include "se.h"

uint64_t l62_resource_field(const char *field)
{
	/* UNICODE_STRING, ANSI_STRING and their like: all alike. */
	return *field == 'B' ? offsetof(UNICODE_STRING, Buffer)
	                     : offsetof(SECURITY_CLIENT_CONTEXT, ClientToken);
}

const char *l62_resource_name(uint32_t ledger, uint64_t address)
{
	POBJECT_TYPE type;

	if (ledger != L62_LEDGER_REFERENCE)
		return NULL;
	type = l62_object_type((PVOID)(ULONG_PTR)address);
	return type ? type->name : NULL;
}
