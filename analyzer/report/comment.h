/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Comments in a source file that say that a finding need not be looked at:
 *
 *	// leak62: ignore
 *	// leak62: ignore LEAK6201 the port driver frees it
 *
 * A block comment does as well.  "leak62:" must open the comment and "ignore" follow it.  Then
 *come any rules, by id or name, and the reason.  Such a comment is about the line it stands on,
 *or, when only comments are on its lines, about the first line below that holds anything else;
 * no empty line may be between them.
 */
#ifndef LEAK62_REPORT_COMMENT_H
#define LEAK62_REPORT_COMMENT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct l62_ignore {
	int first, last;     /* lines of the comment */
	uint64_t rules;      /* bit n: rule n of l62_rules(); 0: all of them */
	const char *reason;  /* on one line, or NULL */
	const char *unknown; /* the first word that only looks like a rule, or NULL */
};

struct l62_comments;

/* What a C or C++ source says.  Strings and character constants hold no comments, a
 * backslash at the end of a line joins the next to it. */
struct l62_comments *l62_comments_read(const char *text, size_t length);
void l62_comments_free(struct l62_comments *comments);

/* Calls found for each such comment about the line; stops when it returns true, and
 * returns that. */
bool l62_comments_about(const struct l62_comments *comments, int line,
                        bool (*found)(const struct l62_ignore *ignore, void *data), void *data);

#endif
