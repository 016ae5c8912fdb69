/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The parent's side of a run: reads the image, starts the child, waits for it as long
 * as it may take, and judges what it left.  The child may end in any way.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "loader/image.h"
#include "debugger/print.h"
#include "tracker/tracker.h"
#include "verify.h"
#include "wait.h"

#define SECOND INT64_C(1000000000)

/* " in io.c(38), during STEP", as far as they are known. */
static void add_place(struct l62_verify *run, char *text, size_t size)
{
	const uint64_t *frames;
	size_t count = l62_read_stack(run, run->arena->stack, &frames);
	struct l62_symbol symbol;
	struct l62_line line;
	size_t length;

	for (size_t i = 0; i < count; i++) {
		if (frames[i] - run->symbols.base >= run->symbols.size)
			continue;
		length = strlen(text);
		/* The call is before the address it returns to. */
		if (l62_symbols_line(&run->symbols, frames[i] - 1, &line))
			snprintf(text + length, size - length, ", at %s(%u)", line.file,
			         line.line);
		else if (l62_symbols_find(&run->symbols, frames[i], &symbol) && symbol.name)
			snprintf(text + length, size - length, ", in %s!%s", symbol.module,
			         symbol.name);
		else
			snprintf(text + length, size - length, ", at 0x%llx",
			         (unsigned long long)frames[i]);
		break;
	}
	length = strlen(text);
	if (run->arena->step[0])
		snprintf(text + length, size - length, " (%.*s)",
		         (int)sizeof(run->arena->step) - 1, run->arena->step);
}

static void judge(struct l62_verify *run, int how, bool late, unsigned seconds)
{
	struct l62_arena *arena = run->arena;

	arena->text[sizeof(arena->text) - 1] = '\0';
	arena->step[sizeof(arena->step) - 1] = '\0';
	l62_error_clean(arena->text);
	if (!late && WIFEXITED(how) && arena->end == L62_RUN_CLEAN) {
		run->verdict = L62_VERDICT_CLEAN;
		return;
	}
	if (!late && WIFEXITED(how) && arena->end == L62_RUN_BUGCHECK) {
		run->verdict = L62_VERDICT_VIOLATION;
		return;
	}
	run->verdict = L62_VERDICT_INCOMPLETE;
	if (late)
		snprintf(run->reason, sizeof(run->reason),
		         "the driver did not come to an end in %u seconds", seconds);
	else if (WIFSIGNALED(how) && WTERMSIG(how) == SIGSYS)
		snprintf(run->reason, sizeof(run->reason),
		         "the driver's code made a system call of Linux, which is not allowed");
	else if (WIFSIGNALED(how))
		snprintf(run->reason, sizeof(run->reason),
		         "the run was ended by signal %d (%s)", WTERMSIG(how),
		         strsignal(WTERMSIG(how)));
	else if (arena->end == L62_RUN_INCOMPLETE)
		snprintf(run->reason, sizeof(run->reason), "%s", arena->text);
	else
		snprintf(run->reason, sizeof(run->reason),
		         "the run ended without saying how, with status %d", WEXITSTATUS(how));
	add_place(run, run->reason, sizeof(run->reason));
}

static int start(struct l62_verify *run, const struct l62_verify_options *options,
                 struct l62_error *err)
{
	pid_t parent = getpid(), child;
	bool late;
	int how, status;

	if (!l62_image_prepare())
		return l62_error_set(err, L62_E_INTERNAL, "no memory for the run");
	fflush(NULL);
	child = fork();
	if (child < 0)
		return l62_error_set(err, L62_E_IO, "no process for the driver: %s",
		                     strerror(errno));
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(0);
		l62_child_run(run->arena, &run->pe, run->symbols.module, options, &run->steps,
		              &run->trace);
	}
	status = l62_wait_child(child, options->seconds * SECOND, &how, &late, err);
	if (status != L62_OK)
		return status;
	if (!run->arena->loaded && run->arena->end == L62_RUN_INCOMPLETE) {
		run->arena->text[sizeof(run->arena->text) - 1] = '\0';
		return l62_error_set(err, L62_E_FORMAT, "%s", run->arena->text);
	}
	run->symbols.base = run->arena->image_base;
	run->symbols.size = run->arena->image_size;
	judge(run, how, late, options->seconds);
	return l62_read_blocks(run) ? L62_OK : l62_error_set(err, L62_E_INTERNAL, "no memory");
}

/* The level as `!verifier` shows it: simulation of low resources is on when it can do
 * something. */
static uint32_t flags_of(const struct l62_verify_options *options)
{
	uint32_t flags = options->flags & ~(L62_FLAG_LOW_RESOURCES | L62_FLAG_SYSTEMATIC);

	if (options->faults.mode == L62_FAULTS_RANDOM && options->faults.per_10000)
		flags |= L62_FLAG_LOW_RESOURCES;
	if (options->faults.mode == L62_FAULTS_SYSTEMATIC)
		flags |= L62_FLAG_SYSTEMATIC;
	return flags;
}

static int check_iterations(const struct l62_verify *run,
                            const struct l62_verify_options *options, struct l62_error *err)
{
	uint64_t first, end;

	if (!(options->flags & L62_FLAG_POOL_TRACKING))
		return l62_error_set(err, L62_E_USAGE,
		                     "iterations are compared by pool tracking: add flag 0x8");
	if (!l62_scenario_middle(&run->steps, &first, &end))
		return l62_error_set(err, L62_E_USAGE,
		                     "%s: there is nothing to repeat: the steps must be "
		                     "between one load and the unload at the end",
		                     options->scenario);
	return L62_OK;
}

int l62_run_open(struct l62_verify **out, const char *path, const char *pdb,
                 struct l62_error *err)
{
	const char *slash = strrchr(path, '/');
	struct l62_verify *run = calloc(1, sizeof(*run));
	struct l62_error problem;
	int status;

	*out = run;
	if (run)
		run->name = strdup(slash ? slash + 1 : path);
	if (!run || !run->name)
		return l62_error_set(err, L62_E_INTERNAL, "no memory for the run");
	status = l62_file_read(&run->file, path, err);
	if (status != L62_OK)
		return status;
	status = l62_pe_parse(&run->pe, run->file.data, run->file.size, &problem);
	if (status != L62_OK)
		return l62_error_set(err, status, "%s: %s", path, problem.text);
	return l62_symbols_open(&run->symbols, &run->pe, path, pdb, &run->note, err);
}

int l62_run_scenario(struct l62_verify *run, const char *path, struct l62_error *err)
{
	l62_steps_free(&run->steps);
	return l62_scenario_read(&run->steps, path, err);
}

int l62_verify_check_scenario(const char *path, struct l62_error *err)
{
	struct l62_steps steps;
	int status = l62_scenario_read(&steps, path, err);

	l62_steps_free(&steps);
	if (status == L62_OK)
		return L62_OK;
	if (err)
		err->code = L62_E_USAGE;
	return L62_E_USAGE;
}

int l62_run_once(struct l62_verify *run, const struct l62_verify_options *options,
                 struct l62_error *err)
{
	l62_arena_destroy(run->arena);
	free(run->blocks);
	run->blocks = NULL;
	run->block_count = 0;
	run->reason[0] = '\0';
	run->flags = flags_of(options);
	run->faults = options->faults;
	free(run->command);
	run->command = options->command ? strdup(options->command) : NULL;
	run->arena = l62_arena_create();
	l62_origins_free(run->origins);
	run->origins = l62_origins_new();
	if (!run->arena || !run->origins || (options->command && !run->command))
		return l62_error_set(err, L62_E_INTERNAL, "no memory for the run");
	if (options->trace) {
		int status = run->trace.log
		                     ? l62_trace_reset(&run->trace, err)
		                     : l62_trace_open(&run->trace, &run->pe, &run->symbols, err);

		if (status != L62_OK)
			return status;
	}
	return start(run, options, err);
}

int l62_verify_run(const char *path, const struct l62_verify_options *options,
                   struct l62_verify **out, struct l62_error *err)
{
	struct l62_verify *run;
	int status = l62_run_open(&run, path, options->pdb, err);

	*out = NULL;
	if (status == L62_OK)
		status = l62_run_scenario(run, options->scenario, err);
	if (status == L62_OK && options->iterations)
		status = check_iterations(run, options, err);
	if (status == L62_OK)
		status = l62_run_once(run, options, err);
	if (status != L62_OK) {
		l62_verify_free(run);
		return status;
	}
	*out = run;
	return L62_OK;
}

void l62_verify_free(struct l62_verify *run)
{
	if (!run)
		return;
	l62_trace_close(&run->trace);
	l62_symbols_close(&run->symbols);
	l62_steps_free(&run->steps);
	l62_pe_clear(&run->pe);
	l62_file_free(&run->file);
	l62_arena_destroy(run->arena);
	l62_origins_free(run->origins);
	free(run->blocks);
	free(run->name);
	free(run->command);
	free(run->note);
	free(run);
}

enum l62_verdict l62_verify_verdict(const struct l62_verify *run)
{
	return run->verdict;
}

const char *l62_verify_reason(const struct l62_verify *run)
{
	return run->reason;
}

const char *l62_verify_step(const struct l62_verify *run)
{
	return run->arena->step;
}

const char *l62_verify_note(const struct l62_verify *run)
{
	return run->note ? run->note : "";
}

uint32_t l62_verify_bugcheck(const struct l62_verify *run, uint64_t arguments[4])
{
	if (run->verdict != L62_VERDICT_VIOLATION)
		return 0;
	memcpy(arguments, run->arena->arguments, sizeof(run->arena->arguments));
	return run->arena->code;
}

size_t l62_verify_block_count(const struct l62_verify *run)
{
	return run->block_count;
}

uint64_t l62_verify_block(const struct l62_verify *run, size_t index)
{
	return run->arena->blocks[run->blocks[index]].address;
}

uint64_t l62_verify_caller(const struct l62_verify *run, size_t index)
{
	return run->arena->blocks[run->blocks[index]].caller;
}

void l62_verify_set_all_callers(struct l62_verify *run, bool all)
{
	run->all_callers = all;
}

void l62_verify_set_layout(struct l62_verify *run, enum l62_layout layout)
{
	run->layout = layout;
}

uint32_t l62_verify_stack(const struct l62_verify *run, size_t index)
{
	return run->arena->blocks[run->blocks[index]].stack;
}
