/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The child's system calls from here on: memory, writing to what is already open,
 * returning from a signal, ending.  All others kill it.
 */
#include "isolate.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sched/sanitize.h"

#define ALLOW(number)                                                                          \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1),                                   \
	        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

#define X86_64 0xc000003e
#define MEMORY_LIMIT (UINT64_C(16) << 30) /* address space: special pool takes much */

int l62_isolate(struct l62_error *err)
{
	static struct sock_filter filter[] = {
	        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
	        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, X86_64, 1, 0),
	        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	        ALLOW(SYS_mmap),
	        ALLOW(SYS_munmap),
	        ALLOW(SYS_mprotect),
	        ALLOW(SYS_mremap),
	        ALLOW(SYS_madvise),
	        ALLOW(SYS_brk),
	        ALLOW(SYS_write),
	        ALLOW(SYS_rt_sigreturn),
	        ALLOW(SYS_rt_sigprocmask),
	        ALLOW(SYS_exit),
	        ALLOW(SYS_exit_group),
	        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};
	struct sock_fprog program = {sizeof(filter) / sizeof(*filter), filter};
	struct rlimit none = {0, 0};

	/* Nothing that the parent has open is the driver's to write to. */
	close_range(STDERR_FILENO + 1, ~0U, 0);
	if (setrlimit(RLIMIT_CORE, &none) != 0)
		return l62_error_set(err, L62_E_IO,
		                     "the child's core dumps cannot be disabled");
#ifndef L62_SANITIZED /* whose runtime reads files and maps terabytes */
	struct rlimit memory = {MEMORY_LIMIT, MEMORY_LIMIT};

	if (setrlimit(RLIMIT_AS, &memory) != 0)
		return l62_error_set(err, L62_E_IO, "the child's memory cannot be limited");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		return l62_error_set(err, L62_E_IO,
		                     "the driver cannot be run apart from the system: seccomp "
		                     "is missing");
#else
	(void)program;
#endif
	return L62_OK;
}
