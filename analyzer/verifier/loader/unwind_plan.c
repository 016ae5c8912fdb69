/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Plans out of unwind codes; see unwind_plan.h.  Codes are undone on offsets instead of
 * registers: `at` is rsp as far as they are undone, from where it is known.  Epilogs are not
 * looked for: after a call only a whole one can follow, which comes to the same.
 */
#include "unwind_plan.h"

#include <string.h>

#include "unwind_codes.h"

enum { PARTS_MOST = 32 };

static bool keep(struct l62_unwind_plan *plan, struct l62_unwind_place at, int64_t more,
                 unsigned number)
{
	int64_t offset = at.offset + more;

	if (!(plan->wanted >> number & 1))
		return true;
	if (plan->count == L62_PLAN_SAVED_MOST || offset != (int32_t)offset)
		return false;
	at.offset = (int32_t)offset;
	at.number = (uint8_t)number;
	plan->saved[plan->count++] = at;
	return true;
}

static bool move(struct l62_unwind_place *at, int64_t by)
{
	int64_t offset = at->offset + by;

	at->offset = (int32_t)offset;
	return offset == at->offset;
}

static bool undo(struct l62_unwind_plan *plan, const uint8_t *code, const uint8_t *info,
                 struct l62_unwind_place *at, const struct l62_unwind_place *base)
{
	unsigned number = code[1] >> 4;
	uint32_t large;

	switch (code[1] & 15) {
	case L62_CODE_PUSH_NONVOL:
		return keep(plan, *at, 0, number) && move(at, 8);
	case L62_CODE_ALLOC_LARGE:
		/* Two slots, or three: what is not there is not read. */
		if (number == 0)
			return move(at, l62_code_operand(code) * INT64_C(8));
		memcpy(&large, code + 2, sizeof(large));
		return move(at, large);
	case L62_CODE_ALLOC_SMALL:
		return move(at, number * 8 + 8);
	case L62_CODE_SET_FPREG:
		*at = (struct l62_unwind_place){.offset = -(info[3] >> 4) * 16,
		                                .base = info[3] & 15};
		return true;
	case L62_CODE_SAVE_NONVOL:
		return keep(plan, *base, l62_code_operand(code) * INT64_C(8), number);
	case L62_CODE_SAVE_NONVOL_FAR:
		memcpy(&large, code + 2, sizeof(large));
		return keep(plan, *base, large, number);
	case L62_CODE_PUSH_MACHFRAME:
		return false;
	default:
		return true; /* xmm, epilogs */
	}
}

/* One part of a function; *next: where its chained entry is, or 0. */
static bool add_part(struct l62_unwind_plan *plan, const struct l62_unwind_table *table,
                     uint32_t unwind, struct l62_unwind_place *at, uint64_t *next)
{
	const uint8_t *info = l62_image_at(table, unwind, 4);
	struct l62_unwind_place base = *at;
	uint64_t size;

	if (!info || ((info[0] & 7) != 1 && (info[0] & 7) != 2))
		return false;
	size = (info[2] + 1u) / 2 * 4;
	if (!l62_image_at(table, unwind, 4 + size))
		return false;
	for (unsigned pass = 0; pass < 2; pass++) {
		for (unsigned i = 0; i < info[2];) {
			const uint8_t *code = info + 4 + (size_t)2 * i;
			unsigned step = l62_code_slots(code[1] & 15, code[1] >> 4);

			if (step == 0 || i + step > info[2])
				return false;
			/* Saved registers are counted from the frame register, if any. */
			if (pass == 0 && (code[1] & 15) == L62_CODE_SET_FPREG)
				undo(plan, code, info, &base, &base);
			else if (pass == 1 && !undo(plan, code, info, at, &base))
				return false;
			i += step;
		}
	}
	*next = info[0] >> 3 & L62_UNWIND_CHAINED ? unwind + 4 + size : 0;
	return true;
}

static bool make(struct l62_unwind_plan *plan, const struct l62_unwind_table *table,
                 uint64_t rip)
{
	struct l62_unwind_place at = {.base = L62_RSP};
	const uint8_t *info;
	uint32_t row[3];
	uint64_t next;

	plan->count = 0;
	plan->next = at;
	if (!l62_unwind_find(table, rip, row))
		return true; /* a leaf */
	info = l62_image_at(table, row[2], 4);
	if (!info || rip - table->base - row[0] < info[1])
		return false;
	for (int part = 0; part < PARTS_MOST; part++) {
		const uint8_t *entry;

		if (!add_part(plan, table, row[2], &at, &next))
			return false;
		if (next == 0) {
			plan->next = at;
			return true;
		}
		entry = l62_image_at(table, next, L62_UNWIND_ROW);
		if (!entry)
			return false;
		memcpy(row, entry, sizeof(row));
	}
	return false;
}

bool l62_unwind_plan_step(const struct l62_unwind_plan *plan, const struct l62_stack *stack,
                          struct l62_registers *r)
{
	uint64_t room = stack->high - stack->low - 8, old = r->gpr[L62_RSP];
	uint64_t values[L62_PLAN_SAVED_MOST], at;

	for (uint32_t i = 0; i < plan->count; i++) {
		at = r->gpr[plan->saved[i].base] + (uint64_t)(int64_t)plan->saved[i].offset;
		if (at - stack->low > room)
			return false;
		memcpy(&values[i], (const void *)(uintptr_t)at, 8);
	}
	at = r->gpr[plan->next.base] + (uint64_t)(int64_t)plan->next.offset;
	if (at - stack->low > room || at + 8 <= old)
		return false;
	for (uint32_t i = 0; i < plan->count; i++)
		r->gpr[plan->saved[i].number] = values[i];
	memcpy(&r->rip, (const void *)(uintptr_t)at, 8);
	r->gpr[L62_RSP] = at + 8;
	return true;
}

bool l62_unwind_plan_make(struct l62_unwind_plan *plan, const struct l62_unwind_table *table,
                          const struct l62_stack *stack, uint16_t wanted,
                          struct l62_registers *registers)
{
	struct l62_registers trial = *registers;
	uint64_t rip = registers->rip;
	bool made;

	plan->wanted = wanted | 1u << L62_RSP;
	made = stack->high - stack->low >= 8 && make(plan, table, rip);
	plan->rip = 0;
	if (!l62_unwind_step(table, stack, registers))
		return false;
	if (!made || !l62_unwind_plan_step(plan, stack, &trial) || trial.rip != registers->rip)
		return true;
	for (int i = 0; i < 16; i++) {
		if (plan->wanted >> i & 1 && trial.gpr[i] != registers->gpr[i])
			return true;
	}
	plan->rip = rip;
	return true;
}

uint16_t l62_unwind_bases(const struct l62_unwind_table *table)
{
	unsigned bases = 1u << L62_RSP;

	for (uint32_t i = 0; i < table->count; i++) {
		const uint8_t *row = l62_image_at(
		        table, table->rva + (uint64_t)i * L62_UNWIND_ROW, L62_UNWIND_ROW);
		uint32_t unwind = 0;
		const uint8_t *info;

		if (row)
			memcpy(&unwind, row + 8, sizeof(unwind));
		info = row ? l62_image_at(table, unwind, 4) : NULL;
		if (info)
			bases |= 1u << (info[3] & 15);
	}
	return (uint16_t)bases;
}
