/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Limit: two double quotes in a row within quotes, which some programs take for
 * one, are not known.
 */
#include "windows.h"

#include <glib.h>
#include <string.h>

char *l62_windows_path(const char *path)
{
	char *copy = g_strdelimit(g_strdup(path), "\\", '/');
	char *drive, *mapped;

	if (!g_ascii_isalpha(copy[0]) || copy[1] != ':' || copy[2] != '/')
		return copy;
	drive = g_strdup_printf("/mnt/%c", g_ascii_tolower(copy[0]));
	if (g_file_test(drive, G_FILE_TEST_IS_DIR)) {
		mapped = g_strconcat(drive, copy + 2, NULL);
		g_free(copy);
		copy = mapped;
	}
	g_free(drive);
	return copy;
}

bool l62_windows_is_command(const char *command)
{
	bool quoted = *command == '"';
	const char *begin = command + quoted;
	char *program = g_strndup(begin, strcspn(begin, quoted ? "\"" : " \t\""));
	char *lower = g_ascii_strdown(program, -1);
	bool windows =
	        *program != '/' && (strchr(program, '\\') || g_str_has_suffix(lower, ".exe") ||
	                            strcmp(lower, "cl") == 0);

	g_free(lower);
	g_free(program);
	return windows;
}

/* In Windows a backslash stands for itself unless a double quote follows, and
 * a single quote for itself. */
char *l62_windows_requote(const char *command)
{
	GString *out = g_string_new(NULL);
	bool quoted = false;

	while (*command) {
		size_t slashes = strspn(command, "\\");
		bool before_quote = command[slashes] == '"';

		for (size_t i = 0; i < slashes; i++)
			g_string_append(out, before_quote ? "\\" : "\\\\");
		command += slashes;
		if (before_quote && slashes % 2 == 0)
			quoted = !quoted;
		else if (*command == '\'' && !quoted)
			g_string_append_c(out, '\\');
		if (*command)
			g_string_append_c(out, *command++);
	}
	return g_string_free(out, FALSE);
}
