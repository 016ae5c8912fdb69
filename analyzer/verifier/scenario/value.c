/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Numbers, names and bytes of a scenario file; see reader.h. */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "reader.h"

enum { DATA_MOST = 64 << 20, BUFFER_MOST = 16 << 20, PATTERN = 0x62 };
enum { REG_SZ = 1, REG_EXPAND_SZ, REG_BINARY, REG_DWORD, REG_MULTI_SZ = 7, REG_QWORD = 11 };

bool l62_scenario_put(struct l62_scenario_reader *reader, const void *bytes, size_t length)
{
	struct l62_steps *out = reader->out;

	if (length > DATA_MOST - out->data_size)
		return false;
	if (out->data_size + length > reader->data_room) {
		size_t room = (out->data_size + length) * 2;
		uint8_t *more = realloc(out->data, room);

		if (!more)
			return false;
		out->data = more;
		reader->data_room = room;
	}
	if (length)
		memcpy(out->data + out->data_size, bytes, length);
	out->data_size += length;
	return true;
}

static int put(struct l62_scenario_reader *reader, const json_t *value, const void *bytes,
               size_t length)
{
	if (l62_scenario_put(reader, bytes, length))
		return L62_OK;
	return l62_scenario_refuse(reader, value, "the scenario has more than %u MiB of data",
	                           DATA_MOST >> 20);
}

int l62_scenario_number(struct l62_scenario_reader *reader, const json_t *value,
                        const char *field, int64_t least, int64_t most, int64_t *out)
{
	const char *text = json_string_value(value);
	bool known = json_is_integer(value);
	char *end;

	*out = json_integer_value(value);
	if (text && isdigit((unsigned char)*text)) {
		errno = 0;
		*out = strtoll(text, &end, 0);
		known = *end == '\0' && errno == 0;
	}
	if (known && *out >= least && *out <= most)
		return L62_OK;
	return l62_scenario_refuse(reader, value, "\"%s\" must be a number from %lld to 0x%llx",
	                           field, (long long)least, (unsigned long long)most);
}

int l62_scenario_u32(struct l62_scenario_reader *reader, const json_t *value, const char *field,
                     uint32_t most, uint32_t *out)
{
	int64_t number;
	int status = l62_scenario_number(reader, value, field, 0, most, &number);

	*out = (uint32_t)number;
	return status;
}

/* The text is valid UTF-8, jansson has seen to that. */
static int put_utf16(struct l62_scenario_reader *reader, const json_t *value, const char *text)
{
	const uint8_t *at = (const uint8_t *)text;
	int status = L62_OK;

	while (*at && status == L62_OK) {
		unsigned more = *at < 0x80 ? 0 : *at < 0xe0 ? 1 : *at < 0xf0 ? 2 : 3;
		uint32_t c = more ? *at & (0x3fu >> more) : *at;
		uint16_t units[2];

		for (at++; more; more--)
			c = c << 6 | (*at++ & 0x3f);
		units[0] = (uint16_t)c;
		if (c >= 0x10000) {
			units[0] = (uint16_t)(0xd800 + ((c - 0x10000) >> 10));
			units[1] = (uint16_t)(0xdc00 + ((c - 0x10000) & 0x3ff));
		}
		status = put(reader, value, units, c >= 0x10000 ? 4 : 2);
	}
	return status;
}

/* UTF-16 is aligned, so that the child can use it where it is. */
static int align(struct l62_scenario_reader *reader, const json_t *value)
{
	static const uint8_t zeros[8];

	return put(reader, value, zeros, -reader->out->data_size % sizeof(zeros));
}

int l62_scenario_utf16(struct l62_scenario_reader *reader, const json_t *value,
                       const char *field, uint32_t *at, uint32_t *length)
{
	int status = align(reader, value);

	if (status != L62_OK)
		return status;
	if (!json_is_string(value))
		return l62_scenario_refuse(reader, value, "\"%s\" must be a string", field);
	*at = (uint32_t)reader->out->data_size;
	status = put_utf16(reader, value, json_string_value(value));
	*length = (uint32_t)reader->out->data_size - *at;
	if (status == L62_OK && *length > 0xfffc)
		return l62_scenario_refuse(reader, value, "\"%s\" is too long", field);
	return status;
}

static int put_hex(struct l62_scenario_reader *reader, const json_t *value)
{
	static const char digits[] = "0123456789abcdef";
	const char *text = json_string_value(value);
	int status = L62_OK;
	uint8_t byte = 0;
	bool half = false;

	for (; *text && status == L62_OK; text++) {
		const char *digit = strchr(digits, tolower((unsigned char)*text));

		if (isspace((unsigned char)*text) && !half)
			continue;
		if (!digit)
			break;
		byte = (uint8_t)(byte << 4 | (digit - digits));
		half = !half;
		if (!half)
			status = put(reader, value, &byte, 1);
	}
	if (status == L62_OK && (*text || half))
		return l62_scenario_refuse(reader, value,
		                           "'%s' is not pairs of hexadecimal digits",
		                           json_string_value(value));
	return status;
}

static int put_number(struct l62_scenario_reader *reader, const json_t *value,
                      const char *field, size_t size)
{
	int64_t most = size == 8 ? INT64_MAX : (INT64_C(1) << size * 8) - 1;
	int64_t number;
	int status = l62_scenario_number(reader, value, field, size == 8 ? INT64_MIN : 0, most,
	                                 &number);

	return status == L62_OK ? put(reader, value, &number, size) : status; /* x64's order */
}

static int put_fill(struct l62_scenario_reader *reader, const json_t *value, uint8_t fill,
                    size_t length)
{
	uint8_t block[256];
	int status = L62_OK;

	memset(block, fill, sizeof(block));
	while (length && status == L62_OK) {
		size_t now = length < sizeof(block) ? length : sizeof(block);

		status = put(reader, value, block, now);
		length -= now;
	}
	return status;
}

/* What one member of {"u32": 5, "text": "x", ...} stands for; they follow each other. */
static int put_member(struct l62_scenario_reader *reader, const char *key, const json_t *value)
{
	static const struct {
		const char *name;
		size_t size;
	} numbers[] = {{"u8", 1}, {"u16", 2}, {"u32", 4}, {"u64", 8}};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		if (strcmp(key, numbers[i].name) == 0)
			return put_number(reader, value, key, numbers[i].size);
	}
	if (strcmp(key, "hex") != 0 && strcmp(key, "text") != 0 && strcmp(key, "utf16") != 0)
		return l62_scenario_refuse(reader, value,
		                           "bytes have no \"%s\": they are hex, text, utf16, "
		                           "u8, u16, u32, u64, length or fill",
		                           key);
	if (!json_is_string(value))
		return l62_scenario_refuse(reader, value, "\"%s\" must be a string", key);
	if (strcmp(key, "hex") == 0)
		return put_hex(reader, value);
	if (strcmp(key, "text") == 0)
		return put(reader, value, json_string_value(value), json_string_length(value));
	return put_utf16(reader, value, json_string_value(value));
}

static int put_object(struct l62_scenario_reader *reader, const json_t *object)
{
	uint64_t start = reader->out->data_size;
	uint32_t length = 0, fill = 0;
	int status = L62_OK;
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)object, key, value)
	{
		if (strcmp(key, "length") == 0)
			status = l62_scenario_u32(reader, value, key, BUFFER_MOST, &length);
		else if (strcmp(key, "fill") == 0)
			status = l62_scenario_u32(reader, value, key, 0xff, &fill);
		else
			status = put_member(reader, key, value);
		if (status != L62_OK)
			return status;
	}
	start = reader->out->data_size - start;
	if (length < start && json_object_get(object, "length"))
		return l62_scenario_refuse(reader, object, "there are %u bytes, more than %u",
		                           (unsigned)start, length);
	return length > start ? put_fill(reader, object, (uint8_t)fill, length - start)
	                      : L62_OK;
}

static int put_part(struct l62_scenario_reader *reader, const json_t *part)
{
	if (json_is_object(part))
		return put_object(reader, part);
	if (json_is_integer(part))
		return put_number(reader, part, "a byte", 1);
	return l62_scenario_refuse(reader, part, "a part of bytes must be a byte or an object");
}

int l62_scenario_bytes(struct l62_scenario_reader *reader, const json_t *value,
                       const char *field, uint32_t *at, uint32_t *length)
{
	int status = align(reader, value);
	const json_t *part;
	uint32_t size;
	size_t i;

	*at = (uint32_t)reader->out->data_size;
	if (status != L62_OK) {
		return status;
	} else if (json_is_integer(value)) {
		status = l62_scenario_u32(reader, value, field, BUFFER_MOST, &size);
		if (status == L62_OK)
			status = put_fill(reader, value, PATTERN, size);
	} else if (json_is_string(value)) {
		status = put_hex(reader, value);
	} else if (json_is_object(value)) {
		status = put_object(reader, value);
	} else if (json_is_array(value)) {
		json_array_foreach(value, i, part)
		{
			status = put_part(reader, part);
			if (status != L62_OK)
				return status;
		}
	} else {
		return l62_scenario_refuse(reader, value,
		                           "\"%s\" must be a length, hexadecimal digits, an "
		                           "object or an array of bytes",
		                           field);
	}
	*length = (uint32_t)reader->out->data_size - *at;
	if (status == L62_OK && *length > BUFFER_MOST)
		return l62_scenario_refuse(reader, value, "\"%s\" has more than %u MiB", field,
		                           BUFFER_MOST >> 20);
	return status;
}

static int put_strings(struct l62_scenario_reader *reader, const json_t *array)
{
	static const uint16_t end;
	const json_t *string;
	int status;
	size_t i;

	json_array_foreach(array, i, string)
	{
		if (!json_is_string(string))
			return l62_scenario_refuse(reader, string,
			                           "an array of the registry has strings");
		status = put_utf16(reader, string, json_string_value(string));
		if (status == L62_OK)
			status = put(reader, string, &end, sizeof(end));
		if (status != L62_OK)
			return status;
	}
	return put(reader, array, &end, sizeof(end));
}

static int put_typed(struct l62_scenario_reader *reader, const json_t *object, uint32_t *type)
{
	static const uint16_t end;
	json_t *qword = json_object_get(object, "qword"),
	       *expand = json_object_get(object, "expand");
	json_t *binary = json_object_get(object, "binary");
	uint32_t at, length;
	int status;

	if (json_object_size(object) == 1 && qword) {
		*type = REG_QWORD;
		return put_number(reader, qword, "qword", 8);
	}
	if (json_object_size(object) == 1 && json_is_string(expand)) {
		*type = REG_EXPAND_SZ;
		status = put_utf16(reader, expand, json_string_value(expand));
		return status == L62_OK ? put(reader, expand, &end, sizeof(end)) : status;
	}
	if (json_object_size(object) == 1 && binary) {
		*type = REG_BINARY;
		return l62_scenario_bytes(reader, binary, "binary", &at, &length);
	}
	return l62_scenario_refuse(
	        reader, object, "a value's object has one of qword, expand (a string), binary");
}

int l62_scenario_value(struct l62_scenario_reader *reader, const json_t *value, uint32_t *type,
                       uint32_t *at, uint32_t *length)
{
	static const uint16_t end;
	int status = align(reader, value);

	*at = (uint32_t)reader->out->data_size;
	if (status != L62_OK)
		return status;
	if (json_is_integer(value)) {
		*type = REG_DWORD;
		status = put_number(reader, value, "a value", 4);
	} else if (json_is_string(value)) {
		*type = REG_SZ;
		status = put_utf16(reader, value, json_string_value(value));
		if (status == L62_OK)
			status = put(reader, value, &end, sizeof(end));
	} else if (json_is_array(value)) {
		*type = REG_MULTI_SZ;
		status = put_strings(reader, value);
	} else if (json_is_object(value)) {
		status = put_typed(reader, value, type);
	} else {
		return l62_scenario_refuse(reader, value,
		                           "a value of the registry is a number, a string, an "
		                           "array of strings or an object");
	}
	*length = (uint32_t)reader->out->data_size - *at;
	return status;
}

static int put_resource(struct l62_scenario_reader *reader, const json_t *object)
{
	static const struct {
		const char *name;
		uint32_t type;
	} kinds[] = {{"port", 1}, {"interrupt", 2}, {"memory", 3}};
	const json_t *length = json_object_get(object, "length");
	struct l62_resource resource = {.length = 1};
	int64_t start = 0;
	int status = L62_OK;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const json_t *value = json_object_get(object, kinds[i].name);

		if (!value || resource.type)
			continue;
		resource.type = kinds[i].type;
		status =
		        l62_scenario_number(reader, value, kinds[i].name, 0, INT64_MAX, &start);
	}
	if (status == L62_OK && length)
		status = l62_scenario_u32(reader, length, "length", UINT32_MAX,
		                          &resource.length);
	if (status != L62_OK)
		return status;
	if (!resource.type || json_object_size(object) != (length ? 2 : 1))
		return l62_scenario_refuse(reader, object,
		                           "a resource has one of port, memory, interrupt, and "
		                           "may have a length");
	resource.start = (uint64_t)start;
	return put(reader, object, &resource, sizeof(resource));
}

int l62_scenario_resources(struct l62_scenario_reader *reader, const json_t *value,
                           uint32_t *at, uint32_t *length)
{
	int status = align(reader, value);
	const json_t *resource;
	size_t i;

	*at = (uint32_t)reader->out->data_size;
	if (!json_is_array(value) || json_array_size(value) == 0)
		return l62_scenario_refuse(reader, value,
		                           "\"resources\" must be an array with a resource");
	json_array_foreach(value, i, resource)
	{
		if (status != L62_OK)
			return status;
		status = put_resource(reader, resource);
	}
	*length = (uint32_t)reader->out->data_size - *at;
	return status;
}
