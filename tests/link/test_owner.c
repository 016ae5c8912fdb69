/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* LeakWithOwner: objects freed with a member that is still owned, and their twins. */
#include "support.h"

#include <string.h>

/*
 *   1 Make    /drv/make.c 10-30: puts site 1, pool from line 15, in ITEM.Data
 *   2 Drop    /drv/drop.c 10-30: frees an ITEM at line 25
 *   3 Drain   /drv/drain.c 10-30: frees an ITEM at line 20
 *   4 Helper  /drv/help.c 10-30      5 Caller  /drv/call.c 10-30
 */
static const char items[] =
        "INSERT INTO function(id, key, name, file, line, end_line, analysed) VALUES"
        " (1, 'Make', 'Make', '/drv/make.c', 10, 30, 1),"
        " (2, 'Drop', 'Drop', '/drv/drop.c', 10, 30, 1),"
        " (3, 'Drain', 'Drain', '/drv/drain.c', 10, 30, 1),"
        " (4, 'Helper', 'Helper', '/drv/help.c', 10, 30, 1),"
        " (5, 'Caller', 'Caller', '/drv/call.c', 10, 30, 1);"
        "INSERT INTO site VALUES(1, 1, 'ExAllocatePool2', 'POOL', '/drv/make.c', 15, 9, 15, 40,"
        " 64, 'metI', 'item->Data');";
#define MEMBER(path, hold)                                                                     \
	"INSERT INTO member VALUES(1, '" path "', '" hold "', '/drv/make.c', 15);"
#define FREES(function, file, line)                                                            \
	"INSERT INTO disposal VALUES(" function ", 'ITEM', 'ExFreePool', NULL, 0, '/drv/" file \
	"', " line ", 5, " line ", 20);"
#define DROP FREES("2", "drop.c", "25")
#define DRAIN FREES("3", "drain.c", "20")
#define RELEASE(function, path)                                                                \
	"INSERT INTO release VALUES(" function ", 'ExFreePool', 'POOL', '" path                \
	"', '/drv/drop.c', 24);"
#define MENTION(function, record, field)                                                       \
	"INSERT INTO mention VALUES(" function ", '" record "', '" field "', NULL);"
#define DROP_FREES_DATA DROP RELEASE("2", "ITEM.Data") MENTION("2", "ITEM", "Data")

/* How many such findings the items have, and more. */
static unsigned with(const char *more)
{
	g_autofree char *sql = g_strconcat(items, more, NULL);

	return count_linked("LeakWithOwner", sql, NULL);
}

static unsigned drained(const char *more)
{
	g_autofree char *sql =
	        g_strconcat(MEMBER("ITEM.Data", "only") DROP_FREES_DATA DRAIN, more, NULL);

	return with(sql);
}

static void another_function_does_it(void **unused)
{
	(void)unused;
	assert_int_equal(drained(""), 1);
	assert_int_equal(drained(MENTION("3", "ITEM", "Data")), 0);
	assert_int_equal(drained(MENTION("3", "ITEM", "*")), 0);
	assert_int_equal(drained(MENTION("3", "ITEM", "Name")), 1);
	assert_int_equal(drained(MENTION("3", "OTHER", "Data")), 1);
	/* Only to get from a list entry to the item: Data would be no owner at all. */
	assert_int_equal(drained("INSERT INTO mention VALUES(3, 'ITEM', 'Link', 'link')"), 1);
	assert_int_equal(drained("INSERT INTO mention VALUES(3, 'ITEM', 'Data', 'link')"), 0);
	/* Two places of one function are one finding. */
	assert_int_equal(drained(FREES("3", "drain.c", "22")), 1);
	assert_int_equal(drained(FREES("4", "help.c", "22")), 2);
	/* Nobody frees the object in the functions that release the member. */
	assert_int_equal(with(MEMBER("ITEM.Data", "only") RELEASE("2", "ITEM.Data") DRAIN), 0);
	/* Another kind is another resource. */
	assert_int_equal(
	        with(MEMBER("ITEM.Data", "only") DROP DRAIN MENTION("2", "ITEM", "Data")
	                     MENTION("4", "ITEM",
	                             "*") "INSERT INTO release VALUES(2, 'IoFreeMdl', 'MDL',"
	                                  " 'ITEM.Data', '/drv/drop.c', 24);"),
	        0);
}

static void whom_the_object_is_handed_to(void **unused)
{
	(void)unused;
	assert_int_equal(drained("INSERT INTO handover VALUES(3, 4, 'ITEM');"), 1);
	assert_int_equal(drained("INSERT INTO handover VALUES(3, 4, 'ITEM');" MENTION(
	                         "4", "ITEM", "Data")),
	                 0);
	assert_int_equal(drained("INSERT INTO handover VALUES(3, 4, 'OTHER');" MENTION(
	                         "4", "ITEM", "Data")),
	                 1);
	/* However deep, and in a circle. */
	assert_int_equal(drained("INSERT INTO handover VALUES(3, 4, 'ITEM'), (4, 5, 'ITEM'),"
	                         " (5, 4, 'ITEM');" MENTION("5", "ITEM", "Data")),
	                 0);
	/* To somebody whose body nobody has seen. */
	assert_int_equal(drained("INSERT INTO function(id, key, name) VALUES(9, 'Far', 'Far');"
	                         "INSERT INTO handover VALUES(3, 9, 'ITEM');"),
	                 0);
}

static void chosen_by_pointer(void **unused)
{
	(void)unused;
#define PUT "INSERT INTO routine VALUES('ITEM.Dispose', 2, NULL), ('ITEM.Dispose', 3, NULL);"
	assert_int_equal(drained(PUT "INSERT INTO slot_call VALUES(5, 'ITEM.Dispose', 12);"),
	                 0);
	/* Nobody calls through it, or it leads to one of them alone. */
	assert_int_equal(drained(PUT), 1);
	assert_int_equal(drained("INSERT INTO routine VALUES('ITEM.Dispose', 3, NULL);"
	                         "INSERT INTO slot_call VALUES(5, 'ITEM.Dispose', 12);"),
	                 1);
	assert_int_equal(drained("INSERT INTO routine VALUES('ITEM.Run', 2, NULL),"
	                         " ('ITEM.Dispose', 3, NULL);"
	                         "INSERT INTO slot_call VALUES(5, 'ITEM.Dispose', 12);"),
	                 1);
#undef PUT
}

static void two_steps(void **unused)
{
	(void)unused;
	assert_int_equal(drained("INSERT INTO call VALUES(5, 3, 12, 1);"), 1);
	assert_int_equal(
	        drained("INSERT INTO call VALUES(5, 3, 12, 1);" RELEASE("5", "ITEM.Data")), 0);
	/* A callee releases what it is passed. */
	assert_int_equal(drained("INSERT INTO call VALUES(5, 3, 12, 1), (5, 4, 11, 1);"
	                         "INSERT INTO call_arg VALUES(5, 4, 0, 'ITEM.Data');" RELEASE(
	                                 "4", "param 0")),
	                 0);
}

/* 4 releases the member of what it is not passed: of each object that it comes to. */
#define DRAIN_CALLS "INSERT INTO call VALUES(3, 4, 12, 1);" RELEASE("4", "ITEM.Data")
#define CLEANUP(function)                                                                      \
	"INSERT INTO role VALUES(" function ", 'DISPATCH', 18, '/drv/d.c', 15);"               \
	"INSERT INTO call VALUES(5, 4, 12, 1);" RELEASE("4", "ITEM.Data")

static void emptied_first(void **unused)
{
	(void)unused;
	assert_int_equal(drained(RELEASE("4", "ITEM.Data")), 1);
	assert_int_equal(drained(DRAIN_CALLS), 0);
	/* It fills it again, or frees the objects as well: another way through the driver. */
	assert_int_equal(drained(DRAIN_CALLS "INSERT INTO call VALUES(4, 1, 12, 1);"), 1);
	assert_int_equal(drained(DRAIN_CALLS "INSERT INTO call VALUES(4, 2, 12, 1);"), 1);
	assert_int_equal(drained(CLEANUP("5")), 0);
	assert_int_equal(drained(CLEANUP("2")), 1);
}

static void helper_that_frees(void **unused)
{
	static const char helped[] = MEMBER("ITEM.Data", "only") DROP_FREES_DATA
	        "INSERT INTO disposal VALUES(3, 'ITEM', NULL, 4, 1, '/drv/drain.c', 20, 5, 20, "
	        "20);";
	g_autofree char *frees = g_strconcat(helped, RELEASE("4", "param 1"), NULL);
	g_autofree char *other = g_strconcat(helped, RELEASE("4", "param 0"), NULL);

	(void)unused;
	assert_int_equal(with(helped), 0);
	assert_int_equal(with(frees), 1);
	assert_int_equal(with(other), 0);
}

static void new_objects(void **unused)
{
	static const char from_helper[] =
	        "INSERT INTO disposal_maker VALUES('/drv/drain.c', 20, 5, 4);";
	g_autofree char *makes = g_strconcat(from_helper,
	                                     "INSERT INTO site VALUES(2, 4, 'ExAllocatePool2', "
	                                     "'POOL', '/drv/help.c', 12, 9, 12,"
	                                     " 40, 64, 'metI', 'item');",
	                                     NULL);
	g_autofree char *fills =
	        g_strconcat(from_helper,
	                    "INSERT INTO outcome VALUES(1, 4, 'success', '/drv/help.c', 29);"
	                    "INSERT INTO outcome_slot VALUES(1, 1, 'param 0*');",
	                    NULL);

	(void)unused;
	assert_int_equal(drained(from_helper), 1);
	assert_int_equal(drained(makes), 0);
	assert_int_equal(drained(fills), 0);
}

static void second_places(void **unused)
{
	(void)unused;
	assert_int_equal(
	        drained("INSERT INTO store VALUES(1, 'ITEM.Data', '/drv/make.c', 15);"), 1);
	assert_int_equal(drained("INSERT INTO store VALUES(1, '::g_Data', '/drv/make.c', 15);"),
	                 0);
	assert_int_equal(
	        drained("INSERT INTO store VALUES(1, 'list BOX.All', '/drv/make.c', 15);"), 0);
	assert_int_equal(drained("INSERT INTO store VALUES(1, 'param 1*', '/drv/make.c', 15);"),
	                 1);
	/* A path has seen what the syntax tree has not. */
	assert_int_equal(with(DROP_FREES_DATA DRAIN
	                      "INSERT INTO store VALUES(1, 'ITEM.Data', '/drv/make.c', 15);"),
	                 1);
}

static void nobody_does_it(void **unused)
{
	static const char init[] =
	        "INSERT INTO site VALUES(2, 1, 'ExInitializePagedLookasideList', 'LOOKASIDE',"
	        " '/drv/make.c', 16, 9, 16, 40, NULL, NULL, 'item->Pool');"
	        "INSERT INTO member VALUES(2, 'ITEM.Pool', 'object', '/drv/make.c', 16);";
	g_autofree char *pool = g_strconcat(items, init, DRAIN, NULL);
	g_autofree char *used = g_strconcat(
	        pool, "INSERT INTO mention VALUES(1, 'ITEM', 'Pool', 'moved');", NULL);
	g_autofree char *deleted = g_strconcat(
	        pool,
	        "INSERT INTO release VALUES(4, 'ExDeletePagedLookasideList', 'LOOKASIDE',"
	        " 'ITEM.Pool', '/drv/help.c', 24);",
	        NULL);

	(void)unused;
	assert_int_equal(with(MEMBER("ITEM.Data", "only") DRAIN), 1);
	assert_int_equal(with(MEMBER("ITEM.Data", "shared") DRAIN), 0);
	/* Its value goes elsewhere, where it may be released. */
	assert_int_equal(with(MEMBER("ITEM.Data", "only") DRAIN
	                      "INSERT INTO mention VALUES(4, 'ITEM', 'Data', 'moved');"),
	                 0);
	assert_int_equal(with(MEMBER("ITEM.Data", "only") DRAIN MENTION("4", "ITEM", "*")), 0);
	/* An object within the other cannot be moved; its kind has a rule of its own. */
	assert_int_equal(count_linked("LookasideLeak", pool, NULL), 1);
	assert_int_equal(count_linked("LookasideLeak", used, NULL), 1);
	assert_int_equal(count_linked("LookasideLeak", deleted, NULL), 0);
}

static void parts_and_lists(void **unused)
{
	(void)unused;
	assert_int_equal(with(MEMBER("INNER.Block", "only") DRAIN), 0);
	assert_int_equal(with(MEMBER("INNER.Block", "only") DRAIN
	                      "INSERT INTO part VALUES('ITEM', 'INNER');"),
	                 1);
	assert_int_equal(with(MEMBER("INNER.Block", "only") DRAIN
	                      "INSERT INTO part VALUES('ITEM', 'INNER');" MENTION("3", "INNER",
	                                                                          "Block")),
	                 0);
	/* A string hangs on its field, a list on its head. */
	assert_int_equal(with(MEMBER("ITEM.Name.Buffer", "only") DROP DRAIN RELEASE(
	                         "2", "ITEM.Name.Buffer") MENTION("2", "ITEM", "Name")),
	                 1);
	assert_int_equal(with(MEMBER("ITEM.Name.Buffer", "only") DROP DRAIN RELEASE(
	                         "2", "ITEM.Name.Buffer") MENTION("2", "ITEM", "Name")
	                              MENTION("3", "ITEM", "Name")),
	                 0);
	assert_int_equal(with(MEMBER("list ITEM.Parts", "shared") DROP DRAIN RELEASE(
	                         "2", "list ITEM.Parts") MENTION("2", "ITEM", "Parts")),
	                 1);
}

static void reported_once(void **unused)
{
	static const char freed[] =
	        "INSERT INTO member VALUES(1, 'DEVICE_EXTENSION.Mdl', 'only', '/drv/ioctl.c', "
	        "51);"
	        "INSERT INTO disposal VALUES(5, 'DEVICE_EXTENSION', 'ExFreePool', NULL, 0,"
	        " '/drv/ioctl.c', 95, 5, 95, 20);";
	g_autofree char *kept = g_strconcat(base_driver, mdl_in_extension, freed, NULL);
	g_autofree char *stays = g_strconcat(kept, "DELETE FROM role;", NULL);

	(void)unused;
	/* The path analysis says it already. */
	assert_int_equal(
	        drained("INSERT INTO path_leak VALUES(1, 1, '/drv/drain.c', 20, 5, 20, 9,"
	                " 3, 'leak: item->Data');"),
	        0);
	assert_int_equal(
	        drained("INSERT INTO path_leak VALUES(1, 1, '/drv/make.c', 20, 5, 20, 9,"
	                " 1, 'leak: item->Data');"),
	        1);
	/* The rule for unloading leaves it to this one. */
	assert_int_equal(count_linked("LeakAtUnload", kept, NULL), 0);
	assert_int_equal(count_linked("LeakWithOwner", kept, NULL), 1);
	assert_int_equal(count_linked("LeakAtUnload", stays, NULL), 0);
	assert_int_equal(count_linked("LeakWithOwner", stays, NULL), 1);
}

static void what_is_said(void **unused)
{
	struct driver *driver = driver_new();
	struct l62_result *result;
	const struct l62_finding *finding;

	(void)unused;
	/* The facts of a driver are spread over its files. */
	driver_tu(
	        driver, "make.c",
	        "INSERT INTO function VALUES(1, 'Make', 'Make', '/drv/make.c', 10, 30, 1, "
	        "NULL);"
	        "INSERT INTO site VALUES(1, 1, 'ExAllocatePool2', 'POOL', '/drv/make.c', 15, 9,"
	        " 15, 40, 64, 'metI', 'item->Data');" MEMBER("ITEM.Data", "only"));
	driver_tu(driver, "drop.c",
	          "INSERT INTO function VALUES(2, 'Drop', 'Drop', '/drv/drop.c', 10, 30, 1, "
	          "NULL),"
	          " (4, 'Helper', 'Helper', NULL, NULL, NULL, 0, NULL);"
	          "INSERT INTO handover VALUES(2, 4, 'ITEM');" DROP);
	driver_tu(driver, "help.c",
	          "INSERT INTO function VALUES(2, 'Helper', 'Helper', '/drv/help.c', 10, 30, 1,"
	          " NULL);"
	          "INSERT INTO release VALUES(2, 'ExFreePool', 'POOL', 'ITEM.Data', "
	          "'/drv/help.c',"
	          " 24);" MENTION("2", "ITEM", "Data"));
	driver_tu(driver, "drain.c",
	          "INSERT INTO function VALUES(3, 'Drain', 'Drain', '/drv/drain.c', 10, 30, 1,"
	          " NULL);" FREES("3", "drain.c", "22") DRAIN);
	result = driver_link(driver);
	assert_int_equal(result->failed->len, 0);
	finding = only(result, "LeakWithOwner");
	assert_string_equal(finding->at.file, "/drv/drain.c");
	assert_int_equal(finding->at.line, 20);
	assert_string_equal(finding->slot, "ITEM.Data");
	assert_string_equal(
	        finding->message,
	        "leak with its owner: 'item->Data' from ExAllocatePool2 (64 bytes, tag "
	        "metI) stays in ITEM.Data when Drain frees the ITEM; Drop frees it "
	        "first, at help.c(24)");
	assert_string_equal(step(finding, 0, 0)->message, "ExAllocatePool2 allocates here");
	assert_string_equal(step(finding, 0, 1)->message, "stored in ITEM.Data");
	assert_int_equal(finding->flow[1]->len, 3);
	assert_string_equal(step(finding, 1, 0)->message,
	                    "Helper frees ITEM.Data with ExFreePool, for Drop");
	assert_string_equal(step(finding, 1, 1)->message,
	                    "Drain frees the ITEM with ExFreePool and forgets ITEM.Data");
	assert_int_equal(step(finding, 1, 1)->at.line, 20);
	assert_int_equal(step(finding, 1, 2)->at.line, 22);
	l62_result_free(result);
	driver_free(driver);
}

/* Rows that lead nowhere make a file a damaged one. */
static void dangling_rows(void **unused)
{
	static const char *const rows[] = {
	        ("INSERT INTO disposal VALUES(9, 'ITEM', 'ExFreePool', NULL, 0, '/a', 1, 1,"
	         " 1, 1);"),
	        "INSERT INTO disposal VALUES(1, 'ITEM', NULL, 9, 0, '/a', 1, 1, 1, 1);",
	        "INSERT INTO disposal_maker VALUES('/a', 1, 1, 9);",
	        "INSERT INTO mention VALUES(9, 'ITEM', 'Data', NULL);",
	        "INSERT INTO handover VALUES(1, 9, 'ITEM');",
	        "INSERT INTO handover VALUES(9, 1, 'ITEM');",
	        "INSERT INTO member VALUES(9, 'ITEM.Data', 'only', '/a', 1);",
	};

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct driver *driver = driver_new();
		g_autofree char *sql = g_strconcat(items, rows[i], NULL);
		struct l62_result *result;

		driver_tu(driver, "a.c", sql);
		result = driver_link(driver);
		assert_int_equal(result->failed->len, 1);
		assert_int_equal(driver_integer(driver, "SELECT count(*) FROM function"), 0);
		l62_result_free(result);
		driver_free(driver);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(another_function_does_it),
	        cmocka_unit_test(whom_the_object_is_handed_to),
	        cmocka_unit_test(chosen_by_pointer),
	        cmocka_unit_test(two_steps),
	        cmocka_unit_test(emptied_first),
	        cmocka_unit_test(helper_that_frees),
	        cmocka_unit_test(new_objects),
	        cmocka_unit_test(second_places),
	        cmocka_unit_test(nobody_does_it),
	        cmocka_unit_test(parts_and_lists),
	        cmocka_unit_test(reported_once),
	        cmocka_unit_test(what_is_said),
	        cmocka_unit_test(dangling_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
