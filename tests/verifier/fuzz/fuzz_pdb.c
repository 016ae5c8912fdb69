/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* libFuzzer: a program database, read and asked for names and lines. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/pdb.h"

enum { SECTIONS = 8, SECTION = 0x1000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t length_of(const char *name)
{
	for (const char *c = name; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			abort();
	}
	return strlen(name);
}

/* What a printer would read, and the order that looking up relies on. */
static size_t use(const struct l62_pdb *pdb)
{
	size_t sum = 0;

	for (size_t i = 0; i < pdb->symbol_count; i++) {
		if (i && pdb->symbols[i - 1].rva >= pdb->symbols[i].rva)
			abort();
		sum += length_of(pdb->symbols[i].name);
	}
	for (size_t i = 0; i < pdb->line_count; i++) {
		if (i && pdb->lines[i - 1].rva > pdb->lines[i].rva)
			abort();
		sum += length_of(pdb->lines[i].file);
	}
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t sections[SECTIONS];
	struct l62_error err = {0};
	struct l62_pdb pdb;
	volatile size_t sum;

	for (uint32_t i = 0; i < SECTIONS; i++)
		sections[i] = (i + 1) * SECTION;
	if (l62_pdb_read(&pdb, data, size, sections, SECTIONS, &err) != L62_OK) {
		if (!err.text[0])
			abort();
		return 0;
	}
	sum = use(&pdb);
	(void)sum;
	l62_pdb_clear(&pdb);
	return 0;
}
