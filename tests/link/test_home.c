/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Records that last: what hangs on globals, extensions, file objects and IRPs. */
#include "support.h"

#include <string.h>

/*
 * base_driver, of which site 1 is put in CTX.Mdl, and site 2: a CTX that MyControl
 * makes.  More says where that CTX goes.
 */
static const char contexts[] =
        "INSERT INTO store VALUES(1, 'CTX.Mdl', '/drv/ioctl.c', 51);"
        "INSERT INTO outcome VALUES(1, 3, 'success', '/drv/ioctl.c', 59);"
        "INSERT INTO outcome_slot VALUES(1, 1, 'CTX.Mdl');"
        "INSERT INTO site VALUES(2, 3, 'ExAllocatePool2', 'POOL', '/drv/ioctl.c', 40, 9, 40, "
        "40,"
        " 64, 'xtC ', 'ctx');"
        "INSERT INTO site_record VALUES(2, 'CTX');";
/* Another CTX. */
#define SITE3                                                                                  \
	"INSERT INTO site VALUES(3, 3, 'ExAllocatePool2', 'POOL', '/drv/ioctl.c', 30, 9, 30,"  \
	" 40, 64, 'xtC ', 'tmp');"                                                             \
	"INSERT INTO site_record VALUES(3, 'CTX');"
#define STORE(site, path)                                                                      \
	"INSERT INTO store VALUES(" site ", '" path "', '/drv/ioctl.c', 41);"                  \
	"INSERT INTO outcome_slot VALUES(1, " site ", '" path "');"
#define FREES(function, kind, path)                                                            \
	"INSERT INTO release VALUES(" function ", 'Free', '" kind "', '" path                  \
	"', '/drv/x.c', 45);"
#define FREES_CTX(path) FREES("2", "POOL", path)
#define FREES_MDL(function) FREES(function, "MDL", "CTX.Mdl")
#define PART(record, part) "INSERT INTO part VALUES('" record "', '" part "');"

static unsigned with(const char *more)
{
	g_autofree char *sql = g_strconcat(base_driver, contexts, more, NULL);

	return count_linked("LeakAtUnload", sql, NULL);
}

/* What hangs on a slot: the CTX itself is freed, its MDL is not. */
static void members_of_contexts(void **unused)
{
	static const char *const slots[] = {"::g_Ctx",
	                                    "::ioctl.c:g_Ctx",
	                                    "DEVICE_EXTENSION.Ctx",
	                                    "DEVICE_EXTENSION.Table*",
	                                    "DRIVER_OBJECT.FastIoDispatch",
	                                    "FILE_OBJECT.FsContext",
	                                    "FILE_OBJECT.FsContext2"};

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(slots); i++) {
		g_autofree char *held = g_strdup_printf(STORE("2", "%s") FREES_CTX("%s"),
		                                        slots[i], slots[i], slots[i]);
		g_autofree char *freed = g_strconcat(held, FREES_MDL("2"), NULL);
		g_autofree char *closed = g_strconcat(held, FREES_MDL("4"), NULL);
		g_autofree char *worked = g_strconcat(held, FREES_MDL("3"), NULL);

		assert_int_equal(with(held), 1);
		assert_int_equal(with(freed), 0);
		assert_int_equal(with(closed), 0);
		assert_int_equal(with(worked), 1);
	}
	/* Neither is freed: two findings. */
	assert_int_equal(with(STORE("2", "::g_Ctx")), 2);
	assert_int_equal(with(STORE("2", "FILE_OBJECT.FsContext")), 2);
}

static void only_what_lasts(void **unused)
{
	(void)unused;
	assert_int_equal(with(""), 0);
	assert_int_equal(with(STORE("2", "REQUEST.Ctx")), 0);
	assert_int_equal(with(STORE("2", "FILE_OBJECT.Other")), 0);
	assert_int_equal(with(STORE("2", "return")), 0);
	assert_int_equal(with(STORE("2", "CTX.Next")), 0);
	/* Entries of a list come and go. */
	assert_int_equal(with(STORE("2", "list DEVICE_EXTENSION.All")
	                              FREES_CTX("list DEVICE_EXTENSION.All")),
	                 0);
	assert_int_equal(with(STORE("2", "list DEVICE_EXTENSION.All")
	                              STORE("2", "FILE_OBJECT.FsContext")
	                                      FREES_CTX("FILE_OBJECT.FsContext")),
	                 1);
	/* Another CTX is kept elsewhere, or nowhere. */
	assert_int_equal(with(STORE("2", "::g_Ctx") FREES_CTX("::g_Ctx")
	                              SITE3 STORE("3", "::g_Other") FREES_CTX("::g_Other")),
	                 1);
	assert_int_equal(with(STORE("2", "::g_Ctx") FREES_CTX("::g_Ctx")
	                              SITE3 STORE("3", "REQUEST.Ctx")),
	                 0);
	assert_int_equal(with(STORE("2", "::g_Ctx") FREES_CTX("::g_Ctx") SITE3), 0);
	/* It is only made there: its caller has a site of its own. */
	assert_int_equal(
	        with(STORE("2", "::g_Ctx") FREES_CTX("::g_Ctx") SITE3 STORE("3", "return")), 1);
	assert_int_equal(
	        with(STORE("2", "::g_Ctx") FREES_CTX("::g_Ctx") SITE3 STORE("3", "param 0*")),
	        1);
	/* A device object's record is its extension. */
	assert_int_equal(with(STORE("2", "::g_Ctx") FREES_CTX("::g_Ctx") SITE3
	                      "UPDATE site SET kind = 'DEVICE' WHERE id = 3;"),
	                 1);
}

static void parts(void **unused)
{
	(void)unused;
	assert_int_equal(with(PART("DEVICE_EXTENSION", "CTX") "DELETE FROM site WHERE id = 2;"
	                                                      "DELETE FROM site_record"),
	                 1);
	assert_int_equal(with(PART("DEVICE_EXTENSION", "MIDDLE")
	                              PART("MIDDLE", "CTX") "DELETE FROM site WHERE id = 2;"
	                                                    "DELETE FROM site_record"),
	                 1);
	assert_int_equal(with(PART("DEVICE_EXTENSION", "CTX")
	                              PART("REQUEST", "CTX") "DELETE FROM site WHERE id = 2;"
	                                                     "DELETE FROM site_record"),
	                 0);
	assert_int_equal(with(PART("REQUEST", "CTX") "DELETE FROM site WHERE id = 2;"
	                                             "DELETE FROM site_record"),
	                 0);
	/* At times an object of its own. */
	assert_int_equal(with(PART("DEVICE_EXTENSION", "CTX") STORE("2", "REQUEST.Ctx")), 0);
	assert_int_equal(with(PART("DEVICE_EXTENSION", "CTX") STORE("2", "::g_Ctx")
	                              FREES_CTX("::g_Ctx")),
	                 1);
	/* A list head in a part. */
	assert_int_equal(with(PART("DEVICE_EXTENSION",
	                           "CTX") "DELETE FROM site WHERE id = 2;"
	                                  "DELETE FROM site_record;"
	                                  "UPDATE store SET path = 'list CTX.Head';"
	                                  "UPDATE outcome_slot SET path = 'list CTX.Head'"),
	                 1);
}

static void chains_and_cycles(void **unused)
{
	(void)unused;
	/* ext->Outer->Ctx->Mdl */
	static const char outer[] =
	        "INSERT INTO site VALUES(4, 3, 'ExAllocatePool2', 'POOL',"
	        " '/drv/ioctl.c', 35, 9, 35, 40, 64, 'tuO ', 'outer');"
	        "INSERT INTO site_record VALUES(4, 'OUTER');" STORE("2", "OUTER.Ctx")
	                FREES_CTX("OUTER.Ctx");
	g_autofree char *kept = g_strconcat(
	        outer, STORE("4", "DEVICE_EXTENSION.Outer") FREES_CTX("DEVICE_EXTENSION.Outer"),
	        NULL);
	g_autofree char *lost = g_strconcat(outer, STORE("4", "REQUEST.Outer"), NULL);
	g_autofree char *knot = g_strconcat(outer, STORE("4", "CTX.Outer"), NULL);
	g_autofree char *back = g_strconcat(kept, STORE("4", "CTX.Back"), NULL);

	assert_int_equal(with(kept), 1);
	assert_int_equal(with(lost), 0);
	assert_int_equal(with(knot), 0);
	assert_int_equal(with(back), 1);
}

/* Nothing of a request is left when the driver goes: whoever frees it does. */
static void requests(void **unused)
{
#define IN_IRP STORE("2", "IRP.Tail.Overlay.DriverContext")
	(void)unused;
	assert_int_equal(with(IN_IRP), 2);
	assert_int_equal(with(IN_IRP FREES_MDL("3")), 1);
	assert_int_equal(with(IN_IRP FREES_MDL("3")
	                              FREES("5", "POOL", "IRP.Tail.Overlay.DriverContext")),
	                 0);
}

/* A thread frees the context in the end; until then it takes entries out of its list. */
static void ends_in_a_thread(void **unused)
{
#define IN_LIST                                                                                \
	STORE("2", "FILE_OBJECT.FsContext")                                                    \
	FREES("5", "POOL", "FILE_OBJECT.FsContext")                                            \
	"UPDATE store SET path = 'list CTX.Head' WHERE site = 1;"                              \
	"UPDATE outcome_slot SET path = 'list CTX.Head' WHERE site = 1;"                       \
	"INSERT INTO role VALUES(5, 'THREAD', NULL, '/x.c', 1);"
#define ENDS                                                                                   \
	"INSERT INTO disposal VALUES(5, 'CTX', 'ExFreePool', NULL, 0, '/drv/ioctl.c', 95, 2,"  \
	" 95, 20);"
	g_autofree char *sql = NULL;

	(void)unused;
	assert_int_equal(with(IN_LIST), 1);
	/* ... told where it frees the context without the list. */
	sql = g_strconcat(base_driver, contexts, IN_LIST ENDS, NULL);
	assert_int_equal(count_linked("LeakWithOwner", sql, NULL), 1);
	assert_int_equal(with(IN_LIST ENDS), 0);
	assert_int_equal(with(IN_LIST FREES("5", "MDL", "list CTX.Head")), 1);
	assert_int_equal(with(IN_LIST ENDS FREES("5", "MDL", "list CTX.Head")), 0);
}

/* A lookup finds the context, and its release names no slot. */
static void found_again(void **unused)
{
#define DISPOSED                                                                               \
	"INSERT INTO disposal VALUES(4, 'CTX', 'ExFreePool', NULL, 0, '/drv/ioctl.c', 75, 2,"  \
	" 75, 20);"
	(void)unused;
	assert_int_equal(with(STORE("2", "FILE_OBJECT.FsContext") FREES_MDL("4") DISPOSED), 0);
	assert_int_equal(with(STORE("2", "::g_Ctx") FREES_MDL("4") DISPOSED), 1);
}

static void failed_load(void **unused)
{
	g_autofree char *sql =
	        g_strconcat(base_driver, contexts, STORE("2", "::g_Ctx"),
	                    "DELETE FROM outcome_slot WHERE site = 2;"
	                    "UPDATE site SET function = 1;"
	                    "UPDATE outcome SET function = 1, result = 'failure';",
	                    NULL);
	g_autofree char *no_context = g_strconcat(sql, "DELETE FROM site_record;", NULL);

	(void)unused;
	assert_int_equal(count_linked("LeakOnFailedLoad", sql, NULL), 1);
	assert_int_equal(count_linked("LeakOnFailedLoad", no_context, NULL), 0);
}

/* Who frees the CTX and forgets its MDL is the nearer cause. */
static void one_finding_with_its_owner(void **unused)
{
	g_autofree char *sql = g_strconcat(
	        base_driver, contexts, STORE("2", "::g_Ctx"), FREES_CTX("::g_Ctx"),
	        "INSERT INTO member VALUES(1, 'CTX.Mdl', 'only', '/drv/ioctl.c', 51);"
	        "INSERT INTO disposal VALUES(2, 'CTX', 'ExFreePool', NULL, 0, '/drv/x.c', 45, "
	        "2,"
	        " 45, 20);",
	        NULL);
	g_autofree char *mentioned =
	        g_strconcat(sql, "INSERT INTO mention VALUES(2, 'CTX', 'Mdl', NULL);", NULL);

	(void)unused;
	assert_int_equal(count_linked("LeakWithOwner", sql, NULL), 1);
	assert_int_equal(count_linked("LeakAtUnload", sql, NULL), 0);
	assert_int_equal(count_linked("LeakWithOwner", mentioned, NULL), 0);
	assert_int_equal(count_linked("LeakAtUnload", mentioned, NULL), 1);
}

static void told(const char *more, const char *message, const char *last)
{
	struct driver *driver = driver_new();
	g_autofree char *sql = g_strconcat(base_driver, contexts, more, NULL);
	const struct l62_finding *f;
	struct l62_result *result;

	driver_tu(driver, "a.c", sql);
	result = driver_link(driver);
	f = only(result, "LeakAtUnload");
	assert_contains(f->message, message);
	assert_string_equal(step(f, 1, f->flow[1]->len - 1)->message, last);
	l62_result_free(result);
	driver_free(driver);
}

/* The teardown of a handle ends with IRP_MJ_CLOSE. */
static void teardown_of_a_handle(void **unused)
{
	(void)unused;
	told(STORE("2", "FILE_OBJECT.FsContext") FREES_MDL("4"),
	     "stays in FILE_OBJECT.FsContext; nothing reachable from DriverUnload",
	     "MyClose returns without freeing FILE_OBJECT.FsContext");
	told(STORE("2", "FILE_OBJECT.FsContext")
	             FREES_MDL("2") "DELETE FROM role WHERE major = 2",
	     "stays in FILE_OBJECT.FsContext; nothing reachable from DriverUnload",
	     "MyUnload returns without freeing FILE_OBJECT.FsContext");
	told(STORE("2", "::g_Ctx") FREES_CTX("::g_Ctx"),
	     "stays in CTX.Mdl; nothing reachable from DriverUnload",
	     "MyUnload returns without freeing CTX.Mdl");
	told(IN_IRP FREES_MDL("3"),
	     "stays in IRP.Tail.Overlay.DriverContext; nothing in the driver frees it",
	     "MyUnload returns without freeing IRP.Tail.Overlay.DriverContext");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(members_of_contexts),
	        cmocka_unit_test(only_what_lasts),
	        cmocka_unit_test(parts),
	        cmocka_unit_test(chains_and_cycles),
	        cmocka_unit_test(requests),
	        cmocka_unit_test(ends_in_a_thread),
	        cmocka_unit_test(found_again),
	        cmocka_unit_test(failed_load),
	        cmocka_unit_test(one_finding_with_its_owner),
	        cmocka_unit_test(teardown_of_a_handle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
