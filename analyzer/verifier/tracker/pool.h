/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Where the driver's pool comes from, in the child.  Special pool: each block has
 * pages of its own, ends at a guard page (aligned to 16 bytes) and leaves its pages
 * inaccessible when freed.  A block of a page or more begins at a page.  What of its
 * pages does not belong to the block is filled, and looked at when it is freed.
 */
#ifndef LEAK62_VERIFIER_POOL_H
#define LEAK62_VERIFIER_POOL_H

#include <stdbool.h>
#include <stdint.h>

#define L62_POOL_PAGE 4096u
#define L62_POOL_ALIGN 16u

/* Whether blocks of special pool begin at a page, behind a guard page, instead of
 * ending at one: accesses before a block are caught. */
void l62_pool_verify_start(bool at_start);

void *l62_pool_get(uint64_t size, bool special); /* NULL: no memory */
/* Likewise, inaccessible from DISPATCH_LEVEL on: see paged.h. */
void *l62_pool_get_paged(uint64_t size, bool special);
void l62_pool_put(void *address, uint64_t size, bool special);

/* For a block of special pool: a byte of its pages outside of it that was written,
 * those behind it first; or NULL. */
const void *l62_pool_damage(const void *address, uint64_t size);

/* Whether address is or was in special pool. */
bool l62_pool_is_special(uint64_t address);
/* Whether address is in the pages of a block of it or in the guard pages beside. */
bool l62_pool_is_near(uint64_t block, uint64_t size, uint64_t address);

#endif
