/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See story.h. */
#include "story.h"

#include "leak62/witness.h"
#include "life.h"
#include "put.h"

struct story_page {
	GString *out;
	const struct l62_finding *finding;
	const struct l62_story *story;
	const struct l62_html_panes *panes;
};

static void put_entry(const struct story_page *page, const struct l62_step *entry,
                      const char *before)
{
	l62_html_put(page->out, "%s%s ", before, entry->message);
	l62_html_panes_link(page->panes, page->out, &entry->at);
}

static void put_event(const struct story_page *page, const struct l62_story_event *event)
{
	l62_html_put(page->out, "<li class=\"%s\"><span>%s</span> ",
	             l62_html_act_class(event->act), event->message);
	l62_html_panes_link(page->panes, page->out, &event->at);
	if (event->from->len == 1) {
		g_string_append(page->out, "<span class=\"from\">");
		put_entry(page, g_ptr_array_index(event->from, 0), "from ");
		g_string_append(page->out, "</span>");
	} else if (event->from->len) {
		l62_html_put(page->out,
		             "\n<details><summary>from %u entry points</summary><ul>\n",
		             event->from->len);
		for (guint i = 0; i < event->from->len; i++) {
			g_string_append(page->out, "<li>");
			put_entry(page, g_ptr_array_index(event->from, i), "");
			g_string_append(page->out, "</li>\n");
		}
		g_string_append(page->out, "</ul></details>");
	}
	g_string_append(page->out, "</li>\n");
}

static void put_events(const struct story_page *page)
{
	const GPtrArray *events = page->story->events;

	for (guint i = 0; i < events->len; i++) {
		const struct l62_story_event *event = g_ptr_array_index(events, i);
		const struct l62_story_event *last =
		        i ? g_ptr_array_index(events, i - 1) : NULL;

		if (!last || last->phase != event->phase)
			l62_html_put(page->out, "<h3>%s</h3>\n<ul class=\"events\">\n",
			             l62_html_phase_name(event->phase));
		put_event(page, event);
		if (i + 1 == events->len ||
		    ((const struct l62_story_event *)g_ptr_array_index(events, i + 1))->phase !=
		            event->phase)
			g_string_append(page->out, "</ul>\n");
	}
}

static void put_doubts(const struct story_page *page)
{
	const struct l62_story *story = page->story;

	if (story->incomplete)
		g_string_append(page->out,
		                "<p class=\"note\">Not simulated to the end, too many "
		                "states: on which ways it is lost is not known.</p>\n");
	if (!story->doubts->len)
		return;
	g_string_append(page->out,
	                "<h3>Given up</h3>\n<p>Nothing is claimed of ways that go on "
	                "from there.</p>\n<ul class=\"events\">\n");
	for (guint i = 0; i < story->doubts->len; i++) {
		const struct l62_step *doubt = g_ptr_array_index(story->doubts, i);

		l62_html_put(page->out, "<li class=\"nothing\"><span>%s</span> ",
		             doubt->message);
		l62_html_panes_link(page->panes, page->out, &doubt->at);
		g_string_append(page->out, "</li>\n");
	}
	g_string_append(page->out, "</ul>\n");
}

static void put_legend(const struct story_page *page)
{
	bool released = false;

	g_string_append(
	        page->out,
	        "<p class=\"legend\"><span><span class=\"key owned\"></span>Owned</span> "
	        "<span><span class=\"key lost\"></span>allocated, nobody points to it"
	        "</span> <span><span class=\"key empty\"></span>Empty</span>");
	for (guint i = 0; i < page->story->events->len; i++) {
		const struct l62_story_event *event = g_ptr_array_index(page->story->events, i);

		released |= event->act == L62_ACT_RELEASE;
	}
	if (released)
		g_string_append(page->out,
		                " <span class=\"ring\">A green ring is a release on ways "
		                "that the finding does not take.</span>");
	g_string_append(page->out, "</p>\n");
}

static void put_life(const struct story_page *page)
{
	const GPtrArray *slots = page->story->slots;

	g_string_append(page->out, "<section aria-labelledby=\"h-life\">\n"
	                           "<h2 id=\"h-life\">Life cycle");
	for (guint i = 0; i < slots->len; i++)
		l62_html_put(page->out, "%s<code>%s</code>",
		             i == 0   ? " of "
		             : i == 1 ? ", also in "
		                      : ", ",
		             (const char *)g_ptr_array_index(slots, i));
	g_string_append(page->out, "</h2>\n<div class=\"life-beside\">\n<div>\n");
	l62_html_life(page->out, page->finding, page->story);
	put_legend(page);
	g_string_append(page->out, "</div>\n<div class=\"story\">\n");
	put_events(page);
	put_doubts(page);
	g_string_append(page->out, "</div>\n</div>\n</section>\n");
}

void l62_html_story(GString *out, const struct l62_finding *finding,
                    const struct l62_story *story, const struct l62_html_panes *panes)
{
	const struct story_page page = {out, finding, story, panes};

	put_life(&page);
}

static bool is_of_state(const struct l62_demand *demand)
{
	return demand->kind == L62_DEMAND_STATE || demand->kind == L62_DEMAND_OTHER;
}

static void put_demands(const struct story_page *page, const struct l62_witness *witness)
{
	unsigned shown = 0;

	for (guint i = 0; i < witness->demands->len; i++) {
		const struct l62_demand *demand =
		        &g_array_index(witness->demands, struct l62_demand, i);

		if (is_of_state(demand))
			continue;
		shown++;
		l62_html_put(page->out, "<li class=\"store\"><span>%s</span> ", demand->text);
		if (demand->at.file && *demand->at.file)
			l62_html_panes_link(page->panes, page->out, &demand->at);
		g_string_append(page->out, "</li>\n");
	}
	if (!shown)
		g_string_append(page->out, "<li class=\"store\">nothing in particular</li>\n");
	for (guint i = 0; i < witness->demands->len; i++) {
		const struct l62_demand *demand =
		        &g_array_index(witness->demands, struct l62_demand, i);

		if (demand->fresh)
			l62_html_put(page->out, "<li><b>as after load</b> %s</li>\n",
			             demand->text);
	}
}

void l62_html_witness(GString *out, const struct l62_finding *finding,
                      const struct l62_html_panes *panes)
{
	const struct story_page page = {out, finding, NULL, panes};
	const struct l62_witness *witness = l62_witness_of(finding);

	if (!witness)
		return;
	l62_html_put(out,
	             "<section aria-labelledby=\"h-witness\">\n"
	             "<h2 id=\"h-witness\">To get there, by <code>%s</code>%s%s%s</h2>\n"
	             "<ul class=\"events\">\n",
	             witness->entry, witness->role ? " (" : "", witness->role,
	             witness->role ? ")" : "");
	put_demands(&page, witness);
	for (guint i = 0; i < witness->calls->len; i++) {
		const struct l62_step *call = g_ptr_array_index(witness->calls, i);

		l62_html_put(out, "<li><span>%s</span> ", call->message);
		l62_html_panes_link(panes, out, &call->at);
		g_string_append(out, "</li>\n");
	}
	for (guint i = 0; i < witness->gaps->len; i++)
		l62_html_put(out, "<li class=\"acquire\"><b>not known</b> %s</li>\n",
		             (const char *)g_ptr_array_index(witness->gaps, i));
	g_string_append(out, "</ul>\n</section>\n");
}
