/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the functions of link.c's drivers do, as skeletons. */
#ifndef LEAK62_TESTS_BENCH_LINK_SKELETON_H
#define LEAK62_TESTS_BENCH_LINK_SKELETON_H

#include <glib.h>

/* Functions of each TU, of which 1 serves its requests and the last one takes it down;
 * sites, one each in the first functions; how many functions a dispatch routine calls. */
enum { BENCH_FUNCTIONS = 40, BENCH_SITES = 10, BENCH_FAN = 16 };

/* Dispatch routines are a tree: that of a level above 0 calls those of the level below,
 * at level 0 function 1 of a TU.  How many TUs one of a level has below it. */
int bench_span(int level);
/* The level of the one at the top, which has all TUs below it. */
int bench_top(int tus);
/* "f1_7", "d2_0", "Dispatch" */
char *bench_dispatch_name(int level, int index, int tus);

/* The functions of a TU. */
char *bench_skeleton(int tu, int tus);

#endif
