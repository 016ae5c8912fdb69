/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* How trials are made, for the parts of the plan. */
#ifndef LEAK62_CONFIRM_PLAN_TRIAL_H
#define LEAK62_CONFIRM_PLAN_TRIAL_H

#include <jansson.h>

#include "plan.h"

/* A new trial at the end of trials, which owns it; scenario (NULL: none) is taken over. */
struct l62_trial *l62_plan_add(GPtrArray *trials, const char *name, const char *why,
                               char *scenario);

/* A scenario file's text, the caller's: codes for its default requests (NULL or empty: none);
 * steps (NULL: all that is done without a file) and registry (NULL: none) are taken over. */
char *l62_plan_scenario(const char *comment, const GArray *codes, json_t *steps,
                        json_t *registry);

#endif
