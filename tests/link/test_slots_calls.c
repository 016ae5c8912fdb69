/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The check of slots: functions that call each other, and what is not known. */
#include "slots.h"

#include "leak62/story.h"

#define AT_RETURN "/drv/d.c(29)"

/* The driver's extension is in v1 of MyUnload then. */
#define EXTENSION                                                                              \
	"L v2 v0:DeviceObject ^DRIVER_OBJECT.DeviceObject\n"                                   \
	"L v1 v2:DeviceExtension ^DEVICE_OBJECT.DeviceExtension\n"
#define UNLOAD(ops) "F MyUnload e /drv/d.c 20 v 1 4 1\nV p p p i\nB\n" ops "# 29\nR -\nE\n"

static struct driver *filled_once(const char *unload, const char *others)
{
	g_autofree char *first = g_strconcat(slots_fill_once, unload, NULL);

	return slots_driver("::g_Data", "", first, others, NULL);
}

/* MyControl is slots_fill_once. */
static void expect(const char *rule, const char *where, const char *unload, const char *others)
{
	struct driver *driver = filled_once(unload, others);

	slots_expect(driver, rule, where);
	slots_expect_rows(driver, 1, 0, 0);
	driver_free(driver);
}

static void freed_in_another_tu(void **unused)
{
	static const char frees[] = "F Teardown e /drv/tu1.c 1 v 0 1 1\nV p\nB\nL v0 " G_DATA
	                            "\n# 7\nrel POOL v0\n# 9\nR -\nE\n";
	static const char at_times[] =
	        "F Teardown e /drv/tu1.c 1 v 0 2 3\nV p i\nB\nK v1\n# 4\n? v1 >= #0 1 2\nB\nL "
	        "v0 " G_DATA "\n# 7\nrel POOL v0\nR -\nB\n# 9\nR -\nE\n";

	(void)unused;
	expect(NULL, NULL, UNLOAD("# 25\nC - Teardown e\n"), frees);
	expect("LeakOnUnloadPath", "/drv/tu1.c(9)", UNLOAD("# 25\nC - Teardown e\n"), at_times);
	/* It is not always called. */
	expect("LeakOnUnloadPath", AT_RETURN,
	       "F MyUnload e /drv/d.c 20 v 1 2 3\nV p u\nB\nL v1 " G_FLAG
	       "\n# 22\n? v1 != #0 1 2\nB\nC - Teardown e\nJ 2\nB\n# 29\nR -\nE\n",
	       frees);
}

/* One helper for many slots: what it does to others is not this one's business. */
static void shared_helper(void **unused)
{
	static const char frees[] =
	        "F Free e /drv/tu1.c 1 v 1 1 3\nV p\nB\n# 3\n? v0 != #0 1 2\n"
	        "B\n# 4\nrel POOL v0\nJ 2\nB\n# 9\nR -\nE\n"
	        "F Idle e /drv/tu1.c 20 v 0 2 3\nV p u\nB\n"
	        "L v1 @g_Much ^%3A%3Ag_Much\n# 22\n? v1 != #0 1 2\n"
	        "B\nL v0 @g_More ^%3A%3Ag_More\nC - Free e v0\nJ 2\n"
	        "B\n# 29\nR -\nE\n";
	static const char unload[] =
	        "F MyUnload e /drv/d.c 20 v 1 6 5\nV p p u p p u\nB\nC - Idle e\n"
	        "L v4 @g_Where ^%3A%3Ag_Where\nL v5 v4:State ^OTHER.State\n# 21\n? v5 != #0 1 "
	        "2\n"
	        "B\nL v1 @g_Other ^%3A%3Ag_Other\n# 22\nC - Free e v1\nJ 2\nB\nL v2 " G_READY
	        "\n# 24\n? v2 != #0 3 4\nB\nL v3 " G_DATA
	        "\n# 25\nC - Free e v3\nJ 4\nB\n# 29\nR -\nE\n";
	g_autofree char *wrong = slots_with(unload, G_READY, G_FLAG);

	(void)unused;
	expect(NULL, NULL, unload, frees);
	expect("LeakOnUnloadPath", AT_RETURN, wrong, frees);
}

/* The helper gets the record. */
static void freed_by_its_record(void **unused)
{
	static const char fills[] =
	        "F MyControl e /drv/d.c 40 i 2 5 4\nV p p p p p\n"
	        "B\nL v2 v0:DeviceExtension ^DEVICE_OBJECT.DeviceExtension\n# 45\nC - Clear e "
	        "v2\n" ALLOCATE("v3") "? v3 != #0 1 2\n"
	                              "B\n# 53\nW v2:Data v3 ^EXT.Data\nJ 3\nB\nR #-1\nB\n# "
	                              "59\nR #0\nE\n" UNLOAD(EXTENSION
	                                                     "# 25\nC - Clear e v1\n");
	static const char clears[] =
	        "F Clear e /drv/tu1.c 1 v 1 2 3\nV p p\nB\nL v1 v0:Data ^EXT.Data\n"
	        "# 4\n? v1 != #0 1 2\nB\nrel POOL v1\n# 6\nW v0:Data #0 ^EXT.Data\nJ 2\n"
	        "B\n# 9\nR -\nE\n";
	g_autofree char *resets = slots_with(clears, "rel POOL v1\n", "");
	g_autofree char *frees_later =
	        g_strconcat(fills,
	                    "F Free e /drv/d.c 60 v 1 2 1\nV p p\nB\nL v1 v0:Data ^EXT.Data\n"
	                    "rel POOL v1\nR -\nE\n",
	                    NULL);
	g_autofree char *leaks = slots_with(frees_later, "# 25\nC - Clear", "# 25\nC - Free");

	(void)unused;
	EXPECT_SILENT("EXT.Data", "", fills, clears);
	EXPECT_LOST("LeakOnOverwrite", "/drv/tu1.c(6)", "EXT.Data", "", leaks, resets);
}

/* The helper gets the slot's address. */
static void freed_by_address(void **unused)
{
	static const char fills[] =
	        "F MyControl e /drv/d.c 40 i 2 4 4\nV p p p p\nB\nA v2 ? ^%3A%3Ag_Data\n"
	        "# 45\nC - Drop e v2\n" ALLOCATE("v3") "? v3 != #0 1 2\nB\n# 53\n" W_DATA(
	                "v3") "J 3\nB\nR #-1\nB\n# 59\nR #0\nE\n" UNLOAD_FREES;
	static const char drops[] =
	        "F Drop e /drv/tu1.c 1 v 1 2 3\nV p p\nB\nL v1 v0:*\n# 4\n? v1 != #0 1 2\n"
	        "B\nrel POOL v1\n# 6\nW v0:* #0\nJ 2\nB\n# 9\nR -\nE\n";
	g_autofree char *resets = slots_with(drops, "rel POOL v1\n", "");
	g_autofree char *looks = slots_with(resets, "W v0:* #0\n", "");

	(void)unused;
	EXPECT_SILENT("::g_Data", "", fills, drops);
	EXPECT_LOST("LeakOnOverwrite", "/drv/tu1.c(6)", "::g_Data", "", fills, resets);
	EXPECT_LOST("LeakOnOverwrite", "/drv/d.c(53)", "::g_Data", "", fills, looks);
}

/* The helper gets the address of what the slot is a part of. */
static void freed_by_its_container(void **unused)
{
	static const char fills[] =
	        "F MyControl e /drv/d.c 40 i 2 4 4\nV p p p p\nB\nA v2 ? ^%3A%3Ag_Name\n"
	        "# 45\nC - Drop e v2\n" ALLOCATE(
	                "v3") "? v3 != #0 1 2\nB\n# 53\n"
	                      "W @g_Name.Buffer v3 ^%3A%3Ag_Name.Buffer\nJ 3\nB\nR #-1\n"
	                      "B\n# 59\nR #0\nE\n" UNLOAD(
	                              "A v1 ? ^%3A%3Ag_Name\n# 25\nC - Drop e v1\n");
	static const char drops[] =
	        "F Drop e /drv/tu1.c 1 v 1 2 3\nV p p\nB\nL v1 v0:Buffer\n# 4\n? v1 != #0 1 2\n"
	        "B\nrel POOL v1\n# 6\nW v0:Buffer #0\nJ 2\nB\n# 9\nR -\nE\n";
	g_autofree char *anew = slots_with(fills, "C - Drop e v2\n", "");

	(void)unused;
	EXPECT_SILENT("::g_Name.Buffer", "", fills, drops);
	EXPECT_LOST("LeakOnOverwrite", "/drv/d.c(53)", "::g_Name.Buffer", "", anew, drops);
}

/* What a helper finds in a local of its caller's is the request's. */
static void request_by_address(void **unused)
{
	static const char control[] =
	        "F MyControl e /drv/d.c 40 i 2 5 1\nV p p p a i\nB\n"
	        "L v2 v1:AssociatedIrp.SystemBuffer ^IRP.AssociatedIrp.SystemBuffer\n"
	        "W &v3:Buffer v2\n# 45\nC v4 Set e &v3\n# 59\nR v4\nE\n" UNLOAD_FREES;
	static const char sets[] =
	        "F Set e /drv/d.c 40 i 1 4 4\nV p p u p\nB\nL v1 v0:Buffer\nL v2 v1:*\n"
	        "# 47\n? v2 == #92 1 3\nB\n# 50\nacq POOL ExAllocatePool2 50 null - v3\n"
	        "# 51\n? v3 != #0 2 3\nB\n# 53\n" W_DATA("v3") "R #0\nB\n# 59\nR #-1\nE\n";

	(void)unused;
	EXPECT_LOST("LeakOnOverwrite", "/drv/d.c(53)", "::g_Data", "", control, sets);
}

/* A chain in a request's buffer is the request's at any of its links; one of the driver's
 * own is not. */
static void chain_of_a_request(void **unused)
{
#define HEAD "v1:AssociatedIrp.SystemBuffer ^IRP.AssociatedIrp.SystemBuffer"
	static const char control[] =
	        "F MyControl e /drv/d.c 40 i 2 6 4\nV p p p p u p\nB\nL v2 " HEAD
	        "\nL v3 v2:Next ^NODE.Next\nL v2 v3:Next ^NODE.Next\nL v4 v2:Key ^NODE.Key\n"
	        "# 47\n? v4 == #92 1 3\nB\n# 50\nacq POOL ExAllocatePool2 50 null - v5\n"
	        "# 51\n? v5 != #0 2 3\nB\n# 53\n" W_DATA("v5") "R #0\nB\n# 59\nR #-1\nE\n";
	static const char own[] = "@g_Chain ^%3A%3Ag_Chain";
	g_autofree char *requested = g_strconcat(control, UNLOAD_FREES, NULL);
	g_autofree char *kept = slots_with(requested, HEAD, own);
	struct driver *driver;

	(void)unused;
	EXPECT_LOST("LeakOnOverwrite", "/drv/d.c(53)", "::g_Data", "", requested);
	driver = slots_driver("::g_Data", "", kept, NULL);
	slots_expect(driver, NULL, NULL);
	driver_free(driver);
#undef HEAD
}

/* MyUnload releases only if it is in time to stop a DPC. */
static void in_time_to_stop(void **unused)
{
	static const char unload[] =
	        "F MyUnload e /drv/d.c 20 v 1 4 3\nV p p u p\nB\nK v2 ^stops\n# 22\n"
	        "? v2 != #0 1 2\nB\nL v3 " G_DATA "\n# 23\nrel POOL v3\nJ 2\nB\n# 29\nR -\nE\n"
	        "F MyCleanup e /drv/d.c 130 v 2 2 1\nV p p\nB\nK -\n# 139\nR -\nE\n";
	static const char dpc[] = SLOTS_ROLE("8", "DPC", "NULL");
	g_autofree char *looks = g_strconcat(slots_fill_once, unload, NULL);
	g_autofree char *frees = slots_with(looks, "K -\n# 139", "rel POOL v1\n# 139");
	struct driver *driver;

	(void)unused;
	EXPECT_LOST("LeakOnUnloadPath", AT_RETURN, "::g_Data", dpc, looks);
	driver = slots_driver("::g_Data", dpc, frees, NULL);
	slots_expect(driver, NULL, NULL);
	slots_expect_rows(driver, 0, 1, 0);
	driver_free(driver);
}

/* A routine that releases nothing knows it too, or one that may. */
static void lent(void **unused)
{
	static const char fill[] = FILL_ANEW UNLOAD_FREES;
	g_autofree char *lends = slots_with(fill, "# 54\n", "# 54\ngive v2 ^lent\n");
	g_autofree char *gives = slots_with(fill, "# 54\n", "# 54\ngive v2\n");
	struct driver *driver = slots_driver("::g_Data", "", gives, NULL);

	(void)unused;
	EXPECT_LOST("LeakOnOverwrite", "/drv/d.c(53)", "::g_Data", "", lends);
	slots_expect(driver, NULL, NULL);
	driver_free(driver);
}

/* MyUnload releases only in one state of an object, of which nothing is known unless
 * its record is the driver's own. */
static void depends_on_unknown_memory(void **unused)
{
	static const char unload[] =
	        "F MyUnload e /drv/d.c 20 v 1 4 3\nV p p u p\nB\nL v1 @g_Other ^%3A%3Ag_Other\n"
	        "L v2 v1:State ^OTHER.State\n# 22\n? v2 != #0 1 2\n"
	        "B\nL v3 " G_DATA "\n# 23\nrel POOL v3\nJ 2\nB\n# 29\nR -\nE\n";
	g_autofree char *never_set = g_strconcat(slots_fill_once, unload, NULL);
	g_autofree char *functions = slots_with(never_set, "W @g_Flag #1 ^%3A%3Ag_Flag",
	                                        "W v0:State #1 ^OTHER.State");
	struct driver *driver = slots_driver("::g_Data", "", functions, NULL);

	(void)unused;
	slots_expect(driver, NULL, NULL);
	slots_expect_rows(driver, 0, 1, 0);
	assert_int_equal(driver_integer(driver, "SELECT count(*) FROM slot_doubt WHERE path ="
	                                        " '::g_Data' AND function = 'MyUnload' AND"
	                                        " file = '/drv/d.c' AND line = 22"
	                                        " AND reason = 'condition'"),
	                 1);
	driver_free(driver);
	EXPECT_LOST("LeakOnUnloadPath", AT_RETURN, "::g_Data",
	            "INSERT INTO extension VALUES('OTHER')", functions);
}

/* MyUnload releases only if g_Flag is set, and before that calls op. */
#define UNLOAD_AFTER(op)                                                                       \
	"F MyUnload e /drv/d.c 20 v 1 5 3\nV p p p u p\nB\n" EXTENSION "# 21\n" op             \
	"L v3 " G_FLAG "\n# 22\n? v3 != #0 1 2\nB\nL v4 " G_DATA                               \
	"\n# 23\nrel POOL v4\nJ 2\nB\n# 29\nR -\nE\n"

static void given_to_the_unknown(void **unused)
{
	static const char idle[] = "F Mystery e /drv/tu1.c 1 v 1 1 1\nV p\nB\n# 9\nR -\nE\n";
	struct driver *driver = filled_once(UNLOAD_AFTER("C - Mystery e v1\n"), NULL);

	(void)unused;
	slots_expect(driver, NULL, NULL);
	slots_expect_rows(driver, 0, 1, 0);
	assert_int_equal(driver_integer(driver, "SELECT line FROM slot_doubt"
	                                        " WHERE reason = 'call'"),
	                 21);
	driver_free(driver);
	/* Through a pointer of which nobody knows where it leads. */
	driver = filled_once(UNLOAD_AFTER("I - v1 ^EXT.Callback\n"), NULL);
	slots_expect(driver, NULL, NULL);
	slots_expect_rows(driver, 0, 1, 0);
	driver_free(driver);

	expect("LeakOnUnloadPath", AT_RETURN, UNLOAD_AFTER("C - Mystery e v1\n"), idle);
	expect("LeakOnUnloadPath", AT_RETURN, UNLOAD_AFTER("C - Mystery e #1\n"), "");
	expect("LeakOnUnloadPath", AT_RETURN, UNLOAD_AFTER("I - v1 ^EXT.Callback\n"),
	       "F Mystery e /drv/tu1.c 1 v 1 1 1\nV p\nB\n# 9\nR -\nE\n"
	       "P ^EXT.Callback Mystery e\n");
}

#define ROUTINE(name, blocks, ops)                                                             \
	"F " name " e /drv/tu1.c 1 v 0 2 " blocks "\nV p i\nB\n" ops "# 9\nR -\nE\n"
#define RELEASES "L v0 " G_DATA "\n# 7\nrel POOL v0\n"
#define IDLE(name) ROUTINE(name, "1", "")
#define FREES(name) ROUTINE(name, "1", RELEASES)
#define FREES_AT_TIMES(name)                                                                   \
	ROUTINE(name, "3", "K v1\n# 4\n? v1 >= #0 1 2\nB\n" RELEASES "R -\nB\n")

/* A structure of routines for each kind of device: nobody knows which kind this one is. */
static void one_of_several_routines(void **unused)
{
	static const char unload[] = UNLOAD("# 25\nI - ^ops.Stop\n");
	static const char both[] = "P ^ops.Stop First e\nP ^ops.Stop Second e\n";
	static const struct {
		const char *first, *second;
		bool leaks;
		int freed, doubts;
	} routines[] = {{FREES("First"), IDLE("Second"), false, 1, 1},
	                {IDLE("First"), FREES("Second"), false, 1, 1},
	                {FREES("First"), FREES("Second"), false, 1, 0},
	                {FREES_AT_TIMES("First"), FREES_AT_TIMES("Second"), true, 1, 0}};

	(void)unused;
	for (gsize i = 0; i < G_N_ELEMENTS(routines); i++) {
		g_autofree char *others =
		        g_strconcat(routines[i].first, routines[i].second, both, NULL);
		struct driver *driver = filled_once(unload, others);

		slots_expect(driver, routines[i].leaks ? "LeakOnUnloadPath" : NULL,
		             "/drv/tu1.c(9)");
		slots_expect_rows(driver, routines[i].freed, routines[i].doubts, 0);
		driver_free(driver);
	}
	/* There is but one. */
	expect("LeakOnUnloadPath", "/drv/tu1.c(9)", unload,
	       FREES_AT_TIMES("First") "P ^ops.Stop First e\n");
}

#define TEARDOWN(test)                                                                         \
	"F Teardown e /drv/tu1.c 1 v 1 4 5\nV i i p u\nB\n# 3\n? v0 > #0 1 2\n"                \
	"B\nD v1 - v0 #1\n# 4\nC - Again e v1\nJ 4\nB\n" test "B\nL v2 " G_DATA                \
	"\n# 7\nrel POOL v2\nJ 4\nB\n# 9\nR -\nE\n"

/* Teardown and Again call each other until nothing is left to count down. */
static void recursion_across_tus(void **unused)
{
	static const char again[] =
	        "F Again e /drv/tu2.c 1 v 1 1 1\nV i\nB\n# 4\nC - Teardown e v0\nR -\nE\n";
	static const char *const starts[] = {"C - Teardown e #3\n",
	                                     "K v3\nC - Teardown e v3\n"};

	(void)unused;
	for (gsize i = 0; i < G_N_ELEMENTS(starts); i++) {
		g_autofree char *unload = g_strdup_printf(UNLOAD("# 25\n%s"), starts[i]);
		g_autofree char *first = g_strconcat(slots_fill_once, unload, NULL);

		EXPECT_SILENT("::g_Data", "", first, TEARDOWN("J 3\n"), again);
		EXPECT_LOST("LeakOnUnloadPath", "/drv/tu1.c(9)", "::g_Data", "", first,
		            TEARDOWN("L v3 " G_FLAG "\n# 6\n? v3 != #0 3 4\n"), again);
	}
}

/* MyUnload asks the system n questions and releases only if every answer was yes. */
static char *asks(unsigned n)
{
	g_autoptr(GString) text = g_string_new(slots_fill_once);

	g_string_append_printf(text, "F MyUnload e /drv/d.c 20 v 1 %u %u\nV p p", 2 + n,
	                       4 * n + 3);
	for (unsigned i = 0; i < n; i++)
		g_string_append(text, " i");
	g_string_append(text, "\nB\nJ 1\n");
	for (unsigned i = 0; i < n; i++) {
		unsigned v = i + 2, b = 1 + 3 * i;

		g_string_append_printf(text, "B\nK v%u\n# 22\n? v%u != #0 %u %u\n", v, v, b + 1,
		                       b + 2);
		g_string_append_printf(text, "B\n= v%u #1\nJ %u\nB\n= v%u #0\nJ %u\n", v, b + 3,
		                       v, b + 3);
	}
	for (unsigned i = 0; i < n; i++)
		g_string_append_printf(text, "B\n# 24\n? v%u != #0 %u %u\n", i + 2,
		                       3 * n + 2 + i, 4 * n + 2);
	g_string_append(text, "B\nL v1 " G_DATA "\n# 25\nrel POOL v1\nJ ");
	g_string_append_printf(text, "%u\nB\n# 29\nR -\nE\n", 4 * n + 2);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static void too_many_states(void **unused)
{
	g_autofree char *few = asks(3), *many = asks(13);
	struct driver *driver = slots_driver("::g_Data", "", many, NULL);
	struct l62_result *result;

	(void)unused;
	slots_expect(driver, NULL, NULL);
	slots_expect_rows(driver, 0, 0, 1);
	assert_int_equal(
	        driver_integer(driver, "SELECT path = '::g_Data' FROM slot_incomplete"), 1);
	result = driver_link(driver);
	assert_int_equal(result->slots->len, 1);
	assert_string_equal(result->slots->pdata[0], "global g_Data");
	l62_result_free(result);
	driver_free(driver);
	driver = slots_driver("::g_Data", "", few, NULL);
	slots_expect(driver, "LeakOnUnloadPath", AT_RETURN);
	slots_expect_rows(driver, 1, 0, 0);
	driver_free(driver);
}

/* Nothing says that the teardown leaves the slot, and it frees such objects. */
static void too_many_states_and_freed_unnamed(void **unused)
{
	static const char unnamed[] = "DELETE FROM release;"
	                              "INSERT INTO site_record VALUES(1, 'NOTE');";
	g_autofree char *many = asks(13);
	g_autofree char *freed =
	        g_strconcat(unnamed,
	                    "INSERT INTO disposal VALUES(2, 'NOTE', 'ExFreePool', NULL, 0,"
	                    " '/drv/d.c', 23, 5, 23, 20);",
	                    NULL);
	struct driver *driver = slots_driver("::g_Data", unnamed, many, NULL);

	(void)unused;
	slots_expect(driver, "LeakAtUnload", "/drv/d.c(50)");
	driver_free(driver);
	driver = slots_driver("::g_Data", freed, many, NULL);
	slots_expect(driver, NULL, NULL);
	slots_expect_rows(driver, 0, 0, 1);
	driver_free(driver);
}

/* Of a finding whose slot is given up elsewhere the story says where and why. */
static void doubts_are_told(void **unused)
{
	static const char unload[] =
	        "F MyUnload e /drv/d.c 20 v 1 4 3\nV p p u p\nB\nL v1 @g_Other ^%3A%3Ag_Other\n"
	        "L v2 v1:State ^OTHER.State\n# 22\n? v2 != #0 1 2\n"
	        "B\nL v3 " G_DATA "\n# 23\nrel POOL v3\nJ 2\nB\n# 29\nR -\nE\n";
	static const char sets[] =
	        "F MyCreate e /drv/d.c 70 i 2 3 1\nV p p p\nB\nL v2 @g_Other ^%3A%3Ag_Other\n"
	        "W v2:State #1 ^OTHER.State\n# 79\nR #0\nE\n";
	struct driver *driver = slots_driver("::g_Data", SLOTS_ROLE("4", "DISPATCH", "0"),
	                                     FILL_ANEW, unload, sets, NULL);
	struct l62_result *result = driver_link(driver);
	struct l62_story *story = NULL;
	const struct l62_step *doubt;
	struct l62_error err = {0};

	(void)unused;
	assert_int_equal(
	        l62_story_load(driver->database, only(result, "LeakOnOverwrite"), &story, &err),
	        0);
	assert_false(story->incomplete);
	assert_int_equal(story->doubts->len, 1);
	doubt = story->doubts->pdata[0];
	assert_string_equal(doubt->at.file, "/drv/d.c");
	assert_int_equal(doubt->at.line, 22);
	assert_string_equal(
	        doubt->message,
	        "MyUnload tests data that leak62 does not follow; it may tell whether "
	        "global g_Data is still there");
	l62_story_free(story);
	l62_result_free(result);
	driver_free(driver);
}

/* A helper reads the driver's memory, but what it returns is what the system said. */
static void reads_but_does_not_tell(void **unused)
{
	static const char fill[] =
	        "F MyControl e /drv/d.c 40 i 2 4 5\nV p p p i\nB\nL v2 " G_DATA
	        "\n# 42\n? v2 == #0 1 4\nB\n" ALLOCATE(
	                "v2") "# 51\n? v2 != #0 2 4\n"
	                      "B\n# 53\n" W_DATA(
	                              "v2") "# 54\nC v3 Start e\n# 55\n? v3 >= #0 3 4\n"
	                                    "B\nW @g_Ready #1 ^%3A%3Ag_Ready\nR #0\nB\nR "
	                                    "#-1\nE\n" UNLOAD_FREES_IF(G_READY);
	static const char start[] =
	        "F Start e /drv/tu1.c 1 i 0 4 3\nV i p i i\nB\nL v1 " G_FLAG "\nT v1\nK v2 ^\n"
	        "K v3\n= v0 v3\n? v0 >= #0 1 2\nB\nR v0\nB\nR v0\nE\n";
	static const char *const tells[] = {"= v0 v3", "= v0 v2"};
	g_autofree char *looks = slots_with(start, tells[0], tells[1]);
	struct driver *driver;

	(void)unused;
	EXPECT_LOST("LeakOnUnloadPath", AT_RETURN, "::g_Data", "", fill, start);
	driver = slots_driver("::g_Data", "", fill, looks, NULL);
	slots_expect(driver, NULL, NULL);
	slots_expect_rows(driver, 0, 1, 0);
	driver_free(driver);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(reads_but_does_not_tell),
	        cmocka_unit_test(freed_in_another_tu),
	        cmocka_unit_test(shared_helper),
	        cmocka_unit_test(freed_by_its_record),
	        cmocka_unit_test(freed_by_address),
	        cmocka_unit_test(freed_by_its_container),
	        cmocka_unit_test(request_by_address),
	        cmocka_unit_test(chain_of_a_request),
	        cmocka_unit_test(in_time_to_stop),
	        cmocka_unit_test(lent),
	        cmocka_unit_test(depends_on_unknown_memory),
	        cmocka_unit_test(given_to_the_unknown),
	        cmocka_unit_test(one_of_several_routines),
	        cmocka_unit_test(recursion_across_tus),
	        cmocka_unit_test(too_many_states),
	        cmocka_unit_test(too_many_states_and_freed_unnamed),
	        cmocka_unit_test(doubts_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
