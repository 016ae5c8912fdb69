/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Text from source files and compile databases, made safe to show.
 */
#ifndef LEAK62_REPORT_PRINTABLE_H
#define LEAK62_REPORT_PRINTABLE_H

#include <glib.h>
#include <stdint.h>

enum { L62_UTF8_BAD = 0xfffd };

/* The character at *at, which moves past it and must be before end.  A sequence that is
 * not UTF-8 reads as U+FFFD, once for its longest part that could have become
 * UTF-8: what the Unicode standard recommends and most decoders do. */
uint32_t l62_utf8_next(const char **at, const char *end);

/* Appends length bytes as valid UTF-8 without NUL; nothing else changes. */
void l62_utf8_append(GString *out, const char *text, size_t length);

/* Appends text on one line: tabs as spaces, what moves a cursor or turns text
 * around (control and format characters, line separators) as \xNN or \uNNNN. */
void l62_printable_append(GString *out, const char *text);

/* The same as a new string. */
char *l62_printable_new(const char *text);

#endif
