/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What one op does to a state. */
#include "ops.h"

#include <string.h>

struct l62_sval l62_frame_eval(const struct l62_frame *fr, const struct l62_sstate *st,
                               const struct l62_value *value)
{
	(void)fr;
	switch (value->type) {
	case L62_VALUE_VAR:
		return l62_sstate_get(st, l62_key(L62_KEY_VAR, value->n, 0));
	case L62_VALUE_ADDRESS:
		return l62_sval_of(L62_SVAL_LOCAL, value->n);
	case L62_VALUE_SIGN:
		return l62_sval_const(value->constant);
	case L62_VALUE_UNKNOWN:
		break;
	}
	return l62_sval_any(L62_ANY, true);
}

void l62_frame_set(const struct l62_frame *fr, struct l62_sstate *st, uint32_t var,
                   struct l62_sval val)
{
	bool leads = val.type == L62_SVAL_ADDR || val.type == L62_SVAL_LOCAL ||
	             val.type == L62_SVAL_OUT;

	if (var == L62_NONE)
		return;
	if (!leads && !l62_slice_kept(fr->sb, var))
		val = l62_sval_any(L62_ANY, true);
	l62_sstate_set(st, l62_key(L62_KEY_VAR, var, 0), val);
}

/* A table is looked through for a row with that number: the row is found, if there is
 * one, and is the only one. */
static int compare_rows(const struct l62_frame *fr, const struct l62_sstate *st, bool equal,
                        struct l62_sval a, struct l62_sval b)
{
	const GArray *rows;

	if (a.type == L62_SVAL_CONST || (a.type == L62_SVAL_ANY && !a.n)) {
		struct l62_sval swap = a;

		a = b;
		b = swap;
	}
	if (a.type != L62_SVAL_ANY || !a.n)
		return -1;
	if (l62_sstate_get(st, l62_key(L62_KEY_FOUND, 0, a.n)).type == L62_SVAL_CONST)
		return !equal;
	if (b.type != L62_SVAL_CONST)
		return -1;
	rows = g_hash_table_lookup(fr->walk->slice->index->rows, GUINT_TO_POINTER(a.n));
	for (guint i = 0; rows && i < rows->len; i++)
		if (g_array_index(rows, int64_t, i) == b.number)
			return equal;
	return !equal;
}

static void compute(struct l62_frame *fr, struct l62_sstate *st, const struct l62_op *op)
{
	static const char *const relations[] = {"==", "!=", "<", "<=", ">", ">="};
	struct l62_sval a = l62_frame_eval(fr, st, &op->value);
	struct l62_sval b = l62_frame_eval(fr, st, &op->other);
	struct l62_sval val =
	        l62_sval_any(L62_ANY, (a.type == L62_SVAL_ANY && a.memory) ||
	                                      (b.type == L62_SVAL_ANY && b.memory));
	bool wait = strcmp(op->operator, "wait") == 0;
	bool both = !wait && a.type == L62_SVAL_CONST && b.type == L62_SVAL_CONST;
	int64_t x = a.number, y = b.number;

	for (int i = 0; i < (int)G_N_ELEMENTS(relations); i++) {
		if (strcmp(op->operator, relations[i]) == 0) {
			int known = l62_sval_compare(a, (enum l62_compare)i, b);

			if (i <= L62_NE && known < 0)
				known = compare_rows(fr, st, i == L62_EQ, a, b);

			if (known >= 0)
				val = l62_sval_const(known);
			else
				val.signs = L62_ZERO | L62_POS;
		}
	}
	if (both && strcmp(op->operator, "&") == 0)
		val = l62_sval_const(x & y);
	else if (both && strcmp(op->operator, "|") == 0)
		val = l62_sval_const(x | y);
	/* Counters end somewhere. */
	else if (both && *op->operator== '+' && ABS(x) < 16 && ABS(y) < 16)
		val = l62_sval_const(x + y);
	else if (both && *op->operator== '-' && ABS(x) < 16 && ABS(y) < 16)
		val = l62_sval_const(x - y);
	if (wait)
		val = a.type == L62_SVAL_CONST && a.number == 0 ? l62_sval_const(0)
		                                                : l62_sval_any(L62_ANY, false);
	l62_frame_set(fr, st, op->dest, val);
}

/* A new device is zero; of another one, while the slot holds something, nothing is
 * said. */
static bool new_device(const struct l62_frame *fr, struct l62_sstate *st)
{
	if (st->token[0] || st->token[1]) {
		st->other = true;
		return true;
	}
	for (uint32_t i = 0; i < st->ncells; i++)
		if (!g_str_has_prefix(l62_program_text(fr->walk->slice->index->program,
		                                       fr->walk->slice->cells[i]),
		                      "::"))
			st->cells[i] = l62_sval_const(0);
	return true;
}

static bool acquire(struct l62_frame *fr, struct l62_sstate *st, const struct l62_op *op,
                    uint32_t block, uint32_t index)
{
	const struct l62_resource *r = &g_array_index(
	        fr->walk->slice->index->program->resources, struct l62_resource, op->fresh);
	struct at at = l62_op_find(fr, st, op);
	bool hot = at.where == AT_CELL || (op->place.var != L62_NONE &&
	                                   fr->sb->hot[fr->sb->body->class[op->place.var]]);
	bool told = op->dest != L62_NONE && l62_slice_kept(fr->sb, op->dest);
	struct l62_sstate *failed = NULL;

	if (!hot && !told && op->place.type == L62_PLACE_VAR)
		told = l62_slice_kept(fr->sb, op->place.var);
	if ((hot || told) && op->fails != L62_FAILS_NEVER) {
		failed = l62_sstate_copy(st);
		if (op->fails == L62_FAILS_NULL)
			l62_op_store(fr, failed, at, l62_sval_const(0), op);
		else
			l62_frame_set(fr, failed, op->dest,
			              op->fails == L62_FAILS_STATUS
			                      ? l62_sval_any(L62_NEG, false)
			                      : l62_sval_const(0));
		l62_frame_go_on(fr, failed, block, index + 1);
	}
	if (r->kind == fr->walk->device_kind && fr->walk->slice->extension &&
	    !new_device(fr, st))
		return false;
	if (op->fails == L62_FAILS_STATUS)
		l62_frame_set(fr, st, op->dest, l62_sval_const(0));
	else if (op->dest != L62_NONE)
		l62_frame_set(fr, st, op->dest, l62_sval_any(L62_POS, false));
	if (hot) {
		l62_op_note(fr, st, L62_TRAIL_ACQUIRE, op->line);
		l62_op_store(fr, st, at, l62_sval_of(L62_SVAL_FRESH, op->fresh), op);
	} else if (at.where == AT_KEY) {
		l62_op_store(fr, st, at, l62_sval_any(L62_POS, false), op);
	}
	return true;
}

static void check_kind(const struct l62_frame *fr, const struct l62_sstate *st,
                       struct l62_sval val, const struct l62_op *op)
{
	struct l62_program *p = (struct l62_program *)fr->walk->slice->index->program;
	struct l62_mismatch wrong = {
	        .kinds = op->kinds, .f = fr->sb->body->f, .line = op->line};
	const struct l62_resource *r;

	if (val.type != L62_SVAL_TOKEN || !st->token[val.n])
		return;
	wrong.resource = st->token[val.n] - 1;
	r = &g_array_index(p->resources, struct l62_resource, wrong.resource);
	if (op->kinds & l62_program_kind(p, r->kind))
		return;
	for (guint i = 0; i < fr->walk->mismatches->len; i++) {
		const struct l62_mismatch *m =
		        &g_array_index(fr->walk->mismatches, struct l62_mismatch, i);

		if (m->resource == wrong.resource && m->f == wrong.f && m->line == wrong.line)
			return;
	}
	g_array_append_val(fr->walk->mismatches, wrong);
}

/* If it was the first device, it may have been the only one. */
void l62_frame_delete(struct l62_frame *fr, struct l62_sstate *st, const struct l62_op *op)
{
	uint32_t first = fr->walk->first_device;

	if (l62_body_deletes(fr->walk->slice->index, fr->sb->body, op, first))
		l62_sstate_set(st, l62_key(L62_KEY_STORED, 0, first),
		               l62_sval_any(L62_ZERO | L62_POS, false));
}

/* False if what is released might be what the slot holds, and nobody knows. */
static bool release(struct l62_frame *fr, struct l62_sstate *st, const struct l62_op *op)
{
	struct l62_sval val = l62_frame_eval(fr, st, &op->value);

	if (val.type == L62_SVAL_ANY && l62_slice_hot(fr->sb, &op->value) && st->token[0] &&
	    !fr->walk->slice->many && (val.signs & L62_POS) && val.memory) {
		l62_walk_doubt(fr->walk, fr->sb->body->f, op->line, L62_DOUBT_RELEASE);
		return false;
	}
	check_kind(fr, st, val, op);
	l62_frame_lose(fr, st, val, true, op->line);
	l62_frame_delete(fr, st, op);
	return true;
}

/* Whether val is of one of the kinds that op releases: who deletes an object in place has
 * not freed the memory that it lies in. */
static bool of_kind(const struct l62_frame *fr, const struct l62_sstate *st,
                    struct l62_sval val, const struct l62_op *op)
{
	struct l62_program *p = (struct l62_program *)fr->walk->slice->index->program;
	uint32_t resource;

	if (val.type == L62_SVAL_FRESH)
		resource = val.n;
	else if (val.type == L62_SVAL_TOKEN && st->token[val.n])
		resource = st->token[val.n] - 1;
	else
		return false;
	return op->kinds &
	       l62_program_kind(
	               p, g_array_index(p->resources, struct l62_resource, resource).kind);
}

static void release_at(struct l62_frame *fr, struct l62_sstate *st, const struct l62_op *op)
{
	struct at at = l62_op_find(fr, st, op);
	struct l62_sval base =
	        op->place.type == L62_PLACE_BEHIND
	                ? l62_sstate_get(st, l62_key(L62_KEY_VAR, op->place.var, 0))
	                : l62_sval_const(0);

	if (at.where == AT_CELL) {
		check_kind(fr, st, st->cells[at.cell], op);
		l62_frame_lose(fr, st, st->cells[at.cell], true, op->line);
		if (at.cell || !fr->walk->slice->many)
			st->cells[at.cell] = l62_sval_const(0);
	} else if (at.where == AT_KEY) {
		l62_frame_lose(fr, st, l62_sstate_get(st, at.key), true, op->line);
		l62_op_store(fr, st, at, l62_sval_const(0), op);
	} else if (op->place.field == L62_ATOM_STAR && of_kind(fr, st, base, op)) {
		l62_frame_lose(fr, st, base, true, op->line);
	}
}

static void kernel(struct l62_frame *fr, struct l62_sstate *st, const struct l62_op *op)
{
	for (uint32_t i = 0; i < op->nargs; i++) {
		const struct l62_value *arg = l62_body_arg(fr->sb->body, op, i);

		if (arg->type == L62_VALUE_ADDRESS)
			l62_frame_set(fr, st, arg->n, l62_sval_any(L62_ANY, false));
	}
	if (op->form == L62_SLOT_LIVE && op->dest != L62_NONE)
		l62_frame_set(fr, st, op->dest,
		              l62_sval_const(fr->sb->body->f->classes[op->dest] != 'i'));
	else
		l62_frame_set(fr, st, op->dest,
		              l62_sval_any(L62_ANY, op->form == L62_SLOT_READS ||
		                                            (op->form == L62_SLOT_STOPS &&
		                                             fr->walk->late_frees)));
}

static bool give_if(struct l62_frame *fr, struct l62_sstate *st, const struct l62_op *op,
                    uint32_t block, uint32_t index)
{
	struct l62_sval val = l62_frame_eval(fr, st, &op->value);
	struct l62_sval status = l62_sstate_get(st, l62_key(L62_KEY_VAR, op->dest, 0));
	uint8_t signs = l62_sval_signs(status);

	if (val.type != L62_SVAL_TOKEN && val.type != L62_SVAL_FRESH)
		return true;
	if (signs & L62_NEG) {
		struct l62_sstate *kept = l62_sstate_copy(st);

		l62_frame_set(fr, kept, op->dest, l62_sval_any(L62_NEG, false));
		l62_frame_go_on(fr, kept, block, index + 1);
	}
	l62_frame_set(fr, st, op->dest, l62_sval_any(L62_ZERO | L62_POS, false));
	l62_frame_lose(fr, st, val, false, op->line);
	return true;
}

static struct l62_sval address(const struct l62_frame *fr, const struct l62_sstate *st,
                               const struct l62_op *op)
{
	struct l62_sval val = l62_frame_eval(fr, st, &op->value);

	/* What lies within what is followed is that. */
	if (!op->inside || val.type == L62_SVAL_TOKEN || val.type == L62_SVAL_FRESH ||
	    op->slot == L62_NONE)
		return val;
	return l62_op_address_of(fr, st, op);
}

bool l62_frame_op(struct l62_frame *fr, struct l62_sstate *st, uint32_t block, uint32_t index)
{
	const struct l62_op *op = l62_body_op(fr->sb->body, index);

	switch (op->type) {
	case L62_OP_SET:
		l62_frame_set(fr, st, op->dest, address(fr, st, op));
		break;
	case L62_OP_LOAD: {
		if (op->form != L62_SLOT_ADDRESS &&
		    (fr->walk->slice->many || fr->walk->slice->rows)) {
			struct at at = l62_op_find(fr, st, op);
			bool slot = at.where == AT_CELL && at.cell == 0;

			if (slot)
				l62_op_load_gap(fr, st, op, block, index);
			if (slot && fr->walk->slice->many)
				return l62_op_load_one_of_many(fr, st, op, block, index);
		}
		l62_frame_set(fr, st, op->dest, l62_op_load(fr, st, op));
		break;
	}
	case L62_OP_EMPTY:
		l62_frame_set(fr, st, op->dest, l62_op_empty(st, l62_op_find(fr, st, op)));
		break;
	case L62_OP_STORE:
		if (op->if_null) {
			struct at at = l62_op_find(fr, st, op);

			/* What is there stays there. */
			if (at.where == AT_CELL &&
			    l62_sval_signs(st->cells[at.cell]) == L62_POS)
				break;
		}
		l62_op_store(fr, st, l62_op_find(fr, st, op),
		             l62_frame_eval(fr, st, &op->value), op);
		break;
	case L62_OP_COMPUTE:
		compute(fr, st, op);
		break;
	case L62_OP_ACQUIRE:
		return acquire(fr, st, op, block, index);
	case L62_OP_RELEASE:
		if (!release(fr, st, op)) {
			l62_sstate_free(st);
			return false;
		}
		break;
	case L62_OP_RELEASE_AT:
		release_at(fr, st, op);
		break;
	case L62_OP_GIVE_IF:
		return give_if(fr, st, op, block, index);
	case L62_OP_GIVE:
		/* The slot still has it. */
		if (op->form == L62_SLOT_LENT)
			break;
		l62_frame_lose(fr, st, l62_frame_eval(fr, st, &op->value), false, op->line);
		break;
	case L62_OP_REF:
	case L62_OP_UNREF:
		l62_frame_lose(fr, st, l62_frame_eval(fr, st, &op->value), false, op->line);
		break;
	case L62_OP_KERNEL:
		kernel(fr, st, op);
		break;
	case L62_OP_TOUCH: {
		struct l62_sval val = l62_frame_eval(fr, st, &op->value);
		uint32_t cell = val.type == L62_SVAL_ADDR
		                        ? l62_slice_cell(fr->walk->slice, val.n)
		                        : L62_NONE;

		if (cell != L62_NONE && cell)
			st->cells[cell] = l62_sval_any(L62_ANY, true);
		break;
	}
	case L62_OP_CALL:
	case L62_OP_INDIRECT:
		return l62_frame_call(fr, st, op, block, index);
	}
	return true;
}
