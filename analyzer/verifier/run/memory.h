/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Where the child's memory lies that the driver or its reports can see: at addresses that are
 * the same in every run that does the same, whatever the system makes of its own.  Each address
 * is used for one mapping only.  Child process only.
 */
#ifndef LEAK62_VERIFIER_MEMORY_H
#define LEAK62_VERIFIER_MEMORY_H

#include <stdint.h>

/* Whole pages for size bytes, zeroed, private; access: PROT_*.  Pages that are never touched
 * cost nothing.  NULL: no memory.  Given back by munmap(), the address is not used again. */
void *l62_memory_map(uint64_t size, int access);

/*
 * Blocks of up to any size from such pages, zeroed or not, aligned to 16 bytes, to a page from
 * one page on.  Freed blocks are used again, the last one first.  NULL: no memory.  put: room
 * is what was asked for.  With AddressSanitizer it is the C library's heap, which finds more.
 */
void *l62_memory_get(uint64_t room);
void l62_memory_put(void *memory, uint64_t room);

#endif
