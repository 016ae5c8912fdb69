/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Paths as people read them and as URIs.
 */
#include "paths.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

static char *canonical(const char *path)
{
	char *name;

	/* GLib keeps a leading "//", which means nothing here. */
	while (path[0] == '/' && path[1] == '/')
		path++;
	name = g_canonicalize_filename(path, "/");
	return name;
}

char *l62_path_below(const char *base, const char *path)
{
	g_autofree char *folder = canonical(base);
	g_autofree char *name = canonical(path);
	size_t length = strlen(folder);

	if (length == 1) /* the root folder already ends in '/' */
		length = 0;
	if (strncmp(name, folder, length) != 0 || name[length] != '/' || !name[length + 1])
		return NULL;
	return g_strdup(name + length + 1);
}

char *l62_path_shown(const char *path, const char *cwd)
{
	char *below = l62_path_below(cwd, path);

	return below ? below : canonical(path);
}

char *l62_path_uri_reference(const char *relative)
{
	/* ':' is escaped too: in a first segment it would read as a scheme. */
	return g_uri_escape_string(relative, "/", FALSE);
}

char *l62_path_uri(const char *path)
{
	g_autofree char *name = canonical(path);
	g_autofree char *escaped = g_uri_escape_string(name, "/", FALSE);

	return g_strconcat("file://", escaped, NULL);
}

char *l62_path_uri_folder(const char *path)
{
	g_autofree char *uri = l62_path_uri(path);

	return g_strconcat(uri, g_str_has_suffix(uri, "/") ? "" : "/", NULL);
}

const char *l62_path_split_error(const char *text, char **file, int *line)
{
	*file = NULL;
	*line = 0;
	if (!g_path_is_absolute(text))
		return text;
	for (const char *open = strchr(text, '('); open; open = strchr(open + 1, '(')) {
		char *end;
		long value;

		if (!g_ascii_isdigit(open[1]))
			continue;
		value = strtol(open + 1, &end, 10);
		if (!g_str_has_prefix(end, "): ") || value < 1 || value > G_MAXINT)
			continue;
		*file = g_strndup(text, (gsize)(open - text));
		*line = (int)value;
		return end + strlen("): ");
	}
	return text;
}
