//===- LeakFlow.cpp - Where what is owned goes ----------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Stores, returns, and the calls that nobody looked into: what was owned here
// is in a slot afterwards, is the caller's, or is nobody's any more.
//
//===----------------------------------------------------------------------===//

#include "AccessPath.h"
#include "DeviceList.h"
#include "LeakChecker.h"

using namespace clang;
using namespace ento;

namespace leak62 {

void LeakChecker::checkBind(SVal Loc, SVal Val, const Stmt *S,
                            CheckerContext &C) const {
  ProgramStateRef State = C.getState();
  BindsAnywhere = !isa<clang::ento::Loc>(Loc);
  if (ownsNothing(State))
    return;
  ProgramStateRef New = noteStore(
      State, Loc, Val, positionOf(C.getSourceManager(), S->getBeginLoc()));
  if (const auto *VR = dyn_cast_or_null<VarRegion>(Loc.getAsRegion()))
    if (isa<BinaryOperator>(S))
      if (SymbolRef Old = trackedBase(New, New->getSVal(VR))) {
        Owned O = *getOwned(New, Old);
        if (trackedBase(New, Val) != Old &&
            O.S->Variable == VR->getDecl()->getNameAsString()) {
          O.Overwritten = S;
          New = setOwned(New, Old, O);
        }
      }
  if (New != State)
    C.addTransition(New);
}

// A string with a buffer to free is not empty, unless its length says so.
static ProgramStateRef assumeFilled(ProgramStateRef State, SVal Place) {
  const auto *Length = dyn_cast_or_null<FieldRegion>(Place.getAsRegion());
  const FieldDecl *Buffer =
      Length ? bufferOfLength(Length->getDecl()) : nullptr;
  auto String = Length ? Length->getSuperRegion() : nullptr;
  if (!Buffer || !isa<SubRegion>(String))
    return State;
  SVal Content = State->getSVal(
      State->getLValue(Buffer, loc::MemRegionVal(cast<SubRegion>(String)))
          .castAs<Loc>());
  auto Value = State->getSVal(Length).getAs<DefinedSVal>();
  if (!Value || !trackedBase(State, Content))
    return State;
  ProgramStateRef Filled = State->assume(*Value, true);
  return Filled ? Filled : State;
}

// A pointer that was used is not null on this path.  The core checkers say so
// too, but spend most of a scan on reports of their own that nobody sees.
void LeakChecker::checkLocation(SVal Loc, bool IsLoad, const Stmt *,
                                CheckerContext &C) const {
  auto L = Loc.getAs<DefinedOrUnknownSVal>();
  if (!L || Loc.isUndef())
    return;
  auto [NotNull, Null] = C.getState()->assume(*L);
  if (NotNull && IsLoad)
    NotNull = assumeFilled(NotNull, Loc);
  if (!NotNull && Null)
    C.generateSink(Null, C.getPredecessor());
  else if (NotNull && NotNull != C.getState())
    C.addTransition(NotNull);
}

// What a function returns is its caller's.
void LeakChecker::checkPreStmt(const ReturnStmt *RS, CheckerContext &C) const {
  if (!C.inTopFrame() || !RS->getRetValue())
    return;
  ProgramStateRef State = C.getState();
  Position At = positionOf(C.getSourceManager(), RS->getBeginLoc());
  for (SymbolRef Sym : trackedIn(State, C.getSVal(RS->getRetValue())))
    if (!getOwned(State, Sym)->isStored())
      State = store(State, Sym, nullptr, "return", At);
  if (State != C.getState())
    C.addTransition(State);
}

// A summary speaks of what the arguments lead to, and where none was applied
// nobody does: the callee may have released what is in a slot.
static bool isInDoubt(const CallEvent &Call, const FunctionDecl *Callee,
                      const Relevance &Unit, const Owned &O,
                      const MemRegion *Place) {
  if (!O.isStored() || O.MayBeGone)
    return false;
  for (unsigned I = 0; Place && I < Call.getNumArgs(); ++I)
    if (const MemRegion *R = Call.getArgSVal(I).getAsRegion())
      if (R->getBaseRegion() == Place->getBaseRegion())
        return false;
  return Unit.releasesFrom(Callee, O.S->Row->K, *O.Path);
}

static ProgramStateRef doubtStored(const CallEvent &Call,
                                   const FunctionDecl *Callee,
                                   const Relevance &Unit,
                                   ProgramStateRef State) {
  for (auto &[Sym, O] : allOwnedSymbols(State))
    if (isInDoubt(Call, Callee, Unit, O, O.Slot)) {
      O.MayBeGone = true;
      State = setOwned(State, Sym, O);
    }
  for (auto &[Key, O] : allOwnedObjects(State))
    if (isInDoubt(Call, Callee, Unit, O, Key.first)) {
      O.MayBeGone = true;
      State = setOwned(State, Key, O);
    }
  return State;
}

// The same of the devices that a callee finds in the driver object.
static ProgramStateRef doubtDevices(const FunctionDecl *Callee,
                                    const Relevance &Unit,
                                    ProgramStateRef State) {
  for (auto &[Sym, O] : allOwnedSymbols(State))
    if (O.S->Row->K == Kind::DEVICE &&
        (Unit.releasesFrom(Callee, Kind::DEVICE,
                           "DRIVER_OBJECT.DeviceObject") ||
         Unit.releasesFrom(Callee, Kind::DEVICE, "DEVICE_OBJECT.NextDevice")))
      State = dropOwned(State, Sym);
  return State;
}

// What a callee acquired and did not lose is its caller's to lose.  A function
// that returns what it has acquired is an allocator: the site that matters is
// the call to it.
void LeakChecker::checkPostCall(const CallEvent &Call,
                                CheckerContext &C) const {
  ProgramStateRef State = C.getState();
  if (!C.wasInlined) {
    const auto *Callee = dyn_cast_or_null<FunctionDecl>(Call.getDecl());
    if (Callee)
      State =
          doubtDevices(Callee, *Unit, doubtStored(Call, Callee, *Unit, State));
    if (State != C.getState())
      C.addTransition(State);
    return;
  }
  const auto *CE = dyn_cast_or_null<CallExpr>(Call.getOriginExpr());
  const FunctionDecl *In = functionOf(C.getLocationContext());
  if (!CE || !In || ownsNothing(State))
    return;
  SymbolRef Returned = trackedBase(State, Call.getReturnValue());
  for (auto &[Sym, O] : allOwnedSymbols(State)) {
    const LocationContext *Parent = O.Frame->getParent();
    if (O.Frame->getCallSite() != CE || !Parent ||
        Parent->getStackFrame() != C.getStackFrame())
      continue;
    O.Frame = C.getStackFrame();
    if (Sym == Returned && !O.isStored()) {
      Acquire Result = *O.S->Row;
      Result.Where = Place::RETURN;
      O.S = internSite(CE, In, O.S->Row, O.S->Inner ? O.S->Inner : O.S,
                       receiverOf(CE, Result, C.getLocationContext()));
    }
    State = setOwned(State, Sym, O);
  }
  if (State != C.getState())
    C.addTransition(State);
}

// True if all that the call gets of it is data within it.
static bool getsDataOnly(const CallEvent *Call, SymbolRef Sym) {
  bool Gets = false;
  for (unsigned I = 0; Call && I < Call->getNumArgs(); ++I)
    if (Call->getArgSVal(I).getAsLocSymbol(true) == Sym) {
      const Expr *Arg = Call->getArgExpr(I);
      if (!Arg || !isDataInObject(Arg))
        return false;
      Gets = true;
    }
  return Gets;
}

ProgramStateRef LeakChecker::checkPointerEscape(
    ProgramStateRef State, const InvalidatedSymbols &Escaped,
    const CallEvent *Call, PointerEscapeKind Kind) const {
  // checkBind sees what the store does and decides better; but of a store to a
  // place that the engine cannot tell it follows the state from before, too.
  // What a call left in an out-parameter is the caller's, whatever type the
  // argument was cast to.
  if ((Kind == PSK_EscapeOnBind && !BindsAnywhere) ||
      Kind == PSK_EscapeOutParameters || ownsNothing(State))
    return State;
  for (SymbolRef Sym : Escaped)
    if (getOwned(State, Sym) && !getsDataOnly(Call, Sym))
      State = escape(State, Sym);
  return State;
}

} // namespace leak62
