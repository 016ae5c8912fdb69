/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Drivers made of hand-written skeletons.
 *
 * A unit is the text of its functions; unit N is /drv/uN.c, unless the text begins with
 * a T line.  What fails here fails the test.
 */
#ifndef LEAK62_TESTS_SUMMARY_SUPPORT_H
#define LEAK62_TESTS_SUMMARY_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>

#include "leak62/summary.h"

struct solved {
	char *folder;
	guint count;         /* of units */
	char *all;           /* summaries of every function */
	GPtrArray *warnings; /* of char * */
};

/* Solves a driver of these units, the last one followed by NULL. */
struct solved *solve(const char *unit, ...) G_GNUC_NULL_TERMINATED;
void solved_free(struct solved *solved);

/* What unit N was given. */
char *solved_unit(const struct solved *solved, guint n);

/* The lines of a function in the text of summaries, without its S line; fails if there
 * is no such function. */
char *outcomes_of(const char *summaries, const char *name);

/* Solves units and compares the outcomes of one function. */
#define EXPECT(name, outcomes, ...)                                                            \
	do {                                                                                   \
		struct solved *solved_ = solve(__VA_ARGS__, NULL);                             \
		char *found_ = outcomes_of(solved_->all, name);                                \
                                                                                               \
		assert_string_equal(found_, outcomes);                                         \
		assert_int_equal(solved_->warnings->len, 0);                                   \
		g_free(found_);                                                                \
		solved_free(solved_);                                                          \
	} while (0)

/* Path of a file in the folder. */
char *solved_path(const struct solved *solved, const char *kind, guint n);

/* Solves again what is in the folder. */
void solve_again(struct solved *solved);

void assert_contains(const char *text, const char *part);

#endif
