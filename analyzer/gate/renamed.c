/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See renamed.h. */
#include "renamed.h"

#include <string.h>

static bool is_word(char c)
{
	return g_ascii_isalnum(c) || c == '_' || c == '$' || (guchar)c >= 0x80;
}

static size_t word_length(const char *text)
{
	size_t length = 0;

	while (is_word(text[length]))
		length++;
	return length;
}

/* Where the names of two places differ, now's to then's into names.  *last receives the
 * last name of now, a new string.  Returns false if they differ in more. */
static bool compare_places(const char *now, const char *then, GHashTable *names, char **last)
{
	while (*now && *then) {
		size_t here = word_length(now), there = word_length(then);

		if (here == 0 || there == 0) {
			if (*now++ != *then++)
				return false;
			continue;
		}
		g_free(*last);
		*last = g_strndup(now, here);
		if (here != there || strncmp(now, then, here) != 0)
			g_hash_table_insert(names, g_strndup(now, here),
			                    g_strndup(then, there));
		now += here;
		then += there;
	}
	return *now == *then;
}

/* A tag as the source writes it: its characters stand in memory from the last one on. */
static char *tag_literal(const char *tag)
{
	g_autofree char *reversed = g_strreverse(g_strdup(tag));

	return g_strconcat("'", reversed, "'", NULL);
}

/* Whether the statement of item says word. */
static bool states_word(const struct l62_tokens *tokens, const struct l62_location *site,
                        const char *plain, char *word)
{
	g_autoptr(GHashTable) other = g_hash_table_new(g_str_hash, g_str_equal);
	g_autofree char *changed = NULL;

	g_hash_table_insert(other, word, (gpointer) "");
	changed = l62_tokens_statement_as(tokens, site->line, site->col, other);
	return g_strcmp0(plain, changed) != 0;
}

/* The names that differ; NULL if nothing does, or more than names. */
static GHashTable *names_of(const struct l62_gate_item *item,
                            const struct l62_entry_known *then, char **last)
{
	const struct l62_entry_known *now = item->entry;
	g_autoptr(GHashTable) names =
	        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	bool tag = g_strcmp0(now->tag, then->tag) != 0;

	if (!now->place != !then->place ||
	    (now->place && !compare_places(now->place, then->place, names, last)))
		return NULL;
	/* With one of the two gone it is about more than a name. */
	if (tag && (!now->tag || !then->tag))
		return NULL;
	if (g_hash_table_size(names) == 0)
		g_clear_pointer(last, g_free);
	if (!tag && g_hash_table_size(names) == 0)
		return NULL;
	if (tag)
		g_hash_table_insert(names, tag_literal(now->tag), tag_literal(then->tag));
	return g_steal_pointer(&names);
}

static bool share_one(const GPtrArray *a, const GPtrArray *b)
{
	for (guint i = 0; i < a->len; i++) {
		if (g_ptr_array_find_with_equal_func((GPtrArray *)b, g_ptr_array_index(a, i),
		                                     g_str_equal, NULL))
			return true;
	}
	return a->len == 0 && b->len == 0;
}

static GPtrArray *exits_as(const struct l62_gate_item *item, struct l62_gate_sources *sources,
                           GHashTable *names)
{
	GPtrArray *exits = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < item->exits->len; i++) {
		const struct l62_gate_exit *exit =
		        &g_array_index(item->exits, struct l62_gate_exit, i);
		const struct l62_tokens *tokens =
		        exit->name ? l62_gate_sources_get(sources, exit->at->file) : NULL;

		if (tokens)
			g_ptr_array_add(exits, l62_tokens_following_as(tokens, exit->at->line,
			                                               exit->at->col, names));
	}
	return exits;
}

GPtrArray *l62_gate_renamed(const struct l62_gate_item *item,
                            const struct l62_entry_known *then,
                            struct l62_gate_sources *sources)
{
	const struct l62_finding *finding = g_ptr_array_index(item->findings, 0);
	const struct l62_tokens *tokens = l62_gate_sources_get(sources, finding->site.file);
	g_autofree char *last = NULL, *statement = NULL;
	g_autoptr(GHashTable) names = names_of(item, then, &last);
	g_autoptr(GPtrArray) exits = NULL;

	if (!names || !tokens || !then->statement || !item->entry->statement)
		return NULL;
	statement =
	        l62_tokens_statement_as(tokens, finding->site.line, finding->site.col, names);
	if (g_strcmp0(statement, then->statement) != 0)
		return NULL;
	if (last && !states_word(tokens, &finding->site, item->entry->statement, last))
		return NULL;
	if (strcmp(item->entry->statement, then->statement) != 0 &&
	    l62_tokens_states(tokens, then->function, then->statement))
		return NULL;
	exits = exits_as(item, sources, names);
	return share_one(exits, then->exits) ? g_steal_pointer(&exits) : NULL;
}
