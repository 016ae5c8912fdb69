/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* LeakAtUnload: leaking drivers and their corrected twins. */
#include "support.h"

#include <string.h>

/* base_driver with its MDL in the extension, and more. */
static unsigned with(const char *more)
{
	g_autofree char *sql = g_strconcat(base_driver, mdl_in_extension, more, NULL);

	return count_linked("LeakAtUnload", sql, NULL);
}

/* base_driver with its MDL in slot, and more. */
static unsigned in_slot(const char *slot, const char *more)
{
	g_autofree char *sql =
	        g_strdup_printf("%sINSERT INTO store VALUES(1, '%s', '/drv/ioctl.c', 51);%s",
	                        base_driver, slot, more);

	return count_linked("LeakAtUnload", sql, NULL);
}

#define FREES(function, path)                                                                  \
	"INSERT INTO release VALUES(" function ", 'IoFreeMdl', 'MDL', '" path                  \
	"', '/drv/x.c', 45);"
#define FREES_MDL(function) FREES(function, "DEVICE_EXTENSION.Mdl")

static void freed_on_teardown_or_not(void **unused)
{
	(void)unused;
	assert_int_equal(with(""), 1);
	assert_int_equal(with(FREES_MDL("2")), 0);
	assert_int_equal(with(FREES_MDL("4")), 0);
	assert_int_equal(with(FREES_MDL("3")), 1);
	assert_int_equal(with(FREES_MDL("5")), 1);
	assert_int_equal(with(FREES_MDL("5") "INSERT INTO call VALUES(2, 5, 44, 1)"), 0);
	assert_int_equal(with(FREES_MDL("5") "INSERT INTO call VALUES(4, 5, 44, 0)"), 0);
	assert_int_equal(with(FREES("2", "DEVICE_EXTENSION.Irp")), 1);
}

/* A call that fills the slot is no second site. */
static void told_once(void **unused)
{
#define IN_HELPER(path, line)                                                                  \
	"INSERT INTO site VALUES(2, 5, 'IoAllocateMdl', 'MDL', '/drv/ioctl.c', 95, 9, 95, 40," \
	" NULL, 'VMdl', 'ext->Mdl');"                                                          \
	"INSERT INTO store VALUES(2, '" path "', '/drv/ioctl.c', 95);"                         \
	"INSERT INTO call VALUES(3, 5, " line ", 1);"
	(void)unused;
	assert_int_equal(with(IN_HELPER("DEVICE_EXTENSION.Mdl", "50")), 1);
	assert_int_equal(with(IN_HELPER("DEVICE_EXTENSION.Mdl", "40")), 2);
	assert_int_equal(with(IN_HELPER("DEVICE_EXTENSION.Other", "50")), 2);
}

static void which_majors_tear_down(void **unused)
{
	static const struct {
		int major;
		unsigned leaks;
	} majors[] = {{2, 0}, {18, 0}, {27, 0}, {-1, 0}, {16, 1}, {0, 1}, {14, 1}, {22, 1}};

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(majors); i++) {
		g_autofree char *more = g_strdup_printf(
		        "INSERT INTO role VALUES(5, 'DISPATCH', %d, '/x.c', 9);%s",
		        majors[i].major, FREES_MDL("5"));

		assert_int_equal(with(more), majors[i].leaks);
	}
	/* Known to be a dispatch routine, of what is not: any. */
	assert_int_equal(
	        with("INSERT INTO role VALUES(5, 'DISPATCH', NULL, '/x.c', 9);" FREES_MDL("5")),
	        0);
	assert_int_equal(with("INSERT INTO role VALUES(5, 'DISPATCH', NULL, '/x.c', 9),"
	                      " (5, 'DISPATCH', 3, '/x.c', 9);" FREES_MDL("5")),
	                 1);
}

static void globals(void **unused)
{
	(void)unused;
	assert_int_equal(in_slot("::g_Mdl", ""), 1);
	assert_int_equal(in_slot("::g_Mdl", FREES("2", "::g_Mdl")), 0);
	assert_int_equal(in_slot("::ioctl.c:g_Mdl", ""), 1);
	assert_int_equal(in_slot("::ioctl.c:g_Mdl", FREES("2", "::ioctl.c:g_Mdl")), 0);
	assert_int_equal(in_slot("::ioctl.c:g_Mdl", FREES("2", "::entry.c:g_Mdl")), 1);
}

static void only_lasting_slots(void **unused)
{
	(void)unused;
	assert_int_equal(in_slot("REQUEST.Mdl", ""), 0);
	assert_int_equal(in_slot("REQUEST.Mdl", "INSERT INTO extension VALUES('REQUEST')"), 1);
	assert_int_equal(in_slot("FILE_OBJECT.FsContext", ""), 1);
	assert_int_equal(in_slot("FILE_OBJECT.FileName.Buffer", ""), 0);
	assert_int_equal(in_slot("FILE_OBJECT.FsContext.Mdl", ""), 0);
	assert_int_equal(in_slot("param 1*", ""), 0);
	assert_int_equal(in_slot("DEVICE_EXTENSION_2.Mdl", ""), 0);
}

static void lists(void **unused)
{
	static const char slot[] = "list DEVICE_EXTENSION.Pending";

	(void)unused;
	assert_int_equal(in_slot(slot, ""), 1);
	assert_int_equal(in_slot("list ::g_Pending", ""), 1);
	assert_int_equal(in_slot("list REQUEST.Pending", ""), 0);
	assert_int_equal(in_slot(slot, FREES("2", "list DEVICE_EXTENSION.Pending")), 0);
	assert_int_equal(in_slot(slot, FREES("2", "DEVICE_EXTENSION.Pending")), 1);
	/* A worker takes entries out one by one: the list is not drained at unload. */
	assert_int_equal(
	        in_slot(slot, "INSERT INTO role VALUES(5, 'THREAD', NULL, '/x.c', 1);" FREES(
	                              "5", "list DEVICE_EXTENSION.Pending")),
	        1);
}

#define ALIAS(function, path, source)                                                          \
	"INSERT INTO alias VALUES(" function ", '" path "', '" source "');"
#define PASSES(callee, index, path)                                                            \
	"INSERT INTO call_arg VALUES(2, " callee ", " index ", '" path "');"

/* What has moved to another list is freed with that one, however often it moves on. */
static void entries_that_change_lists(void **unused)
{
	static const char slot[] = "list DEVICE_EXTENSION.Todo";
	static const char on[] =
	        ALIAS("3", "list DEVICE_EXTENSION.Doing", "list DEVICE_EXTENSION.Todo")
	                ALIAS("3", "list DEVICE_EXTENSION.Done", "list DEVICE_EXTENSION.Doing");
	/* Helper(&ext->Todo, &ext->Done) moves them all, and unload empties a local. */
	static const char helper[] = ALIAS("5", "list param 1", "list param 0")
	        PASSES("5", "0", "&DEVICE_EXTENSION.Todo");
	g_autofree char *freed =
	        g_strconcat(on, FREES("2", "list DEVICE_EXTENSION.Done"), NULL);
	g_autofree char *other =
	        g_strconcat(on, FREES("2", "list DEVICE_EXTENSION.Other"), NULL);
	g_autofree char *local =
	        g_strconcat(helper, PASSES("5", "1", "&local ::entry.c:MyUnload:old"),
	                    FREES("2", "list local ::entry.c:MyUnload:old"), NULL);
	g_autofree char *elsewhere =
	        g_strconcat(helper, PASSES("5", "1", "&DEVICE_EXTENSION.Other"),
	                    FREES("2", "list local ::entry.c:MyUnload:old"), NULL);

	(void)unused;
	assert_int_equal(in_slot(slot, on), 1);
	assert_int_equal(in_slot(slot, freed), 0);
	assert_int_equal(in_slot(slot, other), 1);
	assert_int_equal(in_slot(slot, local), 0);
	assert_int_equal(in_slot(slot, elsewhere), 1);
}

/* An entry that waits with an IRP is released with it, whoever completes that. */
static void entries_of_requests(void **unused)
{
	static const char slot[] = "list DEVICE_EXTENSION.Waiting";
	static const char frees[] = FREES("5", "list DEVICE_EXTENSION.Waiting");
	static const char completes[] = "INSERT INTO site_record VALUES(1, 'WAITER');"
	                                "INSERT INTO release VALUES(5, 'IofCompleteRequest', "
	                                "'THREADED_IRP', 'WAITER.Irp',"
	                                " '/drv/x.c', 46);";
	static const char hangs[] =
	        "INSERT INTO store VALUES(1, 'IRP.Tail.Overlay.DriverContext',"
	        " '/drv/ioctl.c', 52);";
	g_autofree char *both = g_strconcat(frees, completes, NULL);
	g_autofree char *hanging = g_strconcat(frees, hangs, NULL);

	(void)unused;
	assert_int_equal(in_slot(slot, frees), 1);
	assert_int_equal(in_slot(slot, completes), 1);
	assert_int_equal(in_slot(slot, hangs), 1);
	assert_int_equal(in_slot(slot, both), 0);
	assert_int_equal(in_slot(slot, hanging), 0);
}

/* What the driver started has ended before it goes. */
#define POINTS_TO(slot, target, link)                                                          \
	"INSERT INTO points_to VALUES('" slot "', '" target "', " link ");"

/* *ext->Last = entry; ext->Last = &entry->Next */
static void lists_with_an_end(void **unused)
{
	static const char end[] = "DEVICE_EXTENSION.Last*";
	static const char known[] =
	        POINTS_TO("DEVICE_EXTENSION.Last", "DEVICE_EXTENSION.First", "0")
	                POINTS_TO("DEVICE_EXTENSION.Last", "ENTRY.Next", "1");
	static const char *const freed[] = {FREES("2", "DEVICE_EXTENSION.First"),
	                                    FREES("2", "ENTRY.Next")};
	g_autofree char *other = g_strconcat(known, FREES("2", "DEVICE_EXTENSION.Other"), NULL);
	struct driver *driver;
	g_autofree char *sql = g_strconcat(
	        base_driver,
	        "INSERT INTO store VALUES(1, 'DEVICE_EXTENSION.Last*', '/drv/ioctl.c', 51);",
	        known, NULL);

	(void)unused;
	assert_int_equal(in_slot(end, known), 1);
	assert_int_equal(in_slot(end, other), 1);
	for (size_t i = 0; i < G_N_ELEMENTS(freed); i++) {
		g_autofree char *more = g_strconcat(known, freed[i], NULL);

		assert_int_equal(in_slot(end, more), 0);
		assert_int_equal(in_slot(end, freed[i]), 1);
	}
	/* Nobody knows where it began. */
	assert_int_equal(in_slot(end, POINTS_TO("DEVICE_EXTENSION.Last", "ENTRY.Next", "1")),
	                 0);
	/* No list: a table of pointers. */
	assert_int_equal(
	        in_slot(end, POINTS_TO("DEVICE_EXTENSION.Last", "DEVICE_EXTENSION.Own", "0")),
	        1);
	driver = driver_new();
	driver_tu(driver, "a.c", sql);
	l62_result_free(driver_link(driver));
	assert_int_equal(driver_integer(driver, "SELECT count(*) FROM finding"
	                                        " WHERE slot = 'DEVICE_EXTENSION.First'"),
	                 1);
	driver_free(driver);
}

/* Who gives back the last reference frees the object. */
static void own_references(void **unused)
{
	static const char frees[] = "INSERT INTO release VALUES(2, 'ExFreePool', 'POOL',"
	                            " 'DEVICE_EXTENSION.Mdl', '/drv/x.c', 45);";
	static const struct {
		const char *api, *freed;
		unsigned leaks, wrong;
	} references[] = {{"reference", "", 1, 0},
	                  {"reference", frees, 0, 0},
	                  {"ObReferenceObjectByHandle", "", 1, 0},
	                  {"ObReferenceObjectByHandle", frees, 0, 1}};

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(references); i++) {
		g_autofree char *sql = g_strdup_printf(
		        "%s%sUPDATE site SET api = '%s', kind = 'OBJECT' WHERE id = 1;%s",
		        base_driver, mdl_in_extension, references[i].api, references[i].freed);

		assert_int_equal(count_linked("ObjectReferenceLeak", sql, NULL),
		                 references[i].leaks);
		assert_int_equal(count_linked("WrongFree", sql, NULL), references[i].wrong);
	}
}

static void callbacks_that_end(void **unused)
{
	static const struct {
		const char *role;
		unsigned leaks;
	} roles[] = {{"THREAD", 0}, {"WORK_ITEM", 0}, {"COMPLETION", 0}, {"DPC", 0},
	             {"TIMER", 0},  {"CANCEL", 1},    {"START_IO", 1},   {"NOTIFY", 1}};

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(roles); i++) {
		g_autofree char *more =
		        g_strdup_printf("INSERT INTO role VALUES(5, '%s', NULL, '/x.c', 9);%s",
		                        roles[i].role, FREES_MDL("5"));

		assert_int_equal(with(more), roles[i].leaks);
	}
	/* A DPC calls what frees; or only knows its address. */
	assert_int_equal(with("INSERT INTO function VALUES"
	                      " (6, 'Dpc', 'Dpc', '/drv/d.c', 1, 9, 1, NULL);"
	                      "INSERT INTO role VALUES(6, 'DPC', NULL, '/x.c', 9);"
	                      "INSERT INTO call VALUES(6, 5, 5, 1);" FREES_MDL("5")),
	                 0);
	assert_int_equal(with("INSERT INTO function VALUES"
	                      " (6, 'Dpc', 'Dpc', '/drv/d.c', 1, 9, 1, NULL);"
	                      "INSERT INTO role VALUES(6, 'DPC', NULL, '/x.c', 9);"
	                      "INSERT INTO call VALUES(6, 5, 5, 0);" FREES_MDL("5")),
	                 1);
}

static void without_unload_nothing_is_said(void **unused)
{
	(void)unused;
	assert_int_equal(with("DELETE FROM role WHERE role = 'DRIVER_UNLOAD'"), 0);
	assert_int_equal(with("UPDATE function SET file = NULL WHERE id = 2"), 0);
	assert_int_equal(with("UPDATE function SET name = 'Start', key = 'Start' WHERE id = 1"),
	                 1);
}

/* A dispatch routine that was not seen may free what extensions hold. */
static void unseen_teardown(void **unused)
{
	(void)unused;
	assert_int_equal(with("UPDATE function SET file = NULL WHERE id = 4"), 0);
	assert_int_equal(in_slot("::g_Mdl", "UPDATE function SET file = NULL WHERE id = 4"), 1);
	/* Another driver's unload routine, which is declared only, does not matter. */
	assert_int_equal(with("INSERT INTO function(id, key, name) VALUES(6, 'Gone', 'Gone');"
	                      "INSERT INTO role VALUES(6, 'DRIVER_UNLOAD', NULL, '/x.c', 9);"),
	                 1);
	/* One that is declared and nowhere assigned does not matter. */
	assert_int_equal(with("INSERT INTO function(id, key, name) VALUES(6, 'Gone', 'Gone');"
	                      "INSERT INTO role VALUES(6, 'DISPATCH', NULL, '/x.c', 9);"),
	                 1);
}

static void exits_decide_what_stays(void **unused)
{
	(void)unused;
	/* The only exit leaves it elsewhere, or nowhere. */
	assert_int_equal(with("DELETE FROM outcome_slot"), 0);
	assert_int_equal(with("UPDATE outcome_slot SET path = 'return'"), 0);
	/* No exit is known: the store is believed. */
	assert_int_equal(with("DELETE FROM outcome_slot; DELETE FROM outcome"), 1);
	/* One of several exits is enough, also a failing one of a dispatch routine. */
	assert_int_equal(with("INSERT INTO outcome VALUES(2, 3, 'failure', '/x.c', 57)"), 1);
	assert_int_equal(with("UPDATE outcome SET result = 'failure'"), 1);
	/* The exit of a caller that keeps what MyControl returned. */
	assert_int_equal(with("INSERT INTO outcome VALUES(2, 5, 'success', '/x.c', 98);"
	                      "UPDATE outcome_slot SET outcome = 2"),
	                 1);
	/* Seen on an exit only: there was no assignment. */
	assert_int_equal(with("DELETE FROM store"), 1);
}

/* After a failed DriverEntry there is no unload. */
static void failed_load_is_another_rule(void **unused)
{
	static const char in_entry[] = "UPDATE site SET function = 1; UPDATE outcome SET "
	                               "function = 1, result = 'failure';";
	g_autofree char *add_device =
	        g_strconcat("INSERT INTO role VALUES(5, 'ADD_DEVICE', NULL, '/x.c', 9);"
	                    "UPDATE site SET function = 5; UPDATE outcome SET function = 5,"
	                    " result = 'failure';",
	                    NULL);
	g_autofree char *and_global = g_strconcat(
	        add_device,
	        "UPDATE store SET path = '::g_Mdl'; UPDATE outcome_slot SET path = '::g_Mdl'",
	        NULL);
	g_autofree char *and_success =
	        g_strconcat(in_entry, "UPDATE outcome SET result = 'success'", NULL);

	(void)unused;
	assert_int_equal(with(in_entry), 0);
	assert_int_equal(with(and_success), 1);
	assert_int_equal(with(add_device), 0);
	assert_int_equal(with(and_global), 1);
}

static void one_finding_per_site(void **unused)
{
	(void)unused;
	assert_int_equal(with("INSERT INTO store VALUES(1, '::g_Mdl', '/x.c', 60);"
	                      "INSERT INTO outcome_slot VALUES(1, 1, '::g_Mdl')"),
	                 1);
	/* Freed through the other slot. */
	assert_int_equal(with("INSERT INTO store VALUES(1, '::g_Mdl', '/x.c', 60);" FREES(
	                         "2", "::g_Mdl")),
	                 0);
}

static unsigned of_kind(const char *kind, const char *rule)
{
	g_autofree char *sql = g_strdup_printf("%s%sUPDATE site SET kind = '%s'", base_driver,
	                                       mdl_in_extension, kind);

	return count_linked(rule, sql, NULL);
}

/* Undone by a request, before the system would unload the driver. */
static void registrations_pin_the_driver(void **unused)
{
	g_autofree char *sql = g_strconcat(
	        base_driver, mdl_in_extension, "UPDATE site SET kind = 'REGISTRATION';",
	        "INSERT INTO release VALUES(3, 'IoUnregisterPlugPlayNotification',"
	        " 'REGISTRATION', 'DEVICE_EXTENSION.Mdl', '/drv/x.c', 45);",
	        NULL);

	(void)unused;
	assert_int_equal(count_linked("RegistrationLeak", sql, NULL), 0);
}

static void kinds(void **unused)
{
	(void)unused;
	assert_int_equal(of_kind("POOL", "LeakAtUnload"), 1);
	assert_int_equal(of_kind("HANDLE", "HandleLeak"), 1);
	assert_int_equal(of_kind("HANDLE", "LeakAtUnload"), 0);
	assert_int_equal(of_kind("LOOKASIDE", "LookasideLeak"), 1);
	assert_int_equal(of_kind("REGISTRATION", "RegistrationLeak"), 1);
	/* The system has a list of a driver's devices. */
	assert_int_equal(of_kind("DEVICE", NULL), 0);
}

static void told_in_one_sentence(void **unused)
{
	static const struct {
		const char *change, *message;
	} cases[] = {
	        {"UPDATE site SET kind = 'WORK_ITEM', api = 'IoAllocateWorkItem', tag = 'Vfwi',"
	         " variable = 'ext->WorkItem'",
	         "leak at unload: 'ext->WorkItem' from IoAllocateWorkItem (tag Vfwi) stays in "
	         "DEVICE_EXTENSION.Mdl; nothing reachable from DriverUnload, IRP_MJ_CLOSE, "
	         "IRP_MJ_CLEANUP or IRP_MN_REMOVE_DEVICE frees it"},
	        {"UPDATE site SET kind = 'POOL', api = 'ExAllocatePool2', tag = 'mdrv', size = "
	         "4096",
	         "leak at unload: 'ext->Mdl' from ExAllocatePool2 (4096 bytes, tag mdrv) stays "
	         "in "},
	        {"UPDATE site SET kind = 'POOL', api = 'ExAllocatePool', tag = NULL, size = 1,"
	         " variable = NULL",
	         "leak at unload: pool from ExAllocatePool (1 byte) stays in "},
	        {"UPDATE site SET kind = 'HANDLE', api = 'ZwOpenKey', tag = NULL",
	         "IRP_MN_REMOVE_DEVICE releases it"},
	        /* The tag that Driver Verifier gives. */
	        {"UPDATE site SET tag = NULL", "from IoAllocateMdl (tag VMdl) stays in "},
	        {"UPDATE store SET path = '::a/b.c:g_Mdl';"
	         "UPDATE outcome_slot SET path = '::a/b.c:g_Mdl'",
	         "stays in global g_Mdl; nothing"},
	        {"UPDATE store SET path = 'list DEVICE_EXTENSION.Pending';"
	         "UPDATE outcome_slot SET path = 'list DEVICE_EXTENSION.Pending'",
	         "stays in list DEVICE_EXTENSION.Pending; nothing"},
	        {"UPDATE store SET path = 'DEVICE_EXTENSION.Mdl*';"
	         "UPDATE outcome_slot SET path = 'DEVICE_EXTENSION.Mdl*'",
	         "stays in what DEVICE_EXTENSION.Mdl points to; nothing"},
	        {"UPDATE store SET path = 'DEVICE_EXTENSION.Name*.Buffer';"
	         "UPDATE outcome_slot SET path = 'DEVICE_EXTENSION.Name*.Buffer'",
	         "stays in DEVICE_EXTENSION.Name->Buffer; nothing"},
	};

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct driver *driver = driver_new();
		g_autofree char *sql =
		        g_strconcat(base_driver, mdl_in_extension, cases[i].change, NULL);
		struct l62_result *result;

		driver_tu(driver, "a.c", sql);
		result = driver_link(driver);
		assert_int_equal(result->findings->len, 1);
		assert_contains(((struct l62_finding *)result->findings->pdata[0])->message,
		                cases[i].message);
		l62_result_free(result);
		driver_free(driver);
	}
}

static void expect_step(const struct l62_finding *finding, int flow, unsigned index,
                        const char *file, int line, const char *message)
{
	const struct l62_step *s = step(finding, flow, index);

	assert_string_equal(s->message, message);
	assert_string_equal(s->at.file, file);
	assert_int_equal(s->at.line, line);
}

static const struct l62_also *also(const struct l62_finding *finding)
{
	return &g_array_index(finding->also, struct l62_also, 0);
}

static void both_flows(void **unused)
{
	static const char more[] =
	        "INSERT INTO call VALUES(2, 5, 44, 1);"
	        /* Of the same record: told; of another one and of globals: not. */
	        "INSERT INTO release VALUES"
	        " (5, 'ExFreePool', 'POOL', 'DEVICE_EXTENSION.Table', '/drv/ioctl.c', 95),"
	        " (4, 'IoFreeIrp', 'IRP', 'DEVICE_EXTENSION.Irp', '/drv/ioctl.c', 75),"
	        " (4, 'IoFreeIrp', 'THREADED_IRP', 'DEVICE_EXTENSION.Irp', '/drv/ioctl.c', 75),"
	        " (2, 'ExFreePool', 'POOL', 'REQUEST.Data', '/drv/entry.c', 46),"
	        " (2, 'ExFreePool', 'POOL', '::g_Data', '/drv/entry.c', 47);";
	struct driver *driver = driver_new();
	g_autofree char *sql = g_strconcat(base_driver, mdl_in_extension, more, NULL);
	struct l62_result *result;
	const struct l62_finding *f;

	(void)unused;
	driver_tu(driver, "a.c", sql);
	result = driver_link(driver);
	f = only(result, "LeakAtUnload");
	assert_string_equal(f->at.file, "/drv/ioctl.c");
	assert_int_equal(f->at.line, 50);
	assert_int_equal(f->at.col, 20);
	assert_int_equal(f->at.end_line, 50);
	assert_int_equal(f->at.end_col, 62);
	assert_string_equal(f->slot, "DEVICE_EXTENSION.Mdl");

	assert_int_equal(f->flow[0]->len, 3);
	expect_step(f, 0, 0, "/drv/ioctl.c", 20,
	            "IRP_MJ_DEVICE_CONTROL dispatch routine MyControl");
	expect_step(f, 0, 1, "/drv/ioctl.c", 50, "IoAllocateMdl allocates here");
	assert_int_equal(step(f, 0, 1)->at.col, 20);
	expect_step(f, 0, 2, "/drv/ioctl.c", 51, "stored in DEVICE_EXTENSION.Mdl");

	assert_int_equal(f->also->len, 1);
	assert_int_equal(also(f)->role, L62_ALSO_TEARDOWN);
	assert_string_equal(also(f)->at.file, "/drv/ioctl.c");
	assert_int_equal(also(f)->at.line, 80);
	assert_string_equal(also(f)->message,
	                    "MyClose frees DEVICE_EXTENSION.Irp, not DEVICE_EXTENSION.Mdl");

	assert_int_equal(f->flow[1]->len, 5);
	expect_step(f, 1, 0, "/drv/ioctl.c", 70, "IRP_MJ_CLOSE dispatch routine MyClose runs");
	expect_step(f, 1, 1, "/drv/ioctl.c", 75,
	            "MyClose frees DEVICE_EXTENSION.Irp with IoFreeIrp");
	expect_step(f, 1, 2, "/drv/entry.c", 40, "DriverUnload routine MyUnload runs");
	expect_step(f, 1, 3, "/drv/ioctl.c", 95,
	            "Helper frees DEVICE_EXTENSION.Table with ExFreePool");
	expect_step(f, 1, 4, "/drv/entry.c", 50,
	            "MyUnload returns without freeing DEVICE_EXTENSION.Mdl");
	l62_result_free(result);
	driver_free(driver);
}

/* A driver that frees a hundred other things is told in few steps. */
static void long_teardown_is_cut(void **unused)
{
	g_autoptr(GString) sql = g_string_new(base_driver);
	struct driver *driver = driver_new();
	struct l62_result *result;
	const struct l62_finding *f;

	(void)unused;
	g_string_append(sql, mdl_in_extension);
	for (int i = 0; i < 100; i++)
		g_string_append_printf(sql,
		                       "INSERT INTO release VALUES(%d, 'ExFreePool', 'POOL',"
		                       " 'DEVICE_EXTENSION.F%d', '/drv/x.c', %d);",
		                       i % 2 ? 2 : 4, i, i);
	driver_tu(driver, "a.c", sql->str);
	result = driver_link(driver);
	f = only(result, "LeakAtUnload");
	assert_int_equal(f->flow[1]->len, 10);
	assert_string_equal(step(f, 1, 0)->message, "DriverUnload routine MyUnload runs");
	assert_string_equal(step(f, 1, 1)->message,
	                    "MyUnload frees DEVICE_EXTENSION.F1 with ExFreePool");
	l62_result_free(result);
	driver_free(driver);
}

/* A caller in another TU has a site at its call; what stays is the callee's. */
static void once_for_a_call(void **unused)
{
	static const char call[] =
	        "INSERT INTO function(id, key, name, file, line, end_line, analysed) VALUES"
	        " (6, 'Fill', 'Fill', '/drv/fill.c', 10, 20, 1);"
	        "INSERT INTO site VALUES(2, 6, 'IoAllocateMdl', 'MDL', '/drv/fill.c', 12, 9, "
	        "12, 40,"
	        " NULL, 'VMdl', 'e->Mdl');"
	        "INSERT INTO store VALUES(2, '%s', '/drv/fill.c', 12);"
	        "INSERT INTO call VALUES(3, 6, %d, 1);";
	g_autofree char *same = g_strdup_printf(call, "DEVICE_EXTENSION.Mdl", 50);
	g_autofree char *elsewhere = g_strdup_printf(call, "DEVICE_EXTENSION.Mdl", 55);
	g_autofree char *other = g_strdup_printf(call, "DEVICE_EXTENSION.Other", 50);

	(void)unused;
	assert_int_equal(with(same), 1);
	assert_int_equal(with(elsewhere), 2);
	assert_int_equal(with(other), 2);
}

/* What hangs on an object is told where the object is freed without it. */
static void gone_with_its_owner(void **unused)
{
#define DISPOSES(function, line)                                                               \
	"INSERT INTO disposal VALUES(" function ", 'ITEM', 'ExFreePool', NULL, 0, '/drv/d.c'," \
	" " line ", 5, " line ", 20);"
	static const char item[] =
	        "INSERT INTO store VALUES(1, 'ITEM.Mdl', '/drv/ioctl.c', 51);"
	        "INSERT INTO extension VALUES('ITEM');";
	static const struct {
		const char *more;
		unsigned at_unload;
		int line; /* of the other rule, 0: none */
	} cases[] = {
	        {"", 1, 0},
	        {DISPOSES("2", "45"), 0, 45},
	        {DISPOSES("2", "45") "INSERT INTO mention VALUES(2, 'ITEM', 'Mdl', NULL);", 1,
	         0},
	        {DISPOSES("3", "44"), 0, 44},
	        /* The routine of the teardown before another one, and once. */
	        {DISPOSES("3", "44") DISPOSES("2", "45"), 0, 45},
	        {DISPOSES("2", "45") FREES("4", "ITEM.Mdl"), 0, 0},
	};

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *sql = g_strconcat(base_driver, item, cases[i].more, NULL);
		struct driver *driver = driver_new();
		struct l62_result *result;

		driver_tu(driver, "a.c", sql);
		result = driver_link(driver);
		assert_int_equal(count_rule(result, "LeakAtUnload"), cases[i].at_unload);
		assert_int_equal(count_rule(result, "LeakWithOwner"), cases[i].line != 0);
		if (cases[i].line)
			assert_int_equal(only(result, "LeakWithOwner")->at.line, cases[i].line);
		l62_result_free(result);
		driver_free(driver);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(freed_on_teardown_or_not),
	        cmocka_unit_test(told_once),
	        cmocka_unit_test(which_majors_tear_down),
	        cmocka_unit_test(globals),
	        cmocka_unit_test(only_lasting_slots),
	        cmocka_unit_test(lists),
	        cmocka_unit_test(lists_with_an_end),
	        cmocka_unit_test(entries_that_change_lists),
	        cmocka_unit_test(entries_of_requests),
	        cmocka_unit_test(own_references),
	        cmocka_unit_test(callbacks_that_end),
	        cmocka_unit_test(without_unload_nothing_is_said),
	        cmocka_unit_test(unseen_teardown),
	        cmocka_unit_test(exits_decide_what_stays),
	        cmocka_unit_test(failed_load_is_another_rule),
	        cmocka_unit_test(one_finding_per_site),
	        cmocka_unit_test(once_for_a_call),
	        cmocka_unit_test(gone_with_its_owner),
	        cmocka_unit_test(kinds),
	        cmocka_unit_test(registrations_pin_the_driver),
	        cmocka_unit_test(told_in_one_sentence),
	        cmocka_unit_test(both_flows),
	        cmocka_unit_test(long_teardown_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
