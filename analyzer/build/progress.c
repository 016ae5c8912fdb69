/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* See progress.h. */
#include "progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define STATUS "leak62 "
#define CLEAR "\r\033[K"
#define NOTHING "ninja: no work to do."

enum {
	FIRST_SECONDS = 2, /* no time is said before */
	WIDTH = 80,        /* of a terminal that does not tell */
};

struct l62_progress {
	FILE *in;
	GThread *thread;
	gint64 start;
	bool plain;
};

static bool read_counts(const char *line, unsigned *done, unsigned *total, const char **what)
{
	char *end;

	if (!g_str_has_prefix(line, STATUS) || !g_ascii_isdigit(line[strlen(STATUS)]))
		return false;
	*done = (unsigned)strtoul(line + strlen(STATUS), &end, 10);
	if (*end != '/' || !g_ascii_isdigit(end[1]))
		return false;
	*total = (unsigned)strtoul(end + 1, &end, 10);
	*what = end + 1;
	return *end == ' ';
}

static void append_time(GString *out, double seconds)
{
	unsigned left = (unsigned)MIN(seconds + 0.5, 360000.0);

	if (left >= 3600)
		g_string_append_printf(out, "%u:%02u:%02u", left / 3600, left / 60 % 60,
		                       left % 60);
	else
		g_string_append_printf(out, "%u:%02u", left / 60, left % 60);
}

char *l62_progress_line(const char *line, double seconds, unsigned width)
{
	unsigned done, total;
	const char *what;
	GString *out;

	if (!read_counts(line, &done, &total, &what))
		return NULL;
	out = g_string_new(NULL);
	g_string_append_printf(out, "[%u/%u] ", done, total);
	if (done && total > done && seconds >= FIRST_SECONDS) {
		append_time(out, seconds / done * (total - done));
		g_string_append(out, " left: ");
	}
	for (; *what; what++)
		g_string_append_c(out, g_ascii_iscntrl(*what) ? '?' : *what);
	if (width && out->len > width) {
		g_string_truncate(out, width > 3 ? width - 3 : 0);
		/* Not inside of a character. */
		while (out->len && !g_utf8_validate(out->str, (gssize)out->len, NULL) &&
		       ((guchar)out->str[out->len - 1] & 0x80))
			g_string_truncate(out, out->len - 1);
		g_string_append(out, "...");
	}
	return g_string_free(out, FALSE);
}

static unsigned terminal_width(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 8
	               ? size.ws_col - 1U
	               : WIDTH - 1U;
}

static gpointer follow(gpointer data)
{
	struct l62_progress *progress = data;
	char *line = NULL;
	size_t size = 0;
	ssize_t length;

	while ((length = getline(&line, &size, progress->in)) > 0) {
		double seconds = (double)(g_get_monotonic_time() - progress->start) / 1e6;
		char *shown;

		if (line[length - 1] == '\n')
			line[length - 1] = '\0';
		if (strcmp(line, NOTHING) == 0)
			continue;
		if (progress->plain) {
			fprintf(stderr, "%s\n", line);
			continue;
		}
		shown = l62_progress_line(line, seconds, terminal_width());
		if (shown)
			fprintf(stderr, CLEAR "%s", shown);
		else
			fprintf(stderr, CLEAR "%s\n", line);
		fflush(stderr);
		g_free(shown);
	}
	free(line);
	return NULL;
}

struct l62_progress *l62_progress_start(int descriptor, bool plain)
{
	struct l62_progress *progress = g_new0(struct l62_progress, 1);

	progress->in = fdopen(descriptor, "r");
	if (!progress->in) {
		close(descriptor);
		g_free(progress);
		return NULL;
	}
	progress->plain = plain;
	progress->start = g_get_monotonic_time();
	progress->thread = g_thread_new("progress", follow, progress);
	return progress;
}

void l62_progress_end(struct l62_progress *progress)
{
	if (!progress)
		return;
	g_thread_join(progress->thread);
	fclose(progress->in);
	if (!progress->plain)
		fputs(CLEAR, stderr);
	fflush(stderr);
	g_free(progress);
}

bool l62_progress_possible(void)
{
	const char *terminal = g_getenv("TERM");

	return isatty(STDERR_FILENO) && terminal && *terminal && strcmp(terminal, "dumb") != 0;
}
