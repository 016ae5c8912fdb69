/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Made once for a driver; every slot's slice starts from it. */
#include "index.h"

#include <string.h>

static void free_naming(void *data)
{
	struct l62_naming *naming = data;

	g_array_unref(naming->mentions);
	g_free(naming);
}

static void add_mention(struct l62_index *index, const struct l62_body *body, uint32_t op,
                        uint32_t slot)
{
	struct l62_naming *naming = g_hash_table_lookup(index->by_slot, GUINT_TO_POINTER(slot));
	struct l62_mention mention = {body->id, op};

	if (!naming) {
		naming = g_new0(struct l62_naming, 1);
		naming->mentions = g_array_new(FALSE, FALSE, sizeof(struct l62_mention));
		g_hash_table_insert(index->by_slot, GUINT_TO_POINTER(slot), naming);
	}
	g_array_append_val(naming->mentions, mention);
}

static bool is_system(const char *record)
{
	static const char *const names[] = {
	        "IO_STACK_LOCATION",
	        "IRP",
	        "IO_STATUS_BLOCK",
	        "FILE_OBJECT",
	        "DEVICE_OBJECT",
	        "DRIVER_OBJECT",
	        /* What notify routines are told. */
	        "PS_CREATE_NOTIFY_INFO",
	        "IMAGE_INFO",
	        "OB_PRE_OPERATION_INFORMATION",
	        "OB_POST_OPERATION_INFORMATION",
	        "DEVICE_INTERFACE_CHANGE_NOTIFICATION",
	        "TARGET_DEVICE_CUSTOM_NOTIFICATION",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (strcmp(record, names[i]) == 0)
			return true;
	return false;
}

static void classify(struct l62_index *index, uint32_t slot, GHashTable *homes)
{
	const char *path = l62_program_text(index->program, slot);
	const char *base = g_str_has_prefix(path, "list ") ? path + 5 : path;
	const char *dot = strchr(base, '.');
	g_autofree char *record = dot ? g_strndup(base, (gsize)(dot - base)) : NULL;

	if (g_str_has_prefix(base, "::") || (record && g_hash_table_contains(homes, record)))
		g_hash_table_add(index->homes, GUINT_TO_POINTER(slot));
	/* FileObject and the like lead back to the driver's own memory. */
	if (record && is_system(record)) {
		bool back = g_str_has_suffix(path, "Object") ||
		            g_str_has_suffix(path, "Context") ||
		            g_str_has_suffix(record, "_OBJECT");

		g_hash_table_add(back ? index->inside : index->outside, GUINT_TO_POINTER(slot));
	}
}

struct l62_body *l62_index_callee(const struct l62_index *index, const struct l62_op *op,
                                  uint32_t i, const struct l62_target **target)
{
	const GPtrArray *targets;

	if (target)
		*target = NULL;
	if (op->type == L62_OP_CALL)
		return i == 0 && op->callee ? index->bodies->pdata[op->callee->index] : NULL;
	if (op->type != L62_OP_INDIRECT || op->slot == L62_NONE)
		return NULL;
	targets = g_hash_table_lookup(index->routines, GUINT_TO_POINTER(op->slot));
	if (!targets || i >= targets->len)
		return NULL;
	if (target)
		*target = targets->pdata[i];
	return ((const struct l62_target *)targets->pdata[i])->body;
}

static void add_row(struct l62_index *index, const struct l62_row_number *row)
{
	GArray *rows = g_hash_table_lookup(index->rows, GUINT_TO_POINTER(row->slot));

	g_hash_table_add(index->outside, GUINT_TO_POINTER(row->slot));
	if (!rows) {
		rows = g_array_new(FALSE, FALSE, sizeof(int64_t));
		g_hash_table_insert(index->rows, GUINT_TO_POINTER(row->slot), rows);
	}
	g_array_append_val(rows, row->number);
}

static void free_array(void *data)
{
	g_array_unref(data);
}

static void add_routines(struct l62_index *index, const struct l62_unit_skeleton *unit)
{
	for (guint i = 0; i < unit->routines->len; i++) {
		const struct l62_routine *r =
		        &g_array_index(unit->routines, struct l62_routine, i);
		struct l62_body *body =
		        r->function ? g_hash_table_lookup(index->by_f, r->function) : NULL;
		GPtrArray *targets =
		        g_hash_table_lookup(index->routines, GUINT_TO_POINTER(r->slot));
		struct l62_target *target;

		if (!body || r->slot == L62_NONE)
			continue;
		if (!targets) {
			targets = g_ptr_array_new_with_free_func(g_free);
			g_hash_table_insert(index->routines, GUINT_TO_POINTER(r->slot),
			                    targets);
		}
		/* The table is constant as far as anybody can see. */
		for (guint n = 0; n < r->numbers->len; n++)
			add_row(index, &g_array_index(r->numbers, struct l62_row_number, n));
		target = g_new0(struct l62_target, 1);
		*target = (struct l62_target){body, r->has_index, r->index, r->numbers};
		g_ptr_array_add(targets, target);
	}
}

static void free_targets(void *data)
{
	g_ptr_array_unref(data);
}

/* Releases something, or puts it where others may. */
static bool lets_go(const struct l62_body *body, const struct l62_op *op)
{
	switch (op->type) {
	case L62_OP_RELEASE:
	case L62_OP_RELEASE_AT:
	case L62_OP_GIVE:
	case L62_OP_GIVE_IF:
	case L62_OP_UNREF:
	case L62_OP_INDIRECT:
		return true;
	case L62_OP_CALL:
		return !op->callee;
	case L62_OP_STORE:
		return op->value.type == L62_VALUE_VAR && body->f->classes[op->value.n] == 'p';
	default:
		return false;
	}
}

static void look_through(struct l62_index *index, struct l62_body *body, GHashTable *homes)
{
	for (uint32_t i = 0; i < body->f->ops->len; i++) {
		const struct l62_op *op = l62_body_op(body, i);

		if (op->slot != L62_NONE) {
			classify(index, op->slot, homes);
			add_mention(index, body, i, op->slot);
		}
		body->acquires |= op->type == L62_OP_ACQUIRE;
		body->lets_go |= lets_go(body, op);
		for (uint32_t c = 0;; c++) {
			struct l62_body *callee = l62_index_callee(index, op, c, NULL);

			if (!callee)
				break;
			/* Bodies come by their ids. */
			if (callee->callers->len == 0 ||
			    g_array_index(callee->callers, uint32_t,
			                  callee->callers->len - 1) != body->id)
				g_array_append_val(callee->callers, body->id);
		}
	}
}

bool l62_index_reads(const struct l62_index *index, const struct l62_body *body,
                     const struct l62_op *op)
{
	if (op->slot == L62_NONE || l62_index_outside(index, op->slot))
		return false;
	if (op->type != L62_OP_LOAD || op->place.type != L62_PLACE_BEHIND ||
	    g_hash_table_contains(index->inside, GUINT_TO_POINTER(op->slot)))
		return op->type == L62_OP_LOAD || op->type == L62_OP_EMPTY;
	return !body->foreign[body->class[op->place.var]] &&
	       !body->fresh[body->class[op->place.var]];
}

static void find_reads(const struct l62_index *index, struct l62_body *body)
{
	for (uint32_t i = 0; i < body->f->ops->len && !body->reads; i++) {
		const struct l62_op *op = l62_body_op(body, i);

		body->reads = l62_index_reads(index, body, op) || op->form == L62_SLOT_READS ||
		              (op->type == L62_OP_INDIRECT &&
		               !l62_index_callee(index, op, 0, NULL)) ||
		              (op->type == L62_OP_CALL && !op->callee);
	}
}

/* Carries reads, acquires and lets_go up to callers. */
static void carry_up(struct l62_index *index)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (guint i = 0; i < index->bodies->len; i++) {
			const struct l62_body *body = index->bodies->pdata[i];

			for (guint j = 0; j < body->callers->len; j++) {
				struct l62_body *caller = index->bodies->pdata[g_array_index(
				        body->callers, uint32_t, j)];

				if ((body->reads && !caller->reads) ||
				    (body->acquires && !caller->acquires) ||
				    (body->lets_go && !caller->lets_go))
					changed = true;
				caller->reads |= body->reads;
				caller->acquires |= body->acquires;
				caller->lets_go |= body->lets_go;
			}
		}
	}
}

static bool op_deletes(const struct l62_index *index, const struct l62_body *body,
                       const struct l62_op *op, uint32_t class)
{
	const struct l62_body *callee;

	if (op->type == L62_OP_RELEASE && (op->kinds & index->device) &&
	    op->value.type == L62_VALUE_VAR && body->class[op->value.n] == class)
		return true;
	for (uint32_t c = 0; (callee = l62_index_callee(index, op, c, NULL)); c++) {
		for (uint32_t a = 0; a < op->nargs && a < callee->f->nparams; a++) {
			const struct l62_value *arg = l62_body_arg(body, op, a);

			if (callee->deletes[a] && arg->type == L62_VALUE_VAR &&
			    body->class[arg->n] == class)
				return true;
		}
	}
	return false;
}

static bool find_deletes(const struct l62_index *index, struct l62_body *body)
{
	bool changed = false;

	for (uint32_t p = 0; p < body->f->nparams; p++) {
		for (uint32_t i = 0; i < body->f->ops->len && !body->deletes[p]; i++) {
			if (op_deletes(index, body, l62_body_op(body, i), body->class[p]))
				body->deletes[p] = changed = true;
		}
	}
	return changed;
}

bool l62_body_deletes(const struct l62_index *index, const struct l62_body *body,
                      const struct l62_op *op, uint32_t slot)
{
	guint count;
	const struct l62_mention *at = l62_body_mentions(index, body, slot, &count);

	for (guint i = 0; i < count; i++) {
		const struct l62_op *load = l62_body_op(body, at[i].op);

		if (load->type == L62_OP_LOAD &&
		    op_deletes(index, body, op, body->class[load->dest]))
			return true;
	}
	return false;
}

static void free_body(void *data)
{
	struct l62_body *body = data;

	g_free(body->class);
	g_free(body->foreign);
	g_free(body->passed);
	g_free(body->made);
	g_free(body->fresh);
	g_free(body->given);
	g_free(body->fills);
	g_free(body->deletes);
	g_free(body->live);
	g_free(body->meet);
	g_free(body->plain);
	g_clear_pointer(&body->given_on, g_array_unref);
	g_array_unref(body->callers);
	g_array_unref(body->majors);
	g_array_unref(body->looked);
	g_free(body);
}

static void add_body(struct l62_index *index, struct l62_function *f)
{
	struct l62_body *body = g_new0(struct l62_body, 1);

	body->f = f;
	body->deletes = g_new0(bool, f->nparams + 1);
	/* The search of components is over. */
	f->index = body->id = index->bodies->len;
	body->callers = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	body->majors = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	body->looked = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	g_ptr_array_add(index->bodies, body);
	g_hash_table_insert(index->by_f, (void *)body->f, body);
}

struct l62_index *l62_index_new(const struct l62_program *program, GHashTable *homes)
{
	struct l62_index *index = g_new0(struct l62_index, 1);

	index->program = program;
	index->major = l62_program_atom((struct l62_program *)program,
	                                "IO_STACK_LOCATION.MajorFunction");
	index->device =
	        l62_program_kind((struct l62_program *)program,
	                         l62_program_atom((struct l62_program *)program, "DEVICE"));
	index->bodies = g_ptr_array_new_with_free_func(free_body);
	index->by_f = g_hash_table_new(NULL, NULL);
	index->by_slot = g_hash_table_new_full(NULL, NULL, NULL, free_naming);
	index->homes = g_hash_table_new(NULL, NULL);
	index->outside = g_hash_table_new(NULL, NULL);
	index->inside = g_hash_table_new(NULL, NULL);
	for (guint u = 0; u < program->units->len; u++) {
		const struct l62_unit_skeleton *unit = program->units->pdata[u];

		for (guint i = 0; i < unit->functions->len; i++)
			add_body(index, unit->functions->pdata[i]);
	}
	index->in_slice = g_new0(struct l62_slice_body *, index->bodies->len + 1);
	index->rows = g_hash_table_new_full(NULL, NULL, NULL, free_array);
	index->routines = g_hash_table_new_full(NULL, NULL, NULL, free_targets);
	for (guint u = 0; u < program->units->len; u++)
		add_routines(index, program->units->pdata[u]);
	for (guint i = 0; i < index->bodies->len; i++)
		look_through(index, index->bodies->pdata[i], homes);
	carry_up(index);
	for (guint i = 0; i < index->bodies->len; i++)
		l62_body_find_copies(index, index->bodies->pdata[i]);
	for (bool changed = true; changed;) {
		changed = l62_index_pass_copies(index);
		for (guint i = 0; i < index->bodies->len; i++)
			changed |= find_deletes(index, index->bodies->pdata[i]);
	}
	l62_index_find_fresh(index);
	for (guint i = 0; i < index->bodies->len; i++)
		find_reads(index, index->bodies->pdata[i]);
	carry_up(index);
	l62_index_find_tells(index);
	return index;
}

struct l62_body *l62_index_body(const struct l62_index *index, const struct l62_function *f)
{
	struct l62_body *body = g_hash_table_lookup(index->by_f, f);

	/* Only bodies of slices need these. */
	if (body && !body->live) {
		l62_body_find_live(body);
		l62_body_find_plain(index, body);
		l62_body_find_meets(body);
	}
	return body;
}

void l62_index_free(struct l62_index *index)
{
	g_ptr_array_unref(index->bodies);
	g_hash_table_unref(index->by_f);
	g_hash_table_unref(index->by_slot);
	g_hash_table_unref(index->rows);
	g_hash_table_unref(index->routines);
	g_hash_table_unref(index->homes);
	g_hash_table_unref(index->outside);
	g_hash_table_unref(index->inside);
	g_free(index->in_slice);
	g_free(index);
}
