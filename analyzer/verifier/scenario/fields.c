/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The fields that steps of a scenario file have; each is read the same in every step. */
#include "fields.h"

#include <string.h>

enum {
	REPEAT_MOST = 100000000,
	BUFFER_MOST = 16 << 20,
	DEVICES_MOST = 64,
	/* As in wdm.h, which this side cannot see. */
	IRP_MJ_MAXIMUM_FUNCTION = 0x1b,
};
#define WAIT_MOST INT64_C(1000000000)

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

	step->time *= L62_MILLISECOND;
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
		return l62_scenario_refuse(reader, value, "\"%s\" must be true or false",
		                           field);
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

const struct l62_scenario_field l62_scenario_fields[] = {
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

const size_t l62_scenario_field_count =
        sizeof(l62_scenario_fields) / sizeof(*l62_scenario_fields);

const struct l62_scenario_field *l62_scenario_field(const char *name)
{
	for (size_t i = 0; i < l62_scenario_field_count; i++) {
		if (strcmp(l62_scenario_fields[i].name, name) == 0)
			return &l62_scenario_fields[i];
	}
	return NULL;
}
