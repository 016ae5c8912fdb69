/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What clang makes depends on its command line and the files it reads alone. */
#include "clang.h"

#include <glib.h>
#include <string.h>

char **l62_clang_environment(void)
{
	static const char *const unwanted[] = {"CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH",
	                                       "OBJC_INCLUDE_PATH", "CCC_OVERRIDE_OPTIONS"};
	char **env = g_get_environ();

	for (size_t i = 0; i < G_N_ELEMENTS(unwanted); i++)
		env = g_environ_unsetenv(env, unwanted[i]);
	return g_environ_setenv(env, "LC_ALL", "C.UTF-8", TRUE);
}

char *l62_clang_first_error(const char *log)
{
	char *text = NULL, *found = NULL, *last = NULL;
	char **lines;

	if (!g_file_get_contents(log, &text, NULL, NULL))
		return NULL;
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line && !found; line++) {
		char *mark = strstr(*line, "error: ");

		if (mark)
			found = *line;
		else if (*g_strchomp(*line))
			last = *line;
	}
	found = found ? found : last;
	if (found) {
		GRegex *place = g_regex_new("^(.+?):(\\d+):\\d+: (?:fatal )?error: (.*)$",
		                            G_REGEX_RAW, 0, NULL);

		found = g_regex_replace(place, found, -1, 0, "\\1(\\2): \\3", 0, NULL);
		g_regex_unref(place);
	}
	g_strfreev(lines);
	g_free(text);
	return found;
}
