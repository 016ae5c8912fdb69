/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The check of slots: ways through single functions, leaking ones and their twins. */
#include "slots.h"

static const char at_return[] = "/drv/d.c(29)", at_store[] = "/drv/d.c(53)";

/* By the flag that goes with it, and by another one. */
static void freed_under_a_condition(void **unused)
{
	g_autofree char *wrong = g_strconcat(slots_fill_once, UNLOAD_FREES_IF(G_FLAG), NULL);
	g_autofree char *right = g_strconcat(slots_fill_once, UNLOAD_FREES_IF(G_READY), NULL);
	struct driver *driver = slots_driver("::g_Data", "", wrong, NULL);
	const struct l62_finding *f;
	struct l62_result *result;

	(void)unused;
	slots_expect(driver, "LeakOnUnloadPath", at_return);
	result = driver_link(driver);
	f = only(result, "LeakOnUnloadPath");
	assert_string_equal(f->slot, "::g_Data");
	assert_contains(f->message, "stays in global g_Data where MyUnload leaves");
	assert_string_equal(step(f, 0, 0)->message,
	                    "IRP_MJ_DEVICE_CONTROL dispatch routine MyControl");
	assert_string_equal(step(f, 1, 0)->message, "DriverUnload routine MyUnload");
	assert_string_equal(step(f, 1, 1)->message, "the condition does not hold");
	assert_int_equal(step(f, 1, 1)->at.line, 22);
	slots_expect_rows(driver, 1, 0, 0);
	l62_result_free(result);
	driver_free(driver);

	EXPECT_SILENT("::g_Data", "", right);
	/* Without an unload routine there is no unload. */
	driver = slots_driver("::g_Data", "DELETE FROM role WHERE role = 'DRIVER_UNLOAD'",
	                      wrong, NULL);
	slots_expect(driver, NULL, NULL);
	slots_expect_rows(driver, 0, 0, 0);
	driver_free(driver);
}

#define UNLOAD_LEAVES_EARLY(before, after)                                                     \
	"F MyUnload e /drv/d.c 20 v 1 4 5\nV p p i p\nB\n" before "K v2\n# 24\n"               \
	"? v2 < #0 1 2\nB\n# 25\nR -\nB\n" after "J 3\nB\n# 29\nR -\nB\nR -\nE\n"

static void leaves_unload_early(void **unused)
{
	g_autofree char *early = g_strconcat(
	        slots_fill_once,
	        UNLOAD_LEAVES_EARLY("", "L v3 " G_DATA "\n# 26\nrel POOL v3\n"), NULL);
	g_autofree char *freed = g_strconcat(
	        slots_fill_once,
	        UNLOAD_LEAVES_EARLY("L v3 " G_DATA "\n# 22\nrel POOL v3\n", ""), NULL);

	(void)unused;
	EXPECT_LOST("LeakOnUnloadPath", "/drv/d.c(25)", "::g_Data", "", early);
	EXPECT_SILENT("::g_Data", "", freed);
}

/* A control routine that does first what it is given, with the old one in v3. */
#define FILL_AFTER(ops)                                                                        \
	"F MyControl e /drv/d.c 40 i 2 4 5\nV p p p p\nB\nL v3 " G_DATA "\n" ops               \
	"J 1\nB\n" ALLOCATE("v2") "? v2 != #0 2 3\nB\n# 53\n" W_DATA(                          \
	        "v2") "# 54\nR #0\nB\n# 55\nR #-1\nB\nR #0\nE\n"

static void overwritten_by_a_second_request(void **unused)
{
	struct driver *driver = slots_driver("::g_Data", "", FILL_ANEW UNLOAD_FREES, NULL);
	const struct l62_finding *f;
	struct l62_result *result;

	(void)unused;
	slots_expect(driver, "LeakOnOverwrite", at_store);
	result = driver_link(driver);
	f = only(result, "LeakOnOverwrite");
	assert_contains(f->message,
	                "and MyControl stores something else there without freeing");
	assert_int_equal(step(f, 0, 1)->at.line, 51);
	assert_string_equal(step(f, 1, f->flow[1]->len - 1)->message,
	                    "what global g_Data held is lost here");
	l62_result_free(result);
	driver_free(driver);

	EXPECT_SILENT("::g_Data", "", FILL_AFTER("rel POOL v3\n") UNLOAD_FREES);
	EXPECT_SILENT("::g_Data", "",
	              FILL_AFTER("W @g_Data #0 ^%3A%3Ag_Data\nrel POOL v3\n") UNLOAD_FREES);
	/* Put into the slot that is looked at, or into another one. */
	EXPECT_LOST("LeakOnOverwrite", at_store, "::g_Data", "", FILL_AFTER("") UNLOAD_FREES);
	EXPECT_SILENT("::g_Data", "", FILL_AFTER("W @g_Old v3 ^%3A%3Ag_Old\n") UNLOAD_FREES);
}

/* One request fills the slot and forgets what it has put there: a leak on its path. */
static void overwritten_at_once(void **unused)
{
	static const char forgets[] =
	        "F MyControl e /drv/d.c 40 i 2 5 5\nV p p p i p\nB\nL v4 " G_DATA
	        "\n? v4 != #0 4 1\nB\n" ALLOCATE("v2") "? v2 != #0 2 4\nB\n# 53\n" W_DATA(
	                "v2") "K v3\n# 54\n? v3 >= #0 4 3\nB\n# 55\nW @g_Data #0 "
	                      "^%3A%3Ag_Data\n"
	                      "R #-1\nB\nR #0\nE\n" UNLOAD_FREES;
	g_autofree char *frees =
	        slots_with(forgets, "W @g_Data #0", "rel POOL v2\nW @g_Data #0");
	struct driver *driver = slots_driver("::g_Data", "", forgets, NULL);
	struct l62_result *result;
	const struct l62_finding *f;

	(void)unused;
	result = driver_link(driver);
	f = only(result, "LeakOnPath");
	assert_int_equal(f->at.line, 55);
	assert_contains(f->message, "is in global g_Data, and MyControl stores something else");
	assert_int_equal(f->flow[1]->len, 0);
	l62_result_free(result);
	driver_free(driver);
	EXPECT_SILENT("::g_Data", "", frees);
}

/* The old one is taken out and released after the new one is in. */
static void swapped(void **unused)
{
	static const char swap[] = "F MyControl e /drv/d.c 40 i 2 4 3\nV p p p p\nB\n" ALLOCATE(
	        "v2") "? v2 != #0 1 2\n"
	              "B\nL v3 " G_DATA
	              "\n# 53\n" W_DATA("v2") "# 54\nrel POOL v3\nJ 2\n"
	                                      "B\n# 59\nR #0\nE\n" UNLOAD_FREES;
	static const char new_one[] =
	        "F MyControl e /drv/d.c 40 i 2 4 3\nV p p p p\nB\n" ALLOCATE(
	                "v2") "? v2 != #0 1 2\n"
	                      "B\n# 53\n" W_DATA("v2") "J 2\n"
	                                               "B\n# 59\nR #0\nE\n" UNLOAD_FREES;

	(void)unused;
	EXPECT_SILENT("::g_Data", "", swap);
	EXPECT_LOST("LeakOnOverwrite", at_store, "::g_Data", "", new_one);
}

static void refused_if_not_null(void **unused)
{
	g_autofree char *refuses = g_strconcat(slots_fill_once, UNLOAD_FREES, NULL);
	g_autofree char *by_flag = slots_with(refuses, "L v4 " G_DATA, "L v4 " G_FLAG);

	(void)unused;
	EXPECT_SILENT("::g_Data", "", refuses);
	EXPECT_LOST("LeakOnOverwrite", at_store, "::g_Data", "", by_flag);
}

/* What g_Data held goes to v3, and value into it. */
#define EXCHANGE(value) "A v4 ? ^%3A%3Ag_Data\nK v3 ^\nL v3 " G_DATA "\n# 53\n" W_DATA(value)

static void exchanged(void **unused)
{
	static const char frees_old[] =
	        "F MyControl e /drv/d.c 40 i 2 5 4\nV p p p p p\nB\n" ALLOCATE(
	                "v2") "? v2 != #0 1 3\n"
	                      "B\n" EXCHANGE("v2") "? v3 != #0 2 3\nB\n# 55\nrel POOL v3\nJ 3\n"
	                                           "B\n# 59\nR #0\nE\n"
	                                           "F MyUnload e /drv/d.c 20 v 1 5 3\nV p p p "
	                                           "p p\nB\n" EXCHANGE("#0") //
	        "? v3 != #0 1 2\nB\n# 23\nrel POOL v3\nJ 2\nB\n# 29\nR -\nE\n";
	g_autofree char *keeps_it = slots_with(frees_old, "# 55\nrel POOL v3", "# 55\nref v3");
	g_autofree char *hands_on = slots_with(frees_old, "# 55\nrel POOL v3", "# 55\ngive v3");
	g_autofree char *leaks = slots_with(frees_old, "# 55\nrel POOL v3\n", "");

	(void)unused;
	EXPECT_SILENT("::g_Data", "", frees_old);
	EXPECT_SILENT("::g_Data", "", keeps_it);
	EXPECT_SILENT("::g_Data", "", hands_on);
	EXPECT_LOST("LeakOnOverwrite", at_store, "::g_Data", "", leaks);
}

/* InterlockedCompareExchangePointer(&g_Data, data, NULL), and data released if there was
 * something; with W0 it is only stored if there is nothing. */
#define COMPARE_EXCHANGE(store)                                                                \
	"F MyControl e /drv/d.c 40 i 2 4 4\nV p p p p\nB\n" ALLOCATE(                          \
	        "v2") "? v2 != #0 1 3\n"                                                       \
	              "B\nL v3 " G_DATA "\n# 53\n" store " @g_Data v2 ^%3A%3Ag_Data\n"         \
	              "? v3 != #0 2 3\nB\nrel POOL v2\nJ 3\nB\n# 59\nR #0\nE\n"

static void stored_if_null(void **unused)
{
	(void)unused;
	EXPECT_SILENT("::g_Data", "", COMPARE_EXCHANGE("W0") UNLOAD_FREES);
	EXPECT_LOST("LeakOnOverwrite", at_store, "::g_Data", "",
	            COMPARE_EXCHANGE("W") UNLOAD_FREES);
}

#define ROWS(index) "@g_Rows ^%3A%3Ag_Rows%5B" index "%5D"
/* The rows are v4, the one that the request names, and v5, the next free one. */
#define FILL_ROW(index, test)                                                                  \
	"F MyControl e /drv/d.c 40 i 2 8 4\nV p p p p u u p u\nB\n"                            \
	"L v2 v1:AssociatedIrp.SystemBuffer ^IRP.AssociatedIrp.SystemBuffer\nL v4 v2:*\n"      \
	"L v5 @g_Count ^%3A%3Ag_Count\nD v7 + v5 #1\nL v6 " ROWS(                              \
	        index) "\n# 48\n" test                                                         \
	               "B\n" ALLOCATE("v3") "? v3 != #0 2 3\n"                                 \
	                                    "B\nW @g_Count v7 ^%3A%3Ag_Count\n# 53\nW "        \
	                                    "@g_Rows v3 ^%3A%3Ag_Rows%5B" index "%5D\nJ 3\n"   \
	                                    "B\n# 59\nR #0\nE\n"
#define UNLOAD_FREES_ROWS                                                                      \
	"F MyUnload e /drv/d.c 20 v 1 3 4\nV p u p\nB\n= v1 #0\nJ 1\n"                         \
	"B\n# 22\n? v1 < #4 2 3\n"                                                             \
	"B\nL v2 " ROWS("v1") "\n# 23\nrel POOL v2\nD v1 + v1 #1\nJ 1\n"                       \
	                      "B\n# 29\nR -\nE\n"

static void elements_of_an_array(void **unused)
{
	(void)unused;
	EXPECT_LOST("LeakOnOverwrite", at_store, "::g_Rows", "",
	            FILL_ROW("v4", "J 1\n") UNLOAD_FREES_ROWS);
	EXPECT_SILENT("::g_Rows", "", FILL_ROW("v4", "? v6 == #0 1 3\n") UNLOAD_FREES_ROWS);
	EXPECT_SILENT("::g_Rows", "", FILL_ROW("v5", "J 1\n") UNLOAD_FREES_ROWS);
	EXPECT_LOST("LeakOnOverwrite", at_store, "::g_Rows", "",
	            FILL_ROW("#2", "J 1\n") UNLOAD_FREES_ROWS);
}

/* Request 1 puts an entry into a list and sets g_Ready, request 2 sets g_Flag. */
#define FILL_LIST                                                                              \
	"F MyControl e /drv/d.c 40 i 2 8 5\nV p p p u p p p p\nB\n" IOCTL                      \
	"# 42\nS v3 4 #1 1 #2 3\nB\nL v4 v0:DeviceExtension "                                  \
	"^DEVICE_OBJECT.DeviceExtension\n" ALLOCATE(                                           \
	        "v5") "? v5 != #0 2 4\n"                                                       \
	              "B\nA v6 v4 Pending ^EXT.Pending\nA v7 v5 Link ^ROW.Link\n# 53\n"        \
	              "W v4:Pending v7 ^list%20EXT.Pending\nW @g_Ready #1 ^%3A%3Ag_Ready\nJ "  \
	              "4\n"                                                                    \
	              "B\nW @g_Flag #1 ^%3A%3Ag_Flag\nJ 4\nB\n# 59\nR #0\nE\n"
/* while (!IsListEmpty(...)) { ... RemoveHeadList ... } if place holds something */
#define UNLOAD_DRAINS_IF(place) UNLOAD_DRAINS("L v4 " place "\n# 21\n? v4 == #0 5 1\n")
#define UNLOAD_DRAINS(test)                                                                    \
	"F MyUnload e /drv/d.c 20 v 1 5 6\nV p p u p u\n"                                      \
	"B\nL v1 v0:DeviceExtension ^DEVICE_OBJECT.DeviceExtension\n" test                     \
	"B\nJ 2\nB\nE v2 v1:Pending ^list%20EXT.Pending\n# 22\n? v2 != #0 4 3\n"               \
	"B\nK v3 ^\nL v3 v1:Pending ^list%20EXT.Pending\n# 23\nrel POOL v3\nJ 2\n"             \
	"B\n# 29\nR -\nB\n# 28\nR -\nE\n"

static void drained_list(void **unused)
{
	(void)unused;
	EXPECT_SILENT("list EXT.Pending", "", FILL_LIST UNLOAD_DRAINS_IF(G_READY));
	EXPECT_LOST("LeakOnUnloadPath", "/drv/d.c(28)", "list EXT.Pending", "",
	            FILL_LIST UNLOAD_DRAINS_IF(G_FLAG));
}

/* MyUnload has the entries moved to a list of its own and, if test says so, drained. */
#define UNLOAD_MOVES(test)                                                                     \
	"F MyUnload e /drv/d.c 20 v 1 5 3\nV p p a p u\n"                                      \
	"B\nL v1 v0:DeviceExtension ^DEVICE_OBJECT.DeviceExtension\nK - &v2\n"                 \
	"A v3 v1 Pending ^EXT.Pending\n# 22\nC - Move e &v2 v3\n" test                         \
	"B\n# 24\nC - Drain e &v2\nJ 2\nB\n# 29\nR -\nE\n"
#define LIST_LOOP(head, ops)                                                                   \
	"B\nJ 1\nB\nE v2 " head ":* ^list\n# 3\n? v2 != #0 4 2\nB\nK v3\nL v3 " head           \
	":* ^list\n# 4\n" ops "J 3\nB\nJ 1\nB\n# 6\nR -\nE\n"

static void moved_to_a_local_list(void **unused)
{
	static const char moves[] = "F Move e /drv/tu1.c 1 v 2 4 5\nV p p u p\n" LIST_LOOP(
	        "v1", "W v0:* v3 ^list\n") "F Drain e /drv/tu1.c 10 v 1 4 5\nV p p u "
	                                   "p\n" LIST_LOOP("v0", "rel POOL v3\n");

	(void)unused;
	EXPECT_SILENT("list EXT.Pending", "", FILL_LIST UNLOAD_MOVES("J 1\n"), moves);
	EXPECT_LOST("LeakOnUnloadPath", "/drv/d.c(29)", "list EXT.Pending", "",
	            FILL_LIST UNLOAD_MOVES("L v4 " G_FLAG "\n# 23\n? v4 != #0 1 2\n"), moves);
}

/* An entry for each of those in another list, of which nobody knows how many there are:
 * the loop ends, but another round is not followed. */
static void filled_in_a_loop(void **unused)
{
	static const char fills[] =
	        "F MyControl e /drv/d.c 40 i 2 8 5\nV p p p u p p u p\nB\n" IOCTL
	        "L v4 v0:DeviceExtension ^DEVICE_OBJECT.DeviceExtension\nJ 1\n"
	        "B\nE v6 v4:Readers ^list%20EXT.Readers\n# 44\n? v6 == #0 2 4\n"
	        "B\n" ALLOCATE("v5") "? v5 != #0 3 1\n"
	                             "B\nA v7 v5 Link ^ROW.Link\n# 53\nW v4:Pending v7 "
	                             "^list%20EXT.Pending\nJ 1\n"
	                             "B\n# 59\nR #0\nE\n";
	g_autofree char *drains = g_strconcat(fills, UNLOAD_DRAINS("J 1\n"), NULL);
	g_autofree char *at_times =
	        g_strconcat(fills, UNLOAD_DRAINS("K v4\n# 21\n? v4 == #0 5 1\n"), NULL);
	struct driver *driver = slots_driver("list EXT.Pending", "", drains, NULL);

	(void)unused;
	slots_expect(driver, NULL, NULL);
	slots_expect_rows(driver, 1, 1, 0);
	driver_free(driver);
	EXPECT_LOST("LeakOnUnloadPath", "/drv/d.c(28)", "list EXT.Pending", "", at_times);
}

/* What goes into a list besides is the list's if anybody releases it from there. */
static void also_in_a_list(void **unused)
{
	static const char linked[] =
	        "INSERT INTO store VALUES(1, 'list ::g_List', '/drv/d.c', 53);";
	static const char released[] =
	        "INSERT INTO store VALUES(1, 'list ::g_List', '/drv/d.c', 53);"
	        "INSERT INTO release VALUES(2, 'ExFreePool', 'POOL', 'list ::g_List', "
	        "'/drv/d.c', 26);";
	g_autofree char *before =
	        slots_with(slots_fill_once, W_DATA("v5"),
	                   "W @g_List v5 ^list%20%3A%3Ag_List\n" W_DATA("v5"));
	g_autofree char *after = slots_with(slots_fill_once, W_DATA("v5"),
	                                    W_DATA("v5") "W @g_List v5 ^list%20%3A%3Ag_List\n");
	const char *const fills[] = {before, after};

	(void)unused;
	for (gsize i = 0; i < G_N_ELEMENTS(fills); i++) {
		g_autofree char *late = g_strconcat(fills[i], UNLOAD_FREES_IF(G_FLAG), NULL);
		g_autofree char *always = g_strconcat(fills[i], UNLOAD_FREES, NULL);
		struct driver *driver = slots_driver("::g_Data", released, late, NULL);

		EXPECT_LOST("LeakOnUnloadPath", "/drv/d.c(29)", "::g_Data", linked, late);
		EXPECT_SILENT("::g_Data", linked, always);
		slots_expect(driver, NULL, NULL);
		driver_free(driver);
	}
}

/* data->Last = &data->First: nobody else has it for that. */
static void points_into_itself(void **unused)
{
	static const char *const words[] = {
	        "A v4 v5 First ^DATA.First\nW v5:Last v4 ^DATA.Last\n" W_DATA("v5"),
	        W_DATA("v5") "A v4 v5 First ^DATA.First\nW v5:Last v4 ^DATA.Last\n"};
	static const char elsewhere[] =
	        W_DATA("v5") "A v4 v5 First ^DATA.First\nW @g_More v4 ^%3A%3Ag_More\n";
	g_autofree char *moved = slots_with(slots_fill_once, W_DATA("v5"), elsewhere);
	g_autofree char *handed = g_strconcat(moved, UNLOAD_FREES_IF(G_FLAG), NULL);
	struct driver *driver = slots_driver("::g_Data", "", handed, NULL);

	(void)unused;
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		g_autofree char *fill = slots_with(slots_fill_once, W_DATA("v5"), words[i]);
		g_autofree char *late = g_strconcat(fill, UNLOAD_FREES_IF(G_FLAG), NULL);
		g_autofree char *always = g_strconcat(fill, UNLOAD_FREES, NULL);

		EXPECT_LOST("LeakOnUnloadPath", "/drv/d.c(29)", "::g_Data", "", late);
		EXPECT_SILENT("::g_Data", "", always);
	}
	slots_expect(driver, NULL, NULL);
	driver_free(driver);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(freed_under_a_condition),
	        cmocka_unit_test(leaves_unload_early),
	        cmocka_unit_test(overwritten_by_a_second_request),
	        cmocka_unit_test(overwritten_at_once),
	        cmocka_unit_test(swapped),
	        cmocka_unit_test(refused_if_not_null),
	        cmocka_unit_test(exchanged),
	        cmocka_unit_test(stored_if_null),
	        cmocka_unit_test(elements_of_an_array),
	        cmocka_unit_test(drained_list),
	        cmocka_unit_test(moved_to_a_local_list),
	        cmocka_unit_test(filled_in_a_loop),
	        cmocka_unit_test(also_in_a_list),
	        cmocka_unit_test(points_into_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
