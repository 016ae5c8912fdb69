/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* CONTEXT records, and walking the stack by a driver's own means.  What is behind the
 * driver's outermost frame belongs to leak62 and has no function entries. */
#include "seh.h"

enum { SEGMENT_CS = 0x10, SEGMENT_SS = 0x18, SEGMENT_USER = 0x2b, SEGMENT_FS = 0x53 };

void l62_context_read(PCONTEXT to, const struct l62_cpu_state *from)
{
	RtlZeroMemory(to, sizeof(*to));
	to->ContextFlags = CONTEXT_FULL | CONTEXT_SEGMENTS;
	to->MxCsr = to->FltSave.MxCsr = (ULONG)from->mxcsr;
	to->SegCs = SEGMENT_CS;
	to->SegSs = SEGMENT_SS;
	to->SegDs = to->SegEs = to->SegGs = SEGMENT_USER;
	to->SegFs = SEGMENT_FS;
	to->EFlags = (ULONG)from->eflags;
	/* Rax to R15 lie in the order of their numbers. */
	RtlCopyMemory(&to->Rax, from->registers.gpr, sizeof(from->registers.gpr));
	RtlCopyMemory(&to->Xmm0, from->registers.xmm, sizeof(from->registers.xmm));
	to->Rip = from->registers.rip;
}

void l62_context_write(struct l62_cpu_state *to, const CONTEXT *from)
{
	to->mxcsr = from->MxCsr & 0xffff;
	/* The flags of arithmetic, direction and interrupts; no traps. */
	to->eflags = (from->EFlags & 0xcd5) | 0x202;
	RtlCopyMemory(to->registers.gpr, &from->Rax, sizeof(to->registers.gpr));
	RtlCopyMemory(to->registers.xmm, &from->Xmm0, sizeof(to->registers.xmm));
	to->registers.rip = from->Rip;
}

VOID NTAPI RtlCaptureContext(PCONTEXT context)
{
	struct l62_cpu_state state;
	struct l62_record *top;

	if (l62_seh_caller(&state, &top))
		l62_context_read(context, &state);
}

PVOID NTAPI RtlLookupFunctionEntry(ULONG64 pc, PULONG64 base, PVOID history)
{
	UNREFERENCED_PARAMETER(history);
	return (PVOID)l62_seh_find(pc, base);
}

PVOID NTAPI RtlVirtualUnwind(ULONG handlers, ULONG64 base, ULONG64 pc, PVOID function,
                             PCONTEXT context, PVOID *data, PULONG64 establisher,
                             PVOID pointers)
{
	struct l62_cpu_state state;
	struct l62_seh_frame frame = {0};

	UNREFERENCED_PARAMETER(base);
	UNREFERENCED_PARAMETER(function);
	UNREFERENCED_PARAMETER(pointers);
	l62_context_write(&state, context);
	state.registers.rip = pc;
	if (!l62_seh_unwind(&state.registers, handlers, &frame))
		l62_seh_raise_again(STATUS_BAD_FUNCTION_TABLE, NULL);
	RtlCopyMemory(&context->Rax, state.registers.gpr, sizeof(state.registers.gpr));
	RtlCopyMemory(&context->Xmm0, state.registers.xmm, sizeof(state.registers.xmm));
	context->Rip = state.registers.rip;
	*establisher = frame.establisher;
	*data = (PVOID)frame.handler_data;
	return (PVOID)frame.handler;
}
