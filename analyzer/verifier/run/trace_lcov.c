/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A trace as lcov's tracefile: for each file its lines with how often they were
 * reached, up to L62_TRACE_HITS.  Source: geninfo(1), "FILES".
 */
#include <inttypes.h>
#include <string.h>

#include "trace.h"
#include "verify.h"

static void print_file(const struct l62_trace *trace, size_t at, size_t end, FILE *out)
{
	const struct l62_trace_line *rows = trace->lines;
	size_t lines = 0, hit = 0;

	fprintf(out, "SF:%s\n", rows[at].file);
	for (; at < end; at++) {
		uint32_t hits = trace->log->hits[rows[at].point];

		/* A line may have several places. */
		for (; at + 1 < end && rows[at + 1].line == rows[at].line; at++) {
			uint32_t more = trace->log->hits[rows[at + 1].point];

			hits = more > hits ? more : hits;
		}
		fprintf(out, "DA:%" PRIu32 ",%" PRIu32 "\n", rows[at].line, hits);
		lines++;
		hit += hits > 0;
	}
	fprintf(out, "LF:%zu\nLH:%zu\nend_of_record\n", lines, hit);
}

int l62_trace_write(const struct l62_verify *run, FILE *out, struct l62_error *err)
{
	const struct l62_trace *trace = &run->trace;
	size_t first = 0;

	for (size_t i = 1; i <= trace->count; i++) {
		if (i < trace->count &&
		    strcmp(trace->lines[i].file, trace->lines[first].file) == 0)
			continue;
		print_file(trace, first, i, out);
		first = i;
	}
	return fflush(out) == 0 && !ferror(out)
	               ? L62_OK
	               : l62_error_set(err, L62_E_IO, "the trace cannot be written");
}
