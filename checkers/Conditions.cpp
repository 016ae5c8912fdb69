//===- Conditions.cpp - What a condition asks -----------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// From the syntax of a condition to the values from outside that it compares.
//
//===----------------------------------------------------------------------===//

#include "Conditions.h"
#include "AccessPath.h"
#include "LeakChecker.h"

using namespace clang;

namespace leak62 {

void ConditionReader::give(const VarDecl *VD, const Expr *E) {
  auto [It, New] = Sources.try_emplace(VD->getCanonicalDecl(), E);
  if (!New)
    It->second = nullptr;
}

void ConditionReader::collectSources(const Stmt *S) {
  if (!S)
    return;
  if (const auto *DS = dyn_cast<DeclStmt>(S)) {
    for (const Decl *D : DS->decls())
      if (const auto *VD = dyn_cast<VarDecl>(D); VD && VD->getInit())
        give(VD, VD->getInit());
  } else if (const auto *BO = dyn_cast<BinaryOperator>(S)) {
    if (BO->isAssignmentOp())
      if (const VarDecl *VD = variableOf(BO->getLHS()))
        give(VD, BO->getOpcode() == BO_Assign ? BO->getRHS() : nullptr);
  } else if (const auto *UO = dyn_cast<UnaryOperator>(S)) {
    if (UO->isIncrementDecrementOp() || UO->getOpcode() == UO_AddrOf)
      if (const VarDecl *VD = variableOf(UO->getSubExpr()))
        give(VD, nullptr);
  }
  for (const Stmt *C : S->children())
    collectSources(C);
}

const Expr *ConditionReader::sourceOf(const Expr *E) {
  E = strip(E);
  for (unsigned I = 0; I < 8; ++I) {
    const VarDecl *VD = variableOf(E);
    auto It = VD && VD->hasLocalStorage() && !isa<ParmVarDecl>(VD)
                  ? Sources.find(VD->getCanonicalDecl())
                  : Sources.end();
    if (It == Sources.end() || !It->second)
      break;
    E = strip(It->second);
  }
  return E;
}

int ConditionReader::parameterOf(const Expr *E) {
  const auto *PD = dyn_cast_or_null<ParmVarDecl>(variableOf(E));
  return PD && !Sources.count(PD->getCanonicalDecl())
             ? static_cast<int>(PD->getFunctionScopeIndex())
             : -1;
}

std::optional<Outside> ConditionReader::bufferBehind(const Expr *E) {
  // "p = p->Next" leads back to itself.
  if (Nesting >= 8)
    return std::nullopt;
  ++Nesting;
  auto Out = findBuffer(sourceOf(E));
  --Nesting;
  return Out;
}

std::optional<Outside> ConditionReader::findBuffer(const Expr *E) {
  if (const auto *UO = dyn_cast<UnaryOperator>(E);
      UO && UO->getOpcode() == UO_AddrOf)
    return lvalue(UO->getSubExpr());
  if (const auto *CO = dyn_cast<ConditionalOperator>(E)) {
    auto Out = bufferBehind(CO->getTrueExpr());
    return Out ? Out : bufferBehind(CO->getFalseExpr());
  }
  if (const auto *CE = dyn_cast<CallExpr>(E)) {
    std::string Name = bufferMappedBy(CE);
    return Name.empty() ? std::nullopt
                        : std::optional(Outside{"buffer", Name, 0, {}});
  }
  if (int Param = parameterOf(E); Param >= 0)
    return Outside{"pointee", std::to_string(Param), 0, {}};
  if (const auto *ME = dyn_cast<MemberExpr>(E))
    if (auto Out = lvalue(ME); Out && Out->Kind == "pointer")
      return Outside{"buffer", Out->Name, 0, {}};
  return std::nullopt;
}

std::optional<Outside> ConditionReader::plus(std::optional<Outside> Base,
                                             int64_t Bytes) {
  if (Base && Base->Offset)
    *Base->Offset += Bytes;
  return Base && Base->Offset ? Base : std::nullopt;
}

std::optional<Outside> ConditionReader::lvalue(const Expr *E) {
  E = strip(E);
  if (const auto *UO = dyn_cast<UnaryOperator>(E);
      UO && UO->getOpcode() == UO_Deref)
    return bufferBehind(UO->getSubExpr());
  if (const auto *AS = dyn_cast<ArraySubscriptExpr>(E)) {
    std::optional<int64_t> I = constant(AS->getIdx());
    const Expr *Base = strip(AS->getBase());
    if (!I || *I != static_cast<int32_t>(*I))
      return std::nullopt;
    return plus(Base->getType()->isArrayType() ? lvalue(Base)
                                               : bufferBehind(Base),
                *I * Ctx.getTypeSizeInChars(E->getType()).getQuantity());
  }
  FieldChain Fields;
  int64_t Bits = 0;
  const auto *ME = dyn_cast<MemberExpr>(E);
  while (ME) {
    const auto *Field = dyn_cast<FieldDecl>(ME->getMemberDecl());
    if (!Field || Field->isBitField())
      return std::nullopt;
    Fields.insert(Fields.begin(), Field);
    Bits += Ctx.getFieldOffset(Field);
    if (auto Out = outsideOfFields(Fields))
      return Out;
    E = strip(ME->getBase());
    if (ME->isArrow())
      return plus(bufferBehind(E), Bits / 8);
    ME = dyn_cast<MemberExpr>(E);
  }
  return Fields.empty() ? std::nullopt : plus(lvalue(E), Bits / 8);
}

std::optional<int64_t> ConditionReader::constant(const Expr *E) {
  Expr::EvalResult R;
  if (E->getType()->isAnyPointerType() &&
      strip(E)->isNullPointerConstant(Ctx, Expr::NPC_ValueDependentIsNotNull))
    return 0;
  if (E->isValueDependent() || !E->EvaluateAsInt(R, Ctx) || R.HasSideEffects)
    return std::nullopt;
  const llvm::APSInt &N = R.Val.getInt();
  if (N.isUnsigned() && N.getActiveBits() > 63)
    return std::nullopt;
  return N.getExtValue();
}

std::optional<Outside> ConditionReader::valueOf(const Expr *E) {
  E = sourceOf(E);
  if (int Param = parameterOf(E); Param >= 0)
    return Outside{"argument", std::to_string(Param), {}, {}};
  auto Out = lvalue(E);
  if (Out && (Out->Kind == "buffer" || Out->Kind == "pointee"))
    Out->Width = Ctx.getTypeSizeInChars(E->getType()).getQuantity();
  return Out;
}

void ConditionReader::gap(const Expr *E, bool Truth, Demands &Out) {
  Demand D;
  D.Value.Kind = "other";
  D.Text = conditionText(E, Ctx);
  if (D.Text.empty())
    D.Text = "a condition";
  D.Text += Truth ? " holds" : " does not hold";
  D.At = positionOf(SM, E->getBeginLoc());
  Out.push_back(std::move(D));
}

void ConditionReader::ask(const Expr *Cond, bool Truth, const Expr *E,
                          const Numbers &Set, Demands &Out) {
  Demand D;
  D.At = positionOf(SM, Cond->getBeginLoc());
  QualType T = strip(E)->getType();
  E = sourceOf(E);
  if (const auto *BO = dyn_cast<BinaryOperator>(E);
      BO && BO->getOpcode() == BO_And) {
    D.Mask = constant(BO->getRHS());
    if (D.Mask)
      E = sourceOf(BO->getLHS());
  }
  bool Pointer = T->isAnyPointerType();
  if (auto Value = valueOf(E)) {
    if (Pointer && !Set.contains(0) && Value->Kind != "pointer")
      return;
    D.Value = *Value;
    if (Value->Kind == "pointee")
      D.Text = pathOfLvalue(E);
  } else {
    if (Pointer ? !Set.contains(0) : isStatus(T) && Set.contains(0))
      return; // no failure
    const auto *CE = dyn_cast<CallExpr>(E);
    const FunctionDecl *Callee = CE ? CE->getDirectCallee() : nullptr;
    if (std::string Path = pathOfLvalue(E); !Path.empty()) {
      D.Value = {"state", Path, {}, {}};
    } else if (!Callee || !isKernelRoutine(Callee) || D.Mask) {
      return gap(Cond, Truth, Out);
    } else {
      D.Value = {"returns", Callee->getNameAsString(), {}, {}};
      D.Nth = 1;
      D.Text = CE->getType()->isAnyPointerType() ? "pointer"
                                                 : CE->getType().getAsString();
      D.At = positionOf(SM, CE->getBeginLoc());
    }
  }
  if (D.Mask && llvm::isPowerOf2_64(*D.Mask) && !Set.contains(0)) {
    Numbers Bit;
    Bit.In = {{*D.Mask, *D.Mask}};
    return addDemands(Bit, D, Out);
  }
  addDemands(Set, D, Out);
}

static size_t gapsIn(const ConditionReader::Demands &D) {
  return std::count_if(D.begin(), D.end(),
                       [](const Demand &One) { return One.isGap(); });
}

void ConditionReader::demandsIf(const Expr *Cond, bool Truth, Demands &Out) {
  if (++Depth > 40 || constant(Cond)) {
    --Depth;
    return;
  }
  const Expr *E = strip(Cond);
  const auto *BO = dyn_cast<BinaryOperator>(E);
  if (const auto *UO = dyn_cast<UnaryOperator>(E);
      UO && UO->getOpcode() == UO_LNot) {
    demandsIf(UO->getSubExpr(), !Truth, Out);
  } else if (BO && BO->isLogicalOp()) {
    if ((BO->getOpcode() == BO_LAnd) == Truth) {
      demandsIf(BO->getLHS(), Truth, Out);
      demandsIf(BO->getRHS(), Truth, Out);
    } else {
      Demands Left, Right;
      demandsIf(BO->getLHS(), Truth, Left);
      demandsIf(BO->getRHS(), Truth, Right);
      Demands &Least = gapsIn(Right) < gapsIn(Left) ? Right : Left;
      Out.insert(Out.end(), Least.begin(), Least.end());
    }
  } else if (BO && BO->isComparisonOp()) {
    compare(Cond, BO, Truth, Out);
  } else if (!BO || !BO->isAssignmentOp()) {
    QualType T = E->getType();
    if (T->isAnyPointerType() || T->isIntegralOrEnumerationType())
      ask(Cond, Truth, E, numbersBy(Truth ? BO_NE : BO_EQ, 0, T, Ctx), Out);
    else
      gap(Cond, Truth, Out);
  } else {
    gap(Cond, Truth, Out);
  }
  --Depth;
}

void ConditionReader::compare(const Expr *Cond, const BinaryOperator *BO,
                              bool Truth, Demands &Out) {
  BinaryOperatorKind Op = BO->getOpcode();
  const Expr *E = BO->getLHS();
  std::optional<int64_t> N = constant(BO->getRHS());
  if (!N && (N = constant(E))) {
    Op = BinaryOperator::reverseComparisonOp(Op);
    E = BO->getRHS();
  }
  if (!N || Op == BO_Cmp)
    return gap(Cond, Truth, Out);
  if (!Truth)
    Op = BinaryOperator::negateComparisonOp(Op);
  QualType T = strip(E)->getType();
  if (!T->isAnyPointerType() && !T->isIntegralOrEnumerationType())
    return gap(Cond, Truth, Out);
  ask(Cond, Truth, E, numbersBy(Op, *N, T, Ctx), Out);
}

} // namespace leak62
