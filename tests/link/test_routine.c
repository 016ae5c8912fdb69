/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Routines in slots: calls through them, and the roles that they get. */
#include "support.h"

#include <string.h>

#define FREES(function, path)                                                                  \
	"INSERT INTO release VALUES(" function ", 'IoFreeMdl', 'MDL', '" path                  \
	"', '/drv/x.c', 45);"
#define ROUTINE(slot, function, key)                                                           \
	"INSERT INTO routine VALUES('" slot "', " function ", " key ");"
#define FLOW(slot, source) "INSERT INTO routine_flow VALUES('" slot "', '" source "');"
#define THROUGH(caller, slot) "INSERT INTO slot_call VALUES(" caller ", '" slot "', 44);"
#define PASSED(caller, slot, path)                                                             \
	"INSERT INTO slot_call_arg VALUES(" caller ", '" slot "', 0, '" path "');"
#define REGISTERED(slot, role, major, keyed)                                                   \
	"INSERT INTO slot_role VALUES('" slot "', '" role "', " major ", " keyed               \
	", '/drv/x.c', 9);"

/* base_driver with its MDL in the extension, and more. */
static unsigned with(const char *more)
{
	g_autofree char *sql = g_strconcat(base_driver, mdl_in_extension, more, NULL);

	return count_linked("LeakAtUnload", sql, NULL);
}

/* MyUnload calls ops->Stop(), which is Helper. */
static void called_through_a_field(void **unused)
{
#define FREED FREES("5", "DEVICE_EXTENSION.Mdl")
	(void)unused;
	assert_int_equal(with(FREED), 1);
	assert_int_equal(with(FREED ROUTINE("OPS.Stop", "5", "NULL")), 1);
	assert_int_equal(with(FREED THROUGH("2", "OPS.Stop")), 1);
	assert_int_equal(with(FREED ROUTINE("OPS.Stop", "5", "NULL") THROUGH("2", "OPS.Stop")),
	                 0);
	assert_int_equal(with(FREED ROUTINE("OPS.Start", "5", "NULL") THROUGH("2", "OPS.Stop")),
	                 1);
	assert_int_equal(with(FREED ROUTINE("OPS.Stop", "5", "NULL") THROUGH("3", "OPS.Stop")),
	                 1);
	/* Any of them may be the one. */
	assert_int_equal(with(FREED ROUTINE("OPS.Stop", "3", "NULL") ROUTINE(
	                         "OPS.Stop", "5", "NULL") THROUGH("2", "OPS.Stop")),
	                 0);
}

/* Register(cb): g_Callback = cb, in another file. */
static void from_slot_to_slot(void **unused)
{
	g_autofree char *one = g_strconcat(base_driver, mdl_in_extension, FREED,
	                                   ROUTINE("Register#0", "5", "NULL"), NULL);
	g_autofree char *two = g_strconcat(
	        "INSERT INTO function(id, key, name) VALUES(1, 'MyUnload', 'MyUnload');",
	        FLOW("::g_Callback", "Register#0") THROUGH("1", "::g_Callback"), NULL);

	(void)unused;
	assert_int_equal(count_linked("LeakAtUnload", one, NULL), 1);
	assert_int_equal(count_linked("LeakAtUnload", one, two, NULL), 0);
	/* Two slots that are copied to each other. */
	assert_int_equal(with(FREED ROUTINE("OPS.Stop", "5", "NULL")
	                              FLOW("OPS.Copy", "OPS.Stop") FLOW("OPS.Stop", "OPS.Copy")
	                                      THROUGH("2", "OPS.Copy")),
	                 0);
}

/* MyUnload calls each(&ext->Mdl, Helper), Helper frees what it gets. */
static void what_is_passed(void **unused)
{
#define GIVEN                                                                                  \
	FREES("5", "param 0")                                                                  \
	ROUTINE("OPS.Free", "5", "NULL") THROUGH("2", "OPS.Free")
	(void)unused;
	assert_int_equal(with(GIVEN), 1);
	assert_int_equal(with(GIVEN PASSED("2", "OPS.Free", "DEVICE_EXTENSION.Irp")), 1);
	assert_int_equal(with(GIVEN PASSED("2", "OPS.Free", "DEVICE_EXTENSION.Mdl")), 0);
}

static void roles(void **unused)
{
	(void)unused;
	assert_int_equal(with(FREED ROUTINE("OPS.Close", "5", "NULL")
	                              REGISTERED("OPS.Close", "DISPATCH", "2", "0")),
	                 0);
	assert_int_equal(with(FREED ROUTINE("OPS.Close", "5", "NULL")
	                              REGISTERED("OPS.Close", "DISPATCH", "3", "0")),
	                 1);
	assert_int_equal(with(FREED ROUTINE("OPS.Close", "5", "NULL")
	                              REGISTERED("OPS.Close", "DISPATCH", "-1", "0")),
	                 0);
	assert_int_equal(with(FREED ROUTINE("OPS.Close", "5", "NULL")
	                              REGISTERED("OPS.Close", "THREAD", "NULL", "0")),
	                 0);
	assert_int_equal(with(FREED ROUTINE("OPS.Close", "5", "NULL")
	                              REGISTERED("OPS.Other", "DISPATCH", "2", "0")),
	                 1);
	/* By table: {major, routine}. */
	assert_int_equal(with(FREED ROUTINE("ENTRY.Routine", "5", "2")
	                              REGISTERED("ENTRY.Routine", "DISPATCH", "-1", "1")),
	                 0);
	assert_int_equal(with(FREED ROUTINE("ENTRY.Routine", "5", "3")
	                              REGISTERED("ENTRY.Routine", "DISPATCH", "-1", "1")),
	                 1);
	assert_int_equal(with(FREED ROUTINE("ENTRY.Routine", "5", "NULL")
	                              REGISTERED("ENTRY.Routine", "DISPATCH", "-1", "1")),
	                 0);
	assert_int_equal(with(FREED ROUTINE("ENTRY.Routine", "5", "3")
	                              REGISTERED("ENTRY.Routine", "DISPATCH", "-1", "0")),
	                 0);
}

/* A routine that is only known by its type: of any major, if nobody calls it. */
static void dispatch_by_type(void **unused)
{
#define TYPED "INSERT INTO role VALUES(5, 'DISPATCH', NULL, '/x.c', 9);"
	(void)unused;
	assert_int_equal(with(FREED TYPED), 0);
	assert_int_equal(with(FREED TYPED "INSERT INTO call VALUES(3, 5, 44, 1);"), 1);
	assert_int_equal(with(FREED TYPED "INSERT INTO call VALUES(3, 5, 44, 0);"), 0);
	assert_int_equal(
	        with(FREED TYPED ROUTINE("OPS.Read", "5", "NULL") THROUGH("3", "OPS.Read")), 1);
}

/* A routine that frees what the system no longer needs. */
static void free_callbacks(void **unused)
{
	(void)unused;
	assert_int_equal(with(FREED "INSERT INTO role VALUES(5, 'FREE', NULL, '/x.c', 9);"), 0);
	assert_int_equal(with(FREED "INSERT INTO role VALUES(5, 'CSQ', NULL, '/x.c', 9);"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(called_through_a_field), cmocka_unit_test(from_slot_to_slot),
	        cmocka_unit_test(what_is_passed),         cmocka_unit_test(roles),
	        cmocka_unit_test(dispatch_by_type),       cmocka_unit_test(free_callbacks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
