/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Reading program databases: functions, variables, public names and lines, nothing of types.
 * Every read is checked against the file; what makes no sense is an error or left out.
 * Source: "The PDB File Format" of LLVM's documentation, and Microsoft's published
 * cvinfo.h for the records.
 */
#ifndef LEAK62_VERIFIER_PDB_H
#define LEAK62_VERIFIER_PDB_H

#include <stddef.h>
#include <stdint.h>

#include "leak62/error.h"

#ifdef __cplusplus
extern "C" {
#endif

struct l62_pdb_symbol {
	uint32_t rva, size; /* size 0: not known */
	const char *name;
};

/* From rva on, up to the next one, the code is of that line; line 0: of none. */
struct l62_pdb_line {
	uint32_t rva, line;
	const char *file;
};

/* Both arrays are sorted by rva; one symbol for each rva. */
struct l62_pdb {
	uint8_t guid[16];
	uint32_t age;
	struct l62_pdb_symbol *symbols;
	size_t symbol_count;
	struct l62_pdb_line *lines;
	size_t line_count;
	void **memory; /* the streams that names point into */
	size_t memory_count;
};

/* sections: the RVAs of the image's sections, as segments 1 to count name them.
 * data is not needed afterwards.  Free with l62_pdb_clear() if 0. */
int l62_pdb_read(struct l62_pdb *pdb, const uint8_t *data, size_t size,
                 const uint32_t *sections, size_t count, struct l62_error *err);
void l62_pdb_clear(struct l62_pdb *pdb);

/* For other readers that fill the arrays: sorts them as said above; control
 * characters in names become '?'. */
void l62_pdb_sort(struct l62_pdb *pdb);

#ifdef __cplusplus
}
#endif
#endif
