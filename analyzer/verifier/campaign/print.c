/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What a campaign has found, as text. */
#include <inttypes.h>

#include "campaign.h"

static const struct {
	const char *name, *one, *many;
} kinds[L62_CAMPAIGN_KINDS] = {
        [L62_CAMPAIGN_LEAK] = {"leak", "leak", "leaks"},
        [L62_CAMPAIGN_LEFT] = {"left", "left behind besides pool", "left behind besides pool"},
        [L62_CAMPAIGN_WRONG_FREE] = {"wrongFree", "wrong free", "wrong frees"},
        [L62_CAMPAIGN_BUGCHECK] = {"bugCheck", "bug check", "bug checks"},
        [L62_CAMPAIGN_UNGUARDED] = {"unguarded", "unguarded failure", "unguarded failures"},
        [L62_CAMPAIGN_INCOMPLETE] = {"incomplete", "not completed", "not completed"},
};

const char *l62_campaign_kind_name(enum l62_campaign_kind kind)
{
	return kinds[kind].name;
}

const char *l62_campaign_end_name(enum l62_campaign_end end)
{
	static const char *const names[] = {
	        [L62_CAMPAIGN_COMPLETE] = "complete",    [L62_CAMPAIGN_RUNS] = "runs",
	        [L62_CAMPAIGN_SECONDS] = "seconds",      [L62_CAMPAIGN_STOPPED] = "stopped",
	        [L62_CAMPAIGN_TABLE_FULL] = "tableFull",
	};

	return names[end];
}

/* "handleioctl.c(38)", or the symbol where there are no lines. */
static void print_line(const struct l62_campaign_place *place, FILE *out)
{
	if (place->file)
		fprintf(out, "%s(%" PRIu32 ")", place->file, place->line);
	else if (place->symbol)
		fputs(place->symbol, out);
	else
		fputs("a place that is not known", out);
}

static void print_item(const struct l62_campaign_item *item, FILE *out)
{
	fprintf(out, "  %s%s", item->what, item->what[0] ? ", from " : "at ");
	if (item->place.symbol)
		fputs(item->place.symbol, out);
	else
		print_line(&item->place, out);
	if (item->place.file)
		fprintf(out, " [%s @ %" PRIu32 "]", item->place.file, item->place.line);
	if (item->count > 1)
		fprintf(out, ", %" PRIu64 " times", item->count);
	fputc('\n', out);
}

static void print_finding(const struct l62_campaign_finding *finding, FILE *out)
{
	if (finding->call) {
		fprintf(out, "When %s fails, called at ", finding->routine);
		print_line(&finding->failed_at, out);
	} else {
		fputs("When nothing fails", out);
	}
	if (finding->step && finding->step[0])
		fprintf(out, " (%s)", finding->step);
	fprintf(out, ":\n  %s\n", finding->text);
	for (size_t i = 0; i < finding->item_count; i++)
		print_item(&finding->items[i], out);
	if (finding->times > 1)
		fprintf(out, "  seen in %lu runs\n", finding->times);
	if (finding->replay)
		fprintf(out, "  replay: %s\n", finding->replay);
	fputc('\n', out);
}

static void print_found_before(const struct l62_campaign *campaign, FILE *out)
{
	const struct l62_memory_finding *old;
	guint next = 0;

	while ((old = l62_campaign_found_before(campaign, &next)))
		fprintf(out, "Found before:\n  %s\n  replay: %s\n\n", old->text, old->replay);
}

static void print_counts(const struct l62_campaign *campaign, FILE *out)
{
	unsigned long of[L62_CAMPAIGN_KINDS] = {0}, all = campaign->findings->len;
	const char *between = " (";

	fprintf(out, "%lu run%s, %lu stack%s of calls made to fail", campaign->runs,
	        campaign->runs == 1 ? "" : "s", campaign->stacks,
	        campaign->stacks == 1 ? "" : "s");
	if (campaign->before)
		fprintf(out, " and %lu before", campaign->before);
	fprintf(out, ", %lu finding%s", all, all == 1 ? "" : "s");
	for (guint i = 0; i < campaign->findings->len; i++)
		of[l62_campaign_finding(campaign, i)->kind]++;
	for (int kind = 0; kind < L62_CAMPAIGN_KINDS; kind++) {
		if (!of[kind])
			continue;
		fprintf(out, "%s%lu %s", between, of[kind],
		        of[kind] == 1 ? kinds[kind].one : kinds[kind].many);
		between = ", ";
	}
	fputs(all ? ").\n" : ".\n", out);
}

static bool some_incomplete(const struct l62_campaign *campaign)
{
	for (guint i = 0; i < campaign->findings->len; i++) {
		if (l62_campaign_finding(campaign, i)->kind == L62_CAMPAIGN_INCOMPLETE)
			return true;
	}
	return false;
}

void l62_campaign_print(const struct l62_campaign *campaign, FILE *out)
{
	static const char *const ends[] = {
	        [L62_CAMPAIGN_RUNS] = "as many runs were made as were allowed",
	        [L62_CAMPAIGN_SECONDS] = "the time was up",
	        [L62_CAMPAIGN_STOPPED] = "it was stopped",
	        [L62_CAMPAIGN_TABLE_FULL] = "there are more stacks than leak62 can tell apart",
	};

	fprintf(out, "Verify Flags Level 0x%08x\n", campaign->run->flags);
	if (campaign->run->flags & L62_FLAG_SYSTEMATIC)
		fprintf(out, "    [X] (0x%08x) Systematic low resources simulation\n",
		        L62_FLAG_SYSTEMATIC);
	fputc('\n', out);
	for (guint i = 0; i < campaign->findings->len; i++)
		print_finding(l62_campaign_finding(campaign, i), out);
	print_found_before(campaign, out);
	print_counts(campaign, out);
	if (campaign->end != L62_CAMPAIGN_COMPLETE)
		fprintf(out, "Not all stacks were tried: %s.\n", ends[campaign->end]);
	else
		fprintf(out, "Every call of %s that can fail%s was made to%s.\n",
		        campaign->run->name,
		        some_incomplete(campaign)
		                ? " and was reached by runs that could be completed"
		                : "",
		        campaign->how.occurrences > 1 ? ", as often as was asked" : "");
}
