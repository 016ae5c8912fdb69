/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The findings of an older commit, by a scan of it with the compile commands of now, or
 * with the projects of then (gate_since_projects.c).
 *
 * The commit's files go to a temporary folder, and every path of a compile command that
 * is there as well is put there; what is not in the repository (headers of a toolkit,
 * what a build generates) is taken where it is.  A file that was renamed since is
 * scanned under its old name, one that is new is left out, and one that is gone is
 * scanned with the command of a file in its folder.
 */
#ifndef LEAK62_GATE_SINCE_H
#define LEAK62_GATE_SINCE_H

#include "scan.h"

/*
 * On success *known (of struct l62_entry_known) is the caller's, to be freed with
 * g_ptr_array_unref().  top: of the git work tree.  What could not be analysed there is
 * said on standard error.  L62_E_USAGE, L62_E_IO.
 */
int l62_gate_since(const struct l62_scan_view *view, const char *top, const char *commit,
                   GPtrArray **known, struct l62_error *err);

#endif
