/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Who names a slot, and how.  Many slices ask that of the slots that many functions name,
 * so each answer is found once.
 */
#include "index.h"

/* Whether the address that an op makes goes anywhere but to kernel routines. */
static bool goes_on(const struct l62_body *body, uint32_t var)
{
	for (uint32_t i = 0; i < body->f->ops->len; i++) {
		const struct l62_op *op = l62_body_op(body, i);

		if (op->type == L62_OP_KERNEL || op->type == L62_OP_TOUCH)
			continue;
		if (op->value.type == L62_VALUE_VAR && op->value.n == var)
			return true;
		for (uint32_t a = 0; a < op->nargs; a++)
			if (l62_body_arg(body, op, a)->type == L62_VALUE_VAR &&
			    l62_body_arg(body, op, a)->n == var)
				return true;
	}
	for (uint32_t b = 0; b < body->f->blocks->len; b++) {
		const struct l62_block *block = l62_body_block(body, b);

		if (block->type == L62_TERM_RETURN && block->value.type == L62_VALUE_VAR &&
		    block->value.n == var)
			return true;
	}
	return false;
}

static bool is_computed(const struct l62_body *body, const struct l62_value *value)
{
	for (uint32_t i = 0; value->type == L62_VALUE_VAR && i < body->f->ops->len; i++) {
		const struct l62_op *op = l62_body_op(body, i);

		if (op->type == L62_OP_COMPUTE && op->dest == value->n)
			return true;
	}
	return false;
}

static void ask(const struct l62_index *index, struct l62_naming *naming)
{
	naming->asked = true;
	for (guint i = 0; i < naming->mentions->len; i++) {
		const struct l62_mention *m =
		        &g_array_index(naming->mentions, struct l62_mention, i);
		const struct l62_body *body = index->bodies->pdata[m->body];
		const struct l62_op *op = l62_body_op(body, m->op);

		naming->element |= op->element;
		naming->passed |=
		        (op->inside || op->form == L62_SLOT_ADDRESS) && goes_on(body, op->dest);
		if (op->type != L62_OP_STORE)
			continue;
		naming->stored = true;
		naming->computed |= is_computed(body, &op->value);
		naming->known |= op->value.type != L62_VALUE_UNKNOWN;
	}
}

const struct l62_naming *l62_index_naming(const struct l62_index *index, uint32_t slot)
{
	struct l62_naming *naming = g_hash_table_lookup(index->by_slot, GUINT_TO_POINTER(slot));

	if (naming && !naming->asked)
		ask(index, naming);
	return naming;
}

/* The first mention in a body from that one on. */
static guint position(const GArray *mentions, uint32_t body)
{
	guint low = 0, high = mentions->len;

	while (low < high) {
		guint middle = (low + high) / 2;

		if (g_array_index(mentions, struct l62_mention, middle).body < body)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct l62_mention *l62_body_mentions(const struct l62_index *index,
                                            const struct l62_body *body, uint32_t slot,
                                            guint *count)
{
	const struct l62_naming *naming =
	        g_hash_table_lookup(index->by_slot, GUINT_TO_POINTER(slot));
	guint from = naming ? position(naming->mentions, body->id) : 0;

	*count = naming ? position(naming->mentions, body->id + 1) - from : 0;
	return *count ? &g_array_index(naming->mentions, struct l62_mention, from) : NULL;
}
