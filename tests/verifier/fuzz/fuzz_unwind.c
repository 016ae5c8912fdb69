/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * libFuzzer: unwinding by tables that are all of the input: an image of itself, with its
 * RUNTIME_FUNCTIONs where the first bytes say.
 *
 *   0  RVA of the table      4  where rip is, as an RVA
 *   2  number of its rows    6  where rsp is on the stack
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "loader/unwind_plan.h"

enum { HEADER = 8, WORDS = 64, STEPS_MOST = 64 };
#define BASE UINT64_C(0xfffff80000000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a plan does again is what the step did. */
static void check_plan(const struct l62_unwind_table *table, const struct l62_stack *stack,
                       const struct l62_registers *registers)
{
	struct l62_registers step = *registers, again = *registers;
	struct l62_unwind_plan plan;

	if (!l62_unwind_plan_make(&plan, table, stack, UINT16_MAX, &step) || plan.rip == 0)
		return;
	if (!l62_unwind_plan_step(&plan, stack, &again) || again.rip != step.rip ||
	    memcmp(again.gpr, step.gpr, sizeof(again.gpr)) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct l62_unwind_table table = {.image = data, .base = BASE, .size = size};
	struct l62_registers registers = {0};
	struct l62_unwound out;
	uint64_t words[WORDS], before;
	struct l62_stack stack = {(uintptr_t)words, (uintptr_t)(words + WORDS)};
	uint16_t header[HEADER / 2];

	if (size < HEADER + L62_UNWIND_ROW)
		return 0;
	memcpy(header, data, sizeof(header));
	table.rva = header[0] % (uint32_t)(size - L62_UNWIND_ROW);
	table.count = header[1] % (uint32_t)((size - table.rva) / L62_UNWIND_ROW + 1);
	registers.rip = BASE + header[2];
	for (int i = 0; i < WORDS; i++)
		words[i] = BASE + ((uint64_t)data[(size_t)i % size] << 3 ^ (uint64_t)i) % size;
	for (int i = 0; i < 16; i++)
		registers.gpr[i] = stack.low;
	registers.gpr[L62_RSP] += header[3] % sizeof(words);
	for (int i = 0; i < STEPS_MOST; i++) {
		before = registers.gpr[L62_RSP];
		check_plan(&table, &stack, &registers);
		if (!l62_unwind_frame(&table, &stack, &registers, L62_UNWIND_EHANDLER, &out))
			break;
		/* A walk that does not go up would never end. */
		if (registers.gpr[L62_RSP] <= before)
			abort();
	}
	return 0;
}
