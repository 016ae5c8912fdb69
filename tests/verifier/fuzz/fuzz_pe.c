/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * libFuzzer: a driver's file, as the loader takes it: parsed, laid out as an image at
 * another base, its frames unwound from every function's begin, middle and end.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "loader/image.h"
#include "loader/pe.h"

/* Larger images say nothing more about the loader and take longer. */
enum { IMAGE_MOST = 1 << 20, ROWS_MOST = 64, STEPS_MOST = 8, WORDS = 64 };
#define BASE UINT64_C(0xfffff80000000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A stack on which each word might be a return address. */
static void unwind(const struct l62_unwind_table *table, uint64_t rip)
{
	uint64_t words[WORDS];
	struct l62_stack stack = {(uintptr_t)words, (uintptr_t)(words + WORDS)};
	struct l62_registers registers = {.rip = rip};

	for (int i = 0; i < WORDS; i++)
		words[i] = table->base + (uint64_t)i * 0x123 % table->size;
	for (int i = 0; i < 16; i++)
		registers.gpr[i] = stack.low;
	for (int i = 0; i < STEPS_MOST && l62_unwind_step(table, &stack, &registers); i++)
		;
}

static void unwind_all(const struct l62_unwind_table *table)
{
	for (uint32_t i = 0; i < table->count && i < ROWS_MOST; i++) {
		const uint8_t *at = table->image + table->rva + (size_t)i * L62_UNWIND_ROW;
		uint32_t begin = 0, end = 0;

		for (int byte = 3; byte >= 0; byte--) {
			begin = begin << 8 | at[byte];
			end = end << 8 | at[4 + byte];
		}
		unwind(table, table->base + begin);
		unwind(table, table->base + (begin + (uint64_t)end) / 2);
		unwind(table, table->base + end - 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct l62_error err;
	struct l62_image image = {.base = BASE};
	struct l62_pe pe;
	uint8_t *memory;

	if (l62_pe_parse(&pe, data, size, &err) != L62_OK) {
		if (!err.text[0])
			abort();
		return 0;
	}
	memory = pe.image_size <= IMAGE_MOST ? calloc(1, pe.image_size) : NULL;
	if (memory && l62_image_place(&image, &pe, memory, &err) == L62_OK)
		unwind_all(&image.unwind);
	free(memory);
	l62_pe_clear(&pe);
	return 0;
}
