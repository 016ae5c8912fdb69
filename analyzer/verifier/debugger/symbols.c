/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Finding and opening symbols, and looking them up; see symbols.h. */
#include "symbols.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/capture.h"
#include "dwarf.h"
#include "host.h"
#include "run/file.h"

static const struct {
	const char *module, *name;
} frames[] = {
        {NULL, NULL},
#define L62_FRAME(id, module, symbol, offset) {module, symbol},
#include "frames.def"
};

/* NAME.pdb beside NAME.sys. */
static char *beside(const char *image)
{
	const char *slash = strrchr(image, '/');
	const char *dot = strrchr(slash ? slash : image, '.');
	int length = dot ? (int)(dot - image) : (int)strlen(image);
	char *path = NULL;

	return asprintf(&path, "%.*s.pdb", length, image) < 0 ? NULL : path;
}

static char *module_name(const char *image)
{
	const char *slash = strrchr(image, '/'), *name = slash ? slash + 1 : image;
	const char *dot = strrchr(name, '.');

	return dot && dot > name ? strndup(name, (size_t)(dot - name)) : strdup(name);
}

static int read_pdb(struct l62_symbols *symbols, const struct l62_pe *pe, const char *path,
                    struct l62_error *err)
{
	uint32_t *sections = calloc(pe->section_count + 1, sizeof(*sections));
	struct l62_file file = {0};
	int status = sections ? l62_file_read(&file, path, err)
	                      : l62_error_set(err, L62_E_INTERNAL, "no memory");

	for (size_t i = 0; status == L62_OK && i < pe->section_count; i++)
		sections[i] = pe->sections[i].rva;
	if (status == L62_OK)
		status = l62_pdb_read(&symbols->pdb, file.data, file.size, sections,
		                      pe->section_count, err);
	if (status == L62_OK && pe->pdb &&
	    memcmp(symbols->pdb.guid, pe->pdb_guid, sizeof(pe->pdb_guid)) != 0) {
		l62_pdb_clear(&symbols->pdb);
		status = l62_error_set(err, L62_E_VERSION,
		                       "%s belongs to another build of the driver", path);
	}
	l62_file_free(&file);
	free(sections);
	return status;
}

int l62_symbols_open(struct l62_symbols *symbols, const struct l62_pe *pe, const char *image,
                     const char *path, char **why, struct l62_error *err)
{
	char *found = path ? strdup(path) : beside(image);
	struct l62_error problem;
	int status;

	*symbols = (struct l62_symbols){.module = module_name(image)};
	*why = NULL;
	if (!found || !symbols->module) {
		free(found);
		l62_symbols_close(symbols);
		return l62_error_set(err, L62_E_INTERNAL, "no memory");
	}
	status = read_pdb(symbols, pe, found, &problem);
	if (status != L62_OK && path) {
		l62_symbols_close(symbols);
		l62_error_set(err, problem.code, "%s", problem.text);
	} else if (status != L62_OK) {
		/* The image itself may have them. */
		if (l62_dwarf_read(&symbols->pdb, pe->data, pe->size, pe->base, NULL) != L62_OK)
			*why = strdup(problem.text);
		status = L62_OK;
	}
	free(found);
	return status;
}

void l62_symbols_close(struct l62_symbols *symbols)
{
	l62_pdb_clear(&symbols->pdb);
	free(symbols->module);
	symbols->module = NULL;
}

static bool find_own(uint64_t address, struct l62_symbol *symbol)
{
	uint64_t number = (address - L62_FRAME_BASE) / L62_FRAME_STRIDE;

	if (address < L62_FRAME_BASE || number == 0 || number >= L62_FRAME_COUNT)
		return false;
	*symbol = (struct l62_symbol){
	        .module = frames[number].module,
	        .name = frames[number].name,
	        .start = L62_FRAME_BASE + number * L62_FRAME_STRIDE,
	};
	if (number + 1 < L62_FRAME_COUNT) {
		symbol->next = symbol->start + L62_FRAME_STRIDE;
		symbol->next_name = frames[number + 1].name;
	}
	return true;
}

bool l62_symbols_find(const struct l62_symbols *symbols, uint64_t address,
                      struct l62_symbol *symbol)
{
	const struct l62_pdb_symbol *all = symbols->pdb.symbols;
	uint64_t rva = address - symbols->base;
	size_t low = 0, high = symbols->pdb.symbol_count;

	if (address < symbols->base || rva >= symbols->size)
		return find_own(address, symbol);
	*symbol = (struct l62_symbol){.module = symbols->module, .start = symbols->base};
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (all[middle].rva <= rva)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return true;
	symbol->name = all[low - 1].name;
	symbol->start = symbols->base + all[low - 1].rva;
	if (low < symbols->pdb.symbol_count) {
		symbol->next_name = all[low].name;
		symbol->next = symbols->base + all[low].rva;
	}
	return true;
}

bool l62_symbols_line(const struct l62_symbols *symbols, uint64_t address,
                      struct l62_line *line)
{
	const struct l62_pdb_line *all = symbols->pdb.lines;
	uint64_t rva = address - symbols->base;
	size_t low = 0, high = symbols->pdb.line_count;

	if (address < symbols->base || rva >= symbols->size)
		return false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (all[middle].rva <= rva)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || all[low - 1].line == 0)
		return false;
	line->file = all[low - 1].file;
	line->line = all[low - 1].line;
	line->start = symbols->base + all[low - 1].rva;
	return true;
}
