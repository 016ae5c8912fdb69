/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Summaries at calls: within a unit, over units, to what is not known. */
#include "support.h"

#define FREES "F frees e /drv/b.c 10 v 1 1 1\nV p\nB\nrel POOL v0\nR -\nE\n"
#define ALLOC                                                                                  \
	"F alloc e /drv/b.c 20 p 0 1 1\nV p\nB\nacq POOL ExAllocatePool2 21 null - v0\n"       \
	"R v0\nE\n"
#define CALLS(op) "F calls e /drv/a.c 10 v 1 1 1\nV p\nB\n" op "\nR -\nE\n"

static void wrappers_over_units(void **unused)
{
	(void)unused;
	EXPECT("outer", "O - - rel:0:.:POOL\n",
	       "F outer e /drv/a.c 10 v 1 1 1\nV p\nB\nC - middle e v0\nR -\nE\n",
	       "F middle e /drv/c.c 10 v 1 1 1\nV p\nB\nC - frees e v0\nR -\nE\n", FREES);
	/* The resource stays where it was acquired. */
	EXPECT("outer", "O p fresh:POOL:ExAllocatePool2:/drv/b.c:21\nO z -\n",
	       "F outer e /drv/a.c 10 p 0 1 1\nV p\nB\nC v0 middle e\nR v0\nE\n",
	       "F middle e /drv/c.c 10 p 0 1 1\nV p\nB\nC v0 alloc e\nR v0\nE\n", ALLOC);
}

static void wrapped_then_filled(void **unused)
{
	static const char make[] = "F make e /drv/a.c 10 i 1 2 3\nV p p\nB\nC v1 alloc e\n"
	                           "? v1 == #0 1 2\nB\nR #-1\nB\nW v0:* v1\nR #0\nE\n";

	(void)unused;
	EXPECT("make", "O n -\nO z - fill:0:*:POOL:ExAllocatePool2:/drv/b.c:21\n", make, ALLOC);
	/* The local that received it is what is released. */
	EXPECT("uses", "O - -\n",
	       "F uses e /drv/d.c 10 v 0 2 3\nV p i\nB\nC v1 make e &v0\n? v1 < #0 2 1\n"
	       "B\nrel POOL v0\nJ 2\nB\nR -\nE\n",
	       make, ALLOC);
	EXPECT("uses", "O p fresh:POOL:ExAllocatePool2:/drv/b.c:21\nO z -\n",
	       "F uses e /drv/d.c 10 p 0 2 3\nV p i\nB\nC v1 make e &v0\n? v1 < #0 1 2\n"
	       "B\nR #0\nB\nR v0\nE\n",
	       make, ALLOC);
	/* Within an object of the caller's caller: the field that was named. */
	EXPECT("uses", "O n -\nO z - fill:0:Mdl:POOL:ExAllocatePool2:/drv/b.c:21\n",
	       "F uses e /drv/d.c 10 i 1 3 1\nV p p i\nB\nA v1 v0 Mdl\nC v2 make e v1\nR "
	       "v2\nE\n",
	       make, ALLOC);
}

static void success_split_passes_on(void **unused)
{
	(void)unused;
	EXPECT("outer", "O n -\nO z - rel:0:.:POOL\n",
	       "F outer e /drv/a.c 10 i 1 2 3\nV p i\nB\nC v1 inner s v0\n? v1 >= #0 1 2\n"
	       "B\nR v1\nB\nR v1\nE\n"
	       "F inner s /drv/a.c 30 i 1 2 3\nV p i\nB\nK v1\n? v1 < #0 1 2\nB\nR v1\n"
	       "B\nrel POOL v0\nR #0\nE\n");
	/* The caller frees what was not taken. */
	EXPECT("outer", "O nz - rel:0:.:POOL\n",
	       "F outer e /drv/a.c 10 i 1 2 3\nV p i\nB\nC v1 inner s v0\n? v1 >= #0 2 1\n"
	       "B\nrel POOL v0\nJ 2\nB\nR v1\nE\n"
	       "F inner s /drv/a.c 30 i 1 2 3\nV p i\nB\nK v1\n? v1 < #0 1 2\nB\nR v1\n"
	       "B\nrel POOL v0\nR #0\nE\n");
}

static const char by_flag[] = "F by_flag s /drv/a.c 50 v 2 2 3\nV p u\nB\n? v1 != #0 1 2\n"
                              "B\nrel POOL v0\nJ 2\nB\nR -\nE\n";

static void conditions_prune(void **unused)
{
	g_autofree char *with = g_strconcat(CALLS("C - by_flag s v0 #1"), by_flag, NULL);
	g_autofree char *without = g_strconcat(CALLS("C - by_flag s v0 #0"), by_flag, NULL);
	g_autofree char *unknown = g_strconcat(CALLS("C - by_flag s v0 ?"), by_flag, NULL);

	(void)unused;
	EXPECT("calls", "O - - rel:0:.:POOL\n", with);
	EXPECT("calls", "O - -\n", without);
	EXPECT("calls", "O - -\nO - - rel:0:.:POOL\n", unknown);
}

static void unknown_takes_what_it_gets(void **unused)
{
	(void)unused;
	EXPECT("calls", "O - - keep:0:* keep:0:.\n", CALLS("C - elsewhere e v0"));
	EXPECT("calls", "O - - keep:0:* keep:0:.\n", CALLS("I - v0"));
	EXPECT("calls", "O - -\n", CALLS("K - v0"));
	EXPECT("calls", "O - -\n", CALLS("I - #0"));
	EXPECT("calls", "O - - keep:0:* keep:0:. keep:0:Buffer\n",
	       "F calls e /drv/a.c 10 v 1 2 1\nV p p\nB\nL v1 v0:Buffer\nI - v0\nR -\nE\n");
	/* Also through the address of what holds it, which is unknown afterwards. */
	EXPECT("calls", "O zp - keep:0:* keep:0:.\n",
	       "F calls e /drv/a.c 10 p 1 2 1\nV p p\nB\n= v1 v0\nI - &v1\nR v1\nE\n");
	/* What a local structure holds. */
	EXPECT("calls", "O - - keep:0:.\n",
	       "F calls e /drv/a.c 10 v 1 2 1\nV p a\nB\nW &v1:Buffer v0\nI - &v1\nR -\nE\n");
	EXPECT("calls", "O - -\n",
	       "F calls e /drv/a.c 10 v 1 2 1\nV p a\nB\nW &v1:Buffer v0\nK - &v1\nR -\nE\n");
}

static void kernel_routines_write(void **unused)
{
	(void)unused;
	/* v1 was zero, but not after the call. */
	EXPECT("calls", "O - -\nO - - rel:0:.:POOL\n",
	       "F calls e /drv/a.c 10 v 1 2 3\nV p u\nB\n= v1 #0\nK - &v1\n? v1 != #0 1 2\n"
	       "B\nrel POOL v0\nJ 2\nB\nR -\nE\n");
	EXPECT("calls", "O - -\n",
	       "F calls e /drv/a.c 10 v 1 2 3\nV p u\nB\n= v1 #0\nK - v1\n? v1 != #0 1 2\n"
	       "B\nrel POOL v0\nJ 2\nB\nR -\nE\n");
}

static void does_not_return(void **unused)
{
	(void)unused;
	EXPECT("calls", "O z - pre:0:p\n",
	       "F calls e /drv/a.c 10 i 1 1 3\nV p\nB\n? v0 == #0 1 2\n"
	       "B\nC - fatal e\nrel POOL v0\nR #-1\nB\nR #0\nE\n"
	       "F fatal e /drv/a.c 30 v 0 0 1\nV\nB\nX\nE\n");
}

static void recursion(void **unused)
{
	(void)unused;
	/* free_list(p) { if (p) { free_list(p->Next); free(p); } } */
	EXPECT("free_list", "O - - rel:0:*:POOL rel:0:.:POOL rel:0:Next:POOL\n",
	       "F free_list e /drv/a.c 10 v 1 2 3\nV p p\nB\n? v0 != #0 1 2\n"
	       "B\nL v1 v0:Next\nC - free_list e v1\nrel POOL v0\nJ 2\nB\nR -\nE\n");
	/* Two that call each other. */
	EXPECT("even", "O z - rel:0:.:POOL\n",
	       "F even e /drv/a.c 10 i 2 3 3\nV p u i\nB\n? v1 == #0 1 2\nB\nrel POOL v0\nR "
	       "#0\n"
	       "B\nC v2 odd e v0 ?\nR v2\nE\n",
	       "F odd e /drv/b.c 10 i 2 3 3\nV p u i\nB\n? v1 == #0 1 2\nB\nrel POOL v0\nR #0\n"
	       "B\nC v2 even e v0 ?\nR v2\nE\n");
	EXPECT("forever", "",
	       "F forever e /drv/a.c 10 v 1 1 1\nV p\nB\nC - forever e v0\nR -\nE\n");
}

static void whose_function(void **unused)
{
	static const char keeps[] =
	        "F helper %s /drv/b.c 10 v 1 1 1\nV p\nB\nW @g v0\nR -\nE\n";
	static const char frees[] =
	        "F helper %s /drv/c.c 10 v 1 1 1\nV p\nB\nrel POOL v0\nR -\nE\n";
	g_autofree char *keeps_static = g_strdup_printf(keeps, "s");
	g_autofree char *keeps_extern = g_strdup_printf(keeps, "e");
	g_autofree char *frees_extern = g_strdup_printf(frees, "e");
	g_autofree char *own = g_strconcat(CALLS("C - helper e v0"), keeps_extern, NULL);

	(void)unused;
	/* Another file's static function is not meant. */
	EXPECT("calls", "O - - rel:0:.:POOL\n", CALLS("C - helper e v0"), keeps_static,
	       frees_extern);
	EXPECT("calls", "O - - keep:0:* keep:0:.\n", CALLS("C - helper e v0"), keeps_static);
	/* Of two of one name the own one, else none. */
	EXPECT("calls", "O - - keep:0:.\n", own, frees_extern);
	EXPECT("calls", "O - - keep:0:* keep:0:.\n", CALLS("C - helper e v0"), keeps_extern,
	       frees_extern);
}

/* Two drivers may have functions of one name: the one in the nearest folder is meant. */
static void nearest_folder(void **unused)
{
#define KEEPS "F helper e /a/b.c 10 v 1 1 1\nV p\nB\nW @g v0\nR -\nE\n"
#define CALLER(path) "T " path "\n" CALLS("C - helper e v0")
	static const char frees[] = "T /one/sub/h.c\n"
	                            "F helper e /one/sub/h.c 10 v 1 1 1\nV p\nB\nrel POOL v0\n"
	                            "R -\nE\n";

	(void)unused;
	EXPECT("calls", "O - - rel:0:.:POOL\n", CALLER("/one/a.c"), "T /two/h.c\n" KEEPS,
	       frees);
	EXPECT("calls", "O - - rel:0:.:POOL\n", CALLER("/one/a.c"), frees, "T /one.c\n" KEEPS);
	EXPECT("calls", "O - - keep:0:.\n", CALLER("/two/sub/a.c"), "T /two/h.c\n" KEEPS,
	       frees);
	EXPECT("calls", "O - - rel:0:.:POOL\n", CALLER("/one/sub/a.c"), "T /one/h.c\n" KEEPS,
	       frees);
	/* Equally far: neither. */
	EXPECT("calls", "O - - keep:0:* keep:0:.\n", CALLER("/three/a.c"), "T /two/h.c\n" KEEPS,
	       frees);
	EXPECT("calls", "O - - keep:0:* keep:0:.\n", CALLER("/one/a.c"), "T /one/h/h.c\n" KEEPS,
	       frees);
}

static void told_once(void **unused)
{
	static const char helper[] =
	        "F helper e /drv/b.c 10 v 1 1 1\nV p\nB\nrel POOL v0\nR -\nE\n";
	struct solved *s = solve(helper, helper, NULL);

	(void)unused;
	assert_string_equal(s->all, "leak62-summaries 1\nS helper e 1 incomplete\n");
	solved_free(s);
}

static void arguments_that_do_not_fit(void **unused)
{
	(void)unused;
	EXPECT("calls", "O - -\n", CALLS("C - frees e"), FREES);
	EXPECT("calls", "O - - rel:0:.:POOL\n", CALLS("C - frees e v0 #1 v0"), FREES);
	EXPECT("calls", "O - -\n", CALLS("C - frees e #5"), FREES);
	EXPECT("calls", "O - -\n", CALLS("C - frees e ?"), FREES);
}

static void units_get_what_they_call(void **unused)
{
	struct solved *s =
	        solve("F a e /drv/a.c 1 v 1 1 1\nV p\nB\nC - c e v0\nC - b s v0\n"
	              "C - c e v0\nC - nowhere e v0\nR -\nE\n"
	              "F b s /drv/a.c 2 v 1 1 1\nV p\nB\nK -\nR -\nE\n",
	              "F c e /drv/c.c 1 v 1 1 1\nV p\nB\nrel POOL v0\nR -\nE\n", NULL);
	g_autofree char *first = solved_unit(s, 0);
	g_autofree char *second = solved_unit(s, 1);

	(void)unused;
	assert_string_equal(first, "leak62-summaries 1\n"
	                           "S b /drv/u0.c 1 -\nO - -\n"
	                           "S c e 1 -\nO - - rel:0:.:POOL\n");
	assert_string_equal(second, "leak62-summaries 1\n");
	solved_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(wrappers_over_units),
	        cmocka_unit_test(wrapped_then_filled),
	        cmocka_unit_test(success_split_passes_on),
	        cmocka_unit_test(conditions_prune),
	        cmocka_unit_test(unknown_takes_what_it_gets),
	        cmocka_unit_test(kernel_routines_write),
	        cmocka_unit_test(does_not_return),
	        cmocka_unit_test(recursion),
	        cmocka_unit_test(whose_function),
	        cmocka_unit_test(nearest_folder),
	        cmocka_unit_test(told_once),
	        cmocka_unit_test(arguments_that_do_not_fit),
	        cmocka_unit_test(units_get_what_they_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
