/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The page of a driver: counts, the list of its findings with filters, and what is not
 * known of it.  The filters are the script's; without it all findings are shown.
 */
#include <string.h>

#include "page.h"
#include "put.h"

struct driver_page {
	GString *out;
	const struct l62_html_book *book;
	guint index;
	const struct l62_html_driver *driver;
	const struct l62_result *result;
};

static gint by_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static const char *proof_of(const struct l62_finding *finding)
{
	const char *name = l62_proof_name(finding->proof.verdict);

	return name ? name : "not tried";
}

static void put_tile(GString *out, unsigned count, const char *what, const char *class)
{
	l62_html_put(out, "<li class=\"%s\"><b>%u</b> <span>%s</span></li>\n", class, count,
	             what);
}

static unsigned count_proof(const struct l62_result *result, enum l62_proof_verdict verdict)
{
	unsigned count = 0;

	for (guint i = 0; i < result->findings->len; i++) {
		const struct l62_finding *finding = g_ptr_array_index(result->findings, i);

		count += finding->proof.verdict == verdict;
	}
	return count;
}

static bool has_proofs(const struct l62_result *result)
{
	return count_proof(result, L62_PROOF_NONE) < result->findings->len;
}

static void put_tiles(const struct driver_page *page)
{
	const struct l62_result *result = page->result;
	unsigned open = l62_result_count(result, L62_NOT_SUPPRESSED);
	unsigned failed = result->failed->len;

	g_string_append(page->out, "<ul class=\"tiles\" aria-label=\"Counts\">\n");
	put_tile(page->out, open, open == 1 ? "finding" : "findings", open ? "bad" : "good");
	if (has_proofs(result)) {
		put_tile(page->out, count_proof(result, L62_PROOF_CONFIRMED), "confirmed",
		         "confirmed");
		put_tile(page->out, count_proof(result, L62_PROOF_REFUTED), "refuted",
		         "refuted");
		put_tile(page->out, count_proof(result, L62_PROOF_NOT_REACHED), "not reached",
		         "unreached");
	}
	if (result->findings->len > open)
		put_tile(page->out, result->findings->len - open, "suppressed", "quiet");
	put_tile(page->out, result->tus - failed,
	         result->tus - failed == 1 ? "file analysed" : "files analysed", "");
	put_tile(page->out, failed, failed == 1 ? "file failed" : "files failed",
	         failed ? "bad" : "");
	put_tile(page->out, result->functions, "functions", "");
	put_tile(page->out, result->incomplete->len, "functions incomplete",
	         result->incomplete->len ? "warn" : "");
	put_tile(page->out, result->slots->len, "slots incomplete",
	         result->slots->len ? "warn" : "");
	put_tile(page->out, result->sites, "allocation sites", "");
	put_tile(page->out, result->entry_points, "entry points", "");
	g_string_append(page->out, "</ul>\n");
}

/* What of a finding a filter goes by; a new string. */
static char *facet(const struct driver_page *page, const struct l62_finding *finding,
                   const char *what)
{
	char tag[5];

	if (strcmp(what, "rule") == 0)
		return g_strdup(finding->rule->name);
	if (strcmp(what, "file") == 0)
		return l62_html_path(page->book->report->root, finding->at.file);
	if (strcmp(what, "proof") == 0)
		return g_strdup(proof_of(finding));
	if (!finding->tag || !*finding->tag)
		return g_strdup("none");
	l62_html_tag(finding->tag, tag);
	return g_strdup(tag);
}

static void put_select(const struct driver_page *page, const char *what, const char *label)
{
	g_autoptr(GHashTable) counts =
	        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autofree gpointer *keys = NULL;
	guint count;

	for (guint i = 0; i < page->result->findings->len; i++) {
		char *value = facet(page, g_ptr_array_index(page->result->findings, i), what);
		guint old = GPOINTER_TO_UINT(g_hash_table_lookup(counts, value));

		g_hash_table_insert(counts, value, GUINT_TO_POINTER(old + 1));
	}
	keys = g_hash_table_get_keys_as_array(counts, &count);
	qsort(keys, count, sizeof *keys, by_text);
	l62_html_put(page->out,
	             "<label><span>%s</span><select data-facet=\"%s\">"
	             "<option value=\"\">all</option>",
	             label, what);
	for (guint i = 0; i < count; i++)
		l62_html_put(page->out, "<option value=\"%s\">%s (%u)</option>",
		             (const char *)keys[i], (const char *)keys[i],
		             GPOINTER_TO_UINT(g_hash_table_lookup(counts, keys[i])));
	g_string_append(page->out, "</select></label>\n");
}

static void put_filters(const struct driver_page *page)
{
	g_string_append(
	        page->out,
	        "<form id=\"filter\" role=\"search\" aria-label=\"Filter the findings\" "
	        "hidden>\n"
	        "<label class=\"wide\"><span>Filter</span>"
	        "<input id=\"q\" type=\"search\" autocomplete=\"off\" "
	        "placeholder=\"function, message, id\"></label>\n");
	put_select(page, "rule", "Rule");
	put_select(page, "file", "File");
	put_select(page, "tag", "Tag");
	if (has_proofs(page->result))
		put_select(page, "proof", "Proof");
	if (l62_result_count(page->result, L62_NOT_SUPPRESSED) < page->result->findings->len)
		g_string_append(page->out,
		                "<label class=\"check\"><input type=\"checkbox\" id=\"quiet\">"
		                "<span>show suppressed</span></label>\n");
	g_string_append(page->out, "<button type=\"reset\">Clear</button>\n</form>\n"
	                           "<p id=\"shown\" role=\"status\"></p>\n");
}

static void put_finding(const struct driver_page *page, const struct l62_finding *finding)
{
	static const char *const facets[] = {"rule", "file", "tag", "proof"};
	g_autofree char *site = l62_html_path(page->book->report->root, finding->site.file);
	GString *out = page->out;

	g_string_append(out, "<li");
	for (size_t i = 0; i < G_N_ELEMENTS(facets); i++) {
		g_autofree char *value = facet(page, finding, facets[i]);

		l62_html_put(out, " data-%s=\"%s\"", facets[i], value);
	}
	if (finding->suppressor != L62_NOT_SUPPRESSED)
		g_string_append(out, " data-quiet");
	l62_html_put(out,
	             "><a class=\"finding\" href=\"%s\">\n<span class=\"top\">"
	             "<span class=\"rule %s\">%s</span>",
	             l62_html_name_of_finding(page->book, page->index, finding),
	             finding->rule->level, finding->rule->name);
	if (finding->proof.verdict != L62_PROOF_NONE)
		l62_html_put(out, " <span class=\"proof p%d\">%s</span>",
		             (int)finding->proof.verdict, proof_of(finding));
	if (finding->suppressor != L62_NOT_SUPPRESSED)
		g_string_append(out, " <span class=\"proof\">suppressed</span>");
	if (finding->tag && *finding->tag) {
		char tag[5];

		l62_html_tag(finding->tag, tag);
		l62_html_put(out, " <span class=\"tag\">%s</span>", tag);
	}
	if (finding->has_size)
		l62_html_put(out, " <span class=\"size\">%llu bytes</span>",
		             (unsigned long long)finding->size);
	l62_html_put(out,
	             " <span class=\"id\">%s</span></span>\n"
	             "<span class=\"place\">%s(%d)</span> "
	             "<span class=\"symbol\">%s!%s</span>\n"
	             "<span class=\"message\">%s</span></a></li>\n",
	             finding->id, site, finding->site.line, page->driver->name,
	             finding->function, finding->message);
}

static void put_list(const struct driver_page *page)
{
	const GPtrArray *findings = page->result->findings;

	g_string_append(page->out, "<section aria-labelledby=\"h-findings\">\n"
	                           "<h2 id=\"h-findings\">Findings</h2>\n");
	if (findings->len == 0) {
		g_string_append(page->out, "<p class=\"empty\">No finding.</p>\n</section>\n");
		return;
	}
	put_filters(page);
	g_string_append(page->out, "<ol id=\"findings\">\n");
	for (guint i = 0; i < findings->len; i++)
		put_finding(page, g_ptr_array_index(findings, i));
	g_string_append(page->out, "</ol>\n</section>\n");
}

static void put_names(GString *out, const char *heading, const GPtrArray *names,
                      const char *meaning)
{
	if (names->len == 0)
		return;
	l62_html_put(out,
	             "<details><summary>%s <span class=\"count\">%u</span></summary>\n"
	             "<p>%s</p>\n<ul class=\"names\">\n",
	             heading, names->len, meaning);
	for (guint i = 0; i < names->len; i++)
		l62_html_put(out, "<li><code>%s</code></li>\n",
		             (const char *)g_ptr_array_index(names, i));
	g_string_append(out, "</ul></details>\n");
}

static void put_failed(const struct driver_page *page)
{
	const GPtrArray *failed = page->result->failed;

	if (failed->len == 0)
		return;
	l62_html_put(
	        page->out,
	        "<details open><summary>Files that were not analysed "
	        "<span class=\"count\">%u</span></summary>\n"
	        "<p>No finding in them means nothing. Nearly always a header or a macro is "
	        "missing.</p>\n<ul class=\"names\">\n",
	        failed->len);
	for (guint i = 0; i < failed->len; i++) {
		const struct l62_failed_tu *tu = g_ptr_array_index(failed, i);
		g_autofree char *path = l62_html_path(page->book->report->root, tu->source);

		l62_html_put(page->out, "<li><code>%s</code><br>%s</li>\n", path, tu->error);
	}
	g_string_append(page->out, "</ul></details>\n");
}

static void put_unknown(const struct driver_page *page)
{
	const struct l62_result *result = page->result;
	gsize before;

	g_string_append(page->out, "<section aria-labelledby=\"h-unknown\">\n"
	                           "<h2 id=\"h-unknown\">What is not known</h2>\n");
	before = page->out->len;
	if (!result->has_driver_entry)
		g_string_append(page->out,
		                "<p class=\"note\">No DriverEntry was found: leaks at "
		                "unload are only found where it is seen.</p>\n");
	if (!result->has_unload)
		g_string_append(page->out,
		                "<p class=\"note\">No unload routine was found: a driver "
		                "without one cannot be unloaded, and bug check 0x62 "
		                "does not apply to it.</p>\n");
	put_failed(page);
	put_names(page->out, "Functions incomplete", result->incomplete,
	          "Too big to be followed to their ends; there may be more to find in them.");
	put_names(page->out, "Slots incomplete", result->slots,
	          "Their life has too many states to be simulated to its end.");
	put_names(page->out, "Frameworks that are not modelled", result->frameworks,
	          "What they do with what they are given is not known.");
	put_names(page->out, "Functions without a body in the files given", result->unknown,
	          "They are called, the most called ones first; they are taken to keep nothing "
	          "unless they are known.");
	if (page->out->len == before)
		g_string_append(page->out,
		                "<p class=\"empty\">Every file was analysed and every "
		                "function followed to its end.</p>\n");
	g_string_append(page->out, "</section>\n");
}

static void put_runs(const struct driver_page *page)
{
	const GPtrArray *runs = page->book->report->runs;

	if (runs->len == 0 || page->book->report->drivers->len > 1)
		return;
	g_string_append(page->out, "<section aria-labelledby=\"h-runs\">\n"
	                           "<h2 id=\"h-runs\">Runs</h2>\n<ul class=\"cards\">\n");
	for (guint i = 0; i < runs->len; i++) {
		const struct l62_html_run *run = g_ptr_array_index(runs, i);
		g_autofree char *name = g_path_get_basename(run->path);

		l62_html_put(page->out, "<li><a href=\"%s\">%s</a> %s</li>\n",
		             l62_html_name_of_run(page->book, i), name,
		             json_string_value(json_object_get(run->root, "verdict")));
	}
	g_string_append(page->out, "</ul>\n</section>\n");
}

GString *l62_html_driver_page(const struct l62_html_book *book, guint index)
{
	bool several = book->report->drivers->len > 1;
	const struct l62_html_driver *driver = g_ptr_array_index(book->report->drivers, index);
	g_autofree char *title = g_strdup_printf("%s - leak62", driver->name);
	struct driver_page page = {
	        .out = l62_html_page_start(title, "driver", several ? "index.html" : NULL,
	                                   "All drivers"),
	        .book = book,
	        .index = index,
	        .driver = driver,
	        .result = driver->result,
	};

	l62_html_put(page.out, "<h1><span class=\"eyebrow\">Driver</span> %s</h1>\n",
	             driver->name);
	put_tiles(&page);
	put_list(&page);
	put_runs(&page);
	put_unknown(&page);
	l62_html_page_end(page.out, book,
	                  "<kbd>j</kbd> <kbd>k</kbd> next and previous finding, "
	                  "<kbd>Enter</kbd> open it, <kbd>/</kbd> filter, <kbd>Esc</kbd> back");
	return page.out;
}
