/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The debugger's prompt; the commands are those of l62_verify_command().  Lines are
 * edited by libedit, whose licence, unlike readline's, allows it here. */
#include "cmd_verify_kd.h"

#include <histedit.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROMPT "kd> "

static char *prompt(EditLine *line)
{
	static char text[] = PROMPT;

	(void)line;
	return text;
}

static bool is_blank(const char *line)
{
	return line[strspn(line, " \t\r\n")] == '\0';
}

static void run_terminal(const struct l62_verify *run, EditLine *line, History *list)
{
	HistEvent event;
	const char *text;
	int length;

	history(list, &event, H_SETSIZE, 1000);
	history(list, &event, H_SETUNIQUE, 1);
	el_set(line, EL_PROMPT, prompt);
	el_set(line, EL_EDITOR, "emacs");
	el_set(line, EL_SIGNAL, 1);
	el_set(line, EL_HIST, history, list);
	while ((text = el_gets(line, &length)) && length > 0) {
		if (!is_blank(text))
			history(list, &event, H_ENTER, text);
		if (!l62_verify_command(run, text, stdout))
			return;
		putchar('\n');
		fflush(stdout);
	}
	putchar('\n');
}

static void run_pipe(const struct l62_verify *run)
{
	char *text = NULL;
	size_t size = 0;
	bool more = true;

	while (more && getline(&text, &size, stdin) >= 0) {
		text[strcspn(text, "\r\n")] = '\0';
		if (is_blank(text))
			continue;
		printf("\n" PROMPT "%s\n", text);
		more = l62_verify_command(run, text, stdout);
		fflush(stdout);
	}
	free(text);
}

void l62_kd_run(const struct l62_verify *run)
{
	EditLine *line = NULL;
	History *list = NULL;

	fflush(stdout);
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
		line = el_init("leak62", stdin, stdout, stderr);
		list = history_init();
	}
	if (line && list)
		run_terminal(run, line, list);
	else
		run_pipe(run);
	if (list)
		history_end(list);
	if (line)
		el_end(line);
}
