/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The project file .leak62.yml says what need not be reported:
 *
 *	suppress:
 *	  - rule: LEAK6201             rule id or name
 *	    file: vendor/a?.c          pattern, relative to the project file
 *	    function: ReadTable        the function that allocates
 *	    tag: mdrv                  pool tag as the debugger shows it
 *	    variable: ext->Buffer      what receives the allocation, as written
 *	    reason: freed by the port driver
 *
 * A finding is suppressed by an entry when all that the entry names fit.  The reason
 * is mandatory, and so is one of the others.
 *
 * And which sources are one driver, where the build does not say so:
 *
 *	drivers:
 *	  - name: mydriver
 *	    files:                     patterns, relative to the project file
 *	      - src/mydriver/
 *	      - src/common/log.c
 *
 * And which routines of the project acquire and release, as those of resources.def:
 *
 *	resources:
 *	  - acquire: PoolTake          the routine
 *	    kind: POOL                 of resources.def
 *	    at: return                 or the argument that points to what receives it
 *	    size: 0                    arguments, counted from 0
 *	    tag: 1
 *	    fails: null                status, boolean, raises, never
 *	  - release: PoolGive
 *	    kind: POOL
 *	    at: 0
 */
#ifndef LEAK62_CONFIG_CONFIG_H
#define LEAK62_CONFIG_CONFIG_H

#include <glib.h>
#include <stdbool.h>

#include "glob.h"
#include "leak62/error.h"
#include "leak62/finding.h"

#define L62_CONFIG_NAME ".leak62.yml"

/* One entry of suppress.  What it does not name is NULL. */
struct l62_suppress {
	int line;
	const struct l62_rule *rule;
	struct l62_glob *file;
	char *function, *tag, *variable;
	char *reason; /* on one line */
	bool used;    /* it has suppressed something: see report/suppress.h */
};

struct l62_config_driver {
	int line;
	char *name;
	GPtrArray *files; /* of struct l62_glob */
};

/* One entry of resources.  Arguments count from 0; -1: none. */
struct l62_config_resource {
	int line;
	bool acquires; /* otherwise it releases */
	char *routine;
	const char *kind; /* of resources.def */
	int at;           /* -1: the result */
	int size, tag;
	const char *fails; /* of resources.def: "NULL", "STATUS", ...; NULL: it releases */
};

struct l62_config {
	char *path;
	GPtrArray *resources; /* of struct l62_config_resource, in the order of the file */
	GPtrArray *drivers;  /* of struct l62_config_driver, in the order of the file */
	GPtrArray *suppress; /* of struct l62_suppress, in the order of the file */
};

/* Where the project file is: in the first of folders (NULL ends them) that has one.
 * A new string, or NULL. */
char *l62_config_find(const char *const *folders);

/* Reads path into *config, to be freed with l62_config_free().  L62_E_IO,
 * L62_E_FORMAT ("file(line): text"). */
int l62_config_read(const char *path, struct l62_config **config, struct l62_error *err);
void l62_config_free(struct l62_config *config);

/* Whether all that the entry names fit the finding.  The file of either its primary
 * location or its allocation is enough. */
bool l62_suppress_matches(const struct l62_suppress *suppress,
                          const struct l62_finding *finding);

/* The entry in one line, as the plugin takes it (addRoutine() in checkers/Resources.h).  A
 * new string. */
char *l62_config_resource_row(const struct l62_config_resource *resource);

/* Whether one of the patterns of the driver fits file, an absolute path. */
bool l62_config_driver_has(const struct l62_config_driver *driver, const char *file);

#endif
