//===- CallModel.h - A call of a routine that has rows ----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Evaluates a call in place of the engine, by the rows of the routine.  Shared
// by CallModel.cpp (outcomes, and memory that is written to), CallResources.cpp
// (what is acquired and released) and CallMemory.cpp (where pointers go).
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CALLMODEL_H
#define LEAK62_CALLMODEL_H

#include "Compat.h"
#include "LeakChecker.h"

namespace leak62 {

/// One call being evaluated.
class CallModel {
public:
  /// \p IsDriver: \p R is what the annotations of a driver's function say.
  CallModel(const LeakChecker &Checker, const clang::ento::CallEvent &Call,
            const clang::CallExpr *CE, const clang::FunctionDecl *FD,
            const Routine *R, bool IsDriver, Relevance &Unit,
            clang::ento::CheckerContext &C)
      : Checker(Checker), Call(Call), CE(CE), FD(FD), R(R), IsDriver(IsDriver),
        Unit(Unit), C(C), SVB(C.getSValBuilder()), LC(C.getLocationContext()),
        At(positionOf(C.getSourceManager(), CE->getBeginLoc())) {}

  /// Adds the transitions of the call; false if the engine is to evaluate it.
  bool run();

private:
  const LeakChecker &Checker;
  const clang::ento::CallEvent &Call;
  const clang::CallExpr *CE;
  const clang::FunctionDecl *FD;
  const Routine *R;
  bool IsDriver;
  Relevance &Unit;
  clang::ento::CheckerContext &C;
  clang::ento::SValBuilder &SVB;
  const clang::LocationContext *LC;
  Position At;
  clang::ento::SVal Ret = clang::ento::UnknownVal();
  /// What another family acquired and this routine releases: the resource as it
  /// was before, its handle, and the argument; null if there is none.
  Owned Wrong;
  clang::ento::SymbolRef WrongSym = nullptr;
  int WrongArg = NA;

  bool hasArg(int I) const {
    return I >= 0 && I < static_cast<int>(CE->getNumArgs());
  }
  clang::ento::SVal arg(int I) const { return Call.getArgSVal(I); }
  const clang::ento::MemRegion *argRegion(int I) const {
    if (!hasArg(I))
      return nullptr;
    clang::ento::SVal V = arg(I);
    if (auto Copy =
            V.getAs<clang::ento::nonloc::LazyCompoundVal>()) // passed by value
      return Copy->getRegion();
    const clang::ento::MemRegion *Reg = V.getAsRegion();
    return Reg ? Reg->StripCasts() : nullptr;
  }
  /// What a row with the place OBJECT is about.
  const clang::ento::MemRegion *objectOf(int I) const {
    const clang::ento::MemRegion *Reg = I == NA ? Ret.getAsRegion() : nullptr;
    return Reg ? Reg->StripCasts() : argRegion(I);
  }
  bool isLocal(const clang::ento::MemRegion *Reg) const {
    return Reg && isOnStack(Reg, C.getState());
  }

  std::optional<clang::ento::Loc> target(clang::ento::ProgramStateRef State,
                                         int Arg, Place Where,
                                         const char *Field) const;
  clang::ento::SVal valueAt(clang::ento::ProgramStateRef State, int Arg,
                            Place Where, const char *Field) const;
  clang::QualType typeAt(int Arg, Place Where, const char *Field) const;

  bool holds(clang::ento::ProgramStateRef State, When Cond, int Arg) const;
  bool isActive(clang::ento::ProgramStateRef State, const Acquire &A) const;
  bool engineDoesBetter() const;
  bool isHandled(int Arg) const;
  clang::ento::ProgramStateRef
  giveAway(clang::ento::ProgramStateRef State) const;
  clang::ento::ProgramStateRef writeThrough(clang::ento::ProgramStateRef State,
                                            int Arg) const;
  /// What the call returns, of type \p T.
  clang::ento::SVal result(clang::ento::ProgramStateRef State,
                           clang::QualType T) const;
  clang::ento::SVal verdict(clang::ento::ProgramStateRef State,
                            clang::QualType T, clang::ento::SVal Else) const;
  bool runExchange(clang::ento::ProgramStateRef State);
  bool splits(clang::ento::ProgramStateRef State, bool &IsBoolean) const;
  clang::ento::SymbolRef extensionOf(clang::ento::ProgramStateRef State,
                                     clang::ento::SVal Device, int Arg) const;
  clang::ento::ProgramStateRef setMdlFlags(clang::ento::ProgramStateRef State,
                                           clang::ento::SVal Mdl,
                                           clang::QualType T,
                                           uint64_t Flags) const;
  void findWrongFree(clang::ento::ProgramStateRef State);
  clang::ento::ProgramStateRef release(clang::ento::ProgramStateRef State,
                                       const Release &Rel) const;
  clang::ento::ProgramStateRef releaseSlot(clang::ento::ProgramStateRef State,
                                           const std::string &Path) const;
  clang::ento::ProgramStateRef
  acquire(clang::ento::ProgramStateRef State, const Acquire &A,
          llvm::SmallVectorImpl<const clang::ento::NoteTag *> &Notes);
  clang::ento::ProgramStateRef acquireObject(clang::ento::ProgramStateRef State,
                                             const Acquire &A, Owned O) const;
  clang::ento::ProgramStateRef handOver(clang::ento::ProgramStateRef State,
                                        int Arg) const;
  clang::ento::ProgramStateRef link(clang::ento::ProgramStateRef State) const;
  clang::ento::ProgramStateRef copy(clang::ento::ProgramStateRef State) const;
  clang::QualType pointedTo(int I) const;
  clang::ento::ProgramStateRef structural(clang::ento::ProgramStateRef State);
  clang::ento::ProgramStateRef send(clang::ento::ProgramStateRef State) const;
  clang::ento::ProgramStateRef
  countDown(clang::ento::ProgramStateRef State) const;
  bool countsLast(clang::ento::ProgramStateRef State) const;
  clang::ento::ProgramStateRef describeBy(clang::ento::ProgramStateRef State,
                                          clang::ento::SVal Mdl) const;
  clang::ento::ProgramStateRef
  completion(clang::ento::ProgramStateRef State) const;
  clang::ento::ProgramStateRef exchange(clang::ento::ProgramStateRef State,
                                        bool Stores);
  const clang::ento::NoteTag *note(std::string Text,
                                   clang::ento::SymbolRef Sym) const;
  void finish(clang::ento::ProgramStateRef State, bool Succeeds);
};

/// The field of that name in the record that \p PtrTy points to, or null.
const clang::FieldDecl *fieldNamed(clang::QualType PtrTy, const char *Name);

/// True for InterlockedDecrement and its kin.
bool countsDown(const clang::FunctionDecl *FD);

} // namespace leak62

#endif
