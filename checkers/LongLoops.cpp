//===- LongLoops.cpp ------------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LongLoops.h"
#include "AccessPath.h"
#include "Compat.h"
#include "Resources.h"
#include "clang/AST/ParentMap.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Analysis/CFGStmtMap.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/LoopUnrolling.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/MapVector.h"

using namespace clang;
using namespace ento;

namespace leak62 {
namespace {

const VarDecl *localOf(const Expr *E) {
  const VarDecl *VD = variableOf(E);
  return VD && VD->hasLocalStorage() ? VD : nullptr;
}

/// The blocks from which the loop comes back to \p Test, a block of its
/// condition.
class Cycle {
public:
  Cycle(const CFG &Cfg, const CFGBlock *Test, const CFGStmtMap &Blocks)
      : Blocks(Blocks), Again(reached(Cfg, Test, true)) {
    Again &= reached(Cfg, Test, false);
  }
  bool runs(const Stmt *S) const {
    const CFGBlock *B = Blocks.getBlock(S);
    return !B || Again[B->getBlockID()];
  }

private:
  const CFGStmtMap &Blocks;
  llvm::BitVector Again;

  static llvm::BitVector reached(const CFG &Cfg, const CFGBlock *From,
                                 bool Forward) {
    llvm::BitVector Seen(Cfg.getNumBlockIDs());
    llvm::SmallVector<const CFGBlock *, 16> Todo{From};
    auto Add = [&](const CFGBlock *B) {
      if (B && !Seen[B->getBlockID()]) {
        Seen.set(B->getBlockID());
        Todo.push_back(B);
      }
    };
    while (!Todo.empty()) {
      const CFGBlock *B = Todo.pop_back_val();
      if (Forward)
        for (const CFGBlock *Next : B->succs())
          Add(Next);
      else
        for (const CFGBlock *Next : B->preds())
          Add(Next);
    }
    return Seen;
  }
};

/// What the rounds of a loop do to its variables; stops at what may matter to
/// a resource.
class Effects : public RecursiveASTVisitor<Effects> {
public:
  explicit Effects(const Cycle &Round) : Round(Round) {}
  enum Steps : unsigned char { UP = 1, DOWN = 2, ANY = 4, TWICE = 8 };
  llvm::MapVector<const VarDecl *, unsigned> Changed;

  /// Where the loop begins is not part of its rounds.
  bool allow(const Stmt *Loop) {
    if (const auto *FS = dyn_cast<ForStmt>(Loop))
      return TraverseStmt(const_cast<Expr *>(FS->getCond())) &&
             TraverseStmt(const_cast<Expr *>(FS->getInc())) &&
             TraverseStmt(const_cast<Stmt *>(FS->getBody()));
    return TraverseStmt(const_cast<Stmt *>(Loop));
  }

  bool VisitCallExpr(CallExpr *CE) {
    if (!Round.runs(CE))
      return true;
    const FunctionDecl *FD = CE->getDirectCallee();
    const Routine *R = FD ? lookupRoutine(FD) : nullptr;
    return FD && !FD->hasBody() && isKernelRoutine(FD) &&
           (!R || (!R->takes() && R->Releases.empty() && R->Unholds.empty() &&
                   R->Transfers.empty() && R->ListInsertHead == NA &&
                   R->ListRemoveHead == NA && R->ExchangeTarget == NA));
  }
  bool VisitBinaryOperator(BinaryOperator *BO) {
    if (!BO->isAssignmentOp() || !Round.runs(BO))
      return true;
    if (!BO->getType()->isArithmeticType())
      return false;
    if (const VarDecl *VD = localOf(BO->getLHS()))
      Changed[VD] |= ANY;
    return true;
  }
  bool VisitUnaryOperator(UnaryOperator *UO) {
    if (!Round.runs(UO))
      return true;
    const VarDecl *VD = localOf(UO->getSubExpr());
    if (UO->isIncrementDecrementOp()) {
      if (!UO->getType()->isArithmeticType())
        return false;
      if (VD && Changed[VD])
        Changed[VD] |= TWICE;
      if (VD)
        Changed[VD] |= UO->isIncrementOp() ? UP : DOWN;
    } else if (UO->getOpcode() == UO_AddrOf && VD) {
      Changed[VD] |= ANY;
    }
    return true;
  }
  bool VisitStmt(Stmt *S) { return !isa<AsmStmt>(S) && !isa<StmtExpr>(S); }

private:
  const Cycle &Round;
};

/// A sum of integer variables and constants, as it is in \p State.
SVal valueOf(const Expr *E, ProgramStateRef State, CheckerContext &C) {
  SValBuilder &SVB = C.getSValBuilder();
  E = E->IgnoreParens();
  Expr::EvalResult Known;
  if (!E->getType()->isIntegerType())
    return UnknownVal();
  if (E->EvaluateAsInt(Known, C.getASTContext()))
    return SVB.makeIntVal(Known.Val.getInt());
  if (const auto *CE = dyn_cast<CastExpr>(E)) {
    const Expr *Sub = CE->getSubExpr();
    if (CE->getCastKind() == CK_LValueToRValue) {
      if (const VarDecl *VD = localOf(Sub))
        return State->getSVal(State->getLValue(VD, C.getLocationContext()),
                              VD->getType());
      return UnknownVal();
    }
    SVal V = valueOf(Sub, State, C);
    return V.isUnknownOrUndef() ? V
                                : SVB.evalCast(V, E->getType(), Sub->getType());
  }
  const auto *BO = dyn_cast<BinaryOperator>(E);
  if (!BO || !(BO->isAdditiveOp() || BO->isComparisonOp()))
    return UnknownVal();
  SVal L = valueOf(BO->getLHS(), State, C), R = valueOf(BO->getRHS(), State, C);
  if (L.isUnknownOrUndef() || R.isUnknownOrUndef())
    return UnknownVal();
  return SVB.evalBinOp(State, BO->getOpcode(), L, R, E->getType());
}

/// In steps of one a loop comes to its limit and not past it: it ends there, or
/// before.  \p Before: the state in which the round that ends now was entered.
ProgramStateRef keepWithin(const BinaryOperator *Test, const Effects &Does,
                           ProgramStateRef Before, ProgramStateRef State,
                           CheckerContext &C) {
  const VarDecl *VD = localOf(Test->getLHS()->IgnoreParenImpCasts());
  auto It = Does.Changed.find(VD);
  if (!VD || It == Does.Changed.end())
    return State;
  BinaryOperatorKind Op = Test->getOpcode(), Within;
  if ((Op == BO_LT || Op == BO_NE) && It->second == Effects::UP)
    Within = BO_LE;
  else if ((Op == BO_GT || Op == BO_NE) && It->second == Effects::DOWN)
    Within = BO_GE;
  else
    return State;
  SVal L = valueOf(Test->getLHS(), State, C);
  SVal R = valueOf(Test->getRHS(), State, C);
  if (L.isUnknownOrUndef() || R.isUnknownOrUndef() ||
      R != valueOf(Test->getRHS(), Before, C))
    return State;
  SValBuilder &SVB = C.getSValBuilder();
  auto Holds = SVB.evalBinOp(State, Within, L, R, SVB.getConditionType())
                   .getAs<DefinedSVal>();
  ProgramStateRef Then = Holds ? State->assume(*Holds, true) : nullptr;
  return Then ? Then : State;
}

/// The loop whose condition, or a part of it, \p Cond is.
const Stmt *loopOf(const Expr *Cond, const ParentMap &Parents) {
  const Stmt *S = Cond;
  const Stmt *Up = Parents.getParent(S);
  for (; Up; S = Up, Up = Parents.getParent(Up)) {
    if (const auto *FS = dyn_cast<ForStmt>(Up))
      return FS->getCond() == S ? Up : nullptr;
    if (const auto *WS = dyn_cast<WhileStmt>(Up))
      return WS->getCond() == S ? Up : nullptr;
    if (const auto *DS = dyn_cast<DoStmt>(Up))
      return DS->getCond() == S ? Up : nullptr;
    const auto *BO = dyn_cast<BinaryOperator>(Up);
    if (!(BO && BO->isLogicalOp()) && !isa<ParenExpr>(Up))
      return nullptr;
  }
  return nullptr;
}

} // namespace

ProgramStateRef runOn(const Stmt *Cond, const CFGBlock *Block,
                      CheckerContext &C) {
  ProgramStateRef State = C.getState();
  const auto *Test = dyn_cast<BinaryOperator>(Cond);
  unsigned Last = C.getAnalysisManager().options.maxBlockVisitOnPath;
  if (C.blockCount() != std::min(Last, MaxUnknownRounds + 1) || !Test ||
      !Test->isComparisonOp() || isUnrolledState(State))
    return nullptr;
  AnalysisDeclContext *ADC = C.getCurrentAnalysisDeclContext();
  const Stmt *Loop = loopOf(Test, ADC->getParentMap());
  const CFGStmtMap *Blocks = Loop ? ADC->getCFGStmtMap() : nullptr;
  if (!Blocks)
    return nullptr;
  Cycle Round(*C.getStackFrame()->getCFG(), Block, *Blocks);
  Effects Does(Round);
  if (!Does.allow(Loop))
    return nullptr;

  SValBuilder &SVB = C.getSValBuilder();
  bool Runs = false;
  for (auto &[VD, Steps] : Does.Changed) {
    if (Steps & Effects::ANY || !VD->getType()->isIntegerType())
      continue;
    Loc At = State->getLValue(VD, C.getLocationContext());
    SVal Old = State->getSVal(At, VD->getType());
    if (Old.isUnknownOrUndef())
      continue;
    DefinedOrUnknownSVal New = conjure(C, VD, Test, VD->getType());
    State = State->bindLoc(At, New, C.getLocationContext());
    Runs = true;
    unsigned Way = Steps & (Effects::UP | Effects::DOWN);
    if (Way == (Effects::UP | Effects::DOWN))
      continue;
    auto Further = SVB.evalBinOp(State, Way == Effects::UP ? BO_GE : BO_LE, New,
                                 Old, SVB.getConditionType())
                       .getAs<DefinedSVal>();
    if (ProgramStateRef Then = Further ? State->assume(*Further, true) : State)
      State = Then;
  }
  if (Runs)
    State = keepWithin(Test, Does, C.getState(), State, C);
  SVal V = Runs ? valueOf(Test, State, C) : UnknownVal();
  return V.isUnknownOrUndef()
             ? nullptr
             : State->BindExpr(Cond, C.getLocationContext(), V);
}

} // namespace leak62
