/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Which slots, which entry points; then one simulation for each slot. */
#include "check.h"

#include <string.h>

#include "facts/db.h"
#include "pure.h"
#include "report.h"

struct driver {
	sqlite3 *db;
	struct l62_program *program;
	GHashTable *functions;             /* char * -> struct l62_function */
	GHashTable *homes;                 /* of char *: records */
	GArray *events;                    /* of struct l62_event */
	GPtrArray *paths;                  /* of char *: slots */
	GArray *places;                    /* of enum l62_slot_home, of the paths */
	sqlite3_stmt *containers, *others; /* queries of one slot */
	bool unread;                       /* some skeleton is missing */
	struct l62_error *err;
};

static int each_row(struct driver *d, const char *query,
                    void (*row)(struct driver *, sqlite3_stmt *))
{
	sqlite3_stmt *stmt = NULL;
	int rc = l62_db_prepare(d->db, query, &stmt, d->err), step = SQLITE_ROW;

	while (rc == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW)
		row(d, stmt);
	if (rc == 0 && step != SQLITE_DONE)
		rc = l62_error_set(d->err, L62_E_INTERNAL, "slots cannot be read: %s",
		                   sqlite3_errmsg(d->db));
	sqlite3_finalize(stmt);
	return rc;
}

static const char *column(sqlite3_stmt *stmt, int i)
{
	const char *text = (const char *)sqlite3_column_text(stmt, i);

	return text ? text : "";
}

static void home_row(struct driver *d, sqlite3_stmt *stmt)
{
	g_hash_table_add(d->homes, g_strdup(column(stmt, 0)));
}

static void slot_row(struct driver *d, sqlite3_stmt *stmt)
{
	const char *home = column(stmt, 1);
	enum l62_slot_home place = strcmp(home, "extension") == 0 ? L62_HOME_EXTENSION
	                           : strcmp(home, "file") == 0    ? L62_HOME_FILE
	                                                          : L62_HOME_GLOBAL;

	g_ptr_array_add(d->paths, g_strdup(column(stmt, 0)));
	g_array_append_val(d->places, place);
}

/* By name, or path:name of a static one; of two the first one read. */
static void find_functions(struct driver *d)
{
	for (guint u = 0; u < d->program->units->len; u++) {
		const struct l62_unit_skeleton *unit = d->program->units->pdata[u];

		for (guint i = 0; i < unit->functions->len; i++) {
			struct l62_function *f = unit->functions->pdata[i];
			const char *name = l62_program_text(d->program, f->name);
			g_autofree char *file = g_uri_unescape_string(
			        l62_program_text(d->program, f->file), NULL);
			char *key = f->is_static
			                    ? g_strdup_printf("%s:%s", file ? file : "", name)
			                    : g_strdup(name);

			if (g_hash_table_contains(d->functions, key))
				g_free(key);
			else
				g_hash_table_insert(d->functions, key, f);
		}
	}
}

static void event_row(struct driver *d, sqlite3_stmt *stmt)
{
	static const struct {
		const char *name;
		enum l62_event_role role;
	} roles[] = {{"DRIVER_ENTRY", L62_EVENT_ENTRY}, {"ADD_DEVICE", L62_EVENT_ADD_DEVICE},
	             {"DISPATCH", L62_EVENT_DISPATCH},  {"DRIVER_UNLOAD", L62_EVENT_UNLOAD},
	             {"THREAD", L62_EVENT_ENDS},        {"WORK_ITEM", L62_EVENT_ENDS},
	             {"DPC", L62_EVENT_LATE},           {"TIMER", L62_EVENT_LATE}};
	struct l62_event event = {.f = g_hash_table_lookup(d->functions, column(stmt, 0)),
	                          .role = L62_EVENT_OTHER,
	                          .major = -1};

	for (gsize i = 0; i < G_N_ELEMENTS(roles); i++)
		if (strcmp(column(stmt, 1), roles[i].name) == 0)
			event.role = roles[i].role;
	if (event.role == L62_EVENT_DISPATCH)
		event.major = sqlite3_column_int(stmt, 2);
	if (event.f)
		g_array_append_val(d->events, event);
}

static int read_driver(struct driver *d)
{
	int rc = each_row(
	        d,
	        "SELECT record FROM home WHERE home <> 'request' AND record <> 'DRIVER_OBJECT'",
	        home_row);

	if (rc == 0)
		rc = each_row(d,
		              "SELECT DISTINCT p.path, l.home FROM placed p"
		              " JOIN slot l ON l.path = p.path JOIN site s ON s.id = p.site"
		              " JOIN kind_info k ON k.kind = s.kind"
		              " WHERE l.home <> 'request'"
		              " AND k.loss <> 'FAILURE' ORDER BY p.path",
		              slot_row);
	if (rc == 0)
		rc = each_row(d,
		              "SELECT DISTINCT f.key, e.role, e.major FROM entry e"
		              " JOIN function f ON f.id = e.function"
		              " ORDER BY e.role, e.major, f.key",
		              event_row);
	return rc;
}

static bool has_unload(const struct driver *d)
{
	for (guint i = 0; i < d->events->len; i++)
		if (g_array_index(d->events, struct l62_event, i).role == L62_EVENT_UNLOAD)
			return true;
	return false;
}

/* While there is something in a field, there is the record too. */
static void find_containers(struct driver *d, const struct l62_slice *slice)
{
	const char *path = l62_program_text(d->program, slice->address);
	const char *dot = strchr(path, '.');
	g_autofree char *record = dot ? g_strndup(path, (gsize)(dot - path)) : NULL;

	l62_db_bind_text(d->containers, 1, record);
	while (sqlite3_step(d->containers) == SQLITE_ROW)
		g_hash_table_add(slice->containers,
		                 GUINT_TO_POINTER(l62_program_atom(d->program,
		                                                   column(d->containers, 0))));
	sqlite3_reset(d->containers);
}

/* A list that has what the slot holds too, but from which nobody releases it, is not its
 * owner. */
static void find_others(struct driver *d, struct l62_slice *slice)
{
	l62_db_bind_text(d->others, 1, l62_program_text(d->program, slice->slot));
	slice->only_here = !slice->list && sqlite3_step(d->others) != SQLITE_ROW;
	sqlite3_reset(d->others);
}

static int prepare(struct driver *d)
{
	int rc = l62_db_prepare(d->db, "SELECT path FROM object_slot WHERE record = ?1",
	                        &d->containers, d->err);

	if (rc == 0)
		rc = l62_db_prepare(
		        d->db,
		        "SELECT 1 FROM placed p JOIN held_at h ON h.site = p.site AND h.path "
		        "<> "
		        "p.path"
		        " JOIN release_closed c ON c.path = h.path WHERE p.path = ?1"
		        " UNION ALL SELECT 1 FROM placed p JOIN site_record t ON t.site = "
		        "p.site"
		        " JOIN found_again f ON f.record = t.record WHERE p.path = ?1",
		        &d->others, d->err);
	return rc;
}

/* A field of records that are globals, whenever somebody names it: no device has it. */
static bool is_of_globals(const struct l62_index *index, uint32_t slot)
{
	const struct l62_naming *naming = l62_index_naming(index, slot);

	for (guint i = 0; naming && i < naming->mentions->len; i++) {
		const struct l62_mention *m =
		        &g_array_index(naming->mentions, struct l62_mention, i);

		if (l62_body_op(index->bodies->pdata[m->body], m->op)->place.type !=
		    L62_PLACE_GLOBAL)
			return false;
	}
	return naming != NULL;
}

static int find_pure(struct driver *d, const struct l62_index *index)
{
	sqlite3_stmt *read = NULL, *add = NULL;
	int rc = l62_db_prepare(d->db,
	                        "SELECT DISTINCT o.path FROM slot_kind o JOIN release r"
	                        " ON r.path = o.path AND r.kind <> o.kind ORDER BY o.path",
	                        &read, d->err);

	if (rc == 0)
		rc = l62_db_prepare(d->db, "INSERT INTO slot_pure VALUES(?1, ?2)", &add,
		                    d->err);
	while (rc == 0 && sqlite3_step(read) == SQLITE_ROW) {
		uint32_t kind =
		        l62_pure_kind(index, l62_program_atom(d->program, column(read, 0)));

		if (kind == L62_NONE)
			continue;
		l62_db_bind_text(add, 1, column(read, 0));
		l62_db_bind_text(add, 2, l62_program_text(d->program, kind));
		if (sqlite3_step(add) != SQLITE_DONE)
			rc = l62_error_set(d->err, L62_E_INTERNAL, "entering slots: %s",
			                   sqlite3_errmsg(d->db));
		sqlite3_reset(add);
	}
	sqlite3_finalize(read);
	sqlite3_finalize(add);
	return rc;
}

static int check_slots(struct driver *d)
{
	struct l62_index *index = l62_index_new(d->program, d->homes);
	struct l62_slots_report report;
	int rc = l62_slots_report_open(&report, d->db, d->program, d->err);

	if (rc == 0)
		rc = prepare(d);
	if (rc == 0 && !d->unread)
		rc = find_pure(d, index);
	for (guint i = 0; i < d->events->len; i++) {
		const struct l62_event *e = &g_array_index(d->events, struct l62_event, i);
		struct l62_body *body = g_hash_table_lookup(index->by_f, e->f);

		if (body)
			body->loads |=
			        e->role == L62_EVENT_ENTRY || e->role == L62_EVENT_ADD_DEVICE;
	}

	for (guint i = 0; i < d->paths->len && rc == 0 && has_unload(d); i++) {
		uint32_t slot = l62_program_atom(d->program, d->paths->pdata[i]);
		enum l62_slot_home home = g_array_index(d->places, enum l62_slot_home, i);
		bool global = home == L62_HOME_GLOBAL || is_of_globals(index, slot);
		struct l62_slice *slice =
		        l62_slice_new(index, slot, home == L62_HOME_EXTENSION && !global);
		struct l62_life life;

		slice->context = home != L62_HOME_EXTENSION &&
		                 !g_str_has_prefix(d->paths->pdata[i], "::") &&
		                 !g_str_has_prefix(d->paths->pdata[i], "FILE_OBJECT.");
		find_containers(d, slice);
		find_others(d, slice);
		l62_life_init(&life, slice, d->events, global ? L62_HOME_GLOBAL : home);
		l62_life_run(&life);
		rc = l62_slots_report_add(&report, &life, d->err);
		l62_life_clear(&life);
		l62_slice_free(slice);
	}
	sqlite3_finalize(d->containers);
	sqlite3_finalize(d->others);
	l62_slots_report_close(&report);
	l62_index_free(index);
	return rc;
}

int l62_slots_check(sqlite3 *db, const char *const *skeletons, size_t count,
                    struct l62_error *err)
{
	struct driver d = {.db = db, .err = err};
	int rc;

	d.program = l62_program_new();
	for (size_t i = 0; i < count; i++) {
		struct l62_unit_skeleton *unit;
		struct l62_error ignored;

		if (!skeletons[i] ||
		    l62_skeleton_read(d.program, skeletons[i], &unit, &ignored) != 0)
			d.unread = true;
	}
	l62_program_bind(d.program);
	d.functions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	find_functions(&d);
	d.homes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	d.events = g_array_new(FALSE, FALSE, sizeof(struct l62_event));
	d.paths = g_ptr_array_new_with_free_func(g_free);
	d.places = g_array_new(FALSE, FALSE, sizeof(enum l62_slot_home));
	rc = read_driver(&d);
	if (rc == 0)
		rc = check_slots(&d);
	g_hash_table_unref(d.functions);
	g_hash_table_unref(d.homes);
	g_array_unref(d.events);
	g_ptr_array_unref(d.paths);
	g_array_unref(d.places);
	l62_program_free(d.program);
	return rc;
}
