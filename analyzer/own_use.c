/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The command lines of the commands that leak62 runs itself. */
#include <glib.h>

#include "commands.h"

int l62_own_use(const char *command, struct l62_error *err)
{
	return l62_error_set(err, L62_E_USAGE,
	                     "%s is for leak62's own use: see leak62 scan --help", command);
}

int l62_own_options(int argc, char **argv, const GOptionEntry *entries, struct l62_error *err)
{
	GOptionContext *context = g_option_context_new(NULL);
	const char *command = argv[0];
	GError *error = NULL;
	int status = L62_OK;

	g_option_context_set_help_enabled(context, FALSE);
	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error)) {
		status = l62_error_set(err, L62_E_USAGE, "%s: %s", command, error->message);
		g_error_free(error);
	} else if (argc != 1) {
		status = l62_own_use(command, err);
	}
	g_option_context_free(context);
	return status;
}
