/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* From the states at the exit to a summary. */
#ifndef LEAK62_SUMMARY_OUTCOME_H
#define LEAK62_SUMMARY_OUTCOME_H

#include "state.h"

/* What a state at the exit means to the caller. */
struct l62_outcome *l62_outcome_new(struct l62_solver *s, struct l62_state *st);
/* Sorts and merges (of struct l62_outcome); false if too many are left. */
bool l62_outcomes_reduce(GPtrArray *outcomes, const struct l62_function *function);
/* Puts clauses in the one order. */
void l62_clauses_sort(GArray *clauses);
/* Which parameters they mention. */
bool *l62_outcomes_uses(const GPtrArray *outcomes, const struct l62_function *function);
bool l62_outcomes_equal(const GPtrArray *a, const GPtrArray *b, uint32_t nparams);

#endif
