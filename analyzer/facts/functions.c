/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Which functions a translation unit has and which it needs, from its facts. */
#include "leak62/link.h"

#include "db.h"
#include "leak62/facts.h"

/* Of a static function the key is not its name; one of a header is its own. */
static const char query[] =
        "SELECT f.key, f.file IS NULL, f.name = 'DriverEntry' AND f.file IS NOT NULL"
        " FROM function f"
        " WHERE f.key = f.name AND (f.file IS NULL"
        "  OR f.file = (SELECT value FROM meta WHERE key = '" L62_META_SOURCE "'))";

void l62_facts_functions_read(struct l62_facts_functions *functions, const char *path)
{
	sqlite3_stmt *stmt = NULL;
	sqlite3 *db = NULL;

	functions->defined = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	functions->needed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	functions->driver_entry = false;
	if (l62_facts_state(path, NULL) == L62_FACTS_OK &&
	    l62_db_open_file(path, &db, NULL) == 0 &&
	    l62_db_prepare(db, query, &stmt, NULL) == 0) {
		while (sqlite3_step(stmt) == SQLITE_ROW) {
			const char *name = (const char *)sqlite3_column_text(stmt, 0);

			if (!name)
				continue;
			g_hash_table_add(sqlite3_column_int(stmt, 1) ? functions->needed
			                                             : functions->defined,
			                 g_strdup(name));
			functions->driver_entry |= sqlite3_column_int(stmt, 2) != 0;
		}
	}
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

void l62_facts_functions_clear(struct l62_facts_functions *functions)
{
	g_hash_table_unref(functions->defined);
	g_hash_table_unref(functions->needed);
}
