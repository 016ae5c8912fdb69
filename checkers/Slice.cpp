//===- Slice.cpp ----------------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Slice.h"
#include "AccessPath.h"
#include "ResourceFlow.h"
#include "SehLowering.h"
#include "Summaries.h"
#include "clang/AST/Decl.h"
#include "clang/AST/Expr.h"
#include "clang/AST/Stmt.h"

using namespace clang;

namespace leak62 {

class Slice::Builder {
public:
  Builder(ASTContext &Ctx, const Relevance &Unit)
      : Ctx(Ctx), Unit(Unit), Flow(Ctx, Unit) {}

  ASTContext &Ctx;
  const Relevance &Unit;
  ResourceFlow Flow;
  /// Branches and calls in the slice.
  llvm::DenseSet<const Stmt *> Branches;
  llvm::DenseSet<const CallExpr *> Calls;

  void run(const FunctionDecl *Entry, llvm::ArrayRef<const ValueDecl *> Given) {
    Branches.clear();
    Calls.clear();
    Read.clear();
    Acting.clear();
    Results.clear();
    Flow.run(Entry, Given);
    do {
      Changed = false;
      for (ResourceFlow::Function *F : Flow.functions())
        for (ResourceFlow::Item &I : F->Items)
          visit(*F, I);
    } while (Changed);
    Variables.clear();
    Numbers.clear();
    Within.clear();
    for (const void *Name : Read)
      Numbers.try_emplace(Name, Numbers.size());
    for (ResourceFlow::Function *F : Flow.functions()) {
      auto &Out = Variables[F->FD->getCanonicalDecl()];
      for (const VarDecl *VD : F->Variables)
        if (VD->getType()->isScalarType() &&
            (Read.contains(VD->getCanonicalDecl()) || Flow.mayHold(VD)))
          Out.push_back(VD);
    }
  }

  llvm::DenseMap<const FunctionDecl *, llvm::SmallVector<const VarDecl *, 8>>
      Variables;
  llvm::DenseMap<const void *, int> Numbers;

  // The names that evaluating S reads, in calls as well; E alone, unless Deep.
  void namesIn(const Stmt *S, bool Deep, llvm::BitVector &Out) {
    if (!S)
      return;
    if (const auto *E = dyn_cast<Expr>(S)) {
      auto It = Numbers.find(Flow.nameOf(E));
      if (It != Numbers.end())
        Out.set(It->second);
    }
    if (const auto *CE = dyn_cast<CallExpr>(S))
      if (const FunctionDecl *FD = CE->getDirectCallee())
        if (Calls.contains(CE) && Flow.knows(FD))
          Out |= namesWithin(FD);
    if (Deep)
      for (const Stmt *C : S->children())
        namesIn(C, Deep, Out);
  }

private:
  llvm::DenseMap<const FunctionDecl *, std::unique_ptr<llvm::BitVector>> Within;

  const llvm::BitVector &namesWithin(const FunctionDecl *FD) {
    std::unique_ptr<llvm::BitVector> &Known = Within[FD->getCanonicalDecl()];
    if (Known)
      return *Known;
    Known = std::make_unique<llvm::BitVector>(Numbers.size());
    llvm::BitVector *Out = Known.get(); // recursion sees it as it is so far
    const FunctionDecl *Def = nullptr;
    if (FD->hasBody(Def))
      namesIn(Def->getBody(), true, *Out);
    return *Out;
  }

  using Function = ResourceFlow::Function;
  using Item = ResourceFlow::Item;

  llvm::DenseSet<const void *> Read; // names of ResourceFlow
  /// Functions that do something in the slice, or whose result is in it.
  llvm::DenseSet<const FunctionDecl *> Acting, Results;
  llvm::DenseMap<const FunctionDecl *, bool> Asm;
  bool Changed = false;

  template <typename Set, typename Value> void add(Set &To, Value V) {
    if (To.insert(V).second)
      Changed = true;
  }

  static bool hasAsm(const Stmt *S) {
    return S && (isa<AsmStmt>(S) || llvm::any_of(S->children(), hasAsm));
  }

  /// A function whose body is explored.
  bool isOpen(const FunctionDecl *FD) const {
    return FD && !lookupRoutine(FD) && Flow.knows(FD);
  }

  /// One whose body does not say all that it does.
  bool containsAsm(const FunctionDecl *FD) {
    auto [It, New] = Asm.try_emplace(FD->getCanonicalDecl(), false);
    if (New)
      It->second = hasAsm(FD->getBody());
    return It->second;
  }

  //===--- reading ------------------------------------------------------===//

  void read(const void *Name) {
    if (!Name || !Read.insert(Name).second)
      return;
    Changed = true;
    for (const void *Other : Flow.aliasesOf(Name))
      read(Other);
  }

  const RecordDecl *recordOf(QualType T) const {
    const RecordDecl *RD = Ctx.getBaseElementType(T)->getAsRecordDecl();
    return RD ? RD->getDefinition() : nullptr;
  }

  void readRecord(QualType T, unsigned Depth = 0) {
    const RecordDecl *RD = recordOf(T);
    if (!RD || Depth > 6)
      return;
    if (RD->isUnion())
      return read(RD->getCanonicalDecl());
    for (const FieldDecl *F : RD->fields()) {
      read(F);
      readRecord(F->getType(), Depth + 1);
    }
  }

  // Something in an object of that type is read.
  bool isRead(QualType T, unsigned Depth = 0) const {
    if (Read.contains(Flow.nameOf(T)))
      return true;
    const RecordDecl *RD = recordOf(T);
    if (!RD || Depth > 6)
      return RD != nullptr;
    if (RD->isUnion() && Read.contains(RD->getCanonicalDecl()))
      return true;
    if (isListRecord(RD))
      return Depth == 0; // lists inside change by routines of their own
    return llvm::any_of(RD->fields(), [&](const FieldDecl *F) {
      return Read.contains(F) ||
             (recordOf(F->getType()) && isRead(F->getType(), Depth + 1));
    });
  }

  // All that the value of S depends on.
  void reads(const Stmt *S) {
    if (!S || isa<UnaryExprOrTypeTraitExpr, OffsetOfExpr>(S))
      return;
    if (const auto *CE = dyn_cast<CallExpr>(S))
      return result(CE);
    if (const auto *E = dyn_cast<Expr>(S)) {
      read(Flow.nameOf(E));
      if (const auto *Cast = dyn_cast<ImplicitCastExpr>(E))
        if (Cast->getCastKind() == CK_LValueToRValue)
          readRecord(E->getType());
    }
    const auto *BO = dyn_cast<BinaryOperator>(S);
    if (isa<AbstractConditionalOperator>(S) || (BO && BO->isLogicalOp()))
      add(Branches, S);
    for (const Stmt *C : S->children())
      reads(C);
  }

  // Of an lvalue: which object it is, not what it holds.
  void address(const Expr *E) {
    E = E->IgnoreParenCasts();
    const auto *ME = dyn_cast<MemberExpr>(E);
    if (ME && !ME->isArrow())
      address(ME->getBase());
    else if (!isa<DeclRefExpr>(E))
      for (const Stmt *C : E->children())
        reads(C);
  }

  void result(const CallExpr *CE) {
    add(Calls, CE);
    const FunctionDecl *FD = CE->getDirectCallee();
    if (isOpen(FD))
      add(Results, FD->getCanonicalDecl());
    if (!FD || FD->getBuiltinID() || (FD->hasBody() && containsAsm(FD)))
      for (const Expr *Arg : CE->arguments())
        reads(Arg);
  }

  //===--- statements ---------------------------------------------------===//

  static bool isLocal(const Expr *E) {
    E = E->IgnoreParenCasts();
    if (const auto *ME = dyn_cast<MemberExpr>(E))
      return !ME->isArrow() && isLocal(ME->getBase());
    if (const auto *AS = dyn_cast<ArraySubscriptExpr>(E)) {
      const Expr *Base = AS->getBase()->IgnoreImpCasts();
      return Base->getType()->isArrayType() && isLocal(Base);
    }
    const auto *Ref = dyn_cast<DeclRefExpr>(E);
    const auto *VD = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
    return VD && VD->hasLocalStorage();
  }

  static bool isLocalAddress(const Expr *Arg) {
    const Expr *E = Arg->IgnoreParenCasts();
    if (E->getType()->isArrayType())
      return isLocal(E);
    const auto *UO = dyn_cast<UnaryOperator>(E);
    return UO && UO->getOpcode() == UO_AddrOf && isLocal(UO->getSubExpr());
  }

  // A write there counts.
  bool decides(const Expr *Target) const {
    const Expr *E = Target->IgnoreParenCasts();
    const void *Name = Flow.nameOf(E);
    return !Name || Read.contains(Name) || Flow.holds(E) ||
           (E->getType()->isRecordType() && isRead(E->getType()));
  }

  // A write through that pointer, by code that is not seen, counts.
  bool decidesThrough(const Expr *Arg) const {
    const Expr *E = Arg->IgnoreParenCasts();
    const auto *UO = dyn_cast<UnaryOperator>(E);
    if (UO && UO->getOpcode() == UO_AddrOf)
      E = UO->getSubExpr()->IgnoreParenCasts();
    if (E->getType()->isArrayType() || (UO && UO->getOpcode() == UO_AddrOf)) {
      const void *Name = Flow.nameOf(E);
      return !Name || Read.contains(Name) ||
             isRead(Ctx.getBaseElementType(E->getType()));
    }
    QualType P = E->getType()->getPointeeType();
    if (P.isNull() || P.isConstQualified() || P->isFunctionType())
      return false;
    return P->isVoidType() || isRead(P);
  }

  bool callDecides(const CallExpr *CE) {
    const FunctionDecl *FD = CE->getDirectCallee();
    if (!FD)
      return true;
    if (FD->getIdentifier() && FD->getName() == SehRaised)
      return false;
    if (FD->getIdentifier() && FD->getName() == SehUnwind)
      return true;
    if (isMessageWriter(FD))
      return false;
    const Routine *R = lookupRoutine(FD);
    if (R && ownsByTable(*R) &&
        (!R->Acquires.empty() || Flow.anyArgumentMayOwn(CE)))
      return true;
    if (R && R->CopyFrom != NA &&
        R->CopyFrom < static_cast<int>(CE->getNumArgs()) &&
        Flow.contentMayOwn(CE->getArg(R->CopyFrom)))
      return true;
    if (isOpen(FD) && Acting.contains(FD->getCanonicalDecl()))
      return true;
    if (isOpen(FD) && (givesReference(FD) ||
                       (takesReference(FD) && Flow.anyArgumentMayOwn(CE))))
      return true;
    if (isOpen(FD) && !containsAsm(FD))
      return false;
    if (isKernelRoutine(FD) || FD->getBuiltinID() || FD->hasBody())
      return llvm::any_of(CE->arguments(), [this](const Expr *Arg) {
        return decidesThrough(Arg);
      });
    // A function of another file.  What it does to memory that it finds by
    // itself goes on one way as well as the other.
    return Flow.yields(FD) || Flow.anyArgumentMayOwn(CE) ||
           llvm::any_of(CE->arguments(), [this](const Expr *Arg) {
             QualType P = Arg->IgnoreParenCasts()->getType()->getPointeeType();
             return (P.isNull() || !P->isRecordType() || isLocalAddress(Arg)) &&
                    decidesThrough(Arg);
           });
  }

  // What a kernel routine fills in a local is of no effect outside.
  bool callActs(const CallExpr *CE) const {
    const FunctionDecl *FD = CE->getDirectCallee();
    const Routine *R = lookupRoutine(FD);
    if (!FD || !isKernelRoutine(FD) || (R && ownsByTable(*R)))
      return true;
    return !llvm::all_of(CE->arguments(), [this](const Expr *Arg) {
      return isLocalAddress(Arg) || !decidesThrough(Arg);
    });
  }

  void join(Function &F, Item &I) {
    if (I.In)
      return;
    I.In = true;
    Changed = true;
    for (CFGBlock *B : F.Control->getControlDependencies(I.B)) {
      const Stmt *T = B->getTerminatorStmt();
      if (!T || !Branches.insert(T).second)
        continue;
      if (const Expr *Cond = B->getLastCondition())
        reads(Cond);
      else
        reads(B->getTerminatorCondition());
    }
  }

  void visit(Function &F, Item &I) {
    if (const auto *CE = dyn_cast<CallExpr>(I.S))
      return visitCall(F, I, CE);
    if (I.In)
      return;
    if (const auto *DS = dyn_cast<DeclStmt>(I.S)) {
      for (const Decl *D : DS->decls())
        if (const auto *VD = dyn_cast<VarDecl>(D))
          visitVariable(F, I, VD);
    } else if (const auto *RS = dyn_cast<ReturnStmt>(I.S)) {
      if (!Unit.acquires(F.FD) && !Results.contains(F.FD->getCanonicalDecl()))
        return;
      join(F, I);
      reads(RS->getRetValue());
    } else {
      const auto *BO = dyn_cast<BinaryOperator>(I.S);
      const Expr *To =
          BO ? BO->getLHS() : cast<UnaryOperator>(I.S)->getSubExpr();
      if (!decides(To))
        return;
      join(F, I);
      if (!isLocal(To))
        add(Acting, F.FD->getCanonicalDecl());
      address(To);
      if (!BO || BO->isCompoundAssignmentOp())
        reads(To);
      if (BO)
        reads(BO->getRHS());
    }
  }

  void visitVariable(Function &F, Item &I, const VarDecl *VD) {
    const void *Name = VD->getCanonicalDecl();
    if (!VD->getInit())
      return;
    if (!Read.contains(Name) && !Flow.mayOwn(VD->getInit()) &&
        !(VD->getType()->isRecordType() && isRead(VD->getType())))
      return;
    join(F, I);
    reads(VD->getInit());
  }

  void visitCall(Function &F, Item &I, const CallExpr *CE) {
    if (!I.In && callDecides(CE)) {
      join(F, I);
      if (callActs(CE))
        add(Acting, F.FD->getCanonicalDecl());
      add(Calls, CE);
      reads(CE->getCallee());
    }
    if (!I.In && !Calls.contains(CE))
      return;
    const FunctionDecl *FD = CE->getDirectCallee();
    for (unsigned N = 0; N < CE->getNumArgs() && N < 64; ++N)
      if (!(I.Args >> N & 1) && needsArgument(FD, CE, N, I.In)) {
        I.Args |= 1ull << N;
        Changed = true;
        reads(CE->getArg(N));
      }
  }

  bool needsArgument(const FunctionDecl *FD, const CallExpr *CE, unsigned N,
                     bool In) {
    bool Pointer = CE->getArg(N)->getType()->isPointerType();
    if (isOpen(FD)) {
      const FunctionDecl *Def = nullptr;
      FD->hasBody(Def);
      return N >= Def->getNumParams() || (In && Pointer) ||
             Read.contains(Def->getParamDecl(N)->getCanonicalDecl());
    }
    if (!In || !FD || !isKernelRoutine(FD))
      return In;
    const Routine *R = lookupRoutine(FD);
    return Pointer ||
           (R && llvm::any_of(R->Acquires, [N](const Acquire &A) {
              return A.Cond != When::ALWAYS && A.CondArg == static_cast<int>(N);
            }));
  }
};

//===----------------------------------------------------------------------===//
// Questions of the checker
//===----------------------------------------------------------------------===//

/// What is known of one control-flow graph of the engine.
struct Slice::Graph {
  explicit Graph(CFG *Cfg) : PostDom(Cfg), Ways(Cfg->getNumBlockIDs(), -2) {}
  CFGPostDomTree PostDom;
  std::vector<signed char> Ways; // -2: not asked yet, -1: both
  std::vector<llvm::BitVector> Ahead;
};

Slice::Graph &Slice::graphOf(const CFG *Cfg) {
  std::unique_ptr<Graph> &G = Graphs[Cfg];
  if (!G)
    G = std::make_unique<Graph>(const_cast<CFG *>(Cfg));
  return *G;
}

Slice::Slice(ASTContext &Ctx, const Relevance &Unit) : Unit(Unit) {
  if (!Ctx.getLangOpts().CPlusPlus)
    Built = std::make_unique<Builder>(Ctx, Unit);
}

Slice::~Slice() = default;

void Slice::begin(const FunctionDecl *FD,
                  llvm::ArrayRef<const ValueDecl *> Given) {
  Graphs.clear(); // the engine has freed its graphs
  // What is held is the business of any call and any result.
  Active = Built && !Unit.holds(FD);
  if (Active)
    Built->run(FD, Given);
}

bool Slice::matters(const CallExpr *CE) const {
  const FunctionDecl *FD = CE->getDirectCallee();
  return !Active || !FD || !(isMessageWriter(FD) || Built->Flow.knows(FD)) ||
         Built->Calls.contains(CE);
}

llvm::ArrayRef<const VarDecl *> Slice::variables(const FunctionDecl *FD) const {
  if (!Active)
    return {};
  auto It = Built->Variables.find(FD->getCanonicalDecl());
  return It == Built->Variables.end() ? llvm::ArrayRef<const VarDecl *>()
                                      : It->second;
}

int Slice::numberOf(const void *Name) const {
  auto It = Built->Numbers.find(Name);
  return It == Built->Numbers.end() ? -1 : It->second;
}

int Slice::numberOf(QualType T) const {
  return numberOf(Built->Flow.nameOf(T));
}

const llvm::BitVector *Slice::ahead(const FunctionDecl *FD, const CFG *Cfg,
                                    const CFGBlock *B) {
  if (!Built || !Built->Flow.knows(FD))
    return nullptr;
  std::vector<llvm::BitVector> &Ahead = graphOf(Cfg).Ahead;
  if (Ahead.empty()) {
    std::vector<llvm::BitVector> Own(Cfg->getNumBlockIDs());
    for (const CFGBlock *Block : *Cfg) {
      llvm::BitVector &Here = Own[Block->getBlockID()];
      Here.resize(Built->Numbers.size());
      for (const CFGElement &E : *Block)
        if (auto S = E.getAs<CFGStmt>())
          Built->namesIn(S->getStmt(), false, Here);
    }
    Ahead.assign(Own.size(), llvm::BitVector(Built->Numbers.size()));
    for (bool Grows = true; Grows;) {
      Grows = false;
      for (const CFGBlock *Block : *Cfg) {
        llvm::BitVector &Here = Ahead[Block->getBlockID()];
        unsigned Before = Here.count();
        for (const CFGBlock::AdjacentBlock &S : Block->succs())
          if (const CFGBlock *Next = S.getReachableBlock()) {
            Here |= Own[Next->getBlockID()];
            Here |= Ahead[Next->getBlockID()];
          }
        Grows |= Here.count() != Before;
      }
    }
  }
  return &Ahead[B->getBlockID()];
}

// Steps from B to the block To that do not come by Not; -1 if there are none.
static int distance(const CFGBlock *B, const CFGBlock *To, const CFGBlock *Not,
                    unsigned NumBlocks) {
  if (B == Not)
    return -1;
  llvm::SmallVector<std::pair<const CFGBlock *, int>, 32> Work{{B, 0}};
  llvm::BitVector Seen(NumBlocks);
  Seen.set(B->getBlockID());
  Seen.set(Not->getBlockID());
  for (unsigned I = 0; I < Work.size(); ++I) {
    auto [At, Steps] = Work[I];
    if (At == To)
      return Steps;
    if (At->hasNoReturnElement())
      continue;
    for (const CFGBlock::AdjacentBlock &S : At->succs())
      if (const CFGBlock *Next = S.getReachableBlock())
        if (!Seen.test(Next->getBlockID())) {
          Seen.set(Next->getBlockID());
          Work.push_back({Next, Steps + 1});
        }
  }
  return -1;
}

std::optional<bool> Slice::onlyWay(const FunctionDecl *FD, const CFG *Cfg,
                                   const CFGBlock *B) {
  const Stmt *T = B->getTerminatorStmt();
  if (!Active || !T || Built->Branches.contains(T) || B->succ_size() != 2 ||
      !Built->Flow.knows(FD) ||
      !isa<IfStmt, WhileStmt, DoStmt, ForStmt, AbstractConditionalOperator,
           BinaryOperator>(T))
    return std::nullopt;
  Graph &G = graphOf(Cfg);
  signed char &Way = G.Ways[B->getBlockID()];
  if (Way == -2) {
    Way = -1;
    const CFGBlock *Then = B->succ_begin()->getReachableBlock();
    const CFGBlock *Else = (B->succ_begin() + 1)->getReachableBlock();
    auto *Node = G.PostDom.getBase().getNode(const_cast<CFGBlock *>(B));
    const CFGBlock *Meet =
        Node && Node->getIDom() ? Node->getIDom()->getBlock() : nullptr;
    if (Then && Else && Meet) {
      int ByThen = distance(Then, Meet, B, Cfg->getNumBlockIDs());
      int ByElse = distance(Else, Meet, B, Cfg->getNumBlockIDs());
      if (ByElse >= 0 && (ByThen < 0 || ByElse <= ByThen))
        Way = 0;
      else if (ByThen >= 0)
        Way = 1;
    }
  }
  if (Way < 0)
    return std::nullopt;
  return Way == 1;
}

} // namespace leak62
