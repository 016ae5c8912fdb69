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
 * leak62/campaign.h runs a driver many times, with another call failing each time.
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
#include "leak62/faults.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Driver Verifier's flags; verifier_flags.def names all, these are what runs. */
#define L62_FLAG_SPECIAL_POOL 0x00000001u
#define L62_FLAG_FORCE_IRQL 0x00000002u
#define L62_FLAG_LOW_RESOURCES 0x00000004u
#define L62_FLAG_POOL_TRACKING 0x00000008u
#define L62_FLAG_IO_VERIFICATION 0x00000010u
#define L62_FLAG_DEADLOCK 0x00000020u
#define L62_FLAG_MISCELLANEOUS 0x00000800u
#define L62_FLAG_SYSTEMATIC 0x00040000u
/* The level of Driver Verifier's standard settings. */
#define L62_FLAGS_STANDARD 0x000209bbu

/* The flags of the standard settings that bear on memory: what runs unless asked. */
uint32_t l62_verify_flags_default(void);
/* Flags as numbers or by name ("Special pool"), separated by commas.  "standard" and
 * the number L62_FLAGS_STANDARD: the standard settings; those of them that are not
 * implemented are in *left_out, not in *flags.  0, or L62_E_USAGE naming those that
 * are unknown or not implemented. */
int l62_verify_flags_parse(const char *text, uint32_t *flags, uint32_t *left_out,
                           struct l62_error *err);
/* "0x80 (DMA checking), 0x100 (Security checks)" */
void l62_verify_flags_names(uint32_t flags, char *text, size_t size);

struct l62_verify_options {
	const char *pdb;        /* NULL: beside the image, by its name */
	uint32_t flags;         /* L62_FLAG_* */
	const char *scenario;   /* a file of what to do, or NULL: see scenario.schema.json */
	const uint32_t *ioctls; /* control codes, each sent once, in this order */
	size_t ioctl_count;
	uint32_t buffer_size; /* bytes in and out of each request */
	unsigned seconds;     /* how long the child may take */
	unsigned iterations;  /* the requests this often in one load; 0: once, nothing is noted */
	bool verify_start;    /* special pool guards the start of blocks, not their end */
	bool trace;           /* records which lines run: see trace.h */
	bool quiet;           /* what the driver prints is dropped */
	struct l62_fault_plan faults; /* zeroed: none */
	/* The command that makes the same run without faults, quoted for a shell, for replay
	 * lines: "leak62 verify MyDriver.sys --ioctl 0x22a004"; NULL: none are made. */
	const char *command;
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

/* 0, or L62_E_USAGE: the file at path cannot be read or is no scenario. */
int l62_verify_check_scenario(const char *path, struct l62_error *err);

/*
 * Prints a line for each import of the image at path ("implemented MODULE!NAME" or
 * "missing MODULE!NAME", by ordinal "#NUMBER") and one that counts them.  Nothing is run.
 * *missing: how many leak62 does not have.  0, L62_E_IO or L62_E_FORMAT.
 */
int l62_verify_print_imports(const char *path, FILE *out, size_t *missing,
                             struct l62_error *err);

/* What drivers can import, by number from 0: its name, and whether it is a variable.  NULL
 * after the last.  Not to be freed. */
const char *l62_verify_service(size_t index, bool *is_data);

/* How the run has ended. */
enum l62_verdict l62_verify_verdict(const struct l62_verify *run);

/* One sentence on why a run is INCOMPLETE, with the driver's line and the step; else
 * "".  Owned by run. */
const char *l62_verify_reason(const struct l62_verify *run);

/* What the scenario was doing when the run ended: "in step 4: ioctl 0x222003".  Owned by
 * run. */
const char *l62_verify_step(const struct l62_verify *run);

/* One sentence on why the driver's addresses have no names, or "".  Owned by run. */
const char *l62_verify_note(const struct l62_verify *run);

/* The bug check's code and its four arguments; 0: none. */
uint32_t l62_verify_bugcheck(const struct l62_verify *run, uint64_t arguments[4]);

/* How many blocks are left, and each one's address, in the order they were made. */
size_t l62_verify_block_count(const struct l62_verify *run);
uint64_t l62_verify_block(const struct l62_verify *run, size_t index);
/* The driver's address that made the block. */
uint64_t l62_verify_caller(const struct l62_verify *run, size_t index);
/* A number that blocks of equal stacks have in common. */
uint32_t l62_verify_stack(const struct l62_verify *run, size_t index);

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
/* `k`: the stack of what ended the run. */
void l62_verify_print_stack(const struct l62_verify *run, FILE *out);
/* `lm`. */
void l62_verify_print_modules(const struct l62_verify *run, FILE *out);
/* `!poolused`: what each tag has allocated and freed. */
void l62_verify_print_tags(const struct l62_verify *run, FILE *out);
/* `!leaks`, leak62's own: blocks of one stack on one line, with the place in the
 * driver that they are made for. */
void l62_verify_print_groups(const struct l62_verify *run, FILE *out);

/* With each line of these, all the driver's frames. */
void l62_verify_set_all_callers(struct l62_verify *run, bool all);

/*
 * Of a run with options.iterations: the stacks whose live blocks were more at the end of each
 * iteration than at the end of the one before; `!growth`, leak62's own.  The scenario must
 * have requests between loading and unloading, and pool tracking must be on: else
 * l62_verify_run() returns L62_E_USAGE.
 */
size_t l62_verify_growth_count(const struct l62_verify *run);
void l62_verify_print_growth(const struct l62_verify *run, FILE *out);
/* How many iterations have ended. */
unsigned l62_verify_iterations(const struct l62_verify *run);
/* The driver has no DriverUnload, so that the run, if CLEAN, ended with the driver loaded:
 * its blocks are live, not left.  With iterations only; else the run is INCOMPLETE. */
bool l62_verify_cannot_unload(const struct l62_verify *run);

/* The calls in the driver's code that acquire something, whether the run has made them, with
 * their lines; and the imports that leak62 does not have; `!exercised`, leak62's own. */
void l62_verify_print_exercised(const struct l62_verify *run, FILE *out);

/* What besides pool was not given back when the driver had been unloaded: timers, threads,
 * device objects, handles and the like; `!left`, leak62's own.  fails: whether any of it is of
 * a kind that should make the caller fail. */
size_t l62_verify_left_count(const struct l62_verify *run);
bool l62_verify_left_fails(const struct l62_verify *run);
void l62_verify_print_left(const struct l62_verify *run, FILE *out);

/* Fault injection: how many of the driver's calls could have failed, and how many were made
 * to fail (injected; *kept: of how many more is known). */
uint64_t l62_verify_fault_calls(const struct l62_verify *run);
uint64_t l62_verify_injected_count(const struct l62_verify *run, size_t *kept);

/* One call that was made to fail.  Strings are owned by the library. */
struct l62_injected_call {
	uint64_t call;       /* its number, as --fail-at takes it */
	uint64_t key;        /* of its stack, see leak62/faults.h */
	uint64_t caller;     /* the driver's address that it would have returned to */
	const char *routine; /* "IoAllocateMdl" */
	uint32_t status;     /* returned or raised; 0: it returned NULL or FALSE */
	uint32_t stack;      /* a number that calls of equal stacks have in common */
	bool raised;
	bool chosen; /* the status is not the routine's usual one */
};
/* The index-th that is kept, in the order they were made.  False: there is none. */
bool l62_verify_injected(const struct l62_verify *run, size_t index,
                         struct l62_injected_call *call);
/* The command that makes the same calls fail again, quoted for a shell, to be freed; NULL:
 * none were made to fail, not all are known, or the options had no command. */
char *l62_verify_replay(const struct l62_verify *run);
/* `!faults`: the calls that were made to fail; `!calls`: all that could have been. */
void l62_verify_print_faults(const struct l62_verify *run, FILE *out);
void l62_verify_print_calls(const struct l62_verify *run, FILE *out);
/* Blocks that the driver gave to a routine that frees other things (an MDL to ExFreePool): how
 * many, by the stacks of the free and of the allocation; each with both places, `!wrongfrees`,
 * leak62's own.  Windows does not stop for them. */
size_t l62_verify_wrong_free_count(const struct l62_verify *run);
void l62_verify_print_wrong_frees(const struct l62_verify *run, FILE *out);

/* The debugger's layouts: that of the documentation of 0xC4/0x62, or that of newer
 * versions (`!analyze -v`, `!verifier 3`). */
enum l62_layout { L62_LAYOUT_CLASSIC, L62_LAYOUT_MODERN };
void l62_verify_set_layout(struct l62_verify *run, enum l62_layout layout);

/* Carries out a line typed at the debugger's prompt and writes the answer, which for
 * what is not known is one sentence.  False: the line ends the session. */
bool l62_verify_command(const struct l62_verify *run, const char *line, FILE *out);

/* Everything about the run, as run.schema.json in analyzer/verifier/debugger says;
 * the file is there whole or not at all.  0, or L62_E_IO. */
#define L62_VERIFY_JSON_VERSION 1
int l62_verify_write_json(const struct l62_verify *run, const char *path,
                          struct l62_error *err);

#ifdef __cplusplus
}
#endif
#endif
