//===- ValueSources.h - Where a function's values come from -----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// By all assignments and calls of one function, without regard to their order:
// what a value is made by, and whether it goes to more than one place.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_VALUESOURCES_H
#define LEAK62_CHECKERS_VALUESOURCES_H

#include "Resources.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "clang/AST/Expr.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallPtrSet.h"
#include <set>
#include <utility>
#include <vector>

namespace leak62 {

/// True for 0, cast or not.
bool isNull(const clang::Expr *E);

class ValueSources {
public:
  ValueSources(const clang::SourceManager &SM, const clang::Stmt *Body)
      : SM(SM) {
    collect(Body);
  }

  /// The value or the address of that field goes elsewhere.
  bool isMoved(const clang::MemberExpr *ME) const { return Moved.count(ME); }
  /// A kernel routine does nothing to that field but read what is there.
  bool isOnlyRead(const clang::MemberExpr *ME) const { return Read.count(ME); }
  /// "shared" where the value of \p E, which is put somewhere, goes to another
  /// place as well, else "only".
  const char *held(const clang::Expr *E) const;

  using Acquired =
      std::vector<std::pair<const clang::CallExpr *, const Acquire *>>;
  /// The acquiring calls that a value comes from; none if it may come from
  /// elsewhere as well.
  Acquired acquired(const clang::Expr *E) const {
    return acquired(E, /*Local=*/true);
  }

  /// Who may have made an object.
  struct Origin {
    bool Fresh = false;                           ///< a kernel routine, here
    std::set<const clang::FunctionDecl *> Makers; ///< functions of the driver
    llvm::SmallPtrSet<const clang::ValueDecl *, 8> Seen;
    unsigned Depth = 0;
  };
  /// Adds to \p O who made what \p E points to.
  void origin(const clang::Expr *E, Origin &O) const;

private:
  const clang::SourceManager &SM;
  llvm::DenseMap<const clang::ValueDecl *,
                 llvm::SmallVector<const clang::Expr *, 2>>
      Assigned;
  /// Calls that get the address of a variable or field.
  llvm::DenseMap<const clang::ValueDecl *,
                 llvm::SmallVector<const clang::CallExpr *, 2>>
      Filled;
  llvm::SmallPtrSet<const clang::Expr *, 8> Moved, Read;
  /// How often a variable's value or address goes elsewhere.
  llvm::DenseMap<const clang::ValueDecl *, unsigned> MovedOn;

  void collect(const clang::Stmt *S);
  /// The value of \p E, or what it is the address of, goes elsewhere.
  void moves(const clang::Expr *E);
  void reads(const clang::Expr *E);
  Acquired acquired(const clang::Expr *E, bool Local) const;
  /// \p Returned: what is asked for is the result of \p CE, not an argument's.
  static void madeBy(const clang::CallExpr *CE, bool Returned, Origin &O);
};

} // namespace leak62

#endif
