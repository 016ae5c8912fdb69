/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Fields of what a caller passes, and what it finds in them afterwards. */
#include "support.h"

static void member_released(void **unused)
{
	(void)unused;
	EXPECT("frees", "O - - rel:0:Mdl:MDL\n",
	       "F frees e /drv/a.c 10 v 1 3 3\nV p p p\nB\nL v1 v0:Mdl\n? v1 != #0 1 2\n"
	       "B\nL v2 v0:Mdl\nrel MDL v2\nJ 2\nB\nR -\nE\n");
	/* ... and set to null, which it was if it was not released. */
	EXPECT("frees", "O - - null:0:Mdl rel:0:Mdl:MDL\n",
	       "F frees e /drv/a.c 10 v 1 2 3\nV p p\nB\nL v1 v0:Mdl\n? v1 != #0 1 2\n"
	       "B\nrel MDL v1\nW v0:Mdl #0\nJ 2\nB\nR -\nE\n");
	EXPECT("frees", "O - - null:0:Mdl rel:0:Mdl:MDL\n",
	       "F frees e /drv/a.c 10 v 1 1 1\nV p\nB\nrelat MDL v0:Mdl\nR -\nE\n");
}

/* Each of many members if it is there, then the whole: one outcome. */
static void container_released(void **unused)
{
	GString *text = g_string_new("F frees e /drv/a.c 10 v 1 21 21\nV p");
	GString *outcome = g_string_new("O - - rel:0:.:POOL");

	(void)unused;
	for (int i = 1; i <= 20; i++)
		g_string_append(text, " p");
	g_string_append_c(text, '\n');
	for (int i = 1; i <= 10; i++)
		g_string_append_printf(text,
		                       "B\nL v%d v0:m%02d\n? v%d != #0 %d %d\n"
		                       "B\nrel POOL v%d\nJ %d\n",
		                       i, i, i, 2 * i - 1, 2 * i, i, 2 * i);
	g_string_append(text, "B\nrel POOL v0\nR -\nE\n");
	for (int i = 1; i <= 10; i++)
		g_string_append_printf(outcome, " rel:0:m%02d:POOL", i);
	g_string_append_c(outcome, '\n');
	EXPECT("frees", outcome->str, text->str);
	g_string_free(text, TRUE);
	g_string_free(outcome, TRUE);
}

static void filled(void **unused)
{
	(void)unused;
	EXPECT("makes", "O n -\nO z - fill:0:*:POOL:ExAllocatePoolWithTag:/drv/a.c:11\n",
	       "F makes e /drv/a.c 10 i 1 2 3\nV p p\nB\n"
	       "acq POOL ExAllocatePoolWithTag 11 null - v1\n? v1 == #0 1 2\nB\nR #-1\n"
	       "B\nW v0:* v1\nR #0\nE\n");
	/* By the routine itself, under a status that is returned. */
	EXPECT("makes",
	       "O n -\nO z - "
	       "fill:0:Name.Buffer:POOL:RtlAnsiStringToUnicodeString:/drv/a.c:11\n",
	       "F makes e /drv/a.c 10 i 1 2 1\nV p i\nB\n"
	       "acq POOL RtlAnsiStringToUnicodeString 11 status v1 v0:Name.Buffer\nR v1\nE\n");
	EXPECT("makes", "O p - fill:0:Lock:RUNDOWN:ExAcquire:/drv/a.c:11\nO z -\n",
	       "F makes e /drv/a.c 10 u 1 2 1\nV p u\nB\n"
	       "acq RUNDOWN ExAcquire 11 boolean v1 v0:Lock\nR v1\nE\n");
	/* Undone before the failure is returned. */
	EXPECT("makes",
	       "O n - null:0:Buffer\nO z - fill:0:Buffer:POOL:ExAllocatePool2:/drv/a.c:11\n",
	       "F makes e /drv/a.c 10 i 1 3 5\nV p p i\nB\n"
	       "acq POOL ExAllocatePool2 11 null - v0:Buffer\nL v1 v0:Buffer\n? v1 == #0 1 2\n"
	       "B\nR #-1\nB\nK v2\n? v2 < #0 3 4\nB\nL v1 v0:Buffer\nrel POOL v1\n"
	       "W v0:Buffer #0\nR v2\nB\nR #0\nE\n");
}

static void overwritten(void **unused)
{
	(void)unused;
	EXPECT("sets", "O - - null:0:Irp write:0:Mdl\n",
	       "F sets e /drv/a.c 10 v 1 2 1\nV p p\nB\nK v1\nW v0:Mdl v1\nL v1 v0:Irp\n"
	       "W v0:Irp #0\nR -\nE\n");
	/* Numbers are no resources. */
	EXPECT("counts", "O - -\n",
	       "F counts e /drv/a.c 10 v 1 1 1\nV p\nB\nW v0:Length #0\nW v0:Count #5\nR "
	       "-\nE\n");
	/* What was there is put back. */
	EXPECT("swaps", "O - -\n",
	       "F swaps e /drv/a.c 10 v 1 2 1\nV p p\nB\nL v1 v0:Mdl\nW v0:Mdl #0\n"
	       "W v0:Mdl v1\nR -\nE\n");
}

static void moved(void **unused)
{
	(void)unused;
	EXPECT("stores", "O - - into:0:.:1:Buffer\n",
	       "F stores e /drv/a.c 10 v 2 2 1\nV p p\nB\nW v1:Buffer v0\nR -\nE\n");
	/* The caller gets what a field held. */
	EXPECT("takes", "O zp from:0:Buffer null:0:Buffer\n",
	       "F takes e /drv/a.c 10 p 1 2 1\nV p p\nB\nL v1 v0:Buffer\nW v0:Buffer #0\n"
	       "R v1\nE\n");
	EXPECT("takes", "O - - into:0:Buffer:1:* null:0:Buffer\n",
	       "F takes e /drv/a.c 10 v 2 3 1\nV p p p\nB\nL v2 v0:Buffer\nW v1:* v2\n"
	       "W v0:Buffer #0\nR -\nE\n");
	/* An object that holds what holds it. */
	EXPECT("links", "O - - into:1:.:0:Child write:1:Parent\n",
	       "F links e /drv/a.c 10 v 2 2 1\nV p p\nB\nW v1:Parent v0\nW v0:Child v1\nR "
	       "-\nE\n");
}

/* Stored in two places, it is nobody's to say whose: load_tree() gives it out and
 * has it in its list. */
static void in_two_places(void **unused)
{
	(void)unused;
	EXPECT("load_tree", "O n -\nO z - write:1:*\n",
	       "F load_tree e /drv/a.c 10 i 2 4 3\nV p p p p\nB\n"
	       "acq POOL ExAllocatePool2 11 null - v2\n? v2 == #0 1 2\nB\nR #-1\n"
	       "B\nA v3 v2 entry\nW v0:trees v3\nW v1:* v2\nR #0\nE\n");
}

static void same_load_same_object(void **unused)
{
	(void)unused;
	EXPECT("frees", "O - - rel:0:Buffer:POOL\n",
	       "F frees e /drv/a.c 10 v 1 3 1\nV p p p\nB\nL v1 v0:Buffer\nL v2 v0:Buffer\n"
	       "rel POOL v1\nrel POOL v2\nR -\nE\n");
	/* A store in between makes it another one. */
	EXPECT("frees", "O - - rel:1:.:POOL write:0:Buffer\n",
	       "F frees e /drv/a.c 10 v 2 4 1\nV p p p p\nB\nL v2 v0:Buffer\nW v0:Buffer v1\n"
	       "L v3 v0:Buffer\nrel POOL v3\nR -\nE\n");
	/* Through another pointer to the same object. */
	EXPECT("frees", "O - - rel:0:Buffer:POOL\n",
	       "F frees e /drv/a.c 10 v 1 3 1\nV p p p\nB\nA v1 v0\nL v2 v1:Buffer\n"
	       "rel POOL v2\nR -\nE\n");
}

/* What is returned says whether the field was filled. */
static void result_tells_null(void **unused)
{
	(void)unused;
	EXPECT("makes", "O p - fill:0:Irp:IRP:IoAllocateIrp:/drv/a.c:11\nO z - null:0:Irp\n",
	       "F makes e /drv/a.c 10 u 1 4 1\nV p p p u\nB\n"
	       "acq IRP IoAllocateIrp 11 null - v1\nW v0:Irp v1\nL v2 v0:Irp\n"
	       "D v3 != v2 #0\nR v3\nE\n");
	EXPECT("makes", "O p - null:0:Irp\nO z - fill:0:Irp:IRP:IoAllocateIrp:/drv/a.c:11\n",
	       "F makes e /drv/a.c 10 u 1 3 1\nV p p u\nB\n"
	       "acq IRP IoAllocateIrp 11 null - v1\nW v0:Irp v1\nD v2 == v1 #0\nR v2\nE\n");
	/* Compared with something else, it says nothing. */
	EXPECT("makes", "O zp - fill:0:Irp:IRP:IoAllocateIrp:/drv/a.c:11\nO zp - null:0:Irp\n",
	       "F makes e /drv/a.c 10 u 1 3 1\nV p p u\nB\n"
	       "acq IRP IoAllocateIrp 11 null - v1\nW v0:Irp v1\nD v2 != v1 #-1\nR v2\nE\n");
}

/* A null that is waited for comes. */
static void polled(void **unused)
{
	(void)unused;
	EXPECT("waits", "O - -\n",
	       "F waits e /drv/a.c 10 v 1 2 3\nV p p\nB\nJ 1\nB\nL v1 v0:Irp\nK -\n"
	       "? v1 != #0 1 2\nB\nR -\nE\n");
	EXPECT("waits", "O - -\n",
	       "F waits e /drv/a.c 10 v 1 2 3\nV p u\nB\nJ 1\nB\nL v1 v0:Ready\nK -\n"
	       "? v1 == #0 1 2\nB\nR -\nE\n");
}

static void by_value(void **unused)
{
	(void)unused;
	EXPECT("frees", "O - - rel:0:Buffer:POOL\n",
	       "F frees e /drv/a.c 10 v 1 2 1\nV a p\nB\nL v1 &v0:Buffer\nrel POOL v1\nR "
	       "-\nE\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(member_released),
	        cmocka_unit_test(container_released),
	        cmocka_unit_test(filled),
	        cmocka_unit_test(overwritten),
	        cmocka_unit_test(moved),
	        cmocka_unit_test(in_two_places),
	        cmocka_unit_test(same_load_same_object),
	        cmocka_unit_test(result_tells_null),
	        cmocka_unit_test(polled),
	        cmocka_unit_test(by_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
