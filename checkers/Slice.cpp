//===- Slice.cpp - Questions about a slice --------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the slice says of the branches and blocks of the engine's graphs.
//
//===----------------------------------------------------------------------===//

#include "Slice.h"
#include "ResourceFlow.h"
#include "SliceBuilder.h"

using namespace clang;

namespace leak62 {

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
    Built = std::make_unique<SliceBuilder>(Ctx, Unit);
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