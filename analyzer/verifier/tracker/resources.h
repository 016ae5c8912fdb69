/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * resources.def at run time, in the child: what the driver's calls take and give back is
 * booked in the ledgers that ledgers.def names for the kind, and what is given to a
 * routine that must not have it is written down.
 */
#ifndef LEAK62_VERIFIER_RESOURCES_H
#define LEAK62_VERIFIER_RESOURCES_H

#include <stdbool.h>

#include "arena.h"
#include "cpu/record.h"

/* Whether there are books to be kept of calls of that service, an index into l62_services. */
bool l62_resources_has(uint32_t service);

/* Before the service runs, with its number in record->service, and after it has returned. */
void l62_resources_before(struct l62_record *record);
void l62_resources_after(const struct l62_record *record, uint64_t result);

/*
 * To be called before a live block is freed: if the driver has given it to a routine that
 * frees other things, that is a wrong free, which is written to the arena.  Not told: where
 * the kernel's own check stops the run.
 */
void l62_resources_check_free(const struct l62_block *block);

#endif
