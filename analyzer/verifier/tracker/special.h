/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Faults in special pool. */
#ifndef LEAK62_VERIFIER_SPECIAL_H
#define LEAK62_VERIFIER_SPECIAL_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The bug check for an access to address by the driver or by the kernel for it; 0:
 * address has nothing to do with special pool.  Its arguments: the address, 0 for a
 * read or 1 for a write, the instruction's address, 0.  No handler of the driver's may
 * have it, so that this comes before the search for one.
 */
uint32_t l62_special_fault(uint64_t address, bool in_driver);

#endif
