/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What the readers and writers of facts share of SQLite.  Databases are built in
 * memory and saved in one go; files are only ever read, and not trusted.
 */
#ifndef LEAK62_FACTS_DB_H
#define LEAK62_FACTS_DB_H

#include <sqlite3.h>
#include <stdbool.h>

#include "leak62/error.h"

/* An empty database in memory that may attach files.  To be closed with
 * sqlite3_close(), also on failure (*db may then be NULL).  L62_E_INTERNAL. */
int l62_db_open_memory(sqlite3 **db, struct l62_error *err);

/* Opens a regular file for reading.  Nothing is locked, created or recovered.  To
 * be closed as above.  Returns 0, or L62_E_IO when it cannot be opened; what it
 * holds is not looked at, apart from its length, which must be whole
 * (L62_E_FORMAT). */
int l62_db_open_file(const char *path, sqlite3 **db, struct l62_error *err);

/* The URI under which l62_db_open_file() and ATTACH read path; a new string, or
 * NULL for a name that has none. */
char *l62_db_uri(const char *path);

/* Runs a script.  what names it in the error.  L62_E_INTERNAL. */
int l62_db_exec(sqlite3 *db, const char *script, const char *what, struct l62_error *err);

/* The integer that a query answers in its first column; fallback when it fails or
 * answers nothing. */
sqlite3_int64 l62_db_integer(sqlite3 *db, const char *query, sqlite3_int64 fallback);

/* Prepares a statement; *stmt is NULL on failure.  L62_E_INTERNAL. */
int l62_db_prepare(sqlite3 *db, const char *query, sqlite3_stmt **stmt, struct l62_error *err);

/* Binds a copy of text (may be NULL) to parameter index; false when out of memory. */
bool l62_db_bind_text(sqlite3_stmt *stmt, int index, const char *text);

/* Marks the database as finished (PRAGMA user_version = L62_FACTS_SCHEMA) and writes
 * it to path: temporary file, then rename.  L62_E_IO, L62_E_INTERNAL. */
int l62_db_save(sqlite3 *db, const char *path, struct l62_error *err);

#endif
