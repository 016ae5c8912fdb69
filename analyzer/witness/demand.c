/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The demands of a witness: those of one value are brought together, and put in words.
 */
#include <string.h>

#include "witness/witness.h"

static const char *const kinds[] = {
        [L62_DEMAND_MAJOR] = "major",
        [L62_DEMAND_MINOR] = "minor",
        [L62_DEMAND_CONTROL_CODE] = "ioctl",
        [L62_DEMAND_INPUT_LENGTH] = "input_length",
        [L62_DEMAND_OUTPUT_LENGTH] = "output_length",
        [L62_DEMAND_PARAMETER] = "parameter",
        [L62_DEMAND_POINTER] = "pointer",
        [L62_DEMAND_BUFFER] = "buffer",
        [L62_DEMAND_RETURNS] = "returns",
        [L62_DEMAND_RAISES] = "raises",
        [L62_DEMAND_STATE] = "state",
        [L62_DEMAND_OTHER] = "other",
};

const char *l62_demand_kind_name(enum l62_demand_kind kind)
{
	return kinds[kind];
}

static bool is_call(const struct l62_demand *demand)
{
	return demand->kind == L62_DEMAND_RETURNS || demand->kind == L62_DEMAND_RAISES;
}

static bool same_value(const struct l62_demand *a, const struct l62_demand *b)
{
	if (a->kind != b->kind || a->has_mask != b->has_mask || a->mask != b->mask ||
	    a->kind == L62_DEMAND_OTHER)
		return false;
	if (a->kind < L62_DEMAND_PARAMETER)
		return true;
	if (g_strcmp0(a->name, b->name) != 0 || a->offset != b->offset || a->width != b->width)
		return false;
	return !is_call(a) || (strcmp(a->at.file, b->at.file) == 0 &&
	                       a->at.line == b->at.line && a->nth == b->nth);
}

void l62_witness_gap(struct l62_witness *witness, char *text)
{
	for (guint i = 0; i < witness->gaps->len; i++) {
		if (strcmp(g_ptr_array_index(witness->gaps, i), text) == 0) {
			g_free(text);
			return;
		}
	}
	g_ptr_array_add(witness->gaps, g_string_chunk_insert_const(witness->strings, text));
	g_free(text);
}

static bool is_empty(const struct l62_demand *demand)
{
	return demand->has_min && demand->has_max && demand->min > demand->max;
}

void l62_witness_add(struct l62_witness *witness, struct l62_demand demand)
{
	for (guint i = 0; i < witness->demands->len; i++) {
		struct l62_demand *known =
		        &g_array_index(witness->demands, struct l62_demand, i);

		if (!same_value(known, &demand) || known->excluded != demand.excluded)
			continue;
		if (demand.excluded) {
			if (known->min == demand.min && known->max == demand.max)
				return;
			continue;
		}
		if (demand.has_min && (!known->has_min || known->min < demand.min)) {
			known->has_min = true;
			known->min = demand.min;
		}
		if (demand.has_max && (!known->has_max || known->max > demand.max)) {
			known->has_max = true;
			known->max = demand.max;
		}
		if (is_empty(known))
			l62_witness_gap(witness,
			                g_strdup_printf("the ways ask for %s to be two things at "
			                                "once",
			                                kinds[demand.kind]));
		return;
	}
	g_array_append_val(witness->demands, demand);
}

/* An exclusion that lies outside of what another row of the value allows. */
static bool is_implied(const struct l62_witness *witness, const struct l62_demand *demand)
{
	for (guint i = 0; demand->excluded && i < witness->demands->len; i++) {
		const struct l62_demand *other =
		        &g_array_index(witness->demands, struct l62_demand, i);

		if (same_value(other, demand) && !other->excluded &&
		    ((other->has_min && demand->max < other->min) ||
		     (other->has_max && demand->min > other->max)))
			return true;
	}
	return false;
}

static void put_number(GString *out, const struct l62_demand *demand, gint64 value)
{
	bool hex = demand->kind == L62_DEMAND_CONTROL_CODE || demand->has_mask ||
	           (value >= 0x10000 && demand->kind != L62_DEMAND_INPUT_LENGTH &&
	            demand->kind != L62_DEMAND_OUTPUT_LENGTH);

	if (value < 0 && value >= G_MININT32)
		g_string_append_printf(out, "0x%08x", (unsigned)value);
	else if (hex)
		g_string_append_printf(out, "0x%" G_GINT64_MODIFIER "x", value);
	else
		g_string_append_printf(out, "%" G_GINT64_FORMAT, value);
}

static void put_range(GString *out, const struct l62_demand *demand)
{
	bool one = demand->has_min && demand->has_max && demand->min == demand->max;

	if (demand->excluded)
		g_string_append(out, "other than ");
	else if (one)
		g_string_append(out, "= ");
	else if (!demand->has_max)
		g_string_append(out, ">= ");
	else if (!demand->has_min)
		g_string_append(out, "<= ");
	put_number(out, demand, demand->has_min ? demand->min : demand->max);
	if (demand->has_min && demand->has_max && !one) {
		g_string_append(out, " to ");
		put_number(out, demand, demand->max);
	}
}

static void put_result(GString *out, const struct l62_demand *demand, const char *type)
{
	if (demand->kind == L62_DEMAND_RAISES) {
		g_string_append(out, "raises an exception");
	} else if (g_strcmp0(type, "pointer") == 0) {
		g_string_append(out, demand->excluded ? "does not return NULL" : "returns NULL");
	} else if (g_strcmp0(type, "NTSTATUS") == 0 && demand->has_max && demand->max == -1 &&
	           !demand->has_min) {
		g_string_append(out, "fails");
	} else if (g_strcmp0(type, "BOOLEAN") == 0 && !demand->excluded && demand->has_max &&
	           demand->max == 0) {
		g_string_append(out, "returns FALSE");
	} else if (g_strcmp0(type, "BOOLEAN") == 0 && !demand->excluded && demand->has_min &&
	           demand->min == 1) {
		g_string_append(out, "returns TRUE");
	} else {
		g_string_append(out, "returns ");
		put_range(out, demand);
	}
	if (demand->nth > 1)
		g_string_append_printf(out, " (time %d that it is called there)", demand->nth);
}

static const char *buffer_text(const char *name)
{
	if (g_strcmp0(name, "system") == 0)
		return "system buffer";
	if (g_strcmp0(name, "user") == 0)
		return "user buffer";
	if (g_strcmp0(name, "type3") == 0)
		return "Type3InputBuffer";
	if (g_strcmp0(name, "file_name") == 0)
		return "name that is opened";
	return "buffer behind MdlAddress";
}

static void put_value(GString *out, const struct l62_demand *demand)
{
	switch (demand->kind) {
	case L62_DEMAND_MAJOR:
		g_string_append(out, "major function");
		break;
	case L62_DEMAND_MINOR:
		g_string_append(out, "minor function");
		break;
	case L62_DEMAND_CONTROL_CODE:
		g_string_append(out, "control code");
		break;
	case L62_DEMAND_INPUT_LENGTH:
		g_string_append(out, "input length");
		break;
	case L62_DEMAND_OUTPUT_LENGTH:
		g_string_append(out, "output length");
		break;
	case L62_DEMAND_BUFFER:
		g_string_append_printf(out,
		                       "%d byte%s at offset %" G_GINT64_FORMAT " of the %s",
		                       demand->width, demand->width == 1 ? "" : "s",
		                       demand->offset, buffer_text(demand->name));
		break;
	default:
		g_string_append(out, demand->name ? demand->name : "a value");
		break;
	}
	if (demand->has_mask)
		g_string_append_printf(out, " & 0x%" G_GINT64_MODIFIER "x", demand->mask);
	g_string_append_c(out, ' ');
}

/* type: what the facts say beside a result; or the source of a condition. */
static char *words(const struct l62_demand *demand, const struct l62_ways *ways,
                   const char *type)
{
	GString *out = g_string_new(NULL);
	bool one = demand->has_min && demand->has_max && demand->min == demand->max;
	const char *name;

	if (demand->kind == L62_DEMAND_OTHER) {
		g_string_append(out, type ? type : "a condition");
	} else if (is_call(demand)) {
		g_string_append_printf(out, "%s ", demand->name ? demand->name : "a call");
		put_result(out, demand, type);
	} else if (demand->kind == L62_DEMAND_POINTER) {
		g_string_append_printf(out, "%s%s",
		                       demand->excluded != (one && demand->min == 0) ? "no " : "a ",
		                       buffer_text(demand->name));
	} else if (demand->kind == L62_DEMAND_MAJOR && one && !demand->excluded &&
	           (name = g_hash_table_lookup(ways->majors, &demand->min))) {
		g_string_append(out, name);
	} else if (demand->kind == L62_DEMAND_CONTROL_CODE && one && !demand->excluded) {
		g_string_append(out, "control code ");
		put_number(out, demand, demand->min);
	} else {
		put_value(out, demand);
		put_range(out, demand);
	}
	if (demand->kind == L62_DEMAND_CONTROL_CODE && demand->name)
		g_string_append_printf(out, " (%s)", demand->name);
	return g_string_free(out, FALSE);
}

/* "io.c(38)": gaps stand alone. */
static char *placed(const char *text, const struct l62_location *at)
{
	g_autofree char *base = g_path_get_basename(at->file);

	return at->line ? g_strdup_printf("%s (%s(%d))", text, base, at->line) : g_strdup(text);
}

void l62_witness_finish(struct l62_witness *witness, const struct l62_ways *ways)
{
	for (guint i = 0; i < witness->demands->len; i++) {
		struct l62_demand *demand =
		        &g_array_index(witness->demands, struct l62_demand, i);
		g_autofree char *text = NULL;

		if (is_implied(witness, demand)) {
			g_array_remove_index(witness->demands, i--);
			continue;
		}
		if (demand->kind == L62_DEMAND_CONTROL_CODE && demand->has_min &&
		    demand->has_max && demand->min == demand->max) {
			const char *name = g_hash_table_lookup(ways->codes, &demand->min);

			if (name)
				demand->name =
				        g_string_chunk_insert_const(witness->strings, name);
		}
		text = words(demand, ways, demand->text);
		demand->text = g_string_chunk_insert_const(witness->strings, text);
		if (demand->kind >= L62_DEMAND_STATE && !demand->fresh)
			l62_witness_gap(witness, placed(demand->text, &demand->at));
	}
	witness->complete = witness->gaps->len == 0;
}

bool l62_witness_value(const struct l62_witness *witness, enum l62_demand_kind kind,
                       int64_t *value)
{
	for (guint i = 0; i < witness->demands->len; i++) {
		const struct l62_demand *demand =
		        &g_array_index(witness->demands, struct l62_demand, i);

		if (demand->kind == kind && !demand->excluded && !demand->has_mask &&
		    demand->has_min && demand->has_max && demand->min == demand->max) {
			*value = demand->min;
			return true;
		}
	}
	return false;
}
