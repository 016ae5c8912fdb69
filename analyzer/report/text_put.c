/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The words of the text report: styles, places, symbols.
 */
#include "text.h"

#include <errno.h>

#include "paths.h"
#include "printable.h"

static const char *style_code(enum l62_text_style style)
{
	switch (style) {
	case L62_TEXT_PLACE:
		return "\033[1m";
	case L62_TEXT_ERROR:
		return "\033[1;31m";
	case L62_TEXT_WARNING:
		return "\033[1;33m";
	case L62_TEXT_GOOD:
		return "\033[1;32m";
	case L62_TEXT_PLAIN:
		break;
	}
	return NULL;
}

void l62_text_put(struct l62_text *text, enum l62_text_style style, const char *what)
{
	const char *code = text->options->colour ? style_code(style) : NULL;

	if (code)
		g_string_append(text->out, code);
	l62_printable_append(text->out, what);
	if (code)
		g_string_append(text->out, "\033[0m");
}

void l62_text_place(struct l62_text *text, enum l62_text_style style, const char *file,
                    int line)
{
	g_autofree char *path = l62_path_shown(file, text->options->cwd);
	g_autofree char *place = line ? g_strdup_printf("%s(%d)", path, line) : g_strdup(path);

	l62_text_put(text, style, place);
}

char *l62_text_symbol(const struct l62_text *text, const char *function)
{
	g_autofree char *symbol = g_strconcat(text->options->driver, "!", function, NULL);

	return l62_printable_new(symbol);
}

int l62_text_write(const struct l62_text *text, FILE *out, struct l62_error *err)
{
	const GString *all = text->out;

	if (fwrite(all->str, 1, all->len, out) != all->len || fflush(out) != 0)
		return l62_error_set(err, L62_E_IO,
		                     "cannot write the report: %s; give an output that can be "
		                     "written",
		                     g_strerror(errno));
	return L62_OK;
}
