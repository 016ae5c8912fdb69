/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * GLib starts the program; a main loop of its own waits for the first of: its
 * end, the timeout, a signal to leak62.
 */
#include "process.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <glib.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct run {
	const struct l62_process *process;
	struct l62_process_end *end;
	pid_t self;
	GPid child;
	GMainLoop *loop;
};

static void in_child(gpointer data)
{
	const struct run *run = data;

	if (run->process->own_group)
		setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, run->process->own_group ? SIGKILL : SIGTERM);
	if (getppid() != run->self)
		_exit(127);
}

static void on_end(GPid pid, gint status, gpointer data)
{
	struct run *run = data;

	(void)pid;
	if (WIFSIGNALED(status))
		run->end->signal = WTERMSIG(status);
	else
		run->end->exit_code = WEXITSTATUS(status);
	g_main_loop_quit(run->loop);
}

static void stop(const struct run *run, int signal)
{
	if (run->process->own_group)
		kill(-run->child, SIGKILL);
	else
		kill(run->child, signal);
}

static gboolean on_timeout(gpointer data)
{
	struct run *run = data;

	run->end->timed_out = true;
	stop(run, SIGKILL);
	return G_SOURCE_REMOVE;
}

static gboolean on_signal(struct run *run, int signal)
{
	run->end->interrupted = signal;
	stop(run, signal);
	return G_SOURCE_CONTINUE;
}

static gboolean on_int(gpointer data)
{
	return on_signal(data, SIGINT);
}

static gboolean on_term(gpointer data)
{
	return on_signal(data, SIGTERM);
}

static gboolean on_hup(gpointer data)
{
	return on_signal(data, SIGHUP);
}

static void attach(GMainContext *context, GSource *source, GSourceFunc function,
                   struct run *run)
{
	g_source_set_callback(source, function, run, NULL);
	g_source_attach(source, context);
	g_source_unref(source);
}

/* GLib closes a descriptor in the child once it is where it is to be: of the standard ones
 * a copy, or the child has none there, and the next file that it opens takes its place. */
static int spare(int descriptor)
{
	return descriptor >= 0 && descriptor <= STDERR_FILENO
	               ? fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
	               : descriptor;
}

static void drop(int copy, int descriptor)
{
	if (copy >= 0 && copy != descriptor)
		close(copy);
}

int l62_process_run(const struct l62_process *process, struct l62_process_end *end,
                    struct l62_error *err)
{
	int out = spare(process->out), error_out = spare(process->err);
	gboolean started;
	struct run run = {.process = process, .end = end, .self = getpid()};
	GSpawnFlags flags = G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
	                    G_SPAWN_LEAVE_DESCRIPTORS_OPEN;
	GMainContext *context = g_main_context_new();
	GError *error = NULL;
	GSource *child;

	*end = (struct l62_process_end){.exit_code = -1};
	attach(context, g_unix_signal_source_new(SIGINT), on_int, &run);
	attach(context, g_unix_signal_source_new(SIGTERM), on_term, &run);
	attach(context, g_unix_signal_source_new(SIGHUP), on_hup, &run);
	started = g_spawn_async_with_pipes_and_fds(
	        process->cwd, (const gchar *const *)process->argv,
	        (const gchar *const *)process->env, flags, in_child, &run, -1, out, error_out,
	        NULL, NULL, 0, &run.child, NULL, NULL, NULL, &error);
	drop(out, process->out);
	drop(error_out, process->err);
	if (!started) {
		l62_error_set(err, L62_E_IO, "%s could not be started: %s", process->argv[0],
		              error->message);
		g_error_free(error);
		g_main_context_unref(context);
		return L62_E_IO;
	}
	run.loop = g_main_loop_new(context, FALSE);
	child = g_child_watch_source_new(run.child);
	g_source_set_callback(child, G_SOURCE_FUNC(on_end), &run, NULL);
	g_source_attach(child, context);
	g_source_unref(child);
	if (process->timeout)
		attach(context, g_timeout_source_new_seconds(process->timeout), on_timeout,
		       &run);
	g_main_loop_run(run.loop);
	g_main_loop_unref(run.loop);
	g_main_context_unref(context);
	g_spawn_close_pid(run.child);
	return L62_OK;
}

void l62_process_end_with_parent(void)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
}

_Noreturn void l62_process_die(int number)
{
	signal(number, SIG_DFL);
	raise(number);
	_exit(128 + number);
}
