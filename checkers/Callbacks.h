//===- Callbacks.h - What a callback is given for good ----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A work item routine or a system thread runs once for each time it is queued
// or started.  If the function that does so acquires the context for nothing
// else and does not touch it afterwards, the context is the routine's: each of
// its paths must free it or give it away.
//
// Limits: both functions are in one translation unit; the context is acquired
// into a local variable and handed over by that name.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_CALLBACKS_H
#define LEAK62_CHECKERS_CALLBACKS_H

#include "Resources.h"
#include "clang/AST/ASTContext.h"
#include "llvm/ADT/DenseMap.h"

namespace leak62 {

/// What a routine is given, and where that was acquired.
struct GivenContext {
  const clang::ParmVarDecl *Param = nullptr;
  const clang::CallExpr *Call = nullptr;
  const Acquire *Row = nullptr;
  const clang::FunctionDecl *In = nullptr;
  const clang::VarDecl *Variable = nullptr;
};

using GivenContexts = llvm::DenseMap<const clang::FunctionDecl *, GivenContext>;

/// Of every routine (its canonical declaration) in the unit.
GivenContexts findGivenContexts(clang::ASTContext &Ctx);

} // namespace leak62

#endif
