/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What checks in kernel/ need of the host to look at the flags and to stop a driver. */
#include "cpu/capture.h"
#include "host.h"
#include "run/child.h"
#include "tracker.h"

_Static_assert((int)L62_CHECK_FORCE_IRQL == (int)L62_FLAG_FORCE_IRQL, "host.h");
_Static_assert((int)L62_CHECK_IO == (int)L62_FLAG_IO_VERIFICATION, "host.h");
_Static_assert((int)L62_CHECK_DEADLOCK == (int)L62_FLAG_DEADLOCK, "host.h");

int32_t l62_host_checks(uint32_t check)
{
	return (l62_child_flags() & check) != 0;
}

uint64_t l62_host_caller(void)
{
	return l62_capture_caller();
}

_Noreturn void l62_end_violation(const uint16_t *frames, uint32_t code, uint64_t a1,
                                 uint64_t a2, uint64_t a3, uint64_t a4)
{
	struct l62_arena *arena = l62_child_arena();
	uint64_t stack[L62_STACK_DEPTH];
	size_t count = l62_capture(stack, L62_STACK_DEPTH, frames);

	arena->stack = l62_stack_store(arena, stack, count);
	l62_end_bugcheck(code, a1, a2, a3, a4);
}
