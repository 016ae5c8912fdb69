/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Summaries as text.  What an outcome's clauses say does not depend on their
 * order, so they are in the order of their letters: the same driver gives the
 * same bytes.
 */
#include <string.h>

#include "program.h"

/* A word within a clause: a colon would end it. */
static void put_word(GString *text, const struct l62_program *p, uint32_t atom)
{
	for (const char *c = l62_program_text(p, atom); *c; c++) {
		if (*c == ':')
			g_string_append(text, "%3A");
		else
			g_string_append_c(text, *c);
	}
}

static void put_signs(GString *text, uint8_t signs)
{
	if (signs & L62_NEG)
		g_string_append_c(text, 'n');
	if (signs & L62_ZERO)
		g_string_append_c(text, 'z');
	if (signs & L62_POS)
		g_string_append_c(text, 'p');
}

static void put_resource(GString *text, const struct l62_program *p, uint32_t fresh)
{
	const struct l62_resource *r = &g_array_index(p->resources, struct l62_resource, fresh);
	const uint32_t words[] = {r->kind, r->api, r->file};

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		g_string_append_c(text, ':');
		put_word(text, p, words[i]);
	}
	g_string_append_printf(text, ":%u", r->line);
}

static void put_path(GString *text, const struct l62_program *p, uint32_t path)
{
	if (path == L62_NONE)
		g_string_append_c(text, '.');
	else
		put_word(text, p, path == L62_ATOM_DEEP ? L62_ATOM_STAR : path);
}

static gint compare_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void put_kinds(GString *text, const struct l62_program *p, uint64_t kinds)
{
	GPtrArray *names = g_ptr_array_new();

	for (guint i = 0; i < p->kinds->len; i++) {
		if (kinds >> i & 1)
			g_ptr_array_add(names,
			                p->atoms->pdata[g_array_index(p->kinds, uint32_t, i)]);
	}
	g_ptr_array_sort(names, compare_text);
	for (guint i = 0; i < names->len; i++)
		g_string_append_printf(text, "%s%s", i ? "," : "",
		                       (const char *)names->pdata[i]);
	g_ptr_array_unref(names);
}

static void put_target(GString *text, const struct l62_program *p, const struct l62_clause *c)
{
	g_string_append_printf(text, ":%u:", c->target);
	put_path(text, p, c->field);
}

static char *clause_text(const struct l62_program *p, const struct l62_clause *c)
{
	static const char *const names[] = {
	        [L62_CLAUSE_RELEASE] = "rel",      [L62_CLAUSE_KEEP] = "keep",
	        [L62_CLAUSE_REF] = "ref",          [L62_CLAUSE_UNREF] = "unref",
	        [L62_CLAUSE_NULL] = "null",        [L62_CLAUSE_WRITE] = "write",
	        [L62_CLAUSE_INTO] = "into",        [L62_CLAUSE_FILL] = "fill",
	        [L62_CLAUSE_FILL_REF] = "fillref",
	};
	GString *text = g_string_new(names[c->type]);

	if (c->arg != L62_NONE) {
		g_string_append_printf(text, ":%u:", c->arg);
		put_path(text, p, c->path);
	}
	if (c->target != L62_NONE)
		put_target(text, p, c);
	if (c->type == L62_CLAUSE_RELEASE) {
		g_string_append_c(text, ':');
		put_kinds(text, p, c->kinds);
	}
	if (c->type == L62_CLAUSE_FILL)
		put_resource(text, p, c->fresh);
	return g_string_free(text, FALSE);
}

static void put_value(GString *text, const struct l62_program *p,
                      const struct l62_result_value *value)
{
	switch ((enum l62_result_type)value->type) {
	case L62_RESULT_PLAIN:
		g_string_append_c(text, '-');
		break;
	case L62_RESULT_PARAM:
		g_string_append_printf(text, "param:%u", value->arg);
		break;
	case L62_RESULT_FROM:
		g_string_append_printf(text, "from:%u:", value->arg);
		put_path(text, p, value->field);
		break;
	case L62_RESULT_FRESH:
		g_string_append(text, "fresh");
		put_resource(text, p, value->fresh);
		break;
	case L62_RESULT_REF:
		g_string_append(text, "ref");
		break;
	}
}

static char *outcome_text(const struct l62_program *p, const struct l62_function *f,
                          const struct l62_outcome *o)
{
	GPtrArray *clauses = g_ptr_array_new_with_free_func(g_free);
	GString *text = g_string_new("O ");

	if (f->ret == 'v')
		g_string_append_c(text, '-');
	else
		put_signs(text, o->ret);
	g_string_append_c(text, ' ');
	put_value(text, p, &o->value);
	for (uint32_t i = 0; i < f->nparams; i++) {
		if (o->pre[i] == l62_class_signs(f->classes[i]))
			continue;
		g_string_append_printf(text, " pre:%u:", i);
		put_signs(text, o->pre[i]);
	}
	for (guint i = 0; i < o->clauses->len; i++)
		g_ptr_array_add(clauses, clause_text(p, &g_array_index(o->clauses,
		                                                       struct l62_clause, i)));
	g_ptr_array_sort(clauses, compare_text);
	for (guint i = 0; i < clauses->len; i++)
		g_string_append_printf(text, " %s", (const char *)clauses->pdata[i]);
	g_ptr_array_unref(clauses);
	return g_string_free(text, FALSE);
}

void l62_summary_print(GString *text, const struct l62_program *p, const struct l62_function *f,
                       bool ambiguous)
{
	bool incomplete = f->summary.incomplete || ambiguous;
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

	g_string_append_printf(text, "S %s %s %u %s\n", l62_program_text(p, f->name),
	                       f->is_static ? l62_program_text(p, f->unit->path) : "e",
	                       f->nparams, incomplete ? "incomplete" : "-");
	for (guint i = 0; i < f->summary.outcomes->len && !incomplete; i++)
		g_ptr_array_add(lines, outcome_text(p, f, f->summary.outcomes->pdata[i]));
	g_ptr_array_sort(lines, compare_text);
	for (guint i = 0; i < lines->len; i++)
		g_string_append_printf(text, "%s\n", (const char *)lines->pdata[i]);
	g_ptr_array_unref(lines);
}
