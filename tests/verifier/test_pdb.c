/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reading MyDriver.pdb as it is, and damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "debugger/pdb.h"
#include "loader/pe.h"
#include "run/file.h"

enum { SECTIONS_MOST = 96 };

static struct l62_file file, image;
static struct l62_pe pe;
static uint32_t sections[SECTIONS_MOST];

static int set_up(void **state)
{
	struct l62_error err;

	(void)state;
	if (l62_file_read(&file, MYDRIVER ".pdb", &err) != L62_OK ||
	    l62_file_read(&image, MYDRIVER ".sys", &err) != L62_OK ||
	    l62_pe_parse(&pe, image.data, image.size, &err) != L62_OK)
		return -1;
	for (size_t i = 0; i < pe.section_count; i++)
		sections[i] = pe.sections[i].rva;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	l62_pe_clear(&pe);
	l62_file_free(&file);
	l62_file_free(&image);
	return 0;
}

static void reads_functions_and_lines(void **state)
{
	struct l62_error err;
	struct l62_pdb pdb;
	uint32_t start = 0, size = 0;
	int lines = 0;

	(void)state;
	assert_int_equal(
	        l62_pdb_read(&pdb, file.data, file.size, sections, pe.section_count, &err),
	        L62_OK);
	assert_memory_equal(pdb.guid, pe.pdb_guid, sizeof(pdb.guid));
	for (size_t i = 0; i < pdb.symbol_count; i++) {
		if (i)
			assert_true(pdb.symbols[i - 1].rva < pdb.symbols[i].rva);
		if (strcmp(pdb.symbols[i].name, "GetNecessaryObjects") == 0) {
			start = pdb.symbols[i].rva;
			size = pdb.symbols[i].size;
		}
	}
	assert_true(start && size);
	for (size_t i = 0; i < pdb.line_count; i++) {
		if (pdb.lines[i].line != 72 || pdb.lines[i].rva - start >= size)
			continue;
		assert_string_equal(pdb.lines[i].file,
		                    "d:\\coding\\wdmdrivers\\mydriver\\handleioctl.c");
		lines++;
	}
	assert_true(lines > 0);
	l62_pdb_clear(&pdb);
}

static void refuses_other_files(void **state)
{
	struct l62_error err;
	struct l62_pdb pdb;

	(void)state;
	assert_int_equal(
	        l62_pdb_read(&pdb, image.data, image.size, sections, pe.section_count, &err),
	        L62_E_FORMAT);
	assert_non_null(strstr(err.text, "no program database"));
}

static void survives_damage(void **state)
{
	uint8_t *copy = malloc(file.size);
	uint32_t random = 62;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct l62_error err;
		struct l62_pdb pdb;
		size_t size = file.size;

		memcpy(copy, file.data, size);
		for (int i = 0; i < 24; i++) {
			random = random * 1664525 + 1013904223;
			copy[(random >> 4) % (i < 2 ? 64 : size)] = (uint8_t)(random >> 24);
		}
		if (l62_pdb_read(&pdb, copy, size, sections, pe.section_count, &err) ==
		    L62_OK) {
			for (size_t i = 0; i < pdb.symbol_count; i++)
				assert_true(strlen(pdb.symbols[i].name) < size);
			for (size_t i = 0; i < pdb.line_count; i++)
				assert_true(strlen(pdb.lines[i].file) < size);
			l62_pdb_clear(&pdb);
		}
	}
	free(copy);
}

static void survives_any_length(void **state)
{
	(void)state;
	for (size_t size = 0; size < file.size; size += 61) {
		uint8_t *cut = malloc(size ? size : 1);
		struct l62_error err;
		struct l62_pdb pdb;

		memcpy(cut, file.data, size);
		if (l62_pdb_read(&pdb, cut, size, sections, pe.section_count, &err) == L62_OK)
			l62_pdb_clear(&pdb);
		free(cut);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(reads_functions_and_lines),
	        cmocka_unit_test(refuses_other_files),
	        cmocka_unit_test(survives_damage),
	        cmocka_unit_test(survives_any_length),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
