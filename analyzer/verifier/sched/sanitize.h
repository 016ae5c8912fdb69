/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Tells AddressSanitizer which stack is in use; without it these are nothing. */
#ifndef LEAK62_VERIFIER_SANITIZE_H
#define LEAK62_VERIFIER_SANITIZE_H

#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/common_interface_defs.h>
#define L62_SANITIZED 1
#endif
#endif

/* Before a switch to the stack of size bytes; *keep belongs to the fiber that is left,
 * NULL if it ends. */
static inline void l62_sanitize_leave(void **keep, const void *stack, size_t size)
{
#ifdef L62_SANITIZED
	__sanitizer_start_switch_fiber(keep, stack, size);
#else
	(void)keep;
	(void)stack;
	(void)size;
#endif
}

/* On the new stack; kept is what was kept when the fiber was left. */
static inline void l62_sanitize_enter(void *kept)
{
#ifdef L62_SANITIZED
	__sanitizer_finish_switch_fiber(kept, NULL, NULL);
#else
	(void)kept;
#endif
}

#endif
