/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Who is asking, and whether it may: there is one token, the system's, and it may
 * everything; the scenario may have it restricted.  Subject contexts are counted, so that
 * one that is released twice, or not locked, ends the run.
 */
#include "drive.h"
#include "se.h"

/* TOKEN is opaque to drivers. */
struct token {
	ULONG privileges;
};

static struct _OBJECT_TYPE token_type = {&token_type, "Token", NULL, NULL};
POBJECT_TYPE l62_type_token = &token_type;

static struct token *token(void)
{
	static struct token *system;

	if (!system) {
		system = l62_host_alloc(sizeof(*system));
		l62_object_insert(system, l62_type_token);
	}
	return system;
}

static LONG captured, locked;

VOID NTAPI SeCaptureSubjectContext(PSECURITY_SUBJECT_CONTEXT subject)
{
	RtlZeroMemory(subject, sizeof(*subject));
	subject->PrimaryToken = token();
	subject->ProcessAuditId = PsGetCurrentProcessId();
	ObfReferenceObject(subject->PrimaryToken);
	captured++;
}

VOID NTAPI SeReleaseSubjectContext(PSECURITY_SUBJECT_CONTEXT subject)
{
	if (captured-- <= 0 || !subject->PrimaryToken)
		l62_end_incomplete("SeReleaseSubjectContext is given a context that is not "
		                   "captured, or not any more");
	ObfDereferenceObject(subject->PrimaryToken);
	subject->PrimaryToken = NULL;
}

VOID NTAPI SeLockSubjectContext(PSECURITY_SUBJECT_CONTEXT subject)
{
	UNREFERENCED_PARAMETER(subject);
	locked++;
}

VOID NTAPI SeUnlockSubjectContext(PSECURITY_SUBJECT_CONTEXT subject)
{
	UNREFERENCED_PARAMETER(subject);
	if (locked-- <= 0)
		l62_end_incomplete("SeUnlockSubjectContext is called without a lock");
}

BOOLEAN NTAPI SeAccessCheck(PSECURITY_DESCRIPTOR descriptor, PSECURITY_SUBJECT_CONTEXT subject,
                            BOOLEAN is_locked, ACCESS_MASK wanted, ACCESS_MASK had,
                            PPRIVILEGE_SET *privileges, PGENERIC_MAPPING mapping,
                            KPROCESSOR_MODE mode, PACCESS_MASK granted, PNTSTATUS status)
{
	UNREFERENCED_PARAMETER(subject);
	UNREFERENCED_PARAMETER(is_locked);
	if (privileges)
		*privileges = NULL;
	if (wanted & MAXIMUM_ALLOWED)
		wanted = (wanted & ~(ACCESS_MASK)MAXIMUM_ALLOWED) | mapping->GenericAll;
	RtlMapGenericMask(&wanted, mapping);
	/* Documented: no descriptor, no access, unless the kernel asks. */
	if (!descriptor && mode != KernelMode) {
		*status = STATUS_ACCESS_DENIED;
		*granted = 0;
		return FALSE;
	}
	*status = STATUS_SUCCESS;
	*granted = wanted | had;
	return TRUE;
}

BOOLEAN NTAPI SeSinglePrivilegeCheck(LUID privilege, KPROCESSOR_MODE mode)
{
	UNREFERENCED_PARAMETER(privilege);
	UNREFERENCED_PARAMETER(mode);
	return TRUE;
}

BOOLEAN NTAPI SePrivilegeCheck(PPRIVILEGE_SET set, PSECURITY_SUBJECT_CONTEXT subject,
                               KPROCESSOR_MODE mode)
{
	UNREFERENCED_PARAMETER(subject);
	UNREFERENCED_PARAMETER(mode);
	for (ULONG i = 0; i < set->PrivilegeCount; i++)
		set->Privilege[i].Attributes |= SE_PRIVILEGE_USED_FOR_ACCESS;
	return TRUE;
}

BOOLEAN NTAPI SeTokenIsAdmin(PACCESS_TOKEN body)
{
	UNREFERENCED_PARAMETER(body);
	return TRUE;
}

static BOOLEAN is_restricted;

void l62_token_restrict(BOOLEAN restricted)
{
	is_restricted = restricted;
}

BOOLEAN NTAPI SeTokenIsRestricted(PACCESS_TOKEN body)
{
	UNREFERENCED_PARAMETER(body);
	return is_restricted;
}

PACCESS_TOKEN NTAPI PsReferencePrimaryToken(PEPROCESS process)
{
	UNREFERENCED_PARAMETER(process);
	ObfReferenceObject(token());
	return token();
}

VOID NTAPI PsDereferencePrimaryToken(PACCESS_TOKEN body)
{
	ObfDereferenceObject(body);
}

VOID NTAPI RtlMapGenericMask(PACCESS_MASK mask, PGENERIC_MAPPING mapping)
{
	static const ACCESS_MASK generic[] = {GENERIC_READ, GENERIC_WRITE, GENERIC_EXECUTE,
	                                      GENERIC_ALL};
	const ACCESS_MASK specific[] = {mapping->GenericRead, mapping->GenericWrite,
	                                mapping->GenericExecute, mapping->GenericAll};

	for (int i = 0; i < (int)RTL_NUMBER_OF(generic); i++) {
		if (*mask & generic[i])
			*mask = (*mask & ~generic[i]) | specific[i];
	}
}

/* What a buffer of the information's class holds is pool, the driver's. */
NTSTATUS NTAPI SeQueryInformationToken(PACCESS_TOKEN body, TOKEN_INFORMATION_CLASS class,
                                       PVOID *information)
{
	static const SID system = {1, 1, SECURITY_NT_AUTHORITY, {SECURITY_LOCAL_SYSTEM_RID}};
	struct {
		TOKEN_USER user; /* TOKEN_OWNER and TOKEN_PRIMARY_GROUP begin alike */
		SID sid;
	} *out;

	UNREFERENCED_PARAMETER(body);
	if (class != TokenUser && class != TokenOwner && class != TokenPrimaryGroup)
		return STATUS_INVALID_INFO_CLASS;
	out = l62_pool_allocate_type(PagedPool, sizeof(*out), L62_TAG_KERNEL,
	                             L62_FRAMES(L62_FRAME_ExAllocatePool_wrapper));
	if (!out)
		return STATUS_INSUFFICIENT_RESOURCES;
	out->user.User.Attributes = 0;
	out->user.User.Sid = &out->sid;
	out->sid = system;
	*information = out;
	return STATUS_SUCCESS;
}

/* Impersonation: a thread keeps the token that it was given; to whom it belongs changes
 * nothing, for everybody may everything. */
static struct impersonation {
	struct impersonation *next;
	PETHREAD thread;
	PACCESS_TOKEN token; /* with a reference */
} *impersonations;

NTSTATUS NTAPI PsImpersonateClient(PETHREAD thread, PACCESS_TOKEN client, BOOLEAN copy,
                                   BOOLEAN effective, SECURITY_IMPERSONATION_LEVEL level)
{
	struct impersonation **link = &impersonations, *one;

	UNREFERENCED_PARAMETER(copy);
	UNREFERENCED_PARAMETER(effective);
	UNREFERENCED_PARAMETER(level);
	while (*link && (*link)->thread != thread)
		link = &(*link)->next;
	one = *link;
	/* Documented: no token ends the impersonation. */
	if (one) {
		*link = one->next;
		ObfDereferenceObject(one->token);
		l62_host_free(one);
	}
	if (!client)
		return STATUS_SUCCESS;
	ObfReferenceObject(client);
	one = l62_host_alloc(sizeof(*one));
	one->thread = thread;
	one->token = client;
	one->next = impersonations;
	impersonations = one;
	return STATUS_SUCCESS;
}

VOID NTAPI PsRevertToSelf(VOID)
{
	PsImpersonateClient((PETHREAD)l62_nt_thread(), NULL, FALSE, FALSE, SecurityAnonymous);
}

NTSTATUS NTAPI SeCreateClientSecurity(PETHREAD thread, PSECURITY_QUALITY_OF_SERVICE quality,
                                      BOOLEAN remote, PSECURITY_CLIENT_CONTEXT context)
{
	UNREFERENCED_PARAMETER(thread);
	UNREFERENCED_PARAMETER(remote);
	RtlZeroMemory(context, sizeof(*context));
	context->SecurityQos = *quality;
	context->ClientToken = token();
	ObfReferenceObject(context->ClientToken);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI SeImpersonateClientEx(PSECURITY_CLIENT_CONTEXT context, PETHREAD thread)
{
	return PsImpersonateClient(thread ? thread : (PETHREAD)l62_nt_thread(),
	                           context->ClientToken, context->DirectlyAccessClientToken,
	                           context->DirectAccessEffectiveOnly,
	                           context->SecurityQos.ImpersonationLevel);
}

VOID NTAPI SeImpersonateClient(PSECURITY_CLIENT_CONTEXT context, PETHREAD thread)
{
	SeImpersonateClientEx(context, thread);
}
