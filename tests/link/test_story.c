/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The story of a slot. */
#include "support.h"

#include <string.h>

#include "leak62/story.h"

/* base_driver with its MDL in the extension, and more, of which the story is told. */
struct told {
	struct driver *driver;
	struct l62_result *result;
	struct l62_story *story;
};

static struct told tell(const char *rule, const char *more)
{
	g_autofree char *sql = g_strconcat(base_driver, mdl_in_extension, more, NULL);
	struct told told = {.driver = driver_new()};
	struct l62_error err = {0};

	driver_tu(told.driver, "a.c", sql);
	told.result = driver_link(told.driver);
	if (l62_story_load(told.driver->database, only(told.result, rule), &told.story, &err) !=
	    0)
		fail_msg("%s", err.text);
	return told;
}

static void end(struct told *told)
{
	l62_story_free(told->story);
	l62_result_free(told->result);
	driver_free(told->driver);
}

static void expect(const struct told *told, guint index, enum l62_phase phase, const char *file,
                   int line, const char *message, const char *from)
{
	const struct l62_story_event *event;
	g_autoptr(GString) entries = g_string_new(NULL);

	if (index >= told->story->events->len)
		fail_msg("the story has %u events", told->story->events->len);
	event = g_ptr_array_index(told->story->events, index);
	assert_string_equal(event->message, message);
	assert_int_equal(event->phase, phase);
	assert_string_equal(event->at.file, file);
	assert_int_equal(event->at.line, line);
	for (guint i = 0; i < event->from->len; i++) {
		const struct l62_step *entry = g_ptr_array_index(event->from, i);

		g_string_append_printf(entries, "%s%s(%d) %s", i ? "; " : "", entry->at.file,
		                       entry->at.line, entry->message);
	}
	assert_string_equal(entries->str, from);
}

#define CONTROL "/drv/ioctl.c(20) IRP_MJ_DEVICE_CONTROL dispatch routine MyControl"
#define ACQUIRES "MyControl acquires 'ext->Mdl' from IoAllocateMdl (tag VMdl)"

static void phases_in_order(void **unused)
{
	struct told told = tell(
	        "LeakAtUnload",
	        /* Another MDL at load, a release at work; others of the record and of the kind.
	         */
	        "INSERT INTO site VALUES(2, 1, 'IoAllocateMdl', 'MDL', '/drv/entry.c', 21, 9, "
	        "21,"
	        " 40, NULL, 'VMdl', 'mdl');"
	        "INSERT INTO member VALUES(2, 'DEVICE_EXTENSION.Mdl', 'shared', '/drv/entry.c',"
	        " 22);"
	        "INSERT INTO release VALUES"
	        " (3, 'IoFreeMdl', 'MDL', 'DEVICE_EXTENSION.Mdl', '/drv/ioctl.c', 55),"
	        " (2, 'IoFreeMdl', 'MDL', 'DEVICE_EXTENSION.Other', '/drv/entry.c', 45),"
	        " (5, 'IoFreeMdl', 'MDL', 'DEVICE_EXTENSION.Mdl', '/drv/ioctl.c', 95),"
	        " (2, 'ExFreePool', 'POOL', 'DEVICE_EXTENSION.Mdl', '/drv/entry.c', 46);");
	guint i = 0;

	(void)unused;
	assert_int_equal(told.story->slots->len, 1);
	assert_string_equal(g_ptr_array_index(told.story->slots, 0), "DEVICE_EXTENSION.Mdl");
	expect(&told, i++, L62_PHASE_LOAD, "/drv/entry.c", 21,
	       "DriverEntry acquires 'mdl' from IoAllocateMdl (tag VMdl)",
	       "/drv/entry.c(10) DriverEntry");
	expect(&told, i++, L62_PHASE_LOAD, "/drv/entry.c", 22, "stored in DEVICE_EXTENSION.Mdl",
	       "/drv/entry.c(10) DriverEntry");
	expect(&told, i++, L62_PHASE_RUN, "/drv/ioctl.c", 50, ACQUIRES, CONTROL);
	expect(&told, i++, L62_PHASE_RUN, "/drv/ioctl.c", 51, "stored in DEVICE_EXTENSION.Mdl",
	       CONTROL);
	expect(&told, i++, L62_PHASE_RUN, "/drv/ioctl.c", 55,
	       "MyControl releases DEVICE_EXTENSION.Mdl with IoFreeMdl", CONTROL);
	expect(&told, i++, L62_PHASE_TEARDOWN, "/drv/entry.c", 40,
	       "DriverUnload routine MyUnload releases nothing of it", "");
	expect(&told, i++, L62_PHASE_TEARDOWN, "/drv/ioctl.c", 70,
	       "IRP_MJ_CLOSE dispatch routine MyClose releases nothing of it", "");
	expect(&told, i++, L62_PHASE_NOWHERE, "/drv/ioctl.c", 95,
	       "Helper releases DEVICE_EXTENSION.Mdl with IoFreeMdl", "");
	assert_int_equal(told.story->events->len, i);
	end(&told);
}

/* Through a helper, through a copy, and by whom it is registered only. */
static void ways(void **unused)
{
	struct told told =
	        tell("LeakAtUnload",
	             "INSERT INTO alias VALUES(5, '::g_Copy', 'DEVICE_EXTENSION.Mdl');"
	             "INSERT INTO function VALUES"
	             " (6, 'Put', 'Put', '/drv/put.c', 1, 9, 1, NULL),"
	             " (7, 'Reset', 'Reset', '/drv/put.c', 11, 19, 1, NULL);"
	             "INSERT INTO role VALUES(5, 'THREAD', NULL, '/drv/x.c', 3);"
	             "INSERT INTO call VALUES(3, 5, 30, 0), (3, 7, 31, 1), (7, 6, 15, 1);"
	             "INSERT INTO call_arg VALUES(7, 6, 0, 'DEVICE_EXTENSION.Mdl');"
	             "INSERT INTO release VALUES"
	             " (6, 'IoFreeMdl', 'MDL', 'param 0', '/drv/put.c', 5);");
	guint i = 0;

	(void)unused;
	assert_int_equal(told.story->slots->len, 1);
	assert_string_equal(g_ptr_array_index(told.story->slots, 0), "DEVICE_EXTENSION.Mdl");
	expect(&told, i++, L62_PHASE_RUN, "/drv/ioctl.c", 50, ACQUIRES, CONTROL);
	expect(&told, i++, L62_PHASE_RUN, "/drv/ioctl.c", 51, "stored in DEVICE_EXTENSION.Mdl",
	       CONTROL);
	expect(&told, i++, L62_PHASE_RUN, "/drv/ioctl.c", 90,
	       "Helper copies the pointer from DEVICE_EXTENSION.Mdl to global g_Copy",
	       "/drv/ioctl.c(90) thread routine Helper");
	expect(&told, i++, L62_PHASE_RUN, "/drv/put.c", 5,
	       "Put releases DEVICE_EXTENSION.Mdl with IoFreeMdl, for Reset", CONTROL);
	end(&told);
}

/* A routine for all requests tears down, too; what it acquires is told once. */
static void work_is_told_once(void **unused)
{
	struct told told =
	        tell("LeakAtUnload", "UPDATE role SET major = -1 WHERE function = 3");
	static const char control[] =
	        "/drv/ioctl.c(20) dispatch routine MyControl (every major function)";
	guint i = 0;

	(void)unused;
	expect(&told, i++, L62_PHASE_RUN, "/drv/ioctl.c", 50, ACQUIRES, control);
	expect(&told, i++, L62_PHASE_RUN, "/drv/ioctl.c", 51, "stored in DEVICE_EXTENSION.Mdl",
	       control);
	expect(&told, i++, L62_PHASE_TEARDOWN, "/drv/entry.c", 40,
	       "DriverUnload routine MyUnload releases nothing of it", "");
	end(&told);
}

/* A leak on a path has no slot; what happens to its resource there is told. */
static void leak_on_a_path(void **unused)
{
	struct told told = tell(
	        "LeakOnPath", "DELETE FROM store; DELETE FROM outcome_slot;"
	                      "INSERT INTO path_leak VALUES(1, 1, '/drv/ioctl.c', 57, 3, 57, 9,"
	                      " 3, 'leak: it is lost');");

	(void)unused;
	assert_int_equal(told.story->slots->len, 0);
	expect(&told, 0, L62_PHASE_RUN, "/drv/ioctl.c", 50, ACQUIRES, CONTROL);
	expect(&told, 1, L62_PHASE_RUN, "/drv/ioctl.c", 57, "leak: it is lost", CONTROL);
	assert_int_equal(told.story->events->len, 2);
	end(&told);
}

static void bad_databases(void **unused)
{
	struct driver *driver = driver_new();
	const char *path = driver_tu(driver, "a.c", "SELECT 1");
	struct l62_finding finding = {.row = 1};
	struct l62_story *story = NULL;
	struct l62_error err = {0};

	(void)unused;
	assert_int_equal(l62_story_load("/no/such/file", &finding, &story, &err), L62_E_IO);
	assert_null(story);
	assert_int_equal(l62_story_load(path, &finding, &story, &err), L62_E_FORMAT);
	assert_null(story);
	assert_contains(err.text, "scan again");
	l62_story_free(NULL);
	driver_free(driver);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(phases_in_order),   cmocka_unit_test(ways),
	        cmocka_unit_test(work_is_told_once), cmocka_unit_test(leak_on_a_path),
	        cmocka_unit_test(bad_databases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
