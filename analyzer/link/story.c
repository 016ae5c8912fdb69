/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The story of a slot, from the database of a driver.  story.sql works on temporary
 * tables: the file itself is only read.
 */
#include "leak62/story.h"

#include "facts/db.h"

extern const char l62_sql_story[];

struct teller {
	sqlite3 *db;
	const char *path;
	struct l62_story *story;
	struct l62_error *err;
};

static int bad(struct teller *teller)
{
	return l62_error_set(teller->err, L62_E_FORMAT,
	                     "'%s' is not the database of a driver (%s); scan again",
	                     teller->path, sqlite3_errmsg(teller->db));
}

static const char *text(struct teller *teller, sqlite3_stmt *stmt, int column)
{
	const char *value = (const char *)sqlite3_column_text(stmt, column);

	return g_string_chunk_insert_const(teller->story->strings, value ? value : "");
}

static struct l62_location location(struct teller *teller, sqlite3_stmt *stmt, int column)
{
	return (struct l62_location){.file = text(teller, stmt, column),
	                             .line = sqlite3_column_int(stmt, column + 1),
	                             .col = sqlite3_column_int(stmt, column + 2)};
}

/* Calls row for each row of query. */
static int each_row(struct teller *teller, const char *query,
                    void (*row)(struct teller *, sqlite3_stmt *))
{
	sqlite3_stmt *stmt = NULL;
	int step = SQLITE_ERROR;

	if (l62_db_prepare(teller->db, query, &stmt, NULL) == 0) {
		while ((step = sqlite3_step(stmt)) == SQLITE_ROW)
			row(teller, stmt);
	}
	sqlite3_finalize(stmt);
	return step == SQLITE_DONE ? 0 : bad(teller);
}

static void slot_row(struct teller *teller, sqlite3_stmt *stmt)
{
	g_ptr_array_add(teller->story->slots, (gpointer)text(teller, stmt, 0));
}

static void event_free(gpointer data)
{
	struct l62_story_event *event = data;

	g_ptr_array_unref(event->from);
	g_free(event);
}

static void event_row(struct teller *teller, sqlite3_stmt *stmt)
{
	struct l62_story_event *event = g_new0(struct l62_story_event, 1);

	event->phase = (enum l62_phase)CLAMP(sqlite3_column_int(stmt, 0), L62_PHASE_LOAD,
	                                     L62_PHASE_NOWHERE);
	event->at = location(teller, stmt, 1);
	event->message = text(teller, stmt, 4);
	event->act = (enum l62_story_act)CLAMP(sqlite3_column_int(stmt, 5), L62_ACT_ACQUIRE,
	                                       L62_ACT_NOTHING);
	event->from = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(teller->story->events, event);
}

/* The rows come in the order of the events. */
static void from_row(struct teller *teller, sqlite3_stmt *stmt)
{
	sqlite3_int64 number = sqlite3_column_int64(stmt, 0);
	struct l62_step *step;
	struct l62_story_event *event;

	if (number < 1 || number > teller->story->events->len)
		return;
	event = g_ptr_array_index(teller->story->events, number - 1);
	step = g_new0(struct l62_step, 1);
	step->at = location(teller, stmt, 1);
	step->message = text(teller, stmt, 4);
	g_ptr_array_add(event->from, step);
}

static void doubt_row(struct teller *teller, sqlite3_stmt *stmt)
{
	struct l62_step *step = g_new0(struct l62_step, 1);

	step->at = location(teller, stmt, 0);
	step->message = text(teller, stmt, 3);
	g_ptr_array_add(teller->story->doubts, step);
}

static void incomplete_row(struct teller *teller, sqlite3_stmt *stmt)
{
	teller->story->incomplete = sqlite3_column_int(stmt, 0) != 0;
}

/* An event counts once in each phase that it is reached in. */
#define NUMBERED                                                                               \
	"WITH numbered AS ("                                                                   \
	"SELECT v.id, p.phase, v.file, v.line, v.col, v.message, v.rank,"                      \
	" row_number() OVER (ORDER BY p.phase, v.rank, v.file, v.line, v.col, v.message,"      \
	" v.id) AS n FROM story_event v JOIN (SELECT DISTINCT event, phase FROM story_from"    \
	" UNION SELECT id, 3 FROM story_event WHERE id NOT IN (SELECT event FROM story_from))" \
	" p ON p.event = v.id) "

static int tell(struct teller *teller, const struct l62_finding *finding)
{
	g_autofree char *target = g_strdup_printf(
	        "CREATE TEMP TABLE target AS SELECT %" G_GINT64_FORMAT " AS finding;",
	        finding->row);
	g_autofree char *script = g_strconcat(target, l62_sql_story, NULL);
	int rc = 0;

	if (sqlite3_exec(teller->db, script, NULL, NULL, NULL) != SQLITE_OK)
		return bad(teller);
	rc = each_row(teller,
	              "SELECT DISTINCT l.text FROM story_slot l JOIN target t JOIN finding f"
	              " ON f.id = t.finding ORDER BY l.path IS NOT f.slot, l.text",
	              slot_row);
	if (rc == 0)
		rc = each_row(teller,
		              NUMBERED
		              "SELECT phase, file, line, col, message, rank FROM numbered"
		              " ORDER BY n",
		              event_row);
	/* An entry point need not lead to itself. */
	if (rc == 0)
		rc = each_row(
		        teller,
		        NUMBERED
		        "SELECT v.n, ifnull(f.file, ''), ifnull(f.line, 1), 1,"
		        " coalesce(t.text, f.name)"
		        " FROM numbered v JOIN story_from x ON x.event = v.id AND x.phase ="
		        " v.phase JOIN function f ON f.id = x.entry"
		        " LEFT JOIN entry_text t ON t.function = f.id"
		        " AND t.side = iif(v.phase = 2, 'teardown', 'acquire')"
		        " WHERE v.rank < 5 ORDER BY v.n, f.key",
		        from_row);
	if (rc == 0)
		rc = each_row(teller,
		              "SELECT file, max(line, 1), 1, message FROM story_doubt"
		              " ORDER BY file, line, message",
		              doubt_row);
	if (rc == 0)
		rc = each_row(teller,
		              "SELECT EXISTS (SELECT 1 FROM story_slot l"
		              " JOIN slot_incomplete i ON i.path = l.path)",
		              incomplete_row);
	return rc;
}

int l62_story_load(const char *path, const struct l62_finding *finding,
                   struct l62_story **story, struct l62_error *err)
{
	struct teller teller = {.path = path, .err = err};
	int rc = l62_db_open_file(path, &teller.db, err);

	*story = NULL;
	if (rc == 0) {
		teller.story = g_new0(struct l62_story, 1);
		teller.story->strings = g_string_chunk_new(4 * 1024);
		teller.story->slots = g_ptr_array_new();
		teller.story->doubts = g_ptr_array_new_with_free_func(g_free);
		teller.story->events = g_ptr_array_new_with_free_func(event_free);
		rc = l62_db_exec(teller.db, "PRAGMA temp_store = MEMORY", "opening a database",
		                 err);
	}
	if (rc == 0)
		rc = tell(&teller, finding);
	sqlite3_close(teller.db);
	if (rc == 0)
		*story = teller.story;
	else
		l62_story_free(teller.story);
	return rc;
}

void l62_story_free(struct l62_story *story)
{
	if (!story)
		return;
	g_ptr_array_unref(story->slots);
	g_ptr_array_unref(story->events);
	g_ptr_array_unref(story->doubts);
	g_string_chunk_free(story->strings);
	g_free(story);
}
