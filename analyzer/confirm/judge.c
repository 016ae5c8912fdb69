/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * One run after the other, to a verdict for each finding; see leak62/judge.h.
 *
 * What is left belongs to the findings of its place and kind whose path ran; if to none of
 * them, to those whose path ran and that could also have gone another way; if to none, to
 * all: lines may be wrong, what is left is not.
 */
#include <string.h>

#include "judge_internal.h"
#include "judge_kinds.h"

struct l62_judge *l62_judge_new(const struct l62_result *result)
{
	struct l62_judge *judge = g_new0(struct l62_judge, 1);

	judge->result = result;
	judge->cases = g_array_new(FALSE, TRUE, sizeof(struct l62_case));
	judge->unpredicted = g_array_new(FALSE, TRUE, sizeof(struct l62_surprise));
	judge->sites = g_array_new(FALSE, FALSE, sizeof(struct l62_judge_site));
	judge->strings = g_string_chunk_new(1024);
	for (guint i = 0; i < result->findings->len; i++) {
		struct l62_case c = {.finding = g_ptr_array_index(result->findings, i)};

		c.is_wrong_free = strcmp(c.finding->rule->name, "WrongFree") == 0;
		g_array_append_val(judge->cases, c);
	}
	return judge;
}

void l62_judge_free(struct l62_judge *judge)
{
	if (!judge)
		return;
	for (guint i = 0; i < judge->cases->len; i++)
		g_clear_pointer(&g_array_index(judge->cases, struct l62_case, i).ways,
		                g_array_unref);
	g_array_unref(judge->cases);
	g_array_unref(judge->unpredicted);
	g_array_unref(judge->sites);
	g_string_chunk_free(judge->strings);
	g_free(judge);
}

void l62_judge_add_way(struct l62_judge *judge, size_t finding, const char *file, int line)
{
	struct l62_case *c = &g_array_index(judge->cases, struct l62_case, finding);
	struct l62_judge_event way = {g_string_chunk_insert_const(judge->strings, file),
	                              (unsigned)line};

	if (!c->ways)
		c->ways = g_array_new(FALSE, FALSE, sizeof(way));
	g_array_append_val(c->ways, way);
}

void l62_judge_add_site(struct l62_judge *judge, const struct l62_location *at)
{
	struct l62_judge_site site = {.at = *at};

	site.at.file = g_string_chunk_insert_const(judge->strings, at->file);
	g_array_append_val(judge->sites, site);
}

size_t l62_judge_sites(const struct l62_judge *judge, size_t *ran)
{
	*ran = 0;
	for (guint i = 0; i < judge->sites->len; i++)
		*ran += g_array_index(judge->sites, struct l62_judge_site, i).ran;
	return judge->sites->len;
}

static void look_at_sites(struct l62_judge *judge, const struct l62_judge_run *run)
{
	for (guint i = 0; run->traced && i < judge->sites->len; i++) {
		struct l62_judge_site *site =
		        &g_array_index(judge->sites, struct l62_judge_site, i);

		site->ran = site->ran || l62_judge_any_ran(run, &site->at);
	}
}

static const char *keep(struct l62_judge *judge, const char *text)
{
	return text ? g_string_chunk_insert_const(judge->strings, text) : NULL;
}

const char *l62_judge_place(struct l62_judge *judge, const char *file, unsigned line)
{
	const char *slash = strrchr(file, '/'), *back = strrchr(file, '\\');
	const char *name = slash && (!back || slash > back) ? slash + 1
	                   : back                           ? back + 1
	                                                    : file;
	g_autofree char *text = g_strdup_printf("%s(%u)", name, line);

	return g_string_chunk_insert_const(judge->strings, text);
}

static const char *at_text(struct l62_judge *judge, const struct l62_location *at)
{
	return l62_judge_place(judge, at->file, (unsigned)at->line);
}

/* Tells how far this run came, if none has come farther. */
G_GNUC_PRINTF(5, 6)
static void reach(struct l62_judge *judge, struct l62_case *c, const struct l62_judge_run *run,
                  enum l62_stage stage, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	if (c->confirmed || stage <= c->stage)
		return;
	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	c->stage = stage;
	c->text = keep(judge, text);
	c->replay = keep(judge, run->replay);
	c->scenario = keep(judge, run->scenario);
}

static bool is_there(const struct l62_judge_run *run, const struct l62_item *item,
                     const struct l62_location *at)
{
	for (size_t i = 0; i < item->place_count && i < L62_PLACES; i++) {
		if (l62_judge_is_at(run, &item->places[i], at))
			return true;
	}
	return false;
}

/* A reference that the driver counts itself: what it keeps alive is a block of pool. */
static bool is_own_reference(const struct l62_case *c)
{
	return g_strcmp0(c->finding->api, "reference") == 0;
}

static bool is_of(const struct l62_case *c, const struct l62_judge_run *run,
                  const struct l62_item *item)
{
	const char *tag = c->finding->tag;

	if (item->sort == L62_ITEM_WRONG_FREE)
		return c->is_wrong_free && is_there(run, item, &c->finding->at);
	if (item->sort == L62_ITEM_LEDGER && !item->ledger)
		return false;
	/* One that is made where its first reference is taken. */
	if (is_own_reference(c) && item->sort == L62_ITEM_BLOCK)
		return is_there(run, item, &c->finding->site);
	if (!l62_judge_is_kind(item, c->finding->kind))
		return false;
	/* Two allocations may share a line. */
	if (tag && item->sort == L62_ITEM_BLOCK && item->kind &&
	    strcmp(item->kind, "POOL") == 0 && *item->tag && strcmp(item->tag, tag) != 0)
		return false;
	return is_there(run, item, &c->finding->site);
}

static void confirm(struct l62_judge *judge, struct l62_case *c,
                    const struct l62_judge_run *run, const struct l62_item *item)
{
	const struct l62_location *site = &c->finding->site;
	g_autoptr(GString) text = g_string_new(NULL);

	if (c->confirmed)
		return;
	if (item->sort == L62_ITEM_WRONG_FREE) {
		g_string_printf(text, "freed wrongly at %s", at_text(judge, &c->finding->at));
		if (item->noun)
			g_string_append_printf(text, ": %s", item->noun);
	} else {
		g_string_append(text, item->blamed ? "the run stopped for what was not given "
		                                     "back: "
		                                   : "left behind: ");
		if (item->sort == L62_ITEM_BLOCK)
			g_string_append_printf(text, "%" G_GUINT64_FORMAT " bytes of ",
			                       item->size);
		g_string_append(text, item->noun ? item->noun : c->finding->kind);
		if (*item->tag)
			g_string_append_printf(text, " (tag %s)", item->tag);
		if (is_own_reference(c) && item->sort == L62_ITEM_BLOCK && item->place_count &&
		    item->places[0].file)
			g_string_append_printf(text, " from %s, with the reference",
			                       l62_judge_place(judge, item->places[0].file,
			                                       item->places[0].line));
		g_string_append_printf(text, " from %s", at_text(judge, site));
	}
	c->confirmed = true;
	c->text = keep(judge, text->str);
	c->replay = keep(judge, run->replay);
	c->scenario = keep(judge, run->scenario);
}

static enum l62_fit fit_of(const struct l62_case *c, const struct l62_judge_run *run,
                           const struct l62_item *item)
{
	struct l62_walk walk;

	if (!run->traced || c->is_wrong_free)
		return L62_FIT_PATH;
	l62_judge_walk(c, run, item->begin, &walk);
	/* A line that keeps it elsewhere may lie on the path, too. */
	return !walk.whole ? L62_FIT_PLACE : walk.other_way ? L62_FIT_LINES : L62_FIT_PATH;
}

/* NULL: it has no frame of the driver. */
static const struct l62_place *place_of(const struct l62_judge *judge,
                                        const struct l62_judge_run *run,
                                        const struct l62_item *item)
{
	size_t count = MIN(item->place_count, L62_PLACES);

	for (size_t i = 0; i < count; i++) {
		for (guint k = 0; k < judge->sites->len; k++) {
			const struct l62_judge_site *site =
			        &g_array_index(judge->sites, struct l62_judge_site, k);

			if (l62_judge_is_at(run, &item->places[i], &site->at))
				return &item->places[i];
		}
	}
	return count ? &item->places[0] : NULL;
}

static void add_unpredicted(struct l62_judge *judge, const struct l62_judge_run *run,
                            const struct l62_item *item)
{
	const struct l62_place none = {0}, *found = place_of(judge, run, item);
	const struct l62_place *place = found ? found : &none;
	struct l62_unpredicted new = {
	        .kind = keep(judge, item->sort == L62_ITEM_WRONG_FREE ? "WRONG_FREE"
	                            : item->ledger                    ? item->ledger
	                                                              : item->kind),
	        .noun = keep(judge, item->noun),
	        .tag = *item->tag ? keep(judge, item->tag) : NULL,
	        .file = keep(judge, place->file),
	        .function = keep(judge, place->function),
	        .line = place->line,
	        .runs = 1,
	        .replay = keep(judge, run->replay),
	        .scenario = keep(judge, run->scenario),
	};
	struct l62_surprise surprise;

	for (guint i = 0; i < judge->unpredicted->len; i++) {
		struct l62_surprise *old =
		        &g_array_index(judge->unpredicted, struct l62_surprise, i);

		if (old->what.line != new.line || g_strcmp0(old->what.file, new.file) != 0 ||
		    g_strcmp0(old->what.kind, new.kind) != 0 ||
		    g_strcmp0(old->what.function, new.function) != 0)
			continue;
		/* In this run it may be there several times. */
		old->what.runs += old->last_run != judge->runs;
		old->last_run = judge->runs;
		return;
	}
	surprise = (struct l62_surprise){new, judge->runs};
	g_array_append_val(judge->unpredicted, surprise);
}

static bool is_unpredicted(const struct l62_judge *judge, const struct l62_judge_run *run,
                           const struct l62_item *item)
{
	const struct l62_place *place = place_of(judge, run, item);

	for (guint i = 0; i < judge->unpredicted->len; i++) {
		const struct l62_unpredicted *old =
		        &g_array_index(judge->unpredicted, struct l62_surprise, i).what;

		if (old->line == place->line && g_strcmp0(old->file, place->file) == 0 &&
		    g_strcmp0(old->kind, item->kind) == 0)
			return true;
	}
	return false;
}

/* A block that is left and that no finding explains, while the path of one reference ran:
 * it is what the reference kept.  Not if it was left without that path as well. */
static bool judge_reference(struct l62_judge *judge, const struct l62_judge_run *run,
                            const struct l62_item *item)
{
	bool ran = false;

	if (!run->traced || item->sort != L62_ITEM_BLOCK || !item->place_count ||
	    is_unpredicted(judge, run, item))
		return false;
	for (guint i = 0; i < judge->cases->len; i++) {
		struct l62_case *c = &g_array_index(judge->cases, struct l62_case, i);

		if (!is_own_reference(c) || !l62_judge_went(c, run, item->begin))
			continue;
		c->left = ran = true;
		confirm(judge, c, run, item);
	}
	return ran;
}

/* Something that is left, or was freed wrongly. */
static void judge_left(struct l62_judge *judge, const struct l62_judge_run *run,
                       const struct l62_item *item)
{
	enum l62_fit best = L62_FIT_NONE;

	for (guint i = 0; i < judge->cases->len; i++) {
		struct l62_case *c = &g_array_index(judge->cases, struct l62_case, i);

		c->fit = is_of(c, run, item) ? fit_of(c, run, item) : L62_FIT_NONE;
		c->left = c->left || c->fit != L62_FIT_NONE;
		best = MAX(best, c->fit);
	}
	if (best == L62_FIT_NONE && !judge_reference(judge, run, item))
		add_unpredicted(judge, run, item);
	for (guint i = 0; i < judge->cases->len; i++) {
		struct l62_case *c = &g_array_index(judge->cases, struct l62_case, i);

		if (c->fit == L62_FIT_NONE)
			continue;
		if (c->fit == best)
			confirm(judge, c, run, item);
		else
			reach(judge, c, run, L62_STAGE_LEFT,
			      "%s ran, and what it acquired was left, by another path",
			      at_text(judge, &c->finding->site));
	}
}

/* What was acquired at the finding's place and given back: was the path gone with it? */
static void judge_released(struct l62_judge *judge, struct l62_case *c,
                           const struct l62_judge_run *run, const struct l62_item *item)
{
	const char *site = at_text(judge, &c->finding->site), *where;
	struct l62_walk walk;

	l62_judge_walk(c, run, item->begin, &walk);
	if (!walk.whole) {
		reach(judge, c, run, L62_STAGE_NO_EXIT, "%s ran, %s never ran after it", site,
		      at_text(judge, &walk.missing));
		return;
	}
	if (walk.other_way || item->end <= walk.at) {
		where = walk.other_way ? at_text(judge, &walk.way) : NULL;
		reach(judge, c, run, L62_STAGE_OTHER_WAY,
		      where ? "%s ran, but then %s released or kept it before it could be lost"
		            : "%s ran, and what it acquired was released before it could be "
		              "lost%s",
		      site, where ? where : "");
		return;
	}
	if (!run->ended) {
		reach(judge, c, run, L62_STAGE_NOT_ENDED,
		      "%s and the path behind it ran, but the run stopped before the driver "
		      "was unloaded",
		      site);
		return;
	}
	c->refuting++;
	reach(judge, c, run, L62_STAGE_PATH_RAN,
	      "%s and the path behind it ran to their end, what was acquired was released "
	      "later, and the driver was unloaded with nothing of it left",
	      site);
}

/* What a traced run says about a finding of which it has left nothing. */
static void judge_path(struct l62_judge *judge, struct l62_case *c,
                       const struct l62_judge_run *run)
{
	const struct l62_location *site =
	        c->is_wrong_free ? &c->finding->at : &c->finding->site;
	bool acquired = false, has_run = false;

	for (size_t i = 0; i < run->item_count; i++) {
		const struct l62_item *item = &run->items[i];

		if (item->sort == L62_ITEM_WRONG_FREE || !is_of(c, run, item))
			continue;
		acquired = true;
		if ((item->end != L62_ITEM_LEFT || !run->ended) && !c->is_wrong_free)
			judge_released(judge, c, run, item);
	}
	for (size_t i = 0; i < run->event_count && !has_run; i++)
		has_run = l62_judge_ran(run, &run->events[i], site);
	if (!l62_judge_has_code(run, site)) {
		reach(judge, c, run, L62_STAGE_NO_CODE, "the image has no code of %s",
		      at_text(judge, site));
	} else if (!has_run) {
		reach(judge, c, run, L62_STAGE_NO_SITE, "%s never ran", at_text(judge, site));
	} else if (c->is_wrong_free) {
		reach(judge, c, run, L62_STAGE_NOT_ACQUIRED,
		      "%s ran, but not with what it must not free", at_text(judge, site));
	} else if (!acquired) {
		reach(judge, c, run, L62_STAGE_NOT_ACQUIRED,
		      "%s ran, but no run has booked that it acquired anything",
		      at_text(judge, site));
	}
}

void l62_judge_add(struct l62_judge *judge, const struct l62_judge_run *run)
{
	judge->runs++;
	look_at_sites(judge, run);
	for (size_t i = 0; i < run->item_count; i++) {
		const struct l62_item *item = &run->items[i];

		if (item->sort == L62_ITEM_WRONG_FREE ||
		    ((run->ended || item->blamed) && item->end == L62_ITEM_LEFT))
			judge_left(judge, run, item);
	}
	for (guint i = 0; i < judge->cases->len; i++) {
		struct l62_case *c = &g_array_index(judge->cases, struct l62_case, i);

		if (run->traced)
			judge_path(judge, c, run);
		else
			reach(judge, c, run, L62_STAGE_UNTRACED,
			      "nothing of it was left, and which lines ran is not known");
	}
}

struct l62_proof l62_judge_proof(const struct l62_judge *judge, size_t finding)
{
	const struct l62_case *c = &g_array_index(judge->cases, struct l62_case, finding);
	struct l62_proof proof = {L62_PROOF_NOT_REACHED, c->text, c->replay, c->scenario};

	if (c->confirmed)
		proof.verdict = L62_PROOF_CONFIRMED;
	else if (c->refuting && !c->left)
		proof.verdict = L62_PROOF_REFUTED;
	else if (c->stage == L62_STAGE_NO_RUN)
		proof = (struct l62_proof){.verdict = L62_PROOF_NONE};
	return proof;
}

void l62_judge_give(const struct l62_judge *judge, struct l62_result *result)
{
	for (guint i = 0; i < judge->cases->len && i < result->findings->len; i++) {
		struct l62_finding *finding = g_ptr_array_index(result->findings, i);
		struct l62_proof proof = l62_judge_proof(judge, i);
		const char **texts[] = {&proof.text, &proof.replay, &proof.scenario};

		for (size_t t = 0; t < G_N_ELEMENTS(texts); t++) {
			if (*texts[t])
				*texts[t] =
				        g_string_chunk_insert_const(result->strings, *texts[t]);
		}
		finding->proof = proof;
	}
}

static int by_place(gconstpointer a, gconstpointer b)
{
	const struct l62_unpredicted *x = a, *y = b;
	int order = g_strcmp0(x->file, y->file);

	if (order == 0)
		order = (x->line > y->line) - (x->line < y->line);
	return order ? order : g_strcmp0(x->kind, y->kind);
}

size_t l62_judge_unpredicted_count(const struct l62_judge *judge)
{
	g_array_sort(judge->unpredicted, by_place);
	return judge->unpredicted->len;
}

const struct l62_unpredicted *l62_judge_unpredicted(const struct l62_judge *judge, size_t index)
{
	return &g_array_index(judge->unpredicted, struct l62_surprise, index).what;
}
