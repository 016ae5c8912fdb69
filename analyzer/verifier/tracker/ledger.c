/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Entries in a hash by kind and address, and in the order they were made; see ledger.h. */
#include "ledger.h"

#include <stddef.h>

#include "cpu/capture.h"
#include "host.h"
#include "run/child.h"
#include "tracker.h"

enum { BUCKETS = 1024 };

struct entry {
	struct entry *next;            /* in its bucket */
	struct entry *older, *younger; /* of all */
	struct l62_left left;
};

static struct entry *buckets[BUCKETS], *oldest, *youngest;

static struct entry **find(uint32_t kind, uint64_t address)
{
	struct entry **link = &buckets[(address >> 3 ^ address >> 13 ^ kind) % BUCKETS];

	while (*link && ((*link)->left.kind != kind || (*link)->left.address != address))
		link = &(*link)->next;
	return link;
}

void l62_ledger_add(uint32_t kind, uint64_t address, uint64_t size, const char *detail)
{
	struct entry **link = find(kind, address), *entry = *link;
	uint64_t frames[L62_STACK_DEPTH];
	size_t count;

	/* What the kernel does of its own accord is not the driver's. */
	if (!l62_capture_caller())
		return;
	if (entry) {
		entry->left.count++;
		return;
	}
	entry = l62_host_alloc(sizeof(*entry));
	count = l62_capture(frames, L62_STACK_DEPTH, NULL);
	entry->left = (struct l62_left){
	        .address = address,
	        .size = size,
	        .count = 1,
	        .kind = kind,
	        .stack = l62_stack_store(l62_child_arena(), frames, count),
	};
	for (size_t i = 0; detail && detail[i] && i + 1 < sizeof(entry->left.detail); i++)
		entry->left.detail[i] = detail[i];
	entry->older = youngest;
	if (youngest)
		youngest->younger = entry;
	else
		oldest = entry;
	youngest = entry;
	*link = entry;
}

void l62_ledger_remove(uint32_t kind, uint64_t address)
{
	struct entry **link = find(kind, address), *entry = *link;

	if (!entry || --entry->left.count)
		return;
	*link = entry->next;
	if (entry->older)
		entry->older->younger = entry->younger;
	else
		oldest = entry->younger;
	if (entry->younger)
		entry->younger->older = entry->older;
	else
		youngest = entry->older;
	l62_host_free(entry);
}

int32_t l62_ledger_get(uint32_t kind, uint32_t index, uint64_t *address, uint64_t *size)
{
	for (const struct entry *entry = oldest; entry; entry = entry->younger) {
		if (entry->left.kind != kind || index-- != 0)
			continue;
		*address = entry->left.address;
		*size = entry->left.size;
		return 1;
	}
	return 0;
}

int32_t l62_ledger_tracks_pages(void)
{
	return (l62_child_flags() & L62_FLAG_POOL_TRACKING) != 0;
}

void l62_ledger_report(struct l62_arena *arena)
{
	arena->left_count = 0;
	arena->left_lost = 0;
	for (const struct entry *entry = oldest; entry; entry = entry->younger) {
		if (arena->left_count < L62_LEFT_MOST)
			arena->left[arena->left_count++] = entry->left;
		else
			arena->left_lost++;
	}
}
