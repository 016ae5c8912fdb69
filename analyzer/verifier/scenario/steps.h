/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The steps of a scenario file. */
#ifndef LEAK62_VERIFIER_SCENARIO_STEPS_H
#define LEAK62_VERIFIER_SCENARIO_STEPS_H

#include "reader.h"

/* Adds all steps of an array.  prefix: of their numbers, "4." in what step 4 repeats; depth:
 * of repeats.  0 or L62_E_USAGE. */
int l62_scenario_steps(struct l62_scenario_reader *reader, const json_t *steps,
                       const char *prefix, unsigned depth);
/* Adds one step, that value says; label is copied.  0 or L62_E_USAGE. */
int l62_scenario_add(struct l62_scenario_reader *reader, struct l62_step *step,
                     const char *label, const json_t *value);

#endif
