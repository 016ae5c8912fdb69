//===- CallMemory.cpp - Where kernel routines put pointers
//-----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Lists, copies and exchanges, and what goes to callbacks and other drivers.
//
//===----------------------------------------------------------------------===//

#include "AccessPath.h"
#include "CallModel.h"
#include "Callbacks.h"
#include "ResourceFlow.h"

using namespace clang;
using namespace ento;

namespace leak62 {

static bool leavesContext(const Stmt *S) {
  if (!S)
    return true;
  if (const auto *CE = dyn_cast<CallExpr>(S)) {
    const FunctionDecl *FD = CE->getDirectCallee();
    const Routine *R = lookupRoutine(FD);
    if (R ? !R->Releases.empty() || !R->Transfers.empty() ||
                R->ListInsertHead != NA || R->ExchangeTarget != NA
          : !isKernelRoutine(FD) && !isMessageWriter(FD) &&
                !(FD && leavesContext(FD)))
      return false;
  } else if (const auto *BO = dyn_cast<BinaryOperator>(S)) {
    // A pointer that is kept somewhere.
    const Expr *From = BO->getRHS()->IgnoreParenCasts();
    if (BO->getOpcode() == BO_Assign && From->getType()->isPointerType() &&
        isa<DeclRefExpr>(From) &&
        !isa<DeclRefExpr>(BO->getLHS()->IgnoreParenCasts()))
      return false;
  }
  return llvm::all_of(S->children(),
                      [](const Stmt *C) { return leavesContext(C); });
}

// Lists whose head is a local, or lies in a block that this path owns, are
// plain memory: the inline body shows where the entry goes.
bool CallModel::engineDoesBetter() const {
  if (!R || !FD->hasBody())
    return false;
  if (R->ListRemoveHead != NA)
    return true;
  if (R->ListInsertHead == NA)
    return false;
  const MemRegion *Head = argRegion(R->ListInsertHead);
  if (!Head || isLocal(Head))
    return true;
  if (const auto *SR = dyn_cast<SymbolicRegion>(Head->getBaseRegion())) {
    const Owned *O = getOwned(C.getState(), SR->getSymbol());
    if (O && !O->isStored())
      return true;
  }
  return !trackedBase(C.getState(), arg(R->ListInsertEntry));
}

ProgramStateRef CallModel::handOver(ProgramStateRef State, int Arg) const {
  if (SymbolRef Sym = trackedBase(State, arg(Arg)))
    State = escape(State, Sym);
  // What is handed over takes along what it holds.
  if (const MemRegion *Reg = argRegion(Arg)) {
    const MemRegion *Base = Reg->getBaseRegion();
    for (auto [Where, Sym] : contentsOf(State, Base))
      State = escape(State, Sym);
    for (auto &[Key, O] : allOwnedObjects(State))
      if (!O.isStored() && Key.first->getBaseRegion() == Base)
        State = dropOwned(State, Key);
  }
  return State;
}

bool leavesContext(const FunctionDecl *FD) {
  static llvm::DenseMap<const FunctionDecl *, bool> Known;
  const FunctionDecl *Def = nullptr;
  if (!FD->hasBody(Def))
    return false;
  auto [It, New] = Known.try_emplace(Def, true);
  if (!New)
    return It->second;
  bool Leaves = leavesContext(Def->getBody());
  Known[Def] = Leaves;
  return Leaves;
}

bool countsDown(const FunctionDecl *FD) {
  llvm::StringRef Name = FD->getName();
  Name.consume_front("_");
  return Name.starts_with("InterlockedDecrement");
}

// Who counts down what is in an object may give back a reference: the object,
// with what it holds, may be somebody else's from here on.
ProgramStateRef CallModel::countDown(ProgramStateRef State) const {
  SymbolRef Object = trackedBase(State, arg(0));
  if (!Object || !argRegion(0))
    return State;
  auto Held = allBehind(State, argRegion(0)->getBaseRegion());
  Held.push_back(Object);
  for (SymbolRef Sym : Held)
    if (Owned O = *getOwned(State, Sym); O.isStored()) {
      O.MayBeGone = true;
      State = setOwned(State, Sym, O);
    }
  return escape(State, Object);
}

// The only reference that there is, as this path has counted, is given back:
// what becomes of the object is up to this path.
bool CallModel::countsLast(ProgramStateRef State) const {
  const auto *Count = dyn_cast_or_null<TypedValueRegion>(argRegion(0));
  auto Value =
      Count ? State->getSVal(Count).getAs<nonloc::ConcreteInt>() : std::nullopt;
  if (!Value || concreteValue(*Value) != 1)
    return false;
  SVal Zero = SVB.makeZeroVal(Count->getValueType());
  State = State->bindLoc(loc::MemRegionVal(Count), Zero, LC, false);
  C.addTransition(State->BindExpr(CE, LC, SVB.makeZeroVal(CE->getType())));
  return true;
}

// The completion routine gets the IRP.  One that is seen to free no IRP leaves
// it to its sender, who must.
ProgramStateRef CallModel::completion(ProgramStateRef State) const {
  if (!hasArg(R->CompletionContext))
    return State;
  const FunctionDecl *Routine = nullptr;
  if (const auto *Code =
          dyn_cast_or_null<FunctionCodeRegion>(argRegion(R->CompletionRoutine)))
    Routine = dyn_cast<FunctionDecl>(Code->getDecl());
  // What it is given for good it is asked about itself.
  bool GivenIrp = false, GivenContext = false;
  if (const auto *Given = givenTo(Routine))
    for (const GivenThing &T : Given->Things)
      (T.IsIrp ? GivenIrp : GivenContext) = true;
  bool Keeps = Routine && Routine->hasBody() && !GivenIrp &&
               !Unit.releases(Routine, Kind::IRP);
  SymbolRef Irp = trackedBase(State, arg(R->CompletionIrp));
  if (Irp) {
    Owned O = *getOwned(State, Irp);
    O.Kept = Keeps;
    State = setOwned(State, Irp, O);
  }
  SymbolRef Context = trackedBase(State, arg(R->CompletionContext));
  if (Context && Context != Irp &&
      (GivenContext || !(Routine && leavesContext(Routine))))
    State = escape(State, Context);
  return State;
}

ProgramStateRef CallModel::send(ProgramStateRef State) const {
  if (!hasArg(R->SendIrp))
    return State;
  // Who completes it says how it ended.
  const FieldDecl *Status =
      fieldNamed(CE->getArg(R->SendIrp)->getType(), "IoStatus");
  if (const MemRegion *Reg = argRegion(R->SendIrp); Reg && Status)
    if (auto L = State->getLValue(Status, loc::MemRegionVal(Reg)).getAs<Loc>())
      State = State->bindLoc(*L, conjure(C, Reg, CE, C.getASTContext().IntTy),
                             LC, false);
  SymbolRef Irp = trackedBase(State, arg(R->SendIrp));
  const Owned *O = getOwned(State, Irp);
  if (!O || (O->S->Row->K == Kind::IRP && O->Kept))
    return State;
  return escape(State, Irp);
}

// *target = value, and the call returns what was there.
ProgramStateRef CallModel::exchange(ProgramStateRef State, bool Stores) {
  std::optional<Loc> L = target(State, R->ExchangeTarget, Place::OUT, nullptr);
  if (!L || !hasArg(R->ExchangeValue))
    return State;
  Ret = State->getSVal(*L, CE->getType());
  State = State->BindExpr(CE, LC, Ret);
  if (!Stores)
    return State;
  SVal V = arg(R->ExchangeValue);
  State = noteStore(State, *L, V, At);
  return State->bindLoc(*L, V, LC, false);
}

// Puts the entry on a list whose head lies in memory that others see too.  What
// was on it before does not matter here, unless this path put it there.
ProgramStateRef CallModel::link(ProgramStateRef State) const {
  QualType T = CE->getArg(R->ListInsertHead)->getType();
  const FieldDecl *Flink = fieldNamed(T, "Flink");
  const FieldDecl *Blink = fieldNamed(T, "Blink");
  const MemRegion *Head = argRegion(R->ListInsertHead);
  const MemRegion *Entry = argRegion(R->ListInsertEntry);
  if (!Flink || !Blink || !Head || !Entry)
    return State;
  auto Bind = [&](const MemRegion *In, const FieldDecl *F, SVal V) {
    if (auto L = State->getLValue(F, loc::MemRegionVal(In)).getAs<Loc>())
      State = State->bindLoc(*L, V, LC, false);
  };
  SVal HeadV = loc::MemRegionVal(Head), EntryV = loc::MemRegionVal(Entry);
  auto L = State->getLValue(Blink, HeadV).getAs<Loc>();
  SVal Last = L ? State->getSVal(*L, Blink->getType()) : UnknownVal();
  if (trackedBase(State, Last) && Last.getAsRegion()) {
    Bind(Last.getAsRegion(), Flink, EntryV);
    Bind(Entry, Blink, Last);
  } else {
    Bind(Head, Flink, EntryV);
    Bind(Entry, Blink, HeadV);
  }
  Bind(Entry, Flink, HeadV);
  Bind(Head, Blink, EntryV);
  return State;
}

// A whole structure is copied as an assignment would; of other bytes it is not
// known where the pointers in them go.
ProgramStateRef CallModel::copy(ProgramStateRef State) const {
  const MemRegion *From = argRegion(R->CopyFrom);
  const MemRegion *To = argRegion(R->CopyTo);
  if (!From || contentsOf(State, From).empty())
    return State;
  ASTContext &Ctx = C.getASTContext();
  QualType T = pointedTo(R->CopyFrom);
  auto Size = hasArg(2) ? arg(2).getAs<nonloc::ConcreteInt>() : std::nullopt;
  if (To && Size && T->isRecordType() && !T->isIncompleteType() &&
      Ctx.hasSameUnqualifiedType(T, pointedTo(R->CopyTo)) &&
      concreteValue(*Size) ==
          static_cast<uint64_t>(Ctx.getTypeSizeInChars(T).getQuantity())) {
    SVal V = State->getSVal(loc::MemRegionVal(From), T);
    State = noteStore(State, loc::MemRegionVal(To), V, At);
    return State->bindLoc(loc::MemRegionVal(To), V, LC, false);
  }
  for (auto [Where, Sym] : contentsOf(State, From))
    State = escape(State, Sym);
  return State;
}

// What argument I was a pointer to before it was cast.
QualType CallModel::pointedTo(int I) const {
  QualType T = CE->getArg(I)->IgnoreParenCasts()->getType();
  QualType P = T->isArrayType() ? C.getASTContext().getBaseElementType(T)
                                : T->getPointeeType();
  return P.isNull() ? C.getASTContext().VoidTy : P.getCanonicalType();
}

ProgramStateRef CallModel::structural(ProgramStateRef State) {
  if (R->AliasTo != NA && hasArg(R->AliasFrom))
    if (std::optional<Loc> L =
            target(State, R->AliasTo, Place::FIELD, R->AliasField)) {
      SVal V = arg(R->AliasFrom);
      State = noteStore(State, *L, V, At);
      State = State->bindLoc(*L, V, LC, false);
    }
  if (R->ListInsertHead != NA && hasArg(R->ListInsertEntry))
    if (SymbolRef Sym = trackedBase(State, arg(R->ListInsertEntry))) {
      const MemRegion *Head = argRegion(R->ListInsertHead);
      std::string Path = Head && !isLocal(Head) ? pathOfRegion(Head) : "";
      if (!Path.empty())
        Path = "list " + Path;
      State = store(State, Sym, nullptr, Path, At);
      State = link(State);
    }
  if (R->CopyTo != NA && hasArg(R->CopyFrom))
    State = copy(State);
  if (R->FillTo != NA && hasArg(R->FillTo) && hasArg(R->FillSize)) {
    const MemRegion *To = argRegion(R->FillTo);
    bool Zero = R->FillValue == NA ||
                (hasArg(R->FillValue) &&
                 State->isNull(arg(R->FillValue)).isConstrainedTrue());
    bool Whole = isa_and_nonnull<SymbolicRegion>(To);
    if (const auto *TR = dyn_cast_or_null<TypedValueRegion>(To))
      if (auto Size = arg(R->FillSize).getAs<nonloc::ConcreteInt>())
        if (!TR->getValueType()->isIncompleteType())
          Whole =
              concreteValue(*Size) >=
              static_cast<uint64_t>(C.getASTContext()
                                        .getTypeSizeInChars(TR->getValueType())
                                        .getQuantity());
    if (To && Zero && Whole)
      State = State->bindDefaultZero(loc::MemRegionVal(To), LC);
    else if (To)
      State = writeThrough(State, R->FillTo);
  }
  return State;
}

} // namespace leak62
