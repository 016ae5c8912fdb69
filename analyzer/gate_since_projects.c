/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Visual Studio's projects are the repository's own: the commit is scanned as its projects
 * were then, not as those of now are.  For each that was given:
 *
 *   it was there, under this name or another one   that one
 *   a solution                                     and each of its projects, as here
 *   a project that was not                         those beside its sources, as these were
 *   no file of the repository (generated)          none of this: compile commands of now
 */
#include <string.h>

#include "gate_since_internal.h"
#include "git.h"
#include "report/paths.h"
#include "vcxproj.h"

static void add_once(GPtrArray *files, char *file)
{
	if (g_ptr_array_find_with_equal_func(files, file, g_str_equal, NULL))
		g_free(file);
	else
		g_ptr_array_add(files, file);
}

static void add_projects_in(GPtrArray *files, const char *folder)
{
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		if (l62_vcxproj_is(name))
			add_once(files, g_build_filename(folder, name, NULL));
	}
	if (dir)
		g_dir_close(dir);
}

/* A project that git takes for a new one: where its sources were, another one was. */
static void add_former(struct l62_since *since, const char *project)
{
	const GPtrArray *entries = since->view->units->entries;
	g_autofree char *folder = g_path_get_dirname(project);

	for (guint i = 0; i < entries->len; i++) {
		const struct l62_entry *entry = g_ptr_array_index(entries, i);
		g_autofree char *below = l62_path_below(folder, entry->source);
		g_autofree char *source = below ? l62_since_then(since, entry->source) : NULL;
		g_autofree char *home = source ? g_path_get_dirname(source) : NULL;

		if (home)
			add_projects_in(since->files, home);
	}
}

/* Returns whether it is one of the repository's, now or then. */
static bool add_project(struct l62_since *since, const char *file)
{
	g_autofree char *below = l62_path_below(since->top, file);
	char *found = l62_since_then(since, file);

	if (found)
		add_once(since->files, found);
	else if (!below || l62_git_ignores(since->top, below))
		return false;
	else if (l62_vcxproj_is(file))
		add_former(since, file);
	return true;
}

/* The same of a solution, and of what it holds now: a project may have been there before
 * it was added to this one. */
static bool add_file(struct l62_since *since, const char *file)
{
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
	GPtrArray *projects = NULL;
	struct l62_error ignored;
	bool own = add_project(since, file);

	if (!l62_solution_is(file) ||
	    l62_solution_read(file, notes, &projects, &ignored) != L62_OK)
		return own;
	for (guint i = 0; own && i < projects->len; i++)
		own = add_project(since, g_ptr_array_index(projects, i));
	g_ptr_array_unref(projects);
	return own;
}

/* Whether the project holds code of a kernel driver, or cannot be read: then the scan says
 * why. */
static bool is_of_driver(const struct l62_since *since, const char *path, const char *solution)
{
	struct l62_vcxproj_options options = {
	        .configuration = since->view->options->configuration,
	        .solution = solution,
	};
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
	struct l62_vcxproj *project;
	struct l62_error ignored;
	bool is;

	if (l62_vcxproj_read(path, &options, notes, &project, &ignored) != L62_OK)
		return true;
	is = project->kind != L62_PROJECT_OTHER;
	l62_vcxproj_free(project);
	return is;
}

static bool has_driver(const struct l62_since *since, const char *file)
{
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
	GPtrArray *projects = NULL;
	struct l62_error ignored;
	bool has = false;

	if (!l62_solution_is(file))
		return is_of_driver(since, file, NULL);
	if (l62_solution_read(file, notes, &projects, &ignored) != L62_OK)
		return true;
	for (guint i = 0; !has && i < projects->len; i++)
		has = is_of_driver(since, g_ptr_array_index(projects, i), file);
	g_ptr_array_unref(projects);
	return has;
}

void l62_since_projects(struct l62_since *since)
{
	const GPtrArray *given = since->view->options->files;
	bool own = true, drivers = false;

	for (guint i = 0; own && i < given->len; i++) {
		g_autofree char *file =
		        g_canonicalize_filename(g_ptr_array_index(given, i), since->view->cwd);

		own = add_file(since, file);
	}
	for (guint i = 0; own && !drivers && i < since->files->len; i++)
		drivers = has_driver(since, g_ptr_array_index(since->files, i));
	/* Nothing is known where there was no driver yet. */
	if (!own || !drivers)
		g_ptr_array_set_size(since->files, 0);
	since->projects = own;
}
