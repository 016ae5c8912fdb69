//===- ControlCodes.h - Requests that the source tells apart ----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// By the syntax tree, of every function, whether it can acquire or not:
//  - each value that a control code is compared with, by case or ==, goes to
//    the control_code table, and so does what CTL_CODE has made, whatever that
//    is compared with: the code may have come as an argument;
//  - each call or mention of a function of the driver, and each call that
//    acquires something, is a way: what stands around it (if, switch) and what
//    returns before it has to be met to come there.  A test of NTSTATUS or of
//    a pointer is taken to find no failure, unless the call stands where there
//    is one.
//
// Limits: a local counts as what it is given if it is given one thing only; of
// several ways to a place (labels, fallthrough, ||) one is taken; what loops
// ask is a gap.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_CONTROLCODES_H
#define LEAK62_CHECKERS_CONTROLCODES_H

#include "Facts.h"

namespace leak62 {

/// Enters both for the body of \p FD, as it was written.
void collectControlCodes(Facts &F, const clang::FunctionDecl *FD);

} // namespace leak62

#endif
