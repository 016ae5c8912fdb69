/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Steps of a scenario file.  One table says which there are and what fields of fields.h
 * each has.
 *
 * To add a step: 1. a row in rows[], its kind in step.h if it is of a new one, and its
 * fields in fields.c if they are new; 2. what it does in kernel/drive_step.c;
 * 3. debugger/scenario.schema.json and a test.
 */
#include "steps.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"

enum {
	STEPS_MOST = 1 << 16,
	/* As in wdm.h, which this side cannot see. */
	IRP_MJ_READ = 0x03,
	IRP_MJ_WRITE = 0x04,
	IRP_MJ_QUERY_INFORMATION = 0x05,
	IRP_MJ_SET_INFORMATION = 0x06,
	IRP_MJ_FLUSH_BUFFERS = 0x09,
	IRP_MJ_QUERY_VOLUME_INFORMATION = 0x0a,
	IRP_MJ_DEVICE_CONTROL = 0x0e,
	IRP_MJ_INTERNAL_DEVICE_CONTROL = 0x0f,
	IRP_MJ_SHUTDOWN = 0x10,
	METHOD_NEITHER = 3,
	IRP_MN_SET_POWER = 2,
	IRP_MN_QUERY_POWER = 3,
};
#define WAIT_DEFAULT (1000 * L62_MILLISECOND)

static const struct row {
	const char *name;
	uint32_t kind, major, code;
	unsigned needs, fields;
} rows[] = {
        {"load", L62_STEP_LOAD, 0, 0, 0, F_EXPECT},
        {"add_device", L62_STEP_ADD_DEVICE, 0, 0, 0, F_EXPECT},
        {"start_device", L62_STEP_PNP, 0, 0x00, 0, F_DEVICE | F_RESOURCES | F_EXPECT},
        {"query_remove_device", L62_STEP_PNP, 0, 0x01, 0, F_DEVICE | F_EXPECT},
        {"remove_device", L62_STEP_PNP, 0, 0x02, 0, F_DEVICE | F_EXPECT},
        {"cancel_remove_device", L62_STEP_PNP, 0, 0x03, 0, F_DEVICE | F_EXPECT},
        {"stop_device", L62_STEP_PNP, 0, 0x04, 0, F_DEVICE | F_EXPECT},
        {"query_stop_device", L62_STEP_PNP, 0, 0x05, 0, F_DEVICE | F_EXPECT},
        {"cancel_stop_device", L62_STEP_PNP, 0, 0x06, 0, F_DEVICE | F_EXPECT},
        {"surprise_removal", L62_STEP_PNP, 0, 0x17, 0, F_DEVICE | F_EXPECT},
        {"pnp", L62_STEP_PNP, 0, 0, F_MINOR, F_DEVICE | F_EXPECT},
        {"set_power", L62_STEP_POWER, 0, IRP_MN_SET_POWER, F_STATE,
         F_TYPE | F_DEVICE | F_EXPECT},
        {"query_power", L62_STEP_POWER, 0, IRP_MN_QUERY_POWER, F_STATE,
         F_TYPE | F_DEVICE | F_EXPECT},
        {"default", L62_STEP_DEFAULT, 0, 0, 0, 0},
        {"create", L62_STEP_CREATE, 0, 0, 0, F_HANDLE | F_DEVICE | F_PATH | F_EXPECT},
        {"ioctl", L62_STEP_REQUEST, IRP_MJ_DEVICE_CONTROL, 0, F_CODE,
         F_INPUT | F_OUTPUT | F_IN_ADDRESS | F_OUT_ADDRESS | F_SENT},
        {"internal_ioctl", L62_STEP_REQUEST, IRP_MJ_INTERNAL_DEVICE_CONTROL, 0, F_CODE,
         F_INPUT | F_OUTPUT | F_SENT},
        {"read", L62_STEP_REQUEST, IRP_MJ_READ, 0, 0, F_LENGTH | F_OFFSET | F_SENT},
        {"write", L62_STEP_REQUEST, IRP_MJ_WRITE, 0, 0, F_INPUT | F_OFFSET | F_SENT},
        {"flush", L62_STEP_REQUEST, IRP_MJ_FLUSH_BUFFERS, 0, 0, F_SENT},
        {"query_information", L62_STEP_REQUEST, IRP_MJ_QUERY_INFORMATION, 0, F_CLASS,
         F_LENGTH | F_SENT},
        {"query_volume_information", L62_STEP_REQUEST, IRP_MJ_QUERY_VOLUME_INFORMATION, 0,
         F_CLASS, F_LENGTH | F_SENT},
        {"set_information", L62_STEP_REQUEST, IRP_MJ_SET_INFORMATION, 0, F_CLASS,
         F_INPUT | F_SENT},
        {"shutdown", L62_STEP_REQUEST, IRP_MJ_SHUTDOWN, 0, 0, F_SENT},
        {"request", L62_STEP_REQUEST, 0, 0, F_MAJOR,
         F_MINOR | F_INPUT | F_OUTPUT | F_OFFSET | F_SENT},
        {"cancel", L62_STEP_CANCEL, 0, 0, 0, F_HANDLE | F_REQUEST},
        {"cleanup", L62_STEP_CLEANUP, 0, 0, 0, F_HANDLE},
        {"close", L62_STEP_CLOSE, 0, 0, 0, F_HANDLE | F_BUSY},
        {"process", L62_STEP_PROCESS, 0, 0, 0, F_EVENT},
        {"thread", L62_STEP_THREAD, 0, 0, 0, F_EVENT},
        {"image", L62_STEP_IMAGE, 0, 0, 0, 0},
        {"registry", L62_STEP_REGISTRY, 0, 0, F_KEY, F_NAME | F_VALUE | F_EXPECT},
        {"bus", L62_STEP_BUS, 0, L62_MINOR_ANY, F_MAJOR | F_STATUS, F_MINOR},
        {"wait", L62_STEP_WAIT, 0, 0, F_TIME, F_BUSY},
        {"event", L62_STEP_EVENT, 0, 0, F_OBJECT, 0},
        {"token", L62_STEP_TOKEN, 0, 0, F_RESTRICTED, 0},
        {"unload", L62_STEP_UNLOAD, 0, 0, 0, 0},
        {"repeat", L62_STEP_REPEAT, 0, 0, F_COUNT | F_STEPS, 0},
};

static int read_fields(struct l62_scenario_reader *reader, const json_t *object,
                       const struct row *row, struct l62_step *step)
{
	unsigned seen = 0;
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)object, key, value)
	{
		const struct l62_scenario_field *field = l62_scenario_field(key);
		int status = L62_OK;

		if (strcmp(key, "do") == 0 || strcmp(key, "comment") == 0)
			continue;
		if (!field || !((row->needs | row->fields) & field->field))
			return l62_scenario_refuse(reader, value, "step %s has no \"%s\"",
			                           row->name, key);
		seen |= field->field;
		if (field->read)
			status = field->read(reader, key, value, step);
		if (status != L62_OK)
			return status;
	}
	for (size_t i = 0; i < l62_scenario_field_count; i++) {
		if (row->needs & l62_scenario_fields[i].field & ~seen)
			return l62_scenario_refuse(reader, object, "step %s needs a \"%s\"",
			                           row->name, l62_scenario_fields[i].name);
	}
	if (seen & (F_IN_ADDRESS | F_OUT_ADDRESS) && (step->code & 3) != METHOD_NEITHER)
		return l62_scenario_refuse(reader, object,
		                           "only a code with METHOD_NEITHER has addresses");
	if (seen & F_VALUE && !(seen & F_NAME))
		return l62_scenario_refuse(reader, object, "a value needs a \"name\"");
	return L62_OK;
}

int l62_scenario_add(struct l62_scenario_reader *reader, struct l62_step *step,
                     const char *label, const json_t *value)
{
	struct l62_steps *out = reader->out;

	step->label = (uint32_t)out->data_size;
	if (out->count == STEPS_MOST || !l62_scenario_put(reader, label, strlen(label) + 1))
		return l62_scenario_refuse(reader, value, "there are more than %d steps",
		                           STEPS_MOST);
	if (out->count == reader->steps_room) {
		size_t room = reader->steps_room ? reader->steps_room * 2 : 32;
		void *more = realloc(out->steps, room * sizeof(*step));

		if (!more)
			return l62_scenario_refuse(reader, value, "there is no memory");
		out->steps = more;
		reader->steps_room = room;
	}
	out->steps[out->count++] = *step;
	return L62_OK;
}

static int read_repeat(struct l62_scenario_reader *reader, const json_t *object,
                       struct l62_step *step, const char *number, unsigned depth)
{
	const json_t *steps = json_object_get(object, "steps");
	char prefix[64];
	uint64_t first = reader->out->count;
	int status;

	if (depth == L62_REPEATS_MOST)
		return l62_scenario_refuse(reader, object, "more than %d repeats in each other",
		                           L62_REPEATS_MOST);
	if (!json_is_array(steps))
		return l62_scenario_refuse(reader, object, "\"steps\" must be an array");
	snprintf(prefix, sizeof(prefix), "%s.", number);
	status = l62_scenario_steps(reader, steps, prefix, depth + 1);
	if (status != L62_OK)
		return status;
	*step = (struct l62_step){.kind = L62_STEP_AGAIN, .first = (uint32_t)first};
	status = l62_scenario_add(reader, step, "", object);
	/* An empty or unwanted round is jumped over. */
	reader->out->steps[first - 1].first = (uint32_t)reader->out->count;
	return status;
}

static const struct row *find_row(const char *name)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	}
	return NULL;
}

static int read_step(struct l62_scenario_reader *reader, const json_t *object,
                     const char *number, unsigned depth)
{
	const char *name = json_string_value(json_object_get(object, "do"));
	const struct row *row = name ? find_row(name) : NULL;
	struct l62_step step = {.device = L62_DEVICE_ANY, .time = WAIT_DEFAULT};
	char label[128];
	int status;

	reader->around = object;
	if (!json_is_object(object) || !name)
		return l62_scenario_refuse(reader, object, "a step is an object with a \"do\"");
	if (!row)
		return l62_scenario_refuse(reader, object, "there is no step \"%s\"", name);
	/* What comes before and after them is added: see scenario.c. */
	if (row->kind == L62_STEP_LOAD && reader->out->count)
		return l62_scenario_refuse(reader, object,
		                           "\"load\" can only be the first step");
	step.kind = row->kind;
	step.major = row->major;
	step.code = row->code;
	if (row->kind == L62_STEP_PROCESS || row->kind == L62_STEP_THREAD)
		step.events = L62_EVENT_BEGIN | L62_EVENT_END;
	status = read_fields(reader, object, row, &step);
	if (status != L62_OK)
		return status;
	if (row->needs & (F_CODE | F_MINOR | F_CLASS))
		snprintf(label, sizeof(label), "in step %s: %s 0x%x", number, name, step.code);
	else if (row->needs & F_MAJOR)
		snprintf(label, sizeof(label), "in step %s: %s 0x%x", number, name, step.major);
	else
		snprintf(label, sizeof(label), "in step %s: %s", number, name);
	reader->unloaded = row->kind == L62_STEP_UNLOAD;
	if (reader->unloaded && depth)
		return l62_scenario_refuse(reader, object, "what is repeated cannot unload");
	status = l62_scenario_add(reader, &step, label, object);
	if (status == L62_OK && row->kind == L62_STEP_REPEAT)
		status = read_repeat(reader, object, &step, number, depth);
	return status;
}

int l62_scenario_steps(struct l62_scenario_reader *reader, const json_t *steps,
                       const char *prefix, unsigned depth)
{
	const json_t *object;
	size_t i;

	json_array_foreach(steps, i, object)
	{
		char number[48];
		int status;

		if (reader->unloaded)
			return l62_scenario_refuse(reader, object,
			                           "\"unload\" can only be the last step");
		snprintf(number, sizeof(number), "%.30s%zu", prefix, i + 1);
		status = read_step(reader, object, number, depth);
		if (status != L62_OK)
			return status;
	}
	return L62_OK;
}
