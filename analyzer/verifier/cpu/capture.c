/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Walking transition records and the driver's frames between them; see record.h. */
#include "capture.h"

#include <string.h>

#include "cpu.h"
#include "host.h"
#include "loader/image.h"
#include "loader/unwind_plan.h"
#include "sched/sched.h"
#include "seh.h"

enum { PLAN_BITS = 10, PLANS = 1 << PLAN_BITS };

struct walk {
	uint64_t *frames;
	size_t count, most;
};

static void put(struct walk *walk, uint64_t address)
{
	if (walk->count < walk->most)
		walk->frames[walk->count++] = address;
}

static void put_own(struct walk *walk, const uint16_t *own)
{
	static const uint16_t offsets[] = {
	        0,
#define L62_FRAME(id, module, symbol, offset) offset,
#include "frames.def"
	};

	for (; own && *own != L62_FRAME_END && *own < L62_FRAME_COUNT; own++)
		put(walk, L62_FRAME_BASE + *own * L62_FRAME_STRIDE + offsets[*own]);
}

/* All but xmm, which no walk asks for. */
static void set_registers(struct l62_registers *registers, const struct l62_record *record)
{
	static const uint8_t high[4] = {12, 13, 14, 15};
	const uint64_t *from = &record->r12;

	registers->rip = record->return_address;
	memset(registers->gpr, 0, sizeof(registers->gpr));
	registers->gpr[L62_RSP] = record->rsp + 8;
	registers->gpr[L62_RBX] = record->rbx;
	registers->gpr[L62_RBP] = record->rbp;
	registers->gpr[L62_RSI] = record->rsi;
	registers->gpr[L62_RDI] = record->rdi;
	for (int i = 0; i < 4; i++)
		registers->gpr[high[i]] = from[i];
}

void l62_record_registers(struct l62_registers *registers, const struct l62_record *record)
{
	memset(registers->xmm, 0, sizeof(registers->xmm));
	set_registers(registers, record);
	memcpy(registers->xmm[6], record->xmm, sizeof(record->xmm));
}

/* From a frame that is called from rip on to its caller's. */
static bool step(const struct l62_image *image, const struct l62_stack *stack,
                 struct l62_registers *registers)
{
	static struct l62_unwind_plan plans[PLANS];
	static uint16_t bases;
	struct l62_unwind_plan *plan =
	        &plans[(registers->rip ^ registers->rip >> PLAN_BITS) % PLANS];

	if (plan->rip == registers->rip)
		return l62_unwind_plan_step(plan, stack, registers);
	if (!bases)
		bases = l62_unwind_bases(&image->unwind) | 1u << L62_RBP;
	return l62_unwind_plan_make(plan, &image->unwind, stack, bases, registers);
}

/* The driver's frames up to where the kernel called it.  called: rip is where a call returns
 * to.  False: lost. */
static bool walk_driver(struct walk *walk, struct l62_registers *registers, bool called)
{
	const struct l62_image *image = l62_image_loaded();
	struct l62_stack stack = l62_sched_stack();

	while (registers->rip != (uintptr_t)l62_invoke_return) {
		if (!image || registers->rip - image->base >= image->size ||
		    walk->count == walk->most)
			return false;
		put(walk, registers->rip);
		if (!(called ? step(image, &stack, registers)
		             : l62_unwind_step(&image->unwind, &stack, registers)))
			return false;
		called = true;
	}
	return true;
}

/* Everything below record, which is the newest one that is not walked yet. */
static void walk_records(struct walk *walk, const struct l62_record *record)
{
	const struct l62_record *first = l62_sched_records();

	for (; record >= first && walk->count < walk->most; record--) {
		if (record->kind == L62_RECORD_BOUNDARY) {
			put_own(walk, record->frames);
		} else if (record->kind == L62_RECORD_SERVICE) {
			struct l62_registers registers;

			set_registers(&registers, record);
			if (!walk_driver(walk, &registers, true))
				return;
		} else if (record->kind == L62_RECORD_EXCEPTION) {
			struct l62_registers registers = record->state->registers;

			/* In a service: its own record tells who called it. */
			if (l62_seh_enter(&registers, record) &&
			    !walk_driver(walk, &registers, false))
				return;
		}
	}
}

size_t l62_capture(uint64_t *frames, size_t most, const uint16_t *own)
{
	struct walk walk = {frames, 0, most};

	put_own(&walk, own);
	walk_records(&walk, l62_cpu_record_top() - 1);
	return walk.count;
}

size_t l62_capture_from(uint64_t *frames, size_t most, const struct l62_registers *registers)
{
	struct walk walk = {frames, 0, most};
	struct l62_registers copy = *registers;

	if (walk_driver(&walk, &copy, false))
		walk_records(&walk, l62_cpu_record_top() - 1);
	return walk.count;
}

static const struct l62_record *newest_service(void)
{
	const struct l62_record *first = l62_sched_records();

	for (const struct l62_record *record = l62_cpu_record_top() - 1; record >= first;
	     record--) {
		if (record->kind == L62_RECORD_SERVICE)
			return record;
	}
	return NULL;
}

uint64_t l62_capture_caller(void)
{
	const struct l62_record *record = newest_service();

	return record ? record->return_address : 0;
}

uint64_t l62_capture_stack(void)
{
	const struct l62_record *record = newest_service();

	return record ? record->rsp : 0;
}

bool l62_capture_is_within(uint16_t frame)
{
	const struct l62_record *first = l62_sched_records();

	for (const struct l62_record *record = l62_cpu_record_top() - 1; record >= first;
	     record--) {
		const uint16_t *own =
		        record->kind == L62_RECORD_BOUNDARY ? record->frames : NULL;

		for (; own && *own != L62_FRAME_END; own++) {
			if (*own == frame)
				return true;
		}
	}
	return false;
}
