/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * For every file of kernel/: the DDK's headers, whose prototypes the services must
 * match, the host side, and what the services call of each other.
 *
 * These files are compiled for Windows and linked into a Linux program:
 *   - no C library; long has 32 bits, wchar_t 16
 *   - routines of the driver are called by l62_invoke() alone
 *   - objects of the kernel's own come from l62_host_alloc(), what Driver Verifier
 *     counts from l62_pool_allocate()
 *
 * To add a service: 1. write it in the file of its family, named and declared as in
 * the DDK; 2. add its row to services.def, and to faults.def or faults_cannot.def; 3. add a
 * test that fails without it.
 */
#ifndef LEAK62_VERIFIER_NT_H
#define LEAK62_VERIFIER_NT_H

#include <ntifs.h>

#include "host.h"

/* Frames for l62_invoke() and struct l62_pool_request. */
#define L62_FRAMES(...) ((const uint16_t[]){__VA_ARGS__, L62_FRAME_END})

/* io_name.c: devices and symbolic links by name; copies what it is given. */
NTSTATUS l62_name_insert(PCUNICODE_STRING name, PVOID object);
PVOID l62_name_find(PCUNICODE_STRING name);    /* NULL: no such name */
PVOID l62_name_resolve(PCUNICODE_STRING name); /* ob_link.c: through symbolic links */
PVOID l62_name_remove(PCUNICODE_STRING name);  /* likewise */
void l62_name_remove_object(PVOID object);
uint64_t l62_name_hash(PCUNICODE_STRING name); /* equal for equal names */

/* io_irp.c */
PIRP l62_irp_create(PDEVICE_OBJECT device);
/* Calls the dispatch routine of the device's driver for the IRP's next location. */
NTSTATUS l62_irp_call(PDEVICE_OBJECT device, PIRP irp, const uint16_t *frames);
/* As if it had been called and had completed the IRP with a failure. */
NTSTATUS l62_irp_refuse(PDEVICE_OBJECT device, PIRP irp, NTSTATUS status);
/* The same as l62_irp_call() from the I/O manager, and waits for the IRP, which is freed. */
NTSTATUS l62_irp_send(PDEVICE_OBJECT device, PIRP irp, const uint16_t *frames);
/* Likewise, and tells what stood in IoStatus.Information. */
NTSTATUS l62_irp_ask(PDEVICE_OBJECT device, PIRP irp, const uint16_t *frames,
                     ULONG_PTR *information);

/* io_pnp.c: what the PnP manager asks with a minor function, in the next location; what it
 * asks for stays until l62_pnp_take(), which gives back what was answered. */
PVOID l62_pnp_ask(PIO_STACK_LOCATION location, UCHAR minor);
void l62_pnp_take(UCHAR minor, NTSTATUS status, ULONG_PTR information, PVOID asked);

/* io_irp_make.c: a completed IRP goes back to who made it. */
void l62_irp_finish_made(PIRP irp);

/* io_device.c */
PDRIVER_OBJECT l62_driver_create(const struct l62_scenario *scenario);
/* A physical device of a bus driver of the kernel's own. */
PDEVICE_OBJECT l62_pdo_create(void);
/* What physical devices answer from now on, to a minor function or L62_MINOR_ANY;
 * STATUS_SUCCESS at first. */
void l62_pdo_answer(UCHAR major, ULONG minor, NTSTATUS status);

/* io_mdl.c: an MDL of the kernel's own over memory that is locked. */
PMDL l62_mdl_create(PVOID memory, ULONG size);
void l62_mdl_free(PMDL mdl);
void l62_mdl_fill_frames(PMDL mdl);

/* io_request.c: requests as programs and the PnP manager send them. */
/* resources: of START_DEVICE, raw and translated; or NULL. */
NTSTATUS l62_request_pnp(PDEVICE_OBJECT device, UCHAR minor, PCM_RESOURCE_LIST resources);
/* Waits until no device is asked for its relations any more (IoInvalidateDeviceRelations). */
void l62_relations_settle(void);
NTSTATUS l62_request_open(PDEVICE_OBJECT device, PFILE_OBJECT *file);
void l62_request_close(PFILE_OBJECT file); /* and frees it */

/* unload.c: the checks when DriverUnload has returned, and when all has run down. */
void l62_unload_check_queues(const struct l62_scenario *scenario);
void l62_unload_check_rest(const struct l62_scenario *scenario);
/* mm_lock.c: 0xCB if these pages are a program's. */
void l62_unload_check_locked(PMDL mdl, uint64_t pages);
/* ob_object.c: a name in ASCII, for a ledger; text has room for size. */
void l62_ledger_add_name(uint32_t kind, uint64_t address, uint64_t size, PCUNICODE_STRING name);

/* ke_irql.c */
KIRQL NTAPI l62_nt_raise_irql(KIRQL irql);
VOID NTAPI l62_nt_lower_irql(KIRQL irql);
PKTHREAD NTAPI l62_nt_current_thread(VOID);
KIRQL NTAPI l62_nt_current_irql(VOID);

/* Spin locks of both kinds: take at DISPATCH_LEVEL or above, acquire from below it. */
void l62_spin_take(PKSPIN_LOCK lock, ULONG kind);
KIRQL l62_spin_acquire(PKSPIN_LOCK lock, ULONG kind);
void l62_spin_release(PKSPIN_LOCK lock, KIRQL irql, ULONG kind);

/* ke_wait.c: kinds of dispatcher objects by their Type, besides the two events. */
enum {
	MutexObject = 2,
	SemaphoreObject = 5,
	ThreadObject = 6,
	TimerNotificationObject = 8,
	TimerSynchronizationObject = 9,
};
/* Wakes who waits for the object, which is signalled: all, or the first. */
void l62_signal(DISPATCHER_HEADER *object, BOOLEAN all);
NTSTATUS l62_wait(DISPATCHER_HEADER *object, const char *why, PLARGE_INTEGER timeout);

/* The thread that runs. */
static inline PKTHREAD l62_nt_thread(void)
{
	return l62_sched_thread_object(l62_sched_current());
}

/* ke_mutex.c: for who waits, and for threads that end. */
BOOLEAN l62_mutex_take(PRKMUTEX mutex);
void l62_mutex_check_exit(PKTHREAD thread);

/* What the headers do not declare for the version they are compiled for. */
NTSTATUS NTAPI PsSetCreateProcessNotifyRoutineEx(PCREATE_PROCESS_NOTIFY_ROUTINE_EX routine,
                                                 BOOLEAN gone);
NTSTATUS NTAPI PsGetThreadExitStatus(PETHREAD thread);

/* ps_notify.c */
void l62_notify_thread(ULONG_PTR id, BOOLEAN create);

/* ex_pool.c: type is a POOL_TYPE with its flags. */
PVOID l62_pool_allocate_type(int type, SIZE_T size, ULONG tag, const uint16_t *frames);
PVOID l62_pool_allocate_kind(int type, SIZE_T size, ULONG tag, uint16_t kind,
                             const uint16_t *frames);
PVOID NTAPI l62_lookaside_allocate(POOL_TYPE type, SIZE_T size, ULONG tag);
VOID NTAPI l62_lookaside_free(PVOID entry);

/* fault.c, for cpu/gate.S */
struct l62_record;
PVOID l62_fault_gate(ULONG64 *registers, const ULONG64 *stack, const struct l62_record *record);

/* ex_list.c, ex_lookaside.c: exported under other names, for the DDK has them inline. */
USHORT l62_nt_slist_depth(PSLIST_HEADER head);
VOID l62_nt_slist_initialize(PSLIST_HEADER head);
PVOID l62_nt_allocate_paged_lookaside(PPAGED_LOOKASIDE_LIST list);
VOID l62_nt_free_paged_lookaside(PPAGED_LOOKASIDE_LIST list, PVOID entry);
/* rtl_raise.c: raises an exception that cannot be continued, at the service's caller. */
DECLSPEC_NORETURN void l62_raise(NTSTATUS status, ULONG count, const ULONG_PTR *parameters);
#define l62_nt_raise(status) l62_raise(status, 0, NULL)

/* ke_float.c: headers of later versions have the structure's name. */
struct l62_extended;
NTSTATUS NTAPI l62_nt_save_extended(ULONG64 mask, struct l62_extended *where);
VOID NTAPI l62_nt_restore_extended(struct l62_extended *where);
/* ke_system.c */
NTSTATUS NTAPI l62_nt_query_system(ULONG class, PVOID out, ULONG length, PULONG needed);
/* ke_stack.c */
ULONG_PTR NTAPI l62_nt_remaining_stack(VOID);

/* mm_user.c: for a program's request; UserMode. */
BOOLEAN l62_is_user(const VOID *address, SIZE_T size);
/* mm_lock.c: an MDL of the kernel's own over a program's buffer, and its end. */
PMDL l62_mdl_lock(PVOID memory, ULONG size, LOCK_OPERATION operation);
void l62_mdl_unlock(PMDL mdl);

#endif
