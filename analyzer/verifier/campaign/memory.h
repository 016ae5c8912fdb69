/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The file of what was tried: text, only ever appended to.
 *
 *   leak62-tried 1
 *   image pdb-0123456789abcdef0123456789abcdef-1
 *   scenario 0123456789abcdef
 *   89abcdef01234567 ExAllocatePoolWithTag 1
 *   found 1 leak62 verify MyDriver.sys --fail-at 3<TAB>0xC4/0x62: 1 block is left behind
 *
 * A line of a call has its key, the routine, and how often it was made to fail so far; one of a
 * finding whether it fails, its replay, and its text.  They belong to the scenario above them.
 * A last line without its end is what an interrupted campaign was writing: it is taken off.
 * Anything else that is not so is an error.
 */
#ifndef LEAK62_VERIFIER_MEMORY_H
#define LEAK62_VERIFIER_MEMORY_H

#include "leak62/faults.h"

struct l62_memory;

/* What an image is told by; to be freed with g_free(). */
struct l62_pe;
char *l62_memory_image(const struct l62_pe *pe);

/*
 * Opens or begins the file.  While it is open nobody else can.  Close with l62_memory_close().
 * L62_E_IO: it cannot be read, written or is in use; L62_E_FORMAT: it is damaged, or of another
 * image.
 */
int l62_memory_open(struct l62_memory **memory, const char *path, const char *image,
                    struct l62_error *err);
void l62_memory_close(struct l62_memory *memory);

/* Adds to tried what the file has of a scenario; across: of all of them.  L62_E_FORMAT: it is
 * more than the table holds. */
int l62_memory_recall(const struct l62_memory *memory, uint64_t scenario, bool across,
                      struct l62_tried *tried, struct l62_error *err);

/* What an earlier campaign has found.  The memory's. */
struct l62_memory_finding {
	uint64_t scenario;
	bool fails;
	const char *replay, *text;
};
/* NULL: there are no more. */
const struct l62_memory_finding *l62_memory_found(const struct l62_memory *memory,
                                                  size_t index);
/* Appends one; its strings are copied. */
int l62_memory_find(struct l62_memory *memory, const struct l62_memory_finding *finding,
                    struct l62_error *err);

/* Appends that a call was made to fail, times in all; on the disk when it returns. */
int l62_memory_note(struct l62_memory *memory, uint64_t scenario, uint64_t key,
                    const char *routine, uint32_t times, struct l62_error *err);

#endif
