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

/* Path leaks of site 1, by exit: two ways to each of lines 52 and 57. */
static const char four[] =
        "INSERT INTO path_leak VALUES"
        " (1, 1, '/drv/ioctl.c', 52, 1, 52, 2, 3, 'long'),"
        " (2, 1, '/drv/ioctl.c', 57, 1, 57, 2, 3, 'late'),"
        " (3, 1, '/drv/ioctl.c', 52, 9, 52, 12, 3, 'short'),"
        " (4, 1, '/drv/ioctl.c', 57, 1, 57, 2, 3, 'later');"
        "INSERT INTO path_step VALUES(1, 0, '/x.c', 1, 1, 'a'), (1, 1, '/x.c', 2, 1, 'b'),"
        " (2, 0, '/x.c', 3, 1, 'a'), (3, 0, '/x.c', 1, 1, 'a'), (4, 0, '/x.c', 1, 1, 'a');";

static const struct l62_also *also(const struct l62_finding *finding, guint i)
{
	assert_non_null(finding->also);
	assert_true(i < finding->also->len);
	return &g_array_index(finding->also, struct l62_also, i);
}

/* What acquires it, called again in a loop, is nobody who could have taken it. */
static void left_by_the_call_that_acquires(void **unused)
{
	static const char both[] = "INSERT INTO path_leak VALUES"
	                           " (1, 1, '/drv/ioctl.c', 52, 1, 52, 2, 3, 'leak: ''p'' from "
	                           "make is not freed on this "
	                           "path: %s leaves it to its caller, lost at this return'),"
	                           " (2, 1, '/drv/ioctl.c', 52, 1, 52, 2, 3, 'leak: ''p'' from "
	                           "make is not freed on this "
	                           "path: lost at this return')";
	static const char *const by[] = {"make", "take"};

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(by); i++) {
		g_autofree char *sql = g_strdup_printf(both, by[i]);
		struct driver *driver = driver_new();
		struct l62_result *result = link_with(driver, sql);

		assert_int_equal(result->findings->len, i + 1);
		l62_result_free(result);
		driver_free(driver);
	}
}

/* A call of which a summary says that it acquires by one routine or another. */
static void one_call_that_acquires_in_two_ways(void **unused)
{
	static const char both[] =
	        "INSERT INTO site SELECT 7, function, 'ExAllocatePool2', 'POOL', file, line, "
	        "col, end_line, end_col, NULL, NULL, variable FROM site WHERE id = 1;"
	        "UPDATE site SET kind = 'POOL' WHERE id = 1;"
	        "INSERT INTO path_leak VALUES"
	        " (1, 1, '/drv/ioctl.c', 52, 1, 52, 2, 3, 'leak: of make'),"
	        " (2, 7, '/drv/ioctl.c', 52, 1, 52, 2, 3, 'leak: of make')";
	static const char *const more[] = {
	        "", "; UPDATE path_leak SET message = 'leak: of other' WHERE id = 2",
	        "; UPDATE path_leak SET line = 53 WHERE id = 2",
	        "; UPDATE site SET col = col + 1 WHERE id = 7"};

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(more); i++) {
		struct driver *driver = driver_new();
		g_autofree char *sql = g_strconcat(both, more[i], NULL);
		struct l62_result *result = link_with(driver, sql);

		assert_int_equal(count_rule(result, "LeakOnPath"), i == 0 ? 1 : 2);
		l62_result_free(result);
		driver_free(driver);
	}
}

/* Fewest steps first, then the first column; the other statement is named. */
static void one_per_line_that_loses(void **unused)
{
	struct driver *driver = driver_new();
	struct l62_result *result = link_with(driver, four);
	const struct l62_finding *first = result->findings->pdata[0],
	                         *second = result->findings->pdata[1];

	(void)unused;
	assert_int_equal(count_rule(result, "LeakOnPath"), 2);
	assert_string_equal(first->message, "short");
	assert_int_equal(first->also->len, 1);
	assert_int_equal(also(first, 0)->role, L62_ALSO_EXIT);
	assert_int_equal(also(first, 0)->at.line, 52);
	assert_int_equal(also(first, 0)->at.col, 1);
	assert_string_equal(second->message, "late");
	assert_null(second->also);
	l62_result_free(result);
	driver_free(driver);
}

/* A goto in line 52 and a way out in line 59, each after one decision. */
static struct l62_result *goto_and_exit(struct driver *driver, const char *way_to_goto,
                                        const char *way_to_exit, const char *exit,
                                        const char *more)
{
	g_autofree char *sql = g_strdup_printf(
	        "INSERT INTO path_leak VALUES"
	        " (1, 1, '/drv/ioctl.c', 52, 3, 52, 9, 3, 'goto'),"
	        " (2, 1, '/drv/ioctl.c', 59, 3, 59, 9, 3, 'exit');"
	        "INSERT INTO path_step VALUES(1, 1, '/x.c', 1, 1, '%s'),"
	        " (1, 2, '/drv/ioctl.c', 52, 3, '''p'' is lost at this ''goto out'''),"
	        " (2, 1, '/x.c', 1, 1, '%s'), (2, 2, '/drv/ioctl.c', 59, 3, '''p'' is lost "
	        "%s');"
	        "%s",
	        way_to_goto, way_to_exit, exit, more);

	return link_with(driver, sql);
}

static void exit_behind_a_goto(void **unused)
{
	static const char released[] =
	        "INSERT INTO site_release VALUES(1, 3, 'IoFreeMdl', '/drv/ioctl.c', 61)";
	static const struct {
		const char *to_goto, *to_exit, *exit, *more;
		unsigned findings;
	} rows[] = {
	        {"a", "a", "at this return", "", 1},
	        {"a", "b", "at this return", "", 2},
	        {"a", "b", "at this ''goto out''", "", 1},
	        {"a", "a", "at this ''goto out''", "", 1},
	        {"a", "a", "at this ''goto late''", "", 2},
	        {"a", "b", "at this ''goto out''", released, 2}, /* each wants a correction */
	};

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct driver *driver = driver_new();
		struct l62_result *result = goto_and_exit(
		        driver, rows[i].to_goto, rows[i].to_exit, rows[i].exit, rows[i].more);
		const struct l62_finding *first = result->findings->pdata[0];

		assert_int_equal(count_rule(result, "LeakOnPath"), rows[i].findings);
		assert_true(g_str_has_prefix(first->message, "goto"));
		if (rows[i].findings == 1) {
			assert_int_equal(also(first, 0)->role, L62_ALSO_EXIT);
			assert_int_equal(also(first, 0)->at.line, 59);
			assert_string_equal(also(first, 0)->message, "also lost here");
		}
		l62_result_free(result);
		driver_free(driver);
	}
}

/* Line 50 acquires in each round of a loop; a way out loses, and the next round
 * overwrites. */
static struct l62_result *next_round(struct driver *driver, const char *way_out,
                                     const char *way_round)
{
	g_autofree char *sql = g_strdup_printf(
	        "INSERT INTO path_leak VALUES"
	        " (1, 1, '/drv/ioctl.c', 50, 3, 50, 62, 3, 'round'),"
	        " (2, 1, '/drv/ioctl.c', 59, 3, 59, 9, 3, 'out');"
	        "INSERT INTO path_step VALUES %s,"
	        " (1, 9, '/drv/ioctl.c', 50, 3, '''p'' is overwritten here'), %s,"
	        " (2, 9, '/drv/ioctl.c', 59, 3, '''p'' is lost at this return')",
	        way_round, way_out);

	return link_with(driver, sql);
}

static void next_round_overwrites(void **unused)
{
#define STEP(leak, seq, line, text)                                                            \
	"(" #leak ", " #seq ", '/drv/ioctl.c', " #line ", 3, '" text "')"
	static const struct {
		const char *out, *round;
		unsigned findings;
	} rows[] = {
	        /* the loop ends without a decision that is shown */
	        {STEP(2, 1, 52, "x"), STEP(1, 1, 52, "x") ", " STEP(1, 2, 51, "p is null"), 1},
	        /* with one, at its head */
	        {STEP(2, 1, 52, "x") ", " STEP(2, 2, 48, "n is 0"),
	         STEP(1, 1, 52, "x") ", " STEP(1, 2, 48, "n is not 0"), 1},
	        /* another decision below the call: two causes */
	        {STEP(2, 1, 52, "x"), STEP(1, 1, 52, "not x") ", " STEP(1, 2, 54, "y"), 2},
	};
#undef STEP

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct driver *driver = driver_new();
		struct l62_result *result = next_round(driver, rows[i].out, rows[i].round);
		const struct l62_finding *last =
		        result->findings->pdata[result->findings->len - 1];

		assert_int_equal(count_rule(result, "LeakOnPath"), rows[i].findings);
		assert_string_equal(last->message, "out");
		if (rows[i].findings == 1)
			assert_int_equal(also(last, 0)->at.line, 50);
		else
			assert_null(last->also);
		l62_result_free(result);
		driver_free(driver);
	}
}

/* The nearest release behind the exit, else the nearest before it; in the function
 * that loses, and not in the line that does. */
static void released_on_another_path(void **unused)
{
	static const struct {
		const char *releases;
		int line; /* 0: no hint */
	} rows[] = {
	        {"(1, 3, 'IoFreeMdl', '/drv/ioctl.c', 58)", 58},
	        {"(1, 3, 'IoFreeMdl', '/drv/ioctl.c', 59),"
	         " (1, 3, 'IoFreeMdl', '/drv/ioctl.c', 58),"
	         " (1, 3, 'IoFreeMdl', '/drv/ioctl.c', 54)",
	         58},
	        {"(1, 3, 'IoFreeMdl', '/drv/ioctl.c', 51),"
	         " (1, 3, 'IoFreeMdl', '/drv/ioctl.c', 53)",
	         53},
	        {"(1, 3, 'IoFreeMdl', '/drv/ioctl.c', 55)", 0},
	        {"(1, 4, 'IoFreeMdl', '/drv/ioctl.c', 75)", 0},
	        {"(1, 3, 'IoFreeMdl', '/drv/other.h', 58)", 0},
	        {"(2, 3, 'IoFreeMdl', '/drv/ioctl.c', 58)", 0},
	};

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct driver *driver = driver_new();
		g_autofree char *sql = g_strconcat(
		        "INSERT INTO site VALUES(2, 3, 'IoAllocateMdl', 'MDL', '/drv/ioctl.c',"
		        " 49, 20, 49, 62, NULL, 'VMdl', 'other');"
		        "INSERT INTO path_leak VALUES"
		        " (5, 1, '/drv/ioctl.c', 55, 3, 55, 29, 3, 'leak: lost');"
		        "INSERT INTO site_release VALUES",
		        rows[i].releases, NULL);
		struct l62_result *result = link_with(driver, sql);
		const struct l62_finding *f = only(result, "LeakOnPath");

		if (rows[i].line) {
			g_autofree char *fix =
			        g_strdup_printf("free it here as line %d does", rows[i].line);

			assert_string_equal(f->message, "leak: lost; another path frees it");
			assert_int_equal(f->also->len, 1);
			assert_int_equal(also(f, 0)->role, L62_ALSO_FIX);
			assert_int_equal(also(f, 0)->at.line, rows[i].line);
			assert_string_equal(also(f, 0)->message, fix);
		} else {
			assert_string_equal(f->message, "leak: lost");
			assert_null(f->also);
		}
		l62_result_free(result);
		driver_free(driver);
	}
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
	        cmocka_unit_test(one_per_line_that_loses),
	        cmocka_unit_test(one_call_that_acquires_in_two_ways),
	        cmocka_unit_test(left_by_the_call_that_acquires),
	        cmocka_unit_test(exit_behind_a_goto),
	        cmocka_unit_test(next_round_overwrites),
	        cmocka_unit_test(released_on_another_path),
	        cmocka_unit_test(rule_is_that_of_the_kind),
	        cmocka_unit_test(beside_a_leak_at_unload),
	        cmocka_unit_test(without_a_driver),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
