/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Lines out of a module's C13 subsections; see pdb.h.
 *
 *   checksums   for each file: where its name is in "/names"
 *   lines       for each function: blocks of a file's lines, offset and number each
 */
#include "pdb_reader.h"

enum {
	DEBUG_LINES = 0xf2,
	DEBUG_CHECKSUMS = 0xf4,
	LINE_MASK = 0xffffff,
	NOT_A_LINE = 0xf00000
}; /* 0xfeefee and its like: code of no line */

static int add_line(struct l62_pdb_reader *r, uint32_t rva, uint32_t line, const char *file)
{
	struct l62_pdb *pdb = r->pdb;
	struct l62_pdb_line *grown =
	        l62_pdb_grow(pdb->lines, pdb->line_count, &r->line_room, sizeof(*grown));

	if (!grown)
		return l62_error_set(r->err, L62_E_INTERNAL, "no memory");
	pdb->lines = grown;
	pdb->lines[pdb->line_count++] = (struct l62_pdb_line){rva, line, file};
	return L62_OK;
}

/* The file that an entry of a module's checksums names. */
static const char *file_name(const struct l62_pdb_reader *r, const uint8_t *checksums,
                             size_t size, uint32_t offset)
{
	uint32_t name;

	if (!checksums || size < 4 || offset > size - 4)
		return NULL;
	name = l62_pdb_32(checksums + offset);
	if (name >= r->names_end - r->names_start)
		return NULL;
	return (const char *)r->names.data + r->names_start + name; /* a NUL ends the stream */
}

static int read_lines(struct l62_pdb_reader *r, const uint8_t *data, size_t size,
                      const uint8_t *checksums, size_t checksums_size)
{
	uint32_t start, length;
	size_t at = 12;

	if (size < 12 || !l62_pdb_rva(r, l62_pdb_16(data + 4), l62_pdb_32(data), &start))
		return L62_OK;
	length = l62_pdb_32(data + 8);
	while (size - at >= 12) {
		const char *file =
		        file_name(r, checksums, checksums_size, l62_pdb_32(data + at));
		size_t count = l62_pdb_32(data + at + 4), block = l62_pdb_32(data + at + 8);

		if (block < 12 || block > size - at || count > (block - 12) / 8)
			break;
		for (size_t i = 0; file && i < count; i++) {
			const uint8_t *row = data + at + 12 + i * 8;
			uint32_t line = l62_pdb_32(row + 4) & LINE_MASK;
			int status = add_line(r, start + l62_pdb_32(row),
			                      line >= NOT_A_LINE ? 0 : line, file);

			if (status != L62_OK)
				return status;
		}
		at += block;
	}
	/* Behind the function there is no line. */
	return start + length >= start ? add_line(r, start + length, 0, "") : L62_OK;
}

/* Calls for each C13 subsection of a kind; checksums come first, then lines. */
int l62_pdb_read_lines(struct l62_pdb_reader *r, const uint8_t *data, size_t size)
{
	const uint8_t *checksums = NULL;
	size_t checksums_size = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (size_t at = 0; size - at >= 8;) {
			uint32_t kind = l62_pdb_32(data + at);
			size_t length = l62_pdb_32(data + at + 4);
			int status = L62_OK;

			if (length > size - at - 8)
				break;
			if (pass == 0 && kind == DEBUG_CHECKSUMS) {
				checksums = data + at + 8;
				checksums_size = length;
			} else if (pass == 1 && kind == DEBUG_LINES) {
				status = read_lines(r, data + at + 8, length, checksums,
				                    checksums_size);
			}
			if (status != L62_OK)
				return status;
			at += 8 + ((length + 3) & ~(size_t)3);
			if (at > size)
				break;
		}
	}
	return L62_OK;
}
