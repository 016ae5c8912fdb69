//===- SliceBuilder.h - Making a slice --------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_SLICEBUILDER_H
#define LEAK62_CHECKERS_SLICEBUILDER_H

#include "ResourceFlow.h"

namespace leak62 {

/// The slice that Slice.h speaks of, of one top-level function after the other.
/// Names are those of ResourceFlow.h.
class SliceBuilder {
public:
  SliceBuilder(clang::ASTContext &Ctx, const Relevance &Unit)
      : Flow(Ctx, Unit), Ctx(Ctx), Unit(Unit) {}

  /// Makes the slice of \p Entry in place of the last one; \p Given, parameters
  /// and fields, hold a resource when it begins.
  void run(const clang::FunctionDecl *Entry,
           llvm::ArrayRef<const clang::ValueDecl *> Given);
  /// Sets in \p Out the numbers of the names that evaluating \p S reads, in
  /// calls as well; of what it is made of only if \p Deep.
  void namesIn(const clang::Stmt *S, bool Deep, llvm::BitVector &Out);

  // What run() has found.
  ResourceFlow Flow;
  llvm::DenseSet<const clang::Stmt *> Branches;
  llvm::DenseSet<const clang::CallExpr *> Calls;
  /// Of each function those, numbers and pointers, that decide something.
  llvm::DenseMap<const clang::FunctionDecl *,
                 llvm::SmallVector<const clang::VarDecl *, 8>>
      Variables;
  /// The names that are read, numbered from 0.
  llvm::DenseMap<const void *, int> Numbers;

private:
  using Function = ResourceFlow::Function;
  using Item = ResourceFlow::Item;

  clang::ASTContext &Ctx;
  const Relevance &Unit;
  llvm::DenseSet<const void *> Read;
  /// Functions that do something in the slice, or whose result is in it.
  llvm::DenseSet<const clang::FunctionDecl *> Acting, Results;
  llvm::DenseMap<const clang::FunctionDecl *, bool> Asm;
  /// The names that a function reads, also in what it calls.
  llvm::DenseMap<const clang::FunctionDecl *, std::unique_ptr<llvm::BitVector>>
      Within;
  bool Changed = false; ///< since run() has last gone over all

  const llvm::BitVector &namesWithin(const clang::FunctionDecl *FD);

  template <typename Set, typename Value> void add(Set &To, Value V) {
    if (To.insert(V).second)
      Changed = true;
  }

  static bool hasAsm(const clang::Stmt *S);
  /// A function whose body is explored.
  bool isOpen(const clang::FunctionDecl *FD) const;
  /// One whose body does not say all that it does.
  bool containsAsm(const clang::FunctionDecl *FD);

  void read(const void *Name);
  const clang::RecordDecl *recordOf(clang::QualType T) const;
  void readRecord(clang::QualType T, unsigned Depth = 0);
  /// Something in an object of that type is read.
  bool isRead(clang::QualType T, unsigned Depth = 0) const;
  /// All that the value of S depends on.
  void reads(const clang::Stmt *S);
  /// Of an lvalue: which object it is, not what it holds.
  void address(const clang::Expr *E);
  /// The same of what a call returns.
  void result(const clang::CallExpr *CE);

  static bool isLocal(const clang::Expr *E);
  static bool isLocalAddress(const clang::Expr *Arg);
  /// A write there counts.
  bool decides(const clang::Expr *Target) const;
  /// A write through that pointer, by code that is not seen, counts.
  bool decidesThrough(const clang::Expr *Arg) const;
  /// What the call does counts.
  bool callDecides(const clang::CallExpr *CE);
  /// What a kernel routine fills in a local is of no effect outside.
  bool callActs(const clang::CallExpr *CE) const;

  /// The item, and what decides whether it is reached, is in the slice.
  void join(Function &F, Item &I);
  void visit(Function &F, Item &I);
  void visitVariable(Function &F, Item &I, const clang::VarDecl *VD);
  void visitCall(Function &F, Item &I, const clang::CallExpr *CE);
  bool needsArgument(const clang::FunctionDecl *FD, const clang::CallExpr *CE,
                     unsigned N, bool In);
};

} // namespace leak62

#endif
