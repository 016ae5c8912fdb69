/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See scan_suppress.h. */
#include "scan_suppress.h"

#include "commands.h"
#include "scan_report.h"
#include "report/suppress.h"

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

void l62_scan_suppress(struct l62_result *result, const struct l62_config *config, bool whole)
{
	g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);

	l62_suppress(result, config, whole && result->failed->len == 0, warnings);
	for (guint i = 0; i < warnings->len; i++)
		l62_complain("warning: %s", (const char *)g_ptr_array_index(warnings, i));
}
