/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Solutions (.sln): lines of the form
 *
 *   Project("{type}") = "name", "folder\file.vcxproj", "{id}"
 *
 * All else in them is about what Visual Studio shows and builds when.
 */
#include <string.h>

#include "casepath.h"
#include "vcxproj.h"

enum { LINE_MOST = 4096, PROJECTS_MOST = 2000 };

/* The third string of a Project line: its path.  NULL if it is none. */
static char *project_path(const char *line)
{
	char **parts = g_strsplit(line, "\"", -1);
	char *path = NULL;

	/* Project(" {type} ") = " name ", " path */
	if (g_str_has_prefix(line, "Project(") && g_strv_length(parts) >= 7)
		path = g_strdup(parts[5]);
	g_strfreev(parts);
	return path;
}

static int read_text(const char *path, char **out, struct l62_error *err)
{
	GError *error = NULL;
	char *text = NULL;
	gsize length;

	if (!g_file_get_contents(path, &text, &length, &error)) {
		l62_error_set(err, L62_E_IO, "%s cannot be read: %s", path, error->message);
		g_error_free(error);
		return L62_E_IO;
	}
	if (memchr(text, '\0', length) ||
	    !strstr(text, "Microsoft Visual Studio Solution File")) {
		g_free(text);
		return l62_error_set(err, L62_E_FORMAT,
		                     "%s is not a Visual Studio solution: its first line does "
		                     "not say so",
		                     path);
	}
	*out = text;
	return L62_OK;
}

int l62_solution_read(const char *path, GPtrArray *notes, GPtrArray **projects,
                      struct l62_error *err)
{
	char *text, **lines, *folder;
	GPtrArray *found;
	int status = read_text(path, &text, err);

	if (status != L62_OK)
		return status;
	found = g_ptr_array_new_with_free_func(g_free);
	folder = g_path_get_dirname(path);
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line && found->len < PROJECTS_MOST; line++) {
		char *name = strlen(*line) < LINE_MOST ? project_path(g_strstrip(*line)) : NULL;
		char *full = name ? l62_casepath_resolve(name, folder) : NULL;

		if (!full || !l62_vcxproj_is(full))
			;
		else if (g_file_test(full, G_FILE_TEST_IS_REGULAR))
			g_ptr_array_add(found, g_steal_pointer(&full));
		else
			g_ptr_array_add(notes, g_strdup_printf("%s(%td): the project %s is not "
			                                       "there and left out",
			                                       path, line - lines + 1, name));
		g_free(full);
		g_free(name);
	}
	g_strfreev(lines);
	g_free(folder);
	g_free(text);
	if (found->len) {
		*projects = found;
		return L62_OK;
	}
	g_ptr_array_unref(found);
	return l62_error_set(err, L62_E_FORMAT, "%s names no .vcxproj file that is there",
	                     path);
}
