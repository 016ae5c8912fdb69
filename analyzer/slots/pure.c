/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Every store is of null, of what was in the field before, or of what the same function
 * has acquired; and nobody has the field's address. */
#include "pure.h"

enum { COPIES = 4 };

static bool add_kind(const struct l62_index *index, const struct l62_op *acquire,
                     uint32_t *kind)
{
	uint32_t k =
	        g_array_index(index->program->resources, struct l62_resource, acquire->fresh)
	                .kind;

	if (*kind != L62_NONE && *kind != k)
		return false;
	*kind = k;
	return true;
}

static bool is_of_one_kind(const struct l62_index *index, const struct l62_body *body,
                           uint32_t slot, const struct l62_value *value, int copies,
                           uint32_t *kind)
{
	bool defined = false;

	if (value->type == L62_VALUE_SIGN)
		return value->constant == 0;
	if (value->type != L62_VALUE_VAR || value->n < body->f->nparams || copies == COPIES)
		return false;
	for (uint32_t i = 0; i < body->f->ops->len; i++) {
		const struct l62_op *op = l62_body_op(body, i);

		if (op->type == L62_OP_ACQUIRE && op->place.type == L62_PLACE_VAR &&
		    op->place.var == value->n) {
			if (!add_kind(index, op, kind))
				return false;
		} else if (op->dest != value->n || op->type == L62_OP_KERNEL) {
			continue; /* the call that acquires is one of both */
		} else if (op->type == L62_OP_SET && !op->inside) {
			if (!is_of_one_kind(index, body, slot, &op->value, copies + 1, kind))
				return false;
		} else if (op->type != L62_OP_LOAD || op->slot != slot) {
			return false;
		}
		defined = true;
	}
	return defined;
}

static bool is_pure_at(const struct l62_index *index, const struct l62_body *body,
                       const struct l62_op *op, uint32_t *kind)
{
	if (op->form != L62_SLOT_PATH || op->type == L62_OP_TOUCH ||
	    (op->type == L62_OP_SET && op->inside))
		return false;
	if (op->type == L62_OP_ACQUIRE)
		return add_kind(index, op, kind);
	return op->type != L62_OP_STORE ||
	       is_of_one_kind(index, body, op->slot, &op->value, 0, kind);
}

uint32_t l62_pure_kind(const struct l62_index *index, uint32_t slot)
{
	const struct l62_naming *naming = l62_index_naming(index, slot);
	uint32_t kind = L62_NONE;

	/* The system puts things of its own there, too. */
	if (g_hash_table_contains(index->inside, GUINT_TO_POINTER(slot)) ||
	    g_hash_table_contains(index->outside, GUINT_TO_POINTER(slot)))
		return L62_NONE;
	for (guint i = 0; naming && i < naming->mentions->len; i++) {
		const struct l62_mention *m =
		        &g_array_index(naming->mentions, struct l62_mention, i);
		const struct l62_body *body = index->bodies->pdata[m->body];

		if (!is_pure_at(index, body, l62_body_op(body, m->op), &kind))
			return L62_NONE;
	}
	return kind;
}
