/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See record.h. */
#include "record.h"

#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "process.h"

static int failure(const struct l62_process_end *end, const char *program,
                   struct l62_error *err)
{
	if (end->signal)
		return l62_error_set(err, L62_E_USAGE,
		                     "the build (%s ...) was ended by signal %d: nothing was "
		                     "scanned",
		                     program, end->signal);
	return l62_error_set(err, L62_E_USAGE,
	                     "the build (%s ...) failed with exit code %d: make it succeed, or "
	                     "scan its compile database with -p",
	                     program, end->exit_code);
}

/* Bear leaves an empty array where nothing was compiled. */
static bool is_empty(const char *path)
{
	char *text = NULL;
	bool empty;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return true;
	empty = strchr(text, '{') == NULL;
	g_free(text);
	return empty;
}

/* What is recorded is none of the project's, whether the scan begins or not. */
static void ignore(const char *folder)
{
	g_autofree char *path = g_build_filename(folder, ".gitignore", NULL);

	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		g_file_set_contents(path, "*\n", -1, NULL);
}

int l62_record_build(char *const *command, const char *path, struct l62_error *err)
{
	GPtrArray *argv = g_ptr_array_new();
	char *bear = g_find_program_in_path("bear"), *folder;
	struct l62_process_end end;
	int status;

	if (!bear) {
		g_ptr_array_unref(argv);
		return l62_error_set(err, L62_E_USAGE,
		                     "recording a build needs Bear: install Debian's package "
		                     "bear, or let the build write compile_commands.json and "
		                     "name its folder with -p");
	}
	folder = g_path_get_dirname(path);
	if (g_mkdir_with_parents(folder, 0777) != 0) {
		status = l62_error_set(err, L62_E_IO, "the folder %s cannot be made: %s",
		                       folder, g_strerror(errno));
		g_free(folder);
		g_free(bear);
		g_ptr_array_unref(argv);
		return status;
	}
	ignore(folder);
	g_ptr_array_add(argv, bear);
	if (g_file_test(path, G_FILE_TEST_EXISTS))
		g_ptr_array_add(argv, (gpointer) "--append");
	g_ptr_array_add(argv, (gpointer) "--output");
	g_ptr_array_add(argv, (gpointer)path);
	g_ptr_array_add(argv, (gpointer) "--");
	for (char *const *arg = command; *arg; arg++)
		g_ptr_array_add(argv, *arg);
	g_ptr_array_add(argv, NULL);
	fflush(stdout);
	status = l62_process_run(&(struct l62_process){.argv = (char **)argv->pdata,
	                                               .out = STDERR_FILENO,
	                                               .err = -1,
	                                               .own_group = true},
	                         &end, err);
	if (status == L62_OK && end.interrupted)
		l62_process_die(end.interrupted);
	if (status == L62_OK && end.exit_code != 0)
		status = failure(&end, command[0], err);
	if (status == L62_OK && is_empty(path))
		status = l62_error_set(
		        err, L62_E_USAGE,
		        "the build (%s ...) compiled nothing that Bear saw: clean "
		        "it first, so that it compiles every file",
		        command[0]);
	g_ptr_array_unref(argv);
	g_free(folder);
	g_free(bear);
	return status;
}
