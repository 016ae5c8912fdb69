/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * C source as a sequence of tokens, so that what is compared with another version of
 * it does not depend on blanks, line breaks and comments.
 *
 * The functions are found by their braces, without preprocessing: a brace at the
 * start of a line ends whatever is open, as in all usual styles.  What is not found is
 * in no function, and its text has no name.
 */
#ifndef LEAK62_GATE_TOKENS_H
#define LEAK62_GATE_TOKENS_H

#include <glib.h>
#include <stdbool.h>

struct l62_tokens;

/* Reads length bytes of C or C++, which need not be well-formed.  The caller frees the
 * result with l62_tokens_free(). */
struct l62_tokens *l62_tokens_new(const char *text, size_t length);
void l62_tokens_free(struct l62_tokens *tokens);

/* A name for the statement around line and column (both from 1, the column in bytes):
 * 12 hexadecimal digits.  A new string; NULL where there is none. */
char *l62_tokens_statement(const struct l62_tokens *tokens, int line, int column);

/* A name for what follows from there on, to the end of the function and at most 8
 * tokens: what stands before it may change. */
char *l62_tokens_following(const struct l62_tokens *tokens, int line, int column);

/* The two as if each word that is a key of names were its value, whole literals too. */
char *l62_tokens_statement_as(const struct l62_tokens *tokens, int line, int column,
                              GHashTable *names);
char *l62_tokens_following_as(const struct l62_tokens *tokens, int line, int column,
                              GHashTable *names);

/* Whether the statement of that name is somewhere in that function. */
bool l62_tokens_states(const struct l62_tokens *tokens, const char *function, const char *name);

/* Whether somewhere in that function the same follows. */
bool l62_tokens_follows(const struct l62_tokens *tokens, const char *function,
                        const char *name);

/* Whether a function of that name has its body here. */
bool l62_tokens_defines(const struct l62_tokens *tokens, const char *function);

/* The name of the function around line; NULL outside of all.  Owned by tokens. */
const char *l62_tokens_function(const struct l62_tokens *tokens, int line);

/* Whether text holds identifier as a word of its own. */
bool l62_tokens_mention(const char *text, const char *identifier);

#endif
