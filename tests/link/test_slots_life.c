/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The check of slots: which requests come when, and which routine serves them. */
#include "slots.h"

static const char at_store[] = "/drv/d.c(53)";

/* Has nothing to do with the slot. */
#define IDLE(name, line)                                                                       \
	"F " name " e /drv/d.c " line "0 i 2 2 1\nV p p\nB\n# " line "9\nR #0\nE\n"
#define UNLOAD_IDLE IDLE("MyUnload", "2")

/* START_DEVICE fills ext->Data, REMOVE_DEVICE releases it; more: other minor functions. */
#define PNP(more)                                                                              \
	"F MyAdd e /drv/d.c 120 i 2 2 1\nV p p\nB\n# 129\nR #0\nE\n"                           \
	"F MyPnp e /drv/d.c 90 i 2 7 7\nV p p p p u p p\n"                                     \
	"B\nL v2 v0:DeviceExtension ^DEVICE_OBJECT.DeviceExtension\nK v3\n"                    \
	"L v4 v3:MinorFunction ^IO_STACK_LOCATION.MinorFunction\n# 92\nS v4 6 #0 1 #2 4" more  \
	"\nB\n" ALLOCATE("v5") "? v5 != #0 2 3\n"                                              \
	                       "B\n# 53\nW v2:Data v5 ^EXT.Data\nJ 6\nB\n# 99\nR #-1\n"        \
	                       "B\nL v6 v2:Data ^EXT.Data\n# 105\n? v6 != #0 5 6\n"            \
	                       "B\nrel POOL v6\n# 107\nW v2:Data #0 ^EXT.Data\nJ 6\nB\n# "     \
	                       "119\nR #0\nE\n"
#define PNP_ROLES SLOTS_ROLE("6", "DISPATCH", "27") SLOTS_ROLE("7", "ADD_DEVICE", "NULL")

/* A device that was stopped is started again. */
static void stopped_device(void **unused)
{
	(void)unused;
	EXPECT_SILENT("EXT.Data", PNP_ROLES, PNP(" #4 4") UNLOAD_IDLE);
	EXPECT_LOST("LeakOnOverwrite", at_store, "EXT.Data", PNP_ROLES, PNP("") UNLOAD_IDLE);
}

#define FILE_CONTEXT                                                                           \
	"K v2\nL v3 v2:FileObject ^IO_STACK_LOCATION.FileObject\n"                             \
	"L v4 v3:FsContext ^FILE_OBJECT.FsContext\n"
#define CREATE_CONTEXT                                                                         \
	"F MyCreate e /drv/d.c 70 i 2 6 4\nV p p p p p p\nB\n" FILE_CONTEXT                    \
	"# 50\nacq POOL ExAllocatePool2 50 null - v5\n? v5 != #0 1 2\n"                        \
	"B\n# 53\nW v3:FsContext v5 ^FILE_OBJECT.FsContext\n"                                  \
	"W @g_Ready #1 ^%3A%3Ag_Ready\nJ 3\nB\n# 78\nR #-1\nB\n# 79\nR #0\nE\n"
/* A routine that releases the context if place is not zero. */
#define FREE_CONTEXT(name, line, place)                                                        \
	"F " name " e /drv/d.c " line "0 i 2 6 3\nV p p p p p u\nB\nL v5 " place               \
	"\n? v5 != #0 1 2\nB\n" FILE_CONTEXT "# " line "5\nrel POOL v4\nJ 2\n"                 \
	"B\n# " line "9\nR #0\nE\n"
/* Requests set g_Flag. */
#define SET_FLAG                                                                               \
	"F MyControl e /drv/d.c 40 i 2 2 1\nV p p\nB\n# 45\nW @g_Flag #1 ^%3A%3Ag_Flag\n"      \
	"# 59\nR #0\nE\n" UNLOAD_IDLE
#define OPEN_ROLES SLOTS_ROLE("4", "DISPATCH", "0") SLOTS_ROLE("5", "DISPATCH", "2")
#define CLEANUP_ROLE SLOTS_ROLE("8", "DISPATCH", "18")

static void context_of_a_file(void **unused)
{
	static const char context[] = "FILE_OBJECT.FsContext";

	(void)unused;
	EXPECT_SILENT(context, OPEN_ROLES CLEANUP_ROLE,
	              CREATE_CONTEXT SET_FLAG IDLE("MyClose", "8")
	                      FREE_CONTEXT("MyCleanup", "13", G_READY));
	EXPECT_LOST("LeakOnUnloadPath", "/drv/d.c(139)", context, OPEN_ROLES CLEANUP_ROLE,
	            CREATE_CONTEXT SET_FLAG IDLE("MyClose", "8")
	                    FREE_CONTEXT("MyCleanup", "13", G_FLAG));
	EXPECT_SILENT(context, OPEN_ROLES,
	              CREATE_CONTEXT SET_FLAG FREE_CONTEXT("MyClose", "8", G_READY));
	EXPECT_LOST("LeakOnUnloadPath", "/drv/d.c(89)", context, OPEN_ROLES,
	            CREATE_CONTEXT SET_FLAG FREE_CONTEXT("MyClose", "8", G_FLAG));
}

#define CREATE_DATA                                                                            \
	"F MyCreate e /drv/d.c 70 i 2 3 3\nV p p p\nB\n" ALLOCATE(                             \
	        "v2") "? v2 != #0 1 2\n"                                                       \
	              "B\n# 53\n" W_DATA("v2") "# 78\nR #0\nB\n# 79\nR #-1\nE\n"
#define FREE_DATA(name, line)                                                                  \
	"F " name " e /drv/d.c " line "0 i 2 3 1\nV p p p\nB\nL v2 " G_DATA                    \
	"\nrel POOL v2\n" W_DATA("#0") "R #0\nE\n"

/* There is one global, and every open fills it. */
static void global_of_a_file(void **unused)
{
	(void)unused;
	EXPECT_SILENT("::g_Data", OPEN_ROLES CLEANUP_ROLE,
	              CREATE_DATA IDLE("MyClose", "8") FREE_DATA("MyCleanup", "13")
	                      UNLOAD_FREES);
	EXPECT_SILENT("::g_Data", OPEN_ROLES CLEANUP_ROLE,
	              CREATE_DATA FREE_DATA("MyClose", "8") IDLE("MyCleanup", "13")
	                      UNLOAD_FREES);
	EXPECT_LOST("LeakOnOverwrite", at_store, "::g_Data", OPEN_ROLES CLEANUP_ROLE,
	            CREATE_DATA IDLE("MyClose", "8") IDLE("MyCleanup", "13") UNLOAD_FREES);
	/* A routine that no request of a file's end comes to. */
	EXPECT_LOST("LeakOnOverwrite", at_store, "::g_Data", OPEN_ROLES,
	            CREATE_DATA IDLE("MyClose", "8") FREE_DATA("MyCleanup", "13") UNLOAD_FREES);
}

/* Looks its request's major function up in a table of two rows. */
#define BY_ROWS                                                                                \
	"F MyDispatch e /drv/d.c 140 i 2 9 6\nV p p p u u u i i u\nB\nK v2\n= v3 #0\nJ 1\n"    \
	"B\n# 142\n? v3 < #2 2 5\nB\nL v4 @Table.*.major ^row.major\n"                         \
	"L v5 v2:MajorFunction ^IO_STACK_LOCATION.MajorFunction\nD v6 == v4 v5\n"              \
	"# 143\n? v6 != #0 3 4\nB\n# 144\nI v7 v0 v1 ^row.routine\nR v7\n"                     \
	"B\nD v8 + v3 #1\n= v3 v8\nJ 1\nB\n# 149\nR #-1\nE\n"
/* Goes through all rows, and asks whether one has a routine. */
#define BY_ALL_ROWS                                                                            \
	"F MyDispatch e /drv/d.c 140 i 2 11 7\nV p p p u u u i p i u i\nB\nK v2\n= v3 #0\n"    \
	"= v10 #0\nJ 1\nB\n# 142\n? v3 < #2 2 6\nB\n"                                          \
	"L v4 @Table.*.major ^%3A%3ATable%5B%5D.major\n"                                       \
	"L v5 v2:MajorFunction ^IO_STACK_LOCATION.MajorFunction\nD v6 == v4 v5\n"              \
	"# 143\n? v6 != #0 3 5\nB\nL v7 @Table.*.routine ^%3A%3ATable%5B%5D.routine\n"         \
	"# 144\n? v7 != #0 4 5\nB\n# 145\nI v8 v0 v1 ^%3A%3ATable%5B%5D.routine\n= v10 v8\n"   \
	"J 5\nB\nD v9 + v3 #1\n= v3 v9\nJ 1\nB\n# 149\nR v10\nE\n"
#define ROW_OF(n, routine, major)                                                              \
	"P ^%3A%3ATable%5B#" n "%5D.routine " routine " e ^%3A%3ATable%5B#" n                  \
	"%5D.major #" major "\n"
#define ROW(routine, major) "P ^row.routine " routine " e ^row.major #" major "\n"
/* Takes the routine from an array that has one for each major function. */
#define BY_INDEX                                                                               \
	"F MyDispatch e /drv/d.c 140 i 2 5 1\nV p p p u i\nB\nK v2\n"                          \
	"L v3 v2:MajorFunction ^IO_STACK_LOCATION.MajorFunction\n"                             \
	"# 144\nI v4 v0 v1 ^%3A%3Ag_Routines%5Bv3%5D\n# 149\nR v4\nE\n"
#define AT_INDEX(routine, major) "P ^%3A%3Ag_Routines%5B#" major "%5D " routine " e\n"
#define BEHIND_A_TABLE CREATE_DATA FREE_DATA("MyClose", "8") UNLOAD_FREES

static void routines_in_a_table(void **unused)
{
	static const char any[] =
	        "DELETE FROM role WHERE function = 3;" SLOTS_ROLE("9", "DISPATCH", "-1");
	static const char both[] =
	        "DELETE FROM role WHERE function = 3;" SLOTS_ROLE("9", "DISPATCH", "0")
	                SLOTS_ROLE("9", "DISPATCH", "2");

	(void)unused;
	EXPECT_SILENT("::g_Data", any,
	              BEHIND_A_TABLE BY_ROWS ROW("MyCreate", "0") ROW("MyClose", "2"));
	EXPECT_LOST("LeakOnOverwrite", at_store, "::g_Data", any,
	            BEHIND_A_TABLE BY_ROWS ROW("MyCreate", "0") ROW("MyClose", "3"));
	/* No row comes a second time. */
	EXPECT_SILENT("::g_Data", any,
	              BEHIND_A_TABLE BY_ALL_ROWS ROW_OF("0", "MyCreate", "0")
	                      ROW_OF("1", "MyClose", "2"));
	EXPECT_LOST("LeakOnOverwrite", at_store, "::g_Data", any,
	            BEHIND_A_TABLE BY_ALL_ROWS ROW_OF("0", "MyCreate", "0")
	                    ROW_OF("1", "MyClose", "3"));
	EXPECT_SILENT("::g_Data", both,
	              BEHIND_A_TABLE BY_INDEX AT_INDEX("MyCreate", "0")
	                      AT_INDEX("MyClose", "2"));
	EXPECT_LOST("LeakOnOverwrite", at_store, "::g_Data", both,
	            BEHIND_A_TABLE IDLE("MyCleanup", "13") BY_INDEX AT_INDEX("MyCreate", "0")
	                    AT_INDEX("MyCleanup", "2") AT_INDEX("MyClose", "3"));
}

/* Only some places of the table have a routine. */
static void table_with_gaps(void **unused)
{
	static const char any[] =
	        "DELETE FROM role WHERE function = 3;" SLOTS_ROLE("9", "DISPATCH", "-1");
	/* Fills g_Data anew after what the table does. */
	static const char fills_after[] =
	        "F MyDispatch e /drv/d.c 140 i 2 6 3\nV p p p u i p\nB\nK v2\n"
	        "L v3 v2:MajorFunction ^IO_STACK_LOCATION.MajorFunction\n"
	        "# 144\nI v4 v0 v1 ^%3A%3Ag_Routines%5Bv3%5D\n" ALLOCATE(
	                "v5") "? v5 != #0 1 2\nB\n# 53\n" W_DATA("v5") "J 2\nB\n# 149\nR "
	                                                               "#0\nE\n";
	/* Asks for the routine before it calls. */
	static const char asks[] =
	        "F MyDispatch e /drv/d.c 140 i 2 7 4\nV p p p u i p p\nB\nK v2\n"
	        "L v3 v2:MajorFunction ^IO_STACK_LOCATION.MajorFunction\n"
	        "L v6 @g_Routines.* ^%3A%3Ag_Routines%5Bv3%5D\n# 143\n? v6 == #0 1 "
	        "3\nB\n" ALLOCATE("v5") "? v5 != #0 2 3\nB\n# 53\n" W_DATA(
	                "v5") "J 3\n"
	                      "B\n# 149\nR #0\nE\n";

	(void)unused;
	EXPECT_LOST("LeakOnOverwrite", at_store, "::g_Data", any,
	            BEHIND_A_TABLE AT_INDEX("MyClose", "7"), fills_after);
	EXPECT_LOST("LeakOnOverwrite", at_store, "::g_Data", any,
	            BEHIND_A_TABLE AT_INDEX("MyClose", "7"), asks);
}

/* A helper in another TU fills the slot, then something else fails. */
#define LOAD(name, cleanup)                                                                    \
	"F " name " e /drv/d.c 120 i 2 4 5\nV p p i i\nB\n# 121\nC v2 Fill e v0\n"             \
	"? v2 < #0 1 2\nB\n# 122\nR v2\nB\nK v3\n# 124\n? v3 < #0 3 4\n"                       \
	"B\n" cleanup "# 126\nR v3\nB\n# 129\nR #0\nE\n"                                       \
	"F Free e /drv/d.c 60 v 1 2 1\nV p p\nB\nL v1 " G_DATA                                 \
	"\nrel POOL v1\nR -\nE\n" UNLOAD_FREES
#define FILL(where)                                                                            \
	"F Fill e /drv/tu1.c 1 i 1 3 3\nV p p p\nB\n"                                          \
	"L v1 v0:DeviceExtension ^DEVICE_OBJECT.DeviceExtension\n# 5\n"                        \
	"acq POOL ExAllocatePool2 5 null - v2\n? v2 != #0 1 2\n"                               \
	"B\n# 6\n" where "# 7\nR #0\nB\n# 8\nR #-1\nE\n"

static void load_that_fails(void **unused)
{
	static const char entry[] =
	        "UPDATE role SET role = 'DRIVER_ENTRY', major = NULL WHERE function = 3;"
	        "UPDATE role SET function = 7 WHERE function = 3;";
	static const char adds[] = "UPDATE role SET role = 'ADD_DEVICE', major = NULL,"
	                           " function = 7 WHERE function = 3;";
	static const char global[] = FILL(W_DATA("v2"));
	/* A path has shown it already, with the caller's site. */
	static const char shown[] =
	        "UPDATE role SET role = 'ADD_DEVICE', major = NULL, function = 7"
	        " WHERE function = 3; UPDATE site SET function = 7;"
	        "INSERT INTO site VALUES(2, 9, 'ExAllocatePool2', 'POOL', '/drv/tu1.c', 5, 9, "
	        "5, 40,"
	        " NULL, NULL, NULL); INSERT INTO store VALUES(2, 'EXT.Data', '/drv/tu1.c', 6);"
	        "INSERT INTO outcome VALUES(1, 7, 'failure', '/drv/d.c', 126);"
	        "INSERT INTO outcome_slot VALUES(1, 1, 'EXT.Data');";

	(void)unused;
	EXPECT_SILENT("::g_Data", entry, LOAD("MyAdd", "# 125\nC - Free e v0\n"), global);
	EXPECT_LOST("LeakOnFailedLoad", "/drv/d.c(126)", "::g_Data", entry, LOAD("MyAdd", ""),
	            global);
	/* The driver is still there, and its device is not. */
	EXPECT_SILENT("::g_Data", adds, LOAD("MyAdd", "# 125\nC - Free e v0\n"), global);
	EXPECT_LOST("LeakOnFailedLoad", "/drv/d.c(126)", "EXT.Data", adds, LOAD("MyAdd", ""),
	            FILL("W v1:Data v2 ^EXT.Data\n"));
	EXPECT_LOST("LeakOnFailedLoad", "/drv/d.c(126)", "EXT.Data", shown, LOAD("MyAdd", ""),
	            FILL("W v1:Data v2 ^EXT.Data\n"));
}

/* The facts name static routines by their file. */
static void static_routines(void **unused)
{
	static const char keys[] =
	        "UPDATE function SET key = '/drv/d.c:' || name WHERE id IN (2, 3)";
	static const char functions[] = FILL_ANEW UNLOAD_FREES;
	g_autofree char *control = slots_with(functions, "MyControl e", "MyControl s");
	g_autofree char *both = slots_with(control, "MyUnload e", "MyUnload s");
	g_autofree char *fill = g_strconcat(slots_fill_once, UNLOAD_FREES, NULL);
	g_autofree char *once = slots_with(fill, "MyControl e", "MyControl s");
	g_autofree char *both_once = slots_with(once, "MyUnload e", "MyUnload s");

	(void)unused;
	EXPECT_LOST("LeakOnOverwrite", at_store, "::g_Data", keys, both);
	EXPECT_SILENT("::g_Data", keys, both_once);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(stopped_device),   cmocka_unit_test(context_of_a_file),
	        cmocka_unit_test(global_of_a_file), cmocka_unit_test(routines_in_a_table),
	        cmocka_unit_test(static_routines),  cmocka_unit_test(table_with_gaps),
	        cmocka_unit_test(load_that_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
