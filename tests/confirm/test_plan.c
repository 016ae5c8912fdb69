/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The steps that meet what a finding's path asks of the request, on demands made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "confirm/plan_witness.h"

enum { DEVICE_CONTROL = 0x0e, READ = 0x03, WRITE = 0x04, PNP = 0x1b, CREATE = 0x00 };

static struct l62_demand is(enum l62_demand_kind kind, int64_t value)
{
	return (struct l62_demand){
	        .kind = kind, .has_min = true, .has_max = true, .min = value, .max = value};
}

/* The steps, as compact JSON; the caller's.  NULL: there are none. */
static char *steps_of(const struct l62_demand *demands, size_t count, bool complete)
{
	struct l62_witness witness = {.complete = complete};
	char *text = NULL;
	json_t *steps;

	witness.demands = g_array_new(FALSE, FALSE, sizeof(*demands));
	g_array_append_vals(witness.demands, demands, (guint)count);
	steps = l62_plan_witness_steps(&witness, 1);
	if (steps)
		text = json_dumps(steps, JSON_COMPACT);
	json_decref(steps);
	g_array_unref(witness.demands);
	return text;
}

static void check(const struct l62_demand *demands, size_t count, const char *expected)
{
	char *text = steps_of(demands, count, true);

	if (expected)
		assert_string_equal(text, expected);
	else
		assert_null(text);
	free(text);
}

static void control_code_and_bytes(void **state)
{
	struct l62_demand demands[] = {
	        is(L62_DEMAND_MAJOR, DEVICE_CONTROL),   is(L62_DEMAND_CONTROL_CODE, 0x222004),
	        is(L62_DEMAND_INPUT_LENGTH, 6),         is(L62_DEMAND_OUTPUT_LENGTH, 0),
	        is(L62_DEMAND_BUFFER, INT64_C(0x1234)),
	};

	(void)state;
	demands[4].name = "system";
	demands[4].offset = 1;
	demands[4].width = 4;
	check(demands, 5,
	      "[{\"do\":\"create\"},{\"do\":\"ioctl\",\"code\":\"0x222004\",\"input\":"
	      "\"623412000062\",\"output\":0},{\"do\":\"close\"}]");
	/* The bytes are not in so short a buffer. */
	demands[2] = is(L62_DEMAND_INPUT_LENGTH, 2);
	check(demands, 5,
	      "[{\"do\":\"create\"},{\"do\":\"ioctl\",\"code\":\"0x222004\",\"input\":"
	      "\"6262\",\"output\":0},{\"do\":\"close\"}]");
	/* A code alone is a request for it. */
	check(demands + 1, 4,
	      "[{\"do\":\"create\"},{\"do\":\"ioctl\",\"code\":\"0x222004\",\"input\":"
	      "\"6262\",\"output\":0},{\"do\":\"close\"}]");
}

/* All demands on one thing hold: at least 300, not 300, at most 301. */
static void bounds(void **state)
{
	struct l62_demand demands[] = {
	        is(L62_DEMAND_MAJOR, READ),
	        {.kind = L62_DEMAND_OUTPUT_LENGTH, .has_min = true, .min = 300},
	        {.kind = L62_DEMAND_OUTPUT_LENGTH,
	         .has_min = true,
	         .has_max = true,
	         .min = 300,
	         .max = 300,
	         .excluded = true},
	        {.kind = L62_DEMAND_OUTPUT_LENGTH, .has_max = true, .max = 301},
	};

	(void)state;
	check(demands, 4,
	      "[{\"do\":\"create\"},{\"do\":\"read\",\"length\":301},{\"do\":\"close\"}]");
	check(demands, 1,
	      "[{\"do\":\"create\"},{\"do\":\"read\",\"length\":256},{\"do\":\"close\"}]");
}

static void plug_and_play(void **state)
{
	struct l62_demand demands[] = {is(L62_DEMAND_MAJOR, PNP), is(L62_DEMAND_MINOR, 0x17)};

	(void)state;
	check(demands, 2, "[{\"do\":\"pnp\",\"minor\":\"0x17\"}]");
}

/* What the driver must have done before is not known: the usual requests come first. */
static void incomplete(void **state)
{
	struct l62_demand demands[] = {is(L62_DEMAND_MAJOR, WRITE),
	                               is(L62_DEMAND_INPUT_LENGTH, 1)};
	char *text = steps_of(demands, 2, false);

	(void)state;
	assert_string_equal(text, "[{\"do\":\"default\"},{\"do\":\"create\"},{\"do\":\"write\","
	                          "\"input\":\"62\"},{\"do\":\"close\"}]");
	free(text);
}

/* What only may not be zero is small and even. */
static void not_zero(void **state)
{
	struct l62_demand demands[] = {
	        is(L62_DEMAND_MAJOR, WRITE),
	        is(L62_DEMAND_INPUT_LENGTH, 8),
	        {.kind = L62_DEMAND_BUFFER,
	         .name = "system",
	         .offset = 2,
	         .width = 4,
	         .has_min = true,
	         .has_max = true,
	         .excluded = true},
	        {.kind = L62_DEMAND_BUFFER,
	         .name = "system",
	         .offset = 2,
	         .width = 4,
	         .has_max = true,
	         .max = 512},
	};

	(void)state;
	check(demands, 4,
	      "[{\"do\":\"create\"},{\"do\":\"write\",\"input\":\"6262020000006262\"},{\"do\":"
	      "\"close\"}]");
	demands[3].max = 1;
	check(demands, 4,
	      "[{\"do\":\"create\"},{\"do\":\"write\",\"input\":\"6262010000006262\"},{\"do\":"
	      "\"close\"}]");
}

/* To the same file. */
static void sent_twice(void **state)
{
	struct l62_demand read = is(L62_DEMAND_MAJOR, READ);
	struct l62_witness witness = {.complete = true};
	json_t *steps;
	char *text;

	(void)state;
	witness.demands = g_array_new(FALSE, FALSE, sizeof(read));
	g_array_append_val(witness.demands, read);
	steps = l62_plan_witness_steps(&witness, 2);
	text = json_dumps(steps, JSON_COMPACT);
	assert_string_equal(text, "[{\"do\":\"create\"},{\"do\":\"read\",\"length\":256},{"
	                          "\"do\":\"read\",\"length\":256},{\"do\":\"close\"}]");
	free(text);
	json_decref(steps);
	g_array_unref(witness.demands);
}

/* A program's control request is one, mounting is the I/O manager's. */
static void file_systems(void **state)
{
	struct l62_demand demands[] = {is(L62_DEMAND_MAJOR, 0x0d), is(L62_DEMAND_MINOR, 0)};
	char *text = steps_of(demands, 2, true);

	(void)state;
	assert_non_null(text);
	assert_non_null(strstr(text, "\"major\":\"0xd\""));
	free(text);
	demands[1] = is(L62_DEMAND_MINOR, 1);
	check(demands, 2, NULL);
}

static void nothing_to_send(void **state)
{
	struct l62_demand create = is(L62_DEMAND_MAJOR, CREATE),
	                  returns = is(L62_DEMAND_RETURNS, 0), none = is(L62_DEMAND_MAJOR, 99);

	(void)state;
	check(&create, 1, NULL);
	check(&returns, 1, NULL);
	check(&none, 1, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(control_code_and_bytes),
	        cmocka_unit_test(bounds),
	        cmocka_unit_test(plug_and_play),
	        cmocka_unit_test(incomplete),
	        cmocka_unit_test(nothing_to_send),
	        cmocka_unit_test(not_zero),
	        cmocka_unit_test(sent_twice),
	        cmocka_unit_test(file_systems),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
