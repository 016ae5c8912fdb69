//===- LeakLoss.cpp - What a path has lost --------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A handle dies along the path, or its frame ends, and nothing leads to what it
// stood for.  What still is in a slot when the function ends is not lost: that
// goes to the facts.
//
//===----------------------------------------------------------------------===//

#include "Callbacks.h"
#include "Compat.h"
#include "Demands.h"
#include "DeviceList.h"
#include "HoldChecker.h"
#include "LeakChecker.h"

using namespace clang;
using namespace ento;

namespace leak62 {

// Reports of one site from one function.
static constexpr unsigned MaxReports = 32;

static bool isWithin(const LocationContext *LC, const StackFrameContext *SF) {
  for (const LocationContext *L = LC; L; L = L->getParent())
    if (L->getStackFrame() == SF)
      return true;
  return false;
}

// Slots are asked for their content when the function ends.
void LeakChecker::checkLiveSymbols(ProgramStateRef State,
                                   SymbolReaper &Reaper) const {
  for (auto &[Sym, O] : allOwnedSymbols(State))
    if (O.isStored() && O.Slot) {
      Reaper.markLive(O.Slot->getBaseRegion());
      if (const auto *SR = dyn_cast<SymbolicRegion>(O.Slot->getBaseRegion()))
        Reaper.markLive(SR->getSymbol());
    }
}

// An object in a block that is owned is lost with the block, and behind a
// pointer that is null there is none.
static bool goesWithBlock(CheckerContext &C, const MemRegion *Object) {
  const auto *SR = dyn_cast<SymbolicRegion>(Object->getBaseRegion());
  if (!SR)
    return false;
  ConditionTruthVal Null =
      C.getConstraintManager().isNull(C.getState(), SR->getSymbol());
  return Null.isConstrainedTrue() || getOwned(C.getState(), SR->getSymbol());
}

static const char *resultOf(SVal Result, QualType T, ProgramStateRef State,
                            SValBuilder &SVB) {
  auto V = Result.getAs<DefinedSVal>();
  if (!V || !T->isSignedIntegerType() || T->isBooleanType())
    return "any";
  auto Ok = SVB.evalBinOp(State, BO_GE, *V, SVB.makeZeroVal(T),
                          SVB.getConditionType())
                .getAs<DefinedOrUnknownSVal>();
  if (!Ok)
    return "any";
  auto [Success, Fails] = State->assume(*Ok);
  return Success && Fails ? "any" : Success ? "success" : "failure";
}

const char *resultOf(const ReturnStmt *RS, const FunctionDecl *FD,
                     CheckerContext &C) {
  return RS && RS->getRetValue()
             ? resultOf(C.getSVal(RS->getRetValue()), FD->getReturnType(),
                        C.getState(), C.getSValBuilder())
             : "any";
}

// True if the callee that has just returned has failed, and left \p O for good.
static bool failedWith(const Owned &O, CheckerContext &C) {
  const StackFrameContext *SF = C.getStackFrame();
  const auto *CE = dyn_cast_or_null<CallExpr>(SF->getCallSite());
  if (!CE || O.Frame != SF)
    return false;
  ProgramStateRef State = C.getState();
  SVal Result = State->getSVal(CE, SF->getParent()); // there once it returned
  return llvm::StringRef(resultOf(Result, CE->getType(), State,
                                  C.getSValBuilder())) == "failure";
}

static const ReturnStmt *returnBefore(const ExplodedNode *N) {
  const StackFrameContext *SF = N->getStackFrame();
  for (; N && N->getStackFrame() == SF; N = N->getFirstPred())
    if (auto S = N->getLocation().getAs<StmtPoint>())
      if (const auto *RS = dyn_cast<ReturnStmt>(S->getStmt()))
        return RS;
  return nullptr;
}

static const GivenThing *thingOf(const Owned &O) {
  return llvm::find_if(O.Given->Things, [&](const GivenThing &T) {
    return T.Call == O.S->Call;
  });
}

// Of what a callback was given and has not released, some is not its to
// release: an IRP that it lets go on, and what lies in a context that is lost
// as a whole.
static bool isNotItsOwn(const Owned &O, bool LosesContext, const ReturnStmt *RS,
                        CheckerContext &C) {
  if (!O.Given || thingOf(O)->isContext())
    return false;
  if (thingOf(O)->Field)
    return LosesContext;
  constexpr uint32_t MoreProcessingRequired = 0xC0000016;
  auto Result = RS && RS->getRetValue()
                    ? C.getSVal(RS->getRetValue()).getAs<nonloc::ConcreteInt>()
                    : std::nullopt;
  return !Result || static_cast<uint32_t>(concreteValue(*Result)) !=
                        MoreProcessingRequired;
}

// What loses its last reference stays in the state as Lost until its frame
// ends, so that the report names the exit that was really taken.
void LeakChecker::checkDeadSymbols(SymbolReaper &Reaper,
                                   CheckerContext &C) const {
  ProgramStateRef State = C.getState();
  if (ownsNothing(State))
    return;
  // A path about to end in a bug check is not one that unloads.
  const CFGBlock *Block = C.getPredecessor()->getCFGBlock();
  bool Ends = Block && Block->hasNoReturnElement();

  llvm::SmallVector<std::pair<SymbolRef, Owned>, 2> Now, Later;
  for (auto &[Sym, O] : allOwnedSymbols(State)) {
    if (O.Lost || !Reaper.isDead(Sym))
      continue;
    // A slot that got null where null was has lost nothing; who asks later
    // cannot know any more.
    bool IsNull =
        C.getConstraintManager().isNull(C.getState(), Sym).isConstrainedTrue();
    if (O.isStored() && !IsNull)
      continue;
    bool Fails = kindInfo(O.S->Row->K).LostOn == Loss::FAILURE;
    if (!IsNull && Fails && !failedWith(O, C))
      continue;
    State = dropOwned(State, Sym);
    if (Ends || Reported[O.S] >= MaxReports || IsNull)
      continue;
    if (!Fails && isWithin(C.getLocationContext(), O.Frame)) {
      Later.push_back({Sym, O});
      O.Lost = true;
      State = setOwned(State, Sym, O);
    } else {
      Now.push_back({Sym, O});
    }
  }
  for (auto &[Key, O] : allOwnedObjects(State)) {
    if (O.isStored() || Reaper.isLiveRegion(Key.first->getBaseRegion()))
      continue;
    State = dropOwned(State, Key);
    if (!Ends && !goesWithBlock(C, Key.first))
      Now.push_back({nullptr, O});
  }
  if (State == C.getState())
    return;
  ExplodedNode *N = C.generateNonFatalErrorNode(State);
  if (!N)
    return;
  for (auto &[Sym, O] : Now) {
    bool Fails = kindInfo(O.S->Row->K).LostOn == Loss::FAILURE;
    reportLeak(O, Sym, N, exitOf(O, Sym, N, Fails ? returnBefore(N) : nullptr),
               C.getBugReporter());
  }
  for (auto &[Sym, O] : Later)
    if (!O.Given || thingOf(O)->isContext())
      Deaths.insert({O.S, {N, O, Sym}});
}

// A callee that fails and leaves a device to be found in the driver object has
// lost it; that is said of the callee, and not of who passes its failure on.
static ProgramStateRef leaveDevices(const ReturnStmt *RS, CheckerContext &C) {
  ProgramStateRef State = C.getState();
  const FunctionDecl *FD = functionOf(C.getLocationContext());
  for (auto &[Sym, O] : allOwnedSymbols(State))
    if (O.S->Row->K == Kind::DEVICE && O.Frame == C.getStackFrame() &&
        !O.isStored() && FD &&
        llvm::StringRef(resultOf(RS, FD, C)) == "failure" &&
        isInChainOnly(State, Sym, O.Frame))
      State = dropOwned(State, Sym);
  return State;
}

void LeakChecker::reportLost(const ReturnStmt *RS, CheckerContext &C) const {
  ProgramStateRef State = leaveDevices(RS, C);
  llvm::SmallVector<std::pair<SymbolRef, Owned>, 2> Lost;
  for (auto &[Sym, O] : allOwnedSymbols(State))
    if (O.Lost && O.Frame == C.getStackFrame()) {
      Lost.push_back({Sym, O});
      State = dropOwned(State, Sym);
    }
  if (Lost.empty()) {
    if (State != C.getState())
      C.addTransition(State);
    return;
  }
  if (ExplodedNode *N = C.generateNonFatalErrorNode(State))
    for (auto &[Sym, O] : Lost)
      reportLeak(O, Sym, N, exitOf(O, Sym, N, RS), C.getBugReporter());
}

// "return p != NULL" tells of p, but does not hand it on.
static bool isCompared(const ReturnStmt *RS, SymbolRef Sym, CheckerContext &C) {
  if (!RS || !RS->getRetValue())
    return false;
  const auto *E = dyn_cast_or_null<BinarySymExpr>(
      C.getSVal(RS->getRetValue()).getAsSymbol());
  if (!E || !BinaryOperator::isComparisonOp(E->getOpcode()))
    return false;
  for (SymbolRef Part : E->symbols())
    if (Part == Sym)
      return true;
  return false;
}

// Some paths of each exit: the one that asks least is what counts.
void LeakChecker::addHoldWays(Facts &F, const FunctionDecl *FD,
                              llvm::StringRef Result, const Position &At,
                              const Facts::Slots &Held,
                              const ExplodedNode *N) const {
  constexpr unsigned MaxWays = 4;
  std::optional<std::vector<Demand>> Demands;
  for (auto &[S, Path] : Held) {
    if (Path == "return" || ++Ways[{S, Path, At}] > MaxWays)
      continue;
    if (!Demands)
      Demands = demandsOf(N, F.Ctx);
    F.addWay({"hold", FD, S, nullptr, Path, Result.str(), At, *Demands});
  }
}

// How the function at its end leaves what it owns; NOT: there is nothing, or it
// is somebody else's.
enum class Left { NOT, HELD, LOST };

static Left leftAs(const Owned &O, SymbolRef Sym, const ReturnStmt *RS,
                   bool Fails, bool Loads, CheckerContext &C) {
  ProgramStateRef State = C.getState();
  if (O.Lost)
    return Left::LOST;
  if (C.getConstraintManager().isNull(State, Sym).isConstrainedTrue())
    return Left::NOT;
  // After a failed load nothing else is asked.
  if (O.MayBeGone && Fails && Loads)
    return Left::NOT;
  // The system knows the object; a routine that fails leaves it for good
  // unless its caller can still find it.
  if (kindInfo(O.S->Row->K).LostOn == Loss::FAILURE)
    return Fails && (!O.isStored() || Loads) ? Left::LOST : Left::NOT;
  if (!O.isStored())
    return O.Orphan || isCompared(RS, Sym, C) ? Left::LOST : Left::NOT;
  if (O.Slot && trackedBase(State, State->getSVal(O.Slot)) != Sym)
    return Left::NOT;
  return Left::HELD;
}

void LeakChecker::checkEndFunction(const ReturnStmt *RS,
                                   CheckerContext &C) const {
  const FunctionDecl *FD = functionOf(C.getLocationContext());
  if (!C.inTopFrame() || !FD) {
    reportLost(RS, C);
    return;
  }
  SawExit = true;
  ProgramStateRef State = C.getState();
  llvm::StringRef Result = resultOf(RS, FD, C);
  Facts *F = currentFacts();
  bool Loads = isDriverEntry(FD) || (F && F->hasRole(FD, "ADD_DEVICE"));
  bool FailedLoad = Loads && Result == "failure";

  Facts::Slots Held;
  llvm::SmallVector<std::pair<SymbolRef, Owned>, 1> Lost;
  for (auto &[Sym, O] : allOwnedSymbols(State)) {
    Left How = leftAs(O, Sym, RS, Result == "failure", Loads, C);
    if (How == Left::LOST)
      Lost.push_back({Sym, O});
    else if (How == Left::HELD)
      Held.insert({O.S, *O.Path});
  }
  for (auto &[Key, O] : allOwnedObjects(State))
    if (O.isStored() && !(O.MayBeGone && FailedLoad))
      Held.insert({O.S, *O.Path});
  if (F) {
    SourceLocation Loc = RS ? RS->getBeginLoc() : FD->getEndLoc();
    Position At = positionOf(C.getSourceManager(), Loc);
    addHoldWays(*F, FD, Result, At, Held, C.getPredecessor());
    F->addOutcome(FD, Result.data(), At, std::move(Held));
  }
  bool LosesContext = llvm::any_of(Lost, [](const auto &Item) {
    return Item.second.Given && thingOf(Item.second)->isContext();
  });
  llvm::erase_if(Lost, [&](const auto &Item) {
    return isNotItsOwn(Item.second, LosesContext, RS, C);
  });
  if (Lost.empty())
    return;
  if (ExplodedNode *N = C.generateNonFatalErrorNode(State))
    for (auto &[Sym, O] : Lost)
      reportLeak(O, Sym, N, exitOf(O, Sym, N, RS, FailedLoad),
                 C.getBugReporter());
}

} // namespace leak62
