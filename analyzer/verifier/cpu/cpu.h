/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The processor as the driver sees it: the KPCR behind gs, CR8, import thunks,
 * privileged instructions and faults.  For the child process only; one of each.
 */
#ifndef LEAK62_VERIFIER_CPU_H
#define LEAK62_VERIFIER_CPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <ucontext.h>

#include "leak62/error.h"
#include "record.h"

/* Maps the KPCR, points gs at it and takes over the fault signals. */
int l62_cpu_init(struct l62_error *err);

/* What gs:[0x188] shows, and where the fiber's records end. */
void l62_cpu_switch(void *thread_object, struct l62_record *top, struct l62_record *limit);
struct l62_record *l62_cpu_record_top(void); /* one behind the newest */

struct l62_record *l62_cpu_record_push(void); /* NULL: no more room */
void l62_cpu_record_pop(void);

/* One thunk for each of count imports, which go to targets[i]; targets must stay. */
int l62_thunk_create(void *const *targets, size_t count, struct l62_error *err);
void *l62_thunk_address(size_t import);
/* From now on calls of imports from size bytes of code at base are noted: the import's number
 * plus 1 in called, at the byte that the call returns to. */
void l62_thunk_watch(uint64_t base, uint64_t size, uint16_t *called);

/*
 * Carries out the privileged instruction at the context's rip, of which size bytes
 * can be read; false if it is none that is known.
 */
bool l62_privileged_emulate(greg_t *registers, const uint8_t *code, size_t size);

extern char l62_invoke_return[];
/* Puts this stack's pointer in *from and goes on with the stack to. */
void l62_fiber_switch(uint64_t *from, uint64_t to);

#endif
