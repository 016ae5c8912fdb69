/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See html.h.  Pages are made and written one after the other. */
#include "html.h"

#include <string.h>

#include "folder.h"
#include "page.h"
#include "put.h"

#define INDEX_NAME "index.html"

struct l62_html_driver *l62_html_driver_new(const char *name, const char *database,
                                            struct l62_result *result)
{
	struct l62_html_driver *driver = g_new0(struct l62_html_driver, 1);

	driver->name = g_strdup(name);
	driver->database = g_strdup(database);
	driver->result = result;
	return driver;
}

void l62_html_driver_free(void *data)
{
	struct l62_html_driver *driver = data;

	l62_result_free(driver->result);
	g_free(driver->name);
	g_free(driver->database);
	g_free(driver);
}

static int put(struct l62_html_folder *folder, const char *name, GString *page,
               struct l62_error *err)
{
	int rc = l62_html_folder_put(folder, name, page, err);

	g_string_free(page, TRUE);
	return rc;
}

static int put_findings(struct l62_html_book *book, struct l62_html_folder *folder, guint index,
                        struct l62_error *err)
{
	const struct l62_html_driver *driver = g_ptr_array_index(book->report->drivers, index);
	int rc = l62_html_functions_read(driver->database, &book->functions, err);

	for (guint i = 0; rc == 0 && i < driver->result->findings->len; i++) {
		const struct l62_finding *finding =
		        g_ptr_array_index(driver->result->findings, i);
		struct l62_story *story = NULL;

		rc = l62_story_load(driver->database, finding, &story, err);
		if (rc == 0)
			rc = put(folder, l62_html_name_of_finding(book, index, finding),
			         l62_html_finding_page(book, index, i, story), err);
		l62_story_free(story);
	}
	g_clear_pointer(&book->functions, g_ptr_array_unref);
	return rc;
}

static int put_pages(struct l62_html_book *book, struct l62_html_folder *folder,
                     struct l62_error *err)
{
	const struct l62_html_report *report = book->report;
	int rc = 0;

	for (guint i = 0; rc == 0 && i < report->runs->len; i++)
		rc = put(folder, l62_html_name_of_run(book, i), l62_html_run_page(book, i),
		         err);
	for (guint i = 0; rc == 0 && i < report->drivers->len; i++) {
		rc = put_findings(book, folder, i, err);
		if (rc == 0)
			rc = put(folder, l62_html_name_of_driver(book, i),
			         l62_html_driver_page(book, i), err);
	}
	if (rc == 0 && report->drivers->len != 1)
		rc = put(folder, INDEX_NAME, l62_html_overview(book), err);
	return rc;
}

int l62_html_write(const struct l62_html_report *report, const char *path,
                   struct l62_error *err)
{
	struct l62_html_book book = {
	        .report = report,
	        .sources = l62_sources_new(),
	        .names = l62_html_names_new(report),
	};
	g_autoptr(GPtrArray) pages = g_ptr_array_new();
	struct l62_html_folder *folder = NULL;
	GHashTableIter iter;
	gpointer name;
	int rc;

	g_hash_table_iter_init(&iter, book.names);
	while (g_hash_table_iter_next(&iter, NULL, &name))
		g_ptr_array_add(pages, name);
	if (report->drivers->len != 1)
		g_ptr_array_add(pages, (gpointer)INDEX_NAME);
	rc = l62_html_folder_open(path, pages, &folder, err);
	if (rc == 0)
		rc = put_pages(&book, folder, err);
	if (rc == 0)
		rc = l62_html_folder_finish(folder, err);
	l62_html_folder_free(folder);
	g_hash_table_unref(book.names);
	l62_sources_free(book.sources);
	return rc;
}
