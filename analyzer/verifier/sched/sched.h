/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The scheduler, host side: threads of the system as cooperative fibers on one thread
 * of ours, in virtual time; so a run always takes the same way.  What services call
 * is declared in host.h.
 *
 *   whenever a fiber waits, ends or yields: DPCs, then the fiber that has been
 *   ready longest; if there is none the clock jumps to the next timer or deadline;
 *   if there is none of these either, the run hangs and ends
 */
#ifndef LEAK62_VERIFIER_SCHED_H
#define LEAK62_VERIFIER_SCHED_H

#include <stdbool.h>

#include "cpu/record.h"
#include "host.h"
#include "loader/unwind.h"

/* Runs routine as the first fiber; does not return: the run ends by l62_end_*(). */
_Noreturn void l62_sched_run(l62_thread_fn *routine, void *arg);

/* Of the running fiber; before l62_sched_run(): empty, NULL. */
struct l62_stack l62_sched_stack(void);
const struct l62_record *l62_sched_records(void);
/* What is in use of the stack of a thread that waits; false: there is no such thread. */
bool l62_sched_stack_of(const void *thread_object, uint64_t *low, uint64_t *high);
/* Whether address is in the guard page below the running fiber's stack. */
int l62_sched_is_overflow(uint64_t address);

#endif
