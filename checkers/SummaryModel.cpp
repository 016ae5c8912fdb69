//===- SummaryModel.cpp - Calls to functions that are not looked into -----===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Applies a summary at a call: one transition for each group of outcomes that
// differ in what matters to this caller.
//
//===----------------------------------------------------------------------===//

#include "Compat.h"
#include "SummaryCall.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/ExprEngine.h"

using namespace clang;
using namespace ento;

namespace leak62 {

static constexpr unsigned MaxGroups = 6;
// From this size on the engine looks into a function at its first 32 calls in
// the file and then no more: what it does must not hang on the order of calls.
static constexpr unsigned MaxInlinedBlocks = 13;

// What the callee releases in some way as what it is, it can tell apart.
void SummaryCall::findWrongFree(const Summary &S) {
  ProgramStateRef State = C.getState();
  uint64_t Wrong = 0, Fits = 0; // arguments
  for (const Outcome &O : S.Outcomes)
    for (const Clause &Cl : O.Clauses) {
      if (Cl.Op != Clause::RELEASE || Cl.Path != "." || !hasArg(Cl.Arg))
        continue;
      const Owned *Has = getOwned(State, handleOf(Call.getArgSVal(Cl.Arg)));
      if (!Has || !releaserOf(Has->S->Row->Api, Has->S->Row->K))
        continue;
      bool Of = false;
      for (unsigned K = 0; K < 64; ++K)
        Of |= Cl.Kinds >> K & 1 && isOfFamily(static_cast<Kind>(K),
                                              Has->S->Row->K, Has->S->Row->Api);
      (Of ? Fits : Wrong) |= uint64_t(1) << Cl.Arg;
    }
  Wrong &= ~Fits;
  for (WrongArg = NA; Wrong; Wrong >>= 1)
    ++WrongArg;
}

static std::string fresh(const FunctionDecl *FD, const Acquire *Row) {
  return FD->getNameAsString() + " returns " +
         (Row->K == Kind::OBJECT ? "an object reference"
                                 : std::string(kindInfo(Row->K).Noun) +
                                       " that its caller must free");
}

ProgramStateRef SummaryCall::applyAll(ProgramStateRef State, const Group &G,
                                      Symbols &Fresh,
                                      const Acquire *&Row) const {
  for (const Clause &P : G.Conditions)
    if (G.Members == 1 && hasArg(P.Arg)) {
      State = assumeSigns(State, Call.getArgSVal(P.Arg),
                          CE->getArg(P.Arg)->getType(), P.Signs);
      if (!State)
        return nullptr;
    }
  // Contents before containers: a release of "." must not hide those behind it.
  // What a field held goes before something else, or null, comes into it.
  auto Turn = [](const Clause &Cl) {
    bool Overwrites = Cl.Op == Clause::FILL || Cl.Op == Clause::FILLREF ||
                      Cl.Op == Clause::NULLED;
    return Cl.Path == "." ? 2 : Overwrites ? 1 : 0;
  };
  for (int Now : {0, 1, 2})
    for (const Clause &Cl : G.O.Clauses)
      if (Turn(Cl) == Now) {
        if (Cl.Row)
          Row = Cl.Row;
        State = apply(State, Cl, Fresh);
        if (!State)
          return nullptr;
      }
  return State;
}

ProgramStateRef SummaryCall::bindResult(ProgramStateRef State, const Group &G,
                                        bool MayBeNull, Symbols &Fresh,
                                        const Acquire *&Row) const {
  QualType T = CE->getType();
  if (T->isVoidType())
    return State;
  SVal Ret;
  if (G.O.Value == Outcome::PARAM && hasArg(G.O.Arg)) {
    Ret = Call.getArgSVal(G.O.Arg);
  } else if (G.O.Value == Outcome::FRESH && T->isPointerType()) {
    Ret = conjureHeap(C, CE, T);
    Row = G.O.Row;
  } else {
    Ret = conjure(C, nullptr, CE, T);
    if (G.O.Value == Outcome::REFERENCE && T->isPointerType())
      Row = referenceRow(Place::RETURN, NA);
  }
  State = State->BindExpr(CE, LC, Ret);
  if (Row && Row->Where == Place::RETURN)
    if (SymbolRef Sym = Ret.getAsSymbol(/*IncludeBaseRegions=*/true)) {
      State = setOwned(State, Sym, owned(Row));
      Fresh.push_back(Sym);
    }
  return MayBeNull ? State : assumeSigns(State, Ret, T, G.O.Ret);
}

// True if the callee frees on this way what it is not the routine for; nothing
// else is asked of the path then.
bool SummaryCall::reportWrongFree(ProgramStateRef State, const Group &G) const {
  bool Frees = llvm::any_of(G.O.Clauses, [&](const Clause &Cl) {
    return Cl.Op == Clause::RELEASE && Cl.Path == "." && Cl.Arg == WrongArg;
  });
  SymbolRef Wrong = Frees ? handleOf(Call.getArgSVal(WrongArg)) : nullptr;
  const Owned *Was = getOwned(C.getState(), Wrong);
  if (!Was || getOwned(State, Wrong))
    return false;
  if (ExplodedNode *N = C.generateNonFatalErrorNode(State))
    Checker.reportWrongFree(*Was, Wrong, CE, WrongArg, C.getStackFrame(), N,
                            C.getBugReporter());
  return true;
}

void SummaryCall::finish(ProgramStateRef State, const Group &G,
                         const Symbols &Contested, bool MayBeNull) {
  Symbols Fresh;
  const Acquire *Row = nullptr;
  State = applyAll(State, G, Fresh, Row);
  if (State)
    State = bindResult(State, G, MayBeNull, Fresh, Row);
  if (!State || reportWrongFree(State, G))
    return;
  Symbols Left;
  for (SymbolRef Sym : Contested)
    if (const Owned *O = getOwned(State, Sym)) {
      Owned Still = *O;
      Still.LeftBy = FD->getCanonicalDecl();
      State = setOwned(State, Sym, Still);
      Left.push_back(Sym);
    }
  if (Fresh.empty() && Left.empty()) {
    C.addTransition(State);
    return;
  }
  std::string Text = Row ? fresh(FD, Row) : "";
  std::string Leaves = FD->getNameAsString() + " leaves it to its caller here";
  const NoteTag *Tag = C.getNoteTag(
      [Text, Leaves, Fresh, Left](PathSensitiveBugReport &BR) -> std::string {
        for (SymbolRef Sym : Fresh)
          if (BR.isInteresting(Sym))
            return Text;
        for (SymbolRef Sym : Left)
          if (BR.isInteresting(Sym))
            return Leaves;
        return "";
      });
  C.addTransition(State, Tag);
}

// Outcomes that differ in nothing that this caller has are one.
llvm::SmallVector<SummaryCall::Group, 4>
SummaryCall::groupsOf(const Summary &S, Symbols &Contested) const {
  ProgramStateRef State = C.getState()->remove<ReplayWithoutInlining>();
  llvm::SmallVector<Group, 4> Groups;
  for (const Outcome &O : S.Outcomes) {
    Group G;
    G.O = O;
    G.O.Clauses.clear();
    bool Possible = true;
    for (const Clause &Cl : O.Clauses) {
      if (Cl.Op == Clause::PRE && hasArg(Cl.Arg)) {
        Possible &=
            assumeSigns(State, Call.getArgSVal(Cl.Arg),
                        CE->getArg(Cl.Arg)->getType(), Cl.Signs) != nullptr;
        G.Conditions.push_back(Cl);
      } else if (matters(State, Cl)) {
        G.O.Clauses.push_back(Cl);
        for (SymbolRef Sym : objectsAt(State, Cl.Arg, Cl.Path))
          Contested.push_back(Sym);
      }
    }
    if (!Possible)
      continue;
    if (O.Value == Outcome::FROM ||
        (O.Value == Outcome::PARAM && objectsAt(State, O.Arg, ".").empty()))
      G.O.Value = Outcome::NOTHING;
    auto *Old = llvm::find_if(Groups, [&](const Group &Other) {
      return Other.O.Value == G.O.Value && Other.O.Row == G.O.Row &&
             Other.O.Clauses == G.O.Clauses;
    });
    if (Old == Groups.end()) {
      Groups.push_back(std::move(G));
    } else {
      Old->O.Ret |= G.O.Ret;
      ++Old->Members;
    }
  }
  return Groups;
}

bool SummaryCall::run(const Summary &S) {
  Of = &S;
  Symbols Contested;
  llvm::SmallVector<Group, 4> Groups = groupsOf(S, Contested);
  if (Groups.empty() || Groups.size() > MaxGroups)
    return false;
  findWrongFree(S);
  ProgramStateRef State =
      forgetArguments(C.getState()->remove<ReplayWithoutInlining>());
  // "Fresh or null" needs no split: as with the allocating routines themselves.
  if (Groups.size() == 2 && Groups[0].O.Clauses.empty() &&
      Groups[1].O.Clauses.empty())
    for (unsigned I : {0, 1})
      if (Groups[I].O.Value == Outcome::FRESH &&
          Groups[1 - I].O.Value == Outcome::NOTHING &&
          Groups[1 - I].O.Ret == ZERO) {
        Groups[I].Members = 2;
        finish(State, Groups[I], Contested, /*MayBeNull=*/true);
        return true;
      }
  for (const Group &G : Groups)
    finish(State, G, Contested, /*MayBeNull=*/false);
  return true;
}

// True if the call gives back a counted reference that this path has.
static bool givesBack(const FunctionDecl *FD, const CallEvent &Call,
                      ProgramStateRef State) {
  if (takesReference(FD))
    for (unsigned I = 0; I < Call.getNumArgs(); ++I)
      if (const Owned *O =
              getOwned(State, trackedBase(State, Call.getArgSVal(I))))
        if (O->S->Row->Api == OwnReference)
          return true;
  return false;
}

// Where a path ends in a loop of a callee the engine goes back to the call, and
// looks into that function no more.
static bool isGivenUp(const FunctionDecl *Definition, const CallExpr *CE,
                      ProgramStateRef State) {
  if (State->get<ReplayWithoutInlining>() == CE)
    rounds().NotLookedInto.insert(Definition);
  return rounds().NotLookedInto.contains(Definition);
}

// Small functions of this file are looked into, as the engine does; for the
// rest, and for what counts references, the summary says what they do.
bool LeakChecker::evalSummary(const CallEvent &Call, const CallExpr *CE,
                              const FunctionDecl *FD, CheckerContext &C) const {
  const FunctionDecl *Definition = nullptr;
  if (FD->hasBody(Definition) && !isGivenUp(Definition, CE, C.getState()) &&
      !givesReference(FD) && !givesBack(FD, Call, C.getState())) {
    AnalysisDeclContext *ADC =
        C.getAnalysisManager().getAnalysisDeclContext(Definition);
    const CFG *Cfg = ADC->getCFG();
    if (Cfg && Cfg->getNumBlockIDs() <= MaxInlinedBlocks)
      return false;
  }
  const Summary *S = summaryOf(FD);
  if (!S)
    return false;
  if (S->Outcomes.empty()) { // it does not return: nothing is lost by it
    for (auto &[Sym, O] : allOwnedSymbols(C.getState()))
      Deaths.erase(O.S);
    C.generateSink(C.getState(), C.getPredecessor());
    return true;
  }
  return SummaryCall(*this, Call, CE, FD, C).run(*S);
}

} // namespace leak62
