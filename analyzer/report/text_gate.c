/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * How a run compares with an earlier one, as text:
 *
 *	Fixed:
 *	  src/io.c
 *	    LeakOnPath in Dispatch: ctx, allocated by ExAllocatePool2
 *
 *	Repair what is new, or ...
 *
 *	leak62: gate: 1 new finding, 3 known, 1 fixed; compared with leak62.baseline
 */
#include "text.h"

static void put_fixed(struct l62_text *text, const GPtrArray *fixed)
{
	l62_text_put(text, L62_TEXT_GOOD, "Fixed:");
	g_string_append_c(text->out, '\n');
	for (guint i = 0; i < fixed->len; i++) {
		const struct l62_report_fixed *one = g_ptr_array_index(fixed, i);

		g_string_append(text->out, "  ");
		l62_text_place(text, L62_TEXT_PLACE, one->file, 0);
		g_string_append_printf(text->out, "\n    %s in ", one->rule->name);
		l62_text_put(text, L62_TEXT_PLAIN, one->function);
		g_string_append(text->out, ": ");
		if (one->place) {
			l62_text_put(text, L62_TEXT_PLAIN, one->place);
			g_string_append(text->out, ", ");
		}
		g_string_append(text->out, "allocated by ");
		l62_text_put(text, L62_TEXT_PLAIN, one->api);
		g_string_append_c(text->out, '\n');
	}
	g_string_append_c(text->out, '\n');
}

int l62_report_gate_text(FILE *out, const struct l62_report_options *options,
                         struct l62_error *err)
{
	const struct l62_report_gate *gate = options->gate;
	g_autoptr(GString) all = g_string_new(NULL), line = g_string_new("leak62: gate: ");
	struct l62_text text = {all, options};

	if (gate->fixed->len)
		put_fixed(&text, gate->fixed);
	if (gate->next) {
		l62_text_put(&text, L62_TEXT_PLAIN, gate->next);
		g_string_append(all, "\n\n");
	}
	g_string_append_printf(line, "%u new %s, %u known, %u fixed; compared with %s",
	                       gate->fresh, gate->fresh == 1 ? "finding" : "findings",
	                       gate->known, gate->fixed->len, gate->with);
	l62_text_put(&text, gate->fresh ? L62_TEXT_ERROR : L62_TEXT_GOOD, line->str);
	g_string_append_c(all, '\n');
	return l62_text_write(&text, out, err);
}
