/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Spreads from the ops that name the slot over copies, arguments and results until
 * nothing is added; and again with the cells that this has found, until there are no
 * more of them.
 */
#include "slice.h"

#include <string.h>

/* A hot variable's value goes into callees (DOWN); it comes from callers (UP). */
enum { DOWN = 1, UP = 2 };
/* A watched variable decides something itself, or is what a cell receives. */
enum { DECIDES = 1, STORED = 2 };

static int compare_ids(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

/* The calls of sb mean something else now. */
static void renew_callers(struct l62_slice *s, const struct l62_slice_body *sb)
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

static struct l62_slice_body *get(struct l62_slice *s, struct l62_body *body)
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
		renew_callers(s, sb);
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

static bool is_var(const struct l62_value *value)
{
	return value->type == L62_VALUE_VAR || value->type == L62_VALUE_ADDRESS;
}

static uint8_t heat_of_var(const struct l62_slice_body *sb, uint32_t var)
{
	return sb->hot[sb->body->class[var]] | (sb->leads[var] ? UP | DOWN : 0);
}

static uint8_t heat_of(const struct l62_slice_body *sb, const struct l62_value *value)
{
	return is_var(value) ? heat_of_var(sb, value->n) : 0;
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
	renew_callers(s, sb);
}

static void heat_value(struct l62_slice *s, struct l62_slice_body *sb,
                       const struct l62_value *value, uint8_t how)
{
	if (is_var(value))
		heat(s, sb, value->n, how);
}

/* The object that the slot is in is not what is in the slot. */
static void lead(struct l62_slice *s, struct l62_slice_body *sb, uint32_t var)
{
	sb->does = true;
	if (sb->leads[var])
		return;
	sb->leads[var] = sb->stale = true;
	renew_callers(s, sb);
}

static void heat_params(struct l62_slice *s, struct l62_slice_body *sb, const struct l62_op *op,
                        struct l62_body *body)
{
	for (uint32_t i = 0; i < op->nargs && i < body->f->nparams; i++) {
		const struct l62_value *arg = l62_body_arg(sb->body, op, i);
		struct l62_slice_body *callee;

		if (heat_of(sb, arg))
			heat(s, get(s, body), i, DOWN);
		callee = s->by_id[body->id];
		if (callee && (callee->hot[body->class[i]] & UP))
			heat_value(s, sb, arg, UP | DOWN);
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
		callee = get(s, body);
	if (!callee)
		return;
	for (uint32_t b = 0; b < body->f->blocks->len; b++) {
		const struct l62_block *block = l62_body_block(body, b);

		if (block->type != L62_TERM_RETURN || !is_var(&block->value))
			continue;
		if (sb->hot[sb->body->class[op->dest]])
			heat_value(s, callee, &block->value, DOWN);
		else if (heat_of(callee, &block->value) & UP)
			heat(s, sb, op->dest, DOWN);
	}
}

static void spread_op(struct l62_slice *s, struct l62_slice_body *sb, const struct l62_op *op)
{
	bool named = op->slot != L62_NONE && op->slot == s->slot;
	bool base = op->place.type == L62_PLACE_BEHIND && op->place.var != L62_NONE &&
	            heat_of_var(sb, op->place.var);

	if (named || l62_slice_cell(s, op->slot) != L62_NONE)
		sb->does = true;
	switch (op->type) {
	case L62_OP_LOAD:
		if (named && op->form != L62_SLOT_ADDRESS)
			heat(s, sb, op->dest, UP | DOWN);
		else if (op->form == L62_SLOT_ADDRESS && l62_slice_leads(s, op->slot))
			heat(s, sb, op->dest, UP | DOWN);
		else if (base && op->slot == L62_NONE)
			heat(s, sb, op->dest, DOWN);
		break;
	case L62_OP_SET:
		if ((op->inside && l62_slice_leads(s, op->slot)) ||
		    (!op->inside && op->value.type == L62_VALUE_VAR && sb->leads[op->value.n]))
			lead(s, sb, op->dest);
		break;
	case L62_OP_STORE:
		if (named || (base && op->slot == L62_NONE))
			heat_value(s, sb, &op->value, UP | DOWN);
		/* The caller of a routine that moves it finds it there. */
		else if (op->slot == L62_NONE && op->place.type == L62_PLACE_BEHIND &&
		         op->place.field == L62_ATOM_STAR && heat_of(sb, &op->value))
			heat(s, sb, op->place.var, UP | DOWN);
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

static void root(struct l62_slice *s, struct l62_body *body)
{
	struct l62_slice_body *sb = get(s, body);

	if (!sb->rooted)
		sb->rooted = sb->stale = true;
}

static void spread(struct l62_slice *s)
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
				root(s, s->index->bodies
				                ->pdata[g_array_index(callers, uint32_t, i)]);
		}
	}
}

static bool writes_watched(const struct l62_slice_body *sb, const struct l62_op *op)
{
	switch (op->type) {
	case L62_OP_SET:
		/* "state = fits ? 1 : 2" */
		return sb->watched[sb->body->class[op->dest]] &
		       (op->value.type == L62_VALUE_SIGN ? DECIDES | STORED : DECIDES);
	case L62_OP_LOAD:
	case L62_OP_KERNEL:
	case L62_OP_COMPUTE:
	case L62_OP_EMPTY:
	case L62_OP_CALL:
	case L62_OP_INDIRECT:
	case L62_OP_ACQUIRE:
		return op->dest != L62_NONE &&
		       (sb->watched[sb->body->class[op->dest]] & DECIDES);
	default:
		return false;
	}
}

static bool any_hot_arg(const struct l62_slice_body *sb, const struct l62_op *op)
{
	for (uint32_t i = 0; i < op->nargs; i++)
		if (l62_slice_hot(sb, l62_body_arg(sb->body, op, i)))
			return true;
	return false;
}

static bool is_busy(const struct l62_slice *s, const struct l62_slice_body *sb,
                    const struct l62_op *op)
{
	uint32_t cell = l62_slice_cell(s, op->slot);

	if (writes_watched(sb, op) || cell == 0)
		return true;
	if (op->place.var != L62_NONE && heat_of_var(sb, op->place.var) &&
	    op->type != L62_OP_LOAD && op->type != L62_OP_SET)
		return true;
	switch (op->type) {
	case L62_OP_STORE:
		return cell != L62_NONE || l62_slice_hot(sb, &op->value);
	case L62_OP_RELEASE_AT:
		return cell != L62_NONE;
	case L62_OP_RELEASE:
	case L62_OP_GIVE:
	case L62_OP_GIVE_IF:
	case L62_OP_REF:
	case L62_OP_UNREF:
		return l62_slice_hot(sb, &op->value);
	case L62_OP_CALL:
	case L62_OP_INDIRECT: {
		struct l62_body *callee;

		for (uint32_t c = 0; (callee = l62_index_callee(s->index, op, c, NULL)); c++)
			if (s->by_id[callee->id] &&
			    l62_slice_concerns(sb, op, s->by_id[callee->id]))
				return true;
		return any_hot_arg(sb, op);
	}
	default:
		return false;
	}
}

static void note_busy(uint32_t block, void *data)
{
	bool **busy = data;

	if ((*busy)[block])
		*busy[1] = true;
}

static bool region_busy(const struct l62_slice_body *sb, uint32_t b)
{
	bool found = false;
	bool *data[2] = {sb->busy, &found};

	l62_body_region(sb->body, b, note_busy, data);
	return found;
}

static bool watch(struct l62_slice_body *sb, uint32_t var, uint8_t why)
{
	uint8_t *watched = &sb->watched[sb->body->class[var]];
	uint8_t old = *watched;

	*watched |= why;
	return *watched != old;
}

static bool watch_branches(const struct l62_slice *s, struct l62_slice_body *sb)
{
	uint32_t n = sb->body->f->blocks->len;
	bool changed = false, plain = l62_slice_plain(sb);

	for (uint32_t b = 0; b < n; b++) {
		const struct l62_block *block = l62_body_block(sb->body, b);

		for (uint32_t i = 0; i < block->nops && !sb->busy[b]; i++)
			sb->busy[b] = !l62_slice_skips(s, sb, block->ops + i, plain) &&
			              is_busy(s, sb, l62_body_op(sb->body, block->ops + i));
		if (sb->result && block->type == L62_TERM_RETURN) {
			sb->busy[b] = true;
			if (is_var(&block->value))
				changed |= watch(sb, block->value.n, DECIDES);
			plain = plain && !changed;
		}
	}
	for (uint32_t b = 0; b < n; b++) {
		const struct l62_block *block = l62_body_block(sb->body, b);

		if (block->ntargets < 2 || sb->branch[b] == L62_BRANCH_TELLS)
			continue;
		if (region_busy(sb, b)) {
			sb->branch[b] = L62_BRANCH_TELLS;
			changed = true;
			if (block->type != L62_TERM_ANY)
				watch(sb, block->var, DECIDES);
		} else {
			sb->branch[b] = sb->body->meet[b] == L62_NONE ? L62_BRANCH_BOTH
			                                              : L62_BRANCH_SKIP;
		}
	}
	return changed;
}

static bool watch_call(struct l62_slice_body *sb, const struct l62_op *op,
                       struct l62_slice_body *callee)
{
	bool changed = false;

	if (op->dest != L62_NONE && sb->watched[sb->body->class[op->dest]] && !callee->result)
		callee->result = changed = true;
	for (uint32_t a = 0; a < op->nargs && a < callee->body->f->nparams; a++) {
		const struct l62_value *arg = l62_body_arg(sb->body, op, a);

		if (callee->watched[callee->body->class[a]] && is_var(arg))
			changed |= watch(sb, arg->n, callee->watched[callee->body->class[a]]);
	}
	/* Which of a table is called. */
	if (op->type == L62_OP_INDIRECT && op->element && is_var(&op->index))
		changed |= watch(sb, op->index.n, DECIDES);
	return changed;
}

/* What is read back was stored a moment ago. */
static bool watch_stores(const struct l62_slice *s, struct l62_slice_body *sb, uint32_t slot)
{
	bool changed = false;

	guint count;
	const struct l62_mention *at = l62_body_mentions(s->index, sb->body, slot, &count);

	for (guint i = 0; i < count; i++) {
		const struct l62_op *op = l62_body_op(sb->body, at[i].op);

		if (op->type == L62_OP_STORE && is_var(&op->value))
			changed |= watch(sb, op->value.n, DECIDES);
	}
	return changed;
}

/* Decisions go on in callees that return what decides, and in callers that pass it. */
static bool watch_handovers(const struct l62_slice *s, struct l62_slice_body *sb)
{
	bool changed = false;

	for (guint i = 0; i < sb->handovers->len; i++) {
		const struct l62_op *op =
		        l62_body_op(sb->body, g_array_index(sb->handovers, uint32_t, i));
		struct l62_body *callee;

		if (op->type == L62_OP_LOAD && op->slot != L62_NONE &&
		    op->form == L62_SLOT_PATH && sb->watched[sb->body->class[op->dest]])
			changed |= watch_stores(s, sb, op->slot);
		if (op->type == L62_OP_LOAD && op->element && is_var(&op->index) &&
		    sb->watched[sb->body->class[op->dest]] &&
		    g_hash_table_contains(s->index->routines, GUINT_TO_POINTER(op->slot)))
			changed |= watch(sb, op->index.n, DECIDES);
		if (op->type == L62_OP_STORE && l62_slice_cell(s, op->slot) != L62_NONE &&
		    is_var(&op->value))
			changed |= watch(sb, op->value.n, STORED);
		for (uint32_t c = 0; (callee = l62_index_callee(s->index, op, c, NULL)); c++)
			if (s->by_id[callee->id] &&
			    l62_slice_concerns(sb, op, s->by_id[callee->id]))
				changed |= watch_call(sb, op, s->by_id[callee->id]);
	}
	return changed;
}

static bool hands_on(const struct l62_slice *s, const struct l62_op *op)
{
	struct l62_body *callee;

	if (op->type == L62_OP_LOAD && op->slot != L62_NONE && op->form == L62_SLOT_PATH)
		return true;
	if (op->type == L62_OP_STORE && l62_slice_cell(s, op->slot) != L62_NONE)
		return true;
	for (uint32_t c = 0; (callee = l62_index_callee(s->index, op, c, NULL)); c++)
		if (s->by_id[callee->id])
			return true;
	return false;
}

static void find_handovers(const struct l62_slice *s)
{
	for (guint b = 0; b < s->bodies->len; b++) {
		struct l62_slice_body *sb = s->bodies->pdata[b];

		sb->result |= sb->body->loads;
		for (uint32_t i = 0; i < sb->body->f->ops->len; i++)
			if (!l62_slice_skips(s, sb, i, true) &&
			    hands_on(s, l62_body_op(sb->body, i)))
				g_array_append_val(sb->handovers, i);
	}
}

static void find_decisions(struct l62_slice *s)
{
	bool changed = true;

	find_handovers(s);
	while (changed) {
		changed = false;
		for (guint b = 0; b < s->bodies->len; b++) {
			changed |= watch_branches(s, s->bodies->pdata[b]);
			changed |= watch_handovers(s, s->bodies->pdata[b]);
		}
	}
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
		root(s, s->index->bodies->pdata
		                [g_array_index(naming->mentions, struct l62_mention, i).body]);
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
		spread(s);
		find_decisions(s);
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
