/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What the pages are called: index.html; driver-NAME.html where there is more than one
 * thing to report; NAME-ID.html for a finding; run-NAME.html.  Names keep letters, digits,
 * '.', '_' and '-' and are told apart by a number where they would be the same, without
 * regard to case.
 */
#include "page.h"

#include <string.h>

#define INDEX_NAME "index.html"
enum { STEM_LONGEST = 80 };

struct namer {
	GHashTable *names; /* the answer: key to name */
	GHashTable *taken; /* names in lower case */
};

static char *plain(const char *text)
{
	GString *out = g_string_new(NULL);

	for (; *text && out->len < STEM_LONGEST; text++)
		g_string_append_c(out,
		                  g_ascii_isalnum(*text) || strchr("._-", *text) ? *text : '-');
	return g_string_free(out, FALSE);
}

static void give(struct namer *namer, char *key, const char *before, const char *text)
{
	g_autofree char *stem = plain(text);
	char *name = g_strdup_printf("%s%s.html", before, stem), *lower;

	for (unsigned i = 2;
	     lower = g_ascii_strdown(name, -1), g_hash_table_contains(namer->taken, lower);
	     i++) {
		g_free(lower);
		g_free(name);
		name = g_strdup_printf("%s%s-%u.html", before, stem, i);
	}
	g_hash_table_add(namer->taken, lower);
	g_hash_table_insert(namer->names, key, name);
}

static char *driver_key(guint driver)
{
	return g_strdup_printf("driver %u", driver);
}

static char *finding_key(guint driver, const struct l62_finding *finding)
{
	return g_strdup_printf("finding %u %s", driver, finding->id);
}

static char *run_key(guint run)
{
	return g_strdup_printf("run %u", run);
}

GHashTable *l62_html_names_new(const struct l62_html_report *report)
{
	struct namer namer = {
	        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
	        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
	};

	g_hash_table_add(namer.taken, g_strdup(INDEX_NAME));
	for (guint i = 0; i < report->drivers->len; i++) {
		const struct l62_html_driver *driver = g_ptr_array_index(report->drivers, i);
		g_autofree char *before = g_strconcat(driver->name, "-", NULL);

		if (report->drivers->len == 1)
			g_hash_table_insert(namer.names, driver_key(i), g_strdup(INDEX_NAME));
		else
			give(&namer, driver_key(i), "driver-", driver->name);
		for (guint k = 0; k < driver->result->findings->len; k++) {
			const struct l62_finding *finding =
			        g_ptr_array_index(driver->result->findings, k);
			g_autofree char *stem = g_strconcat(before, finding->id, NULL);

			give(&namer, finding_key(i, finding), "finding-", stem);
		}
	}
	for (guint i = 0; i < report->runs->len; i++) {
		const struct l62_html_run *run = g_ptr_array_index(report->runs, i);
		g_autofree char *stem = g_path_get_basename(run->path);

		if (g_str_has_suffix(stem, ".json"))
			stem[strlen(stem) - strlen(".json")] = '\0';
		give(&namer, run_key(i), "run-", stem);
	}
	g_hash_table_unref(namer.taken);
	return namer.names;
}

static const char *look_up(const struct l62_html_book *book, char *key)
{
	const char *name = g_hash_table_lookup(book->names, key);

	g_free(key);
	return name;
}

const char *l62_html_name_of_driver(const struct l62_html_book *book, guint driver)
{
	return look_up(book, driver_key(driver));
}

const char *l62_html_name_of_finding(const struct l62_html_book *book, guint driver,
                                     const struct l62_finding *finding)
{
	return look_up(book, finding_key(driver, finding));
}

const char *l62_html_name_of_run(const struct l62_html_book *book, guint run)
{
	return look_up(book, run_key(run));
}
