/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The state of a facts file, and the file of a TU that could not be analysed. */
#include "support.h"

#include "leak62/facts.h"

#include <glib/gstdio.h>
#include <string.h>

static enum l62_facts_state state_after(const char *sql)
{
	struct driver *driver = driver_new();
	enum l62_facts_state state = l62_facts_state(driver_tu(driver, "a.c", sql), NULL);

	driver_free(driver);
	return state;
}

static void finished(void **unused)
{
	struct driver *driver = driver_new();
	const char *path = driver_tu(driver, "a.c", base_driver);

	(void)unused;
	assert_int_equal(l62_facts_state(path, NULL), L62_FACTS_OK);
	assert_int_equal(l62_facts_state(path, "c0ffee"), L62_FACTS_OK);
	assert_int_equal(l62_facts_state(path, "decaf"), L62_FACTS_BROKEN);
	driver_free(driver);
}

static void absent(void **unused)
{
	struct driver *driver = driver_new();
	g_autofree char *file = driver_path(driver, "not-there.db");
	g_autofree char *below = NULL;

	(void)unused;
	assert_int_equal(l62_facts_state(file, NULL), L62_FACTS_ABSENT);
	below = g_strconcat(driver_tu_raw(driver, "a.c", "x", 1), "/under-a-file.db", NULL);
	assert_int_equal(l62_facts_state(below, NULL), L62_FACTS_ABSENT);
	driver_free(driver);
}

static void not_a_database(void **unused)
{
	struct driver *driver = driver_new();

	(void)unused;
	assert_int_equal(l62_facts_state(driver_tu_raw(driver, "a.c", "", 0), NULL),
	                 L62_FACTS_BROKEN);
	assert_int_equal(l62_facts_state(driver_tu_raw(driver, "a.c", "int main;\n", 10), NULL),
	                 L62_FACTS_BROKEN);
	assert_int_equal(l62_facts_state(driver->folder, NULL), L62_FACTS_BROKEN);
	driver_free(driver);
}

static void cut_short(void **unused)
{
	struct driver *driver = driver_new();
	const char *whole = driver_tu(driver, "a.c", base_driver);
	g_autofree char *content = NULL;
	gsize length = 0;

	(void)unused;
	assert_true(g_file_get_contents(whole, &content, &length, NULL));
	assert_true(length > 8192);
	assert_int_equal(l62_facts_state(driver_tu_raw(driver, "a.c", content, length), NULL),
	                 L62_FACTS_OK);
	for (gsize left = 0; left < length; left += left < 200 ? 1 : 1021)
		assert_int_equal(
		        l62_facts_state(driver_tu_raw(driver, "a.c", content, left), NULL),
		        L62_FACTS_BROKEN);
	assert_int_equal(
	        l62_facts_state(driver_tu_raw(driver, "a.c", content, length - 1), NULL),
	        L62_FACTS_BROKEN);
	driver_free(driver);
}

/* driver_tu() sets the version last, so what it is set to here goes through a
 * second look at the finished file. */
static void other_version(void **unused)
{
	static const int versions[] = {0, L62_FACTS_SCHEMA - 1, L62_FACTS_SCHEMA + 1, -1,
	                               1 << 30};
	struct driver *driver = driver_new();
	const char *path = driver_tu(driver, "a.c", base_driver);

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(versions); i++) {
		g_autofree char *sql = g_strdup_printf("PRAGMA user_version = %d", versions[i]);
		sqlite3 *db = NULL;

		assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
		assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
		sqlite3_close(db);
		assert_int_equal(l62_facts_state(path, NULL), L62_FACTS_BROKEN);
	}
	driver_free(driver);
}

static void other_tables(void **unused)
{
	(void)unused;
	assert_int_equal(state_after("CREATE TABLE more(x)"), L62_FACTS_OK);
	assert_int_equal(state_after("DROP TABLE store"), L62_FACTS_BROKEN);
	assert_int_equal(state_after("DROP TABLE store;"
	                             "CREATE VIEW store AS SELECT 1 AS site, 'x' AS path,"
	                             " '/x' AS file, 1 AS line"),
	                 L62_FACTS_BROKEN);
	assert_int_equal(state_after("INSERT INTO meta VALUES('status', 'splendid')"),
	                 L62_FACTS_BROKEN);
}

static void failed_is_written(void **unused)
{
	struct driver *driver = driver_new();
	const char *path = driver_tu_raw(driver, "a.c", "old content", 11);
	struct l62_error err = {0};
	struct l62_result *result;
	const struct l62_failed_tu *tu;

	(void)unused;
	assert_int_equal(l62_facts_write_failed(path, "/drv/a.c", "c0ffee",
	                                        "/drv/a.h(12): unknown type name 'PMDX'", &err),
	                 0);
	assert_int_equal(l62_facts_state(path, "c0ffee"), L62_FACTS_FAILED);
	assert_int_equal(l62_facts_state(path, "decaf"), L62_FACTS_BROKEN);

	path = driver_tu_raw(driver, "b.c", NULL, 0);
	assert_int_equal(l62_facts_write_failed(path, "/drv/b.c", "c0ffee",
	                                        "clang was stopped after 600 s", &err),
	                 0);
	result = driver_link(driver);
	assert_int_equal(result->tus, 2);
	assert_int_equal(result->failed->len, 2);
	tu = g_ptr_array_index(result->failed, 0);
	assert_string_equal(tu->source, "/drv/a.c");
	assert_string_equal(tu->error, "/drv/a.h(12): unknown type name 'PMDX'");
	tu = g_ptr_array_index(result->failed, 1);
	assert_string_equal(tu->source, "/drv/b.c");
	assert_string_equal(tu->error, "clang was stopped after 600 s");
	l62_result_free(result);
	driver_free(driver);
}

static void failed_cannot_be_written(void **unused)
{
	struct driver *driver = driver_new();
	g_autofree char *path = driver_path(driver, "no/such/folder.db");
	struct l62_error err = {0};

	(void)unused;
	assert_int_equal(l62_facts_write_failed(path, "/drv/a.c", NULL, "x", &err), L62_E_IO);
	assert_int_equal(err.code, L62_E_IO);
	assert_contains(err.text, path);
	driver_free(driver);
}

/* Any name that a file can have. */
static void odd_names(void **unused)
{
	static const char *const names[] = {"a b?c#d%20e.db", "caf\xc3\xa9.db", "latin\xe9.db",
	                                    "'quoted'.db"};
	struct driver *driver = driver_new();

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = driver_path(driver, names[i]);
		struct l62_error err = {0};

		assert_int_equal(l62_facts_write_failed(path, "/drv/a.c", NULL, "x", &err), 0);
		assert_int_equal(l62_facts_state(path, NULL), L62_FACTS_FAILED);
	}
	driver_free(driver);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(finished),          cmocka_unit_test(absent),
	        cmocka_unit_test(not_a_database),    cmocka_unit_test(cut_short),
	        cmocka_unit_test(other_version),     cmocka_unit_test(other_tables),
	        cmocka_unit_test(failed_is_written), cmocka_unit_test(failed_cannot_be_written),
	        cmocka_unit_test(odd_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
