//===- Conditions.h - What a condition asks ---------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// By syntax: which value from outside (Outside.h) an expression is, and what is
// asked of it where a condition holds.  A local counts as what it is given if
// it is given one thing only.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_CONDITIONS_H
#define LEAK62_CHECKERS_CONDITIONS_H

#include "Outside.h"

namespace leak62 {

/// Reads the expressions of one function.
class ConditionReader {
public:
  using Demands = std::vector<Demand>;

  /// \p Body is where the function's locals are given what they are.
  ConditionReader(clang::ASTContext &Ctx, const clang::Stmt *Body)
      : Ctx(Ctx), SM(Ctx.getSourceManager()) {
    collectSources(Body);
  }

  static const clang::Expr *strip(const clang::Expr *E) {
    return E->IgnoreParenCasts();
  }
  /// The number that \p E is, a null pointer included; none where it is no
  /// constant or does not fit.
  std::optional<int64_t> constant(const clang::Expr *E);
  /// The value from outside that \p E is, if it is one.
  std::optional<Outside> valueOf(const clang::Expr *E);
  /// The buffer, or argument, that the pointer \p E leads into.
  std::optional<Outside> bufferBehind(const clang::Expr *E);

  /// Appends to \p Out what it asks that \p Cond is \p Truth.
  void demandsIf(const clang::Expr *Cond, bool Truth, Demands &Out);
  /// Appends that \p E, which \p Cond compares, lies in \p Set.
  void ask(const clang::Expr *Cond, bool Truth, const clang::Expr *E,
           const Numbers &Set, Demands &Out);
  /// Appends a demand that names \p E as it is written.
  void gap(const clang::Expr *E, bool Truth, Demands &Out);

private:
  clang::ASTContext &Ctx;
  const clang::SourceManager &SM;
  /// What each variable is given; null where it is more than one thing.
  llvm::DenseMap<const clang::VarDecl *, const clang::Expr *> Sources;
  unsigned Depth = 0, Nesting = 0;

  void give(const clang::VarDecl *VD, const clang::Expr *E);
  void collectSources(const clang::Stmt *S);
  /// Behind locals that are another name of something.
  const clang::Expr *sourceOf(const clang::Expr *E);
  int parameterOf(const clang::Expr *E);
  std::optional<Outside> findBuffer(const clang::Expr *E);
  static std::optional<Outside> plus(std::optional<Outside> Base,
                                     int64_t Bytes);
  /// What the lvalue E is: a field of the request, or a place in a buffer.
  std::optional<Outside> lvalue(const clang::Expr *E);
  void compare(const clang::Expr *Cond, const clang::BinaryOperator *BO,
               bool Truth, Demands &Out);
};

} // namespace leak62

#endif
