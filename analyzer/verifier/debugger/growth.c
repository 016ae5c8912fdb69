/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* `!growth`: what has grown from iteration to iteration, as tracker/growth.h has noted. */
#include <stdlib.h>

#include "print.h"

static int by_bytes(const void *a, const void *b)
{
	const struct l62_growth *x = a, *y = b;

	if (x->use->bytes != y->use->bytes)
		return x->use->bytes < y->use->bytes ? 1 : -1;
	return (x->stack > y->stack) - (x->stack < y->stack);
}

static bool grows(const struct l62_verify *run, const struct l62_use *use)
{
	uint32_t iterations = run->arena->iterations;

	return iterations > 1 && use->grown == iterations - 1;
}

struct l62_growth *l62_growths_make(const struct l62_verify *run, size_t *count)
{
	const struct l62_arena *arena = run->arena;
	uint32_t used =
	        arena->stacks_used < L62_STACKS_MOST ? arena->stacks_used : L62_STACKS_MOST;
	struct l62_growth *growths;

	*count = 0;
	for (uint32_t i = 1; i < used; i++)
		*count += grows(run, &arena->uses[i]);
	growths = *count ? calloc(*count, sizeof(*growths)) : NULL;
	*count = 0;
	for (uint32_t i = 1; growths && i < used; i++) {
		struct l62_growth growth = {.use = &arena->uses[i], .stack = i};

		if (!grows(run, growth.use))
			continue;
		growth.caller = l62_stack_caller(run, i);
		growth.origin = l62_stack_origin(run, i, growth.caller);
		growths[(*count)++] = growth;
	}
	if (growths)
		qsort(growths, *count, sizeof(*growths), by_bytes);
	return growths;
}

size_t l62_verify_growth_count(const struct l62_verify *run)
{
	size_t count;

	free(l62_growths_make(run, &count));
	return count;
}

unsigned l62_verify_iterations(const struct l62_verify *run)
{
	return run->arena->iterations;
}

bool l62_verify_cannot_unload(const struct l62_verify *run)
{
	return run->verdict == L62_VERDICT_CLEAN && run->arena->cannot_unload;
}

void l62_verify_print_growth(const struct l62_verify *run, FILE *out)
{
	size_t count;
	struct l62_growth *growths = l62_growths_make(run, &count);
	unsigned iterations = run->arena->iterations;

	if (iterations < 2)
		fputs("There were no two iterations to compare: see --iterations.\n", out);
	else if (count == 0)
		fprintf(out, "Nothing has grown with each of %u iterations.\n", iterations);
	else
		fprintf(out,
		        "Live blocks that were more after each of %u iterations, by stack:\n\n"
		        "      More each   First       Last        Tag   Caller\n"
		        "      ----------  ----------  ----------  ----  ------------------\n",
		        iterations);
	for (size_t i = 0; i < count; i++) {
		const struct l62_growth *growth = &growths[i];
		char tag[5];

		l62_tag_text(growth->use->tag, tag);
		fprintf(out,
		        "      0x%08" PRIx64 "  0x%08" PRIx64 "  0x%08" PRIx64
		        "  %s  0x%016" PRIx64 "  ",
		        growth->use->least, growth->use->first, growth->use->live_then, tag,
		        growth->origin);
		l62_print_place(run, growth->origin, out);
		if (growth->origin != growth->caller) {
			fputs(" by way of ", out);
			l62_print_symbol(run, growth->caller, false, out);
		}
		fputc('\n', out);
		l62_print_callers(run, growth->stack, out);
	}
	free(growths);
}
