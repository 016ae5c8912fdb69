//===- CallModel.cpp - What kernel routines acquire and release
//------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CallModel.h"
#include "AccessPath.h"
#include "Compat.h"
#include "DeviceList.h"

using namespace clang;
using namespace ento;

namespace leak62 {

constexpr uint64_t MdlPagesLocked = 0x0002; // MDL_PAGES_LOCKED

const FieldDecl *fieldNamed(QualType PtrTy, const char *Name) {
  QualType P = PtrTy->getPointeeType();
  const RecordDecl *RD = P.isNull() ? nullptr : P->getAsRecordDecl();
  RD = RD ? RD->getDefinition() : nullptr;
  if (RD)
    for (const FieldDecl *F : RD->fields())
      if (F->getName() == Name)
        return F;
  return nullptr;
}

std::optional<Loc> CallModel::target(ProgramStateRef State, int Arg,
                                     Place Where, const char *Field) const {
  if (!hasArg(Arg))
    return std::nullopt;
  const MemRegion *Reg = argRegion(Arg);
  if (!Reg)
    return std::nullopt;
  SVal Base = loc::MemRegionVal(Reg);
  if (Where == Place::FIELD) {
    const FieldDecl *F =
        fieldNamed(CE->getArg(Arg)->IgnoreParenImpCasts()->getType(), Field);
    if (!F)
      F = fieldNamed(CE->getArg(Arg)->getType(), Field);
    if (!F)
      return std::nullopt;
    Base = State->getLValue(
        F, asRecord(State, Reg, typeOf(C.getASTContext(), F->getParent())));
  }
  return Base.getAs<Loc>();
}

SVal CallModel::valueAt(ProgramStateRef State, int Arg, Place Where,
                        const char *Field) const {
  if (Where == Place::VALUE)
    return hasArg(Arg) ? arg(Arg) : UnknownVal();
  std::optional<Loc> L = target(State, Arg, Where, Field);
  if (!L)
    return UnknownVal();
  QualType T = typeAt(Arg, Where, Field);
  return T.isNull() ? State->getSVal(*L) : State->getSVal(*L, T);
}

QualType CallModel::typeAt(int Arg, Place Where, const char *Field) const {
  QualType T = CE->getArg(Arg)->getType();
  if (Where == Place::FIELD) {
    const FieldDecl *F = fieldNamed(T, Field);
    return F ? F->getType() : QualType();
  }
  QualType P = T->getPointeeType();
  // PVOID* of an argument that was cast: what counts is that it is a pointer.
  return P.isNull() || !P->isPointerType() ? C.getASTContext().VoidPtrTy : P;
}

// A condition on an argument; the others depend on the outcome.
bool CallModel::holds(ProgramStateRef State, When Cond, int Arg) const {
  if (Cond != When::IF_TRUE && Cond != When::IF_NULL)
    return true;
  if (!hasArg(Arg))
    return false;
  ConditionTruthVal Null = State->isNull(arg(Arg));
  return Cond == When::IF_NULL ? Null.isConstrainedTrue()
                               : Null.isConstrainedFalse();
}

bool CallModel::isActive(ProgramStateRef State, const Acquire &A) const {
  if (!holds(State, A.Cond, A.CondArg))
    return false;
  switch (A.Where) {
  case Place::RETURN:
    // A call without a declaration returns int: nothing to follow.
    return CE->getType()->isPointerType();
  case Place::OBJECT:
    return A.Arg == NA ? CE->getType()->isPointerType()
                       : argRegion(A.Arg) != nullptr;
  case Place::OUT:
    // The address of a number that is too small for a pointer: some classes of
    // information come by value.
    if (hasArg(A.Arg)) {
      ASTContext &Ctx = C.getASTContext();
      QualType P =
          CE->getArg(A.Arg)->IgnoreParenCasts()->getType()->getPointeeType();
      if (!P.isNull() && P->isIntegerType() &&
          Ctx.getTypeSize(P) < Ctx.getTypeSize(Ctx.VoidPtrTy))
        return false;
    }
    return target(State, A.Arg, A.Where, A.Field).has_value();
  default:
    return target(State, A.Arg, A.Where, A.Field).has_value();
  }
}

// Arguments whose memory the rows account for.
bool CallModel::isHandled(int I) const {
  if (!R)
    return false;
  for (const Acquire &A : R->Acquires)
    if (A.Where != Place::RETURN && A.Arg == I)
      return true;
  for (const Release &Rel : R->Releases)
    if (Rel.Arg == I)
      return true;
  for (const Transfer &T : R->Transfers)
    if (T.Arg == I)
      return true;
  for (const Acquire &A : R->Holds)
    if (A.Arg == I)
      return true;
  for (const Release &Rel : R->Unholds)
    if (Rel.Arg == I)
      return true;
  for (int Arg : {R->CompletionIrp, R->CompletionRoutine, R->CompletionContext,
                  R->SendIrp, R->AliasTo, R->AliasFrom, R->ListInsertHead,
                  R->ListInsertEntry, R->ListRemoveHead, R->ExchangeTarget,
                  R->ExchangeValue, R->ExchangeComparand, R->CopyFrom})
    if (Arg == I)
      return true;
  return false;
}

// A function of the driver may own the arguments that no annotation is about.
ProgramStateRef CallModel::giveAway(ProgramStateRef State) const {
  llvm::SmallVector<SVal, 4> Others;
  for (unsigned I = 0; I < CE->getNumArgs(); ++I)
    if (!isHandled(I))
      Others.push_back(arg(I));
  return escapeInto(C, State, Others, Call, CE);
}

// The routine may write what the argument points to, and that alone.
ProgramStateRef CallModel::writeThrough(ProgramStateRef State, int I) const {
  QualType T = CE->getArg(I)->getType();
  if (I < static_cast<int>(FD->getNumParams()))
    T = FD->getParamDecl(I)->getType();
  QualType P = T->getPointeeType();
  if (P.isNull() || P.isConstQualified() || P->isFunctionType())
    return State;
  // What a driver has set up in these stays as it is when they are passed on.
  if (const RecordDecl *RD = P->getAsRecordDecl())
    if (std::string Name = recordName(RD); Name == "DEVICE_OBJECT" ||
                                           Name == "DRIVER_OBJECT" ||
                                           Name == "FILE_OBJECT")
      return State;
  const MemRegion *Reg = argRegion(I);
  if (!Reg || isa<FunctionCodeRegion, StringRegion, UnknownSpaceRegion>(Reg))
    return State;
  // What the driver keeps there stays there: such a routine frees nothing.
  const auto *TR = dyn_cast<TypedValueRegion>(Reg);
  bool IsRecord = TR && TR->getValueType()->isRecordType();
  llvm::SmallVector<std::pair<Loc, SVal>, 2> Kept;
  if (IsRecord)
    trackedFields(State, Reg, TR->getValueType(), Kept);
  else if (!contentsOf(State, Reg).empty())
    return State;
  if (TR) {
    QualType VT = TR->getValueType();
    SVal V = UnknownVal();
    if (IsRecord)
      V = conjure(C, Reg, CE, C.getASTContext().IntTy);
    else if (SymbolManager::canSymbolicate(VT))
      V = conjure(C, Reg, CE, VT);
    State = State->bindLoc(loc::MemRegionVal(Reg), V, LC,
                           /*notifyChanges=*/false);
  } else if (isa<SymbolicRegion>(Reg)) {
    State = invalidateQuietly(C, State, Reg, CE);
  }
  for (auto &[Where, V] : Kept)
    State = State->bindLoc(Where, V, LC, false);
  return State;
}

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

  if (A.Where == Place::OBJECT) {
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
        F->addStore(S, Path, At);
    }
    if (A.K == Kind::LOCKED_PAGES)
      State = setMdlFlags(State, arg(A.Arg), CE->getArg(A.Arg)->getType(),
                          MdlPagesLocked);
    return setOwned(State, Key, O);
  }

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

// One outcome of the call: all rows that hold on it.
void CallModel::finish(ProgramStateRef State, bool Succeeds) {
  llvm::SmallVector<const NoteTag *, 2> Notes;
  if (R) {
    // First: a context that is released takes along what it holds.
    for (const Transfer &T : R->Transfers) {
      if (!hasArg(T.Arg) || (T.Cond == When::SUCCESS && !Succeeds))
        continue;
      if (!T.AnyKind) {
        const Owned *O = getOwned(State, trackedBase(State, arg(T.Arg)));
        if (!O || O->S->Row->K != T.K)
          continue;
      }
      State = handOver(State, T.Arg);
    }
    for (const Release &Rel : R->Releases)
      if (Rel.Cond == When::SUCCESS ? Succeeds
          : Rel.Cond == When::FAILURE
              ? !Succeeds
              : holds(C.getState(), Rel.Cond, Rel.CondArg))
        State = release(State, Rel);
    State = structural(State);
    if (R->CompletionIrp != NA)
      State = completion(State);
    if (R->SendIrp != NA)
      State = send(State);
    if (Succeeds)
      for (const Acquire &A : R->Acquires)
        if (isActive(C.getState(), A)) {
          State = acquire(State, A, Notes);
          if (!State)
            return;
        }
  }
  if (WrongSym) {
    if (ExplodedNode *N = C.generateNonFatalErrorNode(State))
      Checker.reportWrongFree(Wrong, WrongSym, CE, WrongArg, C.getStackFrame(),
                              N, C.getBugReporter());
  } else if (Notes.empty()) {
    C.addTransition(State);
  } else {
    C.addTransition(State, Notes.front());
  }
}

// What it returns tells the sign of the status that it wrote.
SVal CallModel::verdict(ProgramStateRef State, QualType T) const {
  QualType StatusT = pointedTo(R->VerdictStatus);
  std::optional<Loc> L = target(State, R->VerdictStatus, Place::OUT, nullptr);
  if (!L || StatusT.isNull() || !StatusT->isIntegerType())
    return Ret;
  SVal Told = SVB.evalBinOp(State, BO_GE, State->getSVal(*L, StatusT),
                            SVB.makeZeroVal(StatusT), T);
  return Told.isUnknownOrUndef() ? Ret : Told;
}

bool CallModel::run() {
  if (engineDoesBetter())
    return false;
  ProgramStateRef State = C.getState();
  if (R && R->ExchangeTarget != NA) {
    if (R->ExchangeComparand == NA) {
      C.addTransition(exchange(State, true));
      return true;
    }
    std::optional<Loc> L =
        target(State, R->ExchangeTarget, Place::OUT, nullptr);
    if (!L || !hasArg(R->ExchangeComparand))
      return false;
    SVal Same = SVB.evalEQ(State, State->getSVal(*L, CE->getType()),
                           arg(R->ExchangeComparand));
    if (auto Cond = Same.getAs<DefinedOrUnknownSVal>()) {
      auto [Equal, Different] = State->assume(*Cond);
      if (Equal)
        C.addTransition(exchange(Equal, true));
      if (Different)
        C.addTransition(exchange(Different, false));
    } else {
      C.addTransition(exchange(State, true));
    }
    return true;
  }

  if (countsDown(FD) && hasArg(0) && countsLast(State))
    return true;
  findWrongFree(State);
  if (countsDown(FD) && hasArg(0))
    State = countDown(State);
  if (IsDriver)
    State = giveAway(State);
  for (unsigned I = 0; I < CE->getNumArgs() && !IsDriver; ++I)
    if (!isHandled(I) && !(R && static_cast<int>(I) == R->FillTo))
      State = writeThrough(State, I);

  bool Splits = false, IsBoolean = false;
  if (R) {
    for (const Acquire &A : R->Acquires)
      if ((A.Fails == Failure::STATUS || A.Fails == Failure::BOOLEAN ||
           (A.Fails == Failure::NULL_ && A.Where == Place::OUT)) &&
          isActive(State, A)) {
        Splits = true;
        IsBoolean |= A.Fails != Failure::STATUS;
      }
    for (const Transfer &T : R->Transfers)
      if (T.Cond == When::SUCCESS && hasArg(T.Arg) &&
          trackedBase(State, arg(T.Arg)))
        Splits = true;
    for (const Release &Rel : R->Releases)
      if (Rel.Cond == When::SUCCESS || Rel.Cond == When::FAILURE)
        Splits = true;
  }
  if (!CE->getType()->isVoidType()) {
    QualType T = Call.getResultType();
    IsBoolean |= C.getASTContext().getTypeSize(T) == 8;
    IsBoolean |= T->isPointerType();
    Ret = conjure(C, nullptr, CE, T);
    bool NeverFails = false;
    if (R)
      for (const Acquire &A : R->Acquires)
        NeverFails |= A.Fails == Failure::NEVER;
    if (NeverFails && !T->isPointerType()) // STATUS_SUCCESS
      Ret = SVB.makeZeroVal(T);
    if (R && hasArg(R->Returns))
      Ret = arg(R->Returns);
    if (R && hasArg(R->VerdictStatus))
      Ret = verdict(State, T);
    State = State->BindExpr(CE, LC, Ret);
  }
  if (!Splits || !Ret.getAs<DefinedSVal>()) {
    finish(State, true);
    return true;
  }
  SVal Zero = SVB.makeZeroVal(Call.getResultType());
  // Routines of the system succeed with STATUS_SUCCESS and fail with an error
  // status; what a driver's function succeeds with is its own affair.
  auto Assume = [&](BinaryOperator::Opcode Op) -> ProgramStateRef {
    auto Cond = SVB.evalBinOp(State, Op, Ret, Zero, SVB.getConditionType())
                    .getAs<DefinedOrUnknownSVal>();
    return Cond ? State->assume(*Cond, true) : State;
  };
  if (ProgramStateRef Success = Assume(IsBoolean  ? BO_NE
                                       : IsDriver ? BO_GE
                                                  : BO_EQ))
    finish(Success, true);
  if (ProgramStateRef Fails = Assume(IsBoolean ? BO_EQ : BO_LT))
    finish(Fails, false);
  return true;
}

} // namespace leak62
