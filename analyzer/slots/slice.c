/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Makes a slice: spreads from the ops that name the slot (heat.c), finds what decides
 * (decide.c), and again with the cells that this has found, until there are no more of
 * them.
 */
#include "slice_parts.h"

#include <string.h>

static int compare_ids(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

void l62_slice_renew_callers(struct l62_slice *s, const struct l62_slice_body *sb)
{
	const GArray *callers = sb->body->callers;

	/* A helper may have more callers than the slice has functions. */
	for (guint i = 0; i < s->bodies->len && callers->len > s->bodies->len; i++) {
		struct l62_slice_body *other = s->bodies->pdata[i];

		other->stale |= g_array_binary_search((GArray *)callers, &other->body->id,
		                                      compare_ids, NULL);
	}
	for (guint i = 0; i < callers->len && callers->len <= s->bodies->len; i++) {
		struct l62_slice_body *caller = s->by_id[g_array_index(callers, uint32_t, i)];

		if (caller)
			caller->stale = true;
	}
}

struct l62_slice_body *l62_slice_get(struct l62_slice *s, struct l62_body *body)
{
	struct l62_slice_body *sb = s->by_id[body->id];

	if (!sb) {
		l62_index_body(s->index, body->f); /* prepares it */
		sb = g_new0(struct l62_slice_body, 1);
		sb->body = body;
		sb->stale = true;
		sb->handovers = g_array_new(FALSE, FALSE, sizeof(uint32_t));
		sb->hot = g_new0(uint8_t, body->f->nvars + 1);
		sb->leads = g_new0(bool, body->f->nvars + 1);
		sb->watched = g_new0(uint8_t, body->f->nvars + 1);
		sb->busy = g_new0(bool, body->f->blocks->len);
		sb->branch = g_new0(uint8_t, body->f->blocks->len);
		g_ptr_array_add(s->bodies, sb);
		s->by_id[body->id] = sb;
		l62_slice_renew_callers(s, sb);
	}
	return sb;
}

static void free_slice_body(void *data)
{
	struct l62_slice_body *sb = data;

	g_free(sb->hot);
	g_free(sb->leads);
	g_free(sb->watched);
	g_free(sb->busy);
	g_free(sb->branch);
	g_array_unref(sb->handovers);
	g_free(sb->next);
	g_free(sb);
}

static void forget_bodies(struct l62_slice *s)
{
	for (guint i = 0; i < s->bodies->len; i++) {
		const struct l62_slice_body *sb = s->bodies->pdata[i];

		s->by_id[sb->body->id] = NULL;
	}
	g_ptr_array_set_size(s->bodies, 0);
}

uint32_t l62_slice_cell(const struct l62_slice *s, uint32_t slot)
{
	for (uint32_t i = 0; slot != L62_NONE && i < s->ncells; i++)
		if (s->cells[i] == slot)
			return i;
	return L62_NONE;
}

bool l62_slice_leads(const struct l62_slice *s, uint32_t slot)
{
	if (slot == L62_NONE)
		return false;
	for (guint i = 0; i < s->around->len; i++)
		if (g_array_index(s->around, uint32_t, i) == slot)
			return true;
	return slot == s->address;
}

struct l62_slice_body *l62_slice_body(const struct l62_slice *s, const struct l62_function *f)
{
	struct l62_body *body = f ? g_hash_table_lookup(s->index->by_f, f) : NULL;

	return body ? s->by_id[body->id] : NULL;
}

void l62_slice_root(struct l62_slice *s, struct l62_body *body)
{
	struct l62_slice_body *sb = l62_slice_get(s, body);

	if (!sb->rooted)
		sb->rooted = sb->stale = true;
}

/* Whether anything is known of what it holds, beyond that it begins as zero. */
static bool has_constants(const struct l62_slice *s, const struct l62_naming *naming)
{
	/* How many there are is not known of one of them. */
	if (s->many && naming->computed)
		return false;
	return naming->known || !naming->stored;
}

/* Whether what the slot holds is told by the ops that name it, and by no others. */
static bool can_be_cell(const struct l62_slice *s, uint32_t slot)
{
	const struct l62_naming *naming = l62_index_naming(s->index, slot);

	return !naming->element && !naming->passed && has_constants(s, naming);
}

static void find_cells(struct l62_slice *s)
{
	for (guint b = 0; b < s->bodies->len; b++) {
		const struct l62_slice_body *sb = s->bodies->pdata[b];

		for (uint32_t i = 0; i < sb->body->f->ops->len; i++) {
			const struct l62_op *op = l62_body_op(sb->body, i);

			if (sb->body->plain[i] == L62_NONE && op->type == L62_OP_LOAD &&
			    op->form == L62_SLOT_PATH &&
			    sb->watched[sb->body->class[op->dest]] && s->ncells < L62_CELLS &&
			    l62_slice_cell(s, op->slot) == L62_NONE &&
			    g_hash_table_contains(s->index->homes,
			                          GUINT_TO_POINTER(op->slot)) &&
			    can_be_cell(s, op->slot))
				s->cells[s->ncells++] = op->slot;
		}
	}
}

static void seed_from(struct l62_slice *s, uint32_t slot)
{
	const struct l62_naming *naming = l62_index_naming(s->index, slot);

	for (guint i = 0; naming && i < naming->mentions->len; i++)
		l62_slice_root(s, s->index->bodies->pdata[g_array_index(naming->mentions,
		                                                        struct l62_mention, i)
		                                                  .body]);
}

/* From all that names the slot, or what it is a part of, or writes a cell. */
static void seed(struct l62_slice *s)
{
	for (uint32_t c = 0; c < s->ncells; c++)
		seed_from(s, s->cells[c]);
	seed_from(s, s->address);
	for (guint i = 0; i < s->around->len; i++)
		seed_from(s, g_array_index(s->around, uint32_t, i));
}

/* Of "::file.c:Name.Path.Buffer" "::file.c:Name.Path" and "::file.c:Name". */
static void find_around(struct l62_slice *s)
{
	struct l62_program *p = (struct l62_program *)s->index->program;
	g_autofree char *path = g_strdup(l62_program_text(p, s->address));
	char *name = strrchr(path, ':'), *dot;

	while ((dot = strrchr(name ? name : path, '.'))) {
		uint32_t atom;

		*dot = 0;
		atom = l62_program_atom(p, path);
		if (name || strchr(path, '.'))
			g_array_append_val(s->around, atom);
	}
}

static bool is_of_row(struct l62_program *program, const char *path)
{
	const char *dot = strchr(path, '.');
	g_autofree char *record = g_strndup(path, dot ? (gsize)(dot - path) : 0);

	return g_hash_table_contains(program->rows,
	                             GUINT_TO_POINTER(l62_program_atom(program, record)));
}

static bool is_sum(const struct l62_body *body, const struct l62_value *value)
{
	for (uint32_t i = 0; value->type == L62_VALUE_VAR && i < body->f->ops->len; i++) {
		const struct l62_op *op = l62_body_op(body, i);

		if (op->type == L62_OP_COMPUTE && op->dest == value->n &&
		    (*op->operator== '+' || * op->operator== '-'))
			return true;
	}
	return false;
}

static void find_counts(struct l62_slice *s)
{
	for (guint b = 0; b < s->bodies->len; b++) {
		const struct l62_slice_body *sb = s->bodies->pdata[b];

		for (uint32_t i = 0; i < sb->body->f->ops->len; i++) {
			const struct l62_op *op = l62_body_op(sb->body, i);
			uint32_t cell = sb->body->plain[i] == L62_NONE &&
			                                op->type == L62_OP_STORE &&
			                                op->slot != L62_NONE
			                        ? l62_slice_cell(s, op->slot)
			                        : L62_NONE;

			if (cell != L62_NONE && is_sum(sb->body, &op->value))
				s->counts[cell] = true;
		}
	}
}

struct l62_slice *l62_slice_new(const struct l62_index *index, uint32_t slot, bool extension)
{
	struct l62_slice *s = g_new0(struct l62_slice, 1);
	const char *path = l62_program_text(index->program, slot);
	const struct l62_naming *naming;
	uint32_t before;

	s->index = index;
	s->slot = s->address = slot;
	s->extension = extension;
	s->containers = g_hash_table_new(NULL, NULL);
	s->list = g_str_has_prefix(path, "list ");
	if (s->list)
		s->address = l62_program_atom((struct l62_program *)index->program, path + 5);
	s->around = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	find_around(s);
	s->cells[s->ncells++] = slot;
	naming = l62_index_naming(index, slot);
	s->many = s->list || (naming && naming->element);
	s->rows = !s->many && is_of_row((struct l62_program *)index->program, path);
	s->by_id = index->in_slice;
	s->bodies = g_ptr_array_new_with_free_func(free_slice_body);
	do {
		before = s->ncells;
		forget_bodies(s);
		seed(s);
		l62_slice_spread(s);
		l62_slice_find_decisions(s);
		find_cells(s);
	} while (s->ncells > before);
	find_counts(s);
	l62_slice_find_idle(s);
	return s;
}

void l62_slice_free(struct l62_slice *s)
{
	forget_bodies(s);
	g_ptr_array_unref(s->bodies);
	g_hash_table_unref(s->containers);
	g_array_unref(s->around);
	g_free(s);
}
