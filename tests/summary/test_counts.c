/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reference counts. */
#include "support.h"

static void up_and_down(void **unused)
{
	(void)unused;
	EXPECT("takes", "O - - ref:0:.\n",
	       "F takes e /drv/a.c 10 v 1 1 1\nV p\nB\nref v0\nR -\nE\n");
	EXPECT("gives", "O - - unref:0:.\n",
	       "F gives e /drv/a.c 10 v 1 1 1\nV p\nB\nunref v0\nR -\nE\n");
	EXPECT("both", "O - -\n",
	       "F both e /drv/a.c 10 v 1 1 1\nV p\nB\nref v0\nK - v0\nunref v0\nR -\nE\n");
	/* On one path only. */
	EXPECT("some", "O n -\nO z - ref:0:.\n",
	       "F some e /drv/a.c 10 i 1 1 3\nV p\nB\nM 1 2\nB\nref v0\nR #0\nB\nR #-1\nE\n");
}

/* if (InterlockedDecrement(&p->RefCount) == 0) ExFreePool(p); */
static void last_one_frees(void **unused)
{
	(void)unused;
	EXPECT("gives", "O - - unref:0:.\n",
	       "F gives e /drv/a.c 10 v 1 2 3\nV p i\nB\nunref v0\nK v1\n? v1 == #0 1 2\n"
	       "B\nrel POOL v0\nJ 2\nB\nR -\nE\n");
}

static void returned_references(void **unused)
{
	(void)unused;
	/* Found in a table, and counted. */
	EXPECT("finds", "O p ref\nO z -\n",
	       "F finds e /drv/a.c 10 p 0 1 3\nV p\nB\nL v0 @g_Table\n? v0 != #0 1 2\n"
	       "B\nref v0\nR v0\nB\nR #0\nE\n");
	EXPECT("finds", "O zp -\n",
	       "F finds e /drv/a.c 10 p 0 1 1\nV p\nB\nL v0 @g_Table\nR v0\nE\n");
	EXPECT("finds", "O z - fillref:0:*\n",
	       "F finds e /drv/a.c 10 i 1 2 1\nV p p\nB\nL v1 @g_Table\nref v1\nW v0:* v1\n"
	       "R #0\nE\n");
	/* A member, counted: the caller's own of it is left alone. */
	EXPECT("member", "O p ref\nO z -\n",
	       "F member e /drv/a.c 10 p 1 2 3\nV p p\nB\nL v1 v0:Fcb\n? v1 != #0 1 2\n"
	       "B\nref v1\nR v1\nB\nR #0\nE\n");
	EXPECT("member", "O - - fillref:1:Fcb\n",
	       "F member e /drv/a.c 10 v 2 3 1\nV p p p\nB\nL v2 v0:Fcb\nref v2\nW v1:Fcb v2\n"
	       "R -\nE\n");
}

/* The reference that was stored is the new one. */
static void stored_reference(void **unused)
{
	(void)unused;
	EXPECT("stores", "O - -\n",
	       "F stores e /drv/a.c 10 v 1 1 1\nV p\nB\nref v0\nW @g v0\nR -\nE\n");
	EXPECT("stores", "O - - keep:0:.\n",
	       "F stores e /drv/a.c 10 v 1 1 1\nV p\nB\nW @g v0\nR -\nE\n");
}

static void passed_on(void **unused)
{
	static const char finds[] = "F finds e /drv/b.c 10 p 0 1 3\nV p\nB\nL v0 @g_Table\n"
	                            "? v0 != #0 1 2\nB\nref v0\nR v0\nB\nR #0\nE\n"
	                            "F gives e /drv/b.c 30 v 1 1 1\nV p\nB\nunref v0\nR -\nE\n";

	(void)unused;
	EXPECT("outer", "O p ref\nO z -\n",
	       "F outer e /drv/a.c 10 p 0 1 1\nV p\nB\nC v0 finds e\nR v0\nE\n", finds);
	EXPECT("outer", "O zp -\n",
	       "F outer e /drv/a.c 10 p 0 1 3\nV p\nB\nC v0 finds e\n? v0 != #0 1 2\n"
	       "B\nC - gives e v0\nJ 2\nB\nR v0\nE\n",
	       finds);
}

/* p = alloc; p->RefCount = 1: still one new thing, and the last count frees it. */
static void counted_from_birth(void **unused)
{
	static const char create[] =
	        "F create e /drv/b.c 10 p 0 1 3\nV p\nB\n"
	        "acq POOL ExAllocatePool2 11 null - v0\n? v0 != #0 1 2\n"
	        "B\nref v0\nR v0\nB\nR #0\nE\n"
	        "F gives e /drv/b.c 30 v 1 1 1\nV p\nB\nunref v0\nR -\nE\n";

	(void)unused;
	EXPECT("create", "O p fresh:POOL:ExAllocatePool2:/drv/b.c:11\nO z -\n", create);
	EXPECT("drops", "O zp -\n",
	       "F drops e /drv/a.c 10 p 0 1 1\nV p\nB\nC v0 create e\nC - gives e v0\nR "
	       "v0\nE\n",
	       create);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(up_and_down),         cmocka_unit_test(last_one_frees),
	        cmocka_unit_test(returned_references), cmocka_unit_test(stored_reference),
	        cmocka_unit_test(passed_on),           cmocka_unit_test(counted_from_birth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
