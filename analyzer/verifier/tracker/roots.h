/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What l62_root_add() and l62_root_gone() of host.h have been told, newest first. */
#ifndef LEAK62_VERIFIER_ROOTS_H
#define LEAK62_VERIFIER_ROOTS_H

#include "arena.h"

struct l62_root_entry {
	struct l62_root root;
	uint32_t gone; /* by l62_root_gone() */
	struct l62_root_entry *next;
};
const struct l62_root_entry *l62_roots(void);

#endif
