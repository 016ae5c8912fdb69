/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Where functions start and end, out of the database of a driver. */
#include "facts/db.h"
#include "page.h"

static void function_free(gpointer data)
{
	struct l62_html_function *function = data;

	g_free(function->file);
	g_free(function);
}

int l62_html_functions_read(const char *database, GPtrArray **functions, struct l62_error *err)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *stmt = NULL;
	int step = SQLITE_ERROR;
	int rc = l62_db_open_file(database, &db, err);

	*functions = g_ptr_array_new_with_free_func(function_free);
	if (rc == 0 && l62_db_prepare(db,
	                              "SELECT file, line, end_line FROM function"
	                              " WHERE file IS NOT NULL AND end_line >= line"
	                              " ORDER BY file, line, end_line",
	                              &stmt, NULL) == 0) {
		while ((step = sqlite3_step(stmt)) == SQLITE_ROW) {
			struct l62_html_function *function =
			        g_new0(struct l62_html_function, 1);

			function->file = g_strdup((const char *)sqlite3_column_text(stmt, 0));
			function->line = sqlite3_column_int(stmt, 1);
			function->end_line = sqlite3_column_int(stmt, 2);
			g_ptr_array_add(*functions, function);
		}
	}
	if (rc == 0 && step != SQLITE_DONE)
		rc = l62_error_set(err, L62_E_FORMAT,
		                   "'%s' is not the database of a driver (%s); scan again",
		                   database, sqlite3_errmsg(db));
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return rc;
}
