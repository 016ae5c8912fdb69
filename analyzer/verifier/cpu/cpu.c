/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The KPCR, CR8 and what happens on a fault: a privileged instruction is carried out,
 * anything else is an exception or a bug check: see fault.c.
 */
#include "cpu.h"

#include <asm/prctl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fault.h"
#include "host.h"
#include "loader/image.h"
#include "run/memory.h"
#include "shared_page.h"
#include "trace.h"
#include "tracker/paged.h"

/* Fields of the KPCR and KPRCB that drivers read, as documented for debuggers. */
enum { SELF = 0x18, PRCB = 0x20, IRQL = 0x50, PRCB_OFFSET = 0x180, THREAD = 0x188 };

enum { UNEXPECTED_KERNEL_MODE_TRAP = 0x7f, DOUBLE_FAULT = 8, DISPATCH_LEVEL = 2 };

extern char l62_probe_begin[], l62_probe_end[], l62_probe_failed[];

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
	if (l62_paged_open && irql >= DISPATCH_LEVEL && kpcr[IRQL] < DISPATCH_LEVEL)
		l62_paged_close();
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

struct l62_record *l62_cpu_record_push(void)
{
	struct l62_record *top = l62_cpu_record_top(), *limit;

	memcpy(&limit, kpcr + L62_KPCR_LIMIT, sizeof(limit));
	if (top >= limit)
		return NULL;
	put(L62_KPCR_TOP, (uintptr_t)(top + 1));
	return top;
}

void l62_cpu_record_pop(void)
{
	put(L62_KPCR_TOP, (uintptr_t)(l62_cpu_record_top() - 1));
}

/* From thunk.S: the driver and the kernel call each other without end. */
_Noreturn __attribute__((visibility("hidden"))) void l62_cpu_records_full(void)
{
	l62_end_bugcheck(UNEXPECTED_KERNEL_MODE_TRAP, DOUBLE_FAULT, 0, 0, 0);
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

	if (number == SIGSEGV && info->si_code == SEGV_ACCERR &&
	    l62_paged_opened((uintptr_t)info->si_addr))
		return;
	if ((uint64_t)registers[REG_RIP] - (uintptr_t)l62_probe_begin <
	    (uint64_t)(l62_probe_end - l62_probe_begin)) {
		registers[REG_RIP] = (greg_t)(uintptr_t)l62_probe_failed;
		return;
	}
	if (number == SIGTRAP && l62_trace_trapped(info, registers))
		return;
	if (l62_shared_page_stepped(registers) && number == SIGTRAP)
		return;
	if (in_driver && number == SIGSEGV && help(info, registers, image, rva))
		return;
	l62_fault_raise(number, info, context, in_driver);
}

int l62_cpu_init(struct l62_error *err)
{
	static const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
	enum { ALTERNATE = 128 << 10 };
	struct sigaction action = {.sa_flags = SA_SIGINFO | SA_ONSTACK};
	stack_t stack = {.ss_size = ALTERNATE};

	kpcr = l62_memory_map(L62_KPCR_SIZE, PROT_READ | PROT_WRITE);
	stack.ss_sp = l62_memory_map(ALTERNATE, PROT_READ | PROT_WRITE);
	if (!kpcr || !stack.ss_sp)
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
