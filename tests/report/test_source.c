/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Paths, characters, columns and fingerprints of the reports. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <glib/gstdio.h>
#include <string.h>

#include "fingerprint.h"
#include "paths.h"
#include "printable.h"
#include "sample.h"
#include "source.h"

static void check_below(const char *base, const char *path, const char *expected)
{
	char *below = l62_path_below(base, path);

	if (expected)
		assert_string_equal(below, expected);
	else
		assert_null(below);
	g_free(below);
}

static void paths_below(void **state)
{
	(void)state;
	check_below("/a/b", "/a/b/c.c", "c.c");
	check_below("/a/b/", "/a/b/c.c", "c.c");
	check_below("/a/b", "/a/b/d/c.c", "d/c.c");
	check_below("/a/b", "/a/b", NULL);
	check_below("/a/b", "/a/b/", NULL);
	check_below("/a/b", "/a/bc/c.c", NULL);
	check_below("/a/b", "/a/c.c", NULL);
	check_below("/a/b", "/a/b/../c.c", NULL);
	check_below("/a/b", "/a/x/../b/./c.c", "c.c");
	check_below("/a/b", "//a//b//c.c", "c.c");
	check_below("/a/x/../b", "/a/b/c.c", "c.c");
	check_below("/", "/c.c", "c.c");
	check_below("/", "/a/c.c", "a/c.c");
	check_below("/", "/", NULL);
	check_below("/a/b", "/a/b/..c", "..c");
}

static void paths_shown(void **state)
{
	char *inside = l62_path_shown("/a/b/c.c", "/a"),
	     *outside = l62_path_shown("/x//y/../c.c", "/a");

	(void)state;
	assert_string_equal(inside, "b/c.c");
	assert_string_equal(outside, "/x/c.c");
	g_free(inside);
	g_free(outside);
}

static void uris(void **state)
{
	char *reference = l62_path_uri_reference("a b/c:d%#?[1]\303\244\377.c");
	char *absolute = l62_path_uri("/x y/../z\n.c");
	char *folder = l62_path_uri_folder("/a"), *root = l62_path_uri_folder("/");

	(void)state;
	assert_string_equal(reference, "a%20b/c%3Ad%25%23%3F%5B1%5D%C3%A4%FF.c");
	assert_string_equal(absolute, "file:///z%0A.c");
	assert_string_equal(folder, "file:///a/");
	assert_string_equal(root, "file:///");
	g_free(reference);
	g_free(absolute);
	g_free(folder);
	g_free(root);
}

static void check_split(const char *text, const char *file, int line, const char *rest)
{
	char *split_file;
	int split_line;

	assert_string_equal(l62_path_split_error(text, &split_file, &split_line), rest);
	assert_int_equal(split_line, line);
	if (file)
		assert_string_equal(split_file, file);
	else
		assert_null(split_file);
	g_free(split_file);
}

static void split_errors(void **state)
{
	(void)state;
	check_split("/a.c(12): bad (3): x", "/a.c", 12, "bad (3): x");
	check_split("/a (1)/b(x).c(2): bad", "/a (1)/b(x).c", 2, "bad");
	check_split("/a.c: bad", NULL, 0, "/a.c: bad");
	check_split("/a.c(0): bad", NULL, 0, "/a.c(0): bad");
	check_split("/a.c(-1): bad", NULL, 0, "/a.c(-1): bad");
	check_split("/a.c(99999999999): bad", NULL, 0, "/a.c(99999999999): bad");
	check_split("a.c(12): bad", NULL, 0, "a.c(12): bad");
	check_split("(", NULL, 0, "(");
	check_split("", NULL, 0, "");
}

static void check_decode(const char *bytes, const char *expected)
{
	GString *out = g_string_new(NULL);

	l62_utf8_append(out, bytes, strlen(bytes));
	assert_true(g_utf8_validate(out->str, (gssize)out->len, NULL));
	assert_string_equal(out->str, expected);
	g_string_free(out, TRUE);
}

#define BAD "\357\277\275"

static void utf8(void **state)
{
	GString *out = g_string_new(NULL);

	(void)state;
	check_decode("a\303\244\346\274\242\360\237\230\200z",
	             "a\303\244\346\274\242\360\237\230\200z");
	check_decode("\377x\200", BAD "x" BAD);
	check_decode("\300\257", BAD BAD);                 /* overlong */
	check_decode("\340\200\200", BAD BAD BAD);         /* overlong */
	check_decode("\355\240\200", BAD BAD BAD);         /* surrogate */
	check_decode("\364\220\200\200", BAD BAD BAD BAD); /* past the last */
	check_decode("\343\201A", BAD "A");                /* cut short: one */
	check_decode("\360\237\230", BAD);
	l62_utf8_append(out, "a\0b", 3);
	assert_string_equal(out->str, "a" BAD "b");
	g_string_free(out, TRUE);
}

static char *write_temp(const char *text, size_t length)
{
	GError *error = NULL;
	char *path;
	int fd = g_file_open_tmp("leak62-source-XXXXXX", &path, &error);

	assert_int_not_equal(fd, -1);
	g_close(fd, NULL);
	assert_true(g_file_set_contents(path, text, (gssize)length, NULL));
	return path;
}

static void check_text(const struct l62_source *source, int first, int column, int last,
                       int end, const char *expected)
{
	char *text = l62_source_text(source, first, column, last, end);

	if (expected)
		assert_string_equal(text, expected);
	else
		assert_null(text);
	g_free(text);
}

static void columns(void **state)
{
	static const char text[] = "PVOID a;\r\n"
	                           "\303\244\360\237\230\200 = b;\n"
	                           "\377x\r"
	                           "end";
	char *path = write_temp(text, strlen(text));
	struct l62_sources *sources = l62_sources_new();
	struct l62_source *source = l62_sources_get(sources, path);

	(void)state;
	assert_non_null(source);
	assert_ptr_equal(l62_sources_get(sources, path), source);
	assert_int_equal(l62_source_line_count(source), 4);
	assert_int_equal(l62_source_length(source), strlen(text));
	assert_int_equal(l62_source_column(source, 1, 1), 1);
	assert_int_equal(l62_source_column(source, 1, 7), 7);
	assert_int_equal(l62_source_column(source, 2, 3), 2); /* behind the a umlaut */
	assert_int_equal(l62_source_column(source, 2, 7), 4); /* the emoji is two */
	assert_int_equal(l62_source_column(source, 2, 12), 9);
	assert_int_equal(l62_source_column(source, 2, 20), 17); /* past the end */
	assert_int_equal(l62_source_column(source, 3, 2), 2);
	assert_int_equal(l62_source_column(source, 9, 5), 5);
	assert_int_equal(l62_source_column(NULL, 1, 5), 5);
	assert_int_equal(l62_source_end_column(source, 1), 9);
	assert_int_equal(l62_source_end_column(source, 2), 9);
	assert_int_equal(l62_source_end_column(source, 4), 4);
	assert_int_equal(l62_source_end_column(source, 5), 0);
	check_text(source, 1, 1, 1, 0, "PVOID a;");
	check_text(source, 1, 7, 1, 8, "a");
	check_text(source, 1, 7, 1, 9, "a;");
	check_text(source, 1, 7, 1, 90, "a;");
	check_text(source, 1, 7, 2, 3, "a;\r\n\303\244");
	check_text(source, 3, 1, 4, 0, BAD "x\rend");
	check_text(source, 1, 9, 1, 0, NULL);
	check_text(source, 1, 90, 1, 0, NULL);
	check_text(source, 1, 7, 1, 7, NULL);
	check_text(source, 0, 1, 1, 0, NULL);
	check_text(source, 4, 1, 5, 0, NULL);
	check_text(source, 4, 1, 3, 0, NULL);
	check_text(NULL, 1, 1, 1, 0, NULL);
	assert_null(l62_source_line_hash(source, 0));
	assert_null(l62_source_line_hash(source, 5));
	assert_non_null(l62_source_line_hash(source, 4));
	assert_null(l62_sources_get(sources, "/nowhere/at/all.c"));
	assert_null(l62_sources_get(sources, "/dev/null"));
	l62_sources_free(sources);
	g_unlink(path);
	g_free(path);
}

static void check_hashes(const char *text, const char *const *expected)
{
	GPtrArray *lines = l62_fingerprint_lines(text, strlen(text));
	guint i;

	for (i = 0; expected[i]; i++) {
		assert_true(i < lines->len);
		assert_string_equal(g_ptr_array_index(lines, i), expected[i]);
	}
	assert_int_equal(lines->len, i);
	g_ptr_array_unref(lines);
}

/* The values are those of GitHub's own upload step. */
static void line_hashes(void **state)
{
	GString *many = g_string_new(NULL);

	(void)state;
	check_hashes("", (const char *const[]){"c129715d7a2bc9a3:1", NULL});
	check_hashes("int a;\r\n\tint b;\r\n\r\nint a ;",
	             (const char *const[]){"a772f6bd000fac3b:1", "a0c2dcae1d15200a:1",
	                                   "6f8cf2967503ae48:1", "273ee9b8ea679dfe:1", NULL});
	check_hashes("PVOID g_Gr\303\266\303\237e; /* \360\237\230\200 \377 */\n",
	             (const char *const[]){"2878c790f306e4e3:1", "c129715d7a2bc9a3:1", NULL});
	for (int i = 0; i < 12; i++)
		g_string_append(many, "x = Alloc(TAG);\n");
	check_hashes(many->str,
	             (const char *const[]){
	                     "94212670af7a2ecb:1", "94212670af7a2ecb:2", "94212670af7a2ecb:3",
	                     "94212670af7a2ecb:4", "94212670af7a2ecb:5", "94212670af9f1d11:1",
	                     "9b9f4de1d8a31c5f:1", "70d77980059ce2dd:1", "e669cc066a26880b:1",
	                     "da950fd52bd08f69:1", "8de305ac56f0c877:1", "d5cb30f272f42eb5:1",
	                     "c129715d7a2bc9a3:1", NULL});
	g_string_free(many, TRUE);
}

static char *fingerprint(const struct l62_finding *finding)
{
	return l62_fingerprint_finding(finding, "/src");
}

static void check_differs(const struct l62_finding *finding, const char *from)
{
	char *other = fingerprint(finding);

	assert_string_not_equal(other, from);
	g_free(other);
}

static void own_fingerprint(void **state)
{
	struct l62_result *result = sample_path("/src/pnp.c");
	struct l62_finding *finding = g_ptr_array_index(result->findings, 0), copy;
	char *first = fingerprint(finding), *moved, *elsewhere;

	(void)state;
	assert_int_equal(strlen(first), 64);
	copy = *finding;
	copy.site.line = copy.at.line = 400;
	copy.message = "other words";
	moved = fingerprint(&copy);
	assert_string_equal(moved, first);
	copy.site.file = "/elsewhere/pnp.c";
	elsewhere = l62_fingerprint_finding(&copy, "/elsewhere");
	assert_string_equal(elsewhere, first);

	copy = *finding;
	copy.site.file = "/src/other.c";
	check_differs(&copy, first);
	copy = *finding;
	copy.rule = l62_rule_by_name("LeakOnFailedLoad");
	check_differs(&copy, first);
	copy = *finding;
	copy.function = "Other";
	check_differs(&copy, first);
	copy = *finding;
	copy.api = "IoMakeAssociatedIrp";
	check_differs(&copy, first);
	copy = *finding;
	copy.tag = NULL;
	check_differs(&copy, first);
	copy = *finding;
	copy.variable = "Irp";
	check_differs(&copy, first);
	copy = *finding;
	copy.slot = "EXT.Irp";
	check_differs(&copy, first);
	g_free(first);
	g_free(moved);
	g_free(elsewhere);
	sample_free(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(paths_below), cmocka_unit_test(paths_shown),
	        cmocka_unit_test(uris),        cmocka_unit_test(split_errors),
	        cmocka_unit_test(utf8),        cmocka_unit_test(columns),
	        cmocka_unit_test(line_hashes), cmocka_unit_test(own_fingerprint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
