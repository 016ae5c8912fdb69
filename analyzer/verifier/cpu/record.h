/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Transition records: what is kept of every call between driver and kernel, one stack
 * of them per fiber.  Also read by thunk.S.
 *
 *   SERVICE   the driver called the kernel: its return address, rsp and nonvolatile
 *             registers as they are when that call returns
 *   BOUNDARY  the kernel called the driver: the frames that did it
 *   EXCEPTION the driver, or the kernel for it, was interrupted by a fault: the state
 *   HANDLER   the dispatcher of exceptions is about to call a handler; see seh.h
 *
 * A stack is captured from the newest SERVICE record: its driver's frames by
 * .pdata, at the address l62_invoke_return the BOUNDARY's frames, then on from the
 * SERVICE record before.
 */
#ifndef LEAK62_VERIFIER_RECORD_H
#define LEAK62_VERIFIER_RECORD_H

#define L62_RECORD_SIZE 0x140
#define L62_RECORD_RETURN 0x00
#define L62_RECORD_RSP 0x08
#define L62_RECORD_RBX 0x10
#define L62_RECORD_RBP 0x18
#define L62_RECORD_RSI 0x20
#define L62_RECORD_RDI 0x28
#define L62_RECORD_R12 0x30
#define L62_RECORD_XMM6 0x50
#define L62_RECORD_IMPORT 0xf0
#define L62_RECORD_KIND 0xf4
#define L62_RECORD_FRAMES 0xf8
#define L62_RECORD_ARGUMENTS 0x100
#define L62_RECORD_RESUME 0x120

#define L62_RECORD_SERVICE 1
#define L62_RECORD_BOUNDARY 2
#define L62_RECORD_EXCEPTION 3
#define L62_RECORD_HANDLER 4

/* Behind what Windows keeps in the KPCR: the newest record's end, the limit. */
#define L62_KPCR_SIZE 0x9000
#define L62_KPCR_TOP 0x8000
#define L62_KPCR_LIMIT 0x8008
#define L62_KPCR_RIP 0x8010 /* where l62_cpu_restore() goes on */

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

struct l62_cpu_state;
struct l62_record {
	uint64_t return_address;
	uint64_t rsp; /* where the return address lies; the caller's is 8 above */
	uint64_t rbx, rbp, rsi, rdi;
	uint64_t r12, r13, r14, r15;
	uint64_t xmm[10][2]; /* xmm6 to xmm15 */
	uint32_t import;
	uint32_t kind;
	union {
		const uint16_t *frames;            /* BOUNDARY */
		const struct l62_cpu_state *state; /* EXCEPTION */
		void *activation;                  /* HANDLER */
	};
	/* SERVICE only.  What is passed in registers; the rest lies at rsp + 8 + 8 * number
	 * until the service writes there.  The others are of tracker/resources.c. */
	uint64_t arguments[4];
	uint64_t resume;
	uint64_t kept[2];
	uint32_t service, applies;
};
_Static_assert(sizeof(struct l62_record) == L62_RECORD_SIZE, "thunk.S");
_Static_assert(offsetof(struct l62_record, xmm) == L62_RECORD_XMM6, "thunk.S");
_Static_assert(offsetof(struct l62_record, frames) == L62_RECORD_FRAMES, "thunk.S");
_Static_assert(offsetof(struct l62_record, arguments) == L62_RECORD_ARGUMENTS, "thunk.S");
_Static_assert(offsetof(struct l62_record, resume) == L62_RECORD_RESUME, "booking.S");
#endif
#endif
