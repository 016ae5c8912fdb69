/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Which findings are suppressed, and by whom; which move out of headers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <glib/gstdio.h>
#include <string.h>

#include "headers.h"
#include "sample.h"
#include "suppress.h"

struct folder {
	char *path, *source, *config;
	struct l62_result *result;
	GPtrArray *warnings;
};

static int set_up(void **state)
{
	struct folder *folder = g_new0(struct folder, 1);

	folder->path = g_dir_make_tmp("leak62-suppress-XXXXXX", NULL);
	assert_non_null(folder->path);
	folder->source = g_build_filename(folder->path, "a.c", NULL);
	folder->config = g_build_filename(folder->path, L62_CONFIG_NAME, NULL);
	folder->result = sample_new();
	folder->warnings = g_ptr_array_new_with_free_func(g_free);
	*state = folder;
	return 0;
}

static int tear_down(void **state)
{
	struct folder *folder = *state;

	g_unlink(folder->source);
	g_unlink(folder->config);
	g_rmdir(folder->path);
	sample_free(folder->result);
	g_ptr_array_unref(folder->warnings);
	g_free(folder->path);
	g_free(folder->source);
	g_free(folder->config);
	g_free(folder);
	return 0;
}

/* A leak of the allocation in line site that is lost in line at. */
static struct l62_finding *add(const struct folder *folder, int site, int at)
{
	struct l62_location place = {folder->source, site, 3, site, 9};
	struct l62_finding *finding = sample_add(folder->result, "LeakOnPath", place, "F",
	                                         "ExAllocatePool2", "POOL", "abcd");

	finding->at.line = finding->at.end_line = at;
	return finding;
}

static void suppress(const struct folder *folder, const char *config_text, bool whole)
{
	struct l62_config *config = NULL;
	struct l62_error err = {0};

	if (config_text) {
		assert_true(g_file_set_contents(folder->config, config_text, -1, NULL));
		if (l62_config_read(folder->config, &config, &err) != 0)
			fail_msg("%s", err.text);
	}
	l62_suppress(folder->result, config, whole, folder->warnings);
	l62_config_free(config);
}

static void write_source(const struct folder *folder, const char *text)
{
	assert_true(g_file_set_contents(folder->source, text, -1, NULL));
}

static void by_comment(void **state)
{
	struct folder *folder = *state;
	struct l62_finding *at_exit = add(folder, 5, 2), *above = add(folder, 5, 4),
	                   *at_site = add(folder, 6, 5), *none = add(folder, 5, 5),
	                   *other_rule = add(folder, 7, 5), *last_line = add(folder, 8, 5);

	write_source(folder, "1\n"
	                     "2 // leak62: ignore LEAK6201 the reason\n"
	                     "/* leak62: ignore */\n"
	                     "4\n"
	                     "5\n"
	                     "6 // leak62:ignore\n"
	                     "7 // leak62: ignore LEAK6202\n"
	                     "8 (\n"
	                     "9 ) // leak62: ignore\n");
	last_line->site.end_line = 9;
	suppress(folder, NULL, true);
	assert_int_equal(at_exit->suppressor, L62_BY_COMMENT);
	assert_string_equal(at_exit->reason, "the reason");
	assert_string_equal(at_exit->suppressed.file, folder->source);
	assert_int_equal(at_exit->suppressed.line, 2);
	assert_int_equal(above->suppressor, L62_BY_COMMENT);
	assert_int_equal(above->suppressed.line, 3);
	assert_null(above->reason);
	assert_int_equal(at_site->suppressor, L62_BY_COMMENT);
	assert_int_equal(last_line->suppressor, L62_BY_COMMENT);
	assert_int_equal(none->suppressor, L62_NOT_SUPPRESSED);
	assert_int_equal(other_rule->suppressor, L62_NOT_SUPPRESSED);
	assert_int_equal(l62_result_count(folder->result, L62_BY_COMMENT), 4);
	assert_int_equal(folder->warnings->len, 0);
}

static void unknown_rule(void **state)
{
	struct folder *folder = *state;
	struct l62_finding *finding = add(folder, 1, 2), *known = add(folder, 3, 2);

	add(folder, 1, 2);
	write_source(folder, "1 // leak62: ignore LeakOnPth\n"
	                     "2\n"
	                     "3 // leak62: ignore LEAK6201 LEAK9999\n");
	suppress(folder, NULL, true);
	assert_int_equal(finding->suppressor, L62_NOT_SUPPRESSED);
	assert_int_equal(known->suppressor, L62_BY_COMMENT);
	assert_int_equal(folder->warnings->len, 2);
	assert_non_null(strstr(folder->warnings->pdata[0],
	                       "a.c(1): there is no rule 'LeakOnPth' to ignore"));
	assert_non_null(strstr(folder->warnings->pdata[1], "a.c(3): there is no rule"));
}

static void unreadable_source(void **state)
{
	struct folder *folder = *state;
	struct l62_finding *finding = add(folder, 1, 2);

	suppress(folder, NULL, true);
	assert_int_equal(finding->suppressor, L62_NOT_SUPPRESSED);
	assert_int_equal(folder->warnings->len, 0);
}

static void by_config(void **state)
{
	static const char text[] = "suppress:\n"
	                           "- {function: G, reason: none}\n"
	                           "- {file: a.c, tag: abcd, reason: first}\n"
	                           "- {rule: LeakOnPath, reason: second}\n";
	struct folder *folder = *state;
	struct l62_finding *commented = add(folder, 1, 1), *finding = add(folder, 2, 2);

	write_source(folder, "1 // leak62: ignore\n2\n");
	suppress(folder, text, true);
	assert_int_equal(commented->suppressor, L62_BY_COMMENT);
	assert_int_equal(finding->suppressor, L62_BY_CONFIG);
	assert_string_equal(finding->reason, "first");
	assert_string_equal(finding->suppressed.file, folder->config);
	assert_int_equal(finding->suppressed.line, 3);
	/* The third fits as well, so it is of use. */
	assert_int_equal(folder->warnings->len, 1);
	assert_non_null(strstr(folder->warnings->pdata[0], ".leak62.yml(2): "));
}

/* What was not looked at may hold what an entry is for. */
static void part_of_a_driver(void **state)
{
	struct folder *folder = *state;

	suppress(folder, "suppress:\n- {function: G, reason: none}\n", false);
	assert_int_equal(folder->warnings->len, 0);
}

static void move(const struct folder *folder)
{
	struct l62_system system = {
	        .folders = g_ptr_array_new(),
	        .sources = g_hash_table_new(g_str_hash, g_str_equal),
	};

	g_ptr_array_add(system.folders, (gpointer) "/wdk/km");
	g_hash_table_add(system.sources, (gpointer) "/wdk/km/sample/own.c");
	l62_headers_move(folder->result, &system);
	g_ptr_array_unref(system.folders);
	g_hash_table_unref(system.sources);
}

/* Lost in a routine of a header that the driver's line 8 calls. */
static void lost_in_header(void **state)
{
	struct folder *folder = *state;
	struct l62_finding *before = add(folder, 4, 9), *moved = add(folder, 5, 6);

	moved->at.file = "/wdk/km/wdm.h";
	sample_step(moved, 0, folder->source, 5, "allocated");
	sample_step(moved, 0, folder->source, 8, "calling");
	sample_step(moved, 0, "/wdk/km/wdm.h", 6, "lost");
	move(folder);
	assert_string_equal(moved->at.file, folder->source);
	assert_int_equal(moved->at.line, 8);
	assert_int_equal(moved->at.end_line, 0);
	assert_int_equal(moved->site.line, 5);
	assert_string_equal(moved->message, "message (inside wdm.h(6), which is called here)");
	/* In order again. */
	assert_ptr_equal(folder->result->findings->pdata[0], moved);
	assert_ptr_equal(folder->result->findings->pdata[1], before);
	assert_int_equal(before->at.line, 9);
	assert_int_equal(folder->result->in_headers, 0);
}

/* Acquired in a header and kept: the allocation is the primary location. */
static void acquired_in_header(void **state)
{
	struct folder *folder = *state;
	struct l62_finding *finding = add(folder, 5, 5);

	finding->at.file = finding->site.file = "/wdk/km/wdm.h";
	sample_step(finding, 0, folder->source, 2, "entry");
	sample_step(finding, 0, folder->source, 3, "calls");
	sample_step(finding, 0, "/wdk/km/wdm.h", 5, "allocates");
	sample_step(finding, 0, folder->source, 4, "stored");
	move(folder);
	assert_string_equal(finding->at.file, folder->source);
	assert_int_equal(finding->at.line, 3);
	assert_int_equal(finding->site.line, 3);
	assert_string_equal(finding->site.file, folder->source);
}

static void nobody_leads_there(void **state)
{
	struct folder *folder = *state;
	struct l62_finding *dropped = add(folder, 5, 6), *own = add(folder, 7, 7),
	                   *beside = add(folder, 8, 8);

	dropped->at.file = dropped->site.file = "/wdk/km/crt/x.h";
	sample_step(dropped, 0, "/wdk/km/wdm.h", 6, "lost");
	own->at.file = own->site.file = "/wdk/km/sample/own.c";
	beside->at.file = beside->site.file = "/wdk/km2/x.h";
	move(folder);
	assert_int_equal(folder->result->findings->len, 2);
	assert_int_equal(folder->result->in_headers, 1);
	assert_string_equal(own->at.file, "/wdk/km/sample/own.c");
	assert_string_equal(beside->at.file, "/wdk/km2/x.h");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(by_comment, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(unknown_rule, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(unreadable_source, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(by_config, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(part_of_a_driver, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(lost_in_header, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(acquired_in_header, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(nobody_leads_there, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
