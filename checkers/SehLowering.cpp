//===- SehLowering.cpp ----------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SehLowering.h"
#include "Resources.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "clang/AST/Expr.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/AST/Stmt.h"
#include "llvm/ADT/DenseMap.h"
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

/// Which functions and statements can raise an exception.
class RaiseFinder {
public:
  /// Locals that hold memory of the driver's own: using it raises nothing.
  void beginFunction(const Stmt *Body) {
    Fresh.clear();
    collectFresh(Body);
  }

  /// True if evaluating \p S can raise; \p Memory: accesses count too.
  bool canRaise(const Stmt *S, bool Memory) {
    if (!S || isa<UnaryExprOrTypeTraitExpr>(S))
      return false;
    if (const auto *CE = dyn_cast<CallExpr>(S))
      if (callCanRaise(CE, Memory))
        return true;
    if (Memory) {
      if (const auto *UO = dyn_cast<UnaryOperator>(S))
        if (UO->getOpcode() == UO_Deref && !isFresh(UO->getSubExpr()))
          return true;
      if (const auto *ME = dyn_cast<MemberExpr>(S))
        if (ME->isArrow() && !isFresh(ME->getBase()))
          return true;
      if (const auto *AS = dyn_cast<ArraySubscriptExpr>(S))
        if (!AS->getBase()->IgnoreImpCasts()->getType()->isArrayType() &&
            !isFresh(AS->getBase()))
          return true;
    }
    return llvm::any_of(S->children(), [this, Memory](const Stmt *C) {
      return canRaise(C, Memory);
    });
  }

  /// True if \p S may change who owns what.
  static bool changesOwnership(const Stmt *S) {
    if (!S)
      return false;
    if (const auto *CE = dyn_cast<CallExpr>(S)) {
      const FunctionDecl *FD = CE->getDirectCallee();
      const Routine *R = lookupRoutine(FD);
      if (!isKernelRoutine(FD) ||
          (R && (!R->Acquires.empty() || !R->Releases.empty() ||
                 !R->Transfers.empty())))
        return true;
    }
    return llvm::any_of(S->children(), changesOwnership);
  }

private:
  llvm::DenseMap<const FunctionDecl *, bool> Known;
  llvm::SmallPtrSet<const Decl *, 8> Fresh;

  static bool acquires(const Expr *E) {
    const auto *CE = dyn_cast<CallExpr>(E->IgnoreParenCasts());
    const Routine *R = CE ? lookupRoutine(CE->getDirectCallee()) : nullptr;
    return R && !R->Acquires.empty() &&
           R->Acquires.front().Where == Place::RETURN;
  }
  void collectFresh(const Stmt *S) {
    if (!S)
      return;
    if (const auto *DS = dyn_cast<DeclStmt>(S)) {
      for (const Decl *D : DS->decls())
        if (const auto *VD = dyn_cast<VarDecl>(D))
          if (VD->getInit() && acquires(VD->getInit()))
            Fresh.insert(VD);
    } else if (const auto *BO = dyn_cast<BinaryOperator>(S)) {
      if (BO->getOpcode() == BO_Assign && acquires(BO->getRHS()))
        if (const auto *Ref =
                dyn_cast<DeclRefExpr>(BO->getLHS()->IgnoreParenCasts()))
          Fresh.insert(Ref->getDecl());
    }
    for (const Stmt *C : S->children())
      collectFresh(C);
  }
  bool isFresh(const Expr *E) const {
    const auto *Ref = dyn_cast<DeclRefExpr>(E->IgnoreParenCasts());
    return Ref && Fresh.contains(Ref->getDecl());
  }

  bool callCanRaise(const CallExpr *CE, bool Memory) {
    const FunctionDecl *FD = CE->getDirectCallee();
    if (!FD)
      return Memory;
    if (const Routine *R = lookupRoutine(FD))
      return R->Raises || (Memory && (R->CopyTo != NA || R->FillTo != NA));
    if (isKernelRoutine(FD) || FD->getBuiltinID())
      return false;
    const FunctionDecl *Def = nullptr;
    // Of functions that are not seen, those are expected to raise that somebody
    // waits for with a handler.
    if (!FD->hasBody(Def))
      return Memory;
    auto [It, New] = Known.try_emplace(Def->getCanonicalDecl(), false);
    if (!New)
      return It->second;
    bool Raises = bodyCanRaise(Def->getBody());
    Known[Def->getCanonicalDecl()] = Raises;
    return Raises;
  }

  // In a callee only calls count: nearly every function reads memory.
  bool bodyCanRaise(const Stmt *S) {
    if (!S)
      return false;
    if (const auto *Try = dyn_cast<SEHTryStmt>(S))
      if (Try->getExceptHandler())
        return bodyCanRaise(Try->getExceptHandler());
    if (const auto *CE = dyn_cast<CallExpr>(S)) {
      const Routine *R = lookupRoutine(CE->getDirectCallee());
      if (R ? R->Raises : callCanRaise(CE, false))
        return true;
    }
    return llvm::any_of(S->children(),
                        [this](const Stmt *C) { return bodyCanRaise(C); });
  }
};

/// Builds the C that the lowering inserts.
class Builder {
public:
  explicit Builder(ASTContext &Ctx) : Ctx(Ctx) {}

  ASTContext &Ctx;
  FunctionDecl *In = nullptr;

  LabelDecl *label(StringRef Name, SourceLocation Loc) {
    return LabelDecl::Create(Ctx, In, Loc, &Ctx.Idents.get(Name));
  }
  Stmt *labelled(LabelDecl *L, Stmt *S, SourceLocation Loc) {
    auto *LS = new (Ctx) LabelStmt(Loc, L, S);
    L->setStmt(LS);
    return LS;
  }
  Stmt *null(SourceLocation Loc) { return new (Ctx) NullStmt(Loc); }
  Stmt *jump(LabelDecl *L, SourceLocation Loc) {
    return new (Ctx) GotoStmt(L, Loc, Loc);
  }
  CompoundStmt *block(ArrayRef<Stmt *> Stmts, SourceLocation Begin,
                      SourceLocation End) {
    return CompoundStmt::Create(Ctx, Stmts, FPOptionsOverride(), Begin, End);
  }
  VarDecl *variable(StringRef Name, QualType T, SourceLocation Loc) {
    return VarDecl::Create(Ctx, In, Loc, Loc, &Ctx.Idents.get(Name), T,
                           Ctx.getTrivialTypeSourceInfo(T, Loc), SC_None);
  }
  Stmt *declare(VarDecl *VD) {
    return new (Ctx)
        DeclStmt(DeclGroupRef(VD), VD->getLocation(), VD->getLocation());
  }
  Expr *integer(uint64_t V, SourceLocation Loc) {
    return IntegerLiteral::Create(
        Ctx, llvm::APInt(Ctx.getIntWidth(Ctx.IntTy), V), Ctx.IntTy, Loc);
  }
  Expr *reference(ValueDecl *D, SourceLocation Loc) {
    return DeclRefExpr::Create(Ctx, NestedNameSpecifierLoc(), SourceLocation(),
                               D, false, Loc, D->getType(), VK_LValue);
  }
  Expr *load(VarDecl *VD, SourceLocation Loc) {
    return ImplicitCastExpr::Create(Ctx, VD->getType().getUnqualifiedType(),
                                    CK_LValueToRValue, reference(VD, Loc),
                                    nullptr, VK_PRValue, FPOptionsOverride());
  }
  Stmt *assign(VarDecl *VD, Expr *Value, SourceLocation Loc) {
    return BinaryOperator::Create(Ctx, reference(VD, Loc), Value, BO_Assign,
                                  VD->getType().getUnqualifiedType(),
                                  VK_PRValue, OK_Ordinary, Loc,
                                  FPOptionsOverride());
  }
  Expr *equals(VarDecl *VD, uint64_t V, SourceLocation Loc) {
    return BinaryOperator::Create(Ctx, load(VD, Loc), integer(V, Loc), BO_EQ,
                                  Ctx.IntTy, VK_PRValue, OK_Ordinary, Loc,
                                  FPOptionsOverride());
  }
  Stmt *ifThen(Expr *Cond, Stmt *Then, SourceLocation Loc) {
    return IfStmt::Create(Ctx, Loc, IfStatementKind::Ordinary, nullptr, nullptr,
                          Cond, Loc, Loc, Then);
  }
  Expr *call(const char *Name, QualType Result, SourceLocation Loc) {
    FunctionDecl *&FD = Opaque[Name];
    if (!FD) {
      QualType FT = Ctx.getFunctionType(Result, {}, {});
      FD = FunctionDecl::Create(Ctx, Ctx.getTranslationUnitDecl(), Loc, Loc,
                                DeclarationName(&Ctx.Idents.get(Name)), FT,
                                Ctx.getTrivialTypeSourceInfo(FT, Loc),
                                SC_Extern);
      FD->setImplicit();
    }
    Expr *Callee = ImplicitCastExpr::Create(
        Ctx, Ctx.getPointerType(FD->getType()), CK_FunctionToPointerDecay,
        reference(FD, Loc), nullptr, VK_PRValue, FPOptionsOverride());
    return CallExpr::Create(Ctx, Callee, {}, Result, VK_PRValue, Loc,
                            FPOptionsOverride());
  }

private:
  llvm::DenseMap<const char *, FunctionDecl *> Opaque;
};

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
  Builder B;
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
