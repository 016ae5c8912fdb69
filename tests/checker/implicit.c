/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Without a declaration an allocator returns int: nothing to follow, no crash. */
// RUN: %analyze -std=gnu89 -Wno-error=implicit-function-declaration %s
// RUN: %scan -std=gnu89 -Wno-error=implicit-function-declaration %s
// RUN: %leaks %t.db %s
// expected-no-diagnostics

int undeclared(int n)
{
	char *p = (char *)ExAllocatePoolWithTag(1, 8, 0);

	ExFreePoolWithTag();
	IoAllocateMdl();
	ZwOpenKey();
	RtlAnsiStringToUnicodeString(p);
	InterlockedExchangePointer();
	IoSetCompletionRoutine();
	KeInitializeDpc(n);
	RtlZeroMemory(p);
	__try {
		ProbeForRead();
	} __except (1) {
		n = 2;
	}
	return n;
}

/* Names of the table that are something else here. */
typedef struct {
	int ExFreePool;
} record;

int ExAllocatePool2(void)
{
	return 1;
}

int named_like_it(record *r)
{
	return r->ExFreePool + ExAllocatePool2();
}
