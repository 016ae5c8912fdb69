/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Waiting for a child, no longer than it may take. */
#ifndef LEAK62_VERIFIER_WAIT_H
#define LEAK62_VERIFIER_WAIT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "leak62/error.h"

/* Nanoseconds of a clock that only goes on. */
int64_t l62_clock(void);

/*
 * Waits until child has ended, and reaps it; when nanoseconds have passed it is killed: *late.
 * 0, and *how as waitpid() says, or L62_E_IO: nothing is known of it.
 */
int l62_wait_child(pid_t child, int64_t nanoseconds, int *how, bool *late, struct l62_error *err);

#endif
