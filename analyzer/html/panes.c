/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * See panes.h.  A function that is not long is shown whole, of another its first lines
 * and those around each note.
 */
#include "panes.h"

#include <string.h>

#include "code.h"
#include "put.h"

enum {
	WHOLE_LONGEST = 80, /* lines of a function that is shown whole */
	BEFORE = 6,
	AFTER = 4,
	SIGNATURE = 3,
	GAP_SMALLEST = 3, /* fewer lines are not left out */
};

struct note {
	int line;
	char *class, *key, *badge, *message;
};

struct pane {
	char *path;
	struct l62_source *source; /* or NULL */
	GPtrArray *notes;          /* of struct note, in the order they came */
	GHashTable *shown;         /* of int */
	guint number;
};

struct l62_html_panes {
	const struct l62_html_book *book;
	GPtrArray *files; /* of struct pane */
};

static void note_free(gpointer data)
{
	struct note *note = data;

	g_free(note->class);
	g_free(note->key);
	g_free(note->badge);
	g_free(note->message);
	g_free(note);
}

static void pane_free(gpointer data)
{
	struct pane *pane = data;

	g_free(pane->path);
	g_ptr_array_unref(pane->notes);
	g_hash_table_unref(pane->shown);
	g_free(pane);
}

struct l62_html_panes *l62_html_panes_new(const struct l62_html_book *book)
{
	struct l62_html_panes *panes = g_new0(struct l62_html_panes, 1);

	panes->book = book;
	panes->files = g_ptr_array_new_with_free_func(pane_free);
	return panes;
}

void l62_html_panes_free(struct l62_html_panes *panes)
{
	if (!panes)
		return;
	g_ptr_array_unref(panes->files);
	g_free(panes);
}

static struct pane *find(const struct l62_html_panes *panes, const char *path)
{
	for (guint i = 0; i < panes->files->len; i++) {
		struct pane *pane = g_ptr_array_index(panes->files, i);

		if (strcmp(pane->path, path) == 0)
			return pane;
	}
	return NULL;
}

static bool has_line(const struct pane *pane, int line)
{
	return pane->source && line >= 1 && line <= l62_source_line_count(pane->source);
}

static void show(struct pane *pane, int first, int last)
{
	for (int line = MAX(first, 1); line <= last && has_line(pane, line); line++)
		g_hash_table_add(pane->shown, GINT_TO_POINTER(line));
}

/* The smallest function around a line. */
static const struct l62_html_function *around(const struct l62_html_panes *panes,
                                              const char *path, int line)
{
	const struct l62_html_function *best = NULL;

	for (guint i = 0; i < panes->book->functions->len; i++) {
		const struct l62_html_function *function =
		        g_ptr_array_index(panes->book->functions, i);

		if (function->line <= line && line <= function->end_line &&
		    strcmp(function->file, path) == 0 &&
		    (!best ||
		     function->end_line - function->line < best->end_line - best->line))
			best = function;
	}
	return best;
}

void l62_html_panes_note(struct l62_html_panes *panes, const struct l62_location *at,
                         const char *class, const char *key, const char *badge,
                         const char *message)
{
	struct pane *pane = find(panes, at->file);
	const struct l62_html_function *function = around(panes, at->file, at->line);
	struct note *note = g_new0(struct note, 1);

	if (!pane) {
		pane = g_new0(struct pane, 1);
		pane->path = g_strdup(at->file);
		pane->source = l62_sources_get(panes->book->sources, at->file);
		pane->notes = g_ptr_array_new_with_free_func(note_free);
		pane->shown = g_hash_table_new(NULL, NULL);
		pane->number = panes->files->len + 1;
		g_ptr_array_add(panes->files, pane);
	}
	*note = (struct note){at->line, g_strdup(class), g_strdup(key), g_strdup(badge),
	                      g_strdup(message)};
	g_ptr_array_add(pane->notes, note);
	if (function && function->end_line - function->line < WHOLE_LONGEST) {
		show(pane, function->line, function->end_line);
		return;
	}
	if (function)
		show(pane, function->line, function->line + SIGNATURE - 1);
	show(pane, at->line - BEFORE, at->line + AFTER);
}

static void put_note(GString *out, const struct note *note)
{
	l62_html_put(out, "<div class=\"said %s\"", note->class);
	if (note->key)
		l62_html_put(out,
		             " id=\"n-%s\"><a class=\"badge\" href=\"#s-%s\" "
		             "aria-label=\"back to step %s\">%s</a> ",
		             note->key, note->key, note->badge, note->badge);
	else
		l62_html_put(out, "><b>%s</b> ", note->badge);
	l62_html_put(out, "<span>%s</span></div>\n", note->message);
}

static bool put_notes(GString *out, const struct pane *pane, int line)
{
	bool any = false;

	for (guint i = 0; i < pane->notes->len; i++) {
		const struct note *note = g_ptr_array_index(pane->notes, i);

		if (note->line != line)
			continue;
		any = true;
		put_note(out, note);
	}
	return any;
}

static const char *class_of(const struct pane *pane, int line)
{
	const char *class = "";

	for (guint i = 0; i < pane->notes->len; i++) {
		const struct note *note = g_ptr_array_index(pane->notes, i);

		if (note->line == line && (!*class || strcmp(class, "step") == 0))
			class = note->class;
	}
	return class;
}

static void put_line(GString *out, const struct pane *pane, int line, bool *comment)
{
	g_autofree char *text = l62_source_text(pane->source, line, 1, line, 0);
	bool shown = g_hash_table_contains(pane->shown, GINT_TO_POINTER(line));

	if (!shown) {
		l62_html_code(NULL, text ? text : "", comment);
		return;
	}
	l62_html_put(out,
	             "<div class=\"line %s\" id=\"f%u-%d\"><span class=\"number\">%d</span>"
	             "<code>",
	             class_of(pane, line), pane->number, line, line);
	l62_html_code(out, text ? text : "", comment);
	g_string_append(out, "</code></div>\n");
	put_notes(out, pane, line);
}

/* Lines that are too few to be worth leaving out. */
static void close_gaps(struct pane *pane, int count)
{
	int last = 0;

	for (int line = 1; line <= count; line++) {
		if (!g_hash_table_contains(pane->shown, GINT_TO_POINTER(line)))
			continue;
		if (last && line - last - 1 < GAP_SMALLEST)
			show(pane, last + 1, line - 1);
		last = line;
	}
}

static void put_lines(GString *out, struct pane *pane)
{
	int count = l62_source_line_count(pane->source), left_out = 0;
	bool comment = false;

	close_gaps(pane, count);
	for (int line = 1; line <= count; line++) {
		if (!g_hash_table_contains(pane->shown, GINT_TO_POINTER(line))) {
			left_out++;
		} else if (left_out) {
			l62_html_put(out, "<div class=\"gap\">%d %s</div>\n", left_out,
			             left_out == 1 ? "line" : "lines");
			left_out = 0;
		}
		put_line(out, pane, line, &comment);
	}
	if (left_out)
		l62_html_put(out, "<div class=\"gap\">%d %s</div>\n", left_out,
		             left_out == 1 ? "line" : "lines");
}

/* Notes for which there is no line: the file has gone or has become shorter. */
static void put_rest(GString *out, const struct pane *pane)
{
	bool said = false;

	for (guint i = 0; i < pane->notes->len; i++) {
		const struct note *note = g_ptr_array_index(pane->notes, i);

		if (has_line(pane, note->line))
			continue;
		if (!said)
			l62_html_put(out, "<p class=\"absent\">%s</p>\n",
			             pane->source
			                     ? "This line is not in the source as it is now:"
			                     : "The source is not there; what is said of it:");
		said = true;
		l62_html_put(out,
		             "<div class=\"line %s\"><span class=\"number\">%d</span></div>\n",
		             note->class, note->line);
		put_note(out, note);
	}
}

void l62_html_panes_put(struct l62_html_panes *panes, GString *out)
{
	for (guint i = 0; i < panes->files->len; i++) {
		struct pane *pane = g_ptr_array_index(panes->files, i);
		g_autofree char *shown = l62_html_path(panes->book->report->root, pane->path);

		l62_html_put(out,
		             "<section class=\"pane\" aria-labelledby=\"h-f%u\">\n"
		             "<h3 id=\"h-f%u\">%s</h3>\n"
		             "<div class=\"source\" tabindex=\"0\" role=\"group\" "
		             "aria-label=\"Source of %s\">\n<div class=\"lines\">\n",
		             pane->number, pane->number, shown, shown);
		if (pane->source)
			put_lines(out, pane);
		put_rest(out, pane);
		g_string_append(out, "</div></div>\n</section>\n");
	}
}

void l62_html_panes_link(const struct l62_html_panes *panes, GString *out,
                         const struct l62_location *at)
{
	g_autofree char *shown = l62_html_path(panes->book->report->root, at->file);
	const struct pane *pane = find(panes, at->file);

	if (pane && g_hash_table_contains(pane->shown, GINT_TO_POINTER(at->line)))
		l62_html_put(out, "<a class=\"place\" href=\"#f%u-%d\">%s(%d)</a>",
		             pane->number, at->line, shown, at->line);
	else if (at->line)
		l62_html_put(out, "<span class=\"place\">%s(%d)</span>", shown, at->line);
	else
		l62_html_put(out, "<span class=\"place\">%s</span>", shown);
}
