/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The two ways across the border; records are described in record.h.  rax, r10 and
 * r11 are free on both: volatile in the Windows ABI and no arguments.
 */
#include "record.h"

	.intel_syntax noprefix
	.text

/*
 * From an import's own thunk, with its number in eax: pushes a SERVICE record and
 * goes to the service, which finds its arguments where the driver put them and
 * returns to l62_thunk_after.
 */
	.globl	l62_thunk_enter
	.hidden	l62_thunk_enter
	.type	l62_thunk_enter, @function
l62_thunk_enter:
	mov	r10, gs:[L62_KPCR_TOP]
	cmp	r10, gs:[L62_KPCR_LIMIT]
	jae	.Lfull
	mov	r11, [rsp]
	mov	[r10 + L62_RECORD_RETURN], r11
	mov	[r10 + L62_RECORD_RSP], rsp
	mov	[r10 + L62_RECORD_RBX], rbx
	mov	[r10 + L62_RECORD_RBP], rbp
	mov	[r10 + L62_RECORD_RSI], rsi
	mov	[r10 + L62_RECORD_RDI], rdi
	mov	[r10 + L62_RECORD_R12], r12
	mov	[r10 + L62_RECORD_R12 + 8], r13
	mov	[r10 + L62_RECORD_R12 + 16], r14
	mov	[r10 + L62_RECORD_R12 + 24], r15
	movaps	[r10 + L62_RECORD_XMM6], xmm6
	movaps	[r10 + L62_RECORD_XMM6 + 0x10], xmm7
	movaps	[r10 + L62_RECORD_XMM6 + 0x20], xmm8
	movaps	[r10 + L62_RECORD_XMM6 + 0x30], xmm9
	movaps	[r10 + L62_RECORD_XMM6 + 0x40], xmm10
	movaps	[r10 + L62_RECORD_XMM6 + 0x50], xmm11
	movaps	[r10 + L62_RECORD_XMM6 + 0x60], xmm12
	movaps	[r10 + L62_RECORD_XMM6 + 0x70], xmm13
	movaps	[r10 + L62_RECORD_XMM6 + 0x80], xmm14
	movaps	[r10 + L62_RECORD_XMM6 + 0x90], xmm15
	mov	[r10 + L62_RECORD_ARGUMENTS], rcx
	mov	[r10 + L62_RECORD_ARGUMENTS + 8], rdx
	mov	[r10 + L62_RECORD_ARGUMENTS + 16], r8
	mov	[r10 + L62_RECORD_ARGUMENTS + 24], r9
	mov	[r10 + L62_RECORD_IMPORT], eax
	mov	dword ptr [r10 + L62_RECORD_KIND], L62_RECORD_SERVICE
	add	r10, L62_RECORD_SIZE
	mov	gs:[L62_KPCR_TOP], r10
	/* The import was called from there: see l62_thunk_watch(). */
	mov	r11, [rsp]
	sub	r11, [rip + l62_thunk_base]
	cmp	r11, [rip + l62_thunk_span]
	jae	.Lelsewhere
	mov	r10, [rip + l62_thunk_called]
	mov	[r10 + r11 * 2], ax
	inc	word ptr [r10 + r11 * 2]
.Lelsewhere:
	lea	r11, [rip + l62_thunk_after]
	mov	[rsp], r11
	mov	r11, [rip + l62_thunk_targets]
	jmp	[r11 + rax * 8]
.Lfull:
	and	rsp, -16
	call	l62_cpu_records_full

	.type	l62_thunk_after, @function
l62_thunk_after:
	mov	r10, gs:[L62_KPCR_TOP]
	sub	r10, L62_RECORD_SIZE
	mov	gs:[L62_KPCR_TOP], r10
	jmp	[r10 + L62_RECORD_RETURN]

/* uint64_t l62_invoke(routine, args, count, frames), Windows ABI: see host.h. */
	.globl	l62_invoke
	.hidden	l62_invoke
	.type	l62_invoke, @function
l62_invoke:
	push	rbp
	mov	rbp, rsp
	push	rsi
	push	rdi
	mov	r10, gs:[L62_KPCR_TOP]
	cmp	r10, gs:[L62_KPCR_LIMIT]
	jae	.Lfull
	mov	[r10 + L62_RECORD_RSP], rsp
	mov	dword ptr [r10 + L62_RECORD_KIND], L62_RECORD_BOUNDARY
	mov	[r10 + L62_RECORD_FRAMES], r9
	add	r10, L62_RECORD_SIZE
	mov	gs:[L62_KPCR_TOP], r10
	mov	rax, rcx
	mov	rsi, rdx
	/* At least the four home slots, and rsp stays aligned. */
	mov	rcx, r8
	lea	r11, [r8 * 8 + 0x2f]
	and	r11, -16
	sub	rsp, r11
	and	rsp, -16
	mov	rdi, rsp
	cld
	rep	movsq
	mov	rcx, [rsp]
	mov	rdx, [rsp + 8]
	mov	r8, [rsp + 16]
	mov	r9, [rsp + 24]
	call	rax
	.globl	l62_invoke_return
	.hidden	l62_invoke_return
l62_invoke_return:
	mov	r10, gs:[L62_KPCR_TOP]
	sub	r10, L62_RECORD_SIZE
	mov	gs:[L62_KPCR_TOP], r10
	mov	rdi, [rbp - 16]
	mov	rsi, [rbp - 8]
	leave
	ret
	.size	l62_invoke, . - l62_invoke

/*
 * void l62_fiber_switch(uint64_t *from, uint64_t to), System V ABI: keeps this
 * fiber's rsp in *from and goes on where the other one left off.
 */
	.globl	l62_fiber_switch
	.hidden	l62_fiber_switch
	.type	l62_fiber_switch, @function
l62_fiber_switch:
	push	rbp
	push	rbx
	push	r12
	push	r13
	push	r14
	push	r15
	mov	[rdi], rsp
	mov	rsp, rsi
	pop	r15
	pop	r14
	pop	r13
	pop	r12
	pop	rbx
	pop	rbp
	ret
	.size	l62_fiber_switch, . - l62_fiber_switch

	.section .note.GNU-stack, "", @progbits
