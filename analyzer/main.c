/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* leak62: picks the subcommand. */
#include <glib.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "leak62/error.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help; /* NULL: for leak62's own use */
} commands[] = {
        {"scan", l62_cmd_scan, "find the allocations a driver leaves behind at unload"},
        {"gate", l62_cmd_gate, "the same, failing only on what a change brings in"},
        {"explain", l62_cmd_explain, "tell the whole story of a finding"},
        {"report", l62_cmd_report, "write the findings as a folder of HTML pages"},
        {"verify", l62_cmd_verify,
         "run a driver's image and watch its pool as Driver Verifier does"},
        {"confirm", l62_cmd_confirm, "build the driver that was scanned"},
        {"analyze-tu", l62_cmd_analyze_tu, NULL},
        {"summarise", l62_cmd_summarise, NULL},
};

void l62_complain(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	for (char *c = text; *c; c++) {
		if (g_ascii_iscntrl(*c))
			*c = '?';
	}
	fprintf(stderr, "leak62: %s\n", text);
	g_free(text);
}

static void print_help(void)
{
	printf("Usage: leak62 COMMAND [OPTIONS]\n"
	       "Finds the memory a Windows kernel driver leaves behind at unload\n"
	       "(bug check 0xC4, Arg1 0x62), before the driver runs.\n\n"
	       "Commands:\n");
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		if (commands[i].help)
			printf("  %-8s %s\n", commands[i].name, commands[i].help);
	}
	printf("\n`leak62 COMMAND --help` tells a command's options.\n"
	       "Exit code: 0 clean, 1 findings, 2 usage or configuration error,\n"
	       "3 some translation unit could not be analysed, 4 internal error.\n");
}

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "");
	if (argc < 2) {
		l62_complain("no command given: see leak62 --help");
		return L62_EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		print_help();
		return L62_EXIT_CLEAN;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("leak62 %s (clang %s)\n", LEAK62_VERSION, LEAK62_CLANG_VERSION);
		return L62_EXIT_CLEAN;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	}
	l62_complain("unknown %s '%s': see leak62 --help",
	             *argv[1] == '-' ? "option" : "command", argv[1]);
	return L62_EXIT_USAGE;
}
