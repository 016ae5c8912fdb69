//===- Relevance.cpp ------------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Relevance.h"
#include "AccessPath.h"
#include "ExprPaths.h"
#include "Annotations.h"
#include "ResourceFlow.h"
#include "Summaries.h"
#include "clang/AST/Decl.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/RecursiveASTVisitor.h"

using namespace clang;

namespace leak62 {
namespace {

// Every function with a body, whatever namespace or class it is in.
class Bodies : public RecursiveASTVisitor<Bodies> {
public:
  llvm::SmallVector<const FunctionDecl *, 64> Found;
  bool VisitFunctionDecl(FunctionDecl *FD) {
    if (FD->doesThisDeclarationHaveABody() && !FD->isDependentContext())
      Found.push_back(FD);
    return true;
  }
  bool TraverseStmt(Stmt *) { return true; }
};

} // namespace

void Relevance::scan(const Stmt *S, Info &I) {
  if (!S)
    return;
  if (const auto *CE = dyn_cast<CallExpr>(S))
    if (const FunctionDecl *FD = CE->getDirectCallee()) {
      if (const Routine *R = lookupRoutine(FD)) {
        I.Acquires |= R->takes();
        I.Holds |= !R->Holds.empty();
        for (const Release &Rel : R->Releases)
          I.Releases |= uint64_t(1) << static_cast<unsigned>(Rel.K);
      } else if (!isMessageWriter(FD)) {
        I.Acquires |= summaryAcquires(FD);
        I.Callees.push_back(FD->getCanonicalDecl());
        if (const Routine *A = annotatedRoutine(FD))
          I.Acquires |= A->takes();
      }
    }
  for (const Stmt *C : S->children())
    scan(C, I);
}

Relevance::Relevance(const ASTContext &Ctx) {
  Bodies B;
  B.TraverseDecl(Ctx.getTranslationUnitDecl());
  for (const FunctionDecl *FD : B.Found)
    scan(FD->getBody(), Functions[FD->getCanonicalDecl()]);

  // Callers inherit from callees until nothing changes.
  bool Changed = true;
  while (Changed) {
    Changed = false;
    for (auto &[FD, I] : Functions)
      for (const FunctionDecl *Callee : I.Callees) {
        auto It = Functions.find(Callee);
        if (It == Functions.end())
          continue;
        bool Acquires = I.Acquires || It->second.Acquires;
        bool Holds = I.Holds || It->second.Holds;
        uint64_t Releases = I.Releases | It->second.Releases;
        Changed |= Holds != I.Holds || Acquires != I.Acquires ||
                   Releases != I.Releases;
        I.Acquires = Acquires;
        I.Holds = Holds;
        I.Releases = Releases;
      }
  }
}

bool Relevance::acquires(const FunctionDecl *FD) const {
  auto It = Functions.find(FD->getCanonicalDecl());
  return It == Functions.end() ? summaryAcquires(FD) : It->second.Acquires;
}

bool Relevance::holds(const FunctionDecl *FD) const {
  auto It = Functions.find(FD->getCanonicalDecl());
  return It != Functions.end() && It->second.Holds;
}

bool Relevance::releases(const FunctionDecl *FD, Kind K) const {
  auto It = Functions.find(FD->getCanonicalDecl());
  return It != Functions.end() &&
         (It->second.Releases >> static_cast<unsigned>(K) & 1);
}

namespace {

// "&T.Name" and "T.Name" for the slot "T.Name.Buffer".
bool leadsTo(const ExprPaths::Set &Values, StringRef Path) {
  return llvm::any_of(Values, [&](StringRef V) {
    V.consume_front("&");
    return Path.starts_with(V) &&
           (Path.size() == V.size() || Path[V.size()] == '.');
  });
}

class ReleaseSearch {
public:
  ReleaseSearch(const Relevance &Unit, Kind K, StringRef Path)
      : Unit(Unit), K(K), Path(Path) {}

  bool in(const FunctionDecl *FD) {
    if (!Unit.releases(FD, K) || !FD->hasBody(FD) || !Seen.insert(FD).second)
      return false;
    ExprPaths Paths(FD);
    return in(FD->getBody(), Paths);
  }

private:
  const Relevance &Unit;
  Kind K;
  StringRef Path;
  llvm::SmallPtrSet<const FunctionDecl *, 8> Seen;

  bool in(const Stmt *S, ExprPaths &Paths) {
    if (!S)
      return false;
    const auto *CE = dyn_cast<CallExpr>(S);
    if (const FunctionDecl *FD = CE ? CE->getDirectCallee() : nullptr) {
      const Routine *R = lookupRoutine(FD);
      bool Frees = R ? llvm::any_of(R->Releases,
                                    [&](const auto &Rel) { return Rel.K == K; })
                     : Unit.releases(FD, K);
      for (const Expr *Arg : CE->arguments())
        if (Frees && Arg->getType()->isPointerType() &&
            leadsTo(Paths.valuePaths(Arg), Path))
          return true;
      if (Frees && !R && in(FD))
        return true;
    }
    return llvm::any_of(S->children(),
                        [&](const Stmt *C) { return in(C, Paths); });
  }
};

} // namespace

bool Relevance::releasesFrom(const FunctionDecl *FD, Kind K,
                             StringRef Path) const {
  return ReleaseSearch(*this, K, Path).in(FD);
}

bool Relevance::releasesFrom(Kind K, StringRef Path) const {
  auto [It, New] = Released.try_emplace({K, Path.str()}, false);
  if (New)
    It->second = llvm::any_of(Functions, [&](const auto &Item) {
      return releasesFrom(Item.first, K, Path);
    });
  return It->second;
}

bool Relevance::acquireFollows(const CFG *Cfg, const CFGBlock *Block) {
  auto [It, New] = Follows.try_emplace(Cfg);
  llvm::BitVector &Reach = It->second;
  if (New) {
    Reach.resize(Cfg->getNumBlockIDs());
    llvm::SmallVector<const CFGBlock *, 32> Work;
    for (const CFGBlock *B : *Cfg)
      for (const CFGElement &E : *B) {
        auto S = E.getAs<CFGStmt>();
        const auto *CE = S ? dyn_cast<CallExpr>(S->getStmt()) : nullptr;
        const FunctionDecl *FD = CE ? CE->getDirectCallee() : nullptr;
        if (!FD)
          continue;
        const Routine *R = lookupRoutine(FD);
        if (!R)
          R = annotatedRoutine(FD);
        if (R ? !R->takes() : !acquires(FD) || isMessageWriter(FD))
          continue;
        Reach.set(B->getBlockID());
        Work.push_back(B);
        break;
      }
    while (!Work.empty()) {
      const CFGBlock *B = Work.pop_back_val();
      for (const CFGBlock::AdjacentBlock &P : B->preds())
        if (const CFGBlock *Pred = P.getReachableBlock())
          if (!Reach.test(Pred->getBlockID())) {
            Reach.set(Pred->getBlockID());
            Work.push_back(Pred);
          }
    }
  }
  return Reach.test(Block->getBlockID());
}

} // namespace leak62
