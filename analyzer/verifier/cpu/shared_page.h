/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * KUSER_SHARED_DATA, the page at 0xfffff78000000000 where the DDK's inline functions
 * read the time.  Nothing can be mapped there, so a read of it faults: the instruction's
 * address register is made to point to a copy, the instruction is stepped, and the
 * register put back.
 */
#ifndef LEAK62_VERIFIER_SHARED_PAGE_H
#define LEAK62_VERIFIER_SHARED_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <ucontext.h>

#include "leak62/error.h"

int l62_shared_page_init(struct l62_error *err);

/* After a fault at address, with size bytes of code at rip; false: it is none of the
 * page, or the instruction is not one that can be helped. */
bool l62_shared_page_fault(greg_t *registers, const uint8_t *code, size_t size,
                           uint64_t address);

/* After the step, or when the stepped instruction faulted; false: nothing was stepped. */
bool l62_shared_page_stepped(greg_t *registers);

/* The driver's address for one in the copy; others as they are. */
uint64_t l62_shared_page_original(uint64_t address);

#endif
