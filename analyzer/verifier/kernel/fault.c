/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The gate in front of the services that can fail (faults.def), called by cpu/gate.S for each
 * call that the driver makes of one, with the arguments as the driver put them.  Whether it
 * is to fail is decided in tracker/faults.c; a call that fails never reaches its service, so
 * nothing of what that would have done happens.
 *
 * To make a service fail: its row in faults.def instead of faults_cannot.def, from its
 * documentation; where it depends on the arguments, a function when_*() here; a request of
 * tests/verifier/inject.
 */
#include "cpu/record.h"
#include "mm.h"
#include "nt.h"

enum form {
	FORM_NEVER,
	FORM_NULL,
	FORM_STATUS,
	FORM_RAISE,
	FORM_STRING,
	FORM_LOWER,
	FORM_FORWARD
};
enum { POOL_RAISES = 0x10, POOL_MUST_SUCCEED = 2, POOL_BASE = 7, QUOTA_FAILS = 8 };
enum { TAG_KINDS = 0x100, NO_OUT = -1, TAG_NONE = 0 };
#define TAG_ARGUMENT(number) ((number) + 1)
#define TAG_KIND(kind) (TAG_KINDS + L62_KIND_##kind)

/* The first four arguments, and the driver's stack: return address, their places, the rest. */
struct call {
	ULONG64 *registers;
	const ULONG64 *stack;
};

static ULONG64 argument(const struct call *call, ULONG number)
{
	return number < 4 ? call->registers[number] : call->stack[1 + number];
}

static enum form when_pool(const struct call *call)
{
	ULONG type = (ULONG)argument(call, 0);

	if ((type & POOL_BASE) == POOL_MUST_SUCCEED)
		return FORM_NEVER;
	return type & POOL_RAISES ? FORM_RAISE : FORM_NULL;
}

static enum form when_pool_flags(const struct call *call)
{
	return argument(call, 0) & POOL_FLAG_RAISE_ON_FAILURE ? FORM_RAISE : FORM_NULL;
}

static enum form when_quota(const struct call *call)
{
	return argument(call, 0) & QUOTA_FAILS ? FORM_NULL : FORM_RAISE;
}

static enum form when_lookaside(const struct call *call)
{
	PPAGED_LOOKASIDE_LIST list = (PPAGED_LOOKASIDE_LIST)argument(call, 0);

	if (l62_nt_slist_depth(&list->L.ListHead) || l62_host_in_image(list->L.Allocate))
		return FORM_NEVER;
	return list->L.Type & POOL_RAISES ? FORM_RAISE : FORM_NULL;
}

/* Of a string that is not to be allocated nothing is wanted but its room. */
static enum form when_string(const struct call *call)
{
	return (BOOLEAN)argument(call, 2) ? FORM_STRING : FORM_NEVER;
}

/* Documented: a mapping for a program raises; in the kernel's half the older routine stops the
 * system, the newer one if it is told to. */
static enum form when_map_old(const struct call *call)
{
	return (KPROCESSOR_MODE)argument(call, 1) == KernelMode ? FORM_NEVER : FORM_RAISE;
}

static enum form when_map(const struct call *call)
{
	if ((KPROCESSOR_MODE)argument(call, 1) != KernelMode)
		return FORM_RAISE;
	return (ULONG)argument(call, 4) ? FORM_NEVER : FORM_NULL;
}

static enum form when_enable(const struct call *call)
{
	return (BOOLEAN)argument(call, 1) ? FORM_STATUS : FORM_NEVER;
}

static enum form when_not_removed(const struct call *call)
{
	return (BOOLEAN)argument(call, 1) ? FORM_NEVER : FORM_STATUS;
}

/* What a driver below may refuse; of the rest, documented, it has to complete with success or
 * its sender does not look.  A question of the PnP manager's that the drivers above have
 * answered well is passed on as it is, documented, by those who know nothing of it. */
static BOOLEAN may_fail(const IO_STACK_LOCATION *next, const IRP *irp)
{
	switch (next->MajorFunction) {
	case IRP_MJ_CREATE:
	case IRP_MJ_READ:
	case IRP_MJ_WRITE:
	case IRP_MJ_FLUSH_BUFFERS:
	case IRP_MJ_QUERY_INFORMATION:
	case IRP_MJ_SET_INFORMATION:
	case IRP_MJ_DEVICE_CONTROL:
	case IRP_MJ_INTERNAL_DEVICE_CONTROL:
		return TRUE;
	case IRP_MJ_PNP:
		if (next->MinorFunction == IRP_MN_START_DEVICE)
			return TRUE;
		return irp->IoStatus.Status != STATUS_SUCCESS &&
		       (next->MinorFunction == IRP_MN_QUERY_CAPABILITIES ||
		        next->MinorFunction == IRP_MN_QUERY_INTERFACE ||
		        next->MinorFunction == IRP_MN_QUERY_DEVICE_RELATIONS);
	default:
		return FALSE;
	}
}

/* Whether an IRP with a location to go on with is sent to a driver of the kernel's own; what is
 * no device or no IRP is for the service to say. */
static BOOLEAN goes_down(PDEVICE_OBJECT device, PIRP irp)
{
	if (!l62_cpu_probe(device, FALSE) || !l62_cpu_probe(irp, FALSE) ||
	    device->Type != IO_TYPE_DEVICE || irp->CurrentLocation <= 1)
		return FALSE;
	return l62_cpu_probe(device->DriverObject, FALSE) &&
	       device->DriverObject->DriverStart == NULL;
}

static enum form when_lower(const struct call *call)
{
	PDEVICE_OBJECT device = (PDEVICE_OBJECT)argument(call, 0);
	PIRP irp = (PIRP)argument(call, 1);

	if (!goes_down(device, irp))
		return FORM_NEVER;
	return may_fail(IoGetNextIrpStackLocation(irp), irp) ? FORM_LOWER : FORM_NEVER;
}

static enum form when_forward(const struct call *call)
{
	PDEVICE_OBJECT device = (PDEVICE_OBJECT)argument(call, 0);
	PIRP irp = (PIRP)argument(call, 1);

	if (!goes_down(device, irp))
		return FORM_NEVER;
	return may_fail(IoGetCurrentIrpStackLocation(irp), irp) ? FORM_FORWARD : FORM_NEVER;
}

#define when_ALWAYS NULL

enum index {
#define L62_SERVICE(name, irql) INDEX_##name,
#define L62_SERVICE_AS(name, symbol, irql) INDEX_##name,
#define L62_DATA(name, variable) INDEX_##name,
#include "services.def"
	INDEXES
};

/* A row that is there twice, or of no service, does not compile. */
static const struct fault {
	enum form form;
	NTSTATUS status;
	CHAR out;
	USHORT tag;
	enum form (*when)(const struct call *call);
	BOOLEAN is_listed;
} faults[INDEXES] = {
#define L62_FAULT(name, form, status, out, tag, when)                                          \
	[INDEX_##name] = {FORM_##form, status, out, tag, when_##when, TRUE},
#include "faults.def"
#define L62_FAULT_NEVER(name) [INDEX_##name] = {.is_listed = TRUE},
#include "faults_cannot.def"
};

/* What users call by name is what the DDK calls so. */
#define L62_STATUS(name, value) _Static_assert((ULONG)name == value, #name);
#include "debugger/statuses.def"

int32_t l62_fault_can(uint32_t service)
{
	return faults[service].form != FORM_NEVER;
}

int32_t l62_fault_is_listed(uint32_t service)
{
	return faults[service].is_listed;
}

static ULONG tag_of(const struct fault *fault, const struct call *call)
{
	enum { PROTECTED = 0x80000000 };

	if (fault->tag >= TAG_KINDS)
		return l62_kind_tag(fault->tag - TAG_KINDS);
	return fault->tag ? (ULONG)argument(call, fault->tag - 1u) & ~(ULONG)PROTECTED : 0;
}

static void clear_out(const struct fault *fault, const struct call *call)
{
	PVOID out = fault->out == NO_OUT ? NULL : (PVOID)argument(call, (ULONG)fault->out);

	if (out && fault->form == FORM_STRING)
		((PUNICODE_STRING)out)->Buffer = NULL;
	else if (out)
		*(PVOID *)out = NULL;
}

/* Returns what the call returns. */
static ULONG64 fail(enum form how, NTSTATUS status, const struct fault *fault,
                    const struct call *call)
{
	PDEVICE_OBJECT device = (PDEVICE_OBJECT)argument(call, 0);
	PIRP irp = (PIRP)argument(call, 1);

	switch (how) {
	case FORM_RAISE:
		l62_nt_raise(status);
	case FORM_LOWER:
		return (ULONG)l62_irp_refuse(device, irp, status);
	case FORM_FORWARD:
		irp->IoStatus.Status = status;
		irp->IoStatus.Information = 0;
		return TRUE;
	case FORM_STATUS:
	case FORM_STRING:
		clear_out(fault, call);
		return (ULONG)status;
	default:
		return 0;
	}
}

/* NULL: registers[0] is what the call returns.  Not inlined, for calling the host costs every
 * register of which the driver knows nothing. */
static __attribute__((noinline)) PVOID decide(const struct call *call, uint32_t service,
                                              enum form how, uint64_t caller)
{
	const struct fault *fault = &faults[service];
	uint32_t kind = how == FORM_RAISE  ? L62_FAULT_RAISES
	                : how == FORM_NULL ? L62_FAULT_IS_NULL
	                                   : L62_FAULT_RETURNS;
	uint32_t status = (uint32_t)fault->status;

	if (!l62_fault_decide(service, tag_of(fault, call), kind, caller, &status))
		return l62_services[service].address;
	call->registers[0] = fail(how, (NTSTATUS)status, fault, call);
	return NULL;
}

/* From gate.S: where to go on, or NULL, as above.  record: of this call. */
PVOID l62_fault_gate(ULONG64 *registers, const ULONG64 *stack, const struct l62_record *record)
{
	struct call call = {registers, stack};
	uint32_t service = l62_service_numbers[record->import];
	const struct fault *fault = &faults[service];
	enum form how = fault->when ? fault->when(&call) : fault->form;

	if (how == FORM_NEVER)
		return l62_services[service].address;
	if (l62_fault_counter.decides)
		return decide(&call, service, how, record->return_address);
	l62_fault_count(service, record->return_address);
	return l62_services[service].address;
}
