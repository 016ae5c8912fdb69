/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The ledgers besides pool, in the child: an entry for each thing that the driver has to
 * give back, with the stack that took it.  The services book by l62_ledger_add() and
 * _remove() of host.h; when the driver is unloaded what is left is written to the arena.
 */
#ifndef LEAK62_VERIFIER_LEDGER_H
#define LEAK62_VERIFIER_LEDGER_H

#include <stdbool.h>

#include "arena.h"

/* As l62_ledger_add(), of a kind of resources.def. */
void l62_ledger_take(uint32_t ledger, uint32_t resource, uint64_t address, uint64_t size,
                     const char *detail);
bool l62_ledger_has(uint32_t ledger, uint64_t address);
/* The address of the entry in whose eight bytes, when it was added, value was; else value. */
uint64_t l62_ledger_find_content(uint32_t ledger, uint64_t value);

/* What is left, in the order it was taken; those beyond the arena's room are counted. */
void l62_ledger_report(struct l62_arena *arena);
/* Of a run that cannot go on: who still holds the lock at address for which a thread waits,
 * or what is active at address in memory that is freed. */
void l62_ledger_report_held(struct l62_arena *arena, uint64_t address);

#endif
