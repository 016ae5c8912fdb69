/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Values and states: making, comparing, binding. */
#include "state.h"

#include <string.h>

struct l62_sval l62_sval_any(uint8_t signs, bool memory)
{
	return (struct l62_sval){.type = L62_SVAL_ANY, .signs = signs, .memory = memory};
}

struct l62_sval l62_sval_const(int64_t number)
{
	return (struct l62_sval){.type = L62_SVAL_CONST, .number = number};
}

struct l62_sval l62_sval_of(enum l62_sval_type type, uint32_t n)
{
	return (struct l62_sval){.type = (uint8_t)type, .n = n};
}

uint8_t l62_sval_signs(struct l62_sval val)
{
	switch (val.type) {
	case L62_SVAL_ANY:
		return val.signs;
	case L62_SVAL_CONST:
		return val.number < 0 ? L62_NEG : val.number == 0 ? L62_ZERO : L62_POS;
	default:
		return L62_POS;
	}
}

bool l62_sval_equal(struct l62_sval a, struct l62_sval b)
{
	return memcmp(&a, &b, sizeof(a)) == 0;
}

struct l62_sstate *l62_sstate_new(uint32_t ncells)
{
	struct l62_sstate *st = g_new0(struct l62_sstate, 1);

	st->ncells = ncells;
	for (uint32_t i = 0; i < ncells; i++)
		st->cells[i] = l62_sval_const(0);
	st->bindings = g_array_new(FALSE, FALSE, sizeof(struct l62_binding));
	return st;
}

struct l62_sstate *l62_sstate_copy(const struct l62_sstate *st)
{
	struct l62_sstate *copy = g_memdup2(st, sizeof(*st));

	copy->bindings = g_array_copy(st->bindings);
	return copy;
}

void l62_sstate_free(void *data)
{
	struct l62_sstate *st = data;

	g_array_unref(st->bindings);
	g_free(st);
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
	return (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15) + (hash >> 29);
}

static uint64_t mix_val(uint64_t hash, struct l62_sval val)
{
	hash = mix(hash, (uint64_t)val.type << 40 | (uint64_t)val.signs << 34 |
	                         (uint64_t)val.memory << 33 | val.n);
	return mix(hash, (uint64_t)val.number);
}

guint l62_sstate_hash(gconstpointer key)
{
	const struct l62_sstate *st = key;
	uint64_t hash = mix(st->token[0], st->token[1]);

	hash = mix(hash, (uint64_t)st->fresh_gone << 8 | (uint64_t)st->changed << 1 |
	                         (uint64_t)st->other << 7 | st->released);
	for (uint32_t i = 0; i < st->ncells; i++)
		hash = mix_val(hash, st->cells[i]);
	for (guint i = 0; i < st->bindings->len; i++) {
		const struct l62_binding *b =
		        &g_array_index(st->bindings, struct l62_binding, i);

		hash = mix_val(mix(hash, b->key), b->val);
	}
	return (guint)(hash ^ hash >> 32);
}

gboolean l62_sstate_equal(gconstpointer x, gconstpointer y)
{
	const struct l62_sstate *a = x, *b = y;

	return a->token[0] == b->token[0] && a->token[1] == b->token[1] &&
	       a->fresh_gone == b->fresh_gone && a->changed == b->changed &&
	       a->released == b->released && a->other == b->other && a->ncells == b->ncells &&
	       a->bindings->len == b->bindings->len &&
	       memcmp(a->cells, b->cells, a->ncells * sizeof(a->cells[0])) == 0 &&
	       (a->bindings->len == 0 ||
	        memcmp(a->bindings->data, b->bindings->data,
	               a->bindings->len * sizeof(struct l62_binding)) == 0);
}

static guint position(const struct l62_sstate *st, uint64_t key)
{
	guint low = 0, high = st->bindings->len;

	while (low < high) {
		guint middle = (low + high) / 2;

		if (g_array_index(st->bindings, struct l62_binding, middle).key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct l62_sval l62_sstate_get(const struct l62_sstate *st, uint64_t key)
{
	guint at = position(st, key);

	if (at < st->bindings->len &&
	    g_array_index(st->bindings, struct l62_binding, at).key == key)
		return g_array_index(st->bindings, struct l62_binding, at).val;
	return l62_sval_any(L62_ANY, true);
}

bool l62_sstate_has(const struct l62_sstate *st, uint64_t key)
{
	guint at = position(st, key);

	return at < st->bindings->len &&
	       g_array_index(st->bindings, struct l62_binding, at).key == key;
}

void l62_sstate_set(struct l62_sstate *st, uint64_t key, struct l62_sval val)
{
	struct l62_binding binding = {key, val};
	guint at = position(st, key);
	bool found = at < st->bindings->len &&
	             g_array_index(st->bindings, struct l62_binding, at).key == key;

	if (l62_sval_equal(val, l62_sval_any(L62_ANY, true))) {
		if (found)
			g_array_remove_index(st->bindings, at);
	} else if (found) {
		g_array_index(st->bindings, struct l62_binding, at).val = val;
	} else {
		g_array_insert_val(st->bindings, at, binding);
	}
}

void l62_sstate_replace(struct l62_sstate *st, struct l62_sval from, struct l62_sval to)
{
	for (guint i = 0; i < st->bindings->len; i++) {
		struct l62_binding *b = &g_array_index(st->bindings, struct l62_binding, i);

		if (l62_sval_equal(b->val, from))
			b->val = to;
	}
	for (uint32_t i = 0; i < st->ncells; i++)
		if (l62_sval_equal(st->cells[i], from))
			st->cells[i] = to;
}
