//===- SummaryPlaces.cpp - What a summary's words are ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The places behind the arguments of one call that a clause speaks of, and what
// is tracked there.
//
// Limit: elements of arrays are one.
//
//===----------------------------------------------------------------------===//

#include "AccessPath.h"
#include "Compat.h"
#include "SummaryCall.h"

using namespace clang;
using namespace ento;

namespace leak62 {

// Completing an IRP frees it only if the I/O manager made it.
bool SummaryCall::releases(const Clause &Cl, ProgramStateRef State,
                           SymbolRef Sym) {
  constexpr uint32_t ThreadedIrp = 1u
                                   << static_cast<unsigned>(Kind::THREADED_IRP);
  return Cl.Kinds != ThreadedIrp ||
         getOwned(State, Sym)->S->Row->K == Kind::THREADED_IRP;
}

// The record that an argument points to, before it was cast to void *.
static QualType recordBehind(const Expr *Arg) {
  QualType P = Arg->IgnoreParenCasts()->getType()->getPointeeType();
  if (P.isNull() || !P->isRecordType())
    P = Arg->getType()->getPointeeType();
  return P;
}

// Of a field, which may be "Name.Buffer", of a record; null where there is
// none.
static QualType typeBelow(QualType T, llvm::StringRef Path) {
  while (!T.isNull() && !Path.empty()) {
    auto [Name, Rest] = Path.split('.');
    const FieldDecl *F = fieldOf(T, Name);
    T = F ? F->getType() : QualType();
    Path = Rest;
  }
  return T;
}

std::optional<Loc> SummaryCall::target(ProgramStateRef State, int I,
                                       llvm::StringRef Path) const {
  const MemRegion *R = argRegion(I);
  if (!R)
    return std::nullopt;
  SVal V = loc::MemRegionVal(R);
  if (Path == "*")
    return V.getAs<Loc>();
  QualType T = recordBehind(CE->getArg(I));
  V = asRecord(State, R, T);
  while (!Path.empty()) {
    auto [Name, Rest] = Path.split('.');
    const FieldDecl *F = fieldOf(T, Name);
    if (!F)
      return std::nullopt;
    V = State->getLValue(F, V);
    T = F->getType();
    Path = Rest;
  }
  return V.getAs<Loc>();
}

// A place that a pointer can be written to: an argument may have been cast.
std::optional<Loc> SummaryCall::slotAt(ProgramStateRef State, int I,
                                       llvm::StringRef Path) const {
  std::optional<Loc> L = target(State, I, Path);
  const auto *R =
      L ? dyn_cast_or_null<TypedValueRegion>(L->getAsRegion()) : nullptr;
  if (R &&
      (R->getValueType()->isRecordType() || R->getValueType()->isArrayType()))
    return std::nullopt;
  return L;
}

QualType SummaryCall::typeAt(int I, llvm::StringRef Path) const {
  QualType T = Path == "*" ? CE->getArg(I)->getType()->getPointeeType()
                           : typeBelow(recordBehind(CE->getArg(I)), Path);
  return T.isNull() || !T->isPointerType() ? C.getASTContext().VoidPtrTy : T;
}

bool SummaryCall::isPointerAt(int I, llvm::StringRef Path) const {
  QualType T =
      Path == "*"
          ? CE->getArg(I)->IgnoreParenCasts()->getType()->getPointeeType()
          : typeBelow(recordBehind(CE->getArg(I)), Path);
  return !T.isNull() && !T->isRecordType() && !T->isArrayType();
}

SummaryCall::Symbols SummaryCall::objectsAt(ProgramStateRef State, int I,
                                            llvm::StringRef Path) const {
  Symbols Out;
  if (!hasArg(I))
    return Out;
  if (Path == ".") {
    if (SymbolRef Sym = trackedBase(State, Call.getArgSVal(I)))
      Out.push_back(Sym);
    return Out;
  }
  if (Path != "*") {
    if (std::optional<Loc> L = target(State, I, Path))
      if (SymbolRef Sym =
              trackedBase(State, State->getSVal(*L, typeAt(I, Path))))
        Out.push_back(Sym);
    return Out;
  }
  const MemRegion *R = argRegion(I);
  if (!R)
    return Out;
  for (SymbolRef Sym : allBehind(State, R->getBaseRegion()))
    if (Sym != trackedBase(State, Call.getArgSVal(I)))
      Out.push_back(Sym);
  return Out;
}

ProgramStateRef SummaryCall::assumeSigns(ProgramStateRef State, SVal V,
                                         QualType T, unsigned Signs) const {
  auto DV = V.getAs<DefinedOrUnknownSVal>();
  if (!DV || Signs == ANY)
    return State;
  if (T->isPointerType() || !T->isSignedIntegerOrEnumerationType() ||
      T->isBooleanType()) {
    bool Null = Signs & ZERO, Other = Signs & (POSITIVE | NEGATIVE);
    return Null && Other ? State : State->assume(*DV, Other);
  }
  if (!T->isIntegerType() || !V.getAs<NonLoc>())
    return State;
  BinaryOperator::Opcode Op = Signs == NEGATIVE            ? BO_LT
                              : Signs == ZERO              ? BO_EQ
                              : Signs == POSITIVE          ? BO_GT
                              : Signs == (NEGATIVE | ZERO) ? BO_LE
                              : Signs == (ZERO | POSITIVE) ? BO_GE
                                                           : BO_NE;
  auto Cond =
      SVB.evalBinOp(State, Op, V, SVB.makeZeroVal(T), SVB.getConditionType())
          .getAs<DefinedOrUnknownSVal>();
  return Cond ? State->assume(*Cond, true) : State;
}

bool SummaryCall::matters(ProgramStateRef State, const Clause &Cl) const {
  switch (Cl.Op) {
  case Clause::PRE:
  case Clause::WRITE:
  case Clause::REF:
    return false;
  case Clause::RELEASE:
    if (const MemRegion *R = argRegion(Cl.Arg))
      for (auto &[Key, O] : allOwnedObjects(State))
        if (Key.first == R || Key.first->isSubRegionOf(R))
          return true;
    [[fallthrough]];
  case Clause::KEEP:
  case Clause::INTO:
  case Clause::UNREF:
    return llvm::any_of(objectsAt(State, Cl.Arg, Cl.Path), [&](SymbolRef Sym) {
      return releases(Cl, State, Sym);
    });
  case Clause::FILL:
  case Clause::FILLREF: // a list that it goes to is not a pointer to it
    return isPointerAt(Cl.Arg, Cl.Path) &&
           slotAt(State, Cl.Arg, Cl.Path).has_value();
  case Clause::NULLED: {
    const MemRegion *R = argRegion(Cl.Arg);
    return R && isOnStack(R, State) && slotAt(State, Cl.Arg, Cl.Path);
  }
  }
  return false;
}

} // namespace leak62
