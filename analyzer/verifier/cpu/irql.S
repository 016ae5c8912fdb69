/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * From a guard of irql.c, with the service's number in eax and the arguments as the
 * driver put them, when the IRQL is too high: asks l62_irql_exceeded(), which may
 * find that the call is allowed after all, and goes on to the address it returns.
 */
	.intel_syntax noprefix
	.text

	.globl	l62_irql_ask
	.hidden	l62_irql_ask
	.type	l62_irql_ask, @function
l62_irql_ask:
	push	rbp
	mov	rbp, rsp
	push	rsi
	push	rdi
	sub	rsp, 0x60
	and	rsp, -16
	mov	[rsp], rcx
	mov	[rsp + 0x08], rdx
	mov	[rsp + 0x10], r8
	mov	[rsp + 0x18], r9
	movaps	[rsp + 0x20], xmm0
	movaps	[rsp + 0x30], xmm1
	movaps	[rsp + 0x40], xmm2
	movaps	[rsp + 0x50], xmm3
	mov	edi, eax
	mov	rsi, rsp
	cld
	call	l62_irql_exceeded
	mov	rcx, [rsp]
	mov	rdx, [rsp + 0x08]
	mov	r8, [rsp + 0x10]
	mov	r9, [rsp + 0x18]
	movaps	xmm0, [rsp + 0x20]
	movaps	xmm1, [rsp + 0x30]
	movaps	xmm2, [rsp + 0x40]
	movaps	xmm3, [rsp + 0x50]
	mov	rdi, [rbp - 16]
	mov	rsi, [rbp - 8]
	leave
	jmp	rax
	.size	l62_irql_ask, . - l62_irql_ask

	.section .note.GNU-stack, "", @progbits
