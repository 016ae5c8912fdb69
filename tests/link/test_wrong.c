/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* WrongFree of what a slot holds, and LeakInCallback where a callback has other users. */
#include "support.h"

#include <string.h>

#define FREES(function, api, kind, path, line)                                                 \
	"INSERT INTO release VALUES(" function ", '" api "', '" kind "', '" path               \
	"', '/drv/entry.c', " line ");"
#define MDL_SLOT "DEVICE_EXTENSION.Mdl"
#define AS_POOL(function, path) FREES(function, "ExFreePool", "POOL", path, "45")
#define AS_MDL(function, path) FREES(function, "IoFreeMdl", "MDL", path, "46")

/* A second site, in the same slot. */
#define SITE(api, kind)                                                                        \
	"INSERT INTO site VALUES(2, 3, '" api "', '" kind "', '/drv/ioctl.c', 55, 20, 55, 62," \
	" NULL, NULL, NULL);"                                                                  \
	"INSERT INTO store VALUES(2, '" MDL_SLOT "', '/drv/ioctl.c', 56);"

/* base_driver with its MDL in the extension, and more. */
static unsigned with(const char *rule, const char *more)
{
	g_autofree char *sql = g_strconcat(base_driver, mdl_in_extension, more, NULL);

	return count_linked(rule, sql, NULL);
}

static void of_another_family_only(void **unused)
{
	(void)unused;
	assert_int_equal(with("WrongFree", ""), 0);
	assert_int_equal(with("WrongFree", AS_MDL("2", MDL_SLOT)), 0);
	assert_int_equal(with("WrongFree", AS_POOL("2", MDL_SLOT)), 1);
	assert_int_equal(with("LeakAtUnload", AS_POOL("2", MDL_SLOT)), 0);
	/* One row of the routine fits, or another release of the slot. */
	assert_int_equal(with(NULL, AS_POOL("2", MDL_SLOT) AS_MDL("4", MDL_SLOT)), 0);
	/* Another slot. */
	assert_int_equal(with("WrongFree", AS_POOL("2", "DEVICE_EXTENSION.Buffer")), 0);
	assert_int_equal(with("LeakAtUnload", AS_POOL("2", "DEVICE_EXTENSION.Buffer")), 1);
	/* In the driver's normal work it is as wrong. */
	assert_int_equal(with("WrongFree", AS_POOL("3", MDL_SLOT)), 1);
}

/* Where the slot is emptied under another name, what is freed there is something else. */
static void through_another_slot(void **unused)
{
	static const char alias[] =
	        "INSERT INTO alias VALUES(3, 'DEVICE_EXTENSION.Last', '" MDL_SLOT "');";
	g_autofree char *right = g_strconcat(alias, AS_POOL("2", MDL_SLOT),
	                                     AS_MDL("2", "DEVICE_EXTENSION.Last"), NULL);
	g_autofree char *wrong =
	        g_strconcat(alias, AS_POOL("2", "DEVICE_EXTENSION.Last"), NULL);

	(void)unused;
	assert_int_equal(with("WrongFree", right), 0);
	assert_int_equal(with("WrongFree", wrong), 1);
}

static void slots_of_several_kinds(void **unused)
{
	(void)unused;
	assert_int_equal(
	        with("WrongFree", SITE("ExAllocatePool", "POOL") AS_POOL("2", MDL_SLOT)), 0);
	/* One finding for the slot, whoever fills it. */
	assert_int_equal(with("WrongFree",
	                      SITE("MmAllocateMdlForIoSpace", "MDL") AS_POOL("2", MDL_SLOT)),
	                 1);
	assert_int_equal(with("LeakAtUnload",
	                      SITE("MmAllocateMdlForIoSpace", "MDL") AS_POOL("2", MDL_SLOT)),
	                 0);
}

/* What the table says may be mixed. */
static void mixes(void **unused)
{
	static const struct {
		const char *api, *kind, *by, *of;
		unsigned wrong;
	} pairs[] = {
	        {"IoAllocateMdl", "MDL", "ExFreePool", "POOL", 1},
	        {"MmAllocatePagesForMdl", "POOL", "IoFreeMdl", "MDL", 0},
	        {"ExAllocatePool", "POOL", "IoFreeMdl", "MDL", 1},
	        {"ExAllocatePool", "POOL", "SeDeassignSecurity", "DESCRIPTOR", 0},
	        {"SeAssignSecurity", "DESCRIPTOR", "RtlFreeSid", "POOL", 0},
	        {"IoAllocateIrp", "IRP", "IofCompleteRequest", "THREADED_IRP", 0},
	        {"IoAllocateIrp", "IRP", "ExFreePool", "POOL", 1},
	        {"ZwOpenKey", "HANDLE", "ObfDereferenceObject", "OBJECT", 1},
	        {"ObReferenceObjectByHandle", "OBJECT", "ZwClose", "HANDLE", 1},
	        {"IoCreateDevice", "DEVICE", "ObfDereferenceObject", "OBJECT", 0},
	        {"ExAllocateFromPagedLookasideList", "LOOKASIDE_ENTRY", "ExFreePool", "POOL",
	         1},
	        /* Acquired by a routine of the driver that says so: of what family? */
	        {"DriverAllocate", "POOL", "IoFreeMdl", "MDL", 0},
	};

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
		g_autofree char *more = g_strdup_printf(
		        "UPDATE site SET api = '%s', kind = '%s';"
		        "INSERT INTO release VALUES(2, '%s', '%s', '" MDL_SLOT "', '/x.c', 9)",
		        pairs[i].api, pairs[i].kind, pairs[i].by, pairs[i].of);

		if (with("WrongFree", more) != pairs[i].wrong)
			fail_msg("%s, %s", pairs[i].api, pairs[i].by);
	}
}

static void what_it_says(void **unused)
{
	struct driver *driver = driver_new();
	g_autofree char *sql =
	        g_strconcat(base_driver, mdl_in_extension, AS_POOL("2", MDL_SLOT), NULL);
	struct l62_result *result;
	const struct l62_finding *f;

	(void)unused;
	driver_tu(driver, "a.c", sql);
	result = driver_link(driver);
	assert_int_equal(count_rule(result, NULL), 1);
	f = only(result, "WrongFree");
	assert_string_equal(f->message,
	                    "wrong free: 'ext->Mdl' from IoAllocateMdl (tag VMdl) stays in "
	                    "DEVICE_EXTENSION.Mdl and goes to ExFreePool, not to IoFreeMdl");
	assert_string_equal(f->at.file, "/drv/entry.c");
	assert_int_equal(f->at.line, 45);
	assert_int_equal(f->site.line, 50);
	assert_string_equal(f->slot, MDL_SLOT);
	assert_false(f->counted);
	assert_int_equal(f->flow[0]->len, 4);
	assert_string_equal(step(f, 0, 0)->message,
	                    "IRP_MJ_DEVICE_CONTROL dispatch routine MyControl");
	assert_string_equal(step(f, 0, 1)->message, "IoAllocateMdl allocates here");
	assert_string_equal(step(f, 0, 2)->message, "stored in DEVICE_EXTENSION.Mdl");
	assert_string_equal(step(f, 0, 3)->message, "DEVICE_EXTENSION.Mdl goes to ExFreePool");
	assert_int_equal(step(f, 0, 3)->at.line, 45);
	l62_result_free(result);
	driver_free(driver);
}

#define PATH(line, rule)                                                                       \
	"INSERT INTO path_leak VALUES(" line ", 1, '/drv/entry.c', " line ", 1, " line         \
	", 9, 2, 'wrong free: on a path');"                                                    \
	"INSERT INTO path_rule VALUES(" line ", '" rule "', NULL);"

/* What a path has shown at a line is said once; at another line it is another one. */
static void on_a_path_too(void **unused)
{
	(void)unused;
	assert_int_equal(with("WrongFree", PATH("45", "WrongFree")), 1);
	assert_int_equal(with("WrongFree", AS_POOL("2", MDL_SLOT) PATH("45", "WrongFree")), 1);
	assert_int_equal(with("WrongFree", AS_POOL("2", MDL_SLOT) PATH("47", "WrongFree")), 2);
	assert_int_equal(with(NULL, AS_POOL("2", MDL_SLOT) PATH("45", "WrongFree")), 1);
}

/* A member, when its object goes. */
static void members_of_objects(void **unused)
{
	static const char object[] =
	        "DELETE FROM outcome_slot; DELETE FROM store; DELETE FROM outcome;"
	        "INSERT INTO member VALUES(1, 'JOB.Mdl', 'only', '/drv/ioctl.c', 51);"
	        "INSERT INTO disposal VALUES(4, 'JOB', 'ExFreePool', NULL, 0, '/drv/ioctl.c', "
	        "75,"
	        " 2, 75, 20);";
	g_autofree char *wrong = g_strconcat(object, AS_POOL("5", "JOB.Mdl"), NULL);
	g_autofree char *right =
	        g_strconcat(object, AS_MDL("4", "JOB.Mdl"),
	                    "INSERT INTO mention VALUES(4, 'JOB', 'Mdl', NULL);", NULL);

	(void)unused;
	assert_int_equal(with("LeakWithOwner", object), 1);
	assert_int_equal(with("LeakWithOwner", wrong), 0);
	assert_int_equal(with("WrongFree", wrong), 1);
	assert_int_equal(with(NULL, right), 0);
}

/* The callback is function 5 of the TU, at /drv/ioctl.c(90). */
static void callbacks(void **unused)
{
	static const char leak[] = "INSERT INTO path_leak VALUES(1, 1, '/drv/ioctl.c', 95, 1, "
	                           "95, 9, 5, 'leak in');"
	                           "INSERT INTO path_rule VALUES(1, 'LeakInCallback', 5);";
	static const char named[] = "INSERT INTO function VALUES"
	                            " (1, 'Other', 'Other', '/drv/other.c', 1, 9, 1, NULL),"
	                            " (2, 'Helper', 'Helper', NULL, NULL, NULL, 0, NULL);"
	                            "INSERT INTO call VALUES(1, 2, 5, 0);";
	g_autofree char *sql = g_strconcat(base_driver, leak, NULL);
	g_autofree char *here = g_strconcat(sql, "INSERT INTO call VALUES(3, 5, 52, 0)", NULL);

	(void)unused;
	assert_int_equal(count_linked("LeakInCallback", sql, NULL), 1);
	assert_int_equal(count_linked("LeakOnPath", sql, NULL), 0);
	assert_int_equal(count_linked("LeakInCallback", here, NULL), 1);
	assert_int_equal(count_linked(NULL, here, named, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(of_another_family_only),
	        cmocka_unit_test(through_another_slot),
	        cmocka_unit_test(slots_of_several_kinds),
	        cmocka_unit_test(mixes),
	        cmocka_unit_test(what_it_says),
	        cmocka_unit_test(on_a_path_too),
	        cmocka_unit_test(members_of_objects),
	        cmocka_unit_test(callbacks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
