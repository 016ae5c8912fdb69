/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The judge on real runs: MyDriver's three allocations, in the driver that forgets them, in
 * its corrected twin, and where no request reaches them.  DRIVERS: where both are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "leak62/judge.h"
#include "report/sample.h"

#define IOCTL 0x22a004
#define SOURCES "/src/mydriver/"

static const int lines[] = {38, 50, 72};

/* The source's folder is not the one that the .pdb names. */
static struct l62_result *findings(void)
{
	static const char *const kinds[] = {"POOL", "MDL", "WORK_ITEM"};
	struct l62_result *result = sample_new();

	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		struct l62_location site = {SOURCES "HandleIoctl.c", lines[i], 2, lines[i], 20};
		struct l62_finding *finding = sample_add(result, "LeakAtUnload", site, "F",
		                                         "Api", kinds[i], i ? NULL : "mdrv");

		sample_step(finding, 0, site.file, lines[i], "acquired here");
		sample_step(finding, 1, SOURCES "mydriver.c", 45, "MyUnload");
	}
	return result;
}

static struct l62_judge *judge_of(const struct l62_result *result, const char *driver,
                                  size_t ioctls, bool trace)
{
	static const uint32_t codes[] = {IOCTL};
	struct l62_verify_options options = {
	        .flags = l62_verify_flags_default(),
	        .ioctls = codes,
	        .ioctl_count = ioctls,
	        .buffer_size = 256,
	        .seconds = 60,
	        .trace = trace,
	};
	struct l62_judge *judge = l62_judge_new(result);
	struct l62_verify *run;
	struct l62_error err;

	assert_int_equal(l62_verify_run(driver, &options, &run, &err), 0);
	assert_int_equal(l62_trace_is(run), trace);
	assert_true(l62_verified_ended(run));
	l62_judge_add_verified(judge, run, "leak62 verify x.sys", NULL);
	l62_verify_free(run);
	return judge;
}

static void check(const char *driver, size_t ioctls, bool trace,
                  enum l62_proof_verdict verdict, const char *text)
{
	struct l62_result *result = findings();
	struct l62_judge *judge = judge_of(result, driver, ioctls, trace);

	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		struct l62_proof proof = l62_judge_proof(judge, i);

		assert_non_null(proof.text);
		assert_non_null(strstr(proof.text, text));
		assert_int_equal(proof.verdict, verdict);
	}
	assert_int_equal(l62_judge_unpredicted_count(judge), 0);
	l62_judge_free(judge);
	sample_free(result);
}

static void leaks_are_confirmed(void **state)
{
	(void)state;
	check(DRIVERS "/leak/MyDriver.sys", 1, true, L62_PROOF_CONFIRMED, "left behind: ");
	check(DRIVERS "/leak/MyDriver.sys", 1, false, L62_PROOF_CONFIRMED, "left behind: ");
}

static void corrected_is_refuted(void **state)
{
	(void)state;
	check(DRIVERS "/fixed/MyDriver.sys", 1, true, L62_PROOF_REFUTED, "released later");
	/* Without a trace nothing is known of where it went. */
	check(DRIVERS "/fixed/MyDriver.sys", 1, false, L62_PROOF_NOT_REACHED, "not known");
}

static void without_the_request(void **state)
{
	(void)state;
	check(DRIVERS "/leak/MyDriver.sys", 0, true, L62_PROOF_NOT_REACHED, ") never ran");
	check(DRIVERS "/fixed/MyDriver.sys", 0, true, L62_PROOF_NOT_REACHED, ") never ran");
}

static void unpredicted(void **state)
{
	struct l62_result *result = sample_new();
	struct l62_judge *judge = judge_of(result, DRIVERS "/leak/MyDriver.sys", 1, true);

	(void)state;
	assert_int_equal(l62_judge_unpredicted_count(judge), G_N_ELEMENTS(lines));
	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		const struct l62_unpredicted *left = l62_judge_unpredicted(judge, i);

		assert_int_equal(left->line, lines[i]);
		assert_string_equal(left->replay, "leak62 verify x.sys");
	}
	l62_judge_free(judge);
	judge = judge_of(result, DRIVERS "/fixed/MyDriver.sys", 1, true);
	assert_int_equal(l62_judge_unpredicted_count(judge), 0);
	l62_judge_free(judge);
	sample_free(result);
}

static void questions_to_a_trace(void **state)
{
	struct l62_verify_options options = {.flags = l62_verify_flags_default(),
	                                     .seconds = 60,
	                                     .trace = true};
	struct l62_trace_event event;
	struct l62_verify *run;
	struct l62_error err;
	const char *file;
	size_t count = 0;

	(void)state;
	assert_int_equal(l62_verify_run(DRIVERS "/leak/MyDriver.sys", &options, &run, &err), 0);
	file = l62_trace_file(run, "/elsewhere/MYDRIVER.C");
	assert_non_null(file);
	assert_true(g_str_has_suffix(file, "\\mydriver.c"));
	assert_null(l62_trace_file(run, "/elsewhere/yourdriver.c"));
	assert_null(l62_trace_file(run, "/elsewhere/driver.c"));
	assert_int_equal(l62_trace_lines(run, file, 21, 21), L62_RAN);
	assert_int_equal(l62_trace_lines(run, file, 35, 35), L62_RAN_NOT);
	assert_int_equal(l62_trace_lines(run, file, 30, 40), L62_RAN);
	assert_int_equal(l62_trace_lines(run, file, 8, 8), L62_RAN_UNKNOWN);
	assert_int_equal(l62_trace_lines(run, NULL, 21, 21), L62_RAN_UNKNOWN);
	assert_true(l62_trace_event(run, 0, &event));
	assert_ptr_equal(event.file, file);
	while (l62_trace_event(run, count, &event))
		count++;
	assert_true(count > 20);
	assert_int_equal(l62_trace_lost(run), 0);
	l62_verify_free(run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(leaks_are_confirmed), cmocka_unit_test(corrected_is_refuted),
	        cmocka_unit_test(without_the_request), cmocka_unit_test(unpredicted),
	        cmocka_unit_test(questions_to_a_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
