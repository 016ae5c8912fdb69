/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Functions, public names and lines out of a program database; see pdb.h.
 *
 *   stream 1      GUID and age; the names of other streams
 *   stream 3      DBI: the modules, each with a stream of symbols and lines (C13), and
 *                 the stream of public symbols
 *   "/names"      file names
 */
#include <stdlib.h>

#include "pdb_reader.h"

enum { STREAM_INFO = 1, STREAM_DBI = 3, NONE = 0xffff };
enum { DBI_HEADER = 64, MODULE_HEADER = 64 };
enum {
	S_LDATA32 = 0x110c,
	S_GDATA32 = 0x110d,
	S_PUB32 = 0x110e,
	S_LPROC32 = 0x110f,
	S_GPROC32 = 0x1110,
	S_LPROC32_ID = 0x1146,
	S_GPROC32_ID = 0x1147
};

static int no_memory(struct l62_pdb_reader *r)
{
	return l62_error_set(r->err, L62_E_INTERNAL, "no memory");
}

/* A stream that lives as long as the database. */
static int keep(struct l62_pdb_reader *r, uint32_t number, struct l62_stream *stream)
{
	struct l62_pdb *pdb = r->pdb;
	void **grown;
	int status = l62_msf_read(r->msf, number, stream, r->err);

	if (status != L62_OK)
		return status;
	/* Streams do not share pages, unless somebody wants our memory. */
	r->kept += stream->size;
	if (r->kept > r->msf->size) {
		free(stream->data);
		return l62_error_set(r->err, L62_E_FORMAT,
		                     "the program database is damaged: its streams overlap");
	}
	grown = realloc(pdb->memory, (pdb->memory_count + 1) * sizeof(*grown));
	if (!grown) {
		free(stream->data);
		return no_memory(r);
	}
	pdb->memory = grown;
	pdb->memory[pdb->memory_count++] = stream->data;
	return L62_OK;
}

bool l62_pdb_rva(const struct l62_pdb_reader *r, uint16_t segment, uint32_t offset,
                 uint32_t *rva)
{
	if (segment == 0 || segment > r->section_count)
		return false;
	*rva = r->sections[segment - 1] + offset;
	return *rva >= offset;
}

void *l62_pdb_grow(void *array, size_t count, size_t *room, size_t item)
{
	void *grown = array;

	if (count == *room) {
		size_t more = *room ? *room * 2 : 256;

		grown = realloc(array, more * item);
		if (grown)
			*room = more;
	}
	return grown;
}

static int add_symbol(struct l62_pdb_reader *r, uint32_t rva, uint32_t size, const char *name)
{
	struct l62_pdb *pdb = r->pdb;
	struct l62_pdb_symbol *grown =
	        l62_pdb_grow(pdb->symbols, pdb->symbol_count, &r->symbol_room, sizeof(*grown));

	if (!grown)
		return no_memory(r);
	pdb->symbols = grown;
	pdb->symbols[pdb->symbol_count++] = (struct l62_pdb_symbol){rva, size, name};
	return L62_OK;
}

/* One record of a symbol stream: kind and what follows it. */
static int read_symbol(struct l62_pdb_reader *r, const uint8_t *record, size_t size)
{
	size_t name, offset;
	uint32_t rva, length = 0;

	switch (size >= 2 ? l62_pdb_16(record) : 0) {
	case S_LDATA32:
	case S_GDATA32:
	case S_PUB32:
		offset = 6;
		name = 12;
		break;
	case S_LPROC32:
	case S_GPROC32:
	case S_LPROC32_ID:
	case S_GPROC32_ID:
		offset = 30;
		name = 37;
		break;
	default:
		return L62_OK;
	}
	if (size <= name || !memchr(record + name, 0, size - name))
		return L62_OK;
	if (name == 37)
		length = l62_pdb_32(record + 14);
	if (!l62_pdb_rva(r, l62_pdb_16(record + offset + 4), l62_pdb_32(record + offset), &rva))
		return L62_OK;
	return add_symbol(r, rva, length, (const char *)record + name);
}

static int read_symbols(struct l62_pdb_reader *r, const uint8_t *data, size_t size)
{
	size_t at = 0;

	while (size - at >= 4) {
		size_t length = l62_pdb_16(data + at);
		int status;

		if (length < 2 || length > size - at - 2)
			break;
		status = read_symbol(r, data + at + 2, length);
		if (status != L62_OK)
			return status;
		at += 2 + length;
	}
	return L62_OK;
}

static int read_module(struct l62_pdb_reader *r, const uint8_t *header)
{
	uint16_t number = l62_pdb_16(header + 34);
	size_t symbols = l62_pdb_32(header + 36), c11 = l62_pdb_32(header + 40),
	       c13 = l62_pdb_32(header + 44);
	struct l62_stream stream;
	int status;

	if (number == NONE)
		return L62_OK;
	status = keep(r, number, &stream);
	if (status != L62_OK)
		return status;
	if (symbols > stream.size || c11 > stream.size - symbols ||
	    c13 > stream.size - symbols - c11)
		return l62_error_set(r->err, L62_E_FORMAT,
		                     "the program database is damaged: a module's stream is "
		                     "cut short");
	if (symbols > 4)
		status = read_symbols(r, stream.data + 4, symbols - 4);
	if (status == L62_OK)
		status = l62_pdb_read_lines(r, stream.data + symbols + c11, c13);
	return status;
}

/* data: the module list of the DBI stream. */
static int read_modules(struct l62_pdb_reader *r, const uint8_t *data, size_t size)
{
	size_t at = 0;

	while (size - at > MODULE_HEADER) {
		const uint8_t *end = data + at + MODULE_HEADER;
		int status = read_module(r, data + at);

		if (status != L62_OK)
			return status;
		for (int i = 0; i < 2; i++) { /* the names of module and library */
			end = memchr(end, 0, size - (size_t)(end - data));
			if (!end)
				return L62_OK;
			end++;
		}
		at = ((size_t)(end - data) + 3) & ~(size_t)3;
		if (at > size)
			break;
	}
	return L62_OK;
}

/* Of stream 1: the identity, and which stream is "/names". */
static int read_info(struct l62_pdb_reader *r, uint32_t *names)
{
	enum { START = 28 };
	struct l62_stream info;
	int status = keep(r, STREAM_INFO, &info);
	size_t text, at, present, deleted;

	*names = NONE;
	if (status != L62_OK)
		return status;
	if (info.size < START + 4)
		return l62_error_set(r->err, L62_E_FORMAT,
		                     "the program database is damaged: it has no identity");
	r->pdb->age = l62_pdb_32(info.data + 8);
	memcpy(r->pdb->guid, info.data + 12, sizeof(r->pdb->guid));
	/* A hash table: strings; size, capacity; two bit sets; pairs of offset, stream. */
	text = l62_pdb_32(info.data + START);
	if (text > info.size - START - 4 || info.size - START - 4 - text < 12)
		return L62_OK;
	at = START + 4 + text;
	present = l62_pdb_32(info.data + at + 8);
	at += 12;
	if (present > (info.size - at) / 4)
		return L62_OK;
	at += present * 4;
	if (info.size - at < 4)
		return L62_OK;
	deleted = l62_pdb_32(info.data + at);
	at += 4;
	if (deleted > (info.size - at) / 4)
		return L62_OK;
	for (at += deleted * 4; info.size - at >= 8; at += 8) {
		uint32_t offset = l62_pdb_32(info.data + at);

		if (offset < text &&
		    strcmp((const char *)info.data + START + 4 + offset, "/names") == 0) {
			*names = l62_pdb_32(info.data + at + 4);
			break;
		}
	}
	return L62_OK;
}

static int read_names(struct l62_pdb_reader *r, uint32_t number)
{
	int status = number == NONE ? L62_OK : keep(r, number, &r->names);

	if (status != L62_OK || r->names.size < 12)
		return status;
	r->names_start = 12;
	r->names_end = r->names.size;
	return L62_OK;
}

static int by_rva(const void *a, const void *b)
{
	const struct l62_pdb_symbol *x = a, *y = b;

	if (x->rva != y->rva)
		return x->rva < y->rva ? -1 : 1;
	/* A function's own record says more than its public name. */
	return (x->size == 0) - (y->size == 0);
}

static int line_by_rva(const void *a, const void *b)
{
	const struct l62_pdb_line *x = a, *y = b;

	if (x->rva != y->rva)
		return x->rva < y->rva ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

/* Names are printed: what is in the file must not steer the terminal. */
static void clean_names(const struct l62_pdb *pdb)
{
	const char *last = NULL;

	for (size_t i = 0; i < pdb->symbol_count; i++)
		l62_error_clean((char *)(uintptr_t)pdb->symbols[i].name);
	for (size_t i = 0; i < pdb->line_count; i++) {
		/* Neighbours have their name in common; "" of no line is a constant. */
		if (pdb->lines[i].file != last && pdb->lines[i].file[0])
			l62_error_clean((char *)(uintptr_t)pdb->lines[i].file);
		last = pdb->lines[i].file;
	}
}

void l62_pdb_sort(struct l62_pdb *pdb)
{
	size_t kept = 0;

	clean_names(pdb);

	if (pdb->symbol_count)
		qsort(pdb->symbols, pdb->symbol_count, sizeof(*pdb->symbols), by_rva);
	for (size_t i = 0; i < pdb->symbol_count; i++) {
		if (kept == 0 || pdb->symbols[kept - 1].rva != pdb->symbols[i].rva)
			pdb->symbols[kept++] = pdb->symbols[i];
	}
	pdb->symbol_count = kept;
	if (pdb->line_count)
		qsort(pdb->lines, pdb->line_count, sizeof(*pdb->lines), line_by_rva);
}

static int read_dbi(struct l62_pdb_reader *r, const struct l62_stream *dbi)
{
	struct l62_stream symbols;
	uint32_t modules;
	int status;

	if (dbi->size < DBI_HEADER)
		return l62_error_set(r->err, L62_E_FORMAT,
		                     "the program database is damaged: it names no modules");
	modules = l62_pdb_32(dbi->data + 24);
	if (modules > dbi->size - DBI_HEADER)
		return l62_error_set(r->err, L62_E_FORMAT,
		                     "the program database is damaged: its modules are cut "
		                     "short");
	status = read_modules(r, dbi->data + DBI_HEADER, modules);
	if (status == L62_OK && l62_pdb_16(dbi->data + 20) != NONE) {
		status = keep(r, l62_pdb_16(dbi->data + 20), &symbols);
		if (status == L62_OK)
			status = read_symbols(r, symbols.data, symbols.size);
	}
	return status;
}

int l62_pdb_read(struct l62_pdb *pdb, const uint8_t *data, size_t size,
                 const uint32_t *sections, size_t count, struct l62_error *err)
{
	struct l62_msf msf;
	struct l62_pdb_reader r = {.pdb = pdb,
	                           .msf = &msf,
	                           .sections = sections,
	                           .section_count = count,
	                           .err = err};
	struct l62_stream dbi;
	uint32_t names;
	int status;

	*pdb = (struct l62_pdb){0};
	status = l62_msf_open(&msf, data, size, err);
	if (status != L62_OK)
		return status;
	status = read_info(&r, &names);
	if (status == L62_OK)
		status = read_names(&r, names);
	if (status == L62_OK)
		status = keep(&r, STREAM_DBI, &dbi);
	if (status == L62_OK)
		status = read_dbi(&r, &dbi);
	l62_msf_close(&msf);
	if (status == L62_OK)
		l62_pdb_sort(pdb);
	else
		l62_pdb_clear(pdb);
	return status;
}

void l62_pdb_clear(struct l62_pdb *pdb)
{
	for (size_t i = 0; i < pdb->memory_count; i++)
		free(pdb->memory[i]);
	free(pdb->memory);
	free(pdb->symbols);
	free(pdb->lines);
	*pdb = (struct l62_pdb){0};
}
