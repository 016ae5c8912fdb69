/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Deadlock detection for spin locks, fast and guarded mutexes and mutexes.
 *
 *   A -> B   a thread that held A has waited for B
 *
 * A thread that holds A and is about to wait for B while there is a way from B to A
 * has found the locks in two orders, whether or not anybody waits this time.  Each
 * arrow keeps the locks that were always held besides A: where all arrows of a circle
 * have one of these in common, no two threads can be in it at a time.
 *
 * Locks on a stack have no arrows: another lock may lie there next time.  Order of
 * release is not looked at, nor are waits that end by themselves.
 * Source: the documentation of bug check 0xC4, Arg1 from 0x1000 on.
 */
#include "deadlock.h"

#include <stdbool.h>
#include <stddef.h>

#include "host.h"
#include "run/child.h"
#include "sched/sched.h"

enum { VERIFIER_VIOLATION = 0xc4 };
enum {
	SELF_DEADLOCK = 0x1000,
	OTHER_ORDER = 0x1001,
	NOT_INITIALIZED = 0x1002,
	OTHER_THREAD = 0x1004,
	INITIALIZED_WHILE_HELD = 0x1005,
	NOT_HELD = 0x1007,
	ACQUIRED_OTHERWISE = 0x1008,
	RELEASED_OTHERWISE = 0x1009,
	THREAD_HOLDS = 0x100a,
	FREED_WHILE_HELD = 0x100b,
};
enum { BUCKETS = 1024, GATES_MOST = 8, DEPTH_MOST = 64 };

struct lock;
struct gates {
	uint32_t count;
	const struct lock *locks[GATES_MOST];
};
struct arrow {
	struct arrow *next;
	struct lock *to;
	struct gates gates;
};
struct lock {
	uint64_t address;
	struct lock *next;   /* in its bucket */
	struct lock *behind; /* in the list of those that are held */
	struct arrow *arrows;
	const void *owner; /* a thread; NULL: nobody */
	uint32_t kind, depth;
	uint32_t seen; /* by which search */
	bool on_stack;
};

static struct lock *buckets[BUCKETS], *held;
static uint32_t known, searches;

static const uint16_t acquiring[] = {L62_FRAME_KeBugCheckEx,
                                     L62_FRAME_VerifierBugCheckIfAppropriate,
                                     L62_FRAME_VfDeadlockAcquireResource, L62_FRAME_END};
static const uint16_t releasing[] = {L62_FRAME_KeBugCheckEx,
                                     L62_FRAME_VerifierBugCheckIfAppropriate,
                                     L62_FRAME_VfDeadlockReleaseResource, L62_FRAME_END};

static bool is_on(void)
{
	return l62_child_flags() & L62_FLAG_DEADLOCK;
}

static const void *self(void)
{
	return l62_sched_thread_object(l62_sched_current());
}

static struct lock **place(uint64_t address)
{
	struct lock **link = &buckets[(address >> 3) * UINT64_C(0x9e3779b97f4a7c15) >> 54];

	while (*link && (*link)->address != address)
		link = &(*link)->next;
	return link;
}

static struct lock *find(const void *address)
{
	return *place((uintptr_t)address);
}

static struct lock *get(uint32_t kind, const void *address)
{
	struct lock **link = place((uintptr_t)address), *lock = *link;
	struct l62_stack stack = l62_sched_stack();

	if (lock)
		return lock;
	lock = l62_host_alloc(sizeof(*lock));
	lock->address = (uintptr_t)address;
	lock->kind = kind;
	lock->on_stack = lock->address - stack.low < stack.high - stack.low;
	*link = lock;
	known++;
	return lock;
}

/* The locks that the thread holds, but for one. */
static struct gates gates_of(const void *thread, const struct lock *except)
{
	struct gates gates = {0};

	for (const struct lock *lock = held; lock; lock = lock->behind) {
		if (lock->owner == thread && lock != except && gates.count < GATES_MOST)
			gates.locks[gates.count++] = lock;
	}
	return gates;
}

/* Keeps in gates what is in other, too.  True: it has become less. */
static bool intersect(struct gates *gates, const struct gates *other)
{
	uint32_t count = 0;
	bool less;

	for (uint32_t i = 0; i < gates->count; i++) {
		uint32_t j = 0;

		while (j < other->count && other->locks[j] != gates->locks[i])
			j++;
		if (j < other->count)
			gates->locks[count++] = gates->locks[i];
	}
	less = count < gates->count;
	gates->count = count;
	return less;
}

/* Whether there is a way to target on which no lock of gates is always held. */
static bool reaches(struct lock *from, const struct lock *target, struct gates gates,
                    uint32_t depth)
{
	if (from == target)
		return gates.count == 0;
	if (from->seen == searches || depth == DEPTH_MOST)
		return false;
	from->seen = searches;
	for (const struct arrow *arrow = from->arrows; arrow; arrow = arrow->next) {
		struct gates rest = gates;

		intersect(&rest, &arrow->gates);
		if (reaches(arrow->to, target, rest, depth + 1))
			return true;
	}
	return false;
}

static void add_order(struct lock *first, struct lock *second)
{
	struct gates gates = gates_of(first->owner, first);
	struct arrow *arrow = first->arrows;

	while (arrow && arrow->to != second)
		arrow = arrow->next;
	if (arrow && !intersect(&arrow->gates, &gates))
		return;
	searches++;
	if (reaches(second, first, arrow ? arrow->gates : gates, 0))
		l62_end_violation(acquiring, VERIFIER_VIOLATION, OTHER_ORDER, second->address,
		                  0, 0);
	if (arrow)
		return;
	arrow = l62_host_alloc(sizeof(*arrow));
	*arrow = (struct arrow){first->arrows, second, gates};
	first->arrows = arrow;
}

void l62_lock_wait(uint32_t kind, const void *address)
{
	const void *thread;
	struct lock *lock;

	if (!is_on())
		return;
	thread = self();
	lock = get(kind, address);
	if (lock->kind != kind && lock->on_stack)
		lock->kind = kind;
	if (lock->kind != kind)
		l62_end_violation(acquiring, VERIFIER_VIOLATION, ACQUIRED_OTHERWISE,
		                  lock->address, 0, 0);
	if (lock->owner == thread) {
		if (kind == L62_LOCK_MUTEX)
			return;
		l62_end_violation(acquiring, VERIFIER_VIOLATION, SELF_DEADLOCK, lock->address,
		                  0, 0);
	}
	for (struct lock *first = held; first && !lock->on_stack; first = first->behind) {
		if (first->owner == thread && !first->on_stack)
			add_order(first, lock);
	}
}

void l62_lock_taken(uint32_t kind, const void *address)
{
	struct lock *lock;

	if (!is_on())
		return;
	lock = get(kind, address);
	if (lock->depth++ > 0)
		return;
	lock->owner = self();
	lock->behind = held;
	held = lock;
}

static void let_go(struct lock *lock)
{
	struct lock **link = &held;

	while (*link && *link != lock)
		link = &(*link)->behind;
	if (*link)
		*link = lock->behind;
	lock->owner = NULL;
	lock->depth = 0;
}

void l62_lock_release(uint32_t kind, const void *address, int32_t is_held)
{
	struct lock *lock;

	if (!is_on())
		return;
	lock = find(address);
	if (!lock || !lock->owner) {
		/* It may have been acquired in a way that nobody tells of. */
		if (!is_held)
			l62_end_violation(releasing, VERIFIER_VIOLATION, NOT_HELD,
			                  (uintptr_t)address, 0, 0);
		return;
	}
	if (lock->owner != self())
		l62_end_violation(releasing, VERIFIER_VIOLATION, OTHER_THREAD, lock->address,
		                  (uintptr_t)lock->owner, (uintptr_t)self());
	if (lock->kind != kind)
		l62_end_violation(releasing, VERIFIER_VIOLATION, RELEASED_OTHERWISE,
		                  lock->address, 0, 0);
	if (--lock->depth == 0)
		let_go(lock);
}

/* Takes away all arrows to it. */
static void forget_orders(const struct lock *lock)
{
	for (uint32_t i = 0; i < BUCKETS; i++) {
		for (struct lock *other = buckets[i]; other; other = other->next) {
			struct arrow **link = &other->arrows, *arrow;

			while ((arrow = *link)) {
				if (arrow->to == lock || other == lock) {
					*link = arrow->next;
					l62_host_free(arrow);
					continue;
				}
				/* Nobody can hold it any more. */
				for (uint32_t j = 0; j < arrow->gates.count; j++) {
					if (arrow->gates.locks[j] == lock)
						arrow->gates.locks[j] =
						        arrow->gates
						                .locks[--arrow->gates.count];
				}
				link = &arrow->next;
			}
		}
	}
}

static void forget(struct lock *lock)
{
	forget_orders(lock);
	*place(lock->address) = lock->next;
	known--;
	l62_host_free(lock);
}

void l62_lock_initialized(const void *address)
{
	struct lock *lock = is_on() ? find(address) : NULL;

	if (!lock)
		return;
	if (lock->owner)
		l62_end_violation(NULL, VERIFIER_VIOLATION, INITIALIZED_WHILE_HELD,
		                  lock->address, 0, 0);
	forget(lock);
}

void l62_lock_check_initialized(const void *address, int32_t is)
{
	if (is_on() && !is)
		l62_end_violation(acquiring, VERIFIER_VIOLATION, NOT_INITIALIZED,
		                  (uintptr_t)address, 0, 0);
}

void l62_lock_thread_ends(const void *thread)
{
	for (const struct lock *lock = held; lock; lock = lock->behind) {
		if (lock->owner == thread)
			l62_end_violation(NULL, VERIFIER_VIOLATION, THREAD_HOLDS,
			                  (uintptr_t)thread, lock->address, 0);
	}
}

void l62_deadlock_freed(uint64_t address, uint64_t size, const uint16_t *frames)
{
	for (const struct lock *lock = held; lock; lock = lock->behind) {
		if (lock->address - address < size)
			l62_end_violation(frames, VERIFIER_VIOLATION, FREED_WHILE_HELD,
			                  lock->address, (uintptr_t)lock->owner, 0);
	}
	for (uint32_t i = 0; i < BUCKETS && known; i++) {
		struct lock *next;

		for (struct lock *lock = buckets[i]; lock; lock = next) {
			next = lock->next;
			if (lock->address - address < size)
				forget(lock);
		}
	}
}
