/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The prompt of `leak62 verify --kd`. */
#ifndef LEAK62_CMD_VERIFY_KD_H
#define LEAK62_CMD_VERIFY_KD_H

#include "leak62/verifier.h"

/* Reads commands from standard input until 'q' or its end and answers on standard
 * output.  A terminal has line editing and history; from a pipe or a file each line
 * is shown behind the prompt, so that the output reads as a session. */
void l62_kd_run(const struct l62_verify *run);

#endif
