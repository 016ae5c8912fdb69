/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * leak62 analyze-tu: one edge of the build that `leak62 scan` writes.  Runs
 * clang with the plugin on one source file and sees to it that valid files stand
 * afterwards, even if clang crashed or ran out of time; then it exits 0.
 *
 *   --out FACTS --skeleton FILE    static facts, and the unit's skeleton
 *   --out FACTS --summaries FILE   facts of paths; summaries are read
 *   --out FACTS                    facts of paths
 *
 * What clang said is kept beside the facts, in FACTS.log.  Where it failed, the
 * facts say so and the skeleton is empty.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clang.h"
#include "commands.h"
#include "depfile.h"
#include "exchange.h"
#include "leak62/error.h"
#include "leak62/link.h"
#include "leak62/skeleton.h"
#include "process.h"
#include "unit.h"

struct task {
	char *clang, *plugin, *out, *depfile, *command, *source, *args;
	char *skeleton, *summaries; /* at most one of them */
	int timeout;                /* seconds; 0: none */
	char *log;
	char *draft; /* the skeleton as clang writes it, or NULL */
};

static int parse(int argc, char **argv, struct task *task, struct l62_error *err)
{
	const GOptionEntry entries[] = {
	        {"clang", 0, 0, G_OPTION_ARG_FILENAME, &task->clang, NULL, NULL},
	        {"plugin", 0, 0, G_OPTION_ARG_FILENAME, &task->plugin, NULL, NULL},
	        {"out", 0, 0, G_OPTION_ARG_FILENAME, &task->out, NULL, NULL},
	        {"depfile", 0, 0, G_OPTION_ARG_FILENAME, &task->depfile, NULL, NULL},
	        {"command", 0, 0, G_OPTION_ARG_STRING, &task->command, NULL, NULL},
	        {"source", 0, 0, G_OPTION_ARG_FILENAME, &task->source, NULL, NULL},
	        {"args", 0, 0, G_OPTION_ARG_FILENAME, &task->args, NULL, NULL},
	        {"skeleton", 0, 0, G_OPTION_ARG_FILENAME, &task->skeleton, NULL, NULL},
	        {"summaries", 0, 0, G_OPTION_ARG_FILENAME, &task->summaries, NULL, NULL},
	        {"timeout", 0, 0, G_OPTION_ARG_INT, &task->timeout, NULL, NULL},
	        G_OPTION_ENTRY_NULL,
	};
	int status = l62_own_options(argc, argv, entries, err);

	if (status == L62_OK &&
	    (!task->clang || !task->plugin || !task->out || !task->depfile || !task->command ||
	     !task->source || !task->args || task->timeout < 0 ||
	     (task->skeleton && task->summaries)))
		status = l62_own_use(argv[0], err);
	return status;
}

static void free_task(struct task *task)
{
	g_free(task->clang);
	g_free(task->plugin);
	g_free(task->out);
	g_free(task->depfile);
	g_free(task->command);
	g_free(task->source);
	g_free(task->args);
	g_free(task->skeleton);
	g_free(task->summaries);
	g_free(task->log);
	g_free(task->draft);
}

static void add(GPtrArray *argv, const char *arg)
{
	g_ptr_array_add(argv, g_strdup(arg));
}

/* An argument for clang's front end. */
static void add_cc1(GPtrArray *argv, const char *arg)
{
	add(argv, "-Xclang");
	add(argv, arg);
}

static void add_plugin_arg(GPtrArray *argv, const char *key, const char *value)
{
	add_cc1(argv, "-plugin-arg-leak62");
	add(argv, "-Xclang");
	g_ptr_array_add(argv, g_strconcat(key, value, NULL));
}

static GPtrArray *clang_command(const struct task *task, const GPtrArray *args)
{
	GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

	add(argv, task->clang);
	add(argv, "-fsyntax-only");
	add(argv, "-fno-crash-diagnostics");
	for (guint i = 0; i < args->len; i++)
		add(argv, g_ptr_array_index(args, i));
	add_cc1(argv, "-load");
	add_cc1(argv, task->plugin);
	add_cc1(argv, "-plugin");
	add_cc1(argv, "leak62");
	add_plugin_arg(argv, "out=", task->out);
	add_plugin_arg(argv, "command=", task->command);
	if (task->draft)
		add_plugin_arg(argv, "skeleton=", task->draft);
	if (task->summaries)
		add_plugin_arg(argv, "summaries=", task->summaries);
	add(argv, "-MD");
	add(argv, "-MF");
	add(argv, task->depfile);
	add(argv, "-MT");
	add(argv, task->out);
	add(argv, task->source);
	g_ptr_array_add(argv, NULL);
	return argv;
}

/* Why no facts stand. */
static char *reason(const struct task *task, const struct l62_process_end *end)
{
	/* clang's driver reports a crash of its front end as a shell would. */
	int signal = end->signal                                    ? end->signal
	             : end->exit_code > 128 && end->exit_code < 192 ? end->exit_code - 128
	                                                            : 0;
	char *said, *text;

	if (end->timed_out)
		return g_strdup_printf(
		        "the analysis took longer than %d seconds (--tu-timeout)",
		        task->timeout);
	said = l62_clang_first_error(task->log);
	if (signal)
		text = g_strdup_printf("clang was ended by signal %d (%s): %s", signal,
		                       g_strsignal(signal), said ? said : "it said nothing");
	else
		text = g_strdup(said          ? said
		                : task->draft ? "clang wrote no skeleton and said nothing"
		                              : "clang wrote no facts and said nothing");
	g_free(said);
	return text;
}

static int run_clang(const struct task *task, const GPtrArray *args,
                     struct l62_process_end *end, struct l62_error *err)
{
	GPtrArray *argv = clang_command(task, args);
	char **env = l62_clang_environment();
	struct l62_process process = {
	        .argv = (char **)argv->pdata,
	        .env = env,
	        .timeout = (unsigned)task->timeout,
	        .own_group = true,
	};
	int status;

	process.err = g_open(task->log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	process.out = process.err;
	if (process.err < 0)
		status = l62_error_set(err, L62_E_IO, "%s cannot be written: %s", task->log,
		                       g_strerror(errno));
	else
		status = l62_process_run(&process, end, err);
	if (process.err >= 0)
		close(process.err);
	g_strfreev(env);
	g_ptr_array_unref(argv);
	return status;
}

/* The log is all that tells of a skeleton that could not be made. */
static void add_to_log(const struct task *task, const char *why)
{
	FILE *log = fopen(task->log, "a");

	if (!log)
		return;
	fprintf(log, "leak62: %s\n", why);
	fclose(log);
}

/* Sees to it that facts stand, and tells which. */
static int keep_facts(const struct task *task, const struct l62_process_end *end,
                      enum l62_facts_state *state, struct l62_error *err)
{
	char *why;
	int status;

	*state = l62_facts_state(task->out, task->command);
	if (*state == L62_FACTS_OK && task->draft &&
	    !l62_exchange_is_whole(task->draft, L62_SKELETON_HEADER))
		*state = L62_FACTS_BROKEN;
	if (*state == L62_FACTS_OK || *state == L62_FACTS_FAILED)
		return L62_OK;
	why = reason(task, end);
	add_to_log(task, why);
	status = l62_facts_write_failed(task->out, task->source, task->command, why, err);
	g_free(why);
	*state = L62_FACTS_FAILED;
	return status;
}

static int keep_skeleton(const struct task *task, enum l62_facts_state state,
                         struct l62_error *err)
{
	if (state == L62_FACTS_OK)
		return l62_exchange_install(task->draft, task->skeleton, err);
	g_unlink(task->draft);
	return l62_exchange_write_empty(task->skeleton, task->source, err);
}

static int analyse(const struct task *task, struct l62_error *err)
{
	struct l62_process_end end;
	enum l62_facts_state state;
	GError *error = NULL;
	char *packed = NULL;
	gsize length;
	GPtrArray *args;
	int status;

	if (!g_file_get_contents(task->args, &packed, &length, &error)) {
		status = l62_error_set(err, L62_E_IO, "%s", error->message);
		g_error_free(error);
		return status;
	}
	g_unlink(task->out);
	g_unlink(task->depfile);
	if (task->draft)
		g_unlink(task->draft);
	args = l62_unit_unpack(packed, length);
	g_free(packed);
	status = run_clang(task, args, &end, err);
	g_ptr_array_unref(args);
	if (status != L62_OK)
		return status;
	if (end.interrupted)
		l62_process_die(end.interrupted);
	status = keep_facts(task, &end, &state, err);
	if (status == L62_OK && task->draft)
		status = keep_skeleton(task, state, err);
	if (status == L62_OK)
		status = l62_depfile_adapt(task->depfile,
		                           task->skeleton ? task->skeleton : task->out, "links",
		                           err);
	return status;
}

int l62_cmd_analyze_tu(int argc, char **argv)
{
	struct task task = {0};
	struct l62_error err;
	int status;

	l62_process_end_with_parent();
	status = parse(argc, argv, &task, &err);
	if (status == L62_OK) {
		task.log = g_strconcat(task.out, ".log", NULL);
		if (task.skeleton)
			task.draft = g_strconcat(task.skeleton, ".new", NULL);
		status = analyse(&task, &err);
	}
	free_task(&task);
	if (status == L62_OK)
		return L62_EXIT_CLEAN;
	l62_complain("%s", err.text);
	return status == L62_E_USAGE ? L62_EXIT_USAGE : L62_EXIT_INTERNAL;
}
