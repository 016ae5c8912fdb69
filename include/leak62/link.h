/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * From the facts of single translation units to the database of a driver.
 */
#ifndef LEAK62_LINK_H
#define LEAK62_LINK_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "leak62/error.h"

enum l62_facts_state {
	L62_FACTS_ABSENT, /* no such file */
	L62_FACTS_BROKEN, /* not a finished facts file of this schema and command */
	L62_FACTS_FAILED, /* the TU had errors; the facts say which */
	L62_FACTS_OK,
};

/* What is at path.  command (SHA-256 in hex, may be NULL) is the command the
 * facts must come from.  Never fails: what cannot be read is BROKEN. */
enum l62_facts_state l62_facts_state(const char *path, const char *command);

/* Writes the facts file of a TU that could not be analysed (temporary file,
 * then rename), for a clang that crashed or ran out of time.  error is
 * "file(line): text" or plain text.  Returns 0 or L62_E_IO. */
int l62_facts_write_failed(const char *path, const char *source,
			   const char *command, const char *error,
			   struct l62_error *err);

/* Functions of external linkage: names (char) that the TU's own file defines, and that
 * it uses and nothing in the TU defines. */
struct l62_facts_functions {
	GHashTable *defined, *needed;
	bool driver_entry; /* DriverEntry is among the defined */
};

/* Reads a facts file; one that is not whole has no functions.  To be freed with
 * l62_facts_functions_clear(). */
void l62_facts_functions_read(struct l62_facts_functions *functions, const char *path);
void l62_facts_functions_clear(struct l62_facts_functions *functions);

struct l62_link_input {
	const char *source; /* absolute path of the TU's main file */
	const char *facts;  /* path of its facts file */
	/* Path of its skeleton (leak62/skeleton.h), or NULL: then the rules that follow
	 * ways through functions across requests know nothing of them. */
	const char *skeleton;
};

/*
 * Merges count facts files into a new database (temporary file, then rename
 * over database) and runs the link rules (analyzer/link/sql, in the order of
 * their numbers), which fill its finding tables.  A TU whose facts are absent
 * or broken is entered as failed.  L62_E_IO, L62_E_VERSION, L62_E_INTERNAL.
 */
int l62_link(const struct l62_link_input *inputs, size_t count,
	     const char *database, struct l62_error *err);

#endif
