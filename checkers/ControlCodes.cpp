//===- ControlCodes.cpp - Requests that the source tells apart ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Walks the statements of a function with what stands around each.
//
//===----------------------------------------------------------------------===//

#include "ControlCodes.h"
#include "Conditions.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/Lexer.h"

using namespace clang;

namespace leak62 {
namespace {

class Guards {
public:
  Guards(Facts &F, const FunctionDecl *FD)
      : F(F), FD(FD), Ctx(F.Ctx), SM(F.Ctx.getSourceManager()),
        Reader(F.Ctx, FD->getBody()) {}

  void run() { walk(FD->getBody()); }

private:
  Facts &F;
  const FunctionDecl *FD;
  ASTContext &Ctx;
  const SourceManager &SM;
  ConditionReader Reader;
  using Demands = ConditionReader::Demands;
  Demands Current; ///< what stands around the statement at hand
  /// "default" of more of them is not put in rows.
  static constexpr unsigned MaxCases = 64;

  /// Control does not come out of S at its end.
  static bool endsFlow(const Stmt *S);
  void within(const Expr *Cond, bool Truth, const Stmt *S);
  void walk(const Stmt *S);
  /// What an exit before S leaves to be true: it stays so until the block ends.
  void passExit(const Stmt *S);
  void walkBlock(const CompoundStmt *CS);
  void walkSwitch(const SwitchStmt *SS);
  /// A group of labels: the way in is by its first one.
  void enter(const SwitchStmt *SS, const SwitchCase *SC);

  void compareCode(const BinaryOperator *BO);
  void addCode(const Expr *E);
  /// CTL_CODE is behind it.
  bool isMadeAsCode(const Expr *E);
  std::string nameOf(const Expr *E);
  void mention(const FunctionDecl *Callee, const Expr *At, const CallExpr *CE);
};

bool Guards::endsFlow(const Stmt *S) {
  if (!S)
    return false;
  if (const auto *CS = dyn_cast<CompoundStmt>(S))
    return !CS->body_empty() && endsFlow(CS->body_back());
  if (const auto *IS = dyn_cast<IfStmt>(S))
    return endsFlow(IS->getThen()) && endsFlow(IS->getElse());
  if (const auto *LS = dyn_cast<LabelStmt>(S))
    return endsFlow(LS->getSubStmt());
  if (const auto *SC = dyn_cast<SwitchCase>(S))
    return endsFlow(SC->getSubStmt());
  return isa<ReturnStmt, GotoStmt, BreakStmt, ContinueStmt, SEHLeaveStmt>(S);
}

void Guards::within(const Expr *Cond, bool Truth, const Stmt *S) {
  size_t Mark = Current.size();
  Demands More;
  Reader.demandsIf(Cond, Truth, More);
  Current.insert(Current.end(), More.begin(), More.end());
  walk(S);
  Current.resize(Mark);
}

void Guards::walk(const Stmt *S) {
  if (!S)
    return;
  if (const auto *CS = dyn_cast<CompoundStmt>(S))
    return walkBlock(CS);
  if (const auto *IS = dyn_cast<IfStmt>(S)) {
    walk(IS->getCond());
    within(IS->getCond(), true, IS->getThen());
    if (IS->getElse())
      within(IS->getCond(), false, IS->getElse());
    return;
  }
  if (const auto *SS = dyn_cast<SwitchStmt>(S))
    return walkSwitch(SS);
  if (const auto *WS = dyn_cast<WhileStmt>(S)) {
    walk(WS->getCond());
    return within(WS->getCond(), true, WS->getBody());
  }
  if (const auto *FS = dyn_cast<ForStmt>(S)) {
    walk(FS->getInit());
    walk(FS->getCond());
    walk(FS->getInc());
    if (!FS->getCond())
      return walk(FS->getBody());
    return within(FS->getCond(), true, FS->getBody());
  }
  if (const auto *CO = dyn_cast<ConditionalOperator>(S)) {
    walk(CO->getCond());
    within(CO->getCond(), true, CO->getTrueExpr());
    return within(CO->getCond(), false, CO->getFalseExpr());
  }
  if (const auto *BO = dyn_cast<BinaryOperator>(S)) {
    if (BO->isLogicalOp()) {
      walk(BO->getLHS());
      return within(BO->getLHS(), BO->getOpcode() == BO_LAnd, BO->getRHS());
    }
    if (BO->isEqualityOp())
      compareCode(BO);
  } else if (const auto *CE = dyn_cast<CallExpr>(S)) {
    mention(CE->getDirectCallee(), CE, CE);
  } else if (const auto *Ref = dyn_cast<DeclRefExpr>(S)) {
    mention(dyn_cast<FunctionDecl>(Ref->getDecl()), Ref, nullptr);
  } else if (const auto *Handler = dyn_cast<SEHExceptStmt>(S)) {
    size_t Mark = Current.size();
    Reader.gap(Handler->getFilterExpr(), true, Current);
    Current.back().Text = "an exception is raised";
    walk(Handler->getBlock());
    Current.resize(Mark);
    return;
  }
  const auto *Call = dyn_cast<CallExpr>(S);
  for (const Stmt *C : S->children())
    if (!Call || C != Call->getCallee() || !Call->getDirectCallee())
      walk(C);
}

void Guards::passExit(const Stmt *S) {
  const auto *IS = dyn_cast<IfStmt>(S);
  if (!IS)
    return;
  bool Then = endsFlow(IS->getThen()), Else = endsFlow(IS->getElse());
  if (Then != Else)
    Reader.demandsIf(IS->getCond(), Else, Current);
}

void Guards::walkBlock(const CompoundStmt *CS) {
  size_t Mark = Current.size();
  bool Ended = false;
  for (const Stmt *S : CS->body()) {
    if (const auto *LS = dyn_cast<LabelStmt>(S); LS && Ended) {
      Current.resize(Mark);
      Demand D;
      D.Value.Kind = "other";
      D.Text = std::string("goto ") + LS->getName();
      D.At = positionOf(SM, LS->getBeginLoc());
      Current.push_back(std::move(D));
    }
    walk(S);
    passExit(S);
    Ended = endsFlow(S);
  }
  Current.resize(Mark);
}

void Guards::walkSwitch(const SwitchStmt *SS) {
  walk(SS->getCond());
  auto Value = Reader.valueOf(SS->getCond());
  for (const SwitchCase *SC = SS->getSwitchCaseList(); SC;
       SC = SC->getNextSwitchCase())
    if (const auto *CS = dyn_cast<CaseStmt>(SC))
      if ((Value && Value->Kind == "ioctl") || isMadeAsCode(CS->getLHS()))
        addCode(CS->getLHS());
  const auto *Body = dyn_cast_or_null<CompoundStmt>(SS->getBody());
  if (!Body)
    return;
  size_t Mark = Current.size();
  bool Ended = true;
  for (const Stmt *S : Body->body()) {
    const auto *SC = dyn_cast<SwitchCase>(S);
    if (SC && Ended) {
      Current.resize(Mark);
      enter(SS, SC);
    }
    while (SC) {
      S = SC->getSubStmt();
      SC = dyn_cast_or_null<SwitchCase>(S);
    }
    walk(S);
    passExit(S);
    Ended = endsFlow(S);
  }
  Current.resize(Mark);
}

void Guards::enter(const SwitchStmt *SS, const SwitchCase *SC) {
  const Expr *Cond = SS->getCond();
  QualType T = ConditionReader::strip(Cond)->getType();
  if (const auto *CS = dyn_cast<CaseStmt>(SC)) {
    auto N = Reader.constant(CS->getLHS());
    auto Last = CS->getRHS() ? Reader.constant(CS->getRHS()) : N;
    if (!N || !Last || *Last < *N)
      return Reader.gap(Cond, true, Current);
    Numbers Set;
    Set.In.push_back({*N, *Last});
    return Reader.ask(Cond, true, Cond, Set, Current);
  }
  unsigned Cases = 0;
  for (const SwitchCase *Other = SS->getSwitchCaseList(); Other;
       Other = Other->getNextSwitchCase())
    if (++Cases > MaxCases)
      return Reader.gap(Cond, true, Current);
  for (const SwitchCase *Other = SS->getSwitchCaseList(); Other;
       Other = Other->getNextSwitchCase())
    if (const auto *CS = dyn_cast<CaseStmt>(Other))
      if (auto N = Reader.constant(CS->getLHS()))
        Reader.ask(Cond, true, Cond, numbersBy(BO_NE, *N, T, Ctx), Current);
}

void Guards::compareCode(const BinaryOperator *BO) {
  for (auto [Code, Other] : {std::pair(BO->getLHS(), BO->getRHS()),
                             std::pair(BO->getRHS(), BO->getLHS())}) {
    auto Value = Reader.valueOf(Code);
    if ((Value && Value->Kind == "ioctl") || isMadeAsCode(Other))
      addCode(Other);
  }
}

void Guards::addCode(const Expr *E) {
  std::optional<int64_t> N = Reader.constant(E);
  if (!N)
    return;
  // CTL_CODE is of type long, or of that of its device type.
  F.addControlCode(static_cast<uint32_t>(*N), nameOf(E),
                   positionOf(SM, E->getBeginLoc()));
}

bool Guards::isMadeAsCode(const Expr *E) {
  for (SourceLocation Loc = E->getBeginLoc(); Loc.isMacroID();
       Loc = SM.getImmediateMacroCallerLoc(Loc))
    if (Lexer::getImmediateMacroName(Loc, SM, Ctx.getLangOpts()) == "CTL_CODE")
      return true;
  return false;
}

std::string Guards::nameOf(const Expr *E) {
  if (const auto *Ref = dyn_cast<DeclRefExpr>(ConditionReader::strip(E)))
    return Ref->getDecl()->getNameAsString();
  SourceLocation Loc = E->getBeginLoc();
  if (!Loc.isMacroID())
    return "";
  // The macro that stands in the source: IOCTL_X and not CTL_CODE behind it.
  SourceLocation At = SM.getExpansionLoc(Loc);
  StringRef Name = Lexer::getSourceText(CharSourceRange::getTokenRange(At, At),
                                        SM, Ctx.getLangOpts());
  return Name == "CTL_CODE" ? "" : Name.str();
}

void Guards::mention(const FunctionDecl *Callee, const Expr *At,
                     const CallExpr *CE) {
  if (!Callee || !Callee->getIdentifier())
    return;
  const Routine *R = lookupRoutine(Callee);
  bool Acquires = R && CE && R->takes();
  if (!Acquires &&
      (isKernelRoutine(Callee) || Callee->getBuiltinID() ||
       SM.isInSystemHeader(SM.getExpansionLoc(Callee->getLocation()))))
    return;
  Way W{"call", FD, nullptr, Callee, "", "", positionOf(SM, At->getBeginLoc()),
        Current};
  for (unsigned I = 0; CE && !Acquires && I < CE->getNumArgs(); ++I) {
    const Expr *Arg = CE->getArg(I);
    QualType T = Arg->getType();
    std::optional<Outside> Value;
    if (T->isAnyPointerType()) {
      Value = Reader.bufferBehind(Arg);
      if (!Value)
        Value = Reader.valueOf(Arg);
    } else if (T->isIntegralOrEnumerationType()) {
      if (auto N = Reader.constant(Arg))
        Value = Outside{"constant", std::to_string(*N), {}, {}};
      else
        Value = Reader.valueOf(Arg);
    }
    if (Value && Value->Kind == "pointee" && !Value->Offset.value_or(0) &&
        T->isAnyPointerType())
      Value = Outside{"argument", Value->Name, {}, {}};
    if (Value)
      W.Args.emplace(I, *Value);
  }
  F.addWay(std::move(W));
}

} // namespace

void collectControlCodes(Facts &F, const FunctionDecl *FD) {
  Guards(F, FD).run();
}

} // namespace leak62
