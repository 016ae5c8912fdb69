/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * SQLite as the facts use it; see db.h.
 *
 * A file may be damaged or made to do harm: it is opened immutable (no journal of
 * its neighbours is played back), with nothing in its schema trusted, and a row of
 * absurd length is an error.
 */
#include "db.h"

#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "leak62/facts.h"

#define TEXT_OF(x) #x
#define SET_VERSION(x) "PRAGMA user_version = " TEXT_OF(x)

enum { LONGEST_VALUE = 64 * 1024 * 1024 };

static int harden(sqlite3 *db, const char *what, struct l62_error *err)
{
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, LONGEST_VALUE);
	return l62_db_exec(db, "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON", what,
	                   err);
}

int l62_db_open_memory(sqlite3 **db, struct l62_error *err)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY |
	            SQLITE_OPEN_URI;

	if (sqlite3_open_v2(":memory:", db, flags, NULL) != SQLITE_OK)
		return l62_error_set(err, L62_E_INTERNAL,
		                     "cannot make a database in memory: %s",
		                     *db ? sqlite3_errmsg(*db) : "out of memory");
	return harden(*db, "opening a database in memory", err);
}

char *l62_db_uri(const char *path)
{
	g_autofree char *absolute = g_canonicalize_filename(path, NULL);
	g_autofree char *uri = g_filename_to_uri(absolute, NULL, NULL);

	return uri ? g_strconcat(uri, "?mode=ro&immutable=1", NULL) : NULL;
}

int l62_db_open_file(const char *path, sqlite3 **db, struct l62_error *err)
{
	g_autofree char *uri = l62_db_uri(path);
	GStatBuf st;
	sqlite3_int64 pages, page_size;

	*db = NULL;
	if (g_stat(path, &st) != 0)
		return l62_error_set(err, L62_E_IO, "cannot read '%s': %s", path,
		                     g_strerror(errno));
	if (!S_ISREG(st.st_mode) || !uri)
		return l62_error_set(err, L62_E_IO, "cannot read '%s': not a regular file",
		                     path);
	if (sqlite3_open_v2(uri, db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL) != SQLITE_OK)
		return l62_error_set(err, L62_E_IO, "cannot read '%s': %s", path,
		                     *db ? sqlite3_errmsg(*db) : "out of memory");
	if (harden(*db, "opening a database", err) != 0)
		return l62_error_set(err, L62_E_FORMAT, "'%s' is not a database", path);
	/* SQLite reads the missing end of a last page as zeros. */
	pages = l62_db_integer(*db, "PRAGMA page_count", -1);
	page_size = l62_db_integer(*db, "PRAGMA page_size", -1);
	if (pages <= 0 || page_size <= 0 || st.st_size / page_size < pages)
		return l62_error_set(err, L62_E_FORMAT, "'%s' is not a whole database", path);
	return 0;
}

int l62_db_exec(sqlite3 *db, const char *script, const char *what, struct l62_error *err)
{
	if (sqlite3_exec(db, script, NULL, NULL, NULL) != SQLITE_OK)
		return l62_error_set(err, L62_E_INTERNAL, "%s failed: %s", what,
		                     sqlite3_errmsg(db));
	return 0;
}

sqlite3_int64 l62_db_integer(sqlite3 *db, const char *query, sqlite3_int64 fallback)
{
	sqlite3_stmt *stmt = NULL;
	sqlite3_int64 value = fallback;

	if (sqlite3_prepare_v2(db, query, -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return value;
}

int l62_db_prepare(sqlite3 *db, const char *query, sqlite3_stmt **stmt, struct l62_error *err)
{
	if (sqlite3_prepare_v2(db, query, -1, stmt, NULL) != SQLITE_OK)
		return l62_error_set(err, L62_E_INTERNAL, "preparing \"%s\" failed: %s", query,
		                     sqlite3_errmsg(db));
	return 0;
}

bool l62_db_bind_text(sqlite3_stmt *stmt, int index, const char *text)
{
	return sqlite3_bind_text(stmt, index, text, -1, SQLITE_TRANSIENT) == SQLITE_OK;
}

int l62_db_save(sqlite3 *db, const char *path, struct l62_error *err)
{
	g_autoptr(GError) error = NULL;
	sqlite3_int64 size = 0;
	unsigned char *bytes;
	int rc = l62_db_exec(db, SET_VERSION(L62_FACTS_SCHEMA), "setting the version", err);

	if (rc != 0)
		return rc;
	bytes = sqlite3_serialize(db, "main", &size, 0);
	if (!bytes)
		return l62_error_set(err, L62_E_IO, "cannot write '%s': out of memory", path);
	if (!g_file_set_contents_full(path, (const char *)bytes, (gssize)size,
	                              G_FILE_SET_CONTENTS_CONSISTENT, 0666, &error))
		rc = l62_error_set(err, L62_E_IO, "cannot write '%s': %s", path,
		                   error->message);
	sqlite3_free(bytes);
	return rc;
}
