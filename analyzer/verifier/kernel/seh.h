/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Structured exception handling, kernel side: the structures that language handlers are
 * given, and what raising and unwinding share.
 * Source: "x64 exception handling" of the Windows documentation; winnt.h for the
 * layout of DISPATCHER_CONTEXT.
 */
#ifndef LEAK62_VERIFIER_KERNEL_SEH_H
#define LEAK62_VERIFIER_KERNEL_SEH_H

#include "nt.h"

#include "cpu/seh.h"

/* EXCEPTION_RECORD.ExceptionFlags */
enum {
	FLAG_NONCONTINUABLE = 1,
	FLAG_UNWINDING = 2,
	FLAG_EXIT_UNWIND = 4,
	FLAG_STACK_INVALID = 8,
	FLAG_NESTED_CALL = 0x10,
	FLAG_TARGET_UNWIND = 0x20,
	FLAG_COLLIDED_UNWIND = 0x40,
};

struct l62_dispatcher { /* DISPATCHER_CONTEXT */
	ULONG64 ControlPc, ImageBase;
	PVOID FunctionEntry;
	ULONG64 EstablisherFrame, TargetIp;
	PCONTEXT ContextRecord;
	PVOID LanguageHandler, HandlerData, HistoryTable;
	ULONG ScopeIndex, Fill;
};

/* A handler that is being called; HANDLER records point to it. */
struct l62_activation {
	BOOLEAN unwinding;
	struct l62_seh_walk at; /* the handler's frame */
	struct l62_dispatcher dispatcher;
	CONTEXT context; /* of the frame */
};

/* Calls the handler of the frame, from its scope on; returns its disposition. */
LONG l62_seh_call(struct l62_activation *activation, PEXCEPTION_RECORD record,
                  PVOID establisher, PCONTEXT context);
/* Fills an activation for a frame; *scope is for it and becomes 0. */
void l62_seh_prepare(struct l62_activation *activation, const struct l62_seh_frame *frame,
                     ULONG64 target, ULONG *scope);

/* rtl_raise.c: goes on in a handler, or nowhere. */
struct l62_raised {
	EXCEPTION_RECORD record;
	CONTEXT context;
	struct l62_record *top; /* the records left if the exception is continued */
};
DECLSPEC_NORETURN void l62_seh_raise(struct l62_raised *raised);
/* Another exception out of the handling of one. */
DECLSPEC_NORETURN void l62_seh_raise_again(NTSTATUS status, PEXCEPTION_RECORD cause);
DECLSPEC_NORETURN void l62_seh_unhandled(PEXCEPTION_RECORD record, PCONTEXT context,
                                         const uint16_t *origin);

/* rtl_context.c */
void l62_context_read(PCONTEXT to, const struct l62_cpu_state *from);
void l62_context_write(struct l62_cpu_state *to, const CONTEXT *from);

/* rtl_unwind.c: documented, but not for C programs. */
VOID NTAPI RtlUnwind(PVOID frame, PVOID target, PEXCEPTION_RECORD record, PVOID value);
VOID NTAPI RtlUnwindEx(PVOID frame, PVOID target, PEXCEPTION_RECORD record, PVOID value,
                       PCONTEXT context, PVOID history);
VOID NTAPI l62_local_unwind(PVOID frame, PVOID target);
LONG NTAPI l62_c_specific_handler(PEXCEPTION_RECORD record, PVOID frame, PCONTEXT context,
                                  struct l62_dispatcher *dispatcher);

/* rtl_context.c */
PVOID NTAPI RtlLookupFunctionEntry(ULONG64 pc, PULONG64 base, PVOID history);
PVOID NTAPI RtlVirtualUnwind(ULONG handlers, ULONG64 base, ULONG64 pc, PVOID function,
                             PCONTEXT context, PVOID *data, PULONG64 establisher,
                             PVOID pointers);

/* rtl_raise.c */
VOID NTAPI RtlRaiseException(PEXCEPTION_RECORD record);

#endif
