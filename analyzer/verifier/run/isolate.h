/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Taking away from the child what a driver's code must not do to the machine. */
#ifndef LEAK62_VERIFIER_ISOLATE_H
#define LEAK62_VERIFIER_ISOLATE_H

#include "leak62/error.h"

/* No files, no network, no other processes, no core; memory is limited. */
int l62_isolate(struct l62_error *err);

#endif
