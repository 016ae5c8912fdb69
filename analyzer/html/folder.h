/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The folder of a report.  A list in it names its pages, so that the next report knows
 * what it may remove and whether anything else is there.
 */
#ifndef LEAK62_HTML_FOLDER_H
#define LEAK62_HTML_FOLDER_H

#include <glib.h>

#include "leak62/error.h"

struct l62_html_folder;

/* Makes or checks the folder for pages (of char: file names, without folder) and names
 * them in its list.  L62_E_USAGE when something else is there, L62_E_IO. */
int l62_html_folder_open(const char *path, const GPtrArray *pages,
                         struct l62_html_folder **folder, struct l62_error *err);
/* Writes a page: temporary file, then rename.  L62_E_IO. */
int l62_html_folder_put(struct l62_html_folder *folder, const char *name, const GString *page,
                        struct l62_error *err);
/* When all pages are written: removes the former ones.  L62_E_IO. */
int l62_html_folder_finish(struct l62_html_folder *folder, struct l62_error *err);
void l62_html_folder_free(struct l62_html_folder *folder);

#endif
