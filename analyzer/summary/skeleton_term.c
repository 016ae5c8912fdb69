/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reads the terminator of a block. */
#include "skeleton.h"

#include <string.h>

static int read_target(struct l62_reader *r, struct l62_function *f, uint32_t nblocks,
                       const char *word)
{
	uint32_t target;
	int status = l62_reader_number(r, word, nblocks - 1, &target);

	if (status == L62_OK)
		g_array_append_val(f->targets, target);
	return status;
}

/* The signs of x for which x REL c can hold, c of that one sign; only a zero is
 * known exactly. */
static uint8_t signs_where(const char *rel, uint32_t c)
{
	uint8_t below = c == L62_POS ? L62_ANY : L62_NEG;
	uint8_t above = c == L62_NEG ? L62_ANY : L62_POS;

	if (strcmp(rel, "==") == 0)
		return (uint8_t)c;
	if (strcmp(rel, "!=") == 0)
		return c == L62_ZERO ? L62_NEG | L62_POS : L62_ANY;
	if (strcmp(rel, "<") == 0)
		return below;
	if (strcmp(rel, "<=") == 0)
		return below | (uint8_t)c;
	if (strcmp(rel, ">") == 0)
		return above;
	return above | (uint8_t)c;
}

/* ? vX REL #INT T F */
static int read_test(struct l62_reader *r, struct l62_function *f, uint32_t nblocks, char **w,
                     struct l62_block *block)
{
	static const struct {
		const char *rel, *other;
		enum l62_compare relation;
	} rels[] = {{"==", "!=", L62_EQ}, {"!=", "==", L62_NE}, {"<", ">=", L62_LT},
	            {"<=", ">", L62_LE},  {">", "<=", L62_GT},  {">=", "<", L62_GE}};
	uint32_t c;

	if (l62_reader_var(r, f, w[1], &block->var) ||
	    l62_reader_sign(r, w[3], &c, &block->constant) ||
	    read_target(r, f, nblocks, w[4]) || read_target(r, f, nblocks, w[5]))
		return L62_E_FORMAT;
	for (size_t i = 0; i < G_N_ELEMENTS(rels); i++) {
		if (strcmp(w[2], rels[i].rel) == 0) {
			block->relation = rels[i].relation;
			block->if_true = signs_where(rels[i].rel, c);
			block->if_false = signs_where(rels[i].other, c);
			return L62_OK;
		}
	}
	return l62_reader_bad_word(r, w[2], "a relation");
}

/* S VALUE N|- #INT N... */
static int read_switch(struct l62_reader *r, struct l62_function *f, uint32_t nblocks, char **w,
                       struct l62_block *block)
{
	int status = l62_reader_var(r, f, w[1], &block->var);

	if (status == L62_OK && r->words->len % 2 == 0)
		status = l62_reader_fail(r, "a case has a constant and a block");
	block->cases = f->cases->len;
	block->no_default = strcmp(w[2], "-") == 0;
	if (status == L62_OK && !block->no_default)
		status = read_target(r, f, nblocks, w[2]);
	for (uint32_t i = 3; i + 1 < r->words->len && status == L62_OK; i += 2) {
		uint32_t sign;
		int64_t number;

		status = l62_reader_sign(r, w[i], &sign, &number);
		status = status ? status : read_target(r, f, nblocks, w[i + 1]);
		g_array_append_val(f->cases, number);
	}
	return status;
}

int l62_reader_term(struct l62_reader *r, struct l62_function *f, uint32_t nblocks, char **w,
                    struct l62_block *block)
{
	int status = L62_OK;

	block->line = r->op_line;
	switch (block->type) {
	case L62_TERM_TEST:
		return read_test(r, f, nblocks, w, block);
	case L62_TERM_SWITCH:
		return read_switch(r, f, nblocks, w, block);
	case L62_TERM_JUMP:
	case L62_TERM_ANY:
		for (uint32_t i = 1; i < r->words->len && status == L62_OK; i++)
			status = read_target(r, f, nblocks, w[i]);
		return status;
	case L62_TERM_RETURN:
		block->value = (struct l62_value){.type = L62_VALUE_UNKNOWN};
		return strcmp(w[1], "-") == 0 ? L62_OK
		                              : l62_reader_value(r, f, w[1], &block->value);
	case L62_TERM_END:
		break;
	}
	return status;
}
