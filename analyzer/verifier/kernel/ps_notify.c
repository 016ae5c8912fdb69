/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Processes, and the routines that want to know of them: a table for each kind, as
 * many as Windows has room for.  There is one process, the system's; the scenario
 * lets a program start and end while routines are registered.
 */
#include "drive.h"
#include "ob.h"

enum { PROCESSES_MOST = 64, SYSTEM_ID = 4, PROCESS_SIZE = 0x1000, TYPE_PROCESS = 3 };
enum { PROGRAM_ID = 0xc40, PROGRAM_THREAD_ID = 0xc44 };

struct table {
	PVOID routines[PROCESSES_MOST];
	BOOLEAN extended[PROCESSES_MOST]; /* of the kind that ends in Ex */
};
static struct table processes, threads, images;

PEPROCESS PsInitialSystemProcess;

static PEPROCESS system_process(void)
{
	DISPATCHER_HEADER *header;

	if (!PsInitialSystemProcess) {
		header = l62_host_alloc(PROCESS_SIZE);
		header->Type = TYPE_PROCESS;
		InitializeListHead(&header->WaitListHead);
		PsInitialSystemProcess = (PEPROCESS)header;
		l62_object_insert(header, l62_type_process);
	}
	return PsInitialSystemProcess;
}

PEPROCESS NTAPI IoGetCurrentProcess(VOID)
{
	return system_process();
}

HANDLE NTAPI PsGetCurrentProcessId(VOID)
{
	return (HANDLE)SYSTEM_ID;
}

HANDLE NTAPI PsGetProcessId(PEPROCESS process)
{
	return (HANDLE)(ULONG_PTR)(process == PsInitialSystemProcess ? SYSTEM_ID
	                                                            : PROGRAM_ID);
}

NTSTATUS NTAPI PsLookupProcessByProcessId(HANDLE id, PEPROCESS *process)
{
	if (id != (HANDLE)SYSTEM_ID)
		return STATUS_INVALID_PARAMETER;
	*process = system_process();
	ObfReferenceObject(*process);
	return STATUS_SUCCESS;
}

static NTSTATUS add(struct table *table, PVOID routine, BOOLEAN extended)
{
	for (ULONG i = 0; i < PROCESSES_MOST; i++) {
		if (table->routines[i] == routine)
			return STATUS_INVALID_PARAMETER; /* documented: there already */
	}
	for (ULONG i = 0; i < PROCESSES_MOST; i++) {
		if (!table->routines[i]) {
			table->routines[i] = routine;
			table->extended[i] = extended;
			return STATUS_SUCCESS;
		}
	}
	return STATUS_INVALID_PARAMETER;
}

static NTSTATUS remove(struct table *table, PVOID routine)
{
	for (ULONG i = 0; i < PROCESSES_MOST; i++) {
		if (table->routines[i] == routine) {
			table->routines[i] = NULL;
			return STATUS_SUCCESS;
		}
	}
	return STATUS_PROCEDURE_NOT_FOUND;
}

static NTSTATUS set_process(PVOID routine, BOOLEAN gone, BOOLEAN extended)
{
	NTSTATUS status;

	if (!gone)
		return add(&processes, routine, extended);
	status = remove(&processes, routine);
	return NT_SUCCESS(status) ? status : STATUS_INVALID_PARAMETER;
}

NTSTATUS NTAPI PsSetCreateProcessNotifyRoutine(PCREATE_PROCESS_NOTIFY_ROUTINE routine,
                                               BOOLEAN gone)
{
	return set_process((PVOID)routine, gone, FALSE);
}

NTSTATUS NTAPI PsSetCreateProcessNotifyRoutineEx(PCREATE_PROCESS_NOTIFY_ROUTINE_EX routine,
                                                 BOOLEAN gone)
{
	return set_process((PVOID)routine, gone, TRUE);
}

NTSTATUS NTAPI PsSetCreateThreadNotifyRoutine(PCREATE_THREAD_NOTIFY_ROUTINE routine)
{
	return add(&threads, (PVOID)routine, FALSE);
}

NTSTATUS NTAPI PsRemoveCreateThreadNotifyRoutine(PCREATE_THREAD_NOTIFY_ROUTINE routine)
{
	return remove(&threads, (PVOID)routine);
}

NTSTATUS NTAPI PsSetLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE routine)
{
	return add(&images, (PVOID)routine, FALSE);
}

NTSTATUS NTAPI PsRemoveLoadImageNotifyRoutine(PLOAD_IMAGE_NOTIFY_ROUTINE routine)
{
	return remove(&images, (PVOID)routine);
}

/* Calls what is registered when the call begins. */
static void call(const struct table *table, const uint64_t *args, ULONG count)
{
	struct table now = *table;

	for (ULONG i = 0; i < PROCESSES_MOST; i++) {
		if (now.routines[i] && !now.extended[i])
			l62_invoke(now.routines[i], args, count, NULL);
	}
}

void l62_notify_thread(ULONG_PTR id, BOOLEAN create)
{
	call(&threads, (const uint64_t[]){SYSTEM_ID, id, create}, 3);
}

static void call_extended(BOOLEAN create, PVOID process)
{
	static UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\??\\C:\\leak62\\program.exe");
	struct table now = processes;
	PS_CREATE_NOTIFY_INFO info = {.Size = sizeof(info)};

	info.FileOpenNameAvailable = 1;
	info.ParentProcessId = (HANDLE)SYSTEM_ID;
	info.CreatingThreadId.UniqueProcess = (HANDLE)SYSTEM_ID;
	info.CreatingThreadId.UniqueThread = PsGetCurrentThreadId();
	info.ImageFileName = &name;
	info.CommandLine = &name;
	for (ULONG i = 0; i < PROCESSES_MOST; i++) {
		const uint64_t args[] = {(ULONG_PTR)process, PROGRAM_ID,
		                         create ? (ULONG_PTR)&info : 0};

		if (now.routines[i] && now.extended[i])
			l62_invoke(now.routines[i], args, 3, NULL);
	}
}

static BOOLEAN is_empty(const struct table *table)
{
	for (ULONG i = 0; i < PROCESSES_MOST; i++) {
		if (table->routines[i])
			return FALSE;
	}
	return TRUE;
}

static PVOID program;

static void begin_program(void)
{
	if (program)
		return;
	program = l62_host_alloc(PROCESS_SIZE);
	((DISPATCHER_HEADER *)program)->Type = TYPE_PROCESS;
	InitializeListHead(&((DISPATCHER_HEADER *)program)->WaitListHead);
	l62_object_insert(program, l62_type_process);
	call(&processes, (const uint64_t[]){SYSTEM_ID, PROGRAM_ID, TRUE}, 3);
	call_extended(TRUE, program);
	/* Who has started it gets a handle. */
	l62_object_opening(program, l62_type_process, PROCESS_ALL_ACCESS, FALSE);
}

static void end_program(void)
{
	if (!program)
		return;
	call(&processes, (const uint64_t[]){SYSTEM_ID, PROGRAM_ID, FALSE}, 3);
	call_extended(FALSE, program);
	/* References may be left: the object stays with them. */
	ObfDereferenceObject(program);
	program = NULL;
}

void l62_notify_program_thread(ULONG events)
{
	if (events & L62_EVENT_BEGIN)
		call(&threads, (const uint64_t[]){PROGRAM_ID, PROGRAM_THREAD_ID, TRUE}, 3);
	if (events & L62_EVENT_END)
		call(&threads, (const uint64_t[]){PROGRAM_ID, PROGRAM_THREAD_ID, FALSE}, 3);
}

void l62_notify_image(void)
{
	static UNICODE_STRING name =
	        RTL_CONSTANT_STRING(L"\\Device\\HarddiskVolume1\\leak62\\program.exe");
	IMAGE_INFO image = {.ImageBase = (PVOID)0x400000, .ImageSize = 0x10000};

	call(&images, (const uint64_t[]){(ULONG_PTR)&name, PROGRAM_ID, (ULONG_PTR)&image}, 3);
}

void l62_notify_process(ULONG events)
{
	if (is_empty(&processes) && is_empty(&threads) && is_empty(&images) &&
	    !l62_object_is_watched())
		return;
	if (events & L62_EVENT_BEGIN) {
		begin_program();
		l62_notify_program_thread(L62_EVENT_BEGIN);
		l62_notify_image();
	}
	if (events & L62_EVENT_END) {
		l62_notify_program_thread(L62_EVENT_END);
		end_program();
	}
}
