//===- LeakChecker.cpp - Following resources along paths ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where paths begin, which of them are followed, and what is said of a function
// once all are done.
//
//===----------------------------------------------------------------------===//

#include "LeakChecker.h"
#include "Callbacks.h"
#include "Compat.h"
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

const FunctionDecl *functionOf(const LocationContext *LC) {
  return dyn_cast<FunctionDecl>(LC->getStackFrame()->getDecl());
}

bool isDriverEntry(const FunctionDecl *FD) {
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
