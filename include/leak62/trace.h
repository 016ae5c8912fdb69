/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Which lines of the driver's source ran in a run of the verifier core.
 *
 * A run with l62_verify_options.trace has a breakpoint at each place where the code of a
 * line begins and at each target of a jump.  The image needs no instrumentation: any .sys
 * with line numbers will do, and what is measured is the code as it is.  A place that has
 * been reached L62_TRACE_HITS times loses its breakpoint: loops cost no more than that.
 * What is reached twice with nothing between is noted once.
 *
 * Lines are those of the compiler: of a statement over several lines, often the first.
 */
#ifndef LEAK62_TRACE_H
#define LEAK62_TRACE_H

#include "leak62/verifier.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What a driver built to be traced and judged should be compiled with, behind its other
 * options: each line its own code, each function its own frame.  An initializer's inside:
 *   static const char *const flags[] = {L62_TRACE_FLAGS};
 */
#define L62_TRACE_FLAGS "-O0", "-fno-inline", "-fno-optimize-sibling-calls"

#define L62_TRACE_HITS 64 /* how often a place is seen at most */

enum l62_ran {
	L62_RAN_UNKNOWN, /* there is no trace, or no code is of these lines */
	L62_RAN_NOT,     /* there is code, and none of it ran */
	L62_RAN,
};

/* Whether the run was traced; the image may have had no line numbers. */
bool l62_trace_is(const struct l62_verify *run);

/* The file of the image's line numbers that a path names: the same path, else the one
 * that shares most of its last components, the name at least; case and the kind of slash
 * do not count.  NULL: none, or several do equally.  Owned by run. */
const char *l62_trace_file(const struct l62_verify *run, const char *path);

/* Whether any code of the lines first to last of a file, a result of l62_trace_file(),
 * ran.  A file of NULL is unknown. */
enum l62_ran l62_trace_lines(const struct l62_verify *run, const char *file, unsigned first,
                             unsigned last);

/* Whether there is code of a line of a file, a result of l62_trace_file().  Like that
 * function for runs without a trace, too. */
bool l62_trace_has_code(const struct l62_verify *run, const char *file, unsigned line);

/*
 * What ran, in order: the places reached, from 0 on.  False: there are no more.  The log
 * holds the first L62_TRACE_LOG of them; l62_trace_lost() counts the others.
 */
#define L62_TRACE_LOG (1u << 18)
struct l62_trace_event {
	const char *file; /* as l62_trace_file() gives it; owned by run */
	unsigned line;
	uint64_t address;
};
bool l62_trace_event(const struct l62_verify *run, size_t index, struct l62_trace_event *event);
uint64_t l62_trace_lost(const struct l62_verify *run);

/* The trace as lcov's tracefile ("DA:LINE,HITS").  0 or L62_E_IO. */
int l62_trace_write(const struct l62_verify *run, FILE *out, struct l62_error *err);

#ifdef __cplusplus
}
#endif
#endif
