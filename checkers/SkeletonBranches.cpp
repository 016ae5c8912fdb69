//===- SkeletonBranches.cpp - How blocks end ------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Returns, jumps, and the conditions that decide between two ways or more.
//
// Limits: comparing two places of one array decides nothing, since a pointer
// into an array stands for the whole; see findStepping().
//
//===----------------------------------------------------------------------===//

#include "AccessPath.h"
#include "SehLowering.h"
#include "SkeletonFunction.h"
#include "llvm/ADT/StringExtras.h"

using namespace clang;

namespace leak62 {

// "p + 1", "&t[n]": another place in the same memory.  Bytes are not counted:
// that leads from a link to its record.
static bool isStep(const Expr *E) {
  E = E->IgnoreParenCasts();
  if (const auto *UO = dyn_cast<UnaryOperator>(E))
    return UO->isIncrementDecrementOp() ||
           (UO->getOpcode() == UO_AddrOf &&
            isa<ArraySubscriptExpr>(UO->getSubExpr()->IgnoreParens()));
  const auto *BO = dyn_cast<BinaryOperator>(E);
  return BO && BO->isAdditiveOp() && BO->getType()->isPointerType() &&
         !BO->getType()->getPointeeType()->isCharType();
}

void SkeletonFunction::findStepping(const Stmt *S) {
  if (!S)
    return;
  if (const auto *DS = dyn_cast<DeclStmt>(S)) {
    for (const Decl *D : DS->decls())
      if (const auto *VD = dyn_cast<VarDecl>(D))
        if (VD->getInit() && isStep(VD->getInit()))
          Stepping.insert(VD);
  } else if (const auto *UO = dyn_cast<UnaryOperator>(S)) {
    if (UO->isIncrementDecrementOp())
      if (const VarDecl *VD = variableOf(UO->getSubExpr()))
        Stepping.insert(VD);
  } else if (const auto *BO = dyn_cast<BinaryOperator>(S)) {
    if (BO->isCompoundAssignmentOp() ||
        (BO->getOpcode() == BO_Assign && isStep(BO->getRHS())))
      if (const VarDecl *VD = variableOf(BO->getLHS()))
        Stepping.insert(VD);
  }
  for (const Stmt *C : S->children())
    findStepping(C);
}

// Pointers into one array: a value is the whole, so that nothing tells which of
// its places it is.
bool SkeletonFunction::comparesPlaces(const BinaryOperator *BO) const {
  auto Steps = [&](const Expr *E) {
    const VarDecl *VD = variableOf(E);
    return isStep(E) || (VD && Stepping.count(VD));
  };
  return BO->isComparisonOp() &&
         BO->getLHS()->IgnoreParenImpCasts()->getType()->isAnyPointerType() &&
         BO->getRHS()->IgnoreParenImpCasts()->getType()->isAnyPointerType() &&
         (BO->isRelationalOp() || Steps(BO->getLHS()) || Steps(BO->getRHS()));
}

// The buffer of a string, where E asks whether the string is empty.
std::string SkeletonFunction::bufferTested(const Expr *E) {
  if (const auto *BO = dyn_cast<BinaryOperator>(E)) {
    bool Right = BO->getRHS()->isIntegerConstantExpr(Ctx);
    const Expr *Zero = Right ? BO->getRHS() : BO->getLHS();
    Expr::EvalResult R;
    if (!BO->isComparisonOp() || !Zero->EvaluateAsInt(R, Ctx) ||
        R.Val.getInt() != 0)
      return "";
    E = Right ? BO->getLHS() : BO->getRHS();
  }
  const auto *ME = dyn_cast<MemberExpr>(E->IgnoreParenCasts());
  const FieldDecl *Buffer = ME ? bufferOfLength(ME->getMemberDecl()) : nullptr;
  if (!Buffer)
    return "";
  std::string Field = Buffer->getNameAsString();
  std::string Loaded = load(ME->isArrow() ? pointee(ME->getBase(), Field)
                                          : below(place(ME->getBase()), Field),
                            Buffer->getType());
  return Loaded[0] == 'v' ? Loaded : "";
}

// X REL constant, as the sign test that decides between the two.
std::string SkeletonFunction::condition(const Expr *E, const std::string &True,
                                        const std::string &False) {
  const std::string Any = "M " + True + " " + False;
  E = E->IgnoreParenImpCasts();
  if (const auto *UO = dyn_cast<UnaryOperator>(E))
    if (UO->getOpcode() == UO_LNot)
      return condition(UO->getSubExpr(), False, True);
  std::string X, Rel = "!=", Constant = "#0";
  const auto *BO = dyn_cast<BinaryOperator>(E);
  if (BO && comparesPlaces(BO))
    return Any;
  if (BO && BO->isComparisonOp()) {
    X = value(BO->getLHS());
    Constant = value(BO->getRHS());
    Rel = BO->getOpcodeStr().str();
    if (X[0] == '#') {
      std::swap(X, Constant);
      Rel = BinaryOperator::getOpcodeStr(
                BinaryOperator::reverseComparisonOp(BO->getOpcode()))
                .str();
    }
    if (Constant[0] != '#') {
      X = computed(Rel, X, Constant, BO->getType());
      Rel = "!=";
      Constant = "#0";
    }
  } else if (BO && BO->getOpcode() == BO_Comma) {
    return condition(BO->getRHS(), True, False);
  } else {
    X = value(E);
  }
  if (std::string Buffer = bufferTested(E); !Buffer.empty())
    X = Buffer;
  if (X[0] == '#') // decided at compile time; the graph has both ways
    return Any;
  return X[0] == 'v'
             ? "? " + X + " " + Rel + " " + Constant + " " + True + " " + False
             : Any;
}

// By cases, where all of them are constants; else "".
std::string SkeletonFunction::decision(const CFGBlock &B,
                                       const SwitchStmt *SS) {
  std::string Cases, Default;
  for (const CFGBlock::AdjacentBlock &Succ : B.succs()) {
    const CFGBlock *To = Succ.getReachableBlock();
    if (!To)
      continue;
    std::string Id = std::to_string(To->getBlockID());
    const auto *Case = dyn_cast_or_null<CaseStmt>(To->getLabel());
    Expr::EvalResult R;
    if (!Case || &Succ == &*B.succ_rbegin()) {
      Default = Id; // comes last, and may be what follows the switch
      continue;
    }
    if (Case->getRHS() || !Case->getLHS()->EvaluateAsInt(R, Ctx))
      return "";
    Cases += " #" + llvm::toString(R.Val.getInt(), 10) + " " + Id;
  }
  std::string V = value(SS->getCond());
  if (V[0] != 'v' || Cases.empty())
    return "";
  return "S " + V + " " + (Default.empty() ? "-" : Default) + Cases;
}

// An exception that leaves the function and a bug check come back to nobody.
bool SkeletonFunction::leaves(const CFGBlock &B) {
  if (B.hasNoReturnElement()) {
    op("X");
    return true;
  }
  for (const CFGElement &E : B)
    if (auto S = E.getAs<CFGStmt>()) {
      if (const auto *RS = dyn_cast<ReturnStmt>(S->getStmt())) {
        at(RS->getBeginLoc());
        op("R " +
           (RS->getRetValue() ? value(RS->getRetValue()) : std::string("-")));
        return true;
      }
      if (const auto *CE = dyn_cast<CallExpr>(S->getStmt()))
        if (const FunctionDecl *Callee = CE->getDirectCallee())
          if (Callee->getIdentifier() && Callee->getName() == SehUnwind) {
            op("X");
            return true;
          }
    }
  return false;
}

void SkeletonFunction::terminator(const CFGBlock &B) {
  if (const Stmt *T = B.getTerminatorStmt())
    at(T->getBeginLoc());
  if (leaves(B))
    return;
  llvm::SmallVector<std::string, 4> To;
  for (const CFGBlock::AdjacentBlock &Succ : B.succs()) {
    const CFGBlock *S = Succ.getReachableBlock();
    To.push_back(S ? std::to_string(S->getBlockID()) : "");
  }
  const auto *Cond = dyn_cast_or_null<Expr>(B.getTerminatorCondition());
  // What comes first has decided in a block of its own.
  while (Cond) {
    const auto *Both = dyn_cast<BinaryOperator>(Cond->IgnoreParens());
    if (!Both || !Both->isLogicalOp())
      break;
    Cond = Both->getRHS();
  }
  if (const auto *SS = dyn_cast_or_null<SwitchStmt>(B.getTerminatorStmt())) {
    if (std::string Line = decision(B, SS); !Line.empty()) {
      op(Line);
      return;
    }
  } else if (To.size() == 2 && !To[0].empty() && !To[1].empty() && Cond) {
    op(condition(Cond, To[0], To[1]));
    return;
  }
  std::string Line = "M";
  unsigned N = 0;
  for (const std::string &T : To)
    if (!T.empty()) {
      Line += " " + T;
      ++N;
    }
  if (&B == &B.getParent()->getExit())
    at(FD->getBody()->getEndLoc());
  if (!N)
    op(&B == &B.getParent()->getExit() ? "R -" : "X");
  else
    op(N == 1 ? "J" + Line.substr(1) : Line);
}

} // namespace leak62
