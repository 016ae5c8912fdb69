/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* How to get to a finding: ways put together, and what they ask of the outside. */
#include "support.h"

#include <string.h>

#include "leak62/witness.h"

struct seen {
	struct driver *driver;
	struct l62_result *result;
	const struct l62_witness *witness;
};

#define WAY "INSERT INTO way VALUES"
#define DEMAND                                                                               \
	"INSERT INTO demand(way, seq, kind, name, offset, width, relation, min, max, nth, "  \
	"text, file, line) VALUES"
/* 3 MyControl leaves the MDL in its slot, for control codes 5 and 0x222004. */
#define HOLD WAY "(1, 'hold', 3, 1, NULL, 'DEVICE_EXTENSION.Mdl', 'success', '/drv/ioctl.c', 59, 2);"
#define CODE                                                                                 \
	DEMAND "(1, 1, 'ioctl', 'DeviceIoControl.IoControlCode', NULL, NULL, 'in', 2236420," \
	       " 2236420, NULL, NULL, '/drv/ioctl.c', 30);"
/* The same from 5 Helper, which MyControl calls with its buffer and length. */
#define HELPER                                                                               \
	"INSERT INTO call VALUES(3, 5, 33, 1);" WAY                                          \
	"(1, 'hold', 5, 1, NULL, 'DEVICE_EXTENSION.Mdl', 'success', '/drv/ioctl.c', 98, 2)," \
	" (2, 'call', 3, NULL, 5, NULL, NULL, '/drv/ioctl.c', 33, 2);"
#define HELPER_CODE                                                                          \
	DEMAND "(2, 1, 'ioctl', 'DeviceIoControl.IoControlCode', NULL, NULL, 'in', 2236420," \
	       " 2236420, NULL, NULL, '/drv/ioctl.c', 30);"

static struct seen see(const char *more)
{
	g_autofree char *sql = g_strconcat(base_driver, mdl_in_extension, more, NULL);
	struct seen seen = {.driver = driver_new()};

	driver_tu(seen.driver, "a.c", sql);
	seen.result = driver_link(seen.driver);
	seen.witness = l62_witness_of(only(seen.result, "LeakAtUnload"));
	assert_non_null(seen.witness);
	return seen;
}

static void end(struct seen *seen)
{
	l62_result_free(seen->result);
	driver_free(seen->driver);
}

/* All demands, and behind " | " all gaps. */
static void expect(const struct seen *seen, const char *expected)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < seen->witness->demands->len; i++)
		g_string_append_printf(
		        text, "%s%s", i ? ", " : "",
		        g_array_index(seen->witness->demands, struct l62_demand, i).text);
	for (guint i = 0; i < seen->witness->gaps->len; i++)
		g_string_append_printf(text, " | %s",
		                       (const char *)g_ptr_array_index(seen->witness->gaps, i));
	assert_string_equal(text->str, expected);
	assert_int_equal(seen->witness->complete, seen->witness->gaps->len == 0);
}

static void test_request(void **state)
{
	struct seen seen = see(HOLD CODE DEMAND
	                       "(1, 2, 'input_length', 'DeviceIoControl.InputBufferLength', NULL,"
	                       " NULL, 'in', 8, NULL, NULL, NULL, '/drv/ioctl.c', 31),"
	                       "(1, 3, 'input_length', 'DeviceIoControl.InputBufferLength', NULL,"
	                       " NULL, 'not', 8, 9, NULL, NULL, '/drv/ioctl.c', 31),"
	                       "(1, 4, 'returns', 'ExAllocatePool2', NULL, NULL, 'in', 0, 0, 1,"
	                       " 'pointer', '/drv/ioctl.c', 38);"
	                       "INSERT INTO control_code VALUES(2236420, 'IOCTL_X',"
	                       " '/drv/ioctl.c', 30);");
	int64_t value = -1;

	(void)state;
	assert_string_equal(seen.witness->entry, "MyControl");
	assert_string_equal(seen.witness->role, "DISPATCH");
	assert_int_equal(seen.witness->calls->len, 0);
	expect(&seen, "IRP_MJ_DEVICE_CONTROL, control code 0x222004 (IOCTL_X), input length >= 8, "
	              "input length other than 8 to 9, ExAllocatePool2 returns NULL");
	assert_true(l62_witness_value(seen.witness, L62_DEMAND_MAJOR, &value));
	assert_int_equal(value, 14);
	assert_true(l62_witness_value(seen.witness, L62_DEMAND_CONTROL_CODE, &value));
	assert_int_equal(value, 0x222004);
	assert_false(l62_witness_value(seen.witness, L62_DEMAND_INPUT_LENGTH, &value));
	end(&seen);
}

/* What a callee asks of its arguments is asked of what the caller passes. */
static void test_arguments(void **state)
{
	struct seen seen = see(
	        HELPER HELPER_CODE DEMAND
	        "(1, 1, 'argument', '1', NULL, NULL, 'in', 8, NULL, NULL, NULL, '/drv/h.c', 91),"
	        "(1, 2, 'pointee', '0', 4, 2, 'in', 3, 3, NULL, 'INPUT.Kind', '/drv/h.c', 92),"
	        "(1, 3, 'argument', '2', NULL, NULL, 'in', 1, NULL, NULL, NULL, '/drv/h.c', 93);"
	        "INSERT INTO way_arg VALUES(2, 0, 'buffer', 'system', 8),"
	        " (2, 1, 'input_length', 'DeviceIoControl.InputBufferLength', NULL),"
	        " (2, 2, 'constant', '7', NULL);");

	(void)state;
	assert_int_equal(seen.witness->calls->len, 1);
	assert_string_equal(
	        ((struct l62_step *)g_ptr_array_index(seen.witness->calls, 0))->message,
	        "MyControl calls Helper");
	expect(&seen, "IRP_MJ_DEVICE_CONTROL, control code 0x222004, input length >= 8, "
	              "2 bytes at offset 12 of the system buffer = 3");
	end(&seen);

	/* The twin that passes something else. */
	seen = see(HELPER HELPER_CODE DEMAND
	           "(1, 1, 'argument', '1', NULL, NULL, 'in', 8, NULL, NULL, NULL, '/drv/h.c', 91),"
	           "(1, 2, 'argument', '2', NULL, NULL, 'in', 8, NULL, NULL, NULL, '/drv/h.c', 93);"
	           "INSERT INTO way_arg VALUES(2, 2, 'constant', '7', NULL);");
	expect(&seen, "IRP_MJ_DEVICE_CONTROL, control code 0x222004, argument 1 of Helper >= 8, "
	              "argument 2 of Helper >= 8 | argument 1 of Helper >= 8 (h.c(91)) | "
	              "argument 2 of Helper >= 8 (h.c(93))");
	end(&seen);
}

static void test_state(void **state)
{
	struct seen seen = see(
	        HOLD CODE DEMAND
	        "(1, 2, 'state', 'DEVICE_EXTENSION.Mdl', NULL, NULL, 'in', 0, 0, NULL, NULL,"
	        " '/drv/ioctl.c', 31),"
	        "(1, 3, 'state', 'DEVICE_EXTENSION.Open', NULL, NULL, 'in', 1, NULL, NULL, NULL,"
	        " '/drv/ioctl.c', 32),"
	        "(1, 4, 'other', NULL, NULL, NULL, 'in', 1, 1, NULL, 'a < b', '/drv/ioctl.c', 34);");

	(void)state;
	expect(&seen, "IRP_MJ_DEVICE_CONTROL, control code 0x222004, DEVICE_EXTENSION.Mdl = 0, "
	              "DEVICE_EXTENSION.Open >= 1, a < b | DEVICE_EXTENSION.Open >= 1 "
	              "(ioctl.c(32)) | a < b (ioctl.c(34))");
	assert_true(g_array_index(seen.witness->demands, struct l62_demand, 2).fresh);
	assert_false(g_array_index(seen.witness->demands, struct l62_demand, 3).fresh);
	end(&seen);
}

/* The way with fewer gaps is taken, in whatever order they come. */
static void test_choice(void **state)
{
	struct seen seen = see(
	        HOLD CODE WAY
	        "(2, 'hold', 3, 1, NULL, 'DEVICE_EXTENSION.Mdl', 'success', '/drv/ioctl.c', 57, 2);"
	        DEMAND "(1, 2, 'other', NULL, NULL, NULL, 'in', 1, 1, NULL, 'x', '/drv/ioctl.c', 3),"
	        "(2, 1, 'minor', 'MinorFunction', NULL, NULL, 'in', 4, 4, NULL, NULL,"
	        " '/drv/ioctl.c', 4);");

	(void)state;
	expect(&seen, "IRP_MJ_DEVICE_CONTROL, minor function = 4");
	end(&seen);
}

/* Without a way, with one that nobody leads to, and with ways that exclude each other. */
static void test_gaps(void **state)
{
	struct seen seen = see("");

	(void)state;
	expect(&seen, "IRP_MJ_DEVICE_CONTROL | no path to the allocation in MyControl was seen");
	end(&seen);

	seen = see(WAY "(1, 'hold', 5, 1, NULL, 'DEVICE_EXTENSION.Mdl', 'success', '/drv/i.c', 98,"
	               " 2);");
	expect(&seen, " | no entry point is known to lead to Helper");
	assert_null(seen.witness->role);
	end(&seen);

	seen = see(HELPER HELPER_CODE DEMAND
	           "(1, 1, 'ioctl', 'DeviceIoControl.IoControlCode', NULL, NULL, 'in', 5, 5, NULL,"
	           " NULL, '/drv/ioctl.c', 95);");
	assert_false(seen.witness->complete);
	assert_contains(g_ptr_array_index(seen.witness->gaps, 0), "two things at once");
	end(&seen);

	seen = see(HOLD DEMAND "(1, 1, 'output_length', 'Read.Length', NULL, NULL, 'in', 8, NULL,"
	                       " NULL, NULL, '/drv/ioctl.c', 31);");
	expect(&seen, "output length >= 8 | which request leads there through MyControl is not known");
	end(&seen);
}

static void test_codes(void **state)
{
	struct driver *driver = driver_new();
	struct l62_control_codes *codes = NULL;
	struct l62_error err = {0};

	(void)state;
	driver_tu(driver, "a.c",
	          "INSERT INTO control_code VALUES(9, 'B', '/drv/x.h', 2),"
	          " (4, NULL, '/drv/a.c', 7), (9, 'B', '/drv/x.h', 2);");
	driver_tu(driver, "b.c", "INSERT INTO control_code VALUES(9, 'B', '/drv/x.h', 2);");
	l62_result_free(driver_link(driver));
	assert_int_equal(l62_control_codes_load(driver->database, &codes, &err), 0);
	assert_int_equal(codes->codes->len, 2);
	assert_int_equal(g_array_index(codes->codes, struct l62_control_code, 0).value, 4);
	assert_null(g_array_index(codes->codes, struct l62_control_code, 0).name);
	assert_string_equal(g_array_index(codes->codes, struct l62_control_code, 1).name, "B");
	l62_control_codes_free(codes);
	assert_int_equal(l62_control_codes_load("/nowhere", &codes, &err), L62_E_IO);
	assert_null(codes);
	driver_free(driver);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_request), cmocka_unit_test(test_arguments),
	        cmocka_unit_test(test_state),   cmocka_unit_test(test_choice),
	        cmocka_unit_test(test_gaps),    cmocka_unit_test(test_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
