/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Power management: power IRPs need no order of their own since Windows Vista, so
 * they are sent like others; a device's state is remembered as it is set.
 */
#include "drive.h"

struct state {
	struct state *next;
	PDEVICE_OBJECT device;
	POWER_STATE state[2];
};

ULONG l62_power_requests;

struct request {
	PDEVICE_OBJECT device;
	UCHAR minor;
	POWER_STATE state;
	PREQUEST_POWER_COMPLETE complete;
	PVOID context;
};

VOID NTAPI PoStartNextPowerIrp(PIRP irp)
{
	UNREFERENCED_PARAMETER(irp);
}

NTSTATUS NTAPI PoCallDriver(PDEVICE_OBJECT device, PIRP irp)
{
	return IofCallDriver(device, irp);
}

/* Documented: the state before; D0 and S0 at first. */
POWER_STATE NTAPI PoSetPowerState(PDEVICE_OBJECT device, POWER_STATE_TYPE type,
                                  POWER_STATE state)
{
	static struct state *states;
	struct state *entry = states;
	POWER_STATE old;

	while (entry && entry->device != device)
		entry = entry->next;
	if (!entry) {
		entry = l62_host_alloc(sizeof(*entry));
		entry->device = device;
		entry->state[SystemPowerState].SystemState = PowerSystemWorking;
		entry->state[DevicePowerState].DeviceState = PowerDeviceD0;
		entry->next = states;
		states = entry;
	}
	old = entry->state[type];
	entry->state[type] = state;
	return old;
}

static L62_NT void send(void *arg)
{
	struct request *request = arg;
	PDEVICE_OBJECT top = request->device;
	IO_STATUS_BLOCK result = {.Status = STATUS_NOT_SUPPORTED};
	PIO_STACK_LOCATION location;
	PIRP irp;

	while (top->AttachedDevice)
		top = top->AttachedDevice;
	irp = l62_irp_create(top);
	location = IoGetNextIrpStackLocation(irp);
	location->MajorFunction = IRP_MJ_POWER;
	location->MinorFunction = request->minor;
	location->Parameters.Power.Type = DevicePowerState;
	location->Parameters.Power.State = request->state;
	irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
	result.Status = l62_irp_send(top, irp, NULL);
	if (request->complete) {
		const uint64_t args[] = {(ULONG_PTR)request->device, request->minor,
		                         (uint64_t)request->state.DeviceState,
		                         (ULONG_PTR)request->context, (ULONG_PTR)&result};

		l62_invoke((PVOID)request->complete, args, 5, NULL);
	}
	l62_host_free(request);
}

NTSTATUS NTAPI PoRequestPowerIrp(PDEVICE_OBJECT device, UCHAR minor, POWER_STATE state,
                                 PREQUEST_POWER_COMPLETE complete, PVOID context, PIRP *irp)
{
	struct request *request;

	if (minor != IRP_MN_SET_POWER && minor != IRP_MN_QUERY_POWER &&
	    minor != IRP_MN_WAIT_WAKE)
		return STATUS_INVALID_PARAMETER_2;
	if (irp)
		l62_end_incomplete("PoRequestPowerIrp is asked for its IRP, which leak62 does "
		                   "not give out");
	l62_power_requests++;
	request = l62_host_alloc(sizeof(*request));
	*request = (struct request){device, minor, state, complete, context};
	l62_sched_spawn(send, request, "a power request");
	return STATUS_PENDING;
}
