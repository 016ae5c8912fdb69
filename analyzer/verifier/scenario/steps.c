/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Steps of a scenario file.  One table says which there are and what fields each has;
 * a field is read the same in every step.
 *
 * To add a step: 1. a row in rows[], its kind in step.h if it is of a new one; 2. what
 * it does in kernel/drive_step.c; 3. debugger/scenario.schema.json and a test.
 */
#include "steps.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	STEPS_MOST = 1 << 16,
	REPEAT_MOST = 100000000,
	BUFFER_MOST = 16 << 20,
	DEVICES_MOST = 64,
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
	IRP_MJ_MAXIMUM_FUNCTION = 0x1b,
	METHOD_NEITHER = 3,
	IRP_MN_SET_POWER = 2,
	IRP_MN_QUERY_POWER = 3,
};
#define MILLISECOND INT64_C(10000)
#define WAIT_DEFAULT (1000 * MILLISECOND)
#define WAIT_MOST INT64_C(1000000000)

enum {
	F_CODE = 1 << 0,
	F_MINOR = 1 << 1,
	F_CLASS = 1 << 2,
	F_MAJOR = 1 << 3,
	F_INPUT = 1 << 4,
	F_OUTPUT = 1 << 5,
	F_LENGTH = 1 << 6,
	F_OFFSET = 1 << 7,
	F_HANDLE = 1 << 8,
	F_DEVICE = 1 << 9,
	F_PATH = 1 << 10,
	F_WAIT = 1 << 11,
	F_EXPECT = 1 << 12,
	F_REQUEST = 1 << 13,
	F_STATE = 1 << 14,
	F_TYPE = 1 << 15,
	F_QUERY = 1 << 16,
	F_EVENT = 1 << 17,
	F_KEY = 1 << 18,
	F_NAME = 1 << 19,
	F_VALUE = 1 << 20,
	F_TIME = 1 << 21,
	F_COUNT = 1 << 22,
	F_STEPS = 1 << 23,
	F_IN_ADDRESS = 1 << 24,
	F_OUT_ADDRESS = 1 << 25,
	F_STATUS = 1 << 26,
	F_RESOURCES = 1 << 27,
	F_BUSY = 1 << 28,
	F_RESTRICTED = 1 << 29,
	F_OBJECT = 1 << 30,
	F_SENT = F_HANDLE | F_WAIT | F_EXPECT,
};

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

static int read_code(struct l62_scenario_reader *reader, const char *field, const json_t *value,
                     struct l62_step *step)
{
	uint32_t most = strcmp(field, "code") == 0    ? UINT32_MAX
	                : strcmp(field, "minor") == 0 ? UINT8_MAX
	                                              : 127;

	return l62_scenario_u32(reader, value, field, most, &step->code);
}

static int read_major(struct l62_scenario_reader *reader, const char *field,
                      const json_t *value, struct l62_step *step)
{
	return l62_scenario_u32(reader, value, field, IRP_MJ_MAXIMUM_FUNCTION, &step->major);
}

static int read_input(struct l62_scenario_reader *reader, const char *field,
                      const json_t *value, struct l62_step *step)
{
	return l62_scenario_bytes(reader, value, field, &step->input, &step->input_length);
}

static int read_length(struct l62_scenario_reader *reader, const char *field,
                       const json_t *value, struct l62_step *step)
{
	return l62_scenario_u32(reader, value, field, BUFFER_MOST, &step->output_length);
}

static int read_offset(struct l62_scenario_reader *reader, const char *field,
                       const json_t *value, struct l62_step *step)
{
	return l62_scenario_number(reader, value, field, 0, INT64_MAX, &step->offset);
}

static int read_handle(struct l62_scenario_reader *reader, const char *field,
                       const json_t *value, struct l62_step *step)
{
	return l62_scenario_u32(reader, value, field, L62_HANDLES_MOST - 1, &step->handle);
}

static int read_device(struct l62_scenario_reader *reader, const char *field,
                       const json_t *value, struct l62_step *step)
{
	uint32_t number;
	int status;

	if (json_is_string(value) && step->kind == L62_STEP_CREATE)
		return l62_scenario_utf16(reader, value, field, &step->name,
		                          &step->name_length);
	status = l62_scenario_u32(reader, value, field, DEVICES_MOST - 1, &number);
	step->device = (int32_t)number;
	return status;
}

static int read_path(struct l62_scenario_reader *reader, const char *field, const json_t *value,
                     struct l62_step *step)
{
	return l62_scenario_utf16(reader, value, field, &step->path, &step->path_length);
}

static int read_name(struct l62_scenario_reader *reader, const char *field, const json_t *value,
                     struct l62_step *step)
{
	return l62_scenario_utf16(reader, value, field, &step->name, &step->name_length);
}

static int read_time(struct l62_scenario_reader *reader, const char *field, const json_t *value,
                     struct l62_step *step)
{
	int status = l62_scenario_number(reader, value, field, 0, WAIT_MOST, &step->time);

	step->time *= MILLISECOND;
	return status;
}

static int read_expect(struct l62_scenario_reader *reader, const char *field,
                       const json_t *value, struct l62_step *step)
{
	step->expects = 1;
	return l62_scenario_u32(reader, value, field, UINT32_MAX, &step->status);
}

/* What the physical device answers. */
static int read_status(struct l62_scenario_reader *reader, const char *field,
                       const json_t *value, struct l62_step *step)
{
	return l62_scenario_u32(reader, value, field, UINT32_MAX, &step->status);
}

static int read_address(struct l62_scenario_reader *reader, const char *field,
                        const json_t *value, struct l62_step *step)
{
	int64_t address;
	int status = l62_scenario_number(reader, value, field, 1, INT64_MAX, &address);

	*(strcmp(field, "input_address") == 0 ? &step->in_address : &step->out_address) =
	        (uint64_t)address;
	return status;
}

static int read_resources(struct l62_scenario_reader *reader, const char *field,
                          const json_t *value, struct l62_step *step)
{
	(void)field;
	return l62_scenario_resources(reader, value, &step->input, &step->input_length);
}

static int read_count(struct l62_scenario_reader *reader, const char *field,
                      const json_t *value, struct l62_step *step)
{
	return l62_scenario_u32(reader, value, field, REPEAT_MOST, &step->count);
}

static int read_flag(struct l62_scenario_reader *reader, const char *field, const json_t *value,
                     struct l62_step *step)
{
	if (!json_is_boolean(value))
		return l62_scenario_refuse(reader, value, "\"%s\" must be true or false", field);
	step->type = json_is_true(value);
	return L62_OK;
}

/* A handle's value; Windows' are multiples of 4. */
static int read_object(struct l62_scenario_reader *reader, const char *field,
                       const json_t *value, struct l62_step *step)
{
	int status = l62_scenario_u32(reader, value, field, INT32_MAX, &step->code);

	if (status == L62_OK && (step->code == 0 || step->code % 4))
		return l62_scenario_refuse(reader, value,
		                           "\"%s\" must be a multiple of 4, not 0", field);
	return status;
}

static int read_type(struct l62_scenario_reader *reader, const char *field, const json_t *value,
                     struct l62_step *step)
{
	const char *text = json_string_value(value);

	if (!text || (strcmp(text, "system") != 0 && strcmp(text, "device") != 0))
		return l62_scenario_refuse(reader, value,
		                           "\"%s\" must be \"system\" or \"device\"", field);
	step->type = strcmp(text, "device") == 0;
	return L62_OK;
}

static int read_event(struct l62_scenario_reader *reader, const char *field,
                      const json_t *value, struct l62_step *step)
{
	const char *text = json_string_value(value);

	if (!text || (strcmp(text, "start") != 0 && strcmp(text, "end") != 0))
		return l62_scenario_refuse(reader, value, "\"%s\" must be \"start\" or \"end\"",
		                           field);
	step->events = strcmp(text, "start") == 0 ? L62_EVENT_BEGIN : L62_EVENT_END;
	return L62_OK;
}

/* null: the value is deleted. */
static int read_value(struct l62_scenario_reader *reader, const char *field,
                      const json_t *value, struct l62_step *step)
{
	(void)field;
	step->events = json_is_null(value) ? L62_EVENT_END : L62_EVENT_BEGIN;
	if (json_is_null(value))
		return L62_OK;
	return l62_scenario_value(reader, value, &step->type, &step->input,
	                          &step->input_length);
}

static const struct field {
	const char *name;
	unsigned field;
	int (*read)(struct l62_scenario_reader *reader, const char *field, const json_t *value,
	            struct l62_step *step);
} fields[] = {
        {"code", F_CODE, read_code},
        {"minor", F_MINOR, read_code},
        {"class", F_CLASS, read_code},
        {"major", F_MAJOR, read_major},
        {"input", F_INPUT, read_input},
        {"output", F_OUTPUT, read_length},
        {"length", F_LENGTH, read_length},
        {"offset", F_OFFSET, read_offset},
        {"handle", F_HANDLE, read_handle},
        {"device", F_DEVICE, read_device},
        {"path", F_PATH, read_path},
        {"wait", F_WAIT, read_time},
        {"expect", F_EXPECT, read_expect},
        {"request", F_REQUEST, read_count},
        {"state", F_STATE, read_count},
        {"type", F_TYPE, read_type},
        {"event", F_EVENT, read_event},
        {"key", F_KEY, read_path},
        {"name", F_NAME, read_name},
        {"value", F_VALUE, read_value},
        {"ms", F_TIME, read_time},
        {"count", F_COUNT, read_count},
        {"steps", F_STEPS, NULL},
        {"status", F_STATUS, read_status},
        {"input_address", F_IN_ADDRESS, read_address},
        {"output_address", F_OUT_ADDRESS, read_address},
        {"resources", F_RESOURCES, read_resources},
        {"busy", F_BUSY, read_flag},
        {"restricted", F_RESTRICTED, read_flag},
        {"object", F_OBJECT, read_object},
};

static const struct field *find_field(const char *name)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		if (strcmp(fields[i].name, name) == 0)
			return &fields[i];
	}
	return NULL;
}

static int read_fields(struct l62_scenario_reader *reader, const json_t *object,
                       const struct row *row, struct l62_step *step)
{
	unsigned seen = 0;
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)object, key, value)
	{
		const struct field *field = find_field(key);
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
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		if (row->needs & fields[i].field & ~seen)
			return l62_scenario_refuse(reader, object, "step %s needs a \"%s\"",
			                           row->name, fields[i].name);
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
