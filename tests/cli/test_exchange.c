/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Skeletons and summaries as files. */
#include "support.h"

#include <glib/gstdio.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "exchange.h"
#include "leak62/skeleton.h"

static void only_whole_files_count(void **state)
{
	static const struct {
		const char *text;
		bool whole;
	} files[] = {
	        {L62_SKELETON_HEADER "\nT /a.c\n", true},
	        {L62_SKELETON_HEADER "\n", true},
	        {L62_SKELETON_HEADER, false},
	        {L62_SKELETON_HEADER "\nT /a", false},
	        {L62_SKELETON_HEADER "0\nT /a.c\n", false},
	        {L62_SUMMARIES_HEADER "\n", false},
	        {"", false},
	        {"\n", false},
	};
	char *none = g_build_filename(*state, "none", NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		char *path = scratch_write(state, "file", files[i].text);

		assert_int_equal(l62_exchange_is_whole(path, L62_SKELETON_HEADER),
		                 files[i].whole);
		g_free(path);
	}
	assert_false(l62_exchange_is_whole(none, L62_SKELETON_HEADER));
	g_free(none);
}

static void assert_same_file(const char *path, const struct stat *before, bool same)
{
	struct stat after;

	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before->st_ino == after.st_ino &&
	                         before->st_mtim.tv_sec == after.st_mtim.tv_sec &&
	                         before->st_mtim.tv_nsec == after.st_mtim.tv_nsec,
	                 same);
}

static void same_content_keeps_its_time(void **state)
{
	static const char *const drafts[] = {"one\n", "two\n", "longer\n", ""};
	char *path = scratch_write(state, "file", "one\n");
	struct l62_error err;

	for (size_t i = 0; i < G_N_ELEMENTS(drafts); i++) {
		char *draft = scratch_write(state, "draft", drafts[i]);
		struct stat before;
		char *text;

		assert_int_equal(stat(path, &before), 0);
		assert_int_equal(l62_exchange_install(draft, path, &err), L62_OK);
		assert_false(g_file_test(draft, G_FILE_TEST_EXISTS));
		assert_true(g_file_get_contents(path, &text, NULL, NULL));
		assert_string_equal(text, drafts[i]);
		assert_same_file(path, &before, i == 0);
		g_free(text);
		g_free(draft);
	}
	g_free(path);
}

static void a_first_file_and_none(void **state)
{
	char *draft = scratch_write(state, "draft", "one\n");
	char *path = g_build_filename(*state, "file", NULL);
	struct l62_error err;

	assert_int_equal(l62_exchange_install(draft, path, &err), L62_OK);
	assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
	assert_int_equal(l62_exchange_install(draft, path, &err), L62_E_IO);
	assert_non_null(strstr(err.text, path));
	g_free(path);
	g_free(draft);
}

static void empty_skeletons(void **state)
{
	char *path = g_build_filename(*state, "file", NULL), *text;
	struct l62_error err;
	struct stat before;

	assert_int_equal(l62_exchange_write_empty(path, "/a b%\n\xc3\xa4/c.c", &err), L62_OK);
	assert_true(g_file_get_contents(path, &text, NULL, NULL));
	assert_string_equal(text, L62_SKELETON_HEADER "\nT /a%20b%25%0A%C3%A4/c.c\n");
	assert_true(l62_exchange_is_whole(path, L62_SKELETON_HEADER));
	assert_int_equal(stat(path, &before), 0);
	assert_int_equal(l62_exchange_write_empty(path, "/a b%\n\xc3\xa4/c.c", &err), L62_OK);
	assert_same_file(path, &before, true);
	assert_int_equal(l62_exchange_write_empty(path, "/other.c", &err), L62_OK);
	assert_same_file(path, &before, false);
	g_free(text);
	g_free(path);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        IN_SCRATCH(only_whole_files_count),
	        IN_SCRATCH(same_content_keeps_its_time),
	        IN_SCRATCH(a_first_file_and_none),
	        IN_SCRATCH(empty_skeletons),
	};

	return cmocka_run_group_tests_name("exchange", tests, NULL, NULL);
}
