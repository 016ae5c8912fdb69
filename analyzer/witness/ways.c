/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Loading, and the cheapest calls: costs only grow along a way, so each function that has
 * become cheaper is looked at again until none does.
 */
#include "witness/ways.h"

#include <string.h>

#include "facts/db.h"

struct loader {
	sqlite3 *db;
	struct l62_ways *ways;
	GHashTable *by_id; /* of gint64: struct l62_way, while loading */
};

static gint64 *key_of(gint64 value)
{
	gint64 *key = g_new(gint64, 1);

	*key = value;
	return key;
}

static const char *text(struct loader *loader, sqlite3_stmt *stmt, int column)
{
	const char *value = (const char *)sqlite3_column_text(stmt, column);

	return value ? g_string_chunk_insert_const(loader->ways->strings, value) : NULL;
}

static bool number(sqlite3_stmt *stmt, int column, gint64 *value)
{
	*value = sqlite3_column_int64(stmt, column);
	return sqlite3_column_type(stmt, column) == SQLITE_INTEGER;
}

static bool each_row(struct loader *loader, const char *query,
                     void (*row)(struct loader *, sqlite3_stmt *))
{
	sqlite3_stmt *stmt = NULL;
	int step = SQLITE_ERROR;

	if (l62_db_prepare(loader->db, query, &stmt, NULL) == 0) {
		while ((step = sqlite3_step(stmt)) == SQLITE_ROW)
			row(loader, stmt);
	}
	sqlite3_finalize(stmt);
	return step == SQLITE_DONE;
}

struct l62_place_function *l62_ways_function(const struct l62_ways *ways, gint64 id)
{
	return g_hash_table_lookup(ways->functions, &id);
}

static void function_free(gpointer data)
{
	struct l62_place_function *function = data;

	g_array_unref(function->majors);
	g_ptr_array_unref(function->calls);
	g_free(function);
}

static void way_free(gpointer data)
{
	struct l62_way *way = data;

	g_array_unref(way->demands);
	g_array_unref(way->args);
	g_free(way);
}

static void function_row(struct loader *loader, sqlite3_stmt *stmt)
{
	struct l62_place_function *function = g_new0(struct l62_place_function, 1);
	const char *file = text(loader, stmt, 2);

	function->id = sqlite3_column_int64(stmt, 0);
	function->name = text(loader, stmt, 1);
	function->at.file = file ? file : "";
	function->at.line = sqlite3_column_int(stmt, 3);
	function->majors = g_array_new(FALSE, FALSE, sizeof(gint64));
	function->calls = g_ptr_array_new();
	g_hash_table_insert(loader->ways->functions, key_of(function->id), function);
}

static void role_row(struct loader *loader, sqlite3_stmt *stmt)
{
	static const char *const entries[] = {"DRIVER_ENTRY", "REINITIALIZE", "ADD_DEVICE",
	                                      "DISPATCH", "DRIVER_UNLOAD"};
	struct l62_place_function *function =
	        l62_ways_function(loader->ways, sqlite3_column_int64(stmt, 0));
	const char *role = text(loader, stmt, 1);
	bool entry = false;
	gint64 major;

	if (!function || !role)
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(entries); i++)
		entry |= strcmp(role, entries[i]) == 0;
	if (!function->role || (entry && !function->entry))
		function->role = role;
	function->entry |= entry;
	function->started |= sqlite3_column_int(stmt, 3) != 0;
	if (strcmp(role, "DISPATCH") == 0 && number(stmt, 2, &major))
		g_array_append_val(function->majors, major);
}

static struct l62_way *add_way(struct loader *loader, sqlite3_stmt *stmt)
{
	struct l62_way *way = g_new0(struct l62_way, 1);
	const char *kind = text(loader, stmt, 1), *file = text(loader, stmt, 7);

	g_ptr_array_add(loader->ways->all, way);
	way->demands = g_array_new(FALSE, FALSE, sizeof(struct l62_asked));
	way->args = g_array_new(FALSE, FALSE, sizeof(struct l62_asked));
	way->kind = kind ? kind[0] : '?';
	way->function = l62_ways_function(loader->ways, sqlite3_column_int64(stmt, 2));
	way->site = sqlite3_column_int64(stmt, 3);
	way->callee = l62_ways_function(loader->ways, sqlite3_column_int64(stmt, 4));
	way->path = text(loader, stmt, 5);
	way->result = text(loader, stmt, 6);
	way->at.file = file ? file : "";
	way->at.line = sqlite3_column_int(stmt, 8);
	way->at.col = sqlite3_column_int(stmt, 9);
	way->direct = sqlite3_column_int(stmt, 10) != 0;
	way->unknown = sqlite3_column_int(stmt, 11) != 0;
	return way;
}

static void way_row(struct loader *loader, sqlite3_stmt *stmt)
{
	struct l62_way *way = add_way(loader, stmt);
	gint64 id = sqlite3_column_int64(stmt, 0);
	GPtrArray *list;

	if (id)
		g_hash_table_insert(loader->by_id, key_of(id), way);
	if (!way->function)
		return;
	if (way->callee) {
		g_ptr_array_add(way->function->calls, way);
		return;
	}
	list = g_hash_table_lookup(loader->ways->by_site, &way->site);
	if (!list) {
		list = g_ptr_array_new();
		g_hash_table_insert(loader->ways->by_site, key_of(way->site), list);
	}
	g_ptr_array_add(list, way);
}

static void demand_row(struct loader *loader, sqlite3_stmt *stmt)
{
	gint64 id = sqlite3_column_int64(stmt, 0);
	struct l62_way *way = g_hash_table_lookup(loader->by_id, &id);
	const char *kind = text(loader, stmt, 1), *file = text(loader, stmt, 11);
	const char *relation = (const char *)sqlite3_column_text(stmt, 6);
	struct l62_asked asked = {.kind = kind ? kind : "other",
	                          .name = text(loader, stmt, 2),
	                          .nth = sqlite3_column_int(stmt, 9),
	                          .text = text(loader, stmt, 10),
	                          .file = file ? file : "",
	                          .line = sqlite3_column_int(stmt, 12)};

	asked.has_offset = number(stmt, 3, &asked.offset);
	asked.has_width = number(stmt, 4, &asked.width);
	asked.has_mask = number(stmt, 5, &asked.mask);
	asked.excluded = relation && strcmp(relation, "not") == 0;
	asked.has_min = number(stmt, 7, &asked.min);
	asked.has_max = number(stmt, 8, &asked.max);
	if (way)
		g_array_append_val(way->demands, asked);
}

static void arg_row(struct loader *loader, sqlite3_stmt *stmt)
{
	gint64 id = sqlite3_column_int64(stmt, 0);
	struct l62_way *way = g_hash_table_lookup(loader->by_id, &id);
	const char *kind = text(loader, stmt, 2), *name = text(loader, stmt, 3);
	struct l62_asked arg = {.idx = sqlite3_column_int(stmt, 1),
	                        .kind = kind ? kind : "other",
	                        .name = name ? name : ""};

	arg.has_offset = number(stmt, 4, &arg.offset);
	if (way)
		g_array_append_val(way->args, arg);
}

static void code_row(struct loader *loader, sqlite3_stmt *stmt)
{
	gint64 value = sqlite3_column_int64(stmt, 0);

	if (!g_hash_table_contains(loader->ways->codes, &value))
		g_hash_table_insert(loader->ways->codes, key_of(value),
		                    (gpointer)text(loader, stmt, 1));
}

static void major_row(struct loader *loader, sqlite3_stmt *stmt)
{
	g_hash_table_insert(loader->ways->majors, key_of(sqlite3_column_int64(stmt, 0)),
	                    (gpointer)text(loader, stmt, 1));
}

/* True for what nobody outside can meet, nor a driver that has just been loaded. */
static bool is_gap(const struct l62_asked *asked)
{
	bool zero = (!asked->has_min || asked->min <= 0) && (!asked->has_max || asked->max >= 0);

	if (strcmp(asked->kind, "state") == 0)
		return zero == asked->excluded;
	return strcmp(asked->kind, "other") == 0;
}

int l62_cost_compare(const struct l62_cost *a, const struct l62_cost *b)
{
	if (a->gaps != b->gaps)
		return a->gaps < b->gaps ? -1 : 1;
	if (a->calls != b->calls)
		return a->calls < b->calls ? -1 : 1;
	return (a->demands > b->demands) - (a->demands < b->demands);
}

struct l62_cost l62_cost_add(struct l62_cost cost, const struct l62_way *way)
{
	for (guint i = 0; i < way->demands->len; i++)
		cost.gaps += is_gap(
		        &g_array_index(way->demands, struct l62_asked, i));
	cost.demands += way->demands->len;
	if (way->callee) {
		cost.calls++;
		/* Whoever only mentions it leaves it to the system to call it. */
		cost.gaps += way->unknown || (!way->direct && !way->callee->started);
	}
	return cost;
}

static gint by_id(gconstpointer a, gconstpointer b)
{
	const struct l62_place_function *one = a, *other = b;

	return (one->id > other->id) - (one->id < other->id);
}

static void spread(struct l62_ways *ways)
{
	g_autoptr(GList) functions = g_hash_table_get_values(ways->functions);
	GQueue queue = G_QUEUE_INIT;
	struct l62_place_function *function;

	functions = g_list_sort(functions, by_id);
	for (GList *item = functions; item; item = item->next) {
		function = item->data;
		function->reached = function->entry;
		if (function->entry)
			g_queue_push_tail(&queue, function);
	}
	while ((function = g_queue_pop_head(&queue))) {
		for (guint i = 0; i < function->calls->len; i++) {
			struct l62_way *way = g_ptr_array_index(function->calls, i);
			struct l62_place_function *callee = way->callee;
			struct l62_cost cost = l62_cost_add(function->cost, way);

			if (callee->entry || (!way->direct && !callee->role) ||
			    (callee->reached && l62_cost_compare(&cost, &callee->cost) >= 0))
				continue;
			callee->reached = true;
			callee->cost = cost;
			callee->come_from = way;
			g_queue_push_tail(&queue, callee);
		}
	}
}

bool l62_ways_load(sqlite3 *db, struct l62_ways **ways)
{
	struct loader loader = {.db = db, .ways = g_new0(struct l62_ways, 1)};
	struct l62_ways *w = loader.ways;
	bool ok;

	w->strings = g_string_chunk_new(16 * 1024);
	w->functions = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
	                                     function_free);
	w->all = g_ptr_array_new_with_free_func(way_free);
	w->by_site = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
	                                   (GDestroyNotify)g_ptr_array_unref);
	w->codes = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	w->majors = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	loader.by_id = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	ok = each_row(&loader, "SELECT id, name, file, line FROM function ORDER BY id",
	              function_row) &&
	     each_row(&loader,
	              "SELECT DISTINCT e.function, e.role, e.major, t.once, i.position"
	              " FROM entry e JOIN role_info i ON i.role = e.role"
	              " LEFT JOIN role_text t ON t.role = e.role"
	              " ORDER BY e.function, i.position, e.major",
	              role_row) &&
	     each_row(&loader,
	              "SELECT w.id, w.kind, w.function, w.site, w.callee, w.path, w.result,"
	              " w.file, w.line, w.col,"
	              " EXISTS (SELECT 1 FROM call c WHERE c.caller = w.function"
	              "         AND c.callee = w.callee AND c.direct), 0"
	              " FROM way w ORDER BY w.id",
	              way_row) &&
	     each_row(&loader,
	              "SELECT DISTINCT 0, 'call', c.caller, NULL, c.callee, NULL, NULL, f.file,"
	              " c.line, 0, 1, 1 FROM call c JOIN function f ON f.id = c.caller"
	              " WHERE c.direct AND NOT EXISTS (SELECT 1 FROM way w"
	              "   WHERE w.function = c.caller AND w.kind = 'call'"
	              "   AND w.callee = c.callee)"
	              " ORDER BY c.caller, c.callee, c.line",
	              way_row) &&
	     each_row(&loader,
	              "SELECT way, kind, name, offset, width, mask, relation, min, max, nth,"
	              " text, file, line FROM demand ORDER BY way, seq",
	              demand_row) &&
	     each_row(&loader,
	              "SELECT way, idx, kind, name, offset FROM way_arg ORDER BY way, idx",
	              arg_row) &&
	     each_row(&loader,
	              "SELECT value, name FROM control_code WHERE name IS NOT NULL"
	              " ORDER BY value, name",
	              code_row) &&
	     each_row(&loader, "SELECT code, name FROM major", major_row);
	g_hash_table_unref(loader.by_id);
	if (!ok)
		g_clear_pointer(&w, l62_ways_free);
	else
		spread(w);
	*ways = w;
	return ok;
}

void l62_ways_free(struct l62_ways *ways)
{
	if (!ways)
		return;
	g_hash_table_unref(ways->functions);
	g_ptr_array_unref(ways->all);
	g_hash_table_unref(ways->by_site);
	g_hash_table_unref(ways->codes);
	g_hash_table_unref(ways->majors);
	g_string_chunk_free(ways->strings);
	g_free(ways);
}
