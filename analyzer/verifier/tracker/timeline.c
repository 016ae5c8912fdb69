/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Parts of a run; see timeline.h. */
#include "timeline.h"

static void join(struct l62_timeline *timeline)
{
	struct l62_timeline_part *parts = timeline->parts;

	for (uint32_t i = 0; i < L62_TIMELINE_MOST / 2; i++) {
		struct l62_timeline_part one = parts[i * 2], two = parts[i * 2 + 1];

		/* One with nothing in it has no operation. */
		if (two.last_at && (!one.last_at || two.peak > one.peak)) {
			one.peak_at = two.peak_at;
			one.peak = two.peak;
		}
		if (two.last_at) {
			one.last_at = two.last_at;
			one.last = two.last;
		}
		parts[i] = one;
	}
	for (uint32_t i = L62_TIMELINE_MOST / 2; i < L62_TIMELINE_MOST; i++)
		parts[i] = (struct l62_timeline_part){0};
	timeline->used = L62_TIMELINE_MOST / 2;
	timeline->step *= 2;
}

void l62_timeline_add(struct l62_timeline *timeline, uint64_t operation, uint64_t bytes)
{
	struct l62_timeline_part *part;
	uint64_t index;

	if (!timeline->step) {
		timeline->step = 1;
		timeline->first_at = operation;
		timeline->first = bytes;
	}
	/* From the tag's own first operation on: what came before is none of its. */
	while ((index = (operation - timeline->first_at) / timeline->step) >= L62_TIMELINE_MOST)
		join(timeline);
	part = &timeline->parts[index];
	if (timeline->used <= index)
		timeline->used = (uint32_t)index + 1;
	if (!part->last_at || bytes > part->peak) {
		part->peak_at = operation;
		part->peak = bytes;
	}
	part->last_at = operation;
	part->last = bytes;
}
