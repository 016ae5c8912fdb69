/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Callbacks before and after handles to processes and threads are made; the highest
 * altitude first before, last after.  Source: ObRegisterCallbacks.
 */
#include "ob.h"

enum { CALLBACKS_MOST = 64, VERSION = OB_FLT_REGISTRATION_VERSION };

struct registration {
	struct registration *next; /* of a lower altitude */
	UNICODE_STRING altitude;
	PVOID context;
	USHORT count;
	OB_OPERATION_REGISTRATION operations[];
};

static struct registration *registrations;

USHORT NTAPI ObGetFilterVersion(VOID)
{
	return VERSION;
}

int l62_altitude_compare(PCUNICODE_STRING a, PCUNICODE_STRING b)
{
	USHORT counts[2] = {a->Length / sizeof(WCHAR), b->Length / sizeof(WCHAR)}, whole[2];
	PCUNICODE_STRING strings[2] = {a, b};

	for (int i = 0; i < 2; i++) {
		for (whole[i] = 0; whole[i] < counts[i] && strings[i]->Buffer[whole[i]] != L'.';
		     whole[i]++)
			;
	}
	if (whole[0] != whole[1])
		return whole[0] < whole[1] ? -1 : 1;
	for (USHORT i = 0; i < counts[0] && i < counts[1]; i++) {
		if (a->Buffer[i] != b->Buffer[i])
			return a->Buffer[i] < b->Buffer[i] ? -1 : 1;
	}
	return (int)counts[0] - (int)counts[1];
}

static NTSTATUS check(const OB_CALLBACK_REGISTRATION *wanted)
{
	if (wanted->Version != VERSION || wanted->OperationRegistrationCount == 0)
		return STATUS_INVALID_PARAMETER;
	for (USHORT i = 0; i < wanted->OperationRegistrationCount; i++) {
		const OB_OPERATION_REGISTRATION *one = &wanted->OperationRegistration[i];

		if (!one->ObjectType || !one->Operations ||
		    (*one->ObjectType != l62_type_process &&
		     *one->ObjectType != l62_type_thread) ||
		    (!one->PreOperation && !one->PostOperation))
			return STATUS_INVALID_PARAMETER;
		/* Documented: they must be in a signed image; all of this one's are. */
		if ((one->PreOperation && !l62_host_in_image((PVOID)one->PreOperation)) ||
		    (one->PostOperation && !l62_host_in_image((PVOID)one->PostOperation)))
			return STATUS_ACCESS_DENIED;
	}
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI ObRegisterCallbacks(POB_CALLBACK_REGISTRATION wanted, PVOID *handle)
{
	NTSTATUS status = check(wanted);
	struct registration *new, **link = &registrations;
	SIZE_T size = wanted->OperationRegistrationCount * sizeof(new->operations[0]);

	if (!NT_SUCCESS(status))
		return status;
	while (*link && l62_altitude_compare(&(*link)->altitude, &wanted->Altitude) > 0)
		link = &(*link)->next;
	if (*link && l62_altitude_compare(&(*link)->altitude, &wanted->Altitude) == 0)
		return STATUS_FLT_INSTANCE_ALTITUDE_COLLISION;
	new = l62_host_alloc(sizeof(*new) + size + wanted->Altitude.Length);
	new->altitude.Buffer = (PWSTR)((PUCHAR)(new + 1) + size);
	new->altitude.Length = new->altitude.MaximumLength = wanted->Altitude.Length;
	RtlCopyMemory(new->altitude.Buffer, wanted->Altitude.Buffer, wanted->Altitude.Length);
	RtlCopyMemory(new->operations, wanted->OperationRegistration, size);
	new->count = wanted->OperationRegistrationCount;
	new->context = wanted->RegistrationContext;
	new->next = *link;
	*link = new;
	l62_root_add(&new->context, sizeof(new->context), "the context of object callbacks");
	*handle = new;
	return STATUS_SUCCESS;
}

VOID NTAPI ObUnRegisterCallbacks(PVOID handle)
{
	struct registration **link = &registrations;

	while (*link && *link != handle)
		link = &(*link)->next;
	if (!*link)
		l62_end_incomplete("ObUnRegisterCallbacks is given what ObRegisterCallbacks "
		                   "has not given out, or not any more");
	l62_root_remove(&(*link)->context);
	*link = (*link)->next;
	l62_host_free(handle);
}

BOOLEAN l62_object_is_watched(void)
{
	return registrations != NULL;
}

struct call {
	const OB_OPERATION_REGISTRATION *operation;
	PVOID registration_context, call_context;
};

static ACCESS_MASK before(const struct call *call, POB_PRE_OPERATION_INFORMATION info,
                          ACCESS_MASK original, ACCESS_MASK access)
{
	OB_PRE_OPERATION_PARAMETERS parameters;
	const uint64_t args[] = {(ULONG_PTR)call->registration_context, (ULONG_PTR)info};

	parameters.CreateHandleInformation.OriginalDesiredAccess = original;
	parameters.CreateHandleInformation.DesiredAccess = access;
	info->Parameters = &parameters;
	info->CallContext = NULL;
	l62_invoke((PVOID)call->operation->PreOperation, args, 2, NULL);
	/* Documented: rights may be taken away, not from a handle of the kernel. */
	if (info->KernelHandle)
		return access;
	return access & parameters.CreateHandleInformation.DesiredAccess;
}

static void after(const struct call *call, POB_PRE_OPERATION_INFORMATION made,
                  ACCESS_MASK access)
{
	OB_POST_OPERATION_PARAMETERS parameters;
	OB_POST_OPERATION_INFORMATION info = {.Operation = made->Operation,
	                                      .Flags = made->Flags,
	                                      .Object = made->Object,
	                                      .ObjectType = made->ObjectType,
	                                      .CallContext = call->call_context,
	                                      .ReturnStatus = STATUS_SUCCESS,
	                                      .Parameters = &parameters};
	const uint64_t args[] = {(ULONG_PTR)call->registration_context, (ULONG_PTR)&info};

	parameters.CreateHandleInformation.GrantedAccess = access;
	l62_invoke((PVOID)call->operation->PostOperation, args, 2, NULL);
}

static ULONG collect(POBJECT_TYPE type, struct call *calls)
{
	ULONG count = 0;

	for (struct registration *one = registrations; one; one = one->next) {
		for (USHORT i = 0; i < one->count && count < CALLBACKS_MOST; i++) {
			if (*one->operations[i].ObjectType == type &&
			    one->operations[i].Operations & OB_OPERATION_HANDLE_CREATE)
				calls[count++] =
				        (struct call){&one->operations[i], one->context, NULL};
		}
	}
	return count;
}

ACCESS_MASK l62_object_opening(PVOID body, POBJECT_TYPE type, ACCESS_MASK access,
                               BOOLEAN kernel)
{
	struct call calls[CALLBACKS_MOST];
	OB_PRE_OPERATION_INFORMATION info = {
	        .Operation = OB_OPERATION_HANDLE_CREATE, .Object = body, .ObjectType = type};
	ULONG count = collect(type, calls);
	ACCESS_MASK granted = access;

	info.KernelHandle = kernel;
	for (ULONG i = 0; i < count; i++) {
		if (calls[i].operation->PreOperation)
			granted = before(&calls[i], &info, access, granted);
		calls[i].call_context = info.CallContext;
	}
	for (ULONG i = count; i-- > 0;) {
		if (calls[i].operation->PostOperation)
			after(&calls[i], &info, granted);
	}
	return granted;
}
