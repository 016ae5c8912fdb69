/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What becomes of what a caller passes: released, kept, returned, left alone. */
#include "support.h"

static void released(void **unused)
{
	(void)unused;
	EXPECT("frees", "O - - rel:0:.:POOL\n",
	       "F frees e /drv/a.c 10 v 1 1 1\nV p\nB\nrel POOL v0\nR -\nE\n");
	EXPECT("looks", "O - -\n", "F looks e /drv/a.c 10 v 1 1 1\nV p\nB\nK - v0\nR -\nE\n");
	/* Several kinds, one word for each object. */
	EXPECT("frees", "O - - rel:0:.:DESCRIPTOR,POOL\n",
	       "F frees e /drv/a.c 10 v 1 1 1\nV p\nB\nrel POOL,DESCRIPTOR v0\nR -\nE\n");
	EXPECT("frees", "O - - rel:0:.:MDL,POOL\n",
	       "F frees e /drv/a.c 10 v 1 1 4\nV p\nB\nM 1 2\nB\nrel POOL v0\nJ 3\n"
	       "B\nrel MDL v0\nJ 3\nB\nR -\nE\n");
}

/* A null pointer is no object: whether it was tested makes no difference. */
static void released_if_not_null(void **unused)
{
	(void)unused;
	EXPECT("frees", "O - - rel:0:.:POOL\n",
	       "F frees e /drv/a.c 10 v 1 1 3\nV p\nB\n? v0 != #0 1 2\nB\nrel POOL v0\nJ 2\n"
	       "B\nR -\nE\n");
	/* It does where the result tells. */
	EXPECT("frees", "O n - pre:0:z\nO z - pre:0:p rel:0:.:POOL\n",
	       "F frees e /drv/a.c 10 i 1 1 3\nV p\nB\n? v0 == #0 1 2\nB\nR #-1\n"
	       "B\nrel POOL v0\nR #0\nE\n");
}

static const char on_success[] = "F takes e /drv/a.c 10 i 1 2 3\nV p i\nB\nK v1\n"
                                 "? v1 < #0 1 2\nB\nR v1\nB\n%s v0\nR #0\nE\n";

static void only_on_success(void **unused)
{
	g_autofree char *frees = g_strdup_printf(on_success, "rel POOL");
	g_autofree char *keeps = g_strdup_printf(on_success, "W @g_Table");
	g_autofree char *gives = g_strdup_printf(on_success, "give");

	(void)unused;
	EXPECT("takes", "O n -\nO z - rel:0:.:POOL\n", frees);
	EXPECT("takes", "O n -\nO z - keep:0:.\n", keeps);
	EXPECT("takes", "O n -\nO z - keep:0:.\n", gives);
}

/* IoQueueWorkItem and its kind: handed over if the routine says so. */
static void given_if(void **unused)
{
	(void)unused;
	EXPECT("gives", "O n -\nO zp - keep:0:.\n",
	       "F gives e /drv/a.c 10 i 1 2 1\nV p i\nB\nK v1\ngiveif v1 v0\nR v1\nE\n");
}

/* item = alloc; item->data = data; the item goes into the tree's list. */
static const char insert_item[] =
        "F insert_tree_item e /drv/a.c 10 i 2 4 5\nV p p p p\nB\n"
        "acq POOL ExAllocatePoolWithTag 11 null - v2\n? v2 == #0 1 2\n"
        "B\nR #-1\n"
        "B\nW v2:data v1\nK v3\nM 3 4\n"
        "B\nrel POOL v2\nR #-2\n"
        "B\nA v3 v2 list_entry\nW v0:items v3\nR #0\nE\n";

static void kept_within_something_new(void **unused)
{
	(void)unused;
	EXPECT("insert_tree_item", "O n -\nO z - into:1:.:0:*\n", insert_item);
}

static void fate_of_the_container(void **unused)
{
	static const char makes[] = "F makes e /drv/a.c 10 p 1 2 2\nV p p\nB\n"
	                            "acq POOL ExAllocatePool2 11 never - v1\n"
	                            "W v1:data v0\n%s\nJ 1\nB\nR %s\nE\n";
	g_autofree char *returned = g_strdup_printf(makes, "K -", "v1");
	g_autofree char *kept = g_strdup_printf(makes, "W @g v1", "#0");
	g_autofree char *freed = g_strdup_printf(makes, "rel POOL v1", "#0");
	g_autofree char *lost = g_strdup_printf(makes, "K -", "#0");
	g_autofree char *both = g_strdup_printf(makes, "rel POOL v0\nrel POOL v1", "#0");

	(void)unused;
	EXPECT("makes", "O p fresh:POOL:ExAllocatePool2:/drv/a.c:11 keep:0:.\n", returned);
	EXPECT("makes", "O z - keep:0:.\n", kept);
	EXPECT("makes", "O z -\n", freed);
	EXPECT("makes", "O z -\n", lost);
	EXPECT("makes", "O z - rel:0:.:POOL\n", both);
}

static void flag_decides(void **unused)
{
	(void)unused;
	EXPECT("frees", "O - - pre:1:p rel:0:.:POOL\nO - - pre:1:z\n",
	       "F frees e /drv/a.c 10 v 2 2 3\nV p u\nB\n? v1 != #0 1 2\nB\nrel POOL v0\nJ 2\n"
	       "B\nR -\nE\n");
	/* A copy of the flag is the flag. */
	EXPECT("frees", "O - - pre:1:p rel:0:.:POOL\nO - - pre:1:z\n",
	       "F frees e /drv/a.c 10 v 2 3 3\nV p u u\nB\n= v2 v1\n? v2 == #0 2 1\n"
	       "B\nrel POOL v0\nJ 2\nB\nR -\nE\n");
	/* A flag that changes nothing is not told, nor one that only looks so. */
	EXPECT("frees", "O - - rel:0:.:POOL\n",
	       "F frees e /drv/a.c 10 v 2 2 3\nV p u\nB\n? v1 != #0 1 2\nB\nK -\nJ 2\n"
	       "B\nrel POOL v0\nR -\nE\n");
}

static void flag_and_member(void **unused)
{
	(void)unused;
	/* if (all && p->Mdl) free(p->Mdl) */
	EXPECT("frees", "O - - pre:1:p rel:0:Mdl:MDL\nO - - pre:1:z\n",
	       "F frees e /drv/a.c 10 v 2 3 4\nV p u p\nB\n? v1 != #0 1 3\n"
	       "B\nL v2 v0:Mdl\n? v2 != #0 2 3\nB\nrel MDL v2\nJ 3\nB\nR -\nE\n");
}

static void returned(void **unused)
{
	(void)unused;
	EXPECT("same", "O zp param:0\n", "F same e /drv/a.c 10 p 1 1 1\nV p\nB\nR v0\nE\n");
	EXPECT("other", "O p param:0 pre:0:p\nO zp param:1 pre:0:z\n",
	       "F other e /drv/a.c 10 p 2 2 3\nV p p\nB\n? v0 != #0 1 2\nB\nR v0\nB\nR "
	       "v1\nE\n");
	EXPECT("borrowed", "O zp from:0:Buffer\n",
	       "F borrowed e /drv/a.c 10 p 1 2 1\nV p p\nB\nL v1 v0:Buffer\nR v1\nE\n");
	EXPECT("deep", "O zp from:0:*\n",
	       "F deep e /drv/a.c 10 p 1 3 1\nV p p p\nB\nL v1 v0:Next\nL v2 v1:Buffer\nR "
	       "v2\nE\n");
	/* What was released is not handed back. */
	EXPECT("freed", "O zp - rel:0:.:POOL\n",
	       "F freed e /drv/a.c 10 p 1 1 1\nV p\nB\nrel POOL v0\nR v0\nE\n");
}

static void never_fails(void **unused)
{
	(void)unused;
	EXPECT("done", "O z -\n",
	       "F done e /drv/a.c 10 i 1 2 3\nV p i\nB\n= v1 #0\n? v0 == #0 1 2\n"
	       "B\nK - v1\nJ 2\nB\nR v1\nE\n");
	EXPECT("fails", "O nz -\n",
	       "F fails e /drv/a.c 10 i 1 2 3\nV p i\nB\n= v1 #0\nM 1 2\nB\n= v1 #-7\nJ 2\n"
	       "B\nR v1\nE\n");
	EXPECT("never", "", "F never e /drv/a.c 10 v 0 0 1\nV\nB\nX\nE\n");
}

static void switched(void **unused)
{
	(void)unused;
	/* case 1: free and fall through; case 2: keep; default: leave. */
	EXPECT("switches", "O n -\nO p - keep:0:.\nO z - rel:0:.:POOL\n",
	       "F switches e /drv/a.c 10 i 2 3 5\nV p u i\nB\n= v2 #-1\nM 1 3 4\n"
	       "B\nrel POOL v0\nJ 2\nB\n= v2 #0\nJ 4\nB\nW @g v0\n= v2 #1\nJ 4\nB\nR v2\nE\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(released),
	        cmocka_unit_test(released_if_not_null),
	        cmocka_unit_test(only_on_success),
	        cmocka_unit_test(given_if),
	        cmocka_unit_test(kept_within_something_new),
	        cmocka_unit_test(fate_of_the_container),
	        cmocka_unit_test(flag_decides),
	        cmocka_unit_test(flag_and_member),
	        cmocka_unit_test(returned),
	        cmocka_unit_test(never_fails),
	        cmocka_unit_test(switched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
