//===- LeakChecker.cpp - Following resources along paths ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LeakChecker.h"
#include "AccessPath.h"
#include "Callbacks.h"
#include "Compat.h"
#include "Demands.h"
#include "DeviceList.h"
#include "HoldChecker.h"
#include "LongLoops.h"
#include "PathLimit.h"
#include "SehLowering.h"
#include "Slice.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/ExprEngine.h"

using namespace clang;
using namespace ento;

namespace leak62 {

// Reports of one site from one function.
static constexpr unsigned MaxReports = 32;

static std::unique_ptr<Slice> Deciding; // of the unit at hand
static PathLimit Limit;
static GivenContexts Given;

Rounds &rounds() {
  static Rounds R;
  return R;
}

bool beginSecondRound() {
  rounds().Second = true;
  return !rounds().TooLarge.empty();
}

const GivenContext *givenTo(const FunctionDecl *FD) {
  auto It = FD ? Given.find(FD->getCanonicalDecl()) : Given.end();
  return It == Given.end() ? nullptr : &It->second;
}

Relevance &prepareUnit(ASTContext &Ctx) {
  static std::unique_ptr<Relevance> Unit;
  static const ASTContext *For = nullptr;
  if (!Unit || For != &Ctx) {
    lowerSeh(Ctx);
    Unit = std::make_unique<Relevance>(Ctx);
    Given = findGivenContexts(Ctx);
    for (auto &[FD, Context] : Given)
      Unit->addOwner(FD);
    Deciding = std::make_unique<Slice>(Ctx, *Unit);
    rounds() = {};
    For = &Ctx;
  }
  return *Unit;
}

void LeakChecker::checkASTDecl(const TranslationUnitDecl *TU, AnalysisManager &,
                               BugReporter &) const {
  if (!currentFacts())
    beginSites();
  // The engine has built no graph yet; the bodies are ours to rewrite.
  Unit = &prepareUnit(TU->getASTContext());
}

static const FunctionDecl *functionOf(const LocationContext *LC) {
  return dyn_cast<FunctionDecl>(LC->getStackFrame()->getDecl());
}

static bool isDriverEntry(const FunctionDecl *FD) {
  const Facts *F = currentFacts();
  return FD->getIdentifier() && (FD->getName() == "DriverEntry" ||
                                 (F && F->hasRole(FD, "DRIVER_ENTRY")));
}

void LeakChecker::checkBeginFunction(CheckerContext &C) const {
  if (!C.inTopFrame())
    return;
  SawExit = false;
  Unit->forgetGraphs();
  Reported.clear();
  ByExit.clear();
  Ways.clear();
  Deaths.clear();
  const FunctionDecl *FD = functionOf(C.getLocationContext());
  if (!FD || !Unit->acquires(FD) ||
      (rounds().Second &&
       !rounds().TooLarge.contains(FD->getCanonicalDecl()))) {
    C.generateSink(C.getState(), C.getPredecessor());
    return;
  }
  const GivenContext *Context = givenTo(FD);
  llvm::SmallVector<const ValueDecl *, 4> Holders;
  if (Context)
    for (const GivenThing &T : Context->Things)
      Holders.push_back(T.Field ? cast<ValueDecl>(T.Field) : T.Param);
  Deciding->begin(FD, Holders);
  Limit.begin(rounds().Second);
  if (Facts *F = currentFacts())
    F->addAnalysed(FD);
  if (Context)
    own(*Context, C);
  else if (isDriverEntry(FD) && FD->getNumParams()) {
    const ParmVarDecl *Driver = FD->getParamDecl(0);
    ProgramStateRef State = C.getState();
    SVal V = State->getSVal(State->getLValue(Driver, C.getStackFrame()));
    C.addTransition(
        haveNoDevice(State, V, Driver->getType(), C.getLocationContext()));
  }
}

// What a callback is given is its own from the start.
void LeakChecker::own(const GivenContext &Context, CheckerContext &C) {
  ProgramStateRef State = C.getState();
  for (const GivenThing &T : Context.Things) {
    SVal V = State->getSVal(State->getLValue(T.Param, C.getStackFrame()));
    auto Known = V.getAs<DefinedOrUnknownSVal>();
    if (T.Field) {
      QualType Record = typeOf(C.getASTContext(), T.Field->getParent());
      const MemRegion *Block = V.getAsRegion();
      auto L = Block ? State->getLValue(T.Field, asRecord(State, Block, Record))
                           .getAs<Loc>()
                     : std::nullopt;
      if (!L)
        continue;
      V = State->getSVal(*L, T.Field->getType());
      // Written down, so that it goes where the block goes.
      State = State->bindLoc(*L, V, C.getLocationContext(), false);
    } else {
      State = Known ? State->assume(*Known, true) : nullptr;
      if (!State)
        return;
    }
    SymbolRef Sym = V.getAsLocSymbol();
    if (!Sym)
      continue;
    Owned O;
    O.S = internSite(T.Call, Context.In, T.Row, nullptr, T.Variable);
    O.Frame = C.getStackFrame();
    O.Given = &Context;
    State = setOwned(State, Sym, O);
  }
  C.addTransition(State);
}

Slice &LeakChecker::slice() { return *Deciding; }

// A branch that decides nothing is followed one way, and nothing is assumed.
// One that does is followed by the first few of the paths that are alike.
void LeakChecker::followBranch(const Stmt *Cond, CheckerContext &C) const {
  const CFGBlock *Block =
      C.getStateManager().getOwningEngine().getBuilderContext().getBlock();
  const FunctionDecl *FD = functionOf(C.getLocationContext());
  std::optional<bool> Way =
      FD ? slice().onlyWay(FD, C.getStackFrame()->getCFG(), Block)
         : std::nullopt;
  ProgramStateRef State = C.getState();
  if (!Way) {
    if (ProgramStateRef Later = runOn(Cond, Block, C))
      State = Later;
    SVal V = State->getSVal(Cond, C.getLocationContext());
    if (!slice().active() || V.isUndef()) {
      C.addTransition(State);
      return;
    }
    ProgramStateRef Then = State, Else = State;
    if (auto Known = V.getAs<DefinedSVal>())
      std::tie(Then, Else) = State->assume(*Known);
    uint64_t Key = Limit.keyOf(Block, slice(), C);
    bool TakeThen = Then && Limit.take(Key, true);
    bool TakeElse = Else && Limit.take(Key, false);
    if (TakeThen == !!Then && TakeElse == !!Else) {
      C.addTransition(State);
      return;
    }
    if (!TakeThen && !TakeElse) {
      SawExit = true;
      C.generateSink(State, C.getPredecessor());
      return;
    }
    Way = TakeThen;
    State = TakeThen ? Then : Else;
  }
  SValBuilder &SVB = C.getSValBuilder();
  QualType T = C.getASTContext().IntTy;
  if (const auto *E = dyn_cast<Expr>(Cond))
    T = E->getType();
  SVal V;
  if (Loc::isLocType(T))
    V = SVB.makeIntLocVal(SVB.getBasicValueFactory().getValue(*Way, T));
  else if (T->isIntegralOrEnumerationType())
    V = SVB.makeIntVal(*Way, T);
  else
    V = SVB.makeTruthVal(*Way);
  C.addTransition(State->BindExpr(Cond, C.getLocationContext(), V));
}

// A path that owns nothing and cannot acquire any more has nothing to say.
void LeakChecker::checkBranchCondition(const Stmt *Cond,
                                       CheckerContext &C) const {
  if (!ownsNothing(C.getState()) || holdsAnything(C.getState()))
    return followBranch(Cond, C);
  const CFGBlock *Block = C.getPredecessor()->getCFGBlock();
  for (const StackFrameContext *SF = C.getStackFrame(); SF;) {
    if (!Block || Unit->acquireFollows(SF->getCFG(), Block))
      return followBranch(Cond, C);
    Block = SF->getCallSiteBlock();
    const LocationContext *Parent = SF->getParent();
    SF = Parent ? Parent->getStackFrame() : nullptr;
  }
  SawExit = true; // what was cut could have gone on to the end
  C.generateSink(C.getState(), C.getPredecessor());
}

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
    if (O.Lost) {
      Lost.push_back({Sym, O});
      continue;
    }
    if (C.getConstraintManager().isNull(State, Sym).isConstrainedTrue())
      continue;
    // After a failed load nothing else is asked.
    if (O.MayBeGone && FailedLoad)
      continue;
    if (kindInfo(O.S->Row->K).LostOn == Loss::FAILURE) {
      // The system knows the object; a routine that fails leaves it for good
      // unless its caller can still find it.
      if (Result == "failure" && (!O.isStored() || Loads))
        Lost.push_back({Sym, O});
      continue;
    }
    if (!O.isStored()) {
      if (O.Orphan || isCompared(RS, Sym, C))
        Lost.push_back({Sym, O});
      continue;
    }
    if (O.Slot) {
      SVal Now = State->getSVal(O.Slot);
      if (trackedBase(State, Now) != Sym)
        continue;
    }
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

// Silence must not look like health: say where paths were cut.
void LeakChecker::checkEndAnalysis(ExplodedGraph &, BugReporter &BR,
                                   ExprEngine &Eng) const {
  // A loss whose paths were all cut before an exit is a loss nevertheless.
  for (auto &[S, D] : Deaths)
    if (!Reported[S]) {
      Exit At = exitOf(D.O, D.Sym, D.N, nullptr);
      At.Cut = At.How == "lost here"; // and at no jump that leads out
      reportLeak(D.O, D.Sym, D.N, At, BR);
    }
  Facts *F = currentFacts();
  const FunctionDecl *FD = functionOf(Eng.getRootLocationContext());
  if (!F || !FD || !F->wasAnalysed(FD))
    return;
  if (!Eng.hasEmptyWorkList()) {
    if (rounds().Second)
      F->addIncomplete(FD, "the node budget ran out");
    else
      rounds().TooLarge.insert(FD->getCanonicalDecl());
  } else if (!SawExit && Eng.wasBlocksExhausted())
    F->addIncomplete(FD, "no path got past a loop");
}

} // namespace leak62
