/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * ld.lld and llvm-dlltool of the same LLVM as clang: in the folder clang really lies in, then
 * beside the name it was called by, then on PATH.
 */
#include <stdlib.h>
#include <string.h>

#include "build.h"

static char *in_folder_of(const char *clang, const char *name)
{
	char *folder = g_path_get_dirname(clang);
	char *path = g_build_filename(folder, name, NULL);

	g_free(folder);
	if (g_file_test(path, G_FILE_TEST_IS_EXECUTABLE) &&
	    !g_file_test(path, G_FILE_TEST_IS_DIR))
		return path;
	g_free(path);
	return NULL;
}

static char *find(const char *clang, const char *name)
{
	char *versioned = g_strconcat(name, "-" LEAK62_LLVM_VERSION, NULL);
	char *real = realpath(clang, NULL);
	char *path = real ? in_folder_of(real, name) : NULL;

	if (!path)
		path = in_folder_of(clang, versioned);
	if (!path)
		path = g_find_program_in_path(versioned);
	free(real);
	g_free(versioned);
	return path;
}

/* wish: what the user named with option, or NULL. */
static int find_tool(char **tool, const char *clang, const char *wish, const char *name,
                     const char *option, const char *package, struct l62_error *err)
{
	char *path = wish ? g_find_program_in_path(wish) : find(clang, name);

	if (!path && wish)
		return l62_error_set(err, L62_E_USAGE,
		                     "%s was not found: %s (%s) is not an executable file",
		                     name, wish, option);
	if (!path)
		return l62_error_set(err, L62_E_USAGE,
		                     "%s was not found: install Debian's package %s-%s or "
		                     "name it with %s",
		                     name, package, LEAK62_LLVM_VERSION, option);
	*tool = g_canonicalize_filename(path, NULL);
	g_free(path);
	return L62_OK;
}

/* Where a cross gcc and Debian keep them. */
static char *find_mingw(void)
{
	static const char *const folders[] = {
	        "/usr/x86_64-w64-mingw32/lib",
	        "/usr/x86_64-w64-mingw32/sys-root/mingw/lib",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
		char *path = g_build_filename(folders[i], "libntoskrnl.a", NULL);
		bool there = g_file_test(path, G_FILE_TEST_IS_REGULAR);

		g_free(path);
		if (there)
			return g_strdup(folders[i]);
	}
	return NULL;
}

int l62_image_tools_find(struct l62_image_tools *tools, const char *clang, const char *lld,
                         const char *dlltool, struct l62_error *err)
{
	int status;

	memset(tools, 0, sizeof(*tools));
	status = find_tool(&tools->lld, clang, lld, "ld.lld", "--lld", "lld", err);
	if (status == L62_OK)
		status = find_tool(&tools->dlltool, clang, dlltool, "llvm-dlltool", "--dlltool",
		                   "llvm", err);
	if (status != L62_OK) {
		l62_image_tools_clear(tools);
		return status;
	}
	tools->clang = g_strdup(clang);
	tools->mingw = find_mingw();
	return L62_OK;
}

void l62_image_tools_clear(struct l62_image_tools *tools)
{
	g_free(tools->clang);
	g_free(tools->lld);
	g_free(tools->dlltool);
	g_free(tools->mingw);
	memset(tools, 0, sizeof(*tools));
}
