/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Reads compile_commands.json.  Its commands are never run: what leak62 takes
 * from them is said in flags.h.
 */
#ifndef LEAK62_BUILD_DATABASE_H
#define LEAK62_BUILD_DATABASE_H

#include <glib.h>
#include <stdbool.h>

#include "flags.h"
#include "leak62/error.h"

struct l62_entry {
	char *source; /* absolute path */
	GPtrArray *targets; /* of char: what it is compiled for, as CMake's output paths
	                     * say (CMakeFiles/NAME.dir), each once */
	enum l62_language language;
	struct l62_flags flags;
};
void l62_entry_free(struct l62_entry *entry);

/* Whether both are compiled with the same arguments. */
bool l62_entry_same_command(const struct l62_entry *a, const struct l62_entry *b);

/*
 * Reads the database at path into *entries (of struct l62_entry, in its order,
 * each source once, C and C++ only) and adds to warnings (of char) one sentence
 * for each thing that was left out and should not have been there.  On success
 * *entries is the caller's, to be freed with g_ptr_array_unref().
 * L62_E_IO, or L62_E_FORMAT with the line of the mistake.
 */
int l62_database_read(const char *path, GPtrArray **entries, GPtrArray *warnings,
                      struct l62_error *err);

/* The same of its assembler sources (.S, .s), of which there may be none: what a driver's
 * image needs and a scan does not read.  Its warnings are those of l62_database_read(). */
int l62_database_read_assembler(const char *path, GPtrArray **entries, struct l62_error *err);

#endif
