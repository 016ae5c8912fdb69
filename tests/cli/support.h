/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the unit tests of the build layer share. */
#ifndef LEAK62_TESTS_CLI_SUPPORT_H
#define LEAK62_TESTS_CLI_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <glib.h>

/* Fails unless array (of char) holds exactly the strings that follow; the last
 * argument is NULL. */
void assert_strings(const GPtrArray *array, ...) G_GNUC_NULL_TERMINATED;

/* A scratch folder of its own for each test: setup and teardown for
 * cmocka_unit_test_setup_teardown(); *state is its path. */
int scratch_setup(void **state);
int scratch_teardown(void **state);

/* Writes a file in the scratch folder (and the folders above it) and returns
 * its path, to be freed. */
char *scratch_write(void *const *state, const char *name, const char *text);

#endif
