/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
#ifndef LEAK62_CMD_VERIFY_TELL_H
#define LEAK62_CMD_VERIFY_TELL_H

#include <stdbool.h>

#include "leak62/verifier.h"

/* Prints how run, of the driver in the file image, has ended and what it has left behind;
 * asks: a prompt follows, so the debugger's session is not printed.  Returns the exit code. */
int cmd_verify_tell(const struct l62_verify *run, const char *image, bool asks);

#endif
