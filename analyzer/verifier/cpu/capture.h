/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Stacks of the running fiber, newest frame first: the driver's frames by address,
 * the kernel's own by the addresses of frames.def.
 */
#ifndef LEAK62_VERIFIER_CAPTURE_H
#define LEAK62_VERIFIER_CAPTURE_H

#include <stddef.h>
#include <stdint.h>

#include "loader/unwind.h"

/* Where frames.def's frames lie, 64 KiB apart.  Nothing is ever read there. */
#define L62_FRAME_BASE UINT64_C(0xfffff80310000000)
#define L62_FRAME_STRIDE UINT64_C(0x10000)

/* From the newest call of the driver into the kernel, with own (up to
 * L62_FRAME_END, or NULL) above it.  Returns how many frames were stored. */
size_t l62_capture(uint64_t *frames, size_t most, const uint16_t *own);

/* From a fault in the driver's code. */
size_t l62_capture_from(uint64_t *frames, size_t most, const struct l62_registers *registers);

/* The driver's address that called the kernel last; 0: none. */
uint64_t l62_capture_caller(void);

#endif
