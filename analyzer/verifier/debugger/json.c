/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Everything about a run as JSON; run.schema.json says what there is.  Addresses are
 * strings, "0x...": JSON's numbers have 53 bits.  Fields are only ever added within a
 * version of the format; L62_VERIFY_JSON_VERSION changes with anything else.
 */
#include <errno.h>
#include <stdlib.h>

#include "flags.h"
#include "host.h"
#include "json.h"
#include "print.h"

static json_t *bugcheck_of(const struct l62_verify *run)
{
	json_t *object, *array;
	uint64_t arguments[4];
	uint32_t code = l62_verify_bugcheck(run, arguments);

	if (code == 0)
		return json_null();
	object = json_object();
	array = json_array();
	for (int i = 0; i < 4; i++)
		json_array_append_new(array, l62_json_address(arguments[i]));
	l62_json_set(object, "code", json_sprintf("0x%08x", code));
	l62_json_set(object, "name", l62_json_text(l62_bugcheck_name(code)));
	l62_json_set(object, "arguments", array);
	l62_json_set(object, "stack", l62_json_stack(run, run->arena->stack));
	return object;
}

json_t *l62_json_flags(const struct l62_verify *run)
{
	json_t *object = json_object(), *names = json_array();

	for (size_t i = 0; i < l62_verifier_flag_count; i++) {
		const struct l62_verifier_flag *flag = &l62_verifier_flags[i];

		if (flag->implemented && (flag->value == 0 || run->flags & flag->value))
			json_array_append_new(names, l62_json_text(flag->name));
	}
	l62_json_set(object, "level", json_sprintf("0x%08x", run->flags));
	l62_json_set(object, "enabled", names);
	return object;
}

static json_t *pool_statistics(const struct l62_statistics *s, int pool)
{
	json_t *object = json_object();

	l62_json_set(object, "current", l62_json_number(s->current[pool]));
	l62_json_set(object, "currentBytes", l62_json_number(s->current_bytes[pool]));
	l62_json_set(object, "peak", l62_json_number(s->peak[pool]));
	l62_json_set(object, "peakBytes", l62_json_number(s->peak_bytes[pool]));
	return object;
}

static json_t *statistics_of(const struct l62_statistics *s)
{
	json_t *object = json_object();

	l62_json_set(object, "raiseIrqls", l62_json_number(s->raise_irqls));
	l62_json_set(object, "acquireSpinLocks", l62_json_number(s->spin_locks));
	l62_json_set(object, "synchExecutions", l62_json_number(s->synch_executions));
	l62_json_set(object, "trims", l62_json_number(s->trims));
	l62_json_set(object, "attempted", l62_json_number(s->attempted));
	l62_json_set(object, "succeeded", l62_json_number(s->succeeded));
	l62_json_set(object, "specialPool", l62_json_number(s->special));
	l62_json_set(object, "noTag", l62_json_number(s->no_tag));
	l62_json_set(object, "failed", l62_json_number(s->failed));
	l62_json_set(object, "freed",
	             l62_json_number(s->succeeded - s->current[0] - s->current[1]));
	l62_json_set(object, "nonpaged", pool_statistics(s, L62_POOL_NONPAGED));
	l62_json_set(object, "paged", pool_statistics(s, L62_POOL_PAGED));
	l62_json_set(object, "contiguousBytes", l62_json_number(s->contiguous));
	l62_json_set(object, "peakContiguousBytes", l62_json_number(s->peak_contiguous));
	return object;
}

static json_t *kind_of(uint32_t kind)
{
	return l62_json_text(l62_kind_noun(kind));
}

static json_t *block_of(const struct l62_verify *run, const struct l62_block *block)
{
	json_t *object = json_object();

	l62_json_set(object, "address", l62_json_address(block->address));
	l62_json_set(object, "size", l62_json_number(block->size));
	l62_json_set(object, "length", l62_json_number(block->length));
	l62_json_set(object, "tag", l62_json_tag(block->tag));
	l62_json_set(object, "kind",
	             json_string(l62_kind_noun(block->kind) ? l62_kind_noun(block->kind)
	                                                    : "unknown"));
	l62_json_set(object, "pool", l62_json_pool(block->pool));
	l62_json_set(object, "special", json_boolean(block->special));
	l62_json_set(object, "sequence", l62_json_number(block->sequence));
	l62_json_set(object, "thread", l62_json_address(block->thread));
	l62_json_set(object, "irql", l62_json_number(block->irql));
	l62_json_set(object, "time", l62_json_number((uint64_t)block->time));
	l62_json_set(object, "caller", l62_json_place(run, block->caller, true));
	l62_json_set(object, "origin", l62_json_place(run, l62_block_origin(run, block), true));
	l62_json_set(object, "stack", l62_json_stack(run, block->stack));
	l62_json_set(object, "reach", l62_json_reach(run, block));
	l62_json_set(object, "heldBy", l62_json_held_by(run, block));
	return object;
}

static json_t *blocks_of(const struct l62_verify *run)
{
	json_t *array = json_array();

	for (size_t i = 0; i < run->block_count; i++)
		json_array_append_new(array,
		                      block_of(run, &run->arena->blocks[run->blocks[i]]));
	return array;
}

static json_t *left_of(const struct l62_verify *run)
{
	json_t *array = json_array();
	struct l62_left_entry entry;

	for (size_t i = 0; i < l62_verify_left_count(run); i++) {
		json_t *object;

		if (!l62_left_get(run, i, &entry))
			continue;
		object = json_object();
		l62_json_set(object, "what", l62_json_text(entry.name));
		l62_json_set(object, "kind", kind_of(entry.left->resource));
		l62_json_set(object, "rule",
		             l62_json_text(l62_kind_rule(entry.left->resource)));
		l62_json_set(object, "address",
		             entry.left->kind == L62_LEDGER_LINK
		                     ? json_null()
		                     : l62_json_address(entry.left->address));
		l62_json_set(object, "name",
		             entry.detail[0] ? l62_json_text(entry.detail) : json_null());
		l62_json_set(object, "size", l62_json_number(entry.left->size));
		l62_json_set(object, "count", l62_json_number(entry.left->count));
		l62_json_set(object, "fails", json_boolean(entry.fails));
		l62_json_set(object, "caller",
		             entry.caller ? l62_json_place(run, entry.caller, true)
		                          : json_null());
		l62_json_set(object, "stack", l62_json_stack(run, entry.left->stack));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *wrong_frees_of(const struct l62_verify *run)
{
	json_t *array = json_array();
	struct l62_wrong_free_entry entry;

	for (size_t i = 0; i < l62_verify_wrong_free_count(run); i++) {
		json_t *object;

		if (!l62_wrong_free_get(run, i, &entry))
			continue;
		object = json_object();
		l62_json_set(object, "address", l62_json_address(entry.wrong->address));
		l62_json_set(object, "kind", kind_of(entry.wrong->kind));
		l62_json_set(object, "madeBy", l62_json_text(entry.made_by));
		l62_json_set(object, "givenTo", l62_json_text(entry.given_to));
		l62_json_set(object, "count", l62_json_number(entry.wrong->count));
		l62_json_set(object, "caller",
		             entry.caller ? l62_json_place(run, entry.caller, true)
		                          : json_null());
		l62_json_set(object, "stack", l62_json_stack(run, entry.wrong->stack));
		l62_json_set(object, "allocation", l62_json_stack(run, entry.wrong->made));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *groups_of(const struct l62_verify *run)
{
	json_t *array = json_array();
	size_t count;
	struct l62_group *groups = l62_groups_make(run, &count);

	for (size_t i = 0; i < count; i++) {
		json_t *object = json_object();

		l62_json_set(object, "count", l62_json_number(groups[i].count));
		l62_json_set(object, "bytes", l62_json_number(groups[i].bytes));
		l62_json_set(object, "tag", l62_json_tag(groups[i].block->tag));
		l62_json_set(object, "first", l62_json_number(groups[i].block->sequence));
		l62_json_set(object, "origin", l62_json_place(run, groups[i].origin, true));
		json_array_append_new(array, object);
	}
	free(groups);
	return array;
}

static json_t *tags_of(const struct l62_verify *run)
{
	json_t *array = json_array();
	size_t count;
	struct l62_tag *tags = l62_tags_make(run, &count);

	for (size_t i = 0; i < count; i++) {
		json_t *object = json_object();

		l62_json_set(object, "tag", l62_json_tag(tags[i].tag));
		l62_json_set(object, "pool", l62_json_pool(tags[i].pool));
		l62_json_set(object, "allocations", l62_json_number(tags[i].allocations));
		l62_json_set(object, "frees", l62_json_number(tags[i].frees));
		l62_json_set(object, "bytes", l62_json_number(tags[i].bytes));
		l62_json_set(object, "peakBytes", l62_json_number(tags[i].peak_bytes));
		json_array_append_new(array, object);
	}
	free(tags);
	return array;
}

static json_t *injected_of(const struct l62_verify *run)
{
	json_t *array = json_array();
	struct l62_injected_call call;

	for (size_t i = 0; l62_verify_injected(run, i, &call); i++) {
		json_t *object = json_object();

		l62_json_set(object, "call", l62_json_number(call.call));
		l62_json_set(object, "routine", l62_json_text(call.routine));
		l62_json_set(object, "status",
		             call.status ? json_sprintf("0x%08x", call.status) : json_null());
		l62_json_set(object, "raised", json_boolean(call.raised));
		l62_json_set(object, "caller", l62_json_place(run, call.caller, true));
		l62_json_set(object, "stack", l62_json_stack(run, call.stack));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *faults_of(const struct l62_verify *run)
{
	static const char *const modes[] = {"none", "random", "at", "systematic"};
	bool random = run->faults.mode == L62_FAULTS_RANDOM;
	char *replay = l62_verify_replay(run);
	json_t *object = json_object();

	l62_json_set(object, "mode", json_string(modes[run->faults.mode]));
	l62_json_set(object, "percent",
	             random ? json_real(run->faults.per_10000 / 100.0) : json_null());
	/* Of 64 bits, as addresses are. */
	l62_json_set(object, "seed",
	             random ? json_sprintf("0x%016" PRIx64, run->faults.seed) : json_null());
	l62_json_set(object, "calls", l62_json_number(l62_verify_fault_calls(run)));
	l62_json_set(object, "count", l62_json_number(l62_verify_injected_count(run, NULL)));
	l62_json_set(object, "injected", injected_of(run));
	l62_json_set(object, "replay", l62_json_text(replay));
	free(replay);
	return object;
}

static json_t *log_of(const struct l62_verify *run)
{
	json_t *object = json_object();
	uint64_t kept = l62_read_operations(run);

	l62_json_set(object, "size", l62_json_number(L62_RING_SIZE));
	l62_json_set(object, "operations", l62_json_number(run->arena->operations));
	l62_json_set(object, "kept", l62_json_number(kept));
	l62_json_set(object, "lost", l62_json_number(run->arena->operations - kept));
	return object;
}

static json_t *document(const struct l62_verify *run)
{
	static const char *const verdicts[] = {"clean", "violation", "incomplete"};
	json_t *object = json_object(), *driver = json_object();

	l62_json_set(object, "format", json_string("leak62-verify"));
	l62_json_set(object, "version", json_integer(L62_VERIFY_JSON_VERSION));
	l62_json_set(driver, "name", l62_json_text(run->name));
	l62_json_set(driver, "base", l62_json_address(run->symbols.base));
	l62_json_set(driver, "size", l62_json_number(run->symbols.size));
	l62_json_set(driver, "symbols", json_boolean(run->symbols.pdb.symbol_count > 0));
	l62_json_set(object, "driver", driver);
	l62_json_set(object, "verdict", json_string(verdicts[run->verdict]));
	l62_json_set(object, "reason",
	             run->reason[0] ? l62_json_text(run->reason) : json_null());
	l62_json_set(object, "step",
	             l62_verify_step(run)[0] ? l62_json_text(l62_verify_step(run))
	                                     : json_null());
	l62_json_set(object, "bugCheck", bugcheck_of(run));
	l62_json_set(object, "flags", l62_json_flags(run));
	l62_json_set(object, "statistics", statistics_of(&run->arena->statistics));
	l62_json_set(object, "blocks", blocks_of(run));
	l62_json_set(object, "leftBehind", left_of(run));
	l62_json_set(object, "wrongFrees", wrong_frees_of(run));
	l62_json_set(object, "groups", groups_of(run));
	l62_json_set(object, "tags", tags_of(run));
	l62_json_set(object, "iterations", l62_json_iterations(run));
	l62_json_set(object, "exercised", l62_json_exercised(run));
	l62_json_set(object, "timeline", l62_json_timeline(run));
	l62_json_set(object, "log", log_of(run));
	l62_json_set(object, "faults", faults_of(run));
	return object;
}

int l62_verify_write_json(const struct l62_verify *run, const char *path, struct l62_error *err)
{
	json_t *object = document(run);
	int status = l62_json_write(object, path, err);

	json_decref(object);
	return status;
}
