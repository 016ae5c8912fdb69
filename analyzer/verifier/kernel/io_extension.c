/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Extensions of the driver object, by an address of the driver's choice.  They go with the
 * driver object: nobody has to free them. */
#include "nt.h"

struct extension {
	struct extension *next;
	PDRIVER_OBJECT driver;
	PVOID id;
	DECLSPEC_ALIGN(16) UCHAR memory[];
};

static struct extension *extensions;

PVOID NTAPI IoGetDriverObjectExtension(PDRIVER_OBJECT driver, PVOID id)
{
	for (struct extension *at = extensions; at; at = at->next)
		if (at->driver == driver && at->id == id)
			return at->memory;
	return NULL;
}

NTSTATUS NTAPI IoAllocateDriverObjectExtension(PDRIVER_OBJECT driver, PVOID id, ULONG size,
                                               PVOID *memory)
{
	struct extension *made;

	*memory = NULL;
	if (IoGetDriverObjectExtension(driver, id))
		return STATUS_OBJECT_NAME_COLLISION;
	made = l62_host_alloc(sizeof(*made) + size);
	made->next = extensions;
	made->driver = driver;
	made->id = id;
	extensions = made;
	*memory = made->memory;
	return STATUS_SUCCESS;
}
