/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Unwind codes, for unwind.c and unwind_plan.c. */
#ifndef LEAK62_VERIFIER_UNWIND_CODES_H
#define LEAK62_VERIFIER_UNWIND_CODES_H

#include "unwind.h"

enum {
	L62_CODE_PUSH_NONVOL,
	L62_CODE_ALLOC_LARGE,
	L62_CODE_ALLOC_SMALL,
	L62_CODE_SET_FPREG,
	L62_CODE_SAVE_NONVOL,
	L62_CODE_SAVE_NONVOL_FAR,
	L62_CODE_EPILOG,
	L62_CODE_SPARE,
	L62_CODE_SAVE_XMM128,
	L62_CODE_SAVE_XMM128_FAR,
	L62_CODE_PUSH_MACHFRAME
};
enum { L62_UNWIND_CHAINED = 4 }; /* beside L62_UNWIND_EHANDLER */

/* size bytes at rva; NULL: they are not all in the image. */
static inline const uint8_t *l62_image_at(const struct l62_unwind_table *table, uint64_t rva,
                                          uint64_t size)
{
	if (size > table->size || rva > table->size - size)
		return NULL;
	return table->image + rva;
}

/* The second slot of a code, which not each has: behind the last one the image may end. */
static inline uint32_t l62_code_operand(const uint8_t *code)
{
	return code[2] | (uint32_t)code[3] << 8;
}

/* How many 16-bit slots a code takes; 0: unknown. */
unsigned l62_code_slots(unsigned operation, unsigned info);

#endif
