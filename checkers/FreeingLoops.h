//===- FreeingLoops.h - Arrays that a loop frees ----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One loop fills an array and another frees it.  How often they go around does
// not always show: if the path came by the second, it has freed what there was.
//
// Limits: an element is told from the others where its index and the lowest
// one that the loop frees are constants; where the loop ends is not asked.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_FREEINGLOOPS_H
#define LEAK62_CHECKERS_FREEINGLOOPS_H

#include "LeakState.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/ExplodedGraph.h"

namespace leak62 {

enum class Freeing { NONE, OTHERS, ALL };

/// What the loops that the path to \p N came by have freed of the array that
/// \p O, \p Sym on that path, is an element of: all, or others than this one.
Freeing freedInLoop(const Owned &O, clang::ento::SymbolRef Sym,
                    const clang::ento::ExplodedNode *N);

} // namespace leak62

#endif
