/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Skeleton files in, summaries files out; see include/leak62/summary.h. */
#include "leak62/summary.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "leak62/skeleton.h"
#include "program.h"

/* Functions to write, each once, by name and unit. */
static gint compare_functions(gconstpointer a, gconstpointer b, gpointer data)
{
	const struct l62_function *x = *(struct l62_function *const *)a;
	const struct l62_function *y = *(struct l62_function *const *)b;
	const struct l62_program *p = data;
	int order = strcmp(l62_program_text(p, x->name), l62_program_text(p, y->name));

	if (order == 0)
		order = x->is_static - y->is_static;
	return order ? order
	             : strcmp(l62_program_text(p, x->unit->path),
	                      l62_program_text(p, y->unit->path));
}

static GPtrArray *called_by(const struct l62_unit_skeleton *unit)
{
	GHashTable *seen = g_hash_table_new(NULL, NULL);
	GPtrArray *called = g_ptr_array_new();

	for (guint i = 0; i < unit->functions->len; i++) {
		const struct l62_function *f = unit->functions->pdata[i];

		for (guint j = 0; j < f->ops->len; j++) {
			struct l62_function *callee =
			        g_array_index(f->ops, struct l62_op, j).callee;

			if (callee && g_hash_table_add(seen, callee))
				g_ptr_array_add(called, callee);
		}
	}
	g_hash_table_unref(seen);
	return called;
}

static GPtrArray *all_functions(const struct l62_program *p)
{
	GPtrArray *all = g_ptr_array_new();

	for (guint i = 0; i < p->units->len; i++) {
		const struct l62_unit_skeleton *unit = p->units->pdata[i];

		g_ptr_array_extend(all, unit->functions, NULL, NULL);
	}
	return all;
}

/* Two external functions of one name: which is meant is not known. */
static bool is_same_name(const struct l62_function *x, const struct l62_function *y)
{
	return x->name == y->name && !x->is_static && !y->is_static;
}

static bool holds(const char *path, const GString *text)
{
	char *old = NULL;
	gsize length;
	bool same = g_file_get_contents(path, &old, &length, NULL) && length == text->len &&
	            memcmp(old, text->str, length) == 0;

	g_free(old);
	return same;
}

/* By a temporary file: whoever ends this process leaves the old one or the new. */
static int replace(const char *path, const GString *text, struct l62_error *err)
{
	g_autofree char *temp = g_strconcat(path, ".new", NULL);
	g_autoptr(GError) error = NULL;

	if (!g_file_set_contents_full(temp, text->str, (gssize)text->len,
	                              G_FILE_SET_CONTENTS_NONE, 0666, &error))
		return l62_error_set(err, L62_E_IO, "%s cannot be written: %s", path,
		                     error->message);
	if (g_rename(temp, path) != 0) {
		int code = errno;

		g_unlink(temp);
		return l62_error_set(err, L62_E_IO, "%s cannot be written: %s", path,
		                     g_strerror(code));
	}
	return L62_OK;
}

/* functions is consumed. */
static int write_summaries(struct l62_program *p, const char *path, GPtrArray *functions,
                           struct l62_error *err)
{
	GString *text = g_string_new(L62_SUMMARIES_HEADER "\n");
	int status = L62_OK;

	g_ptr_array_sort_with_data(functions, compare_functions, p);
	for (guint i = 0; i < functions->len; i++) {
		const struct l62_function *f = functions->pdata[i];
		guint same = i;

		while (same + 1 < functions->len && is_same_name(f, functions->pdata[same + 1]))
			same++;
		l62_summary_print(text, p, f, same > i);
		i = same;
	}
	if (!holds(path, text))
		status = replace(path, text, err);
	g_string_free(text, TRUE);
	g_ptr_array_unref(functions);
	return status;
}

int l62_summarise(const struct l62_summary_unit *units, size_t count, const char *all,
                  void (*warn)(const char *text, void *data), void *data, struct l62_error *err)
{
	struct l62_program *p = l62_program_new();
	int status = L62_OK;

	for (size_t i = 0; i < count; i++) {
		struct l62_unit_skeleton *unit;
		struct l62_error problem;

		if (l62_skeleton_read(p, units[i].skeleton, &unit, &problem) != L62_OK) {
			g_autofree char *text = g_strdup_printf(
			        "%s: its functions count as unknown", problem.text);

			warn(text, data);
		}
	}
	l62_program_solve(p);
	for (size_t i = 0; i < count && status == L62_OK; i++)
		status = write_summaries(p, units[i].summaries, called_by(p->units->pdata[i]),
		                         err);
	if (all && status == L62_OK)
		status = write_summaries(p, all, all_functions(p), err);
	l62_program_free(p);
	return status;
}
