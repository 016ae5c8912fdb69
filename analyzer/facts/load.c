/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The database of a linked driver as struct l62_result.
 *
 * Findings come by file and line, at one place in the order of rules.def.  Text is
 * handed on as the facts have it; that it is UTF-8 is not promised.
 */
#include "leak62/finding.h"

#include <string.h>

#include "db.h"
#include "leak62/facts.h"
#include "witness/load.h"

struct loader {
	sqlite3 *db;
	const char *path;
	struct l62_result *result;
	GHashTable *by_id; /* of gint64: struct l62_finding, while loading */
	struct l62_error *err;
};

static int bad(struct loader *loader, const char *what)
{
	return l62_error_set(loader->err, L62_E_FORMAT,
	                     "'%s' is not the database of a driver (%s); scan again",
	                     loader->path, what);
}

static const char *text(struct loader *loader, sqlite3_stmt *stmt, int column)
{
	const char *value = (const char *)sqlite3_column_text(stmt, column);

	return value ? g_string_chunk_insert_const(loader->result->strings, value) : NULL;
}

/* Of a column that must not be NULL. */
static const char *some_text(struct loader *loader, sqlite3_stmt *stmt, int column)
{
	const char *value = text(loader, stmt, column);

	return value ? value : "";
}

/* Calls row for each row of query. */
static int each_row(struct loader *loader, const char *query,
                    int (*row)(struct loader *, sqlite3_stmt *))
{
	sqlite3_stmt *stmt = NULL;
	int rc = 0, step = SQLITE_ROW;

	if (l62_db_prepare(loader->db, query, &stmt, NULL) != 0)
		return bad(loader, sqlite3_errmsg(loader->db));
	while (rc == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW)
		rc = row(loader, stmt);
	if (rc == 0 && step != SQLITE_DONE)
		rc = bad(loader, sqlite3_errmsg(loader->db));
	sqlite3_finalize(stmt);
	return rc;
}

static struct l62_location location(struct loader *loader, sqlite3_stmt *stmt, int column)
{
	return (struct l62_location){
	        .file = some_text(loader, stmt, column),
	        .line = sqlite3_column_int(stmt, column + 1),
	        .col = sqlite3_column_int(stmt, column + 2),
	        .end_line = sqlite3_column_int(stmt, column + 3),
	        .end_col = sqlite3_column_int(stmt, column + 4),
	};
}

static void finding_free(gpointer data)
{
	struct l62_finding *finding = data;

	for (int i = 0; i < L62_FLOWS; i++)
		g_array_unref(finding->flow[i]);
	g_clear_pointer(&finding->also, g_array_unref);
	l62_witness_free(finding->witness);
	g_free(finding);
}

static int finding_row(struct loader *loader, sqlite3_stmt *stmt)
{
	const struct l62_rule *rule = l62_rule_by_name(some_text(loader, stmt, 1));
	struct l62_finding *finding;
	gint64 *id;

	if (!rule)
		return bad(loader, "it names a rule that there is not");
	finding = g_new0(struct l62_finding, 1);
	for (int i = 0; i < L62_FLOWS; i++)
		finding->flow[i] = g_array_new(FALSE, FALSE, sizeof(struct l62_step));
	g_ptr_array_add(loader->result->findings, finding);
	id = g_new(gint64, 1);
	*id = sqlite3_column_int64(stmt, 0);
	g_hash_table_insert(loader->by_id, id, finding);

	finding->row = *id;
	finding->rule = rule;
	finding->slot = text(loader, stmt, 2);
	finding->message = some_text(loader, stmt, 3);
	finding->at = location(loader, stmt, 4);
	finding->site = location(loader, stmt, 9);
	finding->function = some_text(loader, stmt, 14);
	finding->api = some_text(loader, stmt, 15);
	finding->kind = some_text(loader, stmt, 16);
	finding->tag = text(loader, stmt, 17);
	finding->variable = text(loader, stmt, 18);
	finding->has_size = sqlite3_column_type(stmt, 19) == SQLITE_INTEGER;
	finding->size = finding->has_size ? (uint64_t)sqlite3_column_int64(stmt, 19) : 0;
	finding->counted = sqlite3_column_int(stmt, 20) != 0;
	return 0;
}

static int step_row(struct loader *loader, sqlite3_stmt *stmt)
{
	gint64 id = sqlite3_column_int64(stmt, 0);
	int flow = sqlite3_column_int(stmt, 1);
	struct l62_finding *finding = g_hash_table_lookup(loader->by_id, &id);
	struct l62_step step = {
	        .at = {.file = some_text(loader, stmt, 2),
	               .line = sqlite3_column_int(stmt, 3),
	               .col = sqlite3_column_int(stmt, 4)},
	        .message = some_text(loader, stmt, 5),
	};

	if (!finding || flow < 0 || flow >= L62_FLOWS)
		return bad(loader, "a step belongs to no finding");
	g_array_append_val(finding->flow[flow], step);
	return 0;
}

static int also_row(struct loader *loader, sqlite3_stmt *stmt)
{
	static const char *const roles[] = {[L62_ALSO_EXIT] = "exit",
	                                    [L62_ALSO_FIX] = "fix",
	                                    [L62_ALSO_TEARDOWN] = "teardown"};
	gint64 id = sqlite3_column_int64(stmt, 0);
	struct l62_finding *finding = g_hash_table_lookup(loader->by_id, &id);
	const char *name = some_text(loader, stmt, 1);
	struct l62_also also = {
	        .at = {.file = some_text(loader, stmt, 2),
	               .line = sqlite3_column_int(stmt, 3),
	               .col = sqlite3_column_int(stmt, 4)},
	        .message = some_text(loader, stmt, 5),
	};
	size_t role = 0;

	while (role < G_N_ELEMENTS(roles) && strcmp(roles[role], name) != 0)
		role++;
	if (!finding || role == G_N_ELEMENTS(roles))
		return bad(loader, "a place belongs to no finding");
	also.role = (enum l62_also_role)role;
	if (!finding->also)
		finding->also = g_array_new(FALSE, FALSE, sizeof(struct l62_also));
	g_array_append_val(finding->also, also);
	return 0;
}

static int failed_row(struct loader *loader, sqlite3_stmt *stmt)
{
	struct l62_failed_tu *tu = g_new0(struct l62_failed_tu, 1);

	tu->source = some_text(loader, stmt, 0);
	tu->error = some_text(loader, stmt, 1);
	g_ptr_array_add(loader->result->failed, tu);
	return 0;
}

static int source_row(struct loader *loader, sqlite3_stmt *stmt)
{
	g_ptr_array_add(loader->result->sources, (gpointer)some_text(loader, stmt, 0));
	return 0;
}

static int framework_row(struct loader *loader, sqlite3_stmt *stmt)
{
	g_ptr_array_add(loader->result->frameworks, (gpointer)some_text(loader, stmt, 0));
	return 0;
}

static int unknown_row(struct loader *loader, sqlite3_stmt *stmt)
{
	g_ptr_array_add(loader->result->unknown, (gpointer)some_text(loader, stmt, 0));
	loader->result->unknown_calls += (unsigned)sqlite3_column_int(stmt, 1);
	return 0;
}

static int incomplete_row(struct loader *loader, sqlite3_stmt *stmt)
{
	g_ptr_array_add(loader->result->incomplete, (gpointer)some_text(loader, stmt, 0));
	return 0;
}

static int slot_row(struct loader *loader, sqlite3_stmt *stmt)
{
	g_ptr_array_add(loader->result->slots, (gpointer)some_text(loader, stmt, 0));
	return 0;
}

static int counts_row(struct loader *loader, sqlite3_stmt *stmt)
{
	struct l62_result *result = loader->result;

	result->tus = (unsigned)sqlite3_column_int(stmt, 0);
	result->functions = (unsigned)sqlite3_column_int(stmt, 1);
	result->sites = (unsigned)sqlite3_column_int(stmt, 2);
	result->entry_points = (unsigned)sqlite3_column_int(stmt, 3);
	result->has_driver_entry = sqlite3_column_int(stmt, 4) != 0;
	result->has_unload = sqlite3_column_int(stmt, 5) != 0;
	return 0;
}

static int compare_findings(gconstpointer left, gconstpointer right)
{
	const struct l62_finding *a = *(struct l62_finding *const *)left;
	const struct l62_finding *b = *(struct l62_finding *const *)right;
	int order = strcmp(a->at.file, b->at.file);

	if (order == 0)
		order = (a->at.line > b->at.line) - (a->at.line < b->at.line);
	if (order == 0)
		order = (a->rule > b->rule) - (a->rule < b->rule);
	if (order == 0)
		order = (a->at.col > b->at.col) - (a->at.col < b->at.col);
	return order;
}

void l62_result_sort(struct l62_result *result)
{
	g_ptr_array_sort(result->findings, compare_findings);
}

static int load(struct loader *loader)
{
	int rc = each_row(loader,
	                  "SELECT f.id, f.rule, f.slot, f.message,"
	                  " f.file, f.line, f.col, f.end_line, f.end_col,"
	                  " s.file, s.line, s.col, s.end_line, s.end_col,"
	                  " n.name, s.api, s.kind, coalesce(s.tag, nullif(k.tag, '')), "
	                  "s.variable, s.size,"
	                  " k.counted AND f.rule <> 'WrongFree'"
	                  " FROM finding f JOIN site s ON s.id = f.site JOIN function n ON "
	                  "n.id = s.function"
	                  " JOIN kind_info k ON k.kind = s.kind ORDER BY f.id",
	                  finding_row);
	if (rc == 0)
		rc = each_row(loader,
		              "SELECT finding, flow, file, line, col, message FROM finding_step"
		              " ORDER BY finding, flow, seq, rowid",
		              step_row);
	if (rc == 0)
		rc = each_row(loader,
		              "SELECT finding, role, file, line, col, message FROM finding_also"
		              " ORDER BY finding, role, file, line, col, rowid",
		              also_row);
	if (rc == 0)
		rc = each_row(
		        loader,
		        "SELECT source, error FROM tu WHERE status <> 'ok' ORDER BY source",
		        failed_row);
	if (rc == 0)
		rc = each_row(loader,
		              "SELECT DISTINCT name || ' (' || min(api) || ')' FROM framework"
		              " GROUP BY name ORDER BY name",
		              framework_row);
	/* Compilers have functions of their own. */
	if (rc == 0)
		rc = each_row(loader,
		              "SELECT f.name, count(*) FROM function f JOIN call c"
		              " ON c.callee = f.id AND c.direct"
		              " WHERE f.file IS NULL AND f.name NOT GLOB '_[_]*'"
		              " GROUP BY f.id ORDER BY count(*) DESC, f.name, f.key",
		              unknown_row);
	if (rc == 0)
		rc = each_row(loader, "SELECT source FROM tu ORDER BY source", source_row);
	if (rc == 0)
		rc = each_row(loader,
		              "SELECT name FROM function WHERE incomplete IS NOT NULL"
		              " ORDER BY name, key",
		              incomplete_row);
	if (rc == 0)
		rc = each_row(loader,
		              "SELECT coalesce(l.text, i.path) FROM slot_incomplete i"
		              " LEFT JOIN slot l ON l.path = i.path ORDER BY i.path",
		              slot_row);
	if (rc == 0)
		rc = each_row(
		        loader,
		        "SELECT (SELECT count(*) FROM tu),"
		        " (SELECT count(*) FROM function WHERE file IS NOT NULL),"
		        " (SELECT count(*) FROM site),"
		        " (SELECT count(DISTINCT function) FROM entry),"
		        " EXISTS (SELECT 1 FROM entry e JOIN function f ON f.id = e.function"
		        "  WHERE e.role = 'DRIVER_ENTRY' AND f.file IS NOT NULL),"
		        " EXISTS (SELECT 1 FROM entry e JOIN function f ON f.id = e.function"
		        "  WHERE e.role = 'DRIVER_UNLOAD' AND f.file IS NOT NULL)",
		        counts_row);
	if (rc == 0 && !l62_witnesses_load(loader->db, loader->by_id))
		rc = bad(loader, sqlite3_errmsg(loader->db));
	l62_result_sort(loader->result);
	return rc;
}

static int check_version(struct loader *loader)
{
	sqlite3_int64 version = l62_db_integer(loader->db, "PRAGMA user_version", 0);

	if (version <= 0)
		return bad(loader, "it has no version");
	if (version != L62_FACTS_SCHEMA)
		return l62_error_set(loader->err, L62_E_VERSION,
		                     "'%s' has version %lld and this leak62 reads version %d;"
		                     " scan again",
		                     loader->path, (long long)version, L62_FACTS_SCHEMA);
	return 0;
}

int l62_result_load(const char *path, struct l62_result **result, struct l62_error *err)
{
	struct loader loader = {.path = path, .err = err};
	int rc;

	*result = NULL;
	rc = l62_db_open_file(path, &loader.db, err);
	if (rc == 0)
		rc = check_version(&loader);
	if (rc == 0) {
		loader.result = g_new0(struct l62_result, 1);
		loader.result->strings = g_string_chunk_new(16 * 1024);
		loader.result->findings = g_ptr_array_new_with_free_func(finding_free);
		loader.result->failed = g_ptr_array_new_with_free_func(g_free);
		loader.result->incomplete = g_ptr_array_new();
		loader.result->slots = g_ptr_array_new();
		loader.result->sources = g_ptr_array_new();
		loader.result->frameworks = g_ptr_array_new();
		loader.result->unknown = g_ptr_array_new();
		loader.by_id = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
		rc = load(&loader);
		g_hash_table_unref(loader.by_id);
	}
	sqlite3_close(loader.db);
	if (rc == 0)
		*result = loader.result;
	else
		l62_result_free(loader.result);
	return rc;
}

void l62_result_free(struct l62_result *result)
{
	if (!result)
		return;
	g_ptr_array_unref(result->findings);
	g_ptr_array_unref(result->failed);
	g_ptr_array_unref(result->incomplete);
	g_ptr_array_unref(result->slots);
	g_ptr_array_unref(result->sources);
	g_ptr_array_unref(result->frameworks);
	g_ptr_array_unref(result->unknown);
	g_string_chunk_free(result->strings);
	g_free(result);
}

unsigned l62_result_count(const struct l62_result *result, enum l62_suppressor suppressor)
{
	unsigned count = 0;

	for (guint i = 0; i < result->findings->len; i++) {
		const struct l62_finding *finding = g_ptr_array_index(result->findings, i);

		count += finding->suppressor == suppressor;
	}
	return count;
}
