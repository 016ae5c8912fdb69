/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Fibers, DPCs, timers and virtual time; see sched.h. */
#include "sched.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "cpu/cpu.h"
#include "run/child.h"
#include "run/memory.h"
#include "sanitize.h"
#include "tracker/ledger.h"

enum {
	GUARD = 4096,
	STACK_SIZE = 256 << 10, /* Windows has 24 KiB; services run on it, too */
	RECORDS = 256,
	THREAD_SIZE = 0x1000, /* a KTHREAD, of which nothing is public */
	DISPATCH_LEVEL = 2,
	HANG_NAMES = 3,
};
/* How long the driver's own threads may go on when all else has ended: 10 s. */
#define DRAIN_TIME (INT64_C(10) * 1000 * 1000 * 10)

enum state { READY, RUNNING, WAITING, ENDED };

struct l62_fiber {
	uint64_t rsp;
	uint8_t *stack;
	struct l62_record *records, *top;
	void *thread;
	l62_thread_fn *routine;
	void *arg;
	const char *name, *why;
	const void *object;
	int64_t deadline;
	enum state state;
	void *kept; /* see sanitize.h */
	bool timed_out;
	uint8_t irql;
	struct l62_fiber *next;   /* in the ready queue or among the ended */
	struct l62_fiber *sister; /* all of them */
};

static struct {
	struct l62_fiber *current, *all, *ended;
	struct l62_fiber *ready, **ready_end;
	struct l62_dpc *dpcs, **dpcs_end;
	struct l62_timer *timers; /* by due time */
	int64_t now;
	bool in_dpc, busy;
	struct l62_fiber first; /* stands for the stack that l62_sched_run() was called on */
} s;

struct l62_stack l62_sched_stack(void)
{
	uint64_t low = s.current ? (uintptr_t)s.current->stack + GUARD : 0;

	return (struct l62_stack){low, s.current ? low + STACK_SIZE : 0};
}

L62_HOST void l62_sched_stack_limits(uint64_t *low, uint64_t *high)
{
	struct l62_stack stack = l62_sched_stack();

	*low = stack.low;
	*high = stack.high;
}

const struct l62_record *l62_sched_records(void)
{
	return s.current ? s.current->records : NULL;
}

int l62_sched_is_overflow(uint64_t address)
{
	return s.current && address - (uintptr_t)s.current->stack < GUARD;
}

struct l62_fiber *l62_sched_current(void)
{
	return s.current;
}

void *l62_sched_thread_object(struct l62_fiber *fiber)
{
	return fiber->thread;
}

int32_t l62_sched_is_unwound(const void *address)
{
	uint64_t at = (uintptr_t)address;

	for (const struct l62_fiber *fiber = s.all; fiber; fiber = fiber->sister) {
		const struct l62_record *top =
		        fiber == s.current ? l62_cpu_record_top() : fiber->top;

		if (at - (uintptr_t)fiber->stack >= GUARD + STACK_SIZE)
			continue;
		/* Below the driver's newest call of a service are the service's own frames. */
		if (fiber->state == ENDED || top == fiber->records)
			return 1;
		return top[-1].kind == L62_RECORD_SERVICE && at < top[-1].rsp;
	}
	return 0;
}

uint64_t l62_sched_return_address(const void *thread_object)
{
	const struct l62_fiber *fiber = s.all;

	while (fiber && (fiber->thread != thread_object || fiber->state == ENDED))
		fiber = fiber->sister;
	for (const struct l62_record *record = fiber ? fiber->top : NULL;
	     fiber && record > fiber->records; record--) {
		if (record[-1].kind == L62_RECORD_SERVICE)
			return record[-1].return_address;
	}
	return 0;
}

bool l62_sched_stack_of(const void *thread_object, uint64_t *low, uint64_t *high)
{
	const struct l62_fiber *fiber = s.all;

	while (fiber && fiber->thread != thread_object)
		fiber = fiber->sister;
	if (!fiber || fiber == s.current || fiber->state == ENDED)
		return false;
	*low = fiber->rsp;
	*high = (uintptr_t)fiber->stack + GUARD + STACK_SIZE;
	return true;
}

int64_t l62_sched_now(void)
{
	return s.now;
}

void l62_sched_busy(int32_t busy)
{
	s.busy = busy != 0;
}

void l62_sched_pass(int64_t time)
{
	s.now += time;
}

static void make_ready(struct l62_fiber *fiber)
{
	fiber->state = READY;
	fiber->next = NULL;
	*s.ready_end = fiber;
	s.ready_end = &fiber->next;
}

static void enter(struct l62_fiber *fiber)
{
	struct l62_fiber *from = s.current ? s.current : &s.first;

	fiber->state = RUNNING;
	if (fiber == from)
		return;
	from->top = l62_cpu_record_top();
	from->irql = l62_cpu_irql();
	s.current = fiber;
	l62_cpu_switch(fiber->thread, fiber->top, fiber->records + RECORDS);
	l62_cpu_set_irql(fiber->irql);
	l62_sanitize_leave(from->state != ENDED ? &from->kept : NULL, fiber->stack + GUARD,
	                   STACK_SIZE);
	l62_fiber_switch(&from->rsp, fiber->rsp);
	l62_sanitize_enter(from->kept);
}

/* By its first argument, what the service waits for in which a fiber is parked. */
static void report_held(const struct l62_fiber *fiber)
{
	const struct l62_record *top = fiber == s.current ? l62_cpu_record_top() : fiber->top;

	if (top > fiber->records && top[-1].kind == L62_RECORD_SERVICE)
		l62_ledger_report_held(l62_child_arena(), top[-1].arguments[0]);
}

_Noreturn static void hang(void)
{
	char text[768];
	size_t length = (size_t)snprintf(text, sizeof(text), "the run hangs:");
	int named = 0;

	for (struct l62_fiber *fiber = s.all; fiber; fiber = fiber->sister) {
		if (fiber->state == WAITING)
			report_held(fiber);
		if (fiber->state != WAITING || named == HANG_NAMES)
			continue;
		length += (size_t)snprintf(text + length, sizeof(text) - length,
		                           "%s %.60s waits in %.60s for 0x%llx",
		                           named++ ? "," : "", fiber->name,
		                           fiber->why ? fiber->why : "?",
		                           (unsigned long long)(uintptr_t)fiber->object);
	}
	snprintf(text + length, sizeof(text) - length, ", and nothing is left that could run");
	l62_end_incomplete(text);
}

/* Lets the clock jump to whatever is due next.  False: nothing is. */
static bool pass_time(void)
{
	int64_t due = s.timers ? s.timers->due : L62_SCHED_FOREVER;

	for (struct l62_fiber *fiber = s.all; fiber; fiber = fiber->sister) {
		if (fiber->state == WAITING && fiber->deadline < due)
			due = fiber->deadline;
	}
	if (due == L62_SCHED_FOREVER)
		return false;
	if (due > s.now)
		s.now = due;
	while (s.timers && s.timers->due <= s.now) {
		struct l62_timer *timer = s.timers;

		s.timers = timer->next;
		timer->queued = 0;
		timer->routine(timer->arg);
	}
	for (struct l62_fiber *fiber = s.all; fiber; fiber = fiber->sister) {
		if (fiber->state == WAITING && fiber->deadline <= s.now) {
			fiber->timed_out = true;
			make_ready(fiber);
		}
	}
	return true;
}

static void schedule(void)
{
	for (;;) {
		struct l62_fiber *next;

		l62_sched_run_dpcs();
		next = s.ready;
		if (next) {
			s.ready = next->next;
			if (!s.ready)
				s.ready_end = &s.ready;
			enter(next);
			return;
		}
		if (!pass_time())
			hang();
	}
}

static void start(void)
{
	struct l62_fiber *self = s.current;

	l62_sanitize_enter(NULL);
	self->routine(self->arg);
	l62_sched_exit();
}

static void *map(size_t size, bool guard)
{
	uint8_t *memory = l62_memory_map(size, PROT_READ | PROT_WRITE);

	if (!memory)
		l62_end_incomplete("there is no memory for another thread of the driver");
	if (guard)
		mprotect(memory, GUARD, PROT_NONE);
	return memory;
}

/* The thread object stays when its thread has ended: there may be references. */
static struct l62_fiber *create(l62_thread_fn *routine, void *arg, const char *name)
{
	enum { SAVED = 7 }; /* six registers and start(), as l62_fiber_switch() pops them */
	struct l62_fiber *fiber = s.ended;
	uint64_t *top;

	/* The one that is ending still runs on its stack. */
	if (fiber && fiber != s.current) {
		s.ended = fiber->next;
	} else {
		fiber = l62_host_alloc(sizeof(*fiber));
		fiber->stack = map(GUARD + STACK_SIZE, true);
		fiber->records = map(RECORDS * sizeof(*fiber->records), false);
		fiber->sister = s.all;
		s.all = fiber;
	}
	fiber->thread = l62_host_alloc(THREAD_SIZE);
	fiber->top = fiber->records;
	fiber->routine = routine;
	fiber->arg = arg;
	fiber->name = name;
	fiber->irql = 0;
	/* As if start() had been called: rsp is 8 off a multiple of 16. */
	top = (uint64_t *)(void *)(fiber->stack + GUARD + STACK_SIZE) - 1;
	*top = 0;
	top -= SAVED;
	for (int i = 0; i < SAVED - 1; i++)
		top[i] = 0;
	top[SAVED - 1] = (uintptr_t)start;
	fiber->rsp = (uintptr_t)top;
	return fiber;
}

struct l62_fiber *l62_sched_spawn(l62_thread_fn *routine, void *arg, const char *name)
{
	struct l62_fiber *fiber = create(routine, arg, name);

	make_ready(fiber);
	return fiber;
}

_Noreturn void l62_sched_run(l62_thread_fn *routine, void *arg)
{
	s.ready_end = &s.ready;
	s.dpcs_end = &s.dpcs;
	enter(create(routine, arg, "the scenario"));
	abort(); /* nobody switches back to the first stack */
}

int32_t l62_sched_park(const char *why, const void *object, int64_t deadline)
{
	struct l62_fiber *self = s.current;

	self->why = why;
	self->object = object;
	self->deadline = deadline;
	self->timed_out = false;
	self->state = WAITING;
	schedule();
	return self->timed_out;
}

void l62_sched_wake(struct l62_fiber *fiber)
{
	if (fiber->state == WAITING)
		make_ready(fiber);
}

void l62_sched_yield(void)
{
	if (s.busy)
		return;
	make_ready(s.current);
	schedule();
}

_Noreturn void l62_sched_exit(void)
{
	s.current->state = ENDED;
	s.current->next = s.ended;
	s.ended = s.current;
	schedule();
	abort();
}

void l62_sched_drain(void)
{
	int64_t end = s.now + DRAIN_TIME;

	for (;;) {
		int64_t next = s.timers ? s.timers->due : L62_SCHED_FOREVER;

		while (s.ready || s.dpcs)
			l62_sched_yield();
		for (struct l62_fiber *fiber = s.all; fiber; fiber = fiber->sister) {
			if (fiber->state == WAITING && fiber->deadline < next)
				next = fiber->deadline;
		}
		if (next > end)
			return;
		l62_sched_park("unload", NULL, next);
	}
}

int32_t l62_sched_queue_dpc(struct l62_dpc *dpc)
{
	if (dpc->queued)
		return 0;
	dpc->queued = 1;
	dpc->next = NULL;
	*s.dpcs_end = dpc;
	s.dpcs_end = &dpc->next;
	return 1;
}

void l62_sched_remove_dpc(struct l62_dpc *dpc)
{
	struct l62_dpc **link = &s.dpcs;

	while (*link && *link != dpc)
		link = &(*link)->next;
	if (!*link)
		return;
	*link = dpc->next;
	if (!*link)
		s.dpcs_end = link;
	dpc->queued = 0;
}

void l62_sched_run_dpcs(void)
{
	uint8_t irql = l62_cpu_irql();

	if (s.in_dpc || !s.dpcs)
		return;
	s.in_dpc = true;
	l62_cpu_set_irql(DISPATCH_LEVEL);
	while (s.dpcs) {
		struct l62_dpc *dpc = s.dpcs;

		s.dpcs = dpc->next;
		if (!s.dpcs)
			s.dpcs_end = &s.dpcs;
		dpc->queued = 0;
		dpc->routine(dpc->arg);
	}
	l62_cpu_set_irql(irql);
	s.in_dpc = false;
}

int32_t l62_sched_cancel_timer(struct l62_timer *timer)
{
	struct l62_timer **link = &s.timers;

	if (!timer->queued)
		return 0;
	while (*link && *link != timer)
		link = &(*link)->next;
	if (*link)
		*link = timer->next;
	timer->queued = 0;
	return 1;
}

int32_t l62_sched_set_timer(struct l62_timer *timer, int64_t due)
{
	int32_t was = l62_sched_cancel_timer(timer);
	struct l62_timer **link = &s.timers;

	timer->due = due;
	timer->queued = 1;
	while (*link && (*link)->due <= due)
		link = &(*link)->next;
	timer->next = *link;
	*link = timer;
	return was;
}
