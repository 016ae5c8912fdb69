/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Who runs when: entry points, calls, callbacks, cycles. */
#include "support.h"

#include <string.h>

/* base_driver with site 1 moved to Helper (5) and kept in a global there. */
static const char site_in_helper[] =
        "UPDATE site SET function = 5, file = '/drv/ioctl.c', line = 95;"
        "INSERT INTO store VALUES(1, '::g_Mdl', '/drv/ioctl.c', 96);";

static unsigned with(const char *sql)
{
	g_autofree char *all = g_strconcat(base_driver, site_in_helper, sql, NULL);

	return count_linked("LeakAtUnload", all, NULL);
}

static void only_what_runs_counts(void **unused)
{
	(void)unused;
	assert_int_equal(with(""), 0);
	assert_int_equal(with("INSERT INTO call VALUES(3, 5, 30, 1)"), 1);
	assert_int_equal(with("INSERT INTO call VALUES(3, 5, 30, 0)"), 1);
	assert_int_equal(with("INSERT INTO call VALUES(5, 3, 95, 1)"), 0);
	assert_int_equal(with("INSERT INTO role VALUES(5, 'DPC', NULL, '/drv/x.c', 3)"), 1);
	assert_int_equal(with("INSERT INTO role VALUES(5, 'ADD_DEVICE', NULL, '/drv/x.c', 3)"),
	                 1);
	assert_int_equal(with("INSERT INTO call VALUES(1, 5, 12, 1)"), 1);
}

#define FREES_MDL                                                                              \
	"INSERT INTO function VALUES(6, 'Watch', 'Watch', '/drv/w.c', 1, 5, 1, NULL);"         \
	"INSERT INTO call VALUES(3, 5, 30, 1);"                                                \
	"INSERT INTO release VALUES(6, 'IoFreeMdl', 'MDL', '::g_Mdl', '/drv/w.c', 3);"

/* The teardown hands a routine to the system: to have it called, or not any more. */
static void notification_is_taken_back(void **unused)
{
	(void)unused;
	assert_int_equal(with(FREES_MDL), 1);
	assert_int_equal(with(FREES_MDL "INSERT INTO call VALUES(2, 6, 45, 0)"), 0);
	assert_int_equal(with(FREES_MDL "INSERT INTO call VALUES(2, 6, 45, 0);"
	                                "INSERT INTO role VALUES(6, 'WORK_ITEM', NULL,"
	                                " '/drv/entry.c', 45)"),
	                 0);
	assert_int_equal(with(FREES_MDL "INSERT INTO call VALUES(2, 6, 45, 0);"
	                                "INSERT INTO role VALUES(6, 'NOTIFY', NULL,"
	                                " '/drv/entry.c', 45)"),
	                 1);
	assert_int_equal(with(FREES_MDL "INSERT INTO call VALUES(2, 6, 45, 1);"
	                                "INSERT INTO role VALUES(6, 'NOTIFY', NULL,"
	                                " '/drv/entry.c', 45)"),
	                 0);
}

static void cycles_end(void **unused)
{
	static const char cycle[] =
	        "INSERT INTO function VALUES(6, 'Ping', 'Ping', '/drv/p.c', 1, 5, 1, NULL),"
	        " (7, 'Pong', 'Pong', '/drv/p.c', 11, 15, 1, NULL);"
	        "INSERT INTO call VALUES(3, 6, 25, 1), (6, 7, 2, 1), (7, 6, 12, 1), (7, 7, 13, "
	        "1),"
	        " (7, 5, 14, 1), (5, 3, 97, 1);";
	struct driver *driver = driver_new();
	g_autofree char *sql = g_strconcat(base_driver, site_in_helper, cycle, NULL);
	struct l62_result *result;
	const struct l62_finding *finding;

	(void)unused;
	driver_tu(driver, "a.c", sql);
	result = driver_link(driver);
	finding = only(result, "LeakAtUnload");
	assert_int_equal(finding->flow[0]->len, 6);
	assert_string_equal(step(finding, 0, 0)->message,
	                    "IRP_MJ_DEVICE_CONTROL dispatch routine MyControl");
	assert_string_equal(step(finding, 0, 0)->at.file, "/drv/ioctl.c");
	assert_int_equal(step(finding, 0, 0)->at.line, 20);
	assert_string_equal(step(finding, 0, 1)->message, "MyControl calls Ping");
	assert_string_equal(step(finding, 0, 1)->at.file, "/drv/ioctl.c");
	assert_int_equal(step(finding, 0, 1)->at.line, 25);
	assert_string_equal(step(finding, 0, 2)->message, "Ping calls Pong");
	assert_string_equal(step(finding, 0, 3)->message, "Pong calls Helper");
	assert_int_equal(step(finding, 0, 3)->at.line, 14);
	l62_result_free(result);
	driver_free(driver);
}

/* Two ways lead to Helper: the shorter one is told, and a call before a mention. */
static void chain_is_the_shortest(void **unused)
{
	static const char calls[] =
	        "INSERT INTO function VALUES(6, 'Far', 'Far', '/drv/p.c', 1, 5, 1, NULL),"
	        " (7, 'Near', 'Near', '/drv/p.c', 11, 15, 1, NULL),"
	        " (8, 'Middle', 'Middle', '/drv/p.c', 21, 25, 1, NULL);"
	        "INSERT INTO call VALUES(3, 6, 25, 1), (6, 8, 2, 1), (8, 5, 22, 1),"
	        " (3, 7, 40, 1), (7, 5, 12, 0), (7, 5, 13, 1);";
	struct driver *driver = driver_new();
	g_autofree char *sql = g_strconcat(base_driver, site_in_helper, calls, NULL);
	struct l62_result *result;
	const struct l62_finding *finding;

	(void)unused;
	driver_tu(driver, "a.c", sql);
	result = driver_link(driver);
	finding = only(result, "LeakAtUnload");
	assert_int_equal(finding->flow[0]->len, 5);
	assert_string_equal(step(finding, 0, 1)->message, "MyControl calls Near");
	assert_string_equal(step(finding, 0, 2)->message, "Near calls Helper");
	assert_int_equal(step(finding, 0, 2)->at.line, 13);
	l62_result_free(result);
	driver_free(driver);
}

static void callback_is_named(void **unused)
{
	struct driver *driver = driver_new();
	g_autofree char *sql = g_strconcat(base_driver, site_in_helper,
	                                   "INSERT INTO call VALUES(3, 5, 33, 0)", NULL);
	struct l62_result *result;

	(void)unused;
	driver_tu(driver, "a.c", sql);
	result = driver_link(driver);
	assert_string_equal(step(only(result, "LeakAtUnload"), 0, 1)->message,
	                    "MyControl hands out Helper as a callback");
	l62_result_free(result);
	driver_free(driver);
}

static void expect_entry(const char *roles, const char *text)
{
	struct driver *driver = driver_new();
	g_autofree char *sql = g_strconcat(base_driver, site_in_helper, roles, NULL);
	struct l62_result *result;

	driver_tu(driver, "a.c", sql);
	result = driver_link(driver);
	assert_string_equal(step(only(result, "LeakAtUnload"), 0, 0)->message, text);
	l62_result_free(result);
	driver_free(driver);
}

static void entry_points_have_words(void **unused)
{
	(void)unused;
	expect_entry("INSERT INTO role VALUES(5, 'DPC', NULL, '/x.c', 1)",
	             "DPC routine Helper");
	expect_entry("INSERT INTO role VALUES(5, 'ADD_DEVICE', NULL, '/x.c', 1)",
	             "AddDevice routine Helper");
	expect_entry("INSERT INTO call VALUES(1, 5, 12, 1)", "DriverEntry");
	expect_entry("INSERT INTO role VALUES(5, 'DISPATCH', 3, '/x.c', 1),"
	             " (5, 'DISPATCH', 4, '/x.c', 2), (5, 'DISPATCH', 4, '/x.c', 3)",
	             "IRP_MJ_READ/IRP_MJ_WRITE dispatch routine Helper");
	expect_entry("INSERT INTO role VALUES(5, 'DISPATCH', 3, '/x.c', 1),"
	             " (5, 'DISPATCH', 4, '/x.c', 2), (5, 'DISPATCH', 5, '/x.c', 3),"
	             " (5, 'DISPATCH', 6, '/x.c', 3)",
	             "dispatch routine Helper (4 major functions)");
	expect_entry("INSERT INTO role VALUES(5, 'DISPATCH', -1, '/x.c', 1)",
	             "dispatch routine Helper (every major function)");
	expect_entry("INSERT INTO role VALUES(5, 'DISPATCH', 40, '/x.c', 1)",
	             "major function 40 dispatch routine Helper");
	expect_entry("INSERT INTO role VALUES(5, 'DPC', NULL, '/x.c', 1),"
	             " (5, 'DISPATCH', 3, '/x.c', 1)",
	             "IRP_MJ_READ dispatch routine Helper");
}

static void every_role_has_a_word(void **unused)
{
	struct driver *driver = driver_new();
	struct l62_result *result = driver_link(driver);

	(void)unused;
	assert_int_equal(driver_integer(driver,
	                                "SELECT count(*) FROM role_info i LEFT JOIN"
	                                " role_text t USING(role) WHERE t.text IS NULL"),
	                 0);
	assert_int_equal(driver_integer(driver,
	                                "SELECT count(*) FROM role_text t LEFT JOIN"
	                                " role_info i USING(role) WHERE i.role IS NULL"),
	                 0);
	assert_int_equal(driver_integer(driver, "SELECT count(*) FROM major"), 28);
	l62_result_free(result);
	driver_free(driver);
}

static void entry_points_are_counted(void **unused)
{
	struct driver *driver = driver_new();
	struct l62_result *result;

	(void)unused;
	driver_tu(driver, "a.c", base_driver);
	result = driver_link(driver);
	assert_int_equal(result->entry_points, 4);
	assert_true(result->has_driver_entry);
	assert_true(result->has_unload);
	l62_result_free(result);
	driver_free(driver);
}

/* The role row of DriverEntry adds nothing; without the function there is none. */
static void driver_entry_needs_no_role(void **unused)
{
	struct driver *driver = driver_new();
	g_autofree char *sql = g_strconcat(
	        base_driver, "INSERT INTO role VALUES(1, 'DRIVER_ENTRY', NULL, '/x.c', 1)",
	        NULL);
	struct l62_result *result;

	(void)unused;
	driver_tu(driver, "a.c", sql);
	result = driver_link(driver);
	assert_int_equal(result->entry_points, 4);
	l62_result_free(result);
	driver_free(driver);

	driver = driver_new();
	driver_tu(driver, "a.c",
	          "INSERT INTO function(id, key, name) VALUES(1, 'DriverEntry', 'DriverEntry'),"
	          " (2, 'MyUnload', 'MyUnload');"
	          "INSERT INTO role VALUES(2, 'DRIVER_UNLOAD', NULL, '/x.c', 1)");
	result = driver_link(driver);
	assert_false(result->has_driver_entry);
	assert_false(result->has_unload);
	l62_result_free(result);
	driver_free(driver);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(only_what_runs_counts),
	        cmocka_unit_test(notification_is_taken_back),
	        cmocka_unit_test(cycles_end),
	        cmocka_unit_test(chain_is_the_shortest),
	        cmocka_unit_test(callback_is_named),
	        cmocka_unit_test(entry_points_have_words),
	        cmocka_unit_test(every_role_has_a_word),
	        cmocka_unit_test(entry_points_are_counted),
	        cmocka_unit_test(driver_entry_needs_no_role),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
