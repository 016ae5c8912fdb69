//===- RoutineSlots.cpp - The slots that routines lie in ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where an expression is read from or written to, if routines can lie there,
// and what puts a routine or the content of a slot there.
//
//===----------------------------------------------------------------------===//

#include "RoutineSlots.h"
#include "AccessPath.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace leak62 {

bool holdsRoutines(QualType T) {
  while (true) {
    if (T->isFunctionPointerType())
      return true;
    if (const auto *A = T->getAsArrayTypeUnsafe())
      T = A->getElementType();
    else if (T->isPointerType())
      T = T->getPointeeType();
    else
      return false;
  }
}

static const FieldDecl *memberIn(const Expr *E) {
  const auto *ME = dyn_cast<MemberExpr>(E->IgnoreParenCasts());
  return ME ? dyn_cast<FieldDecl>(ME->getMemberDecl()) : nullptr;
}

static const Expr *indexIn(const Expr *E) {
  const auto *AS = dyn_cast<ArraySubscriptExpr>(E->IgnoreParenCasts());
  return AS ? AS->getIdx() : nullptr;
}

RoutineSlots::Slots RoutineSlots::slotsOf(const Expr *E) {
  if (Depth > 40)
    return {};
  ++Depth;
  Slots Out = find(E->IgnoreParenCasts());
  --Depth;
  return Out;
}

void RoutineSlots::put(const Slots &To, const Expr *E, Key K) {
  E = E->IgnoreParenCasts();
  if (const auto *CO = dyn_cast<AbstractConditionalOperator>(E)) {
    put(To, CO->getTrueExpr(), K);
    put(To, CO->getFalseExpr(), K);
  } else if (const FunctionDecl *Fn = routineOf(E)) {
    for (const std::string &Slot : To)
      F.addRoutine(Slot, Fn, K);
  } else if (!To.empty()) {
    for (const std::string &From : slotsOf(E))
      for (const std::string &Slot : To)
        if (Slot != From)
          F.addRoutineFlow(Slot, From);
  }
}

void RoutineSlots::give(const char *Role, int Major, bool Keyed, const Expr *E,
                        SourceLocation Loc) {
  E = E->IgnoreParenCasts();
  if (const auto *CO = dyn_cast<AbstractConditionalOperator>(E)) {
    give(Role, Major, Keyed, CO->getTrueExpr(), Loc);
    give(Role, Major, Keyed, CO->getFalseExpr(), Loc);
  } else if (const auto *BO = dyn_cast<BinaryOperator>(E);
             BO &&
             (BO->getOpcode() == BO_Assign || BO->getOpcode() == BO_Comma)) {
    give(Role, Major, Keyed, BO->getRHS(), Loc); // a = b = c = Routine
  } else if (const FunctionDecl *Fn = routineOf(E)) {
    F.addRole(Fn, Role, Major, positionOf(SM, Loc));
  } else {
    for (const std::string &Slot : slotsOf(E))
      F.addSlotRole(Slot, Role, Major, Keyed, positionOf(SM, Loc));
  }
}

void RoutineSlots::assign(const Expr *Target, const Expr *Value,
                          SourceLocation Loc, const KnownNumber *Known) {
  const Expr *Index = nullptr;
  if (const char *Role = roleIn(Target, Index)) {
    int Major = -1;
    Expr::EvalResult R;
    if (Index && Index->EvaluateAsInt(R, F.Ctx)) {
      Major = static_cast<int>(R.Val.getInt().getExtValue());
    } else if (Index && Known && variableOf(Index) == Known->Variable) {
      for (int64_t N : Known->Numbers)
        give(Role, static_cast<int>(N), /*Keyed=*/false, Value, Loc);
      return;
    }
    give(Role, Major, Major < 0 && sameRow(Index, Value), Value, Loc);
  } else if (holdsRoutines(Target->getType())) {
    put(slotsOf(Target), Value, std::nullopt);
  }
}

void RoutineSlots::copy(const Expr *Target, const Expr *Value,
                        SourceLocation Loc) {
  Target = Target->IgnoreParenCasts();
  if (const auto *UO = dyn_cast<UnaryOperator>(Target))
    if (UO->getOpcode() == UO_AddrOf)
      Target = UO->getSubExpr()->IgnoreParenCasts();
  const Expr *Index = nullptr;
  if (const char *Role = roleIn(Target, Index))
    give(Role, -1, /*Keyed=*/true, Value, Loc);
  else if (holdsRoutines(Target->getType()))
    put(slotsOf(Target), Value, std::nullopt);
}

void RoutineSlots::initialize(const Slots &At, QualType T, const Expr *Init,
                              Key K) {
  if (const auto *CL = dyn_cast<CompoundLiteralExpr>(Init->IgnoreParenCasts()))
    Init = CL->getInitializer();
  const auto *List = dyn_cast<InitListExpr>(Init->IgnoreParenCasts());
  if (!List) {
    if (holdsRoutines(T))
      put(At, Init, K);
    return;
  }
  if (const InitListExpr *Semantic = List->getSemanticForm())
    List = Semantic;
  if (const auto *A = T->getAsArrayTypeUnsafe()) {
    for (unsigned I = 0; I < List->getNumInits(); ++I)
      initialize(At, A->getElementType(), List->getInit(I), Key(I));
  } else if (const RecordDecl *RD = T->getAsRecordDecl()) {
    members(At, RD, List);
  } else if (List->getNumInits() == 1) {
    initialize(At, T, List->getInit(0), K);
  }
}

RoutineSlots::Slots RoutineSlots::fieldAt(const FieldDecl *Field,
                                          const Slots &Base) const {
  const RecordDecl *RD = Field->getParent();
  if (SM.isInSystemHeader(SM.getExpansionLoc(RD->getLocation())))
    return {};
  std::string Name = Field->getNameAsString();
  if (std::string Record = recordName(RD); !Record.empty())
    return {Record + "." + Name};
  Slots Out;
  for (const std::string &Slot : Base)
    Out.insert(Name.empty() ? Slot : Slot + "." + Name);
  return Out;
}

RoutineSlots::Slots RoutineSlots::find(const Expr *E) {
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
    const auto *VD = dyn_cast<VarDecl>(Ref->getDecl());
    if (!VD)
      return {};
    if (VD->hasGlobalStorage())
      return {pathOfGlobal(VD)};
    if (!FD)
      return {};
    if (const auto *PD = dyn_cast<ParmVarDecl>(VD))
      return {parameter(FD, PD->getFunctionScopeIndex())};
    return {functionKey(FD) + ":" + VD->getNameAsString()};
  }
  if (const auto *ME = dyn_cast<MemberExpr>(E)) {
    const auto *Field = dyn_cast<FieldDecl>(ME->getMemberDecl());
    return Field ? fieldAt(Field, slotsOf(ME->getBase())) : Slots();
  }
  if (const auto *AS = dyn_cast<ArraySubscriptExpr>(E))
    return slotsOf(AS->getBase());
  if (const auto *UO = dyn_cast<UnaryOperator>(E))
    return slotsOf(UO->getSubExpr());
  if (const auto *BO = dyn_cast<BinaryOperator>(E))
    return slotsOf(BO->isAdditiveOp() ? BO->getLHS() : BO->getRHS());
  if (const auto *CO = dyn_cast<AbstractConditionalOperator>(E)) {
    Slots Out = slotsOf(CO->getTrueExpr());
    Out.merge(slotsOf(CO->getFalseExpr()));
    return Out;
  }
  return {};
}

const char *RoutineSlots::roleIn(const Expr *E, const Expr *&Index) {
  E = E->IgnoreParenCasts();
  if (const FieldDecl *Field = memberIn(E))
    return roleOfField(recordName(Field->getParent()), Field->getName());
  if (const auto *AS = dyn_cast<ArraySubscriptExpr>(E)) {
    Index = AS->getIdx();
    return roleIn(AS->getBase(), Index);
  }
  if (const auto *UO = dyn_cast<UnaryOperator>(E)) {
    if (UO->getOpcode() == UO_Deref || UO->getOpcode() == UO_AddrOf)
      return roleIn(UO->getSubExpr(), Index);
  } else if (const auto *BO = dyn_cast<BinaryOperator>(E)) {
    if (BO->isAdditiveOp()) {
      Index = BO->getRHS();
      return roleIn(BO->getLHS(), Index);
    }
  } else if (const VarDecl *VD = variableOf(E)) {
    // PDRIVER_DISPATCH *table = driver->MajorFunction;
    if (VD->hasLocalStorage() && VD->getInit() && Depth < 8 &&
        VD->getType()->isPointerType()) {
      const Expr *Ignored = nullptr;
      ++Depth;
      const char *Role = roleIn(VD->getInit(), Ignored);
      --Depth;
      return Role;
    }
  }
  return nullptr;
}

bool RoutineSlots::sameRow(const Expr *Index, const Expr *Value) {
  if (!Index)
    return false;
  if (const FieldDecl *Number = memberIn(Index)) {
    const FieldDecl *Routine = memberIn(Value);
    return Routine && Routine->getParent() == Number->getParent();
  }
  const Expr *Other = indexIn(Value);
  const VarDecl *Variable = variableOf(Index);
  return Other && Variable && variableOf(Other) == Variable;
}

void RoutineSlots::members(const Slots &At, const RecordDecl *RD,
                           const InitListExpr *List) {
  if (RD->isUnion()) {
    if (const FieldDecl *Field = List->getInitializedFieldInUnion())
      if (List->getNumInits() == 1)
        initialize(fieldAt(Field, At), Field->getType(), List->getInit(0),
                   std::nullopt);
    return;
  }
  std::vector<std::pair<const FieldDecl *, const Expr *>> Rows;
  for (const FieldDecl *Field : RD->fields())
    if (!Field->isUnnamedBitField() && Rows.size() < List->getNumInits())
      Rows.push_back({Field, List->getInit(Rows.size())});
  Key K;
  for (auto [Field, Init] : Rows) {
    Expr::EvalResult R;
    if (!K && Field->getType()->isIntegralOrEnumerationType() &&
        !isa<ImplicitValueInitExpr>(Init) && Init->EvaluateAsInt(R, F.Ctx))
      if (int64_t N = R.Val.getInt().getExtValue(); N >= 0 && N <= LastMajor)
        K = N;
  }
  for (auto [Field, Init] : Rows)
    if (const char *Role = roleOfField(recordName(RD), Field->getName()))
      give(Role, -1, /*Keyed=*/false, Init, Init->getBeginLoc());
    else
      initialize(fieldAt(Field, At), Field->getType(), Init, K);
}

std::string RoutineSlots::parameter(const FunctionDecl *Callee, unsigned I) {
  return functionKey(Callee) + "#" + std::to_string(I);
}

} // namespace leak62
