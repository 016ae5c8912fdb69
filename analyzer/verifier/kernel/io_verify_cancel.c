/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * I/O verification of canceled IRPs: who has one must complete it in five minutes.
 * Where nothing else happens any more, these pass at once.
 * Source: the documentation of bug check 0xC4, Arg1 0x135.
 */
#include "io_verify.h"

enum { VERIFIER_VIOLATION = 0xc4, NOT_COMPLETED = 0x135, ALLOWED = 5 * 60 * 1000 /* ms */ };

struct canceled {
	struct canceled *next;
	struct l62_timer timer;
	PIRP irp;
};
static struct canceled *canceled;

static L62_NT void is_late(void *arg)
{
	struct canceled *entry = arg;

	l62_end_violation(NULL, VERIFIER_VIOLATION, NOT_COMPLETED, (ULONG_PTR)entry->irp,
	                  ALLOWED, 0);
}

void l62_io_canceled(PIRP irp)
{
	struct canceled *entry;

	if (!l62_io_is_with_driver(irp))
		return;
	l62_io_cancel_over(irp);
	entry = l62_host_alloc(sizeof(*entry));
	*entry = (struct canceled){
	        .next = canceled,
	        .timer = {.routine = is_late, .arg = entry},
	        .irp = irp,
	};
	canceled = entry;
	l62_sched_set_timer(&entry->timer, l62_sched_now() + ALLOWED * INT64_C(10000));
}

void l62_io_cancel_over(PIRP irp)
{
	struct canceled **link = &canceled, *entry;

	while (*link && (*link)->irp != irp)
		link = &(*link)->next;
	entry = *link;
	if (!entry)
		return;
	*link = entry->next;
	l62_sched_cancel_timer(&entry->timer);
	l62_host_free(entry);
}
