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
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "tracker/tracker.h"
#include "verify.h"

enum { POLL = 2 * 1000 * 1000 }; /* ns between two looks at the child */

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* 0: it ended, and *how is what waitpid() says. */
static int wait_for(pid_t child, unsigned seconds, int *how, bool *late, struct l62_error *err)
{
	int64_t end = now() + (int64_t)seconds * 1000000000;
	struct timespec pause = {0, POLL};

	*late = false;
	for (;;) {
		pid_t answer = waitpid(child, how, *late ? 0 : WNOHANG);

		if (answer == child)
			return L62_OK;
		if (answer < 0 && errno != EINTR)
			return l62_error_set(err, L62_E_IO, "the run was lost: %s",
			                     strerror(errno));
		if (!*late && now() > end) {
			kill(child, SIGKILL);
			*late = true;
		} else if (answer == 0) {
			nanosleep(&pause, NULL);
		}
	}
}

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
	status = wait_for(child, options->seconds, &how, &late, err);
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

static int prepare(struct l62_verify *run, const char *path,
                   const struct l62_verify_options *options, struct l62_error *err)
{
	const char *slash = strrchr(path, '/');
	struct l62_error problem;
	int status;

	run->flags = flags_of(options);
	run->faults = options->faults;
	if (options->command && !(run->command = strdup(options->command)))
		return l62_error_set(err, L62_E_INTERNAL, "no memory for the run");
	run->name = strdup(slash ? slash + 1 : path);
	run->arena = l62_arena_create();
	if (!run->arena || !run->name)
		return l62_error_set(err, L62_E_INTERNAL, "no memory for the run");
	status = l62_scenario_read(&run->steps, options->scenario, err);
	if (status == L62_OK)
		status = l62_file_read(&run->file, path, err);
	if (status != L62_OK)
		return status;
	status = l62_pe_parse(&run->pe, run->file.data, run->file.size, &problem);
	if (status != L62_OK)
		return l62_error_set(err, status, "%s: %s", path, problem.text);
	status = l62_symbols_open(&run->symbols, &run->pe, path, options->pdb, &run->note, err);
	if (status == L62_OK && options->trace)
		status = l62_trace_open(&run->trace, &run->pe, &run->symbols, err);
	return status;
}

int l62_verify_run(const char *path, const struct l62_verify_options *options,
                   struct l62_verify **out, struct l62_error *err)
{
	struct l62_verify *run = calloc(1, sizeof(*run));
	int status;

	*out = NULL;
	if (!run)
		return l62_error_set(err, L62_E_INTERNAL, "no memory");
	status = prepare(run, path, options, err);
	if (status == L62_OK)
		status = start(run, options, err);
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

void l62_verify_set_layout(struct l62_verify *run, enum l62_layout layout)
{
	run->layout = layout;
}

uint32_t l62_verify_stack(const struct l62_verify *run, size_t index)
{
	return run->arena->blocks[run->blocks[index]].stack;
}
