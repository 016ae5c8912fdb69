/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What pdb.c and pdb_lines.c share. */
#ifndef LEAK62_VERIFIER_PDB_READER_H
#define LEAK62_VERIFIER_PDB_READER_H

#include <stdbool.h>
#include <string.h>

#include "msf.h"
#include "pdb.h"

struct l62_pdb_reader {
	struct l62_pdb *pdb;
	const struct l62_msf *msf;
	const uint32_t *sections;
	size_t section_count;
	size_t symbol_room, line_room;
	struct l62_stream names;
	size_t names_start, names_end;
	size_t kept; /* bytes of all streams that were read */
	struct l62_error *err;
};

static inline uint16_t l62_pdb_16(const uint8_t *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static inline uint32_t l62_pdb_32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

/* False: there is no such segment. */
bool l62_pdb_rva(const struct l62_pdb_reader *r, uint16_t segment, uint32_t offset,
                 uint32_t *rva);

/* An array with room for one more item; NULL: no memory. */
void *l62_pdb_grow(void *array, size_t count, size_t *room, size_t item);

/* The lines of one module: its C13 subsections. */
int l62_pdb_read_lines(struct l62_pdb_reader *r, const uint8_t *data, size_t size);

#endif
