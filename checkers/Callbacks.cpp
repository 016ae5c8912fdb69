//===- Callbacks.cpp ------------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Callbacks.h"
#include "AccessPath.h"
#include "clang/AST/Decl.h"
#include "clang/AST/Expr.h"
#include "clang/AST/ParentMap.h"
#include "clang/AST/Stmt.h"
#include "clang/Analysis/CFG.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace clang;

namespace leak62 {
namespace {

/// Which parameter of a routine with that role is its context; -1: it may run
/// any number of times with the same one.
int contextOf(StringRef Role) {
  return Role == "WORK_ITEM" ? 1 : Role == "THREAD" ? 0 : -1;
}

const VarDecl *localOf(const Expr *E) {
  const VarDecl *VD = variableOf(E);
  return VD && VD->isLocalVarDecl() && VD->hasLocalStorage() ? VD : nullptr;
}

/// Looks for contexts in one function.
class Finder {
public:
  Finder(ASTContext &Ctx, const FunctionDecl *FD, GivenContexts &Out,
         llvm::DenseMap<const FunctionDecl *, int> &Mentions)
      : Ctx(Ctx), FD(FD), Out(Out), Mentions(Mentions) {}

  void run() { visit(FD->getBody()); }

private:
  ASTContext &Ctx;
  const FunctionDecl *FD;
  std::unique_ptr<ParentMap> Parents;
  GivenContexts &Out;
  /// How often a routine is named, less the hand-overs seen.
  llvm::DenseMap<const FunctionDecl *, int> &Mentions;
  std::unique_ptr<CFG> Graph;

  void visit(const Stmt *S) {
    if (!S)
      return;
    if (const auto *Ref = dyn_cast<DeclRefExpr>(S))
      if (const auto *Named = dyn_cast<FunctionDecl>(Ref->getDecl()))
        ++Mentions[Named->getCanonicalDecl()];
    if (const auto *CE = dyn_cast<CallExpr>(S))
      if (const Routine *R = lookupRoutine(CE->getDirectCallee()))
        for (auto [Arg, Role] : R->Callbacks)
          consider(CE, *R, Arg, contextOf(Role));
    for (const Stmt *C : S->children())
      visit(C);
  }

  void consider(const CallExpr *CE, const Routine &R, int RoutineArg,
                int ContextParam) {
    int N = CE->getNumArgs();
    if (ContextParam < 0 || RoutineArg >= N)
      return;
    const Expr *Code = CE->getArg(RoutineArg)->IgnoreParenCasts();
    if (const auto *UO = dyn_cast<UnaryOperator>(Code))
      Code = UO->getSubExpr()->IgnoreParenCasts();
    const auto *Ref = dyn_cast<DeclRefExpr>(Code);
    const auto *Named = Ref ? dyn_cast<FunctionDecl>(Ref->getDecl()) : nullptr;
    const FunctionDecl *Def = nullptr;
    if (!Named || !Named->hasBody(Def) ||
        ContextParam >= static_cast<int>(Def->getNumParams()))
      return;
    --Mentions[Def->getCanonicalDecl()];
    GivenContext &Given = Out[Def->getCanonicalDecl()];
    // Handed over in several places: it must be exclusive in all of them.
    bool First = !Given.Param;
    Given.Param = Def->getParamDecl(ContextParam);
    for (const Transfer &T : R.Transfers) {
      if (T.Arg <= RoutineArg || T.Arg >= N)
        continue;
      const VarDecl *VD = localOf(CE->getArg(T.Arg));
      const CallExpr *From = nullptr;
      const Acquire *Row = nullptr;
      bool Ours = VD && isExclusive(VD, CE, T.Cond == When::SUCCESS, From, Row);
      if (!Ours)
        Given.Call = nullptr;
      else if (First)
        Given = {Given.Param, From, Row, FD, VD};
      return;
    }
    Given.Call = nullptr;
  }

  static const Acquire *acquired(const Expr *E, const CallExpr *&Call) {
    Call = dyn_cast<CallExpr>(E->IgnoreParenCasts());
    const Routine *R = Call ? lookupRoutine(Call->getDirectCallee()) : nullptr;
    if (R)
      for (const Acquire &A : R->Acquires)
        if (A.Where == Place::RETURN && A.Cond == When::ALWAYS)
          return &A;
    return nullptr;
  }

  bool isExclusive(const VarDecl *VD, const CallExpr *Handover, bool MayFail,
                   const CallExpr *&From, const Acquire *&Row) {
    llvm::SmallPtrSet<const Stmt *, 8> Targets; // "VD = ..."
    if (!Parents)
      Parents = std::make_unique<ParentMap>(const_cast<Stmt *>(FD->getBody()));
    if (VD->getInit() && !assigned(VD->getInit(), From, Row))
      return false;
    if (!usesAreOurs(FD->getBody(), VD, Handover, Targets, From, Row) || !Row)
      return false;
    return !isUsedAfter(VD, Handover, MayFail, Targets);
  }

  bool assigned(const Expr *Value, const CallExpr *&From, const Acquire *&Row) {
    const CallExpr *Call = nullptr;
    if (const Acquire *A = acquired(Value, Call)) {
      From = Call;
      Row = A;
      return true;
    }
    return Value->isNullPointerConstant(Ctx, Expr::NPC_ValueDependentIsNull) !=
           Expr::NPCK_NotNull;
  }

  // The parent of an expression behind parentheses and casts.
  const Stmt *userOf(const Stmt *E) const {
    const Stmt *P = Parents->getParent(E);
    while (P && isa<ParenExpr, CastExpr>(P))
      P = Parents->getParent(P);
    return P;
  }

  // Nothing else in the function gets hold of the pointer.
  bool usesAreOurs(const Stmt *S, const VarDecl *VD, const CallExpr *Handover,
                   llvm::SmallPtrSetImpl<const Stmt *> &Targets,
                   const CallExpr *&From, const Acquire *&Row) {
    if (!S)
      return true;
    const auto *Ref = dyn_cast<DeclRefExpr>(S);
    if (!Ref || Ref->getDecl() != VD)
      return llvm::all_of(S->children(), [&](const Stmt *C) {
        return usesAreOurs(C, VD, Handover, Targets, From, Row);
      });
    const Stmt *User = userOf(Ref);
    if (User == Handover || !User)
      return User != nullptr;
    if (const auto *BO = dyn_cast<BinaryOperator>(User)) {
      if (BO->getOpcode() != BO_Assign)
        return BO->isComparisonOp() || BO->isLogicalOp();
      if (BO->getLHS()->IgnoreParenCasts() != Ref)
        return false;
      Targets.insert(Ref);
      return assigned(BO->getRHS(), From, Row);
    }
    if (const auto *CE = dyn_cast<CallExpr>(User))
      return isHarmless(CE);
    if (const auto *ME = dyn_cast<MemberExpr>(User)) {
      // A list entry or an event in it would be a way back to it.
      const Stmt *Of = userOf(ME);
      while (isa_and_nonnull<MemberExpr>(Of))
        Of = userOf(Of);
      const auto *UO = dyn_cast_or_null<UnaryOperator>(Of);
      if (!UO || UO->getOpcode() != UO_AddrOf)
        return true;
      const Stmt *By = userOf(UO);
      const auto *CE = dyn_cast_or_null<CallExpr>(By);
      const auto *Deref = dyn_cast_or_null<UnaryOperator>(By);
      return CE ? isHarmless(CE) : Deref && Deref->getOpcode() == UO_Deref;
    }
    return isa<UnaryOperator, UnaryExprOrTypeTraitExpr, IfStmt, WhileStmt>(
        User);
  }

  static bool isHarmless(const CallExpr *CE) {
    const FunctionDecl *FD = CE->getDirectCallee();
    const Routine *R = lookupRoutine(FD);
    return isKernelRoutine(FD) &&
           (!R || (R->Transfers.empty() && R->ListInsertHead == NA &&
                   R->ExchangeTarget == NA && R->CompletionIrp == NA));
  }

  bool isRelease(const Stmt *Ref) const {
    const auto *CE = dyn_cast_or_null<CallExpr>(userOf(Ref));
    const Routine *R = CE ? lookupRoutine(CE->getDirectCallee()) : nullptr;
    return R && !R->Releases.empty();
  }

  // From the hand-over on, up to where the variable gets another value.  A
  // hand-over that failed has left the pointer to be freed.
  bool isUsedAfter(const VarDecl *VD, const CallExpr *Handover, bool MayFail,
                   const llvm::SmallPtrSetImpl<const Stmt *> &Targets) {
    if (!Graph) {
      CFG::BuildOptions Options;
      Options.setAllAlwaysAdd();
      Graph =
          CFG::buildCFG(FD, const_cast<Stmt *>(FD->getBody()), &Ctx, Options);
    }
    if (!Graph)
      return true;
    llvm::SmallVector<const CFGBlock *, 16> Work;
    llvm::SmallPtrSet<const CFGBlock *, 16> Seen;
    // True: a use; otherwise, whether the end of the block is reached.
    auto Scan = [&](const CFGBlock *B, bool From, bool &Ends) {
      bool On = !From;
      Ends = true;
      for (const CFGElement &E : *B) {
        auto S = E.getAs<CFGStmt>();
        if (!S)
          continue;
        if (S->getStmt() == Handover) {
          On = true;
          continue;
        }
        const auto *Ref = dyn_cast<DeclRefExpr>(S->getStmt());
        if (!On || !Ref || Ref->getDecl() != VD)
          continue;
        if (Targets.contains(Ref))
          return Ends = false;
        if (!MayFail || !isRelease(Ref))
          return true;
      }
      return false;
    };
    for (const CFGBlock *B : *Graph)
      for (const CFGElement &E : *B)
        if (auto S = E.getAs<CFGStmt>())
          if (S->getStmt() == Handover) {
            bool Ends;
            if (Scan(B, true, Ends))
              return true;
            if (Ends)
              Work.push_back(B);
          }
    if (Work.empty())
      return false;
    while (!Work.empty())
      for (const CFGBlock::AdjacentBlock &Next : Work.pop_back_val()->succs())
        if (const CFGBlock *B = Next.getReachableBlock())
          if (Seen.insert(B).second) {
            bool Ends;
            if (Scan(B, false, Ends))
              return true;
            if (Ends)
              Work.push_back(B);
          }
    return false;
  }
};

} // namespace

GivenContexts findGivenContexts(ASTContext &Ctx) {
  GivenContexts Found, Out;
  llvm::DenseMap<const FunctionDecl *, int> Mentions;
  for (const Decl *D : Ctx.getTranslationUnitDecl()->decls()) {
    const auto *FD = dyn_cast<FunctionDecl>(D);
    if (FD && FD->doesThisDeclarationHaveABody())
      Finder(Ctx, FD, Found, Mentions).run();
  }
  // A routine that is called or passed around as well has other callers.
  for (auto &[FD, Given] : Found)
    if (Given.Call && Mentions.lookup(FD) == 0 &&
        FD->getFormalLinkage() != Linkage::External)
      Out[FD] = Given;
  return Out;
}

} // namespace leak62
