/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Force IRQL checking of memory: paged pool and the image's sections whose names begin
 * with PAGE are inaccessible from DISPATCH_LEVEL on, but for pages that are locked.
 *
 *   raised to DISPATCH_LEVEL   all is closed, by one change of protection
 *   touched below it           what is touched is opened again, by the fault handler
 *
 * So a driver that does not touch paged memory between two raises pays for neither.
 */
#ifndef LEAK62_VERIFIER_PAGED_H
#define LEAK62_VERIFIER_PAGED_H

#include <stdbool.h>
#include <stdint.h>

/* Pages for a block, accessible, with an inaccessible one on either side; their
 * addresses are used once.  NULL: no more room. */
void *l62_paged_take(uint64_t size);
void l62_paged_give(void *pages, uint64_t size);
/* Whether address is in the range that these come from. */
bool l62_paged_is_pool(uint64_t address);

/* A section of the image; access: as for mprotect(). */
bool l62_paged_add_section(uint64_t address, uint64_t size, int access);

/* For l62_cpu_set_irql(): whether there is anything to close, and that. */
extern bool l62_paged_open;
void l62_paged_close(void);

/* Of a fault.  opened: the access may be tried again; is: address is in a block or a
 * section, whether open or not. */
bool l62_paged_opened(uint64_t address);
bool l62_paged_is(uint64_t address);

#endif
