/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Structured exception handling: every way into a handler and out of a block. */
// RUN: %analyze %s
// RUN: %scan %s
// RUN: %leaks %t.db %s
#include <ntddk.h>

void unknown(int *p);

/* A raising routine enters the handler. */
int probe_leak(void *user)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	__try {
		ProbeForRead(user, 8, 1);
		ExFreePool(p);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return -2; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
	}
	return 0;
}

int probe_freed(void *user)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	__try {
		ProbeForRead(user, 8, 1);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		ExFreePool(p);
		return -2;
	}
	ExFreePool(p);
	return 0;
}

/* So does using a pointer that may be the user's. */
int user_pointer_leak(int *user)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	__try {
		p[0] = *user;
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return -2; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
	}
	ExFreePool(p);
	return 0;
}

/* One's own memory raises nothing: only the probe before the allocation does. */
int own_pointer(void *user)
{
	int *p;

	__try {
		ProbeForRead(user, 8, 1);
		p = ExAllocatePool(PagedPool, 8);
		if (!p)
			return -1;
		p[0] = 1;
		KeStallExecutionProcessor(1);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return -2;
	}
	ExFreePool(p);
	return 0;
}

struct named {
	int length;
	char text[8];
};

/* Filling it, or copying from a variable, is using it; copying what the user has is not. */
int own_filled(void *user)
{
	struct named *p, at;

	__try {
		ProbeForRead(user, 8, 1);
		p = ExAllocatePool(PagedPool, sizeof(*p));
		if (!p)
			return -1;
		RtlZeroMemory(p, sizeof(*p));
		RtlZeroMemory(&at, sizeof(at));
		memset(p->text, 'A', sizeof(p->text));
		memset((void *)&p->text[1], 66, 2);
		RtlCopyMemory(p->text + 4, at.text, 2);
		memcpy(&p->length, &at.length, sizeof(at.length));
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return -2;
	}
	ExFreePool(p);
	return 0;
}

int own_filled_from_user_leak(void *user)
{
	struct named *p;

	__try {
		ProbeForRead(user, 8, 1);
		p = ExAllocatePool(PagedPool, sizeof(*p));
		if (!p)
			return -1;
		RtlCopyMemory(p->text, user, 4);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return -2; // expected-warning{{leak: 'p' from ExAllocatePool (12 bytes)}}
	}
	ExFreePool(p);
	return 0;
}

int user_filled_leak(void *user)
{
	int *p;

	__try {
		ProbeForRead(user, 8, 1);
		p = ExAllocatePool(PagedPool, 8);
		if (!p)
			return -1;
		RtlZeroMemory(user, 8);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return -2; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
	}
	ExFreePool(p);
	return 0;
}

/* A block in which nothing is known to raise must have its __except for something. */
int raised_by_nothing_known_leak(void)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	__try {
		KeStallExecutionProcessor(1);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return -2; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
	}
	ExFreePool(p);
	return 0;
}

/* Raised before the allocation: nothing to free. */
int allocated_after_probe(void *user)
{
	int *p = NULL;

	__try {
		ProbeForRead(user, 8, 1);
		p = ExAllocatePool(PagedPool, 8);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return -2;
	}
	if (p)
		ExFreePool(p);
	return 0;
}

/* Raised after it, in the same block. */
int allocated_before_probe_leak(void *user)
{
	int *p = NULL;

	__try {
		p = ExAllocatePool(PagedPool, 8);
		ProbeForRead(user, 8, 1);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return -2; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
	}
	if (p)
		ExFreePool(p);
	return 0;
}

int raised_by_own_hand_leak(int n)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	__try {
		if (n > 4)
			ExRaiseStatus(STATUS_UNSUCCESSFUL);
		ExFreePool(p);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return -2; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
	}
	return 0;
}

/* A callee that raises. */
static void probe(void *user)
{
	ProbeForRead(user, 8, 1);
}

int callee_raises_leak(void *user)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	__try {
		probe(user);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return -2; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
	}
	ExFreePool(p);
	return 0;
}

/* Locked only if the routine did not raise; a caller's MDL is the linker's matter. */
int locked_pages(PMDL mdl, int refuse)
{
	__try {
		MmProbeAndLockPages(mdl, 1, 0);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		IoFreeMdl(mdl);
		return -1;
	}
	if (!refuse)
		MmUnlockPages(mdl);
	return 0;
}

/* A filter that never chooses the handler: the exception leaves the function. */
int filter_passes_on_leak(void *user)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	__try {
		ProbeForRead(user, 8, 1);
	} __except (EXCEPTION_CONTINUE_SEARCH) { // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
		ExFreePool(p);
	}
	ExFreePool(p);
	return 0;
}

/* The outer handler gets what the inner one does not. */
int filter_passes_outward(void *user)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	__try {
		__try {
			ProbeForRead(user, 8, 1);
		} __except (EXCEPTION_CONTINUE_SEARCH) {
			return -3; // never
		}
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		ExFreePool(p);
		return -2;
	}
	ExFreePool(p);
	return 0;
}

/* GetExceptionCode() is an error status. */
NTSTATUS exception_code(void *user)
{
	NTSTATUS status = STATUS_SUCCESS;
	int *p = NULL;

	__try {
		p = ExAllocatePool(PagedPool, 8);
		ProbeForRead(user, 8, 1);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = GetExceptionCode();
	}
	if (!NT_SUCCESS(status)) {
		if (p)
			ExFreePool(p);
		return status;
	}
	if (p)
		ExFreePool(p);
	return status;
}

NTSTATUS exception_code_leak(void *user)
{
	NTSTATUS status = STATUS_SUCCESS;
	int *p = NULL;

	__try {
		p = ExAllocatePool(PagedPool, 8);
		ProbeForRead(user, 8, 1);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = GetExceptionCode();
	}
	if (NT_SUCCESS(status) && p)
		ExFreePool(p);
	return status; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
}

/* ---- __finally runs on every way out ---- */

int finally_frees(int n)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	__try {
		if (n == 1)
			return -2;
		if (n == 2)
			__leave;
		if (n == 3)
			goto out;
		unknown(&n);
	} __finally {
		ExFreePool(p);
	}
	return 0;
out:
	return -3;
}

int finally_forgets_leak(int n)
{
	int *p = ExAllocatePool(PagedPool, 8);
	int r = 0;

	if (!p)
		return -1;
	__try {
		if (n > 4)
			__leave; // expected-warning 0-1 {{leak: 'p' from ExAllocatePool (8 bytes)}}
		r = n;
	} __finally {
		KeStallExecutionProcessor(1);
	}
	return r; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
}

int finally_frees_on_failure(int n)
{
	int *p = ExAllocatePool(PagedPool, 8);
	int status = -1;

	if (!p)
		return -1;
	__try {
		if (n > 4)
			__leave;
		status = 0;
	} __finally {
		if (status < 0)
			ExFreePool(p);
	}
	if (status < 0)
		return status;
	ExFreePool(p);
	return 0;
}

int finally_forgets_success_leak(int n)
{
	int *p = ExAllocatePool(PagedPool, 8);
	int status = -1;

	if (!p)
		return -1;
	__try {
		if (n > 4)
			__leave;
		status = 0;
	} __finally {
		if (status < 0)
			ExFreePool(p);
	}
	return status; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
}

/* Each way out of the block keeps its meaning. */
int finally_in_loop(int n)
{
	int i;

	for (i = 0; i < n; i++) {
		int *p = ExAllocatePool(PagedPool, 8);

		if (!p)
			break;
		__try {
			if (i == 1)
				continue;
			if (i == 2)
				break;
			if (i == 3)
				return i;
			if (i == 4)
				goto out;
		} __finally {
			ExFreePool(p);
		}
	}
	return 0;
out:
	return 1;
}

int finally_break_leak(int n)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	while (n--) {
		__try {
			if (n == 3)
				break;
		} __finally {
			KeStallExecutionProcessor(1);
		}
		ExFreePool(p);
		return 0;
	}
	return 0; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
}

/* It runs for an exception too, which then goes on. */
int finally_on_exception(void *user)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	__try {
		__try {
			ProbeForRead(user, 8, 1);
		} __finally {
			ExFreePool(p);
		}
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return -2;
	}
	return 0;
}

int finally_on_exception_leak(void *user)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	__try {
		__try {
			ProbeForRead(user, 8, 1);
		} __finally {
			KeStallExecutionProcessor(1);
		}
		ExFreePool(p);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return -2; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
	}
	return 0;
}

/* AbnormalTermination() tells which way it was. */
int abnormal_termination(void *user)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	__try {
		__try {
			ProbeForRead(user, 8, 1);
		} __finally {
			if (AbnormalTermination())
				ExFreePool(p);
		}
		ExFreePool(p);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return -2;
	}
	return 0;
}

int abnormal_termination_leak(int n)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	__try {
		if (n > 4)
			__leave; // a normal end
	} __finally {
		if (AbnormalTermination())
			ExFreePool(p);
	}
	return 0; // expected-warning{{leak: 'p' from ExAllocatePool (8 bytes)}}
}

int nested_leave(int n)
{
	int *p = ExAllocatePool(PagedPool, 8), *q = NULL;

	if (!p)
		return -1;
	__try {
		q = ExAllocatePool(PagedPool, 16);
		if (!q)
			__leave;
		__try {
			if (n > 4)
				__leave; // the inner one's end
			unknown(&n);
		} __finally {
			ExFreePool(q);
			q = NULL;
		}
	} __finally {
		ExFreePool(p);
	}
	return 0;
}

int leave_in_except_block(int n)
{
	int *p = ExAllocatePool(PagedPool, 8);

	if (!p)
		return -1;
	__try {
		if (n > 4)
			__leave;
		ExFreePool(p);
		p = NULL;
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		KeStallExecutionProcessor(1);
	}
	if (p)
		ExFreePool(p);
	return 0;
}

/* Returned values pass through the rewritten return. */
void *returned_from_try(int n)
{
	__try {
		if (n > 4)
			return ExAllocatePool(PagedPool, 8);
	} __finally {
		KeStallExecutionProcessor(1);
	}
	return NULL;
}

int returned_from_try_leak(void)
{
	void *p = returned_from_try(5);

	return p ? 0 : -1; // expected-warning{{leak: 'p' from returned_from_try (8 bytes)}}
}
