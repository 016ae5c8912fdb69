/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The driver's functions that do no more than wrap an allocator, for their name says nothing:
 * origin.c passes over them.  By the code in the file, such a function
 *   - it is short, and of all that it calls or refers to by an import there is an
 *     allocator of resources.def, and besides only what fills memory or prints
 *   - what else it calls are wrappers, too
 *   - it is called from two places or more: a routine that allocates one thing in one
 *     place is that place
 * Limits: needs symbols; calls are looked for in the bytes, without decoding, but
 * what is found must be an import's slot or the start of a function.
 */
#include <string.h>

#include "print.h"

enum { CODE_MOST = 1024, DEPTH_MOST = 4, CALL = 0xe8, JUMP = 0xe9, CALLERS_LEAST = 2 };

static const char *const allocators[] = {
#define L62_ACQUIRE(api, kind, at, arg, field, size, tag, failure, when, when_arg, zeroed) #api,
#include "leak62/resources.def"
};
static const char *const harmless[] = {
        "memset",   "memcpy",     "memmove",     "RtlZeroMemory",
        "DbgPrint", "DbgPrintEx", "vDbgPrintEx", "RtlFillMemory",
};

static bool among(const char *name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

#define AMONG(name, names) among(name, names, sizeof(names) / sizeof(*(names)))

static const struct l62_pe_import *import_at(const struct l62_pe *pe, uint64_t slot)
{
	for (size_t i = 0; i < pe->import_count; i++) {
		if (pe->imports[i].slot == slot)
			return &pe->imports[i];
	}
	return NULL;
}

static int64_t displacement(const uint8_t *at)
{
	int32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

/* What the operand at code + i of an instruction that ends behind it refers to. */
static uint64_t target(uint32_t rva, uint32_t i, const uint8_t *code)
{
	return (uint64_t)((int64_t)rva + i + 4 + displacement(code + i));
}

static const struct l62_pdb_symbol *function_at(const struct l62_verify *run, uint64_t rva)
{
	const struct l62_pdb *pdb = &run->symbols.pdb;
	size_t low = 0, high = pdb->symbol_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (pdb->symbols[middle].rva < rva)
			low = middle + 1;
		else
			high = middle;
	}
	return low < pdb->symbol_count && pdb->symbols[low].rva == rva ? &pdb->symbols[low]
	                                                               : NULL;
}

static uint32_t size_of(const struct l62_verify *run, const struct l62_pdb_symbol *function)
{
	const struct l62_pdb *pdb = &run->symbols.pdb;

	if (function->size)
		return function->size;
	return function + 1 < pdb->symbols + pdb->symbol_count ? function[1].rva - function->rva
	                                                       : 0;
}

/* Adds up what a function allocates by; false: it does other things as well. */
static bool allocates(const struct l62_verify *run, const struct l62_pdb_symbol *function,
                      int depth, int *count)
{
	uint32_t size = size_of(run, function);
	const uint8_t *code = l62_pe_at(&run->pe, function->rva, size);

	if (!code || size < 5 || size > CODE_MOST || depth == DEPTH_MOST)
		return false;
	for (uint32_t i = 1; i + 4 <= size; i++) {
		uint64_t to = target(function->rva, i, code);
		const struct l62_pe_import *import = import_at(&run->pe, to);
		const struct l62_pdb_symbol *called = NULL;

		if (code[i - 1] == CALL || code[i - 1] == JUMP)
			called = function_at(run, to);
		if (import && import->name && AMONG(import->name, allocators))
			++*count;
		else if (import && !(import->name && AMONG(import->name, harmless)))
			return false;
		if (called && called != function && !AMONG(called->name, harmless) &&
		    !allocates(run, called, depth + 1, count))
			return false;
	}
	return true;
}

static bool is_called_often(const struct l62_verify *run, uint32_t rva)
{
	int count = 0;

	for (size_t s = 0; s < run->pe.section_count; s++) {
		const struct l62_pe_section *section = &run->pe.sections[s];
		uint32_t size =
		        section->size < section->file_size ? section->size : section->file_size;
		const uint8_t *code = l62_pe_at(&run->pe, section->rva, size);

		if (!(section->flags & L62_PE_EXECUTE) || !code)
			continue;
		for (uint32_t i = 1; i + 4 <= size && count < CALLERS_LEAST; i++)
			count += (code[i - 1] == CALL || code[i - 1] == JUMP) &&
			         target(section->rva, i, code) == rva;
	}
	return count >= CALLERS_LEAST;
}

bool l62_is_wrapper(const struct l62_verify *run, uint64_t address)
{
	const struct l62_pdb_symbol *function;
	struct l62_symbol symbol;
	int count = 0;

	if (address - run->symbols.base >= run->symbols.size ||
	    !l62_symbols_find(&run->symbols, address, &symbol) || !symbol.name)
		return false;
	function = function_at(run, symbol.start - run->symbols.base);
	return function && allocates(run, function, 0, &count) && count > 0 &&
	       is_called_often(run, function->rva);
}
