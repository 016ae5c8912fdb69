/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The ledgers besides pool, in the child: an entry for each thing that the driver has to
 * give back, with the stack that took it.  The services book by l62_ledger_add() and
 * _remove() of host.h; when the driver is unloaded what is left is written to the arena.
 */
#ifndef LEAK62_VERIFIER_LEDGER_H
#define LEAK62_VERIFIER_LEDGER_H

#include "arena.h"

/* What is left, in the order it was taken; those beyond the arena's room are counted. */
void l62_ledger_report(struct l62_arena *arena);

#endif
