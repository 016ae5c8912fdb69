/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The fields that steps of a scenario file have. */
#ifndef LEAK62_VERIFIER_SCENARIO_FIELDS_H
#define LEAK62_VERIFIER_SCENARIO_FIELDS_H

#include "reader.h"

/* Times of scenarios are in milliseconds, those of steps in units of 100 ns. */
#define L62_MILLISECOND INT64_C(10000)

/* A bit for each field; short, for the table of steps.c is made of them. */
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

struct l62_scenario_field {
	const char *name;
	unsigned field; /* one of the bits */
	/* Fills its part of step from value, or refuses: 0 or L62_E_USAGE.  NULL: the step
	 * reads it itself. */
	int (*read)(struct l62_scenario_reader *reader, const char *field, const json_t *value,
	            struct l62_step *step);
};

extern const struct l62_scenario_field l62_scenario_fields[];
extern const size_t l62_scenario_field_count;

/* NULL: there is none of that name. */
const struct l62_scenario_field *l62_scenario_field(const char *name);

#endif
