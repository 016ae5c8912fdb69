/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Names and lines out of an image that carries DWARF, as mingw-w64's compilers make them,
 * in the form that the program database's reader gives.
 */
#ifndef LEAK62_VERIFIER_DWARF_H
#define LEAK62_VERIFIER_DWARF_H

#include <stddef.h>
#include <stdint.h>

#include "pdb.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The file's size bytes at data, whose preferred base is base.  L62_E_FORMAT: there are no
 * lines in it.  Free with l62_pdb_clear() if 0. */
int l62_dwarf_read(struct l62_pdb *pdb, const uint8_t *data, size_t size, uint64_t base,
                   struct l62_error *err);

#ifdef __cplusplus
}
#endif
#endif
