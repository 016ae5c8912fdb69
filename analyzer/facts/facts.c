/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * One facts file: what state it is in, and how the file of a TU that could not be
 * analysed is written.
 *
 *   absent                   no such file
 *   broken                   anything that is not a finished facts file of this
 *                            schema: empty, text, cut short, another version,
 *                            another command
 *   failed, ok               what its meta table says
 *
 * The version (PRAGMA user_version) is written last, so a file that has it was
 * finished.
 */
#include "leak62/facts.h"

#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "leak62/link.h"

extern const char l62_sql_schema[];

/* Views or virtual tables in their place could do more than hold rows. */
static bool has_tables(sqlite3 *db)
{
	return l62_db_integer(db,
	                      "SELECT count(*) FROM sqlite_schema WHERE type = 'table'"
	                      " AND rootpage > 0 AND name IN ('meta', 'function', 'call',"
	                      " 'call_arg', 'role', 'extension', 'site', 'release', 'store',"
	                      " 'outcome', 'outcome_slot', 'path_leak', 'path_rule',"
	                      " 'path_step',"
	                      " 'diagnostic', 'disposal', 'disposal_maker', 'mention',"
	                      " 'handover', 'part', 'member', 'site_record', 'alias', 'picked',"
	                      " 'site_release', 'routine', 'routine_flow', 'slot_call',"
	                      " 'slot_call_arg', 'slot_role', 'framework', 'points_to',"
	                      " 'way', 'demand', 'way_arg', 'control_code')",
	                      -1) == 36;
}

static bool meta_is(sqlite3 *db, const char *key, const char *value)
{
	sqlite3_stmt *stmt = NULL;
	bool found = false;

	if (l62_db_prepare(db, "SELECT 1 FROM meta WHERE key = ?1 AND value = ?2", &stmt,
	                   NULL) == 0)
		found = l62_db_bind_text(stmt, 1, key) && l62_db_bind_text(stmt, 2, value) &&
		        sqlite3_step(stmt) == SQLITE_ROW;
	sqlite3_finalize(stmt);
	return found;
}

static enum l62_facts_state state_of(sqlite3 *db, const char *command)
{
	if (l62_db_integer(db, "PRAGMA user_version", -1) != L62_FACTS_SCHEMA ||
	    !has_tables(db))
		return L62_FACTS_BROKEN;
	if (command && !meta_is(db, L62_META_COMMAND, command))
		return L62_FACTS_BROKEN;
	if (meta_is(db, L62_META_STATUS, L62_STATUS_OK))
		return L62_FACTS_OK;
	if (meta_is(db, L62_META_STATUS, L62_STATUS_FAILED))
		return L62_FACTS_FAILED;
	return L62_FACTS_BROKEN;
}

enum l62_facts_state l62_facts_state(const char *path, const char *command)
{
	enum l62_facts_state state = L62_FACTS_BROKEN;
	sqlite3 *db = NULL;
	GStatBuf st;

	if (g_stat(path, &st) != 0 && (errno == ENOENT || errno == ENOTDIR))
		return L62_FACTS_ABSENT;
	if (l62_db_open_file(path, &db, NULL) == 0)
		state = state_of(db, command);
	sqlite3_close(db);
	return state;
}

static int insert_meta(sqlite3 *db, const char *key, const char *value, struct l62_error *err)
{
	sqlite3_stmt *stmt = NULL;
	int rc = l62_db_prepare(db, "INSERT INTO meta(key, value) VALUES(?1, ?2)", &stmt, err);

	if (rc == 0 && (!l62_db_bind_text(stmt, 1, key) || !l62_db_bind_text(stmt, 2, value) ||
	                sqlite3_step(stmt) != SQLITE_DONE))
		rc = l62_error_set(err, L62_E_IO, "cannot write facts: %s", sqlite3_errmsg(db));
	sqlite3_finalize(stmt);
	return rc;
}

/* Takes "file(line): text" apart; any other text is kept whole. */
static int insert_diagnostic(sqlite3 *db, const char *error, struct l62_error *err)
{
	g_autoptr(GRegex) place = g_regex_new("^(.+?)\\((\\d{1,9})\\): ", G_REGEX_RAW, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	g_autofree char *file = NULL;
	const char *message = error;
	sqlite3_stmt *stmt = NULL;
	int rc = l62_db_prepare(
	        db, "INSERT INTO diagnostic(file, line, message) VALUES(?1, ?2, ?3)", &stmt,
	        err);

	if (rc == 0 && g_regex_match(place, error, 0, &match)) {
		g_autofree char *whole = g_match_info_fetch(match, 0);
		g_autofree char *line = g_match_info_fetch(match, 2);

		file = g_match_info_fetch(match, 1);
		message = error + strlen(whole);
		sqlite3_bind_int(stmt, 2, (int)strtol(line, NULL, 10));
	}
	if (rc == 0 &&
	    (!l62_db_bind_text(stmt, 1, file) || !l62_db_bind_text(stmt, 3, message) ||
	     sqlite3_step(stmt) != SQLITE_DONE))
		rc = l62_error_set(err, L62_E_IO, "cannot write facts: %s", sqlite3_errmsg(db));
	sqlite3_finalize(stmt);
	return rc;
}

int l62_facts_write_failed(const char *path, const char *source, const char *command,
                           const char *error, struct l62_error *err)
{
	sqlite3 *db = NULL;
	int rc = l62_db_open_memory(&db, err);

	if (rc == 0)
		rc = l62_db_exec(db, l62_sql_schema, "schema.sql", err);
	if (rc == 0)
		rc = insert_meta(db, L62_META_SOURCE, source, err);
	if (rc == 0 && command)
		rc = insert_meta(db, L62_META_COMMAND, command, err);
	if (rc == 0)
		rc = insert_meta(db, L62_META_STATUS, L62_STATUS_FAILED, err);
	if (rc == 0)
		rc = insert_diagnostic(db, error, err);
	if (rc == 0)
		rc = l62_db_save(db, path, err);
	sqlite3_close(db);
	return rc;
}
