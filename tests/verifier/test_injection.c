/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Fault injection by the library: the table of what was tried, systematic runs, and that every
 * service says whether it can fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "host.h"
#include "leak62/verifier.h"

enum { CODE = 0x222000, LADDER = 0, LOCKED = 6, STACKS = 19 };

static uint32_t code_of(uint32_t request, bool right)
{
	return CODE + (2 * request + right) * 4;
}

static void every_service_is_listed(void **state)
{
	static const char *const rows[] = {
#define L62_FAULT(name, form, status, out, tag, when) #name,
#include "kernel/faults.def"
#define L62_FAULT_NEVER(name) #name,
#include "kernel/faults_cannot.def"
	};
	enum { ROWS = sizeof(rows) / sizeof(*rows) };
	unsigned can = 0, routines = 0;

	(void)state;
	for (uint32_t i = 0; i < l62_service_count; i++) {
		if (l62_services[i].is_data)
			continue;
		routines++;
		can += l62_fault_can(i) != 0;
		if (!l62_fault_is_listed(i))
			fail_msg("%s is neither in faults.def nor in faults_cannot.def",
			         l62_services[i].name);
	}
	/* Each in one of the two, once. */
	assert_int_equal(ROWS, routines);
	for (size_t i = 0; i < ROWS; i++) {
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(rows[i], rows[j]);
	}
	assert_true(can > 100 && can < l62_service_count / 2);
}

static void table_counts(void **state)
{
	struct l62_tried *tried = l62_tried_create(3);

	(void)state;
	assert_non_null(tried);
	assert_int_equal(l62_tried_count(tried, 7), 0);
	assert_true(l62_tried_add(tried, 7, 1));
	assert_true(l62_tried_add(tried, 7 + 16, 2)); /* likely the same place */
	assert_true(l62_tried_add(tried, 7, 1));
	assert_true(l62_tried_add(tried, UINT64_MAX, UINT32_MAX));
	assert_true(l62_tried_add(tried, UINT64_MAX, 5));
	assert_int_equal(l62_tried_count(tried, 7), 2);
	assert_int_equal(l62_tried_count(tried, 23), 2);
	assert_int_equal(l62_tried_count(tried, UINT64_MAX), UINT32_MAX);
	assert_int_equal(l62_tried_size(tried), 3);
	assert_int_equal(l62_tried_key(tried, 0), 7);
	assert_int_equal(l62_tried_key(tried, 1), 23);
	assert_int_equal(l62_tried_key(tried, 2), UINT64_MAX);
	assert_false(l62_tried_is_full(tried));
	/* A fourth key is refused, those that are there are not. */
	assert_false(l62_tried_add(tried, 1, 1));
	assert_true(l62_tried_is_full(tried));
	assert_int_equal(l62_tried_count(tried, 1), 0);
	assert_true(l62_tried_add(tried, 7, 1));
	l62_tried_destroy(tried);
	l62_tried_destroy(NULL);
	assert_null(l62_tried_create(0));
}

static void table_is_shared(void **state)
{
	struct l62_tried *tried = l62_tried_create(100);
	pid_t child = fork();
	int how;

	(void)state;
	assert_true(child >= 0);
	if (child == 0) {
		l62_tried_add(tried, 42, 1);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &how, 0), child);
	assert_int_equal(l62_tried_count(tried, 42), 1);
	assert_int_equal(l62_tried_size(tried), 1);
	l62_tried_destroy(tried);
}

static struct l62_verify *run(const struct l62_fault_plan *plan, uint32_t code)
{
	struct l62_verify_options options = {.flags = l62_verify_flags_default(),
	                                     .ioctls = &code,
	                                     .ioctl_count = 1,
	                                     .buffer_size = 256,
	                                     .seconds = 60,
	                                     .faults = *plan};
	struct l62_verify *verify;
	struct l62_error err;

	if (l62_verify_run(DRIVER, &options, &verify, &err) != L62_OK)
		fail_msg("%s", err.text);
	assert_int_not_equal(l62_verify_verdict(verify), L62_VERDICT_INCOMPLETE);
	return verify;
}

/* Runs until nothing is injected; the numbers of the calls that failed, in order. */
static size_t campaign(struct l62_tried *tried, uint32_t occurrences, uint32_t code,
                       uint64_t *calls, size_t most, size_t *leaks)
{
	struct l62_fault_plan plan = {
	        .mode = L62_FAULTS_SYSTEMATIC, .occurrences = occurrences, .tried = tried};
	size_t count = 0;

	*leaks = 0;
	for (;;) {
		struct l62_verify *verify = run(&plan, code);
		struct l62_injected_call call;
		uint64_t injected = l62_verify_injected_count(verify, NULL);

		assert_true(injected <= 1);
		if (injected == 0) {
			l62_verify_free(verify);
			return count;
		}
		assert_true(l62_verify_injected(verify, 0, &call));
		assert_false(l62_verify_injected(verify, 1, &call));
		assert_true(l62_tried_count(tried, call.key) > 0);
		*leaks += l62_verify_verdict(verify) == L62_VERDICT_VIOLATION;
		assert_true(count < most);
		calls[count++] = call.call;
		l62_verify_free(verify);
	}
}

/* DriverEntry's and AddDevice's, and START_DEVICE; then Early's own, and two of Wrapped(). */
static void each_stack_once(void **state)
{
	struct l62_tried *tried = l62_tried_create(1000);
	uint64_t calls[64];
	size_t leaks, count = campaign(tried, 1, code_of(STACKS, true), calls, 64, &leaks);

	(void)state;
	assert_int_equal(count, l62_tried_size(tried));
	/* Of four calls of Wrapped() from one place the first alone. */
	assert_int_equal(count, 9);
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(calls[i], i + 1);
	assert_int_equal(calls[8], 11);
	assert_int_equal(leaks, 1); /* DriverEntry's */
	/* What was tried is not tried again. */
	assert_int_equal(campaign(tried, 1, code_of(STACKS, true), calls, 64, &leaks), 0);
	/* Two more occurrences of the stack that is there three times, none of the others. */
	count = campaign(tried, 3, code_of(STACKS, true), calls, 64, &leaks);
	assert_int_equal(count, 2);
	assert_int_equal(calls[0], 9);
	assert_int_equal(calls[1], 10);
	l62_tried_destroy(tried);
}

static void finds_what_is_forgotten(void **state)
{
	struct l62_tried *tried = l62_tried_create(1000), *again = l62_tried_create(1000);
	uint64_t calls[64];
	size_t wrong, right;

	(void)state;
	campaign(tried, 1, code_of(LOCKED, false), calls, 64, &wrong);
	campaign(again, 1, code_of(LOCKED, true), calls, 64, &right);
	assert_int_equal(right, 1);
	assert_int_equal(wrong, right + 3); /* the MDL, locking, mapping */
	/* The keys do not depend on the run. */
	assert_int_equal(l62_tried_size(tried), l62_tried_size(again));
	for (size_t i = 0; i < l62_tried_size(tried); i++)
		assert_int_equal(l62_tried_key(tried, i), l62_tried_key(again, i));
	l62_tried_destroy(tried);
	l62_tried_destroy(again);
}

/* Without room for its key a call does not fail: it would fail in every run. */
static void full_table_ends(void **state)
{
	struct l62_tried *tried = l62_tried_create(2);
	uint64_t calls[64];
	size_t leaks;

	(void)state;
	assert_int_equal(campaign(tried, 1, code_of(LADDER, true), calls, 64, &leaks), 2);
	assert_true(l62_tried_is_full(tried));
	l62_tried_destroy(tried);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(every_service_is_listed), cmocka_unit_test(table_counts),
	        cmocka_unit_test(table_is_shared),         cmocka_unit_test(each_stack_once),
	        cmocka_unit_test(finds_what_is_forgotten), cmocka_unit_test(full_table_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
