/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Going on in an interrupted or unwound frame, and touching memory that may not be
 * there.
 */
#include "record.h"

#define RIP 0
#define GPR(n) (8 + 8 * (n))
#define XMM(n) (0x88 + 16 * (n))
#define EFLAGS 0x188
#define MXCSR 0x190

	.intel_syntax noprefix
	.text

/*
 * void l62_cpu_restore(const struct l62_cpu_state *state, struct l62_record *top), System V
 * ABI.  The state may lie where the new stack grows: nothing is pushed there.
 */
	.globl	l62_cpu_restore
	.hidden	l62_cpu_restore
	.type	l62_cpu_restore, @function
l62_cpu_restore:
	mov	gs:[L62_KPCR_TOP], rsi
	mov	rax, [rdi + RIP]
	mov	gs:[L62_KPCR_RIP], rax
	ldmxcsr	[rdi + MXCSR]
	movups	xmm0, [rdi + XMM(0)]
	movups	xmm1, [rdi + XMM(1)]
	movups	xmm2, [rdi + XMM(2)]
	movups	xmm3, [rdi + XMM(3)]
	movups	xmm4, [rdi + XMM(4)]
	movups	xmm5, [rdi + XMM(5)]
	movups	xmm6, [rdi + XMM(6)]
	movups	xmm7, [rdi + XMM(7)]
	movups	xmm8, [rdi + XMM(8)]
	movups	xmm9, [rdi + XMM(9)]
	movups	xmm10, [rdi + XMM(10)]
	movups	xmm11, [rdi + XMM(11)]
	movups	xmm12, [rdi + XMM(12)]
	movups	xmm13, [rdi + XMM(13)]
	movups	xmm14, [rdi + XMM(14)]
	movups	xmm15, [rdi + XMM(15)]
	push	[rdi + EFLAGS]
	popfq
	mov	rax, [rdi + GPR(0)]
	mov	rcx, [rdi + GPR(1)]
	mov	rdx, [rdi + GPR(2)]
	mov	rbx, [rdi + GPR(3)]
	mov	rbp, [rdi + GPR(5)]
	mov	rsi, [rdi + GPR(6)]
	mov	r8, [rdi + GPR(8)]
	mov	r9, [rdi + GPR(9)]
	mov	r10, [rdi + GPR(10)]
	mov	r11, [rdi + GPR(11)]
	mov	r12, [rdi + GPR(12)]
	mov	r13, [rdi + GPR(13)]
	mov	r14, [rdi + GPR(14)]
	mov	r15, [rdi + GPR(15)]
	mov	rsp, [rdi + GPR(4)]
	mov	rdi, [rdi + GPR(7)]
	jmp	gs:[L62_KPCR_RIP]
	.size	l62_cpu_restore, . - l62_cpu_restore

/*
 * int32_t l62_cpu_probe(const void *address, int32_t write), System V ABI.  A fault in
 * between goes to l62_probe_failed.
 */
	.globl	l62_cpu_probe
	.hidden	l62_cpu_probe
	.type	l62_cpu_probe, @function
l62_cpu_probe:
	.globl	l62_probe_begin
	.hidden	l62_probe_begin
l62_probe_begin:
	mov	al, [rdi]
	test	esi, esi
	jz	.Lprobed
	lock or	byte ptr [rdi], 0
.Lprobed:
	.globl	l62_probe_end
	.hidden	l62_probe_end
l62_probe_end:
	mov	eax, 1
	ret
	.globl	l62_probe_failed
	.hidden	l62_probe_failed
l62_probe_failed:
	xor	eax, eax
	ret
	.size	l62_cpu_probe, . - l62_cpu_probe

	.section .note.GNU-stack, "", @progbits
