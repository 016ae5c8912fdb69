/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reads the words of a line: variables, constants, values, slots. */
#include "skeleton.h"

#include <string.h>

int l62_reader_bad_word(struct l62_reader *r, const char *word, const char *what)
{
	g_autofree char *quoted = l62_reader_quote(word);

	return l62_reader_fail(r, "'%s' is not %s", quoted, what);
}

int l62_reader_var(struct l62_reader *r, const struct l62_function *f, const char *word,
                   uint32_t *var)
{
	if (*word != 'v')
		return l62_reader_bad_word(r, word, "a variable");
	if (f->nvars == 0)
		return l62_reader_fail(r, "the function has no variables");
	return l62_reader_number(r, word + 1, f->nvars - 1, var);
}

int l62_reader_sign(struct l62_reader *r, const char *word, uint32_t *sign, int64_t *number)
{
	const char *digits = word + 1;
	bool minus;

	if (*word != '#')
		return l62_reader_bad_word(r, word, "a constant");
	minus = *digits == '-';
	digits += minus;
	if (!*digits || strspn(digits, "0123456789") != strlen(digits))
		return l62_reader_bad_word(r, word, "a constant");
	if (strspn(digits, "0") == strlen(digits))
		*sign = L62_ZERO;
	else
		*sign = minus ? L62_NEG : L62_POS;
	*number = g_ascii_strtoll(word + 1, NULL, 10);
	return L62_OK;
}

int l62_reader_constant(struct l62_reader *r, const char *word, int64_t *number)
{
	uint32_t sign;

	return l62_reader_sign(r, word, &sign, number);
}

int l62_reader_value(struct l62_reader *r, const struct l62_function *f, const char *word,
                     struct l62_value *value)
{
	if (strcmp(word, "?") == 0) {
		*value = (struct l62_value){.type = L62_VALUE_UNKNOWN};
		return L62_OK;
	}
	if (*word == '#') {
		value->type = L62_VALUE_SIGN;
		return l62_reader_sign(r, word, &value->n, &value->constant);
	}
	value->type = *word == '&' ? L62_VALUE_ADDRESS : L62_VALUE_VAR;
	if (*word != '&' && *word != 'v')
		return l62_reader_bad_word(r, word, "a value");
	return l62_reader_var(r, f, word + (*word == '&'), &value->n);
}

/* Takes each [VALUE] out of path; the last one is the index.  Behind the name of a record
 * it tells which one of an array that is. */
static int take_index(struct l62_reader *r, const struct l62_function *f, char *path,
                      struct l62_op *op)
{
	char *open;

	while ((open = strchr(path, '['))) {
		char *close = strchr(open, ']');
		const char *dot = strchr(path, '.');
		bool row = dot && dot > open && !g_str_has_prefix(path, "::");

		if (!close)
			return l62_reader_bad_word(r, path, "a path: a ] is missing");
		*close = '\0';
		op->row |= row;
		op->element |= !row;
		op->index = (struct l62_value){.type = L62_VALUE_UNKNOWN};
		if (open[1] && l62_reader_value(r, f, open + 1, &op->index) != L62_OK)
			return L62_E_FORMAT;
		memmove(open, close + 1, strlen(close + 1) + 1);
	}
	return L62_OK;
}

int l62_reader_slot(struct l62_reader *r, const struct l62_function *f, const char *word,
                    struct l62_op *op)
{
	static const struct {
		const char *word;
		enum l62_slot_form form;
	} forms[] = {{"", L62_SLOT_READS},
	             {"live", L62_SLOT_LIVE},
	             {"stops", L62_SLOT_STOPS},
	             {"lent", L62_SLOT_LENT}};
	g_autofree char *plain = g_uri_unescape_string(word + 1, NULL);
	char *path = plain;

	if (!plain)
		return l62_reader_bad_word(r, word, "percent-encoded");
	if (!g_utf8_validate(plain, -1, NULL))
		return l62_reader_fail(r, "a word is not UTF-8");
	op->form = L62_SLOT_PATH;
	if (*path == '&') {
		op->form = L62_SLOT_ADDRESS;
		path++;
	}
	if (take_index(r, f, path, op) != L62_OK)
		return L62_E_FORMAT;
	for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
		if (strcmp(path, forms[i].word) == 0) {
			op->form = forms[i].form;
			return L62_OK;
		}
	}
	if (strcmp(path, "list") == 0 || g_str_has_prefix(path, "list "))
		op->form = L62_SLOT_LIST;
	if (strcmp(path, "list") != 0)
		op->slot = l62_program_atom(r->program, path);
	return L62_OK;
}
