//===- SkeletonFunction.cpp - The skeleton of one function ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Goes over the blocks of a function's graph, statement by statement, and
// writes its variables and blocks in the words of include/leak62/skeleton.h.
//
//===----------------------------------------------------------------------===//

#include "SkeletonFunction.h"
#include "AccessPath.h"
#include "Facts.h"
#include "Resources.h"
#include "Skeleton.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/StringSet.h"

using namespace clang;

namespace leak62 {

bool isSystemRoutine(const FunctionDecl *FD) {
  if (isKernelRoutine(FD))
    return true;
  const SourceManager &SM = FD->getASTContext().getSourceManager();
  return FD->getBuiltinID() ||
         SM.isInSystemHeader(SM.getExpansionLoc(FD->getLocation()));
}

char classOf(QualType T) {
  if (T->isAnyPointerType() || T->isReferenceType())
    return 'p';
  if (T->isBooleanType() || T->isUnsignedIntegerOrEnumerationType())
    return 'u';
  if (T->isSignedIntegerOrEnumerationType())
    return 'i';
  return T->isRecordType() || T->isArrayType() ? 'a' : 'o';
}

char resultClass(QualType T) {
  char C = T->isVoidType() ? 'v' : classOf(T);
  return C == 'a' ? 'o' : C;
}

unsigned SkeletonFunction::add(char Class) {
  Classes += Class;
  return Classes.size() - 1;
}

unsigned SkeletonFunction::variable(const VarDecl *VD) {
  auto [It, New] = Variables.try_emplace(VD, 0);
  if (New)
    It->second = add(classOf(VD->getType()));
  return It->second;
}

// What the linker says of a place in the source is said of one of these.
static bool hasLine(llvm::StringRef Line) {
  static const llvm::StringSet<> Ops = {"W",   "W0",    "C",    "I",      "acq",
                                        "rel", "relat", "give", "giveif", "R",
                                        "?",   "S",     "M"};
  return Ops.contains(Line.split(' ').first);
}

void SkeletonFunction::op(llvm::StringRef Line) {
  if (Here != Marked && hasLine(Line)) {
    Text += "# " + std::to_string(Here) + '\n';
    Marked = Here;
  }
  (Text += Line) += '\n';
}

void SkeletonFunction::at(SourceLocation Loc) {
  if (Loc.isValid())
    Here = positionOf(Ctx.getSourceManager(), Loc).Line;
}

std::string routineLine(const std::string &Slot, const FunctionDecl *Routine,
                        const std::string &Row) {
  return "P ^" + Slot + " " + Routine->getNameAsString() +
         (Routine->isExternallyVisible() ? " e" : " s") + Row + "\n";
}

void SkeletonFunction::statement(const Stmt *S) {
  at(S->getBeginLoc());
  if (const auto *CE = dyn_cast<CallExpr>(S))
    call(CE);
  else if (const auto *BO = dyn_cast<BinaryOperator>(S)) {
    if (BO->isAssignmentOp())
      assignment(BO);
  } else if (const auto *UO = dyn_cast<UnaryOperator>(S)) {
    if (UO->isIncrementDecrementOp() && !UO->getType()->isPointerType())
      assign(UO->getSubExpr(),
             computed(UO->isIncrementOp() ? "+" : "-",
                      loadFrom(UO->getSubExpr()), "#1", UO->getType()));
  } else if (const auto *DS = dyn_cast<DeclStmt>(S)) {
    for (const Decl *D : DS->decls())
      if (const auto *VD = dyn_cast<VarDecl>(D))
        initialise(VD);
  }
}

namespace {
// Every ?: whose value matters, to give it a variable.
void findConditionals(const Stmt *S,
                      llvm::SmallVectorImpl<const ConditionalOperator *> &Out) {
  if (!S)
    return;
  if (const auto *CO = dyn_cast<ConditionalOperator>(S))
    if (!CO->getType()->isVoidType())
      Out.push_back(CO);
  for (const Stmt *C : S->children())
    findConditionals(C, Out);
}
} // namespace

void SkeletonFunction::writeHead(llvm::raw_ostream &OS, unsigned N) const {
  const SourceManager &SM = Ctx.getSourceManager();
  Position At = positionOf(SM, FD->getLocation());
  OS << "F " << FD->getName() << ' ' << (FD->isExternallyVisible() ? 'e' : 's')
     << ' ' << skeletonWord(At.File) << ' ' << At.Line << ' '
     << resultClass(FD->getReturnType()) << ' ' << FD->getNumParams() << ' '
     << Classes.size() << ' ' << N << '\n';
  OS << 'V';
  for (char C : Classes)
    OS << ' ' << C;
  OS << '\n';
}

// The graph counts from the exit, the format from the entry: numbers of blocks
// turn round.
static void writeBlock(llvm::raw_ostream &OS, llvm::StringRef Rest,
                       unsigned N) {
  OS << "B\n";
  while (!Rest.empty()) {
    auto [Line, Next] = Rest.split('\n');
    Rest = Next;
    llvm::SmallVector<llvm::StringRef, 8> Words;
    Line.split(Words, ' ');
    // Where the numbers of blocks begin.
    unsigned First = Words[0] == "J" || Words[0] == "M" ? 1
                     : Words[0] == "?"                  ? 4
                     : Words[0] == "S"                  ? 2
                                                        : Words.size();
    for (unsigned W = 0; W < Words.size(); ++W) {
      unsigned Block;
      OS << (W ? " " : "");
      if (W >= First && !Words[W].getAsInteger(10, Block))
        OS << N - 1 - Block;
      else
        OS << Words[W];
    }
    OS << '\n';
  }
}

void SkeletonFunction::write(llvm::raw_ostream &OS) {
  CFG::BuildOptions Options;
  Options.setAllAlwaysAdd();
  std::unique_ptr<CFG> Graph = CFG::buildCFG(FD, FD->getBody(), &Ctx, Options);
  if (!Graph)
    return; // unknown to callers, as if it had no body
  for (const ParmVarDecl *P : FD->parameters())
    variable(P);
  findStepping(FD->getBody());

  llvm::SmallVector<const ConditionalOperator *, 4> Conditionals;
  findConditionals(FD->getBody(), Conditionals);
  llvm::DenseMap<const Expr *, llvm::SmallVector<unsigned, 1>> Arms;
  for (const ConditionalOperator *CO : Conditionals) {
    unsigned V = add(classOf(CO->getType()));
    Values[CO] = V;
    Arms[CO->getTrueExpr()->IgnoreParens()].push_back(V);
    Arms[CO->getFalseExpr()->IgnoreParens()].push_back(V);
  }

  unsigned N = Graph->getNumBlockIDs();
  std::vector<const CFGBlock *> Blocks(N);
  for (const CFGBlock *B : *Graph)
    Blocks[B->getBlockID()] = B;
  std::vector<std::string> Lines(N);
  for (const CFGBlock *B : llvm::reverse(Blocks)) {
    if (!B)
      continue;
    Text.clear();
    Marked = 0;
    for (const CFGElement &E : *B) {
      auto S = E.getAs<CFGStmt>();
      if (!S)
        continue;
      statement(S->getStmt());
      if (const auto *Arm = dyn_cast<Expr>(S->getStmt()))
        if (auto It = Arms.find(Arm->IgnoreParens()); It != Arms.end())
          for (unsigned V : It->second)
            op("= " + var(V) + " " + value(Arm));
    }
    terminator(*B);
    Lines[B->getBlockID()] = Text;
  }

  writeHead(OS, N);
  for (unsigned I = N; I-- > 0;)
    writeBlock(OS, Blocks[I] ? llvm::StringRef(Lines[I]) : "X\n", N);
  OS << "E\n";
}

} // namespace leak62
