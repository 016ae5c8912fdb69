/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The child process: it loads the image, runs the scenario and writes down in the
 * arena how that ended.  Nothing it does reaches the parent but through the arena.
 */
#ifndef LEAK62_VERIFIER_CHILD_H
#define LEAK62_VERIFIER_CHILD_H

#include "host.h"
#include "leak62/verifier.h"
#include "loader/pe.h"
#include "trace.h"
#include "tracker/arena.h"

/* Runs steps on pe, of the driver called name, and ends the process; trace may be one
 * without points. */
_Noreturn void l62_child_run(struct l62_arena *arena, const struct l62_pe *pe, const char *name,
                             const struct l62_verify_options *options,
                             const struct l62_steps *steps, const struct l62_trace *trace);

/* The arena of this child, and the flags. */
struct l62_arena *l62_child_arena(void);
uint32_t l62_child_flags(void);

#endif
