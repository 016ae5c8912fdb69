/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* `ln` and names of addresses. */
#include "print.h"

/* ln groups its digits. */
static void put_address(uint64_t address, FILE *out)
{
	fprintf(out, "(%08x`%08x)", (unsigned)(address >> 32), (unsigned)address);
}

void l62_print_symbol(const struct l62_verify *run, uint64_t address, bool offset, FILE *out)
{
	struct l62_symbol symbol;

	if (!l62_symbols_find(&run->symbols, address, &symbol))
		return;
	fputs(symbol.module, out);
	if (symbol.name)
		fprintf(out, "!%s", symbol.name);
	if ((offset || !symbol.name) && address != symbol.start)
		fprintf(out, "+0x%" PRIx64, address - symbol.start);
}

void l62_verify_print_near(const struct l62_verify *run, uint64_t address, FILE *out)
{
	struct l62_symbol symbol;
	struct l62_line line;

	if (!l62_symbols_find(&run->symbols, address, &symbol))
		return; /* so does the debugger */
	if (l62_symbols_line(&run->symbols, address, &line)) {
		fprintf(out, "%s(%u)", line.file, line.line);
		if (address != line.start)
			fprintf(out, "+0x%" PRIx64, address - line.start);
		fputc('\n', out);
	}
	put_address(symbol.start, out);
	fputs("   ", out);
	l62_print_symbol(run, address, true, out);
	if (symbol.next_name) {
		fputs("   |  ", out);
		put_address(symbol.next, out);
		fprintf(out, "   %s!%s", symbol.module, symbol.next_name);
	}
	fputc('\n', out);
}
