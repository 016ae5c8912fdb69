/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See changes.h. */
#include "changes.h"

#include <stdlib.h>
#include <string.h>

#include "paths.h"

enum {
	CONTEXT = 3, /* lines that a difference shows around a change */
	SHOWN = 120, /* characters of a removed line */
};

/* How much speaks for a change; what has nothing but its file stays behind. */
enum {
	NAMES_PLACE = 8,  /* its old text has the variable or field */
	REMOVES_FREE = 6, /* and a routine that frees */
	ON_PATH = 4,      /* it is in a function that the finding goes through */
	ADDS_STEP = 5,    /* its new text is a step of the finding */
	SAME_FILE = 1,
	ENOUGH = 4,
};

static const char *const releases[] = {
#define L62_RELEASE(api, kind, at, arg, field) #api,
#define L62_RELEASE_IF(api, kind, at, arg, field, when, when_arg) #api,
#define L62_UNHOLD(api, kind, at, arg) #api,
#include "leak62/resources.def"
};

static void clear_hunk(gpointer data)
{
	struct l62_hunk *hunk = data;

	g_free(hunk->removed);
	g_free(hunk->added);
}

static void free_hunks(gpointer hunks)
{
	g_array_unref(hunks);
}

static bool frees(const char *text)
{
	for (size_t i = 0; i < G_N_ELEMENTS(releases); i++) {
		if (l62_tokens_mention(text, releases[i]))
			return true;
	}
	return false;
}

/* Other files' lines are no place for a finding, however many there are. */
static bool is_source(const char *path)
{
	static const char *const suffixes[] = {"c",   "cc",  "cpp", "cxx", "h", "hh",
	                                       "hpp", "hxx", "inc", "inl", NULL};
	const char *dot = strrchr(path, '.');
	g_autofree char *suffix = dot ? g_ascii_strdown(dot + 1, -1) : NULL;

	return suffix && g_strv_contains(suffixes, suffix);
}

/* "+++ b/PATH", quoted if need be; a new string, or NULL for a file that is gone. */
static char *new_path(const char *line)
{
	g_autofree char *text = g_strdup(line + strlen("+++ "));
	size_t length = strlen(text);

	if (length && text[length - 1] == '\t')
		text[--length] = '\0';
	if (length >= 2 && *text == '"' && text[length - 1] == '"') {
		g_autofree char *inner = g_strndup(text + 1, length - 2);
		char *plain = g_strcompress(inner);

		g_free(text);
		text = plain;
	}
	return g_str_has_prefix(text, "b/") ? g_strdup(text + 2) : NULL;
}

/* "@@ -a,b +c,d @@": c and d, and how many old lines there are. */
static bool read_range(const char *line, struct l62_hunk *hunk, int *old)
{
	const char *minus = strstr(line, " -"), *plus = strstr(line, " +");
	char *end;

	if (!minus || !plus)
		return false;
	strtol(minus + 2, &end, 10);
	*old = *end == ',' ? (int)strtol(end + 1, NULL, 10) : 1;
	hunk->first = (int)strtol(plus + 2, &end, 10);
	hunk->count = *end == ',' ? (int)strtol(end + 1, NULL, 10) : 1;
	return hunk->first >= 0 && hunk->count >= 0 && *old >= 0;
}

/* The lines of the hunk that begin with the sign; *at moves past them. */
static char *read_side(char **lines, guint *at, char sign, int count)
{
	GString *text = g_string_new(NULL);

	for (; count > 0 && lines[*at] && *lines[*at] == sign; count--, ++*at) {
		g_string_append(text, lines[*at] + 1);
		g_string_append_c(text, '\n');
	}
	/* "\ No newline at end of file" */
	if (lines[*at] && *lines[*at] == '\\')
		++*at;
	return g_string_free(text, FALSE);
}

void l62_changes_read(struct l62_changes *changes, const char *diff)
{
	g_auto(GStrv) lines = g_strsplit(diff, "\n", -1);
	GArray *hunks = NULL;

	changes->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_hunks);
	for (guint i = 0; lines[i];) {
		struct l62_hunk hunk = {0};
		int old;

		if (g_str_has_prefix(lines[i], "diff --git ")) {
			hunks = NULL;
		} else if (g_str_has_prefix(lines[i], "+++ ")) {
			char *path = new_path(lines[i]);

			if (path && !is_source(path))
				g_clear_pointer(&path, g_free);
			hunks = NULL;
			if (path) {
				hunks = g_array_new(FALSE, FALSE, sizeof(struct l62_hunk));
				g_array_set_clear_func(hunks, clear_hunk);
				g_hash_table_replace(changes->files, path, hunks);
			}
		} else if (hunks && g_str_has_prefix(lines[i], "@@ ") &&
		           read_range(lines[i], &hunk, &old)) {
			i++;
			hunk.removed = read_side(lines, &i, '-', old);
			hunk.added = read_side(lines, &i, '+', hunk.count);
			hunk.freed = frees(hunk.removed);
			hunk.frees = frees(hunk.added);
			g_array_append_val(hunks, hunk);
			continue;
		}
		i++;
	}
}

void l62_changes_clear(struct l62_changes *changes)
{
	if (changes->files)
		g_hash_table_unref(changes->files);
	changes->files = NULL;
}

static const GArray *hunks_of(const struct l62_changes *changes, const char *top,
                              const char *file)
{
	g_autofree char *below = l62_path_below(top, file);

	return below ? g_hash_table_lookup(changes->files, below) : NULL;
}

static const struct l62_hunk *hunk_at(const GArray *hunks, guint i)
{
	return &g_array_index(hunks, struct l62_hunk, i);
}

bool l62_changes_show(const struct l62_changes *changes, const char *top,
                      const struct l62_location *at)
{
	const GArray *hunks = hunks_of(changes, top, at->file);
	int end = MAX(at->line, at->end_line);

	for (guint i = 0; hunks && i < hunks->len; i++) {
		const struct l62_hunk *hunk = hunk_at(hunks, i);
		int first = hunk->count ? hunk->first : hunk->first + 1;

		if (at->line >= first - CONTEXT && end < first + hunk->count + CONTEXT)
			return true;
	}
	return false;
}

/* The last identifier of a slot or variable, by which source text names it. */
static char *last_name(const char *place)
{
	const char *end = place + strlen(place), *start;

	while (end > place && !g_ascii_isalnum(end[-1]) && end[-1] != '_')
		end--;
	for (start = end; start > place && (g_ascii_isalnum(start[-1]) || start[-1] == '_');)
		start--;
	return g_strndup(start, (gsize)(end - start));
}

/* Where a finding goes: its places in order of how much they say. */
static GPtrArray *places_of(const struct l62_gate_item *item)
{
	const struct l62_finding *finding = g_ptr_array_index(item->findings, 0);
	GPtrArray *places = g_ptr_array_new();

	g_ptr_array_add(places, (gpointer)&finding->at);
	g_ptr_array_add(places, (gpointer)&finding->site);
	for (guint i = 0; finding->also && i < finding->also->len; i++)
		g_ptr_array_add(places, &g_array_index(finding->also, struct l62_also, i).at);
	for (int f = 0; f < L62_FLOWS; f++) {
		const GArray *flow = finding->flow[f];

		for (guint i = 0; flow && i < flow->len; i++)
			g_ptr_array_add(places, &g_array_index(flow, struct l62_step, i).at);
	}
	return places;
}

static int score_of(const struct l62_hunk *hunk, const char *file, const char *name,
                    const GPtrArray *places, const struct l62_tokens *tokens)
{
	int line = hunk->count ? hunk->first : MAX(hunk->first, 1);
	const char *function = tokens ? l62_tokens_function(tokens, line) : NULL;
	bool same_function = false, step = false;
	int score = SAME_FILE;

	for (guint i = 0; i < places->len; i++) {
		const struct l62_location *place = g_ptr_array_index(places, i);

		if (strcmp(place->file, file) != 0)
			continue;
		step = step ||
		       (place->line >= hunk->first && place->line < hunk->first + hunk->count);
		same_function =
		        same_function ||
		        (function && l62_tokens_function(tokens, place->line) == function);
	}
	if (name && l62_tokens_mention(hunk->removed, name) &&
	    ((hunk->freed && !hunk->frees) || !l62_tokens_mention(hunk->added, name)))
		score += NAMES_PLACE;
	if (hunk->freed && !hunk->frees)
		score += REMOVES_FREE;
	return score + (same_function ? ON_PATH : 0) + (step ? ADDS_STEP : 0);
}

/* The line of the old text that freed it, for people to read. */
static char *removed_free(const struct l62_hunk *hunk, const char *name)
{
	g_auto(GStrv) lines = g_strsplit(hunk->removed, "\n", -1);
	const char *best = NULL;

	if (!hunk->freed || hunk->frees)
		return NULL;
	for (char **line = lines; *line; line++) {
		if (frees(*line) && (!best || (name && l62_tokens_mention(*line, name))))
			best = *line;
	}
	return best ? g_strstrip(g_strndup(best, SHOWN)) : NULL;
}

/* Headers may be of every driver. */
static bool is_of_driver(const char *file, const GPtrArray *driver)
{
	const char *dot = strrchr(file, '.');

	return !driver || !dot || g_ascii_tolower(dot[1]) != 'c' ||
	       g_ptr_array_find_with_equal_func((GPtrArray *)driver, file, g_str_equal, NULL);
}

bool l62_changes_blame(const struct l62_changes *changes, const char *top,
                       const struct l62_gate_item *item, const GPtrArray *driver,
                       struct l62_gate_sources *sources, struct l62_blame *blame)
{
	g_autofree char *name = item->entry->place ? last_name(item->entry->place) : NULL;
	g_autoptr(GPtrArray) places = places_of(item);
	const struct l62_hunk *best = NULL;
	g_autofree char *best_file = NULL;
	int best_score = ENOUGH - 1;
	g_autoptr(GList) files = g_hash_table_get_keys(changes->files);

	files = g_list_sort(files, (GCompareFunc)strcmp);
	for (GList *link = files; link; link = link->next) {
		const GArray *hunks = g_hash_table_lookup(changes->files, link->data);
		g_autofree char *file = g_build_filename(top, link->data, NULL);
		const struct l62_tokens *tokens = l62_gate_sources_get(sources, file);

		if (!is_of_driver(file, driver))
			continue;
		for (guint i = 0; i < hunks->len; i++) {
			int score = score_of(hunk_at(hunks, i), file, name, places, tokens);

			if (score <= best_score)
				continue;
			best_score = score;
			best = hunk_at(hunks, i);
			g_free(best_file);
			best_file = g_strdup(file);
		}
	}
	if (!best)
		return false;
	*blame = (struct l62_blame){
	        .file = g_steal_pointer(&best_file),
	        .line = best->count ? best->first : best->first + 1,
	        .removed = removed_free(best, name),
	};
	return true;
}
