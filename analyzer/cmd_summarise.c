/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * leak62 summarise: the edge of the build that lies between its two rounds.  Reads
 * the skeletons of all units and writes each unit the summaries of what it calls.
 */
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "leak62/error.h"
#include "leak62/summary.h"

struct task {
	char *units, *all;
};

static int parse(int argc, char **argv, struct task *task, struct l62_error *err)
{
	const GOptionEntry entries[] = {
	        {"units", 0, 0, G_OPTION_ARG_FILENAME, &task->units, NULL, NULL},
	        {"all", 0, 0, G_OPTION_ARG_FILENAME, &task->all, NULL, NULL},
	        G_OPTION_ENTRY_NULL,
	};
	int status = l62_own_options(argc, argv, entries, err);

	if (status == L62_OK && !task->units)
		status = l62_own_use(argv[0], err);
	return status;
}

/* The pairs in a list: two paths, each with a NUL after it. */
static int read_list(const char *path, char **text, GArray *units, struct l62_error *err)
{
	GError *error = NULL;
	GPtrArray *paths;
	gsize length;
	int status = L62_OK;

	if (!g_file_get_contents(path, text, &length, &error)) {
		status = l62_error_set(err, L62_E_IO, "%s", error->message);
		g_error_free(error);
		return status;
	}
	paths = g_ptr_array_new();
	for (gsize at = 0; at < length; at += strlen(*text + at) + 1)
		g_ptr_array_add(paths, *text + at);
	if (paths->len % 2 != 0 || (length > 0 && (*text)[length - 1] != '\0'))
		status = l62_error_set(err, L62_E_FORMAT,
		                       "%s does not hold pairs of paths, each with a NUL after "
		                       "it",
		                       path);
	for (guint i = 0; i + 1 < paths->len && status == L62_OK; i += 2) {
		struct l62_summary_unit unit = {paths->pdata[i], paths->pdata[i + 1]};

		g_array_append_val(units, unit);
	}
	g_ptr_array_unref(paths);
	return status;
}

static void warn(const char *text, void *data)
{
	(void)data;
	l62_complain("%s", text);
}

int l62_cmd_summarise(int argc, char **argv)
{
	GArray *units = g_array_new(FALSE, FALSE, sizeof(struct l62_summary_unit));
	struct task task = {0};
	struct l62_error err;
	char *text = NULL;
	int status = parse(argc, argv, &task, &err);

	if (status == L62_OK)
		status = read_list(task.units, &text, units, &err);
	if (status == L62_OK)
		status = l62_summarise((struct l62_summary_unit *)(void *)units->data,
		                       units->len, task.all, warn, NULL, &err);
	g_array_unref(units);
	g_free(text);
	g_free(task.units);
	g_free(task.all);
	if (status == L62_OK)
		return L62_EXIT_CLEAN;
	l62_complain("%s", err.text);
	return status == L62_E_USAGE ? L62_EXIT_USAGE : L62_EXIT_INTERNAL;
}
