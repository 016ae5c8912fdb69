/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Little-endian reads from unaligned memory, and what pe.c and pe_import.c share. */
#ifndef LEAK62_VERIFIER_PE_READ_H
#define LEAK62_VERIFIER_PE_READ_H

#include <string.h>

#include "pe.h"

static inline uint16_t l62_read16(const void *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static inline uint32_t l62_read32(const void *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static inline uint64_t l62_read64(const void *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

int l62_pe_read_imports(struct l62_pe *pe, struct l62_pe_range imports,
                        struct l62_pe_range delayed, struct l62_error *err);

#endif
