/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Where the driver's pool comes from, in the child.  Special pool: each block has
 * pages of its own, ends at a guard page (aligned to 16 bytes) and leaves its pages
 * inaccessible when freed.  A block of a page or more begins at a page.
 */
#ifndef LEAK62_VERIFIER_POOL_H
#define LEAK62_VERIFIER_POOL_H

#include <stdbool.h>
#include <stdint.h>

#define L62_POOL_PAGE 4096u
#define L62_POOL_ALIGN 16u

void *l62_pool_get(uint64_t size, bool special); /* NULL: no memory */
void l62_pool_put(void *address, uint64_t size, bool special);

#endif
