/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Reads a skeleton: lines, functions and blocks.  A file that breaks the format
 * anywhere is refused as a whole: half of a function would be a wrong function.
 * What blocks are made of is read in skeleton_op.c.
 */
#include "skeleton.h"

#include <string.h>

#include "leak62/skeleton.h"

int l62_reader_fail(struct l62_reader *r, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	l62_error_set(r->err, L62_E_FORMAT, "%s(%u): %s", r->path, r->line, text);
	g_free(text);
	return L62_E_FORMAT;
}

char *l62_reader_quote(const char *word)
{
	char *start = g_strndup(word, 40);
	char *quoted = g_strescape(start, NULL);

	g_free(start);
	return quoted;
}

int l62_reader_number(struct l62_reader *r, const char *word, uint32_t limit, uint32_t *n)
{
	guint64 value;

	if (!g_ascii_string_to_unsigned(word, 10, 0, limit, &value, NULL)) {
		g_autofree char *quoted = l62_reader_quote(word);

		return l62_reader_fail(r, "'%s' is not a number from 0 to %u", quoted, limit);
	}
	*n = (uint32_t)value;
	return L62_OK;
}

int l62_reader_atom(struct l62_reader *r, const char *word, uint32_t *atom)
{
	if (!g_utf8_validate(word, -1, NULL))
		return l62_reader_fail(r, "a word is not UTF-8");
	if (strchr(word, '%')) {
		g_autofree char *plain = g_uri_unescape_string(word, NULL);

		if (!plain) {
			g_autofree char *quoted = l62_reader_quote(word);

			return l62_reader_fail(r, "'%s' is not percent-encoded", quoted);
		}
	}
	*atom = l62_program_atom(r->program, word);
	return L62_OK;
}

/* Cuts the next line into words; false at the end of the file. */
static bool next_line(struct l62_reader *r)
{
	char *end = r->next, *word;

	if (!*end)
		return false;
	r->line++;
	while (*end && *end != '\n')
		end++;
	word = r->next;
	r->next = *end ? end + 1 : end;
	*end = '\0';
	g_ptr_array_set_size(r->words, 0);
	while (*word) {
		char *blank = strchrnul(word, ' ');

		if (blank > word)
			g_ptr_array_add(r->words, word);
		word = *blank ? blank + 1 : blank;
		*blank = '\0';
	}
	return true;
}

static const char *first_word(const struct l62_reader *r)
{
	return r->words->len ? r->words->pdata[0] : "";
}

static int need_line(struct l62_reader *r, const char *name, const char *what)
{
	if (!next_line(r))
		return l62_reader_fail(r, "the file ends where %s should follow", what);
	if (strcmp(first_word(r), name) != 0)
		return l62_reader_fail(r, "%s should be here", what);
	return L62_OK;
}

/* F NAME SCOPE FILE LINE RET NPARAMS NVARS NBLOCKS */
static int read_header(struct l62_reader *r, struct l62_function *f, uint32_t *nblocks)
{
	char **w = (char **)r->words->pdata;

	if (r->words->len != 9)
		return l62_reader_fail(r, "an F line has 9 words");
	if (strcmp(w[2], "e") != 0 && strcmp(w[2], "s") != 0)
		return l62_reader_fail(r, "a function's scope is e or s");
	f->is_static = *w[2] == 's';
	if (strlen(w[5]) != 1 || !strchr("viupo", *w[5]))
		return l62_reader_fail(r, "a function returns v, i, u, p or o");
	f->ret = *w[5];
	if (l62_reader_atom(r, w[1], &f->name) || l62_reader_atom(r, w[3], &f->file) ||
	    l62_reader_number(r, w[4], INT32_MAX, &f->line) ||
	    l62_reader_number(r, w[6], L62_VARS_MAX, &f->nparams) ||
	    l62_reader_number(r, w[7], L62_VARS_MAX, &f->nvars) ||
	    l62_reader_number(r, w[8], L62_BLOCKS_MAX, nblocks))
		return L62_E_FORMAT;
	if (f->nparams > f->nvars)
		return l62_reader_fail(r, "a function has more parameters than variables");
	if (*nblocks == 0)
		return l62_reader_fail(r, "a function has no blocks");
	if (g_hash_table_contains(r->unit->names, GUINT_TO_POINTER(f->name)))
		return l62_reader_fail(r, "the function is there twice");
	return L62_OK;
}

static int read_classes(struct l62_reader *r, struct l62_function *f)
{
	int status = need_line(r, "V", "the line of variables");

	if (status != L62_OK)
		return status;
	if (r->words->len != f->nvars + 1)
		return l62_reader_fail(r, "%u variables are said and %u are here", f->nvars,
		                       r->words->len - 1);
	f->classes = g_malloc(f->nvars + 1);
	for (uint32_t i = 0; i < f->nvars; i++) {
		const char *word = r->words->pdata[i + 1];

		if (strlen(word) != 1 || !strchr("piuoa", *word))
			return l62_reader_fail(r, "a variable's class is p, i, u, o or a");
		f->classes[i] = *word;
	}
	f->classes[f->nvars] = '\0';
	return L62_OK;
}

static int read_blocks(struct l62_reader *r, struct l62_function *f, uint32_t nblocks)
{
	int status = need_line(r, "B", "a block");

	for (uint32_t i = 0; i < nblocks && status == L62_OK; i++) {
		struct l62_block block = {.ops = f->ops->len, .targets = f->targets->len};
		bool done = false;

		if (r->words->len != 1)
			return l62_reader_fail(r, "a B line has nothing else");
		r->op_line = 0;
		while (status == L62_OK && !done) {
			if (!next_line(r))
				return l62_reader_fail(r, "the file ends within a block");
			if (r->words->len == 0)
				return l62_reader_fail(r, "a line is empty");
			status = l62_reader_op(r, f, nblocks, &block, &done);
		}
		if (status != L62_OK)
			return status;
		block.nops = f->ops->len - block.ops;
		block.ntargets = f->targets->len - block.targets;
		g_array_append_val(f->blocks, block);
		status = i + 1 < nblocks ? need_line(r, "B", "another block")
		                         : need_line(r, "E", "the end of the function");
	}
	if (status == L62_OK && r->words->len != 1)
		status = l62_reader_fail(r, "an E line has nothing else");
	return status;
}

static int read_function(struct l62_reader *r)
{
	struct l62_function *f = g_new0(struct l62_function, 1);
	uint32_t nblocks;
	int status;

	f->unit = r->unit;
	f->ops = g_array_new(FALSE, FALSE, sizeof(struct l62_op));
	f->blocks = g_array_new(FALSE, FALSE, sizeof(struct l62_block));
	f->targets = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	f->args = g_array_new(FALSE, FALSE, sizeof(struct l62_value));
	f->cases = g_array_new(FALSE, FALSE, sizeof(int64_t));
	g_ptr_array_add(r->unit->functions, f);
	status = read_header(r, f, &nblocks);
	if (status == L62_OK)
		status = read_classes(r, f);
	if (status == L62_OK)
		status = read_blocks(r, f, nblocks);
	if (status == L62_OK)
		g_hash_table_insert(r->unit->names, GUINT_TO_POINTER(f->name), f);
	return status;
}

/* P ^PATH NAME SCOPE; an index that is not constant is any */
static int read_routine(struct l62_reader *r)
{
	char **w = (char **)r->words->pdata;
	const struct l62_function none = {.nvars = L62_VARS_MAX};
	struct l62_op op = {.slot = L62_NONE};
	struct l62_routine routine = {0};

	if (r->words->len < 4 || r->words->len % 2 || *w[1] != '^')
		return l62_reader_fail(r, "a P line has a path, 2 more words and pairs");
	if (strcmp(w[3], "e") != 0 && strcmp(w[3], "s") != 0)
		return l62_reader_fail(r, "a routine's scope is e or s");
	if (l62_reader_slot(r, &none, w[1], &op) || l62_reader_atom(r, w[2], &routine.name))
		return L62_E_FORMAT;
	routine.slot = op.slot;
	routine.has_index = op.element && op.index.type == L62_VALUE_SIGN;
	routine.index = op.index.constant;
	routine.is_static = *w[3] == 's';
	routine.numbers = g_array_new(FALSE, FALSE, sizeof(struct l62_row_number));
	g_array_append_val(r->unit->routines, routine);
	for (guint i = 4; i < r->words->len; i += 2) {
		struct l62_op key = {.slot = L62_NONE};
		struct l62_row_number row;
		int status = l62_reader_slot(r, &none, w[i], &key);

		status = status ? status : l62_reader_constant(r, w[i + 1], &row.number);
		if (status != L62_OK)
			return status;
		row.slot = key.slot;
		g_array_append_val(routine.numbers, row);
	}
	return L62_OK;
}

static int read_row(struct l62_reader *r)
{
	uint32_t record;

	if (r->words->len != 2)
		return l62_reader_fail(r, "a Y line has 2 words");
	if (l62_reader_atom(r, r->words->pdata[1], &record))
		return L62_E_FORMAT;
	g_hash_table_add(r->program->rows, GUINT_TO_POINTER(record));
	return L62_OK;
}

static int read_all(struct l62_reader *r, const char *text)
{
	const char *end = strchrnul(text, '\n');
	int status;

	if (!g_str_has_prefix(text, "leak62-skeleton "))
		return l62_reader_fail(r, "this is not a skeleton");
	if ((size_t)(end - text) != strlen(L62_SKELETON_HEADER) ||
	    !g_str_has_prefix(text, L62_SKELETON_HEADER))
		return l62_error_set(r->err, L62_E_VERSION,
		                     "%s is a skeleton of another version: scan again",
		                     r->path);
	next_line(r);
	status = need_line(r, "T", "the line of the main file");
	if (status == L62_OK && r->words->len != 2)
		status = l62_reader_fail(r, "a T line has 2 words");
	if (status == L62_OK)
		status = l62_reader_atom(r, r->words->pdata[1], &r->unit->path);
	while (status == L62_OK && next_line(r)) {
		if (strcmp(first_word(r), "F") == 0)
			status = read_function(r);
		else if (strcmp(first_word(r), "P") == 0)
			status = read_routine(r);
		else if (strcmp(first_word(r), "Y") == 0)
			status = read_row(r);
		else
			status = l62_reader_fail(r, "a function should begin here");
	}
	return status;
}

int l62_skeleton_read(struct l62_program *program, const char *path,
                      struct l62_unit_skeleton **unit, struct l62_error *err)
{
	struct l62_reader r = {.program = program, .path = path, .err = err};
	GError *error = NULL;
	char *text = NULL;
	gsize length;
	int status;

	*unit = l62_program_add_unit(program);
	r.unit = *unit;
	if (!g_file_get_contents(path, &text, &length, &error)) {
		status = l62_error_set(err, L62_E_IO, "%s", error->message);
		g_error_free(error);
		return status;
	}
	r.next = text;
	r.words = g_ptr_array_new();
	if (strlen(text) != length)
		status = l62_reader_fail(&r, "a skeleton holds no NUL bytes");
	else
		status = read_all(&r, text);
	if (status != L62_OK)
		l62_unit_skeleton_clear(*unit);
	g_ptr_array_unref(r.words);
	g_free(text);
	return status;
}
