/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Raising exceptions: from the frame where it happened outwards, each handler is asked.
 *
 *   a handler that takes it        unwinds to its frame: rtl_unwind.c
 *   ... continues it               the interrupted instruction goes on
 *   a frame whose handler raised   is known by its HANDLER record: the frames up to
 *   the exception                  that one's are marked as nested
 *   an unwind that raised it       its frames are gone: goes on where the unwind was
 *   nobody                         bug check 0x3B for a program's request, 0x7E for a
 *                                  system thread, 0x1E otherwise
 */
#include "mm.h"

#define SYSTEM_SERVICE_EXCEPTION 0x3b
#define SIGN_EXTEND(status) ((ULONG_PTR)(LONG_PTR)(LONG)(status))

static BOOLEAN has_frame(const uint16_t *frames, uint16_t frame)
{
	for (; frames && *frames != L62_FRAME_END; frames++) {
		if (*frames == frame)
			return TRUE;
	}
	return FALSE;
}

BOOLEAN l62_is_request(const uint16_t *frames)
{
	static const uint16_t services[] = {L62_FRAME_NtDeviceIoControlFile,
	                                    L62_FRAME_NtReadFile, L62_FRAME_NtWriteFile,
	                                    L62_FRAME_NtCreateFile, L62_FRAME_NtClose,
	                                    L62_FRAME_NtFlushBuffersFile,
	                                    L62_FRAME_NtQueryInformationFile,
	                                    L62_FRAME_NtSetInformationFile,
	                                    L62_FRAME_NtQueryVolumeInformationFile};

	for (ULONG i = 0; i < sizeof(services) / sizeof(*services); i++) {
		if (has_frame(frames, services[i]))
			return TRUE;
	}
	return FALSE;
}

DECLSPEC_NORETURN void l62_seh_unhandled(PEXCEPTION_RECORD record, PCONTEXT context,
                                         const uint16_t *origin)
{
	ULONG_PTR code = (ULONG)record->ExceptionCode;
	ULONG_PTR address = (ULONG_PTR)record->ExceptionAddress;

	if (l62_is_request(origin))
		l62_end_bugcheck(SYSTEM_SERVICE_EXCEPTION, code, address, (ULONG_PTR)context,
		                 0);
	if (!has_frame(origin, L62_FRAME_KiExecuteAllDpcs))
		l62_end_bugcheck(SYSTEM_THREAD_EXCEPTION_NOT_HANDLED, SIGN_EXTEND(code),
		                 address, (ULONG_PTR)record, (ULONG_PTR)context);
	l62_end_bugcheck(KMODE_EXCEPTION_NOT_HANDLED, SIGN_EXTEND(code), address,
	                 record->NumberParameters > 0 ? record->ExceptionInformation[0] : 0,
	                 record->NumberParameters > 1 ? record->ExceptionInformation[1] : 0);
}

void l62_seh_prepare(struct l62_activation *activation, const struct l62_seh_frame *frame,
                     ULONG64 target, ULONG *scope)
{
	struct l62_cpu_state state = {
	        .registers = frame->self.registers, .eflags = 0x202, .mxcsr = INITIAL_MXCSR};

	l62_context_read(&activation->context, &state);
	activation->at = frame->self;
	activation->dispatcher = (struct l62_dispatcher){
	        .ControlPc = frame->self.registers.rip,
	        .ImageBase = frame->image_base,
	        .FunctionEntry = (PVOID)frame->row,
	        .EstablisherFrame = frame->establisher,
	        .TargetIp = target,
	        .ContextRecord = &activation->context,
	        .LanguageHandler = (PVOID)frame->handler,
	        .HandlerData = (PVOID)frame->handler_data,
	        .ScopeIndex = *scope,
	};
	*scope = 0;
}

LONG l62_seh_call(struct l62_activation *activation, PEXCEPTION_RECORD record,
                  PVOID establisher, PCONTEXT context)
{
	const uint64_t args[] = {(ULONG_PTR)record, (ULONG_PTR)establisher, (ULONG_PTR)context,
	                         (ULONG_PTR)&activation->dispatcher};
	LONG disposition;

	l62_seh_push(activation);
	disposition = (LONG)l62_invoke(
	        activation->dispatcher.LanguageHandler, args, 4,
	        activation->unwinding ? L62_FRAMES(L62_FRAME_RtlpExecuteHandlerForUnwind,
	                                           L62_FRAME_RtlUnwindEx)
	                              : L62_FRAMES(L62_FRAME_RtlpExecuteHandlerForException,
	                                           L62_FRAME_RtlDispatchException,
	                                           L62_FRAME_KiDispatchException,
	                                           L62_FRAME_KiExceptionDispatch));
	l62_seh_pop();
	return disposition;
}

/* Asks the handler of one frame; returns if it would not have the exception. */
static void ask(struct l62_raised *raised, const struct l62_seh_frame *frame, ULONG *scope)
{
	PEXCEPTION_RECORD record = &raised->record;
	struct l62_activation activation = {.unwinding = FALSE};
	struct l62_cpu_state state;

	l62_seh_prepare(&activation, frame, 0, scope);
	switch (l62_seh_call(&activation, record, (PVOID)frame->establisher,
	                     &raised->context)) {
	case ExceptionContinueExecution:
		if (record->ExceptionFlags & FLAG_NONCONTINUABLE)
			l62_seh_raise_again(STATUS_NONCONTINUABLE_EXCEPTION, record);
		l62_context_write(&state, &raised->context);
		l62_cpu_restore(&state, raised->top);
	case ExceptionContinueSearch:
	case ExceptionNestedException:
		return;
	default:
		l62_seh_raise_again(STATUS_INVALID_DISPOSITION, record);
	}
}

DECLSPEC_NORETURN void l62_seh_raise(struct l62_raised *raised)
{
	PEXCEPTION_RECORD record = &raised->record;
	struct l62_seh_frame frame = {0};
	struct l62_seh_walk walk;
	ULONG64 nested = 0;
	ULONG scope = 0;

	l62_seh_begin(&walk);
	for (;;) {
		LONG kind = l62_seh_next(&walk, L62_UNWIND_EHANDLER, &frame);
		const struct l62_activation *other = frame.activation;

		if (kind == L62_SEH_END)
			l62_seh_unhandled(record, &raised->context, frame.frames);
		if (kind == L62_SEH_HANDLER) {
			if (other->unwinding) {
				walk = other->at;
				scope = other->dispatcher.ScopeIndex;
				record->ExceptionFlags |= FLAG_COLLIDED_UNWIND;
			} else if (other->dispatcher.EstablisherFrame > nested) {
				nested = other->dispatcher.EstablisherFrame;
				record->ExceptionFlags |= FLAG_NESTED_CALL;
			}
			continue;
		}
		if (frame.handler)
			ask(raised, &frame, &scope);
		scope = 0;
		record->ExceptionFlags &= ~(ULONG)FLAG_COLLIDED_UNWIND;
		if (nested && frame.establisher >= nested) {
			nested = 0;
			record->ExceptionFlags &= ~(ULONG)FLAG_NESTED_CALL;
		}
	}
}

/* From fault.c, on the interrupted stack. */
L62_NT void l62_exception_dispatch(const struct l62_fault *fault, struct l62_record *top)
{
	struct l62_raised raised = {.top = top};
	PEXCEPTION_RECORD record = &raised.record;

	l62_context_read(&raised.context, &fault->state);
	record->ExceptionCode = (NTSTATUS)fault->code;
	record->ExceptionAddress = (PVOID)fault->state.registers.rip;
	record->NumberParameters = fault->parameter_count;
	for (ULONG i = 0; i < fault->parameter_count; i++)
		record->ExceptionInformation[i] = fault->parameters[i];
	l62_seh_raise(&raised);
}

/* At the driver's call of the service that raises. */
static void at_caller(struct l62_raised *raised)
{
	struct l62_cpu_state state;

	if (!l62_seh_caller(&state, &raised->top))
		l62_end_incomplete("the kernel raised an exception that no driver caused");
	l62_context_read(&raised->context, &state);
	raised->record.ExceptionAddress = (PVOID)raised->context.Rip;
}

static DECLSPEC_NORETURN void raise(NTSTATUS status, ULONG count, const ULONG_PTR *parameters,
                                    PEXCEPTION_RECORD cause)
{
	struct l62_raised raised = {0};

	at_caller(&raised);
	raised.record.ExceptionCode = status;
	raised.record.ExceptionFlags = FLAG_NONCONTINUABLE;
	raised.record.ExceptionRecord = cause;
	raised.record.NumberParameters = count;
	for (ULONG i = 0; i < count; i++)
		raised.record.ExceptionInformation[i] = parameters[i];
	l62_seh_raise(&raised);
}

DECLSPEC_NORETURN void l62_raise(NTSTATUS status, ULONG count, const ULONG_PTR *parameters)
{
	raise(status, count, parameters, NULL);
}

DECLSPEC_NORETURN void l62_seh_raise_again(NTSTATUS status, PEXCEPTION_RECORD cause)
{
	raise(status, 0, NULL, cause);
}

#undef ExRaiseStatus
VOID NTAPI ExRaiseStatus(NTSTATUS status)
{
	raise(status, 0, NULL, NULL);
}

VOID NTAPI ExRaiseAccessViolation(VOID)
{
	raise(STATUS_ACCESS_VIOLATION, 0, NULL, NULL);
}

VOID NTAPI ExRaiseDatatypeMisalignment(VOID)
{
	raise(STATUS_DATATYPE_MISALIGNMENT, 0, NULL, NULL);
}

VOID NTAPI RtlRaiseException(PEXCEPTION_RECORD record)
{
	struct l62_raised raised = {.record = *record};

	at_caller(&raised);
	record->ExceptionAddress = raised.record.ExceptionAddress;
	l62_seh_raise(&raised);
}
