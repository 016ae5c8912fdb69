/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* verifier_flags.def as an array. */
#ifndef LEAK62_VERIFIER_FLAGS_H
#define LEAK62_VERIFIER_FLAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct l62_verifier_flag {
	enum { L62_STANDARD, L62_ADDITIONAL } group;
	uint32_t value;
	const char *name;
	uint8_t implemented; /* 0: no, 1: yes, 2: when it is asked for */
};
extern const struct l62_verifier_flag l62_verifier_flags[];
extern const size_t l62_verifier_flag_count;

#endif
