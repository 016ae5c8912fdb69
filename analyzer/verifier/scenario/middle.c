/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The part of a scenario that can be done again and again in one load. */
#include "scenario.h"

enum { PNP_START_DEVICE = 0x00 };

/* What is done once, before the requests. */
static bool prepares(const struct l62_step *step)
{
	return step->kind == L62_STEP_LOAD || step->kind == L62_STEP_ADD_DEVICE ||
	       step->kind == L62_STEP_BUS ||
	       (step->kind == L62_STEP_PNP && step->code == PNP_START_DEVICE);
}

bool l62_scenario_middle(const struct l62_steps *steps, uint64_t *first, uint64_t *end)
{
	*first = 0;
	*end = steps->count;
	while (*first < *end && prepares(&steps->steps[*first]))
		++*first;
	while (*end > *first && steps->steps[*end - 1].kind == L62_STEP_UNLOAD)
		--*end;
	for (uint64_t i = 0; i < *end; i++) {
		const struct l62_step *step = &steps->steps[i];

		if (step->kind == L62_STEP_UNLOAD ||
		    (step->kind == L62_STEP_LOAD && (i > 0 || step->expects)))
			return false;
	}
	return *first < *end;
}
