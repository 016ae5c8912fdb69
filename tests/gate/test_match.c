/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The steps by which a finding is recognised, on findings made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "match.h"

static const struct l62_location somewhere = {.file = "/nowhere.c", .line = 1};

static struct l62_entry_known *entry(const char *file, const char *function,
                                     const char *statement, const char *exits)
{
	struct l62_entry_known *one = l62_entry_known_new();
	g_auto(GStrv) names = g_strsplit(exits, " ", -1);

	one->rule = g_strdup("LEAK6201");
	one->file = g_strdup(file);
	one->function = g_strdup(function);
	one->api = g_strdup("ExAllocatePool2");
	one->tag = g_strdup("test");
	one->statement = g_strdup(statement);
	for (char **name = names; *name && **name; name++)
		g_ptr_array_add(one->exits, g_strdup(*name));
	return one;
}

static void free_item(gpointer data)
{
	struct l62_gate_item *item = data;

	for (guint i = 0; i < item->exits->len; i++)
		g_free(g_array_index(item->exits, struct l62_gate_exit, i).name);
	g_array_unref(item->exits);
	l62_entry_known_free(item->entry);
	g_free(item);
}

/* Takes now. */
static void add_item(GPtrArray *items, struct l62_entry_known *now)
{
	struct l62_gate_item *item = g_new0(struct l62_gate_item, 1);

	item->entry = now;
	item->exits = g_array_new(FALSE, TRUE, sizeof(struct l62_gate_exit));
	for (guint i = 0; i < now->exits->len; i++) {
		struct l62_gate_exit exit = {
		        .name = g_strdup(g_ptr_array_index(now->exits, i)),
		        .at = &somewhere,
		};

		g_array_append_val(item->exits, exit);
	}
	g_ptr_array_add(items, item);
}

/* Whether now is then, with renamed from -> to (or NULL). */
static bool is_known(struct l62_entry_known *then, struct l62_entry_known *now,
                     const char *from, const char *to, bool *fresh)
{
	struct l62_gate_sources *sources = l62_gate_sources_new("/no/such/root");
	g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(free_item);
	g_autoptr(GPtrArray) known = l62_baseline_new();
	g_autoptr(GHashTable) renamed = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GPtrArray) left = NULL;
	const struct l62_gate_item *item;
	bool found;

	if (from)
		g_hash_table_insert(renamed, (gpointer)from, (gpointer)to);
	g_ptr_array_add(known, then);
	add_item(items, now);
	left = l62_gate_match(items, known, renamed, sources);
	item = g_ptr_array_index(items, 0);
	found = item->known != NULL;
	assert_int_equal(left->len, !found);
	if (fresh)
		*fresh = item->fresh != NULL;
	l62_gate_sources_free(sources);
	return found;
}

static void test_steps(void **state)
{
	(void)state;
	/* 1: the same; 2: lost at another statement, the old one is gone */
	assert_true(is_known(entry("a.c", "f", "s", "x"), entry("a.c", "f", "s", "x"), NULL,
	                     NULL, NULL));
	assert_true(is_known(entry("a.c", "f", "s", "x"), entry("a.c", "f", "t", "y"), NULL,
	                     NULL, NULL));
	/* renamed as git says, even where all else changed */
	assert_true(is_known(entry("a.c", "f", "s", "x"), entry("b.c", "f", "t", "y"), "a.c",
	                     "b.c", NULL));
	/* 3: another file; the allocation must be the same */
	assert_true(is_known(entry("a.c", "f", "s", "x"), entry("b.c", "f", "s", "y"), NULL,
	                     NULL, NULL));
	assert_false(is_known(entry("a.c", "f", "s", "x"), entry("b.c", "f", "t", "x"), NULL,
	                      NULL, NULL));
	/* 4: another function; where it is lost must be the same as well */
	assert_true(is_known(entry("a.c", "f", "s", "x"), entry("b.c", "g", "s", "x"), NULL,
	                     NULL, NULL));
	assert_false(is_known(entry("a.c", "f", "s", "x"), entry("a.c", "g", "s", "y"), NULL,
	                      NULL, NULL));
	/* a statement that is not known is like no other */
	assert_false(is_known(entry("a.c", "f", NULL, "x"), entry("b.c", "g", NULL, "x"), NULL,
	                      NULL, NULL));
}

static void test_other_resource(void **state)
{
	struct l62_entry_known *now = entry("a.c", "f", "s", "x");

	(void)state;
	g_free(now->tag);
	now->tag = g_strdup("more");
	assert_false(is_known(entry("a.c", "f", "s", "x"), now, NULL, NULL, NULL));
}

static void test_fresh_exits(void **state)
{
	bool fresh;

	(void)state;
	assert_true(is_known(entry("a.c", "f", "s", "x"), entry("a.c", "f", "s", "x y"), NULL,
	                     NULL, &fresh));
	assert_true(fresh);
	assert_true(is_known(entry("a.c", "f", "s", "x y"), entry("a.c", "f", "s", "x"), NULL,
	                     NULL, &fresh));
	assert_false(fresh);
	/* One that was edited is no further one. */
	assert_true(is_known(entry("a.c", "f", "s", "x y"), entry("a.c", "f", "s", "x z"), NULL,
	                     NULL, &fresh));
	assert_false(fresh);
}

/* Two that are alike are two; each takes the one that fits it best. */
static void test_counted(void **state)
{
	struct l62_gate_sources *sources = l62_gate_sources_new("/no/such/root");
	g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(free_item);
	g_autoptr(GPtrArray) known = l62_baseline_new();
	g_autoptr(GPtrArray) left = NULL;
	unsigned fresh = 0;

	(void)state;
	g_ptr_array_add(known, entry("a.c", "f", "s", "x"));
	g_ptr_array_add(known, entry("a.c", "f", "s", "y"));
	add_item(items, entry("a.c", "f", "s", "z"));
	add_item(items, entry("a.c", "f", "s", "y"));
	add_item(items, entry("a.c", "f", "s", "x"));
	left = l62_gate_match(items, known, NULL, sources);
	assert_int_equal(left->len, 0);
	for (guint i = 0; i < items->len; i++) {
		const struct l62_gate_item *item = g_ptr_array_index(items, i);

		fresh += item->known == NULL;
		if (i > 0)
			assert_string_equal(g_ptr_array_index(item->known->exits, 0),
			                    g_ptr_array_index(item->entry->exits, 0));
	}
	assert_int_equal(fresh, 1);
	l62_gate_sources_free(sources);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_steps),
	        cmocka_unit_test(test_other_resource),
	        cmocka_unit_test(test_fresh_exits),
	        cmocka_unit_test(test_counted),
	};

	return cmocka_run_group_tests_name("gate/match", tests, NULL, NULL);
}
