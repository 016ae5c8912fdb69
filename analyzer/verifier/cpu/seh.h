/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Exceptions, host side: what a fault leaves for the dispatcher in kernel/, and the walk
 * from frame to frame that raising and unwinding make, across transition records.
 * Read by both sides, as host.h.
 *
 *   fault -> EXCEPTION record -> l62_exception_dispatch(), on the driver's stack below
 *   the frame that was interrupted -> handlers -> l62_cpu_restore()
 *
 * A service that calls l62_invoke() may never be returned to: an exception goes through it
 * to the driver's frames below.  So it must not hold anything in between.
 */
#ifndef LEAK62_VERIFIER_SEH_H
#define LEAK62_VERIFIER_SEH_H

#include "host.h"
#include "loader/unwind.h"

struct l62_record;

/* Everything of a processor that an exception can interrupt; also read by restore.S. */
struct l62_cpu_state {
	struct l62_registers registers;
	uint64_t eflags;
	uint64_t mxcsr;
};

/* As in an EXCEPTION_RECORD; only_leaf: the fault was in fetching code at rip, so that rsp
 * still is where a call left it. */
struct l62_fault {
	struct l62_cpu_state state;
	uint64_t parameters[2];
	uint32_t code;
	uint32_t parameter_count;
	uint32_t only_leaf;
};

/* Where a walk is: at a frame, and one behind the newest record older than it. */
struct l62_seh_walk {
	struct l62_registers registers;
	struct l62_record *top;
};

enum { L62_SEH_END, L62_SEH_FRAME, L62_SEH_HANDLER };
struct l62_seh_frame {
	struct l62_seh_walk self; /* the walk when it was at this frame */
	uint64_t image_base;
	uint64_t row; /* address of the RUNTIME_FUNCTION; 0: a leaf */
	uint64_t establisher;
	uint64_t handler, handler_data; /* addresses; 0: none */
	void *activation;               /* HANDLER: of which dispatcher */
	const uint16_t *frames;         /* END: the kernel's that began it all, or NULL */
};

/* At the newest transition record. */
L62_HOST void l62_seh_begin(struct l62_seh_walk *walk);
/* On to the caller; *frame: what was passed.  handlers: L62_UNWIND_*HANDLER. */
L62_HOST int32_t l62_seh_next(struct l62_seh_walk *walk, uint32_t handlers,
                              struct l62_seh_frame *frame);
/* One frame of the driver; 0: the tables or the stack make no sense. */
L62_HOST int32_t l62_seh_unwind(struct l62_registers *registers, uint32_t handlers,
                                struct l62_seh_frame *frame);
/* The RUNTIME_FUNCTION of pc, or 0; *base: the image. */
L62_HOST uint64_t l62_seh_find(uint64_t pc, uint64_t *base);

/* A HANDLER record around a call of a handler. */
L62_HOST void l62_seh_push(void *activation);
L62_HOST void l62_seh_pop(void);
/* As they will be when the newest call of a service returns; 0: there is none. */
L62_HOST int32_t l62_seh_caller(struct l62_cpu_state *state, struct l62_record **top);
/* Who began what the running fiber does: frames up to L62_FRAME_END, or NULL. */
L62_HOST const uint16_t *l62_seh_origin(void);
/* Goes on there, with the records below top. */
_Noreturn L62_HOST void l62_cpu_restore(const struct l62_cpu_state *state,
                                        struct l62_record *top);

/* kernel/rtl_raise.c: where a fault goes on; record is its EXCEPTION record. */
L62_NT void l62_exception_dispatch(const struct l62_fault *fault, struct l62_record *record);

/* Whether the byte at address can be read, or written. */
L62_HOST int32_t l62_cpu_probe(const void *address, int32_t write);

#endif
