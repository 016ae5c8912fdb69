//===- LeakReport.cpp - What the checker says
//------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AccessPath.h"
#include "Callbacks.h"
#include "Demands.h"
#include "FreeingLoops.h"
#include "LeakChecker.h"
#include "SehLowering.h"
#include "clang/AST/ParentMap.h"
#include "clang/Lex/Lexer.h"
#include "clang/StaticAnalyzer/Core/BugReporter/BugReporter.h"

using namespace clang;
using namespace ento;

namespace leak62 {

LeakChecker::LeakChecker() {
#define L62_RULE(id, name, cwe, severity, level, short_text, full_text, help)  \
  Bugs[#name] = std::make_unique<BugType>(this, #name, "Kernel resource leak");
#include "leak62/rules.def"
}

std::string textOf(const Expr *E, const ASTContext &Ctx) {
  SourceRange R = E->getSourceRange();
  const SourceManager &SM = Ctx.getSourceManager();
  if (R.getBegin().isMacroID() || R.getEnd().isMacroID())
    return "";
  std::string Text = Lexer::getSourceText(CharSourceRange::getTokenRange(R), SM,
                                          Ctx.getLangOpts())
                         .str();
  // One line, and not a page of it.
  return Text.size() > 80 || Text.find('\n') != std::string::npos ? "" : Text;
}

std::string receiverOf(const CallExpr *CE, const Acquire &Row,
                       const LocationContext *LC) {
  const ASTContext &Ctx = LC->getAnalysisDeclContext()->getASTContext();
  if (Row.Arg != NA) {
    if (Row.Arg >= static_cast<int>(CE->getNumArgs()))
      return "";
    const Expr *Arg = CE->getArg(Row.Arg)->IgnoreParenCasts();
    bool Address = false;
    if (const auto *UO = dyn_cast<UnaryOperator>(Arg))
      if (UO->getOpcode() == UO_AddrOf) {
        Arg = UO->getSubExpr()->IgnoreParenCasts();
        Address = true;
      }
    std::string Text = textOf(Arg, Ctx);
    if (Text.empty())
      return "";
    if (Row.Where == Place::FIELD)
      return Text + (Address ? "." : "->") + Row.Field;
    return Row.Where == Place::OUT && !Address ? "*" + Text : Text;
  }
  const ParentMap &PM = LC->getParentMap();
  const Stmt *Child = CE;
  for (const Stmt *P = PM.getParent(Child); P; P = PM.getParent(P)) {
    if (isa<CastExpr, ParenExpr>(P)) {
      Child = P;
      continue;
    }
    if (const auto *BO = dyn_cast<BinaryOperator>(P)) {
      if (BO->getOpcode() == BO_Assign && BO->getRHS() == Child)
        return textOf(BO->getLHS(), Ctx);
    } else if (const auto *DS = dyn_cast<DeclStmt>(P)) {
      for (const Decl *D : DS->decls())
        if (const auto *VD = dyn_cast<VarDecl>(D))
          if (VD->getInit() &&
              VD->getInit()->IgnoreParenCasts() == CE->IgnoreParenCasts())
            return VD->getNameAsString();
    }
    break;
  }
  return "";
}

bool isAssigned(const CallExpr *CE, const LocationContext *LC) {
  const Stmt *P = LC->getParentMap().getParent(CE);
  while (P && isa<CastExpr, ParenExpr>(P))
    P = LC->getParentMap().getParent(P);
  const auto *BO = dyn_cast_or_null<BinaryOperator>(P);
  return BO && BO->getOpcode() == BO_Assign &&
         isa<DeclRefExpr>(BO->getLHS()->IgnoreParenCasts());
}

static std::string callee(const CallExpr *CE) {
  const FunctionDecl *FD = CE->getDirectCallee();
  return FD ? FD->getNameAsString() : "a call";
}

std::string LeakChecker::describe(const Site &S, ASTContext &Ctx) {
  std::string Out =
      S.Variable.empty() ? std::string("what") : "'" + S.Variable + "'";
  Out += S.Variable.empty() ? " " + callee(S.Call) + " returned"
                            : " from " + callee(S.Call);
  std::string Tag = tagOf(S, Ctx);
  auto Size = constantSize(S, Ctx);
  if (!Tag.empty() || Size) {
    Out += " (";
    if (!Tag.empty())
      Out += "tag " + Tag;
    if (Size) {
      if (!Tag.empty())
        Out += ", ";
      Out += std::to_string(*Size) + " bytes";
    }
    Out += ")";
  }
  return Out;
}

std::string acquireNote(const Site &S, ASTContext &Ctx) {
  std::string Out = std::string(S.Row->Api) + " ";
  switch (S.Row->K) {
  case Kind::HANDLE:
    Out += "opens a handle";
    break;
  case Kind::OBJECT:
    Out += "takes an object reference";
    break;
  default: {
    auto Size = constantSize(S, Ctx);
    std::string Noun = kindInfo(S.Row->K).Noun;
    Out += S.Row->Where == Place::RETURN ? "allocates " : "acquires ";
    if (Size && S.Row->K == Kind::POOL)
      Out += std::to_string(*Size) + " bytes of pool";
    else
      Out += Noun;
    std::string Tag = tagOf(S, Ctx);
    if (!Tag.empty())
      Out += " (tag " + Tag + ")";
  }
  }
  return Out;
}

// A function that frees whatever it is given is not what is wrong: the call of
// it is, where the resource belongs to.
static const CallExpr *callThatFrees(const CallExpr *CE, int Arg,
                                     const StackFrameContext *SF,
                                     const StackFrameContext *Owner) {
  while (SF != Owner && SF->getParent()) {
    const auto *P = dyn_cast_or_null<ParmVarDecl>(variableOf(CE->getArg(Arg)));
    const auto *Caller = dyn_cast_or_null<CallExpr>(SF->getCallSite());
    if (!P || !Caller || !P->getType()->isVoidPointerType())
      break;
    Arg = static_cast<int>(P->getFunctionScopeIndex());
    if (Arg >= static_cast<int>(Caller->getNumArgs()))
      break;
    CE = Caller;
    SF = SF->getParent()->getStackFrame();
  }
  return CE;
}

// Of one site at one exit; the shortest path is what counts.
static constexpr unsigned MaxReportsOfExit = 4;

static bool hasPrefix(const LabelDecl *L, llvm::StringRef Prefix) {
  return L->getName().starts_with(Prefix);
}

// Where control goes from \p B without another decision: a return or a goto.
static const Stmt *onlyJumpAfter(const CFGBlock *B) {
  for (unsigned Blocks = 0; B && Blocks < 16; ++Blocks) {
    for (const CFGElement &E : *B)
      if (auto S = E.getAs<CFGStmt>())
        if (isa<ReturnStmt>(S->getStmt()))
          return S->getStmt();
    if (const auto *GS = dyn_cast_or_null<GotoStmt>(B->getTerminatorStmt()))
      if (!hasPrefix(GS->getLabel(), "leak62_") || isLeave(GS))
        return GS;
    if (B->succ_size() != 1)
      return nullptr;
    B = *B->succ_begin();
  }
  return nullptr;
}

// "goto end": jumps that read the same may share one cause.
static std::string gotoText(const Stmt *S) {
  return "goto " + cast<GotoStmt>(S)->getLabel()->getName().str();
}

LeakChecker::Exit LeakChecker::atJump(const Stmt *S) {
  if (isa<ReturnStmt>(S))
    return {S->getSourceRange(), "lost at this return"};
  if (isLeave(cast<GotoStmt>(S)))
    return {S->getBeginLoc(), "lost at this __leave"};
  return {S->getSourceRange(), "lost at this '" + gotoText(S) + "'"};
}

// What is lost in code that several ways lead to is lost by the way taken: the
// last jump forward before the loss, unless a loop goes around it.
static const GotoStmt *jumpToCleanup(const Owned &O, SymbolRef Sym,
                                     const ExplodedNode *N) {
  const GotoStmt *Jump = nullptr;
  llvm::SmallPtrSet<const CFGBlock *, 4> Loops; // gone around after the jump
  for (const ExplodedNode *P = N; P; P = P->getFirstPred()) {
    auto Edge = P->getLocation().getAs<BlockEdge>();
    if (!Edge || P->getStackFrame() != O.Frame)
      continue;
    if (Jump) {
      if (!getOwned(P->getState(), Sym))
        return Jump;
      if (Loops.contains(Edge->getDst()))
        return nullptr;
      continue;
    }
    if (Edge->getSrc()->getLoopTarget())
      Loops.insert(Edge->getDst());
    const auto *GS =
        dyn_cast_or_null<GotoStmt>(Edge->getSrc()->getTerminatorStmt());
    if (!GS || !getOwned(P->getState(), Sym))
      continue;
    if (isLeave(GS) || (!hasPrefix(GS->getLabel(), "leak62_") &&
                        GS->getLabel()->getLocation().getRawEncoding() >
                            GS->getBeginLoc().getRawEncoding()))
      Jump = GS;
  }
  return Jump;
}

LeakChecker::Exit LeakChecker::exitOf(const Owned &O, SymbolRef Sym,
                                      const ExplodedNode *N,
                                      const ReturnStmt *RS, bool FailedLoad) {
  bool AtExit = FailedLoad && O.WasStored && RS;
  if (O.Overwritten)
    return {O.Overwritten->getSourceRange(), "overwritten here"};
  // Back to the loss, and on to the statement before it: a branch that is
  // nothing but a goto loses at its target.  What is seen last came first.
  const GotoStmt *Goto = nullptr, *SehJump = nullptr;
  bool Before = false;
  for (const ExplodedNode *P = N; P && Sym; P = P->getFirstPred()) {
    if (auto Edge = P->getLocation().getAs<BlockEdge>())
      if (P->getStackFrame() == O.Frame)
        if (const auto *GS =
                dyn_cast_or_null<GotoStmt>(Edge->getSrc()->getTerminatorStmt()))
          (hasPrefix(GS->getLabel(), "leak62_") && !isLeave(GS) ? SehJump
                                                                : Goto) = GS;
    const Owned *Then = getOwned(P->getState(), Sym);
    Before |= Then && !Then->Lost && P != N;
    if (Before && P->getLocation().getAs<PostStmt>() &&
        !P->getLocation().getAs<PostStmtPurgeDeadSymbols>())
      break;
  }
  if (Goto && !AtExit)
    return atJump(Goto);
  // A loop that leaves it out loses it on whatever way.
  if (RS && Sym && !AtExit && freedInLoop(O, Sym, N) != Freeing::OTHERS)
    if (const GotoStmt *Jump = jumpToCleanup(O, Sym, N))
      return {isLeave(Jump) ? SourceRange(Jump->getBeginLoc())
                            : Jump->getSourceRange(),
              isLeave(Jump) ? "lost after this __leave"
                            : "lost after this '" + gotoText(Jump) + "'"};
  if (RS) {
    // A return inside __try became a jump; it is the jump that was written.
    const auto *Value =
        RS->getRetValue()
            ? dyn_cast<DeclRefExpr>(RS->getRetValue()->IgnoreParenImpCasts())
            : nullptr;
    if (SehJump && Value && Value->getDecl()->getName() == "leak62_ret")
      return {SehJump->getSourceRange(), "lost at this return"};
    return {RS->getSourceRange(), "lost at this return"};
  }
  const Stmt *Last = N->getStmtForDiagnostics();
  if (N->getStackFrame() == O.Frame)
    if (const Stmt *Jump = onlyJumpAfter(N->getCFGBlock()))
      return atJump(Jump);
  const auto *FD = dyn_cast<FunctionDecl>(O.Frame->getDecl());
  if (Last && N->getStackFrame() == O.Frame &&
      !N->getLocation().getAs<FunctionExitPoint>()) {
    if (isa<ReturnStmt>(Last))
      return {Last->getSourceRange(), "lost at this return"};
    if (isa<Expr, DeclStmt>(Last))
      return {Last->getSourceRange(), "lost here"};
    return {SourceRange(Last->getBeginLoc()), "lost here"};
  }
  return {SourceRange(FD ? FD->getEndLoc() : O.S->Call->getEndLoc()),
          "lost at the end of the function"};
}

void addLeakWay(Facts &F, const Site &S, SourceLocation Loc,
                const ExplodedNode *N) {
  const LocationContext *Root = N->getLocationContext();
  while (Root->getParent())
    Root = Root->getParent();
  const auto *FD = dyn_cast<FunctionDecl>(Root->getStackFrame()->getDecl());
  if (FD)
    F.addWay({"leak", FD, &S, nullptr, "", "",
              positionOf(F.Ctx.getSourceManager(), Loc), demandsOf(N, F.Ctx)});
}

void LeakChecker::reportWrongFree(const Owned &O, SymbolRef Sym,
                                  const CallExpr *CE, int Arg,
                                  const StackFrameContext *SF, ExplodedNode *N,
                                  BugReporter &BR) const {
  CE = callThatFrees(CE, Arg, SF, O.Frame);
  if (++ByExit[{O.S, CE->getBeginLoc().getRawEncoding()}] > MaxReportsOfExit)
    return;
  std::string Goes = "goes to " + callee(CE) + ", not to " +
                     releaserOf(O.S->Row->Api, O.S->Row->K);
  std::string Message =
      "wrong free: " + describe(*O.S, BR.getContext()) + " " + Goes;
  PathDiagnosticLocation Unique = PathDiagnosticLocation::createBegin(
      CE, BR.getSourceManager(), N->getLocationContext());
  if (Facts *F = currentFacts()) {
    addLeakWay(*F, *O.S, CE->getBeginLoc(), N);
    Message = F->rememberReport({O.S, CE->getSourceRange(), Goes, Message, "",
                                 /*Cut=*/false, WrongFreeRule});
  }
  auto R = std::make_unique<PathSensitiveBugReport>(
      *Bugs.at(WrongFreeRule), Message, Message, N, Unique, O.S->In);
  R->markInteresting(Sym);
  BR.emitReport(std::move(R));
}

void LeakChecker::reportLeak(const Owned &O, SymbolRef Sym, ExplodedNode *N,
                             Exit At, BugReporter &BR) const {
  const KindInfo &K = kindInfo(O.S->Row->K);
  const char *Rule = O.Given && K.Counted ? InCallbackRule : K.Rule;
  auto It = Bugs.find(Rule);
  if (It == Bugs.end())
    return;
  if (freedInLoop(O, Sym, N) == Freeing::ALL)
    return;
  ++Reported[O.S];
  SourceLocation ExitLoc = At.Where.getBegin();
  if (++ByExit[{O.S, ExitLoc.getRawEncoding()}] > MaxReportsOfExit)
    return;
  ASTContext &Ctx = BR.getContext();
  std::string To = O.Given ? " gives to " + describeCallback(*O.Given) : "";
  std::string Message =
      (O.Given ? "leak in callback: " : "leak: ") + describe(*O.S, Ctx) +
      (O.Given ? ", which " + O.Given->In->getNameAsString() + To + "," : "") +
      (O.S->Row->K == Kind::HANDLE   ? " is not closed"
       : O.S->Row->K == Kind::OBJECT ? " is not dereferenced"
                                     : " is not freed") +
      " on this path";
  std::string Why =
      O.LeftBy ? O.LeftBy->getNameAsString() + " leaves it to its caller, "
               : "";
  // One report for each allocation site; the facts have one for each exit as
  // well.  They know the two by a key, which stands for the text until the
  // report has gone through the engine.
  PathDiagnosticLocation Unique = PathDiagnosticLocation::createBegin(
      O.S->Call, BR.getSourceManager(), N->getLocationContext());
  if (Facts *F = currentFacts()) {
    addLeakWay(*F, *O.S, ExitLoc, N);
    Facts::Report Report{O.S, At.Where, At.How, Message, Why, At.Cut};
    if (O.Given) {
      const SourceManager &SM = BR.getSourceManager();
      Report.Rule = Rule;
      Report.Callback = O.Given->Routine;
      Report.Before = {
          {positionOf(SM, O.S->Call->getBeginLoc()), acquireNote(*O.S, Ctx)},
          {positionOf(SM, O.Given->Where->getBeginLoc()),
           O.Given->In->getNameAsString() + To + " here"}};
    }
    Message = F->rememberReport(std::move(Report));
    Unique = PathDiagnosticLocation(ExitLoc, BR.getSourceManager());
  }
  auto R = std::make_unique<PathSensitiveBugReport>(
      *It->second, Message, Message, N, Unique, O.S->In);
  if (Sym)
    R->markInteresting(Sym);
  BR.emitReport(std::move(R));
}

} // namespace leak62
