/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See match.h. */
#include "match.h"

#include "renamed.h"

#include <string.h>

struct candidate {
	const struct l62_entry_known *entry;
	const char *file; /* where it is now */
	enum { UNKNOWN, STANDS, GONE } place;
	bool taken;
};

struct match {
	GArray *candidates; /* of struct candidate */
	GHashTable *by_key; /* what all steps want -> GArray of guint */
	struct l62_gate_sources *sources;
};

/* What must be the same in every step. */
static char *key_of(const struct l62_entry_known *entry)
{
	return g_strdup_printf("%s\n%s\n%s\n%s", entry->rule, entry->api,
	                       entry->tag ? entry->tag : "", entry->place ? entry->place : "");
}

static bool has_exit(const struct l62_entry_known *entry, const char *name)
{
	for (guint i = 0; i < entry->exits->len; i++) {
		if (strcmp(g_ptr_array_index(entry->exits, i), name) == 0)
			return true;
	}
	return false;
}

static bool share_exit(const struct l62_entry_known *a, const struct l62_entry_known *b)
{
	for (guint i = 0; i < b->exits->len; i++) {
		if (has_exit(a, g_ptr_array_index(b->exits, i)))
			return true;
	}
	/* Where no place is known, that is no difference. */
	return a->exits->len == 0 && b->exits->len == 0;
}

/* Whether a statement at which entry was lost is there as it was. */
static bool stands(struct match *match, struct candidate *candidate)
{
	const struct l62_entry_known *entry = candidate->entry;
	const struct l62_tokens *tokens;

	if (candidate->place != UNKNOWN)
		return candidate->place == STANDS;
	candidate->place = GONE;
	tokens = l62_gate_sources_get(match->sources, candidate->file);
	for (guint i = 0; tokens && i < entry->exits->len; i++) {
		if (l62_tokens_follows(tokens, entry->function,
		                       g_ptr_array_index(entry->exits, i)))
			candidate->place = STANDS;
	}
	return candidate->place == STANDS;
}

static bool fits(struct match *match, int step, struct candidate *candidate,
                 const struct l62_entry_known *now)
{
	const struct l62_entry_known *then = candidate->entry;
	bool home = strcmp(candidate->file, now->file) == 0 &&
	            strcmp(then->function, now->function) == 0;
	bool statement = then->statement && g_strcmp0(then->statement, now->statement) == 0;

	switch (step) {
	case 1:
		return home && share_exit(then, now);
	case 2:
		return home && !stands(match, candidate);
	case 3:
		return statement && strcmp(then->function, now->function) == 0 &&
		       strcmp(candidate->file, now->file) != 0 && !stands(match, candidate);
	default:
		return statement && share_exit(then, now) && !stands(match, candidate);
	}
}

static bool in_list(const GPtrArray *names, const char *name)
{
	return g_ptr_array_find_with_equal_func((GPtrArray *)names, name, g_str_equal, NULL);
}

/* Where it is lost now and was not before, if it is lost in more places.  names: those of
 * the exits that have one, in their order, as the known entry calls them. */
static const struct l62_location *fresh_exit(const struct l62_gate_item *item,
                                             const GPtrArray *names)
{
	guint fresh = 0, gone = 0, k = 0;
	const struct l62_location *first = NULL;

	for (guint i = 0; i < item->exits->len; i++) {
		const struct l62_gate_exit *exit =
		        &g_array_index(item->exits, struct l62_gate_exit, i);

		if (!exit->name || k >= names->len ||
		    has_exit(item->known, g_ptr_array_index(names, k++)))
			continue;
		fresh++;
		if (!first)
			first = exit->at;
	}
	for (guint i = 0; i < item->known->exits->len; i++)
		gone += !in_list(names, g_ptr_array_index(item->known->exits, i));
	return fresh > gone && item->known->exits->len ? first : NULL;
}

static void take_step(struct match *match, int step, GPtrArray *items)
{
	for (guint i = 0; i < items->len; i++) {
		struct l62_gate_item *item = g_ptr_array_index(items, i);
		g_autofree char *key = key_of(item->entry);
		const GArray *list = g_hash_table_lookup(match->by_key, key);

		for (guint k = 0; list && !item->known && k < list->len; k++) {
			struct candidate *candidate =
			        &g_array_index(match->candidates, struct candidate,
			                       g_array_index(list, guint, k));

			if (candidate->taken || !fits(match, step, candidate, item->entry))
				continue;
			candidate->taken = true;
			item->known = candidate->entry;
			item->fresh = fresh_exit(item, item->entry->exits);
		}
	}
}

/* Whether item is the candidate under another name; its exits under the old ones. */
static GPtrArray *renamed_exits(struct match *match, const struct l62_gate_item *item,
                                const struct candidate *candidate)
{
	const struct l62_entry_known *now = item->entry, *then = candidate->entry;

	if (item->known || candidate->taken || item->findings == NULL ||
	    strcmp(now->rule, then->rule) != 0 || strcmp(now->api, then->api) != 0 ||
	    strcmp(now->function, then->function) != 0 ||
	    strcmp(now->file, candidate->file) != 0)
		return NULL;
	return l62_gate_renamed(item, then, match->sources);
}

/* Step 5: pairs are found first and taken then, so that each is the only one. */
static void take_renamed(struct match *match, GPtrArray *items)
{
	g_autofree guint *fits_item = g_new0(guint, items->len);
	g_autofree guint *fits_candidate = g_new0(guint, match->candidates->len);
	g_autoptr(GPtrArray) all =
	        g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
	g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, 2 * sizeof(guint));

	for (guint i = 0; i < items->len; i++) {
		for (guint k = 0; k < match->candidates->len; k++) {
			GPtrArray *exits = renamed_exits(
			        match, g_ptr_array_index(items, i),
			        &g_array_index(match->candidates, struct candidate, k));
			guint pair[2] = {i, k};

			if (!exits)
				continue;
			fits_item[i]++;
			fits_candidate[k]++;
			g_ptr_array_add(all, exits);
			g_array_append_vals(pairs, pair, 1);
		}
	}
	for (guint p = 0; p < pairs->len; p++) {
		const guint *pair = (const guint *)(void *)(pairs->data) + 2 * (gsize)p;
		struct l62_gate_item *item = g_ptr_array_index(items, pair[0]);
		struct candidate *candidate =
		        &g_array_index(match->candidates, struct candidate, pair[1]);

		if (fits_item[pair[0]] > 1 || fits_candidate[pair[1]] > 1)
			continue;
		candidate->taken = true;
		item->known = candidate->entry;
		item->fresh = fresh_exit(item, g_ptr_array_index(all, p));
	}
}

static void free_list(gpointer list)
{
	g_array_unref(list);
}

static void add_candidate(struct match *match, const struct l62_entry_known *entry,
                          GHashTable *renamed)
{
	const char *moved = renamed ? g_hash_table_lookup(renamed, entry->file) : NULL;
	struct candidate candidate = {.entry = entry, .file = moved ? moved : entry->file};
	char *key = key_of(entry);
	GArray *list = g_hash_table_lookup(match->by_key, key);
	guint index = match->candidates->len;

	g_array_append_val(match->candidates, candidate);
	if (list) {
		g_free(key);
	} else {
		list = g_array_new(FALSE, FALSE, sizeof(guint));
		g_hash_table_insert(match->by_key, key, list);
	}
	g_array_append_val(list, index);
}

GPtrArray *l62_gate_match(GPtrArray *items, const GPtrArray *known, GHashTable *renamed,
                          struct l62_gate_sources *sources)
{
	struct match match = {
	        .candidates = g_array_new(FALSE, FALSE, sizeof(struct candidate)),
	        .by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_list),
	        .sources = sources,
	};
	GPtrArray *left = g_ptr_array_new();

	for (guint i = 0; i < known->len; i++)
		add_candidate(&match, g_ptr_array_index(known, i), renamed);
	for (int step = 1; step <= 4; step++)
		take_step(&match, step, items);
	take_renamed(&match, items);
	for (guint i = 0; i < match.candidates->len; i++) {
		const struct candidate *candidate =
		        &g_array_index(match.candidates, struct candidate, i);

		if (!candidate->taken)
			g_ptr_array_add(left, (gpointer)candidate->entry);
	}
	g_hash_table_unref(match.by_key);
	g_array_unref(match.candidates);
	return left;
}
