//===- ExprPaths.h - Where the value of an expression came from -*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_EXPRPATHS_H
#define LEAK62_CHECKERS_EXPRPATHS_H

#include "clang/AST/Decl.h"
#include "clang/AST/Expr.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/SmallVector.h"
#include <set>
#include <string>

namespace leak62 {

/// Access paths of expressions of one function, by what is assigned to its
/// locals anywhere in it: an over-approximation without regard to order.  Of
/// tables of addresses, local or global, each element may be any that the table
/// is made of.
class ExprPaths {
public:
  /// Of expressions outside functions.
  ExprPaths() = default;
  explicit ExprPaths(const clang::FunctionDecl *FD);

  using Set = std::set<std::string>;
  /// Where the value of \p E may have been read from; "&slot" for an address.
  Set valuePaths(const clang::Expr *E);
  /// Which slots the lvalue \p E may be.
  Set slotPaths(const clang::Expr *E) { return slots(E, /*Copies=*/false); }
  /// The same, and what a local record was copied from.
  Set placePaths(const clang::Expr *E) { return slots(E, /*Copies=*/true); }
  /// Which slots the pointer \p E may point to.
  Set pointeePaths(const clang::Expr *E);
  /// Where the entry that \p Link, the address of its link, is one of may have
  /// been found: "list X", or a slot that holds it.
  Set entryPaths(const clang::Expr *Link);

private:
  using Values = llvm::SmallVector<const clang::Expr *, 2>;
  /// What a field of a variable (null: an element of an array) is given.
  struct Part {
    const clang::ValueDecl *Field;
    const clang::Expr *Value;
  };
  llvm::DenseMap<const clang::VarDecl *, Values> Assigned;
  /// Links that are put in a list whose head is a local variable.
  llvm::DenseMap<const clang::VarDecl *, Values> Linked;
  llvm::DenseMap<const clang::VarDecl *, llvm::SmallVector<Part, 4>> Parts;
  llvm::SmallPtrSet<const clang::VarDecl *, 8> Visiting;
  unsigned Depth = 0;
  /// How many parameters have names: what follows them shares one path.
  unsigned Named = 0;

  void collect(const clang::Stmt *S);
  void initialise(const clang::VarDecl *VD, const clang::Expr *Init,
                  const clang::ValueDecl *Field);
  /// \p Copies: a local record is also what it was copied from.
  Set slots(const clang::Expr *E, bool Copies);
  Set addressPaths(const clang::Expr *Lvalue);
  Set variablePaths(const clang::VarDecl *VD);
  Set callPaths(const clang::CallExpr *CE);
  Set copied(const clang::VarDecl *VD);
  Set partPaths(const clang::Expr *E);
  void wholes(const clang::Expr *E,
              llvm::SmallPtrSetImpl<const clang::VarDecl *> &Out);
};

} // namespace leak62

#endif
