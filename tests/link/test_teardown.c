/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * LeakAtUnload: what counts as freed on the teardown side, what is believed of stores
 * that no path has shown, and where the release is missing.
 */
#include "support.h"

/* base_driver with its MDL in slot, and more. */
static unsigned in_slot(const char *slot, const char *more)
{
	g_autofree char *sql =
	        g_strdup_printf("%sINSERT INTO store VALUES(1, '%s', '/drv/ioctl.c', 51);%s",
	                        base_driver, slot, more);

	return count_linked("LeakAtUnload", sql, NULL);
}

static const struct l62_also *also(const struct l62_finding *finding)
{
	return &g_array_index(finding->also, struct l62_also, 0);
}

#define FREES(function, path)                                                                  \
	"INSERT INTO release VALUES(" function ", 'IoFreeMdl', 'MDL', '" path                  \
	"', '/drv/x.c', 45);"
#define FREES_MDL(function) FREES(function, "DEVICE_EXTENSION.Mdl")

static const char pending[] = "list DEVICE_EXTENSION.Pending";

/* An object in two slots is freed through either. */
static void freed_through_another_reference(void **unused)
{
#define THREAD(path) "INSERT INTO role VALUES(5, 'THREAD', NULL, '/x.c', 9);" FREES("5", path)
	static const char member[] =
	        "INSERT INTO member VALUES(1, 'CONTEXT.Mdl', 'shared', '/x.c', 60);";
	static const char alias[] =
	        "INSERT INTO alias VALUES(4, 'OTHER.Mdl', 'list DEVICE_EXTENSION.Pending');";
	static const char by_param[] =
	        "INSERT INTO alias VALUES(5, 'OTHER.Mdl', 'param 1');"
	        "INSERT INTO call_arg VALUES(4, 5, 1, 'list DEVICE_EXTENSION.Pending');";
	g_autofree char *in_thread = g_strconcat(member, THREAD("CONTEXT.Mdl"), NULL);
	g_autofree char *elsewhere = g_strconcat(member, THREAD("OTHER.Mdl"), NULL);
	g_autofree char *copied = g_strconcat(alias, FREES("2", "OTHER.Mdl"), NULL);
	g_autofree char *copy_kept = g_strconcat(alias, FREES("2", "OTHER.Irp"), NULL);
	g_autofree char *passed = g_strconcat(by_param, FREES("2", "OTHER.Mdl"), NULL);
	g_autofree char *other_passed = g_strconcat(by_param, FREES("2", "OTHER.Mdl"),
	                                            "UPDATE call_arg SET idx = 2", NULL);

	(void)unused;
	assert_int_equal(in_slot(pending, THREAD("CONTEXT.Mdl")), 1);
	assert_int_equal(in_slot(pending, in_thread), 0);
	assert_int_equal(in_slot(pending, elsewhere), 1);
	assert_int_equal(in_slot(pending, FREES("2", "OTHER.Mdl")), 1);
	assert_int_equal(in_slot(pending, copied), 0);
	assert_int_equal(in_slot(pending, copy_kept), 1);
	assert_int_equal(in_slot(pending, passed), 0);
	assert_int_equal(in_slot(pending, other_passed), 1);
}

#define DISPOSES(function, record, line)                                                       \
	"INSERT INTO disposal VALUES(" function ", '" record                                   \
	"', 'ExFreePool', NULL, 0, '/drv/x.c', " line ", 1, " line ", 9);"
#define ENTRY_RECORD "INSERT INTO site_record VALUES(1, 'ENTRY');"

/* e = Find(list); ... free e: what a lookup has found is one of the list's. */
static void freed_after_a_lookup(void **unused)
{
	(void)unused;
	assert_int_equal(in_slot(pending, ENTRY_RECORD), 1);
	assert_int_equal(in_slot(pending, ENTRY_RECORD DISPOSES("4", "ENTRY", "75")), 0);
	assert_int_equal(in_slot(pending, ENTRY_RECORD DISPOSES("4", "OTHER", "75")), 1);
	assert_int_equal(in_slot(pending, DISPOSES("4", "ENTRY", "75")), 1);
	/* At work only; or by who makes such objects. */
	assert_int_equal(in_slot(pending, ENTRY_RECORD DISPOSES("5", "ENTRY", "75")), 1);
	assert_int_equal(
	        in_slot(pending,
	                ENTRY_RECORD DISPOSES("3", "ENTRY",
	                                      "75") "INSERT INTO call VALUES(4, 3, 74, 1);"),
	        1);
	/* The slot that it came from is known, and another one. */
	assert_int_equal(in_slot(pending, ENTRY_RECORD DISPOSES("4", "ENTRY", "45")
	                                          FREES("4", "DEVICE_EXTENSION.Other")),
	                 1);
	/* Of no use to a slot that is no list. */
	assert_int_equal(
	        in_slot("DEVICE_EXTENSION.Mdl", ENTRY_RECORD DISPOSES("4", "ENTRY", "75")), 1);
	/* A helper frees its parameter: what its callers pass decides. */
#define HELPER                                                                                 \
	ENTRY_RECORD DISPOSES("5", "ENTRY", "45")                                              \
	        FREES("5", "param 0") "INSERT INTO call VALUES(4, 5, 74, 1);"
	assert_int_equal(in_slot(pending, HELPER), 0);
	assert_int_equal(in_slot(pending, HELPER "INSERT INTO call_arg VALUES"
	                                         "(4, 5, 0, 'DEVICE_EXTENSION.Other');"),
	                 1);
	/* A thread frees its context. */
	assert_int_equal(
	        in_slot(pending,
	                "INSERT INTO role VALUES(5, 'THREAD', NULL, '/x.c', 9);" ENTRY_RECORD
	                        DISPOSES("5", "ENTRY", "45") FREES("5", "param 0")),
	        0);
	assert_int_equal(
	        in_slot(pending,
	                "INSERT INTO role VALUES(5, 'CANCEL', NULL, '/x.c', 9);" ENTRY_RECORD
	                        DISPOSES("5", "ENTRY", "45") FREES("5", "param 0")),
	        1);
}

/* Helper, part of the normal work, takes out the entry it looks for. */
static void single_entries(void **unused)
{
#define WORKS                                                                                  \
	"INSERT INTO call VALUES(3, 5, 55, 1), (4, 5, 75, 1);" FREES(                          \
	        "5", "list DEVICE_EXTENSION.Pending")
#define PICKS WORKS "INSERT INTO picked VALUES(5, 'list DEVICE_EXTENSION.Pending');"
#define EMPTIES(path) FREES("4", path)

	(void)unused;
	assert_int_equal(in_slot(pending, PICKS), 0);
	assert_int_equal(in_slot(pending, WORKS EMPTIES("list DEVICE_EXTENSION.Done")), 0);
	assert_int_equal(in_slot(pending, PICKS EMPTIES("list DEVICE_EXTENSION.Done")), 1);
	assert_int_equal(in_slot(pending, PICKS EMPTIES("DEVICE_EXTENSION.Irp")), 0);
	assert_int_equal(in_slot(pending, PICKS EMPTIES("list ::g_Done")), 0);
	assert_int_equal(in_slot(pending, PICKS EMPTIES("list DEVICE_EXTENSION.Done")
	                                          EMPTIES("list DEVICE_EXTENSION.Pending")),
	                 0);
	/* Nothing but teardown takes entries out. */
	assert_int_equal(
	        in_slot(pending,
	                PICKS EMPTIES("list DEVICE_EXTENSION.Done") "DELETE FROM call WHERE "
	                                                            "caller = 3"),
	        0);
	/* What opening a handle puts in, closing it takes out. */
	assert_int_equal(
	        in_slot(pending,
	                PICKS EMPTIES("list DEVICE_EXTENSION.Done") "UPDATE role SET major = 0 "
	                                                            "WHERE function = 3"),
	        0);
}

/* Without paths the syntax tree says what is stored where. */
static void out_of_focus(void **unused)
{
#define MEMBER(hold)                                                                           \
	"UPDATE function SET analysed = 0;"                                                    \
	"INSERT INTO member VALUES(1, 'DEVICE_EXTENSION.Mdl', '" hold "', '/x.c', 60);"
	static const struct {
		const char *sql;
		unsigned leaks;
	} cases[] = {
	        {MEMBER("only"), 1},
	        {MEMBER("object"), 1},
	        {MEMBER("shared"), 0},
	        {MEMBER("only") "UPDATE function SET analysed = 1", 0},
	        {MEMBER("only") "UPDATE function SET analysed = 1, incomplete = 'cut'", 1},
	        {MEMBER("only") FREES_MDL("2"), 0},
	        {MEMBER("only") FREES_MDL("3"), 0},
	        {MEMBER("shared") "UPDATE member SET path = 'list DEVICE_EXTENSION.Mdls'", 1},
	        {MEMBER("only") "UPDATE member SET path = 'REQUEST.Mdl'", 0},
	        {MEMBER("only") "UPDATE member SET path = '::g_Mdl'", 1},
	};

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *sql = g_strconcat(
		        base_driver, "INSERT INTO outcome VALUES(1, 3, 'success', '/x.c', 59);",
		        cases[i].sql, NULL);

		assert_int_equal(count_linked("LeakAtUnload", sql, NULL), cases[i].leaks);
	}
}

/* A device that MyControl makes; MyClose takes its extension apart. */
static void devices_made_at_work(void **unused)
{
#define DEVICE                                                                                 \
	"UPDATE site SET kind = 'DEVICE', api = 'IoCreateDevice';"                             \
	"INSERT INTO site_record VALUES(1, 'VOLUME');"                                         \
	"INSERT INTO extension VALUES('VOLUME');"
#define APART FREES("4", "VOLUME.Mdl")
#define DELETES(function, path)                                                                \
	"INSERT INTO release VALUES(" function ", 'IoDeleteDevice', 'DEVICE', '" path          \
	"', '/x.c', 48);"
	static const char one[] = "INSERT INTO picked VALUES(2, 'DRIVER_OBJECT.DeviceObject');";
	static const struct {
		const char *sql;
		unsigned leaks;
	} cases[] = {
	        {DEVICE, 0},
	        {DEVICE APART, 1},
	        {DEVICE APART DELETES("2", "DEVICE_EXTENSION.Mdl"), 0},
	        {DEVICE APART DELETES("2", "DEVICE_EXTENSION.Other"), 1},
	        {DEVICE APART DELETES("2", "DRIVER_OBJECT.DeviceObject"), 0},
	        {DEVICE APART DELETES("2", "DEVICE_OBJECT.NextDevice"), 0},
	        {DEVICE APART DELETES("4", "param 0"), 0},
	        {DEVICE APART "UPDATE site SET function = 1", 0},
	};

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *sql =
		        g_strconcat(base_driver, mdl_in_extension, cases[i].sql, NULL);

		assert_int_equal(count_linked("DeviceObjectLeak", sql, NULL), cases[i].leaks);
	}
	/* The control device alone: no loop over all of them. */
	{
		g_autofree char *sql = g_strconcat(
		        base_driver, mdl_in_extension,
		        DEVICE APART DELETES("2", "DRIVER_OBJECT.DeviceObject"), one, NULL);

		assert_int_equal(count_linked("DeviceObjectLeak", sql, NULL), 1);
	}
}

static void where_the_release_is_missing(void **unused)
{
	static const struct {
		const char *more, *message;
		int line;
	} cases[] = {
	        {"", "MyUnload does not free DEVICE_EXTENSION.Mdl", 50},
	        {FREES("4", "DEVICE_EXTENSION.A"),
	         "MyClose frees DEVICE_EXTENSION.A, not DEVICE_EXTENSION.Mdl", 80},
	        {FREES("4", "DEVICE_EXTENSION.A") FREES("2", "DEVICE_EXTENSION.A")
	                 FREES("2", "DEVICE_EXTENSION.B") FREES("2", "DEVICE_EXTENSION.C"),
	         "MyUnload frees DEVICE_EXTENSION.A and DEVICE_EXTENSION.B, not "
	         "DEVICE_EXTENSION.Mdl",
	         50},
	        {FREES("4", "REQUEST.A") FREES("3", "DEVICE_EXTENSION.A"),
	         "MyUnload does not free DEVICE_EXTENSION.Mdl", 50},
	};

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct driver *driver = driver_new();
		g_autofree char *sql =
		        g_strconcat(base_driver, mdl_in_extension, cases[i].more, NULL);
		struct l62_result *result;
		const struct l62_finding *f;

		driver_tu(driver, "a.c", sql);
		result = driver_link(driver);
		f = only(result, "LeakAtUnload");
		assert_int_equal(f->also->len, 1);
		assert_string_equal(also(f)->message, cases[i].message);
		assert_int_equal(also(f)->at.line, cases[i].line);
		l62_result_free(result);
		driver_free(driver);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(freed_through_another_reference),
	        cmocka_unit_test(freed_after_a_lookup),
	        cmocka_unit_test(single_entries),
	        cmocka_unit_test(out_of_focus),
	        cmocka_unit_test(devices_made_at_work),
	        cmocka_unit_test(where_the_release_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
