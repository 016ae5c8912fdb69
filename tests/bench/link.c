/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * How linking grows with the driver: makes drivers of 50, 100, ... TUs (or of the
 * counts given as arguments), links and loads each, and prints the time of the best
 * of three runs, the same without skeletons, and how the first grew since the size
 * before: 1 is in proportion to n log n.
 *
 * Each TU has 40 functions that call each other and functions of its neighbours, 10
 * sites (kept in the device extension, in globals and on a list), releases by helper,
 * one site that nothing frees and one path leak; link_skeleton.c says what its
 * skeleton has.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "leak62/facts.h"
#include "leak62/finding.h"
#include "leak62/link.h"
#include "leak62/skeleton.h"
#include "link_skeleton.h"

enum { FUNCTIONS = BENCH_FUNCTIONS, SITES = BENCH_SITES, RUNS = 3 };

extern const char l62_sql_schema[];

G_NORETURN static void give_up(const char *what, const char *why)
{
	fprintf(stderr, "bench: %s: %s\n", what, why);
	exit(1);
}

static void add_functions(GString *sql, int tu, int tus)
{
	for (int f = 1; f <= FUNCTIONS; f++) {
		g_string_append_printf(sql,
		                       "INSERT INTO function VALUES(%d, 'f%d_%d', 'f%d_%d',"
		                       " '/drv/tu%d.c', %d, %d, 1, NULL);",
		                       f, f, tu, f, tu, tu, f * 20, f * 20 + 15);
		for (int c = 1; c <= 3; c++)
			g_string_append_printf(
			        sql, "INSERT OR IGNORE INTO call VALUES(%d, %d, %d, 1);", f,
			        (f * 7 + c * 11) % FUNCTIONS + 1, f * 20 + c);
	}
	/* What neighbours define, and the helper that frees for all. */
	for (int n = 1; n <= 5; n++)
		g_string_append_printf(
		        sql,
		        "INSERT INTO function(id, key, name) VALUES(%d, 'f%d_%d', 'f%d_%d');"
		        "INSERT INTO call VALUES(%d, %d, 19, 1);",
		        100 + n, n, (tu + n) % tus, n, (tu + n) % tus, n * 3, 100 + n);
	g_string_append(sql,
	                "INSERT INTO function(id, key, name) VALUES(200, 'Free', 'Free');");
}

static void add_sites(GString *sql, int tu)
{
	for (int s = 1; s <= SITES; s++) {
		g_autofree char *slot = s % 3 == 0 ? g_strdup_printf("EXT.f%d_%d", tu, s)
		                        : s % 3 == 1
		                                ? g_strdup_printf("::g%d_%d", tu, s)
		                                : g_strdup_printf("list EXT.l%d_%d", tu, s);

		g_string_append_printf(
		        sql,
		        "INSERT INTO site VALUES(%d, %d, 'ExAllocatePool2', 'POOL', "
		        "'/drv/tu%d.c',"
		        " %d, 9, %d, 60, 64, 'hcnb', 'p');"
		        "INSERT INTO store VALUES(%d, '%s', '/drv/tu%d.c', %d);"
		        "INSERT INTO outcome VALUES(%d, %d, 'success', '/drv/tu%d.c', %d);"
		        "INSERT INTO outcome_slot VALUES(%d, %d, '%s');",
		        s, s, tu, s * 20 + 5, s * 20 + 5, s, slot, tu, s * 20 + 6, s, s, tu,
		        s * 20 + 14, s, s, slot);
		if (s > 1)
			g_string_append_printf(
			        sql, "INSERT INTO call_arg VALUES(40, 200, 0, '%s');", slot);
	}
	g_string_append_printf(
	        sql,
	        "INSERT INTO call VALUES(40, 200, 801, 1);"
	        "INSERT INTO path_leak VALUES(1, 1, '/drv/tu%d.c', 33, 1, 33, 9, 1, 'leak: p');"
	        "INSERT INTO path_step VALUES(1, 0, '/drv/tu%d.c', 25, 1, 'allocated'),"
	        " (1, 1, '/drv/tu%d.c', 33, 1, 'lost');",
	        tu, tu, tu);
}

/* The dispatch routines that stand in this TU, and whom they call. */
static void add_dispatch(GString *sql, int tu, int tus)
{
	for (int level = 1; level <= bench_top(tus) && tu % bench_span(level) == 0; level++) {
		g_autofree char *name = bench_dispatch_name(level, tu / bench_span(level), tus);
		int below = bench_span(level - 1);

		g_string_append_printf(sql,
		                       "INSERT INTO function VALUES(%d, '%s', '%s',"
		                       " '/drv/tu%d.c', %d, %d, 1, NULL);",
		                       300 + level, name, name, tu, 830 + level, 850);
		for (int c = 0; c < BENCH_FAN && tu + c * below < tus; c++) {
			g_autofree char *callee =
			        bench_dispatch_name(level - 1, tu / below + c, tus);
			int id = c ? level * 1000 + c : level > 1 ? 300 + level - 1 : 1;

			if (c)
				g_string_append_printf(sql,
				                       "INSERT INTO function(id, key, name) "
				                       "VALUES(%d, '%s', '%s')"
				                       " ON CONFLICT DO NOTHING;",
				                       id, callee, callee);
			g_string_append_printf(sql,
			                       "INSERT INTO call SELECT %d, id, 845, 1"
			                       " FROM function WHERE key = '%s';",
			                       300 + level, callee);
		}
	}
}

static void add_driver(GString *sql, int tu, int tus)
{
	add_dispatch(sql, tu, tus);
	if (tu > 0)
		return;
	g_string_append_printf(
	        sql,
	        "INSERT INTO extension VALUES('EXT');"
	        "INSERT INTO function VALUES"
	        " (201, 'DriverEntry', 'DriverEntry', '/drv/tu0.c', 900, 930, 1, NULL),"
	        " (202, 'Unload', 'Unload', '/drv/tu0.c', 940, 950, 1, NULL);"
	        "INSERT INTO role VALUES(202, 'DRIVER_UNLOAD', NULL, '/drv/tu0.c', 910),"
	        " (%d, 'DISPATCH', 14, '/drv/tu0.c', 911);"
	        "UPDATE function SET file = '/drv/tu0.c', line = 960, end_line = 963 "
	        "WHERE id = 200;"
	        "INSERT INTO release VALUES(200, 'ExFreePool', 'POOL', 'param 0', "
	        "'/drv/tu0.c', 961);"
	        "INSERT INTO call VALUES(201, 1, 905, 1), (202, 40, 945, 1);",
	        300 + bench_top(tus));
	for (int i = 1; i < tus; i++)
		g_string_append_printf(
		        sql,
		        "INSERT INTO function(id, key, name) VALUES(%d, 'f%d_%d', 'f%d_%d');"
		        "INSERT INTO call VALUES(202, %d, 945, 1);",
		        100000 + i, FUNCTIONS, i, FUNCTIONS, i, 100000 + i);
}

static void write_facts(const char *path, int tu, int tus)
{
	g_autoptr(GString) sql = g_string_new("PRAGMA journal_mode = OFF;"
	                                      "PRAGMA synchronous = OFF; BEGIN;");
	sqlite3 *db = NULL;
	char *error = NULL;

	g_string_append(sql, l62_sql_schema);
	add_functions(sql, tu, tus);
	add_sites(sql, tu);
	add_driver(sql, tu, tus);
	g_string_append_printf(sql,
	                       "INSERT INTO meta VALUES('" L62_META_STATUS "', '" L62_STATUS_OK
	                       "');"
	                       "COMMIT; PRAGMA user_version = %d;",
	                       L62_FACTS_SCHEMA);
	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_exec(db, sql->str, NULL, NULL, &error) != SQLITE_OK)
		give_up(path, error ? error : sqlite3_errmsg(db));
	sqlite3_close(db);
}

static double link_once(const struct l62_link_input *inputs, int tus, const char *database,
                        unsigned *findings)
{
	gint64 start = g_get_monotonic_time();
	struct l62_result *result = NULL;
	struct l62_error err = {0};
	double seconds;

	if (l62_link(inputs, (size_t)tus, database, &err) != 0 ||
	    l62_result_load(database, &result, &err) != 0)
		give_up(database, err.text);
	seconds = (double)(g_get_monotonic_time() - start) / 1e6;
	if (result->failed->len)
		give_up("a TU failed",
		        ((struct l62_failed_tu *)result->failed->pdata[0])->error);
	*findings = result->findings->len;
	l62_result_free(result);
	return seconds;
}

static void write_skeleton(const char *path, int tu, int tus)
{
	g_autofree char *functions = bench_skeleton(tu, tus);
	g_autofree char *text =
	        g_strdup_printf(L62_SKELETON_HEADER "\nT /drv/tu%d.c\n%s", tu, functions);

	if (!g_file_set_contents(path, text, -1, NULL))
		give_up(path, "cannot be written");
}

static double best_of(const struct l62_link_input *inputs, int tus, const char *database,
                      unsigned *findings)
{
	double best = 0;

	for (int run = 0; run < RUNS; run++) {
		double seconds = link_once(inputs, tus, database, findings);

		if (run == 0 || seconds < best)
			best = seconds;
	}
	return best;
}

/* *bare: without skeletons. */
static double bench(const char *folder, int tus, unsigned *findings, double *bare)
{
	struct l62_link_input *inputs = g_new0(struct l62_link_input, (gsize)tus);
	g_autofree char *database = g_build_filename(folder, "driver.db", NULL);
	struct l62_link_input *without = g_new0(struct l62_link_input, (gsize)tus);
	double best;

	for (int i = 0; i < tus; i++) {
		inputs[i].source = g_strdup_printf("/drv/tu%d.c", i);
		inputs[i].facts = g_strdup_printf("%s/tu%d.db", folder, i);
		inputs[i].skeleton = g_strdup_printf("%s/tu%d.skeleton", folder, i);
		without[i] = inputs[i];
		without[i].skeleton = NULL;
		write_facts(inputs[i].facts, i, tus);
		write_skeleton(inputs[i].skeleton, i, tus);
	}
	*bare = best_of(without, tus, database, findings);
	best = best_of(inputs, tus, database, findings);
	for (int i = 0; i < tus; i++) {
		g_remove(inputs[i].facts);
		g_remove(inputs[i].skeleton);
		g_free((char *)inputs[i].source);
		g_free((char *)inputs[i].facts);
		g_free((char *)inputs[i].skeleton);
	}
	g_remove(database);
	g_free(inputs);
	g_free(without);
	return best;
}

int main(int argc, char **argv)
{
	static const int sizes[] = {50, 100, 200, 400, 800};
	int count = argc > 1 ? argc - 1 : (int)G_N_ELEMENTS(sizes);
	g_autofree char *folder = g_dir_make_tmp("leak62-bench-XXXXXX", NULL);
	double before = 0, work_before = 0;

	if (!folder)
		give_up("temporary folder", "cannot be made");
	printf("%6s %9s %9s %9s %12s\n", "TUs", "seconds", "no slots", "findings",
	       "to n log n");
	for (int i = 0; i < count; i++) {
		int tus = argc > 1 ? atoi(argv[i + 1]) : sizes[i];
		unsigned findings = 0;
		double seconds, bare, work;

		if (tus < 6 || tus > 100000)
			give_up(argv[i + 1], "not a count of TUs from 6 on");
		seconds = bench(folder, tus, &findings, &bare);
		work = tus * log(tus);
		printf("%6d %9.3f %9.3f %9u", tus, seconds, bare, findings);
		if (before > 0)
			printf(" %12.2f", seconds / before / (work / work_before));
		printf("\n");
		fflush(stdout);
		before = seconds;
		work_before = work;
	}
	g_rmdir(folder);
	return 0;
}
