/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * From trails to steps that a person follows: flow 0 the request that fills the slot,
 * flow 1 the one that loses what is in it.
 */
#include "report.h"

#include "facts/db.h"

static const char tables[] =
        "CREATE TABLE slot_loss(id INTEGER PRIMARY KEY, overwritten INTEGER NOT NULL,"
        " path TEXT NOT NULL, api TEXT NOT NULL, file TEXT NOT NULL, line INTEGER NOT NULL,"
        " store_file TEXT, store_line INTEGER, function TEXT NOT NULL,"
        " lost_file TEXT NOT NULL, lost_line INTEGER NOT NULL, failed INTEGER NOT NULL);"
        "CREATE TABLE slot_loss_step(loss INTEGER NOT NULL REFERENCES slot_loss(id),"
        " flow INTEGER NOT NULL, seq INTEGER NOT NULL, file TEXT NOT NULL,"
        " line INTEGER NOT NULL, message TEXT NOT NULL);"
        "CREATE TABLE slot_freed(path TEXT PRIMARY KEY);"
        "CREATE TABLE slot_kept(path TEXT PRIMARY KEY);"
        "CREATE TABLE slot_work(path TEXT NOT NULL, function TEXT NOT NULL,"
        " file TEXT NOT NULL);"
        "CREATE TABLE slot_doubt(path TEXT NOT NULL, function TEXT NOT NULL,"
        " file TEXT NOT NULL, line INTEGER NOT NULL, reason TEXT NOT NULL);"
        "CREATE TABLE slot_wrong(path TEXT NOT NULL, api TEXT NOT NULL, file TEXT NOT NULL,"
        " line INTEGER NOT NULL, kind TEXT NOT NULL, free_file TEXT NOT NULL,"
        " free_line INTEGER NOT NULL, kinds TEXT NOT NULL);"
        "CREATE TABLE slot_pure(path TEXT PRIMARY KEY, kind TEXT NOT NULL);"
        "CREATE TABLE slot_incomplete(path TEXT PRIMARY KEY);";

int l62_slots_report_open(struct l62_slots_report *r, sqlite3 *db,
                          const struct l62_program *program, struct l62_error *err)
{
	int rc = l62_db_exec(db, tables, "making tables of slots", err);

	*r = (struct l62_slots_report){.db = db, .program = program};
	if (rc == 0)
		rc = l62_db_prepare(
		        db,
		        "INSERT INTO slot_loss VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
		        " ?9, ?10, ?11, ?12)",
		        &r->shown, err);
	if (rc == 0)
		rc = l62_db_prepare(db,
		                    "INSERT INTO slot_loss_step VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
		                    &r->step, err);
	if (rc == 0)
		rc = l62_db_prepare(db, "INSERT OR IGNORE INTO slot_incomplete VALUES(?1)",
		                    &r->incomplete, err);
	if (rc == 0)
		rc = l62_db_prepare(db, "INSERT OR IGNORE INTO slot_freed VALUES(?1)",
		                    &r->freed, err);
	if (rc == 0)
		rc = l62_db_prepare(db, "INSERT OR IGNORE INTO slot_kept VALUES(?1)", &r->kept,
		                    err);
	if (rc == 0)
		rc = l62_db_prepare(db, "INSERT INTO slot_work VALUES(?1, ?2, ?3)", &r->work,
		                    err);
	if (rc == 0)
		rc = l62_db_prepare(
		        db, "INSERT INTO slot_wrong VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
		        &r->wrong, err);
	if (rc == 0)
		rc = l62_db_prepare(db, "INSERT INTO slot_doubt VALUES(?1, ?2, ?3, ?4, ?5)",
		                    &r->doubt, err);
	if (rc == 0)
		rc = l62_db_prepare(db,
		                    "SELECT coalesce((SELECT name FROM major WHERE code = ?1),"
		                    " 'IRP major ' || ?1) || ' dispatch routine ' || ?2"
		                    " WHERE ?1 >= 0 UNION ALL "
		                    "SELECT t.text FROM entry_text t JOIN function f"
		                    " ON f.id = t.function WHERE f.name = ?2 LIMIT 1",
		                    &r->entry_text, err);
	return rc;
}

void l62_slots_report_close(struct l62_slots_report *r)
{
	sqlite3_finalize(r->shown);
	sqlite3_finalize(r->step);
	sqlite3_finalize(r->incomplete);
	sqlite3_finalize(r->freed);
	sqlite3_finalize(r->kept);
	sqlite3_finalize(r->work);
	sqlite3_finalize(r->doubt);
	sqlite3_finalize(r->wrong);
	sqlite3_finalize(r->entry_text);
}

/* Files and names are percent-encoded in skeletons. */
static char *plain(const struct l62_slots_report *r, uint32_t atom)
{
	const char *text = l62_program_text(r->program, atom);
	char *decoded = g_uri_unescape_string(text, NULL);

	return decoded ? decoded : g_strdup(text);
}

static int done(struct l62_slots_report *r, sqlite3_stmt *stmt, struct l62_error *err)
{
	int rc = 0;

	if (sqlite3_step(stmt) != SQLITE_DONE)
		rc = l62_error_set(err, L62_E_INTERNAL, "what slots show cannot be kept: %s",
		                   sqlite3_errmsg(r->db));
	sqlite3_reset(stmt);
	return rc;
}

/* slot_loss.overwritten */
enum { L62_LOST_AT_ONCE = 2 };

struct flow {
	struct l62_slots_report *r;
	struct l62_error *err;
	int number, seq, rc;
	const char *api, *slot; /* one request fills and loses: told in its order; or NULL */
};

static void add_step(struct flow *flow, const struct l62_function *f, uint32_t line,
                     const char *message)
{
	sqlite3_stmt *stmt = flow->r->step;
	g_autofree char *file = plain(flow->r, f->file);

	if (flow->rc != 0)
		return;
	sqlite3_bind_int64(stmt, 1, flow->r->count);
	sqlite3_bind_int(stmt, 2, flow->number);
	sqlite3_bind_int(stmt, 3, flow->seq++);
	l62_db_bind_text(stmt, 4, file);
	sqlite3_bind_int64(stmt, 5, line);
	l62_db_bind_text(stmt, 6, message);
	flow->rc = done(flow->r, stmt, flow->err);
}

static char *entry_text(struct l62_slots_report *r, const struct l62_trail *entry)
{
	g_autofree char *name = plain(r, entry->f->name);
	char *text = NULL;

	sqlite3_bind_int(r->entry_text, 1, entry->number);
	l62_db_bind_text(r->entry_text, 2, name);
	if (sqlite3_step(r->entry_text) == SQLITE_ROW)
		text = g_strdup((const char *)sqlite3_column_text(r->entry_text, 0));
	sqlite3_reset(r->entry_text);
	return text ? text : g_steal_pointer(&name);
}

/* The steps of trail, callees' within; first is called before. */
static void add_steps(struct flow *flow, const struct l62_trail *trail,
                      const struct l62_shown *shown)
{
	g_autoptr(GPtrArray) steps = g_ptr_array_new();

	for (const struct l62_trail *t = trail; t; t = t->before)
		g_ptr_array_add(steps, (void *)t);
	for (guint i = steps->len; i-- > 0;) {
		const struct l62_trail *t = steps->pdata[i];
		g_autofree char *name = plain(flow->r, t->f->name);
		g_autofree char *text = NULL;

		switch (t->type) {
		case L62_TRAIL_CALL:
			if (t->within && t->within->before) {
				text = g_strdup_printf("calls %s", name);
				add_step(flow, shown->f, t->line, text);
				add_steps(flow, t->within, shown);
			}
			break;
		case L62_TRAIL_TEST:
			text = t->number == 1   ? g_strdup("the condition holds")
			       : t->number == 0 ? g_strdup("the condition does not hold")
			                        : g_strdup_printf("case %d", t->number);
			add_step(flow, t->f, t->line, text);
			break;
		case L62_TRAIL_ACQUIRE:
			if (flow->api) {
				text = g_strdup_printf("%s acquires it here", flow->api);
				add_step(flow, t->f, t->line, text);
			}
			break;
		case L62_TRAIL_STORE:
			if (flow->slot) {
				text = g_strdup_printf("stored in %s", flow->slot);
				add_step(flow, t->f, t->line, text);
			}
			break;
		case L62_TRAIL_RELEASE:
			add_step(flow, t->f, t->line, "released here");
			break;
		case L62_TRAIL_DISPLACE:
			add_step(flow, t->f, t->line, "something else is stored in its place");
			break;
		default:
			break;
		}
	}
}

static void add_flow(struct flow *flow, const struct l62_trail *entry,
                     const struct l62_shown *shown)
{
	g_autofree char *text = entry_text(flow->r, entry);

	add_step(flow, entry->f, entry->f->line, text);
	add_steps(flow, entry->within, shown);
}

static const struct l62_trail *find_store(const struct l62_trail *trail)
{
	for (const struct l62_trail *t = trail; t; t = t->before) {
		const struct l62_trail *deep =
		        t->type == L62_TRAIL_CALL ? find_store(t->within) : NULL;

		if (deep || t->type == L62_TRAIL_STORE)
			return deep ? deep : t;
	}
	return NULL;
}

static int add_shown(struct l62_slots_report *r, const struct l62_life *life,
                     const struct l62_shown *shown, struct l62_error *err)
{
	const struct l62_resource *resource =
	        &g_array_index(r->program->resources, struct l62_resource, shown->resource);
	g_autofree char *api = plain(r, resource->api), *file = plain(r, resource->file);
	g_autofree char *function = plain(r, shown->f->name);
	g_autofree char *lost = plain(r, shown->f->file);
	const struct l62_trail *filled =
	        shown->overwritten ? shown->missed->before : shown->missed;
	const struct l62_trail *stored = NULL;
	struct flow flow = {.r = r, .err = err};
	sqlite3_stmt *stmt = r->shown;
	bool same;

	while (filled && !(stored = find_store(filled->within)))
		filled = filled->before;
	same = shown->overwritten && !filled;
	if (same) {
		stored = find_store(shown->missed->within);
		flow.api = api;
		flow.slot = l62_program_text(r->program, life->walk.slice->slot);
	}
	r->count++;
	sqlite3_bind_int64(stmt, 1, r->count);
	sqlite3_bind_int(stmt, 2, same ? L62_LOST_AT_ONCE : shown->overwritten);
	l62_db_bind_text(stmt, 3, l62_program_text(r->program, life->walk.slice->slot));
	l62_db_bind_text(stmt, 4, api);
	l62_db_bind_text(stmt, 5, file);
	sqlite3_bind_int64(stmt, 6, resource->line);
	sqlite3_bind_null(stmt, 7);
	sqlite3_bind_null(stmt, 8);
	if (stored) {
		g_autofree char *store_file = plain(r, stored->f->file);

		l62_db_bind_text(stmt, 7, store_file);
		sqlite3_bind_int64(stmt, 8, stored->line);
	}
	l62_db_bind_text(stmt, 9, function);
	l62_db_bind_text(stmt, 10, lost);
	sqlite3_bind_int64(stmt, 11, shown->line);
	sqlite3_bind_int(stmt, 12, shown->failed);
	flow.rc = done(r, stmt, err);
	if (filled && flow.rc == 0) {
		if (!shown->failed)
			add_flow(&flow, filled, shown);
		flow.number = 1;
		flow.seq = 0;
	}
	if (flow.rc == 0)
		add_flow(&flow, shown->missed, shown);
	return flow.rc;
}

static int add_doubt(struct l62_slots_report *r, const char *path,
                     const struct l62_doubt *doubt, struct l62_error *err)
{
	static const char *const reasons[] = {[L62_DOUBT_CONDITION] = "condition",
	                                      [L62_DOUBT_CALL] = "call",
	                                      [L62_DOUBT_RELEASE] = "release"};
	g_autofree char *name = plain(r, doubt->f->name), *file = plain(r, doubt->f->file);

	l62_db_bind_text(r->doubt, 1, path);
	l62_db_bind_text(r->doubt, 2, name);
	l62_db_bind_text(r->doubt, 3, file);
	sqlite3_bind_int64(r->doubt, 4, doubt->line);
	l62_db_bind_text(r->doubt, 5, reasons[doubt->reason]);
	return done(r, r->doubt, err);
}

/* The order of a hash table is nobody's. */
static int add_works(struct l62_slots_report *r, const char *path, const struct l62_life *life,
                     struct l62_error *err)
{
	GHashTableIter iter;
	void *key;
	int rc = 0;

	g_hash_table_iter_init(&iter, life->works);
	while (rc == 0 && g_hash_table_iter_next(&iter, &key, NULL)) {
		const struct l62_function *f = key;
		g_autofree char *name = plain(r, f->name), *file = plain(r, f->file);

		l62_db_bind_text(r->work, 1, path);
		l62_db_bind_text(r->work, 2, name);
		l62_db_bind_text(r->work, 3, file);
		rc = done(r, r->work, err);
	}
	return rc;
}

static int add_mismatch(struct l62_slots_report *r, const char *path,
                        const struct l62_mismatch *m, struct l62_error *err)
{
	const struct l62_resource *resource =
	        &g_array_index(r->program->resources, struct l62_resource, m->resource);
	g_autofree char *api = plain(r, resource->api), *file = plain(r, resource->file);
	g_autofree char *free_file = plain(r, m->f->file);
	g_autoptr(GString) kinds = g_string_new(",");

	for (guint i = 0; i < r->program->kinds->len; i++)
		if (m->kinds >> i & 1)
			g_string_append_printf(
			        kinds, "%s,",
			        l62_program_text(r->program, g_array_index(r->program->kinds,
			                                                   uint32_t, i)));
	l62_db_bind_text(r->wrong, 1, path);
	l62_db_bind_text(r->wrong, 2, api);
	l62_db_bind_text(r->wrong, 3, file);
	sqlite3_bind_int64(r->wrong, 4, resource->line);
	l62_db_bind_text(r->wrong, 5, l62_program_text(r->program, resource->kind));
	l62_db_bind_text(r->wrong, 6, free_file);
	sqlite3_bind_int64(r->wrong, 7, m->line);
	l62_db_bind_text(r->wrong, 8, kinds->str);
	return done(r, r->wrong, err);
}

int l62_slots_report_add(struct l62_slots_report *r, const struct l62_life *life,
                         struct l62_error *err)
{
	const char *path = l62_program_text(r->program, life->walk.slice->slot);
	int rc = 0;

	if (life->incomplete) {
		l62_db_bind_text(r->incomplete, 1, path);
		return done(r, r->incomplete, err);
	}
	if (g_hash_table_size(life->frees)) {
		l62_db_bind_text(r->freed, 1, path);
		rc = done(r, r->freed, err);
	}
	if (life->kept && rc == 0) {
		l62_db_bind_text(r->kept, 1, path);
		rc = done(r, r->kept, err);
		if (rc == 0)
			rc = add_works(r, path, life, err);
	}
	for (guint i = 0; i < life->walk.doubts->len && rc == 0; i++)
		rc = add_doubt(r, path, &g_array_index(life->walk.doubts, struct l62_doubt, i),
		               err);
	for (guint i = 0; i < life->walk.mismatches->len && rc == 0; i++)
		rc = add_mismatch(r, path,
		                  &g_array_index(life->walk.mismatches, struct l62_mismatch, i),
		                  err);
	for (guint i = 0; i < life->shown->len && rc == 0; i++)
		rc = add_shown(r, life, &g_array_index(life->shown, struct l62_shown, i), err);
	return rc;
}
