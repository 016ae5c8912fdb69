/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A run that has ended, as the printers see it.  The arena is read through these
 * functions alone: they check what the child left there. */
#ifndef LEAK62_VERIFIER_VERIFY_H
#define LEAK62_VERIFIER_VERIFY_H

#include "debugger/symbols.h"
#include "file.h"
#include "leak62/verifier.h"
#include "loader/pe.h"
#include "scenario/scenario.h"
#include "trace.h"
#include "tracker/arena.h"

struct l62_verify {
	struct l62_arena *arena;
	struct l62_file file;
	struct l62_pe pe;
	struct l62_symbols symbols;
	struct l62_steps steps;
	struct l62_trace trace;
	char *name; /* "MyDriver.sys" */
	char *command; /* for replay lines, or NULL */
	struct l62_fault_plan faults; /* without what it points to */
	char *note; /* why there are no symbols, or NULL */
	uint32_t flags;
	enum l62_verdict verdict;
	enum l62_layout layout;
	char reason[2048];
	uint32_t *blocks; /* live ones, by sequence: indices into the arena's */
	size_t block_count;
};

/* Makes blocks.  False: no memory. */
bool l62_read_blocks(struct l62_verify *run);

/* The addresses of a stack, newest first; 0: none, or the index is no index. */
size_t l62_read_stack(const struct l62_verify *run, uint32_t stack, const uint64_t **frames);

/* How many operations the ring holds, and one of them, 0 the newest. */
size_t l62_read_operations(const struct l62_verify *run);
const struct l62_operation *l62_read_operation(const struct l62_verify *run, size_t back);

#endif
