/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What a run has left, item by item; see leak62/verified.h. */
#include "leak62/verified.h"

#include <string.h>

#include "debugger/print.h"

static const char *const kinds[] = {
#define L62_KIND(kind, noun, tag, counted, rule, loss) #kind,
#include "leak62/resources.def"
};

enum { REFERENCE_BY_POINTER = 0x18, DETECTED_VIOLATION = 0xc4, BAD_POOL_CALLER = 0xc2 };
/* 0xC4: frees of what is no allocation, or at the wrong time. */
enum { FREE_FIRST = 0x10, FREE_LAST = 0x16 };

bool l62_verified_ended(const struct l62_verify *run)
{
	return run->arena->checked != 0;
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

/* What a run that stopped early lists is what it stopped for; see tracker/ledger.h. */
static bool is_blamed(const struct l62_verify *run)
{
	return !run->arena->checked && !run->arena->cannot_unload;
}

static bool is_wrong_free(const struct l62_verify *run)
{
	uint64_t arguments[4];
	uint32_t code = l62_verify_bugcheck(run, arguments);

	return code == BAD_POOL_CALLER ||
	       (code == REFERENCE_BY_POINTER && arguments[3] == UINT64_MAX) ||
	       (code == DETECTED_VIOLATION && arguments[0] >= FREE_FIRST &&
	        arguments[0] <= FREE_LAST);
}

static void set_kind(struct l62_item *item, uint32_t kind)
{
	if (kind < sizeof(kinds) / sizeof(*kinds)) {
		item->kind = kinds[kind];
		item->noun = l62_kind_noun(kind);
	}
}

static bool read_released(const struct l62_verify *run, size_t index, struct l62_item *item)
{
	const struct l62_trace_log *log = run->trace.log;
	const struct l62_trace_life *life;

	if (!log || index >= log->released || index >= L62_TRACE_LIVES)
		return false;
	life = &log->lives[index];
	item->begin = life->begin;
	item->end = life->end;
	item->sort = L62_ITEM_BLOCK;
	if (life->ledger == L62_LEDGER_COUNT) {
		l62_tag_text(life->tag, item->tag);
	} else {
		item->sort = L62_ITEM_LEDGER;
		item->ledger = l62_left_name(life->ledger);
	}
	set_kind(item, life->kind);
	fill_places(run, life->stack, item);
	return true;
}

static void read_block(const struct l62_verify *run, size_t index, struct l62_item *item)
{
	const struct l62_block *block = &run->arena->blocks[run->blocks[index]];

	item->sort = L62_ITEM_BLOCK;
	item->size = block->size;
	item->begin = block->moment;
	l62_tag_text(block->tag, item->tag);
	set_kind(item, block->kind);
	fill_places(run, block->stack, item);
}

bool l62_verified_item(const struct l62_verify *run, size_t index, struct l62_item *item)
{
	size_t blocks = run->block_count, left = l62_verify_left_count(run);
	size_t wrong = l62_verify_wrong_free_count(run);
	struct l62_wrong_free_entry bad;
	struct l62_left_entry entry;

	memset(item, 0, sizeof(*item));
	item->end = L62_ITEM_LEFT;
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
		item->begin = entry.left->moment;
		item->blamed = is_blamed(run);
		set_kind(item, entry.left->resource);
		item->noun = entry.noun;
		item->size = entry.left->size;
		fill_places(run, entry.left->stack, item);
		return true;
	}
	index -= left;
	if (index < wrong) {
		item->sort = L62_ITEM_WRONG_FREE;
		item->noun = "given to a routine that does not free it";
		if (l62_wrong_free_get(run, index, &bad)) {
			set_kind(item, bad.wrong->kind);
			item->noun = bad.given_to;
			fill_places(run, bad.wrong->stack, item);
		}
		return true;
	}
	index -= wrong;
	if (!is_wrong_free(run))
		return read_released(run, index, item);
	if (index > 0)
		return read_released(run, index - 1, item);
	item->sort = L62_ITEM_WRONG_FREE;
	item->noun = l62_bugcheck_name(run->arena->code);
	fill_places(run, run->arena->stack, item);
	return true;
}
