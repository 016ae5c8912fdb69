/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Scenario files: JSON, as debugger/scenario.schema.json says, into steps (step.h).
 * Everything that is not understood is an error, named by file and line.
 */
#ifndef LEAK62_VERIFIER_SCENARIO_H
#define LEAK62_VERIFIER_SCENARIO_H

#include <stdbool.h>

#include "leak62/error.h"
#include "step.h"

#define L62_SCENARIO_VERSION 1

/* To be freed by l62_steps_free(), also after an error.  path NULL: what is done
 * without a file.  L62_E_USAGE: the file cannot be read or is no scenario. */
int l62_scenario_read(struct l62_steps *steps, const char *path, struct l62_error *err);
/*
 * The steps between loading and starting the devices, and unloading: from *first, up to
 * *end.  False: there are none, or the driver is unloaded or fails to load within them.
 */
bool l62_scenario_middle(const struct l62_steps *steps, uint64_t *first, uint64_t *end);
void l62_steps_free(struct l62_steps *steps);

#endif
