/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The lines of the source files that a report mentions, read once.  Lines and
 * columns count from 1.  A file may have changed or gone since it was analysed, so
 * every question has an answer for a line that is not there.
 */
#ifndef LEAK62_REPORT_SOURCE_H
#define LEAK62_REPORT_SOURCE_H

#include <glib.h>

struct l62_source;
struct l62_sources;

/* None is read yet; freed by l62_sources_free() with all of them. */
struct l62_sources *l62_sources_new(void);
void l62_sources_free(struct l62_sources *sources);

/* NULL when the file cannot be read.  Owned by sources. */
struct l62_source *l62_sources_get(struct l62_sources *sources, const char *path);

/* The content, which need not be text; owned by source. */
const char *l62_source_bytes(const struct l62_source *source, size_t *length);

/* Of the content, in bytes. */
size_t l62_source_length(const struct l62_source *source);

/* SHA-256 of the content in hex, a new string. */
char *l62_source_sha256(const struct l62_source *source);

int l62_source_line_count(const struct l62_source *source);

/* The column in UTF-16 code units of a column in bytes.  What lies behind the end
 * of the line counts one each; source may be NULL. */
int l62_source_column(const struct l62_source *source, int line, int byte_column);

/* One past the last column of the line, in UTF-16 code units; 0 if not there. */
int l62_source_end_column(const struct l62_source *source, int line);

/* From a column in bytes of line first to one past the end in line last, 0 for all
 * of that line, as valid UTF-8.  A new string; NULL when not all there. */
char *l62_source_text(const struct l62_source *source, int first, int byte_column, int last,
                      int byte_end);

/* GitHub's primaryLocationLineHash of the line; NULL when not there. */
const char *l62_source_line_hash(struct l62_source *source, int line);

#endif
