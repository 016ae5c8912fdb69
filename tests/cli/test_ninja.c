/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Units, and the build file made of them: read back by Ninja and the shell. */
#include "support.h"

#include <glib/gstdio.h>
#include <stdbool.h>
#include <string.h>

#include "depfile.h"
#include "ninja.h"

static const char *const paths[] = {
        "/d/plain.c",
        "/d/two words/a b.c",
        "/d/$HOME/$$/${x}.c",
        "/d/it's \"quoted\".c",
        "/d/C:/colon|pipe.c",
        "/d/\xc3\xa4\xe3\x83\xa1.c",
        "/d/#&;`touch x`*?<>().c",
        "/d/back\\slash\\.c",
        "/d/trailing $",
};

static void free_unit(gpointer unit)
{
	l62_unit_free(unit);
}

static struct l62_unit *unit_of(const char *source, const char *arg)
{
	GPtrArray *args = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(args, g_strdup(arg));
	return l62_unit_new(source, args, "salt");
}

/* What follows the option in an argument vector. */
static const char *value_of(char **argv, const char *option)
{
	for (; *argv && argv[1]; argv++) {
		if (strcmp(*argv, option) == 0)
			return argv[1];
	}
	fail_msg("%s is missing", option);
	return NULL;
}

/* The command Ninja would run for target. */
static char **command_for(void *const *state, const char *target)
{
	const char *const ninja[] = {"ninja",    "-C", *state, "-t",
	                             "commands", "-s", target, NULL};
	char *text = NULL, *begin, **argv = NULL;
	gint status;

	assert_true(g_spawn_sync(NULL, (char **)ninja, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
	                         &text, NULL, &status, NULL));
	assert_int_equal(status, 0);
	begin = g_str_has_prefix(text, "ninja:") ? strchr(text, '\n') + 1 : text;
	assert_true(g_shell_parse_argv(begin, NULL, &argv, NULL));
	g_free(text);
	return argv;
}

/* Writes the build file of units, all of them targets. */
static void write_build(void *const *state, const struct l62_ninja *ninja,
                        const GPtrArray *units)
{
	GString *text = g_string_new(NULL);
	struct l62_error err;

	assert_int_equal(l62_ninja_text(text, ninja, units, units, &err), L62_OK);
	g_free(scratch_write(state, "build.ninja", text->str));
	g_string_free(text, TRUE);
}

static void assert_command(void *const *state, const struct l62_ninja *ninja,
                           const struct l62_unit *unit, enum l62_stage stage)
{
	char **argv = command_for(state, unit->facts[stage]);

	assert_string_equal(argv[0], ninja->leak62);
	assert_string_equal(argv[1], "analyze-tu");
	assert_string_equal(value_of(argv, "--clang"), ninja->clang);
	assert_string_equal(value_of(argv, "--plugin"), ninja->plugin);
	assert_string_equal(value_of(argv, "--timeout"), "7");
	assert_string_equal(value_of(argv, "--source"), unit->source);
	assert_string_equal(value_of(argv, "--out"), unit->facts[stage]);
	assert_string_equal(value_of(argv, "--args"), unit->args_file);
	assert_string_equal(value_of(argv, "--command"), unit->command[stage]);
	if (stage == L62_STAGE_SKELETON)
		assert_string_equal(value_of(argv, "--skeleton"), unit->skeleton);
	if (stage == L62_STAGE_PATHS)
		assert_string_equal(value_of(argv, "--summaries"), unit->summaries);
	g_strfreev(argv);
}

static void every_path_survives(void **state)
{
	const struct l62_ninja ninja = {.leak62 = "/opt/le ak/$b'in",
	                                .clang = "/c l:ang|x",
	                                .plugin = "/plug $in.so",
	                                .cwd = "/d",
	                                .timeout = 7};
	GPtrArray *units = g_ptr_array_new_with_free_func(free_unit);

	for (size_t i = 0; i < G_N_ELEMENTS(paths); i++)
		g_ptr_array_add(units, unit_of(paths[i], "-DX"));
	write_build(state, &ninja, units);
	for (guint i = 0; i < units->len; i++) {
		for (int stage = 0; stage < L62_STAGES; stage++)
			assert_command(state, &ninja, g_ptr_array_index(units, i),
			               (enum l62_stage)stage);
	}
	g_ptr_array_unref(units);
}

/* The solver's command does not grow with the driver. */
static void many_units_are_one_argument(void **state)
{
	const struct l62_ninja ninja = {
	        .leak62 = "/leak 62", .clang = "/c", .plugin = "/p", .cwd = "/d"};
	GPtrArray *units = g_ptr_array_new_with_free_func(free_unit);
	const struct l62_unit *last;
	char **argv;
	GString *pairs;

	for (int i = 0; i < 500; i++) {
		char *source = g_strdup_printf("/d/%d.c", i);

		g_ptr_array_add(units, unit_of(source, "-DX"));
		g_free(source);
	}
	last = g_ptr_array_index(units, 499);
	write_build(state, &ninja, units);
	argv = command_for(state, last->summaries);
	assert_string_equal(argv[0], ninja.leak62);
	assert_string_equal(argv[1], "summarise");
	assert_string_equal(argv[2], "--units");
	assert_string_equal(argv[3], L62_NINJA_PAIRS);
	assert_null(argv[4]);
	g_strfreev(argv);
	pairs = l62_ninja_pairs(units);
	assert_string_equal(pairs->str + pairs->len - strlen(last->summaries) - 1,
	                    last->summaries);
	assert_string_equal(pairs->str + pairs->len - strlen(last->summaries) - 1 -
	                            strlen(last->skeleton) - 1,
	                    last->skeleton);
	g_string_free(pairs, TRUE);
	g_ptr_array_unref(units);
}

/* What `ninja` would make, as the words of its list of commands. */
static char *plan(void *const *state)
{
	const char *const ninja[] = {"ninja", "-C", *state, "-n", "-v", NULL};
	char *text = NULL;
	gint status;

	assert_true(g_spawn_sync(NULL, (char **)ninja, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
	                         &text, NULL, &status, NULL));
	assert_int_equal(status, 0);
	return text;
}

static void assert_planned(const char *plan, const struct l62_unit *unit, enum l62_stage stage,
                           bool planned)
{
	char *words = g_strdup_printf("--out %s ", unit->facts[stage]);

	assert_int_equal(strstr(plan, words) != NULL, planned);
	g_free(words);
}

/* The facts of a's paths need both skeletons, and nothing of b's paths. */
static void targets_decide_what_is_made(void **state)
{
	char *one = scratch_write(state, "a.c", ""), *other = scratch_write(state, "b.c", "");
	const struct l62_ninja ninja = {.leak62 = one, .clang = one, .plugin = one, .cwd = "/"};
	GPtrArray *units = g_ptr_array_new_with_free_func(free_unit);
	GPtrArray *targets = g_ptr_array_new();
	struct l62_unit *a = unit_of(one, "-DX"), *b = unit_of(other, "-DX");
	GString *text = g_string_new(NULL);
	struct l62_error err;

	g_ptr_array_add(units, a);
	g_ptr_array_add(units, b);
	g_ptr_array_add(targets, a);
	g_free(scratch_write(state, L62_NINJA_PAIRS, ""));
	g_free(scratch_write(state, a->args_file, ""));
	g_free(scratch_write(state, b->args_file, ""));
	for (int stage = 0; stage < L62_STAGES; stage++) {
		bool paths = stage == L62_STAGE_PATHS;
		char *made;

		a->stage = (enum l62_stage)stage;
		g_string_truncate(text, 0);
		assert_int_equal(l62_ninja_text(text, &ninja, units, targets, &err), L62_OK);
		g_free(scratch_write(state, "build.ninja", text->str));
		made = plan(state);
		assert_planned(made, a, L62_STAGE_SKELETON,
		               paths || stage == L62_STAGE_SKELETON);
		assert_planned(made, b, L62_STAGE_SKELETON, paths);
		assert_planned(made, a, L62_STAGE_PATHS, paths);
		assert_planned(made, b, L62_STAGE_PATHS, false);
		assert_planned(made, a, L62_STAGE_ALONE, stage == L62_STAGE_ALONE);
		assert_planned(made, b, L62_STAGE_ALONE, false);
		assert_int_equal(strstr(made, " summarise ") != NULL, paths);
		g_free(made);
	}
	g_string_free(text, TRUE);
	g_ptr_array_unref(targets);
	g_ptr_array_unref(units);
	g_free(other);
	g_free(one);
}

static void line_breaks_are_refused(void **state)
{
	const struct l62_ninja ninja = {
	        .leak62 = "/l", .clang = "/c", .plugin = "/p", .cwd = "/d"};
	const struct l62_ninja odd = {
	        .leak62 = "/l", .clang = "/c\n", .plugin = "/p", .cwd = "/d"};
	GPtrArray *units = g_ptr_array_new_with_free_func(free_unit);
	GString *text = g_string_new(NULL);
	struct l62_error err;

	(void)state;
	assert_int_equal(l62_ninja_text(text, &odd, units, units, &err), L62_E_USAGE);
	g_ptr_array_add(units, unit_of("/d/a\nb.c", "-DX"));
	assert_int_equal(l62_ninja_text(text, &ninja, units, units, &err), L62_E_USAGE);
	assert_null(strchr(err.text, '\n'));
	g_string_free(text, TRUE);
	g_ptr_array_unref(units);
}

static void names_are_plain_and_distinct(void **state)
{
	struct l62_unit *a = unit_of("/x/it's $a.c", "-DX");
	struct l62_unit *b = unit_of("/y/it's $a.c", "-DX");

	(void)state;
	assert_true(g_str_has_prefix(a->facts[L62_STAGE_PATHS], "facts/it_s__a.c-"));
	assert_string_not_equal(a->args_file, b->args_file);
	assert_string_not_equal(a->skeleton, b->skeleton);
	assert_string_not_equal(a->summaries, b->summaries);
	for (int i = 0; i < L62_STAGES; i++) {
		assert_string_not_equal(a->facts[i], b->facts[i]);
		assert_string_not_equal(a->facts[i], a->facts[(i + 1) % L62_STAGES]);
	}
	l62_unit_free(a);
	l62_unit_free(b);
}

static void the_command_is_in_the_hash(void **state)
{
	struct l62_unit *a = unit_of("/x/a.c", "-DX");
	struct l62_unit *same = unit_of("/x/a.c", "-DX");
	struct l62_unit *other = unit_of("/x/a.c", "-DY");
	struct l62_unit *salted =
	        l62_unit_new("/x/a.c", g_ptr_array_ref(a->args), "another salt");

	(void)state;
	for (int i = 0; i < L62_STAGES; i++) {
		assert_int_equal(strlen(a->command[i]), 64);
		assert_string_equal(a->command[i], same->command[i]);
		assert_string_not_equal(a->command[i], other->command[i]);
		assert_string_not_equal(a->command[i], salted->command[i]);
		assert_string_not_equal(a->command[i], a->command[(i + 1) % L62_STAGES]);
		assert_string_equal(a->facts[i], other->facts[i]);
	}
	l62_unit_free(a);
	l62_unit_free(same);
	l62_unit_free(other);
	l62_unit_free(salted);
}

static void arguments_keep_their_borders(void **state)
{
	GPtrArray *args = g_ptr_array_new_with_free_func(g_free), *back;
	struct l62_unit *unit;
	GString *packed;

	(void)state;
	g_ptr_array_add(args, g_strdup("-DX=a b\n\"c"));
	g_ptr_array_add(args, g_strdup(""));
	g_ptr_array_add(args, g_strdup("-I/\xc3\xa4"));
	unit = l62_unit_new("/x/a.c", args, "salt");
	packed = l62_unit_pack(unit);
	back = l62_unit_unpack(packed->str, packed->len);
	assert_strings(back, "-DX=a b\n\"c", "", "-I/\xc3\xa4", NULL);
	g_ptr_array_unref(back);
	/* A file that was cut short does not end in a NUL. */
	back = l62_unit_unpack("-DA\0-D", 6);
	assert_strings(back, "-DA", "-D", NULL);
	g_ptr_array_unref(back);
	g_string_free(packed, TRUE);
	l62_unit_free(unit);
}

static void depfiles_of_clang(void **state)
{
	GPtrArray *names = l62_depfile_parse("facts/x.db: /d/m.c /d/a\\ b.h /d/$$x.h \\\n"
	                                     "  /d/h\\#s.h /d/q'.h /d/t\tb.h \\\r\n"
	                                     "  /d/c:d.h /d/e$.h\n");

	(void)state;
	assert_strings(names, "/d/m.c", "/d/a b.h", "/d/$x.h", "/d/h#s.h", "/d/q'.h",
	               "/d/t\tb.h", "/d/c:d.h", "/d/e$.h", NULL);
	g_ptr_array_unref(names);
	names = l62_depfile_parse("");
	assert_int_equal(names->len, 0);
	g_ptr_array_unref(names);
	names = l62_depfile_parse("facts/x.db: /d/cut\\");
	assert_strings(names, "/d/cut\\", NULL);
	g_ptr_array_unref(names);
}

static void depfiles_for_ninja(void **state)
{
	char *plain = scratch_write(state, "a b$#.h", "");
	char *odd = scratch_write(state, "q'|.h", "");
	char *links = g_build_filename(*state, "links", NULL);
	char *depfile = g_build_filename(*state, "x.d", NULL);
	char *text, *link, *target;
	struct l62_error err;

	assert_int_equal(g_mkdir(links, 0777), 0);
	/* There was none. */
	assert_int_equal(l62_depfile_adapt(depfile, "x.db", links, &err), L62_OK);
	assert_true(g_file_get_contents(depfile, &text, NULL, NULL));
	assert_string_equal(text, "x.db:\n");
	g_free(text);
	for (int round = 0; round < 2; round++) {
		/* The scratch folder has a space in its name. */
		char **parts = g_strsplit(*state, " ", -1);
		char *folder = g_strjoinv("\\ ", parts);

		text = g_strdup_printf("x.db: %s/a\\ b$$\\#.h \\\n  %s/gone.h %s/q'|.h\n",
		                       folder, folder, folder);
		assert_true(g_file_set_contents(depfile, text, -1, NULL));
		g_free(text);
		g_free(folder);
		g_strfreev(parts);
		assert_int_equal(l62_depfile_adapt(depfile, "x.db", links, &err), L62_OK);
	}
	assert_true(g_file_get_contents(depfile, &text, NULL, NULL));
	assert_non_null(strstr(text, "/a\\ b$$\\#.h"));
	assert_null(strstr(text, "gone.h"));
	assert_null(strchr(text, '|'));
	link = strstr(text, "/links/");
	assert_non_null(link);
	link = g_strconcat(*state, g_strchomp(link), NULL);
	target = g_file_read_link(link, NULL);
	assert_string_equal(target, odd);
	g_free(target);
	g_free(link);
	g_free(text);
	g_free(depfile);
	g_free(links);
	g_free(odd);
	g_free(plain);
}

static void assert_driver(const char *expected, const char *first, const char *second)
{
	GPtrArray *units = g_ptr_array_new_with_free_func(free_unit);
	char *name;

	g_ptr_array_add(units, unit_of(first, "-DX"));
	if (second)
		g_ptr_array_add(units, unit_of(second, "-DX"));
	name = l62_unit_driver_name(units);
	assert_string_equal(name, expected);
	g_free(name);
	g_ptr_array_unref(units);
}

static void drivers_have_names(void **state)
{
	(void)state;
	assert_driver("mydriver", "/c/mydriver/leak/a.c", "/c/mydriver/leak/b.c");
	assert_driver("mydriver", "/c/mydriver/fixed/a.c", NULL);
	assert_driver("btrfs", "/r/btrfs/src/a.c", "/r/btrfs/src/zstd/b.c");
	assert_driver("btrfs", "/r/btrfs/a.c", "/r/btrfs/src/b.c");
	assert_driver("serial", "/r/serial/SYS/a.c", NULL);
	assert_driver("ab", "/r/ab/a.c", "/r/ab/abc.c");
	assert_driver("r", "/r/ab/a.c", "/r/abc/a.c");
	assert_driver("driver", "/a.c", "/b/c.c");
	assert_driver("driver", "/src/a.c", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(every_path_survives, scratch_setup,
	                                        scratch_teardown),
	        cmocka_unit_test_setup_teardown(many_units_are_one_argument, scratch_setup,
	                                        scratch_teardown),
	        cmocka_unit_test_setup_teardown(targets_decide_what_is_made, scratch_setup,
	                                        scratch_teardown),
	        cmocka_unit_test(line_breaks_are_refused),
	        cmocka_unit_test(names_are_plain_and_distinct),
	        cmocka_unit_test(the_command_is_in_the_hash),
	        cmocka_unit_test(arguments_keep_their_borders),
	        cmocka_unit_test(depfiles_of_clang),
	        cmocka_unit_test_setup_teardown(depfiles_for_ninja, scratch_setup,
	                                        scratch_teardown),
	        cmocka_unit_test(drivers_have_names),
	};

	return cmocka_run_group_tests_name("ninja", tests, NULL, NULL);
}
