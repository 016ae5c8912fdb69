//===- Outside.h - Values that a request brings -----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the demand table (analyzer/facts/schema.sql) calls the fields of a
// request: found by the types of the records, whatever leads to them.
//
// Limit: an IRP that the driver makes itself has the same fields.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_OUTSIDE_H
#define LEAK62_CHECKERS_OUTSIDE_H

#include "Facts.h"

namespace leak62 {

/// The fields that lead from a record to a value within it, the outermost
/// first.
using FieldChain = llvm::SmallVector<const clang::FieldDecl *, 6>;

/// What the value behind \p Fields is, if a request brings it: a field of
/// IO_STACK_LOCATION, a pointer to a buffer in IRP or the name in FILE_OBJECT,
/// anywhere in the chain.
std::optional<Outside> outsideOfFields(const FieldChain &Fields);

/// True for fields that the I/O manager fills in so that they fit the rest.
bool isOfSystem(const FieldChain &Fields);

/// The buffer that \p CE, a call that maps an MDL, leads to; "" if it is none.
std::string bufferMappedBy(const clang::CallExpr *CE);

/// A set of numbers as rows: within Min..Max, without some ranges.
struct Numbers {
  struct Range {
    int64_t Min, Max;
  };
  std::vector<Range> In; ///< ascending, apart from each other
  bool LowestIsOpen = false, HighestIsOpen = false; ///< as far as the type goes

  bool contains(int64_t N) const;
  bool isAll() const {
    return In.size() == 1 && LowestIsOpen && HighestIsOpen;
  }
};

/// All that may be compared with \p N by \p Op and hold; \p T is the type.
Numbers numbersBy(clang::BinaryOperatorKind Op, int64_t N, clang::QualType T,
                  const clang::ASTContext &Ctx);

/// Appends \p D once for each row that \p Set takes.
void addDemands(const Numbers &Set, Demand D, std::vector<Demand> &Out);

/// The source of a condition, as it is written even where macros are; "" if it
/// takes more than a line.
std::string conditionText(const clang::Expr *E, const clang::ASTContext &Ctx);

/// True for NTSTATUS, of which 0 is success.
bool isStatus(clang::QualType T);

} // namespace leak62

#endif
