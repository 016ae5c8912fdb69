/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Kinds of the analysis and what the verifier core books. */
#ifndef LEAK62_CONFIRM_JUDGE_KINDS_H
#define LEAK62_CONFIRM_JUDGE_KINDS_H

#include "leak62/verified.h"

/* Whether an item may be what a finding of that kind is about. */
bool l62_judge_is_kind(const struct l62_item *item, const char *kind);

#endif
