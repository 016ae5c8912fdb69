/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* `!leaks`: live blocks of one stack together. */
#include <stdlib.h>

#include "print.h"

static bool same(const struct l62_block *a, const struct l62_block *b)
{
	return a->stack == b->stack && a->caller == b->caller && a->tag == b->tag &&
	       a->pool == b->pool;
}

static int by_stack(const void *a, const void *b, void *arg)
{
	const struct l62_block *blocks = arg;
	const struct l62_block *x = &blocks[*(const uint32_t *)a];
	const struct l62_block *y = &blocks[*(const uint32_t *)b];

	if (x->stack != y->stack)
		return x->stack < y->stack ? -1 : 1;
	if (x->caller != y->caller)
		return x->caller < y->caller ? -1 : 1;
	if (x->tag != y->tag)
		return x->tag < y->tag ? -1 : 1;
	if (x->pool != y->pool)
		return x->pool < y->pool ? -1 : 1;
	return (x->sequence > y->sequence) - (x->sequence < y->sequence);
}

static int by_bytes(const void *a, const void *b)
{
	const struct l62_group *x = a, *y = b;

	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? 1 : -1;
	return (x->block->sequence > y->block->sequence) -
	       (x->block->sequence < y->block->sequence);
}

struct l62_group *l62_groups_make(const struct l62_verify *run, size_t *count)
{
	size_t blocks = run->block_count;
	struct l62_group *groups = calloc(blocks ? blocks : 1, sizeof(*groups));
	uint32_t *order = calloc(blocks ? blocks : 1, sizeof(*order));

	*count = 0;
	if (!groups || !order) {
		free(groups);
		free(order);
		return NULL;
	}
	for (size_t i = 0; i < blocks; i++)
		order[i] = run->blocks[i];
	qsort_r(order, blocks, sizeof(*order), by_stack, run->arena->blocks);
	for (size_t i = 0; i < blocks; i++) {
		const struct l62_block *block = &run->arena->blocks[order[i]];

		if (*count == 0 || !same(groups[*count - 1].block, block)) {
			groups[*count].block = block;
			groups[*count].origin = l62_block_origin(run, block);
			++*count;
		}
		groups[*count - 1].count++;
		groups[*count - 1].bytes += block->length;
	}
	free(order);
	qsort(groups, *count, sizeof(*groups), by_bytes);
	return groups;
}

/* "2 forgotten: held by MyDriver!Table+0x8 and the like; 1 lost: nothing points to it" */
static void print_reach(const struct l62_verify *run, const struct l62_group *group, FILE *out)
{
	enum { FORGOTTEN, LOST_WITH, LOST, FATES };
	static const char *const words[FATES] = {"forgotten: held by ", "lost: with ",
	                                         "lost: nothing points to it"};
	const struct l62_held *first[FATES] = {0};
	uint64_t counts[FATES] = {0};
	bool begun = false;

	for (size_t i = 0; i < run->block_count; i++) {
		const struct l62_block *block = &run->arena->blocks[run->blocks[i]];
		const struct l62_held *held =
		        same(block, group->block) ? l62_block_held(run, block) : NULL;
		int fate = LOST;

		if (!held)
			continue;
		if (held->holder != L62_HOLDER_NONE)
			fate = held->reach == L62_REACH_LOST ? LOST_WITH : FORGOTTEN;
		/* Of a list's nodes, that which its head holds tells most. */
		if (counts[fate]++ == 0 || (first[fate]->holder == L62_HOLDER_BLOCK &&
		                            held->holder != L62_HOLDER_BLOCK))
			first[fate] = held;
	}
	for (int fate = 0; fate < FATES; fate++) {
		char text[256] = "";

		if (!counts[fate])
			continue;
		fputs(begun ? "; " : "          ", out);
		begun = true;
		if (group->count > 1)
			fprintf(out, "%" PRIu64 " ", counts[fate]);
		if (fate != LOST)
			l62_held_text(run, first[fate], text, sizeof(text));
		fprintf(out, "%s%s%s", words[fate], text,
		        counts[fate] > 1 && *text ? " and the like" : "");
	}
	if (begun)
		fputc('\n', out);
}

void l62_print_place(const struct l62_verify *run, uint64_t address, FILE *out)
{
	struct l62_line line;

	l62_print_symbol(run, address, true, out);
	/* The call is before the address it returns to. */
	if (l62_symbols_line(&run->symbols, address - 1, &line))
		fprintf(out, " [%s @ %u]", line.file, line.line);
}

void l62_verify_print_groups(const struct l62_verify *run, FILE *out)
{
	size_t count;
	struct l62_group *groups = l62_groups_make(run, &count);

	if (count == 0) {
		fputs("There are no live blocks.\n", out);
		free(groups);
		return;
	}
	fputs("Live blocks by stack:\n\n"
	      "      Count       Bytes       Tag   Caller\n"
	      "      ----------  ----------  ----  ------------------\n",
	      out);
	for (size_t i = 0; i < count; i++) {
		const struct l62_group *group = &groups[i];
		uint64_t origin = group->origin ? group->origin : group->block->caller;
		char tag[5];

		l62_tag_text(group->block->tag, tag);
		fprintf(out, "      0x%08" PRIx64 "  0x%08" PRIx64 "  %s  0x%016" PRIx64 "  ",
		        group->count, group->bytes, tag, origin);
		l62_print_place(run, origin, out);
		if (origin != group->block->caller) {
			fputs(" by way of ", out);
			l62_print_symbol(run, group->block->caller, false, out);
		}
		fputc('\n', out);
		print_reach(run, group, out);
		l62_print_callers(run, group->block->stack, out);
	}
	free(groups);
}
