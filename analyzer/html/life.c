/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The life cycle as SVG, 340 units wide so that it needs no shrinking on a phone:
 *
 *	 Load        .   Empty: a thin rail
 *	 Dispatch    O   acquired by ...
 *	             #   Owned: a thick rail, from the finding's own allocation on
 *	 Unload      o   releases nothing
 *	             X   unloaded: bug check 0xC4, 0x62
 *
 * Behind the place where the last pointer is lost the thick rail is dashed.
 */
#include "life.h"

#include <string.h>

#include "put.h"
#include "report/printable.h"

enum {
	WIDTH = 340,
	RAIL_X = 26,
	TEXT_X = 46,
	LINE_HEIGHT = 15,
	LINE_LONGEST = 40, /* characters */
	LINES_MOST = 4,
	HEAD = 26,
	PADDING = 8,
	EVENTS_MOST = 12, /* of a phase */
};

enum state { EMPTY, OWNED, LOST };

struct drawing {
	GString *bands, *rails, *rest; /* from the back to the front */
	int y;
	enum state state;
	int state_from;
};

static void end_rail(struct drawing *drawing)
{
	static const char *const classes[] = {"empty", "owned", "lost"};

	if (drawing->y > drawing->state_from)
		l62_html_put(drawing->rails,
		             "<line class=\"rail %s\" x1=\"%d\" y1=\"%d\" x2=\"%d\" "
		             "y2=\"%d\"/>\n",
		             classes[drawing->state], RAIL_X, drawing->state_from, RAIL_X,
		             drawing->y);
	drawing->state_from = drawing->y;
}

/* Where to break a line of at most LINE_LONGEST characters; bytes. */
static size_t break_at(const char *text)
{
	const char *end = text, *space = NULL;
	int count = 0;

	for (; *end && count < LINE_LONGEST; end = g_utf8_next_char(end), count++)
		if (*end == ' ')
			space = end;
	if (!*end)
		return (size_t)(end - text);
	return (size_t)((space && space > text ? space : end) - text);
}

/* Text on several lines; returns their number. */
static int put_text(struct drawing *drawing, const char *class, const char *message)
{
	g_autofree char *printable = l62_printable_new(message);
	const char *text = printable;
	int lines = 0;

	l62_html_put(drawing->rest, "<text class=\"%s\">", class);
	while (*text && lines < LINES_MOST) {
		size_t length = break_at(text);
		g_autofree char *part = g_strndup(text, length);
		bool more;

		text += length;
		text += strspn(text, " ");
		lines++;
		more = *text && lines == LINES_MOST;
		l62_html_put(drawing->rest, "<tspan x=\"%d\" y=\"%d\">%s%s</tspan>", TEXT_X,
		             drawing->y + lines * LINE_HEIGHT - 4, part, more ? "…" : "");
	}
	g_string_append(drawing->rest, "</text>\n");
	return lines;
}

static bool is_at(const struct l62_story_event *event, const struct l62_location *at)
{
	return event->at.line == at->line && strcmp(event->at.file, at->file) == 0;
}

static void put_event(struct drawing *drawing, const struct l62_finding *finding,
                      const struct l62_story_event *event)
{
	bool finding_itself = event->act == L62_ACT_LOSE && !finding->flow[1]->len;
	const char *message = finding_itself ? "the last pointer is lost here" : event->message;
	int dot = drawing->y + LINE_HEIGHT / 2 + 1, top = drawing->y;

	if (event->act == L62_ACT_ACQUIRE && drawing->state == EMPTY &&
	    is_at(event, &finding->site)) {
		drawing->y = dot;
		end_rail(drawing);
		drawing->state = OWNED;
		drawing->y = top;
	} else if (event->act == L62_ACT_LOSE && drawing->state == OWNED &&
	           is_at(event, &finding->at)) {
		drawing->y = dot;
		end_rail(drawing);
		drawing->state = LOST;
		drawing->y = top;
	}
	l62_html_put(drawing->rest, "<circle class=\"dot %s\" cx=\"%d\" cy=\"%d\" r=\"5\"/>\n",
	             l62_html_act_class(event->act), RAIL_X, dot);
	drawing->y += put_text(drawing, "event", message) * LINE_HEIGHT + PADDING;
}

/* The phase at whose end a later request or the freeing of its owner takes the last pointer
 * away, which is no event of the story; else L62_PHASE_NOWHERE. */
static enum l62_phase lost_in(const struct l62_finding *finding, const struct l62_story *story)
{
	if (!finding->flow[1]->len)
		return L62_PHASE_NOWHERE;
	if (strcmp(finding->rule->name, "LeakWithOwner") == 0)
		return L62_PHASE_TEARDOWN;
	for (guint i = 0; i < story->events->len; i++) {
		const struct l62_story_event *event = g_ptr_array_index(story->events, i);

		if (strcmp(finding->rule->name, "LeakOnOverwrite") == 0 &&
		    event->act == L62_ACT_ACQUIRE && is_at(event, &finding->site))
			return event->phase;
	}
	return L62_PHASE_NOWHERE;
}

static void put_loss(struct drawing *drawing, const struct l62_finding *finding)
{
	const GArray *steps = finding->flow[1];
	const struct l62_step *last = &g_array_index(steps, struct l62_step, steps->len - 1);
	const struct l62_story_event event = {
	        .act = L62_ACT_LOSE, .at = finding->at, .message = last->message};

	put_event(drawing, finding, &event);
}

/* Events of a phase; those that say the same of the same place stand once. */
static void put_phase(struct drawing *drawing, const struct l62_finding *finding,
                      const struct l62_story *story, enum l62_phase phase)
{
	unsigned shown = 0, left_out = 0;
	int top = drawing->y;

	l62_html_put(drawing->rest, "<text class=\"phase\" x=\"%d\" y=\"%d\">%s</text>\n",
	             TEXT_X, drawing->y + 17, l62_html_phase_name(phase));
	drawing->y += HEAD;
	for (guint i = 0; i < story->events->len; i++) {
		const struct l62_story_event *event = g_ptr_array_index(story->events, i);

		if (event->phase != phase)
			continue;
		if (shown++ < EVENTS_MOST)
			put_event(drawing, finding, event);
		else
			left_out++;
	}
	if (phase == lost_in(finding, story) && drawing->state == OWNED)
		put_loss(drawing, finding);
	if (left_out) {
		g_autofree char *more = g_strdup_printf("and %u more, in the list", left_out);

		drawing->y += put_text(drawing, "quiet", more) * LINE_HEIGHT + PADDING;
	}
	if (!shown)
		drawing->y +=
		        put_text(drawing, "quiet", "nothing happens to it") * LINE_HEIGHT +
		        PADDING;
	l62_html_put(drawing->bands,
	             "<rect class=\"band\" x=\"1\" y=\"%d\" width=\"%d\" height=\"%d\" "
	             "rx=\"6\"/>\n",
	             top, WIDTH - 2, drawing->y - top);
	drawing->y += PADDING;
}

static bool has_phase(const struct l62_story *story, enum l62_phase phase)
{
	for (guint i = 0; i < story->events->len; i++) {
		const struct l62_story_event *event = g_ptr_array_index(story->events, i);

		if (event->phase == phase)
			return true;
	}
	return false;
}

static const char *end_text(const struct l62_finding *finding, enum state state)
{
	if (strcmp(finding->rule->name, "WrongFree") == 0)
		return "Unloaded: given to the wrong routine, never freed as it has to be";
	if (finding->counted)
		return state == LOST
		               ? "Unloaded: still allocated, nobody points to it: bug check "
		                 "0xC4, Arg1 0x62"
		               : "Unloaded: still Owned: bug check 0xC4, Arg1 0x62";
	return state == LOST ? "Unloaded: still held, nobody points to it"
	                     : "Unloaded: still Owned";
}

static void put_end(struct drawing *drawing, const struct l62_finding *finding)
{
	int x = RAIL_X, y = drawing->y + LINE_HEIGHT / 2 + 1, top = drawing->y;

	drawing->y = y;
	end_rail(drawing);
	drawing->y = top;
	l62_html_put(drawing->rest, "<path class=\"end\" d=\"M%d %dL%d %dM%d %dL%d %d\"/>\n",
	             x - 6, y - 6, x + 6, y + 6, x + 6, y - 6, x - 6, y + 6);
	drawing->y +=
	        put_text(drawing, "end", end_text(finding, drawing->state)) * LINE_HEIGHT +
	        PADDING;
}

/* The drawing in words. */
static void put_words(GString *out, const struct l62_finding *finding,
                      const struct l62_story *story, enum state state)
{
	const char *from = "";

	for (enum l62_phase phase = L62_PHASE_LOAD; phase <= L62_PHASE_NOWHERE; phase++) {
		if (phase == L62_PHASE_NOWHERE && !has_phase(story, phase))
			continue;
		l62_html_put(out, "%s%s: ", from, l62_html_phase_name(phase));
		from = " ";
		if (!has_phase(story, phase))
			g_string_append(out, "nothing happens to it.");
		for (guint i = 0, n = 0; i < story->events->len && n < EVENTS_MOST; i++) {
			const struct l62_story_event *event =
			        g_ptr_array_index(story->events, i);

			if (event->phase != phase)
				continue;
			l62_html_put(out, "%s%s", n++ ? "; " : "", event->message);
		}
		g_string_append_c(out, '.');
	}
	l62_html_put(out, " %s.", end_text(finding, state));
}

void l62_html_life(GString *out, const struct l62_finding *finding,
                   const struct l62_story *story)
{
	struct drawing drawing = {.bands = g_string_new(NULL),
	                          .rails = g_string_new(NULL),
	                          .rest = g_string_new(NULL)};

	drawing.y = 1;
	if (has_phase(story, L62_PHASE_NOWHERE))
		put_phase(&drawing, finding, story, L62_PHASE_NOWHERE);
	for (enum l62_phase phase = L62_PHASE_LOAD; phase <= L62_PHASE_TEARDOWN; phase++)
		put_phase(&drawing, finding, story, phase);
	put_end(&drawing, finding);

	l62_html_put(
	        out,
	        "<svg class=\"life\" role=\"img\" aria-labelledby=\"life-title life-words\" "
	        "viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">\n"
	        "<title id=\"life-title\">Life cycle</title>\n<desc id=\"life-words\">",
	        WIDTH, drawing.y, WIDTH, drawing.y);
	put_words(out, finding, story, drawing.state);
	g_string_append(out, "</desc>\n");
	g_string_append_len(out, drawing.bands->str, (gssize)drawing.bands->len);
	g_string_append_len(out, drawing.rails->str, (gssize)drawing.rails->len);
	g_string_append_len(out, drawing.rest->str, (gssize)drawing.rest->len);
	g_string_append(out, "</svg>\n");
	g_string_free(drawing.bands, TRUE);
	g_string_free(drawing.rails, TRUE);
	g_string_free(drawing.rest, TRUE);
}
