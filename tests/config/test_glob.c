/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Patterns of file names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "glob.h"

static bool matches(const char *folder, const char *pattern, const char *path)
{
	const char *why = NULL;
	struct l62_glob *glob = l62_glob_new(folder, pattern, &why);
	bool answer;

	if (!glob)
		fail_msg("'%s': %s", pattern, why);
	answer = l62_glob_matches(glob, path);
	l62_glob_free(glob);
	return answer;
}

static void patterns(void **state)
{
	static const struct {
		const char *pattern, *path;
		bool matches;
	} rows[] = {
	        {"a.c", "/drv/a.c", true},
	        {"a.c", "/drv/b/a.c", false},
	        {"a.c", "/drv/axc", false},
	        {"*.c", "/drv/a.c", true},
	        {"*.c", "/drv/b/a.c", false},
	        {"*.c", "/drv/a.cpp", false},
	        {"src/*", "/drv/src/a.c", true},
	        {"src/*", "/drv/src/b/a.c", false},
	        {"src/", "/drv/src/b/a.c", true},
	        {"src/", "/drv/src", false},
	        {"src/**", "/drv/src/b/a.c", true},
	        {"src/**", "/drv/source/a.c", false},
	        {"**/a.c", "/drv/a.c", true},
	        {"**/a.c", "/drv/x/y/a.c", true},
	        {"**/a.c", "/drv/x/ya.c", false},
	        {"x/**/a.c", "/drv/x/a.c", true},
	        {"x/**/a.c", "/drv/x/y/z/a.c", true},
	        {"x/**/a.c", "/drv/y/a.c", false},
	        {"?.c", "/drv/a.c", true},
	        {"?.c", "/drv/ab.c", false},
	        {"a?b.c", "/drv/a/b.c", false},
	        {"[a-c].c", "/drv/b.c", true},
	        {"[a-c].c", "/drv/d.c", false},
	        {"[!a-c].c", "/drv/d.c", true},
	        {"[^a-c].c", "/drv/a.c", false},
	        {"x[!a]y.c", "/drv/x/y.c", false},
	        {"[]].c", "/drv/].c", true},
	        {"[\\]].c", "/drv/].c", true},
	        {"a\\*.c", "/drv/a*.c", true},
	        {"a\\*.c", "/drv/ab.c", false},
	        {"a+(1).c", "/drv/a+(1).c", true},
	        {"./a.c", "/drv/a.c", true},
	        {"../lib/*.c", "/lib/a.c", true},
	        {"src/../a.c", "/drv/a.c", true},
	        {"/other/*.c", "/other/a.c", true},
	        {"/other/*.c", "/drv/other/a.c", false},
	        {"\303\244*.c", "/drv/\303\244x.c", true},
	        {"a.c", "/drv/x/../a.c", true},
	        {"a.c", "/drv/a.c\n", false},
	        {"A.c", "/drv/a.c", false},
	};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if (matches("/drv", rows[i].pattern, rows[i].path) != rows[i].matches)
			fail_msg("'%s' and '%s'", rows[i].pattern, rows[i].path);
}

/* What is special in a pattern is not so in the folder's name. */
static void folder_is_no_pattern(void **state)
{
	(void)state;
	assert_true(matches("/d*v [1]", "*.c", "/d*v [1]/a.c"));
	assert_false(matches("/d*v [1]", "*.c", "/driv 1/a.c"));
	assert_true(matches("/", "*.c", "/a.c"));
}

static void not_a_pattern(void **state)
{
	static const char *const bad[] = {"[a.c", "a[", "[!", "[z-a].c"};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		const char *why = NULL;

		assert_null(l62_glob_new("/drv", bad[i], &why));
		assert_non_null(why);
	}
}

/* The build may know the folder by another name than the user. */
static void through_links(void **state)
{
	g_autofree char *folder = g_dir_make_tmp("leak62-glob-XXXXXX", NULL);
	g_autofree char *real = g_build_filename(folder, "real", NULL);
	g_autofree char *link = g_build_filename(folder, "link", NULL);
	g_autofree char *file = g_build_filename(real, "a.c", NULL);
	g_autofree char *other = g_build_filename(link, "a.c", NULL);

	(void)state;
	assert_int_equal(g_mkdir(real, 0700), 0);
	assert_int_equal(symlink("real", link), 0);
	assert_true(g_file_set_contents(file, "", 0, NULL));
	assert_true(matches(link, "*.c", file));
	assert_true(matches(real, "*.c", other));
	assert_false(matches(link, "b.c", file));
	g_unlink(file);
	g_unlink(link);
	g_rmdir(real);
	g_rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(patterns),
	        cmocka_unit_test(folder_is_no_pattern),
	        cmocka_unit_test(not_a_pattern),
	        cmocka_unit_test(through_links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
