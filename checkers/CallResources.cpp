//===- CallResources.cpp - What kernel routines acquire and release -------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Applies one row of a routine to the state, with what hangs on the resource: a
// device's extension and its place in the chain, the flags of an MDL.
//
//===----------------------------------------------------------------------===//

#include "AccessPath.h"
#include "CallModel.h"
#include "Compat.h"
#include "DeviceList.h"

using namespace clang;
using namespace ento;

namespace leak62 {

static constexpr uint64_t MdlPagesLocked = 0x0002; // MDL_PAGES_LOCKED

// A slot that somebody else may have written was read again: what is released
// is what was put there.
ProgramStateRef CallModel::releaseSlot(ProgramStateRef State,
                                       const std::string &Path) const {
  if (!Path.empty())
    for (auto &[Sym, O] : allOwnedSymbols(State))
      if (O.isStored() && !O.Slot && *O.Path == Path)
        State = dropOwned(State, Sym);
  return State;
}

// The device extension goes with its device.
SymbolRef CallModel::extensionOf(ProgramStateRef State, SVal Device,
                                 int Arg) const {
  const FieldDecl *F =
      fieldNamed(CE->getArg(Arg)->getType(), "DeviceExtension");
  const MemRegion *Reg = Device.getAsRegion();
  if (!F || !Reg)
    return nullptr;
  auto L = State->getLValue(F, loc::MemRegionVal(Reg)).getAs<Loc>();
  return L ? State->getSVal(*L, F->getType()).getAsLocSymbol(true) : nullptr;
}

// Drivers ask the MDL itself whether its pages are locked.
ProgramStateRef CallModel::setMdlFlags(ProgramStateRef State, SVal Mdl,
                                       QualType T, uint64_t Flags) const {
  const FieldDecl *F = fieldNamed(T, "MdlFlags");
  const MemRegion *Reg = Mdl.getAsRegion();
  if (!F || !Reg)
    return State;
  auto L = State->getLValue(F, loc::MemRegionVal(Reg)).getAs<Loc>();
  return L ? State->bindLoc(*L, SVB.makeIntVal(Flags, F->getType()), LC, false)
           : State;
}

// In a file that frees what MDLs describe, an MDL may be all that is kept of a
// buffer.
ProgramStateRef CallModel::describeBy(ProgramStateRef State, SVal Mdl) const {
  SymbolRef Sym = hasArg(0) ? trackedBase(State, arg(0)) : nullptr;
  const FieldDecl *F = fieldNamed(CE->getType(), "StartVa");
  if (!Sym || !F || !Mdl.getAsRegion() || getOwned(State, Sym)->isStored() ||
      !Unit.releasesFrom(getOwned(State, Sym)->S->Row->K, "MDL.StartVa"))
    return State;
  auto L = State->getLValue(F, loc::MemRegionVal(Mdl.getAsRegion()));
  Owned O = *getOwned(State, Sym);
  O.Slot = L.getAsRegion();
  State = setOwned(State, Sym, O);
  return State->bindLoc(L.castAs<Loc>(), arg(0), LC, false);
}

void CallModel::findWrongFree(ProgramStateRef State) {
  if (!R || IsDriver || ownsNothing(State))
    return;
  uint64_t Fits = 0; // arguments that the routine is for
  for (const Release &Rel : R->Releases) {
    if (Rel.Where == Place::OBJECT || !hasArg(Rel.Arg) ||
        !holds(State, Rel.Cond, Rel.CondArg))
      continue;
    SymbolRef Sym = handleOf(valueAt(State, Rel.Arg, Rel.Where, Rel.Field));
    const Owned *O = getOwned(State, Sym);
    if (!O || O->Lost ||
        C.getConstraintManager().isNull(State, Sym).isConstrainedTrue())
      continue;
    const Acquire &Row = *O->S->Row;
    if (isOfFamily(Rel.K, Row.K, Row.Api)) {
      Fits |= uint64_t(1) << Rel.Arg;
    } else if (releaserOf(Row.Api, Row.K)) { // a row of the table acquired it
      Wrong = *O;
      WrongSym = Sym;
      WrongArg = Rel.Arg;
    }
  }
  if (WrongSym && Fits >> WrongArg & 1)
    WrongSym = nullptr;
}

ProgramStateRef CallModel::release(ProgramStateRef State,
                                   const Release &Rel) const {
  if (!hasArg(Rel.Arg))
    return State;
  if (Rel.Where == Place::OBJECT) {
    const MemRegion *Reg = argRegion(Rel.Arg);
    if (!Reg)
      return State;
    ObjectKey Key(Reg, &kindInfo(Rel.K));
    if (!getOwned(State, Key)) // the same place through a pointer read again
      for (auto &[Other, O] : allOwnedObjects(State))
        if (Other.second == Key.second && O.isStored() &&
            *O.Path == pathOfRegion(Reg))
          State = dropOwned(State, Other);
    noteRelease(getOwned(State, Key), Rel.Api, CE, C.getStackFrame());
    State = dropOwned(State, Key);
    return Rel.K == Kind::LOCKED_PAGES
               ? setMdlFlags(State, arg(Rel.Arg),
                             CE->getArg(Rel.Arg)->getType(), 0)
               : State;
  }
  SVal V = valueAt(State, Rel.Arg, Rel.Where, Rel.Field);
  if (SymbolRef Sym = trackedBase(State, V)) {
    if (Sym != WrongSym)
      noteRelease(getOwned(State, Sym), Rel.Api, CE, C.getStackFrame());
    State = dropOwned(State, Sym);
  } else if (SymbolRef Read = V.getAsLocSymbol()) {
    State = releaseSlot(State, pathOfSymbol(Read));
    // Somebody may have touched the chain: this can be any device of it.
    if (Rel.K == Kind::DEVICE &&
        placeInChain(State, V, CE->getArg(Rel.Arg)->getType()))
      for (auto &[Device, O] : allOwnedSymbols(State))
        if (O.S->Row->K == Kind::DEVICE)
          State = dropOwned(State, Device);
  }
  if (isMemory(Rel.K))
    if (SymbolRef Sym = V.getAsLocSymbol(/*IncludeBaseRegions=*/true))
      State = unstore(State, Sym, /*Usable=*/false, LC);
  if (Rel.K == Kind::DEVICE) {
    State = unstore(State, extensionOf(State, V, Rel.Arg), /*Usable=*/true, LC);
    State = unlinkDevice(State, V, CE->getArg(Rel.Arg)->getType(), LC);
  }
  if (Rel.Where == Place::FIELD)
    if (std::optional<Loc> L = target(State, Rel.Arg, Rel.Where, Rel.Field))
      State = State->bindLoc(
          *L, SVB.makeNullWithType(typeAt(Rel.Arg, Rel.Where, Rel.Field)), LC,
          false);
  return State;
}

const NoteTag *CallModel::note(std::string Text, SymbolRef Sym) const {
  return C.getNoteTag(
      [Text = std::move(Text), Sym](PathSensitiveBugReport &BR) -> std::string {
        return BR.isInteresting(Sym) ? Text : "";
      });
}

// Not a pointer to it is what is owned, but the object where it lies.
ProgramStateRef CallModel::acquireObject(ProgramStateRef State,
                                         const Acquire &A, Owned O) const {
  const MemRegion *Reg = objectOf(A.Arg);
  if (!Reg)
    return State;
  ObjectKey Key(Reg, &kindInfo(A.K));
  const MemRegion *Base = Reg->getBaseRegion();
  const auto *SR = dyn_cast<SymbolicRegion>(Base);
  const Owned *Holder = SR ? getOwned(State, SR->getSymbol()) : nullptr;
  if (!isLocal(Base) && !Holder) {
    const auto *Code = dyn_cast<FunctionCodeRegion>(Reg);
    const auto *Fn = Code ? dyn_cast<FunctionDecl>(Code->getDecl()) : nullptr;
    std::string Path = Fn ? pathOfRoutine(Fn) : pathOfRegion(Reg);
    if (Path.empty())
      return State;
    O.Path = internPath(Path);
    if (Facts *F = currentFacts())
      F->addStore(O.S, Path, At);
  }
  if (A.K == Kind::LOCKED_PAGES)
    State = setMdlFlags(State, arg(A.Arg), CE->getArg(A.Arg)->getType(),
                        MdlPagesLocked);
  return setOwned(State, Key, O);
}

ProgramStateRef
CallModel::acquire(ProgramStateRef State, const Acquire &A,
                   llvm::SmallVectorImpl<const NoteTag *> &Notes) {
  const auto *In = cast<FunctionDecl>(C.getStackFrame()->getDecl());
  const Site *S = internSite(CE, In, &A, nullptr, receiverOf(CE, A, LC));
  Owned O;
  O.S = S;
  O.Frame = C.getStackFrame();

  // The last round's resource has just lost its place to this one's.
  for (auto &[Old, Was] : allOwnedSymbols(State))
    if (Was.Lost && Was.S == S && Was.Frame == O.Frame && !Was.Overwritten &&
        isAssigned(CE, LC)) {
      Was.Overwritten = CE;
      State = setOwned(State, Old, Was);
    }

  // The rest of the structure is filled in as well.
  if ((A.Where == Place::OBJECT || A.Where == Place::FIELD) && hasArg(A.Arg))
    State = writeThrough(State, A.Arg);

  if (A.Where == Place::OBJECT)
    return acquireObject(State, A, O);

  SVal V;
  if (A.Where == Place::RETURN) {
    V = conjureHeap(C, CE, CE->getType());
    Ret = V;
    State = State->BindExpr(CE, LC, V);
  } else {
    QualType T = typeAt(A.Arg, A.Where, A.Field);
    V = conjure(C, &A, CE, T);
  }
  SymbolRef Sym = V.getAsSymbol(/*IncludeBaseRegions=*/true);
  if (!Sym)
    return State;
  if (A.Where != Place::RETURN || A.Fails == Failure::NEVER)
    if (auto DV = V.getAs<DefinedOrUnknownSVal>()) {
      State = State->assume(*DV, true);
      if (!State)
        return nullptr;
    }
  if (A.Zeroed && A.Where == Place::RETURN && V.getAsRegion())
    State = State->bindDefaultInitial(
        V, SVB.makeZeroVal(C.getASTContext().CharTy), LC);
  if (A.K == Kind::MDL)
    State = describeBy(setMdlFlags(State, V, CE->getType(), 0), V);
  State = setOwned(State, Sym, O);
  if (A.Where != Place::RETURN) {
    std::optional<Loc> L = target(State, A.Arg, A.Where, A.Field);
    if (!L)
      return State;
    State = noteStore(State, *L, V, At);
    State = State->bindLoc(*L, V, LC, false);
  }
  if (A.K == Kind::DEVICE && hasArg(0))
    State = linkDevice(State, arg(0), CE->getArg(0)->getType(), V, LC);
  Notes.push_back(note(acquireNote(*S, C.getASTContext()), Sym));
  return State;
}

} // namespace leak62
