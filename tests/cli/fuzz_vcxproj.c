/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * libFuzzer: a project file, read as leak62 scan reads it, and a solution.  Each lies in a
 * folder of its own, which imports and wildcards may look into.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "vcxproj.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *folder;

static void clean_up(void)
{
	static const char *const names[] = {"Drv.vcxproj", "all.sln"};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		char *path = g_build_filename(folder, names[i], NULL);

		g_unlink(path);
		g_free(path);
	}
	g_rmdir(folder);
	g_free(folder);
}

static void make_folder(void)
{
	folder = g_dir_make_tmp("leak62-fuzz-XXXXXX", NULL);
	if (!folder)
		abort();
	atexit(clean_up);
}

static void read_project(const char *path, GPtrArray *notes)
{
	struct l62_vcxproj_options options = {.solution = "/none/none.sln"};
	struct l62_vcxproj *project = NULL;
	struct l62_error err = {0};

	if (l62_vcxproj_read(path, &options, notes, &project, &err) == L62_OK) {
		if (!project->name[0] || strchr(project->name, '/'))
			abort();
	} else if (!err.text[0] || strpbrk(err.text, "\r\n")) {
		abort();
	}
	l62_vcxproj_free(project);
}

static void read_solution(const char *path, GPtrArray *notes)
{
	GPtrArray *projects = NULL;
	struct l62_error err = {0};

	if (l62_solution_read(path, notes, &projects, &err) == L62_OK)
		g_ptr_array_unref(projects);
	else if (!err.text[0])
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool xml = size && (data[0] == '<' || data[0] >= 0x80);
	GPtrArray *notes = g_ptr_array_new_with_free_func(g_free);
	char *path;

	if (!folder)
		make_folder();
	path = g_build_filename(folder, xml ? "Drv.vcxproj" : "all.sln", NULL);
	if (g_file_set_contents_full(path, (const char *)data, (gssize)size,
	                             G_FILE_SET_CONTENTS_NONE, 0600, NULL)) {
		if (xml)
			read_project(path, notes);
		else
			read_solution(path, notes);
	}
	g_ptr_array_unref(notes);
	g_free(path);
	return 0;
}
