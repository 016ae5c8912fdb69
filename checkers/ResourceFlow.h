//===- ResourceFlow.h - Where resources may go ------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which variables and fields may hold a resource that a function, or what it
// calls, acquires: without regard to the order of statements, so that a "no" is
// a no.  Memory goes by names that the whole exploration shares: a variable, a
// field of whatever record, a union, the type of what is pointed to.
//
// Limit: memory written as one type and read as another has two names.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_RESOURCEFLOW_H
#define LEAK62_CHECKERS_RESOURCEFLOW_H

#include "Relevance.h"
#include "Summaries.h"
#include "clang/Analysis/Analyses/Dominators.h"
#include "llvm/ADT/DenseSet.h"
#include <memory>
#include <vector>

namespace leak62 {

/// A function of the driver that writes a message: it takes a format and any
/// number of arguments, and keeps none of them.
bool isMessageWriter(const clang::FunctionDecl *FD);

/// True if the table says that \p R acquires, releases or passes on.
bool ownsByTable(const Routine &R);

class ResourceFlow {
public:
  ResourceFlow(clang::ASTContext &Ctx, const Relevance &Unit)
      : Ctx(Ctx), Unit(Unit) {}

  /// A call, declaration, return or write, and where it stands.
  struct Item {
    const clang::Stmt *S;
    clang::CFGBlock *B;
    bool In = false;   // Slice: it is in the slice,
    uint64_t Args = 0; // and those arguments of the call are
  };
  struct Function {
    const clang::FunctionDecl *FD;
    std::unique_ptr<clang::CFG> Graph;
    std::unique_ptr<clang::ControlDependencyCalculator> Control;
    std::vector<Item> Items;
    llvm::SmallVector<const clang::FunctionDecl *, 8> Mentions;
    llvm::SmallVector<const clang::VarDecl *, 8> Variables; // its own
    /// What has its address taken, with the name by its type.
    llvm::SmallVector<std::pair<const void *, const void *>, 8> Addressed;
  };

  /// Starts over with \p Entry and every body it may come to; \p Given,
  /// parameters and fields, hold a resource from the start.
  void run(const clang::FunctionDecl *Entry,
           llvm::ArrayRef<const clang::ValueDecl *> Given);
  llvm::ArrayRef<Function *> functions() const { return Functions; }
  bool knows(const clang::FunctionDecl *FD) const {
    return Known.contains(FD->getCanonicalDecl());
  }

  /// The name of the memory that is or holds \p E, or null.
  const void *nameOf(const clang::Expr *E) const;
  const void *nameOf(clang::QualType T) const;
  /// The other names of the same memory.
  llvm::ArrayRef<const void *> aliasesOf(const void *Name) const;

  /// True if the lvalue \p E, or what it is a part of, may hold a resource.
  bool holds(const clang::Expr *E) const;
  bool mayHold(const clang::VarDecl *VD) const {
    return Owned.contains(VD->getCanonicalDecl());
  }
  /// True if the value of \p E may be one, or lead to one.
  bool mayOwn(const clang::Stmt *E) const;
  bool anyArgumentMayOwn(const clang::CallExpr *CE) const;
  /// True if the memory that \p Arg points to may hold one.
  bool contentMayOwn(const clang::Expr *Arg) const;
  /// True for a function of another file that may give its caller one.
  bool yields(const clang::FunctionDecl *FD) const {
    return FD->hasBody() ? givesReference(FD) : Unit.acquires(FD);
  }

private:
  clang::ASTContext &Ctx;
  const Relevance &Unit;
  llvm::DenseMap<const clang::FunctionDecl *, std::unique_ptr<Function>> All;
  // Of the entry at hand:
  llvm::SmallVector<Function *, 16> Functions;
  llvm::DenseSet<const clang::FunctionDecl *> Known, Returning;
  llvm::DenseSet<const void *> Owned;
  llvm::DenseMap<const void *, llvm::SmallVector<const void *, 4>> Aliases;
  bool Changed = false;

  std::unique_ptr<Function> prepare(const clang::FunctionDecl *FD) const;
  void look(const clang::Stmt *S, Function &F) const;
  void own(const void *Name);
  void ownAt(const clang::Expr *E);
  void ownThrough(const clang::Expr *Arg);
  void ownField(const clang::Expr *Arg, const char *Name);
  void ownField(clang::QualType Record, const char *Name);
  bool callMayOwn(const clang::CallExpr *CE) const;
  bool recordHolds(clang::QualType T, unsigned Depth = 0) const;
  bool addressMayOwn(const clang::Expr *Of) const;
  void flow(const Function &F, const Item &I);
  void flowCall(const clang::CallExpr *CE);
  void flowByTable(const clang::CallExpr *CE, const Routine &R);
};

} // namespace leak62

#endif
