/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The text report, compared in full, and against strings that want to do harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "sample.h"

/* The report of result as seen from cwd, a new string. */
static char *report_with(const struct l62_result *result, struct l62_report_options options)
{
	struct l62_error err = {0};
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	assert_int_equal(l62_report_text(out, result, &options, &err), 0);
	fclose(out);
	sample_options_clear(&options);
	return text;
}

static char *report(const struct l62_result *result, const char *cwd, bool colour)
{
	struct l62_report_options options = sample_options(cwd);

	options.colour = colour;
	return report_with(result, options);
}

static void check(struct l62_result *result, const char *cwd, const char *expected)
{
	char *text = report(result, cwd, false);

	assert_string_equal(text, expected);
	free(text);
	sample_free(result);
}

static void life_cycle(void **state)
{
	(void)state;
	check(sample_mydriver("/src/mydriver/handleioctl.c", "/src/mydriver/driver.c"),
	      "/src/mydriver",
	      "## Driver Verification List\n"
	      "\n"
	      "  MODULE: mydriver\n"
	      "\n"
	      "    Pool Allocations:\n"
	      "\n"
	      "      Length      Tag   Caller\n"
	      "      ----------  ----  ------------------------------\n"
	      "      0x00001000  mdrv  mydriver!DeviceControlDispatch\n"
	      "      -           VMdl  mydriver!DeviceControlDispatch\n"
	      "      -           Vfwi  mydriver!GetNecessaryObjects\n"
	      "\n"
	      "Predicted from the source; nothing was run. Once these paths have run, Driver "
	      "Verifier\n"
	      "would stop the machine when the driver unloads:\n"
	      "\n"
	      "DRIVER_VERIFIER_DETECTED_VIOLATION (c4)\n"
	      "Arguments:\n"
	      "Arg1: 00000062, A driver has forgotten to free its pool allocations prior to "
	      "unloading.\n"
	      "Arg2: mydriver, name of the driver having the issue.\n"
	      "Arg4: 00000003, total # of (paged+nonpaged) allocations that weren't freed.\n"
	      "\n"
	      "handleioctl.c(38)\n"
	      "    mydriver!DeviceControlDispatch   LeakAtUnload\n"
	      "    Pool in DEVICE_EXTENSION.Buffer is freed by no teardown routine\n"
	      "    acquired:\n"
	      "      1. driver.c(12): IRP_MJ_DEVICE_CONTROL is dispatched\n"
	      "      2. handleioctl.c(38): acquired here\n"
	      "    at teardown:\n"
	      "      1. driver.c(20): DriverUnload runs and returns\n"
	      "\n"
	      "handleioctl.c(50)\n"
	      "    mydriver!DeviceControlDispatch   LeakAtUnload\n"
	      "    MDL in DEVICE_EXTENSION.Mdl is freed by no teardown routine\n"
	      "    acquired:\n"
	      "      1. driver.c(12): IRP_MJ_DEVICE_CONTROL is dispatched\n"
	      "      2. handleioctl.c(50): acquired here\n"
	      "    at teardown:\n"
	      "      1. driver.c(20): DriverUnload runs and returns\n"
	      "\n"
	      "handleioctl.c(72)\n"
	      "    mydriver!GetNecessaryObjects   LeakAtUnload\n"
	      "    Work item in ::g_WorkItem is freed by no teardown routine\n"
	      "    acquired:\n"
	      "      1. driver.c(12): IRP_MJ_DEVICE_CONTROL is dispatched\n"
	      "      2. handleioctl.c(72): acquired here\n"
	      "    at teardown:\n"
	      "      1. driver.c(20): DriverUnload runs and returns\n"
	      "\n"
	      "leak62: 2 translation units analysed, 0 failed, 2 re-analysed, 0 functions "
	      "incomplete, 0 slots incomplete; 9 functions, 3 allocation sites, 5 entry "
	      "points; 3 findings: "
	      "LeakAtUnload 3\n");
}

static void on_path(void **state)
{
	(void)state;
	check(sample_path("/src/pnp.c"), "/src",
	      "## Driver Verification List\n"
	      "\n"
	      "  MODULE: mydriver\n"
	      "\n"
	      "    Pool Allocations:\n"
	      "\n"
	      "      Length      Tag   Caller\n"
	      "      ----------  ----  --------------------\n"
	      "      -           Irp   mydriver!HandleUsage\n"
	      "\n"
	      "Predicted from the source; nothing was run. Once these paths have run, Driver "
	      "Verifier\n"
	      "would stop the machine when the driver unloads:\n"
	      "\n"
	      "DRIVER_VERIFIER_DETECTED_VIOLATION (c4)\n"
	      "Arguments:\n"
	      "Arg1: 00000062, A driver has forgotten to free its pool allocations prior to "
	      "unloading.\n"
	      "Arg2: mydriver, name of the driver having the issue.\n"
	      "Arg4: 00000001, total # of (paged+nonpaged) allocations that weren't freed.\n"
	      "\n"
	      "pnp.c(5)\n"
	      "    mydriver!HandleUsage   LeakOnPath\n"
	      "    lost at pnp.c(8)\n"
	      "    the IRP 'Irp2' is lost\n"
	      "      1. pnp.c(5): 'Irp2' is allocated\n"
	      "      2. pnp.c(7): the status is a failure\n"
	      "      3. pnp.c(8): returns without IoFreeIrp\n"
	      "\n"
	      "leak62: 2 translation units analysed, 0 failed, 0 re-analysed, 0 functions "
	      "incomplete, 0 slots incomplete; 9 functions, 3 allocation sites, 5 entry "
	      "points; 1 finding: "
	      "LeakOnPath 1\n");
}

static void places_beside(void **state)
{
	struct l62_result *result = sample_path("/src/pnp.c");
	struct l62_finding *finding = g_ptr_array_index(result->findings, 0);
	char *text;

	(void)state;
	sample_also(finding, L62_ALSO_FIX, "/src/pnp.c", 20, "free it here as line 20 does");
	sample_also(finding, L62_ALSO_EXIT, "/src/pnp.c", 22, "also lost here");
	sample_also(finding, L62_ALSO_TEARDOWN, "/src/a.c", 9, "Uninit does not free it");
	text = report(result, "/src", false);
	assert_non_null(strstr(text, "    the IRP 'Irp2' is lost\n"
	                             "    fix: free it here as line 20 does\n"
	                             "    also lost at pnp.c(22)\n"
	                             "    missing at a.c(9): Uninit does not free it\n"
	                             "      1. pnp.c(5): 'Irp2' is allocated\n"));
	free(text);
	sample_free(result);
}

/* What was tried says so, what was not says nothing. */
static void proofs(void **state)
{
	struct l62_result *result = sample_path("/src/pnp.c");
	struct l62_finding *finding = g_ptr_array_index(result->findings, 0);
	static const char *const names[] = {"not reached", "refuted", "confirmed"};
	char *text = report(result, "/src", false);

	(void)state;
	assert_null(strstr(text, "replay"));
	assert_non_null(strstr(text, "; nothing was run."));
	free(text);
	for (int i = L62_PROOF_NOT_REACHED; i <= L62_PROOF_CONFIRMED; i++) {
		g_autofree char *line = g_strdup_printf(
		        "    the IRP 'Irp2' is lost\n    %s: what \\x1bwas seen\n"
		        "    replay: leak62 verify 'a b.sys'\n      1. ",
		        names[i - 1]);

		finding->proof =
		        (struct l62_proof){(enum l62_proof_verdict)i, "what \x1bwas seen",
		                           "leak62 verify 'a b.sys'", NULL};
		text = report(result, "/src", false);
		assert_non_null(strstr(text, line));
		assert_null(strstr(text, "nothing was run"));
		free(text);
	}
	finding->proof.replay = NULL;
	text = report(result, "/src", false);
	assert_null(strstr(text, "replay"));
	free(text);
	sample_free(result);
}

/* mydriver's three, the first two suppressed. */
static struct l62_result *partly_suppressed(void)
{
	struct l62_result *result = sample_mydriver("/src/a.c", "/src/b.c");

	sample_suppress(result->findings->pdata[0], L62_BY_COMMENT, "/src/a.c", 37, NULL);
	sample_suppress(result->findings->pdata[1], L62_BY_CONFIG, "/src/.leak62.yml", 3,
	                "the reason");
	return result;
}

static void suppressed(void **state)
{
	struct l62_result *result = partly_suppressed();
	struct l62_report_options options = sample_options("/src");
	char *text = report(result, "/src", false), *more;

	(void)state;
	assert_non_null(strstr(text, "Arg4: 00000001, "));
	assert_non_null(strstr(text, "\na.c(72)\n"));
	assert_null(strstr(text, "a.c(38)"));
	assert_null(strstr(text, "VMdl"));
	assert_null(strstr(text, "suppressed by"));
	assert_true(g_str_has_suffix(text, "; 1 finding: LeakAtUnload 1; 2 suppressed: 1 by "
	                                   "comment, 1 by configuration\n"));
	options.show_suppressed = true;
	more = report_with(result, options);
	assert_non_null(strstr(more, "Arg4: 00000001, "));
	assert_non_null(strstr(more, "\nSuppressed:\n\na.c(38)\n"));
	assert_true(strstr(more, "\nSuppressed:") > strstr(more, "\na.c(72)\n"));
	assert_non_null(strstr(more, "\n    suppressed by a.c(37)\n"));
	assert_non_null(strstr(more, "\n    suppressed by .leak62.yml(3): the reason\n"));
	assert_non_null(strstr(more, "; 1 finding: LeakAtUnload 1; 2 suppressed: "));
	free(text);
	free(more);
	sample_free(result);
}

/* Nothing but the line of counts says so. */
static void all_suppressed(void **state)
{
	struct l62_result *result = sample_path("/src/pnp.c");

	(void)state;
	sample_suppress(result->findings->pdata[0], L62_BY_CONFIG, "/src/c.yml", 3, "x");
	result->in_headers = 2;
	check(result, "/src",
	      "leak62: 2 translation units analysed, 0 failed, 0 re-analysed, 0 functions "
	      "incomplete, 0 slots incomplete; 9 functions, 3 allocation sites, 5 entry "
	      "points; 0 findings; 1 "
	      "suppressed: 1 by configuration; 2 inside headers of the system dropped\n");
}

static void nothing_found(void **state)
{
	(void)state;
	check(sample_new(), "/src",
	      "leak62: 2 translation units analysed, 0 failed, 0 re-analysed, 0 functions "
	      "incomplete, 0 slots incomplete; 9 functions, 3 allocation sites, 5 entry "
	      "points; 0 findings\n");
}

static void one_of_each(void **state)
{
	struct l62_result *result = sample_new();

	(void)state;
	result->tus = result->functions = result->sites = result->entry_points = 1;
	result->reanalysed = 1;
	g_ptr_array_add(result->incomplete, "Read");
	check(result, "/src",
	      "Not analysed on all paths: mydriver!Read.\n"
	      "\n"
	      "leak62: 1 translation unit analysed, 0 failed, 1 re-analysed, 1 function "
	      "incomplete, 0 slots incomplete; 1 function, 1 allocation site, 1 entry point; 0 "
	      "findings\n");
}

static void site_counts_once(void **state)
{
	struct l62_result *result = sample_new();
	struct l62_location site = {"/src/a.c", 7, 3, 7, 9};
	struct l62_location next = {"/src/a.c", 7, 30, 7, 39};
	char *text;

	(void)state;
	sample_add(result, "LeakOnPath", site, "Read", "ExAllocatePool2", "POOL", NULL);
	sample_add(result, "LeakOnFailedLoad", site, "Read", "ExAllocatePool2", "POOL", NULL);
	sample_add(result, "LeakOnPath", next, "Read", "ExAllocatePool2", "POOL", NULL);
	text = report(result, "/src", false);
	assert_non_null(strstr(text, "Arg4: 00000002, "));
	assert_non_null(strstr(text, "      ----------  ----  -------------\n"
	                             "      -           -     mydriver!Read\n"
	                             "      -           -     mydriver!Read\n"
	                             "\n"));
	assert_non_null(strstr(text, "; 3 findings: LeakOnPath 2, LeakOnFailedLoad 1\n"));
	free(text);
	sample_free(result);
}

static void sibling_kinds(void **state)
{
	struct l62_result *result = sample_new();
	struct l62_location site = {"/src/a.c", 7, 3, 7, 9};
	struct l62_finding *device, *context;

	(void)state;
	device = sample_add(result, "DeviceObjectLeak", site, "Add", "IoCreateDevice", "DEVICE",
	                    "Devi");
	site.line = 9;
	context = sample_add(result, "SubjectContextLeak", site, "Go",
	                     "SeCaptureSubjectContext", "SUBJECT", NULL);
	device->counted = context->counted = false;
	check(result, "/src",
	      "## Driver Verification List\n"
	      "\n"
	      "  MODULE: mydriver\n"
	      "\n"
	      "    Other resources:\n"
	      "\n"
	      "      Kind                      Caller\n"
	      "      ------------------------  ------------\n"
	      "      device object             mydriver!Add\n"
	      "      security subject context  mydriver!Go\n"
	      "\n"
	      "a.c(7)\n"
	      "    mydriver!Add   DeviceObjectLeak\n"
	      "    message\n"
	      "\n"
	      "a.c(9)\n"
	      "    mydriver!Go   SubjectContextLeak\n"
	      "    message\n"
	      "\n"
	      "leak62: 2 translation units analysed, 0 failed, 0 re-analysed, 0 functions "
	      "incomplete, 0 slots incomplete; 9 functions, 3 allocation sites, 5 entry "
	      "points; 2 findings: "
	      "DeviceObjectLeak 1, SubjectContextLeak 1\n");
}

static void failed_units(void **state)
{
	struct l62_result *result = sample_new();

	(void)state;
	result->tus = 5;
	sample_failed(result, "/src/bad.c", "/src/inc/bad.h(12): unknown type name 'FOO'");
	sample_failed(result, "/src/gone.c", "the compiler ended with signal 9");
	sample_failed(result, "/other/odd.c", "");
	check(result, "/src",
	      "Not analysed:\n"
	      "  bad.c\n"
	      "    inc/bad.h(12): unknown type name 'FOO'\n"
	      "  gone.c\n"
	      "    the compiler ended with signal 9\n"
	      "  /other/odd.c\n"
	      "    no error was recorded\n"
	      "\n"
	      "leak62: 2 translation units analysed, 3 failed, 0 re-analysed, 0 functions "
	      "incomplete, 0 slots incomplete; 9 functions, 3 allocation sites, 5 entry "
	      "points; 0 findings\n");
}

static void slots_not_simulated(void **state)
{
	static char names[11][16];
	struct l62_result *result = sample_new();

	(void)state;
	g_ptr_array_add(result->slots, "DEVICE_EXTENSION.Buffer");
	check(result, "/src",
	      "Not simulated to the end, too many states: DEVICE_EXTENSION.Buffer; on which "
	      "ways "
	      "the driver loses what is there is not known.\n"
	      "\n"
	      "leak62: 2 translation units analysed, 0 failed, 0 re-analysed, 0 functions "
	      "incomplete, 1 slot incomplete; 9 functions, 3 allocation sites, 5 entry points; "
	      "0 findings\n");
	result = sample_new();
	for (int i = 0; i < 11; i++) {
		g_snprintf(names[i], sizeof names[i], "global g_%d", i);
		g_ptr_array_add(result->slots, names[i]);
	}
	check(result, "/src",
	      "Not simulated to the end, too many states: global g_0, global g_1, global g_2, "
	      "global g_3, global g_4, global g_5, global g_6, global g_7, global g_8, global "
	      "g_9 "
	      "and 1 more; on which ways the driver loses what is there is not known.\n"
	      "\n"
	      "leak62: 2 translation units analysed, 0 failed, 0 re-analysed, 0 functions "
	      "incomplete, 11 slots incomplete; 9 functions, 3 allocation sites, 5 entry "
	      "points; "
	      "0 findings\n");
}

static void many_incomplete(void **state)
{
	static char names[12][4];
	struct l62_result *result = sample_new();

	(void)state;
	for (int i = 0; i < 12; i++) {
		g_snprintf(names[i], sizeof names[i], "f%d", i);
		g_ptr_array_add(result->incomplete, names[i]);
	}
	check(result, "/src",
	      "Not analysed on all paths: mydriver!f0, mydriver!f1, mydriver!f2, mydriver!f3, "
	      "mydriver!f4, mydriver!f5, mydriver!f6, mydriver!f7, mydriver!f8, mydriver!f9 "
	      "and 2 more.\n"
	      "\n"
	      "leak62: 2 translation units analysed, 0 failed, 0 re-analysed, 12 functions "
	      "incomplete, 0 slots incomplete; 9 functions, 3 allocation sites, 5 entry "
	      "points; 0 findings\n");
}

static void functions_without_body(void **state)
{
	static const char *const names[] = {"One", "Two", "Three", "Four\x1b", "Five", "Six"};
	struct l62_result *result = sample_new();
	char *text;

	(void)state;
	g_ptr_array_add(result->unknown, "One");
	result->unknown_calls = 1;
	text = report(result, "/src", false);
	assert_true(g_str_has_prefix(text,
	                             "Without a body in the files given: 1 function, in 1 call "
	                             "(One); what they are given is taken to be theirs.\n\n"
	                             "leak62: "));
	free(text);
	for (size_t i = 1; i < G_N_ELEMENTS(names); i++)
		g_ptr_array_add(result->unknown, (void *)names[i]);
	result->unknown_calls = 9;
	text = report(result, "/src", false);
	assert_true(g_str_has_prefix(
	        text, "Without a body in the files given: 6 functions, in 9 calls "
	              "(One, Two, Three, Four\\x1b, Five and 1 more); "));
	free(text);
	sample_free(result);
}

static void missing_roles(void **state)
{
	struct l62_result *result = sample_path("/src/pnp.c");
	char *text;

	(void)state;
	result->has_unload = false;
	text = report(result, "/src", false);
	assert_non_null(strstr(text,
	                       "\nNo unload routine: the driver cannot be unloaded, so bug "
	                       "check 0x62 does not apply to it.\n\nleak62: "));
	assert_null(strstr(text, "when the driver unloads"));
	assert_null(strstr(text, "No DriverEntry"));
	free(text);
	result->has_driver_entry = false;
	text = report(result, "/src", false);
	assert_non_null(strstr(text, "\nNo DriverEntry found: "));
	assert_null(strstr(text, "cannot be unloaded"));
	free(text);
	/* The framework has an unload routine that is not seen. */
	result->has_driver_entry = true;
	g_ptr_array_add(result->frameworks, "KMDF (WdfDriverCreate)");
	text = report(result, "/src", false);
	assert_non_null(strstr(text,
	                       "\nNot modelled: KMDF (WdfDriverCreate); of the routines that "
	                       "it calls nothing is known, so leaks at unload may be "
	                       "missed.\n\nleak62: "));
	assert_null(strstr(text, "cannot be unloaded"));
	free(text);
	sample_free(result);
}

/* Nothing of this may reach a terminal as it is: title and colour sequences, a
 * forged last line, text turned around, C1 controls, bytes that are not UTF-8. */
#define HOSTILE "\033]0;x\007\033[2J\rleak62: 0 findings\nok\t\302\233\342\200\256\377\343\201"

static void hostile_strings(void **state)
{
	struct l62_result *result = sample_new();
	struct l62_location site = {"/src/" HOSTILE, 7, 3, 7, 9};
	struct l62_finding *finding = sample_add(result, "LeakOnPath", site, HOSTILE, HOSTILE,
	                                         HOSTILE, "\033\n\001x");
	struct l62_finding *other =
	        sample_add(result, "DeviceObjectLeak", site, HOSTILE, HOSTILE, "DEVICE", NULL);
	char *text;
	int lines = 0;

	(void)state;
	finding->at.line = 9;
	finding->message = HOSTILE;
	finding->slot = HOSTILE;
	other->counted = false;
	sample_step(finding, 0, "/src/" HOSTILE, 7, HOSTILE);
	sample_also(finding, L62_ALSO_FIX, "/src/" HOSTILE, 7, HOSTILE);
	sample_failed(result, "/src/" HOSTILE, "/src/" HOSTILE "(3): " HOSTILE);
	g_ptr_array_add(result->incomplete, HOSTILE);
	g_ptr_array_add(result->slots, HOSTILE);
	text = report(result, "/src", false);
	assert_true(g_utf8_validate(text, -1, NULL));
	for (const char *c = text; *c; c = g_utf8_next_char(c)) {
		gunichar value = g_utf8_get_char(c);

		lines += value == '\n';
		assert_true(value == '\n' || (value >= 0x20 && value < 0x7f) || value > 0x9f);
		assert_int_not_equal(value, 0x202e);
	}
	assert_int_equal(lines, 45);
	assert_null(strstr(text, "\nleak62: 0 findings"));
	assert_non_null(strstr(text,
	                       "  ...x  mydriver!\\x1b]0;x\\x07\\x1b[2J\\x0dleak62: 0 "
	                       "findings\\x0aok \\u009b\\u202e\357\277\275\357\277\275\n"));
	free(text);
	sample_free(result);
}

static void colour_only_adds(void **state)
{
	struct l62_result *result =
	        sample_mydriver("/src/mydriver/handleioctl.c", "/src/mydriver/driver.c");
	char *plain = report(result, "/src", false), *coloured = report(result, "/src", true);
	GRegex *codes = g_regex_new("\033\\[[0-9;]*m", 0, 0, NULL);
	char *stripped = g_regex_replace_literal(codes, coloured, -1, 0, "", 0, NULL);

	(void)state;
	assert_null(strchr(plain, '\033'));
	assert_non_null(strstr(coloured, "\n\033[1mmydriver/handleioctl.c(50)\033[0m\n"));
	assert_non_null(strstr(coloured, "\033[1;31mLeakAtUnload\033[0m\n"));
	assert_string_equal(stripped, plain);
	g_free(stripped);
	g_regex_unref(codes);
	free(coloured);
	free(plain);
	sample_free(result);
}

/* Ids are of the fingerprint: equal findings are numbered. */
static void named(void **state)
{
	struct l62_result *result =
	        sample_mydriver("/src/mydriver/handleioctl.c", "/src/mydriver/driver.c");
	struct l62_finding *first = g_ptr_array_index(result->findings, 0);
	struct l62_finding *second = g_ptr_array_index(result->findings, 1);
	struct l62_finding *third = g_ptr_array_index(result->findings, 2);
	g_autofree char *id = NULL, *line = NULL;
	char *text;

	(void)state;
	third->api = first->api;
	third->function = first->function;
	third->tag = first->tag;
	third->slot = first->slot;
	l62_result_name(result, "/src");
	assert_int_equal(strlen(first->id), 8);
	assert_int_equal(strspn(first->id, "0123456789abcdef"), 8);
	assert_string_not_equal(first->id, second->id);
	id = g_strconcat(first->id, ":2", NULL);
	assert_string_equal(third->id, id);
	text = report(result, "/src", false);
	line = g_strdup_printf(
	        "    mydriver!DeviceControlDispatch   LeakAtUnload   %s\n    Pool", first->id);
	assert_non_null(strstr(text, line));
	free(text);
	g_free(id);
	id = g_strdup(first->id);
	first->at.line = first->site.line = 99;
	l62_result_name(result, "/src");
	assert_string_equal(first->id, id);
	sample_free(result);
}

static void add_event(struct l62_story *story, enum l62_phase phase, int line,
                      const char *message, ...)
{
	struct l62_story_event *event = g_new0(struct l62_story_event, 1);
	const char *entry;
	va_list entries;

	event->phase = phase;
	event->at = (struct l62_location){.file = "/src/io.c", .line = line};
	event->message = message;
	event->from = g_ptr_array_new_with_free_func(g_free);
	va_start(entries, message);
	while ((entry = va_arg(entries, const char *))) {
		struct l62_step *step = g_new0(struct l62_step, 1);

		step->at = (struct l62_location){.file = "/src/main.c", .line = entry[0]};
		step->message = entry;
		g_ptr_array_add(event->from, step);
	}
	va_end(entries);
	g_ptr_array_add(story->events, event);
}

static void free_event(void *data)
{
	struct l62_story_event *event = data;

	g_ptr_array_unref(event->from);
	g_free(event);
}

static char *story_text(struct l62_story *story)
{
	struct l62_result *result = sample_path("/src/pnp.c");
	struct l62_report_options options = sample_options("/src");
	struct l62_error err = {0};
	char *text = NULL, *from;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	assert_int_equal(l62_report_story(out, g_ptr_array_index(result->findings, 0), story,
	                                  &options, &err),
	                 0);
	fclose(out);
	assert_non_null(strstr(text, "    mydriver!HandleUsage   LeakOnPath\n"));
	from = strstr(text, "Story of ");
	assert_non_null(from);
	from = g_strdup(from);
	free(text);
	sample_options_clear(&options);
	sample_free(result);
	return from;
}

static void story(void **state)
{
	struct l62_story story = {.slots = g_ptr_array_new(),
	                          .events = g_ptr_array_new_with_free_func(free_event),
	                          .doubts = g_ptr_array_new()};
	struct l62_step doubt = {{"/src/io.c", 12, 1, 0, 0}, "Unload tests\x1b data"};
	char *text;

	(void)state;
	text = story_text(&story);
	assert_string_equal(text, "Story of Irp2:\n\n");
	g_free(text);

	g_ptr_array_add(story.slots, "EXT.Irp");
	g_ptr_array_add(story.slots, "global g_Irp");
	g_ptr_array_add(story.slots, "list EXT.All");
	add_event(&story, L62_PHASE_LOAD, 5, "acquired", "Entry", NULL);
	add_event(&story, L62_PHASE_LOAD, 6, "stored", "Entry", NULL);
	add_event(&story, L62_PHASE_LOAD, 7, "freed", "Entry", "Second", NULL);
	add_event(&story, L62_PHASE_TEARDOWN, 8, "freed", "Entry", "b", "c", "d", "e", "f",
	          NULL);
	add_event(&story, L62_PHASE_NOWHERE, 9, "freed\x1b", NULL);
	text = story_text(&story);
	assert_string_equal(text, "Story of EXT.Irp (also in global g_Irp, list EXT.All):\n"
	                          "  load:\n"
	                          "    io.c(5): acquired\n"
	                          "    io.c(6): stored\n"
	                          "      from main.c(69): Entry\n"
	                          "    io.c(7): freed\n"
	                          "      from main.c(69): Entry\n"
	                          "      from main.c(83): Second\n"
	                          "  teardown:\n"
	                          "    io.c(8): freed\n"
	                          "      from main.c(69): Entry\n"
	                          "      from main.c(98): b\n"
	                          "      from main.c(99): c\n"
	                          "      from main.c(100): d\n"
	                          "      and 2 more entry points\n"
	                          "  reached from no entry point:\n"
	                          "    io.c(9): freed\\x1b\n"
	                          "\n");
	g_free(text);

	g_ptr_array_set_size(story.slots, 0);
	g_ptr_array_set_size(story.events, 0);
	g_ptr_array_add(story.doubts, &doubt);
	story.incomplete = true;
	text = story_text(&story);
	assert_string_equal(text,
	                    "Story of Irp2:\n"
	                    "  not simulated to the end, too many states: on which ways it is "
	                    "lost is not known\n"
	                    "  given up, nothing is claimed of ways that go on from there:\n"
	                    "    io.c(12): Unload tests\\x1b data\n"
	                    "\n");
	g_free(text);
	g_ptr_array_unref(story.slots);
	g_ptr_array_unref(story.events);
	g_ptr_array_unref(story.doubts);
}

static void full_device(void **state)
{
	struct l62_result *result = sample_path("/src/pnp.c");
	struct l62_report_options options = sample_options("/src");
	struct l62_error err = {0};
	FILE *out = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(out);
	assert_int_equal(l62_report_text(out, result, &options, &err), L62_E_IO);
	assert_int_equal(err.code, L62_E_IO);
	assert_non_null(strstr(err.text, "No space left on device"));
	fclose(out);
	sample_options_clear(&options);
	sample_free(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(life_cycle),
	        cmocka_unit_test(on_path),
	        cmocka_unit_test(nothing_found),
	        cmocka_unit_test(one_of_each),
	        cmocka_unit_test(site_counts_once),
	        cmocka_unit_test(sibling_kinds),
	        cmocka_unit_test(failed_units),
	        cmocka_unit_test(many_incomplete),
	        cmocka_unit_test(slots_not_simulated),
	        cmocka_unit_test(functions_without_body),
	        cmocka_unit_test(missing_roles),
	        cmocka_unit_test(hostile_strings),
	        cmocka_unit_test(places_beside),
	        cmocka_unit_test(proofs),
	        cmocka_unit_test(suppressed),
	        cmocka_unit_test(all_suppressed),
	        cmocka_unit_test(colour_only_adds),
	        cmocka_unit_test(named),
	        cmocka_unit_test(story),
	        cmocka_unit_test(full_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
