/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Linking: merge, then the rules.
 *
 *   sql/NN_name.sql       runs once; before number 30 comes the check of slots
 *   sql/NN_name_step.sql  one statement that runs until it adds nothing
 *
 * The database is made in memory and written at the end, so a link that is cut
 * short leaves the old file as it was.
 *
 * To add a rule: 1. a row in rules.def; 2. a script in sql/ that fills finding and
 * finding_step (numbers from 30 on see what 00 to 29 derive); 3. a case in
 * tests/link with its corrected twin.
 */
#include "leak62/link.h"

#include <glib.h>

#include "facts/db.h"
#include "facts/merge.h"
#include "link/scripts.h"
#include "slots/check.h"

static int run_steps(sqlite3 *db, const struct l62_script *script, struct l62_error *err)
{
	sqlite3_stmt *stmt = NULL;
	sqlite3_int64 before;
	int rc = l62_db_prepare(db, script->text, &stmt, err);

	if (rc != 0)
		return rc;
	do {
		before = sqlite3_total_changes64(db);
		if (sqlite3_step(stmt) != SQLITE_DONE)
			rc = l62_error_set(err, L62_E_INTERNAL, "%s failed: %s", script->name,
			                   sqlite3_errmsg(db));
		sqlite3_reset(stmt);
	} while (rc == 0 && sqlite3_total_changes64(db) != before);
	sqlite3_finalize(stmt);
	return rc;
}

static int check_slots(sqlite3 *db, const struct l62_link_input *inputs, size_t count,
                       struct l62_error *err)
{
	const char **skeletons = g_new(const char *, count + 1);
	int rc;

	for (size_t i = 0; i < count; i++)
		skeletons[i] = inputs[i].skeleton;
	rc = l62_slots_check(db, skeletons, count, err);
	g_free(skeletons);
	return rc;
}

static int run_scripts(sqlite3 *db, const struct l62_link_input *inputs, size_t count,
                       struct l62_error *err)
{
	int rc = l62_db_exec(db, "BEGIN", "opening a transaction", err);
	bool checked = false;

	for (const struct l62_script *s = l62_scripts; rc == 0 && s->name; s++) {
		if (!checked && s->name[0] >= '3') {
			checked = true;
			rc = check_slots(db, inputs, count, err);
		}
		if (rc != 0)
			break;
		if (g_str_has_suffix(s->name, "_step.sql"))
			rc = run_steps(db, s, err);
		else
			rc = l62_db_exec(db, s->text, s->name, err);
	}
	if (rc == 0)
		rc = l62_db_exec(db, "COMMIT", "closing a transaction", err);
	return rc;
}

int l62_link(const struct l62_link_input *inputs, size_t count, const char *database,
             struct l62_error *err)
{
	sqlite3 *db = NULL;
	int rc = l62_db_open_memory(&db, err);

	if (rc == 0)
		rc = l62_merge(db, inputs, count, err);
	if (rc == 0)
		rc = run_scripts(db, inputs, count, err);
	if (rc == 0)
		rc = l62_db_save(db, database, err);
	sqlite3_close(db);
	return rc;
}
