/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The witness of a result, whole, so that who replays findings needs no database:
 *
 *	"leak62/witness": {"entry": "Dispatch", "role": "DISPATCH", "complete": false,
 *	  "why": ["DEVICE_EXTENSION.Started >= 1 (io.c(36))"],
 *	  "demands": [{"kind": "ioctl", "min": 2236420, "max": 2236420, "excluded": false, ...}],
 *	  "calls": [{"text": "Dispatch calls Control", "at": ...}]}
 *
 * min and max are left out where there is no bound.
 */
#include "leak62/witness.h"

#include "sarif.h"

static void set_text(json_t *object, const char *key, const char *value)
{
	if (value)
		l62_sarif_set(object, key, l62_sarif_text(value));
}

static json_t *place_of(struct l62_sarif *sarif, const struct l62_location *at)
{
	json_t *place = json_object();

	l62_sarif_set(place, "artifactLocation", l62_sarif_artifact_location(sarif, at->file));
	l62_sarif_set(place, "line", json_integer(at->line));
	return place;
}

static json_t *demand_object(struct l62_sarif *sarif, const struct l62_demand *demand)
{
	json_t *object = json_object();

	set_text(object, "kind", l62_demand_kind_name(demand->kind));
	set_text(object, "name", demand->name);
	set_text(object, "field", demand->field);
	set_text(object, "text", demand->text);
	if (demand->kind == L62_DEMAND_BUFFER) {
		l62_sarif_set(object, "offset", json_integer(demand->offset));
		l62_sarif_set(object, "width", json_integer(demand->width));
	}
	if (demand->has_mask)
		l62_sarif_set(object, "mask", json_integer((json_int_t)demand->mask));
	if (demand->kind != L62_DEMAND_OTHER)
		l62_sarif_set(object, "excluded", json_boolean(demand->excluded));
	if (demand->kind == L62_DEMAND_STATE)
		l62_sarif_set(object, "fresh", json_boolean(demand->fresh));
	if (demand->has_min)
		l62_sarif_set(object, "min", json_integer(demand->min));
	if (demand->has_max)
		l62_sarif_set(object, "max", json_integer(demand->max));
	if (demand->nth)
		l62_sarif_set(object, "nth", json_integer(demand->nth));
	if (*demand->at.file)
		l62_sarif_set(object, "at", place_of(sarif, &demand->at));
	return object;
}

json_t *l62_sarif_witness(struct l62_sarif *sarif, const struct l62_witness *witness)
{
	json_t *object = json_object(), *demands = json_array(), *calls = json_array();
	json_t *why = json_array();

	set_text(object, "entry", witness->entry);
	set_text(object, "role", witness->role);
	for (guint i = 0; i < witness->demands->len; i++)
		l62_sarif_append(demands,
		                 demand_object(sarif, &g_array_index(witness->demands,
		                                                     struct l62_demand, i)));
	for (guint i = 0; i < witness->calls->len; i++) {
		const struct l62_step *call = g_ptr_array_index(witness->calls, i);
		json_t *element = json_object();

		set_text(element, "text", call->message);
		l62_sarif_set(element, "at", place_of(sarif, &call->at));
		l62_sarif_append(calls, element);
	}
	for (guint i = 0; i < witness->gaps->len; i++)
		l62_sarif_append(why, l62_sarif_text(g_ptr_array_index(witness->gaps, i)));
	l62_sarif_set(object, "demands", demands);
	l62_sarif_set(object, "calls", calls);
	l62_sarif_set(object, "complete", json_boolean(witness->complete));
	if (witness->complete)
		json_decref(why);
	else
		l62_sarif_set(object, "why", why);
	return object;
}
