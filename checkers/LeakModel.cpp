//===- LeakModel.cpp - What kernel routines do to resources ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Evaluates calls to routines of the system in place of the engine, which
// would forget everything reachable from their arguments.
//
//===----------------------------------------------------------------------===//

#include "AccessPath.h"
#include "Annotations.h"
#include "Compat.h"
#include "LeakChecker.h"
#include "ResourceFlow.h"
#include "SehLowering.h"
#include "Slice.h"
#include "Summaries.h"

using namespace clang;
using namespace ento;

namespace leak62 {
namespace {

/// One call being evaluated.
class CallModel {
public:
  /// \p IsDriver: \p R is what the annotations of a driver's function say.
  CallModel(const CallEvent &Call, const CallExpr *CE, const FunctionDecl *FD,
            const Routine *R, bool IsDriver, Relevance &Unit, CheckerContext &C)
      : Call(Call), CE(CE), FD(FD), R(R), IsDriver(IsDriver), Unit(Unit), C(C),
        SVB(C.getSValBuilder()), LC(C.getLocationContext()),
        At(positionOf(C.getSourceManager(), CE->getBeginLoc())) {}

  bool run();

private:
  const CallEvent &Call;
  const CallExpr *CE;
  const FunctionDecl *FD;
  const Routine *R;
  bool IsDriver;
  Relevance &Unit;
  CheckerContext &C;
  SValBuilder &SVB;
  const LocationContext *LC;
  Position At;
  SVal Ret = UnknownVal();

  bool hasArg(int I) const {
    return I >= 0 && I < static_cast<int>(CE->getNumArgs());
  }
  SVal arg(int I) const { return Call.getArgSVal(I); }
  const MemRegion *argRegion(int I) const {
    if (!hasArg(I))
      return nullptr;
    SVal V = arg(I);
    if (auto Copy = V.getAs<nonloc::LazyCompoundVal>()) // passed by value
      return Copy->getRegion();
    const MemRegion *Reg = V.getAsRegion();
    return Reg ? Reg->StripCasts() : nullptr;
  }
  /// What a row with the place OBJECT is about.
  const MemRegion *objectOf(int I) const {
    const MemRegion *Reg = I == NA ? Ret.getAsRegion() : nullptr;
    return Reg ? Reg->StripCasts() : argRegion(I);
  }
  bool isLocal(const MemRegion *Reg) const {
    return Reg && isOnStack(Reg, C.getState());
  }

  std::optional<Loc> target(ProgramStateRef State, int Arg, Place Where,
                            const char *Field) const;
  SVal valueAt(ProgramStateRef State, int Arg, Place Where,
               const char *Field) const;
  QualType typeAt(int Arg, Place Where, const char *Field) const;

  bool holds(ProgramStateRef State, When Cond, int Arg) const;
  bool isActive(ProgramStateRef State, const Acquire &A) const;
  bool engineDoesBetter() const;
  bool isHandled(int Arg) const;
  ProgramStateRef giveAway(ProgramStateRef State) const;
  ProgramStateRef writeThrough(ProgramStateRef State, int Arg) const;
  SymbolRef extensionOf(ProgramStateRef State, SVal Device, int Arg) const;
  ProgramStateRef setMdlFlags(ProgramStateRef State, SVal Mdl, QualType T,
                              uint64_t Flags) const;
  ProgramStateRef release(ProgramStateRef State, const Release &Rel) const;
  ProgramStateRef releaseSlot(ProgramStateRef State,
                              const std::string &Path) const;
  ProgramStateRef acquire(ProgramStateRef State, const Acquire &A,
                          llvm::SmallVectorImpl<const NoteTag *> &Notes);
  ProgramStateRef handOver(ProgramStateRef State, int Arg) const;
  ProgramStateRef link(ProgramStateRef State) const;
  ProgramStateRef copy(ProgramStateRef State) const;
  QualType pointedTo(int I) const;
  ProgramStateRef structural(ProgramStateRef State);
  ProgramStateRef send(ProgramStateRef State) const;
  ProgramStateRef completion(ProgramStateRef State) const;
  ProgramStateRef exchange(ProgramStateRef State, bool Stores);
  const NoteTag *note(std::string Text, SymbolRef Sym) const;
  void finish(ProgramStateRef State, bool Succeeds);
};

constexpr uint64_t MdlPagesLocked = 0x0002; // MDL_PAGES_LOCKED

/// The field of the record that \p PtrTy points to.
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

bool leavesContext(const FunctionDecl *FD);

bool leavesContext(const Stmt *S) {
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
        F,
        asRecord(State, Reg, C.getASTContext().getRecordType(F->getParent())));
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
    noteRelease(getOwned(State, Sym), Rel.Api, CE, C.getStackFrame());
    State = dropOwned(State, Sym);
  } else if (SymbolRef Read = V.getAsLocSymbol()) {
    State = releaseSlot(State, pathOfSymbol(Read));
  }
  if (isMemory(Rel.K))
    if (SymbolRef Sym = V.getAsLocSymbol(/*IncludeBaseRegions=*/true))
      State = unstore(State, Sym, /*Usable=*/false, LC);
  if (Rel.K == Kind::DEVICE)
    State = unstore(State, extensionOf(State, V, Rel.Arg), /*Usable=*/true, LC);
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
    State = setMdlFlags(State, V, CE->getType(), 0);
  State = setOwned(State, Sym, O);
  if (A.Where != Place::RETURN) {
    std::optional<Loc> L = target(State, A.Arg, A.Where, A.Field);
    if (!L)
      return State;
    State = noteStore(State, *L, V, At);
    State = State->bindLoc(*L, V, LC, false);
  }
  Notes.push_back(note(acquireNote(*S, C.getASTContext()), Sym));
  return State;
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

// True if a routine is seen to free nothing and to pass nothing on: it leaves
// the context that it is given to whoever waits for it.
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

// The completion routine gets the IRP.  One that is seen to free no IRP leaves
// it to its sender, who must.
ProgramStateRef CallModel::completion(ProgramStateRef State) const {
  if (!hasArg(R->CompletionContext))
    return State;
  const FunctionDecl *Routine = nullptr;
  if (const auto *Code =
          dyn_cast_or_null<FunctionCodeRegion>(argRegion(R->CompletionRoutine)))
    Routine = dyn_cast<FunctionDecl>(Code->getDecl());
  bool Keeps =
      Routine && Routine->hasBody() && !Unit.releases(Routine, Kind::IRP);
  SymbolRef Irp = trackedBase(State, arg(R->CompletionIrp));
  if (Irp) {
    Owned O = *getOwned(State, Irp);
    O.Kept = Keeps;
    State = setOwned(State, Irp, O);
  }
  SymbolRef Context = trackedBase(State, arg(R->CompletionContext));
  if (Context && Context != Irp && !(Routine && leavesContext(Routine)))
    State = escape(State, Context);
  return State;
}

ProgramStateRef CallModel::send(ProgramStateRef State) const {
  if (!hasArg(R->SendIrp))
    return State;
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
  if (Notes.empty())
    C.addTransition(State);
  else
    C.addTransition(State, Notes.front());
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

} // namespace

// The status of an exception is an error status.
bool LeakChecker::evalExceptionCode(const CallExpr *CE,
                                    CheckerContext &C) const {
  SValBuilder &SVB = C.getSValBuilder();
  ASTContext &Ctx = C.getASTContext();
  ProgramStateRef State = C.getState();
  DefinedOrUnknownSVal Code = conjure(C, nullptr, CE, Ctx.IntTy);
  State = State->BindExpr(CE, C.getLocationContext(), Code);
  SVal Negative = SVB.evalBinOp(State, BO_LT, Code, SVB.makeZeroVal(Ctx.IntTy),
                                SVB.getConditionType());
  if (auto Cond = Negative.getAs<DefinedOrUnknownSVal>())
    State = State->assume(*Cond, true);
  if (State)
    C.addTransition(State);
  return true;
}

bool LeakChecker::evalSeh(const CallExpr *CE, llvm::StringRef Name,
                          CheckerContext &C) const {
  ProgramStateRef State = C.getState();
  const LocationContext *LC = C.getLocationContext();
  SValBuilder &SVB = C.getSValBuilder();
  if (Name == SehRaised) {
    C.addTransition(State->BindExpr(CE, LC, SVB.makeIntVal(0, CE->getType())));
    C.addTransition(State->BindExpr(CE, LC, SVB.makeIntVal(1, CE->getType())),
                    C.getNoteTag("An exception is raised here"));
    return true;
  }
  // The exception leaves the function: what only its locals know is lost.
  if (C.inTopFrame())
    for (auto &[Sym, O] : allOwnedSymbols(State))
      if (!O.isStored() && O.Frame == C.getStackFrame() &&
          kindInfo(O.S->Row->K).LostOn == Loss::ANY &&
          !C.getConstraintManager().isNull(State, Sym).isConstrainedTrue())
        if (ExplodedNode *N = C.generateNonFatalErrorNode(State))
          reportLeak(O, Sym, N,
                     {CE->getSourceRange(),
                      "lost when the exception leaves the function"},
                     C.getBugReporter());
  C.generateSink(State, C.getPredecessor());
  return true;
}

bool LeakChecker::evalCall(const CallEvent &Call, CheckerContext &C) const {
  const auto *FD = dyn_cast_or_null<FunctionDecl>(Call.getDecl());
  const auto *CE = dyn_cast_or_null<CallExpr>(Call.getOriginExpr());
  if (!FD || !CE || !FD->getIdentifier())
    return false;
  llvm::StringRef Name = FD->getName();
  if (Name == SehRaised || Name == SehUnwind)
    return evalSeh(CE, Name, C);
  if (Name == "_exception_code" || Name == "__exception_code" ||
      Name == "GetExceptionCode")
    return evalExceptionCode(CE, C);
  if (FD->isNoReturn())
    return false;
  const Routine *Annotated = summaryOf(FD) ? nullptr : annotatedRoutine(FD);
  if (Annotated)
    return CallModel(Call, CE, FD, Annotated, /*IsDriver=*/true, *Unit, C)
        .run();
  if (!isKernelRoutine(FD)) {
    if (slice().matters(CE))
      return evalSummary(Call, CE, FD, C);
    // Neither what it does nor what it returns decides anything.
    ProgramStateRef State = C.getState();
    if (!CE->getType()->isVoidType())
      State = State->BindExpr(CE, C.getLocationContext(),
                              conjure(C, nullptr, CE, Call.getResultType()));
    C.addTransition(State);
    return true;
  }
  const Routine *R = lookupRoutine(FD);
  // What the compiler knows by itself is the engine's, routines of the C
  // library are not.
  if (!R && FD->getBuiltinID() &&
      !C.getASTContext().BuiltinInfo.isPredefinedLibFunction(
          FD->getBuiltinID()))
    return false;
  return CallModel(Call, CE, FD, R, /*IsDriver=*/false, *Unit, C).run();
}

} // namespace leak62
