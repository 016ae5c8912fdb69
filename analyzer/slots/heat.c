/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Which variables may hold what the slot holds: from the ops that name it over copies,
 * arguments and results until nothing is added.
 */
#include "slice_parts.h"

static uint8_t heat_of(const struct l62_slice_body *sb, const struct l62_value *value)
{
	return l62_value_names_var(value) ? l62_slice_heat(sb, value->n) : 0;
}

bool l62_slice_hot(const struct l62_slice_body *sb, const struct l62_value *value)
{
	return heat_of(sb, value) != 0;
}

bool l62_slice_kept(const struct l62_slice_body *sb, uint32_t var)
{
	uint32_t class = sb->body->class[var];

	return sb->hot[class] || sb->watched[class];
}

bool l62_slice_concerns(const struct l62_slice_body *sb, const struct l62_op *op,
                        const struct l62_slice_body *callee)
{
	bool concerns =
	        callee->rooted || (op->dest != L62_NONE && l62_slice_kept(sb, op->dest));

	for (uint32_t i = 0; i < op->nargs && !concerns; i++) {
		const struct l62_value *arg = l62_body_arg(sb->body, op, i);

		concerns = l62_slice_hot(sb, arg) ||
		           (arg->type == L62_VALUE_ADDRESS && l62_slice_kept(sb, arg->n));
	}
	return concerns;
}

/* What a variable holds bears on the function's own ops and on the calls of it. */
static void heat(struct l62_slice *s, struct l62_slice_body *sb, uint32_t var, uint8_t how)
{
	uint8_t *hot = &sb->hot[sb->body->class[var]];

	sb->does = true;
	if ((*hot | how) == *hot)
		return;
	*hot |= how;
	sb->stale = true;
	l62_slice_renew_callers(s, sb);
}

static void heat_value(struct l62_slice *s, struct l62_slice_body *sb,
                       const struct l62_value *value, uint8_t how)
{
	if (l62_value_names_var(value))
		heat(s, sb, value->n, how);
}

/* The object that the slot is in is not what is in the slot. */
static void lead(struct l62_slice *s, struct l62_slice_body *sb, uint32_t var)
{
	sb->does = true;
	if (sb->leads[var])
		return;
	sb->leads[var] = sb->stale = true;
	l62_slice_renew_callers(s, sb);
}

static void heat_params(struct l62_slice *s, struct l62_slice_body *sb, const struct l62_op *op,
                        struct l62_body *body)
{
	for (uint32_t i = 0; i < op->nargs && i < body->f->nparams; i++) {
		const struct l62_value *arg = l62_body_arg(sb->body, op, i);
		struct l62_slice_body *callee;

		if (heat_of(sb, arg))
			heat(s, l62_slice_get(s, body), i, L62_HEAT_DOWN);
		callee = s->by_id[body->id];
		if (callee && (callee->hot[body->class[i]] & L62_HEAT_UP))
			heat_value(s, sb, arg, L62_HEAT_UP | L62_HEAT_DOWN);
	}
}

/* What a call returns is hot in the caller if it is in the callee, and back. */
static void heat_result(struct l62_slice *s, struct l62_slice_body *sb, const struct l62_op *op,
                        struct l62_body *body)
{
	struct l62_slice_body *callee = s->by_id[body->id];

	if (op->dest == L62_NONE)
		return;
	if (sb->hot[sb->body->class[op->dest]] && body->acquires)
		callee = l62_slice_get(s, body);
	if (!callee)
		return;
	for (uint32_t b = 0; b < body->f->blocks->len; b++) {
		const struct l62_block *block = l62_body_block(body, b);

		if (block->type != L62_TERM_RETURN || !l62_value_names_var(&block->value))
			continue;
		if (sb->hot[sb->body->class[op->dest]])
			heat_value(s, callee, &block->value, L62_HEAT_DOWN);
		else if (heat_of(callee, &block->value) & L62_HEAT_UP)
			heat(s, sb, op->dest, L62_HEAT_DOWN);
	}
}

static void spread_op(struct l62_slice *s, struct l62_slice_body *sb, const struct l62_op *op)
{
	bool named = op->slot != L62_NONE && op->slot == s->slot;
	bool base = op->place.type == L62_PLACE_BEHIND && op->place.var != L62_NONE &&
	            l62_slice_heat(sb, op->place.var);

	if (named || l62_slice_cell(s, op->slot) != L62_NONE)
		sb->does = true;
	switch (op->type) {
	case L62_OP_LOAD:
		if (named && op->form != L62_SLOT_ADDRESS)
			heat(s, sb, op->dest, L62_HEAT_UP | L62_HEAT_DOWN);
		else if (op->form == L62_SLOT_ADDRESS && l62_slice_leads(s, op->slot))
			heat(s, sb, op->dest, L62_HEAT_UP | L62_HEAT_DOWN);
		else if (base && op->slot == L62_NONE)
			heat(s, sb, op->dest, L62_HEAT_DOWN);
		break;
	case L62_OP_SET:
		if ((op->inside && l62_slice_leads(s, op->slot)) ||
		    (!op->inside && op->value.type == L62_VALUE_VAR && sb->leads[op->value.n]))
			lead(s, sb, op->dest);
		break;
	case L62_OP_STORE:
		if (named || (base && op->slot == L62_NONE))
			heat_value(s, sb, &op->value, L62_HEAT_UP | L62_HEAT_DOWN);
		/* The caller of a routine that moves it finds it there. */
		else if (op->slot == L62_NONE && op->place.type == L62_PLACE_BEHIND &&
		         op->place.field == L62_ATOM_STAR && heat_of(sb, &op->value))
			heat(s, sb, op->place.var, L62_HEAT_UP | L62_HEAT_DOWN);
		break;
	case L62_OP_CALL:
	case L62_OP_INDIRECT: {
		struct l62_body *callee;

		for (uint32_t c = 0; (callee = l62_index_callee(s->index, op, c, NULL)); c++) {
			heat_params(s, sb, op, callee);
			heat_result(s, sb, op, callee);
		}
		break;
	}
	default:
		break;
	}
}

void l62_slice_spread(struct l62_slice *s)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (guint b = 0; b < s->bodies->len; b++) {
			struct l62_slice_body *sb = s->bodies->pdata[b];
			const GArray *callers = sb->body->callers;
			bool plain;

			if (!sb->stale)
				continue;
			sb->stale = false;
			changed = true;
			plain = l62_slice_plain(sb);
			for (uint32_t i = 0; i < sb->body->f->ops->len; i++) {
				if (l62_slice_skips(s, sb, i, plain))
					continue;
				spread_op(s, sb, l62_body_op(sb->body, i));
				plain = plain && !sb->stale;
			}
			/* Whoever calls what does something has to be walked. */
			for (guint i = 0; i < callers->len && sb->rooted; i++)
				l62_slice_root(s, s->index->bodies->pdata[g_array_index(
				                          callers, uint32_t, i)]);
		}
	}
}
