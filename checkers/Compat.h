//===- Compat.h - Differences between the supported clangs ------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_COMPAT_H
#define LEAK62_CHECKERS_COMPAT_H

#include "clang/Basic/Version.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/CheckerContext.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/ProgramState.h"
#include "clang/StaticAnalyzer/Frontend/AnalysisConsumer.h"
#include "clang/Frontend/CompilerInstance.h"
#include <memory>

namespace leak62 {

/// A fresh pointer to memory that nothing else points to.
inline clang::ento::SVal conjureHeap(clang::ento::CheckerContext &C,
                                     const clang::CallExpr *CE,
                                     clang::QualType T,
                                     const clang::LocationContext *LC) {
  return C.getSValBuilder().getConjuredHeapSymbolVal(CE, LC, T,
                                                     C.blockCount());
}

/// Forgets the content of \p R without counting it as an escape.
inline clang::ento::ProgramStateRef
invalidateQuietly(clang::ento::ProgramStateRef State,
                  const clang::ento::MemRegion *R, const clang::CallExpr *CE,
                  unsigned Count, const clang::LocationContext *LC) {
  return State->invalidateRegions(llvm::ArrayRef<const clang::ento::MemRegion *>(R), CE, Count, LC,
                                  /*CausesPointerEscape=*/false);
}

/// Hands a consumer of path diagnostics to the analyzer, which owns it.
inline void
addReports(clang::ento::AnalysisASTConsumer &Analysis,
           std::unique_ptr<clang::ento::PathDiagnosticConsumer> Reports) {
  Analysis.AddDiagnosticConsumer(Reports.release());
}

inline clang::AnalyzerOptions &analyzerOptions(clang::CompilerInstance &CI) {
  return CI.getAnalyzerOpts();
}

/// The integer behind a constant.
inline uint64_t concreteValue(const clang::ento::nonloc::ConcreteInt &I) {
  return I.getValue().getZExtValue();
}

} // namespace leak62

#endif
