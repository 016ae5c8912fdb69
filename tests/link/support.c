/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Drivers made of hand-written facts; see support.h. */
#include "support.h"

#include <glib/gstdio.h>
#include <string.h>

#include "leak62/facts.h"
#include "leak62/skeleton.h"
#include "summary/program.h"

extern const char l62_sql_schema[];

const char base_driver[] =
        "INSERT INTO function(id, key, name, file, line, end_line, analysed) VALUES"
        " (1, 'DriverEntry', 'DriverEntry', '/drv/entry.c', 10, 30, 1),"
        " (2, 'MyUnload', 'MyUnload', '/drv/entry.c', 40, 50, 1),"
        " (3, 'MyControl', 'MyControl', '/drv/ioctl.c', 20, 60, 1),"
        " (4, 'MyClose', 'MyClose', '/drv/ioctl.c', 70, 80, 1),"
        " (5, 'Helper', 'Helper', '/drv/ioctl.c', 90, 99, 1);"
        "INSERT INTO call VALUES(1, 2, 15, 0), (1, 3, 16, 0), (1, 4, 17, 0);"
        "INSERT INTO role VALUES(2, 'DRIVER_UNLOAD', NULL, '/drv/entry.c', 15),"
        " (3, 'DISPATCH', 14, '/drv/entry.c', 16), (4, 'DISPATCH', 2, '/drv/entry.c', 17);"
        "INSERT INTO extension VALUES('DEVICE_EXTENSION');"
        "INSERT INTO site VALUES(1, 3, 'IoAllocateMdl', 'MDL', '/drv/ioctl.c', 50, 20, 50, 62,"
        " NULL, 'VMdl', 'ext->Mdl');";

const char mdl_in_extension[] =
        "INSERT INTO store VALUES(1, 'DEVICE_EXTENSION.Mdl', '/drv/ioctl.c', 51);"
        "INSERT INTO outcome VALUES(1, 3, 'success', '/drv/ioctl.c', 59);"
        "INSERT INTO outcome_slot VALUES(1, 1, 'DEVICE_EXTENSION.Mdl');";

struct driver *driver_new(void)
{
	struct driver *driver = g_new0(struct driver, 1);

	driver->folder = g_dir_make_tmp("leak62-link-XXXXXX", NULL);
	assert_non_null(driver->folder);
	driver->database = driver_path(driver, "driver.db");
	driver->sources = g_ptr_array_new_with_free_func(g_free);
	driver->files = g_ptr_array_new_with_free_func(g_free);
	driver->skeletons = g_ptr_array_new_with_free_func(g_free);
	return driver;
}

void driver_free(struct driver *driver)
{
	GDir *dir = g_dir_open(driver->folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = driver_path(driver, name);

		g_remove(path);
	}
	if (dir)
		g_dir_close(dir);
	g_rmdir(driver->folder);
	g_free(driver->folder);
	g_free(driver->database);
	g_ptr_array_unref(driver->sources);
	g_ptr_array_unref(driver->files);
	g_ptr_array_unref(driver->skeletons);
	g_free(driver);
}

char *driver_path(const struct driver *driver, const char *name)
{
	return g_build_filename(driver->folder, name, NULL);
}

static const char *add(struct driver *driver, const char *name)
{
	char *base = g_strdup_printf("%u-%s.db", driver->files->len, name);

	g_ptr_array_add(driver->sources, g_strconcat("/drv/", name, NULL));
	g_ptr_array_add(driver->files, driver_path(driver, base));
	g_ptr_array_add(driver->skeletons, NULL);
	g_free(base);
	return g_ptr_array_index(driver->files, driver->files->len - 1);
}

static void run(sqlite3 *db, const char *sql)
{
	char *error = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s in: %s", error, sql);
}

const char *driver_tu(struct driver *driver, const char *name, const char *sql)
{
	const char *path = add(driver, name);
	g_autofree char *last = g_strdup_printf(
	        "INSERT OR IGNORE INTO meta VALUES('" L62_META_STATUS "', '" L62_STATUS_OK "'),"
	        " ('" L62_META_COMMAND "', 'c0ffee'), ('" L62_META_SOURCE "', '/drv/%s');"
	        "COMMIT; PRAGMA user_version = %d",
	        name, L62_FACTS_SCHEMA);
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	run(db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN");
	run(db, l62_sql_schema);
	run(db, sql);
	run(db, last);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	return path;
}

const char *driver_tu_raw(struct driver *driver, const char *name, const char *content,
                          size_t length)
{
	const char *path = add(driver, name);

	if (content)
		assert_true(g_file_set_contents(path, content, (gssize)length, NULL));
	return path;
}

void driver_skeleton(struct driver *driver, const char *functions)
{
	guint last = driver->files->len - 1;
	struct l62_program *program = l62_program_new();
	struct l62_unit_skeleton *unit;
	struct l62_error err = {0};
	char *path = g_strconcat(g_ptr_array_index(driver->files, last), ".skeleton", NULL);
	g_autofree char *text = g_strconcat(L62_SKELETON_HEADER "\nT ",
	                                    (char *)g_ptr_array_index(driver->sources, last),
	                                    "\n", functions, NULL);

	assert_true(g_file_set_contents(path, text, -1, NULL));
	if (l62_skeleton_read(program, path, &unit, &err) != 0)
		fail_msg("%s", err.text);
	l62_program_free(program);
	g_free(driver->skeletons->pdata[last]);
	driver->skeletons->pdata[last] = path;
}

int driver_try(const struct driver *driver, struct l62_error *err)
{
	guint count = driver->files->len;
	struct l62_link_input *inputs = g_new0(struct l62_link_input, count + 1);
	int rc;

	for (guint i = 0; i < count; i++) {
		inputs[i].source = g_ptr_array_index(driver->sources, i);
		inputs[i].facts = g_ptr_array_index(driver->files, i);
		inputs[i].skeleton = g_ptr_array_index(driver->skeletons, i);
	}
	rc = l62_link(inputs, count, driver->database, err);
	g_free(inputs);
	return rc;
}

struct l62_result *driver_link(const struct driver *driver)
{
	struct l62_result *result = NULL;
	struct l62_error err = {0};

	if (driver_try(driver, &err) != 0 ||
	    l62_result_load(driver->database, &result, &err) != 0)
		fail_msg("%s", err.text);
	return result;
}

int driver_integer(const struct driver *driver, const char *query)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *stmt = NULL;
	int value;

	assert_int_equal(sqlite3_open_v2(driver->database, &db, SQLITE_OPEN_READONLY, NULL),
	                 SQLITE_OK);
	if (sqlite3_prepare_v2(db, query, -1, &stmt, NULL) != SQLITE_OK)
		fail_msg("%s in: %s", sqlite3_errmsg(db), query);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	value = sqlite3_column_int(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return value;
}

unsigned count_rule(const struct l62_result *result, const char *rule)
{
	unsigned count = 0;

	for (guint i = 0; i < result->findings->len; i++) {
		const struct l62_finding *f = g_ptr_array_index(result->findings, i);

		if (!rule || strcmp(f->rule->name, rule) == 0)
			count++;
	}
	return count;
}

unsigned count_linked(const char *rule, const char *sql, ...)
{
	struct driver *driver = driver_new();
	struct l62_result *result;
	unsigned count;
	va_list more;

	va_start(more, sql);
	for (unsigned i = 0; sql; i++) {
		g_autofree char *name = g_strdup_printf("tu%u.c", i);

		driver_tu(driver, name, sql);
		sql = va_arg(more, const char *);
	}
	va_end(more);
	result = driver_link(driver);
	assert_int_equal(result->failed->len, 0);
	count = count_rule(result, rule);
	l62_result_free(result);
	driver_free(driver);
	return count;
}

const struct l62_finding *only(const struct l62_result *result, const char *rule)
{
	const struct l62_finding *found = NULL;

	assert_int_equal(count_rule(result, rule), 1);
	for (guint i = 0; i < result->findings->len; i++) {
		const struct l62_finding *f = g_ptr_array_index(result->findings, i);

		if (strcmp(f->rule->name, rule) == 0)
			found = f;
	}
	assert_non_null(found);
	return found;
}

const struct l62_step *step(const struct l62_finding *finding, int flow, unsigned index)
{
	if (index >= finding->flow[flow]->len)
		fail_msg("flow %d has %u steps, no step %u", flow, finding->flow[flow]->len,
		         index);
	return &g_array_index(finding->flow[flow], struct l62_step, index);
}

void assert_contains(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in \"%s\"", part, text);
}
