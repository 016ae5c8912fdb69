/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Large functions: few states, few outcomes, the same ones each time. */
#include "support.h"

#include <string.h>

/* A function that logs at n places whether it was asked to, then frees. */
static char *logs(int n)
{
	GString *text = g_string_new("F logs e /drv/a.c 10 i 2 4 ");

	g_string_append_printf(text, "%d\nV p u i u\n", 2 * n + 1);
	for (int i = 0; i < n; i++)
		g_string_append_printf(text,
		                       "B\nK v3\n? v3 != #0 %d %d\nB\nK v3 v1\nK v3 v3\nJ %d\n",
		                       2 * i + 1, 2 * i + 2, 2 * i + 2);
	g_string_append(text, "B\nrel POOL v0\nR #0\nE\n");
	return g_string_free(text, FALSE);
}

static void what_is_dead_is_forgotten(void **unused)
{
	g_autofree char *text = logs(2000);
	gint64 start = g_get_monotonic_time();

	(void)unused;
	EXPECT("logs", "O z - rel:0:.:POOL\n", text);
	assert_true(g_get_monotonic_time() - start < 10 * G_USEC_PER_SEC);
}

/* n flags, all of which are remembered until the end, decide nothing. */
static char *flags(int n, const char *end)
{
	GString *text = g_string_new(NULL);

	g_string_append_printf(text, "F flags e /drv/a.c 10 i 1 %d %d\nV p", n + 1,
	                       2 * n + 1 + 2);
	for (int i = 1; i <= n; i++)
		g_string_append(text, " i");
	g_string_append_c(text, '\n');
	for (int i = 0; i < n; i++)
		g_string_append_printf(text, "B\n= v%d #0\nM %d %d\nB\n= v%d #1\nJ %d\n", i + 1,
		                       2 * i + 1, 2 * i + 2, i + 1, 2 * i + 2);
	g_string_append_printf(text, "B\n");
	for (int i = 1; i <= n; i++)
		g_string_append_printf(text, "W @g%d v%d\n", i, i);
	g_string_append_printf(text, "C - elsewhere e");
	for (int i = 1; i <= n; i++)
		g_string_append_printf(text, " v%d", i);
	g_string_append_printf(text, "\n? v%d != #0 %d %d\nB\n%sR #0\nB\nR #-1\nE\n", n,
	                       2 * n + 1, 2 * n + 2, end);
	return g_string_free(text, FALSE);
}

static void too_many_states(void **unused)
{
	g_autofree char *text = flags(30, "rel POOL v0\n");
	struct solved *s = solve(text, NULL);
	g_autofree char *found = outcomes_of(s->all, "flags");

	(void)unused;
	/* The last flag still decides. */
	assert_string_equal(found, "O n -\nO z - rel:0:.:POOL\n");
	solved_free(s);
}

/* Among many states, a null pointer and another one are still told apart: the
 * function fails only without an object, whatever n flags say. */
static void null_among_many(void **unused)
{
	GString *text = g_string_new("F frees e /drv/a.c 10 i 1 32 67\nV p i");
	struct solved *s;
	char *found;

	(void)unused;
	for (int i = 2; i < 32; i++)
		g_string_append(text, " i");
	g_string_append(text, "\nB\n= v1 #0\n? v0 == #0 1 2\nB\n= v1 #-1\nJ 2\n");
	for (int i = 0; i < 30; i++)
		g_string_append_printf(text, "B\n= v%d #0\nM %d %d\nB\n= v%d #1\nJ %d\n", i + 2,
		                       2 * i + 3, 2 * i + 4, i + 2, 2 * i + 4);
	g_string_append(text, "B\nI -");
	for (int i = 2; i < 32; i++)
		g_string_append_printf(text, " v%d", i);
	g_string_append(text, "\nJ 63\nB\n? v1 < #0 64 65\nB\nR v1\nB\nrel POOL v0\nR v1\n"
	                      "B\nX\nE\n");
	s = solve(text->str, NULL);
	found = outcomes_of(s->all, "frees");
	assert_string_equal(found, "O n - pre:0:z\nO z - pre:0:p rel:0:.:POOL\n");
	g_free(found);
	solved_free(s);
	g_string_free(text, TRUE);
}

/* n parameters, each of which is released or not, nobody knows why. */
static char *parameters(int n)
{
	GString *text = g_string_new(NULL);

	g_string_append_printf(text, "F many e /drv/a.c 10 v %d %d %d\nV", n, n, 2 * n + 1);
	for (int i = 0; i < n; i++)
		g_string_append(text, " p");
	g_string_append_c(text, '\n');
	for (int i = 0; i < n; i++)
		g_string_append_printf(text, "B\nM %d %d\nB\nrel POOL v%d\nJ %d\n", 2 * i + 1,
		                       2 * i + 2, i, 2 * i + 2);
	g_string_append(text, "B\nR -\nE\n");
	return g_string_free(text, FALSE);
}

static void too_many_outcomes(void **unused)
{
	g_autofree char *few = parameters(3);
	g_autofree char *many = parameters(4);
	g_autofree char *lots = parameters(12);

	(void)unused;
	EXPECT("many",
	       "O - -\nO - - rel:0:.:POOL\nO - - rel:0:.:POOL rel:1:.:POOL\n"
	       "O - - rel:0:.:POOL rel:1:.:POOL rel:2:.:POOL\nO - - rel:0:.:POOL rel:2:.:POOL\n"
	       "O - - rel:1:.:POOL\nO - - rel:1:.:POOL rel:2:.:POOL\nO - - rel:2:.:POOL\n",
	       few);
	/* More: the caller cannot rely on any of it. */
	EXPECT("many", "O - - keep:0:. keep:1:. keep:2:. keep:3:.\n", many);
	EXPECT("many",
	       "O - - keep:0:. keep:10:. keep:11:. keep:1:. keep:2:. keep:3:. keep:4:. "
	       "keep:5:. keep:6:. keep:7:. keep:8:. keep:9:.\n",
	       lots);
}

/* A recursion whose outcomes would grow with each round comes to rest. */
static void deep_recursion(void **unused)
{
	GString *text = g_string_new(NULL);
	struct solved *s;

	(void)unused;
	for (int i = 0; i < 30; i++)
		g_string_append_printf(
		        text,
		        "F f%d e /drv/a.c 10 i 3 4 4\nV p p p i\nB\nM 1 2 3\n"
		        "B\nC v3 f%d e v1 v2 v0\nR v3\nB\nL v3 v0:m%d\nC v3 f%d e v2 v0 v1\n"
		        "rel POOL v1\nR v3\nB\nR #%d\nE\n",
		        i, (i + 1) % 30, i, (i * 7 + 3) % 30, i % 3 - 1);
	s = solve(text->str, NULL);
	assert_int_equal(s->warnings->len, 0);
	g_string_free(text, TRUE);
	solved_free(s);
}

static void same_bytes(void **unused)
{
	g_autofree char *first = flags(12, "rel POOL v0\n");
	g_autofree char *second = parameters(8);
	struct solved *s = solve(first, second, NULL);
	g_autofree char *once = g_strdup(s->all);

	(void)unused;
	for (int i = 0; i < 3; i++) {
		solve_again(s);
		assert_string_equal(s->all, once);
	}
	solved_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(what_is_dead_is_forgotten),
	        cmocka_unit_test(too_many_states),
	        cmocka_unit_test(null_among_many),
	        cmocka_unit_test(too_many_outcomes),
	        cmocka_unit_test(deep_recursion),
	        cmocka_unit_test(same_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
