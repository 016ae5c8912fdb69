/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Everything about a run as JSON; run.schema.json says what there is.  Addresses are
 * strings, "0x...": JSON's numbers have 53 bits.  Fields are only ever added within a
 * version of the format; L62_VERIFY_JSON_VERSION changes with anything else.
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "flags.h"
#include "host.h"
#include "print.h"

static json_t *number(uint64_t value)
{
	return json_integer((json_int_t)value);
}

static json_t *address(uint64_t value)
{
	return json_sprintf("0x%016" PRIx64, value);
}

/* Names out of images and symbols need not be UTF-8. */
static json_t *text(const char *value)
{
	json_t *string = value ? json_string(value) : json_null();
	char *copy;

	if (string)
		return string;
	copy = strdup(value);
	for (char *c = copy; c && *c; c++) {
		if (*c & 0x80)
			*c = '?';
	}
	string = json_string(copy ? copy : "");
	free(copy);
	return string;
}

static json_t *tag_of(uint32_t tag)
{
	char shown[5];

	l62_tag_text(tag, shown);
	return text(shown);
}

static json_t *pool_of(uint8_t pool)
{
	return json_string(pool == L62_POOL_PAGED ? "paged" : "nonpaged");
}

static void set(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

/* An address with all that is known of it.  is_call: it is a return address, so that
 * its line is that of the call before it. */
static json_t *place(const struct l62_verify *run, uint64_t at, bool is_call)
{
	json_t *object = json_object();
	struct l62_symbol symbol;
	struct l62_line line;

	set(object, "address", address(at));
	if (l62_symbols_find(&run->symbols, at, &symbol)) {
		set(object, "module", text(symbol.module));
		if (symbol.name) {
			set(object, "symbol", text(symbol.name));
			set(object, "offset", number(at - symbol.start));
		}
	}
	if (l62_symbols_line(&run->symbols, is_call ? at - 1 : at, &line)) {
		set(object, "file", text(line.file));
		set(object, "line", number(line.line));
	}
	return object;
}

static json_t *stack_of(const struct l62_verify *run, uint32_t stack)
{
	const uint64_t *frames;
	size_t count = l62_read_stack(run, stack, &frames);
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, place(run, frames[i], true));
	return array;
}

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
		json_array_append_new(array, address(arguments[i]));
	set(object, "code", json_sprintf("0x%08x", code));
	set(object, "name", text(l62_bugcheck_name(code)));
	set(object, "arguments", array);
	set(object, "stack", stack_of(run, run->arena->stack));
	return object;
}

static json_t *flags_of(const struct l62_verify *run)
{
	json_t *object = json_object(), *names = json_array();

	for (size_t i = 0; i < l62_verifier_flag_count; i++) {
		const struct l62_verifier_flag *flag = &l62_verifier_flags[i];

		if (flag->implemented && (flag->value == 0 || run->flags & flag->value))
			json_array_append_new(names, text(flag->name));
	}
	set(object, "level", json_sprintf("0x%08x", run->flags));
	set(object, "enabled", names);
	return object;
}

static json_t *pool_statistics(const struct l62_statistics *s, int pool)
{
	json_t *object = json_object();

	set(object, "current", number(s->current[pool]));
	set(object, "currentBytes", number(s->current_bytes[pool]));
	set(object, "peak", number(s->peak[pool]));
	set(object, "peakBytes", number(s->peak_bytes[pool]));
	return object;
}

static json_t *statistics_of(const struct l62_statistics *s)
{
	json_t *object = json_object();

	set(object, "raiseIrqls", number(s->raise_irqls));
	set(object, "acquireSpinLocks", number(s->spin_locks));
	set(object, "synchExecutions", number(s->synch_executions));
	set(object, "trims", number(s->trims));
	set(object, "attempted", number(s->attempted));
	set(object, "succeeded", number(s->succeeded));
	set(object, "specialPool", number(s->special));
	set(object, "noTag", number(s->no_tag));
	set(object, "failed", number(s->failed));
	set(object, "freed", number(s->succeeded - s->current[0] - s->current[1]));
	set(object, "nonpaged", pool_statistics(s, L62_POOL_NONPAGED));
	set(object, "paged", pool_statistics(s, L62_POOL_PAGED));
	set(object, "contiguousBytes", number(s->contiguous));
	set(object, "peakContiguousBytes", number(s->peak_contiguous));
	return object;
}

static json_t *kind_of(uint32_t kind)
{
	return text(l62_kind_noun(kind));
}

static json_t *block_of(const struct l62_verify *run, const struct l62_block *block)
{
	json_t *object = json_object();

	set(object, "address", address(block->address));
	set(object, "size", number(block->size));
	set(object, "length", number(block->length));
	set(object, "tag", tag_of(block->tag));
	set(object, "kind", json_string(l62_kind_noun(block->kind) ? l62_kind_noun(block->kind) : "unknown"));
	set(object, "pool", pool_of(block->pool));
	set(object, "special", json_boolean(block->special));
	set(object, "sequence", number(block->sequence));
	set(object, "thread", address(block->thread));
	set(object, "irql", number(block->irql));
	set(object, "time", number((uint64_t)block->time));
	set(object, "caller", place(run, block->caller, true));
	set(object, "origin", place(run, l62_block_origin(run, block), true));
	set(object, "stack", stack_of(run, block->stack));
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
		set(object, "what", text(entry.name));
		set(object, "kind", kind_of(entry.left->resource));
		set(object, "rule", text(l62_kind_rule(entry.left->resource)));
		set(object, "address",
		    entry.left->kind == L62_LEDGER_LINK ? json_null()
		                                        : address(entry.left->address));
		set(object, "name", entry.detail[0] ? text(entry.detail) : json_null());
		set(object, "size", number(entry.left->size));
		set(object, "count", number(entry.left->count));
		set(object, "fails", json_boolean(entry.fails));
		set(object, "caller",
		    entry.caller ? place(run, entry.caller, true) : json_null());
		set(object, "stack", stack_of(run, entry.left->stack));
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
		set(object, "address", address(entry.wrong->address));
		set(object, "kind", kind_of(entry.wrong->kind));
		set(object, "madeBy", text(entry.made_by));
		set(object, "givenTo", text(entry.given_to));
		set(object, "count", number(entry.wrong->count));
		set(object, "caller",
		    entry.caller ? place(run, entry.caller, true) : json_null());
		set(object, "stack", stack_of(run, entry.wrong->stack));
		set(object, "allocation", stack_of(run, entry.wrong->made));
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

		set(object, "count", number(groups[i].count));
		set(object, "bytes", number(groups[i].bytes));
		set(object, "tag", tag_of(groups[i].block->tag));
		set(object, "first", number(groups[i].block->sequence));
		set(object, "origin", place(run, groups[i].origin, true));
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

		set(object, "tag", tag_of(tags[i].tag));
		set(object, "pool", pool_of(tags[i].pool));
		set(object, "allocations", number(tags[i].allocations));
		set(object, "frees", number(tags[i].frees));
		set(object, "bytes", number(tags[i].bytes));
		set(object, "peakBytes", number(tags[i].peak_bytes));
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

		set(object, "call", number(call.call));
		set(object, "routine", text(call.routine));
		set(object, "status",
		    call.status ? json_sprintf("0x%08x", call.status) : json_null());
		set(object, "raised", json_boolean(call.raised));
		set(object, "caller", place(run, call.caller, true));
		set(object, "stack", stack_of(run, call.stack));
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

	set(object, "mode", json_string(modes[run->faults.mode]));
	set(object, "percent", random ? json_real(run->faults.per_10000 / 100.0) : json_null());
	/* Of 64 bits, as addresses are. */
	set(object, "seed",
	    random ? json_sprintf("0x%016" PRIx64, run->faults.seed) : json_null());
	set(object, "calls", number(l62_verify_fault_calls(run)));
	set(object, "count", number(l62_verify_injected_count(run, NULL)));
	set(object, "injected", injected_of(run));
	set(object, "replay", text(replay));
	free(replay);
	return object;
}

static json_t *log_of(const struct l62_verify *run)
{
	json_t *object = json_object();
	uint64_t kept = l62_read_operations(run);

	set(object, "size", number(L62_RING_SIZE));
	set(object, "operations", number(run->arena->operations));
	set(object, "kept", number(kept));
	set(object, "lost", number(run->arena->operations - kept));
	return object;
}

static json_t *document(const struct l62_verify *run)
{
	static const char *const verdicts[] = {"clean", "violation", "incomplete"};
	json_t *object = json_object(), *driver = json_object();

	set(object, "format", json_string("leak62-verify"));
	set(object, "version", json_integer(L62_VERIFY_JSON_VERSION));
	set(driver, "name", text(run->name));
	set(driver, "base", address(run->symbols.base));
	set(driver, "size", number(run->symbols.size));
	set(driver, "symbols", json_boolean(run->symbols.pdb.symbol_count > 0));
	set(object, "driver", driver);
	set(object, "verdict", json_string(verdicts[run->verdict]));
	set(object, "reason", run->reason[0] ? text(run->reason) : json_null());
	set(object, "step", l62_verify_step(run)[0] ? text(l62_verify_step(run)) : json_null());
	set(object, "bugCheck", bugcheck_of(run));
	set(object, "flags", flags_of(run));
	set(object, "statistics", statistics_of(&run->arena->statistics));
	set(object, "blocks", blocks_of(run));
	set(object, "leftBehind", left_of(run));
	set(object, "wrongFrees", wrong_frees_of(run));
	set(object, "groups", groups_of(run));
	set(object, "tags", tags_of(run));
	set(object, "log", log_of(run));
	set(object, "faults", faults_of(run));
	return object;
}

static int write_all(int file, const json_t *object)
{
	mode_t mask = umask(0);

	umask(mask);
	if (fchmod(file, 0666 & ~mask) != 0 || json_dumpfd(object, file, JSON_INDENT(2)) != 0 ||
	    write(file, "\n", 1) != 1 || fsync(file) != 0)
		return -1;
	return 0;
}

/* A link to a file stays a link; a device or a pipe is nothing to rename over. */
static int write_file(const json_t *object, const char *path, struct l62_error *err)
{
	char *target = realpath(path, NULL), *temporary = NULL;
	struct stat status;
	int file = -1, written = -1;

	if (target && stat(target, &status) == 0 && !S_ISREG(status.st_mode)) {
		free(target);
		return l62_error_set(
		        err, L62_E_IO,
		        "cannot write JSON to '%s': it is not a regular file; name "
		        "another file",
		        path);
	}
	if (asprintf(&temporary, "%s.XXXXXX", target ? target : path) < 0)
		temporary = NULL;
	if (temporary)
		file = mkstemp(temporary);
	if (file >= 0) {
		written = write_all(file, object);
		if (close(file) != 0)
			written = -1;
		if (written == 0)
			written = rename(temporary, target ? target : path);
	}
	if (written != 0) {
		l62_error_set(err, L62_E_IO,
		              "cannot write JSON to '%s': %s; name a file in a folder that can "
		              "be written",
		              path, strerror(errno));
		if (file >= 0)
			unlink(temporary);
	}
	free(temporary);
	free(target);
	return written == 0 ? L62_OK : L62_E_IO;
}

int l62_verify_write_json(const struct l62_verify *run, const char *path, struct l62_error *err)
{
	json_t *object = document(run);
	int status = write_file(object, path, err);

	json_decref(object);
	return status;
}
