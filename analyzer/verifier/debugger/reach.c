/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Who points to the blocks that are left, as tracker/reach.h has found out. */
#include "print.h"

#include <string.h>

const struct l62_held *l62_block_held(const struct l62_verify *run,
                                      const struct l62_block *block)
{
	const struct l62_held *held = &run->arena->held[block - run->arena->blocks];

	if (run->arena->reached != 1 || held->reach == L62_REACH_UNKNOWN ||
	    held->reach > L62_REACH_LOST)
		return NULL;
	return held;
}

const struct l62_block *l62_held_block(const struct l62_verify *run,
                                       const struct l62_held *held)
{
	if (held->holder != L62_HOLDER_BLOCK || held->which == 0 ||
	    held->which >= L62_BLOCKS_MOST)
		return NULL;
	return &run->arena->blocks[held->which];
}

/* " +0x18" */
static void add_offset(char *text, size_t size, uint64_t offset)
{
	size_t length = strlen(text);

	if (offset)
		snprintf(text + length, size - length, "+0x%" PRIx64, offset);
}

void l62_held_text(const struct l62_verify *run, const struct l62_held *held, char *text,
                   size_t size)
{
	const struct l62_block *block = l62_held_block(run, held);
	struct l62_left_entry entry;
	struct l62_symbol symbol;
	char tag[5];

	snprintf(text, size, "%s", "");
	if (held->holder == L62_HOLDER_IMAGE &&
	    l62_symbols_find(&run->symbols, held->at, &symbol)) {
		snprintf(text, size, "%s%s%s", symbol.module, symbol.name ? "!" : "",
		         symbol.name ? symbol.name : "");
		add_offset(text, size, held->at - symbol.start);
	} else if (block) {
		l62_tag_text(block->tag, tag);
		snprintf(text, size, "block 0x%016" PRIx64 " (%s)", block->address, tag);
		add_offset(text, size, held->at - block->address);
	} else if (held->holder == L62_HOLDER_LEFT && held->which < L62_LEFT_MOST &&
	           held->which < run->arena->left_count &&
	           l62_left_get(run, held->which, &entry)) {
		uint64_t offset = held->at - entry.left->address;
		bool extension =
		        entry.left->kind == L62_LEDGER_DEVICE && offset >= L62_DEVICE_ROOM;

		snprintf(text, size, "%s%s 0x%016" PRIx64 "%s%s%s",
		         extension ? "the extension of " : "", entry.noun, entry.left->address,
		         entry.detail[0] ? " (" : "", entry.detail, entry.detail[0] ? ")" : "");
		/* A thread's stack is no part of its object. */
		if (offset < entry.left->size)
			add_offset(text, size, extension ? offset - L62_DEVICE_ROOM : offset);
	} else if (held->holder == L62_HOLDER_ROOT && held->which < L62_ROOTS_MOST) {
		const struct l62_root *root = &run->arena->roots[held->which];

		snprintf(text, size, "%.*s", (int)sizeof(root->what), root->what);
		l62_error_clean(text);
		if (held->at - root->address < root->size)
			add_offset(text, size, held->at - root->address);
	}
}
