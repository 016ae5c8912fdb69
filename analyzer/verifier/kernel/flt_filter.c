/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Filters: registration, the instance on the volume, unloading. */
#include "flt.h"

#include "drive.h"

static struct _FLT_VOLUME volume = {RTL_CONSTANT_STRING(L"\\Device\\HarddiskVolume1")};
static PFLT_FILTER registered;

PFLT_FILTER l62_filter_started(void)
{
	return registered && registered->attached ? registered : NULL;
}

static void check(PFLT_FILTER filter)
{
	if (!filter || filter != registered)
		l62_end_incomplete("the driver gives the filter manager what is no filter");
}

NTSTATUS FLTAPI FltRegisterFilter(PDRIVER_OBJECT driver, const FLT_REGISTRATION *registration,
                                  PFLT_FILTER *out)
{
	const FLT_OPERATION_REGISTRATION *from = registration->OperationRegistration;
	PFLT_FILTER filter;

	UNREFERENCED_PARAMETER(driver);
	/* Documented: the major version must be this one. */
	if ((registration->Version & 0xff00) != (FLT_REGISTRATION_VERSION & 0xff00))
		return STATUS_INVALID_PARAMETER;
	if (registered)
		l62_end_incomplete("the driver registers a second filter, which leak62 does "
		                   "not know");
	filter = l62_host_alloc(sizeof(*filter));
	filter->registration = *registration;
	for (; from && from->MajorFunction != IRP_MJ_OPERATION_END; from++) {
		if (filter->operation_count == FILTER_OPERATIONS_MOST)
			l62_end_incomplete("a filter's list of operations has no end");
		filter->operations[filter->operation_count++] = *from;
	}
	filter->instance.filter = filter;
	filter->instance.volume = &volume;
	*out = registered = filter;
	return STATUS_SUCCESS;
}

static NTSTATUS call_setup(PFLT_FILTER filter, PVOID routine, ULONG flags, BOOLEAN setup)
{
	const FLT_RELATED_OBJECTS objects = {
	        .Size = sizeof(objects),
	        .Filter = filter,
	        .Volume = &volume,
	        .Instance = &filter->instance,
	};
	const uint64_t args[] = {(ULONG_PTR)&objects, flags, FILE_DEVICE_DISK_FILE_SYSTEM,
	                         FLT_FSTYPE_NTFS};

	if (!routine)
		return STATUS_SUCCESS;
	return (NTSTATUS)l62_invoke(routine, args, setup ? 4 : 2, NULL);
}

NTSTATUS FLTAPI FltStartFiltering(PFLT_FILTER filter)
{
	NTSTATUS status;

	check(filter);
	if (filter->attached)
		return STATUS_INVALID_PARAMETER;
	status = call_setup(filter, (PVOID)filter->registration.InstanceSetupCallback,
	                    FLTFL_INSTANCE_SETUP_AUTOMATIC_ATTACHMENT, TRUE);
	/* Documented: a filter without an instance has started as well. */
	filter->attached = NT_SUCCESS(status);
	return STATUS_SUCCESS;
}

VOID FLTAPI FltUnregisterFilter(PFLT_FILTER filter)
{
	const FLT_REGISTRATION *registration;
	BOOLEAN attached;

	check(filter);
	registration = &filter->registration;
	attached = filter->attached;
	filter->attached = FALSE;
	if (attached) {
		call_setup(filter, (PVOID)registration->InstanceTeardownStartCallback,
		           FLTFL_INSTANCE_TEARDOWN_FILTER_UNLOAD, FALSE);
		call_setup(filter, (PVOID)registration->InstanceTeardownCompleteCallback,
		           FLTFL_INSTANCE_TEARDOWN_FILTER_UNLOAD, FALSE);
	}
	registered = NULL;
	l62_host_free(filter);
}

BOOLEAN l62_filter_can_unload(PDRIVER_OBJECT driver)
{
	if (registered)
		return registered->registration.FilterUnloadCallback != NULL;
	return driver->DriverUnload != NULL;
}

BOOLEAN l62_filter_unload(void)
{
	const uint64_t args[] = {FLTFL_FILTER_UNLOAD_MANDATORY};

	if (!registered)
		return FALSE;
	if (!registered->registration.FilterUnloadCallback)
		l62_end_incomplete("the filter has no FilterUnloadCallback, so that Windows "
		                   "would never unload it");
	l62_host_step("FilterUnloadCallback", 0);
	l62_invoke((PVOID)registered->registration.FilterUnloadCallback, args, 1,
	           L62_FRAMES(L62_FRAME_FltpDoUnloadFilter,
	                      L62_FRAME_FltpMiniFilterDriverUnload,
	                      L62_FRAME_IopLoadUnloadDriver));
	if (registered)
		l62_end_incomplete("FilterUnloadCallback returns without FltUnregisterFilter, "
		                   "so that Windows would call what is unloaded");
	return TRUE;
}
