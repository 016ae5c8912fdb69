/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The lines of the source files that a report mentions, read once.
 *
 * A line ends with "\n", "\r\n" or "\r", as clang counts.  The compiler counts columns in
 * bytes of the file, SARIF in UTF-16 code units.
 */
#include "source.h"

#include "fingerprint.h"
#include "printable.h"

struct l62_source {
	char *text;
	gsize length;
	GArray *starts;    /* of gsize: offset of each line */
	GPtrArray *hashes; /* of each line; made when first asked for */
};

struct l62_sources {
	GHashTable *by_path; /* NULL value: cannot be read */
};

static void source_free(void *data)
{
	struct l62_source *source = data;

	if (!source)
		return;
	g_clear_pointer(&source->hashes, g_ptr_array_unref);
	g_array_unref(source->starts);
	g_free(source->text);
	g_free(source);
}

struct l62_sources *l62_sources_new(void)
{
	struct l62_sources *sources = g_new0(struct l62_sources, 1);

	sources->by_path = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, source_free);
	return sources;
}

void l62_sources_free(struct l62_sources *sources)
{
	g_hash_table_unref(sources->by_path);
	g_free(sources);
}

static void find_lines(struct l62_source *source)
{
	gsize at = 0;

	source->starts = g_array_new(FALSE, FALSE, sizeof(gsize));
	g_array_append_val(source->starts, at);
	while (at < source->length) {
		char c = source->text[at++];

		if (c == '\r' && at < source->length && source->text[at] == '\n')
			at++;
		if ((c == '\r' || c == '\n') && at < source->length)
			g_array_append_val(source->starts, at);
	}
}

static struct l62_source *read_source(const char *path)
{
	struct l62_source *source;
	char *text;
	gsize length;

	/* A pipe or a device of that name would block. */
	if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
		return NULL;
	if (!g_file_get_contents(path, &text, &length, NULL))
		return NULL;
	source = g_new0(struct l62_source, 1);
	source->text = text;
	source->length = length;
	find_lines(source);
	return source;
}

struct l62_source *l62_sources_get(struct l62_sources *sources, const char *path)
{
	void *source;

	if (!g_hash_table_lookup_extended(sources->by_path, path, NULL, &source)) {
		source = read_source(path);
		g_hash_table_insert(sources->by_path, g_strdup(path), source);
	}
	return source;
}

const char *l62_source_bytes(const struct l62_source *source, size_t *length)
{
	*length = source->length;
	return source->text;
}

size_t l62_source_length(const struct l62_source *source)
{
	return source->length;
}

char *l62_source_sha256(const struct l62_source *source)
{
	return g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)source->text,
	                                   source->length);
}

int l62_source_line_count(const struct l62_source *source)
{
	return (int)source->starts->len;
}

/* The text of a line without its end; false when it is not there. */
static bool find_line(const struct l62_source *source, int line, const char **begin,
                      const char **end)
{
	gsize stop;

	if (!source || line < 1 || line > l62_source_line_count(source))
		return false;
	stop = line < l62_source_line_count(source) ? g_array_index(source->starts, gsize, line)
	                                            : source->length;
	*begin = source->text + g_array_index(source->starts, gsize, line - 1);
	*end = source->text + stop;
	while (*end > *begin && ((*end)[-1] == '\n' || (*end)[-1] == '\r'))
		(*end)--;
	return true;
}

int l62_source_column(const struct l62_source *source, int line, int byte_column)
{
	const char *at, *begin, *end;
	int column = 1;

	if (!find_line(source, line, &begin, &end))
		return byte_column;
	at = begin;
	while (at < end && at - begin < byte_column - 1)
		column += l62_utf8_next(&at, end) < 0x10000 ? 1 : 2;
	if (at - begin < byte_column - 1)
		column += (int)(byte_column - 1 - (at - begin));
	return column;
}

int l62_source_end_column(const struct l62_source *source, int line)
{
	const char *begin, *end;

	if (!find_line(source, line, &begin, &end))
		return 0;
	return l62_source_column(source, line, (int)(end - begin) + 1);
}

char *l62_source_text(const struct l62_source *source, int first, int byte_column, int last,
                      int byte_end)
{
	const char *begin, *begin_last, *end, *unused;
	GString *out;

	if (!find_line(source, first, &begin, &unused) ||
	    !find_line(source, last, &begin_last, &end))
		return NULL;
	if (byte_column - 1 >= end - begin)
		return NULL;
	begin += byte_column - 1;
	if (byte_end && byte_end - 1 <= end - begin_last)
		end = begin_last + byte_end - 1;
	if (begin >= end)
		return NULL;
	out = g_string_new(NULL);
	l62_utf8_append(out, begin, (size_t)(end - begin));
	return g_string_free(out, FALSE);
}

const char *l62_source_line_hash(struct l62_source *source, int line)
{
	if (line < 1 || line > l62_source_line_count(source))
		return NULL;
	if (!source->hashes)
		source->hashes = l62_fingerprint_lines(source->text, source->length);
	return g_ptr_array_index(source->hashes, line - 1);
}
