/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the readers of the parts of a scenario file have in common. */
#ifndef LEAK62_VERIFIER_SCENARIO_READER_H
#define LEAK62_VERIFIER_SCENARIO_READER_H

#include <jansson.h>
#include <stdbool.h>

#include "scenario.h"

struct l62_scenario_reader {
	const char *path, *text;
	const json_t *root;
	const json_t *around; /* the object that is being read */
	struct l62_steps *out;
	bool unloaded; /* by the last step */
	size_t steps_room, settings_room, files_room, data_room;
	struct l62_error *err;
};

/* An error about a value: "FILE(LINE): ...", L62_E_USAGE. */
int l62_scenario_refuse(struct l62_scenario_reader *reader, const json_t *value,
                        const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A number, or a string that is one in any of C's bases. */
int l62_scenario_number(struct l62_scenario_reader *reader, const json_t *value,
                        const char *field, int64_t least, int64_t most, int64_t *out);
int l62_scenario_u32(struct l62_scenario_reader *reader, const json_t *value, const char *field,
                     uint32_t most, uint32_t *out);
/* A string as UTF-16, without its end; name: the field's. */
int l62_scenario_utf16(struct l62_scenario_reader *reader, const json_t *value,
                       const char *field, uint32_t *at, uint32_t *length);
/* Bytes: a length, hexadecimal digits, an object, or an array of bytes and objects. */
int l62_scenario_bytes(struct l62_scenario_reader *reader, const json_t *value,
                       const char *field, uint32_t *at, uint32_t *length);
/* A value of the registry. */
int l62_scenario_value(struct l62_scenario_reader *reader, const json_t *value, uint32_t *type,
                       uint32_t *at, uint32_t *length);

/* Hardware: {"port": 0x300, "length": 8}, {"memory": ...}, {"interrupt": 5}; as pairs of
 * struct l62_resource. */
int l62_scenario_resources(struct l62_scenario_reader *reader, const json_t *value,
                           uint32_t *at, uint32_t *length);

/* Adds to the data; false: there would be more than a scenario may have. */
bool l62_scenario_put(struct l62_scenario_reader *reader, const void *bytes, size_t length);

#endif
