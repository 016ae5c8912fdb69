/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Paths come in as variables: Ninja does not look into a variable's value for
 * spaces, colons and bars, so that only $ needs an escape.
 */
#include "ninja.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#include "process.h"
#include "progress.h"

#define BUILD_FILE "build.ninja"

/* NAME = VALUE, as Ninja reads it back. */
static void bind(GString *text, const char *name, const char *value)
{
	g_string_append_printf(text, "%s = ", name);
	for (; *value; value++) {
		if (*value == '$')
			g_string_append_c(text, '$');
		g_string_append_c(text, *value);
	}
	g_string_append_c(text, '\n');
}

static int check_path(const char *path, struct l62_error *err)
{
	if (!strpbrk(path, "\n\r"))
		return L62_OK;
	return l62_error_set(err, L62_E_USAGE,
	                     "%s: a path with a line break cannot be analysed: rename it",
	                     path);
}

static const char *below(const char *folder, const char *path)
{
	size_t length = strlen(folder);

	return strncmp(folder, path, length) == 0 && path[length] == '/' ? path + length + 1
	                                                                 : path;
}

/* The beginnings of the commands; the shell splits them. */
static void bind_commands(GString *text, const struct l62_ninja *ninja)
{
	char *leak62 = g_shell_quote(ninja->leak62);
	char *clang = g_shell_quote(ninja->clang);
	char *plugin = g_shell_quote(ninja->plugin);
	char *analyze = g_strdup_printf("%s analyze-tu --clang %s --plugin %s --timeout %u",
	                                leak62, clang, plugin, ninja->timeout);
	char *summarise = g_strdup_printf("%s summarise", leak62);

	bind(text, "analyze", analyze);
	bind(text, "summarise", summarise);
	g_free(summarise);
	g_free(analyze);
	g_free(plugin);
	g_free(clang);
	g_free(leak62);
}

/* Of an edge that runs clang. */
static void add_rule(GString *text, const char *name, const char *verb, const char *options)
{
	g_string_append_printf(text,
	                       "rule %s\n"
	                       "  command = $analyze --command $key --args $args "
	                       "--depfile $db.d --out $db %s--source $in\n"
	                       "  description = %s $label\n"
	                       "  depfile = $db.d\n"
	                       "  deps = gcc\n"
	                       "  restat = 1\n",
	                       name, options, verb);
}

static void bind_unit(GString *text, const struct l62_ninja *ninja, const struct l62_unit *unit,
                      enum l62_stage stage)
{
	bind(text, "  source", unit->source);
	bind(text, "  label", below(ninja->cwd, unit->source));
	bind(text, "  args", unit->args_file);
	bind(text, "  key", unit->command[stage]);
	bind(text, "  db", unit->facts[stage]);
}

static void add_edges(GString *text, const struct l62_ninja *ninja, const struct l62_unit *unit)
{
	g_string_append_printf(text, "build %s | %s: skeleton $source | $args $clang $plugin\n",
	                       unit->skeleton, unit->facts[L62_STAGE_SKELETON]);
	bind_unit(text, ninja, unit, L62_STAGE_SKELETON);
	g_string_append_printf(text, "build %s: paths $source | $args $clang $plugin %s\n",
	                       unit->facts[L62_STAGE_PATHS], unit->summaries);
	bind(text, "  summaries", unit->summaries);
	bind_unit(text, ninja, unit, L62_STAGE_PATHS);
	g_string_append_printf(text, "build %s: alone $source | $args $clang $plugin\n",
	                       unit->facts[L62_STAGE_ALONE]);
	bind_unit(text, ninja, unit, L62_STAGE_ALONE);
}

/* The one edge between the two rounds. */
static void add_summarise(GString *text, const GPtrArray *units)
{
	g_string_append(text, "build");
	for (guint i = 0; i < units->len; i++) {
		const struct l62_unit *unit = g_ptr_array_index(units, i);

		g_string_append_printf(text, " $\n  %s", unit->summaries);
	}
	g_string_append(text, ": summarise " L62_NINJA_PAIRS " | $leak62");
	for (guint i = 0; i < units->len; i++) {
		const struct l62_unit *unit = g_ptr_array_index(units, i);

		g_string_append_printf(text, " $\n  %s", unit->skeleton);
	}
	g_string_append_printf(text, "\n  count = %u\n", units->len);
}

static int check_paths(const struct l62_ninja *ninja, const GPtrArray *units,
                       struct l62_error *err)
{
	int status = check_path(ninja->leak62, err);

	if (status == L62_OK)
		status = check_path(ninja->clang, err);
	if (status == L62_OK)
		status = check_path(ninja->plugin, err);
	for (guint i = 0; i < units->len && status == L62_OK; i++) {
		const struct l62_unit *unit = g_ptr_array_index(units, i);

		status = check_path(unit->source, err);
	}
	return status;
}

int l62_ninja_text(GString *text, const struct l62_ninja *ninja, const GPtrArray *units,
                   const GPtrArray *targets, struct l62_error *err)
{
	int status = check_paths(ninja, units, err);

	if (status != L62_OK)
		return status;
	g_string_append(text, "# Written by leak62.\nninja_required_version = 1.10\n");
	bind(text, "leak62", ninja->leak62);
	bind(text, "clang", ninja->clang);
	bind(text, "plugin", ninja->plugin);
	bind_commands(text, ninja);
	add_rule(text, "skeleton", "read", "--skeleton $out ");
	add_rule(text, "paths", "analyze", "--summaries $summaries ");
	add_rule(text, "alone", "analyze", "");
	g_string_append(text, "rule summarise\n"
	                      "  command = $summarise --units $in\n"
	                      "  description = summarise $count files\n"
	                      "  restat = 1\n");
	for (guint i = 0; i < units->len; i++)
		add_edges(text, ninja, g_ptr_array_index(units, i));
	if (units->len)
		add_summarise(text, units);
	for (guint i = 0; i < targets->len; i++) {
		const struct l62_unit *unit = g_ptr_array_index(targets, i);

		g_string_append_printf(text, "default %s\n", unit->facts[unit->stage]);
	}
	return L62_OK;
}

GString *l62_ninja_pairs(const GPtrArray *units)
{
	GString *pairs = g_string_new(NULL);

	for (guint i = 0; i < units->len; i++) {
		const struct l62_unit *unit = g_ptr_array_index(units, i);

		g_string_append_len(pairs, unit->skeleton, strlen(unit->skeleton) + 1);
		g_string_append_len(pairs, unit->summaries, strlen(unit->summaries) + 1);
	}
	return pairs;
}

int l62_ninja_run(const struct l62_ninja *ninja, const struct l62_work *work, int *interrupted,
                  struct l62_error *err)
{
	struct l62_process process = {.cwd = work->path, .out = STDERR_FILENO, .err = -1};
	bool progress = !ninja->quiet && !ninja->verbose && l62_progress_possible();
	struct l62_progress *shown = NULL;
	g_auto(GStrv) env = NULL;
	int pipe[2] = {-1, -1};
	struct l62_process_end end;
	GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
	char *program = g_find_program_in_path("ninja");
	int status;

	*interrupted = 0;
	if (!program) {
		g_ptr_array_unref(argv);
		return l62_error_set(err, L62_E_USAGE,
		                     "ninja was not found: install Debian's package "
		                     "ninja-build");
	}
	g_ptr_array_add(argv, program);
	g_ptr_array_add(argv, g_strdup("-f"));
	g_ptr_array_add(argv, g_strdup(BUILD_FILE));
	g_ptr_array_add(argv, g_strdup_printf("-j%u", ninja->jobs));
	/* An edge fails only when leak62 itself does; the others go on. */
	g_ptr_array_add(argv, g_strdup("-k0"));
	if (!ninja->verbose && !progress)
		g_ptr_array_add(argv, g_strdup("--quiet"));
	if (ninja->verbose)
		g_ptr_array_add(argv, g_strdup("--verbose"));
	g_ptr_array_add(argv, NULL);
	process.argv = (char **)argv->pdata;
	if (!ninja->verbose && g_unix_open_pipe(pipe, FD_CLOEXEC, NULL)) {
		if (progress)
			env = g_environ_setenv(g_get_environ(), "NINJA_STATUS",
			                       L62_PROGRESS_STATUS, TRUE);
		process.env = env;
		process.out = pipe[1];
		shown = l62_progress_start(pipe[0], !progress);
	}
	status = l62_process_run(&process, &end, err);
	if (pipe[1] >= 0)
		close(pipe[1]);
	l62_progress_end(shown);
	g_ptr_array_unref(argv);
	if (status != L62_OK)
		return status;
	*interrupted = end.interrupted;
	if (end.interrupted || end.exit_code == 0)
		return L62_OK;
	if (end.signal)
		return l62_error_set(err, L62_E_INTERNAL, "ninja was ended by signal %d (%s)",
		                     end.signal, g_strsignal(end.signal));
	return l62_error_set(err, L62_E_INTERNAL,
	                     "ninja failed with exit code %d; what it said stands above",
	                     end.exit_code);
}
