/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The slot model checker: simulates load, requests and unload for each slot of a
 * driver, on the skeletons of its translation units, and enters what it finds into
 * the driver's database.
 */
#ifndef LEAK62_SLOTS_CHECK_H
#define LEAK62_SLOTS_CHECK_H

#include <sqlite3.h>
#include <stddef.h>

#include "leak62/error.h"

/*
 * db: facts merged, and the scripts of analyzer/link/sql up to 29 run; receives the
 * tables below.  skeletons: count paths, NULL where there is none; one that cannot
 * be read leaves out its functions, which count as unknown ones.  L62_E_INTERNAL.
 *
 *   slot_loss(id, overwritten, path, api, file, line, store_file, store_line,
 *         function, lost_file, lost_line, failed)
 *           path: the slot; api, file, line: where its resource was acquired;
 *           store_*: where it came into the slot; function, lost_*: where it is lost;
 *           overwritten: 0 left at unload or by a load that fails, 1 a later request
 *           stores something else there, 2 the same request does
 *           failed: by a load that fails
 *   slot_loss_step(loss, flow, seq, file, line, message)
 *   slot_freed(path)         some way through the teardown releases what is in it
 *   slot_kept(path)          every way through the teardown leaves what is in it, as far
 *           as the skeletons tell, and no way had to be given up
 *   slot_work(path, function, file)
 *           of those: releases it in a request or a callback before the teardown
 *   slot_doubt(path, function, file, line, reason)
 *           ways were given up there, for they depend on what is not known: condition
 *           (it reads such memory), call (of code that is not seen), release (of what
 *           may be in the slot)
 *   slot_wrong(path, api, file, line, kind, free_file, free_line, kinds)
 *           what api acquired as kind is released as one of ",KIND,KIND,"
 *   slot_pure(path, kind)
 *           nothing but that kind is ever put there, in whatever record it is
 *   slot_incomplete(path)   slots with too many states: nothing was said of them
 */
int l62_slots_check(sqlite3 *db, const char *const *skeletons, size_t count,
                    struct l62_error *err);

#endif
