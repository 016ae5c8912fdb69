/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Blocks that were given to a routine that frees other things; the arena's entries, checked. */
#include "host.h"
#include "print.h"

static const char *service_name(uint32_t service)
{
	return service && service <= l62_service_count ? l62_services[service - 1].name : NULL;
}

size_t l62_verify_wrong_free_count(const struct l62_verify *run)
{
	uint32_t count = run->arena->wrong_free_count;

	return count < L62_WRONG_FREES_MOST ? count : L62_WRONG_FREES_MOST;
}

static uint64_t caller_of(const struct l62_verify *run, uint32_t stack)
{
	const uint64_t *frames;
	size_t count = l62_read_stack(run, stack, &frames);

	for (size_t i = 0; i < count; i++) {
		if (frames[i] - run->symbols.base < run->symbols.size)
			return frames[i];
	}
	return 0;
}

bool l62_wrong_free_get(const struct l62_verify *run, size_t index,
                        struct l62_wrong_free_entry *entry)
{
	const struct l62_wrong_free *wrong = &run->arena->wrong_frees[index];

	*entry = (struct l62_wrong_free_entry){
	        .made_by = service_name(wrong->made_by),
	        .given_to = service_name(wrong->given_to),
	        .wrong = wrong,
	        .caller = caller_of(run, wrong->stack),
	        .maker = caller_of(run, wrong->made),
	};
	return entry->given_to && wrong->kind < L62_KIND_COUNT;
}

static void print_place(const struct l62_verify *run, uint64_t caller, FILE *out)
{
	struct l62_line line;

	if (!caller)
		return;
	fputs(", from ", out);
	l62_print_symbol(run, caller, true, out);
	/* The call is before the address it returns to. */
	if (l62_symbols_line(&run->symbols, caller - 1, &line))
		fprintf(out, " [%s @ %u]", line.file, line.line);
}

void l62_verify_print_wrong_frees(const struct l62_verify *run, FILE *out)
{
	size_t count = l62_verify_wrong_free_count(run);
	struct l62_wrong_free_entry entry;

	if (count == 0)
		fputs("Nothing was given to a routine that frees other things.\n", out);
	for (size_t i = 0; i < count; i++) {
		if (!l62_wrong_free_get(run, i, &entry))
			continue;
		fprintf(out, "  %s 0x%016" PRIx64, l62_kind_noun(entry.wrong->kind),
		        entry.wrong->address);
		fprintf(out, " was given to %s", entry.given_to);
		if (entry.wrong->count > 1)
			fprintf(out, " %" PRIu64 " times", entry.wrong->count);
		print_place(run, entry.caller, out);
		fputc('\n', out);
		if (entry.made_by) {
			fprintf(out, "    it was made by %s", entry.made_by);
			print_place(run, entry.maker, out);
			fputc('\n', out);
		}
	}
	if (run->arena->wrong_frees_lost)
		fprintf(out, "  and %" PRIu64 " more\n", run->arena->wrong_frees_lost);
}
