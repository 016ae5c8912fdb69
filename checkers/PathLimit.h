//===- PathLimit.h - How many paths go on from one place --------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Paths that come to the same branch owning the same things, with the same
// values in the local variables that decide (their sign, or whether they are
// null), mostly go on alike: what tells them apart is behind them, or in fields
// that seldom matter.  The first few go on, which keeps exploration from
// growing with the number of ways to a place.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_PATHLIMIT_H
#define LEAK62_CHECKERS_PATHLIMIT_H

#include "LeakState.h"
#include "Slice.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/CheckerContext.h"

namespace leak62 {

class PathLimit {
public:
  /// Before each top-level function.  \p Coarse: assumptions do not count.
  void begin(bool Coarse) {
    Seen.clear();
    this->Coarse = Coarse;
  }
  /// What the path at the end of \p Block has in common with those alike.
  uint64_t keyOf(const clang::CFGBlock *Block, Slice &Deciding,
                 clang::ento::CheckerContext &C) const;
  /// False if enough paths with that key have gone on that way.
  bool take(uint64_t Key, bool Way);

private:
  llvm::DenseMap<uint64_t, unsigned> Seen;
  bool Coarse = false;

  static uint64_t digestOfAssumptions(clang::ento::ProgramStateRef State,
                                      const llvm::BitVector &Ahead,
                                      const Slice &Deciding);
};

} // namespace leak62

#endif
