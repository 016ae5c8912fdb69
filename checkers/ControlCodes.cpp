//===- ControlCodes.cpp ---------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ControlCodes.h"
#include "AccessPath.h"
#include "LeakChecker.h"
#include "Outside.h"
#include "clang/Lex/Lexer.h"

using namespace clang;

namespace leak62 {
namespace {

using Demands = std::vector<Demand>;

class Guards {
public:
  Guards(Facts &F, const FunctionDecl *FD)
      : F(F), FD(FD), Ctx(F.Ctx), SM(F.Ctx.getSourceManager()) {
    collectSources(FD->getBody());
  }

  void run() { walk(FD->getBody()); }

private:
  Facts &F;
  const FunctionDecl *FD;
  ASTContext &Ctx;
  const SourceManager &SM;
  /// What each variable is given; null where it is more than one thing.
  llvm::DenseMap<const VarDecl *, const Expr *> Sources;
  Demands Current;
  /// "default" of more of them is not put in rows.
  static constexpr unsigned MaxCases = 64;
  unsigned Depth = 0, Nesting = 0;

  //===--------------------------------------------------------------------===//
  // Values
  //===--------------------------------------------------------------------===//

  void give(const VarDecl *VD, const Expr *E) {
    auto [It, New] = Sources.try_emplace(VD->getCanonicalDecl(), E);
    if (!New)
      It->second = nullptr;
  }

  void collectSources(const Stmt *S) {
    if (!S)
      return;
    if (const auto *DS = dyn_cast<DeclStmt>(S)) {
      for (const Decl *D : DS->decls())
        if (const auto *VD = dyn_cast<VarDecl>(D); VD && VD->getInit())
          give(VD, VD->getInit());
    } else if (const auto *BO = dyn_cast<BinaryOperator>(S)) {
      if (BO->isAssignmentOp())
        if (const VarDecl *VD = variableOf(BO->getLHS()))
          give(VD, BO->getOpcode() == BO_Assign ? BO->getRHS() : nullptr);
    } else if (const auto *UO = dyn_cast<UnaryOperator>(S)) {
      if (UO->isIncrementDecrementOp() || UO->getOpcode() == UO_AddrOf)
        if (const VarDecl *VD = variableOf(UO->getSubExpr()))
          give(VD, nullptr);
    }
    for (const Stmt *C : S->children())
      collectSources(C);
  }

  static const Expr *strip(const Expr *E) { return E->IgnoreParenCasts(); }

  // Behind locals that are another name of something.
  const Expr *sourceOf(const Expr *E) {
    E = strip(E);
    for (unsigned I = 0; I < 8; ++I) {
      const VarDecl *VD = variableOf(E);
      auto It = VD && VD->hasLocalStorage() && !isa<ParmVarDecl>(VD)
                    ? Sources.find(VD->getCanonicalDecl())
                    : Sources.end();
      if (It == Sources.end() || !It->second)
        break;
      E = strip(It->second);
    }
    return E;
  }

  int parameterOf(const Expr *E) {
    const auto *PD = dyn_cast_or_null<ParmVarDecl>(variableOf(E));
    return PD && !Sources.count(PD->getCanonicalDecl())
               ? static_cast<int>(PD->getFunctionScopeIndex())
               : -1;
  }

  // The buffer, or argument, that the pointer E leads into.
  std::optional<Outside> bufferBehind(const Expr *E) {
    // "p = p->Next" leads back to itself.
    if (Nesting >= 8)
      return std::nullopt;
    ++Nesting;
    auto Out = findBuffer(sourceOf(E));
    --Nesting;
    return Out;
  }

  std::optional<Outside> findBuffer(const Expr *E) {
    if (const auto *UO = dyn_cast<UnaryOperator>(E);
        UO && UO->getOpcode() == UO_AddrOf)
      return lvalue(UO->getSubExpr());
    if (const auto *CO = dyn_cast<ConditionalOperator>(E)) {
      auto Out = bufferBehind(CO->getTrueExpr());
      return Out ? Out : bufferBehind(CO->getFalseExpr());
    }
    if (const auto *CE = dyn_cast<CallExpr>(E)) {
      std::string Name = bufferMappedBy(CE);
      return Name.empty() ? std::nullopt
                          : std::optional(Outside{"buffer", Name, 0, {}});
    }
    if (int Param = parameterOf(E); Param >= 0)
      return Outside{"pointee", std::to_string(Param), 0, {}};
    if (const auto *ME = dyn_cast<MemberExpr>(E))
      if (auto Out = lvalue(ME); Out && Out->Kind == "pointer")
        return Outside{"buffer", Out->Name, 0, {}};
    return std::nullopt;
  }

  std::optional<Outside> plus(std::optional<Outside> Base, int64_t Bytes) {
    if (Base && Base->Offset)
      *Base->Offset += Bytes;
    return Base && Base->Offset ? Base : std::nullopt;
  }

  // What the lvalue E is: a field of the request, or a place in a buffer.
  std::optional<Outside> lvalue(const Expr *E) {
    E = strip(E);
    if (const auto *UO = dyn_cast<UnaryOperator>(E);
        UO && UO->getOpcode() == UO_Deref)
      return bufferBehind(UO->getSubExpr());
    if (const auto *AS = dyn_cast<ArraySubscriptExpr>(E)) {
      std::optional<int64_t> I = constant(AS->getIdx());
      const Expr *Base = strip(AS->getBase());
      if (!I || *I != static_cast<int32_t>(*I))
        return std::nullopt;
      return plus(Base->getType()->isArrayType() ? lvalue(Base)
                                                 : bufferBehind(Base),
                  *I * Ctx.getTypeSizeInChars(E->getType()).getQuantity());
    }
    FieldChain Fields;
    int64_t Bits = 0;
    const auto *ME = dyn_cast<MemberExpr>(E);
    while (ME) {
      const auto *Field = dyn_cast<FieldDecl>(ME->getMemberDecl());
      if (!Field || Field->isBitField())
        return std::nullopt;
      Fields.insert(Fields.begin(), Field);
      Bits += Ctx.getFieldOffset(Field);
      if (auto Out = outsideOfFields(Fields))
        return Out;
      E = strip(ME->getBase());
      if (ME->isArrow())
        return plus(bufferBehind(E), Bits / 8);
      ME = dyn_cast<MemberExpr>(E);
    }
    return Fields.empty() ? std::nullopt : plus(lvalue(E), Bits / 8);
  }

  std::optional<int64_t> constant(const Expr *E) {
    Expr::EvalResult R;
    if (E->getType()->isAnyPointerType() &&
        strip(E)->isNullPointerConstant(Ctx, Expr::NPC_ValueDependentIsNotNull))
      return 0;
    if (E->isValueDependent() || !E->EvaluateAsInt(R, Ctx) ||
        R.HasSideEffects)
      return std::nullopt;
    const llvm::APSInt &N = R.Val.getInt();
    if (N.isUnsigned() && N.getActiveBits() > 63)
      return std::nullopt;
    return N.getExtValue();
  }

  std::optional<Outside> valueOf(const Expr *E) {
    E = sourceOf(E);
    if (int Param = parameterOf(E); Param >= 0)
      return Outside{"argument", std::to_string(Param), {}, {}};
    auto Out = lvalue(E);
    if (Out && (Out->Kind == "buffer" || Out->Kind == "pointee"))
      Out->Width = Ctx.getTypeSizeInChars(E->getType()).getQuantity();
    return Out;
  }

  //===--------------------------------------------------------------------===//
  // Conditions
  //===--------------------------------------------------------------------===//

  void gap(const Expr *E, bool Truth, Demands &Out) {
    Demand D;
    D.Value.Kind = "other";
    D.Text = conditionText(E, Ctx);
    if (D.Text.empty())
      D.Text = "a condition";
    D.Text += Truth ? " holds" : " does not hold";
    D.At = positionOf(SM, E->getBeginLoc());
    Out.push_back(std::move(D));
  }

  // E, compared so, lies in Set.
  void ask(const Expr *Cond, bool Truth, const Expr *E, const Numbers &Set,
           Demands &Out) {
    Demand D;
    D.At = positionOf(SM, Cond->getBeginLoc());
    QualType T = strip(E)->getType();
    E = sourceOf(E);
    if (const auto *BO = dyn_cast<BinaryOperator>(E);
        BO && BO->getOpcode() == BO_And) {
      D.Mask = constant(BO->getRHS());
      if (D.Mask)
        E = sourceOf(BO->getLHS());
    }
    bool Pointer = T->isAnyPointerType();
    if (auto Value = valueOf(E)) {
      if (Pointer && !Set.contains(0) && Value->Kind != "pointer")
        return;
      D.Value = *Value;
      if (Value->Kind == "pointee")
        D.Text = pathOfLvalue(E);
    } else {
      if (Pointer ? !Set.contains(0) : isStatus(T) && Set.contains(0))
        return; // no failure
      const auto *CE = dyn_cast<CallExpr>(E);
      const FunctionDecl *Callee = CE ? CE->getDirectCallee() : nullptr;
      if (std::string Path = pathOfLvalue(E); !Path.empty()) {
        D.Value = {"state", Path, {}, {}};
      } else if (!Callee || !isKernelRoutine(Callee) || D.Mask) {
        return gap(Cond, Truth, Out);
      } else {
        D.Value = {"returns", Callee->getNameAsString(), {}, {}};
        D.Nth = 1;
        D.Text = CE->getType()->isAnyPointerType()
                     ? "pointer"
                     : CE->getType().getAsString();
        D.At = positionOf(SM, CE->getBeginLoc());
      }
    }
    if (D.Mask && llvm::isPowerOf2_64(*D.Mask) && !Set.contains(0)) {
      Numbers Bit;
      Bit.In = {{*D.Mask, *D.Mask}};
      return addDemands(Bit, D, Out);
    }
    addDemands(Set, D, Out);
  }

  static size_t gapsIn(const Demands &D) {
    return std::count_if(D.begin(), D.end(),
                         [](const Demand &One) { return One.isGap(); });
  }

  // What it asks that Cond is Truth.
  void demandsIf(const Expr *Cond, bool Truth, Demands &Out) {
    if (++Depth > 40 || constant(Cond)) {
      --Depth;
      return;
    }
    const Expr *E = strip(Cond);
    const auto *BO = dyn_cast<BinaryOperator>(E);
    if (const auto *UO = dyn_cast<UnaryOperator>(E);
        UO && UO->getOpcode() == UO_LNot) {
      demandsIf(UO->getSubExpr(), !Truth, Out);
    } else if (BO && BO->isLogicalOp()) {
      if ((BO->getOpcode() == BO_LAnd) == Truth) {
        demandsIf(BO->getLHS(), Truth, Out);
        demandsIf(BO->getRHS(), Truth, Out);
      } else {
        Demands Left, Right;
        demandsIf(BO->getLHS(), Truth, Left);
        demandsIf(BO->getRHS(), Truth, Right);
        Demands &Least = gapsIn(Right) < gapsIn(Left) ? Right : Left;
        Out.insert(Out.end(), Least.begin(), Least.end());
      }
    } else if (BO && BO->isComparisonOp()) {
      compare(Cond, BO, Truth, Out);
    } else if (!BO || !BO->isAssignmentOp()) {
      QualType T = E->getType();
      if (T->isAnyPointerType() || T->isIntegralOrEnumerationType())
        ask(Cond, Truth, E, numbersBy(Truth ? BO_NE : BO_EQ, 0, T, Ctx), Out);
      else
        gap(Cond, Truth, Out);
    } else {
      gap(Cond, Truth, Out);
    }
    --Depth;
  }

  void compare(const Expr *Cond, const BinaryOperator *BO, bool Truth,
               Demands &Out) {
    BinaryOperatorKind Op = BO->getOpcode();
    const Expr *E = BO->getLHS();
    std::optional<int64_t> N = constant(BO->getRHS());
    if (!N && (N = constant(E))) {
      Op = BinaryOperator::reverseComparisonOp(Op);
      E = BO->getRHS();
    }
    if (!N || Op == BO_Cmp)
      return gap(Cond, Truth, Out);
    if (!Truth)
      Op = BinaryOperator::negateComparisonOp(Op);
    QualType T = strip(E)->getType();
    if (!T->isAnyPointerType() && !T->isIntegralOrEnumerationType())
      return gap(Cond, Truth, Out);
    ask(Cond, Truth, E, numbersBy(Op, *N, T, Ctx), Out);
  }

  //===--------------------------------------------------------------------===//
  // Statements
  //===--------------------------------------------------------------------===//

  // Control does not come out of S at its end.
  static bool endsFlow(const Stmt *S) {
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

  void within(const Expr *Cond, bool Truth, const Stmt *S) {
    size_t Mark = Current.size();
    Demands More;
    demandsIf(Cond, Truth, More);
    Current.insert(Current.end(), More.begin(), More.end());
    walk(S);
    Current.resize(Mark);
  }

  void walk(const Stmt *S) {
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
      gap(Handler->getFilterExpr(), true, Current);
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

  // What an exit before S leaves to be true: it stays so until the block ends.
  void passExit(const Stmt *S) {
    const auto *IS = dyn_cast<IfStmt>(S);
    if (!IS)
      return;
    bool Then = endsFlow(IS->getThen()), Else = endsFlow(IS->getElse());
    if (Then != Else)
      demandsIf(IS->getCond(), Else, Current);
  }

  void walkBlock(const CompoundStmt *CS) {
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

  void walkSwitch(const SwitchStmt *SS) {
    walk(SS->getCond());
    auto Value = valueOf(SS->getCond());
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

  // A group of labels: the way in is by its first one.
  void enter(const SwitchStmt *SS, const SwitchCase *SC) {
    const Expr *Cond = SS->getCond();
    QualType T = strip(Cond)->getType();
    if (const auto *CS = dyn_cast<CaseStmt>(SC)) {
      auto N = constant(CS->getLHS());
      auto Last = CS->getRHS() ? constant(CS->getRHS()) : N;
      if (!N || !Last || *Last < *N)
        return gap(Cond, true, Current);
      Numbers Set;
      Set.In.push_back({*N, *Last});
      return ask(Cond, true, Cond, Set, Current);
    }
    unsigned Cases = 0;
    for (const SwitchCase *Other = SS->getSwitchCaseList(); Other;
         Other = Other->getNextSwitchCase())
      if (++Cases > MaxCases)
        return gap(Cond, true, Current);
    for (const SwitchCase *Other = SS->getSwitchCaseList(); Other;
         Other = Other->getNextSwitchCase())
      if (const auto *CS = dyn_cast<CaseStmt>(Other))
        if (auto N = constant(CS->getLHS()))
          ask(Cond, true, Cond, numbersBy(BO_NE, *N, T, Ctx), Current);
  }

  //===--------------------------------------------------------------------===//
  // What is found
  //===--------------------------------------------------------------------===//

  void compareCode(const BinaryOperator *BO) {
    for (auto [Code, Other] : {std::pair(BO->getLHS(), BO->getRHS()),
                               std::pair(BO->getRHS(), BO->getLHS())}) {
      auto Value = valueOf(Code);
      if ((Value && Value->Kind == "ioctl") || isMadeAsCode(Other))
        addCode(Other);
    }
  }

  void addCode(const Expr *E) {
    std::optional<int64_t> N = constant(E);
    if (!N)
      return;
    // CTL_CODE is of type long, or of that of its device type.
    F.addControlCode(static_cast<uint32_t>(*N), nameOf(E),
                     positionOf(SM, E->getBeginLoc()));
  }

  // CTL_CODE is behind it.
  bool isMadeAsCode(const Expr *E) {
    for (SourceLocation Loc = E->getBeginLoc(); Loc.isMacroID();
         Loc = SM.getImmediateMacroCallerLoc(Loc))
      if (Lexer::getImmediateMacroName(Loc, SM, Ctx.getLangOpts()) ==
          "CTL_CODE")
        return true;
    return false;
  }

  std::string nameOf(const Expr *E) {
    if (const auto *Ref = dyn_cast<DeclRefExpr>(strip(E)))
      return Ref->getDecl()->getNameAsString();
    SourceLocation Loc = E->getBeginLoc();
    if (!Loc.isMacroID())
      return "";
    // The macro that stands in the source: IOCTL_X and not CTL_CODE behind it.
    SourceLocation At = SM.getExpansionLoc(Loc);
    StringRef Name = Lexer::getSourceText(
        CharSourceRange::getTokenRange(At, At), SM, Ctx.getLangOpts());
    return Name == "CTL_CODE" ? "" : Name.str();
  }

  void mention(const FunctionDecl *Callee, const Expr *At, const CallExpr *CE) {
    if (!Callee || !Callee->getIdentifier())
      return;
    const Routine *R = lookupRoutine(Callee);
    bool Acquires = R && CE && R->takes();
    if (!Acquires &&
        (isKernelRoutine(Callee) || Callee->getBuiltinID() ||
         SM.isInSystemHeader(SM.getExpansionLoc(Callee->getLocation()))))
      return;
    Way W{"call", FD, nullptr, Callee, "", "",
          positionOf(SM, At->getBeginLoc()), Current};
    for (unsigned I = 0; CE && !Acquires && I < CE->getNumArgs(); ++I) {
      const Expr *Arg = CE->getArg(I);
      QualType T = Arg->getType();
      std::optional<Outside> Value;
      if (T->isAnyPointerType()) {
        Value = bufferBehind(Arg);
        if (!Value)
          Value = valueOf(Arg);
      } else if (T->isIntegralOrEnumerationType()) {
        if (auto N = constant(Arg))
          Value = Outside{"constant", std::to_string(*N), {}, {}};
        else
          Value = valueOf(Arg);
      }
      if (Value && Value->Kind == "pointee" && !Value->Offset.value_or(0) &&
          T->isAnyPointerType())
        Value = Outside{"argument", Value->Name, {}, {}};
      if (Value)
        W.Args.emplace(I, *Value);
    }
    F.addWay(std::move(W));
  }
};

} // namespace

void collectControlCodes(Facts &F, const FunctionDecl *FD) {
  Guards(F, FD).run();
}

} // namespace leak62
