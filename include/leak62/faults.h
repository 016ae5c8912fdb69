/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Fault injection: which of the driver's calls of services that can fail on Windows are
 * made to fail in a run.  A plan is given to l62_verify_run(); what came of it is asked
 * of the run (l62_verify_injected() and the like, leak62/verifier.h).
 *
 *   NONE        calls are only counted
 *   RANDOM      a number of 10,000 of them, by seed: Driver Verifier's 0x4
 *   AT          those with the numbers given
 *   SYSTEMATIC  the first that was not tried yet from its stack: Driver Verifier's 0x40000;
 *               at most one in a run, so that the scenario is to be run until a run has
 *               injected none
 *
 * Calls that could fail are numbered from 1 in the order in which the driver makes them.
 */
#ifndef LEAK62_FAULTS_H
#define LEAK62_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "leak62/error.h"

#ifdef __cplusplus
extern "C" {
#endif

enum l62_fault_mode {
	L62_FAULTS_NONE,
	L62_FAULTS_RANDOM,
	L62_FAULTS_AT,
	L62_FAULTS_SYSTEMATIC,
};

/* Driver Verifier's own: 600 of 10,000. */
#define L62_FAULTS_PER_10000 600u
#define L62_FAULTS_SEED 1u

struct l62_fail_at {
	uint64_t call;   /* its number */
	uint32_t status; /* an NTSTATUS that is a failure; 0: the routine's usual one */
	uint32_t unused;
};

struct l62_tried;

/* Zeroed: no faults.  Nothing in it is owned by it; it must stay as long as the run. */
struct l62_fault_plan {
	enum l62_fault_mode mode;
	uint32_t per_10000;           /* RANDOM: 0 to 10,000 */
	uint64_t seed;                /* RANDOM */
	const char *tags;             /* RANDOM: "mdrv+VM?l": only allocations with one of
	                               * these tags; ? stands for any character, * for any
	                               * rest; NULL: all calls */
	const struct l62_fail_at *at; /* AT: in ascending order of their numbers */
	size_t at_count;
	uint32_t occurrences;    /* SYSTEMATIC: how often each stack is tried; 0: once */
	struct l62_tried *tried; /* SYSTEMATIC: what was tried; marked by the run */
};

/* "PERCENT[,SEED[,TAGS]]", PERCENT with up to two decimals: a RANDOM plan; tags point into
 * text.  0, or L62_E_USAGE, which names option. */
int l62_faults_parse(const char *option, const char *text, struct l62_fault_plan *plan,
                     struct l62_error *err);
/* "NUMBER[=STATUS][,NUMBER[=STATUS]...]", STATUS a number or a name of statuses.def: an AT
 * plan; *at becomes plan->at, to be freed.  0, or L62_E_USAGE, which names option. */
int l62_fail_at_parse(const char *option, const char *text, struct l62_fault_plan *plan,
                      struct l62_fail_at **at, struct l62_error *err);
/* "STATUS_NO_MEMORY"; NULL: not in statuses.def. */
const char *l62_status_name(uint32_t status);

/*
 * How often calls of each key were made to fail, in memory shared with children.  A call's key
 * is a hash of its service's name and its stack's frames in the driver, relative to the image,
 * so that it is the same in every run of the same image.  Never 0.
 */
/* For up to capacity keys; NULL: no memory.  To be freed with l62_tried_destroy(). */
struct l62_tried *l62_tried_create(size_t capacity);
void l62_tried_destroy(struct l62_tried *tried);
/* 0: never. */
uint32_t l62_tried_count(const struct l62_tried *tried, uint64_t key);
/* Counts times more.  False: the table is full, and nothing was changed. */
bool l62_tried_add(struct l62_tried *tried, uint64_t key, uint32_t times);
/* Whether a key was refused since the table was made, by this process or a child. */
bool l62_tried_is_full(const struct l62_tried *tried);
/* How many keys there are, and each, in the order they were added.  index < size. */
size_t l62_tried_size(const struct l62_tried *tried);
uint64_t l62_tried_key(const struct l62_tried *tried, size_t index);

#ifdef __cplusplus
}
#endif
#endif
