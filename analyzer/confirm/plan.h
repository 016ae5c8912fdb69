/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What is tried with a driver to prove its findings: scenarios, the most promising first.
 *
 *   the user's own scenarios                 (--scenario)
 *   load and unload                          what needs no request
 *   one for each finding                     what its path asks of the outside: its witness
 *   the requests that any driver is sent     with all control codes of the source
 *   each control code alone                  what another request would have put right
 *   all requests twice, data written first   what only the second time shows
 *   METHOD_NEITHER with bad addresses        where the driver handles an exception
 *   small numbers, handles, zeros            what a request must hold to be taken
 *   values of the registry                   those that the runs before have asked for
 *
 * Which calls fail in them is not planned: each is a campaign (l62_campaign_run()).
 */
#ifndef LEAK62_CONFIRM_PLAN_H
#define LEAK62_CONFIRM_PLAN_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "leak62/error.h"
#include "leak62/finding.h"
#include "leak62/verified.h"

struct l62_trial {
	char *name;     /* for its file: "03-io.c-38" */
	char *why;      /* for people: "what io.c(38) needs" */
	char *scenario; /* JSON as scenario.schema.json says; NULL: none is needed */
	char *path;     /* where it is: the user's own, or set by l62_plan_write() */
	GArray *codes;  /* of uint32_t: control codes to be sent in default requests */
	bool usual;     /* the requests that any driver is sent, with all control codes */
	gint64 finding; /* the row of the finding that it was made for; 0: none */
};

/*
 * The trials for a driver: its database and the result of it.  own (of char): paths of the
 * user's scenarios.  *trials, of struct l62_trial, and *codes, of uint32_t, the control codes of
 * the source in ascending order, are the caller's, to be unreferenced.  L62_E_IO, L62_E_FORMAT: the database cannot be read.
 */
int l62_plan_make(const char *database, const struct l62_result *result, const GPtrArray *own,
                  GPtrArray **trials, GArray **codes, struct l62_error *err);

/* The values of the registry that runs have asked for and not found. */
struct l62_plan_registry;
struct l62_plan_registry *l62_plan_registry_new(void);
void l62_plan_registry_free(struct l62_plan_registry *registry);
/* Those of one more run. */
void l62_plan_registry_add(struct l62_plan_registry *registry, const struct l62_verify *run);
/*
 * Adds trials in which those values are there, as numbers, as text and as bytes, and the usual
 * requests with these control codes (of uint32_t).  How many; 0: nothing was asked for that
 * the trials before have not had.
 */
unsigned l62_plan_registry_trials(struct l62_plan_registry *registry, const GArray *codes,
                                  GPtrArray *trials);

/* Writes the trials' scenarios to folder, which it makes and empties first, as NAME.json,
 * and sets their paths.  L62_E_IO. */
int l62_plan_write(const GPtrArray *trials, const char *folder, struct l62_error *err);

#endif
