/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Providers of events.  No session listens, so that none is enabled and none is written. */
#include "nt.h"

static struct provider {
	struct provider *next;
} *providers;

static struct provider **find(REGHANDLE handle)
{
	struct provider **link = &providers;

	while (*link && (ULONG_PTR)*link != handle)
		link = &(*link)->next;
	return link;
}

NTSTATUS NTAPI EtwRegister(LPCGUID id, PETWENABLECALLBACK enable, PVOID context,
                           PREGHANDLE handle)
{
	struct provider *provider;

	UNREFERENCED_PARAMETER(enable);
	UNREFERENCED_PARAMETER(context);
	*handle = 0;
	if (!id)
		return STATUS_INVALID_PARAMETER;
	provider = l62_host_alloc(sizeof(*provider));
	provider->next = providers;
	providers = provider;
	*handle = (ULONG_PTR)provider;
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI EtwUnregister(REGHANDLE handle)
{
	struct provider **link = find(handle), *provider = *link;

	if (!provider)
		return STATUS_INVALID_HANDLE;
	*link = provider->next;
	l62_host_free(provider);
	return STATUS_SUCCESS;
}

BOOLEAN NTAPI EtwEventEnabled(REGHANDLE handle, PCEVENT_DESCRIPTOR event)
{
	UNREFERENCED_PARAMETER(handle);
	UNREFERENCED_PARAMETER(event);
	return FALSE;
}

BOOLEAN NTAPI EtwProviderEnabled(REGHANDLE handle, UCHAR level, ULONGLONG keyword)
{
	UNREFERENCED_PARAMETER(handle);
	UNREFERENCED_PARAMETER(level);
	UNREFERENCED_PARAMETER(keyword);
	return FALSE;
}

NTSTATUS NTAPI EtwWrite(REGHANDLE handle, PCEVENT_DESCRIPTOR event, LPCGUID activity,
                        ULONG count, PEVENT_DATA_DESCRIPTOR data)
{
	UNREFERENCED_PARAMETER(event);
	UNREFERENCED_PARAMETER(activity);
	UNREFERENCED_PARAMETER(count);
	UNREFERENCED_PARAMETER(data);
	return *find(handle) ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
}
