/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Reads one line of a block: values, places, ops, terminators. */
#include "skeleton.h"

#include <string.h>

static int bad_word(struct l62_reader *r, const char *word, const char *what)
{
	g_autofree char *quoted = l62_reader_quote(word);

	return l62_reader_fail(r, "'%s' is not %s", quoted, what);
}

static int read_var(struct l62_reader *r, const struct l62_function *f, const char *word,
                    uint32_t *var)
{
	if (*word != 'v')
		return bad_word(r, word, "a variable");
	if (f->nvars == 0)
		return l62_reader_fail(r, "the function has no variables");
	return l62_reader_number(r, word + 1, f->nvars - 1, var);
}

static int read_optional_var(struct l62_reader *r, const struct l62_function *f,
                             const char *word, uint32_t *var)
{
	if (strcmp(word, "-") != 0)
		return read_var(r, f, word, var);
	*var = L62_NONE;
	return L62_OK;
}

/* "#INT": its sign, and the number as far as 64 bits go. */
static int read_sign(struct l62_reader *r, const char *word, uint32_t *sign, int64_t *number)
{
	const char *digits = word + 1;
	bool minus;

	if (*word != '#')
		return bad_word(r, word, "a constant");
	minus = *digits == '-';
	digits += minus;
	if (!*digits || strspn(digits, "0123456789") != strlen(digits))
		return bad_word(r, word, "a constant");
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

	return read_sign(r, word, &sign, number);
}

static int read_value(struct l62_reader *r, const struct l62_function *f, const char *word,
                      struct l62_value *value)
{
	if (strcmp(word, "?") == 0) {
		*value = (struct l62_value){.type = L62_VALUE_UNKNOWN};
		return L62_OK;
	}
	if (*word == '#') {
		value->type = L62_VALUE_SIGN;
		return read_sign(r, word, &value->n, &value->constant);
	}
	value->type = *word == '&' ? L62_VALUE_ADDRESS : L62_VALUE_VAR;
	if (*word != '&' && *word != 'v')
		return bad_word(r, word, "a value");
	return read_var(r, f, word + (*word == '&'), &value->n);
}

static int read_place(struct l62_reader *r, const struct l62_function *f, char *word,
                      struct l62_place *place)
{
	char *colon = strchr(word, ':');
	int status;

	if (*word == '@') {
		*place = (struct l62_place){L62_PLACE_GLOBAL, L62_NONE, L62_ATOM_STAR};
		return word[1] ? L62_OK : bad_word(r, word, "a global");
	}
	if (!colon || !colon[1])
		return bad_word(r, word, "a place");
	*colon = '\0';
	place->type = *word == '&' ? L62_PLACE_LOCAL : L62_PLACE_BEHIND;
	status = read_var(r, f, word + (*word == '&'), &place->var);
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
		return read_var(r, f, word, &place->var);
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
			status = bad_word(r, word, "a list of kinds");
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
		int status = read_value(r, f, r->words->pdata[i], &value);

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
		status = read_var(r, f, w[1], &op->dest);
		status = status ? status : read_value(r, f, w[2], &op->value);
		if (status == L62_OK && *w[0] == 'A' && r->words->len == 4)
			status = l62_reader_atom(r, w[3], &op->place.field);
		return status;
	case L62_OP_COMPUTE:
		if (strlen(w[2]) >= sizeof(op->operator))
			return bad_word(r, w[2], "an operator");
		strcpy(op->operator, w[2]);
		status = read_var(r, f, w[1], &op->dest);
		status = status ? status : read_value(r, f, w[3], &op->value);
		return status ? status : read_value(r, f, w[4], &op->other);
	case L62_OP_EMPTY:
		status = read_var(r, f, w[1], &op->dest);
		return status ? status : read_place(r, f, w[2], &op->place);
	case L62_OP_LOAD:
		status = read_var(r, f, w[1], &op->dest);
		status = status ? status : read_place(r, f, w[2], &op->place);
		if (status == L62_OK && f->classes[op->dest] == 'p')
			may_hold_pointer(r, &op->place);
		return status;
	case L62_OP_STORE:
		op->if_null = w[0][1] == '0';
		status = read_place(r, f, w[1], &op->place);
		status = status ? status : read_value(r, f, w[2], &op->value);
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
		return status ? status : read_value(r, f, w[2], &op->value);
	case L62_OP_RELEASE_AT:
		status = read_kinds(r, w[1], &op->kinds);
		status = status ? status : read_place(r, f, w[2], &op->place);
		if (status == L62_OK)
			may_hold_pointer(r, &op->place);
		return status;
	case L62_OP_GIVE_IF:
		status = read_var(r, f, w[1], &op->dest);
		return status ? status : read_value(r, f, w[2], &op->value);
	case L62_OP_TOUCH:
	case L62_OP_GIVE:
	case L62_OP_REF:
	case L62_OP_UNREF:
		return read_value(r, f, w[1], &op->value);
	}
	return status;
}

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

	if (read_var(r, f, w[1], &block->var) || read_sign(r, w[3], &c, &block->constant) ||
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
	return bad_word(r, w[2], "a relation");
}

/* S VALUE N|- #INT N... */
static int read_switch(struct l62_reader *r, struct l62_function *f, uint32_t nblocks, char **w,
                       struct l62_block *block)
{
	int status = read_var(r, f, w[1], &block->var);

	if (status == L62_OK && r->words->len % 2 == 0)
		status = l62_reader_fail(r, "a case has a constant and a block");
	block->cases = f->cases->len;
	block->no_default = strcmp(w[2], "-") == 0;
	if (status == L62_OK && !block->no_default)
		status = read_target(r, f, nblocks, w[2]);
	for (uint32_t i = 3; i + 1 < r->words->len && status == L62_OK; i += 2) {
		uint32_t sign;
		int64_t number;

		status = read_sign(r, w[i], &sign, &number);
		status = status ? status : read_target(r, f, nblocks, w[i + 1]);
		g_array_append_val(f->cases, number);
	}
	return status;
}

static int read_term(struct l62_reader *r, struct l62_function *f, uint32_t nblocks, char **w,
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
		return strcmp(w[1], "-") == 0 ? L62_OK : read_value(r, f, w[1], &block->value);
	case L62_TERM_END:
		break;
	}
	return status;
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
			return bad_word(r, path, "a path: a ] is missing");
		*close = '\0';
		op->row |= row;
		op->element |= !row;
		op->index = (struct l62_value){.type = L62_VALUE_UNKNOWN};
		if (open[1] && read_value(r, f, open + 1, &op->index) != L62_OK)
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
		return bad_word(r, word, "percent-encoded");
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
		return bad_word(r, w[0], "an op or a terminator");
	if (*w[0] == 'A' && r->words->len > 4)
		return l62_reader_fail(r, "a line of 'A' has 3 or 4 words");
	if (ops[i].more ? r->words->len < ops[i].words : r->words->len != ops[i].words)
		return l62_reader_fail(r, "a line of '%s' has %s%u words", ops[i].name,
		                       ops[i].more ? "at least " : "", ops[i].words);
	if (ops[i].term) {
		*done = true;
		block->type = (enum l62_term_type)ops[i].type;
		return read_term(r, f, nblocks, w, block);
	}
	op.type = (enum l62_op_type)ops[i].type;
	status = read_named_op(r, f, w, &op);
	if (status == L62_OK)
		g_array_append_val(f->ops, op);
	return status;
}
