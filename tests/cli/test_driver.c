/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* How clang is called for a driver. */
#include "support.h"

#include <string.h>

#include "driver.h"

static bool has(const GPtrArray *args, const char *arg)
{
	return g_ptr_array_find_with_equal_func((GPtrArray *)args, arg, g_str_equal, NULL);
}

static guint place(const GPtrArray *args, const char *arg)
{
	guint at = 0;

	if (!g_ptr_array_find_with_equal_func((GPtrArray *)args, arg, g_str_equal, &at))
		fail_msg("%s is missing", arg);
	return at;
}

/* A driver whose headers lie in the scratch folder. */
static void set_up(struct l62_driver *driver, void *const *state)
{
	l62_driver_init(driver);
	g_free(scratch_write(state, "mingw/_mingw.h", ""));
	g_free(scratch_write(state, "mingw/ddk/wdm.h", ""));
	g_free(scratch_write(state, "shim/leak62_driver.h", ""));
	g_free(scratch_write(state, "own/wdm.h", ""));
	driver->mingw = g_build_filename(*state, "mingw", NULL);
	driver->shim = g_build_filename(*state, "shim", NULL);
}

static GPtrArray *arguments(struct l62_driver *driver, void *const *state,
                            const char *const *argv)
{
	struct l62_flags flags;
	GPtrArray *args;

	l62_flags_init(&flags);
	l62_flags_filter(&flags, *state, argv);
	args = l62_driver_arguments(driver, &flags, L62_LANGUAGE_C);
	l62_flags_clear(&flags);
	return args;
}

static void without_a_database(void **state)
{
	struct l62_driver driver;
	GPtrArray *args;
	char *shim, *ddk, *mingw, *force;
	const char *const extra[] = {"clang", "-I", "mine", "-D", "X=1", NULL};

	set_up(&driver, state);
	l62_flags_filter(&driver.extra, *state, extra);
	args = l62_driver_arguments(&driver, NULL, L62_LANGUAGE_C);
	shim = g_strconcat("-isystem", driver.shim, NULL);
	ddk = g_strconcat("-isystem", driver.mingw, "/ddk", NULL);
	mingw = g_strconcat("-isystem", driver.mingw, NULL);
	force = g_build_filename(driver.shim, "leak62_driver.h", NULL);
	assert_true(has(args, "--target=x86_64-w64-mingw32"));
	assert_true(has(args, "-fms-extensions"));
	assert_true(has(args, "-fms-compatibility"));
	assert_true(has(args, "-fgnuc-version=4.2.1"));
	assert_true(has(args, "-std=gnu11"));
	assert_true(has(args, "-D_AMD64_=1"));
	assert_true(has(args, "-DNTDDI_VERSION=0x0A000000"));
	assert_true(has(args, "-DX=1"));
	assert_true(place(args, shim) < place(args, ddk));
	assert_true(place(args, ddk) < place(args, mingw));
	assert_string_equal(g_ptr_array_index(args, place(args, force) - 2), "-include");
	assert_string_equal(g_ptr_array_index(args, args->len - 1), "-xc");
	g_ptr_array_unref(args);
	args = l62_driver_arguments(&driver, NULL, L62_LANGUAGE_CXX);
	assert_true(has(args, "-std=gnu++17"));
	assert_string_equal(g_ptr_array_index(args, args->len - 1), "-xc++");
	g_ptr_array_unref(args);
	g_free(force);
	g_free(mingw);
	g_free(ddk);
	g_free(shim);
	l62_driver_clear(&driver);
}

static void target_of_a_command(void **state)
{
	static const struct {
		const char *argv[4], *target;
	} cases[] = {
	        {{"gcc", NULL}, "--target=x86_64-w64-mingw32"},
	        {{"clang", "--target=x86_64-linux-gnu", NULL}, "--target=x86_64-w64-mingw32"},
	        {{"clang", "--target=aarch64-apple-darwin", NULL},
	         "--target=x86_64-w64-mingw32"},
	        {{"i686-w64-mingw32-gcc", NULL}, "--target=i686-w64-mingw32"},
	        {{"x86_64-w64-mingw32-gcc", "-m32", NULL}, "--target=i686-w64-mingw32"},
	        {{"cl", "/DX", NULL}, "--target=x86_64-w64-mingw32"},
	        {{"clang-cl", "--target=x86_64-pc-windows-msvc", NULL},
	         "--target=x86_64-w64-mingw32"},
	        {{"clang", "--target=aarch64-pc-windows-msvc", NULL},
	         "--target=x86_64-w64-mingw32"},
	        {{"cl", "/Iown", NULL}, "--target=x86_64-pc-windows-msvc"},
	        {{"clang", "--target=aarch64-pc-windows-msvc", "-Iown", NULL},
	         "--target=aarch64-pc-windows-msvc"},
	        {{"x86_64-w64-mingw32-gcc", "-Iown", NULL}, "--target=x86_64-w64-mingw32"},
	};
	struct l62_driver driver;

	set_up(&driver, state);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		GPtrArray *args = arguments(&driver, state, cases[i].argv);

		assert_string_equal(g_ptr_array_index(args, 1), cases[i].target);
		assert_false(has(args, "-std=gnu11"));
		g_ptr_array_unref(args);
	}
	l62_driver_clear(&driver);
}

static void headers_when_missing(void **state)
{
	const char *const none[] = {"gcc", "-Iinc", NULL};
	const char *const own[] = {"gcc", "-isystem", "own", NULL};
	const char *const mingw[] = {"gcc", "-isystem", "mingw/ddk", "-I", "mingw", NULL};
	struct l62_driver driver;
	struct l62_flags flags;
	GPtrArray *args;
	char *ddk, *shim;

	set_up(&driver, state);
	l62_flags_init(&flags);
	l62_flags_filter(&flags, *state, none);
	assert_true(l62_driver_needs_headers(&driver, &flags));
	assert_true(l62_driver_needs_headers(&driver, NULL));
	l62_flags_filter(&flags, *state, own);
	assert_false(l62_driver_needs_headers(&driver, &flags));
	driver.headers = L62_HEADERS_ALWAYS;
	assert_true(l62_driver_needs_headers(&driver, &flags));
	driver.headers = L62_HEADERS_NEVER;
	assert_false(l62_driver_needs_headers(&driver, &flags));
	assert_false(l62_driver_needs_headers(&driver, NULL));
	driver.headers = L62_HEADERS_WHEN_MISSING;

	/* mingw-w64's own folders do not come before the shim. */
	args = arguments(&driver, state, mingw);
	ddk = g_strconcat("-isystem", driver.mingw, "/ddk", NULL);
	shim = g_strconcat("-isystem", driver.shim, NULL);
	assert_true(place(args, shim) < place(args, ddk));
	g_free(ddk);
	ddk = g_strconcat("-I", driver.mingw, NULL);
	assert_false(has(args, ddk));
	g_ptr_array_unref(args);
	g_free(shim);
	g_free(ddk);
	l62_flags_clear(&flags);
	l62_driver_clear(&driver);
}

static void wdk_replaces_mingw(void **state)
{
	const char *const argv[] = {"cl", "/DX", NULL};
	struct l62_driver driver;
	GPtrArray *args;

	set_up(&driver, state);
	g_ptr_array_add(driver.wdk, g_strdup("/wdk/km"));
	args = arguments(&driver, state, argv);
	assert_true(has(args, "--target=x86_64-pc-windows-msvc"));
	assert_true(has(args, "-fms-compatibility"));
	assert_true(has(args, "-isystem/wdk/km"));
	for (guint i = 0; i < args->len; i++) {
		assert_null(strstr(g_ptr_array_index(args, i), "mingw"));
		assert_null(strstr(g_ptr_array_index(args, i), "leak62_driver.h"));
	}
	g_ptr_array_unref(args);
	l62_driver_clear(&driver);
}

static void a_units_version_stands(void **state)
{
	const char *const argv[] = {"gcc", "-D_WIN32_WINNT=0x0601", NULL};
	struct l62_driver driver;
	GPtrArray *args;

	set_up(&driver, state);
	args = arguments(&driver, state, argv);
	assert_true(has(args, "-D_WIN32_WINNT=0x0601"));
	assert_false(has(args, "-DNTDDI_VERSION=0x0A000000"));
	g_ptr_array_unref(args);
	l62_driver_clear(&driver);
}

static void headers_of_this_machine(void **state)
{
	struct l62_driver driver;
	struct l62_error err = {0};

	(void)state;
	l62_driver_init(&driver);
	if (l62_driver_find_headers(&driver, &err) != L62_OK)
		fail_msg("%s", err.text);
	assert_non_null(driver.mingw);
	assert_non_null(driver.shim);
	l62_driver_clear(&driver);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        IN_SCRATCH(without_a_database),     IN_SCRATCH(target_of_a_command),
	        IN_SCRATCH(headers_when_missing),   IN_SCRATCH(wdk_replaces_mingw),
	        IN_SCRATCH(a_units_version_stands), cmocka_unit_test(headers_of_this_machine),
	};

	return cmocka_run_group_tests_name("driver", tests, NULL, NULL);
}
