/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What the kernel services (kernel/, Windows ABI) may call of the host side
 * (System V ABI), and the other way round.  Read by both, so: types of fixed size
 * only, no long, no enum in a structure.  What ends the run does not return.
 *
 *   driver -> thunk -> service (kernel/) -> host (here)
 *   service -> l62_invoke() -> driver
 */
#ifndef LEAK62_VERIFIER_HOST_H
#define LEAK62_VERIFIER_HOST_H

#include <stddef.h>
#include <stdint.h>

#include "scenario/step.h"

#define L62_HOST __attribute__((sysv_abi))
#define L62_NT __attribute__((ms_abi))

/* Frames of the kernel's own, in stacks: see frames.def. */
enum l62_frame {
	L62_FRAME_END,
#define L62_FRAME(id, module, symbol, offset) L62_FRAME_##id,
#include "frames.def"
	L62_FRAME_COUNT
};

/* Kinds of resources, and the tag that the verifier gives a kind; 0: the caller's. */
enum l62_kind {
#define L62_KIND(kind, noun, tag, counted, rule, loss) L62_KIND_##kind,
#include "leak62/resources.def"
	L62_KIND_COUNT
};
L62_HOST uint32_t l62_kind_tag(uint32_t kind);

/* Memory of the kernel's own, zeroed, 16-byte aligned; no driver's allocation.
 * Never NULL. */
L62_HOST void *l62_host_alloc(uint64_t size);
L62_HOST void l62_host_free(void *memory);

/*
 * Memory of the kernel's own in which a pointer of the driver's is kept, such as the context
 * of a callback: a block that it points to is not lost (tracker/reach.h).  From add to
 * remove; what names it for people, and must stay.
 */
L62_HOST void l62_root_add(const void *memory, uint64_t size, const char *what);
L62_HOST void l62_root_remove(const void *memory);
/* Memory that the driver has given back with pointers in it, and that is not used again: what
 * only these point to is lost, and it is said with what. */
L62_HOST void l62_root_gone(const void *memory, uint64_t size, const char *what);

/* How far behind the start of a device object its extension begins. */
#define L62_DEVICE_ROOM 0x150

/* The driver's pool.  pool: an enum l62_pool; frames: the verifier's own above the
 * driver's call, newest first, up to L62_FRAME_END.  NULL: refused. */
struct l62_pool_request {
	uint64_t size;
	uint32_t tag;  /* 0: the kind's */
	uint16_t kind; /* enum l62_kind */
	uint8_t pool;
	uint8_t zeroed;
	const uint16_t *frames;
};
enum l62_pool { L62_POOL_NONPAGED, L62_POOL_PAGED };
L62_HOST void *l62_pool_allocate(const struct l62_pool_request *request);
/* What a service has made for the driver to free: the kernel's tags are not documented, so
 * that such a block is freed with any. */
#define L62_TAG_KERNEL 0x72745352 /* "RStr" */
/* tag 0: not compared.  Ends the run with 0xC4 or 0xC2 if address is no block. */
L62_HOST void l62_pool_free(void *address, uint32_t tag, const uint16_t *frames);

/* What the driver must be given to call a service by: its thunk. */
L62_HOST void *l62_host_thunk(const void *routine);
L62_HOST int32_t l62_host_in_image(const void *address);

/* IRQL: the number behind CR8. */
L62_HOST uint8_t l62_cpu_irql(void);
L62_HOST void l62_cpu_set_irql(uint8_t irql);

/* What `!verifier` counts besides pool. */
enum l62_count { L62_COUNT_RAISE_IRQL, L62_COUNT_SPIN_LOCK, L62_COUNT_SYNCH, L62_COUNT_TRIM };
L62_HOST void l62_tracker_count(uint32_t counter);
/* The driver asks for what the registry does not have; UTF-16 and bytes of it, name_bytes 0:
 * the key itself.  type: REG_*, 0: any.  What is too long or not ASCII is passed over. */
L62_HOST void l62_registry_missing(const uint16_t *key, uint32_t key_bytes,
                                   const uint16_t *name, uint32_t name_bytes, uint32_t type);
L62_HOST void l62_tracker_contiguous(int64_t bytes); /* had; negative: given back */

/*
 * Calls a routine of the driver on the current fiber's stack.  frames: the
 * kernel's own that called it, newest first, up to L62_FRAME_END; NULL: none.
 */
L62_NT uint64_t l62_invoke(void *routine, const uint64_t *args, uint64_t count,
                           const uint16_t *frames);

/*
 * Threads of the system.  Time is virtual: units of 100 ns since the run began.
 * park: the current thread waits until woken (0) or the deadline (1).  why and
 * object name what it waits for, should nobody come; why must stay.
 */
typedef L62_NT void l62_thread_fn(void *arg);
struct l62_fiber;
L62_HOST struct l62_fiber *l62_sched_spawn(l62_thread_fn *routine, void *arg, const char *name);
L62_HOST struct l62_fiber *l62_sched_current(void);
L62_HOST void *l62_sched_thread_object(struct l62_fiber *fiber); /* a PKTHREAD */
L62_HOST int32_t l62_sched_park(const char *why, const void *object, int64_t deadline);
L62_HOST void l62_sched_wake(struct l62_fiber *fiber);
L62_HOST void l62_sched_yield(void);
/* Whether address is on a thread's stack, and in no frame of the driver's that is still
 * in use.  For addresses of the driver's. */
L62_HOST int32_t l62_sched_is_unwound(const void *address);
_Noreturn L62_HOST void l62_sched_exit(void);
L62_HOST void l62_sched_stack_limits(uint64_t *low, uint64_t *high); /* of the current fiber */
L62_HOST int64_t l62_sched_now(void);
/* From now on, or not any more, no other thread runs when the current one yields. */
L62_HOST void l62_sched_busy(int32_t busy);
/* Time passes, in 100 ns, with the processor busy elsewhere: no thread runs meanwhile. */
L62_HOST void l62_sched_pass(int64_t time);
#define L62_SCHED_FOREVER INT64_MAX
/* Runs the others until all of them have ended or wait without a deadline. */
L62_HOST void l62_sched_drain(void);

/* DPCs and timers: the caller's memory, zeroed at first, untouched while queued.
 * DPCs run at the next call of the scheduler or of l62_sched_run_dpcs(). */
struct l62_dpc {
	l62_thread_fn *routine;
	void *arg;
	struct l62_dpc *next;
	uint64_t queued;
};
struct l62_timer {
	l62_thread_fn *routine;
	void *arg;
	int64_t due;
	struct l62_timer *next;
	uint64_t queued;
};
L62_HOST int32_t l62_sched_queue_dpc(struct l62_dpc *dpc); /* 0: was queued already */
L62_HOST void l62_sched_remove_dpc(struct l62_dpc *dpc);
L62_HOST void l62_sched_run_dpcs(void);
L62_HOST int32_t l62_sched_set_timer(struct l62_timer *timer, int64_t due); /* 1: was set */
L62_HOST int32_t l62_sched_cancel_timer(struct l62_timer *timer);           /* 1: was set */

/*
 * The user's half of the address space, and a program's buffers in it: whole pages, zeroed.
 * alloc: NULL: no room.  free: 0: none begins there.  lock: the same bytes at an address of
 * the kernel's, until unlocked; NULL: they are not all mapped.
 */
#define L62_USER_START UINT64_C(0x10000000)
#define L62_USER_END UINT64_C(0x7fff0000)
L62_HOST void *l62_user_alloc(uint64_t size);
L62_HOST int32_t l62_user_free(void *address);
L62_HOST void *l62_user_lock(uint64_t address, uint64_t size);
L62_HOST void l62_user_unlock(const void *alias);
/*
 * Whole pages of the kernel's, at a second address in the user's half; want: there, NULL:
 * anywhere.  NULL: there is no room.  unmap: 0: none begins there.
 */
L62_HOST void *l62_user_map(void *memory, uint64_t size, void *want);
L62_HOST int32_t l62_user_unmap(void *address);
/* Of the driver's paged pool, for MDLs: locks 1 and -1; anything else is passed over. */
L62_HOST void l62_paged_lock(uint64_t address, uint64_t size, int32_t locks);
/* Objects of the kernel's own kind in the driver's memory, from when they are active
 * to when they no longer are: freeing that memory ends the run. */
enum l62_object_kind { L62_OBJECT_TIMER, L62_OBJECT_RESOURCE, L62_OBJECT_LOOKASIDE };
L62_HOST void l62_object_add(uint32_t kind, const void *address, uint64_t size);
L62_HOST void l62_object_remove(uint32_t kind, const void *address);

/*
 * What has to be given back and is no pool: ledgers.def.  address tells entries of a kind
 * apart; size: bytes, or what the kind counts; detail: its name, copied, or NULL.  Adding the
 * same again counts it, by the stack that took it; which of them a removal gives back is
 * ledger.c's.  Nothing is booked that the driver did not ask for.
 */
enum l62_ledger {
#define L62_LEDGER(id, name, noun, fails, kind) L62_LEDGER_##id,
#include "tracker/ledgers.def"
	L62_LEDGER_COUNT
};
L62_HOST void l62_ledger_add(uint32_t kind, uint64_t address, uint64_t size,
                             const char *detail);
L62_HOST void l62_ledger_remove(uint32_t kind, uint64_t address);
/* The index-th of a kind, in the order they were added; 0: there are no more. */
L62_HOST int32_t l62_ledger_get(uint32_t kind, uint32_t index, uint64_t *address,
                                uint64_t *size);
/* Whether pool tracking is on, to which the check of locked pages belongs. */
L62_HOST int32_t l62_ledger_tracks_pages(void);
/* Where a thread that waits goes on in the driver; 0: nowhere. */
L62_HOST uint64_t l62_sched_return_address(const void *thread_object);
/* A bug check of the unloader's. */
_Noreturn L62_HOST void l62_end_at_unload(uint32_t code, uint64_t a1, uint64_t a2, uint64_t a3,
                                          uint64_t a4);

/* The end of the run.  incomplete: text is one sentence. */
_Noreturn L62_HOST void l62_end_bugcheck(uint32_t code, uint64_t a1, uint64_t a2, uint64_t a3,
                                         uint64_t a4);
_Noreturn L62_HOST void l62_end_incomplete(const char *text);
_Noreturn L62_HOST void l62_end_clean(void);
/* What a routine of the driver returned ended the run: "DriverEntry returned 0xC000009A". */
_Noreturn L62_HOST void l62_end_failed(const char *routine, uint32_t status);
/* What the scenario is doing, for messages: "IRP_MJ_DEVICE_CONTROL 0x222004"; code 0:
 * none. */
L62_HOST void l62_host_step(const char *step, uint32_t code);
/* Locks, for deadlock detection.  wait: before an acquisition that can wait without
 * end; taken: after each; release: before, is_held: whether the lock itself says so. */
enum l62_lock_kind { L62_LOCK_SPIN, L62_LOCK_QUEUED, L62_LOCK_FAST, L62_LOCK_MUTEX };
L62_HOST void l62_lock_wait(uint32_t kind, const void *lock);
L62_HOST void l62_lock_taken(uint32_t kind, const void *lock);
L62_HOST void l62_lock_release(uint32_t kind, const void *lock, int32_t is_held);
L62_HOST void l62_lock_initialized(const void *lock);
L62_HOST void l62_lock_check_initialized(const void *lock, int32_t is);
L62_HOST void l62_lock_thread_ends(const void *thread);
/* What a check in kernel/ asks: whether its flag is set, the driver's address that
 * called the kernel last; and how it ends the run, with own frames above the driver's. */
enum l62_check { L62_CHECK_FORCE_IRQL = 2, L62_CHECK_IO = 0x10, L62_CHECK_DEADLOCK = 0x20 };
L62_HOST int32_t l62_host_checks(uint32_t check);
L62_HOST uint64_t l62_host_caller(void);
_Noreturn L62_HOST void l62_end_violation(const uint16_t *frames, uint32_t code, uint64_t a1,
                                          uint64_t a2, uint64_t a3, uint64_t a4);
/* A line for the log of the run (DbgPrint). */
L62_HOST void l62_host_log(const char *text, uint64_t length);
/* The requests have been made once more: what has grown since is noted (tracker/growth.h). */
L62_HOST void l62_tracker_iteration(void);
/* The driver has no DriverUnload: the run ends with what it has then, and is no failure. */
_Noreturn L62_HOST void l62_end_without_unload(void);
/* DriverUnload has returned: what still runs may not allocate any more. */
L62_HOST void l62_tracker_unloading(void);
/* 0xC4/0x62 if blocks are left; to be called when the driver's unload has returned. */
L62_HOST void l62_tracker_check_unload(void);

/*
 * Fault injection.  can: whether a service can fail at all; listed: whether faults.def or
 * faults_cannot.def has it.  decide: a call that can fail is counted; kind: how it would;
 * *status: the usual one, and then the one to fail with.  0: it does not fail.
 */
enum l62_fault_kind { L62_FAULT_IS_NULL, L62_FAULT_RETURNS, L62_FAULT_RAISES };
L62_NT int32_t l62_fault_can(uint32_t service);
L62_NT int32_t l62_fault_is_listed(uint32_t service);
L62_HOST int32_t l62_fault_decide(uint32_t service, uint32_t tag, uint32_t kind,
                                  uint64_t caller, uint32_t *status);
/* Calls that can fail, counted; where nothing is to fail that is all there is to do. */
struct l62_fault_call {
	uint64_t caller;  /* the driver's return address */
	uint32_t service; /* index into l62_services */
	uint32_t injected;
};
extern struct l62_fault_counter {
	uint64_t *count;
	struct l62_fault_call *calls; /* by number, less 1 */
	uint64_t calls_most;
	uint32_t decides; /* 0: nothing is to fail */
} l62_fault_counter;
static inline uint64_t l62_fault_count(uint32_t service, uint64_t caller)
{
	uint64_t call = ++*l62_fault_counter.count;

	if (call <= l62_fault_counter.calls_most) {
		l62_fault_counter.calls[call - 1].caller = caller;
		l62_fault_counter.calls[call - 1].service = service;
	}
	return call;
}
/* Whether a call was made to fail in this run: then what follows from that is no mistake of the
 * scenario's. */
L62_HOST int32_t l62_fault_injected(void);
extern const uint32_t *l62_service_numbers; /* of imports, by their numbers */

/* What the host asks of kernel/: the scenario, run on the first thread. */
struct l62_scenario {
	uint64_t entry;         /* address of DriverEntry */
	uint64_t image;         /* where the image is */
	uint64_t image_size;    /* bytes */
	const char *name;       /* "MyDriver" */
	const uint32_t *ioctls; /* control codes */
	uint64_t ioctl_count;
	uint64_t buffer_size; /* bytes of input and of output for each of them */
	const struct l62_steps *steps;
	uint64_t iterations; /* how often the steps from middle to middle_end are done */
	uint64_t middle, middle_end;
};
L62_NT void l62_drive(void *scenario);
/* ... and tracker/resources.c: the offset of a field that resources.def names, and the name to
 * show of an entry, NULL: none. */
L62_NT uint64_t l62_resource_field(const char *field);
L62_NT const char *l62_resource_name(uint32_t ledger, uint64_t address);

/* kernel/services.def as an array; address: code, or the variable itself. */
struct l62_service {
	const char *name;
	void *address;
	uint32_t is_data;
	uint32_t irql; /* the highest at which it may be called */
};
extern const struct l62_service l62_services[];
extern const uint32_t l62_service_count;

#endif
