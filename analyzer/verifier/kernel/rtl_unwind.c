/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Unwinding, and the handler of C's __try: a table of scopes, innermost first.
 *
 *   raising     in each scope around the frame's address that has a jump target, the
 *               filter decides: search on, continue, or unwind to the target
 *   unwinding   in each scope around it without jump target the __finally block runs,
 *               until the one the unwind goes to
 *
 * An unwind that meets another one takes over its frame, and its __finally blocks that
 * have not run yet.
 */
#include "seh.h"

enum { FILTER_TAKES = 1 };

struct scope_table {
	ULONG count;
	struct {
		ULONG begin, end, handler, target; /* RVAs */
	} scopes[];
};

/* Runs the termination handlers of one frame. */
static void run_blocks(const struct l62_seh_frame *frame, PEXCEPTION_RECORD record,
                       PCONTEXT context, ULONG64 target, ULONG *scope)
{
	struct l62_activation activation = {.unwinding = TRUE};

	l62_seh_prepare(&activation, frame, target, scope);
	if (l62_seh_call(&activation, record, (PVOID)frame->establisher, context) !=
	    ExceptionContinueSearch)
		l62_seh_raise_again(STATUS_INVALID_DISPOSITION, record);
}

static DECLSPEC_NORETURN void unwind(ULONG64 to, ULONG64 target, PEXCEPTION_RECORD record,
                                     ULONG64 value, PCONTEXT context)
{
	struct l62_seh_frame frame = {0};
	struct l62_cpu_state state;
	struct l62_seh_walk walk;
	ULONG scope = 0, collided = 0;

	l62_seh_begin(&walk);
	for (;;) {
		LONG kind = l62_seh_next(&walk, L62_UNWIND_UHANDLER, &frame);
		const struct l62_activation *other = frame.activation;

		if (kind == L62_SEH_HANDLER) {
			if (other->unwinding) {
				walk = other->at;
				scope = other->dispatcher.ScopeIndex;
				collided = FLAG_COLLIDED_UNWIND;
			}
			continue;
		}
		if (kind == L62_SEH_END && to == 0)
			l62_seh_unhandled(record, context, frame.frames);
		if (kind == L62_SEH_END || (to && frame.row && frame.establisher > to))
			l62_seh_raise_again(STATUS_INVALID_UNWIND_TARGET, record);
		record->ExceptionFlags &= ~(ULONG)(FLAG_COLLIDED_UNWIND | FLAG_TARGET_UNWIND);
		record->ExceptionFlags |= FLAG_UNWINDING | collided;
		if (to == 0)
			record->ExceptionFlags |= FLAG_EXIT_UNWIND;
		else if (frame.row && frame.establisher == to)
			record->ExceptionFlags |= FLAG_TARGET_UNWIND;
		if (frame.handler)
			run_blocks(&frame, record, context, target, &scope);
		scope = collided = 0;
		if (record->ExceptionFlags & FLAG_TARGET_UNWIND)
			break;
	}
	state = (struct l62_cpu_state){
	        .registers = frame.self.registers, .eflags = 0x202, .mxcsr = INITIAL_MXCSR};
	state.registers.rip = target;
	state.registers.gpr[L62_RAX] = value;
	l62_cpu_restore(&state, frame.self.top);
}

VOID NTAPI RtlUnwindEx(PVOID frame, PVOID target, PEXCEPTION_RECORD record, PVOID value,
                       PCONTEXT context, PVOID history)
{
	EXCEPTION_RECORD own = {.ExceptionCode = STATUS_UNWIND};
	struct l62_cpu_state state;
	struct l62_record *top;
	CONTEXT room;

	UNREFERENCED_PARAMETER(history);
	if (l62_seh_caller(&state, &top))
		own.ExceptionAddress = (PVOID)state.registers.rip;
	if (!context) {
		context = &room;
		l62_context_read(context, &state);
	}
	unwind((ULONG_PTR)frame, (ULONG_PTR)target, record ? record : &own, (ULONG_PTR)value,
	       context);
}

VOID NTAPI RtlUnwind(PVOID frame, PVOID target, PEXCEPTION_RECORD record, PVOID value)
{
	RtlUnwindEx(frame, target, record, value, NULL, NULL);
}

/* For goto and return out of a __try block. */
VOID NTAPI l62_local_unwind(PVOID frame, PVOID target)
{
	RtlUnwindEx(frame, target, NULL, NULL, NULL, NULL);
}

static LONG filter(const struct l62_dispatcher *dispatcher, ULONG handler,
                   PEXCEPTION_RECORD record, PCONTEXT context)
{
	EXCEPTION_POINTERS pointers = {record, context};
	const uint64_t args[] = {(ULONG_PTR)&pointers, dispatcher->EstablisherFrame};

	if (handler == FILTER_TAKES)
		return EXCEPTION_EXECUTE_HANDLER;
	return (LONG)l62_invoke((PVOID)(dispatcher->ImageBase + handler), args, 2,
	                        L62_FRAMES(L62_FRAME_C_specific_handler));
}

static LONG search(struct l62_dispatcher *dispatcher, PEXCEPTION_RECORD record,
                   PCONTEXT context)
{
	const struct scope_table *table = dispatcher->HandlerData;
	ULONG64 pc = dispatcher->ControlPc - dispatcher->ImageBase;

	for (ULONG i = dispatcher->ScopeIndex; i < table->count; i++) {
		LONG answer;

		if (pc < table->scopes[i].begin || pc >= table->scopes[i].end ||
		    table->scopes[i].target == 0)
			continue;
		answer = filter(dispatcher, table->scopes[i].handler, record, context);
		if (answer < 0)
			return ExceptionContinueExecution;
		if (answer > 0)
			unwind(dispatcher->EstablisherFrame,
			       dispatcher->ImageBase + table->scopes[i].target, record,
			       (ULONG)record->ExceptionCode, context);
	}
	return ExceptionContinueSearch;
}

/* Whether the target is within the same __try block as scope i, which may have parts. */
static BOOLEAN stays(const struct scope_table *table, ULONG i, ULONG64 target)
{
	for (ULONG j = 0; j < table->count; j++) {
		if (target >= table->scopes[j].begin && target < table->scopes[j].end &&
		    table->scopes[j].handler == table->scopes[i].handler &&
		    table->scopes[j].target == table->scopes[i].target)
			return TRUE;
	}
	return FALSE;
}

static LONG terminate(struct l62_dispatcher *dispatcher, ULONG flags)
{
	const struct scope_table *table = dispatcher->HandlerData;
	ULONG64 pc = dispatcher->ControlPc - dispatcher->ImageBase;
	ULONG64 target = dispatcher->TargetIp - dispatcher->ImageBase;

	for (ULONG i = dispatcher->ScopeIndex; i < table->count; i++) {
		const uint64_t args[] = {TRUE, dispatcher->EstablisherFrame};

		if (pc < table->scopes[i].begin || pc >= table->scopes[i].end)
			continue;
		if (flags & FLAG_TARGET_UNWIND &&
		    (stays(table, i, target) ||
		     (table->scopes[i].target && table->scopes[i].target == target)))
			break;
		if (table->scopes[i].target)
			continue;
		/* It has had its turn, even if it is left by another exception. */
		dispatcher->ScopeIndex = i + 1;
		l62_invoke((PVOID)(dispatcher->ImageBase + table->scopes[i].handler), args, 2,
		           L62_FRAMES(L62_FRAME_C_specific_handler));
	}
	return ExceptionContinueSearch;
}

LONG NTAPI l62_c_specific_handler(PEXCEPTION_RECORD record, PVOID frame, PCONTEXT context,
                                  struct l62_dispatcher *dispatcher)
{
	UNREFERENCED_PARAMETER(frame);
	if (record->ExceptionFlags & (FLAG_UNWINDING | FLAG_EXIT_UNWIND))
		return terminate(dispatcher, record->ExceptionFlags);
	return search(dispatcher, record, context);
}
