/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The page of a run: its verdict, pool in use over time, what was live at unload, what
 * else was left, and the calls that were made to fail.  Fields that an older file does not
 * have are not there, and the page says so.
 */
#include <string.h>

#include "chart.h"
#include "page.h"
#include "put.h"
#include "table.h"

struct run_page {
	GString *out;
	const struct l62_html_book *book;
	json_t *root;
};

static const char *text_of(json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value ? value : "";
}

static long long number_of(json_t *object, const char *name)
{
	return (long long)json_integer_value(json_object_get(object, name));
}

/* "mydriver!Function+0x12" and, below, "file(line)". */
static void put_place(const struct run_page *page, json_t *place)
{
	const char *file = text_of(place, "file");

	if (!json_is_object(place)) {
		g_string_append(page->out, "not known");
		return;
	}
	if (*text_of(place, "symbol"))
		l62_html_put(page->out, "<code>%s!%s", text_of(place, "module"),
		             text_of(place, "symbol"));
	else
		l62_html_put(page->out, "<code>%s", text_of(place, "address"));
	if (number_of(place, "offset"))
		g_string_append_printf(page->out, "+0x%llx",
		                       (unsigned long long)number_of(place, "offset"));
	g_string_append(page->out, "</code>");
	if (*file) {
		g_autofree char *shown = l62_html_path(page->book->report->root, file);

		l62_html_put(page->out, "<br><span class=\"place\">%s(%lld)</span>", shown,
		             number_of(place, "line"));
	}
}

static void put_stack(const struct run_page *page, json_t *stack)
{
	size_t i;
	json_t *frame;

	if (!json_array_size(stack))
		return;
	g_string_append(page->out, "<details><summary>stack</summary><ol>\n");
	json_array_foreach(stack, i, frame)
	{
		g_string_append(page->out, "<li>");
		put_place(page, frame);
		g_string_append(page->out, "</li>\n");
	}
	g_string_append(page->out, "</ol></details>");
}

static void put_head(const struct run_page *page)
{
	json_t *bug_check = json_object_get(page->root, "bugCheck");
	json_t *statistics = json_object_get(page->root, "statistics");
	const char *verdict = text_of(page->root, "verdict");

	l62_html_put(page->out,
	             "<h1><span class=\"eyebrow\">Run of</span> %s</h1>\n"
	             "<p class=\"verdict\"><span class=\"%s\"><b>%s</b></span>",
	             text_of(json_object_get(page->root, "driver"), "name"),
	             strcmp(verdict, "clean") == 0 ? "good" : "bad", verdict);
	if (*text_of(page->root, "reason"))
		l62_html_put(page->out, ": %s", text_of(page->root, "reason"));
	g_string_append(page->out, "</p>\n");
	if (json_is_object(bug_check)) {
		json_t *arguments = json_object_get(bug_check, "arguments");
		size_t i;
		json_t *argument;

		l62_html_put(page->out, "<p><code>%s (%s)</code>", text_of(bug_check, "name"),
		             text_of(bug_check, "code"));
		json_array_foreach(arguments, i, argument)
		        l62_html_put(page->out, "<br><code>Arg%u: %s</code>", (unsigned)i + 1,
		                     json_string_value(argument));
		if (*text_of(page->root, "step"))
			l62_html_put(page->out, "<br>during %s", text_of(page->root, "step"));
		g_string_append(page->out, "</p>\n");
	}
	l62_html_put(page->out,
	             "<ul class=\"tiles\" aria-label=\"Counts\">\n"
	             "<li class=\"%s\"><b>%u</b> <span>live at unload</span></li>\n"
	             "<li><b>%lld</b> <span>allocations</span></li>\n"
	             "<li><b>%lld</b> <span>failed</span></li>\n"
	             "<li><b>%lld</b> <span>freed</span></li>\n"
	             "<li><b>%lld</b> <span>bytes nonpaged, peak</span></li>\n"
	             "<li><b>%lld</b> <span>bytes paged, peak</span></li>\n</ul>\n",
	             json_array_size(json_object_get(page->root, "blocks")) ? "bad" : "good",
	             (unsigned)json_array_size(json_object_get(page->root, "blocks")),
	             number_of(statistics, "attempted"), number_of(statistics, "failed"),
	             number_of(statistics, "freed"),
	             number_of(json_object_get(statistics, "nonpaged"), "peakBytes"),
	             number_of(json_object_get(statistics, "paged"), "peakBytes"));
}

static void put_timeline(const struct run_page *page)
{
	json_t *timeline = json_object_get(page->root, "timeline");

	g_string_append(page->out, "<section aria-labelledby=\"h-time\">\n"
	                           "<h2 id=\"h-time\">Pool in use over time, by tag</h2>\n");
	if (timeline)
		l62_html_chart(page->out, timeline);
	else
		g_string_append(page->out, "<p class=\"note\">This run does not say it: it was "
		                           "recorded by an older leak62. Run leak62 verify "
		                           "--json again.</p>\n");
	g_string_append(page->out, "</section>\n");
}

static void put_held(const struct run_page *page, json_t *block)
{
	json_t *held = json_object_get(block, "heldBy");

	l62_html_put(page->out, "%s", text_of(block, "reach"));
	if (json_is_object(held))
		l62_html_put(page->out, "<br>in %s", text_of(held, "text"));
}

static void put_place_cell(const struct run_page *page, struct l62_html_table *table,
                           json_t *place, json_t *stack)
{
	l62_html_cell_start(table);
	put_place(page, place);
	put_stack(page, stack);
	l62_html_cell_end(table);
}

static void put_blocks(const struct run_page *page)
{
	static const struct l62_html_column columns[] = {
	        {"No.", true},   {"Tag", false},          {"Bytes", true},   {"Kind", false},
	        {"Pool", false}, {"Allocated by", false}, {"Pointer", false}};
	struct l62_html_table table = {page->out, columns, G_N_ELEMENTS(columns), 0};
	json_t *blocks = json_object_get(page->root, "blocks"), *block;
	size_t i;

	g_string_append(page->out, "<section aria-labelledby=\"h-live\">\n"
	                           "<h2 id=\"h-live\">Live at unload</h2>\n");
	if (!json_array_size(blocks)) {
		g_string_append(page->out, "<p class=\"empty\">Nothing.</p>\n</section>\n");
		return;
	}
	l62_html_table_start(&table, "Live at unload");
	json_array_foreach(blocks, i, block)
	{
		char tag[5];

		l62_html_tag(text_of(block, "tag"), tag);
		l62_html_row_start(&table);
		l62_html_cell_number(&table, number_of(block, "sequence"));
		l62_html_cell_code(&table, tag);
		l62_html_cell_number(&table, number_of(block, "size"));
		l62_html_cell_text(&table, text_of(block, "kind"));
		l62_html_cell_text(&table, text_of(block, "pool"));
		put_place_cell(page, &table, json_object_get(block, "origin"),
		               json_object_get(block, "stack"));
		l62_html_cell_start(&table);
		put_held(page, block);
		l62_html_cell_end(&table);
		l62_html_row_end(&table);
	}
	l62_html_table_end(&table);
	g_string_append(page->out, "</section>\n");
}

static void put_left(const struct run_page *page)
{
	static const struct l62_html_column columns[] = {{"What", false},
	                                                 {"Name", false},
	                                                 {"Count", true},
	                                                 {"Rule", false},
	                                                 {"Taken by", false}};
	struct l62_html_table table = {page->out, columns, G_N_ELEMENTS(columns), 0};
	json_t *left = json_object_get(page->root, "leftBehind"), *entry;
	size_t i;

	g_string_append(page->out, "<section aria-labelledby=\"h-left\">\n"
	                           "<h2 id=\"h-left\">Left besides pool</h2>\n");
	if (!json_array_size(left)) {
		g_string_append(page->out, "<p class=\"empty\">Nothing.</p>\n</section>\n");
		return;
	}
	l62_html_table_start(&table, "Left besides pool");
	json_array_foreach(left, i, entry)
	{
		l62_html_row_start(&table);
		l62_html_cell_text(&table, text_of(entry, "what"));
		l62_html_cell_text(&table, text_of(entry, "name"));
		l62_html_cell_number(&table, number_of(entry, "count"));
		l62_html_cell_text(&table, text_of(entry, "rule"));
		put_place_cell(page, &table, json_object_get(entry, "caller"),
		               json_object_get(entry, "stack"));
		l62_html_row_end(&table);
	}
	l62_html_table_end(&table);
	g_string_append(page->out, "</section>\n");
}

static void put_wrong_frees(const struct run_page *page)
{
	static const struct l62_html_column columns[] = {{"Kind", false},
	                                                 {"Made by", false},
	                                                 {"Given to", false},
	                                                 {"Count", true},
	                                                 {"By", false}};
	struct l62_html_table table = {page->out, columns, G_N_ELEMENTS(columns), 0};
	json_t *frees = json_object_get(page->root, "wrongFrees"), *one;
	size_t i;

	if (!json_array_size(frees))
		return;
	g_string_append(page->out, "<section aria-labelledby=\"h-wrong\">\n"
	                           "<h2 id=\"h-wrong\">Freed by the wrong routine</h2>\n");
	l62_html_table_start(&table, "Freed by the wrong routine");
	json_array_foreach(frees, i, one)
	{
		l62_html_row_start(&table);
		l62_html_cell_text(&table, text_of(one, "kind"));
		l62_html_cell_code(&table, text_of(one, "madeBy"));
		l62_html_cell_code(&table, text_of(one, "givenTo"));
		l62_html_cell_number(&table, number_of(one, "count"));
		put_place_cell(page, &table, json_object_get(one, "caller"),
		               json_object_get(one, "stack"));
		l62_html_row_end(&table);
	}
	l62_html_table_end(&table);
	g_string_append(page->out, "</section>\n");
}

static void put_fault_table(const struct run_page *page, json_t *injected)
{
	static const struct l62_html_column columns[] = {
	        {"Call", true}, {"Routine", false}, {"Answer", false}, {"By", false}};
	struct l62_html_table table = {page->out, columns, G_N_ELEMENTS(columns), 0};
	size_t i;
	json_t *fault;

	l62_html_table_start(&table, "Injected faults");
	json_array_foreach(injected, i, fault)
	{
		const char *status = text_of(fault, "status");

		l62_html_row_start(&table);
		l62_html_cell_number(&table, number_of(fault, "call"));
		l62_html_cell_code(&table, text_of(fault, "routine"));
		l62_html_cell_start(&table);
		l62_html_put(page->out, "%s <code>%s</code>",
		             json_is_true(json_object_get(fault, "raised")) ? "raised"
		                                                            : "returned",
		             *status ? status : "NULL");
		l62_html_cell_end(&table);
		put_place_cell(page, &table, json_object_get(fault, "caller"),
		               json_object_get(fault, "stack"));
		l62_html_row_end(&table);
	}
	l62_html_table_end(&table);
}

static void put_faults(const struct run_page *page)
{
	json_t *faults = json_object_get(page->root, "faults");
	json_t *injected = json_object_get(faults, "injected");

	g_string_append(page->out, "<section aria-labelledby=\"h-faults\">\n"
	                           "<h2 id=\"h-faults\">Injected faults</h2>\n");
	if (!json_array_size(injected)) {
		g_string_append(page->out, "<p class=\"empty\">No call was made to fail.</p>\n"
		                           "</section>\n");
		return;
	}
	l62_html_put(page->out, "<p>%lld of %lld calls that can fail were made to.</p>\n",
	             number_of(faults, "count"), number_of(faults, "calls"));
	put_fault_table(page, injected);
	if (*text_of(faults, "replay"))
		l62_html_put(page->out,
		             "<p>The same calls fail again with</p>\n"
		             "<pre class=\"command\" tabindex=\"0\"><code>%s</code></pre>\n",
		             text_of(faults, "replay"));
	g_string_append(page->out, "</section>\n");
}

GString *l62_html_run_page(const struct l62_html_book *book, guint index)
{
	const struct l62_html_run *run = g_ptr_array_index(book->report->runs, index);
	struct run_page page = {.book = book, .root = run->root};
	g_autofree char *title = g_strdup_printf(
	        "Run of %s - leak62", text_of(json_object_get(run->root, "driver"), "name"));

	page.out = l62_html_page_start(title, "run", "index.html", "Report");
	put_head(&page);
	put_timeline(&page);
	put_blocks(&page);
	put_left(&page);
	put_wrong_frees(&page);
	put_faults(&page);
	l62_html_page_end(page.out, book, "<kbd>Esc</kbd> back");
	return page.out;
}
