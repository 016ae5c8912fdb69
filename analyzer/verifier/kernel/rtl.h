/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The C library's routines that the kernel exports.  The compiler's own calls of
 * memcpy and its like in kernel/ are renamed to these when it is linked.
 */
#ifndef LEAK62_VERIFIER_RTL_H
#define LEAK62_VERIFIER_RTL_H

#include <stddef.h>

void *l62_nt_memcpy(void *to, const void *from, size_t size);
void *l62_nt_memmove(void *to, const void *from, size_t size);
void *l62_nt_memset(void *to, int value, size_t size);
int l62_nt_memcmp(const void *a, const void *b, size_t size);

#endif
