/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Security: tokens. */
#ifndef LEAK62_VERIFIER_SE_H
#define LEAK62_VERIFIER_SE_H

#include "ob.h"

extern POBJECT_TYPE l62_type_token;

#endif
