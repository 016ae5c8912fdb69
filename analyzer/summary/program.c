/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A driver's skeletons in memory: names, kinds and resources; see program.h. */
#include "program.h"

#include <string.h>

static guint resource_hash(gconstpointer key)
{
	const struct l62_resource *r = key;

	return ((r->kind * 31 + r->api) * 31 + r->file) * 31 + r->line;
}

static gboolean resource_equal(gconstpointer a, gconstpointer b)
{
	return memcmp(a, b, sizeof(struct l62_resource)) == 0;
}

static void free_function(void *data)
{
	struct l62_function *f = data;

	g_free(f->classes);
	g_array_unref(f->ops);
	g_array_unref(f->blocks);
	g_array_unref(f->targets);
	g_array_unref(f->args);
	g_array_unref(f->cases);
	l62_summary_clear(&f->summary);
	g_free(f);
}

static void clear_routine(void *data)
{
	struct l62_routine *routine = data;

	g_array_unref(routine->numbers);
}

static void free_unit(void *data)
{
	struct l62_unit_skeleton *unit = data;

	g_ptr_array_unref(unit->functions);
	g_hash_table_unref(unit->names);
	g_array_unref(unit->routines);
	g_free(unit);
}

struct l62_program *l62_program_new(void)
{
	struct l62_program *p = g_new0(struct l62_program, 1);

	p->atoms = g_ptr_array_new_with_free_func(g_free);
	p->atom_ids = g_hash_table_new(g_str_hash, g_str_equal);
	p->kinds = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	p->resources = g_array_new(FALSE, FALSE, sizeof(struct l62_resource));
	p->resource_ids = g_hash_table_new_full(resource_hash, resource_equal, g_free, NULL);
	p->pointer_fields = g_hash_table_new(NULL, NULL);
	p->rows = g_hash_table_new(NULL, NULL);
	p->units = g_ptr_array_new_with_free_func(free_unit);
	l62_program_atom(p, "*");
	l62_program_atom(p, ""); /* L62_ATOM_DEEP: no word is empty */
	g_hash_table_add(p->pointer_fields, GUINT_TO_POINTER(L62_ATOM_STAR));
	return p;
}

void l62_program_free(struct l62_program *p)
{
	g_ptr_array_unref(p->units);
	g_hash_table_unref(p->pointer_fields);
	g_hash_table_unref(p->rows);
	g_hash_table_unref(p->resource_ids);
	g_array_unref(p->resources);
	g_array_unref(p->kinds);
	g_hash_table_unref(p->atom_ids);
	g_ptr_array_unref(p->atoms);
	g_free(p);
}

uint32_t l62_program_atom(struct l62_program *p, const char *text)
{
	uint32_t id = GPOINTER_TO_UINT(g_hash_table_lookup(p->atom_ids, text));

	if (id == 0) {
		char *copy = g_strdup(text);

		g_ptr_array_add(p->atoms, copy);
		id = p->atoms->len;
		g_hash_table_insert(p->atom_ids, copy, GUINT_TO_POINTER(id));
	}
	return id - 1;
}

const char *l62_program_text(const struct l62_program *p, uint32_t atom)
{
	return p->atoms->pdata[atom];
}

uint32_t l62_program_resource(struct l62_program *p, const struct l62_resource *r)
{
	uint32_t id = GPOINTER_TO_UINT(g_hash_table_lookup(p->resource_ids, r));

	if (id == 0) {
		g_array_append_val(p->resources, *r);
		id = p->resources->len;
		g_hash_table_insert(p->resource_ids, g_memdup2(r, sizeof(*r)),
		                    GUINT_TO_POINTER(id));
	}
	return id - 1;
}

uint64_t l62_program_kind(struct l62_program *p, uint32_t atom)
{
	guint bit = 0;

	while (bit < p->kinds->len && g_array_index(p->kinds, uint32_t, bit) != atom)
		bit++;
	if (bit == 64)
		return 0;
	if (bit == p->kinds->len)
		g_array_append_val(p->kinds, atom);
	return UINT64_C(1) << bit;
}

uint8_t l62_class_signs(char class)
{
	return class == 'p' || class == 'u' ? L62_ZERO | L62_POS : L62_ANY;
}

bool l62_function_is_scalar(const struct l62_function *f, uint32_t var)
{
	return f->classes[var] != 'a';
}

struct l62_unit_skeleton *l62_program_add_unit(struct l62_program *p)
{
	struct l62_unit_skeleton *unit = g_new0(struct l62_unit_skeleton, 1);

	unit->path = L62_NONE;
	unit->functions = g_ptr_array_new_with_free_func(free_function);
	unit->names = g_hash_table_new(NULL, NULL);
	unit->routines = g_array_new(FALSE, FALSE, sizeof(struct l62_routine));
	g_array_set_clear_func(unit->routines, clear_routine);
	g_ptr_array_add(p->units, unit);
	return unit;
}

void l62_unit_skeleton_clear(struct l62_unit_skeleton *unit)
{
	g_hash_table_remove_all(unit->names);
	g_array_set_size(unit->routines, 0);
	g_ptr_array_set_size(unit->functions, 0);
	unit->path = L62_NONE;
}

void l62_outcome_free(struct l62_outcome *outcome)
{
	g_free(outcome->pre);
	g_array_unref(outcome->clauses);
	g_free(outcome);
}

void l62_summary_clear(struct l62_summary *summary)
{
	if (summary->outcomes)
		g_ptr_array_unref(summary->outcomes);
	g_free(summary->uses);
	memset(summary, 0, sizeof(*summary));
}
