/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The first page, where it is not that of the only driver: all drivers and runs. */
#include "page.h"
#include "put.h"

static void put_driver(const struct l62_html_book *book, GString *out, guint index)
{
	const struct l62_html_driver *driver = g_ptr_array_index(book->report->drivers, index);
	unsigned open = l62_result_count(driver->result, L62_NOT_SUPPRESSED);

	l62_html_put(out, "<li><a class=\"finding\" href=\"%s\"><b>%s</b> <span class=\"%s\">",
	             l62_html_name_of_driver(book, index), driver->name, open ? "bad" : "good");
	l62_html_count(out, open, "finding", "findings");
	l62_html_put(out, "</span> <span class=\"quiet\">%u files", driver->result->tus);
	if (driver->result->failed->len)
		l62_html_put(out, ", %u failed", driver->result->failed->len);
	g_string_append(out, "</span></a></li>\n");
}

GString *l62_html_overview(const struct l62_html_book *book)
{
	const struct l62_html_report *report = book->report;
	GString *out = l62_html_page_start("leak62", "overview", NULL, NULL);

	g_string_append(out, "<h1>Report</h1>\n");
	if (report->drivers->len) {
		g_string_append(out, "<h2>Drivers</h2>\n<ol id=\"findings\">\n");
		for (guint i = 0; i < report->drivers->len; i++)
			put_driver(book, out, i);
		g_string_append(out, "</ol>\n");
	}
	if (report->runs->len) {
		g_string_append(out, "<h2>Runs</h2>\n<ul class=\"cards\">\n");
		for (guint i = 0; i < report->runs->len; i++) {
			const struct l62_html_run *run = g_ptr_array_index(report->runs, i);
			g_autofree char *name = g_path_get_basename(run->path);

			l62_html_put(out, "<li><a href=\"%s\">%s</a> %s</li>\n",
			             l62_html_name_of_run(book, i), name,
			             json_string_value(json_object_get(run->root, "verdict")));
		}
		g_string_append(out, "</ul>\n");
	}
	l62_html_page_end(out, book,
	                  "<kbd>j</kbd> <kbd>k</kbd> next and previous driver, "
	                  "<kbd>Enter</kbd> open it");
	return out;
}
