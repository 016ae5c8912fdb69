/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The walk of raising and unwinding; see seh.h. */
#include "seh.h"

#include <stdbool.h>
#include <string.h>

#include "capture.h"
#include "cpu.h"
#include "loader/image.h"
#include "sched/sched.h"

enum { EFLAGS_DEFAULT = 0x202, MXCSR_DEFAULT = 0x1f80, UNEXPECTED_KERNEL_MODE_TRAP = 0x7f };

_Static_assert(offsetof(struct l62_cpu_state, registers.xmm) == 0x88, "restore.S");
_Static_assert(offsetof(struct l62_cpu_state, eflags) == 0x188, "restore.S");
_Static_assert(offsetof(struct l62_cpu_state, mxcsr) == 0x190, "restore.S");

static bool in_image(uint64_t rip)
{
	const struct l62_image *image = l62_image_loaded();

	return image && rip - image->base < image->size;
}

bool l62_seh_enter(struct l62_registers *registers, const struct l62_record *record)
{
	struct l62_stack stack = l62_sched_stack();
	uint64_t rsp = registers->gpr[L62_RSP];

	if (in_image(registers->rip))
		return true;
	if (!record->import || rsp < stack.low || stack.high - rsp < 8 || rsp > stack.high)
		return false;
	/* A call of an address where there is no code. */
	memcpy(&registers->rip, (const void *)(uintptr_t)rsp, 8);
	registers->gpr[L62_RSP] += 8;
	return in_image(registers->rip);
}

void l62_seh_begin(struct l62_seh_walk *walk)
{
	*walk = (struct l62_seh_walk){.top = l62_cpu_record_top()};
}

static bool is_dpc(const uint16_t *frames)
{
	for (; frames && *frames != L62_FRAME_END; frames++) {
		if (*frames == L62_FRAME_KiExecuteAllDpcs)
			return true;
	}
	return false;
}

int32_t l62_seh_unwind(struct l62_registers *registers, uint32_t handlers,
                       struct l62_seh_frame *frame)
{
	const struct l62_image *image = l62_image_loaded();
	struct l62_stack stack = l62_sched_stack();
	struct l62_unwound out;

	if (!image || !l62_unwind_frame(&image->unwind, &stack, registers, handlers, &out))
		return 0;
	frame->image_base = image->base;
	frame->row = out.row[1] ? image->base + out.row_rva : 0;
	frame->establisher = out.establisher;
	frame->handler = out.handler ? image->base + out.handler : 0;
	frame->handler_data = out.handler ? image->base + out.handler_data : 0;
	return 1;
}

uint64_t l62_seh_find(uint64_t pc, uint64_t *base)
{
	struct l62_registers registers = {.rip = pc};
	const struct l62_image *image = l62_image_loaded();
	struct l62_stack stack = {0};
	struct l62_unwound out;

	*base = 0;
	if (!in_image(pc))
		return 0;
	*base = image->base;
	/* There is no stack, so this ends after the look-up. */
	l62_unwind_frame(&image->unwind, &stack, &registers, 0, &out);
	return out.row[1] ? image->base + out.row_rva : 0;
}

/* From the kernel's frames to those of the driver below.  True: the walk is at one. */
static bool cross(struct l62_seh_walk *walk, struct l62_seh_frame *frame, int32_t *kind)
{
	const struct l62_record *first = l62_sched_records();

	*kind = L62_SEH_END;
	while (walk->top > first) {
		const struct l62_record *record = --walk->top;

		switch (record->kind) {
		case L62_RECORD_SERVICE:
			l62_record_registers(&walk->registers, record);
			if (in_image(walk->registers.rip))
				return true;
			break;
		case L62_RECORD_EXCEPTION:
			walk->registers = record->state->registers;
			if (l62_seh_enter(&walk->registers, record))
				return true;
			break;
		case L62_RECORD_HANDLER:
			frame->activation = record->activation;
			*kind = L62_SEH_HANDLER;
			return false;
		default:
			frame->frames = record->frames;
			/* It runs on the stack of whoever was interrupted. */
			if (is_dpc(record->frames))
				return false;
			break;
		}
	}
	return false;
}

int32_t l62_seh_next(struct l62_seh_walk *walk, uint32_t handlers, struct l62_seh_frame *frame)
{
	const uint16_t *frames = frame->frames;
	int32_t kind;

	*frame = (struct l62_seh_frame){.frames = frames};
	if (!in_image(walk->registers.rip) && !cross(walk, frame, &kind))
		return kind;
	frame->self = *walk;
	if (l62_seh_unwind(&walk->registers, handlers, frame))
		return L62_SEH_FRAME;
	frame->frames = l62_seh_origin();
	return L62_SEH_END;
}

const uint16_t *l62_seh_origin(void)
{
	const struct l62_record *first = l62_sched_records();
	const uint16_t *frames = NULL;

	for (const struct l62_record *record = l62_cpu_record_top();
	     first && record-- > first;) {
		if (record->kind != L62_RECORD_BOUNDARY)
			continue;
		frames = record->frames;
		if (is_dpc(frames))
			break;
	}
	return frames;
}

void l62_seh_push(void *activation)
{
	struct l62_record *record = l62_cpu_record_push();

	if (!record)
		l62_end_bugcheck(UNEXPECTED_KERNEL_MODE_TRAP, 8, 0, 0, 0);
	record->kind = L62_RECORD_HANDLER;
	record->activation = activation;
}

void l62_seh_pop(void)
{
	l62_cpu_record_pop();
}

int32_t l62_seh_caller(struct l62_cpu_state *state, struct l62_record **top)
{
	const struct l62_record *first = l62_sched_records();

	*state = (struct l62_cpu_state){.eflags = EFLAGS_DEFAULT, .mxcsr = MXCSR_DEFAULT};
	for (struct l62_record *record = l62_cpu_record_top(); record-- > first;) {
		if (record->kind != L62_RECORD_SERVICE)
			continue;
		l62_record_registers(&state->registers, record);
		*top = record;
		return 1;
	}
	return 0;
}
