/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What runs of the driver said about its findings, out of its database. */
#include <string.h>

#include "facts/db.h"
#include "leak62/finding.h"

static const char *const names[] = {NULL, "not reached", "refuted", "confirmed"};

const char *l62_proof_name(enum l62_proof_verdict verdict)
{
	return (size_t)verdict < G_N_ELEMENTS(names) ? names[verdict] : NULL;
}

static const char *text(struct l62_result *result, sqlite3_stmt *stmt, int column)
{
	const char *value = (const char *)sqlite3_column_text(stmt, column);

	return value ? g_string_chunk_insert_const(result->strings, value) : NULL;
}

static struct l62_finding *find(const struct l62_result *result, gint64 row)
{
	for (guint i = 0; i < result->findings->len; i++) {
		struct l62_finding *finding = g_ptr_array_index(result->findings, i);

		if (finding->row == row)
			return finding;
	}
	return NULL;
}

static enum l62_proof_verdict verdict_of(const char *name)
{
	size_t verdict = G_N_ELEMENTS(names) - 1;

	while (verdict > 0 && g_strcmp0(names[verdict], name) != 0)
		verdict--;
	return (enum l62_proof_verdict)verdict;
}

static int read_rows(struct l62_result *result, sqlite3 *db, struct l62_error *err)
{
	sqlite3_stmt *stmt = NULL;
	int step = SQLITE_ERROR;

	if (l62_db_prepare(db, "SELECT finding, verdict, evidence, replay, scenario"
	                       " FROM confirmation", &stmt, NULL) == 0) {
		while ((step = sqlite3_step(stmt)) == SQLITE_ROW) {
			struct l62_finding *finding = find(result, sqlite3_column_int64(stmt, 0));

			if (!finding)
				continue; /* it is not reported */
			finding->proof = (struct l62_proof){
			        .verdict = verdict_of(text(result, stmt, 1)),
			        .text = text(result, stmt, 2),
			        .replay = text(result, stmt, 3),
			        .scenario = text(result, stmt, 4),
			};
		}
	}
	sqlite3_finalize(stmt);
	return step == SQLITE_DONE
	               ? 0
	               : l62_error_set(err, L62_E_FORMAT,
	                               "its table of confirmations is damaged (%s)",
	                               sqlite3_errmsg(db));
}

int l62_result_load_proofs(struct l62_result *result, const char *path, struct l62_error *err)
{
	struct l62_error problem;
	sqlite3 *db = NULL;
	int rc = l62_db_open_file(path, &db, err);

	if (rc == 0 && l62_db_integer(db, "SELECT count(*) FROM sqlite_schema"
	                                  " WHERE name = 'confirmation'", 0) &&
	    read_rows(result, db, &problem) != 0)
		rc = l62_error_set(err, problem.code, "'%s': %s; confirm again", path,
		                   problem.text);
	sqlite3_close(db);
	return rc;
}
