/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Which stacks were made to fail, and how often: a hash table in memory that children share,
 * so that what a run has tried is known also if it crashes.  A key is entered before its
 * count, and one process writes at a time.  The child could write anything here: indices
 * are checked, and sizes are kept outside of what it sees.
 */
#include <stdlib.h>
#include <sys/mman.h>

#include "leak62/faults.h"

struct entry {
	uint64_t key; /* 0: free */
	uint32_t count;
	uint32_t unused;
};

struct shared {
	uint64_t size; /* keys */
	uint64_t full;
	struct entry entries[];
};

struct l62_tried {
	size_t capacity, places; /* places: a power of two */
	struct shared *shared;   /* places entries, then capacity keys in order */
};

static size_t bytes(const struct l62_tried *tried)
{
	return sizeof(struct shared) + tried->places * sizeof(struct entry) +
	       tried->capacity * sizeof(uint64_t);
}

static uint64_t *keys(const struct l62_tried *tried)
{
	return (uint64_t *)(void *)(tried->shared->entries + tried->places);
}

struct l62_tried *l62_tried_create(size_t capacity)
{
	struct l62_tried *tried;
	void *memory;

	if (capacity == 0 || capacity > SIZE_MAX / 64 || !(tried = calloc(1, sizeof(*tried))))
		return NULL;
	tried->capacity = capacity;
	for (tried->places = 16; tried->places < capacity * 2;)
		tried->places *= 2;
	memory = mmap(NULL, bytes(tried), PROT_READ | PROT_WRITE,
	              MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED) {
		free(tried);
		return NULL;
	}
	tried->shared = memory;
	return tried;
}

void l62_tried_destroy(struct l62_tried *tried)
{
	if (!tried)
		return;
	munmap(tried->shared, bytes(tried));
	free(tried);
}

/* The key's place, or the free one where it belongs; NULL: there is none. */
static struct entry *find(const struct l62_tried *tried, uint64_t key)
{
	for (size_t i = 0; i < tried->places; i++) {
		struct entry *entry = &tried->shared->entries[(key + i) & (tried->places - 1)];

		if (entry->key == key || entry->key == 0)
			return entry;
	}
	return NULL;
}

uint32_t l62_tried_count(const struct l62_tried *tried, uint64_t key)
{
	const struct entry *entry = find(tried, key);

	return entry && entry->key == key ? entry->count : 0;
}

bool l62_tried_add(struct l62_tried *tried, uint64_t key, uint32_t times)
{
	struct entry *entry = find(tried, key);
	uint64_t size = tried->shared->size;

	if (entry && entry->key == 0 && size < tried->capacity) {
		keys(tried)[size] = key;
		entry->key = key;
		tried->shared->size = size + 1;
	}
	if (!entry || entry->key != key) {
		tried->shared->full = 1;
		return false;
	}
	entry->count = times > UINT32_MAX - entry->count ? UINT32_MAX : entry->count + times;
	return true;
}

bool l62_tried_is_full(const struct l62_tried *tried)
{
	return tried->shared->full != 0;
}

size_t l62_tried_size(const struct l62_tried *tried)
{
	uint64_t size = tried->shared->size;

	return size < tried->capacity ? (size_t)size : tried->capacity;
}

uint64_t l62_tried_key(const struct l62_tried *tried, size_t index)
{
	return keys(tried)[index];
}
