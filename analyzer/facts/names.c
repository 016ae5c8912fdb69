/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The rows of names.h, straight from the .def tables. */
#include "names.h"

#include <glib.h>

#include "db.h"

static const struct l62_kind kinds[] = {
#define L62_KIND(kind, noun, tag, counted, rule, loss)                                         \
	{#kind, noun, tag, counted, #rule, #loss},
#include "leak62/resources.def"
};

static const struct l62_role roles[] = {
#define L62_ROLE(name, phase, typedef_name) {#name, #phase},
#include "leak62/roles.def"
};

static const struct {
	const char *kind, *other;
} mixes[] = {
#define L62_MIX(kind, other) {#kind, #other},
#include "leak62/resources.def"
};

/* By their lines in the table, which is in the order of families. */
struct routine {
	const char *api, *kind;
	int line;
};

static const struct routine acquires[] = {
#define L62_ACQUIRE(api, kind, at, arg, field, size, tag, failure, when, when_arg, zeroed)     \
	{#api, #kind, __LINE__},
#include "leak62/resources.def"
};

static const struct routine releases[] = {
#define L62_RELEASE(api, kind, at, arg, field) {#api, #kind, __LINE__},
#include "leak62/resources.def"
};

const struct l62_kind *l62_kinds(size_t *count)
{
	*count = G_N_ELEMENTS(kinds);
	return kinds;
}

const struct l62_role *l62_roles(size_t *count)
{
	*count = G_N_ELEMENTS(roles);
	return roles;
}

static int insert_row(sqlite3 *db, sqlite3_stmt *stmt, struct l62_error *err)
{
	if (sqlite3_step(stmt) != SQLITE_DONE)
		return l62_error_set(err, L62_E_INTERNAL, "entering the names failed: %s",
		                     sqlite3_errmsg(db));
	sqlite3_reset(stmt);
	return 0;
}

static int insert_kinds(sqlite3 *db, struct l62_error *err)
{
	sqlite3_stmt *stmt = NULL;
	int rc = l62_db_prepare(db, "INSERT INTO kind_info VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
	                        &stmt, err);

	for (size_t i = 0; rc == 0 && i < G_N_ELEMENTS(kinds); i++) {
		l62_db_bind_text(stmt, 1, kinds[i].kind);
		l62_db_bind_text(stmt, 2, kinds[i].noun);
		l62_db_bind_text(stmt, 3, kinds[i].tag);
		sqlite3_bind_int(stmt, 4, kinds[i].counted);
		l62_db_bind_text(stmt, 5, kinds[i].rule);
		l62_db_bind_text(stmt, 6, kinds[i].loss);
		rc = insert_row(db, stmt, err);
	}
	sqlite3_finalize(stmt);
	return rc;
}

static int insert_roles(sqlite3 *db, struct l62_error *err)
{
	sqlite3_stmt *stmt = NULL;
	int rc = l62_db_prepare(db, "INSERT INTO role_info VALUES(?1, ?2, ?3)", &stmt, err);

	for (size_t i = 0; rc == 0 && i < G_N_ELEMENTS(roles); i++) {
		sqlite3_bind_int(stmt, 1, (int)i);
		l62_db_bind_text(stmt, 2, roles[i].role);
		l62_db_bind_text(stmt, 3, roles[i].phase);
		rc = insert_row(db, stmt, err);
	}
	sqlite3_finalize(stmt);
	return rc;
}

static int insert_mixes(sqlite3 *db, struct l62_error *err)
{
	sqlite3_stmt *stmt = NULL;
	int rc = l62_db_prepare(db, "INSERT INTO mix_info VALUES(?1, ?2)", &stmt, err);

	for (size_t i = 0; rc == 0 && i < G_N_ELEMENTS(mixes); i++) {
		l62_db_bind_text(stmt, 1, mixes[i].kind);
		l62_db_bind_text(stmt, 2, mixes[i].other);
		rc = insert_row(db, stmt, err);
	}
	sqlite3_finalize(stmt);
	return rc;
}

/* The next release below an acquire, or the kind's first one. */
static const char *release_of(const struct routine *acquire)
{
	const struct routine *found = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(releases); i++) {
		if (!g_str_equal(releases[i].kind, acquire->kind))
			continue;
		if (!found || (found->line < acquire->line && releases[i].line > acquire->line))
			found = &releases[i];
	}
	return found ? found->api : NULL;
}

static int insert_families(sqlite3 *db, struct l62_error *err)
{
	sqlite3_stmt *stmt = NULL;
	int rc = l62_db_prepare(db, "INSERT OR IGNORE INTO family VALUES(?1, ?2, ?3)", &stmt,
	                        err);

	for (size_t i = 0; rc == 0 && i < G_N_ELEMENTS(acquires); i++) {
		l62_db_bind_text(stmt, 1, acquires[i].api);
		l62_db_bind_text(stmt, 2, acquires[i].kind);
		l62_db_bind_text(stmt, 3, release_of(&acquires[i]));
		rc = insert_row(db, stmt, err);
	}
	sqlite3_finalize(stmt);
	return rc;
}

int l62_names_insert(sqlite3 *db, struct l62_error *err)
{
	static const char tables[] =
	        "CREATE TABLE kind_info(kind TEXT PRIMARY KEY, noun TEXT NOT NULL, tag TEXT "
	        "NOT NULL,"
	        " counted INTEGER NOT NULL, rule TEXT NOT NULL, loss TEXT NOT NULL);"
	        "CREATE TABLE role_info(position INTEGER PRIMARY KEY, role TEXT NOT NULL "
	        "UNIQUE,"
	        " phase TEXT NOT NULL);"
	        "CREATE TABLE mix_info(kind TEXT NOT NULL, other TEXT NOT NULL);"
	        "CREATE TABLE family(api TEXT NOT NULL, kind TEXT NOT NULL, release TEXT NOT "
	        "NULL,"
	        " PRIMARY KEY(api, kind)) WITHOUT ROWID";
	int rc = l62_db_exec(db, tables, "entering the names", err);

	if (rc == 0)
		rc = insert_kinds(db, err);
	if (rc == 0)
		rc = insert_roles(db, err);
	if (rc == 0)
		rc = insert_mixes(db, err);
	if (rc == 0)
		rc = insert_families(db, err);
	return rc;
}
