/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Stacks of the running fiber, newest frame first: the driver's frames by address,
 * the kernel's own by the addresses of frames.def.
 */
#ifndef LEAK62_VERIFIER_CAPTURE_H
#define LEAK62_VERIFIER_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loader/unwind.h"
#include "record.h"

/* Where frames.def's frames lie, 64 KiB apart.  Nothing is ever read there. */
#define L62_FRAME_BASE UINT64_C(0xfffff80310000000)
#define L62_FRAME_STRIDE UINT64_C(0x10000)

/* From the newest call of the driver into the kernel, with own (up to
 * L62_FRAME_END, or NULL) above it.  Returns how many frames were stored. */
size_t l62_capture(uint64_t *frames, size_t most, const uint16_t *own);

/* From a fault in the driver's code. */
size_t l62_capture_from(uint64_t *frames, size_t most, const struct l62_registers *registers);

/* The registers when the call of a SERVICE record returns. */
void l62_record_registers(struct l62_registers *registers, const struct l62_record *record);
/* An EXCEPTION record's: false if it was in no code of the driver, nor in a call from there. */
bool l62_seh_enter(struct l62_registers *registers, const struct l62_record *record);
/* Whether the driver was called by that frame of the kernel's, at any depth. */
bool l62_capture_is_within(uint16_t frame);

/* Where the return address of that call lies, its stack arguments 0x28 above; 0: none. */
uint64_t l62_capture_stack(void);

/* The driver's address that called the kernel last; 0: none. */
uint64_t l62_capture_caller(void);

#endif
