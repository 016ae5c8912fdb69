/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Where the ways that part at a block meet again: its immediate postdominator, by the
 * iteration of Cooper, Harvey and Kennedy on the reversed graph.
 */
#include "index.h"

/* Postorder of the reversed graph from the end; the end itself is number n. */
struct order {
	uint32_t *number;   /* of each block, and of the end; L62_NONE: leads nowhere */
	uint32_t *sequence; /* by number */
	uint32_t count;
	GArray **before; /* of each block, and of the end: its predecessors */
};

static void find_before(const struct l62_body *body, struct order *o)
{
	uint32_t n = body->f->blocks->len;

	o->before = g_new0(GArray *, n + 1);
	for (uint32_t i = 0; i <= n; i++)
		o->before[i] = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	for (uint32_t b = 0; b < n; b++) {
		const struct l62_block *block = l62_body_block(body, b);

		for (uint32_t i = 0; i < block->ntargets; i++)
			g_array_append_val(o->before[l62_body_target(body, block, i)], b);
		if (block->type == L62_TERM_RETURN || block->ntargets == 0)
			g_array_append_val(o->before[n], b);
	}
}

static void walk(struct order *o, uint32_t n)
{
	g_autoptr(GArray) stack = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	g_autofree uint32_t *next = g_new0(uint32_t, n + 1);
	g_autofree bool *seen = g_new0(bool, n + 1);

	g_array_append_val(stack, n);
	seen[n] = true;
	while (stack->len) {
		uint32_t b = g_array_index(stack, uint32_t, stack->len - 1);

		if (next[b] < o->before[b]->len) {
			uint32_t p = g_array_index(o->before[b], uint32_t, next[b]++);

			if (!seen[p]) {
				seen[p] = true;
				g_array_append_val(stack, p);
			}
			continue;
		}
		o->number[b] = o->count;
		o->sequence[o->count++] = b;
		g_array_set_size(stack, stack->len - 1);
	}
}

static uint32_t intersect(const struct order *o, const uint32_t *meet, uint32_t a, uint32_t b)
{
	while (a != b) {
		while (o->number[a] < o->number[b])
			a = meet[a];
		while (o->number[b] < o->number[a])
			b = meet[b];
	}
	return a;
}

static uint32_t next_meet(const struct l62_body *body, const struct order *o,
                          const uint32_t *meet, uint32_t b)
{
	const struct l62_block *block = l62_body_block(body, b);
	uint32_t n = body->f->blocks->len, at = L62_NONE;

	if (block->type == L62_TERM_RETURN || block->ntargets == 0)
		return n;
	for (uint32_t i = 0; i < block->ntargets; i++) {
		uint32_t to = l62_body_target(body, block, i);

		if (o->number[to] == L62_NONE || meet[to] == L62_NONE)
			continue;
		at = at == L62_NONE ? to : intersect(o, meet, at, to);
	}
	return at;
}

void l62_body_find_meets(struct l62_body *body)
{
	uint32_t n = body->f->blocks->len;
	struct order o = {.number = g_new(uint32_t, n + 1), .sequence = g_new(uint32_t, n + 1)};
	bool changed = true;

	body->meet = g_new(uint32_t, n + 1);
	for (uint32_t i = 0; i <= n; i++)
		o.number[i] = body->meet[i] = L62_NONE;
	find_before(body, &o);
	walk(&o, n);
	body->meet[n] = n;
	while (changed) {
		changed = false;
		for (uint32_t i = o.count - 1; i-- > 0;) {
			uint32_t b = o.sequence[i];
			uint32_t meet = next_meet(body, &o, body->meet, b);

			if (meet != L62_NONE && body->meet[b] != meet) {
				body->meet[b] = meet;
				changed = true;
			}
		}
	}
	for (uint32_t i = 0; i <= n; i++) {
		if (body->meet[i] == n)
			body->meet[i] = L62_NONE;
		g_array_unref(o.before[i]);
	}
	g_free(o.before);
	g_free(o.number);
	g_free(o.sequence);
}

void l62_body_region(const struct l62_body *body, uint32_t block,
                     void (*visit)(uint32_t block, void *data), void *data)
{
	g_autoptr(GArray) todo = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	g_autofree bool *seen = g_new0(bool, body->f->blocks->len);

	g_array_append_val(todo, block);
	while (todo->len) {
		const struct l62_block *from =
		        l62_body_block(body, g_array_index(todo, uint32_t, todo->len - 1));

		g_array_set_size(todo, todo->len - 1);
		for (uint32_t i = 0; i < from->ntargets; i++) {
			uint32_t to = l62_body_target(body, from, i);

			if (to == body->meet[block] || seen[to])
				continue;
			seen[to] = true;
			visit(to, data);
			g_array_append_val(todo, to);
		}
	}
}
