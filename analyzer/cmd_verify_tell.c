/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What `leak62 verify` prints of a run, in the words of the kernel debugger. */
#include "cmd_verify_tell.h"

#include <glib.h>
#include <stdio.h>

#include "commands.h"

/* Whether this is the first time that a value is met. */
static bool is_new(GHashTable *seen, uint64_t value)
{
	return g_hash_table_add(seen, g_memdup2(&value, sizeof(value)));
}

static GHashTable *values_new(void)
{
	return g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
}

static void type(const struct l62_verify *run, const char *command)
{
	printf("\nkd> %s\n", command);
	l62_verify_command(run, command, stdout);
}

/* The debugger's session: what one would type at a violation, and the answers; for
 * each caller and each stack once. */
static void print_session(const struct l62_verify *run, const char *image)
{
	char *name = g_path_get_basename(image);
	GHashTable *callers = values_new(), *stacks = values_new();

	printf("\nkd> !analyze -v\n");
	l62_verify_print_analysis(run, stdout);
	printf("\nkd> !verifier 3 %s\n", name);
	l62_verify_print_statistics(run, stdout);
	if (l62_verify_block_count(run))
		type(run, "!leaks");
	for (size_t i = 0; i < l62_verify_block_count(run); i++) {
		uint64_t caller = l62_verify_caller(run, i);

		if (!is_new(callers, caller))
			continue;
		printf("\nkd> ln 0x%" G_GINT64_MODIFIER "x\n", caller);
		l62_verify_print_near(run, caller, stdout);
	}
	for (size_t i = 0; i < l62_verify_block_count(run); i++) {
		uint64_t address = l62_verify_block(run, i);

		if (!is_new(stacks, l62_verify_stack(run, i)))
			continue;
		printf("\nkd> !verifier 0x80 0x%" G_GINT64_MODIFIER "x\n", address);
		l62_verify_print_log(run, address, stdout);
	}
	g_hash_table_unref(callers);
	g_hash_table_unref(stacks);
	g_free(name);
}

/* The exit code that it makes of another. */
static int tell_wrong_frees(const struct l62_verify *run, int exit_code)
{
	if (l62_verify_wrong_free_count(run) == 0)
		return exit_code;
	printf("\nGiven to a routine that frees other things:\n");
	l62_verify_print_wrong_frees(run, stdout);
	return L62_EXIT_FINDINGS;
}

/* A run that has ended without a bug check. */
static int tell_clean(const struct l62_verify *run, const char *image)
{
	bool grows = l62_verify_growth_count(run) > 0;

	if (l62_verify_cannot_unload(run)) {
		printf("%s cannot be unloaded, for it sets no DriverUnload; after %u "
		       "iterations "
		       "it has %zu live block%s.\n",
		       image, l62_verify_iterations(run), l62_verify_block_count(run),
		       l62_verify_block_count(run) == 1 ? "" : "s");
		if (l62_verify_block_count(run)) {
			putchar('\n');
			l62_verify_print_groups(run, stdout);
		}
		return grows ? L62_EXIT_FINDINGS : L62_EXIT_CLEAN;
	}
	if (l62_verify_left_count(run) == 0) {
		printf("%s was unloaded and has left nothing behind.\n", image);
		return grows ? L62_EXIT_FINDINGS : L62_EXIT_CLEAN;
	}
	printf("%s was unloaded and has left behind:\n", image);
	l62_verify_print_left(run, stdout);
	return grows || l62_verify_left_fails(run) ? L62_EXIT_FINDINGS : L62_EXIT_CLEAN;
}

int cmd_verify_tell(const struct l62_verify *run, const char *image, bool asks)
{
	if (*l62_verify_note(run))
		l62_complain("no symbols: %s", l62_verify_note(run));
	switch (l62_verify_verdict(run)) {
	case L62_VERDICT_CLEAN:
		return tell_wrong_frees(run, tell_clean(run, image));
	case L62_VERDICT_VIOLATION:
		l62_verify_print_stop(run, stdout);
		if (l62_verify_left_count(run)) {
			printf("\nLeft behind besides pool:\n");
			l62_verify_print_left(run, stdout);
		}
		tell_wrong_frees(run, L62_EXIT_FINDINGS);
		if (!asks)
			print_session(run, image);
		return L62_EXIT_FINDINGS;
	default:
		l62_complain("%s: %s", image, l62_verify_reason(run));
		/* Windows unloads a driver whose DriverEntry has failed. */
		if (l62_verify_left_count(run)) {
			printf("%s has left behind:\n", image);
			l62_verify_print_left(run, stdout);
		}
		return tell_wrong_frees(run, l62_verify_left_fails(run) ? L62_EXIT_FINDINGS
		                                                        : L62_EXIT_INCOMPLETE);
	}
}
