/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The verifier core: runs a driver's image on Linux as Driver Verifier would watch it
 * and tells what it left behind.
 *
 *   l62_verify_run()      loads FILE.sys in a child process, sends it what the
 *                         options say, takes it down, unloads it
 *   l62_verify_verdict()  how that ended
 *   l62_verify_print_*()  what the kernel debugger would print about it
 *
 * The library writes nothing but what the printers are given a stream for, and what
 * the driver itself prints (DbgPrint), to standard error.
 *
 * Sources of formats and codes: the documentation of bug check 0xC4, of !verifier,
 * !analyze and ln, and debugger output published there.
 */
#ifndef LEAK62_VERIFIER_H
#define LEAK62_VERIFIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "leak62/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Driver Verifier's flags; verifier_flags.def names all, these are what runs. */
#define L62_FLAG_SPECIAL_POOL 0x00000001u
#define L62_FLAG_POOL_TRACKING 0x00000008u

/* The flags of the standard settings that are implemented. */
uint32_t l62_verify_flags_default(void);
/* 0, or L62_E_USAGE naming the first flag that is unknown or not implemented. */
int l62_verify_flags_check(uint32_t flags, struct l62_error *err);

struct l62_verify_options {
	const char *pdb;        /* NULL: beside the image, by its name */
	uint32_t flags;         /* L62_FLAG_* */
	const uint32_t *ioctls; /* control codes, each sent once, in this order */
	size_t ioctl_count;
	uint32_t buffer_size; /* bytes in and out of each request */
	unsigned seconds;     /* how long the child may take */
};

enum l62_verdict {
	L62_VERDICT_CLEAN,      /* loaded, ran, unloaded, left nothing */
	L62_VERDICT_VIOLATION,  /* a bug check */
	L62_VERDICT_INCOMPLETE, /* the run could not be carried out; see the reason */
};

struct l62_verify; /* a run that has ended */

/*
 * Runs the image at path.  0 and *out, to be freed with l62_verify_free(), when the
 * driver was started, whatever came of it; L62_E_IO or L62_E_FORMAT when it could not
 * be read or loaded.
 */
int l62_verify_run(const char *path, const struct l62_verify_options *options,
                   struct l62_verify **out, struct l62_error *err);
void l62_verify_free(struct l62_verify *run);

enum l62_verdict l62_verify_verdict(const struct l62_verify *run);

/* One sentence on why a run is INCOMPLETE, with the driver's line and the step; else
 * "".  Owned by run. */
const char *l62_verify_reason(const struct l62_verify *run);

/* One sentence on why the driver's addresses have no names, or "".  Owned by run. */
const char *l62_verify_note(const struct l62_verify *run);

/* The bug check's code and its four arguments; 0: none. */
uint32_t l62_verify_bugcheck(const struct l62_verify *run, uint64_t arguments[4]);

/* How many blocks are left, and each one's address, in the order they were made. */
size_t l62_verify_block_count(const struct l62_verify *run);
uint64_t l62_verify_block(const struct l62_verify *run, size_t index);
/* The driver's address that made the block. */
uint64_t l62_verify_caller(const struct l62_verify *run, size_t index);

/* What the kernel prints when it stops. */
void l62_verify_print_stop(const struct l62_verify *run, FILE *out);
/* `!analyze -v`. */
void l62_verify_print_analysis(const struct l62_verify *run, FILE *out);
/* `!verifier 3 DRIVER.sys`. */
void l62_verify_print_statistics(const struct l62_verify *run, FILE *out);
/* `!verifier 0x80 ADDRESS`. */
void l62_verify_print_log(const struct l62_verify *run, uint64_t address, FILE *out);
/* `ln ADDRESS`. */
void l62_verify_print_near(const struct l62_verify *run, uint64_t address, FILE *out);

#ifdef __cplusplus
}
#endif
#endif
