/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What was left in runs and no finding predicts, out of the database of a driver. */
#include "facts/db.h"
#include "page.h"
#include "put.h"
#include "table.h"

static const char *text(sqlite3_stmt *stmt, int column)
{
	const char *value = (const char *)sqlite3_column_text(stmt, column);

	return value ? value : "";
}

static void put_row(struct l62_html_table *table, const char *root, sqlite3_stmt *stmt)
{
	char tag[5];

	l62_html_tag(text(stmt, 1), tag);
	l62_html_row_start(table);
	l62_html_cell_text(table, text(stmt, 0));
	l62_html_cell_code(table, tag);
	l62_html_cell_start(table);
	if (*text(stmt, 2)) {
		g_autofree char *path = l62_html_path(root, text(stmt, 2));

		l62_html_put(table->out, "<span class=\"place\">%s(%d)</span><br>", path,
		             sqlite3_column_int(stmt, 3));
	}
	l62_html_put(table->out, "<code>%s</code>",
	             *text(stmt, 4) ? text(stmt, 4) : "not known");
	l62_html_cell_end(table);
	l62_html_cell_number(table, sqlite3_column_int64(stmt, 5));
	l62_html_cell_code(table, text(stmt, 6));
	l62_html_row_end(table);
}

static int put_rows(GString *out, const char *root, sqlite3_stmt *stmt)
{
	static const struct l62_html_column columns[] = {{"What", false},
	                                                 {"Tag", false},
	                                                 {"Acquired at", false},
	                                                 {"Runs", true},
	                                                 {"Replay", false}};
	struct l62_html_table table = {out, columns, G_N_ELEMENTS(columns), 0};
	int step = sqlite3_step(stmt);

	if (step != SQLITE_ROW)
		return step;
	g_string_append(out, "<section aria-labelledby=\"h-unpredicted\">\n"
	                     "<h2 id=\"h-unpredicted\">Left in runs, and predicted by no "
	                     "finding</h2>\n");
	l62_html_table_start(&table, "Left in runs, and predicted by no finding");
	for (; step == SQLITE_ROW; step = sqlite3_step(stmt))
		put_row(&table, root, stmt);
	l62_html_table_end(&table);
	g_string_append(out, "</section>\n");
	return step;
}

int l62_html_unpredicted(GString *out, const char *database, const char *root,
                         struct l62_error *err)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *stmt = NULL;
	int step = SQLITE_DONE;
	int rc = l62_db_open_file(database, &db, err);

	if (rc == 0 && l62_db_integer(db,
	                              "SELECT count(*) FROM sqlite_schema"
	                              " WHERE name = 'unpredicted'",
	                              0)) {
		step = l62_db_prepare(
		               db,
		               "SELECT ifnull(noun, kind), tag, file, line, function, runs,"
		               " replay FROM unpredicted"
		               " ORDER BY file, line, kind, tag, function",
		               &stmt, NULL) == 0
		               ? put_rows(out, root, stmt)
		               : SQLITE_ERROR;
	}
	if (rc == 0 && step != SQLITE_DONE)
		rc = l62_error_set(err, L62_E_FORMAT,
		                   "'%s': its table of what was not predicted is damaged (%s); "
		                   "confirm again",
		                   database, sqlite3_errmsg(db));
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return rc;
}
