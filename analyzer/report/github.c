/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Annotations of GitHub's workflows, a command in a line each:
 *
 *	::error file=src/io.c,line=12,endLine=12,title=LeakOnPath::message
 *
 * '%' and line ends are escaped everywhere, ':' and ',' in what stands before the
 * message as well.
 */
#include "leak62/report.h"

#include <errno.h>
#include <string.h>

#include "paths.h"
#include "printable.h"

static void put_escaped(GString *out, const char *text, bool property)
{
	g_autofree char *printable = l62_printable_new(text);

	for (const char *c = printable; *c; c++) {
		if (*c == '%' || *c == '\r' || *c == '\n' ||
		    (property && (*c == ':' || *c == ',')))
			g_string_append_printf(out, "%%%02X", (guchar)*c);
		else
			g_string_append_c(out, *c);
	}
}

static const char *command_of(const struct l62_rule *rule)
{
	return strcmp(rule->level, "note") == 0 ? "notice" : rule->level;
}

static void put_place(GString *out, const struct l62_report_options *options, const char *file,
                      int line, int end_line)
{
	g_autofree char *shown = l62_path_shown(file, options->root);

	g_string_append(out, " file=");
	put_escaped(out, shown, true);
	if (line > 0)
		g_string_append_printf(out, ",line=%d,endLine=%d", line, MAX(line, end_line));
}

static void put_finding(GString *out, const struct l62_report_options *options,
                        const struct l62_finding *finding)
{
	const struct l62_location *at =
	        finding->changed.file ? &finding->changed : &finding->at;
	g_autofree char *site = l62_path_shown(finding->site.file, options->root);

	g_string_append_printf(out, "::%s", command_of(finding->rule));
	put_place(out, options, at->file, at->line, at->end_line);
	g_string_append_printf(out, ",title=leak62 %s", finding->rule->name);
	if (finding->id) {
		g_string_append_c(out, ' ');
		put_escaped(out, finding->id, true);
	}
	g_string_append(out, "::");
	put_escaped(out, finding->message, false);
	if (at->line != finding->site.line || strcmp(at->file, finding->site.file) != 0) {
		g_string_append(out, " Allocated at ");
		put_escaped(out, site, false);
		g_string_append_printf(out, "(%d) by %s.", finding->site.line, finding->api);
	}
	if (finding->change) {
		g_string_append(out, " Changed: ");
		put_escaped(out, finding->change, false);
		g_string_append_c(out, '.');
	}
	g_string_append_c(out, '\n');
}

static void put_failed(GString *out, const struct l62_report_options *options,
                       const struct l62_failed_tu *tu)
{
	g_autofree char *file = NULL;
	int line = 0;
	const char *error = l62_path_split_error(tu->error, &file, &line);

	g_string_append(out, "::error");
	put_place(out, options, file ? file : tu->source, line, 0);
	g_string_append(out, ",title=leak62 could not analyse this::");
	put_escaped(out, *error ? error : "no error was recorded", false);
	g_string_append_c(out, '\n');
}

int l62_report_github(FILE *out, const GPtrArray *results, const GPtrArray *names,
                      const struct l62_report_options *options, struct l62_error *err)
{
	g_autoptr(GString) all = g_string_new(NULL);

	(void)names;
	for (guint r = 0; r < results->len; r++) {
		const struct l62_result *result = g_ptr_array_index(results, r);

		for (guint i = 0; i < result->findings->len; i++) {
			const struct l62_finding *one = g_ptr_array_index(result->findings, i);

			if (one->suppressor == L62_NOT_SUPPRESSED &&
			    one->compared != L62_IS_KNOWN)
				put_finding(all, options, one);
		}
	}
	for (guint r = 0; r < results->len; r++) {
		const struct l62_result *result = g_ptr_array_index(results, r);

		for (guint i = 0; i < result->failed->len; i++)
			put_failed(all, options, g_ptr_array_index(result->failed, i));
	}
	if (fwrite(all->str, 1, all->len, out) != all->len || fflush(out) != 0)
		return l62_error_set(err, L62_E_IO, "the report cannot be written: %s",
		                     g_strerror(errno));
	return L62_OK;
}
