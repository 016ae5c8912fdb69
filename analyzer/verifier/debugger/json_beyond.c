/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* JSON of what Driver Verifier does not tell; see json.h and run.schema.json. */
#include <stdlib.h>

#include "json.h"
#include "sites.h"

json_t *l62_json_reach(const struct l62_verify *run, const struct l62_block *block)
{
	const struct l62_held *held = l62_block_held(run, block);

	if (!held)
		return json_null();
	return json_string(held->reach == L62_REACH_LOST ? "lost" : "forgotten");
}

json_t *l62_json_held_by(const struct l62_verify *run, const struct l62_block *block)
{
	const struct l62_held *held = l62_block_held(run, block);
	const struct l62_block *holder = held ? l62_held_block(run, held) : NULL;
	json_t *object;
	char text[256];

	if (!held || held->holder == L62_HOLDER_NONE)
		return json_null();
	l62_held_text(run, held, text, sizeof(text));
	object = json_object();
	l62_json_set(object, "text", l62_json_text(text));
	l62_json_set(object, "address", l62_json_address(held->at));
	l62_json_set(object, "block",
	             holder ? json_integer((json_int_t)holder->sequence) : json_null());
	return object;
}

json_t *l62_json_iterations(const struct l62_verify *run)
{
	json_t *object, *array = json_array();
	size_t count;
	struct l62_growth *growths = l62_growths_make(run, &count);

	for (size_t i = 0; i < count; i++) {
		const struct l62_use *use = growths[i].use;

		object = json_object();
		l62_json_set(object, "tag", l62_json_tag(use->tag));
		l62_json_set(object, "more", l62_json_number(use->least));
		l62_json_set(object, "first", l62_json_number(use->first));
		l62_json_set(object, "last", l62_json_number(use->live_then));
		l62_json_set(object, "caller", l62_json_place(run, growths[i].caller, true));
		l62_json_set(object, "origin", l62_json_place(run, growths[i].origin, true));
		l62_json_set(object, "stack", l62_json_stack(run, growths[i].stack));
		json_array_append_new(array, object);
	}
	free(growths);
	object = json_object();
	l62_json_set(object, "count", l62_json_number(run->arena->iterations));
	l62_json_set(object, "cannotUnload", json_boolean(l62_verify_cannot_unload(run)));
	l62_json_set(object, "growth", array);
	return object;
}

static json_t *import_name(const struct l62_pe_import *import)
{
	return import->name ? l62_json_text(import->name)
	                    : json_sprintf("#%u", import->ordinal);
}

json_t *l62_json_exercised(const struct l62_verify *run)
{
	json_t *object = json_object(), *array = json_array(), *imports = json_array();
	size_t count;
	struct l62_site *sites = l62_sites_make(run, &count);
	bool *called = l62_imports_called(run);

	for (size_t i = 0; i < count; i++) {
		json_t *site = json_object();

		l62_json_set(site, "routine", import_name(&run->pe.imports[sites[i].import]));
		l62_json_set(site, "place",
		             l62_json_place(run, run->symbols.base + sites[i].rva, false));
		l62_json_set(site, "ran",
		             sites[i].ran == L62_SITE_RAN_UNKNOWN
		                     ? json_null()
		                     : json_boolean(sites[i].ran == L62_SITE_RAN_YES));
		json_array_append_new(array, site);
	}
	free(sites);
	for (size_t i = 0; i < run->pe.import_count; i++) {
		json_t *import = json_object();

		l62_json_set(import, "module", l62_json_text(run->pe.imports[i].module));
		l62_json_set(import, "name", import_name(&run->pe.imports[i]));
		l62_json_set(import, "implemented",
		             json_boolean(l62_import_implemented(&run->pe.imports[i])));
		l62_json_set(import, "called", json_boolean(called && called[i]));
		json_array_append_new(imports, import);
	}
	free(called);
	l62_json_set(object, "sites", array);
	l62_json_set(object, "imports", imports);
	return object;
}

static void add_point(json_t *points, uint64_t *newest, uint64_t operation, uint64_t bytes)
{
	/* What the arena has need not make sense. */
	if (operation <= *newest || operation > INT64_MAX || bytes > INT64_MAX)
		return;
	*newest = operation;
	json_array_append_new(points,
	                      json_pack("[I, I]", (json_int_t)operation, (json_int_t)bytes));
}

/* The first point, and two of each part but the first: no more than 2 * 256. */
static json_t *points_of(const struct l62_timeline *timeline)
{
	uint32_t used = timeline->used < L62_TIMELINE_MOST ? timeline->used : L62_TIMELINE_MOST;
	json_t *points = json_array();
	uint64_t newest = 0;

	add_point(points, &newest, timeline->first_at, timeline->first);
	for (uint32_t i = 0; i < used; i++) {
		const struct l62_timeline_part *part = &timeline->parts[i];

		if (i > 0 || part->peak > timeline->first)
			add_point(points, &newest, part->peak_at, part->peak);
		if (i > 0 || used == 1 || json_array_size(points) < 2)
			add_point(points, &newest, part->last_at, part->last);
	}
	return points;
}

json_t *l62_json_timeline(const struct l62_verify *run)
{
	json_t *array = json_array();

	for (uint32_t i = 0; i < L62_TAGS_MOST; i++) {
		const struct l62_tag *tag = &run->arena->tags[i];
		json_t *object;

		if (!tag->allocations)
			continue;
		object = json_object();
		l62_json_set(object, "tag", l62_json_tag(tag->tag));
		l62_json_set(object, "pool", l62_json_pool(tag->pool));
		l62_json_set(object, "points", points_of(&run->arena->timelines[i]));
		json_array_append_new(array, object);
	}
	return array;
}
