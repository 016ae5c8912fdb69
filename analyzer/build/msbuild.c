/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The walk: properties and imports in the order of the text; item definitions and
 * items are remembered, and evaluated when all properties are known.
 *
 * Limits: targets, tasks and <Sdk> are passed over; of <Choose> the first branch
 * that holds counts.
 */
#include "msbuild.h"

#include <libxml/parser.h>
#include <stdarg.h>
#include <string.h>

#include "casepath.h"
#include "msbuild_internal.h"
#include "vcxproj_toolset.h"

enum { IMPORTS_DEEP = 32, IMPORTS_MOST = 500, NOTES_MOST = 50 };

void l62_msbuild_fail(struct l62_msbuild *project, enum l62_code code, const char *format, ...)
{
	va_list args;

	if (project->status != L62_OK)
		return;
	va_start(args, format);
	project->status = code;
	project->err.code = code;
	g_vsnprintf(project->err.text, sizeof(project->err.text), format, args);
	l62_error_clean(project->err.text);
	va_end(args);
}

void l62_msbuild_note(struct l62_msbuild *project, char *text)
{
	l62_error_clean(text);
	if (g_hash_table_size(project->said) < NOTES_MOST &&
	    g_hash_table_add(project->said, g_strdup(text)))
		g_ptr_array_add(project->notes, text);
	else
		g_free(text);
}

void l62_msbuild_set(struct l62_msbuild *project, const char *name, const char *value)
{
	g_hash_table_replace(project->properties, g_ascii_strdown(name, -1), g_strdup(value));
}

static const char *this_file(const struct l62_msbuild *project, const char *lower, char **made)
{
	char *name = g_path_get_basename(project->file);
	char *folder = g_path_get_dirname(project->file);
	char *dot = strrchr(name, '.');

	*made = NULL;
	if (strcmp(lower, "msbuildthisfiledirectory") == 0)
		*made = g_strconcat(folder, "/", NULL);
	else if (strcmp(lower, "msbuildthisfilefullpath") == 0)
		*made = g_strdup(project->file);
	else if (strcmp(lower, "msbuildthisfile") == 0)
		*made = g_strdup(name);
	else if (strcmp(lower, "msbuildthisfilename") == 0)
		*made = g_strndup(name, dot ? (size_t)(dot - name) : strlen(name));
	else if (strcmp(lower, "msbuildthisfileextension") == 0)
		*made = g_strdup(dot ? dot : "");
	g_free(folder);
	g_free(name);
	return *made;
}

const char *l62_msbuild_property(const struct l62_msbuild *project, const char *name)
{
	char *lower = g_ascii_strdown(name, -1);
	const char *value = g_hash_table_lookup(project->globals, lower);
	char *made;

	if (!value)
		value = g_hash_table_lookup(project->properties, lower);
	if (!value && this_file(project, lower, &made)) {
		/* Kept for its owner to free; the file changes, so not under that name. */
		char *key = g_strconcat("?", made, NULL);

		g_hash_table_replace(project->properties, key, made);
		value = made;
	}
	g_free(lower);
	return value ? value : "";
}

bool l62_msbuild_is(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

char *l62_msbuild_attribute(xmlNode *node, const char *name)
{
	return (char *)xmlGetNoNsProp(node, BAD_CAST name);
}

bool l62_msbuild_exists(const struct l62_msbuild *project, const char *path)
{
	char *found = *path ? l62_casepath_find(path, project->folder) : NULL;

	g_free(found);
	return found != NULL;
}

static bool holds(struct l62_msbuild *project, xmlNode *node)
{
	char *condition = l62_msbuild_attribute(node, "Condition");
	bool yes = project->status == L62_OK &&
	           l62_msbuild_condition(project, condition, NULL, xmlGetLineNo(node));

	xmlFree(condition);
	return yes && project->status == L62_OK;
}

static void read_properties(struct l62_msbuild *project, xmlNode *group)
{
	for (xmlNode *node = group->children; node; node = node->next) {
		char *text, *value;

		if (node->type != XML_ELEMENT_NODE || !holds(project, node))
			continue;
		text = (char *)xmlNodeGetContent(node);
		value = l62_msbuild_expand(project, text ? text : "", NULL);
		/* As MSBuild does with the lines of a value that stands alone. */
		l62_msbuild_set(project, (const char *)node->name, g_strstrip(value));
		g_free(value);
		xmlFree(text);
	}
}

static void read_children(struct l62_msbuild *project, xmlNode *parent);

static void read_file(struct l62_msbuild *project, const char *path)
{
	const char *outer = project->file;
	xmlDoc *document;
	struct l62_error err;
	char *name = g_strdup(path);

	g_hash_table_add(project->imported, g_strdup(path));
	if (l62_msbuild_load(path, &document, &err) != L62_OK) {
		l62_msbuild_fail(project, err.code, "%s", err.text);
		g_free(name);
		return;
	}
	g_ptr_array_add(project->documents, document);
	g_ptr_array_add(project->open, name);
	project->file = name;
	read_children(project, xmlDocGetRootElement(document));
	project->file = outer;
	g_ptr_array_remove_index(project->open, project->open->len - 1);
}

static void import_file(struct l62_msbuild *project, const char *path, long line)
{
	for (guint i = 0; i < project->open->len; i++) {
		if (strcmp(g_ptr_array_index(project->open, i), path) == 0) {
			l62_msbuild_fail(project, L62_E_FORMAT,
			                 "%s(%ld): imports %s, which is "
			                 "being read: imports must not go in a circle",
			                 project->file, line, path);
			return;
		}
	}
	/* MSBuild leaves out what it has imported before. */
	if (g_hash_table_contains(project->imported, path))
		return;
	if (project->open->len >= IMPORTS_DEEP ||
	    g_hash_table_size(project->imported) >= IMPORTS_MOST)
		l62_msbuild_fail(project, L62_E_FORMAT,
		                 "%s(%ld): more than %d imports, or %d within each other",
		                 project->file, line, IMPORTS_MOST, IMPORTS_DEEP);
	else
		read_file(project, path);
}

/* A file that the toolset looks for at and above the project. */
static void import_beside(struct l62_msbuild *project, const char *name, long line)
{
	char *folder = g_strdup(project->folder);

	for (;;) {
		char *path = l62_casepath_find(name, folder);
		char *above = g_path_get_dirname(folder);
		bool top = strcmp(above, folder) == 0;

		g_free(folder);
		folder = above;
		if (path)
			import_file(project, path, line);
		g_free(path);
		if (path || top)
			break;
	}
	g_free(folder);
}

static void import_one(struct l62_msbuild *project, const char *wish, const char *written,
                       long line)
{
	char *folder = g_path_get_dirname(project->file);
	char *path = l62_casepath_resolve(wish, folder);
	char *name = g_path_get_basename(path);
	const char *beside;

	if (l62_toolset_import(project, path, name, &beside)) {
		if (beside)
			import_beside(project, beside, line);
	} else if (strpbrk(name, "*?")) {
		GPtrArray *found = l62_msbuild_glob(wish, folder);

		for (guint i = 0; i < found->len; i++) {
			char *one = l62_casepath_resolve(g_ptr_array_index(found, i), folder);

			import_file(project, one, line);
			g_free(one);
		}
		g_ptr_array_unref(found);
	} else if (g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
		import_file(project, path, line);
	} else {
		l62_msbuild_note(project,
		                 g_strdup_printf("%s(%ld): imports %s, which is not there: "
		                                 "what it would define is missing",
		                                 project->file, line, written));
	}
	g_free(name);
	g_free(path);
	g_free(folder);
}

static void read_import(struct l62_msbuild *project, xmlNode *node)
{
	char *wish = l62_msbuild_attribute(node, "Project");
	char *text;

	if (wish) {
		text = l62_msbuild_expand(project, wish, NULL);
		if (*text && project->status == L62_OK)
			import_one(project, text, wish, xmlGetLineNo(node));
		g_free(text);
	}
	xmlFree(wish);
}

static void choose(struct l62_msbuild *project, xmlNode *node)
{
	for (xmlNode *branch = node->children; branch; branch = branch->next) {
		bool when = l62_msbuild_is(branch, "When");

		if ((when && holds(project, branch)) || l62_msbuild_is(branch, "Otherwise")) {
			read_children(project, branch);
			return;
		}
	}
}

static void remember(const struct l62_msbuild *project, GArray *places, xmlNode *node)
{
	struct l62_msbuild_place place = {node, g_strdup(project->file)};

	g_array_append_val(places, place);
}

static void read_children(struct l62_msbuild *project, xmlNode *parent)
{
	for (xmlNode *node = parent->children; node && project->status == L62_OK;
	     node = node->next) {
		if (l62_msbuild_is(node, "ItemDefinitionGroup"))
			remember(project, project->definition_groups, node);
		else if (l62_msbuild_is(node, "ItemGroup"))
			remember(project, project->item_groups, node);
		else if (l62_msbuild_is(node, "Choose"))
			choose(project, node);
		else if (l62_msbuild_is(node, "PropertyGroup") && holds(project, node))
			read_properties(project, node);
		else if (l62_msbuild_is(node, "ImportGroup") && holds(project, node))
			read_children(project, node);
		else if (l62_msbuild_is(node, "Import") && holds(project, node))
			read_import(project, node);
	}
}

static void define(struct l62_msbuild *project, xmlNode *group)
{
	for (xmlNode *node = group->children; node && project->status == L62_OK;
	     node = node->next) {
		char *type;
		GHashTable *metadata;

		if (node->type != XML_ELEMENT_NODE || !holds(project, node))
			continue;
		type = g_ascii_strdown((const char *)node->name, -1);
		metadata = g_hash_table_lookup(project->definitions, type);
		if (!metadata) {
			metadata = l62_msbuild_copy(NULL);
			g_hash_table_insert(project->definitions, g_strdup(type), metadata);
		}
		l62_msbuild_metadata(project, node, metadata);
		g_free(type);
	}
}

static void in_places(struct l62_msbuild *project, GArray *places,
                      void (*read)(struct l62_msbuild *project, xmlNode *group))
{
	for (guint i = 0; i < places->len && project->status == L62_OK; i++) {
		const struct l62_msbuild_place *place =
		        &g_array_index(places, struct l62_msbuild_place, i);

		project->file = place->file;
		if (holds(project, place->node))
			read(project, place->node);
		project->file = project->path;
	}
}

static void clear_place(gpointer data)
{
	struct l62_msbuild_place *place = data;

	g_free(place->file);
}

static void free_typed(gpointer data)
{
	struct l62_msbuild_typed *typed = data;

	g_hash_table_unref(typed->item.metadata);
	g_free(typed->item.include);
	g_free(typed->type);
	g_free(typed);
}

static void free_document(gpointer document)
{
	xmlFreeDoc(document);
}

static struct l62_msbuild *new_project(const char *path, GHashTable *globals, GPtrArray *notes)
{
	struct l62_msbuild *project = g_new0(struct l62_msbuild, 1);

	project->path = g_strdup(path);
	project->folder = g_path_get_dirname(path);
	project->file = project->path;
	project->globals = g_hash_table_ref(globals);
	project->notes = notes;
	project->properties = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	project->definitions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
	                                             (GDestroyNotify)g_hash_table_unref);
	project->items = g_ptr_array_new_with_free_func(free_typed);
	project->said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	project->documents = g_ptr_array_new_with_free_func(free_document);
	project->open = g_ptr_array_new_with_free_func(g_free);
	project->imported = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	project->definition_groups =
	        g_array_new(FALSE, FALSE, sizeof(struct l62_msbuild_place));
	project->item_groups = g_array_new(FALSE, FALSE, sizeof(struct l62_msbuild_place));
	g_array_set_clear_func(project->definition_groups, clear_place);
	g_array_set_clear_func(project->item_groups, clear_place);
	return project;
}

void l62_msbuild_free(struct l62_msbuild *project)
{
	if (!project)
		return;
	g_hash_table_unref(project->globals);
	g_hash_table_unref(project->properties);
	g_hash_table_unref(project->definitions);
	g_ptr_array_unref(project->items);
	g_hash_table_unref(project->said);
	g_ptr_array_unref(project->documents);
	g_ptr_array_unref(project->open);
	g_hash_table_unref(project->imported);
	g_array_unref(project->definition_groups);
	g_array_unref(project->item_groups);
	g_free(project->folder);
	g_free(project->path);
	g_free(project);
}

int l62_msbuild_read(const char *path, GHashTable *globals, GPtrArray *notes,
                     struct l62_msbuild **out, struct l62_error *err)
{
	struct l62_msbuild *project = new_project(path, globals, notes);
	int status;

	l62_toolset_begin(project);
	read_file(project, path);
	in_places(project, project->definition_groups, define);
	in_places(project, project->item_groups, l62_msbuild_item_group);
	status = project->status;
	*out = NULL;
	if (status == L62_OK) {
		*out = project;
		return L62_OK;
	}
	if (err)
		*err = project->err;
	l62_msbuild_free(project);
	return status;
}
