/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * One frame by unwind codes of version 1 and 2; see unwind.h.
 *
 *   no RUNTIME_FUNCTION   a leaf: the return address is at rsp
 *   in an epilog          the rest of it is carried out: version 2 says where epilogs
 *                         are, before it their instructions tell; one ends in ret or
 *                         in a jmp that leaves the function
 *   else                  the codes of the prolog are undone, those that were not
 *                         yet reached left out, then those of chained entries
 */
#include "unwind.h"

#include <string.h>

#include "unwind_codes.h"

enum { CHAIN_MOST = 32, NO_EPILOG = 0, IN_EPILOG = 1, UNKNOWN = 2 };

struct frame {
	const struct l62_unwind_table *table;
	const struct l62_stack *stack;
	struct l62_registers *r;
};

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

static bool find(const struct l62_unwind_table *table, uint64_t rip, uint32_t row[3],
                 uint32_t *row_rva)
{
	uint64_t rva = rip - table->base;
	uint32_t low = 0, high = table->count;

	if (rip < table->base || rva >= table->size)
		return false;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const uint8_t *at = l62_image_at(
		        table, table->rva + (uint64_t)middle * L62_UNWIND_ROW, L62_UNWIND_ROW);

		if (!at)
			return false;
		for (int i = 0; i < 3; i++)
			row[i] = read32(at + 4 * i);
		if (rva < row[0])
			high = middle;
		else if (rva >= row[1])
			low = middle + 1;
		else {
			*row_rva = table->rva + middle * L62_UNWIND_ROW;
			return true;
		}
	}
	return false;
}

bool l62_unwind_find(const struct l62_unwind_table *table, uint64_t rip, uint32_t row[3])
{
	uint32_t row_rva;

	return find(table, rip, row, &row_rva);
}

unsigned l62_code_slots(unsigned operation, unsigned info)
{
	switch (operation) {
	case L62_CODE_PUSH_NONVOL:
	case L62_CODE_ALLOC_SMALL:
	case L62_CODE_SET_FPREG:
	case L62_CODE_PUSH_MACHFRAME:
		return 1;
	case L62_CODE_ALLOC_LARGE:
		return info ? 3 : 2;
	case L62_CODE_SAVE_NONVOL:
	case L62_CODE_SAVE_XMM128:
	case L62_CODE_EPILOG:
		return 2;
	case L62_CODE_SAVE_NONVOL_FAR:
	case L62_CODE_SAVE_XMM128_FAR:
	case L62_CODE_SPARE:
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
	uint64_t *rsp = &frame->r->gpr[L62_RSP];

	switch (code[1] & 15) {
	case L62_CODE_PUSH_NONVOL:
		return pop(frame, &frame->r->gpr[number]);
	case L62_CODE_ALLOC_LARGE:
		*rsp += number ? read32(code + 2) : l62_code_operand(code) * UINT64_C(8);
		return true;
	case L62_CODE_ALLOC_SMALL:
		*rsp += number * 8 + 8;
		return true;
	case L62_CODE_SET_FPREG:
		*rsp = frame->r->gpr[info[3] & 15] - (uint64_t)(info[3] >> 4) * 16;
		return true;
	case L62_CODE_SAVE_NONVOL:
		return stack_read(frame, base + l62_code_operand(code) * UINT64_C(8),
		                  &frame->r->gpr[number], 8);
	case L62_CODE_SAVE_NONVOL_FAR:
		return stack_read(frame, base + read32(code + 2), &frame->r->gpr[number], 8);
	case L62_CODE_SAVE_XMM128:
		return stack_read(frame, base + l62_code_operand(code) * UINT64_C(16),
		                  frame->r->xmm[number], 16);
	case L62_CODE_SAVE_XMM128_FAR:
		return stack_read(frame, base + read32(code + 2), frame->r->xmm[number], 16);
	case L62_CODE_PUSH_MACHFRAME:
		*rsp += number ? 8 : 0;
		*machine = stack_read(frame, *rsp, &frame->r->rip, 8) &&
		           stack_read(frame, *rsp + 24, rsp, 8);
		return *machine;
	default:
		return true; /* L62_CODE_EPILOG, L62_CODE_SPARE: nothing to undo */
	}
}

/* Where codes count rsp from: the frame register's base once it is set. */
static uint64_t frame_base(const struct frame *frame, const uint8_t *info, uint64_t offset)
{
	const uint8_t *codes = info + 4;

	if ((info[3] & 15) == 0)
		return frame->r->gpr[L62_RSP];
	for (unsigned i = 0; i < info[2];) {
		unsigned step = l62_code_slots(codes[2 * i + 1] & 15, codes[2 * i + 1] >> 4);

		if ((codes[2 * i + 1] & 15) == L62_CODE_SET_FPREG && codes[2 * i] <= offset)
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
	const uint8_t *info = l62_image_at(frame->table, unwind, 4), *codes;
	uint64_t size, base;

	*next = 0;
	if (!info || ((info[0] & 7) != 1 && (info[0] & 7) != 2))
		return false;
	size = (info[2] + 1u) / 2 * 4;
	if (!l62_image_at(frame->table, unwind, 4 + size))
		return false;
	codes = info + 4;
	if (chained)
		offset = UINT64_MAX;
	base = frame_base(frame, info, offset);
	for (unsigned i = 0; i < info[2];) {
		const uint8_t *code = codes + 2 * i;
		unsigned step = l62_code_slots(code[1] & 15, code[1] >> 4);

		if (step == 0 || i + step > info[2])
			return false;
		if ((code[1] & 15) == L62_CODE_EPILOG || code[0] <= offset) {
			if (!undo(frame, code, base, info, machine))
				return false;
		}
		i += step;
	}
	if (info[0] >> 3 & L62_UNWIND_CHAINED)
		*next = unwind + 4 + size;
	return true;
}

/* Where a function's first part begins, for any of its parts. */
static uint32_t primary(const struct l62_unwind_table *table, const uint32_t row[3])
{
	uint32_t begin = row[0], unwind = row[2];

	for (int depth = 0; depth < CHAIN_MOST; depth++) {
		const uint8_t *info = l62_image_at(table, unwind, 4), *parent;

		if (!info || !(info[0] >> 3 & L62_UNWIND_CHAINED))
			break;
		parent = l62_image_at(table, (uint64_t)unwind + 4 + (info[2] + 1u) / 2 * 4,
		                      L62_UNWIND_ROW);
		if (!parent)
			break;
		begin = read32(parent);
		unwind = read32(parent + 8);
	}
	return begin;
}

/* Whether a jmp to rva leaves the function of row: to another one, or to itself anew. */
static bool leaves(const struct l62_unwind_table *table, const uint32_t row[3], uint64_t rva)
{
	uint32_t begin = primary(table, row), other[3];

	if (rva == begin)
		return true;
	if (rva >= row[0] && rva < row[1])
		return false;
	return !l62_unwind_find(table, table->base + rva, other) ||
	       primary(table, other) != begin;
}

/* Whether a jmp of left bytes at code ends an epilog; certain: it is in one. */
static bool is_tail_jump(const struct l62_unwind_table *table, const uint32_t row[3],
                         const uint8_t *code, uint64_t left, uint64_t rva, bool certain)
{
	bool rex = left > 0 && (code[0] & 0xf0) == 0x40;
	bool wide = rex && code[0] & 8;

	if (left >= 5 && code[0] == 0xe9)
		return certain ||
		       leaves(table, row,
		              rva + 5 + (uint64_t)(int64_t)(int32_t)read32(code + 1));
	if (left >= 2 && code[0] == 0xeb)
		return certain ||
		       leaves(table, row, rva + 2 + (uint64_t)(int64_t)(int8_t)code[1]);
	code += rex;
	left -= rex;
	/* With REX.W, or through memory without displacement and index: other indirect
	 * jumps are switches. */
	return left >= 2 && code[0] == 0xff && (code[1] >> 3 & 7) == 4 &&
	       (certain || wide || (code[1] >> 6 == 0 && (code[1] & 7) != 4));
}

/* add rsp, constant or lea rsp, [register + displacement]: its length, or 0. */
static uint64_t release(const uint8_t *code, uint64_t left, struct l62_registers *r)
{
	if (left >= 4 && code[0] == 0x48 && code[1] == 0x83 && code[2] == 0xc4) {
		r->gpr[L62_RSP] += code[3];
		return 4;
	}
	if (left >= 7 && code[0] == 0x48 && code[1] == 0x81 && code[2] == 0xc4) {
		r->gpr[L62_RSP] += read32(code + 3);
		return 7;
	}
	if (left >= 4 && (code[0] & 0xfe) == 0x48 && code[1] == 0x8d &&
	    (code[2] & 0x38) == 0x20 && (code[2] & 7) != 4 && code[2] >> 6 != 3 &&
	    code[2] >> 6 != 0) {
		uint64_t from = r->gpr[(code[2] & 7) | (code[0] & 1 ? 8 : 0)];

		if (code[2] >> 6 == 1) {
			r->gpr[L62_RSP] = from + (uint64_t)(int64_t)(int8_t)code[3];
			return 4;
		}
		if (left >= 7) {
			r->gpr[L62_RSP] = from + (uint64_t)(int64_t)(int32_t)read32(code + 3);
			return 7;
		}
	}
	return 0;
}

/* Whether the instructions from rip on are an epilog; if so they are carried out. */
static bool finish_epilog(const struct frame *frame, const uint32_t row[3], bool certain)
{
	struct l62_registers copy = *frame->r;
	struct frame trial = {frame->table, frame->stack, &copy};
	uint64_t rva = copy.rip - frame->table->base, left = row[1] - rva, at;
	const uint8_t *code = l62_image_at(frame->table, rva, left);

	if (!code)
		return false;
	at = release(code, left, &copy);
	for (;;) {
		bool high = at < left && code[at] == 0x41;
		uint64_t push = at + high;

		if (push >= left || (code[push] & 0xf8) != 0x58)
			break;
		if (!pop(&trial, &copy.gpr[(code[push] & 7) | (high ? 8 : 0)]))
			return false;
		at = push + 1;
	}
	if (at >= left ||
	    !(code[at] == 0xc3 || (code[at] == 0xf3 && left - at > 1 && code[at + 1] == 0xc3) ||
	      is_tail_jump(frame->table, row, code + at, left - at, rva + at, certain)))
		return false;
	if (!pop(&trial, &copy.rip))
		return false;
	*frame->r = copy;
	return true;
}

/* What version 2 says: its first codes are epilogs.  The first has their size and
 * whether there is one at the end of the function, each of the others how far
 * before the end one begins; 0 fills up. */
static int epilog_at(const struct l62_unwind_table *table, const uint32_t row[3], uint64_t rva)
{
	const uint8_t *info = l62_image_at(table, row[2], 4);
	unsigned size;

	if (!info || (info[0] & 7) != 2 || info[2] == 0 ||
	    !l62_image_at(table, row[2], 4 + 2u * info[2]) || (info[5] & 15) != L62_CODE_EPILOG)
		return UNKNOWN;
	size = info[4];
	if (info[5] >> 4 & 1 && rva - (row[1] - size) < size)
		return IN_EPILOG;
	for (unsigned i = 1; i < info[2]; i++) {
		const uint8_t *code = info + 4 + 2 * i;
		unsigned back = code[0] | (code[1] >> 4) << 8;

		if ((code[1] & 15) != L62_CODE_EPILOG)
			break;
		if (back && rva - (row[1] - back) < size)
			return IN_EPILOG;
	}
	return NO_EPILOG;
}

/* The handler of the unwind information at rva, whose codes end at end. */
static void set_handler(const struct l62_unwind_table *table, uint32_t rva, unsigned handlers,
                        struct l62_unwound *out)
{
	const uint8_t *info = l62_image_at(table, rva, 4), *at;
	uint32_t end = rva + 4 + (info ? (info[2] + 1u) / 2 * 4 : 0);

	if (!info || !(info[0] >> 3 & handlers))
		return;
	at = l62_image_at(table, end, 4);
	if (!at || read32(at) >= table->size)
		return;
	out->handler = read32(at);
	out->handler_data = end + 4;
}

bool l62_unwind_frame(const struct l62_unwind_table *table, const struct l62_stack *stack,
                      struct l62_registers *registers, unsigned handlers,
                      struct l62_unwound *out)
{
	struct frame frame = {table, stack, registers};
	uint64_t rva = registers->rip - table->base, before = registers->gpr[L62_RSP], next;
	bool machine = false, chained = false, in_prolog;
	const uint8_t *info;
	uint32_t row[3];
	int known;

	*out = (struct l62_unwound){.establisher = before};
	if (registers->rip < table->base || rva >= table->size)
		return false;
	if (!find(table, registers->rip, row, &out->row_rva))
		return pop(&frame, &registers->rip);
	memcpy(out->row, row, sizeof(row));
	info = l62_image_at(table, row[2], 4);
	if (!info || !l62_image_at(table, row[2], 4 + 2u * info[2]))
		return false;
	in_prolog = rva - row[0] < info[1];
	known = epilog_at(table, row, rva);
	if (known != NO_EPILOG && finish_epilog(&frame, row, known == IN_EPILOG))
		return registers->gpr[L62_RSP] > before;
	out->establisher = frame_base(&frame, info, rva - row[0]);
	for (int depth = 0; depth < CHAIN_MOST; depth++) {
		const uint8_t *at;

		if (!undo_all(&frame, row[2], rva - row[0], chained, &next, &machine))
			return false;
		if (next == 0) {
			if (!in_prolog)
				set_handler(table, row[2], handlers, out);
			return (machine || pop(&frame, &registers->rip)) &&
			       registers->gpr[L62_RSP] > before;
		}
		at = l62_image_at(table, next, L62_UNWIND_ROW);
		if (!at)
			return false;
		for (int i = 0; i < 3; i++)
			row[i] = read32(at + 4 * i);
		chained = true;
	}
	return false;
}

bool l62_unwind_step(const struct l62_unwind_table *table, const struct l62_stack *stack,
                     struct l62_registers *registers)
{
	struct l62_unwound out;

	return l62_unwind_frame(table, stack, registers, 0, &out);
}
