/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * leak62 verify --faults, --fail-at and --calls.  Of a run with failures one line says how to
 * have the same ones again: the command as it was given, without what chose them.
 */
#include "cmd_verify_faults.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int cmd_faults_take(struct cmd_faults *faults, int option, const char *argument,
                    struct l62_error *err)
{
	const char **where = option == CMD_FAULTS_PERCENT ? &faults->percent : &faults->at;

	if (option == CMD_FAULTS_CALLS) {
		faults->calls = true;
		return L62_OK;
	}
	if (*where)
		return l62_error_set(
		        err, L62_E_USAGE, "%s is given twice: give it once%s",
		        option == CMD_FAULTS_AT ? "--fail-at" : "--faults",
		        option == CMD_FAULTS_AT ? ", with commas between the numbers" : "");
	*where = argument;
	return L62_OK;
}

bool cmd_faults_given(const struct cmd_faults *faults)
{
	return faults->percent || faults->at || faults->calls;
}

/* Whether an argument is one of the options, with its value in it or behind it; getopt_long()
 * takes abbreviations. */
static int length_of(const char *argument)
{
	static const char *const options[] = {"--faults", "--fail-at", "--calls", "--json"};
	size_t length = strcspn(argument, "=");

	for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
		bool is_it =
		        length > strlen("--fa") && strncmp(options[i], argument, length) == 0;

		/* --calls and --json can be told from others by their first letters. */
		if (i >= 2)
			is_it = length > 2 && strncmp(options[i], argument, length) == 0;
		if (is_it)
			return argument[length] == '=' || i == 2 ? 1 : 2;
	}
	return 0;
}

/* What was given but for the options above: they say which calls, or where to write. */
static char *make_command(int argc, char **argv)
{
	GString *command = g_string_new("leak62 verify");

	for (int i = 1; i < argc;) {
		int skipped = length_of(argv[i]);
		char *quoted;

		i += skipped;
		if (skipped)
			continue;
		quoted = strspn(argv[i], G_CSET_A_2_Z G_CSET_a_2_z "0123456789_-./=,:+@%") ==
		                                 strlen(argv[i]) &&
		                         argv[i][0]
		                 ? g_strdup(argv[i])
		                 : g_shell_quote(argv[i]);
		g_string_append_printf(command, " %s", quoted);
		g_free(quoted);
		i++;
	}
	return g_string_free(command, FALSE);
}

int cmd_faults_finish(struct cmd_faults *faults, struct l62_verify_options *options, int argc,
                      char **argv, struct l62_error *err)
{
	bool by_flag = (options->flags & L62_FLAG_LOW_RESOURCES) != 0;
	int status = L62_OK;

	if (faults->at && (faults->percent || by_flag))
		return l62_error_set(err, L62_E_USAGE,
		                     "--fail-at says which calls fail, %s lets chance decide: "
		                     "leave out one of them",
		                     faults->percent ? "--faults" : "--flags 0x4");
	if (faults->at)
		status = l62_fail_at_parse("--fail-at", faults->at, &options->faults,
		                           &faults->list, err);
	else if (faults->percent)
		status = l62_faults_parse("--faults", faults->percent, &options->faults, err);
	else if (by_flag)
		options->faults = (struct l62_fault_plan){.mode = L62_FAULTS_RANDOM,
		                                          .per_10000 = L62_FAULTS_PER_10000,
		                                          .seed = L62_FAULTS_SEED};
	faults->command = make_command(argc, argv);
	options->command = faults->command;
	return status;
}

void cmd_faults_tell(const struct cmd_faults *faults, const struct l62_verify *run)
{
	size_t kept;
	uint64_t count = l62_verify_injected_count(run, &kept);

	if (faults->calls) {
		printf("\nCalls that could have failed:\n");
		l62_verify_print_calls(run, stdout);
	}
	if (count) {
		putchar('\n');
		l62_verify_print_faults(run, stdout);
	} else if (faults->percent || faults->at) {
		printf("\nNone of %" G_GUINT64_FORMAT " calls that could have failed was made "
		       "to.\n",
		       l62_verify_fault_calls(run));
	}
}

void cmd_faults_clear(struct cmd_faults *faults)
{
	free(faults->list);
	g_free(faults->command);
}
