/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What a run has left, item by item; see leak62/verified.h. */
#include "leak62/verified.h"

#include <string.h>

#include "debugger/print.h"

static const struct {
	const char *name, *noun;
} kinds[] = {
#define L62_KIND(kind, noun, tag, counted, rule, loss) {#kind, noun},
#include "leak62/resources.def"
};

enum { DETECTED_VIOLATION = 0xc4, BAD_POOL_CALLER = 0xc2 };
/* 0xC4: frees of what is no allocation, or at the wrong time. */
enum { FREE_FIRST = 0x10, FREE_LAST = 0x16 };

bool l62_verified_ended(const struct l62_verify *run)
{
	return l62_at_unload(run);
}

/* The frames of the driver; a return address is behind the call. */
static void fill_places(const struct l62_verify *run, uint32_t stack, struct l62_item *item)
{
	const uint64_t *frames;
	size_t count = l62_read_stack(run, stack, &frames);

	for (size_t i = 0; i < count && item->place_count < L62_PLACES; i++) {
		struct l62_place *place = &item->places[item->place_count];
		struct l62_symbol symbol;
		struct l62_line line;

		if (frames[i] - run->symbols.base >= run->symbols.size)
			continue;
		*place = (struct l62_place){0};
		if (l62_symbols_line(&run->symbols, frames[i] - 1, &line)) {
			place->file = line.file;
			place->line = line.line;
		}
		if (l62_symbols_find(&run->symbols, frames[i] - 1, &symbol))
			place->function = symbol.name;
		item->place_count++;
	}
}

static bool is_wrong_free(const struct l62_verify *run)
{
	uint64_t arguments[4];
	uint32_t code = l62_verify_bugcheck(run, arguments);

	return code == BAD_POOL_CALLER ||
	       (code == DETECTED_VIOLATION && arguments[0] >= FREE_FIRST &&
	        arguments[0] <= FREE_LAST);
}

static void read_block(const struct l62_verify *run, size_t index, struct l62_item *item)
{
	const struct l62_block *block = &run->arena->blocks[run->blocks[index]];

	item->sort = L62_ITEM_BLOCK;
	item->size = block->size;
	l62_tag_text(block->tag, item->tag);
	if (block->kind < sizeof(kinds) / sizeof(*kinds)) {
		item->kind = kinds[block->kind].name;
		item->noun = kinds[block->kind].noun;
	}
	fill_places(run, block->stack, item);
}

bool l62_verified_item(const struct l62_verify *run, size_t index, struct l62_item *item)
{
	size_t blocks = l62_verified_ended(run) ? run->block_count : 0;
	size_t left = l62_verified_ended(run) ? l62_verify_left_count(run) : 0;
	struct l62_left_entry entry;

	memset(item, 0, sizeof(*item));
	if (index < blocks) {
		read_block(run, index, item);
		return true;
	}
	index -= blocks;
	if (index < left) {
		item->sort = L62_ITEM_LEDGER;
		if (!l62_left_get(run, index, &entry))
			return true; /* the driver wrote there */
		item->ledger = entry.name;
		item->noun = entry.noun;
		item->size = entry.left->size;
		fill_places(run, entry.left->stack, item);
		return true;
	}
	index -= left;
	if (index > 0 || !is_wrong_free(run))
		return false;
	item->sort = L62_ITEM_WRONG_FREE;
	item->noun = "freed wrongly";
	fill_places(run, run->arena->stack, item);
	return true;
}
