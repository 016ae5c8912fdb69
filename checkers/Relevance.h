//===- Relevance.h - What can touch a resource at all -----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Most functions cannot acquire anything: they are not explored.  Within a
// function, a path that owns nothing and from which no acquiring call can be
// reached any more is not followed.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_RELEVANCE_H
#define LEAK62_CHECKERS_RELEVANCE_H

#include "Resources.h"
#include "clang/AST/ASTContext.h"
#include "clang/Analysis/CFG.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseMap.h"
#include <map>

namespace leak62 {

class Relevance {
public:
  explicit Relevance(const clang::ASTContext &Ctx);

  /// \p FD is given something to own when it is called.
  void addOwner(const clang::FunctionDecl *FD) {
    Functions[FD->getCanonicalDecl()].Acquires = true;
  }

  /// True if \p FD or what it calls in this TU has an acquiring call.
  bool acquires(const clang::FunctionDecl *FD) const;
  /// True if \p FD or what it calls in this TU takes something to hold it.
  bool holds(const clang::FunctionDecl *FD) const;
  /// True if \p FD or what it calls in this TU releases that kind.
  bool releases(const clang::FunctionDecl *FD, Kind K) const;
  /// True if \p FD or what it calls in this TU releases that kind from the slot
  /// \p Path, or hands on what is there to somebody who releases that kind.
  bool releasesFrom(const clang::FunctionDecl *FD, Kind K,
                    llvm::StringRef Path) const;
  /// True if a function of this TU releases that kind from the slot \p Path.
  bool releasesFrom(Kind K, llvm::StringRef Path) const;
  /// The engine frees a function's graphs with its contexts: call this before
  /// each top-level function.
  void forgetGraphs() { Follows.clear(); }
  /// True if an acquiring call lies in \p Block or after it.
  bool acquireFollows(const clang::CFG *Cfg, const clang::CFGBlock *Block);

private:
  struct Info {
    bool Acquires = false, Holds = false;
    uint64_t Releases = 0;
    llvm::SmallVector<const clang::FunctionDecl *, 4> Callees;
  };
  llvm::DenseMap<const clang::FunctionDecl *, Info> Functions;
  llvm::DenseMap<const clang::CFG *, llvm::BitVector> Follows;
  mutable std::map<std::pair<Kind, std::string>, bool> Released;

  void scan(const clang::Stmt *S, Info &I);
};

} // namespace leak62

#endif
