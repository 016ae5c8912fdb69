//===- LocalUses.cpp ------------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LocalUses.h"
#include "AccessPath.h"
#include "Summaries.h"
#include "clang/AST/Decl.h"
#include "clang/AST/Stmt.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace leak62 {

const VarDecl *localOf(const Expr *E) {
  const VarDecl *VD = variableOf(E);
  return VD && VD->isLocalVarDecl() && VD->hasLocalStorage() ? VD : nullptr;
}

// A routine of the table, or one of the driver that returns something new or
// null.
static FreshValue acquired(const Expr *E) {
  const auto *CE = dyn_cast<CallExpr>(E->IgnoreParenCasts());
  const FunctionDecl *FD = CE ? CE->getDirectCallee() : nullptr;
  if (!FD)
    return {};
  if (const Routine *R = lookupRoutine(FD)) {
    for (const Acquire &A : R->Acquires)
      if (A.Where == Place::RETURN && A.Cond == When::ALWAYS)
        return {CE, &A};
    return {};
  }
  FreshValue Out;
  if (const Summary *S = summaryOf(FD))
    for (const Outcome &O : S->Outcomes) {
      if (O.Value == Outcome::FRESH)
        Out = {CE, O.Row};
      else if (O.Ret != ZERO)
        return {};
    }
  return Out;
}

// A function of the driver that leaves argument I alone.
static bool leavesAlone(const FunctionDecl *FD, unsigned I) {
  const Summary *S = FD ? summaryOf(FD) : nullptr;
  if (!S)
    return false;
  for (const Outcome &O : S->Outcomes) {
    if ((O.Value == Outcome::PARAM || O.Value == Outcome::FROM) &&
        O.Arg == static_cast<int>(I))
      return false;
    for (const Clause &C : O.Clauses)
      if (C.Arg == static_cast<int>(I) && C.Op != Clause::PRE &&
          C.Op != Clause::WRITE && C.Op != Clause::NULLED)
        return false;
  }
  return true;
}

// A function of the driver that releases argument I, with or without what is in
// it, whenever that is not null.
static bool frees(const FunctionDecl *FD, unsigned I) {
  const Summary *S = FD ? summaryOf(FD) : nullptr;
  bool Ever = false;
  if (!S)
    return false;
  for (const Outcome &O : S->Outcomes) {
    bool Releases = false, OnlyNull = false;
    if ((O.Value == Outcome::PARAM || O.Value == Outcome::FROM) &&
        O.Arg == static_cast<int>(I))
      return false;
    for (const Clause &C : O.Clauses) {
      if (C.Arg != static_cast<int>(I))
        continue;
      OnlyNull |= C.Op == Clause::PRE && C.Signs == ZERO;
      Releases |= C.Op == Clause::RELEASE && C.Path == ".";
      if (C.Op != Clause::PRE && C.Op != Clause::RELEASE &&
          C.Op != Clause::WRITE && C.Op != Clause::NULLED)
        return false;
    }
    if (!Releases && !OnlyNull)
      return false;
    Ever |= Releases;
  }
  return Ever;
}

static bool isArgument(const CallExpr *CE, const Stmt *Arg,
                       bool (*Is)(const FunctionDecl *, unsigned)) {
  for (unsigned I = 0; I < CE->getNumArgs(); ++I)
    if (CE->getArg(I)->IgnoreParenCasts() == Arg)
      return Is(CE->getDirectCallee(), I);
  return false;
}

// A call that does not get hold of what is passed as Arg.
static bool isHarmless(const CallExpr *CE, const Stmt *Arg) {
  const FunctionDecl *FD = CE->getDirectCallee();
  if (!FD)
    return false;
  if (const Routine *R = lookupRoutine(FD))
    return R->Transfers.empty() && R->ListInsertHead == NA &&
           R->ExchangeTarget == NA && R->CompletionIrp == NA &&
           R->AliasFrom == NA && R->SendIrp == NA;
  const SourceManager &SM = FD->getASTContext().getSourceManager();
  if (isKernelRoutine(FD) ||
      SM.isInSystemHeader(SM.getExpansionLoc(FD->getLocation())))
    return true;
  return isArgument(CE, Arg, leavesAlone) || isArgument(CE, Arg, frees);
}

LocalUses::LocalUses(ASTContext &Ctx, const FunctionDecl *FD)
    : Ctx(Ctx), FD(FD),
      Parents(std::make_unique<ParentMap>(const_cast<Stmt *>(FD->getBody()))) {
  CFG::BuildOptions Options;
  Options.setAllAlwaysAdd();
  Graph = CFG::buildCFG(FD, const_cast<Stmt *>(FD->getBody()), &Ctx, Options);
}

// The parent of an expression behind parentheses and casts.
const Stmt *LocalUses::userOf(const Stmt *E) const {
  const Stmt *P = Parents->getParent(E);
  while (P && isa<ParenExpr, CastExpr>(P))
    P = Parents->getParent(P);
  return P;
}

bool LocalUses::isAssignable(const Expr *Value) {
  if (FreshValue New = acquired(Value)) {
    From = New;
    Assigns.insert(New.Call);
    return true;
  }
  return Value->isNullPointerConstant(Ctx, Expr::NPC_ValueDependentIsNull) !=
         Expr::NPCK_NotNull;
}

// F is read somewhere in S.
static bool isRead(const Stmt *S, const ValueDecl *F) {
  if (!S)
    return false;
  const auto *BO = dyn_cast<BinaryOperator>(S);
  const auto *To = BO && BO->getOpcode() == BO_Assign
                       ? dyn_cast<MemberExpr>(BO->getLHS()->IgnoreParens())
                       : nullptr;
  if (To && To->getMemberDecl() == F)
    return isRead(To->getBase(), F) || isRead(BO->getRHS(), F);
  const auto *ME = dyn_cast<MemberExpr>(S);
  return (ME && ME->getMemberDecl() == F) ||
         llvm::any_of(S->children(),
                      [&](const Stmt *C) { return isRead(C, F); });
}

// "irp->UserIosb = &context->Iosb", and the driver never asks the IRP for that.
bool LocalUses::isPutInIrp(const Stmt *S, const Stmt *Value,
                           const Way &W) const {
  const auto *BO = dyn_cast_or_null<BinaryOperator>(S);
  if (!W.Irp || !BO || BO->getOpcode() != BO_Assign ||
      BO->getRHS()->IgnoreParenCasts() != Value)
    return false;
  const auto *To = dyn_cast<MemberExpr>(BO->getLHS()->IgnoreParenCasts());
  if (!To || variableOf(To->getBase()) != W.Irp)
    return false;
  return llvm::none_of(Ctx.getTranslationUnitDecl()->decls(), [&](Decl *D) {
    const auto *Function = dyn_cast<FunctionDecl>(D);
    return Function && Function->doesThisDeclarationHaveABody() &&
           isRead(Function->getBody(), To->getMemberDecl());
  });
}

// The variable that points to the object of which \p E is a field or an element
// in place, or null.
static const VarDecl *holderOf(const Expr *E) {
  for (;;) {
    E = E->IgnoreParenCasts();
    if (const auto *ME = dyn_cast<MemberExpr>(E)) {
      if (ME->isArrow())
        return variableOf(ME->getBase());
      E = ME->getBase();
    } else if (const auto *ASE = dyn_cast<ArraySubscriptExpr>(E);
               ASE &&
               ASE->getBase()->IgnoreParenCasts()->getType()->isArrayType()) {
      E = ASE->getBase();
    } else {
      return nullptr;
    }
  }
}

// "job->Name.Buffer = (PWCH)(job + 1)": who has the object has that too, and
// nobody else gets to know of it.
static bool isPutInItself(const Stmt *S, const Stmt *Value, const Expr *Ref) {
  const auto *BO = dyn_cast_or_null<BinaryOperator>(S);
  const VarDecl *VD = variableOf(Ref);
  return BO && VD && BO->getOpcode() == BO_Assign &&
         BO->getRHS()->IgnoreParenCasts() == Value &&
         holderOf(BO->getLHS()) == VD;
}

// The largest sum that Value, a pointer, is part of: it leads to the same
// object.
const Expr *LocalUses::sumOf(const Expr *Value) const {
  for (;;) {
    const auto *BO = dyn_cast_or_null<BinaryOperator>(userOf(Value));
    if (!BO || !BO->isAdditiveOp() || !BO->getType()->isPointerType())
      return Value;
    Value = BO;
  }
}

// Ref, the variable or the field, is used in a way that tells nobody of it.
bool LocalUses::isUseOurs(const Expr *Ref, const Way &W) {
  const Expr *Value = sumOf(Ref);
  const Stmt *User = userOf(Value);
  if (!User)
    return false;
  if (W.Takers.contains(User))
    return true;
  if (const auto *BO = dyn_cast<BinaryOperator>(User)) {
    if (BO->getOpcode() != BO_Assign)
      return BO->isComparisonOp() || BO->isLogicalOp();
    if (BO->getLHS()->IgnoreParenCasts() != Ref)
      return Value != Ref && isPutInItself(BO, Value, Ref);
    Targets.insert(Ref);
    return isAssignable(BO->getRHS());
  }
  if (const auto *CE = dyn_cast<CallExpr>(User))
    return isHarmless(CE, Value);
  if (isa<MemberExpr, ArraySubscriptExpr>(User)) {
    // A list entry or an event in it would be a way back to it.
    const Stmt *Of = userOf(User);
    while (isa_and_nonnull<MemberExpr>(Of))
      Of = userOf(Of);
    const auto *UO = dyn_cast_or_null<UnaryOperator>(Of);
    if (!UO || UO->getOpcode() != UO_AddrOf)
      return true;
    const Expr *Address = sumOf(UO);
    const Stmt *By = userOf(Address);
    const auto *Deref = dyn_cast_or_null<UnaryOperator>(By);
    if (isPutInIrp(By, Address, W) || isPutInItself(By, Address, Ref))
      return true;
    if (const auto *CE = dyn_cast_or_null<CallExpr>(By))
      return W.Takers.contains(CE) || isHarmless(CE, Address);
    return isa_and_nonnull<MemberExpr>(By) ||
           (Deref && Deref->getOpcode() == UO_Deref);
  }
  if (const auto *UO = dyn_cast<UnaryOperator>(User))
    return UO->getOpcode() == UO_Deref || UO->getOpcode() == UO_LNot;
  return isa<UnaryExprOrTypeTraitExpr, IfStmt, WhileStmt>(User);
}

bool LocalUses::areUsesOurs(const Stmt *S, const VarDecl *VD,
                            const FieldDecl *F, const Way &W) {
  if (!S)
    return true;
  const auto *E = dyn_cast<Expr>(S);
  if (F) {
    const auto *ME = dyn_cast<MemberExpr>(S);
    if (ME && ME->getMemberDecl() == F && variableOf(ME->getBase()) == VD)
      return isUseOurs(ME, W);
  } else if (const auto *Ref = dyn_cast<DeclRefExpr>(S)) {
    if (Ref->getDecl() == VD)
      return isUseOurs(E, W);
  }
  return llvm::all_of(S->children(),
                      [&](const Stmt *C) { return areUsesOurs(C, VD, F, W); });
}

// Where Start, on whose result B's ways part, has not started anything.
static const CFGBlock *failedWay(const CFGBlock &B, const CallExpr *Start) {
  const Routine *R = lookupRoutine(Start->getDirectCallee());
  const auto *E = dyn_cast_or_null<Expr>(B.getTerminatorCondition());
  if (!R || R->Starts.empty() || !R->Starts.front().MayFail || !E ||
      B.succ_size() != 2)
    return nullptr;
  unsigned Way = 1;
  for (E = E->IgnoreParenCasts(); E != Start; E = E->IgnoreParenCasts()) {
    const auto *UO = dyn_cast<UnaryOperator>(E);
    if (!UO || UO->getOpcode() != UO_LNot)
      return nullptr;
    Way = !Way;
    E = UO->getSubExpr();
  }
  return (B.succ_begin() + Way)->getReachableBlock();
}

// From a start on, up to where the variable gets another value.  A start that
// failed has left the pointer to be released.
bool LocalUses::isUsedAfter(const VarDecl *VD, const CallExpr *Start,
                            bool MayFail) const {
  llvm::SmallVector<const CFGBlock *, 16> Work;
  llvm::SmallPtrSet<const CFGBlock *, 16> Seen;
  auto IsRelease = [&](const Stmt *Ref) {
    const auto *CE = dyn_cast_or_null<CallExpr>(userOf(Ref));
    const Routine *R = CE ? lookupRoutine(CE->getDirectCallee()) : nullptr;
    return (R && !R->Releases.empty()) || (CE && isArgument(CE, Ref, frees));
  };
  // True: a use; otherwise, whether the end of the block is reached.
  auto Scan = [&](const CFGBlock *B, bool FromStart, bool &Ends) {
    bool On = !FromStart;
    Ends = true;
    for (const CFGElement &E : *B) {
      auto S = E.getAs<CFGStmt>();
      if (!S)
        continue;
      if (S->getStmt() == Start) {
        On = true;
        continue;
      }
      const auto *Ref = dyn_cast<DeclRefExpr>(S->getStmt());
      if (!On || !Ref || Ref->getDecl() != VD)
        continue;
      if (Targets.contains(Ref))
        return Ends = false;
      if (!MayFail || !IsRelease(Ref))
        return true;
    }
    return false;
  };
  bool Ends;
  const CFGBlock *Failed = nullptr;
  for (const CFGBlock *B : *Graph)
    for (const CFGElement &E : *B)
      if (auto S = E.getAs<CFGStmt>(); S && S->getStmt() == Start) {
        if (Scan(B, true, Ends))
          return true;
        if (Ends)
          Work.push_back(B);
        Failed = failedWay(*B, Start);
      }
  while (!Work.empty())
    for (const CFGBlock::AdjacentBlock &Next : Work.pop_back_val()->succs())
      if (const CFGBlock *B = Next.getReachableBlock()) {
        if (B == Failed) {
          Failed = nullptr; // from the start itself, which comes first
          continue;
        }
        if (!Seen.insert(B).second)
          continue;
        if (Scan(B, false, Ends))
          return true;
        if (Ends)
          Work.push_back(B);
      }
  return false;
}

FreshValue LocalUses::givenAway(const VarDecl *VD, const Way &W) {
  From = {};
  Targets.clear();
  Assigns.clear();
  if (!Graph || (VD->getInit() && !isAssignable(VD->getInit())) ||
      !areUsesOurs(FD->getBody(), VD, nullptr, W) || !From)
    return {};
  for (const CallExpr *Start : W.Starts)
    if (isUsedAfter(VD, Start, W.MayFail))
      return {};
  return From;
}

// No way from the function's entry to Start leaves out every acquiring call.
bool LocalUses::mustPass(const CallExpr *Start) const {
  llvm::SmallVector<const CFGBlock *, 16> Work{&Graph->getEntry()};
  llvm::SmallPtrSet<const CFGBlock *, 16> Seen;
  while (!Work.empty()) {
    const CFGBlock *B = Work.pop_back_val();
    if (!Seen.insert(B).second)
      continue;
    bool Passes = false;
    for (const CFGElement &E : *B) {
      auto S = E.getAs<CFGStmt>();
      if (S && S->getStmt() == Start)
        return false;
      if ((Passes = S && Assigns.contains(S->getStmt())))
        break;
    }
    if (!Passes)
      for (const CFGBlock::AdjacentBlock &Next : B->succs())
        if (const CFGBlock *To = Next.getReachableBlock())
          Work.push_back(To);
  }
  return true;
}

FreshValue LocalUses::heldIn(const VarDecl *VD, const FieldDecl *F,
                             const Way &W) {
  From = {};
  Targets.clear();
  Assigns.clear();
  if (!Graph || !areUsesOurs(FD->getBody(), VD, F, W) || !From)
    return {};
  for (const CallExpr *Start : W.Starts)
    if (!mustPass(Start))
      return {};
  return From;
}

} // namespace leak62
