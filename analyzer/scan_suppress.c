/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See scan_suppress.h. */
#include "scan_suppress.h"

#include <string.h>

#include "commands.h"
#include "report/headers.h"
#include "report/suppress.h"
#include "scan_report.h"
#include "unit.h"

int l62_scan_suppress_read(struct l62_config **config, const struct l62_scan_options *options,
                           const char *database, const char *cwd, struct l62_error *err)
{
	g_autofree char *beside = database ? g_path_get_dirname(database) : NULL;
	g_autofree char *root = l62_scan_report_root(cwd);
	const char *folders[] = {beside ? beside : cwd, cwd, root, NULL};
	g_autofree char *path = NULL;

	*config = NULL;
	if (options->config)
		return l62_config_read(options->config, config, err);
	path = l62_config_find(folders);
	return path ? l62_config_read(path, config, err) : L62_OK;
}

/* What clang is told to take for headers of the system, and folders of kernel headers
 * that a build names like its own. */
static const char *system_folder(const char *argument)
{
	static const char *const options[] = {"-isystem", "-cxx-isystem", "-idirafter", "-I"};

	for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
		const char *folder = argument + strlen(options[i]);
		g_autofree char *wdm = NULL;

		if (!g_str_has_prefix(argument, options[i]) || !g_path_is_absolute(folder))
			continue;
		wdm = g_build_filename(folder, "wdm.h", NULL);
		return strcmp(options[i], "-I") != 0 || g_file_test(wdm, G_FILE_TEST_EXISTS)
		               ? folder
		               : NULL;
	}
	return NULL;
}

void l62_scan_headers(struct l62_result *result, const GPtrArray *units)
{
	struct l62_system system = {
	        .folders = g_ptr_array_new(),
	        .sources = g_hash_table_new(g_str_hash, g_str_equal),
	};
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < units->len; i++) {
		const struct l62_unit *unit = g_ptr_array_index(units, i);

		g_hash_table_add(system.sources, unit->source);
		for (guint k = 0; k < unit->args->len; k++) {
			char *argument = g_ptr_array_index(unit->args, k);
			const char *folder = g_hash_table_add(seen, argument)
			                             ? system_folder(argument)
			                             : NULL;

			if (folder)
				g_ptr_array_add(system.folders, (gpointer)folder);
		}
	}
	l62_headers_move(result, &system);
	g_ptr_array_unref(system.folders);
	g_hash_table_unref(system.sources);
}

void l62_scan_suppress(struct l62_result *result, const struct l62_config *config, bool whole)
{
	g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);

	l62_suppress(result, config, whole && result->failed->len == 0, warnings);
	for (guint i = 0; i < warnings->len; i++)
		l62_complain("warning: %s", (const char *)g_ptr_array_index(warnings, i));
}
