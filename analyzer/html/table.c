/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See table.h.  The roles stay when the style sheet lays the cells out otherwise. */
#include "table.h"

#include "put.h"

void l62_html_table_start(struct l62_html_table *table, const char *label)
{
	l62_html_put(table->out,
	             "<table role=\"table\" aria-label=\"%s\">\n<thead role=\"rowgroup\">"
	             "<tr role=\"row\">",
	             label);
	for (unsigned i = 0; i < table->count; i++)
		l62_html_put(table->out, "<th role=\"columnheader\" class=\"%s\">%s</th>",
		             table->columns[i].number ? "number" : "", table->columns[i].head);
	g_string_append(table->out, "</tr></thead>\n<tbody role=\"rowgroup\">\n");
}

void l62_html_table_end(struct l62_html_table *table)
{
	g_string_append(table->out, "</tbody></table>\n");
}

void l62_html_row_start(struct l62_html_table *table)
{
	table->at = 0;
	g_string_append(table->out, "<tr role=\"row\">");
}

void l62_html_row_end(struct l62_html_table *table)
{
	g_string_append(table->out, "</tr>\n");
}

void l62_html_cell_start(struct l62_html_table *table)
{
	const struct l62_html_column *column = &table->columns[table->at++];

	l62_html_put(table->out, "<td role=\"cell\" data-head=\"%s\" class=\"%s\"><div>",
	             column->head, column->number ? "number" : "");
}

void l62_html_cell_end(struct l62_html_table *table)
{
	g_string_append(table->out, "</div></td>");
}

void l62_html_cell_text(struct l62_html_table *table, const char *text)
{
	l62_html_cell_start(table);
	l62_html_text(table->out, text);
	l62_html_cell_end(table);
}

void l62_html_cell_code(struct l62_html_table *table, const char *text)
{
	l62_html_cell_start(table);
	l62_html_put(table->out, "<code>%s</code>", text);
	l62_html_cell_end(table);
}

void l62_html_cell_number(struct l62_html_table *table, long long number)
{
	l62_html_cell_start(table);
	l62_html_put(table->out, "%lld", number);
	l62_html_cell_end(table);
}
