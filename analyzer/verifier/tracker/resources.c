/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The rows of resources.def, sorted by routine.
 *
 *   before a call   what it gives back leaves its ledger; of what it takes, the arguments
 *                   are kept, for the service may write over those on the stack
 *   after it        unless it has failed, what it took is added
 *   a block freed   the routine's rows, and L62_MIX, say whether it may be given to it
 *
 * An entry's key is the value that the row names; for OBJECT the object's address, for
 * THREAD the current thread.
 */
#include "resources.h"

#include <stdlib.h>
#include <string.h>

#include "cpu/capture.h"
#include "host.h"
#include "ledger.h"
#include "loader/image.h"
#include "run/child.h"
#include "sched/sched.h"
#include "tracker.h"

enum { NA = -1, REGISTERS = 4, KEPT = 2, NONE = 0xff };
enum place { AT_RETURN, AT_VALUE, AT_OUT, AT_FIELD, AT_OBJECT, AT_THREAD };
enum failure { FAILS_NULL, FAILS_STATUS, FAILS_BOOLEAN, FAILS_RAISES, FAILS_NEVER };
enum when { IS_ALWAYS, IS_IF_TRUE, IS_IF_NULL };

struct row {
	const char *api, *field;
	uint16_t kind; /* enum l62_kind */
	uint8_t gives, at, failure, when;
	int8_t arg, size, when_arg;
};

static struct row rows[] = {
#define L62_ACQUIRE(api, kind, at, arg, field, size, tag, failure, when, when_arg, zeroed)     \
	{#api, field, L62_KIND_##kind, 0, AT_##at, FAILS_##failure, IS_##when,                 \
	 arg,  size,  when_arg},
#define L62_RELEASE(api, kind, at, arg, field)                                                 \
	{#api, field, L62_KIND_##kind, 1, AT_##at, FAILS_NEVER, IS_ALWAYS, arg, NA, NA},
#define L62_RELEASE_IF(api, kind, at, arg, field, when, when_arg)                              \
	{#api, field, L62_KIND_##kind, 1, AT_##at, FAILS_NEVER, IS_##when, arg, NA, when_arg},
#define L62_HOLD(api, kind, at, arg, failure)                                                  \
	{#api, "", L62_KIND_##kind, 0, AT_##at, FAILS_##failure, IS_ALWAYS, arg, NA, NA},
#define L62_UNHOLD(api, kind, at, arg)                                                         \
	{#api, "", L62_KIND_##kind, 1, AT_##at, FAILS_NEVER, IS_ALWAYS, arg, NA, NA},
#include "leak62/resources.def"
};
enum { ROWS = sizeof(rows) / sizeof(*rows) };

static const struct mix {
	uint16_t kind;
	const char *other; /* a kind or a routine */
} mixes[] = {
#define L62_MIX(kind, other) {L62_KIND_##kind, #other},
#include "leak62/resources.def"
};

static const char *const kinds[] = {
#define L62_KIND(kind, noun, tag, counted, rule, loss) #kind,
#include "leak62/resources.def"
};

/* By kind: its ledger and one, 0: none. */
static const uint8_t ledgers[L62_KIND_COUNT] = {
#define L62_LEDGER_OF(kind, id) [L62_KIND_##kind] = L62_LEDGER_##id + 1,
#include "ledgers.def"
};

static int by_api(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int order = strcmp(x->api, y->api);

	return order ? order : (x > y) - (x < y);
}

static int api_of(const void *name, const void *row)
{
	return strcmp(name, ((const struct row *)row)->api);
}

/* The first row of a service's; those that follow have the same api. */
static const struct row *rows_of(uint32_t service)
{
	static bool sorted;
	static const struct row **first;
	const struct row *found;

	if (!sorted) {
		qsort(rows, ROWS, sizeof(*rows), by_api);
		first = calloc(l62_service_count, sizeof(*first));
		for (uint32_t i = 0; first && i < l62_service_count; i++) {
			found = bsearch(l62_services[i].name, rows, ROWS, sizeof(*rows),
			                api_of);
			while (found && found > rows && strcmp(found[-1].api, found->api) == 0)
				found--;
			first[i] = found;
		}
		sorted = true;
	}
	return first ? first[service] : NULL;
}

static const struct row *next(const struct row *row)
{
	return row + 1 < rows + ROWS && strcmp(row[1].api, row->api) == 0 ? row + 1 : NULL;
}

bool l62_resources_has(uint32_t service)
{
	for (const struct row *row = rows_of(service); row; row = next(row)) {
		if (ledgers[row->kind])
			return true;
	}
	return false;
}

static uint64_t argument(const struct l62_record *record, int number)
{
	uint64_t value;

	if (number < REGISTERS)
		return record->arguments[number];
	memcpy(&value, (const void *)(uintptr_t)(record->rsp + 8 + 8 * (unsigned)number),
	       sizeof(value));
	return value;
}

static uint64_t read_at(uint64_t address)
{
	uint64_t value;

	memcpy(&value, (const void *)(uintptr_t)address, sizeof(value));
	return value;
}

/* given: the argument that the row names. */
static uint64_t key_of(const struct row *row, uint64_t given, uint64_t result)
{
	switch (row->at) {
	case AT_RETURN:
		return result;
	case AT_OUT:
		return read_at(given);
	case AT_FIELD:
		return read_at(given + l62_resource_field(row->field));
	case AT_OBJECT:
		return row->arg == NA ? result : given;
	case AT_THREAD:
		return (uintptr_t)l62_sched_thread_object(l62_sched_current());
	default:
		return given;
	}
}

/* What both takes and gives back by an argument asks a BOOLEAN, of which only the low byte is
 * passed; so does IF_TRUE.  Else it is a pointer. */
static bool applies(const struct row *row, const struct l62_record *record)
{
	uint64_t value;
	bool is_flag = row->when == IS_IF_TRUE;

	if (row->when == IS_ALWAYS)
		return true;
	for (const struct row *other = rows_of(record->service); other; other = next(other))
		is_flag |= other->gives && other->when_arg == row->when_arg;
	value = argument(record, row->when_arg);
	if (is_flag)
		value &= 0xff;
	return row->when == IS_IF_TRUE ? value != 0 : value == 0;
}

/* A cookie is known by its address when it is made and by its value when it is given back. */
static void give_back(uint8_t ledger, uint64_t key)
{
	if (!l62_ledger_has(ledger, key))
		key = l62_ledger_find_content(ledger, key);
	l62_ledger_remove(ledger, key);
}

void l62_resources_before(struct l62_record *record)
{
	uint8_t done = 0;
	unsigned kept = 0;

	record->applies = 0;
	for (const struct row *row = rows_of(record->service); row; row = next(row)) {
		uint8_t ledger = ledgers[row->kind];

		if (!ledger)
			continue;
		if (!row->gives && kept < KEPT) {
			record->kept[kept] = row->arg == NA ? 0 : argument(record, row->arg);
			record->applies |= (uint32_t)applies(row, record) << kept++;
		} else if (row->gives && ledger != done && applies(row, record)) {
			/* A reference is one, however it was had. */
			done = ledger;
			give_back((uint8_t)(ledger - 1),
			          key_of(row, row->arg == NA ? 0 : argument(record, row->arg),
			                 0));
		}
	}
}

static bool failed(const struct row *row, uint64_t result)
{
	switch (row->failure) {
	case FAILS_NULL:
		return result == 0;
	case FAILS_STATUS:
		return (int32_t)result < 0;
	case FAILS_BOOLEAN:
		return (uint8_t)result == 0;
	default:
		return false;
	}
}

void l62_resources_after(const struct l62_record *record, uint64_t result)
{
	unsigned kept = 0;

	for (const struct row *row = rows_of(record->service); row; row = next(row)) {
		uint64_t given, key;

		if (!ledgers[row->kind] || row->gives || kept == KEPT)
			continue;
		given = record->kept[kept];
		if (record->applies >> kept++ & 1 && !failed(row, result)) {
			key = key_of(row, given, result);
			if (key)
				l62_ledger_take(
				        ledgers[row->kind] - 1u, row->kind, key,
				        row->size >= 0 && row->size < REGISTERS
				                ? record->arguments[row->size]
				                : 0,
				        l62_resource_name(ledgers[row->kind] - 1u, key));
		}
	}
}

static bool may_have(const struct row *row, const struct l62_block *block)
{
	if (row->kind == block->kind)
		return true;
	for (size_t i = 0; i < sizeof(mixes) / sizeof(*mixes); i++) {
		if (mixes[i].kind == row->kind &&
		    (strcmp(mixes[i].other, kinds[block->kind]) == 0 ||
		     (block->service &&
		      strcmp(mixes[i].other, l62_services[block->service - 1].name) == 0)))
			return true;
	}
	return false;
}

static void write_down(const struct l62_block *block, uint32_t service)
{
	struct l62_arena *arena = l62_child_arena();
	uint64_t frames[L62_STACK_DEPTH];
	size_t count = l62_capture(frames, L62_STACK_DEPTH, NULL);
	struct l62_wrong_free entry = {
	        .address = block->address,
	        .count = 1,
	        .kind = block->kind,
	        .made_by = block->service,
	        .given_to = service + 1,
	        .made = block->stack,
	        .stack = l62_stack_store(arena, frames, count),
	};

	for (uint32_t i = 0; i < arena->wrong_free_count; i++) {
		struct l62_wrong_free *known = &arena->wrong_frees[i];

		if (known->stack == entry.stack && known->made == entry.made) {
			known->count++;
			return;
		}
	}
	if (arena->wrong_free_count < L62_WRONG_FREES_MOST)
		arena->wrong_frees[arena->wrong_free_count++] = entry;
	else
		arena->wrong_frees_lost++;
}

void l62_resources_check_free(const struct l62_block *block)
{
	struct l62_record *record = l62_image_called();
	bool given = false;
	int32_t service = record ? l62_image_service(record) : -1;

	if (service < 0)
		return;
	for (const struct row *row = rows_of((uint32_t)service); row; row = next(row)) {
		uint64_t value;

		if (!row->gives || (row->at != AT_VALUE && row->at != AT_FIELD))
			continue;
		value = key_of(row, argument(record, row->arg), 0);
		if (value != block->address)
			continue;
		if (may_have(row, block))
			return;
		given = true;
	}
	if (given)
		write_down(block, (uint32_t)service);
}
