/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The first page, where it is not that of the only driver: all drivers and runs. */
#include "page.h"
#include "put.h"

static const struct l62_result *result_at(const struct l62_html_book *book, guint index)
{
	const struct l62_html_driver *driver = g_ptr_array_index(book->report->drivers, index);

	return driver->result;
}

static unsigned open_findings(const struct l62_result *result)
{
	return l62_result_count(result, L62_NOT_SUPPRESSED);
}

/* What a driver is to be looked at for. */
static const char *state_of(const struct l62_result *result)
{
	return open_findings(result) ? "with findings"
	       : result->failed->len ? "not all analysed"
	                             : "no finding";
}

static void put_rules(GString *out, const struct l62_result *result)
{
	size_t count;
	const struct l62_rule *rules = l62_rules(&count);

	for (size_t r = 0; r < count; r++) {
		unsigned of_rule = 0;

		for (guint i = 0; i < result->findings->len; i++) {
			const struct l62_finding *finding =
			        g_ptr_array_index(result->findings, i);

			of_rule += finding->suppressor == L62_NOT_SUPPRESSED &&
			           finding->rule == &rules[r];
		}
		if (of_rule)
			l62_html_put(out, ", %s %u", rules[r].name, of_rule);
	}
}

static void put_driver(const struct l62_html_book *book, GString *out, guint index)
{
	const struct l62_html_driver *driver = g_ptr_array_index(book->report->drivers, index);
	const struct l62_result *result = driver->result;
	unsigned open = open_findings(result);

	l62_html_put(out,
	             "<li data-state=\"%s\"><a class=\"finding\" href=\"%s\"><b>%s</b> "
	             "<span class=\"%s\">",
	             state_of(result), l62_html_name_of_driver(book, index), driver->name,
	             open ? "bad" : "good");
	l62_html_count(out, open, "finding", "findings");
	g_string_append(out, "</span> <span class=\"quiet\">");
	l62_html_count(out, result->tus, "file", "files");
	if (result->failed->len)
		l62_html_put(out, ", %u failed", result->failed->len);
	put_rules(out, result);
	g_string_append(out, "</span></a></li>\n");
}

/* Most findings first, then most failed files, then as they are. */
static gint worst_first(gconstpointer a, gconstpointer b, gpointer data)
{
	guint one = *(const guint *)a, other = *(const guint *)b;
	const struct l62_result *left = result_at(data, one), *right = result_at(data, other);
	unsigned lost = open_findings(left), found = open_findings(right);

	if (lost != found)
		return lost < found ? 1 : -1;
	if (left->failed->len != right->failed->len)
		return left->failed->len < right->failed->len ? 1 : -1;
	return one < other ? -1 : 1;
}

static void put_totals(const struct l62_html_book *book, GString *out)
{
	unsigned with = 0, findings = 0, failed = 0;
	guint count = book->report->drivers->len;

	for (guint i = 0; i < count; i++) {
		const struct l62_result *result = result_at(book, i);

		with += open_findings(result) > 0;
		findings += open_findings(result);
		failed += result->failed->len;
	}
	g_string_append(out, "<p class=\"lead\">");
	l62_html_count(out, count, "driver", "drivers");
	l62_html_put(out, ", %u with findings; ", with);
	l62_html_count(out, findings, "finding", "findings");
	if (failed) {
		g_string_append(out, "; ");
		l62_html_count(out, failed, "file", "files");
		g_string_append(out, " not analysed");
	}
	g_string_append(out, "</p>\n");
}

static void put_filters(const struct l62_html_book *book, GString *out)
{
	static const char *const states[] = {"with findings", "not all analysed", "no finding"};

	g_string_append(out, "<form id=\"filter\" role=\"search\" aria-label=\"Filter the "
	                     "drivers\" hidden>\n"
	                     "<label class=\"wide\"><span>Filter</span>"
	                     "<input id=\"q\" type=\"search\" autocomplete=\"off\" "
	                     "placeholder=\"name, rule\"></label>\n"
	                     "<label><span>State</span><select data-facet=\"state\">"
	                     "<option value=\"\">all</option>");
	for (size_t s = 0; s < G_N_ELEMENTS(states); s++) {
		guint count = 0;

		for (guint i = 0; i < book->report->drivers->len; i++)
			count += g_str_equal(state_of(result_at(book, i)), states[s]);
		if (count)
			l62_html_put(out, "<option value=\"%s\">%s (%u)</option>", states[s],
			             states[s], count);
	}
	g_string_append(out,
	                "</select></label>\n<button type=\"reset\">Clear</button>\n</form>\n"
	                "<p id=\"shown\" role=\"status\"></p>\n");
}

static void put_drivers(const struct l62_html_book *book, GString *out)
{
	guint count = book->report->drivers->len;
	g_autofree guint *order = g_new(guint, count);

	put_totals(book, out);
	g_string_append(out, "<h2>Drivers</h2>\n");
	put_filters(book, out);
	for (guint i = 0; i < count; i++)
		order[i] = i;
	g_qsort_with_data(order, (gint)count, sizeof *order, worst_first, (gpointer)book);
	g_string_append(out, "<ol id=\"findings\">\n");
	for (guint i = 0; i < count; i++)
		put_driver(book, out, order[i]);
	g_string_append(out, "</ol>\n");
}

GString *l62_html_overview(const struct l62_html_book *book)
{
	const struct l62_html_report *report = book->report;
	GString *out = l62_html_page_start("leak62", "overview", NULL, NULL);

	g_string_append(out, "<h1>Report</h1>\n");
	if (report->drivers->len)
		put_drivers(book, out);
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
	                  "<kbd>Enter</kbd> open it, <kbd>/</kbd> filter");
	return out;
}
