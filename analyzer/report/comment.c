/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Comments that say "ignore", found by reading a source as a compiler does, but for
 * macros: what is preprocessed away is read as well.
 *
 * Lines end with "\n", "\r\n" or "\r", as clang counts.  A quote that is still open at
 * the end of its line ends there, as in "#error don't".
 */
#include "comment.h"

#include <string.h>

#include "leak62/finding.h"
#include "printable.h"

enum { CODE = 1, COMMENT = 2 }; /* what is on a line */

struct l62_comments {
	GByteArray *lines;   /* element 0 is line 1 */
	GArray *ignores;     /* of struct l62_ignore, by line */
	GStringChunk *words; /* holds their strings */
};

struct cursor {
	const char *at, *end;
	struct l62_comments *comments;
};

/* Length of a line end at `at`; 0 if there is none. */
static size_t line_end(const char *at, const char *end)
{
	if (at < end && *at == '\n')
		return 1;
	if (at < end && *at == '\r')
		return end - at > 1 && at[1] == '\n' ? 2 : 1;
	return 0;
}

/* Length of a backslash with the line end behind it; 0 if there is none. */
static size_t joint(const char *at, const char *end)
{
	const char *c = at + 1;
	size_t length;

	if (at == end || *at != '\\')
		return 0;
	while (c < end && (*c == ' ' || *c == '\t'))
		c++;
	length = line_end(c, end);
	return length ? (size_t)(c - at) + length : 0;
}

static int line_of(const struct cursor *cursor)
{
	return (int)cursor->comments->lines->len;
}

/* One character on, or one line end. */
static void step(struct cursor *cursor, guint8 what)
{
	static const guint8 nothing;
	GByteArray *lines = cursor->comments->lines;
	size_t length = line_end(cursor->at, cursor->end);

	if (length) {
		g_byte_array_append(lines, &nothing, 1);
		cursor->at += length;
		/* A comment or string goes on there even if it says nothing. */
		lines->data[lines->len - 1] |= what & COMMENT;
		return;
	}
	if (!strchr(" \t\f\v", *cursor->at) || what == COMMENT)
		lines->data[lines->len - 1] |= what;
	cursor->at++;
}

static void skip_to(struct cursor *cursor, const char *to, guint8 what)
{
	while (cursor->at < to)
		step(cursor, what);
}

/* Words that are meant as the name of a rule, though there may be none of it. */
static bool looks_like_rule(const char *word)
{
	size_t length = strlen(word);

	if (g_str_has_prefix(word, "LEAK") && length > 4)
		return strspn(word + 4, "0123456789") == length - 4;
	return length > 4 && g_ascii_isupper(*word) &&
	       strspn(word, G_CSET_A_2_Z G_CSET_a_2_z) == length &&
	       (g_str_has_prefix(word, "Leak") || g_str_has_suffix(word, "Leak"));
}

/* Takes the rules from the start of *text, which moves behind them. */
static void take_rules(struct l62_comments *comments, struct l62_ignore *ignore,
                       const char **text)
{
	size_t count;
	const struct l62_rule *rules = l62_rules(&count);

	g_assert(count <= 8 * sizeof(ignore->rules));
	for (;;) {
		const char *start = *text + strspn(*text, " ,:([");
		size_t length = strcspn(start, " ,:;()[]");
		g_autofree char *word = g_strndup(start, length);
		bool known = false;

		for (size_t i = 0; i < count && !known; i++) {
			known = strcmp(word, rules[i].id) == 0 ||
			        strcmp(word, rules[i].name) == 0;
			if (known)
				ignore->rules |= (uint64_t)1 << i;
		}
		if (!known && !looks_like_rule(word))
			return;
		if (!known && !ignore->unknown)
			ignore->unknown = g_string_chunk_insert(comments->words, word);
		*text = start + length;
	}
}

/* The words of a comment with one blank between them, without what decorates its
 * beginning and that of its other lines. */
static char *words_of(const char *text, const char *end)
{
	GString *out = g_string_new(NULL);
	bool line_start = false, blank = false;

	while (text < end && strchr("*!/<", *text))
		text++;
	for (; text < end; text++) {
		if (line_end(text, end)) {
			line_start = blank = true;
		} else if (*text == ' ' || *text == '\t' || joint(text, end)) {
			blank = true;
		} else if (!(line_start && *text == '*')) {
			if (blank && out->len)
				g_string_append_c(out, ' ');
			line_start = blank = false;
			g_string_append_c(out, *text);
		}
	}
	return g_string_free(out, FALSE);
}

/* A comment whose text goes from begin to end, on lines first to last. */
static void take_comment(struct l62_comments *comments, const char *begin, const char *end,
                         int first, int last)
{
	struct l62_ignore ignore = {.first = first, .last = last};
	g_autofree char *words = words_of(begin, end);
	g_autoptr(GString) reason = NULL;
	const char *text = words;

	if (!g_str_has_prefix(text, "leak62:"))
		return;
	text += strlen("leak62:");
	text += strspn(text, " ");
	if (!g_str_has_prefix(text, "ignore"))
		return;
	text += strlen("ignore");
	if (g_ascii_isalnum(*text) || *text == '_')
		return;
	take_rules(comments, &ignore, &text);
	text += strspn(text, " ,:;-)]");
	reason = g_string_new(NULL);
	l62_utf8_append(reason, text, strlen(text));
	if (reason->len)
		ignore.reason = g_string_chunk_insert(comments->words, reason->str);
	g_array_append_val(comments->ignores, ignore);
}

static void read_line_comment(struct cursor *cursor)
{
	int first = line_of(cursor);
	const char *begin = cursor->at + 2;
	size_t length;

	while (cursor->at < cursor->end && !line_end(cursor->at, cursor->end)) {
		length = joint(cursor->at, cursor->end);
		if (length)
			skip_to(cursor, cursor->at + length, COMMENT);
		else
			step(cursor, COMMENT);
	}
	take_comment(cursor->comments, begin, cursor->at, first, line_of(cursor));
}

static void read_block_comment(struct cursor *cursor)
{
	int first = line_of(cursor);
	const char *begin = cursor->at + 2, *close;

	close = g_strstr_len(begin, cursor->end - begin, "*/");
	/* An open comment swallows the rest; the compiler refuses the file. */
	skip_to(cursor, close ? close + 2 : cursor->end, COMMENT);
	if (close)
		take_comment(cursor->comments, begin, close, first, line_of(cursor));
}

static void read_quoted(struct cursor *cursor)
{
	char quote = *cursor->at;

	step(cursor, CODE);
	while (cursor->at < cursor->end && !line_end(cursor->at, cursor->end)) {
		size_t length = joint(cursor->at, cursor->end);
		char c = *cursor->at;

		if (length) {
			skip_to(cursor, cursor->at + length, CODE);
			continue;
		}
		step(cursor, CODE);
		if (c == quote)
			return;
		if (c == '\\' && cursor->at < cursor->end && !line_end(cursor->at, cursor->end))
			step(cursor, CODE);
	}
}

/* R"x( ... )x"; the cursor is at the quote.  False if it is no such string. */
static bool read_raw(struct cursor *cursor)
{
	const char *begin = cursor->at + 1, *open = begin, *close;
	g_autofree char *last = NULL;

	while (open < cursor->end && open - begin <= 16 && !strchr(" ()\\\t\v\f\r\n\"", *open))
		open++;
	if (open == cursor->end || *open != '(')
		return false;
	last = g_strdup_printf(")%.*s\"", (int)(open - begin), begin);
	close = g_strstr_len(open, cursor->end - open, last);
	if (!close)
		return false;
	skip_to(cursor, close + strlen(last), CODE);
	return true;
}

/* A name or number.  It may open a raw string; a quote inside a number separates
 * digits. */
static void read_word(struct cursor *cursor)
{
	static const char *const raw[] = {"R", "LR", "uR", "UR", "u8R", NULL};
	const char *begin = cursor->at;
	bool number = g_ascii_isdigit(*begin);
	g_autofree char *word = NULL;

	while (cursor->at < cursor->end) {
		const char *c = cursor->at;
		bool separates =
		        number && *c == '\'' && cursor->end - c > 1 && g_ascii_isalnum(c[1]);

		if (!g_ascii_isalnum(*c) && *c != '_' && !separates)
			break;
		step(cursor, CODE);
	}
	word = g_strndup(begin, (gsize)(cursor->at - begin));
	if (cursor->at < cursor->end && *cursor->at == '"' && g_strv_contains(raw, word) &&
	    !read_raw(cursor))
		read_quoted(cursor);
}

struct l62_comments *l62_comments_read(const char *text, size_t length)
{
	static const guint8 nothing;
	struct l62_comments *comments = g_new0(struct l62_comments, 1);
	struct cursor cursor = {text, text + length, comments};

	comments->lines = g_byte_array_new();
	g_byte_array_append(comments->lines, &nothing, 1);
	comments->ignores = g_array_new(FALSE, FALSE, sizeof(struct l62_ignore));
	comments->words = g_string_chunk_new(256);
	while (cursor.at < cursor.end) {
		char c = *cursor.at, next = cursor.end - cursor.at > 1 ? cursor.at[1] : '\0';

		if (c == '/' && next == '/')
			read_line_comment(&cursor);
		else if (c == '/' && next == '*')
			read_block_comment(&cursor);
		else if (c == '"' || c == '\'')
			read_quoted(&cursor);
		else if (g_ascii_isalnum(c) || c == '_')
			read_word(&cursor);
		else
			step(&cursor, CODE);
	}
	return comments;
}

void l62_comments_free(struct l62_comments *comments)
{
	if (!comments)
		return;
	g_byte_array_unref(comments->lines);
	g_array_unref(comments->ignores);
	g_string_chunk_free(comments->words);
	g_free(comments);
}

static bool only_comment(const struct l62_comments *comments, int line)
{
	return line >= 1 && (guint)line <= comments->lines->len &&
	       comments->lines->data[line - 1] == COMMENT;
}

bool l62_comments_about(const struct l62_comments *comments, int line,
                        bool (*found)(const struct l62_ignore *ignore, void *data), void *data)
{
	int top = line;

	while (only_comment(comments, top - 1))
		top--;
	for (guint i = 0; i < comments->ignores->len; i++) {
		const struct l62_ignore *ignore =
		        &g_array_index(comments->ignores, struct l62_ignore, i);
		bool here = ignore->first == line || ignore->last == line;
		bool above = ignore->first >= top && ignore->last < line;

		if ((here || above) && found(ignore, data))
			return true;
	}
	return false;
}
