/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The check of slots: arrays with gaps and half-filled ones; objects in place; routines
 * that serve the teardown among other requests. */
#include "slots.h"

#define EXPECT_NOTHING(slot, more, ...)                                                        \
	do {                                                                                   \
		struct driver *driver_ = slots_driver(slot, more, __VA_ARGS__, NULL);          \
                                                                                               \
		slots_expect(driver_, NULL, NULL);                                             \
		driver_free(driver_);                                                          \
	} while (0)

#define CELL(index) "@g_Data.* ^%3A%3Ag_Data%5B" index "%5D"
#define W_CELL(value, index) "W @g_Data.* " value " ^%3A%3Ag_Data%5B" index "%5D\n"

/* MyControl: request 1 fills the first empty element, request 2 does what empties says from
 * block 7 on. */
#define FILL_OR(empties)                                                                       \
	"F MyControl e /drv/d.c 40 i 2 10 10\nV p p p u u p p p u u\nB\n" IOCTL                \
	"K v7\nL v8 v7:Number ^IRP.AssociatedIrp.SystemBuffer.Number\n# 42\n"                  \
	"S v3 9 #1 1 #2 7\n"                                                                   \
	"B\n= v4 #0\nJ 2\nB\n? v4 < #32 3 9\n"                                                 \
	"B\nL v5 " CELL("v4") "\n# 44\n? v5 == #0 4 6\n"                                       \
	                      "B\n" ALLOCATE(                                                  \
	                              "v6") "# 51\n? v6 != #0 5 9\n"                           \
	                                    "B\n# 53\n" W_CELL(                                \
	                                            "v6",                                      \
	                                            "v4") "R #0\n"                             \
	                                                  "B\nD v4 + v4 #1\nJ 2\n" empties     \
	                                                  "B\n# 59\nR #-1\nE\n"
/* The one that the request names; at the top of the stack; all of them. */
#define EMPTY_NAMED                                                                            \
	"B\nL v5 " CELL("v8") "\n# 57\n? v5 != #0 8 9\n"                                       \
	                      "B\nrel POOL v5\n" W_CELL("#0", "v8") "R #0\n"
#define EMPTY_TOP                                                                              \
	"B\nL v9 @g_Top ^%3A%3Ag_Top\nL v5 " CELL("v9") "\n# 57\n? v5 != #0 8 9\n"             \
	                                                "B\nrel POOL v5\n" W_CELL(             \
	                                                        "#0", "v9") "R #0\n"
#define EMPTY_ALL                                                                              \
	"B\n= v4 #0\nJ 8\n"                                                                    \
	"B\nL v5 " CELL("v4") "\nrel POOL v5\n" W_CELL("#0", "v4") "D v4 + v4 #1\n"            \
	                                                           "# 58\n? v4 < #32 8 9\n"
/* ... and the last one takes its place. */
#define EMPTY_AND_CLOSE                                                                        \
	"B\nL v5 " CELL("v8") "\n# 57\n? v5 != #0 8 9\n"                                       \
	                      "B\nrel POOL v5\nL v6 " CELL("#31") "\n" W_CELL("v6", "v8")      \
	                              W_CELL("#0", "v8") "R #0\n"
/* MyUnload goes from the first element on, at an empty one to block null. */
#define UNLOAD_LOOP(null)                                                                      \
	"F MyUnload e /drv/d.c 20 v 1 3 6\nV p u p\nB\n= v1 #0\nJ 1\n"                         \
	"B\n# 22\n? v1 < #32 2 5\nB\nL v2 " CELL(                                              \
	        "v1") "\n# 23\n? v2 == #0 " null " 3\n"                                        \
	              "B\n# 24\nrel POOL v2\n" W_CELL(                                         \
	                      "#0", "v1") "J 4\n"                                              \
	                                  "B\nD v1 + v1 #1\nJ 1\nB\n# 29\nR -\nE\n"

static void loop_ends_at_a_gap(void **unused)
{
	(void)unused;
	EXPECT_LOST("LeakOnUnloadPath", "/drv/d.c(29)", "::g_Data", "",
	            FILL_OR(EMPTY_NAMED) UNLOAD_LOOP("5"));
	EXPECT_SILENT("::g_Data", "", FILL_OR(EMPTY_NAMED) UNLOAD_LOOP("4"));
	/* Nothing is left behind an empty one. */
	EXPECT_SILENT("::g_Data", "", FILL_OR(EMPTY_TOP) UNLOAD_LOOP("5"));
	EXPECT_SILENT("::g_Data", "", FILL_OR(EMPTY_ALL) UNLOAD_LOOP("5"));
	EXPECT_SILENT("::g_Data", "", FILL_OR(EMPTY_AND_CLOSE) UNLOAD_LOOP("5"));
}

#define CHAN "INSERT INTO extension VALUES('CHAN');" SLOTS_ROLE("9", "DRIVER_ENTRY", "NULL")
#define ROW(index) "@g_Chans.*.Data ^CHAN%5B" index "%5D.Data"
/* Fills all rows, makes a device, and then fails, having done more. */
#define LOAD_ROWS(more)                                                                        \
	"Y CHAN\nF MyDispatch e /drv/d.c 140 i 2 7 10\nV p p u p i p u\nB\n= v2 #0\nJ 1\n"     \
	"B\n# 141\n? v2 < #8 2 5\nB\n" ALLOCATE(                                               \
	        "v3") "# 51\n? v3 != #0 3 9\n"                                                 \
	              "B\n# 53\nW @g_Chans.*.Data v3 ^CHAN%5Bv2%5D.Data\nJ 4\n"                \
	              "B\nD v2 + v2 #1\nJ 1\n"                                                 \
	              "B\nacq DEVICE IoCreateDevice 145 status v4 v5\n# 146\n? v4 >= #0 6 8\n" \
	              "B\n# 147\nrel DEVICE v5\nJ 7\nB\n" more "# 148\nR #-1\nB\n" more        \
	              "# 149\nR #-2\n"                                                         \
	              "B\nC - Free e\nR #-1\nE\n"                                              \
	              "F Free e /drv/d.c 150 v 0 2 4\nV u p\nB\n= v0 #0\nJ 1\n"                \
	              "B\n# 151\n? v0 < #8 2 3\n"                                              \
	              "B\nL v1 " ROW(                                                          \
	                      "v0") "\nrel POOL v1\nW @g_Chans.*.Data #0 ^CHAN%5Bv0%5D.Data\n" \
	                            "D v0 + v0 #1\nJ 1\nB\n# 159\nR -\nE\n"                    \
	                            "F MyUnload e /drv/d.c 20 v 1 1 1\nV p\nB\nC - Free e\n# " \
	                            "29\nR -\nE\n"

static void filled_rows_of_a_failed_load(void **unused)
{
	(void)unused;
	EXPECT_LOST("LeakOnFailedLoad", "/drv/d.c(148)", "CHAN.Data", CHAN, LOAD_ROWS(""));
	EXPECT_NOTHING("CHAN.Data", CHAN, LOAD_ROWS("C - Free e\n"));
}

/* MyUnload, where the flag is set: frees what g_Data points to; else more. */
#define DELETE_OR_FREE(more)                                                                   \
	"F MyUnload e /drv/d.c 20 v 1 3 4\nV p u p\nB\nL v1 " G_FLAG "\nL v2 " G_DATA          \
	"\n# 22\n? v1 != #0 1 2\nB\n# 23\nrel POOL v2\nJ 3\nB\n# 24\n" more                    \
	"J 3\nB\n# 29\nR -\nE\n"

static void object_in_place(void **unused)
{
	g_autofree char *deleted =
	        g_strconcat(slots_fill_once, DELETE_OR_FREE("relat ERESOURCE v2:*\n"), NULL);
	g_autofree char *freed = g_strconcat(
	        slots_fill_once, DELETE_OR_FREE("relat ERESOURCE v2:*\nrel POOL v2\n"), NULL);

	(void)unused;
	EXPECT_LOST("LeakOnUnloadPath", "/drv/d.c(29)", "::g_Data", "", deleted);
	EXPECT_SILENT("::g_Data", "", freed);
}

/* One routine for all: requests replace g_Data; where is what comes before that. */
#define SERVE(where)                                                                           \
	"F MyControl e /drv/d.c 40 i 2 6 6\nV p p p u p p\nB\nK v2\n"                          \
	"L v3 v2:MajorFunction ^IO_STACK_LOCATION.MajorFunction\n# 42\n" where "B\n" ALLOCATE( \
	        "v4") "# 51\n? v4 != #0 2 5\n"                                                 \
	              "B\nL v5 " G_DATA "\n# 53\n" W_DATA(                                     \
	                      "v4") "# 54\n? v5 != #0 3 4\n"                                   \
	                            "B\nrel POOL v5\nJ 4\nB\nR #0\nB\n# 59\nR #-1\nE\n"        \
	                            "F MyUnload e /drv/d.c 20 v 1 1 1\nV p\nB\n# 29\nR -\nE\n"
#define SERVES_ALL                                                                             \
	"UPDATE role SET major = -1 WHERE function = 3;"                                       \
	"UPDATE release SET function = 3, line = 55;"

static void released_at_work_only(void **unused)
{
	static const char serve[] = SERVE("? v3 == #14 1 4\n");
	g_autofree char *empties = NULL;

	(void)unused;
	EXPECT_LOST("LeakAtUnload", "/drv/d.c(50)", "::g_Data", SERVES_ALL, serve);
	/* Who empties the slot releases nothing. */
	empties = slots_with(serve, "B\n# 29", "B\n" W_DATA("#0") "# 29");
	EXPECT_LOST("LeakAtUnload", "/drv/d.c(50)", "::g_Data", SERVES_ALL, empties);
	/* Nobody has seen by what the release is reached. */
	EXPECT_NOTHING("::g_Data",
	               SERVES_ALL "INSERT INTO release VALUES(9, 'ExFreePool', 'POOL', "
	                          "'::g_Data', '/drv/d.c', 145);"
	                          "INSERT INTO call VALUES(3, 9, 58, 1);",
	               serve);
	/* The unload routine knows it. */
	EXPECT_NOTHING("::g_Data", SERVES_ALL "INSERT INTO call VALUES(2, 3, 28, 0);", serve);
}

/* MyUnload puts the slot and something else in an array of its own, and releases all that
 * is in there. */
static void released_from_a_local_array(void **unused)
{
	static const char late[] =
	        "F MyUnload e /drv/d.c 20 v 1 7 5\nV p a p p u p u\nB\nL v6 " G_FLAG "\n"
	        "# 22\n? v6 != #0 1 4\nB\nL v2 " G_DATA "\nW &v1:* v2\nL v3 " G_READY "\n"
	        "W &v1:* v3\n" W_DATA("#0") "= v4 #0\nJ 2\nB\n? v4 < #2 3 4\n"
	                                    "B\nL v5 &v1:*\n# 26\nrel POOL v5\nD v4 + v4 #1\nJ "
	                                    "2\nB\n# 29\nR -\nE\n";
	g_autofree char *unload = slots_with(late, "? v6 != #0 1 4\n", "J 1\n");

	(void)unused;
	EXPECT_SILENT("::g_Data", "", slots_fill_once, unload);
	EXPECT_LOST("LeakOnUnloadPath", "/drv/d.c(29)", "::g_Data", "", slots_fill_once, late);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(loop_ends_at_a_gap),
	        cmocka_unit_test(filled_rows_of_a_failed_load),
	        cmocka_unit_test(object_in_place),
	        cmocka_unit_test(released_from_a_local_array),
	        cmocka_unit_test(released_at_work_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
