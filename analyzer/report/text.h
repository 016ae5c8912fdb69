/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Shared by the parts of the text report.
 */
#ifndef LEAK62_REPORT_TEXT_H
#define LEAK62_REPORT_TEXT_H

#include <glib.h>

#include "leak62/report.h"

enum l62_text_style {
	L62_TEXT_PLAIN,
	L62_TEXT_PLACE, /* file(line) */
	L62_TEXT_ERROR,
	L62_TEXT_WARNING,
	L62_TEXT_GOOD,
};

struct l62_text {
	GString *out;
	const struct l62_report_options *options;
};

/* Appends what, made printable, in a style where colours are wanted. */
void l62_text_put(struct l62_text *text, enum l62_text_style style, const char *what);

/* Appends "path(line)"; the path alone when line is 0. */
void l62_text_place(struct l62_text *text, enum l62_text_style style, const char *file,
                    int line);

/* "driver!function", printable; a new string. */
char *l62_text_symbol(const struct l62_text *text, const char *function);

/* Appends the block of one finding, which ends in an empty line. */
void l62_text_finding(struct l62_text *text, const struct l62_finding *finding);

/* Writes all that was appended.  0 or L62_E_IO. */
int l62_text_write(const struct l62_text *text, FILE *out, struct l62_error *err);

#endif
