/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Conditions, by recursive descent:
 *
 *   or   := and ('or' and)*          and  := term ('and' term)*
 *   term := '!' term | '(' or ')' | Exists(x) | HasTrailingSlash(x)
 *         | x [('==' | '!=' | '<' | '<=' | '>' | '>=') x]
 *   x    := 'quoted' | $(...) | %(...) | word
 *
 * What cannot be evaluated is noted once and does not hold.
 */
#include <string.h>

#include "msbuild_internal.h"

enum { DEPTH_MOST = 64 };

struct parser {
	struct l62_msbuild *project;
	GHashTable *metadata;
	const char *at;
	int depth;
	bool broken;
};

static bool parse_or(struct parser *parser);

static void skip_space(struct parser *parser)
{
	while (g_ascii_isspace(*parser->at))
		parser->at++;
}

static bool take(struct parser *parser, const char *token)
{
	size_t length = strlen(token);

	skip_space(parser);
	if (g_ascii_strncasecmp(parser->at, token, length) != 0)
		return false;
	if (g_ascii_isalpha(*token) && g_ascii_isalnum(parser->at[length]))
		return false;
	parser->at += length;
	return true;
}

/* Past the parenthesis that closes the one at at. */
static const char *past(const char *at)
{
	int depth = 0;

	for (; *at; at++) {
		if (*at == '(')
			depth++;
		else if (*at == ')' && --depth == 0)
			return at + 1;
	}
	return at;
}

/* An operand, expanded; NULL if there is none. */
static char *operand(struct parser *parser)
{
	const char *begin;
	char *text, *value;

	skip_space(parser);
	begin = parser->at;
	if (*begin == '\'') {
		/* Quotes within $(...) belong to it. */
		for (parser->at++; *parser->at && *parser->at != '\'';) {
			if ((*parser->at == '$' || *parser->at == '%') && parser->at[1] == '(')
				parser->at = past(parser->at + 1);
			else
				parser->at++;
		}
		if (!*parser->at)
			return NULL;
		text = g_strndup(begin + 1, parser->at - begin - 1);
		parser->at++;
	} else {
		while (*parser->at && !g_ascii_isspace(*parser->at) &&
		       !strchr("=!<>(),'", *parser->at)) {
			if ((*parser->at == '$' || *parser->at == '%') && parser->at[1] == '(')
				parser->at = past(parser->at + 1);
			else
				parser->at++;
		}
		if (parser->at == begin)
			return NULL;
		text = g_strndup(begin, parser->at - begin);
	}
	value = l62_msbuild_expand(parser->project, text, parser->metadata);
	g_free(text);
	return value;
}

static bool truth(struct parser *parser, const char *text)
{
	static const char *const yes[] = {"true", "on", "yes", "!false", "!off", "!no", NULL};
	static const char *const no[] = {"false", "off", "no", "!true", "!on", "!yes", NULL};
	char *lower = g_ascii_strdown(text, -1);
	bool is_yes = g_strv_contains(yes, lower);

	/* MSBuild refuses an empty one; projects rely on imports that are not here. */
	if (!is_yes && !g_strv_contains(no, lower) && *lower)
		parser->broken = true;
	g_free(lower);
	return is_yes;
}

static bool number(const char *text, double *value)
{
	char *end;

	*value = g_str_has_prefix(text, "0x") ? (double)g_ascii_strtoull(text, &end, 16)
	                                      : g_ascii_strtod(text, &end);
	return *text && (!*end || (*end == '.' && g_ascii_isdigit(end[1])));
}

static bool compare(struct parser *parser, const char *operator, const char * left,
                    const char *right)
{
	bool numbers;
	double a, b;

	if (strcmp(operator, "==") == 0 || strcmp(operator, "!=") == 0) {
		bool equal = g_ascii_strcasecmp(left, right) == 0;

		return *operator== '=' ? equal : !equal;
	}
	numbers = number(left, &a) && number(right, &b);
	if (!numbers) {
		parser->broken = parser->broken || (*left && *right);
		return false;
	}
	if (strcmp(operator, "<") == 0)
		return a < b;
	if (strcmp(operator, "<=") == 0)
		return a <= b;
	if (strcmp(operator, ">") == 0)
		return a > b;
	return a >= b;
}

/* The argument of Exists('x'); NULL if it is not written so. */
static char *argument(struct parser *parser)
{
	char *text = take(parser, "(") ? operand(parser) : NULL;

	if (text && !take(parser, ")")) {
		g_free(text);
		text = NULL;
	}
	parser->broken = parser->broken || !text;
	return text;
}

static bool function(struct parser *parser, bool exists)
{
	char *text = argument(parser);
	bool holds = false;

	if (text && exists)
		holds = l62_msbuild_exists(parser->project, text);
	else if (text)
		holds = *text && strchr("/\\", text[strlen(text) - 1]);
	g_free(text);
	return holds;
}

static bool comparison(struct parser *parser)
{
	static const char *const operators[] = {"==", "!=", "<=", ">=", "<", ">"};
	char *left = operand(parser), *right;
	bool holds = false;

	if (!left) {
		parser->broken = true;
		return false;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(operators); i++) {
		if (!take(parser, operators[i]))
			continue;
		right = operand(parser);
		if (right)
			holds = compare(parser, operators[i], left, right);
		else
			parser->broken = true;
		g_free(right);
		g_free(left);
		return holds;
	}
	holds = truth(parser, left);
	g_free(left);
	return holds;
}

static bool parse_term(struct parser *parser)
{
	bool holds;

	if (parser->broken || ++parser->depth > DEPTH_MOST) {
		parser->broken = true;
		return false;
	}
	if (take(parser, "Exists")) {
		holds = function(parser, true);
	} else if (take(parser, "HasTrailingSlash")) {
		holds = function(parser, false);
	} else if (take(parser, "!")) {
		holds = !parse_term(parser);
	} else if (take(parser, "(")) {
		holds = parse_or(parser);
		parser->broken = !take(parser, ")") || parser->broken;
	} else {
		holds = comparison(parser);
	}
	parser->depth--;
	return holds;
}

static bool parse_and(struct parser *parser)
{
	bool holds = parse_term(parser);

	while (!parser->broken && take(parser, "and")) {
		bool next = parse_term(parser);

		holds = holds && next;
	}
	return holds;
}

static bool parse_or(struct parser *parser)
{
	bool holds = parse_and(parser);

	while (!parser->broken && take(parser, "or")) {
		bool next = parse_and(parser);

		holds = holds || next;
	}
	return holds;
}

bool l62_msbuild_condition(struct l62_msbuild *project, const char *condition,
                           GHashTable *metadata, long line)
{
	struct parser parser = {
	        .project = project, .metadata = metadata, .at = condition ? condition : ""};
	bool holds;

	skip_space(&parser);
	if (!*parser.at)
		return true;
	holds = parse_or(&parser);
	skip_space(&parser);
	if (!parser.broken && !*parser.at)
		return holds;
	l62_msbuild_note(project,
	                 g_strdup_printf("%s(%ld): the condition \"%s\" is not understood: "
	                                 "what depends on it is left out",
	                                 project->file, line, condition));
	return false;
}
