/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Power requests: counted, for the system goes to sleep when the scenario says so. */
#include "po.h"

enum { TYPES = 4 };

struct request {
	struct request *next;
	ULONG set[TYPES];
};

static struct request *all;

static struct request **find(PVOID handle)
{
	struct request **link = &all;

	while (*link && *link != handle)
		link = &(*link)->next;
	if (!*link)
		l62_end_incomplete("the driver uses a power request that it does not have");
	return link;
}

NTSTATUS NTAPI PoCreatePowerRequest(PVOID *handle, PDEVICE_OBJECT device,
                                    PVOID context)
{
	struct request *request = l62_host_alloc(sizeof(*request));

	UNREFERENCED_PARAMETER(device);
	UNREFERENCED_PARAMETER(context);
	request->next = all;
	all = request;
	*handle = request;
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI PoSetPowerRequest(PVOID handle, int type)
{
	struct request *request = *find(handle);

	if ((ULONG)type >= TYPES)
		return STATUS_INVALID_PARAMETER;
	request->set[type]++;
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI PoClearPowerRequest(PVOID handle, int type)
{
	struct request *request = *find(handle);

	/* Documented: each set needs a clear of its own. */
	if ((ULONG)type >= TYPES || !request->set[type])
		return STATUS_INVALID_PARAMETER;
	request->set[type]--;
	return STATUS_SUCCESS;
}

VOID NTAPI PoDeletePowerRequest(PVOID handle)
{
	struct request **link = find(handle), *request = *link;

	*link = request->next;
	l62_host_free(request);
}
