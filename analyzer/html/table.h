/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Tables that become lists on a phone: each cell knows the head of its column.
 */
#ifndef LEAK62_HTML_TABLE_H
#define LEAK62_HTML_TABLE_H

#include <glib.h>
#include <stdbool.h>

struct l62_html_column {
	const char *head;
	bool number;
};

struct l62_html_table {
	GString *out;
	const struct l62_html_column *columns;
	unsigned count, at; /* how many; of the next cell */
};

/* label says what the table is of. */
void l62_html_table_start(struct l62_html_table *table, const char *label);
void l62_html_table_end(struct l62_html_table *table);
void l62_html_row_start(struct l62_html_table *table);
void l62_html_row_end(struct l62_html_table *table);

/* A cell with content of one's own between the two. */
void l62_html_cell_start(struct l62_html_table *table);
void l62_html_cell_end(struct l62_html_table *table);
void l62_html_cell_text(struct l62_html_table *table, const char *text);
void l62_html_cell_code(struct l62_html_table *table, const char *text);
void l62_html_cell_number(struct l62_html_table *table, long long number);

#endif
