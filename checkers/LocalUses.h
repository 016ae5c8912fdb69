//===- LocalUses.h - Who gets hold of a local's resource --------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// From the syntax tree and the control-flow graph of one function: whether what
// it acquires into a local variable, or into a field of what that points to,
// goes to a callback and to nobody else.
//
// Limit: a pointer that is copied to another variable counts as known
// elsewhere.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_LOCALUSES_H
#define LEAK62_CHECKERS_LOCALUSES_H

#include "Resources.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Expr.h"
#include "clang/AST/ParentMap.h"
#include "clang/Analysis/CFG.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallPtrSet.h"
#include <memory>

namespace leak62 {

/// The call that a value comes from; Call is null if there is none.
struct FreshValue {
  const clang::CallExpr *Call = nullptr;
  const Acquire *Row = nullptr;
  explicit operator bool() const { return Call != nullptr; }
};

class LocalUses {
public:
  LocalUses(clang::ASTContext &Ctx, const clang::FunctionDecl *FD);

  /// How a local goes to a callback.
  struct Way {
    /// Calls and assignments that take it or something in it.
    llvm::SmallPtrSet<const clang::Stmt *, 4> Takers;
    /// Those of them after which the callback may have run.
    llvm::SmallVector<const clang::CallExpr *, 2> Starts;
    /// A start may fail, and leaves it to be released then.
    bool MayFail = false;
    /// The IRP that comes with it: its fields may lead to what is in it.
    const clang::VarDecl *Irp = nullptr;
  };

  /// Where what \p VD holds comes from, if it goes that way and nowhere else.
  FreshValue givenAway(const clang::VarDecl *VD, const Way &W);
  /// The same for the field \p F of what \p VD points to, if each way to a
  /// start passes the call that acquires it.
  FreshValue heldIn(const clang::VarDecl *VD, const clang::FieldDecl *F,
                    const Way &W);

private:
  clang::ASTContext &Ctx;
  const clang::FunctionDecl *FD;
  std::unique_ptr<clang::ParentMap> Parents;
  std::unique_ptr<clang::CFG> Graph;

  /// Of the variable or field at hand.
  llvm::SmallPtrSet<const clang::Stmt *, 8> Targets; // "VD" in "VD = ..."
  llvm::SmallPtrSet<const clang::Stmt *, 4> Assigns; // acquiring calls
  FreshValue From;

  const clang::Stmt *userOf(const clang::Stmt *E) const;
  const clang::Expr *sumOf(const clang::Expr *Value) const;
  bool isAssignable(const clang::Expr *Value);
  bool isUseOurs(const clang::Expr *Ref, const Way &W);
  bool isPutInIrp(const clang::Stmt *S, const clang::Stmt *Value,
                  const Way &W) const;
  bool areUsesOurs(const clang::Stmt *S, const clang::VarDecl *VD,
                   const clang::FieldDecl *F, const Way &W);
  bool isUsedAfter(const clang::VarDecl *VD, const clang::CallExpr *Start,
                   bool MayFail) const;
  bool mustPass(const clang::CallExpr *Start) const;
};

/// The local variable that \p E names, or null.
const clang::VarDecl *localOf(const clang::Expr *E);

} // namespace leak62

#endif
