/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Variants of an image: flags and imports of their own, a folder each. */
#include "support.h"

#include <glib/gstdio.h>
#include <string.h>

#include "build.h"
#include "driver.h"
#include "leak62/verifier.h"
#include "toolchain.h"
#include "unit.h"

static const char source[] =
        "#include <ntddk.h>\n"
        "#ifdef EXTRA\n"
        "__declspec(dllimport) VOID NTAPI ExtraRoutine(VOID);\n"
        "#endif\n"
        "NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)\n"
        "{\n"
        "#ifdef EXTRA\n"
        "\tExtraRoutine();\n"
        "#endif\n"
        "\treturn driver && path ? STATUS_UNSUCCESSFUL : STATUS_SUCCESS;\n"
        "}\n";

struct made {
	char *folder;
	struct l62_work work;
	struct l62_toolchain toolchain;
	struct l62_image_tools tools;
	struct l62_driver driver;
	GPtrArray *units;
};

static void free_unit(gpointer unit)
{
	l62_unit_free(unit);
}

static int set_up(void **state)
{
	struct made *made = g_new0(struct made, 1);
	struct l62_error err = {0};
	char *path;

	*state = made;
	made->folder = g_dir_make_tmp("leak62-variant-XXXXXX", NULL);
	path = g_build_filename(made->folder, "demo.c", NULL);
	assert_true(g_file_set_contents(path, source, -1, NULL));
	l62_driver_init(&made->driver);
	assert_int_equal(l62_driver_find_headers(&made->driver, &err), L62_OK);
	assert_int_equal(l62_toolchain_find(&made->toolchain, NULL, NULL, &err), L62_OK);
	assert_int_equal(
	        l62_image_tools_find(&made->tools, made->toolchain.clang, NULL, NULL, &err),
	        L62_OK);
	assert_int_equal(l62_work_open(&made->work, made->folder, &err), L62_OK);
	made->units = g_ptr_array_new_with_free_func(free_unit);
	g_ptr_array_add(made->units,
	                l62_unit_new(path,
	                             l62_driver_arguments(&made->driver, NULL, L62_LANGUAGE_C),
	                             "test"));
	g_free(path);
	return 0;
}

static int tear_down(void **state)
{
	struct made *made = *state;
	char *command[] = {(char *)"rm", (char *)"-rf", made->folder, NULL};

	g_spawn_sync(NULL, command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
	             NULL);
	g_ptr_array_unref(made->units);
	l62_driver_clear(&made->driver);
	l62_image_tools_clear(&made->tools);
	l62_toolchain_clear(&made->toolchain);
	l62_work_close(&made->work);
	g_free(made->folder);
	g_free(made);
	return 0;
}

static void build(const struct made *made, const struct l62_image_variant *variant,
                  struct l62_image *image)
{
	struct l62_image_build build = {
	        .tools = &made->tools,
	        .work = &made->work,
	        .clang_version = made->toolchain.clang_version,
	        .driver = "demo",
	        .units = made->units,
	        .headers = &made->driver,
	        .variant = variant,
	        .jobs = 2,
	        .timeout = 300,
	};
	struct l62_error err = {0};

	if (l62_image_build(&build, image, &err) != L62_OK)
		fail_msg("%s", err.text);
}

static bool imports(const char *sys, const char *name)
{
	char *text = NULL;
	size_t size, missing;
	FILE *out = open_memstream(&text, &size);
	struct l62_error err = {0};
	bool has;

	assert_int_equal(l62_verify_print_imports(sys, out, &missing, &err), L62_OK);
	fclose(out);
	has = strstr(text, name) != NULL;
	free(text);
	return has;
}

static const char *const extra[] = {"-DEXTRA", NULL};
static const char *const routine[] = {"ExtraRoutine", NULL};

static void test_flags_and_import(void **state)
{
	const struct l62_image_variant traced = {"traced", extra, routine};
	struct l62_image plain, other;

	build(*state, &l62_image_plain, &plain);
	build(*state, &traced, &other);
	assert_non_null(plain.sys);
	assert_non_null(other.sys);
	assert_true(g_str_has_suffix(plain.sys, "/confirm/demo/plain/demo.sys"));
	assert_true(g_str_has_suffix(other.sys, "/confirm/demo/traced/demo.sys"));
	assert_false(imports(plain.sys, "ExtraRoutine"));
	assert_true(imports(other.sys, "ntoskrnl.exe!ExtraRoutine"));
	assert_int_equal(other.compiled, 1);
	assert_int_equal(other.kept, 0);
	assert_true(other.linked);
	l62_image_clear(&plain);
	/* Neither undoes the other. */
	build(*state, &l62_image_plain, &plain);
	assert_int_equal(plain.compiled, 0);
	assert_int_equal(plain.kept, 1);
	assert_false(plain.linked);
	l62_image_clear(&plain);
	l62_image_clear(&other);
}

static void test_flags_without_import(void **state)
{
	const struct l62_image_variant lacking = {"lacking", extra, NULL};
	struct l62_image image;

	build(*state, &lacking, &image);
	assert_null(image.sys);
	assert_null(image.pdb);
	assert_int_equal(image.why->len, 1);
	assert_non_null(strstr(g_ptr_array_index(image.why, 0), "demo.c(8): ExtraRoutine is "));
	l62_image_clear(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_flags_and_import),
	        cmocka_unit_test(test_flags_without_import),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
