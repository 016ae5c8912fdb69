/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See gate_since.h. */
#include "gate_since.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "baseline.h"
#include "commands.h"
#include "gate_since_internal.h"
#include "git.h"
#include "process.h"
#include "report/paths.h"

static bool is_empty_folder(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	bool empty = dir && !g_dir_read_name(dir);

	if (dir)
		g_dir_close(dir);
	return empty;
}

char *l62_since_then(const struct l62_since *since, const char *path)
{
	g_autofree char *below = l62_path_below(since->top, path);
	const char *old = below ? g_hash_table_lookup(since->renamed, below) : NULL;
	g_autofree char *full = NULL;

	if (!below)
		return g_strcmp0(path, since->top) == 0 ? g_strdup(since->tree) : NULL;
	full = g_build_filename(since->tree, old ? old : below, NULL);
	/* A submodule's folder is there and empty. */
	return g_file_test(full, G_FILE_TEST_EXISTS) && !is_empty_folder(full)
	               ? g_steal_pointer(&full)
	               : NULL;
}

/* The same, or where it is now. */
static char *then_or_now(const struct l62_since *since, const char *path)
{
	g_autofree char *full = g_canonicalize_filename(path, since->view->cwd);
	char *found = l62_since_then(since, full);

	return found ? found : g_steal_pointer(&full);
}

/* A source in the commit: NULL for one that is new. */
static char *source_then(const struct l62_since *since, const char *path)
{
	g_autofree char *below = l62_path_below(since->top, path);
	char *found = l62_since_then(since, path);

	if (found || !below)
		return found ? found : g_strdup(path);
	/* What a build generates is below the top as well. */
	return l62_git_ignores(since->top, below) ? g_strdup(path) : NULL;
}

static json_t *as_text(const char *text)
{
	json_t *string = json_string(text);

	/* Paths need not be UTF-8, but a compile database must be. */
	return string ? string : json_string("");
}

static void add_argument(json_t *argv, bool cl, const char *text)
{
	g_autofree char *whole = g_strconcat(cl ? "/clang:" : "", text, NULL);

	json_array_append_new(argv, as_text(whole));
}

/* An option with the folder that is joined to it, or any other. */
static char *option_then(const struct l62_since *since, const char *option)
{
	const char *slash = strchr(option, '/');
	g_autofree char *path = NULL;

	if (*option != '-' || !slash || g_str_has_prefix(option, "-D"))
		return g_strdup(option);
	path = l62_since_then(since, slash);
	if (!path)
		return g_strdup(option);
	return g_strdup_printf("%.*s%s", (int)(slash - option), option, path);
}

static json_t *arguments(const struct l62_since *since, const struct l62_entry *entry,
                         const char *source)
{
	const GPtrArray *args = entry->flags.args;
	bool cl = entry->flags.cl;
	json_t *argv = json_array();

	json_array_append_new(argv, json_string(cl ? "clang-cl" : "clang"));
	if (entry->flags.target) {
		g_autofree char *target = g_strconcat("--target=", entry->flags.target, NULL);

		add_argument(argv, cl, target);
	}
	if (entry->flags.m32)
		add_argument(argv, cl, "-m32");
	for (guint i = 0; i < args->len; i++) {
		const char *arg = g_ptr_array_index(args, i);

		/* -Xclang -include -Xclang FILE */
		if (strcmp(arg, "-Xclang") == 0 && i + 3 < args->len) {
			const char *file = g_ptr_array_index(args, i + 3);
			g_autofree char *path = g_path_is_absolute(file)
			                                ? then_or_now(since, file)
			                                : g_strdup(file);

			json_array_append_new(
			        argv, as_text(cl ? "/FI" : g_ptr_array_index(args, i + 1)));
			json_array_append_new(argv, as_text(path));
			i += 3;
			continue;
		}
		g_autofree char *now = option_then(since, arg);

		add_argument(argv, cl, now);
	}
	if (cl)
		json_array_append_new(
		        argv, json_string(entry->language == L62_LANGUAGE_CXX ? "/TP" : "/TC"));
	else
		json_array_append_new(
		        argv,
		        json_string(entry->language == L62_LANGUAGE_CXX ? "-xc++" : "-xc"));
	for (guint i = 0; i < entry->targets->len; i++) {
		g_autofree char *output =
		        g_strdup_printf("%sCMakeFiles/%s.dir/%u.o", cl ? "/Fo" : "-o",
		                        (char *)g_ptr_array_index(entry->targets, i), i);

		json_array_append_new(argv, as_text(output));
	}
	json_array_append_new(argv, json_string(cl ? "/c" : "-c"));
	json_array_append_new(argv, as_text(source));
	return argv;
}

static void add_command(const struct l62_since *since, json_t *commands,
                        const struct l62_entry *entry, const char *source)
{
	json_t *command = json_object();

	json_object_set_new(command, "directory", as_text(since->folder));
	json_object_set_new(command, "file", as_text(source));
	json_object_set_new(command, "arguments", arguments(since, entry, source));
	json_array_append_new(commands, command);
}

static bool is_chosen(const struct l62_since *since, const char *source)
{
	return g_ptr_array_find_with_equal_func(since->view->units->chosen, source, g_str_equal,
	                                        NULL);
}

/* Of the folder of path, one that is chosen; else any, if all are. */
static const struct l62_entry *neighbour(const struct l62_since *since, const char *path)
{
	const GPtrArray *entries = since->view->units->entries;
	g_autofree char *folder = g_path_get_dirname(path);

	for (guint i = 0; i < entries->len; i++) {
		const struct l62_entry *entry = g_ptr_array_index(entries, i);
		g_autofree char *other = g_path_get_dirname(entry->source);

		if (strcmp(folder, other) == 0 && is_chosen(since, entry->source))
			return entry;
	}
	return entries->len && since->view->options->files->len == 0
	               ? g_ptr_array_index(entries, 0)
	               : NULL;
}

/* Whether one of the files that are scanned without a database lies beside it. */
static bool beside_chosen(const struct l62_since *since, const char *path)
{
	g_autofree char *folder = g_path_get_dirname(path);

	for (guint i = 0; i < since->view->units->chosen->len; i++) {
		g_autofree char *other =
		        g_path_get_dirname(g_ptr_array_index(since->view->units->chosen, i));

		if (strcmp(folder, other) == 0)
			return true;
	}
	return false;
}

static void add_deleted(struct l62_since *since, json_t *commands)
{
	for (guint i = 0; i < since->deleted->len; i++) {
		const char *below = g_ptr_array_index(since->deleted, i);
		g_autofree char *now = g_build_filename(since->top, below, NULL);
		g_autofree char *source = g_build_filename(since->tree, below, NULL);
		const struct l62_entry *entry = NULL;

		if (l62_flags_language(now, false) == L62_LANGUAGE_OTHER)
			continue;
		if (commands) {
			entry = neighbour(since, now);
			if (entry)
				add_command(since, commands, entry, source);
		}
		if (entry || (!commands && beside_chosen(since, now)))
			g_ptr_array_add(since->files, g_strdup(source));
	}
}

/* Fills files, and writes the compile database if there is one now. */
static int choose_files(struct l62_since *since, struct l62_error *err)
{
	const struct l62_scan_units *units = since->view->units;
	g_autofree char *path = g_build_filename(since->folder, "compile_commands.json", NULL);
	json_t *commands = units->entries ? json_array() : NULL;
	int status = L62_OK;

	for (guint i = 0; commands && i < units->entries->len; i++) {
		const struct l62_entry *entry = g_ptr_array_index(units->entries, i);
		g_autofree char *source = source_then(since, entry->source);

		if (source)
			add_command(since, commands, entry, source);
	}
	for (guint i = 0; i < units->chosen->len; i++) {
		char *source = source_then(since, g_ptr_array_index(units->chosen, i));

		if (source)
			g_ptr_array_add(since->files, source);
	}
	add_deleted(since, commands);
	if (commands && json_dump_file(commands, path, JSON_INDENT(1)) != 0)
		status = l62_error_set(err, L62_E_IO, "%s cannot be written: %s", path,
		                       g_strerror(errno));
	json_decref(commands);
	return status;
}

static void add(GPtrArray *argv, const char *option, char *value)
{
	if (option)
		g_ptr_array_add(argv, g_strdup(option));
	g_ptr_array_add(argv, value);
}

/* The options of the scan that decide what is found. */
static void add_options(const struct l62_since *since, GPtrArray *argv)
{
	const struct l62_scan_options *options = since->view->options;
	const GPtrArray *flags = options->flags;

	for (guint i = 0; i + 1 < flags->len; i += 2) {
		const char *flag = g_ptr_array_index(flags, i);
		const char *value = g_ptr_array_index(flags, i + 1);
		bool is_path = strcmp(flag, "-D") != 0 && strcmp(flag, "-U") != 0;

		add(argv,
		    strcmp(flag, "-isystem") == 0   ? "--isystem"
		    : strcmp(flag, "-include") == 0 ? "--include"
		                                    : flag,
		    is_path ? then_or_now(since, value) : g_strdup(value));
	}
	for (guint i = 0; i < options->wdk->len; i++)
		add(argv, "--wdk", then_or_now(since, g_ptr_array_index(options->wdk, i)));
	for (guint i = 0; i < options->focus->len; i++) {
		g_autofree char *now = g_canonicalize_filename(
		        g_ptr_array_index(options->focus, i), since->view->cwd);
		char *file = source_then(since, now);

		if (file)
			add(argv, "--focus", file);
	}
	if (options->headers == L62_HEADERS_ALWAYS)
		add(argv, NULL, g_strdup("--driver-headers"));
	if (options->headers == L62_HEADERS_NEVER)
		add(argv, NULL, g_strdup("--no-driver-headers"));
	if (options->no_summaries)
		add(argv, NULL, g_strdup("--no-summaries"));
	if (options->quiet)
		add(argv, NULL, g_strdup("--quiet"));
	if (options->verbose)
		add(argv, NULL, g_strdup("--verbose"));
	if (options->clang)
		add(argv, "--clang", g_strdup(options->clang));
	if (options->plugin)
		add(argv, "--plugin", g_strdup(options->plugin));
	if (since->view->config)
		add(argv, "--config", then_or_now(since, since->view->config->path));
	add(argv, "-j", g_strdup_printf("%u", options->jobs));
	add(argv, "--tu-timeout", g_strdup_printf("%u", options->timeout));
}

static GPtrArray *command_line(const struct l62_since *since, const char *baseline)
{
	GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
	const char *configuration = since->view->options->configuration;

	add(argv, NULL, g_strdup(since->view->leak62));
	add(argv, NULL, g_strdup("gate"));
	add(argv, "--baseline", g_strdup(baseline));
	add(argv, NULL, g_strdup("--update-baseline"));
	add(argv, "--format", g_strdup("json"));
	add(argv, "--work", g_build_filename(since->folder, "work", NULL));
	add(argv, "--source-root", then_or_now(since, since->view->root));
	add_options(since, argv);
	if (since->projects && configuration)
		add(argv, "--configuration", g_strdup(configuration));
	if (since->view->units->entries && !since->projects)
		add(argv, "-p", g_strdup(since->folder));
	add(argv, NULL, g_strdup("--"));
	for (guint i = 0; i < since->files->len; i++)
		add(argv, NULL, g_strdup(g_ptr_array_index(since->files, i)));
	g_ptr_array_add(argv, NULL);
	return argv;
}

/* Says which files could not be analysed: what is found in them counts as new. */
static void warn_of_failed(const char *report, const char *commit)
{
	json_t *object = json_load_file(report, 0, NULL);
	json_t *driver, *failed;
	size_t d, f;

	json_array_foreach(json_object_get(object, "drivers"), d, driver)
	{
		json_array_foreach(json_object_get(driver, "failed"), f, failed)
		{
			l62_complain("warning: at %.12s %s could not be analysed, so what is "
			             "found there counts as new: %s",
			             commit,
			             json_string_value(json_object_get(failed, "source")),
			             json_string_value(json_object_get(failed, "error")));
		}
	}
	json_decref(object);
}

/* Scans the commit; *known receives what is found. */
static int scan(const struct l62_since *since, const char *commit, GPtrArray **known,
                int *interrupted, struct l62_error *err)
{
	g_autofree char *baseline = g_build_filename(since->folder, "known", NULL);
	g_autofree char *report = g_build_filename(since->folder, "report.json", NULL);
	g_autofree char *cwd = l62_since_then(since, since->view->cwd);
	g_autoptr(GPtrArray) argv = command_line(since, baseline);
	struct l62_process process = {
	        .argv = (char **)argv->pdata,
	        .cwd = cwd ? cwd : since->tree,
	        .err = -1,
	};
	struct l62_process_end end;
	int status;

	process.out = g_open(report, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (process.out < 0)
		return l62_error_set(err, L62_E_IO, "%s cannot be written: %s", report,
		                     g_strerror(errno));
	status = l62_process_run(&process, &end, err);
	close(process.out);
	if (status != L62_OK)
		return status;
	*interrupted = end.interrupted;
	if (end.interrupted)
		return L62_OK;
	if (end.exit_code == L62_EXIT_INCOMPLETE)
		warn_of_failed(report, commit);
	else if (end.exit_code != L62_EXIT_CLEAN)
		return l62_error_set(err, L62_E_USAGE,
		                     "the commit %.12s could not be scanned, for the reason "
		                     "above: name another revision, or compare with a file "
		                     "(--baseline FILE)",
		                     commit);
	return l62_baseline_read(baseline, known, err);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	(void)status;
	(void)kind;
	(void)walk;
	return remove(path);
}

static int make_tree(struct l62_since *since, const char *commit, struct l62_error *err)
{
	g_autofree char *name = g_path_get_basename(since->top);
	g_autofree char *git = NULL;
	g_autoptr(GError) error = NULL;

	since->folder = g_dir_make_tmp("leak62-since-XXXXXX", &error);
	if (!since->folder)
		return l62_error_set(err, L62_E_IO, "no temporary folder can be made: %s",
		                     error->message);
	/* Drivers are called after the folder that they are in. */
	since->tree = g_build_filename(since->folder, "tree", name, NULL);
	/* It tells leak62 where the top is. */
	git = g_build_filename(since->tree, ".git", NULL);
	if (g_mkdir_with_parents(git, 0700) != 0)
		return l62_error_set(err, L62_E_IO, "%s cannot be made: %s", git,
		                     g_strerror(errno));
	return l62_git_export(since->top, commit, since->tree, err);
}

static int read_changes(struct l62_since *since, const char *commit, struct l62_error *err)
{
	GHashTable *renamed = NULL;
	GHashTableIter iter;
	gpointer old, now;
	int status = l62_git_renamed(since->top, commit, &renamed, err);

	if (status != L62_OK)
		return status;
	g_hash_table_iter_init(&iter, renamed);
	while (g_hash_table_iter_next(&iter, &old, &now))
		g_hash_table_insert(since->renamed, g_strdup(now), g_strdup(old));
	g_hash_table_unref(renamed);
	return l62_git_deleted(since->top, commit, &since->deleted, err);
}

int l62_gate_since(const struct l62_scan_view *view, const char *top, const char *commit,
                   GPtrArray **known, struct l62_error *err)
{
	struct l62_since since = {
	        .view = view,
	        .top = top,
	        .renamed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
	        .files = g_ptr_array_new_with_free_func(g_free),
	};
	int interrupted = 0;
	int status = make_tree(&since, commit, err);

	if (status == L62_OK)
		status = read_changes(&since, commit, err);
	if (status == L62_OK && view->units->projects)
		l62_since_projects(&since);
	if (status == L62_OK && !since.projects)
		status = choose_files(&since, err);
	if (status == L62_OK && since.files->len == 0)
		*known = l62_baseline_new(); /* nothing of it was there */
	else if (status == L62_OK && !view->options->quiet)
		l62_complain("scanning %.12s first, where HEAD and '%s' part", commit,
		             view->options->since);
	if (status == L62_OK && since.files->len)
		status = scan(&since, commit, known, &interrupted, err);
	if (since.folder)
		nftw(since.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	g_hash_table_unref(since.renamed);
	g_ptr_array_unref(since.files);
	if (since.deleted)
		g_ptr_array_unref(since.deleted);
	g_free(since.tree);
	g_free(since.folder);
	if (interrupted)
		l62_process_die(interrupted);
	return status;
}
