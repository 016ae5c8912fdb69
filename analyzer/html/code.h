/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A line of C as HTML, with its comments, strings, keywords and the like marked.
 */
#ifndef LEAK62_HTML_CODE_H
#define LEAK62_HTML_CODE_H

#include <glib.h>
#include <stdbool.h>

/* Appends line (without its end; valid UTF-8).  *comment says whether the line starts
 * inside a block comment, and is changed to whether the next one does; out may be NULL
 * for a line that is only passed over. */
void l62_html_code(GString *out, const char *line, bool *comment);

#endif
