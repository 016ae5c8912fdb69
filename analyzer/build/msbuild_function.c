/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Property functions in common use.  To add one: a branch in the function of its type;
 * what returns NULL is noted as not understood.
 *
 * Limits: numbers are not formatted, and [MSBuild]::Add and the like are missing: no
 * driver project that was read uses them.
 */
#include <stdlib.h>
#include <string.h>

#include "casepath.h"
#include "msbuild_internal.h"

static bool is(const char *name, const char *wanted)
{
	return g_ascii_strcasecmp(name, wanted) == 0;
}

static char *boolean(bool value)
{
	return g_strdup(value ? "True" : "False");
}

static char *replace(const char *text, const char *old, const char *new)
{
	char **parts, *joined;

	if (!*old)
		return NULL;
	parts = g_strsplit(text, old, -1);
	joined = g_strjoinv(new, parts);
	g_strfreev(parts);
	return joined;
}

static char *substring(const char *text, const char *from, const char *count)
{
	size_t length = strlen(text);
	size_t begin = strtoul(from, NULL, 10);
	size_t size = count ? strtoul(count, NULL, 10) : length;

	if (begin > length)
		return NULL;
	return g_strndup(text + begin, MIN(size, length - begin));
}

static char *trim(const char *text, const char *set, bool begin, bool end)
{
	size_t length;

	if (!*set)
		set = " \t\r\n";
	if (begin)
		text += strspn(text, set);
	for (length = strlen(text); end && length && strchr(set, text[length - 1]);)
		length--;
	return g_strndup(text, length);
}

static char *of_string(const char *self, const char *member, char **args)
{
	guint count = g_strv_length(args);
	const char *first = count ? args[0] : "";

	if (is(member, "Length"))
		return g_strdup_printf("%zu", strlen(self));
	if (is(member, "ToLower") || is(member, "ToLowerInvariant"))
		return g_ascii_strdown(self, -1);
	if (is(member, "ToUpper") || is(member, "ToUpperInvariant"))
		return g_ascii_strup(self, -1);
	if (is(member, "ToString"))
		return g_strdup(self);
	if (is(member, "Trim"))
		return trim(self, first, true, true);
	if (is(member, "TrimStart"))
		return trim(self, first, true, false);
	if (is(member, "TrimEnd"))
		return trim(self, first, false, true);
	if (count == 0)
		return NULL;
	if (is(member, "StartsWith"))
		return boolean(g_str_has_prefix(self, first));
	if (is(member, "EndsWith"))
		return boolean(g_str_has_suffix(self, first));
	if (is(member, "Contains"))
		return boolean(strstr(self, first) != NULL);
	if (is(member, "IndexOf")) {
		const char *at = strstr(self, first);

		return g_strdup_printf("%td", at ? at - self : (ptrdiff_t)-1);
	}
	if (is(member, "Substring"))
		return substring(self, first, count > 1 ? args[1] : NULL);
	if (is(member, "Replace") && count == 2)
		return replace(self, first, args[1]);
	return NULL;
}

static char *with_slash(const char *path)
{
	bool has = !*path || strchr("/\\", path[strlen(path) - 1]);

	return g_strconcat(path, has ? "" : "\\", NULL);
}

static bool is_rooted(const char *path)
{
	return strchr("/\\", *path) || (g_ascii_isalpha(*path) && path[1] == ':');
}

static char *combine(char **args)
{
	char *path = g_strdup("");

	for (; *args; args++) {
		char *above = **args && is_rooted(*args) ? g_strdup("") : with_slash(path);

		g_free(path);
		path = g_strconcat(above, *args, NULL);
		g_free(above);
	}
	return path;
}

static char *last_part(const char *path, bool suffix)
{
	const char *name = path;

	for (const char *at = path; *at; at++) {
		if (*at == '/' || *at == '\\')
			name = at + 1;
	}
	if (suffix)
		return g_strdup(name);
	return g_strndup(name, strrchr(name, '.') ? (size_t)(strrchr(name, '.') - name)
	                                          : strlen(name));
}

static char *of_path(const struct l62_msbuild *project, const char *member, char **args)
{
	const char *first = args[0];

	if (is(member, "Combine"))
		return combine(args);
	if (!first)
		return NULL;
	if (is(member, "GetFullPath"))
		return l62_casepath_resolve(first, project->folder);
	if (is(member, "GetDirectoryName")) {
		char *name = last_part(first, true);
		size_t length = strlen(first) - strlen(name);

		g_free(name);
		return g_strndup(first, length ? length - 1 : 0);
	}
	if (is(member, "GetFileName"))
		return last_part(first, true);
	if (is(member, "GetFileNameWithoutExtension"))
		return last_part(first, false);
	if (is(member, "GetExtension")) {
		const char *dot = strrchr(first, '.');

		return g_strdup(dot && !strpbrk(dot, "/\\") ? dot : "");
	}
	if (is(member, "IsPathRooted"))
		return boolean(*first && is_rooted(first));
	return NULL;
}

/* The folder at or above folder that holds name, or "". */
static char *folder_above(const struct l62_msbuild *project, const char *folder,
                          const char *name)
{
	char *at = l62_casepath_resolve(folder, project->folder);

	for (;;) {
		char *found = l62_casepath_find(name, at), *above;

		g_free(found);
		if (found)
			return at;
		above = g_path_get_dirname(at);
		if (strcmp(above, at) == 0) {
			g_free(above);
			g_free(at);
			return g_strdup("");
		}
		g_free(at);
		at = above;
	}
}

static char *path_above(const struct l62_msbuild *project, char **args)
{
	char *here = g_path_get_dirname(project->file);
	char *folder = folder_above(project, args[1] ? args[1] : here, args[0]);
	char *path = *folder ? g_build_filename(folder, args[0], NULL) : g_strdup("");

	g_free(folder);
	g_free(here);
	return path;
}

/* "10.0.19041" against "10.0" by numbers: below 0, 0, above 0. */
static int compare_versions(const char *a, const char *b)
{
	a += *a == 'v' || *a == 'V';
	b += *b == 'v' || *b == 'V';
	for (int i = 0; i < 4; i++) {
		char *end_a, *end_b;
		unsigned long one = strtoul(a, &end_a, 10), other = strtoul(b, &end_b, 10);

		if (one != other)
			return one < other ? -1 : 1;
		a = end_a + (*end_a == '.');
		b = end_b + (*end_b == '.');
	}
	return 0;
}

static char *of_msbuild(const struct l62_msbuild *project, const char *member, char **args)
{
	static const struct {
		const char *name;
		bool less, equal, more;
	} versions[] = {{"VersionEquals", false, true, false},
	                {"VersionNotEquals", true, false, true},
	                {"VersionLessThan", true, false, false},
	                {"VersionLessThanOrEquals", true, true, false},
	                {"VersionGreaterThan", false, false, true},
	                {"VersionGreaterThanOrEquals", false, true, true}};
	guint count = g_strv_length(args);

	if (count == 0)
		return NULL;
	if (is(member, "EnsureTrailingSlash"))
		return *args[0] ? with_slash(args[0]) : g_strdup("");
	if (is(member, "GetPathOfFileAbove"))
		return path_above(project, args);
	if (is(member, "IsOSPlatform"))
		return boolean(is(args[0], "Windows"));
	if (is(member, "NormalizePath") || is(member, "NormalizeDirectory")) {
		char *joined = combine(args);
		char *path = l62_casepath_resolve(joined, project->folder);

		g_free(joined);
		if (is(member, "NormalizeDirectory")) {
			joined = path;
			path = with_slash(joined);
			g_free(joined);
		}
		return path;
	}
	if (count < 2)
		return NULL;
	if (is(member, "GetDirectoryNameOfFileAbove"))
		return folder_above(project, args[0], args[1]);
	if (is(member, "ValueOrDefault"))
		return g_strdup(*args[0] ? args[0] : args[1]);
	for (size_t i = 0; i < G_N_ELEMENTS(versions); i++) {
		int order = compare_versions(args[0], args[1]);

		if (is(member, versions[i].name))
			return boolean(order < 0   ? versions[i].less
			               : order > 0 ? versions[i].more
			                           : versions[i].equal);
	}
	return NULL;
}

char *l62_msbuild_call(struct l62_msbuild *project, const char *type, const char *self,
                       const char *member, char **args)
{
	if (!*type)
		return of_string(self, member, args);
	if (is(type, "MSBuild"))
		return of_msbuild(project, member, args);
	if (is(type, "System.IO.Path"))
		return of_path(project, member, args);
	if ((is(type, "System.IO.File") || is(type, "System.IO.Directory")) &&
	    is(member, "Exists") && args[0])
		return boolean(l62_msbuild_exists(project, args[0]));
	if (is(type, "System.String") && is(member, "IsNullOrEmpty") && args[0])
		return boolean(!*args[0]);
	if (is(type, "System.String") && is(member, "Copy") && args[0])
		return g_strdup(args[0]);
	if (is(type, "System.Environment") && is(member, "GetEnvironmentVariable"))
		return g_strdup("");
	return NULL;
}
