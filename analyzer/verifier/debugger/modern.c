/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What newer versions of the debugger add to `!analyze -v`.
 * Source: debugger output in public reports of 0xC4/0x62.
 *
 * STACK_TEXT has the return address and the place of each frame; the stack pointers
 * and the arguments' home slots that the debugger shows as well are not kept.
 */
#include "print.h"

enum { VIOLATION = 0xc4, LEFT_AT_UNLOAD = 0x62 };

bool l62_at_unload(const struct l62_verify *run)
{
	uint64_t arguments[4];

	return run->verdict == L62_VERDICT_CLEAN ||
	       (l62_verify_bugcheck(run, arguments) == VIOLATION &&
	        arguments[0] == LEFT_AT_UNLOAD);
}

static void print_frames(const struct l62_verify *run, FILE *out)
{
	const uint64_t *frames;
	size_t count = l62_read_stack(run, run->arena->stack, &frames);
	struct l62_line line;

	if (count == 0)
		return;
	fputs("STACK_TEXT:  \n", out);
	for (size_t i = 0; i < count; i++) {
		l62_print_address(i + 1 < count ? frames[i + 1] : 0, out);
		fputs(" : ", out);
		l62_print_symbol(run, frames[i], true, out);
		if (l62_symbols_line(&run->symbols, frames[i] - 1, &line))
			fprintf(out, " [%s @ %u] ", line.file, line.line);
		fputc('\n', out);
	}
	fputs("\n\n", out);
}

/* Of the newest of the driver's frames. */
static void print_symbol_name(const struct l62_verify *run, FILE *out)
{
	const uint64_t *frames;
	size_t count = l62_read_stack(run, run->arena->stack, &frames);

	for (size_t i = 0; i < count; i++) {
		if (frames[i] - run->symbols.base >= run->symbols.size)
			continue;
		fputs("SYMBOL_NAME:  ", out);
		l62_print_symbol(run, frames[i], true, out);
		fputs("\n\n", out);
		return;
	}
}

void l62_print_details(const struct l62_verify *run, FILE *out)
{
	uint64_t arguments[4];
	uint32_t code = l62_verify_bugcheck(run, arguments);

	fprintf(out, "\nDebugging Details:\n------------------\n\n\nBUGCHECK_CODE:  %x\n\n",
	        code);
	for (int i = 0; i < 4; i++)
		fprintf(out, "BUGCHECK_P%d: %" PRIx64 "\n\n", i + 1, arguments[i]);
	fprintf(out,
	        "IMAGE_NAME:  %s\n\nMODULE_NAME: %s\n\nFAULTING_MODULE: %016" PRIx64 " %s\n\n",
	        run->name, run->symbols.module, run->symbols.base, run->symbols.module);
	/* Requests of the scenario come from the system's own threads. */
	fputs("PROCESS_NAME:  System\n\n", out);
	print_frames(run, out);
	print_symbol_name(run, out);
	if (code == VIOLATION && arguments[0] == LEFT_AT_UNLOAD)
		fprintf(out, "FAILURE_BUCKET_ID:  0xc4_62_VRF_LEAKED_POOL_IMAGE_%s\n",
		        run->name);
	else if (code == VIOLATION)
		fprintf(out, "FAILURE_BUCKET_ID:  0xc4_%" PRIx64 "_VRF_IMAGE_%s\n",
		        arguments[0], run->name);
	else
		fprintf(out, "FAILURE_BUCKET_ID:  0x%X_VRF_IMAGE_%s\n", code, run->name);
	fputs("\nFollowup:     MachineOwner\n---------\n", out);
}
