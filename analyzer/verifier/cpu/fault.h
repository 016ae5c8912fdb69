/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A fault as an exception of the driver, or as the bug check it is on Windows. */
#ifndef LEAK62_VERIFIER_FAULT_H
#define LEAK62_VERIFIER_FAULT_H

#include <signal.h>
#include <stdbool.h>
#include <ucontext.h>

/* Of a fault signal: makes the interrupted context go on in the dispatcher, below its own
 * stack frame, or ends the run. */
void l62_fault_raise(int number, const siginfo_t *info, ucontext_t *context, bool in_driver);

#endif
