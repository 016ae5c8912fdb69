/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* A skeleton being read: what skeleton.c and skeleton_op.c, _term.c and _value.c share. */
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

/* Reads the terminator that the line is into block, whose type is known; targets are below
 * nblocks. */
int l62_reader_term(struct l62_reader *reader, struct l62_function *function, uint32_t nblocks,
                    char **words, struct l62_block *block);

/* A word each; L62_OK or L62_E_FORMAT.  "vN", a variable of function: */
int l62_reader_var(struct l62_reader *reader, const struct l62_function *function,
                   const char *word, uint32_t *var);
/* "#INT": its sign, and the number as far as 64 bits go. */
int l62_reader_sign(struct l62_reader *reader, const char *word, uint32_t *sign,
                    int64_t *number);
/* "?", "#INT", "vN" or "&vN". */
int l62_reader_value(struct l62_reader *reader, const struct l62_function *function,
                     const char *word, struct l62_value *value);
/* The word ^..., into the op's form, slot and index. */
int l62_reader_slot(struct l62_reader *reader, const struct l62_function *function,
                    const char *word, struct l62_op *op);

/* "#INT" */
int l62_reader_constant(struct l62_reader *reader, const char *word, int64_t *number);

/* Fills the reader's error with the place and the sentence; L62_E_FORMAT. */
int l62_reader_fail(struct l62_reader *reader, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The same for a word that is not what: "a variable". */
int l62_reader_bad_word(struct l62_reader *reader, const char *word, const char *what);
/* A word's start, fit to be shown; freed with g_free(). */
char *l62_reader_quote(const char *word);
/* A number up to limit. */
int l62_reader_number(struct l62_reader *reader, const char *word, uint32_t limit,
                      uint32_t *number);
/* Any word, percent-encoded, as an atom of the program. */
int l62_reader_atom(struct l62_reader *reader, const char *word, uint32_t *atom);

#endif
