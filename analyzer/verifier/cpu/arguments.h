/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * For what stands between a thunk and its service, in assembler: a frame that keeps the
 * registers in which Windows passes arguments, the integers as an array at rsp + 0x20, and
 * has room for a call.  The second gives them back and ends the frame.
 */
	.intel_syntax noprefix

	.macro l62_save_arguments
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
	.endm

	.macro l62_restore_arguments
	mov	rcx, [rsp + 0x20]
	mov	rdx, [rsp + 0x28]
	mov	r8, [rsp + 0x30]
	mov	r9, [rsp + 0x38]
	movaps	xmm0, [rsp + 0x40]
	movaps	xmm1, [rsp + 0x50]
	movaps	xmm2, [rsp + 0x60]
	movaps	xmm3, [rsp + 0x70]
	leave
	.endm
