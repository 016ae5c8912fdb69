/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The judge and the driver's database: where resources go besides, and the verdicts.
 * The file is read into memory and replaced as a whole, as the linker does.
 */
#include "facts/db.h"
#include "judge_internal.h"

extern const char l62_sql_confirm[];

static int bad(sqlite3 *db, const char *path, struct l62_error *err)
{
	return l62_error_set(err, L62_E_FORMAT,
	                     "'%s' is not the database of a driver (%s); scan again", path,
	                     sqlite3_errmsg(db));
}

int l62_judge_read_ways(struct l62_judge *judge, const char *path, struct l62_error *err)
{
	sqlite3_stmt *stmt = NULL;
	sqlite3 *db = NULL;
	GHashTable *rows = g_hash_table_new(g_int64_hash, g_int64_equal);
	int step = SQLITE_ERROR, rc = l62_db_open_file(path, &db, err);

	for (guint i = 0; i < judge->cases->len; i++) {
		struct l62_case *c = &g_array_index(judge->cases, struct l62_case, i);

		g_hash_table_insert(rows, (gpointer)&c->finding->row, GUINT_TO_POINTER(i));
	}
	if (rc == 0 && l62_db_prepare(db,
	                              "SELECT f.id, r.file, r.line FROM finding f"
	                              " JOIN site_release r ON r.site = f.site"
	                              " UNION SELECT f.id, s.file, s.line FROM finding f"
	                              " JOIN store s ON s.site = f.site ORDER BY 1, 2, 3",
	                              &stmt, NULL) != 0)
		rc = bad(db, path, err);
	while (rc == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
		gint64 row = sqlite3_column_int64(stmt, 0);
		const char *file = (const char *)sqlite3_column_text(stmt, 1);
		gpointer index;

		if (file && g_hash_table_lookup_extended(rows, &row, NULL, &index))
			l62_judge_add_way(judge, GPOINTER_TO_UINT(index), file,
			                  sqlite3_column_int(stmt, 2));
	}
	if (rc == 0 && step != SQLITE_DONE)
		rc = bad(db, path, err);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	g_hash_table_unref(rows);
	return rc;
}

int l62_judge_read_sites(struct l62_judge *judge, const char *path, struct l62_error *err)
{
	sqlite3_stmt *stmt = NULL;
	sqlite3 *db = NULL;
	int step = SQLITE_ERROR, rc = l62_db_open_file(path, &db, err);

	if (rc == 0 && l62_db_prepare(db,
	                              "SELECT file, line, col, end_line, end_col FROM site"
	                              " ORDER BY id",
	                              &stmt, NULL) != 0)
		rc = bad(db, path, err);
	while (rc == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct l62_location at = {
		        .file = (const char *)sqlite3_column_text(stmt, 0),
		        .line = sqlite3_column_int(stmt, 1),
		        .col = sqlite3_column_int(stmt, 2),
		        .end_line = sqlite3_column_int(stmt, 3),
		        .end_col = sqlite3_column_int(stmt, 4),
		};

		if (at.file)
			l62_judge_add_site(judge, &at);
	}
	if (rc == 0 && step != SQLITE_DONE)
		rc = bad(db, path, err);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return rc;
}

static int copy(sqlite3 *to, const char *path, struct l62_error *err)
{
	sqlite3 *from = NULL;
	sqlite3_backup *backup;
	int rc = l62_db_open_file(path, &from, err);

	if (rc == 0) {
		backup = sqlite3_backup_init(to, "main", from, "main");
		if (!backup || sqlite3_backup_step(backup, -1) != SQLITE_DONE)
			rc = bad(backup ? from : to, path, err);
		sqlite3_backup_finish(backup);
	}
	sqlite3_close(from);
	return rc;
}

/* Runs a statement with texts and numbers bound in their order. */
static int insert(sqlite3 *db, sqlite3_stmt *stmt, struct l62_error *err)
{
	int step = sqlite3_step(stmt);

	sqlite3_reset(stmt);
	return step == SQLITE_DONE ? 0
	                           : l62_error_set(err, L62_E_INTERNAL, "writing a verdict: %s",
	                                           sqlite3_errmsg(db));
}

static int write_proofs(const struct l62_judge *judge, sqlite3 *db, struct l62_error *err)
{
	sqlite3_stmt *stmt = NULL;
	int rc = l62_db_prepare(db, "INSERT INTO confirmation VALUES(?, ?, ?, ?, ?)", &stmt,
	                        err);

	for (guint i = 0; rc == 0 && i < judge->cases->len; i++) {
		const struct l62_case *c = &g_array_index(judge->cases, struct l62_case, i);
		struct l62_proof proof = l62_judge_proof(judge, i);

		if (proof.verdict == L62_PROOF_NONE)
			continue;
		sqlite3_bind_int64(stmt, 1, c->finding->row);
		l62_db_bind_text(stmt, 2, l62_proof_name(proof.verdict));
		l62_db_bind_text(stmt, 3, proof.text);
		l62_db_bind_text(stmt, 4, proof.replay);
		l62_db_bind_text(stmt, 5, proof.scenario);
		rc = insert(db, stmt, err);
	}
	sqlite3_finalize(stmt);
	return rc;
}

static int write_unpredicted(const struct l62_judge *judge, sqlite3 *db, struct l62_error *err)
{
	sqlite3_stmt *stmt = NULL;
	int rc = l62_db_prepare(db, "INSERT INTO unpredicted VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
	                        &stmt, err);
	size_t count = l62_judge_unpredicted_count(judge);

	for (size_t i = 0; rc == 0 && i < count; i++) {
		const struct l62_unpredicted *u = l62_judge_unpredicted(judge, i);

		l62_db_bind_text(stmt, 1, u->kind ? u->kind : "");
		l62_db_bind_text(stmt, 2, u->noun);
		l62_db_bind_text(stmt, 3, u->tag);
		l62_db_bind_text(stmt, 4, u->file);
		sqlite3_bind_int64(stmt, 5, u->line);
		l62_db_bind_text(stmt, 6, u->function);
		sqlite3_bind_int64(stmt, 7, u->runs);
		l62_db_bind_text(stmt, 8, u->replay);
		l62_db_bind_text(stmt, 9, u->scenario);
		rc = insert(db, stmt, err);
	}
	sqlite3_finalize(stmt);
	return rc;
}

int l62_judge_save(const struct l62_judge *judge, const char *path, struct l62_error *err)
{
	sqlite3 *db = NULL;
	int rc = l62_db_open_memory(&db, err);

	if (rc == 0)
		rc = copy(db, path, err);
	if (rc == 0)
		rc = l62_db_exec(db, l62_sql_confirm, "confirm.sql", err);
	if (rc == 0)
		rc = write_proofs(judge, db, err);
	if (rc == 0)
		rc = write_unpredicted(judge, db, err);
	if (rc == 0)
		rc = l62_db_save(db, path, err);
	sqlite3_close(db);
	return rc;
}
