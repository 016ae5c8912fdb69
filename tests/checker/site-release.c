/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Where the function that owns a resource gets it released, on whatever path: in the
 * call that does it or in the one that leads there.  And every exit that loses it is a
 * leak of its own.
 */
// RUN: sed -n 's/^SUM //p' %s > %t.sum
// RUN: %plugin_only %plugin_arg out=%t.db %plugin_arg summaries=%t.sum %s
// RUN: %dump %t.db site_release | FileCheck %s --check-prefix=RELEASE
// RUN: %dump %t.db path_leak | FileCheck %s --check-prefix=LEAK
#if 0
SUM leak62-summaries 1
SUM S Elsewhere e 1 -
SUM O - - rel:0:.:POOL
#endif
#include <ntddk.h>

void Elsewhere(void *p);

static void Discard(void *p)
{
	ExFreePoolWithTag(p, 'tset');
}

int Direct(int a, int b, int c)
{
	int result = 0;
	char *p = ExAllocatePoolWithTag(NonPagedPool, 16, 'tset');
	if (!p)
		return 1;
	if (a) {
		result = a;
		goto out;
	}
	// LEAK: path_leak: Direct | ExAllocatePoolWithTag:[[@LINE-7]] | [[@LINE-2]] |
	if (b) {
		result = b;
		goto out;
	}
	// LEAK-NEXT: path_leak: Direct | ExAllocatePoolWithTag:[[@LINE-12]] | [[@LINE-2]] |
	if (c)
		return c;
	// LEAK-NEXT: path_leak: Direct | ExAllocatePoolWithTag:[[@LINE-15]] | [[@LINE-1]] |
	ExFreePoolWithTag(p, 'tset');
	// RELEASE: site_release: Direct | ExAllocatePoolWithTag:[[@LINE-17]] | ExFreePoolWithTag | [[@LINE-1]]
out:
	return result;
}

int ThroughHelper(int a)
{
	char *p = ExAllocatePoolWithTag(NonPagedPool, 16, 'tset');
	if (!p)
		return 1;
	if (a)
		Discard(p);
	// RELEASE-NEXT: site_release: ThroughHelper | ExAllocatePoolWithTag:[[@LINE-5]] | ExFreePoolWithTag | [[@LINE-1]]
	return 0;
	// LEAK-NEXT: path_leak: ThroughHelper | ExAllocatePoolWithTag:[[@LINE-7]] | [[@LINE-1]] |
}

int ThroughOtherFile(int a)
{
	char *p = ExAllocatePoolWithTag(NonPagedPool, 16, 'tset');
	if (a)
		return a;
	// LEAK-NEXT: path_leak: ThroughOtherFile | ExAllocatePoolWithTag:[[@LINE-3]] | [[@LINE-1]] |
	Elsewhere(p);
	// RELEASE-NEXT: site_release: ThroughOtherFile | ExAllocatePoolWithTag:[[@LINE-5]] | Elsewhere | [[@LINE-1]]
	return 0;
}

// The twin is no leak, and the release in it is none of the other's.
int Corrected(int a)
{
	char *p = ExAllocatePoolWithTag(NonPagedPool, 16, 'tset');
	if (!p)
		return 1;
	ExFreePoolWithTag(p, 'tset');
	// RELEASE-NEXT: site_release: Corrected | ExAllocatePoolWithTag:[[@LINE-4]] | ExFreePoolWithTag | [[@LINE-1]]
	return a ? 2 : 0;
}

// What is not one of the function's own is not recorded.
void Given(void *p)
{
	ExFreePoolWithTag(p, 'tset');
}
// RELEASE-NEXT: site_release: end
// LEAK-NEXT: path_leak: end
