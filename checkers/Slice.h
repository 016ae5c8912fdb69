//===- Slice.h - What can decide about a resource ---------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A backward slice of a function and what it calls, without regard to the order
// of statements.  It starts from what acquires a resource, from what is done
// with memory that may hold one (ResourceFlow.h), and from returns; what these
// read, and the branches that decide whether they are reached, join it until
// nothing changes.  A branch outside the slice is followed one way only, and a
// call outside it is not followed at all: loops that format names, logging and
// bookkeeping cost no paths.
//
// Limits: what a function of another file does to memory that it finds by
// itself counts for nothing; switch statements are always followed every way,
// as is everything in C++.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_SLICE_H
#define LEAK62_CHECKERS_SLICE_H

#include "Relevance.h"
#include <memory>
#include <optional>

namespace leak62 {

class SliceBuilder;

class Slice {
public:
  Slice(clang::ASTContext &Ctx, const Relevance &Unit);
  ~Slice();

  /// \p FD is the next top-level function; what follows is asked about it.
  /// \p Given, parameters and fields, hold a resource when it begins.
  void begin(const clang::FunctionDecl *FD,
             llvm::ArrayRef<const clang::ValueDecl *> Given);
  /// False if what \p CE does, and what it returns, decides nothing.
  bool matters(const clang::CallExpr *CE) const;
  /// The truth of the condition that ends \p B, a block of \p FD, to go on
  /// with, if that decides nothing.
  std::optional<bool> onlyWay(const clang::FunctionDecl *FD,
                              const clang::CFG *Cfg, const clang::CFGBlock *B);

  /// The variables of \p FD, numbers and pointers, that decide something.
  llvm::ArrayRef<const clang::VarDecl *>
  variables(const clang::FunctionDecl *FD) const;

  /// False where every branch and call is followed.
  bool active() const { return Active; }

  /// The numbers of the names that \p FD may still read after \p B of its
  /// graph \p Cfg (and in what it calls there), or null if all may be.
  const llvm::BitVector *ahead(const clang::FunctionDecl *FD,
                               const clang::CFG *Cfg, const clang::CFGBlock *B);
  /// The number of a name of ResourceFlow.h that decides something, or -1.
  int numberOf(const void *Name) const;
  /// The name by type.
  int numberOf(clang::QualType T) const;

private:
  const Relevance &Unit;
  bool Active = false;
  struct Graph;
  std::unique_ptr<SliceBuilder> Built; // null for a language it does not know
  llvm::DenseMap<const clang::CFG *, std::unique_ptr<Graph>> Graphs;
  Graph &graphOf(const clang::CFG *Cfg);
};

} // namespace leak62

#endif
