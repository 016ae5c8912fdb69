//===- Demands.h - What a path asks of the outside --------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads it off the exploded path: what is assumed of each symbol when the path
// last knows of it, put in words of the request (Outside.h).  Nothing is added
// to the program state for it.
//
//   fields of the stack location, buffers     of whatever request is at hand
//   results of the kernel's routines          those that fail, or that the path
//                                             tells from plain success
//   arguments and what they point to          of the top-level function; the
//                                             linker asks its callers
//   anything else that a branch asks about    a gap: "state" or "other"
//
// Not asked for: that pointers which are used are not null, that calls succeed.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_DEMANDS_H
#define LEAK62_CHECKERS_DEMANDS_H

#include "Facts.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/ExplodedGraph.h"

namespace leak62 {

/// What the path from the root to \p N asks, in the order of the path.
std::vector<Demand> demandsOf(const clang::ento::ExplodedNode *N,
                              clang::ASTContext &Ctx);

} // namespace leak62

#endif
