//===- SehRaises.h - What can raise an exception ----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Routines that the table says so of, calls that may reach one, and memory
// accesses through pointers, except through locals that hold what the function
// allocated.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_SEHRAISES_H
#define LEAK62_CHECKERS_SEHRAISES_H

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallPtrSet.h"

namespace clang {
class CallExpr;
class Decl;
class Expr;
class FunctionDecl;
class Stmt;
} // namespace clang

namespace leak62 {

/// Which functions and statements can raise an exception.
class RaiseFinder {
public:
  /// Locals that hold memory of the driver's own: using it raises nothing.
  void beginFunction(const clang::Stmt *Body);
  /// True if evaluating \p S can raise; \p Memory: accesses count too.
  bool canRaise(const clang::Stmt *S, bool Memory);
  /// True if \p S may change who owns what.
  static bool changesOwnership(const clang::Stmt *S);

private:
  llvm::DenseMap<const clang::FunctionDecl *, bool> Known;
  llvm::SmallPtrSet<const clang::Decl *, 8> Fresh;

  void collectFresh(const clang::Stmt *S);
  bool isFresh(const clang::Expr *E) const;
  bool isOwn(const clang::Expr *E) const;
  bool pointsToOwn(const clang::Expr *E) const;
  bool callCanRaise(const clang::CallExpr *CE, bool Memory);
  bool bodyCanRaise(const clang::Stmt *S);
};

} // namespace leak62

#endif
