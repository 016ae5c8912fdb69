/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A trace as lcov's tracefile: for each file its lines with how often they were
 * reached, up to L62_TRACE_HITS.  Source: geninfo(1), "FILES".
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"
#include "verify.h"

struct row {
	const char *file;
	unsigned line;
	uint32_t hits;
};

static int by_place(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int files = strcmp(x->file, y->file);

	return files ? files : (x->line > y->line) - (x->line < y->line);
}

static void print_file(const struct row *rows, size_t count, FILE *out)
{
	size_t lines = 0, hit = 0;

	fprintf(out, "SF:%s\n", rows->file);
	for (size_t i = 0; i < count; i++) {
		uint32_t hits = rows[i].hits;

		/* A line may have several places. */
		while (i + 1 < count && rows[i + 1].line == rows[i].line) {
			i++;
			hits = rows[i].hits > hits ? rows[i].hits : hits;
		}
		fprintf(out, "DA:%u,%" PRIu32 "\n", rows[i].line, hits);
		lines++;
		hit += hits > 0;
	}
	fprintf(out, "LF:%zu\nLH:%zu\nend_of_record\n", lines, hit);
}

int l62_trace_write(const struct l62_verify *run, FILE *out, struct l62_error *err)
{
	const struct l62_trace *trace = &run->trace;
	struct row *rows = calloc(trace->count + 1, sizeof(*rows));
	size_t count = 0, first = 0;

	if (!rows)
		return l62_error_set(err, L62_E_INTERNAL, "no memory for the trace");
	for (size_t i = 0; i < trace->count; i++) {
		uint64_t address = run->symbols.base + trace->points[i];
		struct l62_line line;

		if (l62_symbols_line(&run->symbols, address, &line))
			rows[count++] = (struct row){line.file, line.line, trace->log->hits[i]};
	}
	qsort(rows, count, sizeof(*rows), by_place);
	for (size_t i = 1; i <= count; i++) {
		if (i < count && strcmp(rows[i].file, rows[first].file) == 0)
			continue;
		print_file(rows + first, i - first, out);
		first = i;
	}
	free(rows);
	return fflush(out) == 0 && !ferror(out)
	               ? L62_OK
	               : l62_error_set(err, L62_E_IO, "the trace cannot be written");
}
