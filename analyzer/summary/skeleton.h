/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What skeleton.c and skeleton_op.c share: a skeleton being read. */
#ifndef LEAK62_SUMMARY_SKELETON_H
#define LEAK62_SUMMARY_SKELETON_H

#include "program.h"

enum { L62_VARS_MAX = 60000, L62_BLOCKS_MAX = 1000000 };

struct l62_reader {
	struct l62_program *program;
	struct l62_unit_skeleton *unit;
	const char *path;
	unsigned line;
	uint32_t op_line; /* of the last # */
	char *next;       /* unread text */
	GPtrArray *words; /* of char *: the line's */
	struct l62_error *err;
};

/* Reads the line's op, or the terminator that ends block: then *done. */
int l62_reader_op(struct l62_reader *reader, struct l62_function *function, uint32_t nblocks,
                  struct l62_block *block, bool *done);

/* The word ^..., into the op's form, slot and index. */
int l62_reader_slot(struct l62_reader *reader, const struct l62_function *function,
                    const char *word, struct l62_op *op);

/* "#INT" */
int l62_reader_constant(struct l62_reader *reader, const char *word, int64_t *number);

/* Fills the reader's error with the place and the sentence; L62_E_FORMAT. */
int l62_reader_fail(struct l62_reader *reader, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* A word's start, fit to be shown. */
char *l62_reader_quote(const char *word);
int l62_reader_number(struct l62_reader *reader, const char *word, uint32_t limit,
                      uint32_t *number);
int l62_reader_atom(struct l62_reader *reader, const char *word, uint32_t *atom);

#endif
