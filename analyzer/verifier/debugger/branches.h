/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The branches of an image's code that matter for its imports, from the file: LLVM's
 * disassembler goes through the executable sections from beginning to end, anew at each
 * address that .pdata or a symbol gives as the start of a routine; what is no instruction is
 * passed over byte by byte.  Without symbols, routines that .pdata does not have, for they
 * need no stack, begin at multiples of 16 behind what ends another.
 */
#ifndef LEAK62_VERIFIER_BRANCHES_H
#define LEAK62_VERIFIER_BRANCHES_H

#include "run/verify.h"

enum l62_branch_kind {
	L62_BRANCH_CALL,        /* of code at target */
	L62_BRANCH_JUMP,        /* to code at target, as the last thing that a routine does */
	L62_BRANCH_CALL_IMPORT, /* through an import's slot, or a register that was loaded from
	                           it */
	L62_BRANCH_JUMP_IMPORT,
	L62_BRANCH_CALL_POINTER, /* through another pointer */
};

struct l62_branch {
	uint32_t rva, next; /* of the instruction, and behind it */
	uint32_t target;    /* RVA; or the index of an import */
	uint32_t routine;   /* RVA of the start that is known last before it; 0: none */
	enum l62_branch_kind kind;
	bool first; /* in its routine, as far as can be told: nothing runs into it */
};

struct l62_branches {
	struct l62_branch *branches; /* by rva */
	size_t count;
};

/* Where the part of a routine begins that .pdata has with rva in it; 0: there is none. */
uint32_t l62_row_of(const struct l62_pe *pe, uint32_t rva);

/* False: no memory, or LLVM has no disassembler for x86.  Free with l62_branches_clear(), which
 * {0} survives. */
bool l62_branches_read(struct l62_branches *code, const struct l62_verify *run);
void l62_branches_clear(struct l62_branches *code);

#endif
