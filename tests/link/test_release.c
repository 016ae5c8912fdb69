/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Releases that callees do for their callers. */
#include "support.h"

#include <string.h>

/* site 1 of base_driver in slot, and what unload.c and free.c say besides. */
static unsigned leaks(const char *slot, const char *unload, const char *helpers)
{
	g_autofree char *base = g_strdup_printf(
	        "%sINSERT INTO store VALUES(1, '%s', '/drv/ioctl.c', 51);", base_driver, slot);
	g_autofree char *caller =
	        g_strconcat("INSERT INTO function(id, key, name) VALUES"
	                    " (1, 'MyUnload', 'MyUnload'), (2, 'FreeOne', 'FreeOne'),"
	                    " (3, 'FreeTwo', 'FreeTwo');",
	                    unload, NULL);
	g_autofree char *callee =
	        g_strconcat("INSERT INTO function VALUES"
	                    " (8, 'FreeOne', 'FreeOne', '/drv/free.c', 1, 5, 1, NULL),"
	                    " (9, 'FreeTwo', 'FreeTwo', '/drv/free.c', 11, 15, 1, NULL);",
	                    helpers, NULL);

	return count_linked("LeakAtUnload", base, caller, callee, NULL);
}

#define RELEASE(function, path)                                                                \
	"INSERT INTO release VALUES(" function ", 'IoFreeMdl', 'MDL', '" path                  \
	"', '/drv/free.c', 3);"
#define CALL(caller, callee, idx, path)                                                        \
	"INSERT INTO call VALUES(" caller ", " callee ", 4, 1);"                               \
	"INSERT INTO call_arg VALUES(" caller ", " callee ", " idx ", '" path "');"

static void by_a_helper(void **unused)
{
	(void)unused;
	assert_int_equal(leaks("DEVICE_EXTENSION.Mdl",
	                       CALL("1", "2", "0", "DEVICE_EXTENSION.Mdl"),
	                       RELEASE("8", "param 0")),
	                 0);
	assert_int_equal(leaks("DEVICE_EXTENSION.Mdl",
	                       CALL("1", "2", "0", "DEVICE_EXTENSION.Irp"),
	                       RELEASE("8", "param 0")),
	                 1);
	assert_int_equal(leaks("DEVICE_EXTENSION.Mdl",
	                       CALL("1", "2", "1", "DEVICE_EXTENSION.Mdl"),
	                       RELEASE("8", "param 0")),
	                 1);
	/* The helper is not called by what tears down. */
	assert_int_equal(leaks("DEVICE_EXTENSION.Mdl", "",
	                       CALL("8", "9", "0", "DEVICE_EXTENSION.Mdl")
	                               RELEASE("9", "param 0")),
	                 1);
	/* It is given the address of the slot, not what is in it. */
	assert_int_equal(leaks("DEVICE_EXTENSION.Mdl",
	                       CALL("1", "2", "0", "&DEVICE_EXTENSION.Mdl"),
	                       RELEASE("8", "param 0")),
	                 1);
}

static void by_two_helpers(void **unused)
{
	(void)unused;
	assert_int_equal(leaks("::g_Mdl", CALL("1", "2", "0", "::g_Mdl"),
	                       CALL("8", "9", "1", "param 0") RELEASE("9", "param 1")),
	                 0);
	assert_int_equal(leaks("::g_Mdl", CALL("1", "2", "0", "::g_Mdl"),
	                       CALL("8", "9", "1", "param 1") RELEASE("9", "param 1")),
	                 1);
}

/* param 1 is not the beginning of param 12. */
static void parameters_beyond_nine(void **unused)
{
	(void)unused;
	assert_int_equal(
	        leaks("::g_Mdl", CALL("1", "2", "12", "::g_Mdl"), RELEASE("8", "param 12")), 0);
	assert_int_equal(
	        leaks("::g_Mdl", CALL("1", "2", "1", "::g_Mdl"), RELEASE("8", "param 12")), 1);
	assert_int_equal(
	        leaks("::g_Mdl", CALL("1", "2", "12", "&::g_Mdl"), RELEASE("8", "param 12*")),
	        0);
}

static void through_the_slots_address(void **unused)
{
	(void)unused;
	/* FreeAndNull(&ext->Mdl) */
	assert_int_equal(leaks("DEVICE_EXTENSION.Mdl",
	                       CALL("1", "2", "0", "&DEVICE_EXTENSION.Mdl"),
	                       RELEASE("8", "param 0*")),
	                 0);
	/* RtlFreeUnicodeString(Name) in FreeName(&ext->Name) */
	assert_int_equal(leaks("DEVICE_EXTENSION.Name.Buffer",
	                       CALL("1", "2", "0", "&DEVICE_EXTENSION.Name"),
	                       RELEASE("8", "param 0*.Buffer")),
	                 0);
	assert_int_equal(leaks("DEVICE_EXTENSION.Name.Buffer",
	                       CALL("1", "2", "0", "&DEVICE_EXTENSION.Path"),
	                       RELEASE("8", "param 0*.Buffer")),
	                 1);
	/* the same, one call deeper */
	assert_int_equal(leaks("DEVICE_EXTENSION.Name.Buffer",
	                       CALL("1", "2", "0", "&DEVICE_EXTENSION.Name"),
	                       CALL("8", "9", "0", "param 0") RELEASE("9", "param 0*.Buffer")),
	                 0);
	/* ext->NamePtr points to the string */
	assert_int_equal(leaks("DEVICE_EXTENSION.NamePtr*.Buffer",
	                       CALL("1", "2", "0", "DEVICE_EXTENSION.NamePtr"),
	                       RELEASE("8", "param 0*.Buffer")),
	                 0);
}

static void lists_given_to_a_helper(void **unused)
{
	(void)unused;
	/* Drain(&ext->Pending) */
	assert_int_equal(leaks("list DEVICE_EXTENSION.Pending",
	                       CALL("1", "2", "0", "&DEVICE_EXTENSION.Pending"),
	                       RELEASE("8", "list param 0")),
	                 0);
	assert_int_equal(leaks("list DEVICE_EXTENSION.Pending",
	                       CALL("1", "2", "0", "&DEVICE_EXTENSION.Active"),
	                       RELEASE("8", "list param 0")),
	                 1);
	assert_int_equal(leaks("list DEVICE_EXTENSION.Pending",
	                       CALL("1", "2", "0", "&DEVICE_EXTENSION.Pending"),
	                       CALL("8", "9", "0", "param 0") RELEASE("9", "list param 0")),
	                 0);
	/* FreeOne(entry) for each entry taken out */
	assert_int_equal(leaks("list DEVICE_EXTENSION.Pending",
	                       CALL("1", "2", "0", "list DEVICE_EXTENSION.Pending"),
	                       RELEASE("8", "param 0")),
	                 0);
	assert_int_equal(leaks("list ::g_Pending", CALL("1", "2", "0", "&::g_Pending"),
	                       RELEASE("8", "list param 0")),
	                 0);
}

/* FreeTree(node) calls FreeTree(node->Left) and FreeTree(node->Right). */
static void recursion_ends(void **unused)
{
	(void)unused;
	assert_int_equal(leaks("::g_Root", CALL("1", "2", "0", "::g_Root"),
	                       RELEASE("8", "param 0") CALL("8", "8", "0", "param 0*.Left")
	                               CALL("8", "8", "0", "param 0*.Right")
	                                       CALL("8", "9", "0", "param 0*.Data")
	                                               CALL("9", "8", "0", "param 0*")),
	                 0);
	assert_int_equal(leaks("::g_Other", CALL("1", "2", "0", "::g_Root"),
	                       RELEASE("8", "param 0") CALL("8", "8", "0", "param 0*.Left")
	                               CALL("8", "8", "0", "param 0*.Right")),
	                 1);
}

static void kind_must_fit(void **unused)
{
	static const char *const irp[] = {"IRP", "THREADED_IRP"};
	g_autofree char *wrong = g_strconcat(
	        base_driver,
	        "INSERT INTO store VALUES(1, '::g', '/x.c', 1);"
	        "INSERT INTO release VALUES(2, 'ExFreePool', 'POOL', '::g', '/x.c', 1);",
	        NULL);
	g_autofree char *right = g_strconcat(
	        wrong, "INSERT INTO release VALUES(2, 'IoFreeMdl', 'MDL', '::g', '/x.c', 2);",
	        NULL);

	(void)unused;
	assert_int_equal(count_linked("WrongFree", wrong, NULL), 1);
	assert_int_equal(count_linked(NULL, right, NULL), 0);
	for (int i = 0; i < 4; i++) {
		g_autofree char *sql = g_strdup_printf(
		        "%sUPDATE site SET kind = '%s', api = 'IoAllocateIrp';"
		        "INSERT INTO store VALUES(1, '::g', '/x.c', 1);"
		        "INSERT INTO release VALUES(2, 'IoFreeIrp', '%s', '::g', '/x.c', 1);",
		        base_driver, irp[i & 1], irp[i >> 1]);

		assert_int_equal(count_linked("LeakAtUnload", sql, NULL), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(by_a_helper),
	        cmocka_unit_test(by_two_helpers),
	        cmocka_unit_test(parameters_beyond_nine),
	        cmocka_unit_test(through_the_slots_address),
	        cmocka_unit_test(lists_given_to_a_helper),
	        cmocka_unit_test(recursion_ends),
	        cmocka_unit_test(kind_must_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
