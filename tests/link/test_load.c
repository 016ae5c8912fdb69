/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* LeakOnFailedLoad: DriverEntry and AddDevice that fail. */
#include "support.h"

#include <string.h>

/* base_driver whose site 1 is DriverEntry's, kept in g_Mdl on its failing exit and
 * freed by DriverUnload. */
static const char fails[] =
        "UPDATE site SET function = 1, file = '/drv/entry.c', line = 12, variable = 'g_Mdl';"
        "INSERT INTO store VALUES(1, '::g_Mdl', '/drv/entry.c', 13);"
        "INSERT INTO release VALUES(2, 'IoFreeMdl', 'MDL', '::g_Mdl', '/drv/entry.c', 45);"
        "INSERT INTO outcome VALUES(1, 1, 'failure', '/drv/entry.c', 25),"
        " (2, 1, 'success', '/drv/entry.c', 29);"
        "INSERT INTO outcome_slot VALUES(1, 1, '::g_Mdl'), (2, 1, '::g_Mdl');";

/* The same for AddDevice (function 6) and the device extension. */
static const char device_fails[] =
        "INSERT INTO function VALUES(6, 'MyAdd', 'MyAdd', '/drv/pnp.c', 10, 30, 1, NULL);"
        "INSERT INTO role VALUES(6, 'ADD_DEVICE', NULL, '/drv/entry.c', 18);"
        "UPDATE site SET function = 6, file = '/drv/pnp.c', line = 12;"
        "INSERT INTO store VALUES(1, 'DEVICE_EXTENSION.Mdl', '/drv/pnp.c', 13);"
        "INSERT INTO release VALUES"
        " (4, 'IoFreeMdl', 'MDL', 'DEVICE_EXTENSION.Mdl', '/drv/ioctl.c', 75);"
        "INSERT INTO outcome VALUES(1, 6, 'failure', '/drv/pnp.c', 25),"
        " (2, 6, 'success', '/drv/pnp.c', 29);"
        "INSERT INTO outcome_slot VALUES(1, 1, 'DEVICE_EXTENSION.Mdl'),"
        " (2, 1, 'DEVICE_EXTENSION.Mdl');";

static unsigned count(const char *rule, const char *start, const char *more)
{
	g_autofree char *sql = g_strconcat(base_driver, start, more, NULL);

	return count_linked(rule, sql, NULL);
}

static void driver_entry(void **unused)
{
	(void)unused;
	assert_int_equal(count(NULL, fails, ""), 1);
	assert_int_equal(count("LeakOnFailedLoad", fails, ""), 1);
	/* The failing exit frees. */
	assert_int_equal(count(NULL, fails, "DELETE FROM outcome_slot WHERE outcome = 1"), 0);
	assert_int_equal(
	        count("LeakOnFailedLoad", fails, "UPDATE outcome SET result = 'success'"), 0);
	assert_int_equal(count("LeakOnFailedLoad", fails, "UPDATE outcome SET result = 'any'"),
	                 0);
	/* A helper may fail and leave that to its caller. */
	assert_int_equal(count("LeakOnFailedLoad", fails, "UPDATE outcome SET function = 5"),
	                 0);
	/* The extension of a device that it made. */
	assert_int_equal(count("LeakOnFailedLoad", fails,
	                       "UPDATE outcome_slot SET path = 'DEVICE_EXTENSION.Mdl'"),
	                 1);
	assert_int_equal(count("LeakOnFailedLoad", fails,
	                       "UPDATE outcome_slot SET path = 'REQUEST.Mdl'"),
	                 0);
	assert_int_equal(
	        count("LeakOnFailedLoad", fails, "UPDATE outcome_slot SET path = 'return'"), 0);
}

static void add_device(void **unused)
{
	(void)unused;
	assert_int_equal(count(NULL, device_fails, ""), 1);
	assert_int_equal(count("LeakOnFailedLoad", device_fails, ""), 1);
	assert_int_equal(
	        count(NULL, device_fails, "DELETE FROM outcome_slot WHERE outcome = 1"), 0);
	/* A global is still there at unload. */
	assert_int_equal(count("LeakOnFailedLoad", device_fails,
	                       "UPDATE outcome_slot SET path = '::g_Mdl'"),
	                 0);
}

/* What another file frees before the exit, the exit does not show. */
static void freed_in_another_file(void **unused)
{
	static const char elsewhere[] =
	        "INSERT INTO function VALUES(6, 'Undo', 'Undo', '/drv/undo.c', 1, 9, 1, NULL);"
	        "INSERT INTO release VALUES(6, 'IoFreeMdl', 'MDL', '::g_Mdl', '/drv/undo.c', "
	        "5);";
	static const char by_parameter[] =
	        "INSERT INTO function VALUES(6, 'Undo', 'Undo', '/drv/undo.c', 1, 9, 1, NULL);"
	        "INSERT INTO release VALUES(6, 'IoFreeMdl', 'MDL', 'param 0', '/drv/undo.c', "
	        "5);"
	        "INSERT INTO call_arg VALUES(1, 6, 0, '::g_Mdl');";
	static const char same_file[] =
	        "INSERT INTO function VALUES(6, 'Undo', 'Undo', '/drv/entry.c', 1, 9, 1, NULL);"
	        "INSERT INTO release VALUES(6, 'IoFreeMdl', 'MDL', '::g_Mdl', '/drv/entry.c', "
	        "5);";
	g_autofree char *called =
	        g_strconcat(elsewhere, "INSERT INTO call VALUES(1, 6, 24, 1)", NULL);
	g_autofree char *mentioned =
	        g_strconcat(elsewhere, "INSERT INTO call VALUES(1, 6, 24, 0)", NULL);
	g_autofree char *deeper = g_strconcat(
	        elsewhere, "INSERT INTO call VALUES(1, 5, 24, 1), (5, 6, 95, 1)", NULL);
	g_autofree char *given =
	        g_strconcat(by_parameter, "INSERT INTO call VALUES(1, 6, 24, 1)", NULL);
	g_autofree char *inlined =
	        g_strconcat(same_file, "INSERT INTO call VALUES(1, 6, 24, 1)", NULL);

	(void)unused;
	assert_int_equal(count("LeakOnFailedLoad", fails, elsewhere), 1);
	assert_int_equal(count("LeakOnFailedLoad", fails, called), 0);
	assert_int_equal(count("LeakOnFailedLoad", fails, mentioned), 1);
	assert_int_equal(count("LeakOnFailedLoad", fails, deeper), 0);
	assert_int_equal(count("LeakOnFailedLoad", fails, given), 0);
	assert_int_equal(count("LeakOnFailedLoad", fails, inlined), 1);
}

static void first_exit_per_site(void **unused)
{
	struct driver *driver = driver_new();
	g_autofree char *sql = g_strconcat(
	        base_driver, fails,
	        "INSERT INTO outcome VALUES(3, 1, 'failure', '/drv/entry.c', 21);"
	        "INSERT INTO outcome_slot VALUES(3, 1, '::g_Mdl'), (3, 1, '::g_Other');",
	        NULL);
	struct l62_result *result;
	const struct l62_finding *f;

	(void)unused;
	driver_tu(driver, "a.c", sql);
	result = driver_link(driver);
	f = only(result, "LeakOnFailedLoad");
	assert_string_equal(f->at.file, "/drv/entry.c");
	assert_int_equal(f->at.line, 21);
	assert_int_equal(f->site.line, 12);
	assert_string_equal(f->slot, "::g_Mdl");
	assert_string_equal(f->function, "DriverEntry");
	assert_string_equal(
	        f->message,
	        "leak on failed load: 'g_Mdl' from IoAllocateMdl (tag VMdl) stays in "
	        "global g_Mdl when DriverEntry returns a failure status, and "
	        "DriverUnload does not run then");
	assert_int_equal(f->flow[0]->len, 4);
	assert_string_equal(step(f, 0, 0)->message, "DriverEntry");
	assert_string_equal(step(f, 0, 1)->message, "IoAllocateMdl allocates here");
	assert_string_equal(step(f, 0, 2)->message, "stored in global g_Mdl");
	assert_int_equal(step(f, 0, 2)->at.line, 13);
	assert_string_equal(
	        step(f, 0, 3)->message,
	        "DriverEntry returns a failure status without freeing global g_Mdl");
	assert_int_equal(step(f, 0, 3)->at.line, 21);
	assert_int_equal(f->flow[1]->len, 0);
	l62_result_free(result);
	driver_free(driver);
}

static void told_of_add_device(void **unused)
{
	struct driver *driver = driver_new();
	g_autofree char *sql = g_strconcat(base_driver, device_fails, NULL);
	struct l62_result *result;

	(void)unused;
	driver_tu(driver, "a.c", sql);
	result = driver_link(driver);
	assert_contains(
	        only(result, "LeakOnFailedLoad")->message,
	        "when AddDevice routine MyAdd returns a failure status, and no teardown "
	        "routine runs for its device then");
	l62_result_free(result);
	driver_free(driver);
}

static void kinds(void **unused)
{
	(void)unused;
	assert_int_equal(
	        count("HandleLeak", fails,
	              "UPDATE site SET kind = 'HANDLE'; UPDATE release SET kind = 'HANDLE'"),
	        1);
	assert_int_equal(count("DeviceObjectLeak", fails, "UPDATE site SET kind = 'DEVICE'"),
	                 1);
	/* A leak of that device on a path of DriverEntry is the same defect, one on a
	 * path of another function is not. */
	assert_int_equal(count("DeviceObjectLeak", fails,
	                       "UPDATE site SET kind = 'DEVICE';"
	                       "INSERT INTO path_leak VALUES(1, 1, '/drv/entry.c', 25, 2, 25, "
	                       "9, 1, 'leak')"),
	                 1);
	assert_int_equal(count("DeviceObjectLeak", fails,
	                       "UPDATE site SET kind = 'DEVICE';"
	                       "INSERT INTO path_leak VALUES(1, 1, '/drv/entry.c', 25, 2, 25, "
	                       "9, 5, 'leak')"),
	                 2);
}

/* What a load loses and deletes as the driver object has it: paths tell, unless it is
 * another file that deletes, or another function that has left the device there. */
static void deletes_its_devices(void **unused)
{
	static const char leak[] = "UPDATE site SET kind = 'DEVICE', api = 'IoCreateDevice';"
	                           "INSERT INTO path_leak VALUES(1, 1, '/drv/entry.c', 25, 2, "
	                           "25, 9, %d, 'leak');%s"
	                           "INSERT INTO call VALUES(1, 5, 23, 1);"
	                           "INSERT INTO release VALUES(%d, 'IoDeleteDevice', 'DEVICE', "
	                           "'%s', '%s', 24);";
	static const char helper[] = "INSERT INTO function VALUES(7, 'Make', 'Make', "
	                             "'/drv/entry.c', 60, 70, 1, NULL);"
	                             "INSERT INTO call VALUES(1, 7, 22, 1);"
	                             "DELETE FROM outcome_slot;";
	static const struct {
		int loses;
		const char *more;
		int deletes;
		const char *path, *file;
		unsigned found;
	} cases[] = {
	        {1, "", 1, "DRIVER_OBJECT.DeviceObject", "/drv/entry.c", 1},
	        {1, "", 5, "DRIVER_OBJECT.DeviceObject", "/drv/ioctl.c", 0},
	        {1, "", 5, "DEVICE_OBJECT.NextDevice", "/drv/ioctl.c", 0},
	        {1, "", 5, "DEVICE_EXTENSION.Child", "/drv/ioctl.c", 1},
	        {7, helper, 1, "DRIVER_OBJECT.DeviceObject", "/drv/entry.c", 0},
	        {7, helper, 5, "DEVICE_OBJECT.NextDevice", "/drv/ioctl.c", 0},
	        {7, helper, 1, "DEVICE_EXTENSION.Child", "/drv/entry.c", 1},
	        {7, helper, 2, "DRIVER_OBJECT.DeviceObject", "/drv/entry.c", 1},
	};

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *more =
		        g_strdup_printf(leak, cases[i].loses, cases[i].more, cases[i].deletes,
		                        cases[i].path, cases[i].file);

		assert_int_equal(count("DeviceObjectLeak", fails, more), cases[i].found);
	}
}

/* How far a loop came that empties a list no path shows. */
static void lists_that_it_empties(void **unused)
{
	static const char in_list[] = "UPDATE store SET path = 'list ::g_Items';"
	                              "UPDATE outcome_slot SET path = 'list ::g_Items';"
	                              "UPDATE release SET path = 'list ::g_Items';"
	                              "INSERT INTO site_record VALUES(1, 'ITEM');";
	static const char calls[] = "INSERT INTO call VALUES(1, 5, 24, 1);";
	static const char frees[] =
	        "INSERT INTO release VALUES(5, 'IoFreeMdl', 'MDL', '%s', '/drv/entry.c', 95);";
	static const char found[] =
	        "INSERT INTO disposal VALUES(5, '%s', 'IoFreeMdl', NULL, 0, '/drv/entry.c', 95,"
	        " 1, 95, 2);";
	g_autofree char *same = g_strdup_printf(frees, "list ::g_Items");
	g_autofree char *other = g_strdup_printf(frees, "list ::g_Others");
	g_autofree char *item = g_strdup_printf(found, "ITEM");
	g_autofree char *thing = g_strdup_printf(found, "THING");
	const struct {
		const char *call, *helper;
		unsigned found;
	} cases[] = {{"", "", 1},       {calls, "", 1}, {"", same, 1},    {calls, same, 0},
	             {calls, other, 1}, {"", item, 1},  {calls, item, 0}, {calls, thing, 1}};

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *more =
		        g_strconcat(in_list, cases[i].call, cases[i].helper, NULL);

		assert_int_equal(count("LeakOnFailedLoad", fails, more), cases[i].found);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(driver_entry),
	        cmocka_unit_test(add_device),
	        cmocka_unit_test(freed_in_another_file),
	        cmocka_unit_test(first_exit_per_site),
	        cmocka_unit_test(told_of_add_device),
	        cmocka_unit_test(kinds),
	        cmocka_unit_test(deletes_its_devices),
	        cmocka_unit_test(lists_that_it_empties),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
