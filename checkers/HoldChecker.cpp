//===- HoldChecker.cpp ----------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HoldChecker.h"
#include "AccessPath.h"
#include "Compat.h"
#include "LeakChecker.h"
#include "Summaries.h"
#include "clang/Lex/Lexer.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/ProgramStateTrait.h"

using namespace clang;
using namespace ento;

namespace leak62 {
namespace {

struct Held {
  const Site *S = nullptr;
  /// The frame that took it.
  const StackFrameContext *Frame = nullptr;
  /// A name for the same object when it is read again (interned), or "".
  const std::string *Path = nullptr;
  /// Undone on this path; kept to tell with which result the path ends.
  bool Undone = false;

  bool operator==(const Held &O) const {
    return S == O.S && Frame == O.Frame && Path == O.Path && Undone == O.Undone;
  }
  void Profile(llvm::FoldingSetNodeID &ID) const {
    ID.AddPointer(S);
    ID.AddPointer(Frame);
    ID.AddPointer(Path);
    ID.AddBoolean(Undone);
  }
};

/// What is held: a symbol, a region, or null for the thread itself.
struct Thing {
  SymbolRef Sym = nullptr;
  const MemRegion *Reg = nullptr;
  bool IsThread = false;

  bool isKnown() const { return Sym || Reg || IsThread; }
  bool operator==(const Thing &O) const {
    return Sym == O.Sym && Reg == O.Reg && IsThread == O.IsThread;
  }
  bool operator<(const Thing &O) const {
    return std::tie(Sym, Reg, IsThread) < std::tie(O.Sym, O.Reg, O.IsThread);
  }
  void Profile(llvm::FoldingSetNodeID &ID) const {
    ID.AddPointer(Sym);
    ID.AddPointer(Reg);
    ID.AddBoolean(IsThread);
  }
};

struct HeldKey {
  Thing What;
  const KindInfo *Kind;
  bool operator==(const HeldKey &O) const {
    return What == O.What && Kind == O.Kind;
  }
  bool operator<(const HeldKey &O) const {
    return std::tie(What, Kind) < std::tie(O.What, O.Kind);
  }
  void Profile(llvm::FoldingSetNodeID &ID) const {
    What.Profile(ID);
    ID.AddPointer(Kind);
  }
};

} // namespace
} // namespace leak62

REGISTER_MAP_WITH_PROGRAMSTATE(HeldMap, leak62::HeldKey, leak62::Held)

namespace leak62 {

bool holdsAnything(ProgramStateRef State) {
  return !State->get<HeldMap>().isEmpty();
}

namespace {

bool isHeld(ProgramStateRef State) {
  for (const auto &[Key, H] : State->get<HeldMap>())
    if (!H.Undone)
      return true;
  return false;
}

/// One call to a routine that takes or undoes holds.
class HoldCall {
public:
  HoldCall(const CallEvent &Call, const CallExpr *CE, CheckerContext &C)
      : Call(Call), CE(CE), C(C) {}

  Thing thing(Place Where, int Arg) const {
    Thing T;
    if (Where == Place::THREAD) {
      T.IsThread = true;
      return T;
    }
    if (Arg < 0 || Arg >= static_cast<int>(Call.getNumArgs()))
      return T;
    SVal V = Call.getArgSVal(Arg);
    if (Where == Place::VALUE)
      T.Sym = V.getAsLocSymbol(/*IncludeBaseRegions=*/true);
    else if (const MemRegion *R = V.getAsRegion())
      T.Reg = R->StripCasts();
    return T;
  }

  /// A token that is NULL reverts; nothing else takes NULL.
  bool isActive(const Acquire &A) const {
    return A.Arg < static_cast<int>(Call.getNumArgs()) &&
           !C.getState()->isNull(Call.getArgSVal(A.Arg)).isConstrainedTrue();
  }

  ProgramStateRef hold(ProgramStateRef State, const Acquire &A,
                       const NoteTag *&Note) const {
    Thing What = thing(A.Where, A.Arg);
    // A number or the address of something known is nobody's object.
    if (!What.isKnown() || !isActive(A))
      return State;
    HeldKey Key{What, &kindInfo(A.K)};
    const Held *Had = State->get<HeldMap>(Key);
    if (Had && !Had->Undone)
      return State;
    const auto *In = cast<FunctionDecl>(C.getStackFrame()->getDecl());
    const Site *S = internSite(CE, In, &A, nullptr, nameOf(A.Arg));
    Note = noteFor(*S, A);
    return State->set<HeldMap>(
        Key, Held{S, C.getStackFrame(), internPath(pathOf(What)), false});
  }

  ProgramStateRef undo(ProgramStateRef State, const Release &Rel) const {
    Thing What = thing(Rel.Where, Rel.Arg);
    HeldKey Key{What, &kindInfo(Rel.K)};
    if (const Held *H = State->get<HeldMap>(Key))
      return State->set<HeldMap>(Key, undone(*H));
    // The pointer may have been read again, or the name be another's.
    std::string Path = pathOf(What);
    bool Found = false;
    for (const auto &[K, H] : State->get<HeldMap>())
      if (K.Kind == Key.Kind && !Path.empty() && *H.Path == Path) {
        State = State->set<HeldMap>(K, undone(H));
        Found = true;
      }
    // Of one that cannot be told from others: it may have been any of them.
    if (!Found)
      for (const auto &[K, H] : State->get<HeldMap>())
        if (K.Kind == Key.Kind && !H.Undone)
          State = State->remove<HeldMap>(K);
    return State;
  }

private:
  const CallEvent &Call;
  const CallExpr *CE;
  CheckerContext &C;

  static Held undone(Held H) {
    H.Undone = true;
    return H;
  }

  /// The source text of an argument, also where a macro passes it on.
  std::string nameOf(int Arg) const {
    if (Arg < 0 || Arg >= static_cast<int>(CE->getNumArgs()))
      return "";
    const Expr *E = CE->getArg(Arg)->IgnoreParenCasts();
    if (const auto *UO = dyn_cast<UnaryOperator>(E))
      if (UO->getOpcode() == UO_AddrOf)
        E = UO->getSubExpr()->IgnoreParenCasts();
    const SourceManager &SM = C.getSourceManager();
    const LangOptions &Opts = C.getASTContext().getLangOpts();
    std::string Text =
        Lexer::getSourceText(
            Lexer::makeFileCharRange(
                CharSourceRange::getTokenRange(E->getSourceRange()), SM, Opts),
            SM, Opts)
            .str();
    return Text.size() > 80 || Text.find('\n') != std::string::npos ? "" : Text;
  }

  static std::string pathOf(const Thing &T) {
    return T.Sym ? pathOfSymbol(T.Sym) : T.Reg ? pathOfRegion(T.Reg) : "";
  }

  const NoteTag *noteFor(const Site &S, const Acquire &A) const {
    PathDiagnosticLocation At = PathDiagnosticLocation::createBegin(
        S.Call, C.getSourceManager(), C.getLocationContext());
    std::string Text =
        std::string(A.Api) + " takes " + article(kindInfo(A.K).Noun);
    return C.getNoteTag([At, Text](PathSensitiveBugReport &BR) -> std::string {
      return BR.getUniqueingLocation() == At ? Text : "";
    });
  }

  static std::string article(llvm::StringRef Noun) {
    bool Vowel = llvm::StringRef("aeiou").contains(Noun.front());
    return (Vowel ? "an " : "a ") + Noun.str();
  }
};

// What a callback or the I/O manager may undo later is not this routine's.
ProgramStateRef handOver(ProgramStateRef State) {
  for (const auto &[Key, H] : State->get<HeldMap>())
    if (!H.Undone && kindInfo(H.S->Row->K).LostOn == Loss::BALANCE &&
        !Key.What.IsThread)
      State = State->remove<HeldMap>(Key);
  return State;
}

// What a function that is not looked into undoes, or its completion routine
// will.
ProgramStateRef undoneBy(const Summary &S, ProgramStateRef State) {
  uint64_t Kinds = S.Incomplete ? ~uint64_t(0) : 0;
  for (const Outcome &O : S.Outcomes)
    for (const Clause &Cl : O.Clauses)
      if (Cl.Op == Clause::RELEASE)
        Kinds |= Cl.Kinds;
  for (const auto &[Key, H] : State->get<HeldMap>())
    if (!H.Undone && (Kinds >> static_cast<unsigned>(H.S->Row->K) & 1))
      State = State->remove<HeldMap>(Key);
  return State;
}

// A counter beside the lock: nobody undoes anything by it.
bool onlyCounts(const CallEvent *Call) {
  const IdentifierInfo *Id = Call ? Call->getCalleeIdentifier() : nullptr;
  llvm::StringRef Name = Id ? Id->getName() : "";
  Name.consume_front("_");
  return Name.consume_front("Interlocked") &&
         (Name.starts_with("Increment") || Name.starts_with("Decrement") ||
          Name.starts_with("ExchangeAdd") || Name.starts_with("Add"));
}

bool fails(ProgramStateRef State, SVal Ret, CheckerContext &C) {
  auto V = Ret.getAs<DefinedSVal>();
  if (!V)
    return false;
  SValBuilder &SVB = C.getSValBuilder();
  auto Ok = SVB.evalBinOp(State, BO_GE, *V,
                          SVB.makeZeroVal(Ret.getType(C.getASTContext())),
                          SVB.getConditionType())
                .getAs<DefinedOrUnknownSVal>();
  return Ok && !State->assume(*Ok, true);
}

} // namespace

HoldChecker::HoldChecker() {
#define L62_RULE(id, name, cwe, severity, level, short_text, full_text, help)  \
  Bugs[#name] = std::make_unique<BugType>(this, #name, "Kernel resource leak");
#include "leak62/rules.def"
}

// An object that the path owns as well is released there, not undone here.
void HoldChecker::checkPreCall(const CallEvent &Call, CheckerContext &C) const {
  const Routine *R =
      lookupRoutine(dyn_cast_or_null<FunctionDecl>(Call.getDecl()));
  const auto *CE = dyn_cast_or_null<CallExpr>(Call.getOriginExpr());
  if (!R || !CE || R->Unholds.empty() || !isHeld(C.getState()))
    return;
  HoldCall H(Call, CE, C);
  ProgramStateRef State = C.getState();
  for (const Release &Rel : R->Unholds)
    if (!getOwned(State, H.thing(Rel.Where, Rel.Arg).Sym))
      State = H.undo(State, Rel);
  if (State != C.getState())
    C.addTransition(State);
}

void HoldChecker::checkPostCall(const CallEvent &Call,
                                CheckerContext &C) const {
  const auto *FD = dyn_cast_or_null<FunctionDecl>(Call.getDecl());
  const auto *CE = dyn_cast_or_null<CallExpr>(Call.getOriginExpr());
  ProgramStateRef State = C.getState();
  if (C.wasInlined) {
    // What the callee took and undid concerns its caller no more.  Not when it
    // ends: there each checker that changes the state makes a path of its own.
    for (const auto &[Key, H] : State->get<HeldMap>())
      if (H.Undone && H.Frame != C.getStackFrame() &&
          !H.Frame->isParentOf(C.getStackFrame()))
        State = State->remove<HeldMap>(Key);
    if (State != C.getState())
      C.addTransition(State);
    return;
  }
  if (!CE)
    return;
  const Routine *R = lookupRoutine(FD);
  if (!R) {
    if (isHeld(State) && !isKernelRoutine(FD) &&
        Call.getResultType()->isVoidType()) {
      for (const auto &[Key, H] : State->get<HeldMap>())
        if (!H.Undone)
          State = State->remove<HeldMap>(Key);
      C.addTransition(State);
    } else if (const Summary *S = isHeld(State) ? summaryOf(FD) : nullptr) {
      State = undoneBy(*S, State);
      if (State != C.getState())
        C.addTransition(State);
    }
    return;
  }
  bool HandsOver = R->CompletionIrp != NA;
  for (const Transfer &T : R->Transfers)
    HandsOver |= T.AnyKind && (T.Cond != When::SUCCESS ||
                               !fails(State, Call.getReturnValue(), C));
  if (HandsOver && isHeld(State))
    State = handOver(State);

  HoldCall Model(Call, CE, C);
  bool Decides = false, IsBoolean = false;
  for (const Acquire &A : R->Holds) {
    Decides |= A.Fails == Failure::STATUS || A.Fails == Failure::BOOLEAN;
    IsBoolean |= A.Fails == Failure::BOOLEAN;
  }
  auto Take = [&](ProgramStateRef State) {
    const NoteTag *Note = nullptr;
    for (const Acquire &A : R->Holds)
      State = Model.hold(State, A, Note);
    if (State != C.getState())
      C.addTransition(State, Note);
  };
  auto Ret = Call.getReturnValue().getAs<DefinedSVal>();
  if (!Decides || !Ret) {
    Take(State);
    return;
  }
  SValBuilder &SVB = C.getSValBuilder();
  SVal Zero = SVB.makeZeroVal(Call.getResultType());
  auto Cond = SVB.evalBinOp(State, IsBoolean ? BO_NE : BO_GE, *Ret, Zero,
                            SVB.getConditionType())
                  .getAs<DefinedOrUnknownSVal>();
  if (!Cond) {
    Take(State);
    return;
  }
  auto [Success, Fails] = State->assume(*Cond);
  if (Fails)
    C.addTransition(Fails);
  if (Success)
    Take(Success);
}

ProgramStateRef HoldChecker::checkPointerEscape(
    ProgramStateRef State, const InvalidatedSymbols &Escaped,
    const CallEvent *Call, PointerEscapeKind Kind) const {
  if (Kind == PSK_EscapeOutParameters || onlyCounts(Call))
    return State;
  for (const auto &[Key, H] : State->get<HeldMap>()) {
    if (H.Undone)
      continue;
    SymbolRef Sym = Key.What.Sym;
    // A pointer to what holds a lock may be kept without the lock.
    if (!Sym && Key.What.Reg && Kind != PSK_EscapeOnBind)
      if (const auto *SR =
              dyn_cast<SymbolicRegion>(Key.What.Reg->getBaseRegion()))
        Sym = SR->getSymbol();
    if (Sym && Escaped.count(Sym))
      State = State->remove<HeldMap>(Key);
  }
  return State;
}

void HoldChecker::checkPreStmt(const ReturnStmt *RS, CheckerContext &C) const {
  if (!C.inTopFrame() || !RS->getRetValue() || !isHeld(C.getState()))
    return;
  ProgramStateRef State = C.getState();
  SymbolRef Sym = C.getSVal(RS->getRetValue()).getAsLocSymbol(true);
  for (const auto &[Key, H] : State->get<HeldMap>())
    if (Sym && Key.What.Sym == Sym && !H.Undone)
      State = State->remove<HeldMap>(Key);
  if (State != C.getState())
    C.addTransition(State);
}

void HoldChecker::checkEndFunction(const ReturnStmt *RS,
                                   CheckerContext &C) const {
  ProgramStateRef State = C.getState();
  if (!holdsAnything(State))
    return;
  if (!C.inTopFrame())
    return;
  const auto *FD = dyn_cast<FunctionDecl>(C.getStackFrame()->getDecl());
  if (!FD)
    return;
  std::string Result = resultOf(RS, FD, C);
  ExplodedNode *N = nullptr;
  for (const auto &[Key, H] : State->get<HeldMap>()) {
    if (H.Undone) {
      Undone.insert({H.S, Result});
      continue;
    }
    if (Candidates.count({H.S, Result}))
      continue;
    if (!N)
      N = C.generateNonFatalErrorNode(State);
    if (!N)
      return;
    SourceRange Exit = RS ? RS->getSourceRange() : SourceRange(FD->getEndLoc());
    Candidates.insert(
        {{H.S, Result}, {N, FD, Exit, H.Frame != C.getStackFrame()}});
  }
}

static const char *verb(const Acquire &A) {
  return A.K == Kind::REFERENCE       ? " is not dereferenced"
         : A.Where == Place::THREAD   ? " is not undone"
         : A.K == Kind::SYMBOLIC_LINK ? " is not deleted"
                                      : " is not released";
}

void HoldChecker::checkEndAnalysis(ExplodedGraph &, BugReporter &BR,
                                   ExprEngine &) const {
  for (auto &[Way, Last] : Candidates) {
    const auto &[S, Result] = Way;
    const KindInfo &K = kindInfo(S->Row->K);
    bool UndoneSo = Undone.count(Way) != 0;
    bool UndoneAtAll = UndoneSo;
    for (const auto &[Site, Other] : Undone)
      UndoneAtAll |= Site == S;
    bool Fails = Result == "failure" &&
                 (!Last.FromCallee || UndoneAtAll || K.LostOn == Loss::FAILURE);
    if (!Fails && !(UndoneSo && K.LostOn == Loss::BALANCE))
      continue;
    auto It = Bugs.find(K.Rule);
    if (It == Bugs.end())
      continue;
    std::string Message =
        "leak: " + LeakChecker::describe(*S, BR.getContext()) + verb(*S->Row) +
        " on this path";
    if (Facts *F = currentFacts()) {
      addLeakWay(*F, *S, Last.Exit.getBegin(), Last.N);
      Message =
          F->rememberReport({S, Last.Exit, "lost at this return", Message, ""});
    }
    PathDiagnosticLocation Unique = PathDiagnosticLocation::createBegin(
        S->Call, BR.getSourceManager(), Last.N->getLocationContext());
    BR.emitReport(std::make_unique<PathSensitiveBugReport>(
        *It->second, Message, Message, Last.N, Unique, S->In));
  }
  // The nodes go with the graph.
  Candidates.clear();
  Undone.clear();
}

} // namespace leak62
