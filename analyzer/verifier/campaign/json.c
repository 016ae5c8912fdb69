/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A campaign as JSON; debugger/campaign.schema.json says what there is. */
#include <jansson.h>

#include "campaign.h"
#include "debugger/json.h"

static json_t *number(uint64_t value)
{
	return json_integer((json_int_t)value);
}

static json_t *place_of(const struct l62_campaign_place *place)
{
	json_t *object = json_object();

	l62_json_set(object, "symbol", l62_json_text(place->symbol));
	l62_json_set(object, "file", l62_json_text(place->file));
	l62_json_set(object, "line", place->file ? number(place->line) : json_null());
	return object;
}

static json_t *call_of(const struct l62_campaign_finding *finding)
{
	json_t *object = json_object();

	if (!finding->call) {
		json_decref(object);
		return json_null();
	}
	l62_json_set(object, "number", number(finding->call));
	l62_json_set(object, "routine", l62_json_text(finding->routine));
	l62_json_set(object, "place", place_of(&finding->failed_at));
	return object;
}

static json_t *items_of(const struct l62_campaign_finding *finding)
{
	json_t *array = json_array();

	for (size_t i = 0; i < finding->item_count; i++) {
		json_t *object = json_object();

		l62_json_set(object, "what", l62_json_text(finding->items[i].what));
		l62_json_set(object, "count", number(finding->items[i].count));
		l62_json_set(object, "place", place_of(&finding->items[i].place));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *findings_of(const struct l62_campaign *campaign)
{
	json_t *array = json_array();

	for (size_t i = 0; i < l62_campaign_finding_count(campaign); i++) {
		const struct l62_campaign_finding *finding = l62_campaign_finding(campaign, i);
		json_t *object = json_object();

		l62_json_set(object, "kind",
		             json_string(l62_campaign_kind_name(finding->kind)));
		l62_json_set(object, "fails", json_boolean(finding->fails));
		l62_json_set(object, "text", l62_json_text(finding->text));
		l62_json_set(object, "step",
		             finding->step && finding->step[0] ? l62_json_text(finding->step)
		                                               : json_null());
		l62_json_set(object, "call", call_of(finding));
		l62_json_set(object, "items", items_of(finding));
		l62_json_set(object, "run", number(finding->run));
		l62_json_set(object, "times", number(finding->times));
		l62_json_set(object, "replay", l62_json_text(finding->replay));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *findings_before(const struct l62_campaign *campaign)
{
	const struct l62_memory_finding *old;
	json_t *array = json_array();
	guint next = 0;

	while ((old = l62_campaign_found_before(campaign, &next))) {
		json_t *object = json_object();

		l62_json_set(object, "fails", json_boolean(old->fails));
		l62_json_set(object, "text", l62_json_text(old->text));
		l62_json_set(object, "replay", l62_json_text(old->replay));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *counts_of(const struct l62_campaign *campaign)
{
	json_t *object = json_object();

	l62_json_set(object, "runs", number(campaign->runs));
	l62_json_set(object, "scenarios", number(campaign->scenarios));
	l62_json_set(object, "stacks", number(campaign->stacks));
	l62_json_set(object, "stacksBefore", number(campaign->before));
	l62_json_set(object, "incomplete", number(campaign->incomplete));
	return object;
}

int l62_campaign_write_json(const struct l62_campaign *campaign, const char *path,
                            struct l62_error *err)
{
	json_t *object = json_object(), *driver = json_object();
	char *image = l62_memory_image(&campaign->run->pe);
	int status;

	l62_json_set(driver, "name", l62_json_text(campaign->run->name));
	l62_json_set(driver, "image", json_string(image));
	l62_json_set(driver, "symbols",
	             json_boolean(campaign->run->symbols.pdb.symbol_count > 0));
	l62_json_set(object, "format", json_string("leak62-campaign"));
	l62_json_set(object, "version", json_integer(L62_CAMPAIGN_JSON_VERSION));
	l62_json_set(object, "driver", driver);
	l62_json_set(object, "flags", l62_json_flags(campaign->run));
	l62_json_set(object, "occurrences", number(campaign->how.occurrences));
	l62_json_set(object, "end", json_string(l62_campaign_end_name(campaign->end)));
	l62_json_set(object, "counts", counts_of(campaign));
	l62_json_set(object, "findings", findings_of(campaign));
	l62_json_set(object, "findingsBefore", findings_before(campaign));
	status = l62_json_write(object, path, err);
	json_decref(object);
	g_free(image);
	return status;
}
