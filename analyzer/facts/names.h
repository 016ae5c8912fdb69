/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * resources.def's kinds and roles.def's roles, as rows for C and for SQL.
 */
#ifndef LEAK62_FACTS_NAMES_H
#define LEAK62_FACTS_NAMES_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>

#include "leak62/error.h"

struct l62_kind {
	const char *kind, *noun;
	const char *tag; /* "" when the caller gives it */
	bool counted;
	const char *rule; /* a name of rules.def */
	const char *loss; /* ANY, FAILURE, BALANCE */
};

/* All kinds in the order of resources.def; *count receives how many. */
const struct l62_kind *l62_kinds(size_t *count);

struct l62_role {
	const char *role;
	const char *phase; /* LOAD, RUN, TEARDOWN */
};

/* All roles in the order of roles.def; *count receives how many. */
const struct l62_role *l62_roles(size_t *count);

/*
 * Creates and fills kind_info(kind, noun, tag, counted, rule, loss),
 * role_info(position, role, phase), mix_info(kind, other), which are the rows of
 * L62_MIX, and family(api, kind, release): what is there to release what api
 * acquires.  Kinds that share a noun are one resource to the rules: what frees one
 * frees the other.  L62_E_INTERNAL.
 */
int l62_names_insert(sqlite3 *db, struct l62_error *err);

#endif
