/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* `!verifier 0x80 ADDRESS`: the operations on a block, newest first. */
#include "print.h"

enum { FRAMES_MOST = 13 };

static void print_operation(const struct l62_verify *run, const struct l62_operation *operation,
                            FILE *out)
{
	const uint64_t *frames;
	size_t count = l62_read_stack(run, operation->stack, &frames);

	fprintf(out,
	        "\nPool block %016" PRIx64 ", Size %016" PRIx64 ", Thread %016" PRIx64 "\n",
	        operation->address, operation->size, operation->thread);
	for (size_t i = 0; i < count && i < FRAMES_MOST; i++) {
		fprintf(out, "%016" PRIx64 " ", frames[i]);
		l62_print_symbol(run, frames[i], true, out);
		fputc('\n', out);
	}
}

void l62_verify_print_log(const struct l62_verify *run, uint64_t address, FILE *out)
{
	size_t count = l62_read_operations(run);

	fprintf(out,
	        "\nLog of recent kernel pool Allocate and Free operations:\n"
	        "\nThere are up to 0x%x entries in the log.\n"
	        "\nParsing 0x%08x log entries, searching for address 0x%016" PRIx64 ".\n",
	        L62_RING_SIZE, L62_RING_SIZE, address);
	for (size_t i = 0; i < count; i++) {
		const struct l62_operation *operation = l62_read_operation(run, i);
		uint64_t size = operation->size ? operation->size : 1;

		if (address - operation->address >= size)
			continue;
		fputs("\n# \n", out);
		print_operation(run, operation, out);
	}
}
