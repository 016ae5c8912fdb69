/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Live blocks by stack from iteration to iteration; see growth.h. */
#include "growth.h"

#include "host.h"
#include "run/child.h"

void l62_growth_note(struct l62_arena *arena)
{
	bool first = arena->iterations++ == 0;

	for (uint32_t i = 1; i < arena->stacks_used; i++) {
		struct l62_use *use = &arena->uses[i];
		uint64_t more = use->live - use->live_then;

		if (!use->allocations)
			continue;
		if (first) {
			use->first = use->live;
			use->bytes_first = use->bytes;
		} else if (use->live > use->live_then) {
			if (use->grown++ == 0 || more < use->least)
				use->least = more;
		}
		use->live_then = use->live;
	}
}

void l62_tracker_iteration(void)
{
	l62_growth_note(l62_child_arena());
}
