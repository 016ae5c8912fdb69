/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See tokens.h. */
#include "tokens.h"

#include <string.h>

enum {
	FOLLOWING = 8,    /* tokens that tell a place from others of its function */
	STATEMENT = 256,  /* the longest statement looked at */
	NAME_DIGITS = 12, /* 48 bits: only places of one rule and tag are compared */
};

struct token {
	const char *text;
	guint length;
	int line, column;
};

struct function {
	char *name;
	guint first, end; /* tokens: after the opening brace, the closing one */
	int line, last;   /* of the name, of the closing brace */
};

struct l62_tokens {
	char *text;
	GArray *list;      /* of struct token */
	GArray *functions; /* of struct function */
};

struct reader {
	const char *at, *end, *line_start;
	int line;
};

static void next_line(struct reader *in)
{
	in->line++;
	in->line_start = in->at;
}

/* Over what stands between tokens.  Returns false at the end. */
static bool skip(struct reader *in)
{
	while (in->at < in->end) {
		char c = *in->at, next = in->at + 1 < in->end ? in->at[1] : '\0';

		if (c == '\n') {
			in->at++;
			next_line(in);
		} else if (g_ascii_isspace(c) || c == '\0') {
			in->at++;
		} else if (c == '\\' && (next == '\n' || next == '\r')) {
			in->at++;
		} else if (c == '/' && next == '/') {
			while (in->at < in->end && *in->at != '\n')
				in->at++;
		} else if (c == '/' && next == '*') {
			for (in->at += 2; in->at < in->end; in->at++) {
				if (*in->at == '\n') {
					in->line++;
					in->line_start = in->at + 1;
				}
				if (*in->at == '/' && in->at[-1] == '*')
					break;
			}
			if (in->at < in->end)
				in->at++;
		} else {
			return true;
		}
	}
	return false;
}

static bool is_word(char c)
{
	return g_ascii_isalnum(c) || c == '_' || c == '$' || (guchar)c >= 0x80;
}

/* To the end of a literal that ends in the same line. */
static void read_literal(struct reader *in)
{
	char quote = *in->at++;

	while (in->at < in->end && *in->at != quote && *in->at != '\n')
		in->at += *in->at == '\\' && in->at + 1 < in->end && in->at[1] != '\n' ? 2 : 1;
	if (in->at < in->end && *in->at == quote)
		in->at++;
	in->at = MIN(in->at, in->end);
}

static void read_tokens(struct l62_tokens *tokens, size_t length)
{
	struct reader in = {tokens->text, tokens->text + length, tokens->text, 1};

	while (skip(&in)) {
		struct token token = {.text = in.at, .line = in.line};

		token.column = (int)(in.at - in.line_start) + 1;
		if (*in.at == '"' || *in.at == '\'')
			read_literal(&in);
		else if (is_word(*in.at))
			while (in.at < in.end && is_word(*in.at))
				in.at++;
		else
			in.at++;
		token.length = (guint)(in.at - token.text);
		g_array_append_val(tokens->list, token);
	}
}

static const struct token *at(const struct l62_tokens *tokens, guint i)
{
	return &g_array_index(tokens->list, struct token, i);
}

static bool is(const struct l62_tokens *tokens, guint i, char c)
{
	return at(tokens, i)->length == 1 && *at(tokens, i)->text == c;
}

/* The identifier before the parenthesis that the one at close ends; NULL: none. */
static const struct token *name_before(const struct l62_tokens *tokens, guint close)
{
	int depth = 0;

	for (guint i = close;; i--) {
		if (is(tokens, i, ')'))
			depth++;
		else if (is(tokens, i, '(') && --depth == 0)
			return i && is_word(*at(tokens, i - 1)->text) ? at(tokens, i - 1)
			                                              : NULL;
		if (i == 0 || is(tokens, i, ';'))
			return NULL;
	}
}

static void find_functions(struct l62_tokens *tokens)
{
	struct function open = {0};
	int depth = 0;

	for (guint i = 0; i < tokens->list->len; i++) {
		const struct token *token = at(tokens, i), *name = NULL;

		if (is(tokens, i, '{')) {
			if (depth == 0 && i && is(tokens, i - 1, ')'))
				name = name_before(tokens, i - 1);
			/* extern "C" { */
			if (depth == 0 && i && *at(tokens, i - 1)->text == '"')
				continue;
			depth++;
			if (name)
				open = (struct function){
				        .name = g_strndup(name->text, name->length),
				        .first = i + 1,
				        .line = name->line,
				};
		} else if (is(tokens, i, '}')) {
			depth = token->column == 1 ? 0 : MAX(depth - 1, 0);
			if (depth == 0 && open.name) {
				open.end = i;
				open.last = token->line;
				g_array_append_val(tokens->functions, open);
				open = (struct function){0};
			}
		}
	}
	g_free(open.name);
}

struct l62_tokens *l62_tokens_new(const char *text, size_t length)
{
	struct l62_tokens *tokens = g_new0(struct l62_tokens, 1);

	tokens->text = g_malloc(length + 1);
	memcpy(tokens->text, text, length);
	tokens->text[length] = '\0';
	tokens->list = g_array_new(FALSE, FALSE, sizeof(struct token));
	tokens->functions = g_array_new(FALSE, FALSE, sizeof(struct function));
	read_tokens(tokens, length);
	find_functions(tokens);
	return tokens;
}

void l62_tokens_free(struct l62_tokens *tokens)
{
	if (!tokens)
		return;
	for (guint i = 0; i < tokens->functions->len; i++)
		g_free(g_array_index(tokens->functions, struct function, i).name);
	g_array_unref(tokens->functions);
	g_array_unref(tokens->list);
	g_free(tokens->text);
	g_free(tokens);
}

/* The first token at or after that place; the count of tokens: none. */
static guint find(const struct l62_tokens *tokens, int line, int column)
{
	guint low = 0, high = tokens->list->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;
		const struct token *token = at(tokens, middle);
		int last = token->column + (int)token->length;

		if (token->line < line || (token->line == line && last <= column))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct function *around(const struct l62_tokens *tokens, guint i)
{
	for (guint k = 0; k < tokens->functions->len; k++) {
		const struct function *one =
		        &g_array_index(tokens->functions, struct function, k);

		if (i >= one->first && i <= one->end)
			return one;
	}
	return NULL;
}

/* How the token is called by names, which may be NULL. */
static const char *called(const struct token *token, GHashTable *names)
{
	g_autofree char *text = names ? g_strndup(token->text, token->length) : NULL;

	return text ? g_hash_table_lookup(names, text) : NULL;
}

/* Of the tokens from first up to end, at most count.  Braces may come and go with the
 * style, and a long string may be broken in two. */
static char *name_of(const struct l62_tokens *tokens, guint first, guint end, guint count,
                     GHashTable *names)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	bool string = false;

	for (guint i = first; i < end && count; i++) {
		const struct token *token = at(tokens, i);
		bool joins = string && *token->text == '"';
		const char *other = called(token, names);
		guint from = 0, to = token->length;

		string = *token->text == '"';
		if (is(tokens, i, '{') || is(tokens, i, '}'))
			continue;
		if (string) {
			from = 1;
			to = MAX(to, 2) - 1;
		}
		if (!joins) {
			g_checksum_update(sum, (const guchar *)(string ? "\"" : " "), 1);
			count--;
		}
		if (other)
			g_checksum_update(sum, (const guchar *)other, (gssize)strlen(other));
		else
			g_checksum_update(sum, (const guchar *)token->text + from,
			                  (gssize)(to - from));
	}
	return g_strndup(g_checksum_get_string(sum), NAME_DIGITS);
}

static bool is_word_of(const struct l62_tokens *tokens, guint i, const char *const *words)
{
	for (; *words; words++) {
		if (at(tokens, i)->length == strlen(*words) &&
		    strncmp(at(tokens, i)->text, *words, at(tokens, i)->length) == 0)
			return true;
	}
	return false;
}

/* After the parenthesis that the one at open has as its end; end: it has none. */
static guint after_parenthesis(const struct l62_tokens *tokens, guint open, guint end)
{
	int depth = 0;

	for (guint i = open; i < end; i++) {
		if (is(tokens, i, '('))
			depth++;
		else if (is(tokens, i, ')') && --depth == 0)
			return i + 1;
	}
	return end;
}

/* The statement around token i begins at *first and ends at *end.  What stands before it
 * or after it without braces may get some: an else, the condition that guards it, what a
 * condition guards that it is in. */
static void trim(const struct l62_tokens *tokens, guint i, guint *first, guint *end)
{
	static const char *const conditions[] = {"if", "while", "for", "switch", NULL};
	static const char *const plain[] = {"else", "do", NULL};

	while (*first < i) {
		guint after;

		if (is_word_of(tokens, *first, plain)) {
			++*first;
			continue;
		}
		if (!is_word_of(tokens, *first, conditions))
			return;
		after = after_parenthesis(tokens, *first + 1, *end);
		if (after > i) {
			*end = after;
			return;
		}
		*first = after;
	}
}

static char *statement_at(const struct l62_tokens *tokens, const struct function *function,
                          guint i, GHashTable *names)
{
	guint first = i, end = i;

	while (first > function->first && i - first < STATEMENT &&
	       !is(tokens, first - 1, ';') && !is(tokens, first - 1, '{') &&
	       !is(tokens, first - 1, '}'))
		first--;
	while (end < function->end && end - i < STATEMENT && !is(tokens, end, ';') &&
	       !is(tokens, end, '{') && !is(tokens, end, '}'))
		end++;
	trim(tokens, i, &first, &end);
	return name_of(tokens, first, end, G_MAXUINT, names);
}

char *l62_tokens_statement_as(const struct l62_tokens *tokens, int line, int column,
                              GHashTable *names)
{
	guint i = find(tokens, line, column);
	const struct function *function = around(tokens, i);

	return function ? statement_at(tokens, function, i, names) : NULL;
}

char *l62_tokens_statement(const struct l62_tokens *tokens, int line, int column)
{
	return l62_tokens_statement_as(tokens, line, column, NULL);
}

char *l62_tokens_following_as(const struct l62_tokens *tokens, int line, int column,
                              GHashTable *names)
{
	guint i = find(tokens, line, column);
	const struct function *function = around(tokens, i);

	return function ? name_of(tokens, i, function->end, FOLLOWING, names) : NULL;
}

char *l62_tokens_following(const struct l62_tokens *tokens, int line, int column)
{
	return l62_tokens_following_as(tokens, line, column, NULL);
}

bool l62_tokens_states(const struct l62_tokens *tokens, const char *function, const char *name)
{
	for (guint k = 0; k < tokens->functions->len; k++) {
		const struct function *one =
		        &g_array_index(tokens->functions, struct function, k);

		if (strcmp(one->name, function) != 0)
			continue;
		for (guint i = one->first; i < one->end; i++) {
			g_autofree char *here = NULL;

			/* What a statement is depends on where in it one asks. */
			if (is_word(*at(tokens, i)->text))
				here = statement_at(tokens, one, i, NULL);
			if (here && strcmp(here, name) == 0)
				return true;
		}
	}
	return false;
}

bool l62_tokens_follows(const struct l62_tokens *tokens, const char *function, const char *name)
{
	for (guint k = 0; k < tokens->functions->len; k++) {
		const struct function *one =
		        &g_array_index(tokens->functions, struct function, k);

		if (strcmp(one->name, function) != 0)
			continue;
		for (guint i = one->first; i <= one->end; i++) {
			g_autofree char *here = name_of(tokens, i, one->end, FOLLOWING, NULL);

			if (strcmp(here, name) == 0)
				return true;
		}
	}
	return false;
}

bool l62_tokens_defines(const struct l62_tokens *tokens, const char *function)
{
	for (guint k = 0; k < tokens->functions->len; k++) {
		if (strcmp(g_array_index(tokens->functions, struct function, k).name,
		           function) == 0)
			return true;
	}
	return false;
}

const char *l62_tokens_function(const struct l62_tokens *tokens, int line)
{
	for (guint k = 0; k < tokens->functions->len; k++) {
		const struct function *one =
		        &g_array_index(tokens->functions, struct function, k);

		if (line >= one->line && line <= one->last)
			return one->name;
	}
	return NULL;
}

bool l62_tokens_mention(const char *text, const char *identifier)
{
	size_t length = strlen(identifier);
	const char *found = text;

	if (!length)
		return false;
	while ((found = strstr(found, identifier))) {
		if ((found == text || !is_word(found[-1])) && !is_word(found[length]))
			return true;
		found += length;
	}
	return false;
}
