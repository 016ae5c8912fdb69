/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reads one line of a block: ops, and what they name. */
#include "skeleton.h"

#include <string.h>

static int read_optional_var(struct l62_reader *r, const struct l62_function *f,
                             const char *word, uint32_t *var)
{
	if (strcmp(word, "-") != 0)
		return l62_reader_var(r, f, word, var);
	*var = L62_NONE;
	return L62_OK;
}

static int read_place(struct l62_reader *r, const struct l62_function *f, char *word,
                      struct l62_place *place)
{
	char *colon = strchr(word, ':');
	int status;

	if (*word == '@') {
		*place = (struct l62_place){L62_PLACE_GLOBAL, L62_NONE, L62_ATOM_STAR};
		return word[1] ? L62_OK : l62_reader_bad_word(r, word, "a global");
	}
	if (!colon || !colon[1])
		return l62_reader_bad_word(r, word, "a place");
	*colon = '\0';
	place->type = *word == '&' ? L62_PLACE_LOCAL : L62_PLACE_BEHIND;
	status = l62_reader_var(r, f, word + (*word == '&'), &place->var);
	if (status == L62_OK)
		status = l62_reader_atom(r, colon + 1, &place->field);
	return status;
}

/* A place, or a variable itself. */
static int read_dest(struct l62_reader *r, const struct l62_function *f, char *word,
                     struct l62_place *place)
{
	if (*word == 'v' && !strchr(word, ':')) {
		*place = (struct l62_place){L62_PLACE_VAR, L62_NONE, L62_ATOM_STAR};
		return l62_reader_var(r, f, word, &place->var);
	}
	return read_place(r, f, word, place);
}

static int read_kinds(struct l62_reader *r, char *word, uint64_t *kinds)
{
	char **names = g_strsplit(word, ",", -1);
	int status = L62_OK;

	for (char **name = names; *name && status == L62_OK; name++) {
		uint32_t atom;
		uint64_t kind;

		if (!**name) {
			status = l62_reader_bad_word(r, word, "a list of kinds");
			break;
		}
		status = l62_reader_atom(r, *name, &atom);
		kind = status == L62_OK ? l62_program_kind(r->program, atom) : 0;
		if (status == L62_OK && kind == 0)
			status = l62_reader_fail(r, "there are more than 64 kinds");
		*kinds |= kind;
	}
	g_strfreev(names);
	return status;
}

static void may_hold_pointer(struct l62_reader *r, const struct l62_place *place)
{
	if (place->type == L62_PLACE_BEHIND || place->type == L62_PLACE_LOCAL)
		g_hash_table_add(r->program->pointer_fields, GUINT_TO_POINTER(place->field));
}

/* acq KIND API LINE FAILS vS|- DEST */
static int read_acquire(struct l62_reader *r, struct l62_function *f, char **w,
                        struct l62_op *op)
{
	static const char *const names[] = {"null", "status", "boolean", "never"};
	struct l62_resource resource = {.file = f->file};
	uint64_t kind;
	uint32_t i = 0;

	while (i < G_N_ELEMENTS(names) && strcmp(w[4], names[i]) != 0)
		i++;
	if (i == G_N_ELEMENTS(names))
		return l62_reader_fail(r, "acq fails by null, status, boolean or never");
	op->fails = (enum l62_fails)i;
	if (l62_reader_atom(r, w[1], &resource.kind) ||
	    l62_reader_atom(r, w[2], &resource.api) ||
	    l62_reader_number(r, w[3], INT32_MAX, &resource.line) ||
	    read_optional_var(r, f, w[5], &op->dest) || read_dest(r, f, w[6], &op->place))
		return L62_E_FORMAT;
	kind = l62_program_kind(r->program, resource.kind);
	if (kind == 0)
		return l62_reader_fail(r, "there are more than 64 kinds");
	op->kinds = kind;
	op->fresh = l62_program_resource(r->program, &resource);
	may_hold_pointer(r, &op->place);
	return L62_OK;
}

/* The values from the word numbered first on. */
static int read_args(struct l62_reader *r, struct l62_function *f, uint32_t first,
                     struct l62_op *op)
{
	op->args = f->args->len;
	for (uint32_t i = first; i < r->words->len; i++) {
		struct l62_value value;
		int status = l62_reader_value(r, f, r->words->pdata[i], &value);

		if (status != L62_OK)
			return status;
		g_array_append_val(f->args, value);
		op->nargs++;
	}
	return L62_OK;
}

static int read_call(struct l62_reader *r, struct l62_function *f, char **w, struct l62_op *op)
{
	if (strcmp(w[3], "e") != 0 && strcmp(w[3], "s") != 0)
		return l62_reader_fail(r, "a called function's scope is e or s");
	op->is_static = *w[3] == 's';
	if (read_optional_var(r, f, w[1], &op->dest) || l62_reader_atom(r, w[2], &op->name))
		return L62_E_FORMAT;
	return read_args(r, f, 4, op);
}

static int read_named_op(struct l62_reader *r, struct l62_function *f, char **w,
                         struct l62_op *op)
{
	int status = L62_OK;

	switch (op->type) {
	case L62_OP_SET: /* = and A */
		op->inside = *w[0] == 'A';
		status = l62_reader_var(r, f, w[1], &op->dest);
		status = status ? status : l62_reader_value(r, f, w[2], &op->value);
		if (status == L62_OK && *w[0] == 'A' && r->words->len == 4)
			status = l62_reader_atom(r, w[3], &op->place.field);
		return status;
	case L62_OP_COMPUTE:
		if (strlen(w[2]) >= sizeof(op->operator))
			return l62_reader_bad_word(r, w[2], "an operator");
		strcpy(op->operator, w[2]);
		status = l62_reader_var(r, f, w[1], &op->dest);
		status = status ? status : l62_reader_value(r, f, w[3], &op->value);
		return status ? status : l62_reader_value(r, f, w[4], &op->other);
	case L62_OP_EMPTY:
		status = l62_reader_var(r, f, w[1], &op->dest);
		return status ? status : read_place(r, f, w[2], &op->place);
	case L62_OP_LOAD:
		status = l62_reader_var(r, f, w[1], &op->dest);
		status = status ? status : read_place(r, f, w[2], &op->place);
		if (status == L62_OK && f->classes[op->dest] == 'p')
			may_hold_pointer(r, &op->place);
		return status;
	case L62_OP_STORE:
		op->if_null = w[0][1] == '0';
		status = read_place(r, f, w[1], &op->place);
		status = status ? status : l62_reader_value(r, f, w[2], &op->value);
		if (status == L62_OK &&
		    (op->value.type == L62_VALUE_ADDRESS ||
		     (op->value.type == L62_VALUE_VAR && f->classes[op->value.n] == 'p')))
			may_hold_pointer(r, &op->place);
		return status;
	case L62_OP_CALL:
		return read_call(r, f, w, op);
	case L62_OP_INDIRECT:
	case L62_OP_KERNEL:
		status = read_optional_var(r, f, w[1], &op->dest);
		return status ? status : read_args(r, f, 2, op);
	case L62_OP_ACQUIRE:
		return read_acquire(r, f, w, op);
	case L62_OP_RELEASE:
		status = read_kinds(r, w[1], &op->kinds);
		return status ? status : l62_reader_value(r, f, w[2], &op->value);
	case L62_OP_RELEASE_AT:
		status = read_kinds(r, w[1], &op->kinds);
		status = status ? status : read_place(r, f, w[2], &op->place);
		if (status == L62_OK)
			may_hold_pointer(r, &op->place);
		return status;
	case L62_OP_GIVE_IF:
		status = l62_reader_var(r, f, w[1], &op->dest);
		return status ? status : l62_reader_value(r, f, w[2], &op->value);
	case L62_OP_TOUCH:
	case L62_OP_GIVE:
	case L62_OP_REF:
	case L62_OP_UNREF:
		return l62_reader_value(r, f, w[1], &op->value);
	}
	return status;
}

int l62_reader_op(struct l62_reader *r, struct l62_function *f, uint32_t nblocks,
                  struct l62_block *block, bool *done)
{
	static const struct {
		const char *name;
		uint32_t words;
		bool more; /* words than that */
		bool term;
		int type;
	} ops[] = {
	        {"=", 3, false, false, L62_OP_SET},
	        {"L", 3, false, false, L62_OP_LOAD},
	        {"W", 3, false, false, L62_OP_STORE},
	        {"W0", 3, false, false, L62_OP_STORE},
	        {"A", 3, true, false, L62_OP_SET},
	        {"D", 5, false, false, L62_OP_COMPUTE},
	        {"E", 3, false, false, L62_OP_EMPTY},
	        {"T", 2, false, false, L62_OP_TOUCH},
	        {"C", 4, true, false, L62_OP_CALL},
	        {"I", 2, true, false, L62_OP_INDIRECT},
	        {"K", 2, true, false, L62_OP_KERNEL},
	        {"acq", 7, false, false, L62_OP_ACQUIRE},
	        {"rel", 3, false, false, L62_OP_RELEASE},
	        {"relat", 3, false, false, L62_OP_RELEASE_AT},
	        {"give", 2, false, false, L62_OP_GIVE},
	        {"giveif", 3, false, false, L62_OP_GIVE_IF},
	        {"ref", 2, false, false, L62_OP_REF},
	        {"unref", 2, false, false, L62_OP_UNREF},
	        {"J", 2, false, true, L62_TERM_JUMP},
	        {"?", 6, false, true, L62_TERM_TEST},
	        {"M", 2, true, true, L62_TERM_ANY},
	        {"S", 5, true, true, L62_TERM_SWITCH},
	        {"R", 2, false, true, L62_TERM_RETURN},
	        {"X", 1, false, true, L62_TERM_END},
	};
	char **w = (char **)r->words->pdata;
	struct l62_op op = {.dest = L62_NONE,
	                    .place = {.var = L62_NONE, .field = L62_NONE},
	                    .slot = L62_NONE};
	size_t i = 0;
	int status = L62_OK;

	if (strcmp(w[0], "#") == 0)
		return r->words->len == 2 ? l62_reader_number(r, w[1], INT32_MAX, &r->op_line)
		                          : l62_reader_fail(r, "a line of '#' has 2 words");
	if (r->words->len > 1 && *w[r->words->len - 1] == '^') {
		status = l62_reader_slot(r, f, w[r->words->len - 1], &op);
		g_ptr_array_set_size(r->words, (int)r->words->len - 1);
	}
	if (status != L62_OK)
		return status;
	op.line = r->op_line;
	while (i < G_N_ELEMENTS(ops) && strcmp(w[0], ops[i].name) != 0)
		i++;
	if (i == G_N_ELEMENTS(ops))
		return l62_reader_bad_word(r, w[0], "an op or a terminator");
	if (*w[0] == 'A' && r->words->len > 4)
		return l62_reader_fail(r, "a line of 'A' has 3 or 4 words");
	if (ops[i].more ? r->words->len < ops[i].words : r->words->len != ops[i].words)
		return l62_reader_fail(r, "a line of '%s' has %s%u words", ops[i].name,
		                       ops[i].more ? "at least " : "", ops[i].words);
	if (ops[i].term) {
		*done = true;
		block->type = (enum l62_term_type)ops[i].type;
		return l62_reader_term(r, f, nblocks, w, block);
	}
	op.type = (enum l62_op_type)ops[i].type;
	status = read_named_op(r, f, w, &op);
	if (status == L62_OK)
		g_array_append_val(f->ops, op);
	return status;
}
