/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Toolchain, processes and the work folder. */
#include "support.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "process.h"
#include "toolchain.h"
#include "work.h"

static void assert_version(const char *text, const char *expected)
{
	char *version = l62_toolchain_parse_version(text);

	if (expected)
		assert_string_equal(version, expected);
	else
		assert_null(version);
	g_free(version);
}

static void versions_of_clang(void **state)
{
	(void)state;
	assert_version("Debian clang version 19.1.7 (3~deb12u1)\nTarget: x86_64", "19.1.7");
	assert_version("clang version 22.1.0-rc2", "22.1.0");
	assert_version("clang version x", NULL);
	assert_version("gcc (Debian 12.2.0-14) 12.2.0", NULL);
	assert_version("", NULL);
}

static void assert_mark(void *const *state, const char *content, gsize length,
                        const char *expected)
{
	char *path = g_build_filename(*state, "plugin.so", NULL);
	char *clang = NULL, *version = NULL;
	struct l62_error err;
	int status;

	assert_true(g_file_set_contents(path, content, (gssize)length, NULL));
	status = l62_toolchain_plugin_mark(path, &clang, &version, &err);
	if (expected) {
		assert_int_equal(status, L62_OK);
		assert_string_equal(clang, expected);
		assert_string_equal(version, "0.1.0");
	} else {
		assert_int_equal(status, L62_E_FORMAT);
		assert_non_null(strstr(err.text, "is not leak62's plugin"));
	}
	g_free(clang);
	g_free(version);
	g_free(path);
}

static void marks_of_plugins(void **state)
{
	static const char good[] = "ELF\0\0leak62-plugin clang=19.1.7 version=0.1.0;\0tail";
	static const char second[] =
	        "leak62-plugin clang=%s\0leak62-plugin clang=22.1.0 version=0.1.0;";
	static const char cut[] = "leak62-plugin clang=19.1";

	assert_mark(state, good, sizeof(good), "19.1.7");
	assert_mark(state, second, sizeof(second), "22.1.0");
	assert_mark(state, cut, sizeof(cut) - 1, NULL);
	assert_mark(state, "", 0, NULL);
}

static int run(const char *script, unsigned timeout, struct l62_process_end *end)
{
	char *argv[] = {"sh", "-c", (char *)script, NULL};
	const struct l62_process process = {
	        .argv = argv, .out = -1, .err = -1, .timeout = timeout, .own_group = true};
	struct l62_error err;

	return l62_process_run(&process, end, &err);
}

static void ends_of_processes(void **state)
{
	struct l62_process_end end;

	(void)state;
	assert_int_equal(run("exit 3", 0, &end), L62_OK);
	assert_int_equal(end.exit_code, 3);
	assert_int_equal(end.signal, 0);
	assert_int_equal(run("kill -SEGV $$", 10, &end), L62_OK);
	assert_int_equal(end.exit_code, -1);
	assert_int_equal(end.signal, SIGSEGV);
	assert_false(end.timed_out);
}

static void processes_that_do_not_start(void **state)
{
	char *argv[] = {"/nonexistent/program", NULL};
	const struct l62_process process = {.argv = argv, .out = -1, .err = -1};
	struct l62_process_end end;
	struct l62_error err;

	(void)state;
	assert_int_equal(l62_process_run(&process, &end, &err), L62_E_IO);
	assert_non_null(strstr(err.text, "/nonexistent/program"));
}

/* The grandchild goes, too. */
static void time_runs_out(void **state)
{
	struct l62_process_end end;
	char *mark = g_build_filename(*state, "mark", NULL);
	char *script = g_strdup_printf("(sleep 3; touch '%s') & wait", mark);
	gint64 start = g_get_monotonic_time();

	assert_int_equal(run(script, 1, &end), L62_OK);
	assert_true(end.timed_out);
	assert_int_equal(end.signal, SIGKILL);
	assert_true(g_get_monotonic_time() - start < 3 * G_USEC_PER_SEC);
	g_usleep(3 * G_USEC_PER_SEC);
	assert_false(g_file_test(mark, G_FILE_TEST_EXISTS));
	g_free(script);
	g_free(mark);
}

static void work_has_one_user(void **state)
{
	struct l62_work first, second;
	struct l62_error err;
	bool locked;
	char *path = g_build_filename(*state, "deep/.leak62", NULL);

	assert_int_equal(l62_work_open(&first, path, &err), L62_OK);
	assert_int_equal(l62_work_open(&second, path, &err), L62_OK);
	assert_int_equal(l62_work_lock(&first, false, &locked, &err), L62_OK);
	assert_true(locked);
	assert_int_equal(l62_work_lock(&second, false, &locked, &err), L62_OK);
	assert_false(locked);
	l62_work_close(&first);
	assert_int_equal(l62_work_lock(&second, true, &locked, &err), L62_OK);
	assert_true(locked);
	l62_work_close(&second);
	g_free(path);
}

static void work_is_swept(void **state)
{
	static const struct {
		const char *name;
		bool kept;
	} files[] = {
	        {"facts/a.db", true},         {"facts/a.db.log", true},
	        {"facts/a.db.tmp123", false}, {"facts/a.db-journal", false},
	        {"facts/a.db.d", false},      {"args/a", true},
	        {"alone/a.db", true},         {"alone/a.db.tmp", false},
	        {"skel/a.skel", true},        {"skel/a.skel.new", false},
	        {"skel/a.db", true},          {"skel/a.db.log", true},
	        {"sums/a.sum", true},         {"sums/a.sum.tmp", false},
	};
	struct l62_work work;
	struct l62_error err;

	assert_int_equal(l62_work_open(&work, *state, &err), L62_OK);
	for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
		g_free(scratch_write(state, files[i].name, "x"));
	l62_work_sweep(&work);
	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		char *path = l62_work_path(&work, files[i].name);

		assert_int_equal(g_file_test(path, G_FILE_TEST_EXISTS), files[i].kept);
		g_free(path);
	}
	l62_work_close(&work);
}

static void same_content_keeps_its_time(void **state)
{
	struct l62_work work;
	struct l62_error err;
	struct stat before, after;
	GString *text = g_string_new("one");
	char *path;

	assert_int_equal(l62_work_open(&work, *state, &err), L62_OK);
	path = l62_work_path(&work, "file");
	assert_int_equal(l62_work_write(&work, "file", text, &err), L62_OK);
	assert_int_equal(stat(path, &before), 0);
	assert_int_equal(l62_work_write(&work, "file", text, &err), L62_OK);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	g_string_assign(text, "two");
	assert_int_equal(l62_work_write(&work, "file", text, &err), L62_OK);
	assert_int_equal(stat(path, &after), 0);
	assert_int_not_equal(before.st_ino, after.st_ino);
	g_string_free(text, TRUE);
	g_free(path);
	l62_work_close(&work);
}

static void work_that_cannot_be(void **state)
{
	char *file = scratch_write(state, "file", "");
	struct l62_work work;
	struct l62_error err;

	assert_int_equal(l62_work_open(&work, file, &err), L62_E_USAGE);
	assert_non_null(strstr(err.text, "--work"));
	g_free(file);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(versions_of_clang),
	        IN_SCRATCH(marks_of_plugins),
	        cmocka_unit_test(ends_of_processes),
	        cmocka_unit_test(processes_that_do_not_start),
	        IN_SCRATCH(time_runs_out),
	        IN_SCRATCH(work_has_one_user),
	        IN_SCRATCH(work_is_swept),
	        IN_SCRATCH(same_content_keeps_its_time),
	        IN_SCRATCH(work_that_cannot_be),
	};

	return cmocka_run_group_tests_name("tools", tests, NULL, NULL);
}
