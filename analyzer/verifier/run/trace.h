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

/* Written by the child. */
struct l62_trace_log {
	uint64_t reached;               /* events ever */
	uint32_t events[L62_TRACE_LOG]; /* indices of points */
	uint32_t hits[];                /* of each point */
};

/* All zeroes: there is no trace. */
struct l62_trace {
	uint32_t *points; /* RVAs, sorted, each once */
	size_t count;
	struct l62_trace_log *log; /* shared with the child */
	size_t log_size;
};

/* Where code of a line begins or a jump leads to in it.  Without line numbers: no points,
 * no log, and 0. */
int l62_trace_open(struct l62_trace *trace, const struct l62_pe *pe,
                   const struct l62_symbols *symbols, struct l62_error *err);
void l62_trace_close(struct l62_trace *trace);

#endif
