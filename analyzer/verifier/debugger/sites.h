/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The calls in a driver's code of imports that acquire what has to be given back
 * (resources.def), and whether a run has made them.
 *
 * Found in the file (branches.h): calls through an import's slot, of the linker's stub that
 * jumps through it, or of a register that was loaded from it; and jumps to these, by which a
 * routine ends ("return ExAllocatePool2(...)").  A call that was made and is in none of them
 * is added.  Not found, unless made: calls through a pointer that is kept in data.
 *
 * Made: the thunks note each call of an import by where it returns to, whether it succeeds or
 * not.  What a jump calls returns to who called the routine, so that a jump was made if such
 * a call was noted with this import; where the routine is called by the kernel or through a
 * pointer alone, it is not known.
 */
#ifndef LEAK62_VERIFIER_SITES_H
#define LEAK62_VERIFIER_SITES_H

#include "run/verify.h"

enum l62_site_ran { L62_SITE_RAN_NOT, L62_SITE_RAN_YES, L62_SITE_RAN_UNKNOWN };

struct l62_site {
	uint32_t rva;    /* of the call or jump */
	uint32_t next;   /* where it returns to; 0: a jump */
	uint32_t import; /* index */
	enum l62_site_ran ran;
};

/* By rva, to be freed.  NULL and *count 0: there is none, or no memory. */
struct l62_site *l62_sites_make(const struct l62_verify *run, size_t *count);

/* For each import of the image, whether the run has called it from there; to be freed.  NULL:
 * no memory. */
bool *l62_imports_called(const struct l62_verify *run);
/* Whether leak62 has it; else its first call ends the run. */
bool l62_import_implemented(const struct l62_pe_import *import);

#endif
