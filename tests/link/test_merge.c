/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Many facts files into one database: what is joined, and what is refused. */
#include "support.h"

#include <glib/gstdio.h>
#include <string.h>

static const char declares[] =
        "INSERT INTO function(id, key, name) VALUES(7, 'MyFree', 'MyFree');";
static const char defines[] = "INSERT INTO function VALUES"
                              " (3, 'MyFree', 'MyFree', '/drv/free.c', 5, 9, 1, NULL);";

static void definition_wins(void **unused)
{
	const char *orders[2][2] = {{declares, defines}, {defines, declares}};

	(void)unused;
	for (size_t i = 0; i < 2; i++) {
		struct driver *driver = driver_new();
		struct l62_result *result;

		driver_tu(driver, "a.c", orders[i][0]);
		driver_tu(driver, "b.c", orders[i][1]);
		result = driver_link(driver);
		assert_int_equal(result->functions, 1);
		assert_int_equal(driver_integer(driver, "SELECT count(*) FROM function"), 1);
		assert_int_equal(driver_integer(driver, "SELECT line FROM function"), 5);
		assert_int_equal(driver_integer(driver, "SELECT end_line FROM function"), 9);
		assert_int_equal(driver_integer(driver, "SELECT analysed FROM function"), 1);
		l62_result_free(result);
		driver_free(driver);
	}
}

static void first_definition_stays(void **unused)
{
	struct driver *driver = driver_new();
	struct l62_result *result;

	(void)unused;
	driver_tu(driver, "a.c", defines);
	driver_tu(driver, "b.c",
	          "INSERT INTO function VALUES"
	          " (1, 'MyFree', 'MyFree', '/drv/other.c', 70, 90, 0, 'too many paths');");
	result = driver_link(driver);
	assert_int_equal(driver_integer(driver, "SELECT count(*) FROM function"
	                                        " WHERE file = '/drv/free.c' AND line = 5"
	                                        " AND end_line = 9"),
	                 1);
	assert_int_equal(result->functions, 1);
	assert_int_equal(result->incomplete->len, 1);
	assert_string_equal(g_ptr_array_index(result->incomplete, 0), "MyFree");
	l62_result_free(result);
	driver_free(driver);
}

/* Two static functions called Cleanup: the one that Unload calls frees nothing. */
static void static_functions_stay_apart(void **unused)
{
	static const char other_cleanup[] =
	        "INSERT INTO function VALUES"
	        " (1, '/drv/ioctl.c:Cleanup', 'Cleanup', '/drv/ioctl.c', 5, 9, 1, NULL);"
	        "INSERT INTO release VALUES(1, 'IoFreeMdl', 'MDL', 'DEVICE_EXTENSION.Mdl',"
	        " '/drv/ioctl.c', 7);";
	static const char unload_calls[] =
	        "INSERT INTO function VALUES"
	        " (1, 'MyUnload', 'MyUnload', '/drv/entry.c', 40, 50, 1, NULL),"
	        " (2, '/drv/entry.c:Cleanup', 'Cleanup', '/drv/entry.c', 5, 9, 1, NULL);"
	        "INSERT INTO call VALUES(1, 2, 45, 1);";
	static const char shared_cleanup[] =
	        "INSERT INTO function VALUES"
	        " (1, 'MyUnload', 'MyUnload', '/drv/entry.c', 40, 50, 1, NULL),"
	        " (2, '/drv/ioctl.c:Cleanup', 'Cleanup', '/drv/ioctl.c', 5, 9, 1, NULL);"
	        "INSERT INTO call VALUES(1, 2, 45, 1);";
	g_autofree char *base = g_strconcat(base_driver, mdl_in_extension, NULL);

	(void)unused;
	assert_int_equal(count_linked("LeakAtUnload", base, other_cleanup, unload_calls, NULL),
	                 1);
	assert_int_equal(
	        count_linked("LeakAtUnload", base, other_cleanup, shared_cleanup, NULL), 0);
}

/* A static inline function of a header, seen by two TUs under other ids. */
static void header_functions_count_once(void **unused)
{
	static const char first[] =
	        "INSERT INTO function VALUES"
	        " (1, '/drv/pool.h:Grab', 'Grab', '/drv/pool.h', 3, 20, 1, NULL);"
	        "INSERT INTO site VALUES(1, 1, 'ExAllocatePool2', 'POOL', '/drv/pool.h', 5, 7, "
	        "5,"
	        " 60, 64, 'barG', 'p');"
	        "INSERT INTO store VALUES(1, '::g_Pool', '/drv/pool.h', 6);"
	        "INSERT INTO release VALUES(1, 'ExFreePool', 'POOL', '::g_Old', '/drv/pool.h', "
	        "4);"
	        "INSERT INTO site_release VALUES(1, 1, 'ExFreePool', '/drv/pool.h', 12);"
	        "INSERT INTO outcome VALUES(1, 1, 'success', '/drv/pool.h', 19),"
	        " (2, 1, 'failure', '/drv/pool.h', 9);"
	        "INSERT INTO outcome_slot VALUES(1, 1, '::g_Pool');"
	        "INSERT INTO path_leak VALUES(1, 1, '/drv/pool.h', 9, 2, 9, 8, 1, 'leak: p');"
	        "INSERT INTO path_step VALUES(1, 0, '/drv/pool.h', 5, 7, 'allocated'),"
	        " (1, 1, '/drv/pool.h', 9, 2, 'lost');";
	static const char second[] =
	        "INSERT INTO function VALUES"
	        " (1, 'Other', 'Other', '/drv/b.c', 1, 2, 1, NULL),"
	        " (9, '/drv/pool.h:Grab', 'Grab', '/drv/pool.h', 3, 20, 1, NULL);"
	        "INSERT INTO site VALUES(8, 9, 'ExAllocatePool2', 'POOL', '/drv/pool.h', 5, 7, "
	        "5,"
	        " 60, 64, 'barG', 'p');"
	        "INSERT INTO store VALUES(8, '::g_Pool', '/drv/pool.h', 6);"
	        "INSERT INTO release VALUES(9, 'ExFreePool', 'POOL', '::g_Old', '/drv/pool.h', "
	        "4);"
	        "INSERT INTO site_release VALUES(8, 9, 'ExFreePool', '/drv/pool.h', 12);"
	        "INSERT INTO outcome VALUES(1, 9, 'failure', '/drv/pool.h', 9),"
	        " (2, 9, 'success', '/drv/pool.h', 19);"
	        "INSERT INTO outcome_slot VALUES(2, 8, '::g_Pool');"
	        "INSERT INTO path_leak VALUES(4, 8, '/drv/pool.h', 9, 2, 9, 8, 9, 'leak: p');"
	        "INSERT INTO path_step VALUES(4, 0, '/drv/pool.h', 5, 7, 'allocated'),"
	        " (4, 1, '/drv/pool.h', 9, 2, 'lost');";
	struct driver *driver = driver_new();
	struct l62_result *result;

	(void)unused;
	driver_tu(driver, "a.c", first);
	driver_tu(driver, "b.c", second);
	result = driver_link(driver);
	assert_int_equal(result->failed->len, 0);
	assert_int_equal(result->functions, 2);
	assert_int_equal(result->sites, 1);
	assert_int_equal(count_rule(result, "LeakOnPath"), 1);
	assert_int_equal(only(result, "LeakOnPath")->flow[0]->len, 2);
	assert_int_equal(driver_integer(driver, "SELECT count(*) FROM store"), 1);
	assert_int_equal(driver_integer(driver, "SELECT count(*) FROM release"), 1);
	assert_int_equal(driver_integer(driver, "SELECT count(*) FROM site_release"), 1);
	assert_int_equal(driver_integer(driver, "SELECT count(*) FROM outcome"), 2);
	assert_int_equal(driver_integer(driver, "SELECT count(*) FROM outcome_slot"), 1);
	assert_int_equal(driver_integer(driver, "SELECT count(*) FROM path_leak"), 1);
	assert_int_equal(driver_integer(driver, "SELECT count(*) FROM path_step"), 2);
	l62_result_free(result);
	driver_free(driver);
}

/* Which of a call's sites a driver is told of does not hang on the order of their rows:
 * a finding's name is made of it. */
static void sites_of_one_call(void **unused)
{
	static const char *const rows[] = {"NULL, NULL", "64, 'BBBB'", "NULL, 'AAAA'",
	                                   "32, 'AAAA'"};

	(void)unused;
	for (size_t shift = 0; shift < G_N_ELEMENTS(rows); shift++) {
		struct driver *driver = driver_new();
		GString *facts = g_string_new(defines);

		for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
			g_string_append_printf(
			        facts,
			        "INSERT INTO site VALUES(%zu, 3, 'ExAllocatePoolWithTag', 'POOL',"
			        " '/drv/free.c', 6, 2, 6, 9, %s, 'block');",
			        i + 1, rows[(i + shift) % G_N_ELEMENTS(rows)]);
		driver_tu(driver, "a.c", facts->str);
		l62_result_free(driver_link(driver));
		assert_int_equal(driver_integer(driver, "SELECT count(*) FROM site"), 1);
		assert_int_equal(driver_integer(driver, "SELECT count(*) FROM site"
		                                        " WHERE tag = 'AAAA' AND size = 32"),
		                 1);
		g_string_free(facts, TRUE);
		driver_free(driver);
	}
}

/* The header of a framework is missing: said once, whatever its case. */
static void lacks_a_framework(void **unused)
{
	struct driver *driver = driver_new();
	struct l62_result *result;

	(void)unused;
	driver_tu(driver, "a.c",
	          "INSERT INTO meta VALUES('status', 'failed');"
	          "INSERT INTO diagnostic VALUES('/drv/a.h', 3, '''WDF.h'' file not found');");
	driver_tu(driver, "b.c",
	          "INSERT INTO meta VALUES('status', 'failed');"
	          "INSERT INTO diagnostic VALUES('/drv/a.h', 3, '''wdf.h'' file not found');");
	driver_tu(driver, "c.c",
	          "INSERT INTO meta VALUES('status', 'failed');"
	          "INSERT INTO diagnostic VALUES('/drv/c.c', 1, '''mine.h'' file not found');");
	result = driver_link(driver);
	assert_int_equal(result->failed->len, 3);
	assert_int_equal(result->frameworks->len, 1);
	assert_string_equal(g_ptr_array_index(result->frameworks, 0), "KMDF (wdf.h)");
	l62_result_free(result);
	driver_free(driver);
}

static void bad_files_are_failed_tus(void **unused)
{
	struct driver *driver = driver_new();
	g_autofree char *good = g_strconcat(base_driver, mdl_in_extension, NULL);
	struct l62_result *result;
	const struct l62_failed_tu *tu;

	(void)unused;
	driver_tu_raw(driver, "text.c", "not a database, but long enough to be looked at", 47);
	driver_tu(driver, "entry.c", good);
	driver_tu_raw(driver, "absent.c", NULL, 0);
	driver_tu(driver, "parse.c",
	          "INSERT INTO meta VALUES('status', 'failed');"
	          "INSERT INTO diagnostic VALUES('/drv/parse.c', 7, 'expected '';'''),"
	          " ('/drv/parse.c', 9, 'later');");
	result = driver_link(driver);
	assert_int_equal(result->tus, 4);
	assert_int_equal(result->failed->len, 3);
	tu = g_ptr_array_index(result->failed, 0);
	assert_string_equal(tu->source, "/drv/absent.c");
	assert_contains(tu->error, "no facts file");
	tu = g_ptr_array_index(result->failed, 1);
	assert_string_equal(tu->source, "/drv/parse.c");
	assert_string_equal(tu->error, "/drv/parse.c(7): expected ';'");
	tu = g_ptr_array_index(result->failed, 2);
	assert_string_equal(tu->source, "/drv/text.c");
	assert_contains(tu->error, "damaged");
	assert_int_equal(count_rule(result, "LeakAtUnload"), 1);
	l62_result_free(result);
	driver_free(driver);
}

/* What cannot be understood leaves nothing of its file behind. */
static void senseless_rows_take_the_file_back(void **unused)
{
	static const char *const senseless[] = {
	        "INSERT INTO call VALUES(1, 99, 5, 1)",
	        "INSERT INTO role VALUES(99, 'DPC', NULL, '/drv/x.c', 1)",
	        "INSERT INTO role VALUES(1, 'JANITOR', NULL, '/drv/x.c', 1)",
	        "INSERT INTO site VALUES(9, 1, 'F', 'GOLD', '/drv/x.c', 1, 1, 1, 1, 1, 'a', "
	        "'b')",
	        "INSERT INTO site VALUES(9, 77, 'F', 'POOL', '/drv/x.c', 1, 1, 1, 1, 1, 'a', "
	        "'b')",
	        "INSERT INTO store VALUES(42, '::g', '/drv/x.c', 1)",
	        "INSERT INTO site_release VALUES(42, 1, 'F', '/drv/x.c', 1)",
	        "INSERT INTO release VALUES(1, 'F', 'GOLD', '::g', '/drv/x.c', 1)",
	        "INSERT INTO outcome VALUES(1, 42, 'any', '/drv/x.c', 1)",
	        "INSERT INTO path_leak VALUES(1, 42, '/drv/x.c', 1, 1, 1, 1, 1, 'm')",
	        "ALTER TABLE call RENAME COLUMN callee TO callees",
	};

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(senseless); i++) {
		struct driver *driver = driver_new();
		g_autofree char *sql = g_strconcat(
		        "INSERT INTO function VALUES(1, 'F', 'F', '/drv/x.c', 1, 2, 1, NULL);",
		        senseless[i], NULL);
		struct l62_result *result;

		driver_tu(driver, "x.c", sql);
		driver_tu(driver, "y.c", defines);
		result = driver_link(driver);
		if (result->failed->len != 1 || result->functions != 1)
			fail_msg("taken: %s", senseless[i]);
		l62_result_free(result);
		driver_free(driver);
	}
}

/* Two commands for one source: one TU, failed when one of them is. */
static void source_compiled_twice(void **unused)
{
	for (int i = 0; i < 2; i++) {
		struct driver *driver = driver_new();
		struct l62_result *result;

		(void)unused;
		if (i == 0)
			driver_tu(driver, "a.c", defines);
		driver_tu_raw(driver, "a.c", "x", 1);
		if (i == 1)
			driver_tu(driver, "a.c", defines);
		result = driver_link(driver);
		assert_int_equal(result->tus, 1);
		assert_int_equal(result->failed->len, 1);
		assert_int_equal(result->functions, 1);
		l62_result_free(result);
		driver_free(driver);
	}
}

static void no_input(void **unused)
{
	struct driver *driver = driver_new();
	struct l62_result *result = driver_link(driver);

	(void)unused;
	assert_int_equal(result->tus, 0);
	assert_int_equal(result->findings->len, 0);
	assert_false(result->has_driver_entry);
	assert_false(result->has_unload);
	l62_result_free(result);
	driver_free(driver);
}

/* Function i calls i + 1 in the next TU; the last one keeps an MDL. */
static void two_hundred_tus(void **unused)
{
	enum { TUS = 200 };
	struct driver *driver = driver_new();
	struct l62_result *result;
	const struct l62_finding *finding;

	(void)unused;
	driver_tu(driver, "entry.c", base_driver);
	for (int i = 0; i < TUS; i++) {
		g_autofree char *name = g_strdup_printf("tu%d.c", i);
		g_autofree char *sql = g_strdup_printf(
		        "INSERT INTO function VALUES"
		        " (1, 'Work%d', 'Work%d', '/drv/%s', 10, 20, 1, NULL);"
		        "INSERT INTO function(id, key, name) VALUES(2, 'Work%d', 'Work%d');"
		        "INSERT INTO call VALUES(1, 2, 15, 1);",
		        i, i, name, i + 1, i + 1);

		driver_tu(driver, name, sql);
	}
	driver_tu(
	        driver, "last.c",
	        "INSERT INTO function VALUES"
	        " (1, 'Work200', 'Work200', '/drv/last.c', 1, 9, 1, NULL),"
	        " (2, 'MyControl', 'MyControl', NULL, NULL, NULL, 0, NULL),"
	        " (3, 'Work0', 'Work0', NULL, NULL, NULL, 0, NULL);"
	        "INSERT INTO call VALUES(2, 3, 30, 1);"
	        "INSERT INTO site VALUES(1, 1, 'IoAllocateMdl', 'MDL', '/drv/last.c', 5, 1, 5,"
	        " 9, NULL, NULL, NULL);"
	        "INSERT INTO store VALUES(1, '::g_Mdl', '/drv/last.c', 6);");
	result = driver_link(driver);
	assert_int_equal(result->tus, TUS + 2);
	assert_int_equal(result->failed->len, 0);
	finding = only(result, "LeakAtUnload");
	/* MyControl, 201 calls, the allocation, the store. */
	assert_int_equal(finding->flow[0]->len, 1 + TUS + 1 + 2);
	assert_string_equal(step(finding, 0, TUS)->message, "Work198 calls Work199");
	l62_result_free(result);
	driver_free(driver);
}

/* One byte changed, anywhere: linked or refused, never a crash or an error. */
static void damaged_bytes(void **unused)
{
	g_autofree char *good = g_strconcat(base_driver, mdl_in_extension, NULL);
	g_autofree char *content = NULL;
	struct driver *whole = driver_new();
	gsize length = 0;
	guint32 random = 62;

	(void)unused;
	assert_true(
	        g_file_get_contents(driver_tu(whole, "a.c", good), &content, &length, NULL));
	for (int round = 0; round < 150; round++) {
		struct driver *driver = driver_new();
		struct l62_result *result;
		gsize at;
		char old;

		random = random * 1664525u + 1013904223u;
		at = (round < 100 ? (gsize)round : random >> 4) % length;
		old = content[at];
		content[at] = (char)(old ^ (1 + (random >> 24) % 255));
		driver_tu_raw(driver, "a.c", content, length);
		content[at] = old;
		result = driver_link(driver);
		assert_int_equal(result->tus, 1);
		l62_result_free(result);
		driver_free(driver);
	}
	driver_free(whole);
}

static void database_is_replaced_or_kept(void **unused)
{
	struct driver *driver = driver_new();
	struct l62_error err = {0};
	GDir *dir;
	unsigned files = 0;

	(void)unused;
	driver_tu(driver, "a.c", defines);
	assert_true(g_file_set_contents(driver->database, "old", 3, NULL));
	assert_int_equal(driver_try(driver, &err), 0);
	assert_int_equal(driver_integer(driver, "SELECT count(*) FROM function"), 1);
	dir = g_dir_open(driver->folder, 0, NULL);
	while (g_dir_read_name(dir))
		files++;
	g_dir_close(dir);
	assert_int_equal(files, 2);

	g_free(driver->database);
	driver->database = driver_path(driver, "no/such/driver.db");
	assert_int_equal(driver_try(driver, &err), L62_E_IO);
	assert_contains(err.text, driver->database);
	driver_free(driver);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(definition_wins),
	        cmocka_unit_test(first_definition_stays),
	        cmocka_unit_test(static_functions_stay_apart),
	        cmocka_unit_test(header_functions_count_once),
	        cmocka_unit_test(sites_of_one_call),
	        cmocka_unit_test(lacks_a_framework),
	        cmocka_unit_test(bad_files_are_failed_tus),
	        cmocka_unit_test(senseless_rows_take_the_file_back),
	        cmocka_unit_test(source_compiled_twice),
	        cmocka_unit_test(no_input),
	        cmocka_unit_test(two_hundred_tus),
	        cmocka_unit_test(damaged_bytes),
	        cmocka_unit_test(database_is_replaced_or_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
