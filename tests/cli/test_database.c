/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Compile databases: good, broken and hostile. */
#include "support.h"

#include <glib/gstdio.h>
#include <string.h>

#include "database.h"

/* Reads text as a database; entries is NULL if it was refused with error. */
struct reading {
	char *path;
	GPtrArray *entries, *warnings;
	struct l62_error err;
	int status;
};

static struct reading read_named(void *const *state, const char *name, const char *text)
{
	struct reading reading = {.warnings = g_ptr_array_new_with_free_func(g_free)};

	reading.path = scratch_write(state, name, text);
	reading.status = l62_database_read(reading.path, &reading.entries, reading.warnings,
	                                   &reading.err);
	return reading;
}

static struct reading read_text(void *const *state, const char *text)
{
	return read_named(state, "compile_commands.json", text);
}

static void done(struct reading *reading)
{
	if (reading->entries)
		g_ptr_array_unref(reading->entries);
	g_ptr_array_unref(reading->warnings);
	g_free(reading->path);
}

static void assert_refused(void *const *state, const char *text, const char *sentence)
{
	struct reading reading = read_text(state, text);

	assert_int_equal(reading.status, L62_E_FORMAT);
	assert_null(reading.entries);
	if (!strstr(reading.err.text, sentence))
		fail_msg("\"%s\" is not in \"%s\"", sentence, reading.err.text);
	assert_null(strchr(reading.err.text, '\n'));
	done(&reading);
}

static const struct l62_entry *entry(const struct reading *reading, guint index)
{
	assert_true(index < reading->entries->len);
	return g_ptr_array_index(reading->entries, index);
}

static void targets(void **state)
{
	struct reading reading = read_text(
	        state, "[{\"directory\":\"/d\",\"file\":\"a.c\",\"command\":"
	               "\"cc -o CMakeFiles/one.dir/a.c.o -c a.c\"},"
	               " {\"directory\":\"/d\",\"file\":\"a.c\",\"command\":"
	               "\"cc -osub/CMakeFiles/two.dir/x/a.c.o -c a.c\"},"
	               " {\"directory\":\"/d\",\"file\":\"a.c\",\"command\":"
	               "\"cc -o CMakeFiles/one.dir/b/a.c.o -c a.c\"},"
	               " {\"directory\":\"/d\",\"file\":\"b.c\",\"command\":"
	               "\"cc -o out/b.o -c b.c\"},"
	               " {\"directory\":\"/d\",\"file\":\"c.c\",\"arguments\":"
	               "[\"cl.exe\",\"/FoCMakeFiles\\\\cl.dir\\\\c.obj\",\"/c\",\"c.c\"]},"
	               " {\"directory\":\"/d\",\"file\":\"d.c\",\"command\":"
	               "\"cc -o xCMakeFiles/no.dir/d.o -c d.c\"},"
	               " {\"directory\":\"/d\",\"file\":\"e.c\",\"command\":"
	               "\"cc -o CMakeFiles/a/b.dir/e.o -c e.c\"}]");

	assert_int_equal(reading.status, L62_OK);
	assert_int_equal(reading.entries->len, 5);
	assert_strings(entry(&reading, 0)->targets, "one", "two", NULL);
	assert_int_equal(entry(&reading, 1)->targets->len, 0);
	assert_strings(entry(&reading, 2)->targets, "cl", NULL);
	assert_int_equal(entry(&reading, 3)->targets->len, 0);
	assert_int_equal(entry(&reading, 4)->targets->len, 0);
	done(&reading);
}

static void both_forms_of_a_command(void **state)
{
	struct reading reading =
	        read_text(state, "[{\"directory\":\"/d\",\"file\":\"a.c\","
	                         "\"command\":\"gcc -I'in c' -DX=\\\\\\\"q\\\\\\\" -c a.c\"},\n"
	                         " {\"directory\":\"sub\",\"file\":\"../b.cpp\","
	                         "\"arguments\":[\"gcc\",\"-DY=a b\",\"../b.cpp\"]}]");
	char *b = g_build_filename(*state, "b.cpp", NULL);

	assert_int_equal(reading.status, L62_OK);
	assert_int_equal(reading.entries->len, 2);
	assert_string_equal(entry(&reading, 0)->source, "/d/a.c");
	assert_int_equal(entry(&reading, 0)->language, L62_LANGUAGE_C);
	assert_strings(entry(&reading, 0)->flags.args, "-I/d/in c", "-DX=\"q\"", NULL);
	assert_string_equal(entry(&reading, 1)->source, b);
	assert_int_equal(entry(&reading, 1)->language, L62_LANGUAGE_CXX);
	assert_strings(entry(&reading, 1)->flags.args, "-DY=a b", NULL);
	assert_int_equal(reading.warnings->len, 0);
	g_free(b);
	done(&reading);
}

/* A JSON string that holds text. */
static char *json_text(const char *text)
{
	char *escaped = g_strescape(text, NULL);
	char *json = g_strdup_printf("\"%s\"", escaped);

	g_free(escaped);
	return json;
}

static void assert_cl(void *const *state, const char *command, ...)
{
	char *json = json_text(command);
	char *text = g_strdup_printf("[{\"directory\":\"/d\",\"file\":\"src\\\\a.c\","
	                             "\"command\":%s}]",
	                             json);
	struct reading reading = read_text(state, text);
	const char *expected;
	va_list list;
	guint at = 0;

	assert_int_equal(reading.status, L62_OK);
	assert_string_equal(entry(&reading, 0)->source, "/d/src/a.c");
	assert_true(entry(&reading, 0)->flags.cl);
	va_start(list, command);
	while ((expected = va_arg(list, const char *))) {
		assert_true(at < entry(&reading, 0)->flags.args->len);
		assert_string_equal(g_ptr_array_index(entry(&reading, 0)->flags.args, at),
		                    expected);
		at++;
	}
	va_end(list);
	assert_int_equal(at, entry(&reading, 0)->flags.args->len);
	done(&reading);
	g_free(text);
	g_free(json);
}

/* As CMake writes them on Windows, and as it writes them here. */
static void cl_command_lines(void **state)
{
	assert_cl(state, "C:\\VS\\bin\\cl.exe /nologo /Iinc\\sub /DFOO=1 /FIpre.h /c src\\a.c",
	          "-I/d/inc/sub", "-DFOO=1", "-Xclang", "-include", "-Xclang", "pre.h", NULL);
	assert_cl(state,
	          "\"C:\\Program Files\\VS\\cl.exe\" /I\"in c\\\\\" \"-DS=\\\"x\\\"\" /DC='q' "
	          "-DE=\\\\\\\"z a.c",
	          "-I/d/in c", "-DS=\"x\"", "-DC='q'", "-DE=\\\"z", NULL);
	assert_cl(state, "cl /Iup\\..\\sub a.c", "-I/d/sub", NULL);
	assert_cl(state, "/opt/msvc/cl '/DS=\"x y\"' /Iin\\ c a.c", "-DS=\"x y\"", "-I/d/in c",
	          NULL);
}

static void not_for_leak62(void **state)
{
	struct reading reading = read_text(
	        state, "[{\"directory\":\"/d\",\"file\":\"a.asm\",\"command\":\"ml64 a.asm\"},"
	               "{\"directory\":\"/d\",\"file\":\"a.S\",\"command\":\"gcc a.S\"},"
	               "{\"directory\":\"/d\",\"file\":\"a.rc\",\"command\":\"rc a.rc\"},"
	               "{\"directory\":\"/d\",\"file\":\"b.c\","
	               "\"command\":\"gcc -x assembler-with-cpp b.c\"},"
	               "{\"directory\":\"/d\",\"file\":\"c.c\",\"command\":\"gcc c.c\"}]");

	assert_int_equal(reading.status, L62_OK);
	assert_int_equal(reading.entries->len, 1);
	assert_string_equal(entry(&reading, 0)->source, "/d/c.c");
	assert_int_equal(reading.warnings->len, 0);
	g_ptr_array_unref(reading.entries);
	/* What an image needs of them. */
	assert_int_equal(l62_database_read_assembler(reading.path, &reading.entries, NULL),
	                 L62_OK);
	assert_int_equal(reading.entries->len, 1);
	assert_string_equal(entry(&reading, 0)->source, "/d/a.S");
	done(&reading);
}

static void the_first_of_several_commands(void **state)
{
	struct reading reading = read_text(
	        state,
	        "[{\"directory\":\"/d\",\"file\":\"a.c\",\"command\":\"gcc -DA -O0 a.c\"},"
	        "{\"directory\":\"/d\",\"file\":\"./a.c\",\"command\":\"gcc -DA -O2 a.c\"},"
	        "{\"directory\":\"/d\",\"file\":\"b.c\",\"command\":\"gcc -DA b.c\"},"
	        "{\"directory\":\"/d\",\"file\":\"b.c\",\"command\":\"gcc -DB b.c\"},"
	        "{\"directory\":\"/d\",\"file\":\"b.c\",\"command\":\"gcc -DC b.c\"}]");

	assert_int_equal(reading.status, L62_OK);
	assert_int_equal(reading.entries->len, 2);
	assert_strings(entry(&reading, 1)->flags.args, "-DA", NULL);
	assert_int_equal(reading.warnings->len, 1);
	assert_non_null(strstr(g_ptr_array_index(reading.warnings, 0),
	                       "/d/b.c has several commands; the first is used"));
	done(&reading);
}

static void hostile_commands(void **state)
{
	struct reading reading;
	char *text = g_strdup_printf(
	        "[{\"directory\":\"%s\",\"file\":\"a.c\",\"command\":"
	        "\"gcc -Xclang -load -Xclang e.so -fplugin=e.so @e.rsp @none a.c\"},"
	        "{\"directory\":\"%s\",\"file\":\"b.c\",\"command\":"
	        "\"./touch-a-file.sh -I -load -fplugin=e.so b.c\"}]",
	        (char *)*state, (char *)*state);

	g_free(scratch_write(state, "e.rsp", "-DFROM_RESPONSE_FILE -fplugin=rsp.so"));
	reading = read_text(state, text);
	g_free(text);
	assert_int_equal(reading.status, L62_OK);
	assert_strings(entry(&reading, 0)->flags.args, "-DFROM_RESPONSE_FILE", NULL);
	assert_int_equal(entry(&reading, 1)->flags.args->len, 1);
	assert_true(g_str_has_suffix(g_ptr_array_index(entry(&reading, 1)->flags.args, 0),
	                             "/-load"));
	/* Once for each option: the second -fplugin=e.so is known. */
	assert_int_equal(reading.warnings->len, 5);
	for (guint i = 0; i < reading.warnings->len; i++) {
		static const char *const options[] = {"\"-Xclang -load\"", "\"-Xclang e.so\"",
		                                      "\"-fplugin=e.so\"",
		                                      "\"-fplugin=rsp.so\"", "\"@none\""};
		const char *warning = g_ptr_array_index(reading.warnings, i);

		assert_non_null(strstr(warning, options[i]));
		assert_non_null(strstr(warning, "/a.c is dropped"));
	}
	done(&reading);
}

static void mistakes_have_a_place(void **state)
{
	char *sentence =
	        g_build_filename(*state, "compile_commands.json(3): malformed JSON", NULL);

	assert_refused(state, "[\n{\"directory\": \"/d\",\n \"file\" \"a.c\"}]", sentence);
	assert_refused(state, "", "malformed JSON");
	assert_refused(state, "{}", "must be a JSON array");
	assert_refused(state, "[]", "is empty");
	assert_refused(state, "[1]", "entry 1 has no usable \"directory\"");
	assert_refused(state, "[{\"directory\":\"/d\",\"command\":\"cc\"}]", "\"file\"");
	assert_refused(state, "[{\"directory\":\"/d\",\"file\":\"a.c\"}]", "\"command\"");
	assert_refused(state, "[{\"directory\":\"/d\",\"file\":\"a.c\",\"arguments\":[1]}]",
	               "\"command\"");
	assert_refused(state,
	               "[{\"directory\":\"/d\",\"file\":\"a\\u0000.c\",\"command\":\"cc\"}]",
	               "malformed JSON");
	assert_refused(state, "[{\"directory\":\"/d\",\"file\":\"a.S\",\"command\":\"cc\"}]",
	               "no C or C++");
	g_free(sentence);
}

static void no_such_file(void **state)
{
	char *path = g_build_filename(*state, "none.json", NULL);
	struct l62_error err;
	GPtrArray *entries;

	assert_int_equal(l62_database_read(path, &entries, NULL, &err), L62_E_IO);
	assert_non_null(strstr(err.text, path));
	g_free(path);
}

static void any_file_name(void **state)
{
	struct reading reading = read_named(
	        state, "debug x64.json",
	        "[{\"directory\":\"d\",\"file\":\"a.c\",\"command\":\"gcc -Ii a.c\"}]");
	char *source = g_build_filename(*state, "d/a.c", NULL);

	assert_int_equal(reading.status, L62_OK);
	assert_string_equal(entry(&reading, 0)->source, source);
	g_free(source);
	done(&reading);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        IN_SCRATCH(both_forms_of_a_command),
	        IN_SCRATCH(targets),
	        IN_SCRATCH(cl_command_lines),
	        IN_SCRATCH(not_for_leak62),
	        IN_SCRATCH(the_first_of_several_commands),
	        IN_SCRATCH(hostile_commands),
	        IN_SCRATCH(mistakes_have_a_place),
	        IN_SCRATCH(no_such_file),
	        IN_SCRATCH(any_file_name),
	};

	return cmocka_run_group_tests_name("database", tests, NULL, NULL);
}
