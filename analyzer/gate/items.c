/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See items.h. */
#include "items.h"

#include <string.h>

#include "paths.h"
#include "printable.h"

struct l62_gate_sources {
	char *root;
	GHashTable *files; /* path -> struct l62_tokens, or NULL */
};

static void free_tokens(gpointer tokens)
{
	l62_tokens_free(tokens);
}

struct l62_gate_sources *l62_gate_sources_new(const char *root)
{
	struct l62_gate_sources *sources = g_new0(struct l62_gate_sources, 1);

	sources->root = g_strdup(root);
	sources->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_tokens);
	return sources;
}

void l62_gate_sources_free(struct l62_gate_sources *sources)
{
	if (!sources)
		return;
	g_hash_table_unref(sources->files);
	g_free(sources->root);
	g_free(sources);
}

const struct l62_tokens *l62_gate_sources_get(struct l62_gate_sources *sources,
                                              const char *path)
{
	char *full = g_canonicalize_filename(path, sources->root);
	struct l62_tokens *tokens = NULL;
	gpointer found;
	gsize length;
	char *text;

	if (g_hash_table_lookup_extended(sources->files, full, NULL, &found)) {
		g_free(full);
		return found;
	}
	if (g_file_get_contents(full, &text, &length, NULL)) {
		tokens = l62_tokens_new(text, length);
		g_free(text);
	}
	g_hash_table_insert(sources->files, full, tokens);
	return tokens;
}

/* How the slot or variable is called without blanks, and without the file that the slot
 * of a static variable names: "::io.c:g_Table". */
static char *place_of(const char *text, const char *file)
{
	g_autofree char *base = g_path_get_basename(file);
	g_autofree char *named = g_strconcat("::", base, ":", NULL);
	g_autoptr(GString) name = g_string_new(text);
	char *printable, *to;

	g_string_replace(name, named, "::", 0);
	printable = to = l62_printable_new(name->str);
	for (const char *from = printable; *from; from++) {
		if (!g_ascii_isspace(*from))
			*to++ = *from;
	}
	*to = '\0';
	return printable;
}

static void free_item(gpointer data)
{
	struct l62_gate_item *item = data;

	for (guint i = 0; i < item->exits->len; i++)
		g_free(g_array_index(item->exits, struct l62_gate_exit, i).name);
	g_array_unref(item->exits);
	g_ptr_array_unref(item->findings);
	l62_entry_known_free(item->entry);
	g_free(item);
}

static void add_exit(struct l62_gate_item *item, struct l62_gate_sources *sources,
                     const struct l62_location *at)
{
	const struct l62_tokens *tokens = l62_gate_sources_get(sources, at->file);
	struct l62_gate_exit exit = {.at = at};

	if (tokens)
		exit.name = l62_tokens_following(tokens, at->line, at->col);
	if (exit.name)
		g_ptr_array_add(item->entry->exits, g_strdup(exit.name));
	g_array_append_val(item->exits, exit);
}

static struct l62_gate_item *new_item(struct l62_finding *finding,
                                      struct l62_gate_sources *sources, const char *root)
{
	struct l62_gate_item *item = g_new0(struct l62_gate_item, 1);
	const char *place = finding->slot ? finding->slot : finding->variable;
	const struct l62_tokens *tokens = l62_gate_sources_get(sources, finding->site.file);
	g_autofree char *file = l62_path_shown(finding->site.file, root);

	item->entry = l62_entry_known_new();
	item->findings = g_ptr_array_new();
	item->exits = g_array_new(FALSE, TRUE, sizeof(struct l62_gate_exit));
	g_ptr_array_add(item->findings, finding);
	item->entry->rule = g_strdup(finding->rule->id);
	item->entry->file = l62_printable_new(file);
	item->entry->function = l62_printable_new(finding->function);
	item->entry->api = l62_printable_new(finding->api);
	item->entry->tag = finding->tag ? l62_printable_new(finding->tag) : NULL;
	item->entry->place = place ? place_of(place, finding->site.file) : NULL;
	if (tokens)
		item->entry->statement =
		        l62_tokens_statement(tokens, finding->site.line, finding->site.col);
	add_exit(item, sources, &finding->at);
	for (guint i = 0; finding->also && i < finding->also->len; i++) {
		const struct l62_also *also = &g_array_index(finding->also, struct l62_also, i);

		if (also->role == L62_ALSO_EXIT)
			add_exit(item, sources, &also->at);
	}
	return item;
}

static char *identity(const struct l62_finding *finding)
{
	return g_strdup_printf("%s %s %d:%d %d:%d %s\n%s\n%s", finding->rule->id, finding->api,
	                       finding->site.line, finding->site.col, finding->at.line,
	                       finding->at.col, finding->slot ? finding->slot : "",
	                       finding->site.file, finding->at.file);
}

GPtrArray *l62_gate_items(const GPtrArray *results, bool suppressed,
                          struct l62_gate_sources *sources, const char *root)
{
	g_autoptr(GHashTable) seen =
	        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	GPtrArray *items = g_ptr_array_new_with_free_func(free_item);

	for (guint r = 0; r < results->len; r++) {
		const struct l62_result *result = g_ptr_array_index(results, r);
		/* Two of one driver are two, however alike. */
		g_autoptr(GHashTable) here =
		        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

		for (guint i = 0; i < result->findings->len; i++) {
			struct l62_finding *finding = g_ptr_array_index(result->findings, i);
			struct l62_gate_item *item;
			g_autofree char *name = NULL, *key = identity(finding);
			int count;

			if ((finding->suppressor != L62_NOT_SUPPRESSED) != suppressed)
				continue;
			count = GPOINTER_TO_INT(g_hash_table_lookup(here, key)) + 1;
			name = g_strdup_printf("%d %s", count, key);
			g_hash_table_replace(here, g_steal_pointer(&key),
			                     GINT_TO_POINTER(count));
			item = g_hash_table_lookup(seen, name);
			if (item) {
				g_ptr_array_add(item->findings, finding);
				continue;
			}
			item = new_item(finding, sources, root);
			g_ptr_array_add(items, item);
			g_hash_table_insert(seen, g_steal_pointer(&name), item);
		}
	}
	return items;
}

struct l62_entry_known *l62_gate_item_entry(const struct l62_gate_item *item)
{
	const struct l62_entry_known *from = item->entry;
	struct l62_entry_known *copy = l62_entry_known_new();

	copy->rule = g_strdup(from->rule);
	copy->file = g_strdup(from->file);
	copy->function = g_strdup(from->function);
	copy->api = g_strdup(from->api);
	copy->tag = g_strdup(from->tag);
	copy->place = g_strdup(from->place);
	copy->statement = g_strdup(from->statement);
	for (guint i = 0; i < from->exits->len; i++)
		g_ptr_array_add(copy->exits, g_strdup(g_ptr_array_index(from->exits, i)));
	return copy;
}
