/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The line that says how far a scan is. */
#include "progress.h"
#include "support.h"

#include <string.h>

static void check(const char *line, double seconds, unsigned width, const char *expected)
{
	g_autofree char *shown = l62_progress_line(line, seconds, width);

	if (!expected)
		assert_null(shown);
	else
		assert_string_equal(shown, expected);
}

static void test_lines(void **state)
{
	(void)state;
	check("leak62 0/12 read src/io.c", 5, 0, "[0/12] read src/io.c");
	check("leak62 3/12 read src/io.c", 1, 0, "[3/12] read src/io.c");
	check("leak62 3/12 read src/io.c", 30, 0, "[3/12] 1:30 left: read src/io.c");
	check("leak62 1/12 read src/io.c", 3600, 0, "[1/12] 11:00:00 left: read src/io.c");
	check("leak62 12/12 analyze x", 30, 0, "[12/12] analyze x");
	/* More than anybody waits for is still a line. */
	check("leak62 1/4000000000 x", 1e9, 0, "[1/4000000000] 100:00:00 left: x");
}

static void test_other_lines(void **state)
{
	(void)state;
	check("FAILED: facts/a.db", 5, 0, NULL);
	check("leak62: something", 5, 0, NULL);
	check("leak62 5", 5, 0, NULL);
	check("leak62 5/", 5, 0, NULL);
	check("leak62 5/6", 5, 0, NULL);
	check("", 5, 0, NULL);
}

static void test_width(void **state)
{
	(void)state;
	check("leak62 0/1 read a/long/path.c", 0, 20, "[0/1] read a/long...");
	check("leak62 0/1 read \xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4", 0, 18,
	      "[0/1] read \xc3\xa4\xc3\xa4...");
	check("leak62 0/1 \033[2J", 0, 0, "[0/1] ?[2J");
	check("leak62 0/1 x", 0, 2, "...");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_lines),
	        cmocka_unit_test(test_other_lines),
	        cmocka_unit_test(test_width),
	};

	return cmocka_run_group_tests_name("cli/progress", tests, NULL, NULL);
}
