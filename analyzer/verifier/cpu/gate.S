/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * In front of a service that can fail, in its place behind the import's thunk, with the
 * arguments as the driver put them: asks l62_fault_gate() of kernel/fault.c, and goes on to
 * the address that it returns, or returns what it left in the first argument's place.
 */
#include "record.h"

	.intel_syntax noprefix
	.text

	.globl	l62_gate
	.hidden	l62_gate
	.type	l62_gate, @function
l62_gate:
	push	rbp
	mov	rbp, rsp
	sub	rsp, 0x80
	and	rsp, -16
	mov	[rsp + 0x20], rcx
	mov	[rsp + 0x28], rdx
	mov	[rsp + 0x30], r8
	mov	[rsp + 0x38], r9
	movaps	[rsp + 0x40], xmm0
	movaps	[rsp + 0x50], xmm1
	movaps	[rsp + 0x60], xmm2
	movaps	[rsp + 0x70], xmm3
	lea	rcx, [rsp + 0x20]
	lea	rdx, [rbp + 8]
	mov	r8, gs:[L62_KPCR_TOP]
	sub	r8, L62_RECORD_SIZE
	cld
	call	l62_fault_gate
	test	rax, rax
	jz	1f
	mov	rcx, [rsp + 0x20]
	mov	rdx, [rsp + 0x28]
	mov	r8, [rsp + 0x30]
	mov	r9, [rsp + 0x38]
	movaps	xmm0, [rsp + 0x40]
	movaps	xmm1, [rsp + 0x50]
	movaps	xmm2, [rsp + 0x60]
	movaps	xmm3, [rsp + 0x70]
	leave
	jmp	rax
1:
	mov	rax, [rsp + 0x20]
	leave
	ret
	.size	l62_gate, . - l62_gate

	.section .note.GNU-stack, "", @progbits
