//===- SehLowering.cpp ----------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SehLowering.h"
#include "SehBuilder.h"
#include "SehRaises.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "clang/AST/Expr.h"
#include "clang/AST/Stmt.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallPtrSet.h"
#include <vector>

using namespace clang;

namespace leak62 {
namespace {

llvm::SmallPtrSetImpl<const GotoStmt *> &leaves() {
  static llvm::SmallPtrSet<const GotoStmt *, 16> All;
  return All;
}

bool hasTry(const Stmt *S) {
  if (!S)
    return false;
  return isa<SEHTryStmt>(S) || llvm::any_of(S->children(), hasTry);
}

/// One __try around the statement being rewritten.
struct Scope {
  Scope(bool Finally, LabelDecl *Raised, LabelDecl *End)
      : Finally(Finally), Raised(Raised), End(End) {}

  bool Finally;
  LabelDecl *Raised; // __except: handler; __finally: the block
  LabelDecl *End;    // where __leave goes
  VarDecl *Why = nullptr, *Ret = nullptr;
  unsigned Loops = 0, Switches = 0; // inside this __try
  bool UsesReturn = false, UsesBreak = false, UsesContinue = false,
       UsesRaise = false;
  std::vector<LabelDecl *> Gotos; // targets outside
  llvm::SmallPtrSet<const LabelDecl *, 4> Inside;
  bool HasEdge = false;
};

enum Reason : unsigned { None, Return, Break, Continue, Raise, FirstGoto };

class Lowering {
public:
  Lowering(ASTContext &Ctx) : B(Ctx) {}

  void run(FunctionDecl *FD) {
    B.In = FD;
    Raises.beginFunction(FD->getBody());
    FD->setBody(rewrite(FD->getBody()));
  }

private:
  SehBuilder B;
  RaiseFinder Raises;
  std::vector<Scope> Scopes; // innermost last

  static void collectLabels(const Stmt *S,
                            llvm::SmallPtrSetImpl<const LabelDecl *> &Out) {
    if (!S)
      return;
    if (const auto *LS = dyn_cast<LabelStmt>(S))
      Out.insert(LS->getDecl());
    for (const Stmt *C : S->children())
      collectLabels(C, Out);
  }

  // What raising does here: go to the handler or the __finally block around.
  Stmt *raise(SourceLocation Loc) {
    if (Scopes.empty())
      return B.call(SehUnwind, B.Ctx.VoidTy, Loc);
    Scope &S = Scopes.back();
    S.HasEdge = true;
    if (!S.Finally)
      return B.jump(S.Raised, Loc);
    S.UsesRaise = true;
    return B.block(
        {B.assign(S.Why, B.integer(Raise, Loc), Loc), B.jump(S.Raised, Loc)},
        Loc, Loc);
  }

  Stmt *raiseEdge(SourceLocation Loc) {
    return B.ifThen(B.call(SehRaised, B.Ctx.IntTy, Loc), raise(Loc), Loc);
  }

  // Leaves the __finally scope for \p Why.
  Stmt *leaveFinally(Scope &S, unsigned Why, SourceLocation Loc,
                     Stmt *First = nullptr) {
    SmallVector<Stmt *, 3> Stmts;
    if (First)
      Stmts.push_back(First);
    Stmts.push_back(B.assign(S.Why, B.integer(Why, Loc), Loc));
    Stmts.push_back(B.jump(S.Raised, Loc));
    return B.block(Stmts, Loc, Loc);
  }

  // The innermost __finally at or outside index, for statements that leave
  // the function or a label; __except scopes in between do not matter.
  Scope *innermostFinally() {
    for (Scope &S : llvm::reverse(Scopes))
      if (S.Finally)
        return &S;
    return nullptr;
  }

  Stmt *rewrite(Stmt *S) {
    if (!S)
      return S;
    SourceLocation Loc = S->getBeginLoc();
    switch (S->getStmtClass()) {
    case Stmt::SEHTryStmtClass:
      return lowerTry(cast<SEHTryStmt>(S));
    case Stmt::CompoundStmtClass:
      return rewriteBlock(cast<CompoundStmt>(S));
    case Stmt::SEHLeaveStmtClass:
      if (Scopes.empty())
        return S;
      S = B.jump(Scopes.back().End, Loc);
      leaves().insert(cast<GotoStmt>(S));
      return S;
    case Stmt::ReturnStmtClass:
      if (Scope *F = innermostFinally()) {
        F->UsesReturn = true;
        Expr *Value = cast<ReturnStmt>(S)->getRetValue();
        Stmt *Save = nullptr;
        if (Value)
          Save = F->Ret ? B.assign(F->Ret, Value, Loc) : Value;
        return leaveFinally(*F, Return, Loc, Save);
      }
      return S;
    case Stmt::BreakStmtClass:
      if (Scope *F = leavingFinally(/*Switch=*/true)) {
        F->UsesBreak = true;
        return leaveFinally(*F, Break, Loc);
      }
      return S;
    case Stmt::ContinueStmtClass:
      if (Scope *F = leavingFinally(/*Switch=*/false)) {
        F->UsesContinue = true;
        return leaveFinally(*F, Continue, Loc);
      }
      return S;
    case Stmt::GotoStmtClass: {
      LabelDecl *L = cast<GotoStmt>(S)->getLabel();
      for (Scope &F : llvm::reverse(Scopes)) {
        if (F.Inside.contains(L))
          break;
        if (!F.Finally)
          continue;
        auto It = llvm::find(F.Gotos, L);
        unsigned Index = It - F.Gotos.begin();
        if (It == F.Gotos.end())
          F.Gotos.push_back(L);
        return leaveFinally(F, FirstGoto + Index, Loc);
      }
      return S;
    }
    case Stmt::WhileStmtClass:
    case Stmt::DoStmtClass:
    case Stmt::ForStmtClass:
      return inside(S, 1, 1);
    case Stmt::SwitchStmtClass:
      return inside(S, 0, 1);
    default:
      if (!isa<Expr>(S))
        rewriteChildren(S);
      return S;
    }
  }

  // A break or continue leaves a __finally only if its loop is outside.
  Scope *leavingFinally(bool Switch) {
    for (Scope &S : llvm::reverse(Scopes)) {
      if (Switch ? S.Switches : S.Loops)
        return nullptr;
      if (S.Finally)
        return &S;
    }
    return nullptr;
  }

  Stmt *inside(Stmt *S, unsigned Loops, unsigned Switches) {
    if (!Scopes.empty()) {
      Scopes.back().Loops += Loops;
      Scopes.back().Switches += Switches;
    }
    rewriteChildren(S);
    if (!Scopes.empty()) {
      Scopes.back().Loops -= Loops;
      Scopes.back().Switches -= Switches;
    }
    return S;
  }

  void rewriteChildren(Stmt *S) {
    for (Stmt *&Child : S->children()) {
      if (!Child || isa<DeclStmt>(Child) ||
          (isa<Expr>(Child) && !isSubStmt(S, Child)))
        continue;
      bool Dirty = true;
      SmallVector<Stmt *, 2> Out;
      appendWithEdge(Child, Dirty, Out);
      Child = Out.size() == 1
                  ? Out.front()
                  : B.block(Out, Child->getBeginLoc(), Child->getEndLoc());
    }
  }

  // An expression used as a statement, not as a condition.
  static bool isSubStmt(const Stmt *Parent, const Stmt *Child) {
    if (const auto *If = dyn_cast<IfStmt>(Parent))
      return Child == If->getThen() || Child == If->getElse();
    if (const auto *W = dyn_cast<WhileStmt>(Parent))
      return Child == W->getBody();
    if (const auto *D = dyn_cast<DoStmt>(Parent))
      return Child == D->getBody();
    if (const auto *F = dyn_cast<ForStmt>(Parent))
      return Child == F->getBody();
    if (const auto *Sw = dyn_cast<SwitchStmt>(Parent))
      return Child == Sw->getBody();
    if (const auto *C = dyn_cast<SwitchCase>(Parent))
      return Child == C->getSubStmt();
    if (const auto *L = dyn_cast<LabelStmt>(Parent))
      return Child == L->getSubStmt();
    return false;
  }

  // The part of a statement that runs before its sub-statements.
  bool headCanRaise(Stmt *S) {
    // Nobody guards mere memory accesses with __finally alone.
    bool Memory =
        llvm::any_of(Scopes, [](const Scope &S) { return !S.Finally; });
    if (isa<CompoundStmt, SEHTryStmt, LabelStmt, SwitchCase, DoStmt, GotoStmt,
            AttributedStmt>(S))
      return false;
    for (Stmt *Child : S->children()) {
      if (Child &&
          (isa<Expr>(S) || (isa<Expr>(Child) && !isSubStmt(S, Child)) ||
           isa<DeclStmt>(Child)) &&
          Raises.canRaise(Child, Memory))
        return true;
    }
    return isa<Expr>(S) && Raises.canRaise(S, Memory);
  }

  void appendWithEdge(Stmt *S, bool &Dirty, SmallVectorImpl<Stmt *> &Out) {
    bool Changes = RaiseFinder::changesOwnership(S);
    if (!Scopes.empty() && Dirty && headCanRaise(S)) {
      Out.push_back(raiseEdge(S->getBeginLoc()));
      Dirty = false;
    }
    Out.push_back(rewrite(S));
    Dirty |= Changes;
  }

  Stmt *rewriteBlock(CompoundStmt *CS) {
    SmallVector<Stmt *, 16> Out;
    bool Dirty = true;
    for (Stmt *S : CS->body())
      appendWithEdge(S, Dirty, Out);
    if (ArrayRef<Stmt *>(Out) == ArrayRef<Stmt *>(CS->body_begin(), CS->size()))
      return CS;
    return B.block(Out, CS->getLBracLoc(), CS->getRBracLoc());
  }

  Stmt *lowerTry(SEHTryStmt *Try) {
    return Try->getExceptHandler() ? lowerExcept(Try) : lowerFinally(Try);
  }

  Stmt *lowerExcept(SEHTryStmt *Try) {
    SourceLocation Loc = Try->getTryLoc();
    SEHExceptStmt *Handler = Try->getExceptHandler();
    SourceLocation HLoc = Handler->getExceptLoc();
    LabelDecl *Raised = B.label("leak62_except", HLoc);
    LabelDecl *End = B.label("leak62_end", Try->getEndLoc());

    Scopes.emplace_back(/*Finally=*/false, Raised, End);
    collectLabels(Try->getTryBlock(), Scopes.back().Inside);
    SmallVector<Stmt *, 8> Out;
    Stmt *Body = rewrite(Try->getTryBlock());
    // A body in which nothing looks like raising still has a handler.
    if (!Scopes.back().HasEdge)
      Out.push_back(raiseEdge(Loc));
    Scopes.pop_back();

    Out.push_back(Body);
    Out.push_back(B.jump(End, Try->getEndLoc()));
    Expr *Filter = Handler->getFilterExpr();
    Expr::EvalResult R;
    if (Filter->EvaluateAsInt(R, B.Ctx) && R.Val.getInt() == 0) {
      Out.push_back(B.labelled(Raised, raise(HLoc), HLoc));
    } else {
      Stmt *First = Filter->HasSideEffects(B.Ctx) ? static_cast<Stmt *>(Filter)
                                                  : B.null(HLoc);
      Out.push_back(B.labelled(Raised, First, HLoc));
      Out.push_back(rewrite(Handler->getBlock()));
    }
    Out.push_back(B.labelled(End, B.null(Try->getEndLoc()), Try->getEndLoc()));
    return B.block(Out, Loc, Try->getEndLoc());
  }

  Stmt *lowerFinally(SEHTryStmt *Try) {
    SourceLocation Loc = Try->getTryLoc();
    SEHFinallyStmt *Handler = Try->getFinallyHandler();
    SourceLocation FLoc = Handler->getFinallyLoc();
    SourceLocation End = Try->getEndLoc();
    LabelDecl *Fin = B.label("leak62_finally", FLoc);

    Scopes.emplace_back(/*Finally=*/true, Fin, Fin);
    collectLabels(Try->getTryBlock(), Scopes.back().Inside);
    VarDecl *Why = B.variable("leak62_why", B.Ctx.IntTy, Loc);
    Why->setInit(B.integer(None, Loc));
    Scopes.back().Why = Why;
    QualType RetTy = B.In->getReturnType().getUnqualifiedType();
    VarDecl *Ret = nullptr;
    if (!RetTy->isVoidType() && !RetTy->isReferenceType())
      Ret = Scopes.back().Ret = B.variable("leak62_ret", RetTy, Loc);
    Stmt *Body = rewrite(Try->getTryBlock());
    Scope S = std::move(Scopes.back());
    Scopes.pop_back();

    SmallVector<Stmt *, 12> Out;
    Out.push_back(B.declare(Why));
    if (Ret)
      Out.push_back(B.declare(Ret));
    Out.push_back(Body);
    Out.push_back(B.labelled(Fin, B.null(FLoc), FLoc));
    Stmt *Block = Handler->getBlock();
    replaceAbnormalTermination(Block, Why);
    Out.push_back(rewrite(Block));
    // What comes after leaves in its turn through the __try blocks around.
    auto After = [&](unsigned Reason, Stmt *Then) {
      Out.push_back(B.ifThen(B.equals(Why, Reason, End), Then, End));
    };
    if (S.UsesReturn)
      After(Return,
            rewrite(ReturnStmt::Create(
                B.Ctx, End, Ret ? B.load(Ret, End) : nullptr, nullptr)));
    if (S.UsesBreak)
      After(Break, rewrite(new (B.Ctx) BreakStmt(End)));
    if (S.UsesContinue)
      After(Continue, rewrite(new (B.Ctx) ContinueStmt(End)));
    for (unsigned I = 0; I < S.Gotos.size(); ++I)
      After(FirstGoto + I, rewrite(B.jump(S.Gotos[I], End)));
    if (S.UsesRaise)
      After(Raise, raise(End));
    return B.block(Out, Loc, End);
  }

  // AbnormalTermination() is true unless control fell or __left into the block.
  void replaceAbnormalTermination(Stmt *S, VarDecl *Why) {
    for (Stmt *&Child : S->children()) {
      if (!Child)
        continue;
      if (auto *CE = dyn_cast<CallExpr>(Child)) {
        const FunctionDecl *FD = CE->getDirectCallee();
        if (FD && FD->getIdentifier() &&
            (FD->getName() == "_abnormal_termination" ||
             FD->getName() == "__abnormal_termination" ||
             FD->getName() == "AbnormalTermination")) {
          Child = B.load(Why, CE->getBeginLoc());
          continue;
        }
      }
      replaceAbnormalTermination(Child, Why);
    }
  }
};

} // namespace

bool isLeave(const GotoStmt *Jump) { return leaves().contains(Jump); }

void lowerSeh(ASTContext &Ctx) {
  leaves().clear();
  Lowering L(Ctx);
  for (Decl *D : Ctx.getTranslationUnitDecl()->decls()) {
    auto *FD = dyn_cast<FunctionDecl>(D);
    if (FD && FD->doesThisDeclarationHaveABody() && hasTry(FD->getBody()))
      L.run(FD);
  }
}

} // namespace leak62
