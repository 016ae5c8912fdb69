/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Breakpoints for a trace: see leak62/trace.h for what they are good for.
 *
 *   parent   l62_trace_open(): where they go, and what it shares with the child
 *   child    cpu/trace.c: puts them into the image, and takes note of each that is hit
 *   parent   trace.c: reads the notes, which the driver could have spoilt
 */
#ifndef LEAK62_VERIFIER_TRACE_H
#define LEAK62_VERIFIER_TRACE_H

#include "debugger/symbols.h"
#include "leak62/trace.h"
#include "loader/pe.h"

/* Something that was given back. */
struct l62_trace_life {
	uint64_t begin, end; /* events before it was had, and before it was given back */
	uint32_t kind;       /* enum l62_kind */
	uint32_t ledger;     /* enum l62_ledger; L62_LEDGER_COUNT: a block */
	uint32_t tag, stack; /* of a block; where it was had */
};
enum { L62_TRACE_LIVES = 1 << 15 };

/* Written by the child. */
struct l62_trace_log {
	uint64_t released; /* lives ever */
	struct l62_trace_life lives[L62_TRACE_LIVES];
	uint64_t reached;               /* events ever */
	uint32_t events[L62_TRACE_LOG]; /* indices of points */
	uint32_t hits[];                /* of each point */
};

struct l62_trace_line {
	const char *file;
	uint32_t line, point;
};

/* All zeroes: there is no trace. */
struct l62_trace {
	uint32_t *points; /* RVAs, sorted, each once */
	struct l62_trace_line *lines; /* of each point, sorted by file and line */
	size_t count;
	struct l62_trace_log *log; /* shared with the child */
	size_t log_size;
};

/* Where code of a line begins or a jump leads to in it.  Without line numbers: no points,
 * no log, and 0. */
int l62_trace_open(struct l62_trace *trace, const struct l62_pe *pe,
                   const struct l62_symbols *symbols, struct l62_error *err);
/* Forgets what is noted, for the next run of the same image. */
int l62_trace_reset(struct l62_trace *trace, struct l62_error *err);
void l62_trace_close(struct l62_trace *trace);

#endif
