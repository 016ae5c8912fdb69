/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The KPCR, CR8 and what happens on a fault: a privileged instruction is carried out,
 * anything else ends the run with the bug check Windows would have.
 */
#include "cpu.h"

#include <asm/prctl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "capture.h"
#include "host.h"
#include "loader/image.h"
#include "run/child.h"
#include "sched/sched.h"
#include "shared_page.h"
#include "tracker/tracker.h"

/* Fields of the KPCR and KPRCB that drivers read, as documented for debuggers. */
enum { SELF = 0x18, PRCB = 0x20, IRQL = 0x50, PRCB_OFFSET = 0x180, THREAD = 0x188 };

enum {
	KMODE_EXCEPTION_NOT_HANDLED = 0x1e,
	UNEXPECTED_KERNEL_MODE_TRAP = 0x7f,
	DOUBLE_FAULT = 8,
	KERNEL_SECURITY_CHECK_FAILURE = 0x139,
	FASTFAIL_VECTOR = 0x29,
	WRITE_FAULT = 2, /* in the page fault's error code */
};
#define STATUS_ACCESS_VIOLATION 0xc0000005u
#define STATUS_ILLEGAL_INSTRUCTION 0xc000001du
#define STATUS_INTEGER_DIVIDE_BY_ZERO 0xc0000094u
#define STATUS_BREAKPOINT 0x80000003u

static uint8_t *kpcr;

static void put(size_t offset, uint64_t value)
{
	memcpy(kpcr + offset, &value, sizeof(value));
}

uint8_t l62_cpu_irql(void)
{
	return kpcr[IRQL];
}

void l62_cpu_set_irql(uint8_t irql)
{
	kpcr[IRQL] = irql;
}

void l62_cpu_switch(void *thread_object, struct l62_record *top, struct l62_record *limit)
{
	put(THREAD, (uintptr_t)thread_object);
	put(L62_KPCR_TOP, (uintptr_t)top);
	put(L62_KPCR_LIMIT, (uintptr_t)limit);
}

struct l62_record *l62_cpu_record_top(void)
{
	struct l62_record *top;

	memcpy(&top, kpcr + L62_KPCR_TOP, sizeof(top));
	return top;
}

/* From thunk.S: the driver and the kernel call each other without end. */
_Noreturn __attribute__((visibility("hidden"))) void l62_cpu_records_full(void)
{
	l62_end_bugcheck(UNEXPECTED_KERNEL_MODE_TRAP, DOUBLE_FAULT, 0, 0, 0);
}

static void read_registers(struct l62_registers *registers, const greg_t *from)
{
	static const uint8_t order[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
	                                  REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
	                                  REG_R12, REG_R13, REG_R14, REG_R15};

	*registers = (struct l62_registers){.rip = (uint64_t)from[REG_RIP]};
	for (int i = 0; i < 16; i++)
		registers->gpr[i] = (uint64_t)from[order[i]];
}

/* The driver's stack at the fault; in a service: of its call. */
static void keep_stack(const greg_t *from, bool in_driver)
{
	struct l62_arena *arena = l62_child_arena();
	uint64_t frames[L62_STACK_DEPTH];
	struct l62_registers registers;
	size_t count;

	read_registers(&registers, from);
	count = in_driver ? l62_capture_from(frames, L62_STACK_DEPTH, &registers)
	                  : l62_capture(frames, L62_STACK_DEPTH, NULL);
	arena->stack = l62_stack_store(arena, frames, count);
}

_Noreturn static void end_fault(int number, const siginfo_t *info, const greg_t *registers)
{
	uint64_t address = l62_shared_page_original((uintptr_t)info->si_addr);
	uint64_t error = (uint64_t)registers[REG_ERR];
	uint64_t rip = (uint64_t)registers[REG_RIP];
	uint32_t status = STATUS_ACCESS_VIOLATION;
	uint64_t write = error & WRITE_FAULT ? 1 : 0;

	if (number == SIGSEGV && l62_sched_is_overflow(address))
		l62_end_bugcheck(UNEXPECTED_KERNEL_MODE_TRAP, DOUBLE_FAULT, 0, 0, 0);
	if (number == SIGSEGV && info->si_code == SI_KERNEL && error >> 3 == FASTFAIL_VECTOR)
		l62_end_bugcheck(KERNEL_SECURITY_CHECK_FAILURE,
		                 (uint64_t)registers[REG_RCX] & 0xffffffff, 0, 0, 0);
	if (number == SIGILL)
		status = STATUS_ILLEGAL_INSTRUCTION;
	else if (number == SIGFPE)
		status = STATUS_INTEGER_DIVIDE_BY_ZERO;
	else if (number == SIGTRAP)
		status = STATUS_BREAKPOINT;
	if (number != SIGSEGV)
		write = address = 0;
	else if (info->si_code == SI_KERNEL)
		address = UINT64_MAX; /* not canonical: the processor does not say */
	l62_end_bugcheck(KMODE_EXCEPTION_NOT_HANDLED, status, rip, write, address);
}

/* Carries out what only the kernel can do. */
static bool help(const siginfo_t *info, greg_t *registers, const struct l62_image *image,
                 uint64_t rva)
{
	const uint8_t *code = image->unwind.image + rva;

	if (info->si_code == SI_KERNEL)
		return l62_privileged_emulate(registers, code, image->size - rva);
	return l62_shared_page_fault(registers, code, image->size - rva,
	                             (uintptr_t)info->si_addr);
}

static void on_fault(int number, siginfo_t *info, void *context)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
	const struct l62_image *image = l62_image_loaded();
	uint64_t rva = image ? (uint64_t)registers[REG_RIP] - image->base : 0;
	bool in_driver = image && rva < image->size;

	if (l62_shared_page_stepped(registers) && number == SIGTRAP)
		return;
	if (in_driver && number == SIGSEGV && help(info, registers, image, rva))
		return;
	keep_stack(registers, in_driver);
	end_fault(number, info, registers);
}

int l62_cpu_init(struct l62_error *err)
{
	static const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
	enum { ALTERNATE = 128 << 10 };
	struct sigaction action = {.sa_flags = SA_SIGINFO | SA_ONSTACK};
	stack_t stack = {.ss_size = ALTERNATE};

	kpcr = mmap(NULL, L62_KPCR_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
	            -1, 0);
	stack.ss_sp = mmap(NULL, ALTERNATE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
	                   -1, 0);
	if (kpcr == MAP_FAILED || stack.ss_sp == MAP_FAILED)
		return l62_error_set(err, L62_E_IO, "no memory for the processor's own data");
	put(SELF, (uintptr_t)kpcr);
	put(PRCB, (uintptr_t)kpcr + PRCB_OFFSET);
	action.sa_sigaction = on_fault;
	if (syscall(SYS_arch_prctl, ARCH_SET_GS, kpcr) != 0 || sigaltstack(&stack, NULL) != 0)
		return l62_error_set(err, L62_E_IO, "gs or the signal stack cannot be set");
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++)
		sigaction(faults[i], &action, NULL);
	return l62_shared_page_init(err);
}
