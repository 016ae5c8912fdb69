/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Reading a scenario: the file as a whole, what is added around its steps, and the
 * values of the registry and the files.  steps.c reads the steps.
 *
 *   no "load" first     load, add_device and start_device come before, as far as the
 *                       driver has AddDevice
 *   no "unload" last    unload comes at the end; it closes what is open and removes
 *                       the devices
 *   no "steps"          what is done without a file
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "run/file.h"
#include "steps.h"

enum { PNP_START_DEVICE = 0x00 };

static int refuse_unknown(struct l62_scenario_reader *reader, const json_t *object,
                          const char *what, const char *const *fields)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)object, key, value)
	{
		size_t i = 0;

		while (fields[i] && strcmp(key, fields[i]) != 0)
			i++;
		if (!fields[i])
			return l62_scenario_refuse(reader, value, "%s has no \"%s\"", what,
			                           key);
	}
	return L62_OK;
}

static int add_setting(struct l62_scenario_reader *reader, struct l62_setting **list,
                       uint64_t *count, size_t *room, const struct l62_setting *setting)
{
	if (*count == *room) {
		size_t more = *room ? *room * 2 : 16;
		void *moved = realloc(*list, more * sizeof(*setting));

		if (!moved)
			return l62_error_set(reader->err, L62_E_INTERNAL, "no memory");
		*list = moved;
		*room = more;
	}
	(*list)[(*count)++] = *setting;
	return L62_OK;
}

/* {"": {"Name": 1}, "Parameters": {...}} */
static int read_registry(struct l62_scenario_reader *reader, const json_t *registry)
{
	const char *key, *name;
	json_t *values, *value, *text;
	int status;

	if (!json_is_object(registry))
		return l62_scenario_refuse(reader, registry,
		                           "\"registry\" must be an object of keys");
	json_object_foreach((json_t *)(uintptr_t)registry, key, values)
	{
		struct l62_setting setting = {0};

		reader->around = registry;
		if (!json_is_object(values))
			return l62_scenario_refuse(
			        reader, values, "key \"%s\" must be an object of values", key);
		text = json_string(key);
		status = l62_scenario_utf16(reader, text, "a key", &setting.key,
		                            &setting.key_length);
		json_decref(text);
		json_object_foreach(values, name, value)
		{
			if (status != L62_OK)
				return status;
			text = json_string(name);
			status = l62_scenario_utf16(reader, text, "a value", &setting.name,
			                            &setting.name_length);
			json_decref(text);
			if (status == L62_OK)
				status = l62_scenario_value(reader, value, &setting.type,
				                            &setting.value,
				                            &setting.value_length);
			if (status == L62_OK)
				status = add_setting(reader, &reader->out->settings,
				                     &reader->out->setting_count,
				                     &reader->settings_room, &setting);
		}
		if (status != L62_OK)
			return status;
	}
	return L62_OK;
}

/* {"\\SystemRoot\\win.ini": "5b 66 6f 6e 74 73 5d"} */
static int read_files(struct l62_scenario_reader *reader, const json_t *files)
{
	const char *path;
	json_t *value, *text;
	int status = L62_OK;

	if (!json_is_object(files))
		return l62_scenario_refuse(reader, files,
		                           "\"files\" must be an object of paths");
	json_object_foreach((json_t *)(uintptr_t)files, path, value)
	{
		struct l62_setting file = {0};

		reader->around = files;
		text = json_string(path);
		status = l62_scenario_utf16(reader, text, "a path", &file.name,
		                            &file.name_length);
		json_decref(text);
		if (status == L62_OK)
			status = l62_scenario_bytes(reader, value, path, &file.value,
			                            &file.value_length);
		if (status == L62_OK)
			status = add_setting(reader, &reader->out->files,
			                     &reader->out->file_count, &reader->files_room,
			                     &file);
		if (status != L62_OK)
			return status;
	}
	return L62_OK;
}

/* ["0x222003", 2236423] */
static int read_codes(struct l62_scenario_reader *reader, const json_t *codes)
{
	size_t count = json_array_size(codes);
	int status = L62_OK;

	reader->around = codes;
	if (!json_is_array(codes))
		return l62_scenario_refuse(reader, codes,
		                           "\"codes\" must be an array of control codes");
	reader->out->codes = calloc(count + 1, sizeof(*reader->out->codes));
	if (!reader->out->codes)
		return l62_error_set(reader->err, L62_E_INTERNAL, "no memory");
	for (size_t i = 0; i < count && status == L62_OK; i++)
		status = l62_scenario_u32(reader, json_array_get(codes, i), "codes", UINT32_MAX,
		                          &reader->out->codes[reader->out->code_count++]);
	return status;
}

static int add_own(struct l62_scenario_reader *reader, uint32_t kind, const char *label)
{
	struct l62_step step = {.kind = kind, .optional = 1, .code = PNP_START_DEVICE};

	if (kind == L62_STEP_UNLOAD)
		step.events = L62_EVENT_BEGIN;
	return l62_scenario_add(reader, &step, label, reader->root);
}

static int add_before(struct l62_scenario_reader *reader)
{
	int status = add_own(reader, L62_STEP_LOAD, "DriverEntry");

	if (status == L62_OK)
		status = add_own(reader, L62_STEP_ADD_DEVICE, "AddDevice");
	if (status == L62_OK)
		status = add_own(reader, L62_STEP_PNP, "IRP_MN_START_DEVICE");
	return status;
}

static int add_after(struct l62_scenario_reader *reader)
{
	return add_own(reader, L62_STEP_UNLOAD, "DriverUnload");
}

static bool is_step(const json_t *steps, size_t index, const char *name)
{
	const char *kind =
	        json_string_value(json_object_get(json_array_get(steps, index), "do"));

	return kind && strcmp(kind, name) == 0;
}

static int add_default(struct l62_scenario_reader *reader)
{
	static const struct {
		uint32_t kind;
		const char *label;
	} steps[] = {{L62_STEP_DEFAULT, "the default requests"},
	             {L62_STEP_PROCESS, "a process starts and ends"},
	             {L62_STEP_POWER, "power"}};
	int status = add_before(reader);

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps) && status == L62_OK; i++)
		status = add_own(reader, steps[i].kind, steps[i].label);
	return status == L62_OK ? add_after(reader) : status;
}

static int read_root(struct l62_scenario_reader *reader)
{
	static const char *const fields[] = {"format",   "version", "comment", "codes", "steps",
	                                     "registry", "files",   "strict",  NULL};
	const json_t *root = reader->root, *steps = json_object_get(root, "steps");
	const json_t *version = json_object_get(root, "version");
	const json_t *registry = json_object_get(root, "registry");
	const json_t *files = json_object_get(root, "files");
	const json_t *codes = json_object_get(root, "codes");
	const json_t *strict = json_object_get(root, "strict");
	const char *format = json_string_value(json_object_get(root, "format"));
	int status;

	reader->around = root;
	if (!format || strcmp(format, "leak62-scenario") != 0)
		return l62_scenario_refuse(
		        reader, root, "a scenario begins with \"format\": \"leak62-scenario\"");
	if (json_integer_value(version) != L62_SCENARIO_VERSION)
		return l62_scenario_refuse(reader, version ? version : root,
		                           "\"version\" must be %d", L62_SCENARIO_VERSION);
	status = refuse_unknown(reader, root, "a scenario", fields);
	if (status != L62_OK)
		return status;
	if (steps && (!json_is_array(steps) || json_array_size(steps) == 0))
		return l62_scenario_refuse(reader, steps,
		                           "\"steps\" must be an array with a step in it");
	if (strict && !json_is_boolean(strict))
		return l62_scenario_refuse(reader, strict, "\"strict\" must be true or false");
	reader->out->lenient = strict && json_is_false(strict);
	if (registry)
		status = read_registry(reader, registry);
	if (status == L62_OK && files)
		status = read_files(reader, files);
	if (status == L62_OK && codes)
		status = read_codes(reader, codes);
	if (status == L62_OK && !steps)
		return add_default(reader);
	if (status == L62_OK && !is_step(steps, 0, "load"))
		status = add_before(reader);
	if (status == L62_OK)
		status = l62_scenario_steps(reader, steps, "", 0);
	if (status == L62_OK && !is_step(steps, json_array_size(steps) - 1, "unload"))
		status = add_after(reader);
	return status;
}

static int read_file(struct l62_scenario_reader *reader, const char *path)
{
	struct l62_file file;
	json_error_t error;
	json_t *root;
	char *text;
	int status;

	if (l62_file_read(&file, path, reader->err) != L62_OK)
		return L62_E_USAGE;
	text = malloc(file.size + 1);
	if (!text) {
		l62_file_free(&file);
		return l62_error_set(reader->err, L62_E_INTERNAL, "no memory");
	}
	memcpy(text, file.data, file.size);
	text[file.size] = '\0';
	root = json_loadb(text, file.size, JSON_REJECT_DUPLICATES, &error);
	l62_file_free(&file);
	if (root) {
		reader->text = text;
		reader->root = root;
		status = read_root(reader);
	} else {
		status = l62_error_set(reader->err, L62_E_USAGE, "%s(%d): it is no JSON: %s",
		                       path, error.line, error.text);
	}
	json_decref(root);
	free(text);
	return status;
}

/* A file that says nothing. */
static int make_default(struct l62_scenario_reader *reader)
{
	reader->root = json_null();
	reader->text = "";
	return add_default(reader);
}

int l62_scenario_read(struct l62_steps *steps, const char *path, struct l62_error *err)
{
	struct l62_scenario_reader reader = {.path = path, .out = steps, .err = err};
	int status;

	*steps = (struct l62_steps){0};
	/* No text, no name and no bytes are at offset 0. */
	if (!l62_scenario_put(&reader, "", 1))
		return l62_error_set(err, L62_E_INTERNAL, "no memory");
	status = path ? read_file(&reader, path) : make_default(&reader);
	return status;
}

void l62_steps_free(struct l62_steps *steps)
{
	free(steps->steps);
	free(steps->settings);
	free(steps->files);
	free(steps->codes);
	free(steps->data);
	*steps = (struct l62_steps){0};
}
