//===- SummaryEffects.cpp - What a callee does to what is tracked ---------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Clause by clause, what a summary says becomes of the state.
//
// Limit: what a callee writes through its arguments is unknown afterwards,
// except where something tracked lies.
//
//===----------------------------------------------------------------------===//

#include "AccessPath.h"
#include "Compat.h"
#include "DeviceList.h"
#include "SummaryCall.h"

using namespace clang;
using namespace ento;

namespace leak62 {

ProgramStateRef SummaryCall::forgetArgument(ProgramStateRef State,
                                            const MemRegion *R) const {
  const auto *TR = dyn_cast<TypedValueRegion>(R);
  llvm::SmallVector<std::pair<Loc, SVal>, 2> Kept;
  if (TR && TR->getValueType()->isRecordType())
    trackedFields(State, R, TR->getValueType(), Kept);
  if (Kept.empty() && !contentsOf(State, R).empty())
    return State;
  if (TR && SymbolManager::canSymbolicate(TR->getValueType()))
    State = State->bindLoc(loc::MemRegionVal(R),
                           conjure(C, R, CE, TR->getValueType()), LC, false);
  else
    State = invalidateQuietly(C, State, R, CE);
  for (auto &[Where, V] : Kept)
    State = State->bindLoc(Where, V, LC, false);
  return State;
}

// The callee may write what its arguments point to.  What is tracked there
// stays: a summary that says nothing of it has not touched it.  Nor does a
// driver write how its devices are chained.
ProgramStateRef SummaryCall::forgetArguments(ProgramStateRef State) const {
  for (unsigned I = 0; I < CE->getNumArgs(); ++I) {
    QualType T = CE->getArg(I)->getType(), P = T->getPointeeType();
    const MemRegion *R = argRegion(I);
    if (!R || P.isNull() || P.isConstQualified() || P->isFunctionType() ||
        isa<FunctionCodeRegion, StringRegion, UnknownSpaceRegion>(R))
      continue;
    std::optional<Loc> Next = nextDevice(State, loc::MemRegionVal(R), T);
    SVal Older = Next ? State->getSVal(*Next, T) : UnknownVal();
    if (Next)
      State = State->bindLoc(*Next, UnknownVal(), LC, false);
    State = forgetArgument(State, R);
    if (Next)
      State = State->bindLoc(*Next, Older, LC, false);
  }
  return State;
}

Owned SummaryCall::owned(const Acquire *Row) const {
  const auto *In = cast<FunctionDecl>(C.getStackFrame()->getDecl());
  Owned O;
  O.S = internSite(CE, In, Row, nullptr, receiverOf(CE, *Row, LC));
  O.Frame = C.getStackFrame();
  return O;
}

const Acquire *SummaryCall::referenceRow(Place Where, int Arg) const {
  static std::map<std::pair<Place, int>, Acquire> Rows;
  auto [It, New] = Rows.try_emplace({Where, Arg});
  if (New)
    It->second = {OwnReference, Kind::OBJECT,   Where,        Arg, "",   NA,
                  NA,           Failure::NULL_, When::ALWAYS, NA,  false};
  return &It->second;
}

ProgramStateRef SummaryCall::fill(ProgramStateRef State, const Clause &Cl,
                                  Symbols &Fresh) const {
  std::optional<Loc> L = slotAt(State, Cl.Arg, Cl.Path);
  if (!L)
    return State;
  const Acquire *Row =
      Cl.Op == Clause::FILL ? Cl.Row : referenceRow(Place::OUT, Cl.Arg);
  auto V = conjure(C, Row, CE, typeAt(Cl.Arg, Cl.Path));
  SymbolRef Sym = V.getAsSymbol(/*IncludeBaseRegions=*/true);
  if (!Sym)
    return State;
  State = State->assume(V, true);
  if (!State)
    return nullptr;
  State = setOwned(State, Sym, owned(Row));
  State = noteStore(State, *L, V, At);
  Fresh.push_back(Sym);
  return State->bindLoc(*L, V, LC, false);
}

// Who only counts down frees nothing of what the object holds, for the last one
// either.
bool SummaryCall::mayRelease(int Arg) const {
  for (const Outcome &O : Of->Outcomes)
    for (const Clause &Cl : O.Clauses)
      if (Cl.Op == Clause::RELEASE && Cl.Arg == Arg)
        return true;
  return false;
}

ProgramStateRef SummaryCall::apply(ProgramStateRef State, const Clause &Cl,
                                   Symbols &Fresh) const {
  switch (Cl.Op) {
  case Clause::RELEASE:
    if (std::optional<Loc> L =
            Cl.Path == "." ? std::nullopt : target(State, Cl.Arg, Cl.Path))
      for (auto &[Key, O] : allOwnedObjects(State))
        if (Key.first == L->getAsRegion() ||
            (Cl.Path == "*" && L->getAsRegion() &&
             Key.first->isSubRegionOf(L->getAsRegion())))
          State = dropOwned(State, Key);
    [[fallthrough]];
  case Clause::UNREF:
    for (SymbolRef Sym : objectsAt(State, Cl.Arg, Cl.Path))
      if (releases(Cl, State, Sym)) {
        if (Cl.Arg != WrongArg || Cl.Path != ".")
          noteRelease(getOwned(State, Sym), FD->getNameAsString(), CE,
                      C.getStackFrame());
        // A summary names what an argument holds, but not much of what lies
        // further behind it, such as the members of a list's entries.  Who
        // holds another reference holds what is in the object.
        if (Cl.Path != "." || (Cl.Op == Clause::UNREF && mayRelease(Cl.Arg)))
          State = escapeContents(State, Sym);
        State = dropOwned(State, Sym);
      }
    return State;
  case Clause::KEEP:
    if (Cl.Path == "." && isDataInObject(CE->getArg(Cl.Arg)))
      return State;
    for (SymbolRef Sym : objectsAt(State, Cl.Arg, Cl.Path))
      State = escape(State, Sym);
    return State;
  case Clause::INTO: {
    std::optional<Loc> L = slotAt(State, Cl.To, Cl.Field);
    for (SymbolRef Sym : objectsAt(State, Cl.Arg, Cl.Path)) {
      SVal V =
          Cl.Path == "." ? Call.getArgSVal(Cl.Arg) : SVal(SVB.makeLoc(Sym));
      if (!L || Cl.Field == "*") {
        State = escape(State, Sym);
        continue;
      }
      State = noteStore(State, *L, V, At);
      State = State->bindLoc(*L, V, LC, false);
    }
    return State;
  }
  case Clause::FILL:
  case Clause::FILLREF:
    return fill(State, Cl, Fresh);
  case Clause::NULLED:
    if (std::optional<Loc> L = slotAt(State, Cl.Arg, Cl.Path))
      return State->bindLoc(*L, SVB.makeNullWithType(typeAt(Cl.Arg, Cl.Path)),
                            LC, false);
    return State;
  default:
    return State;
  }
}

} // namespace leak62
