/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the parts of making a slice share: slice.c, heat.c, decide.c. */
#ifndef LEAK62_SLOTS_SLICE_PARTS_H
#define LEAK62_SLOTS_SLICE_PARTS_H

#include "slice.h"

/* Bits of hot: the variable's value goes into callees (DOWN); it comes from callers (UP). */
enum { L62_HEAT_DOWN = 1, L62_HEAT_UP = 2 };
/* Bits of watched: the variable decides something itself, or is what a cell receives. */
enum { L62_WATCH_DECIDES = 1, L62_WATCH_STORED = 2 };

/* The part of the slice that body is, made if there is none; the slice owns it. */
struct l62_slice_body *l62_slice_get(struct l62_slice *s, struct l62_body *body);
/* body has to be walked. */
void l62_slice_root(struct l62_slice *s, struct l62_body *body);
/* The calls of sb mean something else now: those who make them are stale. */
void l62_slice_renew_callers(struct l62_slice *s, const struct l62_slice_body *sb);

/* heat.c: fills hot, leads, does and rooted, starting from what is stale. */
void l62_slice_spread(struct l62_slice *s);
/* decide.c: fills handovers, busy, branch, watched and result. */
void l62_slice_find_decisions(struct l62_slice *s);

/* What is hot about a variable, or about the slot's address in it. */
static inline uint8_t l62_slice_heat(const struct l62_slice_body *sb, uint32_t var)
{
	return sb->hot[sb->body->class[var]] |
	       (sb->leads[var] ? L62_HEAT_UP | L62_HEAT_DOWN : 0);
}

#endif
