/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Runs one program and waits for it.  A program started here does not outlive
 * leak62: it is told to end when leak62 is killed, even by SIGKILL.
 */
#ifndef LEAK62_BUILD_PROCESS_H
#define LEAK62_BUILD_PROCESS_H

#include <stdbool.h>

#include "leak62/error.h"

struct l62_process {
	char **argv;      /* NULL-terminated; argv[0] is looked up on PATH */
	char **env;       /* NULL: leak62's own */
	const char *cwd;  /* NULL: leak62's own */
	int out, err;     /* descriptors for its output; -1: leak62's own */
	unsigned timeout; /* seconds; 0: none */
	bool own_group;   /* a process group of its own, killed whole */
};

struct l62_process_end {
	int exit_code;   /* -1 unless it exited by itself */
	int signal;      /* that ended it, or 0 */
	bool timed_out;  /* killed because its time was over */
	int interrupted; /* the signal that asked leak62 to stop, or 0 */
};

/* Runs process to its end.  L62_E_IO if it cannot be started. */
int l62_process_run(const struct l62_process *process, struct l62_process_end *end,
                    struct l62_error *err);

/* Makes this process end (by SIGTERM) when its parent does. */
void l62_process_end_with_parent(void);

/* Ends leak62 the way signal ends a program that does not handle it. */
_Noreturn void l62_process_die(int signal);

#endif
