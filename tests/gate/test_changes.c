/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Differences as git prints them, and the change that a finding is due to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "changes.h"

static const char diff[] = "diff --git a/src/a.c b/src/a.c\n"
                           "index 1..2 100644\n"
                           "--- a/src/a.c\n"
                           "+++ b/src/a.c\n"
                           "@@ -10 +9,0 @@ int f(void)\n"
                           "-\tExFreePool(p);\n"
                           "@@ -20,2 +19,3 @@\n"
                           "--- a line that looks like a name\n"
                           "-two\n"
                           "+++ one\n"
                           "+two\n"
                           "+three\n"
                           "\\ No newline at end of file\n"
                           "diff --git a/gone.c b/gone.c\n"
                           "deleted file mode 100644\n"
                           "--- a/gone.c\n"
                           "+++ /dev/null\n"
                           "@@ -1,1 +0,0 @@\n"
                           "-x\n"
                           "diff --git \"a/\\303\\244\\\".c\" \"b/\\303\\244\\\".c\"\n"
                           "--- \"a/\\303\\244\\\".c\"\n"
                           "+++ \"b/\\303\\244\\\".c\"\n"
                           "@@ -0,0 +1 @@\n"
                           "+int x;\n"
                           "diff --git a/b c.c b/b c.c\n"
                           "--- a/b c.c\t\n"
                           "+++ b/b c.c\t\n"
                           "@@ -3 +3 @@\n"
                           "-a\n"
                           "+b\n";

static const struct l62_hunk *hunk(const struct l62_changes *changes, const char *file, guint i)
{
	const GArray *hunks = g_hash_table_lookup(changes->files, file);

	assert_non_null(hunks);
	assert_true(i < hunks->len);
	return &g_array_index(hunks, struct l62_hunk, i);
}

static void test_read(void **state)
{
	struct l62_changes changes;
	const struct l62_hunk *one;

	(void)state;
	l62_changes_read(&changes, diff);
	assert_int_equal(g_hash_table_size(changes.files), 3);
	one = hunk(&changes, "src/a.c", 0);
	assert_int_equal(one->first, 9);
	assert_int_equal(one->count, 0);
	assert_string_equal(one->removed, "\tExFreePool(p);\n");
	assert_string_equal(one->added, "");
	one = hunk(&changes, "src/a.c", 1);
	assert_string_equal(one->removed, "-- a line that looks like a name\ntwo\n");
	assert_string_equal(one->added, "++ one\ntwo\nthree\n");
	assert_int_equal(hunk(&changes, "\xc3\xa4\".c", 0)->first, 1);
	assert_int_equal(hunk(&changes, "b c.c", 0)->count, 1);
	l62_changes_clear(&changes);
}

static void test_odd(void **state)
{
	static const char *const texts[] = {"",
	                                    "\n",
	                                    "@@ -1 +1 @@\n-a\n",
	                                    "+++ b/x\n@@\n",
	                                    "+++ b/x\n@@ -99999999999999 +1 @@\n-a",
	                                    "+++ b/x\n@@ -1,5 +1,5 @@\n-a\n+b",
	                                    "+++ \"\n",
	                                    "+++ \n",
	                                    "+++ \"b/\\\"\n"};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		struct l62_changes changes;

		l62_changes_read(&changes, texts[i]);
		l62_changes_clear(&changes);
	}
}

static void test_show(void **state)
{
	struct l62_changes changes;
	static const struct {
		int line, end;
		bool shown;
	} cases[] = {
	        {9, 0, true},   {7, 0, true},   {6, 0, false},   {12, 0, true},
	        {13, 0, false}, {16, 0, true},  {24, 0, true},   {25, 0, false},
	        {9, 12, true},  {9, 15, false}, {100, 0, false},
	};

	(void)state;
	l62_changes_read(&changes, diff);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct l62_location at = {.file = "/top/src/a.c",
		                          .line = cases[i].line,
		                          .end_line = cases[i].end};

		if (l62_changes_show(&changes, "/top", &at) != cases[i].shown)
			fail_msg("line %d to %d", at.line, at.end_line);
	}
	{
		struct l62_location at = {.file = "/elsewhere/src/a.c", .line = 9};

		assert_false(l62_changes_show(&changes, "/top", &at));
	}
	l62_changes_clear(&changes);
}

/* Of two changes the one that took the free away is to blame, not the nearer one. */
static void test_blame(void **state)
{
	struct l62_changes changes;
	struct l62_gate_sources *sources = l62_gate_sources_new("/top");
	struct l62_finding finding = {
	        .at = {.file = "/top/src/b.c", .line = 40},
	        .site = {.file = "/top/src/b.c", .line = 30},
	};
	struct l62_gate_item item = {.entry = l62_entry_known_new(),
	                             .findings = g_ptr_array_new()};
	struct l62_blame blame = {0};
	g_autoptr(GPtrArray) driver = g_ptr_array_new();

	(void)state;
	g_ptr_array_add(item.findings, &finding);
	item.entry->place = g_strdup("DEVICE_EXTENSION.Buffer");
	l62_changes_read(&changes, "diff --git a/src/b.c b/src/b.c\n"
	                           "+++ b/src/b.c\n"
	                           "@@ -39 +39 @@\n"
	                           "-\tx = 1;\n"
	                           "+\tx = 2;\n"
	                           "diff --git a/src/unload.c b/src/unload.c\n"
	                           "+++ b/src/unload.c\n"
	                           "@@ -12,2 +11,0 @@\n"
	                           "-\t/* Buffer */\n"
	                           "-\tExFreePoolWithTag(ext->Buffer, 'x');\n");
	assert_true(l62_changes_blame(&changes, "/top", &item, NULL, sources, &blame));
	assert_string_equal(blame.file, "/top/src/unload.c");
	assert_int_equal(blame.line, 12);
	assert_string_equal(blame.removed, "ExFreePoolWithTag(ext->Buffer, 'x');");
	g_free(blame.file);
	g_free(blame.removed);
	l62_changes_clear(&changes);

	/* A change that has nothing to do with it is not. */
	l62_changes_read(&changes, "diff --git a/src/c.c b/src/c.c\n"
	                           "+++ b/src/c.c\n"
	                           "@@ -1 +1 @@\n"
	                           "-int x;\n"
	                           "+int y;\n");
	assert_false(l62_changes_blame(&changes, "/top", &item, NULL, sources, &blame));
	l62_changes_clear(&changes);

	/* Nor is one in the source of another driver, but for what it includes. */
	g_ptr_array_add(driver, (gpointer) "/top/src/b.c");
	l62_changes_read(&changes, "diff --git a/src/c.c b/src/c.c\n"
	                           "+++ b/src/c.c\n"
	                           "@@ -1 +0,0 @@\n"
	                           "-\tExFreePool(p);\n");
	assert_false(l62_changes_blame(&changes, "/top", &item, driver, sources, &blame));
	g_ptr_array_add(driver, (gpointer) "/top/src/c.c");
	assert_true(l62_changes_blame(&changes, "/top", &item, driver, sources, &blame));
	g_free(blame.file);
	g_free(blame.removed);
	l62_changes_clear(&changes);
	g_ptr_array_set_size(driver, 1);
	l62_changes_read(&changes, "diff --git a/src/put.h b/src/put.h\n"
	                           "+++ b/src/put.h\n"
	                           "@@ -1 +0,0 @@\n"
	                           "-#define PUT(p) ExFreePool(p)\n");
	assert_true(l62_changes_blame(&changes, "/top", &item, driver, sources, &blame));
	assert_string_equal(blame.file, "/top/src/put.h");
	g_free(blame.file);
	g_free(blame.removed);
	l62_changes_clear(&changes);
	g_ptr_array_unref(item.findings);
	l62_entry_known_free(item.entry);
	l62_gate_sources_free(sources);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_read),
	        cmocka_unit_test(test_odd),
	        cmocka_unit_test(test_show),
	        cmocka_unit_test(test_blame),
	};

	return cmocka_run_group_tests_name("gate/changes", tests, NULL, NULL);
}
