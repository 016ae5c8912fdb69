/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Path leaks, which the linker hands on. */
#include "support.h"

#include <string.h>

static struct l62_result *link_with(struct driver *driver, const char *more)
{
	g_autofree char *sql = g_strconcat(base_driver, more, NULL);

	driver_tu(driver, "a.c", sql);
	return driver_link(driver);
}

static void becomes_a_finding(void **unused)
{
	struct driver *driver = driver_new();
	struct l62_result *result = link_with(
	        driver, "INSERT INTO path_leak VALUES"
	                " (5, 1, '/drv/ioctl.c', 55, 3, 55, 29, 3, 'leak: ''mdl'' is lost');"
	                "INSERT INTO path_step VALUES(5, 2, '/drv/ioctl.c', 55, 3, 'lost'),"
	                " (5, 1, '/drv/ioctl.c', 50, 20, 'allocated')");
	const struct l62_finding *f = only(result, "LeakOnPath");

	(void)unused;
	assert_string_equal(f->message, "leak: 'mdl' is lost");
	assert_string_equal(f->at.file, "/drv/ioctl.c");
	assert_int_equal(f->at.line, 55);
	assert_int_equal(f->at.col, 3);
	assert_int_equal(f->at.end_line, 55);
	assert_int_equal(f->at.end_col, 29);
	assert_int_equal(f->site.line, 50);
	assert_string_equal(f->function, "MyControl");
	assert_string_equal(f->api, "IoAllocateMdl");
	assert_string_equal(f->kind, "MDL");
	assert_string_equal(f->tag, "VMdl");
	assert_string_equal(f->variable, "ext->Mdl");
	assert_null(f->slot);
	assert_false(f->has_size);
	assert_true(f->counted);
	assert_int_equal(f->flow[0]->len, 2);
	assert_string_equal(step(f, 0, 0)->message, "allocated");
	assert_string_equal(step(f, 0, 1)->message, "lost");
	assert_int_equal(step(f, 0, 1)->at.col, 3);
	assert_int_equal(f->flow[1]->len, 0);
	l62_result_free(result);
	driver_free(driver);
}

/* Fewest steps first, then the first line; the others are named. */
static void one_per_site(void **unused)
{
	static const char three[] =
	        "INSERT INTO path_leak VALUES"
	        " (1, 1, '/drv/ioctl.c', 52, 1, 52, 2, 3, 'long'),"
	        " (2, 1, '/drv/ioctl.c', 57, 1, 57, 2, 3, 'short and late'),"
	        " (3, 1, '/drv/ioctl.c', 55, 1, 55, 2, 3, 'short and early');"
	        "INSERT INTO path_step VALUES(1, 0, '/x.c', 1, 1, 'a'), (1, 1, '/x.c', 2, 1, "
	        "'b'),"
	        " (2, 0, '/x.c', 1, 1, 'a'), (3, 0, '/x.c', 1, 1, 'a');";
	struct driver *driver = driver_new();
	struct l62_result *result = link_with(driver, three);

	(void)unused;
	assert_string_equal(only(result, "LeakOnPath")->message,
	                    "short and early; also at lines 52, 57");
	l62_result_free(result);
	driver_free(driver);
}

static void rule_is_that_of_the_kind(void **unused)
{
	static const struct {
		const char *kind, *rule;
	} kinds[] = {{"POOL", "LeakOnPath"},
	             {"THREADED_IRP", "LeakOnPath"},
	             {"DEVICE", "DeviceObjectLeak"},
	             {"HANDLE", "HandleLeak"},
	             {"SUBJECT", "SubjectContextLeak"},
	             {"TIMER", "TimerLeak"}};

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autofree char *sql = g_strdup_printf(
		        "%sUPDATE site SET kind = '%s';"
		        "INSERT INTO path_leak VALUES(1, 1, '/x.c', 52, 1, 52, 2, 3, 'leak')",
		        base_driver, kinds[i].kind);

		assert_int_equal(count_linked(NULL, sql, NULL), 1);
		assert_int_equal(count_linked(kinds[i].rule, sql, NULL), 1);
	}
}

/* Lost on one path and kept for ever on another: two defects. */
static void beside_a_leak_at_unload(void **unused)
{
	struct driver *driver = driver_new();
	g_autofree char *more = g_strconcat(
	        mdl_in_extension,
	        "INSERT INTO path_leak VALUES(1, 1, '/drv/ioctl.c', 50, 1, 50, 2, 3, 'leak')",
	        NULL);
	struct l62_result *result = link_with(driver, more);

	(void)unused;
	assert_int_equal(result->findings->len, 2);
	/* At one line in the order of the rules. */
	assert_string_equal(((struct l62_finding *)result->findings->pdata[0])->rule->name,
	                    "LeakOnPath");
	assert_string_equal(((struct l62_finding *)result->findings->pdata[1])->rule->name,
	                    "LeakAtUnload");
	assert_int_equal(((struct l62_finding *)result->findings->pdata[1])->flow[1]->len, 2);
	l62_result_free(result);
	driver_free(driver);
}

/* Path leaks need no entry points. */
static void without_a_driver(void **unused)
{
	(void)unused;
	assert_int_equal(
	        count_linked(
	                "LeakOnPath",
	                "INSERT INTO function VALUES(1, 'F', 'F', '/x.c', 1, 9, 1, NULL);"
	                "INSERT INTO site VALUES(1, 1, 'ExAllocatePool', 'POOL', '/x.c', 3, 1, "
	                "3,"
	                " 9, 16, NULL, 'p');"
	                "INSERT INTO path_leak VALUES(1, 1, '/x.c', 5, 1, 5, 2, 1, 'leak')",
	                NULL),
	        1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(becomes_a_finding),
	        cmocka_unit_test(one_per_site),
	        cmocka_unit_test(rule_is_that_of_the_kind),
	        cmocka_unit_test(beside_a_leak_at_unload),
	        cmocka_unit_test(without_a_driver),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
