/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the kernel keeps for the driver; see reach.h. */
#include "roots.h"

#include <stdio.h>

#include "host.h"

static struct l62_root_entry *roots;

static void add(const void *memory, uint64_t size, const char *what, uint32_t gone)
{
	struct l62_root_entry *entry = l62_host_alloc(sizeof(*entry));

	entry->root.address = (uintptr_t)memory;
	entry->root.size = size;
	snprintf(entry->root.what, sizeof(entry->root.what), "%s", what);
	entry->gone = gone;
	entry->next = roots;
	roots = entry;
}

void l62_root_add(const void *memory, uint64_t size, const char *what)
{
	add(memory, size, what, 0);
}

void l62_root_gone(const void *memory, uint64_t size, const char *what)
{
	add(memory, size, what, 1);
}

void l62_root_remove(const void *memory)
{
	struct l62_root_entry **link = &roots, *entry;

	while (*link && ((*link)->gone || (*link)->root.address != (uintptr_t)memory))
		link = &(*link)->next;
	entry = *link;
	if (!entry)
		return;
	*link = entry->next;
	l62_host_free(entry);
}

const struct l62_root_entry *l62_roots(void)
{
	return roots;
}
