/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Entries in a hash by kind and address, and in the order they were made; see ledger.h.
 *
 * The same thing may be taken several times, at several places: references, locks.  Each
 * place has an entry.  Nothing says which of them is given back; the guess is the newest that
 * was taken under the same routine that the kernel has called now (a request that takes and
 * gives), else the oldest (what DriverEntry took and unload gives).
 */
#include "ledger.h"

#include <stddef.h>
#include <string.h>

#include "cpu/capture.h"
#include "cpu/trace.h"
#include "host.h"
#include "loader/image.h"
#include "loader/unwind.h"
#include "run/child.h"
#include "tracker.h"

enum { BUCKETS = 1024 };

struct entry {
	struct entry *next;            /* in its bucket */
	struct entry *older, *younger; /* of all */
	uint64_t routine; /* the driver's, that the kernel had called; 0: not known */
	uint64_t content; /* of a cookie; else 0 */
	struct l62_left left;
};

static struct entry *buckets[BUCKETS], *oldest, *youngest;

/* What the services book themselves. */
static const uint32_t resources[] = {
#define L62_LEDGER(id, name, noun, fails, kind) L62_KIND_##kind,
#include "ledgers.def"
};

static struct entry **bucket_of(uint32_t kind, uint64_t address)
{
	return &buckets[(address >> 3 ^ address >> 13 ^ kind) % BUCKETS];
}

static bool is(const struct entry *entry, uint32_t kind, uint64_t address)
{
	return entry->left.kind == kind && entry->left.address == address;
}

/* The oldest frame of the driver's: where the function begins. */
static uint64_t routine_of(const uint64_t *frames, size_t count)
{
	const struct l62_image *image = l62_image_loaded();
	uint32_t row[3];

	for (size_t i = count; image && i-- > 0;) {
		if (frames[i] - image->base < image->size)
			return l62_unwind_find(&image->unwind, frames[i] - 1, row)
			               ? image->base + row[0]
			               : frames[i];
	}
	return 0;
}

void l62_ledger_take(uint32_t kind, uint32_t resource, uint64_t address, uint64_t size,
                     const char *detail)
{
	struct entry **bucket = bucket_of(kind, address), *entry;
	uint64_t frames[L62_STACK_DEPTH];
	uint32_t stack;
	size_t count;

	/* What the kernel does of its own accord is not the driver's. */
	if (!l62_capture_caller())
		return;
	count = l62_capture(frames, L62_STACK_DEPTH, NULL);
	stack = l62_stack_store(l62_child_arena(), frames, count);
	for (entry = *bucket; entry; entry = entry->next) {
		if (is(entry, kind, address) && entry->left.stack == stack) {
			entry->left.count++;
			return;
		}
	}
	entry = l62_host_alloc(sizeof(*entry));
	entry->left = (struct l62_left){
	        .address = address,
	        .size = size,
	        .count = 1,
	        .kind = kind,
	        .resource = resource,
	        .moment = l62_trace_moment(),
	        .stack = stack,
	};
	entry->routine = routine_of(frames, count);
	if (resource == L62_KIND_REGISTERED)
		memcpy(&entry->content, (const void *)(uintptr_t)address,
		       sizeof(entry->content));
	for (size_t i = 0; detail && detail[i] && i + 1 < sizeof(entry->left.detail); i++)
		entry->left.detail[i] = detail[i];
	entry->older = youngest;
	if (youngest)
		youngest->younger = entry;
	else
		oldest = entry;
	youngest = entry;
	entry->next = *bucket;
	*bucket = entry;
}

void l62_ledger_add(uint32_t kind, uint64_t address, uint64_t size, const char *detail)
{
	l62_ledger_take(kind, resources[kind], address, size, detail);
}

bool l62_ledger_has(uint32_t kind, uint64_t address)
{
	for (const struct entry *entry = *bucket_of(kind, address); entry;
	     entry = entry->next) {
		if (is(entry, kind, address))
			return true;
	}
	return false;
}

uint64_t l62_ledger_find_content(uint32_t kind, uint64_t value)
{
	for (const struct entry *entry = youngest; entry && value; entry = entry->older) {
		if (entry->left.kind == kind && entry->content == value)
			return entry->left.address;
	}
	return value;
}

/* Buckets begin with the newest. */
static struct entry **choose(uint32_t kind, uint64_t address)
{
	struct entry **link = bucket_of(kind, address), **found = NULL;
	uint64_t frames[L62_STACK_DEPTH], routine = 0;
	bool several = false;

	for (; *link; link = &(*link)->next) {
		if (!is(*link, kind, address))
			continue;
		several = found != NULL;
		found = link;
	}
	if (!several)
		return found;
	if (l62_capture_caller())
		routine = routine_of(frames, l62_capture(frames, L62_STACK_DEPTH, NULL));
	for (link = bucket_of(kind, address); routine && *link; link = &(*link)->next) {
		if (is(*link, kind, address) && (*link)->routine == routine)
			return link;
	}
	return found;
}

void l62_ledger_remove(uint32_t kind, uint64_t address)
{
	struct entry **link = choose(kind, address), *entry = link ? *link : NULL;

	if (!entry || --entry->left.count)
		return;
	l62_trace_released(entry->left.resource, kind, 0, entry->left.stack,
	                   entry->left.moment);
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

static void report(struct l62_arena *arena, const struct entry *entry)
{
	if (arena->left_count < L62_LEFT_MOST)
		arena->left[arena->left_count++] = entry->left;
	else
		arena->left_lost++;
}

void l62_ledger_report(struct l62_arena *arena)
{
	arena->left_count = 0;
	arena->left_lost = 0;
	for (const struct entry *entry = oldest; entry; entry = entry->younger)
		report(arena, entry);
}

void l62_ledger_report_held(struct l62_arena *arena, uint64_t address)
{
	for (const struct entry *entry = oldest; entry; entry = entry->younger) {
		if (is(entry, L62_LEDGER_REMOVE_LOCK, address) ||
		    is(entry, L62_LEDGER_RUNDOWN, address) ||
		    is(entry, L62_LEDGER_RESOURCE, address) ||
		    is(entry, L62_LEDGER_LOOKASIDE, address) ||
		    is(entry, L62_LEDGER_TIMER, address))
			report(arena, entry);
	}
}
