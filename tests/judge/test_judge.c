/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Verdicts, on findings and runs made by hand.  Each way to a verdict has a twin in which
 * one thing is different and the verdict is another.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "leak62/judge.h"
#include "report/sample.h"

#define SOURCE "/src/pnp.c"
#define PLACE(number) {.file = SOURCE, .function = "HandleUsage", .line = (number)}

/* An IRP of line 5 is lost at line 8; the steps are 5, 7, 8. */
static struct l62_result *path(void)
{
	return sample_path(SOURCE);
}

static struct l62_item item(const char *kind, unsigned line, uint64_t begin, uint64_t end)
{
	return (struct l62_item){
	        .sort = L62_ITEM_BLOCK,
	        .kind = kind,
	        .noun = "IRP",
	        .tag = "Irp ",
	        .size = 128,
	        .begin = begin,
	        .end = end,
	        .place_count = 2,
	        .places = {PLACE(line), {.file = "/src/main.c", .line = 90}},
	};
}

/* A run in which these lines of SOURCE ran, up to a 0. */
static void add_run(struct l62_judge *judge, const struct l62_item *items, size_t count,
                    const unsigned *lines, bool ended)
{
	struct l62_judge_event events[32];
	struct l62_judge_run run = {
	        .ended = ended,
	        .traced = lines != NULL,
	        .items = items,
	        .item_count = count,
	        .events = events,
	        .replay = "leak62 verify pnp.sys --fail-at 3",
	        .scenario = "pnp.json",
	};

	for (; lines && lines[run.event_count]; run.event_count++)
		events[run.event_count] =
		        (struct l62_judge_event){SOURCE, lines[run.event_count]};
	l62_judge_add(judge, &run);
}

static void check(struct l62_judge *judge, size_t finding, enum l62_proof_verdict verdict,
                  const char *text)
{
	struct l62_proof proof = l62_judge_proof(judge, finding);

	assert_int_equal(proof.verdict, verdict);
	if (text)
		assert_string_equal(proof.text, text);
}

/* One run on the finding of path(). */
static void check_path(const struct l62_item *one, const unsigned *lines, bool ended,
                       enum l62_proof_verdict verdict, const char *text)
{
	struct l62_result *result = path();
	struct l62_judge *judge = l62_judge_new(result);

	add_run(judge, one, one != NULL, lines, ended);
	check(judge, 0, verdict, text);
	l62_judge_free(judge);
	sample_free(result);
}

static const unsigned whole[] = {4, 5, 7, 8, 20, 0}, not_the_exit[] = {4, 5, 7, 9, 20, 0},
                      not_the_site[] = {4, 8, 20, 0}, exit_before[] = {8, 4, 5, 7, 20, 0};

static void left_is_confirmed(void **state)
{
	struct l62_item left = item("IRP", 5, 2, L62_ITEM_LEFT);

	(void)state;
	check_path(&left, whole, true, L62_PROOF_CONFIRMED,
	           "left behind: 128 bytes of IRP (tag Irp ) from pnp.c(5)");
	check_path(&left, NULL, true, L62_PROOF_CONFIRMED, NULL);
	/* It is the only finding of that place: the lines must be wrong. */
	check_path(&left, not_the_exit, true, L62_PROOF_CONFIRMED, NULL);
	/* What lives when a run stops before its end is not left. */
	check_path(&left, whole, false, L62_PROOF_NOT_REACHED, NULL);
}

static void of_another_place_or_kind(void **state)
{
	struct l62_item elsewhere = item("IRP", 6, 2, L62_ITEM_LEFT);
	struct l62_item other = item("MDL", 5, 2, L62_ITEM_LEFT);
	struct l62_item same = item("THREADED_IRP", 5, 2, L62_ITEM_LEFT);
	struct l62_item caller = item("IRP", 40, 2, L62_ITEM_LEFT);

	(void)state;
	check_path(&elsewhere, whole, true, L62_PROOF_NOT_REACHED, NULL);
	check_path(&other, whole, true, L62_PROOF_NOT_REACHED, NULL);
	check_path(&same, whole, true, L62_PROOF_CONFIRMED, NULL);
	/* Behind a wrapper: an older frame is the one. */
	caller.places[1] = (struct l62_place)PLACE(5);
	check_path(&caller, whole, true, L62_PROOF_CONFIRMED, NULL);
	caller.place_count = 1;
	check_path(&caller, whole, true, L62_PROOF_NOT_REACHED, NULL);
}

static void released_later_is_refuted(void **state)
{
	struct l62_item later = item("IRP", 5, 2, 5), before = item("IRP", 5, 2, 3);

	(void)state;
	check_path(&later, whole, true, L62_PROOF_REFUTED,
	           "pnp.c(5) and the path behind it ran to their end, what was acquired was "
	           "released later, and the driver was unloaded with nothing of it left");
	check_path(&before, whole, true, L62_PROOF_NOT_REACHED,
	           "pnp.c(5) ran, and what it acquired was released before it could be lost");
	check_path(&later, whole, false, L62_PROOF_NOT_REACHED,
	           "pnp.c(5) and the path behind it ran, but the run stopped before the driver "
	           "was unloaded");
	check_path(&later, not_the_exit, true, L62_PROOF_NOT_REACHED,
	           "pnp.c(5) ran, pnp.c(8) never ran after it");
	later.begin = 3;
	check_path(&later, exit_before, true, L62_PROOF_NOT_REACHED,
	           "pnp.c(5) ran, pnp.c(8) never ran after it");
	check_path(NULL, whole, true, L62_PROOF_NOT_REACHED,
	           "pnp.c(5) ran, but no run has booked that it acquired anything");
	check_path(NULL, not_the_site, true, L62_PROOF_NOT_REACHED, "pnp.c(5) never ran");
	check_path(NULL, NULL, true, L62_PROOF_NOT_REACHED, NULL);
}

/* The exit is shared with a path on which the resource is kept. */
static void another_way_is_not_the_path(void **state)
{
	static const unsigned kept[] = {4, 5, 6, 7, 8, 20, 0};
	struct l62_item later = item("IRP", 5, 2, 6);

	(void)state;
	for (int with = 0; with < 2; with++) {
		struct l62_result *result = path();
		struct l62_judge *judge = l62_judge_new(result);

		if (with)
			l62_judge_add_way(judge, 0, SOURCE, 6);
		add_run(judge, &later, 1, kept, true);
		if (with)
			check(judge, 0, L62_PROOF_NOT_REACHED,
			      "pnp.c(5) ran, but then pnp.c(6) released or kept it before it "
			      "could be lost");
		else
			check(judge, 0, L62_PROOF_REFUTED, NULL);
		l62_judge_free(judge);
		sample_free(result);
	}
}

static void other_exits_count(void **state)
{
	static const unsigned other[] = {4, 5, 12, 20, 0};
	struct l62_item later = item("IRP", 5, 2, 4);

	(void)state;
	for (int with = 0; with < 2; with++) {
		struct l62_result *result = path();
		struct l62_judge *judge;

		if (with)
			sample_also(g_ptr_array_index(result->findings, 0), L62_ALSO_EXIT,
			            SOURCE, 12, "also lost here");
		judge = l62_judge_new(result);
		add_run(judge, &later, 1, other, true);
		check(judge, 0, with ? L62_PROOF_REFUTED : L62_PROOF_NOT_REACHED, NULL);
		l62_judge_free(judge);
		sample_free(result);
	}
}

static void the_strongest_counts(void **state)
{
	struct l62_item later = item("IRP", 5, 2, 5), left = item("IRP", 5, 2, L62_ITEM_LEFT);
	struct l62_result *result = path();
	struct l62_judge *judge = l62_judge_new(result);

	(void)state;
	check(judge, 0, L62_PROOF_NONE, NULL);
	add_run(judge, NULL, 0, not_the_site, true);
	check(judge, 0, L62_PROOF_NOT_REACHED, "pnp.c(5) never ran");
	add_run(judge, &later, 1, not_the_exit, true);
	check(judge, 0, L62_PROOF_NOT_REACHED, "pnp.c(5) ran, pnp.c(8) never ran after it");
	add_run(judge, NULL, 0, not_the_site, true);
	check(judge, 0, L62_PROOF_NOT_REACHED, "pnp.c(5) ran, pnp.c(8) never ran after it");
	add_run(judge, &later, 1, whole, true);
	check(judge, 0, L62_PROOF_REFUTED, NULL);
	add_run(judge, &left, 1, whole, true);
	check(judge, 0, L62_PROOF_CONFIRMED, NULL);
	add_run(judge, &later, 1, whole, true);
	check(judge, 0, L62_PROOF_CONFIRMED, NULL);
	assert_string_equal(l62_judge_proof(judge, 0).replay,
	                    "leak62 verify pnp.sys --fail-at 3");
	assert_string_equal(l62_judge_proof(judge, 0).scenario, "pnp.json");
	l62_judge_free(judge);
	sample_free(result);
}

/* Two findings of one allocation: what was left is the one's whose exit ran, and does not
 * refute the other. */
static void two_exits(void **state)
{
	struct l62_item left = item("IRP", 5, 2, L62_ITEM_LEFT);
	struct l62_item later = item("IRP", 5, 2, 5);
	static const unsigned second[] = {4, 5, 30, 0};
	struct l62_result *result = path();
	struct l62_location site = {SOURCE, 5, 9, 5, 40};
	struct l62_finding *other = sample_add(result, "LeakOnPath", site, "HandleUsage",
	                                       "IoAllocateIrp", "IRP", "Irp ");
	struct l62_judge *judge;

	(void)state;
	other->at = (struct l62_location){SOURCE, 30, 2, 30, 9};
	judge = l62_judge_new(result);
	add_run(judge, &left, 1, second, true);
	check(judge, 0, L62_PROOF_NOT_REACHED,
	      "pnp.c(5) ran, and what it acquired was left, by another path");
	check(judge, 1, L62_PROOF_CONFIRMED, NULL);
	add_run(judge, &later, 1, whole, true);
	check(judge, 0, L62_PROOF_NOT_REACHED, NULL);
	add_run(judge, &left, 1, whole, true);
	check(judge, 0, L62_PROOF_CONFIRMED, NULL);
	assert_int_equal(l62_judge_unpredicted_count(judge), 0);
	l62_judge_free(judge);
	sample_free(result);
}

/* A line that keeps it elsewhere is on the paths of both. */
static void kept_on_both_paths(void **state)
{
	struct l62_item left = item("IRP", 5, 2, L62_ITEM_LEFT);
	static const unsigned second[] = {4, 5, 6, 30, 0}, neither[] = {4, 5, 6, 0};
	struct l62_location site = {SOURCE, 5, 9, 5, 40};

	(void)state;
	for (int exits = 0; exits < 2; exits++) {
		struct l62_result *result = path();
		struct l62_finding *other =
		        sample_add(result, "LeakOnPath", site, "HandleUsage", "IoAllocateIrp",
		                   "IRP", "Irp ");
		struct l62_judge *judge;

		other->at = (struct l62_location){SOURCE, 30, 2, 30, 9};
		judge = l62_judge_new(result);
		l62_judge_add_way(judge, 0, SOURCE, 6);
		l62_judge_add_way(judge, 1, SOURCE, 6);
		add_run(judge, &left, 1, exits ? second : neither, true);
		check(judge, 0, exits ? L62_PROOF_NOT_REACHED : L62_PROOF_CONFIRMED, NULL);
		check(judge, 1, L62_PROOF_CONFIRMED, NULL);
		l62_judge_free(judge);
		sample_free(result);
	}
}

static void tags_tell_apart(void **state)
{
	struct l62_item left = item("POOL", 5, 0, L62_ITEM_LEFT);
	struct l62_location site = {SOURCE, 5, 9, 5, 40};

	(void)state;
	for (int same = 0; same < 2; same++) {
		struct l62_result *result = sample_new();
		struct l62_judge *judge;

		sample_add(result, "LeakAtUnload", site, "F", "ExAllocatePoolWithTag", "POOL",
		           same ? "mdrv" : "twoT");
		judge = l62_judge_new(result);
		memcpy(left.tag, "mdrv", 5);
		add_run(judge, &left, 1, NULL, true);
		check(judge, 0, same ? L62_PROOF_CONFIRMED : L62_PROOF_NOT_REACHED, NULL);
		assert_int_equal(l62_judge_unpredicted_count(judge), !same);
		l62_judge_free(judge);
		sample_free(result);
	}
}

/* A statement over several lines has its code in the first one. */
static bool only_first_line(const void *context, const char *file, unsigned line)
{
	(void)context;
	(void)file;
	return line == 3 || line == 1;
}

static void statement_over_lines(void **state)
{
	struct l62_item left = item("IRP", 3, 0, L62_ITEM_LEFT);

	(void)state;
	for (unsigned line = 1; line <= 3; line += 2) {
		struct l62_result *result = path();
		struct l62_judge *judge = l62_judge_new(result);
		struct l62_judge_run run = {.ended = true,
		                            .items = &left,
		                            .item_count = 1,
		                            .has_code = only_first_line};

		left.places[0].line = line;
		l62_judge_add(judge, &run);
		check(judge, 0, line == 3 ? L62_PROOF_CONFIRMED : L62_PROOF_NOT_REACHED, NULL);
		l62_judge_free(judge);
		sample_free(result);
	}
}

static void ledgers_by_name(void **state)
{
	static const struct {
		const char *rule, *kind, *ledger;
		bool same;
	} rows[] = {
	        {"MappingLeak", "LOCKED_PAGES", "lockedPages", true},
	        {"MappingLeak", "MAPPING", "userMapping", true},
	        {"MappingLeak", "MAPPING", "lockedPages", false},
	        {"HandleLeak", "HANDLE", "thread", true},
	        {"HandleLeak", "HANDLE", "handle", true},
	        {"RegistrationLeak", "SYMBOLIC_LINK", "symbolicLink", true},
	        {"ContiguousMemoryLeak", "PAGES", "contiguous", true},
	        {"ObjectReferenceLeak", "REFERENCE", "reference", true},
	        {"DeviceObjectLeak", "DEVICE", "symbolicLink", false},
	};
	struct l62_location site = {SOURCE, 5, 9, 5, 40};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct l62_item left = item(NULL, 5, 0, L62_ITEM_LEFT);
		struct l62_result *result = sample_new();
		struct l62_judge *judge;

		left.sort = L62_ITEM_LEDGER;
		left.ledger = rows[i].ledger;
		*left.tag = '\0';
		sample_add(result, rows[i].rule, site, "F", "Api", rows[i].kind, NULL);
		judge = l62_judge_new(result);
		add_run(judge, &left, 1, NULL, true);
		check(judge, 0, rows[i].same ? L62_PROOF_CONFIRMED : L62_PROOF_NOT_REACHED,
		      NULL);
		l62_judge_free(judge);
		sample_free(result);
	}
}

/* What the driver counts itself is a block, which another place has made. */
static struct l62_result *own_reference(void)
{
	struct l62_result *result = path();
	struct l62_finding *finding = g_ptr_array_index(result->findings, 0);

	finding->api = "reference";
	finding->kind = "OBJECT";
	finding->tag = NULL;
	return result;
}

static struct l62_item counted_block(unsigned line, uint64_t end)
{
	struct l62_item block = item("POOL", line, 0, end);

	block.noun = "pool";
	memcpy(block.tag, "Chan", 5);
	return block;
}

static void own_references(void **state)
{
	struct l62_item elsewhere = counted_block(40, L62_ITEM_LEFT);
	struct l62_item at_site = counted_block(5, L62_ITEM_LEFT);
	struct l62_item freed = counted_block(40, 5);
	/* The second time it goes the finding's way, the first time it is given back. */
	static const unsigned twice[] = {4, 5, 6, 8, 4, 5, 7, 8, 20, 0};
	const struct {
		const struct l62_item *item;
		const unsigned *lines;
		enum l62_proof_verdict verdict;
		size_t unpredicted;
	} rows[] = {
	        {&elsewhere, whole, L62_PROOF_CONFIRMED, 0},
	        {&elsewhere, twice, L62_PROOF_CONFIRMED, 0},
	        {&at_site, whole, L62_PROOF_CONFIRMED, 0},
	        {&elsewhere, not_the_exit, L62_PROOF_NOT_REACHED, 1},
	        {&elsewhere, not_the_site, L62_PROOF_NOT_REACHED, 1},
	        {&elsewhere, NULL, L62_PROOF_NOT_REACHED, 1},
	        {&freed, whole, L62_PROOF_NOT_REACHED, 0},
	};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct l62_result *result = own_reference();
		struct l62_judge *judge = l62_judge_new(result);

		l62_judge_add_way(judge, 0, SOURCE, 6);
		add_run(judge, rows[i].item, 1, rows[i].lines, true);
		check(judge, 0, rows[i].verdict,
		      i == 0 ? "left behind: 128 bytes of pool (tag Chan) from pnp.c(40), with "
		               "the reference from pnp.c(5)"
		             : NULL);
		assert_int_equal(l62_judge_unpredicted_count(judge), rows[i].unpredicted);
		l62_judge_free(judge);
		sample_free(result);
	}
}

/* What is left without the path as well is not for its reference that it is left; nor does
 * the path explain it where the finding is of another kind. */
static void not_of_the_reference(void **state)
{
	struct l62_item left = counted_block(40, L62_ITEM_LEFT);

	(void)state;
	for (int own = 0; own < 2; own++) {
		struct l62_result *result = own ? own_reference() : path();
		struct l62_judge *judge = l62_judge_new(result);

		if (own)
			add_run(judge, &left, 1, not_the_site, true);
		add_run(judge, &left, 1, whole, true);
		check(judge, 0, L62_PROOF_NOT_REACHED, NULL);
		assert_int_equal(l62_judge_unpredicted_count(judge), 1);
		l62_judge_free(judge);
		sample_free(result);
	}
}

/* A run that stops because something was not given back shows that. */
static void blamed(void **state)
{
	struct l62_location site = {SOURCE, 5, 9, 5, 40};
	struct l62_item held = item(NULL, 5, 2, L62_ITEM_LEFT);

	(void)state;
	held.sort = L62_ITEM_LEDGER;
	held.ledger = "removeLock";
	held.noun = "held remove lock";
	*held.tag = '\0';
	for (int stopped = 0; stopped < 2; stopped++) {
		struct l62_result *result = sample_new();
		struct l62_judge *judge;

		sample_add(result, "RemoveLockLeak", site, "F", "IoAcquireRemoveLockEx",
		           "REMOVE_LOCK", NULL);
		judge = l62_judge_new(result);
		held.blamed = stopped;
		add_run(judge, &held, 1, whole, false);
		check(judge, 0, stopped ? L62_PROOF_CONFIRMED : L62_PROOF_NOT_REACHED,
		      stopped ? "the run stopped for what was not given back: held remove lock "
		                "from pnp.c(5)"
		              : NULL);
		l62_judge_free(judge);
		sample_free(result);
	}
}

static void descriptors_are_pool(void **state)
{
	static const char *const kinds[] = {"DESCRIPTOR", "SUBJECT"};
	struct l62_location site = {SOURCE, 5, 9, 5, 40};
	struct l62_item left = counted_block(5, L62_ITEM_LEFT);

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		struct l62_result *result = sample_new();
		struct l62_judge *judge;

		sample_add(result, "SubjectContextLeak", site, "F", "SeAssignSecurity",
		           kinds[i], NULL);
		judge = l62_judge_new(result);
		add_run(judge, &left, 1, whole, true);
		check(judge, 0, i == 0 ? L62_PROOF_CONFIRMED : L62_PROOF_NOT_REACHED, NULL);
		l62_judge_free(judge);
		sample_free(result);
	}
}

/* The place of a wrong free is that of the release, and the run need not have ended. */
static void wrong_free(void **state)
{
	struct l62_location site = {SOURCE, 5, 9, 5, 40};
	struct l62_item freed = item(NULL, 8, 0, L62_ITEM_LEFT);

	(void)state;
	freed.sort = L62_ITEM_WRONG_FREE;
	freed.noun = "ExFreePool of an MDL";
	for (unsigned line = 8; line < 10; line++) {
		struct l62_result *result = sample_new();
		struct l62_finding *finding = sample_add(result, "WrongFree", site, "F",
		                                         "IoAllocateMdl", "MDL", "VMdl");
		struct l62_judge *judge;

		finding->at.line = finding->at.end_line = 8;
		judge = l62_judge_new(result);
		freed.places[0].line = line;
		add_run(judge, &freed, 1, whole, false);
		check(judge, 0, line == 8 ? L62_PROOF_CONFIRMED : L62_PROOF_NOT_REACHED,
		      line == 8 ? "freed wrongly at pnp.c(8): ExFreePool of an MDL"
		                : "pnp.c(8) ran, but not with what it must not free");
		assert_int_equal(l62_judge_unpredicted_count(judge), line != 8);
		l62_judge_free(judge);
		sample_free(result);
	}
}

/* At teardown: what lives when it begins, and is released by it, refutes. */
static void teardown(void **state)
{
	static const unsigned run_and_unload[] = {11, 50, 12, 20, 21, 0};
	struct l62_result *result = sample_mydriver(SOURCE, SOURCE);
	struct l62_item released = item("MDL", 50, 2, 5), early = item("MDL", 50, 2, 3);

	(void)state;
	for (int late = 0; late < 2; late++) {
		struct l62_judge *judge = l62_judge_new(result);

		memcpy(released.tag, "VMdl", 5);
		memcpy(early.tag, "VMdl", 5);
		add_run(judge, late ? &released : &early, 1, run_and_unload, true);
		check(judge, 0, L62_PROOF_NOT_REACHED, "pnp.c(38) never ran");
		check(judge, 1, late ? L62_PROOF_REFUTED : L62_PROOF_NOT_REACHED, NULL);
		l62_judge_free(judge);
	}
	sample_free(result);
}

static void unpredicted_once_each(void **state)
{
	struct l62_item items[] = {
	        item("POOL", 70, 0, L62_ITEM_LEFT), item("POOL", 70, 0, L62_ITEM_LEFT),
	        item("POOL", 60, 0, L62_ITEM_LEFT), item("IRP", 5, 0, L62_ITEM_LEFT)};
	struct l62_result *result = path();
	struct l62_judge *judge = l62_judge_new(result);
	const struct l62_unpredicted *first, *second;

	(void)state;
	add_run(judge, items, 4, NULL, true);
	add_run(judge, items, 2, NULL, true);
	assert_int_equal(l62_judge_unpredicted_count(judge), 2);
	first = l62_judge_unpredicted(judge, 0);
	second = l62_judge_unpredicted(judge, 1);
	assert_int_equal(first->line, 60);
	assert_int_equal(first->runs, 1);
	assert_int_equal(second->line, 70);
	assert_int_equal(second->runs, 2);
	assert_string_equal(second->kind, "POOL");
	assert_string_equal(second->function, "HandleUsage");
	l62_judge_free(judge);
	sample_free(result);
}

static void add_site(struct l62_judge *judge, const char *file, int line, int end_line)
{
	struct l62_location at = {.file = file, .line = line, .end_line = end_line};

	l62_judge_add_site(judge, &at);
}

/* Code of the system's headers is older frames' doing: a line that acquires is the place. */
static void unpredicted_at_a_site(void **state)
{
	struct l62_item left = item("POOL", 60, 0, L62_ITEM_LEFT);
	struct l62_result *result = path();
	struct l62_judge *judge = l62_judge_new(result);

	(void)state;
	add_site(judge, "/src/main.c", 89, 91);
	add_site(judge, "/src/main.c", 200, 200);
	add_run(judge, &left, 1, NULL, true);
	add_run(judge, &left, 1, NULL, true);
	assert_int_equal(l62_judge_unpredicted_count(judge), 1);
	assert_string_equal(l62_judge_unpredicted(judge, 0)->file, "/src/main.c");
	assert_int_equal(l62_judge_unpredicted(judge, 0)->line, 90);
	add_site(judge, SOURCE, 60, 60);
	add_run(judge, &left, 1, NULL, true);
	assert_int_equal(l62_judge_unpredicted_count(judge), 2);
	l62_judge_free(judge);
	sample_free(result);
}

static void given_to_findings(void **state)
{
	struct l62_item left = item("IRP", 5, 2, L62_ITEM_LEFT);
	struct l62_result *result = path();
	const struct l62_finding *finding = g_ptr_array_index(result->findings, 0);
	struct l62_judge *judge = l62_judge_new(result);

	(void)state;
	assert_int_equal(finding->proof.verdict, L62_PROOF_NONE);
	add_run(judge, &left, 1, whole, true);
	l62_judge_give(judge, result);
	l62_judge_free(judge);
	assert_int_equal(finding->proof.verdict, L62_PROOF_CONFIRMED);
	assert_string_equal(finding->proof.replay, "leak62 verify pnp.sys --fail-at 3");
	sample_free(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(left_is_confirmed),
	        cmocka_unit_test(of_another_place_or_kind),
	        cmocka_unit_test(released_later_is_refuted),
	        cmocka_unit_test(another_way_is_not_the_path),
	        cmocka_unit_test(other_exits_count),
	        cmocka_unit_test(the_strongest_counts),
	        cmocka_unit_test(two_exits),
	        cmocka_unit_test(kept_on_both_paths),
	        cmocka_unit_test(tags_tell_apart),
	        cmocka_unit_test(statement_over_lines),
	        cmocka_unit_test(ledgers_by_name),
	        cmocka_unit_test(own_references),
	        cmocka_unit_test(not_of_the_reference),
	        cmocka_unit_test(blamed),
	        cmocka_unit_test(descriptors_are_pool),
	        cmocka_unit_test(wrong_free),
	        cmocka_unit_test(teardown),
	        cmocka_unit_test(unpredicted_once_each),
	        cmocka_unit_test(unpredicted_at_a_site),
	        cmocka_unit_test(given_to_findings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
