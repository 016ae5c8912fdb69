/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The check of slots: objects that are new, records of arrays, values that a test has
 * ruled out. */
#include "slots.h"

static const char at_store[] = "/drv/d.c(53)";

/* MyControl stores the object in v2 after a look at what is in it, first doing more; a
 * failed start frees it. */
#define FILL_BY_CONTENT(make, more)                                                            \
	"F MyControl e /drv/d.c 40 i 2 6 5\nV p p p u p i\nB\n" make                           \
	"? v2 != #0 1 4\nB\nL v3 v2:Count ^BOX.Count\n# 52\n? v3 != #0 2 3\n"                  \
	"B\n" more "# 53\n" W_DATA("v2") "# 54\nR #0\n"                                        \
	                                 "B\n# 55\nrel POOL v2\nR #-1\nB\n# 56\nR #-1\nE\n"
#define FREE_OLD "L v4 " G_DATA "\nrel POOL v4\n"
#define ACQUIRE "# 50\nacq POOL ExAllocatePool2 50 null - "

static void contents_of_a_new_object(void **unused)
{
	static const char makes[] = "F Make e /drv/d.c 150 p 0 2 3\nV p u\nB\n" ACQUIRE
	                            "v0\n? v0 != #0 1 2\nB\nL v1 v0:Size ^BOX.Size\nJ 2\n"
	                            "B\nR v0\nE\n";
	static const char finds[] = "F Make e /drv/d.c 150 p 0 1 3\nV p\nB\nM 1 2\n"
	                            "B\n" ACQUIRE "v0\nR v0\n"
	                            "B\nL v0 @g_Other ^%3A%3Ag_Other\nR v0\nE\n";
	static const char fills[] =
	        "F Make e /drv/d.c 150 i 1 2 3\nV p p\nB\n" ACQUIRE "v1\n? v1 != #0 1 2\n"
	        "B\nW v0:* v1\nR #0\nB\nW v0:* #0\nR #-1\nE\n";
	static const char fills_or_finds[] =
	        "F Make e /drv/d.c 150 i 1 2 3\nV p p\nB\n" ACQUIRE "v1\n? v1 != #0 1 2\n"
	        "B\nW v0:* v1\nR #0\nB\nL v1 @g_Other ^%3A%3Ag_Other\nW v0:* v1\nR #0\nE\n";
	static const char local[] = FILL_BY_CONTENT(ALLOCATE("v2"), "") UNLOAD_FREES;
	static const char given[] = FILL_BY_CONTENT("C v2 Make e\n", "") UNLOAD_FREES;
	static const char put[] = FILL_BY_CONTENT("C v5 Make e &v2\n", "") UNLOAD_FREES;
	const struct {
		const char *control, *make;
	} unknown[] = {{given, finds}, {put, fills_or_finds}};

	(void)unused;
	EXPECT_LOST("LeakOnOverwrite", at_store, "::g_Data", "", local);
	EXPECT_LOST("LeakOnOverwrite", at_store, "::g_Data", "", given, makes);
	EXPECT_LOST("LeakOnOverwrite", at_store, "::g_Data", "", put, fills);
	EXPECT_SILENT("::g_Data", "", FILL_BY_CONTENT(ALLOCATE("v2"), FREE_OLD) UNLOAD_FREES);
	EXPECT_SILENT("::g_Data", "", FILL_BY_CONTENT("C v2 Make e\n", FREE_OLD) UNLOAD_FREES,
	              makes);
	/* What is in an object that may be an old one decides who knows what. */
	for (gsize i = 0; i < G_N_ELEMENTS(unknown); i++) {
		struct driver *driver =
		        slots_driver("::g_Data", "", unknown[i].control, unknown[i].make, NULL);

		slots_expect(driver, NULL, NULL);
		slots_expect_rows(driver, 1, 1, 0);
		driver_free(driver);
	}
}

/* A helper that is only given new objects, and one that is given an old one too. */
static void contents_in_a_helper(void **unused)
{
	static const char control[] =
	        "F MyControl e /drv/d.c 40 i 2 5 4\nV p p p i p\nB\n" ALLOCATE(
	                "v2") "? v2 != #0 1 3\nB\nC v3 Look e v2\n"
	                      "# 52\n? v3 >= #0 2 3\nB\n# 53\n" W_DATA(
	                              "v2") "R #0\n"
	                                    "B\nR #-1\nE\n"
	                                    "F Look e /drv/d.c 150 i 1 2 3\nV p u\nB\nL v1 "
	                                    "v0:Count ^BOX.Count\n"
	                                    "# 152\n? v1 != #0 1 2\nB\nR #0\nB\nrel POOL v0\nR "
	                                    "#-1\nE\n";
	static const char other[] =
	        "F Also e /drv/tu1.c 1 v 0 2 1\nV p i\nB\nL v0 @g_Other ^%3A%3Ag_Other\n"
	        "C v1 Look e v0\nR -\nE\n";
	g_autofree char *both = g_strconcat(control, UNLOAD_FREES, NULL);
	struct driver *driver = slots_driver("::g_Data", "", both, other, NULL);

	(void)unused;
	slots_expect(driver, NULL, NULL);
	slots_expect_rows(driver, 1, 1, 0);
	driver_free(driver);
	EXPECT_LOST("LeakOnOverwrite", at_store, "::g_Data", "", both);
}

#define CHAN "INSERT INTO extension VALUES('CHAN');"
#define MANY "Y CHAN\n"
/* Stores a new object where index and store say. */
#define FILL_ROW(index, store)                                                                 \
	"F MyControl e /drv/d.c 40 i 2 6 3\nV p p p u p p\nB\n" index ALLOCATE(                \
	        "v4") "? v4 != #0 1 2\nB\n# 53\n" store "# 54\nR #0\nB\n# 55\nR #-1\nE\n"
#define ROW "@g_Chans.*.Data"
#define UNLOAD_FREES_ROW                                                                       \
	"F MyUnload e /drv/d.c 20 v 1 2 3\nV p p\nB\nL v1 " ROW                                \
	" ^CHAN.Data\n# 22\n? v1 != #0 1 2\nB\n# 23\nrel POOL v1\nJ 2\nB\n# 29\nR -\nE\n"

#define BY_POINTER "A v5 ? ^%3A%3Ag_Chans%5Bv3%5D\nW v5:Data v4 ^CHAN.Data\n"

static void records_of_an_array(void **unused)
{
	static const char slot[] = "CHAN.Data";

	(void)unused;
	/* There is but one. */
	EXPECT_LOST("LeakOnOverwrite", at_store, slot, CHAN,
	            FILL_ROW("", "W " ROW " v4 ^CHAN.Data\n") UNLOAD_FREES_ROW);
	EXPECT_SILENT(slot, CHAN,
	              MANY FILL_ROW("", "W " ROW " v4 ^CHAN.Data\n") UNLOAD_FREES_ROW);
	/* The request may name the same twice; a counter goes on. */
	EXPECT_LOST("LeakOnOverwrite", at_store, slot, CHAN,
	            MANY FILL_ROW(IOCTL, "W " ROW " v4 ^CHAN%5Bv3%5D.Data\n") UNLOAD_FREES_ROW);
	EXPECT_SILENT(slot, CHAN,
	              MANY FILL_ROW("= v3 #0\n", "W " ROW " v4 ^CHAN%5Bv3%5D.Data\n")
	                      UNLOAD_FREES_ROW);
	EXPECT_LOST("LeakOnOverwrite", at_store, slot, CHAN,
	            MANY FILL_ROW(IOCTL, BY_POINTER) UNLOAD_FREES_ROW);
	EXPECT_SILENT(slot, CHAN, MANY FILL_ROW("= v3 #0\n", BY_POINTER) UNLOAD_FREES_ROW);
}

/* What is said of another record of the array does not hold for this one. */
static void flag_of_another_record(void **unused)
{
	static const char flag_first[] = MANY FILL_ROW(
	        "", "W @g_Chans.*.Used #2 ^CHAN.Used\nW " ROW " v4 ^CHAN.Data\n"
	            "W @g_Chans.*.Used #1 ^CHAN.Used\n") "F MyUnload e /drv/d.c 20 v 1 3 3\nV "
	                                                 "p p u\nB\nL v2 @g_Chans.*.Used "
	                                                 "^CHAN.Used\n# 22\n? v2 == #1 1 "
	                                                 "2\nB\nL v1 " ROW
	                                                 " ^CHAN.Data\n# 23\nrel POOL v1\nJ "
	                                                 "2\nB\n# 29\nR -\nE\n";

	(void)unused;
	EXPECT_SILENT("CHAN.Data", CHAN, flag_first);
}

/* The second test of the same value has the outcome of the first. */
static void ruled_out(void **unused)
{
	static const char twice[] =
	        "F MyControl e /drv/d.c 40 i 2 6 8\nV p p p u p u\nB\n" IOCTL "L v5 " G_DATA
	        "\n# 42\n? v5 == #0 1 7\nB\n# 43\n? v3 == #4 4 2\n"
	        "B\n" ALLOCATE("v4") "? v4 != #0 3 7\nB\n# 53\n" W_DATA(
	                "v4") "J 4\n"
	                      "B\n# 54\n? v3 == #4 5 6\nB\nR #0\n"
	                      "B\nW @g_Ready #1 ^%3A%3Ag_Ready\nR #0\nB\nR "
	                      "#-1\nE\n" UNLOAD_FREES_IF(G_READY);
	g_autofree char *by_case = slots_with(twice, "? v3 == #4 4 2\n", "S v3 2 #4 4\n");
	g_autofree char *another = slots_with(twice, "# 54\n? v3 == #4", "# 54\n? v3 == #5");

	(void)unused;
	EXPECT_SILENT("::g_Data", "", twice);
	EXPECT_SILENT("::g_Data", "", by_case);
	EXPECT_LOST("LeakOnUnloadPath", "/drv/d.c(29)", "::g_Data", "", another);
}

/* "state = code == 4 ? 1 : 2", which the teardown goes by. */
static void number_that_a_test_chooses(void **unused)
{
	static const char chosen[] =
	        "F MyControl e /drv/d.c 40 i 2 7 8\nV p p p u p u u\nB\n" IOCTL "L v5 " G_DATA
	        "\n# 42\n? v5 == #0 1 7\nB\n" ALLOCATE("v4") "? v4 != #0 2 7\nB\n# 53\n" W_DATA(
	                "v4") "? v3 == #4 3 4\n"
	                      "B\n= v6 #1\nJ 5\nB\n= v6 #2\nJ 5\n"
	                      "B\nW @g_State v6 ^%3A%3Ag_State\nJ 6\nB\nR #0\nB\nR #-1\nE\n"
	                      "F MyUnload e /drv/d.c 20 v 1 3 4\nV p u p\nB\nL v1 @g_State "
	                      "^%3A%3Ag_State\n# 22\nS v1 3 #1 1 #2 2\nB\nL v2 " G_DATA
	                      "\n# 23\nrel POOL v2\nJ 3\nB\nL v2 " G_DATA
	                      "\n# 24\nrel POOL v2\nJ 3\nB\n# 29\nR -\nE\n";
	g_autofree char *misses = slots_with(chosen, "= v6 #2", "= v6 #3");

	(void)unused;
	EXPECT_SILENT("::g_Data", "", chosen);
	EXPECT_LOST("LeakOnUnloadPath", "/drv/d.c(29)", "::g_Data", "", misses);
}

/* A loop over the driver's devices ends when the last one has been deleted. */
static void loop_over_devices(void **unused)
{
	static const char fill[] =
	        "F MyControl e /drv/d.c 40 i 2 5 6\nV p p p u p\nB\n" IOCTL
	        "L v4 v0:DeviceExtension ^DEVICE_OBJECT.DeviceExtension\n# 42\n? v3 == #1 1 4\n"
	        "B\nL v2 v4:Data ^EXT.Data\n# 44\n? v2 == #0 2 5\n"
	        "B\n" ALLOCATE("v2") "# 51\n? v2 != #0 3 5\n"
	                             "B\n# 53\nW v4:Data v2 ^EXT.Data\nW v4:Ready #1 "
	                             "^EXT.Ready\nR #0\n"
	                             "B\nW v4:Ready #0 ^EXT.Ready\nR #0\nB\nR #-1\nE\n";
	static const char loop[] =
	        "F MyUnload e /drv/d.c 20 v 1 5 6\nV p p p u p\nB\nJ 1\n"
	        "B\nL v1 v0:DeviceObject ^DRIVER_OBJECT.DeviceObject\n# 22\n? v1 != #0 2 5\n"
	        "B\nL v2 v1:DeviceExtension ^DEVICE_OBJECT.DeviceExtension\n"
	        "L v3 v2:Ready ^EXT.Ready\n# 23\n? v3 != #0 3 4\n"
	        "B\nL v4 v2:Data ^EXT.Data\n# 24\nrel POOL v4\nJ 4\n"
	        "B\n# 25\nrel DEVICE v1\nJ 1\nB\n# 29\nR -\nE\n";
	static const char delete[] = "F Delete e /drv/tu1.c 1 v 2 2 1\nV p p\nB\n# 3\n"
	                             "rel DEVICE v1\nR -\nE\n";
	g_autofree char *always = slots_with(loop, "? v3 != #0 3 4", "J 3");
	g_autofree char *helper = slots_with(loop, "rel DEVICE v1", "C - Delete e v2 v1");
	g_autofree char *misses = g_strconcat(fill, loop, NULL);
	g_autofree char *misses_by = g_strconcat(fill, helper, NULL);
	g_autofree char *frees = g_strconcat(fill, always, NULL);

	(void)unused;
	EXPECT_LOST("LeakOnUnloadPath", "/drv/d.c(29)", "EXT.Data", "", misses);
	EXPECT_LOST("LeakOnUnloadPath", "/drv/d.c(29)", "EXT.Data", "", misses_by, delete);
	EXPECT_SILENT("EXT.Data", "", frees);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(contents_of_a_new_object),
	        cmocka_unit_test(contents_in_a_helper),
	        cmocka_unit_test(records_of_an_array),
	        cmocka_unit_test(flag_of_another_record),
	        cmocka_unit_test(ruled_out),
	        cmocka_unit_test(number_that_a_test_chooses),
	        cmocka_unit_test(loop_over_devices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
