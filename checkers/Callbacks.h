//===- Callbacks.h - What a callback is given for good ----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The routines of roles.def's L62_CONTEXT rows run once for each time that they
// are started.  If the function that starts one acquires the context for
// nothing else and does not touch it afterwards (LocalUses.h), the context is
// the routine's: each of its paths must free it or give it away.  So is an IRP
// of the function's own that its completion routine keeps back, and what a
// field of the context holds.
//
// Limits: both functions are in one translation unit; what the functions of
// others do with the routine, the linker asks.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_CALLBACKS_H
#define LEAK62_CHECKERS_CALLBACKS_H

#include "Resources.h"
#include "clang/AST/ASTContext.h"
#include "llvm/ADT/DenseMap.h"
#include <string>

namespace leak62 {

/// What one parameter of a routine is, or what that field of it holds.
struct GivenThing {
  const clang::ParmVarDecl *Param = nullptr;
  const clang::FieldDecl *Field = nullptr;
  const clang::CallExpr *Call = nullptr; ///< that acquired it
  const Acquire *Row = nullptr;
  std::string Variable; ///< source text that received it
  bool IsIrp = false;   ///< the IRP of a completion routine

  /// True for what the routine is started with, whole.
  bool isContext() const { return !Field && !IsIrp; }
};

struct GivenContext {
  const clang::FunctionDecl *Routine = nullptr;
  const char *Role = nullptr; ///< of the routine: a name of roles.def
  /// The first of the places that give it its context, and its function.
  const clang::Stmt *Where = nullptr;
  const clang::FunctionDecl *In = nullptr;
  llvm::SmallVector<GivenThing, 2> Things;
};

using GivenContexts = llvm::DenseMap<const clang::FunctionDecl *, GivenContext>;

/// Of every routine (its canonical declaration) in the unit.
GivenContexts findGivenContexts(clang::ASTContext &Ctx);

/// True if a routine is seen to free nothing and to pass nothing on: it leaves
/// the context that it is given to whoever waits for it.
bool leavesContext(const clang::FunctionDecl *FD);

/// "work item routine Work"
std::string describeCallback(const GivenContext &Given);

} // namespace leak62

#endif
