//===- ValueSources.cpp - Where the values of a function come from --------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ValueSources.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace leak62 {

/// What an object is assigned to: a variable or a field, elements included.
static const ValueDecl *keyOf(const Expr *E) {
  for (;;) {
    E = E->IgnoreParenCasts();
    if (const auto *AS = dyn_cast<ArraySubscriptExpr>(E)) {
      E = AS->getBase();
      continue;
    }
    if (const auto *UO = dyn_cast<UnaryOperator>(E))
      if (UO->getOpcode() == UO_Deref || UO->getOpcode() == UO_AddrOf) {
        E = UO->getSubExpr();
        continue;
      }
    break;
  }
  if (const auto *ME = dyn_cast<MemberExpr>(E))
    return ME->getMemberDecl();
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
    return Ref->getDecl();
  return nullptr;
}

bool isNull(const Expr *E) {
  const auto *IL = dyn_cast<IntegerLiteral>(E->IgnoreParenCasts());
  return IL && IL->getValue() == 0;
}

void ValueSources::moves(const Expr *E) {
  E = E->IgnoreParenCasts();
  if (const auto *CO = dyn_cast<AbstractConditionalOperator>(E)) {
    moves(CO->getTrueExpr());
    moves(CO->getFalseExpr());
    return;
  }
  if (!E->getType()->isPointerType() && !E->getType()->isArrayType())
    return;
  if (const auto *UO = dyn_cast<UnaryOperator>(E))
    if (UO->getOpcode() == UO_AddrOf)
      E = UO->getSubExpr()->IgnoreParens();
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
    ++MovedOn[Ref->getDecl()];
  // Of t->list.Flink, the list.
  while (const auto *ME = dyn_cast<MemberExpr>(E)) {
    Moved.insert(ME);
    E = ME->getBase()->IgnoreParens();
  }
}

// What starts a routine that does not get it, as a work item does: it stays
// where it was.
static bool onlyStarts(const CallExpr *CE, const Routine &R, unsigned I) {
  for (const Context &C : R.Contexts) {
    if (C.ContextArg == static_cast<int>(I) || C.RoutineArg == NA ||
        C.RoutineArg >= static_cast<int>(CE->getNumArgs()))
      return false;
    QualType T = CE->getDirectCallee()
                     ->getParamDecl(C.RoutineArg)
                     ->getType()
                     ->getPointeeType();
    const auto *Type = T.isNull() ? nullptr : T->getAs<FunctionProtoType>();
    if (!Type)
      return false;
    QualType Given = CE->getDirectCallee()->getParamDecl(I)->getType();
    for (QualType Param : Type->param_types())
      if (Param.getCanonicalType() == Given.getCanonicalType())
        return false;
  }
  return !R.Contexts.empty();
}

// The routine keeps that argument, or passes it on.
static bool takes(const CallExpr *CE, unsigned I) {
  const FunctionDecl *Callee = CE->getDirectCallee();
  if (const Routine *R = lookupRoutine(Callee)) {
    for (const Transfer &T : R->Transfers)
      if (T.Arg == static_cast<int>(I))
        return I >= Callee->getNumParams() || !onlyStarts(CE, *R, I);
    return R->CompletionContext == static_cast<int>(I) ||
           R->ListRemoveHead == static_cast<int>(I) ||
           R->ListInsertEntry == static_cast<int>(I) ||
           R->CopyFrom == static_cast<int>(I);
  }
  return !isKernelRoutine(Callee);
}

// Kernel routines without a row take nothing, and a copy of what a pointer
// leads to leaves the pointer where it is.
static bool onlyReads(const CallExpr *CE, unsigned I) {
  const FunctionDecl *Callee = CE->getDirectCallee();
  const Routine *R = lookupRoutine(Callee);
  return R ? R->CopyFrom == static_cast<int>(I) && R->Callbacks.empty() &&
                 isa<MemberExpr>(CE->getArg(I)->IgnoreParenCasts()) &&
                 CE->getArg(I)->IgnoreParenCasts()->getType()->isPointerType()
           : isKernelRoutine(Callee);
}

void ValueSources::reads(const Expr *E) {
  E = E->IgnoreParenCasts();
  if (const auto *UO = dyn_cast<UnaryOperator>(E))
    if (UO->getOpcode() == UO_AddrOf)
      E = UO->getSubExpr()->IgnoreParenCasts();
  while (const auto *ME = dyn_cast<MemberExpr>(E)) {
    Read.insert(ME);
    E = ME->getBase()->IgnoreParenCasts();
  }
}

void ValueSources::collect(const Stmt *S) {
  if (!S)
    return;
  if (const auto *DS = dyn_cast<DeclStmt>(S)) {
    for (const Decl *D : DS->decls())
      if (const auto *VD = dyn_cast<VarDecl>(D))
        if (VD->getInit()) {
          Assigned[VD].push_back(VD->getInit());
          moves(VD->getInit());
        }
  } else if (const auto *BO = dyn_cast<BinaryOperator>(S)) {
    if (BO->getOpcode() == BO_Assign) {
      if (const ValueDecl *Key = keyOf(BO->getLHS()))
        Assigned[Key].push_back(BO->getRHS());
      moves(BO->getRHS());
    }
  } else if (const auto *RS = dyn_cast<ReturnStmt>(S)) {
    if (RS->getRetValue())
      moves(RS->getRetValue());
  } else if (const auto *CE = dyn_cast<CallExpr>(S)) {
    for (const Expr *Arg : CE->arguments())
      if (const auto *UO = dyn_cast<UnaryOperator>(Arg->IgnoreParenCasts()))
        if (UO->getOpcode() == UO_AddrOf &&
            UO->getSubExpr()->getType()->isPointerType())
          if (const ValueDecl *Key = keyOf(UO))
            Filled[Key].push_back(CE);
    for (unsigned I = 0; I < CE->getNumArgs(); ++I) {
      if (takes(CE, I))
        moves(CE->getArg(I));
      if (onlyReads(CE, I))
        reads(CE->getArg(I));
    }
  }
  for (const Stmt *Child : S->children())
    collect(Child);
}

const char *ValueSources::held(const Expr *E) const {
  const auto *Ref = dyn_cast<DeclRefExpr>(E->IgnoreParenCasts());
  return Ref && MovedOn.lookup(Ref->getDecl()) > 1 ? "shared" : "only";
}

ValueSources::Acquired ValueSources::acquired(const Expr *E, bool Local) const {
  E = E->IgnoreParenCasts();
  Acquired Out;
  if (const auto *CE = dyn_cast<CallExpr>(E)) {
    if (const Routine *R = lookupRoutine(CE->getDirectCallee()))
      for (const Acquire &A : R->Acquires)
        if (A.Where == Place::RETURN)
          Out.push_back({CE, &A});
    return Out;
  }
  const auto *Ref = dyn_cast<DeclRefExpr>(E);
  const auto *VD = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
  if (!Local || !VD || !VD->hasLocalStorage() || isa<ParmVarDecl>(VD))
    return Out;
  if (auto It = Assigned.find(VD); It != Assigned.end())
    for (const Expr *Value : It->second) {
      if (isNull(Value))
        continue;
      Acquired More = acquired(Value, /*Local=*/false);
      if (More.empty())
        return {};
      Out.insert(Out.end(), More.begin(), More.end());
    }
  if (auto It = Filled.find(VD); It != Filled.end())
    for (const CallExpr *Call : It->second) {
      const Routine *R = lookupRoutine(Call->getDirectCallee());
      if (!R)
        return {};
      for (const Acquire &A : R->Acquires)
        if (A.Where == Place::OUT &&
            A.Arg < static_cast<int>(Call->getNumArgs()) &&
            keyOf(Call->getArg(A.Arg)) == VD)
          Out.push_back({Call, &A});
    }
  return Out;
}

void ValueSources::origin(const Expr *E, Origin &O) const {
  if (O.Depth > 40)
    return;
  ++O.Depth;
  E = E->IgnoreParenCasts();
  if (const auto *CE = dyn_cast<CallExpr>(E)) {
    madeBy(CE, /*Returned=*/true, O);
  } else if (const auto *CO = dyn_cast<AbstractConditionalOperator>(E)) {
    origin(CO->getTrueExpr(), O);
    origin(CO->getFalseExpr(), O);
  } else if (const auto *BO = dyn_cast<BinaryOperator>(E)) {
    bool Right = BO->isAssignmentOp() || BO->getOpcode() == BO_Comma;
    origin(Right ? BO->getRHS() : BO->getLHS(), O);
  } else if (const auto *SE = dyn_cast<StmtExpr>(E)) {
    if (!SE->getSubStmt()->body_empty())
      if (const auto *Last = dyn_cast<Expr>(SE->getSubStmt()->body_back()))
        origin(Last, O);
  } else if (const ValueDecl *Key = keyOf(E)) {
    if (O.Seen.insert(Key).second) {
      if (auto It = Assigned.find(Key); It != Assigned.end())
        for (const Expr *Value : It->second)
          // What a field holds later on says nothing of what it held.
          if (isa<VarDecl>(Key) || SM.isBeforeInTranslationUnit(
                                       Value->getBeginLoc(), E->getBeginLoc()))
            origin(Value, O);
      if (auto It = Filled.find(Key); It != Filled.end())
        for (const CallExpr *Call : It->second)
          madeBy(Call, /*Returned=*/false, O);
    }
  }
  --O.Depth;
}

void ValueSources::madeBy(const CallExpr *CE, bool Returned, Origin &O) {
  const FunctionDecl *Callee = CE->getDirectCallee();
  if (!Callee)
    return;
  if (const Routine *R = lookupRoutine(Callee)) {
    for (const Acquire &A : R->Acquires)
      O.Fresh |= (A.Where == Place::RETURN) == Returned;
  } else if (!isKernelRoutine(Callee)) {
    O.Makers.insert(Callee->getCanonicalDecl());
  }
}

} // namespace leak62
