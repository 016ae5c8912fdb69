//===- Summaries.h - What functions elsewhere do ----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The summaries of include/leak62/skeleton.h as C++ structures.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_SUMMARIES_H
#define LEAK62_CHECKERS_SUMMARIES_H

#include "Resources.h"
#include "clang/AST/Decl.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace leak62 {

/// A set of signs.
enum Sign : unsigned char { NEGATIVE = 1, ZERO = 2, POSITIVE = 4, ANY = 7 };

struct Clause {
  enum What : unsigned char {
    PRE,
    RELEASE,
    KEEP,
    INTO,
    FILL,
    FILLREF,
    NULLED,
    WRITE,
    REF,
    UNREF
  } Op;
  int Arg;
  std::string Path;              ///< ".", a field or "*"
  unsigned Signs = ANY;          ///< PRE
  int To = -1;                   ///< INTO
  std::string Field;             ///< INTO
  const Acquire *Row = nullptr;  ///< FILL
  uint64_t Kinds = ~uint64_t(0); ///< RELEASE: bits of Kind
  bool operator==(const Clause &O) const {
    return Op == O.Op && Arg == O.Arg && Path == O.Path && Signs == O.Signs &&
           To == O.To && Field == O.Field && Row == O.Row && Kinds == O.Kinds;
  }
};

struct Outcome {
  unsigned Ret = ANY;
  enum What : unsigned char {
    NOTHING,
    PARAM,
    FROM,
    FRESH,
    REFERENCE
  } Value = NOTHING;
  int Arg = -1;
  const Acquire *Row = nullptr; ///< FRESH
  std::vector<Clause> Clauses;
};

struct Summary {
  bool Incomplete = false;
  std::vector<Outcome> Outcomes;
};

/// Reads a summaries file; the ones read before stay.
llvm::Error loadSummaries(llvm::StringRef Path);

/// What is known of \p FD, or null.
const Summary *summaryOf(const clang::FunctionDecl *FD);

/// True if a caller of \p FD gets something to release.
bool summaryAcquires(const clang::FunctionDecl *FD);

/// True if a caller of \p FD gets a counted reference to an object, or gives
/// one back: its body counts up or down, which says nothing of who owns what.
bool givesReference(const clang::FunctionDecl *FD);
bool takesReference(const clang::FunctionDecl *FD);

} // namespace leak62

#endif
