/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Witnesses and control codes from the database of a driver.
 */
#include "witness/load.h"

#include "facts/db.h"
#include "leak62/facts.h"

const struct l62_witness *l62_witness_of(const struct l62_finding *finding)
{
	return finding->witness;
}

static void add(const struct l62_ways *ways, sqlite3_stmt *stmt, GHashTable *findings)
{
	gint64 id = sqlite3_column_int64(stmt, 0);
	struct l62_finding *finding = g_hash_table_lookup(findings, &id);
	struct l62_wanted wanted;

	if (!finding || finding->witness)
		return;
	wanted = (struct l62_wanted){.site = sqlite3_column_int64(stmt, 1),
	                             .rule = finding->rule->name,
	                             .slot = finding->slot,
	                             .at = finding->at,
	                             .allocation = finding->site};
	finding->witness = l62_witness_make(
	        ways, &wanted, l62_ways_function(ways, sqlite3_column_int64(stmt, 2)));
}

bool l62_witnesses_load(sqlite3 *db, GHashTable *findings)
{
	struct l62_ways *ways = NULL;
	sqlite3_stmt *stmt = NULL;
	int step = SQLITE_DONE;

	if (g_hash_table_size(findings) == 0)
		return true;
	if (!l62_ways_load(db, &ways))
		return false;
	if (l62_db_prepare(db,
	                   "SELECT f.id, f.site, s.function FROM finding f"
	                   " JOIN site s ON s.id = f.site ORDER BY f.id",
	                   &stmt, NULL) == 0) {
		while ((step = sqlite3_step(stmt)) == SQLITE_ROW)
			add(ways, stmt, findings);
	} else {
		step = SQLITE_ERROR;
	}
	sqlite3_finalize(stmt);
	l62_ways_free(ways);
	return step == SQLITE_DONE;
}

static int read_codes(sqlite3 *db, const char *path, struct l62_control_codes *codes,
                      struct l62_error *err)
{
	sqlite3_stmt *stmt = NULL;
	int step = SQLITE_ERROR;

	if (l62_db_prepare(db,
	                   "SELECT value, name, file, line FROM control_code"
	                   " ORDER BY value, file, line, name",
	                   &stmt, NULL) == 0) {
		while ((step = sqlite3_step(stmt)) == SQLITE_ROW) {
			const char *name = (const char *)sqlite3_column_text(stmt, 1);
			const char *file = (const char *)sqlite3_column_text(stmt, 2);
			struct l62_control_code code = {
			        .value = sqlite3_column_int64(stmt, 0),
			        .at.line = sqlite3_column_int(stmt, 3)};

			code.at.file =
			        g_string_chunk_insert_const(codes->strings, file ? file : "");
			if (name)
				code.name = g_string_chunk_insert_const(codes->strings, name);
			g_array_append_val(codes->codes, code);
		}
	}
	sqlite3_finalize(stmt);
	if (step != SQLITE_DONE)
		return l62_error_set(err, L62_E_FORMAT,
		                     "'%s' is not the database of a driver (%s); scan again",
		                     path, sqlite3_errmsg(db));
	return L62_OK;
}

int l62_control_codes_load(const char *path, struct l62_control_codes **codes,
                           struct l62_error *err)
{
	sqlite3 *db = NULL;
	int rc = l62_db_open_file(path, &db, err);
	sqlite3_int64 version;

	*codes = NULL;
	if (rc == 0) {
		version = l62_db_integer(db, "PRAGMA user_version", 0);
		if (version != L62_FACTS_SCHEMA)
			rc = l62_error_set(err, version > 0 ? L62_E_VERSION : L62_E_FORMAT,
			                   "'%s' has version %lld and this leak62 reads version "
			                   "%d; scan again",
			                   path, (long long)version, L62_FACTS_SCHEMA);
	}
	if (rc == 0) {
		struct l62_control_codes *read = g_new0(struct l62_control_codes, 1);

		read->codes = g_array_new(FALSE, FALSE, sizeof(struct l62_control_code));
		read->strings = g_string_chunk_new(512);
		rc = read_codes(db, path, read, err);
		if (rc == 0)
			*codes = read;
		else
			l62_control_codes_free(read);
	}
	sqlite3_close(db);
	return rc;
}

void l62_control_codes_free(struct l62_control_codes *codes)
{
	if (!codes)
		return;
	g_array_unref(codes->codes);
	g_string_chunk_free(codes->strings);
	g_free(codes);
}
