/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the place of an op is, as far as one slot is concerned. */
#include "ops.h"

static struct at at_key(int type, uint32_t n, uint32_t field)
{
	/* &local:* is the local itself. */
	if (type == L62_KEY_LOCAL && field == L62_ATOM_STAR)
		return (struct at){.where = AT_KEY, .key = l62_key(L62_KEY_VAR, n, 0)};
	return (struct at){.where = AT_KEY, .key = l62_key(type, n, field)};
}

static struct at at_slot(const struct l62_frame *fr, uint32_t slot)
{
	const struct l62_slice *s = fr->walk->slice;
	struct at at = {.where = AT_MEMORY, .cell = l62_slice_cell(s, slot)};

	if (at.cell != L62_NONE)
		at.where = AT_CELL;
	else if (g_hash_table_contains(s->index->outside, GUINT_TO_POINTER(slot)))
		at.where = AT_OUTSIDE;
	return at;
}

/* That field of what lies at slot. */
static struct at at_field(const struct l62_frame *fr, uint32_t slot, uint32_t field)
{
	struct l62_program *p = (struct l62_program *)fr->walk->slice->index->program;
	g_autofree char *path = NULL;

	if (field == L62_ATOM_STAR)
		return at_slot(fr, slot);
	path = g_strconcat(l62_program_text(p, slot), ".", l62_program_text(p, field), NULL);
	return at_slot(fr, l62_program_atom(p, path));
}

/* What an op's place is. */
struct at l62_op_find(const struct l62_frame *fr, const struct l62_sstate *st,
                      const struct l62_op *op)
{
	const struct l62_slice *s = fr->walk->slice;
	struct l62_sval base;

	/* A local record has fields of a type, but is nobody else's. */
	if (op->place.type == L62_PLACE_VAR)
		return at_key(L62_KEY_VAR, op->place.var, 0);
	if (op->place.type == L62_PLACE_LOCAL)
		return at_key(L62_KEY_LOCAL, op->place.var, op->place.field);
	base = op->place.type == L62_PLACE_BEHIND
	               ? l62_sstate_get(st, l62_key(L62_KEY_VAR, op->place.var, 0))
	               : l62_sval_any(L62_ANY, true);
	if (base.type == L62_SVAL_LOCAL)
		return at_key(L62_KEY_LOCAL, base.n, op->place.field);
	if (base.type == L62_SVAL_OUT)
		return at_key(L62_KEY_OUT, base.n, op->place.field);
	if (op->slot != L62_NONE) {
		struct at at = at_slot(fr, op->slot);

		/* A record of a caller's, of a type that the driver uses for its own too. */
		if (at.where == AT_CELL && at.cell && op->place.type == L62_PLACE_BEHIND &&
		    fr->sb->body->foreign[fr->sb->body->class[op->place.var]])
			at.where = AT_MEMORY;
		return at;
	}
	switch (base.type) {
	case L62_SVAL_ADDR:
		if (op->form == L62_SLOT_LIST)
			return s->list && base.n == s->address
			               ? (struct at){.where = AT_CELL}
			               : (struct at){.where = AT_MEMORY};
		return at_field(fr, base.n, op->place.field);
	default:
		break;
	}
	return (struct at){.where = AT_MEMORY};
}
