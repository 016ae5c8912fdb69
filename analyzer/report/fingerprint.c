/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * How a finding is recognised in a later run.
 *
 * Line hash: of the UTF-16 code units of a file, blanks and tabs left out, line ends
 * read as '\n', 0xffff put after the last one and zeros after that, a line is
 * the 100 that start with its first one, taken as digits of a number of base 37,
 * modulo 2^64.  Equal lines of a file are numbered from 1.
 */
#include "fingerprint.h"

#include "leak62/report.h"
#include "paths.h"
#include "printable.h"

#include <stdint.h>
#include <string.h>

enum {
	LINE_UNITS = 100,
	BASE = 37,
	END_OF_FILE = 0xffff,
	NAME_DIGITS = 8, /* of a fingerprint, that people see */
};

static void append_unit(GArray *units, uint32_t unit)
{
	uint16_t value = (uint16_t)unit;

	g_array_append_val(units, value);
}

static void append_char(GArray *units, uint32_t c)
{
	if (c < 0x10000) {
		append_unit(units, c);
		return;
	}
	append_unit(units, 0xd800 + ((c - 0x10000) >> 10));
	append_unit(units, 0xdc00 + ((c - 0x10000) & 0x3ff));
}

/* Fills units with what counts, and starts with the index of each line's first. */
static void read_units(const char *text, size_t length, GArray *units, GArray *starts)
{
	const char *end = text + length;
	bool line_start = true, after_cr = false;

	while (text < end) {
		uint32_t c = l62_utf8_next(&text, end);
		bool joins_cr = after_cr && c == '\n';

		after_cr = c == '\r';
		if (c == ' ' || c == '\t' || joins_cr)
			continue;
		if (c == '\r')
			c = '\n';
		if (line_start)
			g_array_append_val(starts, units->len);
		line_start = c == '\n';
		append_char(units, c);
	}
	if (line_start)
		g_array_append_val(starts, units->len);
	append_unit(units, END_OF_FILE);
	for (int i = 0; i < LINE_UNITS; i++)
		append_unit(units, 0);
}

GPtrArray *l62_fingerprint_lines(const char *text, size_t length)
{
	g_autoptr(GArray) units = g_array_new(FALSE, FALSE, sizeof(uint16_t));
	g_autoptr(GArray) starts = g_array_new(FALSE, FALSE, sizeof(guint));
	g_autoptr(GHashTable) seen =
	        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

	read_units(text, length, units, starts);
	for (guint i = 0; i < starts->len; i++) {
		guint first = g_array_index(starts, guint, i);
		uint64_t value = 0;
		char *hash;
		int count;

		for (guint k = first; k < first + LINE_UNITS; k++)
			value = value * BASE + g_array_index(units, uint16_t, k);
		hash = g_strdup_printf("%" G_GINT64_MODIFIER "x", value);
		count = GPOINTER_TO_INT(g_hash_table_lookup(seen, hash)) + 1;
		g_ptr_array_add(lines, g_strdup_printf("%s:%d", hash, count));
		g_hash_table_replace(seen, hash, GINT_TO_POINTER(count));
	}
	return lines;
}

/* The NUL goes in as well, so that no two lists of fields run together. */
static void add_field(GChecksum *sum, const char *field)
{
	if (!field)
		field = "";
	g_checksum_update(sum, (const guchar *)field, (gssize)strlen(field) + 1);
}

char *l62_fingerprint_finding(const struct l62_finding *finding, const char *root)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autofree char *file = l62_path_shown(finding->site.file, root);

	add_field(sum, finding->rule->id);
	add_field(sum, file);
	add_field(sum, finding->function);
	add_field(sum, finding->api);
	add_field(sum, finding->tag);
	add_field(sum, finding->slot ? finding->slot : finding->variable);
	return g_strdup(g_checksum_get_string(sum));
}

void l62_result_name(struct l62_result *result, const char *root)
{
	g_autoptr(GHashTable) seen =
	        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; i < result->findings->len; i++) {
		struct l62_finding *finding = g_ptr_array_index(result->findings, i);
		g_autofree char *print = l62_fingerprint_finding(finding, root);
		g_autofree char *name = g_strndup(print, NAME_DIGITS);
		int count = GPOINTER_TO_INT(g_hash_table_lookup(seen, name)) + 1;
		g_autofree char *id =
		        count == 1 ? g_strdup(name) : g_strdup_printf("%s:%d", name, count);

		finding->id = g_string_chunk_insert_const(result->strings, id);
		g_hash_table_replace(seen, g_steal_pointer(&name), GINT_TO_POINTER(count));
	}
}
