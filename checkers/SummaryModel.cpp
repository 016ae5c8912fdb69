//===- SummaryModel.cpp - Calls to functions that are not looked into -----===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Applies a summary at a call: one transition for each group of outcomes that
// differ in what matters to this caller.
//
// Limits: elements of arrays are one; what a callee writes through its
// arguments is unknown afterwards, except where something tracked lies.
//
//===----------------------------------------------------------------------===//

#include "AccessPath.h"
#include "Compat.h"
#include "DeviceList.h"
#include "LeakChecker.h"
#include "Summaries.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/ExprEngine.h"

using namespace clang;
using namespace ento;

namespace leak62 {
namespace {

constexpr unsigned MaxGroups = 6;
// From this size on the engine looks into a function at its first 32 calls in
// the file and then no more: what it does must not hang on the order of calls.
constexpr unsigned MaxInlinedBlocks = 13;

// Instead of a routine: nobody but the driver makes counted references.
constexpr const char *OwnReference = "reference";

using Symbols = llvm::SmallVector<SymbolRef, 2>;

class SummaryCall {
public:
  SummaryCall(const LeakChecker &Checker, const CallEvent &Call,
              const CallExpr *CE, const FunctionDecl *FD, CheckerContext &C)
      : Checker(Checker), Call(Call), CE(CE), FD(FD), C(C),
        SVB(C.getSValBuilder()), LC(C.getLocationContext()),
        At(positionOf(C.getSourceManager(), CE->getBeginLoc())) {}

  bool run(const Summary &S);

private:
  const LeakChecker &Checker;
  const CallEvent &Call;
  const CallExpr *CE;
  const FunctionDecl *FD;
  CheckerContext &C;
  SValBuilder &SVB;
  const LocationContext *LC;
  Position At;
  const Summary *Of = nullptr;

  /// Outcomes that are the same to this caller.
  struct Group {
    Outcome O; ///< with the clauses that matter
    llvm::SmallVector<Clause, 2> Conditions;
    unsigned Members = 1;
  };

  bool hasArg(int I) const {
    return I >= 0 && I < static_cast<int>(CE->getNumArgs());
  }
  const MemRegion *argRegion(int I) const {
    const MemRegion *R = hasArg(I) ? Call.getArgSVal(I).getAsRegion() : nullptr;
    return R ? R->StripCasts() : nullptr;
  }
  std::optional<Loc> target(ProgramStateRef State, int I,
                            llvm::StringRef Path) const;
  std::optional<Loc> slotAt(ProgramStateRef State, int I,
                            llvm::StringRef Path) const;
  QualType typeAt(int I, llvm::StringRef Path) const;
  bool isPointerAt(int I, llvm::StringRef Path) const;
  Symbols objectsAt(ProgramStateRef State, int I, llvm::StringRef Path) const;
  bool mayRelease(int Arg) const;
  ProgramStateRef assumeSigns(ProgramStateRef State, SVal V, QualType T,
                              unsigned Signs) const;
  bool matters(ProgramStateRef State, const Clause &Cl) const;
  ProgramStateRef forgetArgument(ProgramStateRef State,
                                 const MemRegion *R) const;
  ProgramStateRef forgetArguments(ProgramStateRef State) const;
  ProgramStateRef apply(ProgramStateRef State, const Clause &Cl,
                        Symbols &Fresh) const;
  ProgramStateRef fill(ProgramStateRef State, const Clause &Cl,
                       Symbols &Fresh) const;
  const Acquire *referenceRow(Place Where, int Arg) const;
  Owned owned(const Acquire *Row) const;
  void findWrongFree(const Summary &S);
  void finish(ProgramStateRef State, const Group &G, const Symbols &Contested,
              bool MayBeNull);
  /// The argument that the callee frees as something that it is not, or NA.
  int WrongArg = NA;
};

// Completing an IRP frees it only if the I/O manager made it.
bool releases(const Clause &Cl, ProgramStateRef State, SymbolRef Sym) {
  constexpr uint32_t ThreadedIrp = 1u
                                   << static_cast<unsigned>(Kind::THREADED_IRP);
  return Cl.Kinds != ThreadedIrp ||
         getOwned(State, Sym)->S->Row->K == Kind::THREADED_IRP;
}

const FieldDecl *fieldOf(QualType Record, llvm::StringRef Name) {
  const RecordDecl *RD = Record.isNull() ? nullptr : Record->getAsRecordDecl();
  RD = RD ? RD->getDefinition() : nullptr;
  if (RD)
    for (const FieldDecl *F : RD->fields())
      if (F->getName() == Name)
        return F;
  return nullptr;
}

// The record that an argument points to, before it was cast to void *.
QualType recordBehind(const Expr *Arg) {
  QualType P = Arg->IgnoreParenCasts()->getType()->getPointeeType();
  if (P.isNull() || !P->isRecordType())
    P = Arg->getType()->getPointeeType();
  return P;
}

// "*" is the pointee; a field may be "Name.Buffer".
std::optional<Loc> SummaryCall::target(ProgramStateRef State, int I,
                                       llvm::StringRef Path) const {
  const MemRegion *R = argRegion(I);
  if (!R)
    return std::nullopt;
  SVal V = loc::MemRegionVal(R);
  if (Path == "*")
    return V.getAs<Loc>();
  QualType T = recordBehind(CE->getArg(I));
  V = asRecord(State, R, T);
  while (!Path.empty()) {
    auto [Name, Rest] = Path.split('.');
    const FieldDecl *F = fieldOf(T, Name);
    if (!F)
      return std::nullopt;
    V = State->getLValue(F, V);
    T = F->getType();
    Path = Rest;
  }
  return V.getAs<Loc>();
}

// A place that a pointer can be written to: an argument may have been cast.
std::optional<Loc> SummaryCall::slotAt(ProgramStateRef State, int I,
                                       llvm::StringRef Path) const {
  std::optional<Loc> L = target(State, I, Path);
  const auto *R =
      L ? dyn_cast_or_null<TypedValueRegion>(L->getAsRegion()) : nullptr;
  if (R &&
      (R->getValueType()->isRecordType() || R->getValueType()->isArrayType()))
    return std::nullopt;
  return L;
}

QualType SummaryCall::typeAt(int I, llvm::StringRef Path) const {
  if (Path == "*") {
    QualType P = CE->getArg(I)->getType()->getPointeeType();
    return P.isNull() || !P->isPointerType() ? C.getASTContext().VoidPtrTy : P;
  }
  QualType T = recordBehind(CE->getArg(I));
  while (!Path.empty()) {
    auto [Name, Rest] = Path.split('.');
    const FieldDecl *F = fieldOf(T, Name);
    if (!F)
      return C.getASTContext().VoidPtrTy;
    T = F->getType();
    Path = Rest;
  }
  return T->isPointerType() ? T : C.getASTContext().VoidPtrTy;
}

bool SummaryCall::isPointerAt(int I, llvm::StringRef Path) const {
  QualType T =
      Path == "*"
          ? CE->getArg(I)->IgnoreParenCasts()->getType()->getPointeeType()
          : recordBehind(CE->getArg(I));
  while (!T.isNull() && Path != "*" && !Path.empty()) {
    auto [Name, Rest] = Path.split('.');
    const FieldDecl *F = fieldOf(T, Name);
    T = F ? F->getType() : QualType();
    Path = Rest;
  }
  return !T.isNull() && !T->isRecordType() && !T->isArrayType();
}

Symbols SummaryCall::objectsAt(ProgramStateRef State, int I,
                               llvm::StringRef Path) const {
  Symbols Out;
  if (!hasArg(I))
    return Out;
  if (Path == ".") {
    if (SymbolRef Sym = trackedBase(State, Call.getArgSVal(I)))
      Out.push_back(Sym);
    return Out;
  }
  if (Path != "*") {
    if (std::optional<Loc> L = target(State, I, Path))
      if (SymbolRef Sym =
              trackedBase(State, State->getSVal(*L, typeAt(I, Path))))
        Out.push_back(Sym);
    return Out;
  }
  const MemRegion *R = argRegion(I);
  if (!R)
    return Out;
  for (SymbolRef Sym : allBehind(State, R->getBaseRegion()))
    if (Sym != trackedBase(State, Call.getArgSVal(I)))
      Out.push_back(Sym);
  return Out;
}

ProgramStateRef SummaryCall::assumeSigns(ProgramStateRef State, SVal V,
                                         QualType T, unsigned Signs) const {
  auto DV = V.getAs<DefinedOrUnknownSVal>();
  if (!DV || Signs == ANY)
    return State;
  if (T->isPointerType() || !T->isSignedIntegerOrEnumerationType() ||
      T->isBooleanType()) {
    bool Null = Signs & ZERO, Other = Signs & (POSITIVE | NEGATIVE);
    return Null && Other ? State : State->assume(*DV, Other);
  }
  if (!T->isIntegerType() || !V.getAs<NonLoc>())
    return State;
  BinaryOperator::Opcode Op = Signs == NEGATIVE            ? BO_LT
                              : Signs == ZERO              ? BO_EQ
                              : Signs == POSITIVE          ? BO_GT
                              : Signs == (NEGATIVE | ZERO) ? BO_LE
                              : Signs == (ZERO | POSITIVE) ? BO_GE
                                                           : BO_NE;
  auto Cond =
      SVB.evalBinOp(State, Op, V, SVB.makeZeroVal(T), SVB.getConditionType())
          .getAs<DefinedOrUnknownSVal>();
  return Cond ? State->assume(*Cond, true) : State;
}

bool SummaryCall::matters(ProgramStateRef State, const Clause &Cl) const {
  switch (Cl.Op) {
  case Clause::PRE:
  case Clause::WRITE:
  case Clause::REF:
    return false;
  case Clause::RELEASE:
    if (const MemRegion *R = argRegion(Cl.Arg))
      for (auto &[Key, O] : allOwnedObjects(State))
        if (Key.first == R || Key.first->isSubRegionOf(R))
          return true;
    [[fallthrough]];
  case Clause::KEEP:
  case Clause::INTO:
  case Clause::UNREF:
    return llvm::any_of(objectsAt(State, Cl.Arg, Cl.Path), [&](SymbolRef Sym) {
      return releases(Cl, State, Sym);
    });
  case Clause::FILL:
  case Clause::FILLREF: // a list that it goes to is not a pointer to it
    return isPointerAt(Cl.Arg, Cl.Path) &&
           slotAt(State, Cl.Arg, Cl.Path).has_value();
  case Clause::NULLED: {
    const MemRegion *R = argRegion(Cl.Arg);
    return R && isOnStack(R, State) && slotAt(State, Cl.Arg, Cl.Path);
  }
  }
  return false;
}

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

std::string fresh(const FunctionDecl *FD, const Acquire *Row) {
  return FD->getNameAsString() + " returns " +
         (Row->K == Kind::OBJECT ? "an object reference"
                                 : std::string(kindInfo(Row->K).Noun) +
                                       " that its caller must free");
}

void SummaryCall::finish(ProgramStateRef State, const Group &G,
                         const Symbols &Contested, bool MayBeNull) {
  for (const Clause &P : G.Conditions)
    if (G.Members == 1 && hasArg(P.Arg)) {
      State = assumeSigns(State, Call.getArgSVal(P.Arg),
                          CE->getArg(P.Arg)->getType(), P.Signs);
      if (!State)
        return;
    }
  Symbols Fresh;
  const Acquire *Row = nullptr;
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
          return;
      }
  QualType T = CE->getType();
  if (!T->isVoidType()) {
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
    if (!MayBeNull)
      State = assumeSigns(State, Ret, T, G.O.Ret);
    if (!State)
      return;
  }
  bool Frees = llvm::any_of(G.O.Clauses, [&](const Clause &Cl) {
    return Cl.Op == Clause::RELEASE && Cl.Path == "." && Cl.Arg == WrongArg;
  });
  SymbolRef Wrong = Frees ? handleOf(Call.getArgSVal(WrongArg)) : nullptr;
  if (const Owned *Was = getOwned(C.getState(), Wrong))
    if (!getOwned(State, Wrong)) {
      if (ExplodedNode *N = C.generateNonFatalErrorNode(State))
        Checker.reportWrongFree(*Was, Wrong, CE, WrongArg, C.getStackFrame(), N,
                                C.getBugReporter());
      return;
    }
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

// Who only counts down frees nothing of what the object holds, for the last one
// either.
bool SummaryCall::mayRelease(int Arg) const {
  for (const Outcome &O : Of->Outcomes)
    for (const Clause &Cl : O.Clauses)
      if (Cl.Op == Clause::RELEASE && Cl.Arg == Arg)
        return true;
  return false;
}

bool SummaryCall::run(const Summary &S) {
  Of = &S;
  ProgramStateRef State = C.getState()->remove<ReplayWithoutInlining>();
  llvm::SmallVector<Group, 4> Groups;
  Symbols Contested;
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
    bool Known = false;
    for (Group &Old : Groups)
      if (Old.O.Value == G.O.Value && Old.O.Row == G.O.Row &&
          Old.O.Clauses == G.O.Clauses) {
        Old.O.Ret |= G.O.Ret;
        ++Old.Members;
        Known = true;
        break;
      }
    if (!Known)
      Groups.push_back(std::move(G));
  }
  if (Groups.empty() || Groups.size() > MaxGroups)
    return false;
  findWrongFree(S);
  State = forgetArguments(State);
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
bool givesBack(const FunctionDecl *FD, const CallEvent &Call,
               ProgramStateRef State) {
  if (takesReference(FD))
    for (unsigned I = 0; I < Call.getNumArgs(); ++I)
      if (const Owned *O =
              getOwned(State, trackedBase(State, Call.getArgSVal(I))))
        if (O->S->Row->Api == OwnReference)
          return true;
  return false;
}

} // namespace

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
