/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* From what a finding's path asks of the outside to a scenario that gives it. */
#ifndef LEAK62_CONFIRM_PLAN_WITNESS_H
#define LEAK62_CONFIRM_PLAN_WITNESS_H

#include <jansson.h>

#include "leak62/witness.h"

/* The steps of a scenario, a new array; NULL: the witness asks for no request that is not
 * sent anyway.  times: how often the request is sent to the same open file. */
json_t *l62_plan_witness_steps(const struct l62_witness *witness, unsigned times);

#endif
