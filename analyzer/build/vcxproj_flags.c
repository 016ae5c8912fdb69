/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The command is put together as cl.exe would get it and goes through flags.h, as one
 * of a compile database does.
 *
 * Limit: of AdditionalOptions only what flags_table.c lets pass counts.
 */
#include "vcxproj_flags.h"

#include <stdlib.h>
#include <string.h>

#include "casepath.h"
#include "msbuild_internal.h"

static const char *metadatum(const struct l62_msbuild_item *item, const char *lower)
{
	const char *value = g_hash_table_lookup(item->metadata, lower);

	return value ? value : "";
}

static bool is_true(const char *text)
{
	return g_ascii_strcasecmp(text, "true") == 0;
}

/* Quotes as Windows' command line means them: \" is a quote, others go. */
static char *unquote(const char *text)
{
	GString *out = g_string_new(NULL);

	for (; *text; text++) {
		if (*text == '\\' && text[1] == '"')
			g_string_append_c(out, *++text);
		else if (*text != '"')
			g_string_append_c(out, *text);
	}
	return g_string_free(out, FALSE);
}

static bool of_toolset(const char *path)
{
	return g_str_has_prefix(path, L62_MSBUILD_TOOLSET);
}

/* Names that %(...) leaves behind where nothing was inherited. */
static bool is_inherited(const char *text)
{
	return g_str_has_prefix(text, "%(") || g_str_has_prefix(text, "@(");
}

static void add(GPtrArray *argv, const char *option, char *value)
{
	g_ptr_array_add(argv, g_strconcat(option, value, NULL));
	g_free(value);
}

static void add_folders(GPtrArray *argv, const struct l62_msbuild *project, const char *option,
                        const char *list)
{
	GPtrArray *folders = l62_msbuild_split(list);

	for (guint i = 0; i < folders->len; i++) {
		char *folder = unquote(g_ptr_array_index(folders, i));

		if (*folder && !of_toolset(folder) && !is_inherited(folder))
			add(argv, option, l62_casepath_resolve(folder, project->folder));
		g_free(folder);
	}
	g_ptr_array_unref(folders);
}

static void add_macros(GPtrArray *argv, const char *option, const char *list)
{
	GPtrArray *macros = l62_msbuild_split(list);

	for (guint i = 0; i < macros->len; i++) {
		const char *macro = g_ptr_array_index(macros, i);

		if (!is_inherited(macro))
			add(argv, option, unquote(macro));
	}
	g_ptr_array_unref(macros);
}

/* A forced include is a file beside the project, or is searched for. */
static void add_forced(GPtrArray *argv, const struct l62_msbuild *project, const char *list)
{
	GPtrArray *files = l62_msbuild_split(list);

	for (guint i = 0; i < files->len; i++) {
		char *file = unquote(g_ptr_array_index(files, i));
		char *found = l62_casepath_find(file, project->folder);

		if (*file && !of_toolset(file) && !is_inherited(file))
			add(argv, "/FI", g_strdup(found ? found : file));
		g_free(found);
		g_free(file);
	}
	g_ptr_array_unref(files);
}

static void add_options(GPtrArray *argv, const char *text)
{
	GString *option = g_string_new(NULL);
	bool quoted = false;

	for (;; text++) {
		if (*text == '\\' && text[1] == '"')
			g_string_append_c(option, *++text);
		else if (*text == '"')
			quoted = !quoted;
		else if (*text && (quoted || !g_ascii_isspace(*text)))
			g_string_append_c(option, *text);
		else if (option->len) {
			if (!is_inherited(option->str))
				g_ptr_array_add(argv, g_strdup(option->str));
			g_string_truncate(option, 0);
		}
		if (!*text)
			break;
	}
	g_string_free(option, TRUE);
}

static void add_language(GPtrArray *argv, const struct l62_msbuild_item *item, bool cxx)
{
	static const char *const standards[][2] = {
	        {"stdcpp14", "/std:c++14"}, {"stdcpp17", "/std:c++17"},
	        {"stdcpp20", "/std:c++20"}, {"stdcpplatest", "/std:c++latest"},
	        {"stdc11", "/std:c11"},     {"stdc17", "/std:c17"}};
	const char *as = metadatum(item, "compileas");
	const char *standard = metadatum(item, cxx ? "languagestandard" : "languagestandard_c");
	const char *alignment = metadatum(item, "structmemberalignment");

	if (g_ascii_strcasecmp(as, "CompileAsC") == 0)
		g_ptr_array_add(argv, g_strdup("/TC"));
	else if (g_ascii_strcasecmp(as, "CompileAsCpp") == 0)
		g_ptr_array_add(argv, g_strdup("/TP"));
	for (size_t i = 0; i < G_N_ELEMENTS(standards); i++) {
		if (g_ascii_strcasecmp(standard, standards[i][0]) == 0)
			g_ptr_array_add(argv, g_strdup(standards[i][1]));
	}
	if (g_ascii_isdigit(*alignment))
		g_ptr_array_add(argv, g_strdup_printf("/Zp%d", atoi(alignment)));
	if (is_true(metadatum(item, "defaultcharisunsigned")))
		g_ptr_array_add(argv, g_strdup("/J"));
}

/* WPP makes macros of these; leak62 knows those of the comments in the source. */
static void add_trace(GPtrArray *argv, const char *options)
{
	for (const char *at = options; (at = strstr(at, "-func:")); at++) {
		const char *name = at + strlen("-func:");
		size_t length = strcspn(name, "({ \t\",;");

		if (length && !strpbrk(name, "=") && name[length] != '{')
			g_ptr_array_add(argv, g_strdup_printf("/D%.*s(...)=((void)0)",
			                                      (int)length, name));
	}
}

static GPtrArray *command(const struct l62_msbuild *project,
                          const struct l62_msbuild_item *item, const GPtrArray *macros,
                          bool cxx)
{
	GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(argv, g_strdup("cl"));
	for (guint i = 0; i < macros->len; i++)
		add(argv, "/D", g_strdup(g_ptr_array_index(macros, i)));
	add_macros(argv, "/D", metadatum(item, "preprocessordefinitions"));
	add_macros(argv, "/U", metadatum(item, "undefinepreprocessordefinitions"));
	add_folders(argv, project, "/I", metadatum(item, "additionalincludedirectories"));
	add_folders(argv, project, "/I", l62_msbuild_property(project, "IncludePath"));
	add_folders(argv, project, "/imsvc",
	            l62_msbuild_property(project, "ExternalIncludePath"));
	add_forced(argv, project, metadatum(item, "forcedincludefiles"));
	add_language(argv, item, cxx);
	add_options(argv, metadatum(item, "additionaloptions"));
	if (is_true(metadatum(item, "wppenabled"))) {
		char *function =
		        g_strconcat("-func:", metadatum(item, "wpptracefunction"), NULL);

		add_trace(argv, function);
		add_trace(argv, metadatum(item, "wppadditionaloptions"));
		g_free(function);
	}
	g_ptr_array_add(argv, NULL);
	return argv;
}

struct l62_entry *l62_vcxproj_entry(const struct l62_msbuild *project,
                                    const struct l62_msbuild_item *item,
                                    const GPtrArray *macros)
{
	const char *platform = l62_msbuild_property(project, "Platform");
	struct l62_entry *entry = g_new0(struct l62_entry, 1);
	GPtrArray *argv;

	entry->source = l62_casepath_resolve(item->include, project->folder);
	entry->targets = g_ptr_array_new_with_free_func(g_free);
	l62_flags_init(&entry->flags);
	argv = command(project, item, macros,
	               l62_flags_language(entry->source, true) == L62_LANGUAGE_CXX);
	l62_flags_filter(&entry->flags, project->folder, (const char *const *)argv->pdata);
	g_ptr_array_unref(argv);
	entry->language = entry->flags.language;
	if (entry->language == L62_LANGUAGE_BY_NAME)
		entry->language = l62_flags_language(entry->source, true);
	entry->flags.m32 = g_ascii_strcasecmp(platform, "Win32") == 0;
	if (g_ascii_strcasecmp(platform, "ARM64") == 0)
		entry->flags.target = g_strdup("aarch64-pc-windows-msvc");
	return entry;
}
