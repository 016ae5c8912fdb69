/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The child process and the ends of a run; see child.h and host.h. */
#include "child.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpu/capture.h"
#include "cpu/cpu.h"
#include "cpu/trace.h"
#include "isolate.h"
#include "loader/image.h"
#include "memory.h"
#include "scenario/scenario.h"
#include "sched/sched.h"
#include "tracker/faults.h"
#include "tracker/pool.h"
#include "tracker/tracker.h"

enum { HEADER = 16 }; /* before what l62_host_alloc() returns: its size */

static struct {
	struct l62_arena *arena;
	uint32_t flags;
	bool quiet;
} child;

struct l62_arena *l62_child_arena(void)
{
	return child.arena;
}

uint32_t l62_child_flags(void)
{
	return child.flags;
}

void *l62_host_alloc(uint64_t size)
{
	uint64_t *memory = l62_memory_get(size + HEADER);

	if (!memory)
		l62_end_incomplete("there is no memory for the kernel's own objects");
	memset(memory, 0, size + HEADER);
	*memory = size;
	return (uint8_t *)memory + HEADER;
}

void l62_host_free(void *memory)
{
	uint64_t *start = memory ? (uint64_t *)(void *)((uint8_t *)memory - HEADER) : NULL;

	if (start)
		l62_memory_put(start, *start + HEADER);
}

void l62_host_step(const char *step, uint32_t code)
{
	if (code)
		snprintf(child.arena->step, sizeof(child.arena->step), "%s 0x%x", step, code);
	else
		snprintf(child.arena->step, sizeof(child.arena->step), "%s", step);
}

void l62_host_log(const char *text, uint64_t length)
{
	if (!child.quiet && write(STDERR_FILENO, text, length) < 0)
		return; /* the log is a courtesy */
}

_Noreturn static void end(enum l62_run_end how)
{
	child.arena->end = how;
	_exit(0);
}

static void keep_stack(const uint16_t *own)
{
	uint64_t frames[L62_STACK_DEPTH];
	size_t count = l62_sched_current() ? l62_capture(frames, L62_STACK_DEPTH, own) : 0;

	child.arena->stack = l62_stack_store(child.arena, frames, count);
}

_Noreturn void l62_end_bugcheck(uint32_t code, uint64_t a1, uint64_t a2, uint64_t a3,
                                uint64_t a4)
{
	uint64_t arguments[] = {a1, a2, a3, a4};

	child.arena->code = code;
	memcpy(child.arena->arguments, arguments, sizeof(arguments));
	if (child.arena->stack == 0)
		keep_stack(NULL);
	end(L62_RUN_BUGCHECK);
}

_Noreturn void l62_end_incomplete(const char *text)
{
	snprintf(child.arena->text, sizeof(child.arena->text), "%s", text);
	keep_stack(NULL);
	end(L62_RUN_INCOMPLETE);
}

_Noreturn void l62_end_failed(const char *routine, uint32_t status)
{
	char text[256];

	snprintf(text, sizeof(text), "%s returned 0x%08X, so there is nothing more to run",
	         routine, status);
	l62_end_incomplete(text);
}

_Noreturn void l62_end_clean(void)
{
	end(L62_RUN_CLEAN);
}

/* Names in the kernel are UTF-16; what Arg2 points to is one. */
static void *wide_name(const char *name)
{
	uint16_t *wide = l62_host_alloc((strlen(name) + 1) * sizeof(*wide));

	for (size_t i = 0; name[i]; i++)
		wide[i] = (uint8_t)name[i];
	return wide;
}

static int load(struct l62_image *image, const struct l62_pe *pe, const struct l62_trace *trace,
                struct l62_error *err)
{
	int status = l62_cpu_init(err);

	if (status == L62_OK)
		status = l62_image_map(image, pe, err);
	if (status == L62_OK)
		status = l62_image_bind(image, pe, err);
	if (status == L62_OK)
		status = l62_image_protect(image, pe, err);
	if (status == L62_OK && child.flags & L62_FLAG_FORCE_IRQL)
		status = l62_image_set_pageable(image, pe, err);
	if (status == L62_OK)
		status = l62_trace_arm(image, pe, trace, err);
	if (status == L62_OK)
		status = l62_isolate(err);
	return status;
}

/* The control codes of the options, then the scenario's. */
static const uint32_t *join_codes(const struct l62_verify_options *options,
                                  const struct l62_steps *steps)
{
	uint32_t *codes;

	if (!steps->code_count)
		return options->ioctls;
	codes = l62_host_alloc((options->ioctl_count + steps->code_count) * sizeof(*codes));
	for (size_t i = 0; i < options->ioctl_count; i++)
		codes[i] = options->ioctls[i];
	memcpy(codes + options->ioctl_count, steps->codes, steps->code_count * sizeof(*codes));
	return codes;
}

_Noreturn void l62_child_run(struct l62_arena *arena, const struct l62_pe *pe, const char *name,
                             const struct l62_verify_options *options,
                             const struct l62_steps *steps, const struct l62_trace *trace)
{
	struct l62_error err;
	struct l62_image *image;
	struct l62_scenario *scenario;

	child.arena = arena;
	child.flags = options->flags;
	child.quiet = options->quiet;
	l62_pool_verify_start(options->verify_start);
	l62_faults_begin(&options->faults);
	image = l62_host_alloc(sizeof(*image));
	scenario = l62_host_alloc(sizeof(*scenario));
	if (load(image, pe, trace, &err) != L62_OK)
		l62_end_incomplete(err.text);
	arena->image_base = image->base;
	arena->image_size = image->size;
	arena->loaded = 1;
	arena->name_address = (uintptr_t)wide_name(name);
	/* Only their addresses are shown. */
	arena->entry_address = (uintptr_t)l62_host_alloc(64);
	arena->module_address = (uintptr_t)l62_host_alloc(64);
	*scenario = (struct l62_scenario){
	        .entry = image->entry,
	        .image = image->base,
	        .image_size = image->size,
	        .name = name,
	        .ioctls = join_codes(options, steps),
	        .ioctl_count = options->ioctl_count + steps->code_count,
	        .buffer_size = options->buffer_size,
	        .steps = steps,
	        .iterations = options->iterations,
	};
	l62_scenario_middle(steps, &scenario->middle, &scenario->middle_end);
	l62_sched_run(l62_drive, scenario);
}
