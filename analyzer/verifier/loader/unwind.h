/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Unwinding a driver's frames by .pdata and .xdata.  Reads are checked against the
 * image and the stack, so that damaged tables end a walk and nothing else.
 * Source: "x64 exception handling" of the Windows documentation.
 */
#ifndef LEAK62_VERIFIER_UNWIND_H
#define LEAK62_VERIFIER_UNWIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define L62_UNWIND_ROW 12 /* bytes of a RUNTIME_FUNCTION */

/* An image as it lies in memory: at image, for addresses from base on. */
struct l62_unwind_table {
	const uint8_t *image;
	uint64_t base, size;
	uint32_t rva, count; /* of its RUNTIME_FUNCTIONs, which are within the image */
};

/* Registers by their numbers in instructions; rsp is gpr[4]. */
enum { L62_RAX, L62_RCX, L62_RDX, L62_RBX, L62_RSP, L62_RBP, L62_RSI, L62_RDI, L62_R8 };
struct l62_registers {
	uint64_t rip;
	uint64_t gpr[16];
	uint64_t xmm[16][2];
};

/* The stack that may be read. */
struct l62_stack {
	uint64_t low, high;
};

/* From a frame to its caller's.  False if the frame is not in the image or the
 * tables or the stack make no sense: the walk ends. */
bool l62_unwind_step(const struct l62_unwind_table *table, const struct l62_stack *stack,
                     struct l62_registers *registers);

/* The RUNTIME_FUNCTION of rip: begin, end and unwind information, as RVAs. */
bool l62_unwind_find(const struct l62_unwind_table *table, uint64_t rip, uint32_t row[3]);

#endif
