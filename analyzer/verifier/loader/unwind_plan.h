/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What unwinding a frame comes to for one return address: where registers and the next
 * return address lie, counted from rsp or the frame register.  It is the same each time,
 * so that stacks are captured by plans, and tables read once.
 */
#ifndef LEAK62_VERIFIER_UNWIND_PLAN_H
#define LEAK62_VERIFIER_UNWIND_PLAN_H

#include "unwind.h"

enum { L62_PLAN_SAVED_MOST = 10 };

struct l62_unwind_place {
	int32_t offset;
	uint8_t base; /* number of the register that it is counted from */
	uint8_t number;
};

struct l62_unwind_plan {
	uint64_t rip; /* 0: none */
	struct l62_unwind_place next;
	uint16_t count, wanted;
	struct l62_unwind_place saved[L62_PLAN_SAVED_MOST];
};

/* The registers that any function of the image has as its frame register, and rsp: bits by
 * their numbers.  Others need not be known to go from frame to frame. */
uint16_t l62_unwind_bases(const struct l62_unwind_table *table);

/*
 * For registers->rip, which a call returns to, and at the same time the step that
 * l62_unwind_step() makes; false as there.  plan->rip is 0 where the step is not one that a
 * plan can tell, or where plan and step differ.  wanted: the registers that the plan restores.
 */
bool l62_unwind_plan_make(struct l62_unwind_plan *plan, const struct l62_unwind_table *table,
                          const struct l62_stack *stack, uint16_t wanted,
                          struct l62_registers *registers);

/* The step by a plan for registers->rip: the same, but that xmm and what was not wanted are
 * left alone. */
bool l62_unwind_plan_step(const struct l62_unwind_plan *plan, const struct l62_stack *stack,
                          struct l62_registers *registers);

#endif
