/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * How a finding is recognised in a later run.
 */
#ifndef LEAK62_REPORT_FINGERPRINT_H
#define LEAK62_REPORT_FINGERPRINT_H

#include <glib.h>

#include "leak62/finding.h"

/* Hash of every line of a source file, "hash:occurrence", in the way GitHub's
 * code scanning computes primaryLocationLineHash: element 0 is line 1.  To be
 * freed with g_ptr_array_unref(). */
GPtrArray *l62_fingerprint_lines(const char *text, size_t length);

/* SHA-256 in hex over what stays when lines move: rule, file below root,
 * function, routine, tag, slot (or the variable where there is no slot).  Two
 * findings may share it; who needs one each numbers them.  A new string. */
char *l62_fingerprint_finding(const struct l62_finding *finding, const char *root);

#endif
