/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Which variables are read at or after the start of a block. */
#include "index.h"

#include <string.h>

static void use(uint64_t *live, const struct l62_value *value)
{
	if (l62_value_names_var(value))
		live[value->n / 64] |= UINT64_C(1) << (value->n % 64);
}

static void use_var(uint64_t *live, uint32_t var)
{
	if (var != L62_NONE)
		live[var / 64] |= UINT64_C(1) << (var % 64);
}

static void kill_var(uint64_t *live, uint32_t var)
{
	live[var / 64] &= ~(UINT64_C(1) << (var % 64));
}

static void live_op(const struct l62_body *body, const struct l62_op *op, uint64_t *live)
{
	switch (op->type) {
	case L62_OP_SET:
	case L62_OP_LOAD:
	case L62_OP_KERNEL:
	case L62_OP_COMPUTE:
	case L62_OP_EMPTY:
	case L62_OP_CALL:
	case L62_OP_INDIRECT:
		if (op->dest != L62_NONE)
			kill_var(live, op->dest);
		break;
	case L62_OP_ACQUIRE:
	case L62_OP_GIVE_IF:
		use_var(live, op->dest);
		break;
	default:
		break;
	}
	use(live, &op->value);
	use(live, &op->other);
	use_var(live, op->place.var);
	for (uint32_t i = 0; i < op->nargs; i++)
		use(live, l62_body_arg(body, op, i));
}

static void live_block(const struct l62_body *body, uint32_t b, uint64_t *live)
{
	const struct l62_block *block = l62_body_block(body, b);

	memset(live, 0, body->words * sizeof(*live));
	for (uint32_t i = 0; i < block->ntargets; i++) {
		const uint64_t *next =
		        body->live + (size_t)l62_body_target(body, block, i) * body->words;

		for (uint32_t w = 0; w < body->words; w++)
			live[w] |= next[w];
	}
	if (block->type == L62_TERM_TEST || block->type == L62_TERM_SWITCH)
		use_var(live, block->var);
	if (block->type == L62_TERM_RETURN)
		use(live, &block->value);
	for (uint32_t i = block->nops; i-- > 0;)
		live_op(body, l62_body_op(body, block->ops + i), live);
}

void l62_body_find_live(struct l62_body *body)
{
	uint32_t n = body->f->blocks->len;
	g_autofree uint64_t *live = NULL;
	bool changed = true;

	body->words = body->f->nvars / 64 + 1;
	body->live = g_new0(uint64_t, (size_t)n * body->words);
	live = g_new(uint64_t, body->words);
	while (changed) {
		changed = false;
		for (uint32_t b = n; b-- > 0;) {
			uint64_t *old = body->live + (size_t)b * body->words;

			live_block(body, b, live);
			if (memcmp(old, live, body->words * sizeof(*live)) != 0) {
				memcpy(old, live, body->words * sizeof(*live));
				changed = true;
			}
		}
	}
}
