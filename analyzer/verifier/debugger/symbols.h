/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Addresses of a run to names: the driver's by its .pdb or its own DWARF, the kernel's own
 * frames by frames.def, which lie at the addresses that cpu/capture.h names.
 */
#ifndef LEAK62_VERIFIER_SYMBOLS_H
#define LEAK62_VERIFIER_SYMBOLS_H

#include <stdbool.h>
#include <stdint.h>

#include "loader/pe.h"
#include "pdb.h"

struct l62_symbols {
	char *module; /* "MyDriver" */
	uint64_t base, size;
	struct l62_pdb pdb; /* empty: there is none */
};

/* The symbol at or below an address, and the next one; names stay with symbols. */
struct l62_symbol {
	const char *module, *name; /* name NULL: in the module, but it has no symbols */
	uint64_t start;
	const char *next_name; /* NULL: it is the last */
	uint64_t next;
};

struct l62_line {
	const char *file;
	uint32_t line;
	uint64_t start; /* of the line's code */
};

/* path: the .pdb, or NULL for the one beside the image.  Without one, or with one of
 * another build, there are just no symbols: then 0, and *why (or NULL) says so, to be
 * freed. */
int l62_symbols_open(struct l62_symbols *symbols, const struct l62_pe *pe, const char *image,
                     const char *path, char **why, struct l62_error *err);
void l62_symbols_close(struct l62_symbols *symbols);

/* False: the address is in no module; and: there is no line of its.  Strings belong to
 * symbols. */
bool l62_symbols_find(const struct l62_symbols *symbols, uint64_t address,
                      struct l62_symbol *symbol);
bool l62_symbols_line(const struct l62_symbols *symbols, uint64_t address,
                      struct l62_line *line);

#endif
