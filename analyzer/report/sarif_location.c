/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Where things are, in SARIF: files are relative to SRCROOT when below the
 * root, else absolute URIs; columns are UTF-16 code units.
 */
#include "sarif.h"

#include <string.h>

#include "paths.h"
#include "printable.h"

enum { CONTEXT_LINES = 2 }; /* before and after a region */

static json_t *uri_location(const struct l62_sarif *sarif, const char *path)
{
	g_autofree char *below = l62_path_below(sarif->options->root, path);
	g_autofree char *uri = below ? l62_path_uri_reference(below) : l62_path_uri(path);
	json_t *location = json_object();

	l62_sarif_set(location, "uri", json_string(uri));
	if (below)
		l62_sarif_set(location, "uriBaseId", json_string(L62_SARIF_ROOT));
	return location;
}

static size_t artifact_index(struct l62_sarif *sarif, const char *path)
{
	size_t index = GPOINTER_TO_SIZE(g_hash_table_lookup(sarif->artifact_index, path));
	struct l62_source *source;
	json_t *artifact;

	if (index)
		return index - 1;
	artifact = json_object();
	l62_sarif_set(artifact, "location", uri_location(sarif, path));
	l62_sarif_set(artifact, "sourceLanguage", json_string("c"));
	source = l62_sources_get(sarif->sources, path);
	if (source) {
		g_autofree char *sha256 = l62_source_sha256(source);
		json_t *hashes = json_object();

		l62_sarif_set(artifact, "length",
		              json_integer((json_int_t)l62_source_length(source)));
		l62_sarif_set(hashes, "sha-256", json_string(sha256));
		l62_sarif_set(artifact, "hashes", hashes);
	}
	l62_sarif_append(sarif->artifacts, artifact);
	index = json_array_size(sarif->artifacts);
	g_hash_table_insert(sarif->artifact_index, g_strdup(path), GSIZE_TO_POINTER(index));
	return index - 1;
}

json_t *l62_sarif_artifact_location(struct l62_sarif *sarif, const char *path)
{
	json_t *location = uri_location(sarif, path);

	l62_sarif_set(location, "index", json_integer((json_int_t)artifact_index(sarif, path)));
	return location;
}

static void set_snippet(json_t *region, const char *text)
{
	json_t *snippet;

	if (!text)
		return;
	snippet = json_object();
	l62_sarif_set(snippet, "text", json_string(text));
	l62_sarif_set(region, "snippet", snippet);
}

/* The end and the text of a region.  An end that is not known is the end of the
 * line, which is also what SARIF assumes.  Returns the last line. */
static int set_extent(json_t *region, const struct l62_location *at, int start_column,
                      const struct l62_source *source)
{
	bool known =
	        at->end_line > at->line || (at->end_line == at->line && at->end_col > at->col);
	int line = known ? at->end_line : at->line;
	int byte_end = known ? MAX(at->end_col, 1) : 0;
	g_autofree char *text =
	        source ? l62_source_text(source, at->line, MAX(at->col, 1), line, byte_end)
	               : NULL;
	int column = known    ? l62_source_column(source, line, byte_end)
	             : source ? l62_source_end_column(source, line)
	                      : 0;

	if (line == at->line && column <= start_column)
		return line;
	l62_sarif_set(region, "endLine", json_integer(line));
	l62_sarif_set(region, "endColumn", json_integer(column));
	set_snippet(region, text);
	return line;
}

static void set_context(json_t *physical, const struct l62_source *source, int first, int last)
{
	g_autofree char *text = NULL;
	json_t *context;

	if (!source || last > l62_source_line_count(source))
		return;
	first = MAX(first - CONTEXT_LINES, 1);
	last = MIN(last + CONTEXT_LINES, l62_source_line_count(source));
	text = l62_source_text(source, first, 1, last, 0);
	context = json_object();
	l62_sarif_set(context, "startLine", json_integer(first));
	l62_sarif_set(context, "endLine", json_integer(last));
	set_snippet(context, text);
	l62_sarif_set(physical, "contextRegion", context);
}

static void set_region(struct l62_sarif *sarif, json_t *physical, const struct l62_location *at,
                       bool full)
{
	const struct l62_source *source = l62_sources_get(sarif->sources, at->file);
	json_t *region = json_object();
	int column = at->col > 0 ? l62_source_column(source, at->line, at->col) : 0;
	int last = at->line;

	l62_sarif_set(region, "startLine", json_integer(at->line));
	if (column)
		l62_sarif_set(region, "startColumn", json_integer(column));
	if (full)
		last = set_extent(region, at, column, source);
	l62_sarif_set(physical, "region", region);
	if (full)
		set_context(physical, source, at->line, last);
}

json_t *l62_sarif_location(struct l62_sarif *sarif, const struct l62_location *at, bool full)
{
	json_t *location = json_object(), *physical = json_object();

	l62_sarif_set(physical, "artifactLocation",
	              l62_sarif_artifact_location(sarif, at->file));
	if (at->line > 0)
		set_region(sarif, physical, at, full);
	l62_sarif_set(location, "physicalLocation", physical);
	return location;
}

json_t *l62_sarif_logical(const struct l62_sarif *sarif, const char *name, const char *kind)
{
	g_autofree char *qualified = g_strconcat(sarif->options->driver, "!", name, NULL);
	json_t *logical = json_object(), *list = json_array();

	l62_sarif_set(logical, "name", l62_sarif_text(name));
	l62_sarif_set(logical, "fullyQualifiedName", l62_sarif_text(qualified));
	l62_sarif_set(logical, "kind", json_string(kind));
	l62_sarif_append(list, logical);
	return list;
}
