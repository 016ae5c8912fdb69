/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reading a driver's file: MyDriver.sys as it is, and damaged in many ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "loader/pe.h"
#include "run/file.h"

enum {
	HEADER = 0x3c,
	MACHINE = 4,
	OPTIONAL = 24,
	MAGIC = 0,
	SUBSYSTEM = 68,
	DIRECTORIES = 112
};

static struct l62_file file;
static uint8_t *copy; /* a block of its own: reads beyond it are seen */

static int read_driver(void **state)
{
	struct l62_error err;

	(void)state;
	return l62_file_read(&file, MYDRIVER ".sys", &err);
}

static int free_driver(void **state)
{
	(void)state;
	l62_file_free(&file);
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	copy = malloc(file.size);
	memcpy(copy, file.data, file.size);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(copy);
	return 0;
}

static uint8_t *header(void)
{
	uint32_t at;

	memcpy(&at, copy + HEADER, sizeof(at));
	return copy + at;
}

static void refused(const char *why)
{
	struct l62_error err;
	struct l62_pe pe;

	assert_int_equal(l62_pe_parse(&pe, copy, file.size, &err), L62_E_FORMAT);
	if (!strstr(err.text, why))
		fail_msg("'%s' is not in '%s'", why, err.text);
}

static void put32(uint8_t *at, uint32_t value)
{
	memcpy(at, &value, sizeof(value));
}

static void reads_a_driver(void **state)
{
	struct l62_error err;
	struct l62_pe pe;
	int found = 0;

	(void)state;
	assert_int_equal(l62_pe_parse(&pe, copy, file.size, &err), L62_OK);
	assert_int_equal(pe.base, 0x140000000);
	assert_true(pe.section_count >= 3);
	assert_true(pe.exceptions.size % 12 == 0 && pe.exceptions.size > 0);
	assert_non_null(pe.pdb);
	for (size_t i = 0; i < pe.import_count; i++) {
		assert_string_equal(pe.imports[i].module, "ntoskrnl.exe");
		found += pe.imports[i].name &&
		         strcmp(pe.imports[i].name, "ExAllocatePoolWithTag") == 0;
		assert_non_null(l62_pe_at(&pe, pe.imports[i].slot, 8));
	}
	assert_int_equal(found, 1);
	l62_pe_clear(&pe);
}

static void reads_ordinals(void **state)
{
	struct l62_error err;
	struct l62_pe pe;
	uint64_t ordinal = UINT64_C(0x8000000000000123);
	const uint8_t *descriptor;
	uint32_t names;

	(void)state;
	assert_int_equal(l62_pe_parse(&pe, copy, file.size, &err), L62_OK);
	memcpy(&names, header() + OPTIONAL + DIRECTORIES + 8, sizeof(names));
	descriptor = l62_pe_at(&pe, names, 20);
	memcpy(&names, descriptor, sizeof(names));
	memcpy((uint8_t *)(uintptr_t)l62_pe_at(&pe, names, 8), &ordinal, sizeof(ordinal));
	l62_pe_clear(&pe);
	assert_int_equal(l62_pe_parse(&pe, copy, file.size, &err), L62_OK);
	assert_null(pe.imports[0].name);
	assert_int_equal(pe.imports[0].ordinal, 0x123);
	l62_pe_clear(&pe);
}

static void refuses_other_files(void **state)
{
	(void)state;
	copy[0] = 'X';
	refused("does not begin with MZ");
}

static void refuses_other_machines(void **state)
{
	(void)state;
	header()[MACHINE] = 0x4c;
	header()[MACHINE + 1] = 0x01;
	refused("32-bit x86");
}

static void refuses_programs(void **state)
{
	(void)state;
	header()[OPTIONAL + SUBSYSTEM] = 3;
	refused("no kernel driver");
}

static void refuses_pe32(void **state)
{
	(void)state;
	header()[OPTIONAL + MAGIC] = 0x0b;
	header()[OPTIONAL + MAGIC + 1] = 0x01;
	refused("PE32+");
}

/* The delay directory points at a descriptor whose name is a module's. */
static void refuses_delayed_imports(void **state)
{
	struct l62_error err;
	struct l62_pe pe;
	uint32_t imports, module, at;

	(void)state;
	assert_int_equal(l62_pe_parse(&pe, copy, file.size, &err), L62_OK);
	memcpy(&imports, header() + OPTIONAL + DIRECTORIES + 8, sizeof(imports));
	memcpy(&module, l62_pe_at(&pe, imports, 20) + 12, sizeof(module));
	at = pe.sections[0].rva; /* over code, which is not read */
	put32((uint8_t *)(uintptr_t)l62_pe_at(&pe, at, 32) + 4, module);
	put32(header() + OPTIONAL + DIRECTORIES + 13 * 8, at);
	l62_pe_clear(&pe);
	refused("delays loading of ntoskrnl.exe");
}

static void survives_any_length(void **state)
{
	struct l62_error err;
	struct l62_pe pe;

	(void)state;
	for (size_t size = 0; size < file.size; size++) {
		uint8_t *cut = malloc(size ? size : 1);

		memcpy(cut, copy, size);
		if (l62_pe_parse(&pe, cut, size, &err) == L62_OK)
			l62_pe_clear(&pe);
		else
			assert_true(*err.text);
		free(cut);
	}
}

static void survives_damage(void **state)
{
	uint32_t random = 62;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		struct l62_error err;
		struct l62_pe pe;

		memcpy(copy, file.data, file.size);
		for (int i = 0; i < 8; i++) {
			random = random * 1664525 + 1013904223;
			/* Mostly the headers. */
			copy[(random >> 8) % (i < 6 ? 0x400 : file.size)] =
			        (uint8_t)(random >> 24);
		}
		if (l62_pe_parse(&pe, copy, file.size, &err) == L62_OK) {
			for (size_t i = 0; i < pe.import_count; i++)
				assert_non_null(l62_pe_at(&pe, pe.imports[i].slot, 8));
			l62_pe_clear(&pe);
		}
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	        TEST(reads_a_driver),          TEST(reads_ordinals),
	        TEST(refuses_other_files),     TEST(refuses_other_machines),
	        TEST(refuses_programs),        TEST(refuses_pe32),
	        TEST(refuses_delayed_imports), TEST(survives_any_length),
	        TEST(survives_damage),
	};

	return cmocka_run_group_tests(tests, read_driver, free_driver);
}
