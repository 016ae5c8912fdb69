/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Names of statements: what changes them and what does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tokens.h"

static const char plain[] = "int f(int a)\n"
                            "{\n"
                            "\tchar *p = Alloc(a);\n"
                            "\tif (!p)\n"
                            "\t\treturn -1;\n"
                            "\tLog(\"one two\");\n"
                            "\treturn 0;\n"
                            "}\n"
                            "int g(void) { return f(1); }\n";

static struct l62_tokens *read_text(const char *text)
{
	return l62_tokens_new(text, strlen(text));
}

static char *following(const char *text, int line, int column)
{
	struct l62_tokens *tokens = read_text(text);
	char *name = l62_tokens_following(tokens, line, column);

	l62_tokens_free(tokens);
	return name;
}

static char *statement(const char *text, int line, int column)
{
	struct l62_tokens *tokens = read_text(text);
	char *name = l62_tokens_statement(tokens, line, column);

	l62_tokens_free(tokens);
	return name;
}

static void test_format_is_nothing(void **state)
{
	static const char other[] = "/* words */ int f ( int a ) {\r\n"
	                            "char * p=Alloc( a ) ; // allocates\n"
	                            "if(!p){return-1;}\n"
	                            "Log(\"one \"\n"
	                            "    \"two\");return 0;\n"
	                            "}\n";
	g_autofree char *one = following(plain, 5, 3), *two = following(other, 3, 8);
	g_autofree char *three = statement(plain, 3, 12), *four = statement(other, 2, 10);

	(void)state;
	assert_non_null(one);
	assert_string_equal(one, two);
	assert_non_null(three);
	assert_string_equal(three, four);
}

/* Braces around one statement, which styles demand or forbid. */
static void test_braces_are_nothing(void **state)
{
	static const char *const pairs[][2] = {
	        {"void f(void)\n{\n\tif (!p)\n\t\tp =\nAlloc(1);\n\telse\n\t\tg();\n}\n",
	         "void f(void)\n{\n\tif (!p) {\n\t\tp =\nAlloc(1);\n\t} else {\n\t\tg();\n\t}\n"
	         "}\n"},
	        {"void f(void)\n{\n\tif (x)\n\t\tg();\n\telse p =\n\n Alloc(1);\n}\n",
	         "void f(void)\n{\n\tif (x) {\n\t\tg(); }\n\telse { p =\n\n Alloc(1); }\n}\n"},
	        {"void f(void)\n{\n\tif ((p =\n\n\n\n Alloc(1)) == NULL)\n\t\treturn;\n}\n",
	         "void f(void)\n{\n\tif ((p =\n\n\n\n Alloc(1)) == NULL) "
	         "{\n\t\treturn;\n\t}\n}\n"},
	};
	static const int lines[] = {5, 7, 7};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
		int column = lines[i] == 5 ? 1 : 2;
		g_autofree char *one = statement(pairs[i][0], lines[i], column);
		g_autofree char *two = statement(pairs[i][1], lines[i], column);

		assert_non_null(one);
		assert_string_equal(one, two);
	}
}

static void test_text_counts(void **state)
{
	g_autofree char *first = following(plain, 5, 3), *last = following(plain, 7, 2);
	g_autofree char *alloc = statement(plain, 3, 12);
	g_autofree char *other =
	        statement("int f(int a)\n{\n\tchar *p = Alloc(b);\n}\n", 3, 12);

	(void)state;
	assert_string_not_equal(first, last);
	assert_string_not_equal(alloc, other);
	/* What stands before does not. */
	{
		g_autofree char *alone = following("int h(void)\n{\n\treturn 0;\n}\n", 3, 2);

		assert_string_equal(last, alone);
	}
}

static void test_functions(void **state)
{
	struct l62_tokens *tokens = read_text(plain);
	g_autofree char *last = following(plain, 7, 2);

	(void)state;
	assert_true(l62_tokens_defines(tokens, "f"));
	assert_true(l62_tokens_defines(tokens, "g"));
	assert_false(l62_tokens_defines(tokens, "Alloc"));
	assert_true(l62_tokens_follows(tokens, "f", last));
	assert_false(l62_tokens_follows(tokens, "g", last));
	assert_false(l62_tokens_follows(tokens, "h", last));
	assert_string_equal(l62_tokens_function(tokens, 6), "f");
	assert_string_equal(l62_tokens_function(tokens, 9), "g");
	assert_null(l62_tokens_function(tokens, 10));
	l62_tokens_free(tokens);
}

/* Braces that do not balance in the text must not lose what comes after. */
static void test_conditional_braces(void **state)
{
	static const char text[] = "extern \"C\" {\n"
	                           "void f(void)\n"
	                           "{\n"
	                           "#if A\n"
	                           "\tif (a) {\n"
	                           "#else\n"
	                           "\tif (b) {\n"
	                           "#endif\n"
	                           "\t}\n"
	                           "}\n"
	                           "struct s {\n\tint a;\n};\n"
	                           "_Success_(return >= 0) int g(int a)\n"
	                           "{\n"
	                           "\treturn a;\n"
	                           "}\n"
	                           "}\n";
	struct l62_tokens *tokens = read_text(text);

	(void)state;
	assert_true(l62_tokens_defines(tokens, "f"));
	assert_true(l62_tokens_defines(tokens, "g"));
	assert_string_equal(l62_tokens_function(tokens, 16), "g");
	l62_tokens_free(tokens);
}

/* Nothing that a file can hold may lead out of it. */
static void test_odd_text(void **state)
{
	static const char *const texts[] = {"",    "/*",        "/",        "\"",     "'\\",
	                                    "\\",  "{",         "}",        ")",      "){",
	                                    "(){", "f(){",      "f(\"\\",   "//",     "/*/",
	                                    "f()", "f() { a(;", "\xff\xfe", "f(){\"a"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct l62_tokens *tokens = read_text(texts[i]);

		for (int line = 0; line < 3; line++) {
			g_free(l62_tokens_following(tokens, line, 1));
			g_free(l62_tokens_statement(tokens, line, 9));
			l62_tokens_function(tokens, line);
		}
		assert_false(l62_tokens_follows(tokens, "f", "none"));
		assert_false(l62_tokens_states(tokens, "f", "none"));
		l62_tokens_free(tokens);
	}
	{
		static const char with_nul[] = "int f(void)\n{\n\0return 0;\n}";
		struct l62_tokens *tokens = l62_tokens_new(with_nul, sizeof(with_nul) - 1);

		assert_true(l62_tokens_defines(tokens, "f"));
		l62_tokens_free(tokens);
	}
}

/* With the old names a statement is the old one. */
static void test_renamed(void **state)
{
	struct l62_tokens *then =
	        read_text("int f(int a)\n{\n\tp = g(a, 'old');\n\treturn p;\n}\n");
	struct l62_tokens *now =
	        read_text("int f(int a)\n{\n\tq = g(a, 'new');\n\treturn q;\n}\n");
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	g_autofree char *old = l62_tokens_statement(then, 3, 2);
	g_autofree char *plain = l62_tokens_statement(now, 3, 2);
	g_autofree char *after = l62_tokens_following(then, 4, 2);
	g_autofree char *as = NULL, *after_as = NULL;

	(void)state;
	assert_string_not_equal(plain, old);
	assert_true(l62_tokens_states(then, "f", old));
	assert_false(l62_tokens_states(then, "g", old));
	assert_false(l62_tokens_states(now, "f", old));
	g_hash_table_insert(names, "q", "p");
	g_hash_table_insert(names, "'new'", "'old'");
	as = l62_tokens_statement_as(now, 3, 2, names);
	after_as = l62_tokens_following_as(now, 4, 2, names);
	assert_string_equal(as, old);
	assert_string_equal(after_as, after);
	l62_tokens_free(then);
	l62_tokens_free(now);
}

static void test_mention(void **state)
{
	(void)state;
	assert_true(l62_tokens_mention("ExFreePool(p);", "ExFreePool"));
	assert_true(l62_tokens_mention("ExFreePoolWithTag(p); ExFreePool(p)", "ExFreePool"));
	assert_false(l62_tokens_mention("ExFreePoolWithTag(p);", "ExFreePool"));
	assert_false(l62_tokens_mention("MyExFreePool(p);", "ExFreePool"));
	assert_false(l62_tokens_mention("text", ""));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_format_is_nothing),
	        cmocka_unit_test(test_braces_are_nothing),
	        cmocka_unit_test(test_text_counts),
	        cmocka_unit_test(test_functions),
	        cmocka_unit_test(test_conditional_braces),
	        cmocka_unit_test(test_odd_text),
	        cmocka_unit_test(test_renamed),
	        cmocka_unit_test(test_mention),
	};

	return cmocka_run_group_tests_name("gate/tokens", tests, NULL, NULL);
}
