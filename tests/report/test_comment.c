/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Comments that say "ignore": what is one, and which lines it is about. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "comment.h"
#include "leak62/finding.h"

static bool take(const struct l62_ignore *ignore, void *data)
{
	*(struct l62_ignore *)data = *ignore;
	return true;
}

/* Which of the first 9 lines are ignored, such as "25". */
static char *lines(const char *text)
{
	struct l62_comments *comments = l62_comments_read(text, strlen(text));
	GString *out = g_string_new(NULL);
	struct l62_ignore unused;

	for (int line = 1; line <= 9; line++)
		if (l62_comments_about(comments, line, take, &unused))
			g_string_append_printf(out, "%d", line);
	l62_comments_free(comments);
	return g_string_free(out, FALSE);
}

static void about(void **state)
{
	static const struct {
		const char *text, *lines;
	} rows[] = {
	        {"a; // leak62: ignore\nb;\n", "1"},
	        {"a; /* leak62: ignore */\nb;\n", "1"},
	        {"a; /* leak62: ignore */ b;\nc;\n", "1"},
	        {"/* leak62: ignore */ a;\nb;\n", "1"},
	        {"// leak62: ignore\na;\nb;\n", "12"},
	        {"\t/* leak62: ignore */\t\n\ta;\nb;\n", "12"},
	        {"// leak62: ignore\n\na;\n", "12"},
	        {"// leak62: ignore why\n// and more\na;\nb;\n", "123"},
	        {"// more\n// leak62: ignore\na;\n", "23"},
	        {"/*\n * leak62: ignore\n * why\n\n */\na;\nb;\n", "156"},
	        {"a; /* leak62: ignore\n why */ b;\nc;\n", "12"},
	        {"a; /* leak62: ignore\n why */\nb;\n", "12"},
	        {"a;\r\n// leak62: ignore\r\nb;\r\nc;\r\n", "23"},
	        {"a;\r// leak62: ignore\rb;\rc;\r", "23"},
	        {"a; // leak62: ignore", "1"},
	        {"a; // leak62: ignore \\\nwhy\nb;\n", "12"},
	        {"a; // leak62: ignore \\  \r\nwhy\r\nb;\r\n", "12"},
	        {"a; // why \\\nleak62: ignore\nb;\n", ""},
	        {"x('\\''); // leak62: ignore\n", "1"},
	        {"#error don't\na; // leak62: ignore\n", "2"},
	        {"#define M \\\n\ta // leak62: ignore\nb;\n", "2"},
	        {"n = 1'000'000; // leak62: ignore\n", "1"},
	        {"n = 0x1'f + L'\"'; // leak62: ignore\n", "1"},
	        {"a = b / c; // leak62: ignore\n", "1"},
	        {"s = \"\\\\\"; // leak62: ignore\n", "1"},
	        /* strings are none */
	        {"s = \"// leak62: ignore\";\n", ""},
	        {"s = \"/* leak62: ignore */\";\n", ""},
	        {"s = \"\\\"// leak62: ignore\";\n", ""},
	        {"s = \"x\\\n// leak62: ignore\";\nb;\n", ""},
	        {"s = \"x\\\r\n// leak62: ignore\";\r\nb;\r\n", ""},
	        {"s = R\"(\n// leak62: ignore\n)\";\n", ""},
	        {"s = u8R\"x(\n)\" // leak62: ignore\n)x\"; // leak62: ignore\n", "3"},
	        {"s = BAR\"(\"; // leak62: ignore\n", "1"},
	        {"s = R\"a b(\"; // leak62: ignore\n", "1"},
	        {"c = '//'; b; // leak62: ignore\n", "1"},
	        {"/* // */ a; /* leak62: ignore */\n", "1"},
	        {"// /* leak62: ignore */\na;\n", ""},
	        {"/* a // leak62: ignore\n */\nb;\n", ""},
	        {"/* leak62: ignore\na;\n", ""},
	        {"/", ""},
	        {"/*", ""},
	        {"\"", ""},
	        {"\\", ""},
	        {"", ""},
	};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *found = lines(rows[i].text);

		if (strcmp(found, rows[i].lines) != 0)
			fail_msg("'%s', not '%s', in: %s", found, rows[i].lines, rows[i].text);
	}
}

static uint64_t bit(const char *rule)
{
	size_t unused;

	return (uint64_t)1 << (l62_rule_by_name(rule) - l62_rules(&unused));
}

static void says(void **state)
{
	static const struct {
		const char *comment, *rules[3], *reason, *unknown;
	} rows[] = {
	        {"// leak62: ignore", {0}, NULL, NULL},
	        {"//leak62:ignore", {0}, NULL, NULL},
	        {"//! leak62:   ignore", {0}, NULL, NULL},
	        {"/**\n * leak62: ignore\n */", {0}, NULL, NULL},
	        {"// leak62: ignore the port driver frees it",
	         {0},
	         "the port driver frees it",
	         NULL},
	        {"// leak62: ignore LEAK6201", {"LeakOnPath"}, NULL, NULL},
	        {"// leak62: ignore LeakAtUnload why  not", {"LeakAtUnload"}, "why not", NULL},
	        {"// leak62: ignore LEAK6201, HandleLeak: why",
	         {"LeakOnPath", "HandleLeak"},
	         "why",
	         NULL},
	        {"// leak62: ignore(LEAK6201) why", {"LeakOnPath"}, "why", NULL},
	        {"// leak62: ignore: LEAK6201 -- why", {"LeakOnPath"}, "why", NULL},
	        {"/* leak62: ignore LEAK6201 a\n\t * b\r\n\t * c */",
	         {"LeakOnPath"},
	         "a b c",
	         NULL},
	        {"// leak62: ignore LEAK9999 why", {0}, "why", "LEAK9999"},
	        {"// leak62: ignore LeakOnPth", {0}, NULL, "LeakOnPth"},
	        {"// leak62: ignore HandelLeak, LEAK6201", {"LeakOnPath"}, NULL, "HandelLeak"},
	        {"// leak62: ignore Leak in name only", {0}, "Leak in name only", NULL},
	        {"// leak62: ignore \377", {0}, "\357\277\275", NULL},
	};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct l62_comments *comments =
		        l62_comments_read(rows[i].comment, strlen(rows[i].comment));
		struct l62_ignore ignore = {0};
		uint64_t rules = 0;

		for (const char *const *rule = rows[i].rules; *rule; rule++)
			rules |= bit(*rule);
		if (!l62_comments_about(comments, 1, take, &ignore))
			fail_msg("nothing in: %s", rows[i].comment);
		assert_int_equal(ignore.first, 1);
		assert_int_equal(ignore.rules, rules);
		if (g_strcmp0(ignore.reason, rows[i].reason) != 0 ||
		    g_strcmp0(ignore.unknown, rows[i].unknown) != 0)
			fail_msg("'%s' '%s' in: %s", ignore.reason, ignore.unknown,
			         rows[i].comment);
		l62_comments_free(comments);
	}
}

/* Labels of the corpus and talk about the word are not meant. */
static void says_nothing(void **state)
{
	static const char *const texts[] = {
	        "/* leak62: LeakOnPath */", "// leak62: ignored",
	        "// leak62: ignore_it",     "// leak62 ignore",
	        "// see leak62: ignore",    "// leak62:",
	        "// LEAK62: ignore",        "// leak62: LEAK6201 ignore",
	};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree char *found = lines(texts[i]);

		if (*found)
			fail_msg("something in: %s", texts[i]);
	}
}

/* Any bytes are read, up to their end and not beyond. */
static void any_bytes(void **state)
{
	static const char pool[] = "/*/\\\r\n\"'R(x)1 leak62: ignore\0LEAK6201 ";
	GRand *random = g_rand_new_with_seed(62);

	(void)state;
	for (int round = 0; round < 2000; round++) {
		gint32 length = g_rand_int_range(random, 0, 60);
		char *text = g_malloc((gsize)length + !length);
		struct l62_comments *comments;
		struct l62_ignore unused;

		for (gint32 i = 0; i < length; i++)
			text[i] = pool[g_rand_int_range(random, 0, sizeof pool)];
		comments = l62_comments_read(text, (size_t)length);
		assert_false(l62_comments_about(comments, 0, take, &unused));
		assert_false(l62_comments_about(comments, 1000, take, &unused));
		l62_comments_free(comments);
		g_free(text);
	}
	g_rand_free(random);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(about),
	        cmocka_unit_test(says),
	        cmocka_unit_test(says_nothing),
	        cmocka_unit_test(any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
