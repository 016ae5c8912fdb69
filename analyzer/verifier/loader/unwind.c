/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * One frame by unwind codes of version 1 and 2; see unwind.h.
 *
 *   no RUNTIME_FUNCTION   a leaf: the return address is at rsp
 *   in an epilog          the rest of it is carried out
 *   else                  the codes of the prolog are undone, those that were not
 *                         yet reached left out, then those of chained entries
 */
#include "unwind.h"

#include <string.h>

enum {
	PUSH_NONVOL,
	ALLOC_LARGE,
	ALLOC_SMALL,
	SET_FPREG,
	SAVE_NONVOL,
	SAVE_NONVOL_FAR,
	EPILOG,
	SPARE,
	SAVE_XMM128,
	SAVE_XMM128_FAR,
	PUSH_MACHFRAME
};
enum { CHAINED = 4, CHAIN_MOST = 32 };

struct frame {
	const struct l62_unwind_table *table;
	const struct l62_stack *stack;
	struct l62_registers *r;
};

static const uint8_t *image_at(const struct l62_unwind_table *table, uint64_t rva,
                               uint64_t size)
{
	if (size > table->size || rva > table->size - size)
		return NULL;
	return table->image + rva;
}

static uint32_t read32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static bool stack_read(const struct frame *frame, uint64_t address, void *out, uint64_t size)
{
	if (address < frame->stack->low || address > frame->stack->high ||
	    size > frame->stack->high - address)
		return false;
	memcpy(out, (const void *)(uintptr_t)address, size);
	return true;
}

static bool pop(const struct frame *frame, uint64_t *out)
{
	if (!stack_read(frame, frame->r->gpr[L62_RSP], out, 8))
		return false;
	frame->r->gpr[L62_RSP] += 8;
	return true;
}

bool l62_unwind_find(const struct l62_unwind_table *table, uint64_t rip, uint32_t row[3])
{
	uint64_t rva = rip - table->base;
	uint32_t low = 0, high = table->count;

	if (rip < table->base || rva >= table->size)
		return false;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const uint8_t *at = image_at(
		        table, table->rva + (uint64_t)middle * L62_UNWIND_ROW, L62_UNWIND_ROW);

		if (!at)
			return false;
		for (int i = 0; i < 3; i++)
			row[i] = read32(at + 4 * i);
		if (rva < row[0])
			high = middle;
		else if (rva >= row[1])
			low = middle + 1;
		else
			return true;
	}
	return false;
}

/* How many 16-bit slots a code takes; 0: unknown. */
static unsigned slots(unsigned operation, unsigned info)
{
	switch (operation) {
	case PUSH_NONVOL:
	case ALLOC_SMALL:
	case SET_FPREG:
	case PUSH_MACHFRAME:
		return 1;
	case ALLOC_LARGE:
		return info ? 3 : 2;
	case SAVE_NONVOL:
	case SAVE_XMM128:
	case EPILOG:
		return 2;
	case SAVE_NONVOL_FAR:
	case SAVE_XMM128_FAR:
	case SPARE:
		return 3;
	default:
		return 0;
	}
}

/* Undoes one code; base: where the frame's fixed part lies. */
static bool undo(const struct frame *frame, const uint8_t *code, uint64_t base,
                 const uint8_t *info, bool *machine)
{
	unsigned number = code[1] >> 4;
	uint64_t small = code[2] | (uint64_t)code[3] << 8;
	uint64_t *rsp = &frame->r->gpr[L62_RSP];

	switch (code[1] & 15) {
	case PUSH_NONVOL:
		return pop(frame, &frame->r->gpr[number]);
	case ALLOC_LARGE:
		*rsp += number ? read32(code + 2) : small * 8;
		return true;
	case ALLOC_SMALL:
		*rsp += number * 8 + 8;
		return true;
	case SET_FPREG:
		*rsp = frame->r->gpr[info[3] & 15] - (uint64_t)(info[3] >> 4) * 16;
		return true;
	case SAVE_NONVOL:
		return stack_read(frame, base + small * 8, &frame->r->gpr[number], 8);
	case SAVE_NONVOL_FAR:
		return stack_read(frame, base + read32(code + 2), &frame->r->gpr[number], 8);
	case SAVE_XMM128:
		return stack_read(frame, base + small * 16, frame->r->xmm[number], 16);
	case SAVE_XMM128_FAR:
		return stack_read(frame, base + read32(code + 2), frame->r->xmm[number], 16);
	case PUSH_MACHFRAME:
		*rsp += number ? 8 : 0;
		*machine = stack_read(frame, *rsp, &frame->r->rip, 8) &&
		           stack_read(frame, *rsp + 24, rsp, 8);
		return *machine;
	default:
		return true; /* EPILOG, SPARE: nothing to undo */
	}
}

/* Where codes count rsp from: the frame register's base once it is set. */
static uint64_t frame_base(const struct frame *frame, const uint8_t *info, uint64_t offset)
{
	const uint8_t *codes = info + 4;

	if ((info[3] & 15) == 0)
		return frame->r->gpr[L62_RSP];
	for (unsigned i = 0; i < info[2];) {
		unsigned step = slots(codes[2 * i + 1] & 15, codes[2 * i + 1] >> 4);

		if ((codes[2 * i + 1] & 15) == SET_FPREG && codes[2 * i] <= offset)
			return frame->r->gpr[info[3] & 15] - (uint64_t)(info[3] >> 4) * 16;
		if (step == 0)
			break;
		i += step;
	}
	return frame->r->gpr[L62_RSP];
}

/* All codes of one entry; *next: RVA of the chained entry's row, or 0. */
static bool undo_all(const struct frame *frame, uint32_t unwind, uint64_t offset, bool chained,
                     uint64_t *next, bool *machine)
{
	const uint8_t *info = image_at(frame->table, unwind, 4), *codes;
	uint64_t size, base;

	*next = 0;
	if (!info || ((info[0] & 7) != 1 && (info[0] & 7) != 2))
		return false;
	size = (info[2] + 1u) / 2 * 4;
	if (!image_at(frame->table, unwind, 4 + size))
		return false;
	codes = info + 4;
	if (chained)
		offset = UINT64_MAX;
	base = frame_base(frame, info, offset);
	for (unsigned i = 0; i < info[2];) {
		const uint8_t *code = codes + 2 * i;
		unsigned step = slots(code[1] & 15, code[1] >> 4);

		if (step == 0 || i + step > info[2])
			return false;
		if ((code[1] & 15) == EPILOG || code[0] <= offset) {
			if (!undo(frame, code, base, info, machine))
				return false;
		}
		i += step;
	}
	if (info[0] >> 3 & CHAINED)
		*next = unwind + 4 + size;
	return true;
}

/* Whether the instructions from rip on are an epilog; if so they are carried out. */
static bool finish_epilog(const struct frame *frame, uint64_t end)
{
	struct l62_registers copy = *frame->r;
	struct frame trial = {frame->table, frame->stack, &copy};
	uint64_t rva = copy.rip - frame->table->base;
	const uint8_t *code = image_at(frame->table, rva, end - rva);
	uint64_t left = end - rva, at = 0;

	if (!code)
		return false;
	if (left >= 4 && code[0] == 0x48 && code[1] == 0x83 && code[2] == 0xc4) {
		copy.gpr[L62_RSP] += code[3]; /* add rsp, imm8 */
		at = 4;
	} else if (left >= 7 && code[0] == 0x48 && code[1] == 0x81 && code[2] == 0xc4) {
		copy.gpr[L62_RSP] += read32(code + 3); /* add rsp, imm32 */
		at = 7;
	} else if (left >= 4 && (code[0] & 0xfe) == 0x48 && code[1] == 0x8d &&
	           (code[2] & 0x38) == 0x20 && (code[2] & 7) != 4 && code[2] >> 6 != 3 &&
	           code[2] >> 6 != 0) {
		unsigned number = (code[2] & 7) | (code[0] & 1 ? 8 : 0);
		bool wide = code[2] >> 6 == 2;

		if (wide && left < 7)
			return false;
		/* lea rsp, [register + displacement] */
		copy.gpr[L62_RSP] =
		        copy.gpr[number] + (wide ? (uint64_t)(int64_t)(int32_t)read32(code + 3)
		                                 : (uint64_t)(int64_t)(int8_t)code[3]);
		at = wide ? 7 : 4;
	}
	for (;;) {
		bool high = at < left && code[at] == 0x41;
		uint64_t push = at + high;

		if (push >= left || (code[push] & 0xf8) != 0x58)
			break;
		if (!pop(&trial, &copy.gpr[(code[push] & 7) | (high ? 8 : 0)]))
			return false;
		at = push + 1;
	}
	if (at < left &&
	    (code[at] == 0xc3 || (code[at] == 0xf3 && left - at > 1 && code[at + 1] == 0xc3))) {
		if (!pop(&trial, &copy.rip))
			return false;
		*frame->r = copy;
		return true;
	}
	return false;
}

bool l62_unwind_step(const struct l62_unwind_table *table, const struct l62_stack *stack,
                     struct l62_registers *registers)
{
	struct frame frame = {table, stack, registers};
	uint64_t rva = registers->rip - table->base, before = registers->gpr[L62_RSP], next;
	bool machine = false, chained = false;
	uint32_t row[3];

	if (registers->rip < table->base || rva >= table->size)
		return false;
	if (!l62_unwind_find(table, registers->rip, row))
		return pop(&frame, &registers->rip);
	if (finish_epilog(&frame, row[1]))
		return registers->gpr[L62_RSP] > before;
	for (int depth = 0; depth < CHAIN_MOST; depth++) {
		const uint8_t *at;

		if (!undo_all(&frame, row[2], rva - row[0], chained, &next, &machine))
			return false;
		if (next == 0)
			return (machine || pop(&frame, &registers->rip)) &&
			       registers->gpr[L62_RSP] > before;
		at = image_at(table, next, L62_UNWIND_ROW);
		if (!at)
			return false;
		for (int i = 0; i < 3; i++)
			row[i] = read32(at + 4 * i);
		chained = true;
	}
	return false;
}
