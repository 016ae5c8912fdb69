/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The gate in front of the services that can fail, host side, in the child: counts the
 * driver's calls, decides by the plan (leak62/faults.h) and writes down in the arena what was
 * made to fail.  kernel/fault.c knows the services and delivers the failure.
 */
#ifndef LEAK62_VERIFIER_FAULTS_H
#define LEAK62_VERIFIER_FAULTS_H

#include "host.h"
#include "leak62/faults.h"

/*
 * What the arena keeps of them (arena.h):
 *   fault_calls       how many calls there were that could have failed
 *   calls             of the first L62_CALLS_MOST of them, each
 *   injected_count    how many were made to fail
 *   injected          of the first L62_INJECTED_MOST of them, each
 * A SYSTEMATIC run that has found no new stack ends with injected_count 0.
 */

/* Before the driver is loaded.  The plan must stay. */
void l62_faults_begin(const struct l62_fault_plan *plan);

#endif
