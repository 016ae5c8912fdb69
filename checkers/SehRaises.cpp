//===- SehRaises.cpp - What can raise an exception ------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SehRaises.h"
#include "Resources.h"
#include "clang/AST/Decl.h"
#include "clang/AST/Expr.h"
#include "clang/AST/Stmt.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace leak62 {

void RaiseFinder::beginFunction(const Stmt *Body) {
  Fresh.clear();
  collectFresh(Body);
}

bool RaiseFinder::canRaise(const Stmt *S, bool Memory) {
  if (!S || isa<UnaryExprOrTypeTraitExpr>(S))
    return false;
  if (const auto *CE = dyn_cast<CallExpr>(S))
    if (callCanRaise(CE, Memory))
      return true;
  if (Memory) {
    if (const auto *UO = dyn_cast<UnaryOperator>(S))
      if (UO->getOpcode() == UO_Deref && !isFresh(UO->getSubExpr()))
        return true;
    if (const auto *ME = dyn_cast<MemberExpr>(S))
      if (ME->isArrow() && !isFresh(ME->getBase()))
        return true;
    if (const auto *AS = dyn_cast<ArraySubscriptExpr>(S))
      if (!AS->getBase()->IgnoreImpCasts()->getType()->isArrayType() &&
          !isFresh(AS->getBase()))
        return true;
  }
  return llvm::any_of(S->children(), [this, Memory](const Stmt *C) {
    return canRaise(C, Memory);
  });
}

bool RaiseFinder::changesOwnership(const Stmt *S) {
  if (!S)
    return false;
  if (const auto *CE = dyn_cast<CallExpr>(S)) {
    const FunctionDecl *FD = CE->getDirectCallee();
    const Routine *R = lookupRoutine(FD);
    if (!isKernelRoutine(FD) ||
        (R && (!R->Acquires.empty() || !R->Releases.empty() ||
               !R->Transfers.empty())))
      return true;
  }
  return llvm::any_of(S->children(), changesOwnership);
}

static bool acquires(const Expr *E) {
  const auto *CE = dyn_cast<CallExpr>(E->IgnoreParenCasts());
  const Routine *R = CE ? lookupRoutine(CE->getDirectCallee()) : nullptr;
  return R && !R->Acquires.empty() &&
         R->Acquires.front().Where == Place::RETURN;
}

void RaiseFinder::collectFresh(const Stmt *S) {
  if (!S)
    return;
  if (const auto *DS = dyn_cast<DeclStmt>(S)) {
    for (const Decl *D : DS->decls())
      if (const auto *VD = dyn_cast<VarDecl>(D))
        if (VD->getInit() && acquires(VD->getInit()))
          Fresh.insert(VD);
  } else if (const auto *BO = dyn_cast<BinaryOperator>(S)) {
    if (BO->getOpcode() == BO_Assign && acquires(BO->getRHS()))
      if (const auto *Ref =
              dyn_cast<DeclRefExpr>(BO->getLHS()->IgnoreParenCasts()))
        Fresh.insert(Ref->getDecl());
  }
  for (const Stmt *C : S->children())
    collectFresh(C);
}

bool RaiseFinder::isFresh(const Expr *E) const {
  const auto *Ref = dyn_cast<DeclRefExpr>(E->IgnoreParenCasts());
  return Ref && Fresh.contains(Ref->getDecl());
}

/// Whether an object is a variable, or in fresh memory.
bool RaiseFinder::isOwn(const Expr *E) const {
  E = E->IgnoreParens();
  if (const auto *ME = dyn_cast<MemberExpr>(E))
    return ME->isArrow() ? pointsToOwn(ME->getBase()) : isOwn(ME->getBase());
  if (const auto *AS = dyn_cast<ArraySubscriptExpr>(E))
    return pointsToOwn(AS->getBase());
  return isa<DeclRefExpr>(E) || isa<StringLiteral>(E);
}

/// Whether a pointer leads to such an object.
bool RaiseFinder::pointsToOwn(const Expr *E) const {
  E = E->IgnoreParenCasts();
  if (const auto *UO = dyn_cast<UnaryOperator>(E))
    return UO->getOpcode() == UO_AddrOf && isOwn(UO->getSubExpr());
  if (const auto *BO = dyn_cast<BinaryOperator>(E))
    return BO->isAdditiveOp() && pointsToOwn(BO->getLHS());
  return isFresh(E) || (E->getType()->isArrayType() && isOwn(E));
}

bool RaiseFinder::callCanRaise(const CallExpr *CE, bool Memory) {
  const FunctionDecl *FD = CE->getDirectCallee();
  if (!FD)
    return Memory;
  if (const Routine *R = lookupRoutine(FD)) {
    auto Foreign = [&](int Arg) {
      return Arg != NA && (static_cast<unsigned>(Arg) >= CE->getNumArgs() ||
                           !pointsToOwn(CE->getArg(Arg)));
    };
    return R->Raises || (Memory && (Foreign(R->CopyTo) ||
                                    Foreign(R->CopyFrom) || Foreign(R->FillTo)));
  }
  if (isKernelRoutine(FD) || FD->getBuiltinID())
    return false;
  const FunctionDecl *Def = nullptr;
  // Of functions that are not seen, those are expected to raise that somebody
  // waits for with a handler.
  if (!FD->hasBody(Def))
    return Memory;
  auto [It, New] = Known.try_emplace(Def->getCanonicalDecl(), false);
  if (!New)
    return It->second;
  bool Raises = bodyCanRaise(Def->getBody());
  Known[Def->getCanonicalDecl()] = Raises;
  return Raises;
}

// In a callee only calls count: nearly every function reads memory.
bool RaiseFinder::bodyCanRaise(const Stmt *S) {
  if (!S)
    return false;
  if (const auto *Try = dyn_cast<SEHTryStmt>(S))
    if (Try->getExceptHandler())
      return bodyCanRaise(Try->getExceptHandler());
  if (const auto *CE = dyn_cast<CallExpr>(S)) {
    const Routine *R = lookupRoutine(CE->getDirectCallee());
    if (R ? R->Raises : callCanRaise(CE, false))
      return true;
  }
  return llvm::any_of(S->children(),
                      [this](const Stmt *C) { return bodyCanRaise(C); });
}

} // namespace leak62
