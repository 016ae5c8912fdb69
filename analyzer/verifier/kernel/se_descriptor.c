/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Security descriptors and SIDs: the absolute ones of drivers, and those that
 * SeAssignSecurity makes, which are pool until SeDeassignSecurity.
 */
#include "se.h"

ULONG NTAPI RtlLengthSid(PSID sid)
{
	return FIELD_OFFSET(SID, SubAuthority) +
	       ((const SID *)sid)->SubAuthorityCount * (ULONG)sizeof(ULONG);
}

BOOLEAN NTAPI RtlValidSid(PSID sid)
{
	return sid && ((const SID *)sid)->Revision == SID_REVISION &&
	       ((const SID *)sid)->SubAuthorityCount <= SID_MAX_SUB_AUTHORITIES;
}

BOOLEAN NTAPI RtlEqualSid(PSID a, PSID b)
{
	ULONG length = RtlLengthSid(a);

	return length == RtlLengthSid(b) && RtlCompareMemory(a, b, length) == length;
}

NTSTATUS NTAPI RtlCopySid(ULONG size, PSID to, PSID from)
{
	if (size < RtlLengthSid(from))
		return STATUS_BUFFER_TOO_SMALL;
	RtlCopyMemory(to, from, RtlLengthSid(from));
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlCreateSecurityDescriptor(PSECURITY_DESCRIPTOR out, ULONG revision)
{
	if (revision != SECURITY_DESCRIPTOR_REVISION)
		return STATUS_UNKNOWN_REVISION;
	RtlZeroMemory(out, sizeof(SECURITY_DESCRIPTOR));
	((PISECURITY_DESCRIPTOR)out)->Revision = (UCHAR)revision;
	return STATUS_SUCCESS;
}

BOOLEAN NTAPI RtlValidSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor)
{
	return descriptor &&
	       ((PISECURITY_DESCRIPTOR)descriptor)->Revision == SECURITY_DESCRIPTOR_REVISION;
}

/* Only absolute ones can be changed, as documented. */
static NTSTATUS change(PSECURITY_DESCRIPTOR descriptor)
{
	if (!RtlValidSecurityDescriptor(descriptor))
		return STATUS_UNKNOWN_REVISION;
	return ((PISECURITY_DESCRIPTOR)descriptor)->Control & SE_SELF_RELATIVE
	               ? STATUS_INVALID_SECURITY_DESCR
	               : STATUS_SUCCESS;
}

static void flag(PSECURITY_DESCRIPTOR descriptor, SECURITY_DESCRIPTOR_CONTROL bit, BOOLEAN set)
{
	if (set)
		((PISECURITY_DESCRIPTOR)descriptor)->Control |= bit;
	else
		((PISECURITY_DESCRIPTOR)descriptor)->Control &= (USHORT)~bit;
}

NTSTATUS NTAPI RtlSetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, BOOLEAN present,
                                            PACL acl, BOOLEAN by_default)
{
	NTSTATUS status = change(descriptor);

	if (!NT_SUCCESS(status))
		return status;
	flag(descriptor, SE_DACL_PRESENT, present);
	flag(descriptor, SE_DACL_DEFAULTED, present && by_default);
	((PISECURITY_DESCRIPTOR)descriptor)->Dacl = present ? acl : NULL;
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlSetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, PSID owner,
                                             BOOLEAN by_default)
{
	NTSTATUS status = change(descriptor);

	if (!NT_SUCCESS(status))
		return status;
	flag(descriptor, SE_OWNER_DEFAULTED, by_default);
	((PISECURITY_DESCRIPTOR)descriptor)->Owner = owner;
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlSetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, PSID group,
                                             BOOLEAN by_default)
{
	NTSTATUS status = change(descriptor);

	if (!NT_SUCCESS(status))
		return status;
	flag(descriptor, SE_GROUP_DEFAULTED, by_default);
	((PISECURITY_DESCRIPTOR)descriptor)->Group = group;
	return STATUS_SUCCESS;
}

/* Self-relative, with the system for owner and group and no list: all may all. */
NTSTATUS NTAPI SeAssignSecurity(PSECURITY_DESCRIPTOR parent, PSECURITY_DESCRIPTOR explicit,
                                PSECURITY_DESCRIPTOR *out, BOOLEAN is_directory,
                                PSECURITY_SUBJECT_CONTEXT subject, PGENERIC_MAPPING mapping,
                                POOL_TYPE pool)
{
	static const SID system = {1, 1, SECURITY_NT_AUTHORITY, {SECURITY_LOCAL_SYSTEM_RID}};
	struct {
		SECURITY_DESCRIPTOR_RELATIVE head;
		SID sid;
	} *new;

	UNREFERENCED_PARAMETER(parent);
	UNREFERENCED_PARAMETER(explicit);
	UNREFERENCED_PARAMETER(is_directory);
	UNREFERENCED_PARAMETER(subject);
	UNREFERENCED_PARAMETER(mapping);
	new = l62_pool_allocate_type(pool, sizeof(*new), L62_TAG_KERNEL,
	                             L62_FRAMES(L62_FRAME_ExAllocatePool_wrapper));
	if (!new)
		return STATUS_INSUFFICIENT_RESOURCES;
	RtlZeroMemory(new, sizeof(*new));
	new->head.Revision = SECURITY_DESCRIPTOR_REVISION;
	new->head.Control = SE_SELF_RELATIVE;
	new->sid = system;
	new->head.Owner = new->head.Group = (ULONG)((PUCHAR) & new->sid - (PUCHAR) new);
	*out = new;
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI SeAssignSecurityEx(PSECURITY_DESCRIPTOR parent, PSECURITY_DESCRIPTOR explicit,
                                  PSECURITY_DESCRIPTOR *out, GUID *type, BOOLEAN is_directory,
                                  ULONG flags, PSECURITY_SUBJECT_CONTEXT subject,
                                  PGENERIC_MAPPING mapping, POOL_TYPE pool)
{
	UNREFERENCED_PARAMETER(type);
	UNREFERENCED_PARAMETER(flags);
	return SeAssignSecurity(parent, explicit, out, is_directory, subject, mapping, pool);
}

NTSTATUS NTAPI SeDeassignSecurity(PSECURITY_DESCRIPTOR *descriptor)
{
	if (*descriptor)
		l62_pool_free(*descriptor, 0, NULL);
	*descriptor = NULL;
	return STATUS_SUCCESS;
}
