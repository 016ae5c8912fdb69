/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The place that a block is made for: the driver's newest frame that is in no wrapper of an
 * allocator.  A routine is one
 *
 *   - by its code: it does no more than allocate; see wrapper.c
 *   - by what has come through it: over all allocations of the run, freed or not, one call
 *     in it was made for different callers, and with different sizes or tags
 *
 * Wrappers in wrappers are passed over, too.  A routine that several others call to have
 * the same thing made is none: what it makes is its own.
 * Limit: what is called by the kernel is never passed over.
 */
#include <stdlib.h>

#include "branches.h"
#include "print.h"

enum { ROUNDS_MOST = 16 };

struct l62_origins {
	bool made;
	uint64_t *wrappers; /* where their routines begin */
	size_t count, room;
};

/* Through one call, for one caller. */
struct passage {
	uint64_t call, caller; /* return addresses; caller 0: the kernel */
	const struct l62_use *use;
};

struct l62_origins *l62_origins_new(void)
{
	return calloc(1, sizeof(struct l62_origins));
}

void l62_origins_free(struct l62_origins *origins)
{
	if (origins)
		free(origins->wrappers);
	free(origins);
}

static bool in_driver(const struct l62_verify *run, uint64_t address)
{
	return address - run->symbols.base < run->symbols.size;
}

/* Where the routine of a return address begins; 0: not known. */
static uint64_t routine_of(const struct l62_verify *run, uint64_t address)
{
	uint32_t row = l62_row_of(&run->pe, (uint32_t)(address - 1 - run->symbols.base));
	struct l62_symbol symbol;

	if (l62_symbols_find(&run->symbols, address - 1, &symbol) && symbol.name)
		return symbol.start;
	return row ? run->symbols.base + row : 0;
}

static bool is_known(const struct l62_verify *run, uint64_t address)
{
	const struct l62_origins *origins = run->origins;
	uint64_t routine = routine_of(run, address);

	for (size_t i = 0; i < origins->count; i++) {
		if (origins->wrappers[i] == routine)
			return true;
	}
	return false;
}

/* The first frame that is in no wrapper; false: none is the driver's. */
static bool first_of(const struct l62_verify *run, uint32_t stack, struct passage *passage)
{
	const uint64_t *frames;
	size_t count = l62_read_stack(run, stack, &frames), i = 0;

	while (i < count && !in_driver(run, frames[i]))
		i++;
	if (i == count)
		return false;
	while (i + 1 < count && in_driver(run, frames[i + 1]) && is_known(run, frames[i]))
		i++;
	passage->call = frames[i];
	passage->caller = i + 1 < count && in_driver(run, frames[i + 1]) ? frames[i + 1] : 0;
	return true;
}

static void add(struct l62_origins *origins, uint64_t routine)
{
	if (!routine)
		return;
	for (size_t i = 0; i < origins->count; i++) {
		if (origins->wrappers[i] == routine)
			return;
	}
	if (origins->count == origins->room) {
		size_t room = origins->room ? origins->room * 2 : 16;
		uint64_t *grown = realloc(origins->wrappers, room * sizeof(*grown));

		if (!grown)
			return; /* it is not passed over */
		origins->wrappers = grown;
		origins->room = room;
	}
	origins->wrappers[origins->count++] = routine;
}

static int by_call(const void *a, const void *b)
{
	const struct passage *x = a, *y = b;

	return (x->call > y->call) - (x->call < y->call);
}

/* passages of one call. */
static bool wraps(const struct l62_verify *run, const struct passage *passages, size_t count)
{
	const struct passage *first = passages;
	bool callers = false, kinds = false;

	for (size_t i = 0; i < count; i++) {
		callers |= passages[i].caller != first->caller;
		kinds |= passages[i].use->varied || passages[i].use->size != first->use->size ||
		         passages[i].use->tag != first->use->tag;
	}
	return (callers && kinds) || l62_is_wrapper(run, first->call);
}

/* False: nothing has come to light any more. */
static bool look(const struct l62_verify *run, struct passage *passages)
{
	const struct l62_arena *arena = run->arena;
	size_t count = 0, before = run->origins->count, end;

	for (uint32_t i = 1; i < arena->stacks_used && i < L62_STACKS_MOST; i++) {
		passages[count].use = &arena->uses[i];
		if (arena->uses[i].allocations && first_of(run, i, &passages[count]))
			count++;
	}
	qsort(passages, count, sizeof(*passages), by_call);
	for (size_t i = 0; i < count; i = end) {
		for (end = i + 1; end < count && passages[end].call == passages[i].call; end++)
			;
		if (wraps(run, passages + i, end - i))
			add(run->origins, routine_of(run, passages[i].call));
	}
	return run->origins->count > before;
}

static void make(const struct l62_verify *run)
{
	struct passage *passages;

	if (run->origins->made)
		return;
	run->origins->made = true;
	passages =
	        calloc(run->arena->stacks_used < L62_STACKS_MOST ? run->arena->stacks_used + 1
	                                                         : L62_STACKS_MOST,
	               sizeof(*passages));
	for (int i = 0; passages && i < ROUNDS_MOST && look(run, passages); i++)
		;
	free(passages);
}

uint64_t l62_stack_origin(const struct l62_verify *run, uint32_t stack, uint64_t caller)
{
	struct passage passage;

	make(run);
	return first_of(run, stack, &passage) ? passage.call : caller;
}

uint64_t l62_block_origin(const struct l62_verify *run, const struct l62_block *block)
{
	return l62_stack_origin(run, block->stack, block->caller);
}

uint64_t l62_stack_caller(const struct l62_verify *run, uint32_t stack)
{
	const uint64_t *frames;
	size_t count = l62_read_stack(run, stack, &frames);

	for (size_t i = 0; i < count; i++) {
		if (in_driver(run, frames[i]))
			return frames[i];
	}
	return 0;
}

void l62_print_callers(const struct l62_verify *run, uint32_t stack, FILE *out)
{
	const uint64_t *frames;
	size_t count = l62_read_stack(run, stack, &frames);

	for (size_t i = 0; run->all_callers && i < count; i++) {
		if (!in_driver(run, frames[i]))
			continue;
		fputs("            ", out);
		l62_print_place(run, frames[i], out);
		fputc('\n', out);
	}
}
