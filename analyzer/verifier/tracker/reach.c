/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Mark and sweep over live blocks; see reach.h. */
#include "reach.h"

#include <stdbool.h>
#include <stdlib.h>

#include "host.h"
#include "loader/image.h"
#include "roots.h"
#include "sched/sched.h"

enum { PASSIVE_LEVEL = 0 };

/* Memory that is held or not: a live block, contiguous memory or a common buffer. */
struct node {
	uint64_t address, size;
	uint32_t block; /* index; 0: no block */
	uint32_t left;  /* its index then */
	bool marked, pointed_to;
};

struct mark {
	struct l62_arena *arena;
	struct node *nodes; /* by address */
	size_t count;
	size_t *queue; /* of marked nodes, to be scanned */
	size_t first, last;
	uint64_t low, high;
	/* Of what is scanned now. */
	uint8_t holder, reach;
	uint32_t which;
	bool look_only; /* sets pointed_to and marks nothing */
	const struct node *self;
};

static int by_address(const void *a, const void *b)
{
	const struct node *x = a, *y = b;

	return (x->address > y->address) - (x->address < y->address);
}

static struct node *node_at(const struct mark *mark, uint64_t address)
{
	size_t low = 0, high = mark->count;
	struct node *node;

	if (address < mark->low || address >= mark->high)
		return NULL;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (mark->nodes[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	node = low ? &mark->nodes[low - 1] : NULL;
	return node && address - node->address < node->size ? node : NULL;
}

/* at: where the pointer is; 0: nowhere in memory. */
static void hold(struct mark *mark, uint64_t pointer, uint64_t at)
{
	struct node *node = node_at(mark, pointer);
	struct l62_held *held;

	if (!node || node == mark->self)
		return;
	node->pointed_to = true;
	if (mark->look_only || node->marked)
		return;
	node->marked = true;
	mark->queue[mark->last++] = (size_t)(node - mark->nodes);
	if (!node->block)
		return;
	held = &mark->arena->held[node->block];
	held->at = at;
	held->which = mark->which;
	held->holder = mark->holder;
	held->reach = mark->reach;
}

/* Of memory that another thread of our own process's sanitizer may have poisoned. */
__attribute__((no_sanitize("address"))) static uint64_t word_at(uint64_t at)
{
	return *(const volatile uint64_t *)(uintptr_t)at;
}

static void scan(struct mark *mark, uint64_t address, uint64_t size)
{
	uint64_t end = (address + size) & ~UINT64_C(7);

	for (uint64_t at = (address + 7) & ~UINT64_C(7); at < end; at += 8)
		hold(mark, word_at(at), at);
}

static void scan_from(struct mark *mark, enum l62_holder holder, uint32_t which,
                      uint64_t address, uint64_t size)
{
	mark->holder = (uint8_t)holder;
	mark->which = which;
	scan(mark, address, size);
}

static void scan_node(struct mark *mark, const struct node *node)
{
	mark->self = node;
	if (node->block)
		scan_from(mark, L62_HOLDER_BLOCK, node->block, node->address, node->size);
	else
		scan_from(mark, L62_HOLDER_LEFT, node->left, node->address, node->size);
	mark->self = NULL;
}

static void scan_marked(struct mark *mark)
{
	while (mark->first < mark->last)
		scan_node(mark, &mark->nodes[mark->queue[mark->first++]]);
}

static void scan_image(struct mark *mark)
{
	const struct l62_image *image = l62_image_loaded();
	const struct l62_pe *pe = l62_image_file();

	for (size_t i = 0; image && i < pe->section_count; i++) {
		const struct l62_pe_section *section = &pe->sections[i];

		if (section->flags & L62_PE_WRITE)
			scan_from(mark, L62_HOLDER_IMAGE, 0, image->base + section->rva,
			          section->size);
	}
}

static void scan_left(struct mark *mark)
{
	for (uint32_t i = 0; i < mark->arena->left_count; i++) {
		const struct l62_left *left = &mark->arena->left[i];
		uint64_t low, high;

		mark->holder = L62_HOLDER_LEFT;
		mark->which = i;
		switch (left->kind) {
		case L62_LEDGER_DEVICE:
			scan(mark, left->address, left->size);
			break;
		case L62_LEDGER_THREAD:
			if (l62_sched_stack_of((void *)(uintptr_t)left->address, &low, &high))
				scan(mark, low, high - low);
			break;
		case L62_LEDGER_TIMER:
		case L62_LEDGER_DPC:
		case L62_LEDGER_LOOKASIDE:
		case L62_LEDGER_RESOURCE:
			hold(mark, left->address, 0);
			break;
		default:
			break;
		}
	}
}

static void scan_roots(struct mark *mark, bool gone)
{
	struct l62_arena *arena = mark->arena;

	for (const struct l62_root_entry *entry = l62_roots(); entry; entry = entry->next) {
		if (!entry->gone != !gone)
			continue;
		/* Beyond the room, they hold all the same, by the last one's name. */
		if (arena->root_count < L62_ROOTS_MOST)
			arena->roots[arena->root_count++] = entry->root;
		scan_from(mark, L62_HOLDER_ROOT, arena->root_count - 1, entry->root.address,
		          entry->root.size);
	}
}

/* Lost blocks, the first of a structure first: those behind it are lost with it. */
static void name_lost(struct mark *mark)
{
	struct l62_arena *arena = mark->arena;

	mark->look_only = true;
	for (size_t i = 0; i < mark->count; i++) {
		mark->nodes[i].pointed_to = false;
	}
	for (size_t i = 0; i < mark->count; i++) {
		if (!mark->nodes[i].marked)
			scan_node(mark, &mark->nodes[i]);
	}
	mark->look_only = false;
	mark->reach = L62_REACH_LOST;
	scan_roots(mark, true);
	scan_marked(mark);
	/* At first those that nothing points to; then what is left are rings. */
	for (int ring = 0; ring < 2; ring++) {
		for (size_t i = 0; i < mark->count; i++) {
			struct node *node = &mark->nodes[i];

			if (node->marked || (!ring && node->pointed_to))
				continue;
			node->marked = true;
			if (node->block)
				arena->held[node->block] =
				        (struct l62_held){.reach = L62_REACH_LOST};
			mark->queue[mark->last++] = i;
			scan_marked(mark);
		}
	}
}

static size_t collect(struct mark *mark)
{
	const struct l62_arena *arena = mark->arena;
	size_t count = 0;

	for (uint32_t i = 1; i < arena->blocks_used; i++) {
		const struct l62_block *block = &arena->blocks[i];

		if (block->live)
			mark->nodes[count++] = (struct node){
			        .address = block->address,
			        .size = block->size ? block->size : 1,
			        .block = i,
			};
	}
	for (uint32_t i = 0; i < arena->left_count; i++) {
		bool is_memory = arena->left[i].kind == L62_LEDGER_CONTIGUOUS ||
		                 arena->left[i].kind == L62_LEDGER_COMMON_BUFFER;

		if (is_memory && arena->left[i].size)
			mark->nodes[count++] = (struct node){
			        .address = arena->left[i].address,
			        .size = arena->left[i].size,
			        .left = i,
			};
	}
	return count;
}

void l62_reach_mark(struct l62_arena *arena)
{
	struct mark mark = {.arena = arena, .reach = L62_REACH_FORGOTTEN};
	size_t most = (size_t)arena->statistics.current[0] + arena->statistics.current[1] +
	              arena->left_count;
	uint8_t irql = l62_cpu_irql();

	if (!most)
		return;
	arena->root_count = 0;
	mark.nodes = l62_host_alloc(most * sizeof(*mark.nodes));
	mark.queue = l62_host_alloc(most * sizeof(*mark.queue));
	mark.count = collect(&mark);
	qsort(mark.nodes, mark.count, sizeof(*mark.nodes), by_address);
	if (mark.count) {
		mark.low = mark.nodes[0].address;
		mark.high =
		        mark.nodes[mark.count - 1].address + mark.nodes[mark.count - 1].size;
	}
	/* Paged memory is there at this IRQL. */
	l62_cpu_set_irql(PASSIVE_LEVEL);
	scan_image(&mark);
	scan_left(&mark);
	scan_roots(&mark, false);
	scan_marked(&mark);
	name_lost(&mark);
	l62_cpu_set_irql(irql);
	arena->reached = 1;
	l62_host_free(mark.nodes);
	l62_host_free(mark.queue);
}
