/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The tables behind the rules, and a linked database read back. */
#include "support.h"

#include <string.h>

#include "facts/names.h"
#include "leak62/facts.h"

static void rules_are_whole(void **unused)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	size_t count = 0;
	const struct l62_rule *rules = l62_rules(&count);

	(void)unused;
	assert_true(count >= 12);
	for (size_t i = 0; i < count; i++) {
		const struct l62_rule *r = &rules[i];

		assert_true(g_hash_table_add(seen, (gpointer)r->id));
		assert_true(g_hash_table_add(seen, (gpointer)r->name));
		assert_true(*r->short_text && *r->full_text && *r->help);
		assert_true(r->cwe == 401 || r->cwe == 762 || r->cwe == 772);
		assert_true(g_ascii_strtod(r->severity, NULL) > 0);
		assert_ptr_equal(l62_rule_by_name(r->name), r);
	}
	assert_string_equal(l62_rule_by_name("LeakAtUnload")->id, "LEAK6202");
	assert_null(l62_rule_by_name("LeakAtNoon"));
	assert_null(l62_rule_by_name(""));
}

static void kinds_name_rules(void **unused)
{
	size_t count = 0;
	const struct l62_kind *kinds = l62_kinds(&count);

	(void)unused;
	assert_true(count >= 20);
	assert_string_equal(kinds[0].kind, "POOL");
	assert_string_equal(kinds[0].noun, "pool");
	assert_true(kinds[0].counted);
	for (size_t i = 0; i < count; i++) {
		if (!l62_rule_by_name(kinds[i].rule))
			fail_msg("%s names no rule: %s", kinds[i].kind, kinds[i].rule);
		assert_true(strcmp(kinds[i].loss, "ANY") == 0 ||
		            strcmp(kinds[i].loss, "FAILURE") == 0 ||
		            strcmp(kinds[i].loss, "BALANCE") == 0);
	}
}

static void roles_have_phases(void **unused)
{
	size_t count = 0;
	const struct l62_role *roles = l62_roles(&count);

	(void)unused;
	assert_string_equal(roles[0].role, "DRIVER_ENTRY");
	for (size_t i = 0; i < count; i++)
		assert_true(strcmp(roles[i].phase, "LOAD") == 0 ||
		            strcmp(roles[i].phase, "RUN") == 0 ||
		            strcmp(roles[i].phase, "TEARDOWN") == 0);
}

/* Files in order, then lines; sites given the other way round. */
static void findings_are_sorted(void **unused)
{
	static const char leaks[] =
	        "INSERT INTO function VALUES(1, 'F', 'F', '/drv/b.c', 1, 9, 1, 'budget'),"
	        " (2, 'A', 'A', '/drv/a.c', 1, 9, 1, 'SEH');"
	        "INSERT INTO site VALUES"
	        " (1, 1, 'ExAllocatePool2', 'POOL', '/drv/b.c', 3, 1, 3, 9, 0, 'gaTb', 'p'),"
	        " (2, 1, 'ExAllocatePool2', 'POOL', '/drv/b.c', 4, 1, 4, 9, NULL, 'gaTb', 'p'),"
	        " (3, 2, 'ZwClose', 'HANDLE', '/drv/a.c', 5, 1, 5, 9, NULL, NULL, NULL);"
	        "INSERT INTO path_leak VALUES"
	        " (1, 1, '/drv/b.c', 22, 1, 22, 2, 1, 'third'),"
	        " (2, 2, '/drv/b.c', 8, 1, 8, 2, 1, 'second'),"
	        " (3, 3, '/drv/a.c', 30, 1, 30, 2, 2, 'first');";
	static const char *const order[] = {"first", "second", "third"};
	struct driver *driver = driver_new();
	struct l62_result *result;

	(void)unused;
	driver_tu(driver, "b.c", leaks);
	result = driver_link(driver);
	assert_int_equal(result->findings->len, 3);
	for (guint i = 0; i < 3; i++)
		assert_string_equal(((struct l62_finding *)result->findings->pdata[i])->message,
		                    order[i]);
	assert_false(((struct l62_finding *)result->findings->pdata[0])->counted);
	assert_null(((struct l62_finding *)result->findings->pdata[0])->tag);
	assert_true(((struct l62_finding *)result->findings->pdata[2])->has_size);
	assert_int_equal(((struct l62_finding *)result->findings->pdata[2])->size, 0);
	assert_int_equal(result->incomplete->len, 2);
	assert_string_equal(result->incomplete->pdata[0], "A");
	assert_string_equal(result->incomplete->pdata[1], "F");
	assert_int_equal(result->sites, 3);
	assert_int_equal(result->functions, 2);
	assert_int_equal(result->reanalysed, 0);
	l62_result_free(result);
	driver_free(driver);
}

/* What a result says of the driver beside its findings. */
static void what_is_not_known(void **unused)
{
	static const char facts[] =
	        "INSERT INTO function(id, key, name) VALUES(6, 'Far', 'Far'), (7, 'Near', "
	        "'Near'),"
	        " (8, '__builtin_trap', '__builtin_trap'), (9, 'Named', 'Named');"
	        "INSERT INTO call VALUES(3, 6, 30, 1), (3, 7, 31, 1), (4, 7, 32, 1), (4, 8, "
	        "33, 1),"
	        " (4, 9, 34, 0);"
	        "INSERT INTO framework VALUES('NdisMRegisterMiniportDriver', 'NDIS'),"
	        " ('WdfDriverCreate', 'KMDF');";
	struct driver *driver = driver_new();
	g_autofree char *sql = g_strconcat(base_driver, facts, NULL);
	struct l62_result *result;

	(void)unused;
	driver_tu(driver, "a.c", sql);
	driver_tu(driver, "b.c",
	          "INSERT INTO framework VALUES('NdisRegisterProtocolDriver', 'NDIS')");
	result = driver_link(driver);
	assert_int_equal(result->unknown->len, 2);
	assert_string_equal(g_ptr_array_index(result->unknown, 0), "Near");
	assert_string_equal(g_ptr_array_index(result->unknown, 1), "Far");
	assert_int_equal(result->unknown_calls, 3);
	assert_int_equal(result->frameworks->len, 2);
	assert_string_equal(g_ptr_array_index(result->frameworks, 0), "KMDF (WdfDriverCreate)");
	assert_string_equal(g_ptr_array_index(result->frameworks, 1),
	                    "NDIS (NdisMRegisterMiniportDriver)");
	assert_int_equal(result->sources->len, 2);
	assert_string_equal(g_ptr_array_index(result->sources, 1), "/drv/b.c");
	l62_result_free(result);
	driver_free(driver);
}

static void expect_load(const char *path, int code)
{
	struct l62_result *result = (struct l62_result *)1;
	struct l62_error err = {0};

	assert_int_equal(l62_result_load(path, &result, &err), code);
	assert_int_equal(err.code, code);
	assert_null(result);
	assert_contains(err.text, path);
}

static void edit(const char *path, const char *sql)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void bad_databases(void **unused)
{
	static const char *const bad_edits[] = {
	        "UPDATE finding SET rule = 'LeakAtNoon'",
	        "DROP TABLE finding",
	        "INSERT INTO finding_step VALUES(99, 0, 0, '/x.c', 1, 1, 'm')",
	        "INSERT INTO finding_step VALUES(1, 7, 0, '/x.c', 1, 1, 'm')",
	        "INSERT INTO finding_also VALUES(99, 'fix', '/x.c', 1, 1, 'm')",
	        "INSERT INTO finding_also VALUES(1, 'near', '/x.c', 1, 1, 'm')",
	        "PRAGMA user_version = 0",
	};
	struct driver *driver = driver_new();
	g_autofree char *absent = driver_path(driver, "absent.db");
	g_autofree char *sql = g_strconcat(base_driver, mdl_in_extension, NULL);
	const char *facts = driver_tu(driver, "a.c", sql);
	const char *text = NULL;

	(void)unused;
	expect_load(absent, L62_E_IO);
	expect_load(facts, L62_E_FORMAT);
	for (size_t i = 0; i < G_N_ELEMENTS(bad_edits); i++) {
		l62_result_free(driver_link(driver));
		edit(driver->database, bad_edits[i]);
		expect_load(driver->database, L62_E_FORMAT);
	}
	l62_result_free(driver_link(driver));
	edit(driver->database, "PRAGMA user_version = 1000");
	expect_load(driver->database, L62_E_VERSION);
	text = driver_tu_raw(driver, "b.c", "text", 4);
	expect_load(text, L62_E_FORMAT);
	l62_result_free(NULL);
	driver_free(driver);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(rules_are_whole),   cmocka_unit_test(kinds_name_rules),
	        cmocka_unit_test(roles_have_phases), cmocka_unit_test(findings_are_sorted),
	        cmocka_unit_test(what_is_not_known), cmocka_unit_test(bad_databases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
