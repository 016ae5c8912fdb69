/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Merging: each facts file is attached, entered by merge.sql in a transaction
 * of its own, and detached.
 *
 *   state of the file     merge.sql      row in tu
 *   ok                    went through   ok
 *   ok                    stopped        failed; the file's other rows taken back
 *   failed                -              failed, with the TU's first diagnostic
 *   absent, broken        -              failed
 *
 * A source that is compiled twice is one TU, failed if either is.
 */
#include "merge.h"

#include <glib.h>

#include "db.h"
#include "names.h"

extern const char l62_sql_schema[], l62_sql_driver[];
extern const char l62_sql_merge_prepare[], l62_sql_merge[];

static int enter_tu(sqlite3 *db, const char *source, const char *error, struct l62_error *err)
{
	static const char query[] =
	        "INSERT INTO main.tu(source, status, error)"
	        " VALUES(?1, CASE WHEN ?2 IS NULL THEN 'ok' ELSE 'failed' END, ?2)"
	        " ON CONFLICT(source) DO UPDATE SET"
	        " status = CASE WHEN tu.error IS NULL THEN excluded.status ELSE tu.status END,"
	        " error = coalesce(tu.error, excluded.error)";
	sqlite3_stmt *stmt = NULL;
	int rc = l62_db_prepare(db, query, &stmt, err);

	if (rc == 0 && (!l62_db_bind_text(stmt, 1, source) ||
	                !l62_db_bind_text(stmt, 2, error) || sqlite3_step(stmt) != SQLITE_DONE))
		rc = l62_error_set(err, L62_E_INTERNAL, "entering '%s' failed: %s", source,
		                   sqlite3_errmsg(db));
	sqlite3_finalize(stmt);
	return rc;
}

/* "file(line): text" of the first diagnostic; a new string. */
static char *first_diagnostic(sqlite3 *db)
{
	static const char query[] =
	        "SELECT iif(file IS NULL, '', iif(line IS NULL, file || ': ',"
	        " printf('%s(%d): ', file, line))) || message"
	        " FROM facts.diagnostic ORDER BY rowid LIMIT 1";
	sqlite3_stmt *stmt = NULL;
	char *text = NULL;

	if (l62_db_prepare(db, query, &stmt, NULL) == 0 && sqlite3_step(stmt) == SQLITE_ROW)
		text = g_strdup((const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	return text ? text : g_strdup("it could not be analysed");
}

/* A file that lacks the header of a framework belongs to a driver of it. */
static int enter_framework(sqlite3 *db, struct l62_error *err)
{
	static const char *const rows[][2] = {
#define L62_FRAMEWORK_HEADER(header, name) {header, name},
#include "leak62/roles.def"
	};
	static const char query[] =
	        "INSERT OR IGNORE INTO main.framework(api, name) SELECT ?1, ?2"
	        " WHERE EXISTS (SELECT 1 FROM facts.diagnostic"
	        "  WHERE lower(message) = '''' || ?1 || ''' file not found')";
	sqlite3_stmt *stmt = NULL;
	int rc = l62_db_prepare(db, query, &stmt, err);

	for (size_t i = 0; rc == 0 && i < G_N_ELEMENTS(rows); i++) {
		if (!l62_db_bind_text(stmt, 1, rows[i][0]) ||
		    !l62_db_bind_text(stmt, 2, rows[i][1]) || sqlite3_step(stmt) != SQLITE_DONE)
			rc = l62_error_set(err, L62_E_INTERNAL,
			                   "entering the framework '%s' failed: %s", rows[i][1],
			                   sqlite3_errmsg(db));
		sqlite3_reset(stmt);
	}
	sqlite3_finalize(stmt);
	return rc;
}

static int attach(sqlite3 *db, const char *path, struct l62_error *err)
{
	g_autofree char *uri = l62_db_uri(path);
	sqlite3_stmt *stmt = NULL;
	int rc = l62_db_prepare(db, "ATTACH ?1 AS facts", &stmt, err);

	if (rc == 0 && (!l62_db_bind_text(stmt, 1, uri) || sqlite3_step(stmt) != SQLITE_DONE))
		rc = l62_error_set(err, L62_E_IO, "%s", sqlite3_errmsg(db));
	sqlite3_finalize(stmt);
	return rc;
}

/* Enters all rows of the attached file or none: *damage (a new string) then says
 * why the file cannot be used.  A savepoint would not do: SQLite does not release
 * one after it has seen a damaged page. */
static int enter_rows(sqlite3 *db, char **damage, struct l62_error *err)
{
	struct l62_error why;
	int rc = l62_db_exec(db, "BEGIN", "opening a transaction", err);

	if (rc != 0)
		return rc;
	if (l62_db_exec(db, l62_sql_merge, "merging", &why) == 0 &&
	    l62_db_exec(db, "COMMIT", "merging", &why) == 0)
		return 0;
	*damage = g_strdup(why.text);
	return l62_db_exec(db, "ROLLBACK", "taking rows back", err);
}

static char *damaged(const struct l62_link_input *input, const char *why)
{
	return g_strdup_printf(
	        "its facts file '%s' is damaged or from another version of leak62"
	        "%s%s; delete it and scan again",
	        input->facts, *why ? ": " : "", why);
}

static int enter_file(sqlite3 *db, const struct l62_link_input *input, struct l62_error *err)
{
	enum l62_facts_state state = l62_facts_state(input->facts, NULL);
	g_autofree char *damage = NULL, *error = NULL;
	struct l62_error why;
	int rc = 0;

	if (state == L62_FACTS_ABSENT)
		error = g_strdup_printf("its analysis left no facts file '%s'; scan again",
		                        input->facts);
	else if (state == L62_FACTS_BROKEN)
		error = damaged(input, "");
	else if (attach(db, input->facts, &why) != 0)
		error = damaged(input, why.text);
	else {
		if (state == L62_FACTS_FAILED) {
			error = first_diagnostic(db);
			rc = enter_framework(db, err);
		} else {
			rc = enter_rows(db, &damage, err);
		}
		if (damage)
			error = damaged(input, damage);
		if (rc == 0)
			rc = l62_db_exec(db, "DETACH facts", "detaching a facts file", err);
	}
	return rc == 0 ? enter_tu(db, input->source, error, err) : rc;
}

int l62_merge(sqlite3 *db, const struct l62_link_input *inputs, size_t count,
              struct l62_error *err)
{
	int rc = l62_db_exec(db, l62_sql_schema, "schema.sql", err);

	if (rc == 0)
		rc = l62_db_exec(db, l62_sql_driver, "driver.sql", err);
	if (rc == 0)
		rc = l62_names_insert(db, err);
	if (rc == 0)
		rc = l62_db_exec(db, l62_sql_merge_prepare, "merge_prepare.sql", err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = enter_file(db, &inputs[i], err);
	return rc;
}
