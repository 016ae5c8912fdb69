//===- LongLoops.h - Loops of more rounds than are followed -----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The engine gives up a path in the fifth round of a loop.  What comes after a
// loop that must run longer, or after a count that must get higher, would never
// be seen.  In the last round that is followed, the counters of the loop run on
// by a number of rounds that is not known, if the rest of the loop can do
// nothing that matters to a resource.
//
// Limits: the loop's condition compares sums of integer variables and
// constants; in the rounds that are left out, pointers stay as they are and
// calls go to routines of the system that neither acquire nor release.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_LONGLOOPS_H
#define LEAK62_CHECKERS_LONGLOOPS_H

#include "clang/StaticAnalyzer/Core/PathSensitive/CheckerContext.h"

namespace leak62 {

/// The state in which the counters of the loop that \p Cond, the end of \p
/// Block, decides about have run on, and Cond has the value that follows; null
/// if they do not.
clang::ento::ProgramStateRef runOn(const clang::Stmt *Cond,
                                   const clang::CFGBlock *Block,
                                   clang::ento::CheckerContext &C);

} // namespace leak62

#endif
