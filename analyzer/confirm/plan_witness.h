/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* From what the findings' paths ask of the outside to scenarios that give it. */
#ifndef LEAK62_CONFIRM_PLAN_WITNESS_H
#define LEAK62_CONFIRM_PLAN_WITNESS_H

#include <glib.h>
#include <jansson.h>

#include "leak62/error.h"

struct l62_plan_witness {
	char *name, *why; /* as of struct l62_trial */
	char *scenario;   /* JSON */
	gint64 finding;   /* its row */
};

/* Those of database's findings whose witness says anything of a request, equal scenarios
 * once.  *witnesses, of struct l62_plan_witness, is the caller's, to be freed with
 * g_ptr_array_unref().  L62_E_IO, L62_E_FORMAT. */
int l62_plan_witnesses(const char *database, GPtrArray **witnesses, struct l62_error *err);

/* A scenario file's text; steps is taken over.  Free with g_free(). */
char *l62_plan_scenario(const char *comment, json_t *steps);

#endif
