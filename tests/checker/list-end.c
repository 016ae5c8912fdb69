/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Lists with a pointer to the last link: what it points to, and who is stored where. */
// RUN: %scan %s
// RUN: %dump %t.db points_to | FileCheck %s --check-prefix=POINTS
// RUN: %dump %t.db store | FileCheck %s --check-prefix=STORE
// RUN: %dump %t.db outcome | FileCheck %s --check-prefix=OUTCOME
#include <ntddk.h>

struct entry {
	struct entry *next;
	struct entry **own;
};
struct queue {
	struct entry *first;
	struct entry **last;
	struct entry ***other;
	void **table;
	void *small[4];
	int *number;
	int count;
};

static struct entry *g_first;
static struct entry **g_last = &g_first;

// POINTS:      points_to: ::list-end.c:g_last | ::list-end.c:g_first | 0
// POINTS-NEXT: points_to: ::list-end.c:g_last | entry.next | 1
// POINTS-NEXT: points_to: queue.last | entry.next | 1
// POINTS-NEXT: points_to: queue.last | queue.first | 0
// POINTS-NEXT: points_to: queue.other | queue.last | 0
// POINTS-NEXT: points_to: queue.table | queue.small | 0
// POINTS-NEXT: points_to: end
void start(struct queue *q)
{
	struct entry **begin = &q->first;

	q->last = begin;
	q->other = &q->last;
	q->table = q->small;
	q->number = &q->count;
}

int put(struct queue *q)
{
	struct entry *e = ExAllocatePool(PagedPool, sizeof(*e));

	if (!e)
		return -1;
	e->next = NULL;
	*q->last = e;
	q->last = &e->next;
	return 0;
}
// STORE:        store: ExAllocatePool:[[@LINE-9]] | queue.last* | [[@LINE-4]]
// OUTCOME:      outcome: put | failure | [[@LINE-7]] | -
// OUTCOME-NEXT: outcome: put | success | [[@LINE-4]] | ExAllocatePool:[[@LINE-11]] in queue.last*

int put_after(struct queue *q)
{
	struct entry *e = ExAllocatePool(PagedPool, sizeof(*e)), **end = q->last;

	if (!e)
		return -1;
	e->next = NULL;
	q->last = &e->next;
	*end = e;
	return 0;
}
// STORE-NEXT:   store: ExAllocatePool:[[@LINE-9]] | queue.last | [[@LINE-4]]
// STORE-NEXT:   store: ExAllocatePool:[[@LINE-10]] | queue.last* | [[@LINE-4]]
// OUTCOME-NEXT: outcome: put_after | failure | [[@LINE-8]] | -
// OUTCOME-NEXT: outcome: put_after | success | [[@LINE-5]] | ExAllocatePool:[[@LINE-12]] in queue.last*

void put_in_global(void)
{
	struct entry *e = ExAllocatePool(PagedPool, sizeof(*e));

	if (e) {
		*g_last = e;
		g_last = &e->next;
	}
}
// STORE-NEXT:   store: ExAllocatePool:[[@LINE-7]] | ::list-end.c:g_last* | [[@LINE-4]]
// STORE-NEXT:   store: end
// OUTCOME-NEXT: outcome: put_in_global | any | [[@LINE-3]] | -
// OUTCOME-NEXT: outcome: put_in_global | any | [[@LINE-4]] | ExAllocatePool:[[@LINE-10]] in ::list-end.c:g_last*
// OUTCOME-NEXT: outcome: end
