/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* From the command line of a scan to its translation units. */
#include "scan_units.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scan_projects.h"

#define DATABASE "compile_commands.json"

static int check_readable(const char *path, struct l62_error *err)
{
	if (g_access(path, R_OK) != 0)
		return l62_error_set(err, L62_E_IO, "%s cannot be read: %s", path,
		                     g_strerror(errno));
	if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
		return l62_error_set(err, L62_E_USAGE, "%s is not a file", path);
	return L62_OK;
}

/* Where the database is, or NULL if the files come without one. */
static int find_database(struct l62_scan_units *units, const struct l62_scan_options *options,
                         struct l62_error *err)
{
	char *path;

	if (!options->build && options->files->len)
		return L62_OK;
	path = g_canonicalize_filename(options->build ? options->build : ".", NULL);
	if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
		units->database = g_build_filename(path, DATABASE, NULL);
		g_free(path);
	} else {
		units->database = path;
	}
	if (g_file_test(units->database, G_FILE_TEST_EXISTS))
		return check_readable(units->database, err);
	if (options->build)
		return l62_error_set(
		        err, L62_E_USAGE,
		        "there is no compile database %s: let the build write it (cmake "
		        "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON, or bear -- make)",
		        units->database);
	return l62_error_set(err, L62_E_USAGE,
	                     "there is no " DATABASE " here: name its folder (-p BUILD_DIR) "
	                     "or the source files");
}

static void add_once(GPtrArray *sources, const char *source)
{
	if (!g_ptr_array_find_with_equal_func(sources, source, g_str_equal, NULL))
		g_ptr_array_add(sources, g_strdup(source));
}

static int choose_file(struct l62_scan_units *units, const char *file, struct l62_error *err)
{
	int status = check_readable(file, err);
	char *path;

	if (status != L62_OK)
		return status;
	if (l62_flags_language(file, false) == L62_LANGUAGE_OTHER)
		return l62_error_set(err, L62_E_USAGE,
		                     "%s is not a C or C++ source file (.c, .cpp, .cc, .cxx)",
		                     file);
	path = g_canonicalize_filename(file, NULL);
	add_once(units->chosen, path);
	g_free(path);
	return L62_OK;
}

static bool same_file(const char *a, const char *b)
{
	char *real_a = realpath(a, NULL);
	char *real_b = realpath(b, NULL);
	bool same = strcmp(a, b) == 0 || (real_a && real_b && strcmp(real_a, real_b) == 0);

	free(real_a);
	free(real_b);
	return same;
}

static int choose_entry(struct l62_scan_units *units, const char *file, struct l62_error *err)
{
	char *path = g_canonicalize_filename(file, NULL);
	int status = L62_E_USAGE;

	for (guint i = 0; i < units->entries->len && status != L62_OK; i++) {
		const struct l62_entry *entry = g_ptr_array_index(units->entries, i);

		if (same_file(path, entry->source)) {
			add_once(units->chosen, entry->source);
			status = L62_OK;
		}
	}
	g_free(path);
	if (status == L62_OK)
		return L62_OK;
	status = check_readable(file, err);
	if (status != L62_OK)
		return status;
	return l62_error_set(err, L62_E_USAGE,
	                     "%s is not in %s: build it there, or leave out -p", file,
	                     units->database);
}

static void choose_all(struct l62_scan_units *units)
{
	for (guint i = 0; i < units->entries->len; i++) {
		const struct l62_entry *entry = g_ptr_array_index(units->entries, i);

		g_ptr_array_add(units->chosen, g_strdup(entry->source));
	}
}

static int focus_on(struct l62_scan_units *units, const char *file, struct l62_error *err)
{
	char *path = g_canonicalize_filename(file, NULL);
	const char *source = NULL;

	for (guint i = 0; i < units->chosen->len && !source; i++) {
		const char *one = g_ptr_array_index(units->chosen, i);

		if (same_file(path, one))
			source = one;
	}
	g_free(path);
	if (!source)
		return l62_error_set(err, L62_E_USAGE,
		                     "--focus %s is not one of the files to scan: name one of "
		                     "%s",
		                     file, units->database ? units->database : "those given");
	add_once(units->focus, source);
	return L62_OK;
}

int l62_scan_units_choose(struct l62_scan_units *units, const struct l62_scan_options *options,
                          struct l62_error *err)
{
	int status;

	memset(units, 0, sizeof(*units));
	units->chosen = g_ptr_array_new_with_free_func(g_free);
	units->focus = g_ptr_array_new_with_free_func(g_free);
	units->warnings = g_ptr_array_new_with_free_func(g_free);
	if (l62_scan_projects_wanted(options)) {
		status = l62_scan_projects_read(units, options, err);
	} else {
		status = find_database(units, options, err);
		if (status == L62_OK && units->database)
			status = l62_database_read(units->database, &units->entries,
			                           units->warnings, err);
	}
	for (guint i = 0; i < options->files->len && status == L62_OK && !units->projects;
	     i++) {
		const char *file = g_ptr_array_index(options->files, i);

		status = units->database ? choose_entry(units, file, err)
		                         : choose_file(units, file, err);
	}
	if (status == L62_OK && (options->files->len == 0 || units->projects))
		choose_all(units);
	for (guint i = 0; i < options->focus->len && status == L62_OK; i++)
		status = focus_on(units, g_ptr_array_index(options->focus, i), err);
	return status;
}

void l62_scan_units_clear(struct l62_scan_units *units)
{
	g_free(units->database);
	if (units->entries)
		g_ptr_array_unref(units->entries);
	if (!units->chosen)
		return; /* none were chosen */
	g_ptr_array_unref(units->chosen);
	g_ptr_array_unref(units->focus);
	g_ptr_array_unref(units->warnings);
}

static bool in_focus(const struct l62_scan_units *units, const char *source)
{
	return units->focus->len == 0 ||
	       g_ptr_array_find_with_equal_func(units->focus, source, g_str_equal, NULL);
}

static void free_unit(gpointer unit)
{
	l62_unit_free(unit);
}

void l62_scan_units_make(const struct l62_scan_units *units, const struct l62_driver *driver,
                         const char *salt, enum l62_stage paths, GPtrArray **all,
                         GPtrArray **chosen)
{
	guint count = units->database ? units->entries->len : units->chosen->len;
	GHashTable *wanted = g_hash_table_new(g_str_hash, g_str_equal);

	*all = g_ptr_array_new_with_free_func(free_unit);
	*chosen = g_ptr_array_new();
	for (guint i = 0; i < units->chosen->len; i++)
		g_hash_table_add(wanted, g_ptr_array_index(units->chosen, i));
	for (guint i = 0; i < count; i++) {
		const struct l62_entry *entry = NULL;
		const char *source;
		enum l62_language language;
		struct l62_unit *unit;

		if (units->database) {
			entry = g_ptr_array_index(units->entries, i);
			source = entry->source;
			language = entry->language;
		} else {
			source = g_ptr_array_index(units->chosen, i);
			language = l62_flags_language(source, false);
		}
		unit = l62_unit_new(
		        source,
		        l62_driver_arguments(driver, entry ? &entry->flags : NULL, language),
		        salt);
		unit->stage = in_focus(units, source) ? paths : L62_STAGE_SKELETON;
		g_ptr_array_add(*all, unit);
		if (g_hash_table_contains(wanted, source))
			g_ptr_array_add(*chosen, unit);
	}
	g_hash_table_unref(wanted);
}

static GPtrArray *assembler_arguments(const struct l62_entry *entry)
{
	GPtrArray *args = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(args, g_strdup("--no-default-config"));
	g_ptr_array_add(args, g_strdup("--target=x86_64-w64-mingw32"));
	for (guint i = 0; i < entry->flags.args->len; i++)
		g_ptr_array_add(args, g_strdup(g_ptr_array_index(entry->flags.args, i)));
	g_ptr_array_add(args, g_strdup("-w"));
	g_ptr_array_add(args, g_strdup("-xassembler-with-cpp"));
	return args;
}

int l62_scan_units_assembler(const struct l62_scan_units *units, GPtrArray **assembler,
                             struct l62_error *err)
{
	GPtrArray *entries = NULL;
	int status = L62_OK;

	*assembler = g_ptr_array_new_with_free_func(free_unit);
	if (units->database && !units->projects)
		status = l62_database_read_assembler(units->database, &entries, err);
	for (guint i = 0; entries && i < entries->len; i++) {
		const struct l62_entry *entry = g_ptr_array_index(entries, i);

		g_ptr_array_add(*assembler,
		                l62_unit_new(entry->source, assembler_arguments(entry), ""));
	}
	if (entries)
		g_ptr_array_unref(entries);
	return status;
}
