/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The driver's pool as the services see it: memory from pool.h, booked in
 * tracker.h with the stack of the call, and the bug checks of allocating, freeing
 * and unloading.
 * Source of the codes: the documentation of bug checks 0xC2 and 0xC4.
 */
#include <stdlib.h>
#include <string.h>

#include "cpu/capture.h"
#include "deadlock.h"
#include "host.h"
#include "leak62/verifier.h"
#include "ledger.h"
#include "loader/image.h"
#include "objects.h"
#include "pool.h"
#include "reach.h"
#include "resources.h"
#include "run/child.h"
#include "sched/sched.h"
#include "tracker.h"

enum { APC_LEVEL = 1, DISPATCH_LEVEL = 2, HEADER = 16, UNSET = 0xa5 };
/* Arg4 of 0xC1. */
enum { SPECIAL_POOL_CORRUPTION = 0xc1, DAMAGE_BEFORE = 0x23, DAMAGE_BEHIND = 0x24 };
enum { BAD_POOL_CALLER = 0xc2, WRONG_TAG = 0x0a, VERIFIER_VIOLATION = 0xc4 };

/* Arg1 of 0xC4. */
enum {
	ZERO_BYTES = 0x00,
	PAGED_TOO_HIGH = 0x01,
	NONPAGED_TOO_HIGH = 0x02,
	FREE_NEVER_ALLOCATED = 0x10,
	FREE_PAGED_TOO_HIGH = 0x11,
	FREE_NONPAGED_TOO_HIGH = 0x12,
	FREE_TWICE = 0x13,
	FREE_WITH_TIMER = 0x15,
	ALLOCATE_WHILE_UNLOADING = 0x61,
	LEFT_AT_UNLOAD = 0x62,
	FREE_WITH_LOOKASIDE = 0xcc,
	FREE_WITH_RESOURCE = 0xd2,
};

static bool unloading;

static uint32_t keep_stack(const uint16_t *own)
{
	uint64_t frames[L62_STACK_DEPTH];
	size_t count = l62_capture(frames, L62_STACK_DEPTH, own);

	return l62_stack_store(l62_child_arena(), frames, count);
}

/* Ends the run with the verifier's own frames on top of the stack. */
_Noreturn static void stop(const uint16_t *own, uint32_t code, uint64_t a1, uint64_t a2,
                           uint64_t a3, uint64_t a4)
{
	l62_child_arena()->stack = keep_stack(own);
	l62_end_bugcheck(code, a1, a2, a3, a4);
}

static void check_allocation(const struct l62_pool_request *request)
{
	uint8_t irql = l62_cpu_irql();

	if (request->size == 0)
		stop(request->frames, VERIFIER_VIOLATION, ZERO_BYTES, irql, request->pool, 0);
	if (request->pool == L62_POOL_PAGED && irql > APC_LEVEL)
		stop(request->frames, VERIFIER_VIOLATION, PAGED_TOO_HIGH, irql, request->pool,
		     request->size);
	if (irql > DISPATCH_LEVEL)
		stop(request->frames, VERIFIER_VIOLATION, NONPAGED_TOO_HIGH, irql,
		     request->pool, request->size);
}

void l62_tracker_unloading(void)
{
	unloading = true;
}

/* A work item keeps its device, and so the driver, until it has run. */
static void check_unloading(const struct l62_pool_request *request)
{
	const struct l62_statistics *s = &l62_child_arena()->statistics;

	if (unloading && !l62_capture_is_within(L62_FRAME_IopProcessWorkItem))
		stop(request->frames, VERIFIER_VIOLATION, ALLOCATE_WHILE_UNLOADING,
		     s->current_bytes[L62_POOL_PAGED], s->current_bytes[L62_POOL_NONPAGED],
		     s->current[L62_POOL_PAGED] + s->current[L62_POOL_NONPAGED]);
}

void *l62_pool_allocate(const struct l62_pool_request *request)
{
	struct l62_arena *arena = l62_child_arena();
	bool special = l62_child_flags() & L62_FLAG_SPECIAL_POOL;
	bool track = l62_child_flags() & L62_FLAG_POOL_TRACKING;
	const struct l62_record *record = l62_image_called();
	struct l62_block block;
	void *memory;

	if (track || l62_child_flags() & L62_FLAG_FORCE_IRQL)
		check_allocation(request);
	if (track)
		check_unloading(request);
	arena->statistics.attempted++;
	memory = request->pool == L62_POOL_PAGED && l62_child_flags() & L62_FLAG_FORCE_IRQL
	                 ? l62_pool_get_paged(request->size, special)
	                 : l62_pool_get(request->size, special);
	if (!memory && special) {
		/* Special pool is limited; the pool behind it is less so. */
		special = false;
		memory = l62_pool_get(request->size, false);
	}
	if (!memory) {
		arena->statistics.failed++;
		return NULL;
	}
	memset(memory, request->zeroed ? 0 : UNSET, request->size);
	block = (struct l62_block){
	        .address = (uintptr_t)memory,
	        .size = request->size,
	        .length = request->size +
	                  (!special || request->size >= L62_POOL_PAGE ? HEADER : 0),
	        .caller = l62_capture_caller(),
	        .thread = (uintptr_t)l62_sched_thread_object(l62_sched_current()),
	        .time = l62_sched_now(),
	        .tag = request->tag ? request->tag : l62_kind_tag(request->kind),
	        .kind = request->kind,
	        .service = record ? (uint16_t)(l62_image_service(record) + 1) : 0,
	        .stack = track ? keep_stack(request->frames) : 0,
	        .pool = request->pool,
	        .irql = l62_cpu_irql(),
	        .special = special,
	};
	if (!l62_tracker_add(arena, &block))
		l62_end_incomplete(
		        "the driver holds more blocks than leak62 can keep books of");
	return memory;
}

/* Whether the last that the ring knows of address is its free. */
static bool was_freed(const struct l62_arena *arena, uint64_t address)
{
	uint64_t kept = arena->operations < L62_RING_SIZE ? arena->operations : L62_RING_SIZE;

	for (uint64_t i = 1; i <= kept; i++) {
		const struct l62_operation *operation =
		        &arena->ring[(arena->operations - i) % L62_RING_SIZE];

		if (operation->address == address)
			return operation->is_free;
	}
	return false;
}

static void check_content(const struct l62_block *block, const uint16_t *frames)
{
	const struct l62_object *object;
	const void *damage = NULL;

	if (block->special)
		damage = l62_pool_damage((const void *)(uintptr_t)block->address, block->size);
	if (damage)
		stop(frames, SPECIAL_POOL_CORRUPTION, block->address, (uintptr_t)damage, 0,
		     (uintptr_t)damage < block->address ? DAMAGE_BEFORE : DAMAGE_BEHIND);
	if (!(l62_child_flags() & L62_FLAG_MISCELLANEOUS))
		return;
	object = l62_objects_find(block->address, block->size);
	if (object)
		l62_ledger_report_held(l62_child_arena(), object->address);
	if (object && object->kind == L62_OBJECT_TIMER)
		stop(frames, VERIFIER_VIOLATION, FREE_WITH_TIMER, object->address,
		     block->special ? UINT64_MAX : block->pool, block->address);
	if (object)
		stop(frames, VERIFIER_VIOLATION,
		     object->kind == L62_OBJECT_RESOURCE ? FREE_WITH_RESOURCE
		                                         : FREE_WITH_LOOKASIDE,
		     object->address, block->address, block->size);
}

void l62_pool_free(void *address, uint32_t tag, const uint16_t *frames)
{
	struct l62_arena *arena = l62_child_arena();
	struct l62_block *block = l62_tracker_find(arena, (uintptr_t)address);
	uint8_t irql = l62_cpu_irql();
	uint64_t size;
	bool special;

	if (!block)
		stop(frames, VERIFIER_VIOLATION,
		     was_freed(arena, (uintptr_t)address) ? FREE_TWICE : FREE_NEVER_ALLOCATED,
		     (uintptr_t)address, 0, 0);
	if (block->pool == L62_POOL_PAGED && irql > APC_LEVEL)
		stop(frames, VERIFIER_VIOLATION, FREE_PAGED_TOO_HIGH, irql, block->pool,
		     block->address);
	if (irql > DISPATCH_LEVEL)
		stop(frames, VERIFIER_VIOLATION, FREE_NONPAGED_TOO_HIGH, irql, block->pool,
		     block->address);
	if (tag && tag != block->tag && block->tag != L62_TAG_KERNEL)
		stop(frames, BAD_POOL_CALLER, WRONG_TAG, block->address, block->tag, tag);
	check_content(block, frames);
	if (l62_child_flags() & L62_FLAG_POOL_TRACKING)
		l62_resources_check_free(block);
	if (l62_child_flags() & L62_FLAG_DEADLOCK)
		l62_deadlock_freed(block->address, block->size, frames);
	size = block->size;
	special = block->special;
	l62_tracker_remove(arena, block,
	                   (uintptr_t)l62_sched_thread_object(l62_sched_current()),
	                   keep_stack(frames), irql);
	l62_pool_put(address, size, special);
}

void l62_tracker_count(uint32_t counter)
{
	struct l62_statistics *s = &l62_child_arena()->statistics;
	uint64_t *counters[] = {&s->raise_irqls, &s->spin_locks, &s->synch_executions,
	                        &s->trims};

	if (counter < sizeof(counters) / sizeof(*counters))
		++*counters[counter];
}

void l62_tracker_contiguous(int64_t bytes)
{
	struct l62_statistics *s = &l62_child_arena()->statistics;

	s->contiguous += (uint64_t)bytes;
	if (s->contiguous > s->peak_contiguous)
		s->peak_contiguous = s->contiguous;
}

void l62_tracker_check_unload(void)
{
	struct l62_arena *arena = l62_child_arena();
	uint64_t left = arena->statistics.current[0] + arena->statistics.current[1];
	static const uint16_t frames[] = {L62_FRAME_KeBugCheckEx,
	                                  L62_FRAME_VerifierBugCheckIfAppropriate,
	                                  L62_FRAME_VfPoolCheckForLeaks,
	                                  L62_FRAME_VfTargetDriversRemove,
	                                  L62_FRAME_VfDriverUnloadImage,
	                                  L62_FRAME_MiUnloadSystemImage,
	                                  L62_FRAME_MmUnloadSystemImage,
	                                  L62_FRAME_IopDeleteDriver,
	                                  L62_FRAME_ObpRemoveObjectRoutine,
	                                  L62_FRAME_ObfDereferenceObject,
	                                  L62_FRAME_IopUnloadDriver,
	                                  L62_FRAME_IopLoadUnloadDriver,
	                                  L62_FRAME_ExpWorkerThread,
	                                  L62_FRAME_PspSystemThreadStartup,
	                                  L62_FRAME_END};

	arena->checked = 1;
	l62_ledger_report(arena);
	l62_reach_mark(arena);
	if (left && l62_child_flags() & L62_FLAG_POOL_TRACKING)
		stop(frames, VERIFIER_VIOLATION, LEFT_AT_UNLOAD, arena->name_address,
		     arena->entry_address, left);
}

_Noreturn void l62_end_without_unload(void)
{
	struct l62_arena *arena = l62_child_arena();

	/* It is loaded still: what it has is not left behind. */
	l62_ledger_report(arena);
	l62_reach_mark(arena);
	arena->cannot_unload = 1;
	l62_end_clean();
}

_Noreturn void l62_end_at_unload(uint32_t code, uint64_t a1, uint64_t a2, uint64_t a3,
                                 uint64_t a4)
{
	static const uint16_t frames[] = {L62_FRAME_KeBugCheckEx,
	                                  L62_FRAME_MiUnloadSystemImage,
	                                  L62_FRAME_MmUnloadSystemImage,
	                                  L62_FRAME_IopDeleteDriver,
	                                  L62_FRAME_ObpRemoveObjectRoutine,
	                                  L62_FRAME_ObfDereferenceObject,
	                                  L62_FRAME_IopUnloadDriver,
	                                  L62_FRAME_IopLoadUnloadDriver,
	                                  L62_FRAME_ExpWorkerThread,
	                                  L62_FRAME_PspSystemThreadStartup,
	                                  L62_FRAME_END};

	l62_child_arena()->checked = 1;
	l62_ledger_report(l62_child_arena());
	l62_reach_mark(l62_child_arena());
	stop(frames, code, a1, a2, a3, a4);
}
