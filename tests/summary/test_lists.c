/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Lists, arrays and the loops over them. */
#include "support.h"

/* while (!IsListEmpty(list)) { entry = RemoveHeadList(list); ExFreePool(entry); } */
#define CLEAR_LIST                                                                             \
	"F clear_list e /drv/l.c 10 v 1 3 4\nV p p u\nB\nJ 1\nB\nK v2\n? v2 != #0 3 2\n"       \
	"B\nL v1 v0:*\nrel POOL v1\nJ 1\nB\nR -\nE\n"

static void cleared(void **unused)
{
	(void)unused;
	/* No rounds are as good as many. */
	EXPECT("clear_list", "O - - rel:0:*:POOL\n", CLEAR_LIST);
	EXPECT("clear", "O - - rel:0:Pending:POOL\n",
	       "F clear e /drv/l.c 10 v 1 4 4\nV p p u p\nB\nJ 1\nB\nA v3 v0 Pending\nK v2 v3\n"
	       "? v2 != #0 3 2\nB\nL v1 v0:Pending\nrel POOL v1\nJ 1\nB\nR -\nE\n");
	/* Ended by a null. */
	EXPECT("pops", "O - - rel:0:*:POOL\n",
	       "F pops e /drv/l.c 10 v 1 2 4\nV p p\nB\nJ 1\nB\nL v1 v0:*\n? v1 == #0 3 2\n"
	       "B\nrel POOL v1\nJ 1\nB\nR -\nE\n");
	/* From link to link. */
	EXPECT("walks", "O - - rel:0:*:POOL rel:0:First:POOL\n",
	       "F walks e /drv/l.c 10 v 1 3 4\nV p p p\nB\nL v1 v0:First\nJ 1\n"
	       "B\n? v1 != #0 2 3\nB\nL v2 v1:Next\nrel POOL v1\n= v1 v2\nJ 1\nB\nR -\nE\n");
}

/* Only under a condition that the caller knows. */
static void cleared_on_demand(void **unused)
{
	(void)unused;
	EXPECT("clear", "O - - pre:1:p rel:0:*:POOL\nO - - pre:1:z\n",
	       "F clear e /drv/l.c 10 v 2 4 5\nV p u p u\nB\n? v1 != #0 1 4\nB\nJ 2\nB\nK v3\n"
	       "? v3 != #0 3 4\nB\nL v2 v0:*\nrel POOL v2\nJ 2\nB\nR -\nE\n");
}

/* The entries of a list of this function's own, cleared by a helper: `list` is v1. */
static void local_list(void **unused)
{
	(void)unused;
	EXPECT("uses", "O - - rel:0:.:POOL\n",
	       "F uses e /drv/a.c 10 v 1 3 1\nV p a p\nB\nA v2 v0 Link\nW &v1:* v2\n"
	       "C - clear_list e &v1\nR -\nE\n",
	       CLEAR_LIST);
	EXPECT("uses", "O - -\n",
	       "F uses e /drv/a.c 10 v 1 3 1\nV p a p\nB\nA v2 v0 Link\nW &v1:* v2\nR -\nE\n",
	       CLEAR_LIST);
	EXPECT("keeps", "O - - keep:0:.\n",
	       "F keeps e /drv/a.c 10 v 1 3 1\nV p a p\nB\nA v2 v0 Link\nW &v1:* v2\n"
	       "W @g_List &v1\nR -\nE\n");
	/* What lies within the entries: nothing can be said of it. */
	EXPECT("uses", "O - - keep:0:.\n",
	       "F uses e /drv/a.c 10 v 1 4 1\nV p a p p\nB\n"
	       "acq POOL ExAllocatePool2 11 never - v2\nW v2:data v0\nA v3 v2 Link\n"
	       "W &v1:* v3\nC - clear_list e &v1\nR -\nE\n",
	       CLEAR_LIST);
}

/* An array of this function's own with two members in it: of the second one nothing is
 * known, for nobody can tell which element a round gets. */
static void local_array(void **unused)
{
	(void)unused;
	EXPECT("uses", "O - - keep:0:B rel:0:A:POOL\n",
	       "F uses e /drv/a.c 10 v 1 6 4\nV p a p p u p\nB\n"
	       "L v2 v0:A\nW &v1:* v2\nL v3 v0:B\nW &v1:* v3\n= v4 #0\nJ 1\n"
	       "B\n? v4 < #2 2 3\nB\nL v5 &v1:*\nrel POOL v5\nD v4 + v4 #1\nJ 1\nB\nR -\nE\n");
}

/* A local structure with a member that a helper frees. */
static void local_structure(void **unused)
{
	static const char frees[] = "F frees e /drv/l.c 10 v 1 2 1\nV p p\nB\nL v1 v0:Buffer\n"
	                            "rel POOL v1\nR -\nE\n";

	(void)unused;
	EXPECT("uses", "O - - rel:0:.:POOL\n",
	       "F uses e /drv/a.c 10 v 1 2 1\nV p a\nB\nW &v1:Buffer v0\nC - frees e &v1\nR "
	       "-\nE\n",
	       frees);
	/* A structure in the structure: only the last name is known. */
	EXPECT("uses", "O - - rel:0:.:POOL\n",
	       "F uses e /drv/a.c 10 v 1 2 1\nV p a\nB\nW &v1:Name.Buffer v0\n"
	       "C - frees e &v1\nR -\nE\n",
	       frees);
	EXPECT("uses", "O - -\n",
	       "F uses e /drv/a.c 10 v 1 2 1\nV p a\nB\nW &v1:Other v0\nC - frees e &v1\nR "
	       "-\nE\n",
	       frees);
}

/* What is linked into a caller's list is the list's, not the caller's to free. */
static void linked(void **unused)
{
	static const char adds[] = "F adds e /drv/a.c 10 i 1 3 3\nV p p p\nB\n"
	                           "acq POOL ExAllocatePool2 11 null - v1\n? v1 == #0 1 2\n"
	                           "B\nR #-1\nB\nA v2 v1 Link\nW v0:Pending v2\nR #0\nE\n";

	(void)unused;
	EXPECT("adds", "O nz -\n", adds);
	EXPECT("links", "O - - into:1:.:0:*\n",
	       "F links e /drv/a.c 10 v 2 3 1\nV p p p\nB\nA v2 v1 Link\nW v0:Pending v2\nR "
	       "-\nE\n");
	/* A helper's caller sees the same. */
	EXPECT("outer", "O - - into:1:.:0:*\n",
	       "F outer e /drv/a.c 10 v 2 2 1\nV p p\nB\nC - links e v0 v1\nR -\nE\n",
	       "F links e /drv/a.c 10 v 2 3 1\nV p p p\nB\nA v2 v1 Link\nW v0:Pending v2\nR "
	       "-\nE\n");
}

/* for (...) { item = alloc; if (!item) goto fail; list += item; } */
static void filled_in_a_loop(void **unused)
{
	(void)unused;
	EXPECT("fills", "O n - rel:1:.:POOL\nO z -\n",
	       "F fills e /drv/a.c 10 i 2 5 6\nV p p p u p\nB\nJ 1\nB\nK v3\n? v3 != #0 2 5\n"
	       "B\nacq POOL ExAllocatePool2 11 null - v2\n? v2 == #0 3 4\n"
	       "B\nrel POOL v1\nR #-1\nB\nA v4 v2 Link\nW v0:Pending v4\nJ 1\nB\nR #0\nE\n");
}

/* Grow and retry: only the last block is handed out. */
static void grown(void **unused)
{
	(void)unused;
	EXPECT("grows", "O n -\nO z - fill:0:*:POOL:ExAllocatePool2:/drv/a.c:11\n",
	       "F grows e /drv/a.c 10 i 1 3 6\nV p p i\nB\nJ 1\n"
	       "B\nacq POOL ExAllocatePool2 11 null - v1\n? v1 == #0 2 3\nB\nR #-1\n"
	       "B\nK v2 v1\n? v2 < #0 4 5\nB\nrel POOL v1\nM 1 2\nB\nW v0:* v1\nR #0\nE\n");
}

/* Made anew if it is too small, then filled in a loop: that nothing had been there holds
 * on although the loop reads the field again. */
static void grown_and_written(void **unused)
{
	(void)unused;
	EXPECT("fills",
	       "O n - null:0:Bytes rel:0:Bytes:POOL\nO z -\n"
	       "O z - fill:0:Bytes:POOL:ExAllocatePool2:/drv/a.c:11 rel:0:Bytes:POOL\n",
	       "F fills e /drv/a.c 10 i 2 6 10\nV p u u p p p\nB\nL v2 v0:Room\n"
	       "? v2 != #0 5 1\nB\nL v3 v0:Bytes\n? v3 != #0 2 3\nB\nrel POOL v3\nJ 3\n"
	       "B\nacq POOL ExAllocatePool2 11 null - v4\nW v0:Bytes v4\n? v4 != #0 5 4\n"
	       "B\nR #-1\nB\nJ 6\nB\nD v2 < v2 v1\n? v2 != #0 7 9\n"
	       "B\nL v5 v0:Bytes\nW v5:* #1\nJ 8\nB\nJ 6\nB\nR #0\nE\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(cleared),           cmocka_unit_test(cleared_on_demand),
	        cmocka_unit_test(local_list),        cmocka_unit_test(local_array),
	        cmocka_unit_test(local_structure),   cmocka_unit_test(linked),
	        cmocka_unit_test(filled_in_a_loop),  cmocka_unit_test(grown),
	        cmocka_unit_test(grown_and_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
