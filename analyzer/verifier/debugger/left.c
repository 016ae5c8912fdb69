/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What a driver has left behind besides pool; the arena's entries, checked. */
#include "print.h"

static const struct {
	const char *name, *noun;
	bool fails;
} kinds[] = {
#define L62_LEDGER(id, name, noun, fails, kind) {name, noun, fails},
#include "tracker/ledgers.def"
};

size_t l62_verify_left_count(const struct l62_verify *run)
{
	uint32_t count = run->arena->cannot_unload ? 0 : run->arena->left_count;

	return count < L62_LEFT_MOST ? count : L62_LEFT_MOST;
}

const char *l62_left_name(uint32_t ledger)
{
	return ledger < sizeof(kinds) / sizeof(*kinds) ? kinds[ledger].name : NULL;
}

bool l62_left_get(const struct l62_verify *run, size_t index, struct l62_left_entry *entry)
{
	const struct l62_left *left = &run->arena->left[index];
	const uint64_t *frames;
	size_t count = l62_read_stack(run, left->stack, &frames);

	if (left->kind >= sizeof(kinds) / sizeof(*kinds))
		return false;
	*entry = (struct l62_left_entry){
	        .name = kinds[left->kind].name,
	        .noun = kinds[left->kind].noun,
	        .fails = kinds[left->kind].fails,
	        .left = left,
	};
	snprintf(entry->detail, sizeof(entry->detail), "%.*s", (int)sizeof(left->detail),
	         left->detail);
	l62_error_clean(entry->detail);
	for (size_t i = 0; i < count && !entry->caller; i++) {
		if (frames[i] - run->symbols.base < run->symbols.size)
			entry->caller = frames[i];
	}
	return true;
}

bool l62_verify_left_fails(const struct l62_verify *run)
{
	struct l62_left_entry entry;

	for (size_t i = 0; i < l62_verify_left_count(run); i++) {
		if (l62_left_get(run, i, &entry) && entry.fails)
			return true;
	}
	return false;
}

void l62_verify_print_left(const struct l62_verify *run, FILE *out)
{
	size_t count = l62_verify_left_count(run);
	struct l62_left_entry entry;
	struct l62_line line;

	if (count == 0)
		fputs("Nothing but pool is left behind, if any.\n", out);
	for (size_t i = 0; i < count; i++) {
		if (!l62_left_get(run, i, &entry))
			continue;
		fprintf(out, "  %s", entry.noun);
		if (entry.left->kind != L62_LEDGER_LINK)
			fprintf(out, " 0x%016" PRIx64, entry.left->address);
		if (entry.detail[0])
			fprintf(out, " (%s)", entry.detail);
		if (entry.left->count > 1)
			fprintf(out, ", %" PRIu64 " times", entry.left->count);
		if (entry.caller) {
			fputs(", from ", out);
			l62_print_symbol(run, entry.caller, true, out);
			/* The call is before the address it returns to. */
			if (l62_symbols_line(&run->symbols, entry.caller - 1, &line))
				fprintf(out, " [%s @ %u]", line.file, line.line);
		}
		fputc('\n', out);
	}
	if (run->arena->left_lost)
		fprintf(out, "  and %" PRIu64 " more\n", run->arena->left_lost);
}
