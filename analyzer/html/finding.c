/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The page of a finding: what it is, what runs said of it, its steps beside the sources,
 * the life of its slot, how to get there, and what its rule means.
 */
#include <string.h>

#include "page.h"
#include "panes.h"
#include "put.h"
#include "story.h"

struct finding_page {
	GString *out;
	const struct l62_html_book *book;
	const struct l62_html_driver *driver;
	guint driver_index, index;
	const struct l62_finding *finding;
	const struct l62_story *story;
	struct l62_html_panes *panes;
};

static const char flow_letters[L62_FLOWS] = {'a', 't'};

static bool same_place(const struct l62_location *a, const struct l62_location *b)
{
	return a->line == b->line && strcmp(a->file, b->file) == 0;
}

static bool is_wrong_free(const struct l62_finding *finding)
{
	return strcmp(finding->rule->name, "WrongFree") == 0;
}

static const char *step_class(const struct l62_finding *finding, const struct l62_step *step,
                              bool last)
{
	if (last && (same_place(&step->at, &finding->at) || finding->flow[1]->len))
		return "lose";
	if (same_place(&step->at, &finding->site))
		return "acquire";
	return "step";
}

static void note_flows(const struct finding_page *page)
{
	const struct l62_finding *finding = page->finding;

	for (int flow = 0; flow < L62_FLOWS; flow++) {
		const GArray *steps = finding->flow[flow];
		bool loses = flow == 1 || finding->flow[1]->len == 0;

		for (guint i = 0; i < steps->len; i++) {
			const struct l62_step *step = &g_array_index(steps, struct l62_step, i);
			g_autofree char *key =
			        g_strdup_printf("%c%u", flow_letters[flow], i + 1);
			g_autofree char *badge = g_strdup_printf(
			        "%s%u", finding->flow[1]->len ? (flow ? "T" : "A") : "", i + 1);

			l62_html_panes_note(
			        page->panes, &step->at,
			        step_class(finding, step, loses && i + 1 == steps->len), key,
			        badge, step->message);
		}
	}
}

static void note_places(const struct finding_page *page)
{
	const struct l62_finding *finding = page->finding;

	if (!finding->flow[0]->len)
		l62_html_panes_note(page->panes, &finding->site, "acquire", NULL, "allocation",
		                    finding->message);
	for (guint i = 0; finding->also && i < finding->also->len; i++) {
		const struct l62_also *also = &g_array_index(finding->also, struct l62_also, i);
		static const char *const classes[] = {"lose", "release", "lose"};
		static const char *const badges[] = {"also lost", "fix", "missing"};

		l62_html_panes_note(
		        page->panes, &also->at, classes[also->role], NULL, badges[also->role],
		        also->role == L62_ALSO_EXIT ? "for the same reason" : also->message);
	}
}

static void put_fact(const struct finding_page *page, const char *what, const char *value,
                     bool code)
{
	if (value && *value)
		l62_html_put(page->out,
		             code ? "<div><dt>%s</dt><dd><code>%s</code></dd></div>\n"
		                  : "<div><dt>%s</dt><dd>%s</dd></div>\n",
		             what, value);
}

static void put_fact_place(const struct finding_page *page, const char *what,
                           const struct l62_location *at)
{
	l62_html_put(page->out, "<div><dt>%s</dt><dd>", what);
	l62_html_panes_link(page->panes, page->out, at);
	g_string_append(page->out, "</dd></div>\n");
}

static void put_facts(const struct finding_page *page)
{
	const struct l62_finding *finding = page->finding;
	g_autofree char *symbol =
	        g_strdup_printf("%s!%s", page->driver->name, finding->function);
	char tag[5], size[32];

	g_string_append(page->out, "<dl class=\"facts\">\n");
	put_fact_place(page, "Allocated at", &finding->site);
	if (!same_place(&finding->at, &finding->site))
		put_fact_place(page, is_wrong_free(finding) ? "Freed at" : "Lost at",
		               &finding->at);
	put_fact(page, "In", symbol, true);
	put_fact(page, "By", finding->api, true);
	put_fact(page, "Kept in",
	         page->story->slots->len ? g_ptr_array_index(page->story->slots, 0)
	                                 : finding->variable,
	         true);
	if (finding->tag && *finding->tag) {
		l62_html_tag(finding->tag, tag);
		put_fact(page, "Tag", tag, true);
	}
	if (finding->has_size) {
		g_snprintf(size, sizeof size, "%llu bytes", (unsigned long long)finding->size);
		put_fact(page, "Size", size, false);
	}
	put_fact(page, "Under 0x62",
	         finding->counted ? "counted by Driver Verifier" : "not counted", false);
	g_string_append(page->out, "</dl>\n");
}

static void put_proof(const struct finding_page *page)
{
	const struct l62_proof *proof = &page->finding->proof;

	if (proof->verdict == L62_PROOF_NONE)
		return;
	l62_html_put(page->out,
	             "<section class=\"box proof-box p%d\" aria-labelledby=\"h-proof\">\n"
	             "<h2 id=\"h-proof\">Proof: %s</h2>\n<p>%s</p>\n",
	             (int)proof->verdict, l62_proof_name(proof->verdict), proof->text);
	if (proof->replay)
		l62_html_put(page->out,
		             "<p>The run can be made again:</p>\n"
		             "<pre class=\"command\" tabindex=\"0\"><code>%s</code></pre>\n",
		             proof->replay);
	if (proof->scenario)
		l62_html_put(page->out, "<p>Scenario: <code>%s</code></p>\n", proof->scenario);
	g_string_append(page->out, "</section>\n");
}

static void put_suppressor(const struct finding_page *page)
{
	const struct l62_finding *finding = page->finding;

	if (finding->suppressor == L62_NOT_SUPPRESSED)
		return;
	g_string_append(page->out, "<section class=\"box\" aria-labelledby=\"h-quiet\">\n"
	                           "<h2 id=\"h-quiet\">Suppressed</h2>\n<p>by ");
	l62_html_panes_link(page->panes, page->out, &finding->suppressed);
	l62_html_put(page->out, "%s%s</p>\n</section>\n", finding->reason ? ": " : "",
	             finding->reason);
}

static void put_flow(const struct finding_page *page, int flow, const char *heading)
{
	const GArray *steps = page->finding->flow[flow];

	if (!steps->len)
		return;
	l62_html_put(page->out, "<h3>%s</h3>\n<ol class=\"steps\">\n", heading);
	for (guint i = 0; i < steps->len; i++) {
		const struct l62_step *step = &g_array_index(steps, struct l62_step, i);
		g_autofree char *base = g_path_get_basename(step->at.file);
		char key[16];

		g_snprintf(key, sizeof key, "%c%u", flow_letters[flow], i + 1);
		l62_html_put(page->out,
		             "<li><a id=\"s-%s\" href=\"#n-%s\"><b class=\"badge\">%s%u</b> "
		             "<span><span class=\"what\">%s</span> "
		             "<span class=\"place\">%s(%d)</span></span></a></li>\n",
		             key, key, page->finding->flow[1]->len ? (flow ? "T" : "A") : "",
		             i + 1, step->message, base, step->at.line);
	}
	g_string_append(page->out, "</ol>\n");
}

static void put_beside(const struct finding_page *page)
{
	bool two = page->finding->flow[1]->len > 0;

	g_string_append(page->out, "<div class=\"beside\">\n"
	                           "<nav class=\"flows\" aria-label=\"Steps\">\n"
	                           "<h2>Steps</h2>\n");
	put_flow(page, 0, two ? "Acquired" : "On this path");
	put_flow(page, 1, "At teardown");
	g_string_append(page->out, "</nav>\n<div class=\"panes\">\n<h2>Source</h2>\n");
	l62_html_panes_put(page->panes, page->out);
	g_string_append(page->out, "</div>\n</div>\n");
}

static void put_rule(const struct finding_page *page)
{
	const struct l62_rule *rule = page->finding->rule;

	l62_html_put(page->out,
	             "<section aria-labelledby=\"h-rule\">\n<h2 id=\"h-rule\">%s, %s</h2>\n"
	             "<p><b>%s</b></p>\n<p>%s</p>\n<p>%s</p>\n<p class=\"quiet\">CWE-%d</p>\n"
	             "</section>\n",
	             rule->id, rule->name, rule->short_text, rule->full_text, rule->help,
	             rule->cwe);
}

static void put_neighbours(const struct finding_page *page)
{
	const GPtrArray *findings = page->driver->result->findings;

	g_string_append(page->out, "<nav class=\"around\" aria-label=\"Other findings\">");
	if (page->index > 0)
		l62_html_put(
		        page->out, "<a rel=\"prev\" href=\"%s\">previous finding</a>",
		        l62_html_name_of_finding(page->book, page->driver_index,
		                                 g_ptr_array_index(findings, page->index - 1)));
	l62_html_put(page->out, "<span>%u of %u</span>", page->index + 1, findings->len);
	if (page->index + 1 < findings->len)
		l62_html_put(
		        page->out, "<a rel=\"next\" href=\"%s\">next finding</a>",
		        l62_html_name_of_finding(page->book, page->driver_index,
		                                 g_ptr_array_index(findings, page->index + 1)));
	g_string_append(page->out, "</nav>\n");
}

GString *l62_html_finding_page(const struct l62_html_book *book, guint driver, guint index,
                               const struct l62_story *story)
{
	struct finding_page page = {
	        .book = book,
	        .driver = g_ptr_array_index(book->report->drivers, driver),
	        .driver_index = driver,
	        .index = index,
	        .story = story,
	        .panes = l62_html_panes_new(book),
	};
	g_autofree char *title = NULL;

	page.finding = g_ptr_array_index(page.driver->result->findings, index);
	title = g_strdup_printf("%s %s - %s - leak62", page.finding->rule->name,
	                        page.finding->id, page.driver->name);
	note_flows(&page);
	note_places(&page);
	page.out =
	        l62_html_page_start(title, "finding-page",
	                            l62_html_name_of_driver(book, driver), page.driver->name);
	put_neighbours(&page);
	l62_html_put(page.out,
	             "<h1><span class=\"rule %s\">%s</span> <span class=\"id\">%s</span></h1>\n"
	             "<p class=\"lead\">%s</p>\n",
	             page.finding->rule->level, page.finding->rule->name, page.finding->id,
	             page.finding->message);
	put_facts(&page);
	put_suppressor(&page);
	put_proof(&page);
	put_beside(&page);
	l62_html_story(page.out, page.finding, story, page.panes);
	l62_html_witness(page.out, page.finding, page.panes);
	put_rule(&page);
	l62_html_page_end(page.out, book,
	                  "<kbd>j</kbd> <kbd>k</kbd> next and previous step, <kbd>Enter</kbd> "
	                  "to its line and back, <kbd>n</kbd> <kbd>p</kbd> next and previous "
	                  "finding, <kbd>Esc</kbd> back");
	l62_html_panes_free(page.panes);
	return page.out;
}
