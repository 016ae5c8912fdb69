/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The end of a block: which ways go on, and what is known on each. */
#include "walk.h"

static uint8_t below(uint8_t signs)
{
	return signs & L62_POS ? L62_ANY : L62_NEG;
}

static uint8_t above(uint8_t signs)
{
	return signs & L62_NEG ? L62_ANY : L62_POS;
}

static int compare_numbers(int64_t a, enum l62_compare relation, int64_t b)
{
	switch (relation) {
	case L62_EQ:
		return a == b;
	case L62_NE:
		return a != b;
	case L62_LT:
		return a < b;
	case L62_LE:
		return a <= b;
	case L62_GT:
		return a > b;
	case L62_GE:
		return a >= b;
	}
	return -1;
}

/* What a must be one of for a REL b to be possible. */
static uint8_t possible(enum l62_compare relation, struct l62_sval b)
{
	uint8_t signs = l62_sval_signs(b);
	bool zero = b.type == L62_SVAL_CONST && b.number == 0;

	switch (relation) {
	case L62_EQ:
		return signs;
	case L62_NE:
		return zero ? L62_NEG | L62_POS : L62_ANY;
	case L62_LT:
		return below(signs);
	case L62_LE:
		return below(signs) | signs;
	case L62_GT:
		return above(signs);
	case L62_GE:
		return above(signs) | signs;
	}
	return L62_ANY;
}

static enum l62_compare opposite(enum l62_compare relation)
{
	static const enum l62_compare other[] = {L62_NE, L62_EQ, L62_GE,
	                                         L62_GT, L62_LE, L62_LT};

	return other[relation];
}

int l62_sval_compare(struct l62_sval a, enum l62_compare relation, struct l62_sval b)
{
	if (a.type == L62_SVAL_CONST && b.type == L62_SVAL_CONST)
		return compare_numbers(a.number, relation, b.number);
	if (b.type != L62_SVAL_CONST)
		return -1;
	if (a.type == L62_SVAL_ANY && a.number && a.number == b.number && relation <= L62_NE)
		return relation == L62_NE;
	if (!(l62_sval_signs(a) & possible(relation, b)))
		return 0;
	if (!(l62_sval_signs(a) & possible(opposite(relation), b)))
		return 1;
	return -1;
}

/* Whether a way that rests on val can be followed. */
static bool can_tell(struct l62_frame *fr, const struct l62_sstate *st, uint32_t block,
                     struct l62_sval val)
{
	if (val.type != L62_SVAL_ANY || !val.memory || !(st->token[0] || st->token[1]))
		return true;
	l62_walk_doubt(fr->walk, fr->sb->body->f, l62_body_block(fr->sb->body, block)->line,
	               L62_DOUBT_CONDITION);
	return false;
}

static struct l62_sval narrowed(struct l62_sval val, enum l62_compare relation,
                                struct l62_sval by)
{
	if (val.type != L62_SVAL_ANY)
		return val;
	if (relation == L62_EQ)
		return by;
	val.signs &= possible(relation, by);
	if (relation == L62_NE && by.number)
		val.number = by.number;
	return val;
}

static void take(struct l62_frame *fr, struct l62_sstate *st, uint32_t block, uint32_t target,
                 bool told, int32_t number)
{
	const struct l62_block *b = l62_body_block(fr->sb->body, block);

	if (told) {
		st->trail = l62_walk_trail(fr->walk, st->trail, L62_TRAIL_TEST, fr->sb->body->f,
		                           b->line);
		st->trail->number = number;
	}
	l62_frame_push(fr, st, l62_body_target(fr->sb->body, b, target));
}

static void note_self(uint32_t block, void *data)
{
	uint32_t *self = data;

	if (*self == block)
		*self = L62_NONE;
}

static bool stores(const struct l62_trail *trail)
{
	for (const struct l62_trail *t = trail; t; t = t->before)
		if (t->type == L62_TRAIL_STORE ||
		    (t->type == L62_TRAIL_CALL && stores(t->within)))
			return true;
	return false;
}

/*
 * A loop in one of whose rounds the slot got what it holds ends some time, whatever that
 * depends on.  The way that leaves the loop; -1 if that is not so.
 */
static int way_out(const struct l62_frame *fr, const struct l62_sstate *st, uint32_t block)
{
	const struct l62_function *f = fr->sb->body->f;
	uint32_t self = block;
	bool stored = false;

	if (fr->run->entry->token[0] || !st->token[0] || st->token[1])
		return -1;
	l62_body_region(fr->sb->body, block, note_self, &self);
	for (const struct l62_trail *t = st->trail; t && self == L62_NONE; t = t->before) {
		if (stored && t->type == L62_TRAIL_TEST &&
		    t->line == l62_body_block(fr->sb->body, block)->line && t->f == f)
			return t->number ? 1 : 0;
		stored |= t->type == L62_TRAIL_STORE ||
		          (t->type == L62_TRAIL_CALL && stores(t->within));
	}
	return -1;
}

static void test(struct l62_frame *fr, struct l62_sstate *st, uint32_t block)
{
	const struct l62_block *b = l62_body_block(fr->sb->body, block);
	struct l62_sval val = l62_sstate_get(st, l62_key(L62_KEY_VAR, b->var, 0));
	struct l62_sval by = l62_sval_const(b->constant);
	int known = l62_sval_compare(val, b->relation, by);

	for (uint32_t way = 0; way < 2; way++) {
		enum l62_compare relation = way == 0 ? b->relation : opposite(b->relation);
		struct l62_sstate *on;

		if (known == (int)way || (known < 0 && !can_tell(fr, st, block, val) &&
		                          way_out(fr, st, block) != (int)way))
			continue;
		on = l62_sstate_copy(st);
		l62_frame_set(fr, on, b->var, narrowed(val, relation, by));
		take(fr, on, block, way, true, way == 0);
	}
	l62_sstate_free(st);
}

static void decide(struct l62_frame *fr, struct l62_sstate *st, uint32_t block)
{
	const struct l62_block *b = l62_body_block(fr->sb->body, block);
	struct l62_sval val = l62_sstate_get(st, l62_key(L62_KEY_VAR, b->var, 0));
	uint32_t first = b->no_default ? 0 : 1;
	bool fits = false, tells = can_tell(fr, st, block, val);
	struct l62_sval rest = val;

	for (uint32_t i = first; i < b->ntargets && tells; i++) {
		struct l62_sval number = l62_sval_const(
		        g_array_index(fr->sb->body->f->cases, int64_t, b->cases + i - first));
		int known = l62_sval_compare(val, L62_EQ, number);
		struct l62_sstate *on;

		if (known == 0)
			continue;
		fits |= known == 1;
		rest = narrowed(rest, L62_NE, number);
		on = l62_sstate_copy(st);
		l62_frame_set(fr, on, b->var, narrowed(val, L62_EQ, number));
		take(fr, on, block, i, true, (int32_t)number.number);
	}
	if (!fits && !b->no_default && tells) {
		struct l62_sstate *on = l62_sstate_copy(st);

		l62_frame_set(fr, on, b->var, rest);
		take(fr, on, block, 0, false, 0);
	}
	l62_sstate_free(st);
}

static void leave(struct l62_frame *fr, struct l62_sstate *st, const struct l62_block *b)
{
	struct l62_sval result = l62_frame_eval(fr, st, &b->value);

	if (result.type == L62_SVAL_LOCAL || result.type == L62_SVAL_OUT)
		result = l62_sval_any(L62_POS, true);
	for (guint i = st->bindings->len; i-- > 0;) {
		uint64_t key = g_array_index(st->bindings, struct l62_binding, i).key;

		if (l62_key_type(key) != L62_KEY_OUT)
			g_array_remove_index(st->bindings, i);
	}
	l62_sstate_set(st, l62_key(L62_KEY_RESULT, 0, 0), result);
	st->trail =
	        l62_walk_trail(fr->walk, st->trail, L62_TRAIL_RETURN, fr->sb->body->f, b->line);
	for (guint i = 0; i < fr->run->exits->len; i++) {
		if (l62_sstate_equal(fr->run->exits->pdata[i], st)) {
			l62_sstate_free(st);
			return;
		}
	}
	g_ptr_array_add(fr->run->exits, st);
}

void l62_frame_end(struct l62_frame *fr, struct l62_sstate *st, uint32_t block)
{
	const struct l62_block *b = l62_body_block(fr->sb->body, block);
	bool tells = fr->sb->branch[block] == L62_BRANCH_TELLS;

	if (b->type == L62_TERM_RETURN) {
		leave(fr, st, b);
		return;
	}
	if (b->ntargets > 1 && fr->sb->branch[block] == L62_BRANCH_SKIP) {
		l62_frame_push(fr, st, fr->sb->body->meet[block]);
		return;
	}
	if (tells && b->type == L62_TERM_TEST) {
		test(fr, st, block);
		return;
	}
	if (tells && b->type == L62_TERM_SWITCH) {
		decide(fr, st, block);
		return;
	}
	if (!tells || b->ntargets < 2 || can_tell(fr, st, block, l62_sval_any(L62_ANY, true)))
		for (uint32_t i = 0; i < b->ntargets; i++)
			take(fr, l62_sstate_copy(st), block, i, false, 0);
	l62_sstate_free(st);
}
