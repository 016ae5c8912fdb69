/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* `k` and `lm`.  Stack pointers are not kept, so `k` shows what `kL` does without
 * Child-SP, with each frame's line in the driver. */
#include "print.h"

void l62_verify_print_stack(const struct l62_verify *run, FILE *out)
{
	const uint64_t *frames;
	size_t count = l62_read_stack(run, run->arena->stack, &frames);
	struct l62_line line;

	if (count == 0) {
		fputs(run->verdict == L62_VERDICT_CLEAN
		              ? "There is no stack: the driver was unloaded.\n"
		              : "There is no stack: where the run ended is not known.\n",
		      out);
		return;
	}
	fputs(" # RetAddr           Call Site\n", out);
	for (size_t i = 0; i < count; i++) {
		fprintf(out, "%02x ", (unsigned)i);
		l62_print_address(i + 1 < count ? frames[i + 1] : 0, out);
		fputc(' ', out);
		l62_print_symbol(run, frames[i], true, out);
		if (l62_symbols_line(&run->symbols, frames[i] - 1, &line))
			fprintf(out, " [%s @ %u]", line.file, line.line);
		fputc('\n', out);
	}
}

void l62_verify_print_modules(const struct l62_verify *run, FILE *out)
{
	fputs("start             end                 module name\n", out);
	l62_print_address(run->symbols.base, out);
	fputc(' ', out);
	l62_print_address(run->symbols.base + run->symbols.size, out);
	fprintf(out, "   %-10s (%s)\n", run->symbols.module,
	        run->symbols.pdb.symbol_count ? "private pdb symbols" : "no symbols");
}
