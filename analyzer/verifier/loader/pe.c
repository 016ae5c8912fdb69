/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Headers and sections of a driver's file; see pe.h.  Imports: pe_import.c. */
#include "pe.h"

#include <stdlib.h>
#include <string.h>

#include "pe_read.h"

enum {
	DOS_SIZE = 64,
	DOS_PE_OFFSET = 60,
	MACHINE_AMD64 = 0x8664,
	MACHINE_I386 = 0x14c,
	MACHINE_ARM64 = 0xaa64,
	FILE_HEADER_SIZE = 24, /* with the signature */
	RELOCS_STRIPPED = 1,
	OPTIONAL_MAGIC = 0x20b,
	OPTIONAL_SIZE = 112, /* up to the directories */
	DIRECTORY_SIZE = 8,
	SUBSYSTEM_NATIVE = 1,
	SECTION_SIZE = 40,
	SECTIONS_MOST = 96,
	IMAGE_MOST = 256 << 20,
	PAGE = 4096,
};

enum { IMPORT = 1, EXCEPTION = 3, RELOCATION = 5, DEBUG = 6, LOAD_CONFIG = 10, DELAY = 13 };

struct headers {
	const uint8_t *optional;
	uint32_t directories;
};

const uint8_t *l62_pe_at(const struct l62_pe *pe, uint32_t rva, size_t size)
{
	if (size <= pe->headers_size && rva <= pe->headers_size - size)
		return pe->data + rva;
	for (size_t i = 0; i < pe->section_count; i++) {
		const struct l62_pe_section *section = &pe->sections[i];
		uint32_t have =
		        section->file_size < section->size ? section->file_size : section->size;

		if (rva >= section->rva && rva - section->rva <= have &&
		    size <= have - (rva - section->rva))
			return pe->data + section->offset + (rva - section->rva);
	}
	return NULL;
}

static int bad(struct l62_error *err, const char *what)
{
	return l62_error_set(err, L62_E_FORMAT, "%s: this is no driver that can be loaded",
	                     what);
}

static int check_machine(uint16_t machine, struct l62_error *err)
{
	if (machine == MACHINE_AMD64)
		return L62_OK;
	return l62_error_set(err, L62_E_FORMAT, "the image is for %s: build the driver for x64",
	                     machine == MACHINE_I386    ? "32-bit x86"
	                     : machine == MACHINE_ARM64 ? "ARM64"
	                                                : "another processor");
}

static int read_headers(struct l62_pe *pe, struct headers *headers, size_t *table,
                        struct l62_error *err)
{
	size_t at, optional_size;
	const uint8_t *optional;

	if (pe->size < DOS_SIZE || memcmp(pe->data, "MZ", 2) != 0)
		return bad(err, "the file does not begin with MZ");
	at = l62_read32(pe->data + DOS_PE_OFFSET);
	if (at > pe->size || pe->size - at < FILE_HEADER_SIZE + OPTIONAL_SIZE ||
	    memcmp(pe->data + at, "PE\0", 4) != 0)
		return bad(err, "there is no PE header where the file says");
	if (check_machine(l62_read16(pe->data + at + 4), err) != L62_OK)
		return L62_E_FORMAT;
	pe->section_count = l62_read16(pe->data + at + 6);
	optional_size = l62_read16(pe->data + at + 20);
	pe->fixed = l62_read16(pe->data + at + 22) & RELOCS_STRIPPED;
	optional = pe->data + at + FILE_HEADER_SIZE;
	*table = at + FILE_HEADER_SIZE + optional_size;
	if (optional_size < OPTIONAL_SIZE || *table > pe->size ||
	    l62_read16(optional) != OPTIONAL_MAGIC)
		return bad(err, "the optional header is not that of PE32+");
	headers->optional = optional;
	headers->directories = l62_read32(optional + 108);
	if (headers->directories > (optional_size - OPTIONAL_SIZE) / DIRECTORY_SIZE)
		return bad(err, "the directories go beyond the optional header");
	pe->entry = l62_read32(optional + 16);
	pe->base = l62_read64(optional + 24);
	pe->image_size = l62_read32(optional + 56);
	pe->headers_size = l62_read32(optional + 60);
	if (l62_read16(optional + 68) != SUBSYSTEM_NATIVE)
		return l62_error_set(err, L62_E_FORMAT,
		                     "the image is no kernel driver but a program or library "
		                     "(its subsystem is not native)");
	if (l62_read32(optional + 32) < PAGE)
		return bad(err, "the sections are aligned to less than a page");
	if (pe->image_size == 0 || pe->image_size > IMAGE_MOST || pe->base % PAGE != 0)
		return bad(err, "the image's size or base is out of range");
	if (pe->headers_size > pe->size || pe->headers_size > pe->image_size)
		return bad(err, "the headers go beyond the file");
	if (pe->entry == 0 || pe->entry >= pe->image_size)
		return bad(err, "the entry point is outside the image");
	return L62_OK;
}

static int read_sections(struct l62_pe *pe, size_t table, struct l62_error *err)
{
	uint32_t end = pe->headers_size;

	if (pe->section_count == 0 || pe->section_count > SECTIONS_MOST ||
	    (pe->size - table) / SECTION_SIZE < pe->section_count)
		return bad(err, "the section table goes beyond the file");
	pe->sections = calloc(pe->section_count, sizeof(*pe->sections));
	if (!pe->sections)
		return l62_error_set(err, L62_E_INTERNAL, "no memory");
	for (size_t i = 0; i < pe->section_count; i++) {
		const uint8_t *row = pe->data + table + i * SECTION_SIZE;
		struct l62_pe_section *section = &pe->sections[i];

		memcpy(section->name, row, 8);
		section->size = l62_read32(row + 8);
		section->rva = l62_read32(row + 12);
		section->file_size = l62_read32(row + 16);
		section->offset = l62_read32(row + 20);
		section->flags = l62_read32(row + 36);
		if (section->size == 0)
			section->size = section->file_size;
		if (section->rva % PAGE != 0 || section->rva < end ||
		    section->size > pe->image_size ||
		    section->rva > pe->image_size - section->size)
			return bad(err, "a section lies outside the image or in another one");
		if (section->file_size == 0)
			section->offset = 0;
		if (section->offset > pe->size ||
		    section->file_size > pe->size - section->offset)
			return bad(err, "a section goes beyond the file: is it cut short?");
		end = section->rva + section->size;
	}
	return L62_OK;
}

static struct l62_pe_range directory(const struct headers *headers, uint32_t number)
{
	struct l62_pe_range range = {0};

	if (number < headers->directories) {
		const uint8_t *row =
		        headers->optional + OPTIONAL_SIZE + number * DIRECTORY_SIZE;

		range.rva = l62_read32(row);
		range.size = l62_read32(row + 4);
	}
	return range;
}

/* An address in the load configuration as an RVA; 0 if there is none. */
static uint32_t config_rva(const struct l62_pe *pe, struct l62_pe_range range, uint32_t offset)
{
	const uint8_t *field;
	uint64_t address;

	if (range.size < offset + 8)
		return 0;
	field = l62_pe_at(pe, range.rva + offset, 8);
	address = field ? l62_read64(field) : 0;
	if (address < pe->base || address - pe->base > pe->image_size - 8)
		return 0;
	return (uint32_t)(address - pe->base);
}

static void read_debug(struct l62_pe *pe, struct l62_pe_range range)
{
	enum { ROW = 28, CODEVIEW = 2, PATH = 24 };

	for (uint32_t at = 0; range.size >= ROW && at <= range.size - ROW; at += ROW) {
		const uint8_t *row = l62_pe_at(pe, range.rva + at, ROW), *record;
		uint32_t offset, size;

		if (!row)
			return;
		size = l62_read32(row + 16);
		offset = l62_read32(row + 24);
		if (l62_read32(row + 12) != CODEVIEW || size <= PATH || offset > pe->size ||
		    size > pe->size - offset)
			continue;
		record = pe->data + offset;
		if (memcmp(record, "RSDS", 4) != 0 || !memchr(record + PATH, 0, size - PATH))
			continue;
		memcpy(pe->pdb_guid, record + 4, sizeof(pe->pdb_guid));
		pe->pdb_age = l62_read32(record + 20);
		pe->pdb = (const char *)record + PATH;
		return;
	}
}

int l62_pe_parse(struct l62_pe *pe, const uint8_t *data, size_t size, struct l62_error *err)
{
	struct l62_pe_range config;
	struct headers headers;
	size_t table;
	int status;

	*pe = (struct l62_pe){.data = data, .size = size};
	status = read_headers(pe, &headers, &table, err);
	if (status == L62_OK)
		status = read_sections(pe, table, err);
	if (status == L62_OK)
		status = l62_pe_read_imports(pe, directory(&headers, IMPORT),
		                             directory(&headers, DELAY), err);
	if (status != L62_OK) {
		l62_pe_clear(pe);
		return status;
	}
	pe->relocations = directory(&headers, RELOCATION);
	pe->exceptions = directory(&headers, EXCEPTION);
	config = directory(&headers, LOAD_CONFIG);
	pe->cookie = config_rva(pe, config, 88);
	pe->guard_check = config_rva(pe, config, 112);
	pe->guard_dispatch = config_rva(pe, config, 120);
	read_debug(pe, directory(&headers, DEBUG));
	return L62_OK;
}

void l62_pe_clear(struct l62_pe *pe)
{
	free(pe->sections);
	free(pe->imports);
	pe->sections = NULL;
	pe->imports = NULL;
	pe->section_count = 0;
	pe->import_count = 0;
}
