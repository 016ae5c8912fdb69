/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the printers share.  They write what the kernel debugger would write for an
 * x64 system: addresses of 16 digits. */
#ifndef LEAK62_VERIFIER_PRINT_H
#define LEAK62_VERIFIER_PRINT_H

#include <inttypes.h>
#include <stdio.h>

#include "host.h"
#include "run/verify.h"

/* "MyDriver!DeviceControlDispatch+0x4c", "nt!IofCallDriver+0x62"; nothing if unknown.
 * offset false: without the offset. */
void l62_print_symbol(const struct l62_verify *run, uint64_t address, bool offset, FILE *out);

/* "fffff803`10013f3d" */
void l62_print_address(uint64_t address, FILE *out);

/* A tag as it lies in memory: text has room for 5. */
void l62_tag_text(uint32_t tag, char *text);

/* The driver's own place that a block is made for: its caller, or who called the driver's
 * wrappers of an allocator; origin.c says what these are.  0: not known. */
uint64_t l62_block_origin(const struct l62_verify *run, const struct l62_block *block);
/* Likewise of a stack; caller: if there is none. */
uint64_t l62_stack_origin(const struct l62_verify *run, uint32_t stack, uint64_t caller);
/* What l62_verify keeps for these; NULL: no memory. */
struct l62_origins *l62_origins_new(void);
void l62_origins_free(struct l62_origins *origins);
/* The driver's address that called the kernel in a stack; 0: none. */
uint64_t l62_stack_caller(const struct l62_verify *run, uint32_t stack);
/* "drv!Routine+0x12 [file @ line]", of the call that returns to address. */
void l62_print_place(const struct l62_verify *run, uint64_t address, FILE *out);
/* With --all-callers, a line for each of the driver's frames of a stack. */
void l62_print_callers(const struct l62_verify *run, uint32_t stack, FILE *out);
/* Whether the driver's function with that address in it does, by its code, no more than wrap
 * an allocator. */
bool l62_is_wrapper(const struct l62_verify *run, uint64_t address);

/* Whether a block that is left is forgotten or lost; NULL: not known. */
const struct l62_held *l62_block_held(const struct l62_verify *run,
                                      const struct l62_block *block);
/* The block that points to it; NULL: something else does, or nothing. */
const struct l62_block *l62_held_block(const struct l62_verify *run,
                                       const struct l62_held *held);
/* "MyDriver!Table+0x8", "block 0x... (mdrv)+0x10", "device object 0x...
 * (\\Device\\Name)+0x160";
 * "": nothing. */
void l62_held_text(const struct l62_verify *run, const struct l62_held *held, char *text,
                   size_t size);

/* Live blocks of one stack, tag and size. */
struct l62_group {
	const struct l62_block *block; /* the first */
	uint64_t count, bytes;         /* bytes: sum of lengths */
	uint64_t origin;
};
/* All of them, most bytes first, to be freed; NULL: no memory, or there is none. */
struct l62_group *l62_groups_make(const struct l62_verify *run, size_t *count);

/* A stack whose live blocks are more after each iteration. */
struct l62_growth {
	const struct l62_use *use;
	uint32_t stack;
	uint64_t caller, origin;
};
/* Most bytes first, to be freed; NULL: no memory, or there is none. */
struct l62_growth *l62_growths_make(const struct l62_verify *run, size_t *count);

/* Tags in use or used, most bytes first, to be freed; NULL as above. */
struct l62_tag *l62_tags_make(const struct l62_verify *run, size_t *count);

/* One thing that is left behind besides pool.  False: the arena's entry makes no sense. */
struct l62_left_entry {
	const char *name, *noun; /* of ledgers.def */
	bool fails;
	const struct l62_left *left;
	char detail[128];
	uint64_t caller; /* in the driver; 0: not known */
};
/* What JSON calls a ledger; NULL: it is none. */
const char *l62_left_name(uint32_t ledger);
bool l62_left_get(const struct l62_verify *run, size_t index, struct l62_left_entry *entry);

/* One block that was given to the wrong routine.  False: the arena's entry makes no sense. */
struct l62_wrong_free_entry {
	const char *made_by, *given_to; /* services; made_by may be NULL */
	const struct l62_wrong_free *wrong;
	uint64_t caller,
	        maker; /* in the driver: of the free, of the allocation; 0: not known */
};
bool l62_wrong_free_get(const struct l62_verify *run, size_t index,
                        struct l62_wrong_free_entry *entry);

/* Of an enum l62_kind, as resources.def has it: "MDL", NULL: there is none; and the rule by
 * which a leak of it is reported. */
const char *l62_kind_noun(uint32_t kind);
const char *l62_kind_rule(uint32_t kind);

/* "DRIVER_VERIFIER_DETECTED_VIOLATION" */
const char *l62_bugcheck_name(uint32_t code);
/* What the first argument means, where it tells causes apart; else NULL. */
const char *l62_bugcheck_cause(uint32_t code, uint64_t arg1);

/* Whether the driver had been unloaded when the run ended. */
bool l62_at_unload(const struct l62_verify *run);

/* modern.c: what the newer debugger adds to `!analyze -v`. */
void l62_print_details(const struct l62_verify *run, FILE *out);

#endif
