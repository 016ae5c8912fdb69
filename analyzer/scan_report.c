/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See scan_report.h. */
#include "scan_report.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int l62_scan_report_check(const struct l62_scan_options *options, struct l62_error *err)
{
	char *folder;
	int status = L62_OK;

	if (options->root && !g_file_test(options->root, G_FILE_TEST_IS_DIR))
		return l62_error_set(err, L62_E_USAGE, "--source-root %s is not a folder",
		                     options->root);
	if (!options->sarif)
		return L62_OK;
	folder = g_path_get_dirname(options->sarif);
	if (g_access(folder, W_OK) != 0)
		status = l62_error_set(err, L62_E_USAGE,
		                       "%s cannot be written: its folder %s: %s",
		                       options->sarif, folder, g_strerror(errno));
	else if (g_file_test(options->sarif, G_FILE_TEST_IS_DIR))
		status = l62_error_set(err, L62_E_USAGE, "%s cannot be written: it is a folder",
		                       options->sarif);
	g_free(folder);
	return status;
}

char *l62_scan_report_root(const char *folder)
{
	char *at = g_strdup(folder);

	for (;;) {
		char *git = g_build_filename(at, ".git", NULL);
		bool found = g_file_test(git, G_FILE_TEST_EXISTS);
		char *above;

		g_free(git);
		if (found)
			return at;
		above = g_path_get_dirname(at);
		if (strcmp(above, at) == 0) {
			g_free(above);
			g_free(at);
			return g_strdup(folder);
		}
		g_free(at);
		at = above;
	}
}

static int print_text(struct l62_report_options *report, const GPtrArray *results,
                      const GPtrArray *names, struct l62_error *err)
{
	int status = L62_OK;

	for (guint i = 0; i < results->len && status == L62_OK; i++) {
		report->driver = g_ptr_array_index(names, i);
		if (i > 0)
			putchar('\n');
		status = l62_report_text(stdout, g_ptr_array_index(results, i), report, err);
	}
	if (status == L62_OK && report->gate)
		status = l62_report_gate_text(stdout, report, err);
	return status;
}

static int print(enum l62_format format, struct l62_report_options *report,
                 const GPtrArray *results, const GPtrArray *names, struct l62_error *err)
{
	switch (format) {
	case L62_FORMAT_SARIF:
		return l62_report_sarif_stream(stdout, results, names, report, err);
	case L62_FORMAT_JSON:
		return l62_report_json(stdout, results, names, report, err);
	case L62_FORMAT_GITHUB:
		return l62_report_github(stdout, results, names, report, err);
	case L62_FORMAT_TEXT:
		break;
	}
	return print_text(report, results, names, err);
}

int l62_scan_report_write(const struct l62_scan_options *options,
                          struct l62_report_options *report, const GPtrArray *results,
                          const GPtrArray *names, struct l62_error *err)
{
	const char *no_colour = g_getenv("NO_COLOR");
	int status = L62_OK;

	report->version = LEAK62_VERSION;
	report->end = g_date_time_new_now_utc();
	report->show_suppressed = options->show_suppressed;
	report->colour = isatty(STDOUT_FILENO) && !(no_colour && *no_colour) &&
	                 g_strcmp0(g_getenv("TERM"), "dumb") != 0;
	if (options->sarif)
		status = l62_report_sarif_drivers(options->sarif, results, names, report, err);
	report->several = results->len > 1;
	if (status == L62_OK)
		status = print(options->format, report, results, names, err);
	if (status == L62_OK && fflush(stdout) != 0)
		status = l62_error_set(err, L62_E_IO, "the report cannot be written: %s",
		                       g_strerror(errno));
	g_date_time_unref(report->end);
	report->end = NULL;
	return status;
}

void l62_scan_report_rules(void)
{
	size_t count;
	const struct l62_rule *rules = l62_rules(&count);

	for (size_t i = 0; i < count; i++)
		printf("%s  %-20s  %s\n", rules[i].id, rules[i].name, rules[i].short_text);
}

char *l62_scan_report_command_line(int argc, char **argv)
{
	GString *line = g_string_new("leak62");

	for (int i = 0; i < argc; i++) {
		static const char plain[] =
		        G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "+,-./:=@_%";
		char *quoted = g_shell_quote(argv[i]);
		bool is_plain = *argv[i] && !argv[i][strspn(argv[i], plain)];

		g_string_append_printf(line, " %s", is_plain ? argv[i] : quoted);
		g_free(quoted);
	}
	return g_string_free(line, FALSE);
}
