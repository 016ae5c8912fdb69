/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The import directory of a driver's file; see pe.h. */
#include <stdlib.h>

#include "pe_read.h"

enum { DESCRIPTOR = 20, DELAY_DESCRIPTOR = 32, NAME_MOST = 256, IMPORTS_MOST = 16384 };

#define BY_ORDINAL (UINT64_C(1) << 63)

/* A NUL-terminated name at rva, or NULL. */
static const char *name_at(const struct l62_pe *pe, uint32_t rva)
{
	for (size_t size = 1; size <= NAME_MOST; size++) {
		const uint8_t *name = l62_pe_at(pe, rva, size);

		if (!name)
			return NULL;
		if (name[size - 1] == '\0')
			return size > 1 ? (const char *)name : NULL;
	}
	return NULL;
}

static int refuse_delayed(const struct l62_pe *pe, struct l62_pe_range delayed,
                          struct l62_error *err)
{
	const uint8_t *row;
	const char *name;

	if (delayed.rva == 0)
		return L62_OK;
	row = l62_pe_at(pe, delayed.rva, DELAY_DESCRIPTOR);
	if (row && l62_read32(row + 4) == 0)
		return L62_OK;
	name = row ? name_at(pe, l62_read32(row + 4)) : NULL;
	return l62_error_set(err, L62_E_FORMAT,
	                     "the image delays loading of %s, which drivers cannot: link it "
	                     "without /DELAYLOAD",
	                     name ? name : "a module");
}

static int add(struct l62_pe *pe, const struct l62_pe_import *import, struct l62_error *err)
{
	struct l62_pe_import *grown;
	size_t count = pe->import_count;

	if (count >= IMPORTS_MOST)
		return l62_error_set(err, L62_E_FORMAT, "the image has more than %d imports",
		                     IMPORTS_MOST);
	if ((count & (count - 1)) == 0) {
		grown = realloc(pe->imports, (count ? count * 2 : 1) * sizeof(*grown));
		if (!grown)
			return l62_error_set(err, L62_E_INTERNAL, "no memory");
		pe->imports = grown;
	}
	pe->imports[pe->import_count++] = *import;
	return L62_OK;
}

static int read_module(struct l62_pe *pe, const uint8_t *row, struct l62_error *err)
{
	uint32_t names = l62_read32(row), slots = l62_read32(row + 16);
	struct l62_pe_import import = {.module = name_at(pe, l62_read32(row + 12))};

	if (!import.module)
		return l62_error_set(err, L62_E_FORMAT,
		                     "an imported module's name is not in the file");
	if (names == 0)
		names = slots;
	for (uint32_t i = 0;; i++) {
		const uint8_t *entry =
		        i < IMPORTS_MOST ? l62_pe_at(pe, names + i * 8, 8) : NULL;
		uint64_t value;
		int status;

		if (!entry || !l62_pe_at(pe, slots + i * 8, 8))
			return l62_error_set(err, L62_E_FORMAT,
			                     "the imports from %s go beyond their section",
			                     import.module);
		value = l62_read64(entry);
		if (value == 0)
			return L62_OK;
		import.slot = slots + i * 8;
		import.ordinal = value & BY_ORDINAL ? (uint16_t)value : 0;
		import.name = value & BY_ORDINAL ? NULL : name_at(pe, (uint32_t)value + 2);
		if (!(value & BY_ORDINAL) && !import.name)
			return l62_error_set(err, L62_E_FORMAT,
			                     "the name of an import from %s is not in the file",
			                     import.module);
		status = add(pe, &import, err);
		if (status != L62_OK)
			return status;
	}
}

int l62_pe_read_imports(struct l62_pe *pe, struct l62_pe_range imports,
                        struct l62_pe_range delayed, struct l62_error *err)
{
	int status = refuse_delayed(pe, delayed, err);

	for (uint32_t at = imports.rva; status == L62_OK && imports.rva; at += DESCRIPTOR) {
		const uint8_t *row = l62_pe_at(pe, at, DESCRIPTOR);

		if (!row)
			return l62_error_set(err, L62_E_FORMAT,
			                     "the import directory goes beyond its section");
		if (l62_read32(row + 12) == 0)
			break;
		status = read_module(pe, row, err);
	}
	return status;
}
