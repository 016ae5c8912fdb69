/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reading a trace; see leak62/trace.h. */
#include "trace.h"

#include <ctype.h>
#include <string.h>

#include "verify.h"

bool l62_trace_is(const struct l62_verify *run)
{
	return run->trace.log != NULL;
}

static char plain(char c)
{
	return c == '\\' ? '/' : (char)tolower((unsigned char)c);
}

/* How many of the last components two paths have in common; SIZE_MAX: they are the same. */
static size_t common(const char *a, const char *b)
{
	size_t x = strlen(a), y = strlen(b), count = 0;

	while (x > 0 && y > 0 && plain(a[x - 1]) == plain(b[y - 1])) {
		x--;
		y--;
		count += plain(a[x]) == '/';
	}
	if (x == 0 && y == 0)
		return SIZE_MAX;
	if ((x == 0 || plain(a[x - 1]) == '/') && (y == 0 || plain(b[y - 1]) == '/'))
		count++;
	return count;
}

struct choice {
	const char *path, *best, *last;
	size_t most;
	bool several;
};

static void consider(struct choice *choice, const char *file)
{
	size_t same;

	if (file == choice->last || (choice->last && strcmp(file, choice->last) == 0))
		return;
	choice->last = file;
	same = common(file, choice->path);
	if (same == 0 || same < choice->most ||
	    (choice->best && strcmp(file, choice->best) == 0))
		return;
	choice->several = same == choice->most;
	choice->best = file;
	choice->most = same;
}

const char *l62_trace_file(const struct l62_verify *run, const char *path)
{
	const struct l62_trace *trace = &run->trace;
	const struct l62_pdb *pdb = &run->symbols.pdb;
	struct choice choice = {.path = path};

	for (size_t i = 0; i < trace->count; i++)
		consider(&choice, trace->lines[i].file);
	for (size_t i = 0; !trace->log && i < pdb->line_count; i++) {
		if (pdb->lines[i].line)
			consider(&choice, pdb->lines[i].file);
	}
	return choice.several ? NULL : choice.best;
}

/* The first of a file's lines from one on; the number of lines: there is none. */
static size_t first_of(const struct l62_trace *trace, const char *file, unsigned line)
{
	size_t low = 0, high = trace->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct l62_trace_line *at = &trace->lines[middle];
		int order = at->file == file ? 0 : strcmp(at->file, file);

		if (order < 0 || (order == 0 && at->line < line))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

enum l62_ran l62_trace_lines(const struct l62_verify *run, const char *file, unsigned first,
                             unsigned last)
{
	const struct l62_trace *trace = &run->trace;
	enum l62_ran answer = L62_RAN_UNKNOWN;

	if (!trace->log || !file)
		return answer;
	for (size_t i = first_of(trace, file, first); i < trace->count; i++) {
		const struct l62_trace_line *at = &trace->lines[i];

		if (at->line > last || strcmp(at->file, file) != 0)
			break;
		if (trace->log->hits[at->point])
			return L62_RAN;
		answer = L62_RAN_NOT;
	}
	return answer;
}

bool l62_trace_has_code(const struct l62_verify *run, const char *file, unsigned line)
{
	const struct l62_pdb *pdb = &run->symbols.pdb;

	if (run->trace.log)
		return l62_trace_lines(run, file, line, line) != L62_RAN_UNKNOWN;
	for (size_t i = 0; file && i < pdb->line_count; i++) {
		if (pdb->lines[i].line == line && strcmp(pdb->lines[i].file, file) == 0)
			return true;
	}
	return false;
}

static size_t kept(const struct l62_verify *run)
{
	uint64_t reached = run->trace.log ? run->trace.log->reached : 0;

	return reached < L62_TRACE_LOG ? (size_t)reached : L62_TRACE_LOG;
}

bool l62_trace_event(const struct l62_verify *run, size_t index, struct l62_trace_event *event)
{
	struct l62_line line = {0};
	uint32_t point;

	if (index >= kept(run))
		return false;
	*event = (struct l62_trace_event){.file = ""};
	point = run->trace.log->events[index];
	if (point >= run->trace.count)
		return true; /* the driver wrote there */
	event->address = run->symbols.base + run->trace.points[point];
	if (l62_symbols_line(&run->symbols, event->address, &line)) {
		event->file = line.file;
		event->line = line.line;
	}
	return true;
}

uint64_t l62_trace_lost(const struct l62_verify *run)
{
	return run->trace.log ? run->trace.log->reached - kept(run) : 0;
}
