/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * In front of a service that can fail, in its place behind the import's thunk, with the
 * arguments as the driver put them: asks l62_fault_gate() of kernel/fault.c, and goes on to
 * the address that it returns, or returns what it left in the first argument's place.
 */
#include "record.h"
#include "arguments.h"

	.intel_syntax noprefix
	.text

	.globl	l62_gate
	.hidden	l62_gate
	.type	l62_gate, @function
l62_gate:
	l62_save_arguments
	lea	rcx, [rsp + 0x20]
	lea	rdx, [rbp + 8]
	mov	r8, gs:[L62_KPCR_TOP]
	sub	r8, L62_RECORD_SIZE
	cld
	call	l62_fault_gate
	test	rax, rax
	jz	1f
	l62_restore_arguments
	jmp	rax
1:
	mov	rax, [rsp + 0x20]
	leave
	ret
	.size	l62_gate, . - l62_gate

	.section .note.GNU-stack, "", @progbits
