/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The steps of a scenario file. */
#ifndef LEAK62_VERIFIER_SCENARIO_STEPS_H
#define LEAK62_VERIFIER_SCENARIO_STEPS_H

#include "reader.h"

/* prefix: of their numbers, "4." in what step 4 repeats; depth: of repeats. */
int l62_scenario_steps(struct l62_scenario_reader *reader, const json_t *steps,
                       const char *prefix, unsigned depth);
int l62_scenario_add(struct l62_scenario_reader *reader, struct l62_step *step,
                     const char *label, const json_t *value);
int l62_scenario_refuse_unknown(struct l62_scenario_reader *reader, const json_t *object,
                                const char *what, const char *const *fields);

#endif
