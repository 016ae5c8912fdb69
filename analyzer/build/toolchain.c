/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A C++ plugin fits only the clang it was compiled for: clang's analyzer
 * compares the full version, so leak62 does.  The plugin is not loaded for it
 * (it needs clang's own symbols); its file carries a mark,
 *   leak62-plugin clang=19.1.7 version=0.1.0;
 */
#include "toolchain.h"

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MARK "leak62-plugin clang="

static char *self_path(void)
{
	char *path = g_file_read_link("/proc/self/exe", NULL);

	return path ? path : g_strdup("leak62");
}

char *l62_toolchain_beside(const char *relative)
{
	char *self = self_path();
	char *folder = g_path_get_dirname(self);
	char *path = g_canonicalize_filename(relative, folder);

	g_free(folder);
	g_free(self);
	return path;
}

char *l62_toolchain_parse_version(const char *text)
{
	static const char before[] = "clang version ";
	const char *at = strstr(text, before);
	unsigned major, minor, patch;

	if (!at || sscanf(at + strlen(before), "%5u.%5u.%5u", &major, &minor, &patch) != 3)
		return NULL;
	return g_strdup_printf("%u.%u.%u", major, minor, patch);
}

static char *first_program(const char *const *candidates)
{
	for (; *candidates; candidates++) {
		char *path = g_find_program_in_path(*candidates);

		if (path)
			return path;
	}
	return NULL;
}

static int find_clang(struct l62_toolchain *toolchain, const char *wish, struct l62_error *err)
{
	static const char *const usual[] = {
	        LEAK62_CLANG,
	        "clang-" LEAK62_LLVM_VERSION,
	        "/usr/lib/llvm-" LEAK62_LLVM_VERSION "/bin/clang",
	        NULL,
	};
	char *path;

	path = wish ? g_find_program_in_path(wish) : first_program(usual);
	if (!path && wish)
		return l62_error_set(err, L62_E_USAGE,
		                     "clang was not found: %s is not an executable file", wish);
	if (!path)
		return l62_error_set(err, L62_E_USAGE,
		                     "clang %s was not found: install Debian's package "
		                     "clang-%s or name it with --clang",
		                     LEAK62_LLVM_VERSION, LEAK62_LLVM_VERSION);
	toolchain->clang = g_canonicalize_filename(path, NULL);
	g_free(path);
	return L62_OK;
}

static int ask_clang(struct l62_toolchain *toolchain, struct l62_error *err)
{
	char *argv[] = {toolchain->clang, "--version", NULL};
	GError *error = NULL;
	char *text = NULL;

	if (!g_spawn_sync(NULL, argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &text, NULL,
	                  NULL, &error)) {
		l62_error_set(err, L62_E_USAGE, "%s could not be started: %s", toolchain->clang,
		              error->message);
		g_error_free(error);
		return L62_E_USAGE;
	}
	toolchain->clang_version = l62_toolchain_parse_version(text);
	g_free(text);
	if (!toolchain->clang_version)
		return l62_error_set(err, L62_E_FORMAT,
		                     "%s is not a clang: its --version names no version",
		                     toolchain->clang);
	return L62_OK;
}

int l62_toolchain_plugin_mark(const char *path, char **clang_version, char **version,
                              struct l62_error *err)
{
	GError *error = NULL;
	GMappedFile *file = g_mapped_file_new(path, FALSE, &error);
	const char *at, *end;
	char clang[32], own[32];
	bool found = false;

	if (!file) {
		l62_error_set(err, L62_E_IO, "the plugin %s cannot be read: %s", path,
		              error->message);
		g_error_free(error);
		return L62_E_IO;
	}
	at = g_mapped_file_get_contents(file);
	end = at ? at + g_mapped_file_get_length(file) : NULL;
	while (at && (at = memmem(at, end - at, MARK, strlen(MARK)))) {
		char *text = g_strndup(at, MIN(end - at, 128));

		found = sscanf(text, MARK "%31[0-9.] version=%31[^; ];", clang, own) == 2;
		g_free(text);
		if (found)
			break;
		at++;
	}
	g_mapped_file_unref(file);
	if (!found)
		return l62_error_set(err, L62_E_FORMAT,
		                     "%s is not leak62's plugin: it does not say which "
		                     "clang it was built for",
		                     path);
	*clang_version = g_strdup(clang);
	*version = g_strdup(own);
	return L62_OK;
}

/* A built leak62 has it in ../lib, an installed one in a folder of its own there. */
static char *find_plugin(void)
{
	char *path = l62_toolchain_beside("../lib/leak62/leak62.so");

	if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
		return path;
	g_free(path);
	return l62_toolchain_beside("../lib/leak62.so");
}

static int check_plugin(struct l62_toolchain *toolchain, const char *wish,
                        struct l62_error *err)
{
	char *wanted = NULL;
	int status;

	toolchain->plugin = wish ? g_canonicalize_filename(wish, NULL) : find_plugin();
	if (!g_file_test(toolchain->plugin, G_FILE_TEST_IS_REGULAR))
		return l62_error_set(err, L62_E_USAGE,
		                     "the plugin was not found: %s is not a file; name it "
		                     "with --plugin",
		                     toolchain->plugin);
	status = l62_toolchain_plugin_mark(toolchain->plugin, &wanted,
	                                   &toolchain->plugin_version, err);
	if (status == L62_OK && strcmp(wanted, toolchain->clang_version) != 0)
		status = l62_error_set(err, L62_E_VERSION,
		                       "%s is clang %s, but the plugin %s was built for clang "
		                       "%s: name a clang %s with --clang",
		                       toolchain->clang, toolchain->clang_version,
		                       toolchain->plugin, wanted, wanted);
	if (status == L62_OK && strcmp(toolchain->plugin_version, LEAK62_VERSION) != 0)
		status = l62_error_set(err, L62_E_VERSION,
		                       "the plugin %s is of leak62 %s, but this is leak62 %s: "
		                       "name its own plugin with --plugin",
		                       toolchain->plugin, toolchain->plugin_version,
		                       LEAK62_VERSION);
	g_free(wanted);
	return status;
}

int l62_toolchain_find(struct l62_toolchain *toolchain, const char *clang, const char *plugin,
                       struct l62_error *err)
{
	int status;

	memset(toolchain, 0, sizeof(*toolchain));
	toolchain->leak62 = self_path();
	status = find_clang(toolchain, clang, err);
	if (status == L62_OK)
		status = ask_clang(toolchain, err);
	if (status == L62_OK)
		status = check_plugin(toolchain, plugin, err);
	if (status != L62_OK)
		l62_toolchain_clear(toolchain);
	return status;
}

void l62_toolchain_clear(struct l62_toolchain *toolchain)
{
	g_free(toolchain->leak62);
	g_free(toolchain->clang);
	g_free(toolchain->plugin);
	g_free(toolchain->clang_version);
	g_free(toolchain->plugin_version);
	memset(toolchain, 0, sizeof(*toolchain));
}
