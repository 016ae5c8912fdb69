/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Drivers made of hand-written facts.
 *
 * A test starts a driver, gives it TUs (each a few INSERT statements), links it and
 * looks at the result.  What fails here fails the test.
 */
#ifndef LEAK62_TESTS_LINK_SUPPORT_H
#define LEAK62_TESTS_LINK_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib.h>
#include <sqlite3.h>

#include "leak62/finding.h"
#include "leak62/link.h"

struct driver {
	char *folder, *database;
	GPtrArray *sources, *files; /* of char *, one each per TU */
	GPtrArray *skeletons;       /* the same; NULL where there is none */
};

struct driver *driver_new(void);
void driver_free(struct driver *driver);

/* A new path below the driver's folder. */
char *driver_path(const struct driver *driver, const char *name);

/* Adds the TU /drv/<name> whose finished facts file the SQL fills.  Returns the
 * file's path, which lives as long as the driver. */
const char *driver_tu(struct driver *driver, const char *name, const char *sql);

/* Adds a TU whose facts file is what content says; none when content is NULL. */
const char *driver_tu_raw(struct driver *driver, const char *name, const char *content,
                          size_t length);

/* Gives the TU that was added last a skeleton of these functions (leak62/skeleton.h). */
void driver_skeleton(struct driver *driver, const char *functions);

int driver_try(const struct driver *driver, struct l62_error *err);

/* Links and loads.  To be freed with l62_result_free(). */
struct l62_result *driver_link(const struct driver *driver);

/* What a query over the linked database answers. */
int driver_integer(const struct driver *driver, const char *query);

/* How many findings of that rule there are (NULL: all). */
unsigned count_rule(const struct l62_result *result, const char *rule);
/* The same for a driver of one TU for each SQL text. */
unsigned count_linked(const char *rule, const char *sql, ...) G_GNUC_NULL_TERMINATED;

/* The only finding of that rule. */
const struct l62_finding *only(const struct l62_result *result, const char *rule);

/* Step number index of a flow. */
const struct l62_step *step(const struct l62_finding *finding, int flow, unsigned index);

void assert_contains(const char *text, const char *part);

/*
 * The driver that most tests vary, in one TU:
 *
 *   1 DriverEntry  /drv/entry.c 10-30      2 MyUnload   /drv/entry.c 40-50
 *   3 MyControl    /drv/ioctl.c 20-60, IRP_MJ_DEVICE_CONTROL
 *   4 MyClose      /drv/ioctl.c 70-80, IRP_MJ_CLOSE
 *   5 Helper       /drv/ioctl.c 90-99, called by nobody
 *
 *   site 1  MDL in MyControl at /drv/ioctl.c(50), not yet in a slot
 *   DEVICE_EXTENSION is a device extension
 */
extern const char base_driver[];

/* Puts site 1 of base_driver in DEVICE_EXTENSION.Mdl on MyControl's only exit. */
extern const char mdl_in_extension[];

#endif
