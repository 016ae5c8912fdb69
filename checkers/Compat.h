//===- Compat.h - Differences between the supported clangs ------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_COMPAT_H
#define LEAK62_CHECKERS_COMPAT_H

#include "clang/Basic/Version.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/CheckerContext.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/ProgramState.h"
#include "clang/StaticAnalyzer/Frontend/AnalysisConsumer.h"
#include <memory>

namespace leak62 {

/// A value nothing is known of, told from others of the same call by \p Tag.
inline clang::ento::DefinedOrUnknownSVal
conjure(clang::ento::CheckerContext &C, const void *Tag,
        [[maybe_unused]] const clang::Expr *CE, clang::QualType T) {
  clang::ento::SValBuilder &SVB = C.getSValBuilder();
#if CLANG_VERSION_MAJOR >= 21
  return SVB.conjureSymbolVal(Tag, C.getCFGElementRef(), C.getLocationContext(),
                              T, C.blockCount());
#else
  return SVB.conjureSymbolVal(Tag, CE, C.getLocationContext(), T,
                              C.blockCount());
#endif
}

/// A fresh pointer to memory that nothing else points to.
inline clang::ento::SVal conjureHeap(clang::ento::CheckerContext &C,
                                     [[maybe_unused]] const clang::CallExpr *CE,
                                     clang::QualType T) {
  clang::ento::SValBuilder &SVB = C.getSValBuilder();
#if CLANG_VERSION_MAJOR >= 21
  return SVB.getConjuredHeapSymbolVal(
      C.getCFGElementRef(), C.getLocationContext(), T, C.blockCount());
#else
  return SVB.getConjuredHeapSymbolVal(CE, C.getLocationContext(), T,
                                      C.blockCount());
#endif
}

/// Forgets the content of \p R without counting it as an escape.
inline clang::ento::ProgramStateRef
invalidateQuietly(clang::ento::CheckerContext &C,
                  clang::ento::ProgramStateRef State,
                  const clang::ento::MemRegion *R,
                  [[maybe_unused]] const clang::CallExpr *CE) {
  llvm::ArrayRef<const clang::ento::MemRegion *> Regions(R);
#if CLANG_VERSION_MAJOR >= 21
  return State->invalidateRegions(Regions, C.getCFGElementRef(), C.blockCount(),
                                  C.getLocationContext(), false);
#else
  return State->invalidateRegions(Regions, CE, C.blockCount(),
                                  C.getLocationContext(), false);
#endif
}

/// Lets \p Call do anything with \p Values and all they lead to.
inline clang::ento::ProgramStateRef
escapeInto(clang::ento::CheckerContext &C, clang::ento::ProgramStateRef State,
           llvm::ArrayRef<clang::ento::SVal> Values,
           const clang::ento::CallEvent &Call,
           [[maybe_unused]] const clang::CallExpr *CE) {
#if CLANG_VERSION_MAJOR >= 21
  return State->invalidateRegions(Values, C.getCFGElementRef(), C.blockCount(),
                                  C.getLocationContext(), true, nullptr, &Call);
#else
  return State->invalidateRegions(Values, CE, C.blockCount(),
                                  C.getLocationContext(), true, nullptr, &Call);
#endif
}

/// True for memory of the stack; it goes with its function.
inline bool
isOnStack(const clang::ento::MemRegion *R,
          [[maybe_unused]] const clang::ento::ProgramStateRef &State) {
#if CLANG_VERSION_MAJOR >= 21
  return llvm::isa<clang::ento::StackSpaceRegion>(R->getMemorySpace(State));
#else
  return llvm::isa<clang::ento::StackSpaceRegion>(R->getMemorySpace());
#endif
}

/// How often the engine goes around a loop of which it does not know whether it
/// ends.
#if CLANG_VERSION_MAJOR >= 21
inline constexpr unsigned MaxUnknownRounds = 2;
#else
inline constexpr unsigned MaxUnknownRounds = UINT_MAX - 1;
#endif

inline clang::QualType typeOf(clang::ASTContext &Ctx,
                              const clang::RecordDecl *RD) {
#if CLANG_VERSION_MAJOR >= 22
  return Ctx.getCanonicalTagType(RD);
#else
  return Ctx.getRecordType(RD);
#endif
}

/// Hands a consumer of path diagnostics to the analyzer, which owns it.
inline void
addReports(clang::ento::AnalysisASTConsumer &Analysis,
           std::unique_ptr<clang::ento::PathDiagnosticConsumer> Reports) {
#if CLANG_VERSION_MAJOR >= 21
  Analysis.AddDiagnosticConsumer(std::move(Reports));
#else
  Analysis.AddDiagnosticConsumer(Reports.release());
#endif
}

inline clang::AnalyzerOptions &analyzerOptions(clang::CompilerInstance &CI) {
  return CI.getAnalyzerOpts();
}

/// The integer behind a constant.
inline uint64_t concreteValue(const clang::ento::nonloc::ConcreteInt &I) {
#if CLANG_VERSION_MAJOR >= 21
  return I.getValue()->getZExtValue();
#else
  return I.getValue().getZExtValue();
#endif
}

} // namespace leak62

#endif
