/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * See plan_witness.h.  Demands that no request can meet (what a call returns, what the
 * driver has done before) are left to the faults of the campaign and to the other trials.
 */
#include "plan_witness.h"

#include <string.h>

enum {
	MJ_CREATE = 0x00, /* IRP_MJ_*: wdm.h */
	MJ_CLOSE = 0x02,
	MJ_READ = 0x03,
	MJ_WRITE = 0x04,
	MJ_DEVICE_CONTROL = 0x0e,
	MJ_INTERNAL_DEVICE_CONTROL = 0x0f,
	MJ_CLEANUP = 0x12,
	MJ_POWER = 0x16,
	MJ_PNP = 0x1b,
	MJ_MOST = 0x1b,
	LENGTH = 256, /* bytes of a buffer that nothing is asked of */
	LENGTH_MOST = 64 << 10,
	FILL = 0x62,
	SMALL = 2, /* a length must often be even: that of UTF-16 */
};

static bool same_value(const struct l62_demand *a, const struct l62_demand *b)
{
	return a->kind == b->kind && a->offset == b->offset && a->width == b->width &&
	       g_strcmp0(a->name, b->name) == 0;
}

static bool allows(const struct l62_demand *demand, int64_t value)
{
	int64_t seen = demand->has_mask ? (int64_t)((uint64_t)value & demand->mask) : value;
	bool in = (!demand->has_min || seen >= demand->min) &&
	          (!demand->has_max || seen <= demand->max);

	return in != demand->excluded;
}

static bool all_allow(const GArray *demands, const struct l62_demand *like, int64_t value)
{
	for (guint i = 0; i < demands->len; i++) {
		const struct l62_demand *demand = &g_array_index(demands, struct l62_demand, i);

		if (same_value(demand, like) && !allows(demand, value))
			return false;
	}
	return true;
}

/* A value that all demands on the same thing as like allow: wanted, else a small one in a
 * buffer, else a bound of one demand. */
static bool choose(const GArray *demands, const struct l62_demand *like, int64_t wanted,
                   int64_t *value)
{
	*value = wanted;
	if (all_allow(demands, like, wanted))
		return true;
	for (*value = SMALL; like->kind == L62_DEMAND_BUFFER && *value > 0; --*value) {
		if (all_allow(demands, like, *value))
			return true;
	}
	for (guint i = 0; i < demands->len; i++) {
		const struct l62_demand *demand = &g_array_index(demands, struct l62_demand, i);
		const int64_t bounds[] = {demand->has_min ? demand->min : 0,
		                          demand->has_max ? demand->max : 0,
		                          demand->has_min ? demand->min - 1 : 0,
		                          demand->has_max ? demand->max + 1 : 1};

		for (size_t k = 0; same_value(demand, like) && k < G_N_ELEMENTS(bounds); k++) {
			*value = bounds[k];
			if (all_allow(demands, like, *value))
				return true;
		}
	}
	return false;
}

static int64_t length(const struct l62_witness *witness, enum l62_demand_kind kind)
{
	struct l62_demand like = {.kind = kind};
	int64_t value = LENGTH;

	for (guint i = 0; i < witness->demands->len; i++) {
		const struct l62_demand *demand =
		        &g_array_index(witness->demands, struct l62_demand, i);

		if (demand->kind != kind)
			continue;
		like = *demand;
		if (choose(witness->demands, &like, LENGTH, &value))
			break;
	}
	return CLAMP(value, 0, LENGTH_MOST);
}

/* The bytes that the path compares, among others that mean nothing. */
static json_t *input(const struct l62_witness *witness)
{
	int64_t size = length(witness, L62_DEMAND_INPUT_LENGTH);
	guchar *bytes = g_malloc(size + 1);
	GString *hex = g_string_new(NULL);
	json_t *text;

	memset(bytes, FILL, size);
	for (guint i = 0; i < witness->demands->len; i++) {
		const struct l62_demand *demand =
		        &g_array_index(witness->demands, struct l62_demand, i);
		int64_t value;

		if (demand->kind != L62_DEMAND_BUFFER || demand->width < 1 ||
		    demand->width > 8 || demand->offset < 0 ||
		    demand->offset + demand->width > size ||
		    !choose(witness->demands, demand, 0, &value))
			continue;
		for (int byte = 0; byte < demand->width; byte++)
			bytes[demand->offset + byte] = (guchar)((uint64_t)value >> 8 * byte);
	}
	for (int64_t i = 0; i < size; i++)
		g_string_append_printf(hex, "%02x", bytes[i]);
	text = json_string(hex->str);
	g_string_free(hex, TRUE);
	g_free(bytes);
	return text;
}

static json_t *number(int64_t value)
{
	char text[32];

	g_snprintf(text, sizeof(text), "0x%" G_GINT64_MODIFIER "x", value & 0xffffffff);
	return json_string(text);
}

static json_t *request(const struct l62_witness *witness, int64_t major)
{
	int64_t code = 0, minor = 0;
	json_int_t output = length(witness, L62_DEMAND_OUTPUT_LENGTH);

	l62_witness_value(witness, L62_DEMAND_CONTROL_CODE, &code);
	l62_witness_value(witness, L62_DEMAND_MINOR, &minor);
	switch (major) {
	case MJ_DEVICE_CONTROL:
	case MJ_INTERNAL_DEVICE_CONTROL:
		return json_pack("{s:s, s:o, s:o, s:I}", "do",
		                 major == MJ_DEVICE_CONTROL ? "ioctl" : "internal_ioctl",
		                 "code", number(code), "input", input(witness), "output",
		                 output);
	case MJ_READ:
		return json_pack("{s:s, s:I}", "do", "read", "length", output);
	case MJ_WRITE:
		return json_pack("{s:s, s:o}", "do", "write", "input", input(witness));
	case MJ_PNP:
		return json_pack("{s:s, s:o}", "do", "pnp", "minor", number(minor));
	default:
		return json_pack("{s:s, s:o, s:o, s:o, s:I}", "do", "request", "major",
		                 number(major), "minor", number(minor), "input", input(witness),
		                 "output", output);
	}
}

json_t *l62_plan_witness_steps(const struct l62_witness *witness, unsigned times)
{
	json_t *steps;
	int64_t major, code;

	if (!l62_witness_value(witness, L62_DEMAND_MAJOR, &major)) {
		if (!l62_witness_value(witness, L62_DEMAND_CONTROL_CODE, &code))
			return NULL;
		major = MJ_DEVICE_CONTROL;
	}
	/* Power and the life of a file are sent to every driver as they should be. */
	if (major < 0 || major > MJ_MOST || major == MJ_CREATE || major == MJ_CLOSE ||
	    major == MJ_CLEANUP || major == MJ_POWER)
		return NULL;
	steps = json_array();
	/* What the driver must have done before is not known: the usual, perhaps. */
	if (!witness->complete)
		json_array_append_new(steps, json_pack("{s:s}", "do", "default"));
	if (major != MJ_PNP)
		json_array_append_new(steps, json_pack("{s:s}", "do", "create"));
	for (unsigned i = 0; i < times; i++)
		json_array_append_new(steps, request(witness, major));
	if (major != MJ_PNP)
		json_array_append_new(steps, json_pack("{s:s}", "do", "close"));
	return steps;
}
