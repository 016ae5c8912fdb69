/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The file of what is known: written, read, refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include "baseline.h"

struct fixture {
	char *folder, *path;
};

static int set_up(void **state)
{
	struct fixture *fixture = g_new0(struct fixture, 1);

	fixture->folder = g_dir_make_tmp("leak62-baseline-XXXXXX", NULL);
	fixture->path = g_build_filename(fixture->folder, "known", NULL);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	g_unlink(fixture->path);
	g_rmdir(fixture->folder);
	g_free(fixture->path);
	g_free(fixture->folder);
	g_free(fixture);
	return 0;
}

static struct l62_entry_known *entry(const char *file, const char *function, const char *tag,
                                     const char *exit)
{
	struct l62_entry_known *one = l62_entry_known_new();

	one->rule = g_strdup("LEAK6201");
	one->file = g_strdup(file);
	one->function = g_strdup(function);
	one->api = g_strdup("ExAllocatePool2");
	one->tag = g_strdup(tag);
	if (exit)
		g_ptr_array_add(one->exits, g_strdup(exit));
	return one;
}

/* Sorted, the same whatever the order it came in, and read back whole. */
static void test_round_trip(void **state)
{
	const struct fixture *fixture = *state;
	struct l62_error err;
	g_autofree char *first = NULL, *second = NULL;
	GPtrArray *read;

	for (int order = 0; order < 2; order++) {
		g_autoptr(GPtrArray) entries = l62_baseline_new();

		g_ptr_array_add(entries, entry(order ? "b.c" : "a \"b\"/\xc3\xa4.c", "f",
		                               "tagA", "0123"));
		g_ptr_array_add(entries, entry(order ? "a \"b\"/\xc3\xa4.c" : "b.c", "f",
		                               "tagA", "0123"));
		g_ptr_array_add(entries, entry("b.c", "e", NULL, NULL));
		assert_int_equal(l62_baseline_write(fixture->path, entries, &err), L62_OK);
		assert_true(g_file_get_contents(fixture->path, order ? &second : &first, NULL,
		                                NULL));
	}
	assert_string_equal(first, second);
	assert_string_equal(first,
	                    "{\"leak62-baseline\": 1}\n"
	                    "{\"file\": \"a \\\"b\\\"/\xc3\xa4.c\", \"function\": \"f\", "
	                    "\"rule\": \"LEAK6201\", \"api\": \"ExAllocatePool2\", \"tag\": "
	                    "\"tagA\", \"exits\": [\"0123\"]}\n"
	                    "{\"file\": \"b.c\", \"function\": \"e\", \"rule\": \"LEAK6201\", "
	                    "\"api\": \"ExAllocatePool2\"}\n"
	                    "{\"file\": \"b.c\", \"function\": \"f\", \"rule\": \"LEAK6201\", "
	                    "\"api\": \"ExAllocatePool2\", \"tag\": \"tagA\", \"exits\": "
	                    "[\"0123\"]}\n");
	assert_int_equal(l62_baseline_read(fixture->path, &read, &err), L62_OK);
	assert_int_equal(read->len, 3);
	assert_int_equal(l62_baseline_write(fixture->path, read, &err), L62_OK);
	g_ptr_array_unref(read);
	g_free(second);
	assert_true(g_file_get_contents(fixture->path, &second, NULL, NULL));
	assert_string_equal(first, second);
}

static void test_refused(void **state)
{
	static const struct {
		const char *text;
		int code;
		const char *says;
	} cases[] = {
	        {"", L62_E_FORMAT, "(1): the file is empty"},
	        {"\n", L62_E_FORMAT, "(1): "},
	        {"[]\n", L62_E_FORMAT, "(1): this is no JSON object"},
	        {"{\"version\": 1}\n", L62_E_FORMAT, "(1): this is not a baseline"},
	        {"{\"leak62-baseline\": \"1\"}\n", L62_E_FORMAT, "(1): this is not a baseline"},
	        {"{\"leak62-baseline\": 2}\n", L62_E_VERSION, "version 2"},
	        {"{\"leak62-baseline\": 1}\n{}\n", L62_E_FORMAT, "(2): 'file'"},
	        {"{\"leak62-baseline\": 1}\n\n{\"file\": \"a\", \"function\": \"f\", "
	         "\"rule\": \"R\", \"api\": \"A\", \"exits\": [1]}\n",
	         L62_E_FORMAT, "(3): 'exits'"},
	        {"{\"leak62-baseline\": 1}\n=======\n", L62_E_FORMAT, "(2): a merge conflict"},
	        {"{\"leak62-baseline\": 1}\n{\"file\": \"a", L62_E_FORMAT, "(2): "},
	        {"{\"leak62-baseline\": 1, \"leak62-baseline\": 1}\n", L62_E_FORMAT, "(1): "},
	};
	const struct fixture *fixture = *state;

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct l62_error err;
		GPtrArray *entries = NULL;

		assert_true(g_file_set_contents(fixture->path, cases[i].text, -1, NULL));
		assert_int_equal(l62_baseline_read(fixture->path, &entries, &err),
		                 cases[i].code);
		assert_null(entries);
		assert_non_null(strstr(err.text, fixture->path));
		if (!strstr(err.text, cases[i].says))
			fail_msg("'%s' does not say '%s'", err.text, cases[i].says);
	}
}

static void test_binary_and_missing(void **state)
{
	const struct fixture *fixture = *state;
	struct l62_error err;
	GPtrArray *entries = NULL;

	assert_int_equal(l62_baseline_read(fixture->path, &entries, &err), L62_E_IO);
	assert_true(g_file_set_contents(fixture->path, "\0\0\0", 3, NULL));
	assert_int_equal(l62_baseline_read(fixture->path, &entries, &err), L62_E_FORMAT);
}

/* A file of Windows, and one that was put together by hand. */
static void test_line_ends_and_order(void **state)
{
	const struct fixture *fixture = *state;
	struct l62_error err;
	GPtrArray *entries;

	assert_true(g_file_set_contents(
	        fixture->path,
	        "{\"leak62-baseline\": 1}\r\n"
	        "{\"rule\": \"B\", \"file\": \"b\", \"function\": \"f\", \"api\": \"A\"}\r\n"
	        "\r\n"
	        "{\"rule\": \"B\", \"file\": \"a\", \"function\": \"f\", \"api\": \"A\"}",
	        -1, NULL));
	assert_int_equal(l62_baseline_read(fixture->path, &entries, &err), L62_OK);
	assert_int_equal(entries->len, 2);
	g_ptr_array_unref(entries);
}

/* What cannot be written leaves what was there. */
static void test_unwritable(void **state)
{
	const struct fixture *fixture = *state;
	g_autofree char *beyond = g_build_filename(fixture->folder, "no", "known", NULL);
	g_autoptr(GPtrArray) entries = l62_baseline_new();
	struct l62_error err;

	assert_int_equal(l62_baseline_write(beyond, entries, &err), L62_E_IO);
	assert_non_null(strstr(err.text, beyond));
	assert_int_equal(l62_baseline_write(fixture->folder, entries, &err), L62_E_IO);
	assert_non_null(strstr(err.text, "no regular file"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_round_trip, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_binary_and_missing, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_line_ends_and_order, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_unwritable, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("gate/baseline", tests, NULL, NULL);
}
