/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A project is evaluated twice: to see which configurations it has, and for the one
 * that is wanted.
 */
#include "vcxproj.h"

#include <string.h>

#include "casepath.h"
#include "database.h"
#include "msbuild.h"
#include "vcxproj_flags.h"

static bool has_suffix(const char *file, const char *suffix)
{
	size_t length = strlen(file), end = strlen(suffix);

	return length > end && g_ascii_strcasecmp(file + length - end, suffix) == 0;
}

bool l62_vcxproj_is(const char *file)
{
	return has_suffix(file, ".vcxproj");
}

bool l62_solution_is(const char *file)
{
	return has_suffix(file, ".sln");
}

static void global(GHashTable *globals, const char *name, const char *value)
{
	g_hash_table_replace(globals, g_strdup(name), g_strdup(value));
}

/* The nearest solution beside or above folder, or NULL. */
static char *find_solution(const char *folder)
{
	char *at = g_strdup(folder);

	for (;;) {
		GDir *dir = g_dir_open(at, 0, NULL);
		const char *name;
		char *found = NULL, *above;

		while (dir && (name = g_dir_read_name(dir))) {
			if (l62_solution_is(name) && (!found || strcmp(name, found) < 0)) {
				g_free(found);
				found = g_strdup(name);
			}
		}
		if (dir)
			g_dir_close(dir);
		if (found) {
			char *path = g_build_filename(at, found, NULL);

			g_free(found);
			g_free(at);
			return path;
		}
		above = g_path_get_dirname(at);
		if (strcmp(above, at) == 0) {
			g_free(above);
			g_free(at);
			return NULL;
		}
		g_free(at);
		at = above;
	}
}

static GHashTable *new_globals(const char *path, const struct l62_vcxproj_options *options)
{
	GHashTable *globals = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	char *project = g_path_get_dirname(path);
	char *solution =
	        options->solution ? g_strdup(options->solution) : find_solution(project);
	char *folder = solution ? g_path_get_dirname(solution) : g_strdup(project);
	char *slash = g_strconcat(folder, "/", NULL);
	char *name = g_path_get_basename(solution ? solution : path);

	global(globals, "solutiondir", slash);
	global(globals, "solutionpath", solution ? solution : path);
	global(globals, "solutionfilename", name);
	if (strrchr(name, '.'))
		*strrchr(name, '.') = '\0';
	global(globals, "solutionname", name);
	g_free(name);
	g_free(slash);
	g_free(folder);
	g_free(solution);
	g_free(project);
	return globals;
}

static const char *include_at(const GPtrArray *items, guint i)
{
	return ((const struct l62_msbuild_item *)g_ptr_array_index(items, i))->include;
}

static bool on_platform(const char *configuration, const char *platform)
{
	const char *bar = strchr(configuration, '|');

	return bar && g_ascii_strcasecmp(bar + 1, platform) == 0;
}

/* "Debug" picks Debug|x64, or else the first Debug|... */
static bool is_asked_for(const char *configuration, const char *asked)
{
	size_t length = strlen(asked);

	if (g_ascii_strcasecmp(configuration, asked) == 0)
		return true;
	return !strchr(asked, '|') && g_ascii_strncasecmp(configuration, asked, length) == 0 &&
	       configuration[length] == '|';
}

static const char *pick(const GPtrArray *items, const char *asked)
{
	const char *best = NULL;
	int best_rank = 0;

	for (guint i = 0; i < items->len; i++) {
		const char *one = include_at(items, i);
		int rank = 1;

		if (!strchr(one, '|') || (asked && !is_asked_for(one, asked)))
			continue;
		if (on_platform(one, "x64"))
			rank = g_ascii_strcasecmp(one, "Debug|x64") == 0 ? 3 : 2;
		if (rank > best_rank) {
			best = one;
			best_rank = rank;
		}
	}
	return best;
}

/* Which configuration is meant: into globals. */
static int choose(const char *path, const char *asked, GHashTable *globals,
                  struct l62_error *err)
{
	GPtrArray *notes = g_ptr_array_new_with_free_func(g_free), *items;
	struct l62_msbuild *project;
	GString *names = g_string_new(NULL);
	const char *best;
	int status = l62_msbuild_read(path, globals, notes, &project, err);

	g_ptr_array_unref(notes);
	if (status != L62_OK) {
		g_string_free(names, TRUE);
		return status;
	}
	items = l62_msbuild_items(project, "ProjectConfiguration");
	for (guint i = 0; i < items->len; i++)
		g_string_append_printf(names, "%s%s", i ? ", " : "", include_at(items, i));
	best = pick(items, asked);
	if (best) {
		const char *bar = strchr(best, '|');
		char *configuration = g_strndup(best, bar - best);

		global(globals, "configuration", configuration);
		global(globals, "platform", bar + 1);
		g_free(configuration);
	} else if (items->len == 0) {
		status = l62_error_set(err, L62_E_FORMAT,
		                       "%s lists no ProjectConfiguration: it is no Visual C++ "
		                       "project of Visual Studio 2010 or later",
		                       path);
	} else {
		status = l62_error_set(err, L62_E_USAGE,
		                       "%s has no configuration \"%s\": choose one of %s", path,
		                       asked ? asked : "NAME|PLATFORM", names->str);
	}
	g_ptr_array_unref(items);
	l62_msbuild_free(project);
	g_string_free(names, TRUE);
	return status;
}

static bool is_excluded(const struct l62_msbuild_item *item)
{
	const char *excluded = g_hash_table_lookup(item->metadata, "excludedfrombuild");

	return excluded && g_ascii_strcasecmp(excluded, "true") == 0;
}

static void add_entries(struct l62_vcxproj *project, const struct l62_msbuild *msbuild,
                        bool wdk)
{
	GPtrArray *items = l62_msbuild_items(msbuild, "ClCompile");
	GPtrArray *macros = l62_toolset_macros(msbuild, wdk);

	for (guint i = 0; i < items->len; i++) {
		const struct l62_msbuild_item *item = g_ptr_array_index(items, i);
		struct l62_entry *entry;

		if (is_excluded(item))
			continue;
		entry = l62_vcxproj_entry(msbuild, item, macros);
		if (entry->language == L62_LANGUAGE_OTHER) {
			l62_entry_free(entry);
			continue;
		}
		if (project->kind == L62_PROJECT_DRIVER)
			g_ptr_array_add(entry->targets, g_strdup(project->name));
		g_ptr_array_add(project->entries, entry);
	}
	g_ptr_array_unref(macros);
	g_ptr_array_unref(items);
}

/* The projects that a build of this one builds first. */
static void add_references(struct l62_vcxproj *project, const struct l62_msbuild *msbuild,
                           GPtrArray *notes)
{
	GPtrArray *items = l62_msbuild_items(msbuild, "ProjectReference");
	char *folder = g_path_get_dirname(project->path);

	for (guint i = 0; i < items->len; i++) {
		char *path = l62_casepath_resolve(include_at(items, i), folder);

		if (!l62_vcxproj_is(path))
			;
		else if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
			g_ptr_array_add(project->references, g_steal_pointer(&path));
		else
			g_ptr_array_add(notes,
			                g_strdup_printf("%s refers to the project %s, which is "
			                                "not there: functions of it are not "
			                                "known",
			                                project->path, include_at(items, i)));
		g_free(path);
	}
	g_free(folder);
	g_ptr_array_unref(items);
}

static void free_entry(gpointer entry)
{
	l62_entry_free(entry);
}

/* A driver's name becomes one of a file. */
static char *driver_name(const struct l62_msbuild *msbuild, const char *path)
{
	char *name = g_strdup(l62_msbuild_property(msbuild, "TargetName"));

	if (!*name || strpbrk(name, "/\\") || *name == '.') {
		g_free(name);
		name = g_path_get_basename(path);
		*strrchr(name, '.') = '\0';
	}
	l62_error_clean(name);
	return name;
}

int l62_vcxproj_read(const char *path, const struct l62_vcxproj_options *options,
                     GPtrArray *notes, struct l62_vcxproj **out, struct l62_error *err)
{
	GHashTable *globals = new_globals(path, options);
	struct l62_msbuild *msbuild = NULL;
	struct l62_vcxproj *project;
	int status = choose(path, options->configuration, globals, err);

	if (status == L62_OK)
		status = l62_msbuild_read(path, globals, notes, &msbuild, err);
	g_hash_table_unref(globals);
	if (status != L62_OK)
		return status;
	project = g_new0(struct l62_vcxproj, 1);
	project->path = g_strdup(path);
	project->name = driver_name(msbuild, path);
	project->configuration =
	        g_strdup_printf("%s|%s", l62_msbuild_property(msbuild, "Configuration"),
	                        l62_msbuild_property(msbuild, "Platform"));
	project->kind = l62_toolset_kind(msbuild, &project->what);
	project->entries = g_ptr_array_new_with_free_func(free_entry);
	project->references = g_ptr_array_new_with_free_func(g_free);
	if (project->kind != L62_PROJECT_OTHER) {
		add_entries(project, msbuild, options->wdk);
		add_references(project, msbuild, notes);
	}
	l62_msbuild_free(msbuild);
	if (project->kind == L62_PROJECT_DRIVER && project->entries->len == 0) {
		status = l62_error_set(err, L62_E_FORMAT,
		                       "%s compiles no C or C++ source for %s: it has no "
		                       "ClCompile item that is not excluded",
		                       path, project->configuration);
		l62_vcxproj_free(project);
		return status;
	}
	*out = project;
	return L62_OK;
}

void l62_vcxproj_free(struct l62_vcxproj *project)
{
	if (!project)
		return;
	g_ptr_array_unref(project->entries);
	g_ptr_array_unref(project->references);
	g_free(project->configuration);
	g_free(project->name);
	g_free(project->path);
	g_free(project);
}
