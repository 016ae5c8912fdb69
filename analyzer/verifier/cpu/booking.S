/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * From a stub of booking.c, with the service's number in eax and the arguments as the
 * driver put them: l62_booking_before() says where to go on, l62_booking_after() gets
 * what the service returns.  When it raises, its record goes and nothing is booked.
 */
#include "arguments.h"
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
	l62_save_arguments
	mov	ecx, eax
	cld
	call	l62_booking_before
	l62_restore_arguments
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
