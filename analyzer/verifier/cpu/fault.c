/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Which faults are exceptions that a driver can handle, and which are bug checks.
 *
 *   exception   user addresses (below L62_USER_END), addresses that are not canonical,
 *               division, breakpoint, illegal instruction, single step, int 0x2c
 *   bug check   special pool (0xCC, 0xCD, 0xD5, 0xD6), any other address (0x50), any
 *               at DISPATCH_LEVEL (0xD1 in the driver's code, 0x0A in a service),
 *               int 0x29 (0x139), a full stack (0x7F)
 *
 * Source: "Handling Exceptions" and the bug checks of the Windows documentation.
 */
#include "fault.h"

#include <string.h>

#include "capture.h"
#include "cpu.h"
#include "host.h"
#include "loader/image.h"
#include "run/child.h"
#include "sched/sched.h"
#include "seh.h"
#include "shared_page.h"
#include "tracker/paged.h"
#include "tracker/special.h"
#include "tracker/tracker.h"

enum {
	IRQL_NOT_LESS_OR_EQUAL = 0x0a,
	PAGE_FAULT_IN_NONPAGED_AREA = 0x50,
	UNEXPECTED_KERNEL_MODE_TRAP = 0x7f,
	DOUBLE_FAULT = 8,
	DRIVER_IRQL_NOT_LESS_OR_EQUAL = 0xd1,
	KERNEL_SECURITY_CHECK_FAILURE = 0x139,
};
enum { FASTFAIL_VECTOR = 0x29, ASSERT_VECTOR = 0x2c, DISPATCH_LEVEL = 2 };
enum { WRITE_FAULT = 2, FETCH_FAULT = 16 };          /* the page fault's error code */
enum { READ = 0, WRITE = 1, EXECUTE = 8 };           /* an access violation's parameter */
enum { RED_ZONE = 128, ROOM = 0x2000, HOME = 0x28 }; /* below the interrupted frame */
enum { TRAP_FLAG = 0x100, DIRECTION = 0x400, ALIGNMENT = 0x40000 };

#define STATUS_BREAKPOINT 0x80000003u
#define STATUS_SINGLE_STEP 0x80000004u
#define STATUS_ACCESS_VIOLATION 0xc0000005u
#define STATUS_ILLEGAL_INSTRUCTION 0xc000001du
#define STATUS_INTEGER_DIVIDE_BY_ZERO 0xc0000094u
#define STATUS_INTEGER_OVERFLOW 0xc0000095u
#define STATUS_FLOAT_MULTIPLE_TRAPS 0xc00002b5u
#define STATUS_ASSERTION_FAILURE 0xc0000420u

static void read_state(struct l62_cpu_state *state, const ucontext_t *context)
{
	static const uint8_t order[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
	                                  REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
	                                  REG_R12, REG_R13, REG_R14, REG_R15};
	const greg_t *from = context->uc_mcontext.gregs;

	state->registers.rip = (uint64_t)from[REG_RIP];
	for (int i = 0; i < 16; i++)
		state->registers.gpr[i] = (uint64_t)from[order[i]];
	memcpy(state->registers.xmm, context->uc_mcontext.fpregs->_xmm,
	       sizeof(state->registers.xmm));
	state->mxcsr = context->uc_mcontext.fpregs->mxcsr;
	state->eflags = (uint64_t)from[REG_EFL] & ~(uint64_t)TRAP_FLAG;
}

/* Ends the run with the driver's stack at the fault; in a service: of its call. */
_Noreturn static void stop(const struct l62_cpu_state *state, bool in_driver, uint32_t code,
                           uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4)
{
	struct l62_arena *arena = l62_child_arena();
	uint64_t frames[L62_STACK_DEPTH];
	size_t count;

	count = in_driver ? l62_capture_from(frames, L62_STACK_DEPTH, &state->registers)
	                  : l62_capture(frames, L62_STACK_DEPTH, NULL);
	arena->stack = l62_stack_store(arena, frames, count);
	l62_end_bugcheck(code, a1, a2, a3, a4);
}

/* The divisor of a div or idiv in a register; of others nothing is known: 0. */
static uint64_t divisor(const struct l62_registers *registers)
{
	const struct l62_image *image = l62_image_loaded();
	uint64_t rva = image ? registers->rip - image->base : 0, value;
	const uint8_t *code;
	uint8_t rex = 0;
	bool narrow;

	if (!image || image->size < 16 || rva > image->size - 16)
		return 0;
	code = image->unwind.image + rva;
	narrow = *code == 0x66;
	code += narrow;
	if ((*code & 0xf0) == 0x40)
		rex = *code++;
	if ((*code & 0xfe) != 0xf6 || code[1] >> 6 != 3)
		return 0;
	value = registers->gpr[(code[1] & 7) | (rex & 1 ? 8 : 0)];
	if (*code == 0xf6)
		return value & 0xff;
	return rex & 8 ? value : narrow ? value & 0xffff : value & 0xffffffff;
}

static void read_segv(struct l62_fault *fault, const siginfo_t *info, uint64_t error,
                      bool in_driver)
{
	uint64_t address = l62_shared_page_original((uintptr_t)info->si_addr);
	uint64_t rip = fault->state.registers.rip;
	uint64_t access = error & FETCH_FAULT ? EXECUTE : error & WRITE_FAULT ? WRITE : READ;
	uint8_t irql = l62_cpu_irql();
	uint32_t special;

	fault->code = STATUS_ACCESS_VIOLATION;
	fault->parameter_count = 2;
	if (info->si_code == SI_KERNEL) {
		if (error >> 3 == FASTFAIL_VECTOR)
			stop(&fault->state, in_driver, KERNEL_SECURITY_CHECK_FAILURE,
			     fault->state.registers.gpr[L62_RCX] & 0xffffffff, 0, 0, 0);
		if (error >> 3 == ASSERT_VECTOR) {
			fault->code = STATUS_ASSERTION_FAILURE;
			fault->parameter_count = 0;
			return;
		}
		/* Not canonical: the processor does not say which. */
		fault->parameters[1] = UINT64_MAX;
		return;
	}
	if (l62_sched_is_overflow(address))
		stop(&fault->state, in_driver, UNEXPECTED_KERNEL_MODE_TRAP, DOUBLE_FAULT, 0, 0,
		     0);
	special = irql >= DISPATCH_LEVEL && l62_paged_is(address)
	                  ? 0
	                  : l62_special_fault(address, in_driver);
	if (special)
		stop(&fault->state, in_driver, special, address, access == WRITE, rip, 0);
	if (irql >= DISPATCH_LEVEL)
		stop(&fault->state, in_driver,
		     in_driver || access == EXECUTE ? DRIVER_IRQL_NOT_LESS_OR_EQUAL
		                                    : IRQL_NOT_LESS_OR_EQUAL,
		     address, irql, access, rip);
	if (address >= L62_USER_END)
		stop(&fault->state, in_driver, PAGE_FAULT_IN_NONPAGED_AREA, address,
		     access == EXECUTE ? 0x10
		     : access == WRITE ? 2
		                       : 0,
		     rip, 0);
	fault->parameters[0] = access;
	fault->parameters[1] = address;
	fault->only_leaf = access == EXECUTE && rip == address;
}

static void read_fault(struct l62_fault *fault, int number, const siginfo_t *info,
                       const ucontext_t *context, bool in_driver)
{
	read_state(&fault->state, context);
	switch (number) {
	case SIGILL:
		fault->code = STATUS_ILLEGAL_INSTRUCTION;
		break;
	case SIGFPE:
		fault->code = info->si_code != FPE_INTDIV ? STATUS_FLOAT_MULTIPLE_TRAPS
		              : divisor(&fault->state.registers)
		                      ? STATUS_INTEGER_OVERFLOW
		                      : STATUS_INTEGER_DIVIDE_BY_ZERO;
		break;
	case SIGTRAP:
		if (info->si_code == TRAP_TRACE) {
			fault->code = STATUS_SINGLE_STEP;
			break;
		}
		/* Windows counts from the int 3, not from behind it. */
		fault->code = STATUS_BREAKPOINT;
		fault->parameter_count = 1;
		fault->state.registers.rip--;
		break;
	case SIGSEGV:
		read_segv(fault, info, (uint64_t)context->uc_mcontext.gregs[REG_ERR],
		          in_driver);
		break;
	default:
		fault->code = STATUS_ACCESS_VIOLATION;
		fault->parameter_count = 2;
		fault->parameters[1] = UINT64_MAX;
		break;
	}
}

void l62_fault_raise(int number, const siginfo_t *info, ucontext_t *context, bool in_driver)
{
	greg_t *registers = context->uc_mcontext.gregs;
	struct l62_stack stack = l62_sched_stack();
	uint64_t rsp = (uint64_t)registers[REG_RSP];
	struct l62_fault fault = {0}, *place;
	struct l62_record *record;

	read_fault(&fault, number, info, context, in_driver);
	if (rsp > stack.high || rsp < stack.low + ROOM)
		stop(&fault.state, in_driver, UNEXPECTED_KERNEL_MODE_TRAP, DOUBLE_FAULT, 0, 0,
		     0);
	place = (struct l62_fault *)(uintptr_t)((rsp - RED_ZONE - sizeof(fault)) &
	                                        ~UINT64_C(63));
	*place = fault;
	record = l62_cpu_record_push();
	if (!record)
		stop(&fault.state, in_driver, UNEXPECTED_KERNEL_MODE_TRAP, DOUBLE_FAULT, 0, 0,
		     0);
	record->kind = L62_RECORD_EXCEPTION;
	record->state = &place->state;
	record->import = fault.only_leaf;
	registers[REG_RIP] = (greg_t)(uintptr_t)l62_exception_dispatch;
	registers[REG_RSP] = (greg_t)((uintptr_t)place - HOME);
	memset((uint8_t *)place - HOME, 0, 8); /* nobody to return to */
	registers[REG_RCX] = (greg_t)(uintptr_t)place;
	registers[REG_RDX] = (greg_t)(uintptr_t)record;
	registers[REG_EFL] &= ~(greg_t)(TRAP_FLAG | DIRECTION | ALIGNMENT);
}
