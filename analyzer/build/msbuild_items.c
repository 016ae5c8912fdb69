/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Items: Include with wildcards and Exclude, Remove, Update, and metadata.
 *
 * Limits: items made of other items (@(...)) are left out: no list of sources was
 * seen to need them.  A wildcard looks at 100,000 names, 16 levels deep.
 */
#include <string.h>

#include "casepath.h"
#include "msbuild_internal.h"
#include "windows.h"

enum { ITEMS_MOST = 20000, LEVELS_MOST = 16, NAMES_MOST = 100000 };

GHashTable *l62_msbuild_copy(GHashTable *metadata)
{
	GHashTable *copy = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	GHashTableIter iter;
	gpointer name, value;

	if (!metadata)
		return copy;
	g_hash_table_iter_init(&iter, metadata);
	while (g_hash_table_iter_next(&iter, &name, &value))
		g_hash_table_insert(copy, g_strdup(name), g_strdup(value));
	return copy;
}

void l62_msbuild_metadata(struct l62_msbuild *project, xmlNode *parent, GHashTable *metadata)
{
	for (xmlNode *node = parent->children; node && project->status == L62_OK;
	     node = node->next) {
		char *condition, *text, *value;

		if (node->type != XML_ELEMENT_NODE)
			continue;
		condition = l62_msbuild_attribute(node, "Condition");
		if (l62_msbuild_condition(project, condition, metadata, xmlGetLineNo(node))) {
			text = (char *)xmlNodeGetContent(node);
			value = l62_msbuild_expand(project, text ? text : "", metadata);
			g_hash_table_replace(metadata,
			                     g_ascii_strdown((const char *)node->name, -1),
			                     g_strstrip(value));
			xmlFree(text);
		}
		xmlFree(condition);
	}
}

/* * stays within a folder, ** does not.  Steps are bounded by going back to the last
 * star alone. */
bool l62_msbuild_matches(const char *pattern, const char *path)
{
	const char *star = NULL, *again = NULL;

	while (*path) {
		if (*pattern == '*') {
			star = pattern++;
			again = path;
		} else if (*pattern && (g_ascii_tolower(*pattern) == g_ascii_tolower(*path) ||
		                        (*pattern == '?' && *path != '/'))) {
			pattern++;
			path++;
		} else if (star && *again != '/') {
			pattern = star + 1;
			path = ++again;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

/* The parts of a pattern against those of a path. */
static bool parts_match(char **pattern, char **path, int budget)
{
	if (budget <= 0)
		return false;
	for (; *pattern; pattern++, path++) {
		if (strcmp(*pattern, "**") == 0) {
			for (char **at = path;; at++) {
				if (parts_match(pattern + 1, at, budget - 1))
					return true;
				if (!*at)
					return false;
			}
		}
		if (!*path || !l62_msbuild_matches(*pattern, *path))
			return false;
	}
	return !*path;
}

static bool path_matches(const char *pattern, const char *path)
{
	char **one = g_strsplit(pattern, "/", -1), **other = g_strsplit(path, "/", -1);
	bool match = parts_match(one, other, 4);

	g_strfreev(one);
	g_strfreev(other);
	return match;
}

static gint by_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Files below folder whose path, relative to it, matches. */
static void walk(GPtrArray *found, const char *folder, const char *relative,
                 const char *pattern, bool deep, int level, size_t *names)
{
	GDir *dir = level < LEVELS_MOST ? g_dir_open(folder, 0, NULL) : NULL;
	const char *name;

	while (dir && (name = g_dir_read_name(dir)) && found->len < ITEMS_MOST &&
	       ++*names < NAMES_MOST) {
		char *path = g_build_filename(folder, name, NULL);
		char *below =
		        *relative ? g_strconcat(relative, "/", name, NULL) : g_strdup(name);

		if (*name == '.' || g_file_test(path, G_FILE_TEST_IS_SYMLINK))
			;
		else if (g_file_test(path, G_FILE_TEST_IS_DIR) && deep)
			walk(found, path, below, pattern, deep, level + 1, names);
		else if (g_file_test(path, G_FILE_TEST_IS_REGULAR) &&
		         path_matches(pattern, below))
			g_ptr_array_add(found, g_strdup(below));
		g_free(below);
		g_free(path);
	}
	if (dir)
		g_dir_close(dir);
}

static bool is_drive(const char *folder)
{
	return strcmp(folder, "/") == 0 ||
	       (g_str_has_prefix(folder, "/mnt/") && folder[5] && !folder[6]);
}

GPtrArray *l62_msbuild_glob(const char *pattern, const char *folder)
{
	GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
	char *native = l62_windows_path(pattern);
	char *star = strpbrk(native, "*?"), *tail, *base, *above;
	size_t names = 0;

	if (!star) {
		g_ptr_array_add(found, native);
		return found;
	}
	while (star > native && star[-1] != '/')
		star--;
	tail = g_strdup(star);
	above = g_strndup(native, star - native);
	base = l62_casepath_resolve(*above ? above : ".", folder);
	/* Not a whole drive, as in MSBuild. */
	if (!is_drive(base))
		walk(found, base, "", tail, strchr(tail, '/') != NULL, 0, &names);
	g_ptr_array_sort(found, by_text);
	for (guint i = 0; i < found->len; i++) {
		char *path = g_strconcat(above, g_ptr_array_index(found, i), NULL);

		g_free(found->pdata[i]);
		found->pdata[i] = path;
	}
	g_free(base);
	g_free(above);
	g_free(tail);
	g_free(native);
	return found;
}

/* %(Identity), %(Filename) and the like. */
static void set_well_known(GHashTable *metadata, const char *include, const char *folder)
{
	char *native = l62_windows_path(include);
	char *full = l62_casepath_resolve(include, folder);
	char *name = g_path_get_basename(native);
	char *dot = strrchr(name, '.');
	char *relative = g_strndup(native, strlen(native) - strlen(name));

	g_hash_table_replace(metadata, g_strdup("identity"), g_strdup(include));
	g_hash_table_replace(metadata, g_strdup("fullpath"), full);
	g_hash_table_replace(metadata, g_strdup("extension"), g_strdup(dot ? dot : ""));
	if (dot)
		*dot = '\0';
	g_hash_table_replace(metadata, g_strdup("filename"), name);
	g_hash_table_replace(metadata, g_strdup("relativedir"), relative);
	g_free(native);
}

/* A list of one attribute: of char, wildcards expanded if wild. */
static GPtrArray *read_list(struct l62_msbuild *project, xmlNode *node, const char *name,
                            bool wild)
{
	GPtrArray *all = g_ptr_array_new_with_free_func(g_free), *parts;
	char *attribute = l62_msbuild_attribute(node, name);
	char *text = l62_msbuild_expand(project, attribute ? attribute : "", NULL);

	xmlFree(attribute);
	parts = l62_msbuild_split(text);
	for (guint i = 0; i < parts->len; i++) {
		const char *part = g_ptr_array_index(parts, i);

		if (strstr(part, "@("))
			continue;
		if (wild && strpbrk(part, "*?")) {
			GPtrArray *found = l62_msbuild_glob(part, project->folder);

			g_ptr_array_extend_and_steal(all, found);
		} else {
			g_ptr_array_add(all, g_strdup(part));
		}
	}
	g_ptr_array_unref(parts);
	g_free(text);
	return all;
}

/* Whether one of patterns (of char) means include. */
static bool among(const struct l62_msbuild *project, const GPtrArray *patterns,
                  const char *include)
{
	char *full = l62_casepath_resolve(include, project->folder);
	bool yes = false;

	for (guint i = 0; i < patterns->len && !yes; i++) {
		char *native = l62_windows_path(g_ptr_array_index(patterns, i));
		char *pattern = strpbrk(native, "*?")
		                        ? g_canonicalize_filename(native, project->folder)
		                        : l62_casepath_resolve(native, project->folder);

		yes = path_matches(pattern, full);
		g_free(pattern);
		g_free(native);
	}
	g_free(full);
	return yes;
}

static void remove_items(struct l62_msbuild *project, const char *type, const GPtrArray *remove)
{
	for (guint i = project->items->len; i-- > 0 && remove->len;) {
		const struct l62_msbuild_typed *typed = g_ptr_array_index(project->items, i);

		if (strcmp(typed->type, type) == 0 &&
		    among(project, remove, typed->item.include))
			g_ptr_array_remove_index(project->items, i);
	}
}

static void update_items(struct l62_msbuild *project, xmlNode *node, const char *type,
                         const GPtrArray *update)
{
	for (guint i = 0; i < project->items->len && update->len; i++) {
		const struct l62_msbuild_typed *typed = g_ptr_array_index(project->items, i);

		if (strcmp(typed->type, type) == 0 &&
		    among(project, update, typed->item.include))
			l62_msbuild_metadata(project, node, typed->item.metadata);
	}
}

static void add_item(struct l62_msbuild *project, xmlNode *node, const char *type,
                     const char *include)
{
	struct l62_msbuild_typed *typed;

	if (project->items->len >= ITEMS_MOST) {
		l62_msbuild_fail(project, L62_E_FORMAT, "%s: more than %d items", project->file,
		                 ITEMS_MOST);
		return;
	}
	typed = g_new0(struct l62_msbuild_typed, 1);
	typed->type = g_strdup(type);
	typed->item.include = g_strdup(include);
	typed->item.metadata =
	        l62_msbuild_copy(g_hash_table_lookup(project->definitions, type));
	set_well_known(typed->item.metadata, include, project->folder);
	l62_msbuild_metadata(project, node, typed->item.metadata);
	g_ptr_array_add(project->items, typed);
}

/* What leak62 asks for; of the rest wildcards would be searched in vain. */
static bool is_wanted(const char *type)
{
	static const char *const types[] = {"clcompile", "projectconfiguration",
	                                    "projectreference", NULL};

	return g_strv_contains(types, type);
}

static void read_item(struct l62_msbuild *project, xmlNode *node)
{
	char *type = g_ascii_strdown((const char *)node->name, -1);
	char *condition = l62_msbuild_attribute(node, "Condition");

	if (is_wanted(type) &&
	    l62_msbuild_condition(project, condition, NULL, xmlGetLineNo(node))) {
		GPtrArray *exclude = read_list(project, node, "Exclude", false);
		GPtrArray *remove = read_list(project, node, "Remove", false);
		GPtrArray *update = read_list(project, node, "Update", false);
		GPtrArray *include = read_list(project, node, "Include", true);

		remove_items(project, type, remove);
		update_items(project, node, type, update);
		for (guint i = 0; i < include->len && project->status == L62_OK; i++) {
			if (exclude->len == 0 || !among(project, exclude, include->pdata[i]))
				add_item(project, node, type, include->pdata[i]);
		}
		g_ptr_array_unref(include);
		g_ptr_array_unref(update);
		g_ptr_array_unref(remove);
		g_ptr_array_unref(exclude);
	}
	xmlFree(condition);
	g_free(type);
}

void l62_msbuild_item_group(struct l62_msbuild *project, xmlNode *group)
{
	for (xmlNode *node = group->children; node && project->status == L62_OK;
	     node = node->next) {
		if (node->type == XML_ELEMENT_NODE)
			read_item(project, node);
	}
}

GPtrArray *l62_msbuild_items(const struct l62_msbuild *project, const char *type)
{
	GPtrArray *items = g_ptr_array_new();
	char *lower = g_ascii_strdown(type, -1);

	for (guint i = 0; i < project->items->len; i++) {
		struct l62_msbuild_typed *typed = g_ptr_array_index(project->items, i);

		if (strcmp(typed->type, lower) == 0)
			g_ptr_array_add(items, &typed->item);
	}
	g_free(lower);
	return items;
}
