/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * From a stub of booking.c, with the service's number in eax and the arguments as the
 * driver put them: l62_booking_before() says where to go on, l62_booking_after() gets
 * what the service returns.  When it raises, its record goes and nothing is booked.
 */
#include "record.h"

	.intel_syntax noprefix
	.text

	.globl	l62_booking_enter
	.hidden	l62_booking_enter
	.type	l62_booking_enter, @function
l62_booking_enter:
	mov	r10, gs:[L62_KPCR_TOP]
	mov	r11, [rsp]
	mov	[r10 - L62_RECORD_SIZE + L62_RECORD_RESUME], r11
	lea	r11, [rip + .Lreturned]
	mov	[rsp], r11
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
	mov	ecx, eax
	cld
	call	l62_booking_before
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

.Lreturned:
	push	rbp
	mov	rbp, rsp
	sub	rsp, 0x40
	and	rsp, -16
	mov	[rsp + 0x20], rax
	movaps	[rsp + 0x30], xmm0
	mov	rcx, rax
	cld
	call	l62_booking_after
	mov	rax, [rsp + 0x20]
	movaps	xmm0, [rsp + 0x30]
	leave
	mov	r10, gs:[L62_KPCR_TOP]
	jmp	[r10 - L62_RECORD_SIZE + L62_RECORD_RESUME]
	.size	l62_booking_enter, . - l62_booking_enter

	.section .note.GNU-stack, "", @progbits
