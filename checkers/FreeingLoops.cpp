//===- FreeingLoops.cpp ---------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FreeingLoops.h"
#include "AccessPath.h"
#include "Compat.h"
#include "Resources.h"
#include "clang/AST/ParentMap.h"

using namespace clang;
using namespace ento;

namespace leak62 {
namespace {

// What the result of a call is assigned to, or null.
const Expr *targetOf(const Owned &O) {
  const ParentMap &PM = O.Frame->getParentMap();
  const Stmt *P = PM.getParent(O.S->Call);
  while (P && isa<CastExpr, ParenExpr>(P))
    P = PM.getParent(P);
  const auto *BO = dyn_cast_or_null<BinaryOperator>(P);
  return BO && BO->getOpcode() == BO_Assign ? BO->getLHS()->IgnoreParenCasts()
                                            : nullptr;
}

// "&t[i]".
const ArraySubscriptExpr *addressedElement(const Expr *E) {
  const auto *UO = E ? dyn_cast<UnaryOperator>(E->IgnoreParenCasts()) : nullptr;
  return UO && UO->getOpcode() == UO_AddrOf
             ? dyn_cast<ArraySubscriptExpr>(UO->getSubExpr()->IgnoreParens())
             : nullptr;
}

// The first of what "VD = &t[i]" assigns below S.
const ArraySubscriptExpr *assignedElement(const Stmt *S, const VarDecl *VD) {
  if (!S)
    return nullptr;
  if (const auto *BO = dyn_cast<BinaryOperator>(S))
    if (BO->getOpcode() == BO_Assign && variableOf(BO->getLHS()) == VD)
      if (const ArraySubscriptExpr *AS = addressedElement(BO->getRHS()))
        return AS;
  for (const Stmt *C : S->children())
    if (const ArraySubscriptExpr *AS = assignedElement(C, VD))
      return AS;
  return nullptr;
}

// The element that a local pointer is for.
const ArraySubscriptExpr *elementBehind(const Expr *E) {
  const VarDecl *VD = variableOf(E);
  if (!VD || !VD->hasLocalStorage() || !VD->getType()->isPointerType())
    return nullptr;
  if (VD->hasInit())
    return addressedElement(VD->getInit());
  const auto *FD = dyn_cast<FunctionDecl>(VD->getDeclContext());
  return FD ? assignedElement(FD->getBody(), VD) : nullptr;
}

// "t[i]", "r->t[i].field", "p->field" with p = &t[i]: the array element, and
// the field of it or null.
const ArraySubscriptExpr *elementOf(const Expr *E, const ValueDecl *&Field) {
  Field = nullptr;
  E = E->IgnoreParenCasts();
  while (const auto *ME = dyn_cast<MemberExpr>(E)) {
    if (!Field)
      Field = ME->getMemberDecl();
    E = ME->getBase()->IgnoreParenCasts();
  }
  const auto *AS = dyn_cast<ArraySubscriptExpr>(E);
  return AS || !Field ? AS : elementBehind(E);
}

/// "i", "i + 1", "i - 1" or, without a variable, a constant.
struct Index {
  const VarDecl *Var = nullptr;
  int64_t Offset = 0;
};

class Loops {
public:
  explicit Loops(ASTContext &Ctx) : Ctx(Ctx) {}

  std::optional<int64_t> constant(const Expr *E) const {
    Expr::EvalResult Known;
    if (!E || !E->getType()->isIntegerType() || !E->EvaluateAsInt(Known, Ctx))
      return std::nullopt;
    return Known.Val.getInt().tryExtValue();
  }

  std::optional<Index> indexOf(const Expr *E) const {
    E = E->IgnoreParenCasts();
    if (std::optional<int64_t> Known = constant(E))
      return Index{nullptr, *Known};
    if (const VarDecl *VD = variableOf(E))
      return Index{VD, 0};
    const auto *BO = dyn_cast<BinaryOperator>(E);
    if (!BO || !BO->isAdditiveOp() || !variableOf(BO->getLHS()))
      return std::nullopt;
    std::optional<int64_t> By = constant(BO->getRHS());
    if (!By)
      return std::nullopt;
    return Index{variableOf(BO->getLHS()),
                 BO->getOpcode() == BO_Add ? *By : -*By};
  }

  /// The lowest value of \p VD in the body of \p Loop.
  std::optional<int64_t> lowest(const Stmt *Loop, const VarDecl *VD) const {
    if (const auto *WS = dyn_cast<WhileStmt>(Loop))
      return changes(WS->getBody(), VD) ? std::nullopt
                                        : lowestAllowed(WS->getCond(), VD);
    const auto *FS = dyn_cast<ForStmt>(Loop);
    if (!FS || changes(FS->getBody(), VD))
      return std::nullopt;
    if (!FS->getInc())
      return lowestAllowed(FS->getCond(), VD);
    bool CondChanges = changes(FS->getCond(), VD);
    const auto *UO = dyn_cast<UnaryOperator>(FS->getInc()->IgnoreParens());
    if (CondChanges || !UO || !UO->isIncrementDecrementOp() ||
        variableOf(UO->getSubExpr()) != VD)
      return std::nullopt;
    return UO->isIncrementOp() ? start(FS->getInit(), VD)
                               : lowestTrue(FS->getCond(), VD);
  }

private:
  ASTContext &Ctx;

  static bool changes(const Stmt *S, const VarDecl *VD) {
    if (!S)
      return false;
    if (const auto *BO = dyn_cast<BinaryOperator>(S))
      if (BO->isAssignmentOp() && variableOf(BO->getLHS()) == VD)
        return true;
    if (const auto *UO = dyn_cast<UnaryOperator>(S))
      if ((UO->isIncrementDecrementOp() || UO->getOpcode() == UO_AddrOf) &&
          variableOf(UO->getSubExpr()) == VD)
        return true;
    return llvm::any_of(S->children(),
                        [&](const Stmt *C) { return changes(C, VD); });
  }

  std::optional<int64_t> start(const Stmt *Init, const VarDecl *VD) const {
    if (const auto *DS = dyn_cast_or_null<DeclStmt>(Init)) {
      for (const Decl *D : DS->decls())
        if (D == VD)
          return constant(VD->getInit());
    } else if (const auto *BO = dyn_cast_or_null<BinaryOperator>(Init)) {
      if (BO->getOpcode() == BO_Assign && variableOf(BO->getLHS()) == VD)
        return constant(BO->getRHS());
    }
    return std::nullopt;
  }

  /// "i > 0", "i >= 0", "i != 0", "i": the lowest i for which it is true of
  /// one that comes down.  \p Counts: what stands for i in it.
  std::optional<int64_t> lowestTrue(const Expr *Cond, const VarDecl *VD,
                                    const Expr **Counts = nullptr) const {
    const Expr *Left = Cond ? Cond->IgnoreParenImpCasts() : nullptr;
    BinaryOperator::Opcode Op = BO_NE;
    std::optional<int64_t> Bound = 0;
    if (const auto *BO = dyn_cast_or_null<BinaryOperator>(Left)) {
      Left = BO->getLHS()->IgnoreParenCasts();
      Op = BO->getOpcode();
      Bound = constant(BO->getRHS());
    }
    if (Counts)
      *Counts = Left;
    else if (variableOf(Left) != VD)
      return std::nullopt;
    if (!Bound || (Op != BO_GT && Op != BO_GE && Op != BO_NE))
      return std::nullopt;
    return Op == BO_GE ? *Bound : *Bound + 1;
  }

  /// "i-- > 0", "--i >= 0" and the like, which count down by themselves.
  std::optional<int64_t> lowestAllowed(const Expr *Cond,
                                       const VarDecl *VD) const {
    const Expr *Counts = nullptr;
    std::optional<int64_t> Low = lowestTrue(Cond, VD, &Counts);
    const auto *UO = dyn_cast_or_null<UnaryOperator>(Counts);
    if (!Low || !UO || !UO->isDecrementOp() ||
        variableOf(UO->getSubExpr()) != VD)
      return std::nullopt;
    return UO->isPostfix() ? *Low - 1 : *Low;
  }
};

/// Elements of one kind of array.
class Elements {
public:
  Elements(const ArraySubscriptExpr *AS, const ValueDecl *Field,
           ASTContext &Ctx)
      : Field(Field), T(AS->getType().getCanonicalType().getUnqualifiedType()),
        In(Ctx) {}

  /// The index that is filled by \p AS in \p State, if it is known.
  std::optional<int64_t> filled(const ArraySubscriptExpr *AS,
                                ProgramStateRef State,
                                const StackFrameContext *SF) const {
    std::optional<Index> I = In.indexOf(AS->getIdx());
    if (!I || !I->Var)
      return I ? std::optional<int64_t>(I->Offset) : std::nullopt;
    auto V = State->getSVal(State->getLValue(I->Var, SF), I->Var->getType())
                 .getAs<nonloc::ConcreteInt>();
    if (!V)
      return std::nullopt;
    return static_cast<int64_t>(concreteValue(*V)) + I->Offset;
  }

  /// True if \p S, in \p Loop or in none, releases such an element, and it may
  /// be that of the index \p Which.
  bool released(const Stmt *S, const Stmt *Loop,
                std::optional<int64_t> Which) const {
    if (!S)
      return false;
    if (const auto *CE = dyn_cast<CallExpr>(S))
      if (const Routine *R = lookupRoutine(CE->getDirectCallee()))
        for (const Release &Rel : R->Releases) {
          if (Rel.Arg >= static_cast<int>(CE->getNumArgs()))
            continue;
          const ValueDecl *Freed = nullptr;
          const ArraySubscriptExpr *AS = elementOf(CE->getArg(Rel.Arg), Freed);
          if (AS && Freed == Field &&
              AS->getType().getCanonicalType().getUnqualifiedType() == T &&
              mayBe(AS, Loop, Which))
            return true;
        }
    return llvm::any_of(
        S->children(), [&](const Stmt *C) { return released(C, Loop, Which); });
  }

private:
  const ValueDecl *Field;
  QualType T;
  Loops In;

  bool mayBe(const ArraySubscriptExpr *AS, const Stmt *Loop,
             std::optional<int64_t> Which) const {
    std::optional<Index> I = In.indexOf(AS->getIdx());
    if (!Loop) // by itself
      return I && !I->Var && I->Offset == Which;
    if (!I || !Which)
      return true;
    if (!I->Var)
      return I->Offset == *Which;
    std::optional<int64_t> Low = In.lowest(Loop, I->Var);
    return !Low || *Which >= *Low + I->Offset;
  }
};

} // namespace

Freeing freedInLoop(const Owned &O, SymbolRef Sym, const ExplodedNode *N) {
  const Expr *Target = targetOf(O);
  const ValueDecl *Field = nullptr;
  const ArraySubscriptExpr *AS = Target ? elementOf(Target, Field) : nullptr;
  if (!AS || !Sym)
    return Freeing::NONE;
  // The path since it was acquired.
  llvm::SmallVector<const ExplodedNode *, 64> Path;
  ProgramStateRef First;
  for (const ExplodedNode *P = N; P; P = P->getFirstPred()) {
    bool Holds = getOwned(P->getState(), Sym);
    if (First && !Holds)
      break;
    if (Holds)
      First = P->getState();
    Path.push_back(P);
  }
  Elements Like(AS, Field, O.Frame->getAnalysisDeclContext()->getASTContext());
  std::optional<int64_t> Which =
      First ? Like.filled(AS, First, O.Frame) : std::nullopt;
  const ParentMap &PM = O.Frame->getParentMap();
  llvm::SmallPtrSet<const Stmt *, 8> Seen;
  for (const Stmt *P = O.S->Call; P; P = PM.getParent(P))
    Seen.insert(P); // the loop that fills
  Freeing Found = Freeing::NONE;
  for (const ExplodedNode *P : Path) {
    if (auto After = P->getLocation().getAs<PostStmt>())
      if (const auto *CE = dyn_cast<CallExpr>(After->getStmt()))
        if (Which && Like.released(CE, nullptr, Which))
          return Freeing::ALL;
    auto Edge = P->getLocation().getAs<BlockEdge>();
    const Stmt *Loop = Edge ? Edge->getSrc()->getTerminatorStmt() : nullptr;
    if (!isa_and_nonnull<ForStmt, WhileStmt, DoStmt>(Loop) ||
        !Seen.insert(Loop).second || !Like.released(Loop, Loop, std::nullopt))
      continue;
    if (Like.released(Loop, Loop, Which))
      return Freeing::ALL;
    Found = Freeing::OTHERS;
  }
  return Found;
}

} // namespace leak62
