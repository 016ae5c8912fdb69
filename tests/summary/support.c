/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Drivers made of hand-written skeletons; see support.h. */
#include "support.h"

#include <glib/gstdio.h>
#include <string.h>

char *solved_path(const struct solved *solved, const char *kind, guint n)
{
	g_autofree char *name = g_strdup_printf("u%u.%s", n, kind);

	return g_build_filename(solved->folder, name, NULL);
}

static void warn(const char *text, void *data)
{
	struct solved *solved = data;

	g_ptr_array_add(solved->warnings, g_strdup(text));
}

void solve_again(struct solved *solved)
{
	struct l62_summary_unit *units = g_new0(struct l62_summary_unit, solved->count);
	GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *all = g_build_filename(solved->folder, "all", NULL);
	struct l62_error err = {0};
	int status;

	for (guint i = 0; i < solved->count; i++) {
		char *skeleton = solved_path(solved, "skel", i);
		char *summaries = solved_path(solved, "sum", i);

		units[i] = (struct l62_summary_unit){skeleton, summaries};
		g_ptr_array_add(paths, skeleton);
		g_ptr_array_add(paths, summaries);
	}
	g_ptr_array_set_size(solved->warnings, 0);
	status = l62_summarise(units, solved->count, all, warn, solved, &err);
	if (status != L62_OK)
		fail_msg("%s", err.text);
	g_ptr_array_unref(paths);
	g_free(units);
	g_free(solved->all);
	assert_true(g_file_get_contents(all, &solved->all, NULL, NULL));
}

struct solved *solve(const char *unit, ...)
{
	struct solved *solved = g_new0(struct solved, 1);
	va_list units;

	solved->folder = g_dir_make_tmp("leak62-summary-XXXXXX", NULL);
	assert_non_null(solved->folder);
	solved->warnings = g_ptr_array_new_with_free_func(g_free);
	va_start(units, unit);
	for (; unit; unit = va_arg(units, const char *)) {
		g_autofree char *path = solved_path(solved, "skel", solved->count);
		g_autofree char *main_file =
		        g_str_has_prefix(unit, "T ")
		                ? g_strdup("")
		                : g_strdup_printf("T /drv/u%u.c\n", solved->count);
		g_autofree char *text =
		        g_strconcat("leak62-skeleton 2\n", main_file, unit, NULL);

		assert_true(g_file_set_contents(path, text, -1, NULL));
		solved->count++;
	}
	va_end(units);
	solve_again(solved);
	return solved;
}

void solved_free(struct solved *solved)
{
	GDir *dir = g_dir_open(solved->folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(solved->folder, name, NULL);

		g_remove(path);
	}
	if (dir)
		g_dir_close(dir);
	g_rmdir(solved->folder);
	g_ptr_array_unref(solved->warnings);
	g_free(solved->folder);
	g_free(solved->all);
	g_free(solved);
}

char *solved_unit(const struct solved *solved, guint n)
{
	g_autofree char *path = solved_path(solved, "sum", n);
	char *text = NULL;

	assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return text;
}

char *outcomes_of(const char *summaries, const char *name)
{
	g_autofree char *start = g_strdup_printf("\nS %s ", name);
	const char *at = strstr(summaries, start), *end;

	if (!at)
		fail_msg("no summary of %s in:\n%s", name, summaries);
	at = strchr(at + 1, '\n') + 1;
	end = strstr(at - 1, "\nS ");
	return end ? g_strndup(at, (gsize)(end + 1 - at)) : g_strdup(at);
}

void assert_contains(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' is not in:\n%s", part, text);
}
