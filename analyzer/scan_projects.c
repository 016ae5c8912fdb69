/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See scan_projects.h. */
#include "scan_projects.h"

#include <glib/gstdio.h>
#include <string.h>

#include "casepath.h"
#include "commands.h"
#include "vcxproj.h"

#define OVERLAY "case-"

struct reader {
	struct l62_scan_units *units;
	const struct l62_scan_options *options;
	GHashTable *by_source; /* -> struct l62_entry, of units */
	GHashTable *names;     /* of drivers */
	GHashTable *said;      /* warnings that were given */
	GHashTable *paths;     /* of projects that were read */
	GString *others;       /* the projects that are left out */
};

bool l62_scan_projects_wanted(const struct l62_scan_options *options)
{
	for (guint i = 0; i < options->files->len; i++) {
		const char *file = g_ptr_array_index(options->files, i);

		if (l62_vcxproj_is(file) || l62_solution_is(file))
			return true;
	}
	return false;
}

/* Takes text over. */
static void warn_once(struct reader *reader, char *text)
{
	if (g_hash_table_add(reader->said, g_strdup(text)))
		g_ptr_array_add(reader->units->warnings, text);
	else
		g_free(text);
}

/* Two drivers may have one name. */
static char *own_name(const struct reader *reader, const char *name)
{
	char *own = g_strdup(name);

	for (guint i = 2; !g_hash_table_add(reader->names, g_strdup(own)); i++) {
		g_free(own);
		own = g_strdup_printf("%s-%u", name, i);
	}
	return own;
}

/* entry is taken over. */
static void take_entry(struct reader *reader, const char *path, struct l62_entry *entry,
                       const char *driver)
{
	struct l62_entry *first = g_hash_table_lookup(reader->by_source, entry->source);

	for (guint i = 0; i < entry->flags.dropped->len; i++) {
		const char *option = g_ptr_array_index(entry->flags.dropped, i);

		warn_once(reader, g_strdup_printf("%s: option \"%s\" is dropped: it could load "
		                                  "or run something",
		                                  path, option));
	}
	g_ptr_array_set_size(entry->targets, 0);
	if (!first) {
		if (driver)
			g_ptr_array_add(entry->targets, g_strdup(driver));
		g_hash_table_insert(reader->by_source, entry->source, entry);
		g_ptr_array_add(reader->units->entries, entry);
		return;
	}
	if (!l62_entry_same_command(first, entry))
		warn_once(reader, g_strdup_printf("%s is compiled in several ways; the first "
		                                  "is used: scan the projects one by one",
		                                  entry->source));
	if (driver &&
	    !g_ptr_array_find_with_equal_func(first->targets, driver, g_str_equal, NULL))
		g_ptr_array_add(first->targets, g_strdup(driver));
	l62_entry_free(entry);
}

static void take_project(struct reader *reader, struct l62_vcxproj *project)
{
	char *name = NULL;

	if (project->kind == L62_PROJECT_OTHER) {
		g_string_append_printf(reader->others, "%s%s is %s",
		                       reader->others->len ? "; " : "", project->path,
		                       project->what);
		warn_once(reader, g_strdup_printf("%s is %s and left out", project->path,
		                                  project->what));
		return;
	}
	if (project->kind == L62_PROJECT_DRIVER)
		name = own_name(reader, project->name);
	if (!reader->options->quiet)
		l62_complain("%s: %s of %s", name ? name : project->what,
		             project->configuration, project->path);
	for (guint i = 0; i < project->entries->len; i++)
		take_entry(reader, project->path, g_ptr_array_index(project->entries, i), name);
	/* They are the units' now. */
	g_ptr_array_set_free_func(project->entries, NULL);
	g_free(name);
}

/* referred: another project is built with it, so it counts only if it is a library, and
 * is not there if it cannot be read. */
static int read_project(struct reader *reader, const char *path, const char *solution,
                        bool referred, struct l62_error *err)
{
	struct l62_vcxproj_options options = {
	        .configuration = reader->options->configuration,
	        .solution = solution,
	        .wdk = reader->options->wdk->len > 0,
	};
	GPtrArray *notes = g_ptr_array_new_with_free_func(g_free);
	struct l62_vcxproj *project;
	bool wanted;
	int status;

	if (g_hash_table_contains(reader->paths, path)) {
		g_ptr_array_unref(notes);
		return L62_OK;
	}
	status = l62_vcxproj_read(path, &options, notes, &project, err);
	wanted = !referred || (status == L62_OK && project->kind == L62_PROJECT_LIBRARY);
	for (guint i = 0; wanted && i < notes->len; i++)
		warn_once(reader, g_strdup(g_ptr_array_index(notes, i)));
	g_ptr_array_unref(notes);
	if (status != L62_OK && referred) {
		warn_once(reader, g_strdup_printf("left out, though a driver refers to it: %s",
		                                  err->text));
		return L62_OK;
	}
	if (status != L62_OK)
		return status;
	if (wanted) {
		g_hash_table_add(reader->paths, g_strdup(path));
		take_project(reader, project);
		for (guint i = 0; status == L62_OK && i < project->references->len; i++)
			status = read_project(reader, g_ptr_array_index(project->references, i),
			                      solution, true, err);
	}
	l62_vcxproj_free(project);
	return status;
}

static int read_solution(struct reader *reader, const char *path, struct l62_error *err)
{
	GPtrArray *notes = g_ptr_array_new_with_free_func(g_free), *projects = NULL;
	int status = l62_solution_read(path, notes, &projects, err);

	for (guint i = 0; i < notes->len; i++)
		warn_once(reader, g_strdup(g_ptr_array_index(notes, i)));
	for (guint i = 0; status == L62_OK && i < projects->len; i++)
		status = read_project(reader, g_ptr_array_index(projects, i), path, false, err);
	if (projects)
		g_ptr_array_unref(projects);
	g_ptr_array_unref(notes);
	return status;
}

static int read_file(struct reader *reader, const char *file, struct l62_error *err)
{
	char *path = g_canonicalize_filename(file, NULL);
	int status;

	if (!reader->units->database)
		reader->units->database = g_strdup(path);
	if (l62_solution_is(file))
		status = read_solution(reader, path, err);
	else if (l62_vcxproj_is(file))
		status = read_project(reader, path, NULL, false, err);
	else
		status = l62_error_set(
		        err, L62_E_USAGE,
		        "%s is no project: give projects and solutions, or source "
		        "files, not both",
		        file);
	g_free(path);
	return status;
}

int l62_scan_projects_read(struct l62_scan_units *units, const struct l62_scan_options *options,
                           struct l62_error *err)
{
	struct reader reader = {
	        .units = units,
	        .options = options,
	        .by_source = g_hash_table_new(g_str_hash, g_str_equal),
	        .names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
	        .said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
	        .paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
	        .others = g_string_new(NULL),
	};
	int status = L62_OK;

	units->projects = true;
	units->entries = g_ptr_array_new_with_free_func((GDestroyNotify)l62_entry_free);
	if (options->build)
		status = l62_error_set(err, L62_E_USAGE,
		                       "-p and projects exclude each other: choose one");
	for (guint i = 0; i < options->files->len && status == L62_OK; i++)
		status = read_file(&reader, g_ptr_array_index(options->files, i), err);
	if (status == L62_OK && units->entries->len == 0) {
		g_ptr_array_set_size(units->warnings, 0);
		status = l62_error_set(
		        err, L62_E_USAGE, "there is no kernel driver to scan: %s",
		        reader.others->len ? reader.others->str : "nothing is compiled");
	}
	g_hash_table_unref(reader.by_source);
	g_hash_table_unref(reader.names);
	g_hash_table_unref(reader.said);
	g_hash_table_unref(reader.paths);
	g_string_free(reader.others, TRUE);
	return status;
}

static void add_once(GPtrArray *folders, const char *folder)
{
	if (folder && !g_ptr_array_find_with_equal_func(folders, folder, g_str_equal, NULL))
		g_ptr_array_add(folders, g_strdup(folder));
}

/* Overlays of folders as they were before. */
static void remove_old(const struct l62_work *work, const char *name)
{
	GDir *dir = g_dir_open(work->path, 0, NULL);
	const char *entry;

	while (dir && (entry = g_dir_read_name(dir))) {
		char *path = g_build_filename(work->path, entry, NULL);

		if (g_str_has_prefix(entry, OVERLAY) && strcmp(entry, name) != 0)
			g_unlink(path);
		g_free(path);
	}
	if (dir)
		g_dir_close(dir);
}

int l62_scan_projects_overlay(struct l62_driver *driver, const struct l62_scan_units *units,
                              const struct l62_work *work, struct l62_error *err)
{
	GPtrArray *folders = g_ptr_array_new_with_free_func(g_free);
	GPtrArray *flat = g_ptr_array_new_with_free_func(g_free);
	GString *overlay;
	int status = L62_OK;

	for (guint i = 0; i < units->entries->len; i++) {
		const struct l62_entry *entry = g_ptr_array_index(units->entries, i);
		char *folder = g_path_get_dirname(entry->source);

		add_once(folders, folder);
		for (guint f = 0; f < entry->flags.folders->len; f++)
			add_once(folders, g_ptr_array_index(entry->flags.folders, f));
		g_free(folder);
	}
	for (guint i = 0; i < driver->extra.folders->len; i++)
		add_once(folders, g_ptr_array_index(driver->extra.folders, i));
	for (guint i = 0; i < driver->wdk->len; i++)
		add_once(folders, g_ptr_array_index(driver->wdk, i));
	add_once(folders, driver->mingw);
	/* Not what lies below it: those in case/ differ in case alone. */
	add_once(flat, driver->shim);
	overlay = l62_casepath_overlay(folders, flat);
	if (overlay) {
		/* Named by its content: where that changes, files are read again. */
		char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, overlay->str, -1);
		char *name = g_strdup_printf(OVERLAY "%.16s.yaml", hash);
		char *path = l62_work_path(work, name);

		remove_old(work, name);
		status = l62_work_write(work, name, overlay, err);
		g_ptr_array_add(driver->extra.args, g_strconcat("-ivfsoverlay", path, NULL));
		g_string_free(overlay, TRUE);
		g_free(path);
		g_free(name);
		g_free(hash);
	}
	g_ptr_array_unref(flat);
	g_ptr_array_unref(folders);
	return status;
}
