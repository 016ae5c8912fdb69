//===- SummaryCall.h - One call that a summary stands for -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Shared by SummaryModel.cpp (outcomes), SummaryPlaces.cpp (what the words of a
// summary are at this call) and SummaryEffects.cpp (what they do to the state).
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_SUMMARYCALL_H
#define LEAK62_CHECKERS_SUMMARYCALL_H

#include "LeakChecker.h"
#include "Summaries.h"

namespace leak62 {

/// The routine of a counted reference's site: nobody but the driver makes them.
inline constexpr const char *OwnReference = "reference";

/// Evaluates one call.  In its methods I is the number of an argument and Path
/// leads on from it as in a Clause: "." is the argument itself, "*" what it
/// points to, else a field of that, which may be "Name.Buffer".
class SummaryCall {
public:
  SummaryCall(const LeakChecker &Checker, const clang::ento::CallEvent &Call,
              const clang::CallExpr *CE, const clang::FunctionDecl *FD,
              clang::ento::CheckerContext &C)
      : Checker(Checker), Call(Call), CE(CE), FD(FD), C(C),
        SVB(C.getSValBuilder()), LC(C.getLocationContext()),
        At(positionOf(C.getSourceManager(), CE->getBeginLoc())) {}

  /// Adds the transitions that \p S says; false if its outcomes are too many
  /// to be told apart here, and nothing was added.
  bool run(const Summary &S);

private:
  using StateRef = clang::ento::ProgramStateRef;
  using Symbols = llvm::SmallVector<clang::ento::SymbolRef, 2>;

  const LeakChecker &Checker;
  const clang::ento::CallEvent &Call;
  const clang::CallExpr *CE;
  const clang::FunctionDecl *FD;
  clang::ento::CheckerContext &C;
  clang::ento::SValBuilder &SVB;
  const clang::LocationContext *LC;
  Position At;
  const Summary *Of = nullptr;
  /// The argument that the callee frees as something that it is not, or NA.
  int WrongArg = NA;

  /// Outcomes that are the same to this caller.
  struct Group {
    Outcome O; ///< with the clauses that matter
    llvm::SmallVector<Clause, 2> Conditions;
    unsigned Members = 1;
  };

  bool hasArg(int I) const {
    return I >= 0 && I < static_cast<int>(CE->getNumArgs());
  }
  const clang::ento::MemRegion *argRegion(int I) const {
    const clang::ento::MemRegion *R =
        hasArg(I) ? Call.getArgSVal(I).getAsRegion() : nullptr;
    return R ? R->StripCasts() : nullptr;
  }

  // SummaryPlaces.cpp
  std::optional<clang::ento::Loc> target(StateRef State, int I,
                                         llvm::StringRef Path) const;
  /// The same if a pointer can be written to it.
  std::optional<clang::ento::Loc> slotAt(StateRef State, int I,
                                         llvm::StringRef Path) const;
  /// The type of the pointer there; void * where it is none.
  clang::QualType typeAt(int I, llvm::StringRef Path) const;
  bool isPointerAt(int I, llvm::StringRef Path) const;
  /// What is tracked there.
  Symbols objectsAt(StateRef State, int I, llvm::StringRef Path) const;
  /// Null where \p V, of type \p T, can have none of \p Signs.
  StateRef assumeSigns(StateRef State, clang::ento::SVal V, clang::QualType T,
                       unsigned Signs) const;
  /// True if the clause says something about what this caller has.
  bool matters(StateRef State, const Clause &Cl) const;
  static bool releases(const Clause &Cl, StateRef State,
                       clang::ento::SymbolRef Sym);

  // SummaryEffects.cpp
  StateRef forgetArgument(StateRef State,
                          const clang::ento::MemRegion *R) const;
  StateRef forgetArguments(StateRef State) const;
  bool mayRelease(int Arg) const;
  /// \p Fresh receives what the clause hands to this caller; null where the
  /// state cannot be.
  StateRef apply(StateRef State, const Clause &Cl, Symbols &Fresh) const;
  StateRef fill(StateRef State, const Clause &Cl, Symbols &Fresh) const;
  const Acquire *referenceRow(Place Where, int Arg) const;
  Owned owned(const Acquire *Row) const;

  // SummaryModel.cpp
  void findWrongFree(const Summary &S);
  llvm::SmallVector<Group, 4> groupsOf(const Summary &S,
                                       Symbols &Contested) const;
  StateRef applyAll(StateRef State, const Group &G, Symbols &Fresh,
                    const Acquire *&Row) const;
  StateRef bindResult(StateRef State, const Group &G, bool MayBeNull,
                      Symbols &Fresh, const Acquire *&Row) const;
  bool reportWrongFree(StateRef State, const Group &G) const;
  void finish(StateRef State, const Group &G, const Symbols &Contested,
              bool MayBeNull);
};

} // namespace leak62

#endif
