/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Run-down protection: Count is twice the number of those that have it; its lowest bit says
 * that it runs down, after which nobody gets it.
 */
#include "nt.h"

enum { RUNNING_DOWN = 1, ONE = 2 };

struct waiter {
	struct waiter *next;
	PEX_RUNDOWN_REF ref;
	KEVENT gone;
};

static struct waiter *waiters;

VOID FASTCALL ExInitializeRundownProtection(PEX_RUNDOWN_REF ref)
{
	ref->Count = 0;
}

VOID FASTCALL ExReInitializeRundownProtection(PEX_RUNDOWN_REF ref)
{
	ref->Count = 0;
}

BOOLEAN FASTCALL ExAcquireRundownProtectionEx(PEX_RUNDOWN_REF ref, ULONG count)
{
	if (ref->Count & RUNNING_DOWN)
		return FALSE;
	ref->Count += (ULONG_PTR)count * ONE;
	return TRUE;
}

BOOLEAN FASTCALL ExAcquireRundownProtection(PEX_RUNDOWN_REF ref)
{
	return ExAcquireRundownProtectionEx(ref, 1);
}

VOID FASTCALL ExReleaseRundownProtectionEx(PEX_RUNDOWN_REF ref, ULONG count)
{
	if (ref->Count / ONE < count)
		l62_end_incomplete("the driver releases run-down protection that it does not "
		                   "have");
	ref->Count -= (ULONG_PTR)count * ONE;
	for (struct waiter *one = waiters; one && ref->Count == RUNNING_DOWN; one = one->next) {
		if (one->ref == ref)
			KeSetEvent(&one->gone, 0, FALSE);
	}
}

VOID FASTCALL ExReleaseRundownProtection(PEX_RUNDOWN_REF ref)
{
	ExReleaseRundownProtectionEx(ref, 1);
}

VOID FASTCALL ExWaitForRundownProtectionRelease(PEX_RUNDOWN_REF ref)
{
	struct waiter self = {.next = waiters, .ref = ref}, **link = &waiters;

	KeInitializeEvent(&self.gone, NotificationEvent, FALSE);
	ref->Count |= RUNNING_DOWN;
	if (ref->Count == RUNNING_DOWN)
		return;
	waiters = &self;
	l62_wait(&self.gone.Header, "ExWaitForRundownProtectionRelease", NULL);
	while (*link != &self)
		link = &(*link)->next;
	*link = self.next;
}

VOID FASTCALL ExRundownCompleted(PEX_RUNDOWN_REF ref)
{
	ref->Count = RUNNING_DOWN;
}

/* Cache-aware protection spreads its count over the processors, of which there is one. */
struct _EX_RUNDOWN_REF_CACHE_AWARE {
	EX_RUNDOWN_REF ref;
};

PEX_RUNDOWN_REF_CACHE_AWARE NTAPI ExAllocateCacheAwareRundownProtection(POOL_TYPE type,
                                                                        ULONG tag)
{
	UNREFERENCED_PARAMETER(type);
	UNREFERENCED_PARAMETER(tag);
	return l62_host_alloc(sizeof(struct _EX_RUNDOWN_REF_CACHE_AWARE));
}

VOID NTAPI ExFreeCacheAwareRundownProtection(PEX_RUNDOWN_REF_CACHE_AWARE aware)
{
	l62_host_free(aware);
}

BOOLEAN FASTCALL ExAcquireRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE aware)
{
	return ExAcquireRundownProtection(&aware->ref);
}

BOOLEAN FASTCALL ExAcquireRundownProtectionCacheAwareEx(PEX_RUNDOWN_REF_CACHE_AWARE aware,
                                                        ULONG count)
{
	return ExAcquireRundownProtectionEx(&aware->ref, count);
}

VOID FASTCALL ExReleaseRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE aware)
{
	ExReleaseRundownProtection(&aware->ref);
}

VOID FASTCALL ExReleaseRundownProtectionCacheAwareEx(PEX_RUNDOWN_REF_CACHE_AWARE aware,
                                                     ULONG count)
{
	ExReleaseRundownProtectionEx(&aware->ref, count);
}

VOID FASTCALL ExWaitForRundownProtectionReleaseCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE aware)
{
	ExWaitForRundownProtectionRelease(&aware->ref);
}

VOID FASTCALL ExRundownCompletedCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE aware)
{
	ExRundownCompleted(&aware->ref);
}

VOID FASTCALL ExReInitializeRundownProtectionCacheAware(PEX_RUNDOWN_REF_CACHE_AWARE aware)
{
	ExReInitializeRundownProtection(&aware->ref);
}
