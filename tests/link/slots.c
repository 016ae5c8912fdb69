/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Drivers of hand-written facts and skeletons; see slots.h. */
#include "slots.h"

#include <string.h>

static const char facts[] =
        "INSERT INTO function(id, key, name, file, line, end_line, analysed) VALUES"
        " (1, 'DriverEntry', 'DriverEntry', '/drv/d.c', 10, 18, 1),"
        " (2, 'MyUnload', 'MyUnload', '/drv/d.c', 20, 29, 1),"
        " (3, 'MyControl', 'MyControl', '/drv/d.c', 40, 59, 1),"
        " (4, 'MyCreate', 'MyCreate', '/drv/d.c', 70, 79, 1),"
        " (5, 'MyClose', 'MyClose', '/drv/d.c', 80, 89, 1),"
        " (6, 'MyPnp', 'MyPnp', '/drv/d.c', 90, 119, 1),"
        " (7, 'MyAdd', 'MyAdd', '/drv/d.c', 120, 129, 1),"
        " (8, 'MyCleanup', 'MyCleanup', '/drv/d.c', 130, 139, 1),"
        " (9, 'MyDispatch', 'MyDispatch', '/drv/d.c', 140, 149, 1);"
        "INSERT INTO extension VALUES('EXT');"
        "INSERT INTO site VALUES(1, 3, 'ExAllocatePool2', 'POOL', '/drv/d.c', 50, 9, 50, 40,"
        " NULL, 'slot', 'data');" SLOTS_ROLE("2", "DRIVER_UNLOAD", "NULL")
                SLOTS_ROLE("3", "DISPATCH", "14");

static const char entry[] = "F DriverEntry e /drv/d.c 10 i 2 2 1\nV p p\nB\n# 18\nR #0\nE\n";

const char slots_fill_once[] = "F MyControl e /drv/d.c 40 i 2 6 7\nV p p p u p p\nB\n" IOCTL
                               "# 42\nS v3 6 #1 1 #2 5\nB\nL v4 " G_DATA
                               "\n# 44\n? v4 == #0 2 3\nB\n" ALLOCATE("v5") //
        "# 51\n? v5 != #0 4 3\nB\n# 52\nR #-1\n"
        "B\n# 53\n" W_DATA("v5") "# 54\nW @g_Ready #1 ^%3A%3Ag_Ready\nJ 6\n"
                                 "B\n# 56\nW @g_Flag #1 ^%3A%3Ag_Flag\nJ 6\nB\n# 59\nR #0\nE\n";

struct driver *slots_driver(const char *slot, const char *more, const char *functions, ...)
{
	struct driver *driver = driver_new();
	g_autofree char *sql = g_strdup_printf(
	        "%sINSERT INTO store VALUES(1, '%s', '/drv/d.c', 53);"
	        "INSERT INTO release VALUES(2, 'ExFreePool', 'POOL', '%s', '/drv/d.c', 23);%s",
	        facts, slot, slot, more);
	g_autofree char *first = g_strconcat(entry, functions, NULL);
	va_list args;

	driver_tu(driver, "d.c", sql);
	driver_skeleton(driver, first);
	va_start(args, functions);
	for (unsigned i = 1; (functions = va_arg(args, const char *)); i++) {
		g_autofree char *name = g_strdup_printf("tu%u.c", i);

		driver_tu(driver, name, "");
		driver_skeleton(driver, functions);
	}
	va_end(args);
	return driver;
}

char *slots_with(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);

	if (!at)
		fail_msg("\"%s\" is not in \"%s\"", from, text);
	return g_strdup_printf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

void slots_expect(const struct driver *driver, const char *rule, const char *where)
{
	struct l62_result *result = driver_link(driver);

	assert_int_equal(result->failed->len, 0);
	if (rule) {
		const struct l62_finding *f = only(result, rule);
		g_autofree char *at = g_strdup_printf("%s(%d)", f->at.file, f->at.line);

		assert_string_equal(at, where);
	}
	if (result->findings->len > (rule ? 1 : 0)) {
		const struct l62_finding *f =
		        result->findings->pdata[result->findings->len - 1];

		fail_msg("%s(%d): %s", f->at.file, f->at.line, f->message);
	}
	l62_result_free(result);
}

void slots_expect_rows(const struct driver *driver, int freed, int doubt, int incomplete)
{
	assert_int_equal(driver_integer(driver, "SELECT count(*) FROM slot_freed"), freed);
	assert_int_equal(driver_integer(driver, "SELECT count(*) FROM slot_doubt"), doubt);
	assert_int_equal(driver_integer(driver, "SELECT count(*) FROM slot_incomplete"),
	                 incomplete);
}
