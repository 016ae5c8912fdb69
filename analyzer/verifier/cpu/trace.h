/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The breakpoints of a trace, in the child.
 *
 *   armed ──int 3──> open ──int 3 of another one──> armed
 *                └─ hit often enough ──> open for good
 *
 * So what loops at one place alone is seen once, and nothing is stepped.
 *
 * Nothing of the driver's changes but the first byte of an instruction: no record, no
 * register, no stack.  The unwinder and who decodes instructions read a copy of the image.
 */
#ifndef LEAK62_VERIFIER_CPU_TRACE_H
#define LEAK62_VERIFIER_CPU_TRACE_H

#include <signal.h>
#include <stdbool.h>
#include <ucontext.h>

#include "loader/image.h"
#include "run/trace.h"

/* Puts them into the image, which has its protection already.  trace must stay. */
int l62_trace_arm(struct l62_image *image, const struct l62_pe *pe,
                  const struct l62_trace *trace, struct l62_error *err);

/* Whether a SIGTRAP was the trace's: then it is dealt with. */
bool l62_trace_trapped(const siginfo_t *info, greg_t *registers);

/* How many events there have been; 0 where there is no trace. */
uint64_t l62_trace_moment(void);
/* Takes note of what the driver has given back; begin: the moment when it was had. */
void l62_trace_released(uint32_t kind, uint32_t ledger, uint32_t tag, uint32_t stack,
                        uint64_t begin);

#endif
