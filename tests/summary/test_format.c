/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Skeletons that are none: one sentence each, and the rest of the driver is solved. */
#include "support.h"

#include <glib/gstdio.h>
#include <string.h>

#include "summary/program.h"

static const char good[] =
        "leak62-skeleton 2\nT /drv/u1.c\n"
        "P ^row.routine takes e ^row.major #14 ^row.size #-8\n"
        "Y ROW\nP ^EXT.Calls%5B#2%5D takes e\nP ^EXT.Calls%5B%5D other s\n"
        "F takes e /drv/u1.c 10 i 2 4 3\nV p i p u\nB\nL v2 v0:Buffer\n"
        "A v2 v2 Link\n# 12\nL v2 v0:Buffer ^EXT.Buffer\nD v1 & v3 #4\n"
        "E v1 v0:Head ^list%20EXT.Head\nK v1 ^\nacq POOL ExAllocatePool2 11 status v1 v2\n"
        "? v1 < #0 1 2\nB\nC v1 other s v0 &v1 #-1 ?\nI - v0\nK v3 v0\n"
        "giveif v1 v2\nS v1 2 #7 0\nB\nrel POOL,MDL v2\nrelat MDL v0:Mdl\n"
        "W v0:* #0\nW v0:* #0 ^ROW%5B#3%5D.Data\nW0 v0:Once v2 ^EXT.Once\nL v2 v0:Rows "
        "^EXT.Rows%5Bv3%5D\nI - v0 "
        "^EXT.Calls[]\n"
        "ref v0\nunref v0\ngive v0\n= v3 v1\nR v1\nE\n";

static const char caller[] =
        "F calls e /drv/u0.c 5 i 1 2 1\nV p i\nB\nC v1 takes e v0 #0\nR v1\nE\n";

/* The driver of caller and of a second unit that holds text. */
static struct solved *solve_text(const char *text, gssize length)
{
	struct solved *s = solve(caller, "", NULL);
	g_autofree char *path = solved_path(s, "skel", 1);

	assert_true(g_file_set_contents(path, text, length, NULL));
	solve_again(s);
	return s;
}

static void expect_refused(const char *text, gssize length, const char *says)
{
	struct solved *s = solve_text(text, length);
	g_autofree char *found = outcomes_of(s->all, "calls");
	g_autofree char *unit = solved_unit(s, 1);

	assert_int_equal(s->warnings->len, 1);
	assert_contains(s->warnings->pdata[0], says);
	assert_contains(s->warnings->pdata[0], "u1.skel");
	assert_null(strchr(s->warnings->pdata[0], '\n'));
	/* Its functions are unknown. */
	assert_string_equal(found, "O nzp - keep:0:* keep:0:.\n");
	assert_string_equal(unit, "leak62-summaries 1\n");
	solved_free(s);
}

static void taken(void **unused)
{
	struct solved *s = solve_text(good, -1);

	(void)unused;
	assert_int_equal(s->warnings->len, 0);
	assert_non_null(strstr(s->all, "S takes e 2 -\n"));
	solved_free(s);
}

static void not_a_skeleton(void **unused)
{
	(void)unused;
	expect_refused("", -1, "this is not a skeleton");
	expect_refused("leak62-facts 1\n", -1, "this is not a skeleton");
	expect_refused("leak62-skeleton 1\nT /drv/u1.c\n", -1, "of another version");
	expect_refused("leak62-skeleton 2", -1, "the file ends");
	expect_refused("leak62-skeleton 2\n", -1, "the file ends");
	expect_refused("leak62-skeleton 2\nT\n", -1, "a T line has 2 words");
	expect_refused("leak62-skeleton 2\nT /a b.c\n", -1, "a T line has 2 words");
	expect_refused("leak62-skeleton 2\nF\n", -1, "the line of the main file");
	expect_refused("leak62-skeleton 2\nT /drv/u1.c\n\0F", 33, "NUL");
	expect_refused("leak62-skeleton 2\nT /drv/\xff.c\n", -1, "UTF-8");
	expect_refused("leak62-skeleton 2\nT /drv/%zz.c\n", -1, "percent-encoded");
}

static void no_file(void **unused)
{
	struct solved *s = solve(caller, "", NULL);
	g_autofree char *path = solved_path(s, "skel", 1);

	(void)unused;
	g_unlink(path);
	solve_again(s);
	assert_int_equal(s->warnings->len, 1);
	assert_contains(s->warnings->pdata[0], path);
	solved_free(s);
}

/* good with a line replaced, which must be said to be wrong. */
static void wrong_lines(void **unused)
{
	static const struct {
		const char *line, *by, *says;
	} changes[] = {
	        {"F takes e", "F takes x", "scope is e or s"},
	        {"F takes e /drv/u1.c 10", "F takes e /drv/u1.c ten", "'ten' is not a number"},
	        {"F takes e /drv/u1.c 10 i", "F takes e /drv/u1.c 10 q",
	         "returns v, i, u, p or o"},
	        {"i 2 4 3\n", "i 2 4\n", "9 words"},
	        {"i 2 4 3\n", "i 5 4 3\n", "more parameters than variables"},
	        {"i 2 4 3\n", "i 2 4 0\n", "no blocks"},
	        {"i 2 4 3\n", "i 2 99999999 3\n", "is not a number from 0 to 60000"},
	        {"i 2 4 3\n", "i 2 4 4\n", "another block"},
	        {"i 2 4 3\n", "i 2 4 2\n", "is not a number from 0 to 1"},
	        {"i 2 4 3\n", "i 2 3 3\n", "3 variables are said and 4 are here"},
	        {"V p i p u", "V p i p z", "a variable's class"},
	        {"V p i p u", "V p i pp u", "a variable's class"},
	        {"V p i p u\n", "", "line of variables"},
	        {"L v2 v0:Buffer", "L v9 v0:Buffer", "'9' is not a number from 0 to 3"},
	        {"L v2 v0:Buffer", "L v2 v0", "'v0' is not a place"},
	        {"L v2 v0:Buffer", "L v2 v0:", "'v0:' is not a place"},
	        {"L v2 v0:Buffer", "L v2 @", "'@' is not a global"},
	        {"L v2 v0:Buffer", "L v2 x0:Buffer", "'x0' is not a variable"},
	        {"L v2 v0:Buffer", "L v2", "has 3 words"},
	        {"L v2 v0:Buffer", "L v2 v0:Buffer v1", "has 3 words"},
	        {"L v2 v0:Buffer", "L #2 v0:Buffer", "'#2' is not a variable"},
	        {"L v2 v0:Buffer", "load v2 v0:Buffer", "'load' is not an op"},
	        {"L v2 v0:Buffer", "", "a line is empty"},
	        {"A v2 v2 Link", "A v2 v2 Link too", "3 or 4 words"},
	        {"acq POOL", "acq", "has 7 words"},
	        {"status v1 v2", "often v1 v2", "acq fails by"},
	        {"status v1 v2", "status v1 x", "is not a place"},
	        {"? v1 < #0 1 2", "? v1 ~ #0 1 2", "'~' is not a relation"},
	        {"? v1 < #0 1 2", "? v1 < v0 1 2", "'v0' is not a constant"},
	        {"? v1 < #0 1 2", "? v1 < #0x1 1 2", "'#0x1' is not a constant"},
	        {"? v1 < #0 1 2", "? v1 < # 1 2", "'#' is not a constant"},
	        {"? v1 < #0 1 2", "? v1 < #0 1 3", "'3' is not a number from 0 to 2"},
	        {"? v1 < #0 1 2", "? v1 < #0 1", "has 6 words"},
	        {"C v1 other s", "C v1 other t", "scope is e or s"},
	        {"C v1 other s v0", "C v1 other s v0x", "is not a number"},
	        {"C v1 other s v0", "C v1 other s @g", "'@g' is not a value"},
	        {"S v1 2 #7 0", "M", "at least 2 words"},
	        {"rel POOL,MDL v2", "rel POOL,,MDL v2", "is not a list of kinds"},
	        {"R v1", "R v1\nK -", "the end of the function"},
	        {"R v1", "K -", "a line of 'E' has 3 words"},
	        {"# 12\n", "# 12 13\n", "a line of '#' has 2 words"},
	        {"# 12\n", "# x\n", "'x' is not a number"},
	        {"^EXT.Buffer", "^EXT%zzBuffer", "is not percent-encoded"},
	        {"D v1 & v3 #4", "D v1 & v3", "a line of 'D' has 5 words"},
	        {"D v1 & v3 #4", "D v1 <<<<<<<= v3 #4", "is not an operator"},
	        {"E v1 v0:Head", "E v1 v9", "'v9' is not a place"},
	        {"S v1 2 #7 0", "S v1 2 #7 9", "is not a number from 0 to 2"},
	        {"S v1 2 #7 0", "S v1 2 #7 0 #8", "a case has a constant and a block"},
	        {"S v1 2 #7 0", "S v1 2 #x 0", "'#x' is not a constant"},
	        {"E\n", "", "the file ends"},
	        {"E\n", "E\nE\n", "a function should begin here"},
	        {"R v1\nE\n", "", "the file ends within a block"},
	        {"W0 v0:Once", "W1 v0:Once", "'W1' is not an op"},
	        {"W0 v0:Once v2", "W0 v0:Once", "a line of 'W0' has 3 words"},
	        {"W0 v0:Once", "W0 v9:Once", "'9' is not a number from 0 to 3"},
	        {"%5Bv3%5D", "%5Bv9%5D", "'9' is not a number from 0 to 3"},
	        {"%5Bv3%5D", "%5Bw3%5D", "'w3' is not a value"},
	        {"%5Bv3%5D", "%5Bv3", "a ] is missing"},
	        {"P ^row.routine takes", "P row.routine takes", "a P line has a path"},
	        {"P ^row.routine takes e ^row", "P ^row.routine takes e e ^row",
	         "a P line has a path"},
	        {" ^row.major #14 ^row.size #-8", " ^row.major", "a P line has a path"},
	        {"takes e ^row.major", "takes x ^row.major", "a routine's scope is e or s"},
	        {"^row.major #14", "^row.major 14", "'14' is not a constant"},
	        {"^row.major #14", "^row%zz #14", "not percent-encoded"},
	        {"P ^row.routine takes", "P ^row.routine t%zz", "not percent-encoded"},
	        {"%5B#2%5D takes", "%5B#x%5D takes", "'#x' is not a constant"},
	        {"%5B#2%5D takes", "%5B#2 takes", "a ] is missing"},
	        {"Y ROW", "Y", "a Y line has 2 words"},
	        {"Y ROW", "Y R%zz", "not percent-encoded"},
	        {"B\nrel", "B B\nrel", "a B line has nothing else"},
	};

	(void)unused;
	for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
		const char *at = strstr(good, changes[i].line);
		g_autofree char *text = NULL;

		assert_non_null(at);
		text = g_strdup_printf("%.*s%s%s", (int)(at - good), good, changes[i].by,
		                       at + strlen(changes[i].line));
		expect_refused(text, -1, changes[i].says);
	}
}

static const struct l62_routine *routine(const struct l62_unit_skeleton *unit, guint n)
{
	return &g_array_index(unit->routines, struct l62_routine, n);
}

static void routines_and_elements(void **unused)
{
	struct solved *s = solve_text(good, -1);
	g_autofree char *path = solved_path(s, "skel", 1);
	struct l62_program *program = l62_program_new();
	struct l62_unit_skeleton *unit;
	const struct l62_function *f;
	const struct l62_row_number *row;
	struct l62_error err = {0};
	unsigned stores = 0, elements = 0;

	(void)unused;
	assert_int_equal(l62_skeleton_read(program, path, &unit, &err), 0);
	assert_int_equal(unit->routines->len, 3);
	assert_string_equal(l62_program_text(program, routine(unit, 0)->slot), "row.routine");
	assert_string_equal(l62_program_text(program, routine(unit, 0)->name), "takes");
	assert_false(routine(unit, 0)->has_index);
	assert_int_equal(routine(unit, 0)->numbers->len, 2);
	row = &g_array_index(routine(unit, 0)->numbers, struct l62_row_number, 1);
	assert_string_equal(l62_program_text(program, row->slot), "row.size");
	assert_int_equal(row->number, -8);
	assert_string_equal(l62_program_text(program, routine(unit, 1)->slot), "EXT.Calls");
	assert_true(routine(unit, 1)->has_index);
	assert_int_equal(routine(unit, 1)->index, 2);
	assert_false(routine(unit, 1)->is_static);
	/* Of any index. */
	assert_false(routine(unit, 2)->has_index);
	assert_true(routine(unit, 2)->is_static);

	f = unit->functions->pdata[0];
	for (guint i = 0; i < f->ops->len; i++) {
		const struct l62_op *op = &g_array_index(f->ops, struct l62_op, i);

		stores += op->if_null;
		if (!op->element)
			continue;
		elements++;
		assert_int_equal(op->index.type,
		                 op->type == L62_OP_LOAD ? L62_VALUE_VAR : L62_VALUE_UNKNOWN);
		assert_string_equal(l62_program_text(program, op->slot),
		                    op->type == L62_OP_LOAD ? "EXT.Rows" : "EXT.Calls");
	}
	assert_int_equal(stores, 1);
	assert_int_equal(elements, 2);
	l62_program_free(program);
	solved_free(s);
}

static void twice(void **unused)
{
	g_autofree char *text =
	        g_strconcat(good, strchr(strchr(good, '\n') + 1, '\n') + 1, NULL);

	(void)unused;
	expect_refused(text, -1, "the function is there twice");
}

static void too_many_kinds(void **unused)
{
	GString *text = g_string_new("leak62-skeleton 2\nT /drv/u1.c\n"
	                             "F f e /drv/u1.c 1 v 1 1 1\nV p\nB\n");

	(void)unused;
	for (int i = 0; i < 65; i++)
		g_string_append_printf(text, "rel KIND%d v0\n", i);
	g_string_append(text, "R -\nE\n");
	expect_refused(text->str, -1, "more than 64 kinds");
	g_string_free(text, TRUE);
}

/* The second unit of s becomes text; it is read, or refused with one sentence. */
static void expect_survived(struct solved *s, const char *text, gssize length)
{
	g_autofree char *path = solved_path(s, "skel", 1);

	assert_true(g_file_set_contents_full(path, text, length, G_FILE_SET_CONTENTS_NONE, 0666,
	                                     NULL));
	solve_again(s);
	assert_true(s->warnings->len <= 1);
	for (guint i = 0; i < s->warnings->len; i++)
		assert_contains(s->warnings->pdata[i], "count as unknown");
}

/* Cut anywhere, or with a few bytes changed. */
static void damaged(void **unused)
{
	GRand *rand = g_rand_new_with_seed(62);
	struct solved *s = solve(caller, "", NULL);

	(void)unused;
	for (size_t length = 0; length < strlen(good); length++)
		expect_survived(s, good, (gssize)length);
	for (int i = 0; i < 1000; i++) {
		g_autofree char *text = g_strdup(good);

		for (int j = g_rand_int_range(rand, 1, 4); j > 0; j--)
			text[g_rand_int_range(rand, 18, (gint32)strlen(good))] =
			        "v#&?@:*- \n0123459BELWKRXMpiuoas%"[g_rand_int_range(rand, 0,
			                                                             33)];
		expect_survived(s, text, -1);
	}
	solved_free(s);
	g_rand_free(rand);
}

static void encoded_words(void **unused)
{
	(void)unused;
	/* A colon would end a word of a clause. */
	EXPECT("alloc", "O p fresh:POOL:ExAllocatePool2:C%3A/my%20drv/a.c:11\nO z -\n",
	       "F alloc e C:/my%20drv/a.c 10 p 0 1 1\nV p\nB\n"
	       "acq POOL ExAllocatePool2 11 null - v0\nR v0\nE\n");
}

static void unchanged_files_stay(void **unused)
{
	struct solved *s =
	        solve("F a e /drv/a.c 1 v 1 1 1\nV p\nB\nC - c e v0\nR -\nE\n",
	              "F c e /drv/c.c 1 v 1 1 1\nV p\nB\nrel POOL v0\nR -\nE\n", NULL);
	g_autofree char *path = solved_path(s, "sum", 0);
	g_autofree char *skeleton = solved_path(s, "skel", 1);
	GStatBuf before, after;

	(void)unused;
	assert_int_equal(g_stat(path, &before), 0);
	solve_again(s);
	assert_int_equal(g_stat(path, &after), 0);
	assert_true(before.st_ino == after.st_ino);
	assert_true(
	        g_file_set_contents(skeleton, "leak62-skeleton 2\nT /drv/u1.c\n", -1, NULL));
	solve_again(s);
	assert_int_equal(g_stat(path, &after), 0);
	assert_true(before.st_ino != after.st_ino);
	solved_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(taken),
	        cmocka_unit_test(not_a_skeleton),
	        cmocka_unit_test(no_file),
	        cmocka_unit_test(wrong_lines),
	        cmocka_unit_test(routines_and_elements),
	        cmocka_unit_test(twice),
	        cmocka_unit_test(too_many_kinds),
	        cmocka_unit_test(damaged),
	        cmocka_unit_test(encoded_words),
	        cmocka_unit_test(unchanged_files_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
