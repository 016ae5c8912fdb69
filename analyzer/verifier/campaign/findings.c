/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What a run shows that the scenario's baseline has not, and whether it was seen before.
 *
 *   LEAK        one finding for each set of (tag, place) of blocks left beyond the baseline's
 *   LEFT        likewise of (ledger, place)
 *   WRONG_FREE  likewise of (kind, routine, place), whatever else the run shows
 *   BUGCHECK    for each code, its cause, and the place where the driver was stopped
 *   UNGUARDED   for each place where the driver was stopped and each call that failed there
 *   INCOMPLETE  for each reason
 */
#include <string.h>

#include "campaign.h"
#include "debugger/print.h"

enum {
	VERIFIER_VIOLATION = 0xc4,
	LEFT_AT_UNLOAD = 0x62,
	PAGE_FAULT_IN_NONPAGED_AREA = 0x50,
	IRQL_NOT_LESS_OR_EQUAL = 0x0a,
	DRIVER_IRQL_NOT_LESS_OR_EQUAL = 0xd1,
	KMODE_EXCEPTION_NOT_HANDLED = 0x1e,
	SYSTEM_SERVICE_EXCEPTION = 0x3b,
	SYSTEM_THREAD_EXCEPTION_NOT_HANDLED = 0x7e,
	/* Of those: which argument is the instruction's address. */
	FAULT_ARGUMENT = 2,
	IRQL_ARGUMENT = 3,
	EXCEPTION_ARGUMENT = 1,
};

/* What is left of one kind from one place, while it is collected. */
struct item {
	char *key;
	struct l62_campaign_item shown;
	bool fails;
};

static const char *keep(struct l62_campaign *campaign, const char *text)
{
	return text ? g_string_chunk_insert_const(campaign->strings, text) : NULL;
}

static bool in_image(const struct l62_verify *run, uint64_t address)
{
	return address - run->symbols.base < run->symbols.size;
}

/* is_call: the address is one to return to, behind the call. */
static struct l62_campaign_place place_of(struct l62_campaign *campaign, uint64_t address,
                                          bool is_call)
{
	const struct l62_symbols *symbols = &campaign->run->symbols;
	struct l62_campaign_place place = {0};
	struct l62_symbol symbol;
	struct l62_line line;
	char *text;

	if (!address || !l62_symbols_find(symbols, address, &symbol))
		return place;
	if (symbol.name)
		text = g_strdup_printf("%s!%s+0x%" PRIx64, symbol.module, symbol.name,
		                       address - symbol.start);
	else
		text = g_strdup_printf("%s+0x%" PRIx64, symbol.module, address - symbol.start);
	place.symbol = keep(campaign, text);
	g_free(text);
	if (l62_symbols_line(symbols, is_call ? address - 1 : address, &line)) {
		place.file = keep(campaign, line.file);
		place.line = line.line;
	}
	return place;
}

static void clear_item(void *data)
{
	g_free(((struct item *)data)->key);
}

/* Counts one more; those that the baseline shows as well are passed over. */
static void add_item(struct l62_campaign *campaign, GArray *items, bool baseline, char *key,
                     const char *what, uint64_t address, bool fails)
{
	struct item item = {key, {keep(campaign, what), {0}, 1}, fails};

	if (!baseline && g_hash_table_contains(campaign->usual, key)) {
		g_free(key);
		return;
	}
	for (guint i = 0; i < items->len; i++) {
		struct item *other = &g_array_index(items, struct item, i);

		if (strcmp(other->key, key) == 0) {
			other->shown.count++;
			g_free(key);
			return;
		}
	}
	item.shown.place = place_of(campaign, address, true);
	g_array_append_val(items, item);
}

static GArray *items_new(void)
{
	GArray *items = g_array_new(FALSE, FALSE, sizeof(struct item));

	g_array_set_clear_func(items, clear_item);
	return items;
}

/* Finding the place past the driver's wrappers takes long, and runs leave the same again: it is
 * kept by the stack's frames in the image, which is what it depends on. */
static uint64_t origin_of(struct l62_campaign *campaign, const struct l62_block *block)
{
	const struct l62_verify *run = campaign->run;
	const uint64_t *frames;
	size_t count = l62_read_stack(run, block->stack, &frames);
	GString *key = g_string_new(NULL);
	uint64_t *known;

	for (size_t i = 0; i < count; i++) {
		if (in_image(run, frames[i]))
			g_string_append_printf(key, "%" PRIx64 " ",
			                       frames[i] - run->symbols.base);
	}
	g_string_append_printf(key, "%" PRIx64, block->caller - run->symbols.base);
	known = g_hash_table_lookup(campaign->origins, key->str);
	if (!known) {
		known = g_new(uint64_t, 1);
		*known = l62_block_origin(run, block) - run->symbols.base;
		g_hash_table_insert(campaign->origins, g_strdup(key->str), known);
	}
	g_string_free(key, TRUE);
	return run->symbols.base + *known;
}

static GArray *blocks_left(struct l62_campaign *campaign, bool baseline)
{
	const struct l62_verify *run = campaign->run;
	GArray *items = items_new();

	for (size_t i = 0; i < run->block_count; i++) {
		const struct l62_block *block = &run->arena->blocks[run->blocks[i]];
		uint64_t origin = origin_of(campaign, block);
		char tag[5];

		l62_tag_text(block->tag, tag);
		add_item(campaign, items, baseline,
		         g_strdup_printf("block %s %" PRIx64, tag, origin - run->symbols.base),
		         tag, origin, true);
	}
	return items;
}

static GArray *others_left(struct l62_campaign *campaign, bool baseline)
{
	const struct l62_verify *run = campaign->run;
	struct l62_left_entry entry;
	GArray *items = items_new();

	for (size_t i = 0; i < l62_verify_left_count(run); i++) {
		if (l62_left_get(run, i, &entry))
			add_item(campaign, items, baseline,
			         g_strdup_printf("left %s %" PRIx64, entry.name,
			                         entry.caller - run->symbols.base),
			         entry.noun, entry.caller, entry.fails);
	}
	return items;
}

static GArray *wrong_frees(struct l62_campaign *campaign, bool baseline)
{
	const struct l62_verify *run = campaign->run;
	struct l62_wrong_free_entry entry;
	GArray *items = items_new();
	char *what;

	for (size_t i = 0; i < l62_verify_wrong_free_count(run); i++) {
		if (!l62_wrong_free_get(run, i, &entry))
			continue;
		what = g_strdup_printf("%s given to %s", l62_kind_noun(entry.wrong->kind),
		                       entry.given_to);
		add_item(campaign, items, baseline,
		         g_strdup_printf("free %s %" PRIx64, what,
		                         entry.caller - run->symbols.base),
		         what, entry.caller, true);
		g_free(what);
	}
	return items;
}

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct item *)a)->key, ((const struct item *)b)->key);
}

/* In which the call failed; the child could have written anything there. */
static const char *keep_step(struct l62_campaign *campaign)
{
	const struct l62_arena *arena = campaign->run->arena;
	char text[sizeof(arena->injected_step)];

	memcpy(text, arena->injected_step, sizeof(text));
	text[sizeof(text) - 1] = '\0';
	l62_error_clean(text);
	return keep(campaign, text);
}

static void describe_call(struct l62_campaign *campaign, struct l62_campaign_finding *finding)
{
	const struct l62_verify *run = campaign->run;
	struct l62_injected_call call;
	char *replay = l62_verify_replay(run);

	finding->replay = keep(campaign, replay ? replay : run->command);
	free(replay);
	finding->step = keep(campaign, l62_verify_step(run));
	if (!l62_verify_injected(run, 0, &call))
		return;
	finding->step = keep_step(campaign);
	finding->call = call.call;
	finding->routine = keep(campaign, call.routine);
	finding->failed_at = place_of(campaign, call.caller, true);
}

/* key is the finding's from now on. */
static void find(struct l62_campaign *campaign, enum l62_campaign_kind kind, char *key,
                 const char *text, const struct l62_campaign_item *items, size_t count,
                 bool fails)
{
	struct l62_campaign_finding *finding = g_hash_table_lookup(campaign->by_key, key);
	struct l62_campaign_item *copy;

	if (finding) {
		finding->times++;
		g_free(key);
		return;
	}
	copy = g_new(struct l62_campaign_item, count);
	for (size_t i = 0; i < count; i++)
		copy[i] = items[i];
	finding = g_new(struct l62_campaign_finding, 1);
	*finding = (struct l62_campaign_finding){
	        .kind = kind,
	        .fails = fails,
	        .run = campaign->runs,
	        .times = 1,
	        .text = keep(campaign, text),
	        .items = copy,
	        .item_count = count,
	};
	describe_call(campaign, finding);
	g_ptr_array_add(campaign->findings, finding);
	g_hash_table_insert(campaign->by_key, key, finding);
}

/* A finding of all items of a sort, if there are any; they are freed. */
static void find_items(struct l62_campaign *campaign, bool baseline, GArray *items,
                       enum l62_campaign_kind kind)
{
	static const char *const sentences[][2] = {
	        [L62_CAMPAIGN_LEAK] = {"0xC4/0x62: %" PRIu64 " block is left behind",
	                               "0xC4/0x62: %" PRIu64 " blocks are left behind"},
	        [L62_CAMPAIGN_LEFT] = {"%" PRIu64 " thing besides pool is left behind",
	                               "%" PRIu64 " things besides pool are left behind"},
	        [L62_CAMPAIGN_WRONG_FREE] = {
	                "%" PRIu64 " thing is given to a routine that frees others",
	                "%" PRIu64 " things are given to routines that free others"}};
	GString *key = g_string_new(l62_campaign_kind_name(kind));
	GArray *shown = g_array_new(FALSE, FALSE, sizeof(struct l62_campaign_item));
	uint64_t count = 0;
	bool fails = false;
	char *text;

	for (guint i = 0; i < items->len; i++) {
		struct item *item = &g_array_index(items, struct item, i);

		g_array_append_val(shown, item->shown);
		count += item->shown.count;
		fails = fails || item->fails;
		if (baseline)
			g_hash_table_add(campaign->usual, g_strdup(item->key));
	}
	g_array_sort(items, by_key);
	for (guint i = 0; i < items->len; i++)
		g_string_append_printf(key, "\n%s", g_array_index(items, struct item, i).key);
	text = g_strdup_printf(sentences[kind][count != 1], count);
	if (items->len)
		find(campaign, kind, g_string_free(key, FALSE), text,
		     (const struct l62_campaign_item *)(void *)shown->data, shown->len, fails);
	else
		g_string_free(key, TRUE);
	g_free(text);
	g_array_free(shown, TRUE);
	g_array_free(items, TRUE);
}

/* Where in the driver the run ended, and whether that is the address of the instruction. */
static uint64_t end_of(const struct l62_verify *run, uint32_t code, const uint64_t *arguments,
                       bool *exact)
{
	const uint64_t *frames;
	size_t count = l62_read_stack(run, run->arena->stack, &frames), i = 0;
	uint64_t fault = 0;

	if (code == PAGE_FAULT_IN_NONPAGED_AREA)
		fault = arguments[FAULT_ARGUMENT];
	else if (code == IRQL_NOT_LESS_OR_EQUAL || code == DRIVER_IRQL_NOT_LESS_OR_EQUAL)
		fault = arguments[IRQL_ARGUMENT];
	else if (code == KMODE_EXCEPTION_NOT_HANDLED || code == SYSTEM_SERVICE_EXCEPTION ||
	         code == SYSTEM_THREAD_EXCEPTION_NOT_HANDLED)
		fault = arguments[EXCEPTION_ARGUMENT];
	*exact = fault && in_image(run, fault);
	if (*exact)
		return fault;
	while (i < count && !in_image(run, frames[i]))
		i++;
	return i < count ? frames[i] : 0;
}

static bool is_unguarded(uint32_t code)
{
	return code == PAGE_FAULT_IN_NONPAGED_AREA || code == IRQL_NOT_LESS_OR_EQUAL ||
	       code == DRIVER_IRQL_NOT_LESS_OR_EQUAL || code == KMODE_EXCEPTION_NOT_HANDLED ||
	       code == SYSTEM_SERVICE_EXCEPTION || code == SYSTEM_THREAD_EXCEPTION_NOT_HANDLED;
}

static char *describe_bugcheck(uint32_t code, const uint64_t *arguments)
{
	const char *cause = l62_bugcheck_cause(code, arguments[0]);

	if (cause)
		return g_strdup_printf("0x%X/0x%" PRIX64 ": %s", code, arguments[0], cause);
	if (code == KMODE_EXCEPTION_NOT_HANDLED || code == SYSTEM_SERVICE_EXCEPTION ||
	    code == SYSTEM_THREAD_EXCEPTION_NOT_HANDLED)
		return g_strdup_printf("0x%X: %s, exception 0x%08X", code,
		                       l62_bugcheck_name(code), (uint32_t)arguments[0]);
	return g_strdup_printf("0x%X: %s", code, l62_bugcheck_name(code));
}

static void look_bugcheck(struct l62_campaign *campaign, bool baseline, uint32_t code,
                          const uint64_t *arguments)
{
	const struct l62_verify *run = campaign->run;
	enum l62_campaign_kind kind = L62_CAMPAIGN_BUGCHECK;
	struct l62_injected_call call;
	bool exact, has_cause = l62_bugcheck_cause(code, arguments[0]) != NULL;
	uint64_t end = end_of(run, code, arguments, &exact);
	struct l62_campaign_item item = {"", place_of(campaign, end, !exact), 1};
	char *text = describe_bugcheck(code, arguments);
	char *key = g_strdup_printf("end %x %" PRIx64 " %" PRIx64, code,
	                            has_cause ? arguments[0] : 0, end - run->symbols.base);

	if (baseline) {
		g_hash_table_add(campaign->usual, g_strdup(key));
	} else if (g_hash_table_contains(campaign->usual, key)) {
		g_free(key);
		g_free(text);
		return;
	} else if (is_unguarded(code) && l62_verify_injected(run, 0, &call)) {
		char *longer = g_strdup_printf("%s call %" PRIx64, key,
		                               call.caller - run->symbols.base);

		g_free(key);
		key = longer;
		kind = L62_CAMPAIGN_UNGUARDED;
	}
	find(campaign, kind, key, text, &item, end != 0, true);
	g_free(text);
}

static void look_incomplete(struct l62_campaign *campaign, bool baseline)
{
	char *key = g_strdup_printf("incomplete %s", campaign->run->reason);

	campaign->incomplete++;
	if (!baseline && g_hash_table_contains(campaign->usual, key)) {
		g_free(key);
		return;
	}
	if (baseline)
		g_hash_table_add(campaign->usual, g_strdup(key));
	find(campaign, L62_CAMPAIGN_INCOMPLETE, key, campaign->run->reason, NULL, 0, false);
}

void l62_campaign_look(struct l62_campaign *campaign, bool baseline)
{
	const struct l62_verify *run = campaign->run;
	uint64_t arguments[4];
	uint32_t code = l62_verify_bugcheck(run, arguments);

	if (baseline)
		g_hash_table_remove_all(campaign->usual);
	if (run->verdict == L62_VERDICT_INCOMPLETE)
		look_incomplete(campaign, baseline);
	else if (code == VERIFIER_VIOLATION && arguments[0] == LEFT_AT_UNLOAD)
		find_items(campaign, baseline, blocks_left(campaign, baseline),
		           L62_CAMPAIGN_LEAK);
	else if (code)
		look_bugcheck(campaign, baseline, code, arguments);
	/* Only what was unloaded has written down what it left. */
	find_items(campaign, baseline, others_left(campaign, baseline), L62_CAMPAIGN_LEFT);
	find_items(campaign, baseline, wrong_frees(campaign, baseline),
	           L62_CAMPAIGN_WRONG_FREE);
}
