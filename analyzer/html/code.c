/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See code.h.  Trigraphs, and literals over several lines, are not known. */
#include "code.h"

#include <string.h>

#include "put.h"

static bool is_word(char c)
{
	return g_ascii_isalnum(c) || c == '_' || (c & 0x80);
}

static bool is_keyword(const char *word, size_t length)
{
	static const char *const keywords[] = {
	        "break",  "case",   "const",    "continue",  "default",  "do",      "else",
	        "enum",   "extern", "for",      "goto",      "if",       "inline",  "return",
	        "sizeof", "static", "struct",   "switch",    "typedef",  "union",   "volatile",
	        "while",  "__try",  "__except", "__finally", "__leave",  "void",    "char",
	        "int",    "long",   "short",    "signed",    "unsigned", "register"};

	for (size_t i = 0; i < G_N_ELEMENTS(keywords); i++)
		if (strlen(keywords[i]) == length && strncmp(keywords[i], word, length) == 0)
			return true;
	return false;
}

/* Tabs stay: the style sheet gives them their width. */
static void put(GString *out, const char *class, const char *text, size_t length)
{
	const char *end = text + length;

	if (!out)
		return;
	if (class)
		g_string_append_printf(out, "<i class=\"%s\">", class);
	while (text < end) {
		const char *tab = memchr(text, '\t', (size_t)(end - text));
		g_autofree char *part = g_strndup(text, (size_t)((tab ? tab : end) - text));

		l62_html_text(out, part);
		if (tab)
			g_string_append_c(out, '\t');
		text = tab ? tab + 1 : end;
	}
	if (class)
		g_string_append(out, "</i>");
}

static const char *comment_end(const char *at)
{
	const char *end = strstr(at, "*/");

	return end ? end + 2 : NULL;
}

static size_t literal_length(const char *at)
{
	size_t length = 1;

	while (at[length] && at[length] != *at)
		length += at[length] == '\\' && at[length + 1] ? 2 : 1;
	return length + (at[length] != '\0');
}

static size_t word_length(const char *at)
{
	size_t length = 0;

	while (is_word(at[length]))
		length++;
	return length;
}

/* One token; returns its length. */
static size_t put_token(GString *out, const char *at, bool *comment)
{
	size_t length;

	if (at[0] == '/' && at[1] == '/') {
		length = strlen(at);
		put(out, "c", at, length);
	} else if (at[0] == '/' && at[1] == '*') {
		const char *end = comment_end(at + 2);

		*comment = !end;
		length = end ? (size_t)(end - at) : strlen(at);
		put(out, "c", at, length);
	} else if (*at == '"' || *at == '\'') {
		length = literal_length(at);
		put(out, "s", at, length);
	} else if (is_word(*at)) {
		length = word_length(at);
		put(out,
		    g_ascii_isdigit(*at)     ? "n"
		    : is_keyword(at, length) ? "k"
		    : at[length] == '('      ? "f"
		                             : NULL,
		    at, length);
	} else {
		length = 1;
		put(out, NULL, at, length);
	}
	return length;
}

void l62_html_code(GString *out, const char *line, bool *comment)
{
	if (*comment) {
		const char *end = comment_end(line);
		size_t length = end ? (size_t)(end - line) : strlen(line);

		put(out, "c", line, length);
		*comment = !end;
		line += length;
	}
	if (!*comment && line[strspn(line, " \t")] == '#' && !strstr(line, "/*")) {
		put(out, "p", line, strlen(line));
		return;
	}
	while (*line)
		line += put_token(out, line, comment);
}
