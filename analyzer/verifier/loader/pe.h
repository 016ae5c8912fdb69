/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Reading a driver's file: PE32+ for x86-64.  Nothing is mapped or run here; every
 * read is checked against the file, for the file is not trusted.
 * Source: "PE Format" of the Windows documentation.
 */
#ifndef LEAK62_VERIFIER_PE_H
#define LEAK62_VERIFIER_PE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "leak62/error.h"

struct l62_pe_section {
	char name[9];
	uint32_t rva, size; /* in memory, bytes */
	uint32_t offset, file_size;
	uint32_t flags; /* IMAGE_SCN_* */
};
#define L62_PE_EXECUTE 0x20000000u
#define L62_PE_READ 0x40000000u
#define L62_PE_WRITE 0x80000000u

struct l62_pe_import {
	const char *module; /* "ntoskrnl.exe"; points into the file */
	const char *name;   /* NULL: by ordinal */
	uint16_t ordinal;
	uint32_t slot; /* RVA of the pointer to fill */
};

struct l62_pe_range {
	uint32_t rva, size;
};

/* Points into the caller's data, which must stay; sections and imports are owned. */
struct l62_pe {
	const uint8_t *data;
	size_t size;
	uint64_t base; /* preferred */
	uint32_t image_size, headers_size, entry;
	struct l62_pe_section *sections;
	size_t section_count;
	struct l62_pe_import *imports;
	size_t import_count;
	struct l62_pe_range relocations, exceptions;
	bool fixed;      /* the relocations were taken out: only the preferred base will do */
	uint32_t cookie; /* RVA of the security cookie, or 0 */
	uint32_t guard_dispatch; /* RVA of the guarded call's pointer, or 0 */
	uint32_t guard_check;
	uint8_t pdb_guid[16]; /* with pdb_age: which .pdb belongs to the image */
	uint32_t pdb_age;
	const char *pdb; /* the path the linker wrote, or NULL */
};

/* The file's size bytes at data.  L62_E_FORMAT if they are no driver that can be
 * loaded; err says what is wrong and where.  Free with l62_pe_clear() if 0. */
int l62_pe_parse(struct l62_pe *pe, const uint8_t *data, size_t size, struct l62_error *err);
void l62_pe_clear(struct l62_pe *pe);

/* size bytes at rva as the file has them; NULL if they are not all in the file. */
const uint8_t *l62_pe_at(const struct l62_pe *pe, uint32_t rva, size_t size);

#endif
