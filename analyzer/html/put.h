/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Text into HTML.  Whatever comes from a source, a database or a run goes through here:
 * nothing of it is markup.
 */
#ifndef LEAK62_HTML_PUT_H
#define LEAK62_HTML_PUT_H

#include <glib.h>

#include "leak62/finding.h"

/* Appends text as content or as the value of a quoted attribute: printable, on one line,
 * with markup's characters as references.  NULL is nothing. */
void l62_html_text(GString *out, const char *text);

/* Appends a format whose string arguments (%s alone; %d, %u, %z and the like stay) are
 * put as by l62_html_text(); the format itself is markup. */
void l62_html_put(GString *out, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* A path as the report shows it: relative to root when below it.  A new string, not yet
 * HTML. */
char *l62_html_path(const char *root, const char *path);

/* Four characters of a tag as the debugger shows it; shown holds five. */
void l62_html_tag(const char *tag, char shown[5]);

/* "1 finding", "2 findings". */
void l62_html_count(GString *out, unsigned count, const char *one, const char *many);

#endif
