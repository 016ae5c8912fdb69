//===- HoldChecker.h - What is held rather than owned -----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A reference taken on an object that others know too, a remove lock, an
// impersonation: none is lost with a pointer, and many are meant to be undone
// by somebody else.  So what counts is how a routine ends:
//
//   hold ──> Held ──> undone
//              │ └──> stored, passed on, handed to a callback: not this
//              │      routine's any more
//              └────> the routine ends
//
// A hold that is there at the end is reported
//  - if the routine fails (its result is an error status);
//  - if another way out with the same result undoes it (kinds of loss BALANCE).
// A hold that a callee took is reported only where its caller undoes it on some
// way out, except for kinds of loss FAILURE.
//
// What a function that is not looked into undoes, itself or by the completion
// routine that it sets, its summary says.
//
// Limits: the second hold on one object is not counted; a driver routine of
// another file that returns nothing is taken to undo what it can reach.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_HOLDCHECKER_H
#define LEAK62_CHECKERS_HOLDCHECKER_H

#include "Facts.h"
#include "clang/StaticAnalyzer/Core/BugReporter/BugType.h"
#include "clang/StaticAnalyzer/Core/Checker.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/CallEvent.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/CheckerContext.h"

namespace leak62 {

/// True if a path has to be followed to its end for what it holds or undid.
bool holdsAnything(clang::ento::ProgramStateRef State);

class HoldChecker
    : public clang::ento::Checker<
          clang::ento::check::EndFunction,
          clang::ento::check::PreStmt<clang::ReturnStmt>,
          clang::ento::check::PreCall, clang::ento::check::PostCall,
          clang::ento::check::PointerEscape, clang::ento::check::EndAnalysis> {
public:
  HoldChecker();

  void checkEndFunction(const clang::ReturnStmt *RS,
                        clang::ento::CheckerContext &C) const;
  void checkPreStmt(const clang::ReturnStmt *RS,
                    clang::ento::CheckerContext &C) const;
  void checkPreCall(const clang::ento::CallEvent &Call,
                    clang::ento::CheckerContext &C) const;
  void checkPostCall(const clang::ento::CallEvent &Call,
                     clang::ento::CheckerContext &C) const;
  clang::ento::ProgramStateRef
  checkPointerEscape(clang::ento::ProgramStateRef State,
                     const clang::ento::InvalidatedSymbols &Escaped,
                     const clang::ento::CallEvent *Call,
                     clang::ento::PointerEscapeKind Kind) const;
  void checkEndAnalysis(clang::ento::ExplodedGraph &G,
                        clang::ento::BugReporter &BR,
                        clang::ento::ExprEngine &Eng) const;

private:
  std::map<std::string, std::unique_ptr<clang::ento::BugType>> Bugs;

  /// Of the top-level function at hand: ways out that still hold something,
  /// the first for each site and result, and where others undid it.
  struct Candidate {
    clang::ento::ExplodedNode *N;
    const clang::FunctionDecl *In;
    clang::SourceRange Exit;
    bool FromCallee;
  };
  using Outcome = std::pair<const Site *, std::string>;
  mutable std::map<Outcome, Candidate> Candidates;
  mutable std::set<Outcome> Undone;
};

} // namespace leak62

#endif
