//===- LeakChecker.h - The path-sensitive checker ---------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Follows every resource of resources.def along the paths of each function
// that can acquire one (LeakState.h has the states) and reports one whose last
// reference goes away while it is owned.  What each path leaves in which slot
// goes to the facts.
//
// Rules:
//  - Routines of the system take ownership only where a table row says so, and
//    write only to what their arguments point to.
//  - Functions of the driver without a body here do what their summary or their
//    annotations say; without, they may do anything with what they are given:
//    it escapes.
//  - A resource whose handle is known to be null was never acquired; routines
//    that return a status acquire only on the path where it is a success.
//  - What is stored in memory that outlives the function is the linker's.
//  - A block's contents are reachable through the block: handing it over hands
//    them over, losing it loses them.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_LEAKCHECKER_H
#define LEAK62_CHECKERS_LEAKCHECKER_H

#include "LeakState.h"
#include "Relevance.h"
#include "clang/StaticAnalyzer/Core/BugReporter/BugType.h"
#include "clang/StaticAnalyzer/Core/Checker.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/CallEvent.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/CheckerContext.h"

namespace leak62 {

/// Lowers SEH and finds what is relevant; once per translation unit.
Relevance &prepareUnit(clang::ASTContext &Ctx);

/// What the first round over a unit leaves to the second.
struct Rounds {
  bool Second = false;
  llvm::DenseSet<const clang::FunctionDecl *> TooLarge;
  /// What the engine has once gone back from, and looks into no more.
  llvm::DenseSet<const clang::FunctionDecl *> NotLookedInto;
};
Rounds &rounds();

/// True if functions have used up their budget in this unit: the engine is to
/// go over the unit again, once, and comes to them alone.
bool beginSecondRound();

/// What that routine of the unit is given for good, or null.
const GivenContext *givenTo(const clang::FunctionDecl *FD);

class Slice;

class LeakChecker
    : public clang::ento::Checker<
          clang::ento::check::ASTDecl<clang::TranslationUnitDecl>,
          clang::ento::check::BeginFunction, clang::ento::check::EndFunction,
          clang::ento::check::BranchCondition, clang::ento::check::Bind,
          clang::ento::check::Location,
          clang::ento::check::PreStmt<clang::ReturnStmt>,
          clang::ento::check::PostCall, clang::ento::check::PointerEscape,
          clang::ento::check::LiveSymbols, clang::ento::check::DeadSymbols,
          clang::ento::check::EndAnalysis, clang::ento::eval::Call> {
public:
  LeakChecker();

  void checkASTDecl(const clang::TranslationUnitDecl *TU,
                    clang::ento::AnalysisManager &Mgr,
                    clang::ento::BugReporter &BR) const;
  void checkBeginFunction(clang::ento::CheckerContext &C) const;
  void checkEndFunction(const clang::ReturnStmt *RS,
                        clang::ento::CheckerContext &C) const;
  void checkBranchCondition(const clang::Stmt *Cond,
                            clang::ento::CheckerContext &C) const;
  void checkBind(clang::ento::SVal Loc, clang::ento::SVal Val,
                 const clang::Stmt *S, clang::ento::CheckerContext &C) const;
  /// The newer engine's form of the same.
  void checkBind(clang::ento::SVal Loc, clang::ento::SVal Val,
                 const clang::Stmt *S, bool,
                 clang::ento::CheckerContext &C) const {
    checkBind(Loc, Val, S, C);
  }
  void checkLocation(clang::ento::SVal Loc, bool IsLoad, const clang::Stmt *S,
                     clang::ento::CheckerContext &C) const;
  void checkPreStmt(const clang::ReturnStmt *RS,
                    clang::ento::CheckerContext &C) const;
  void checkPostCall(const clang::ento::CallEvent &Call,
                     clang::ento::CheckerContext &C) const;
  clang::ento::ProgramStateRef
  checkPointerEscape(clang::ento::ProgramStateRef State,
                     const clang::ento::InvalidatedSymbols &Escaped,
                     const clang::ento::CallEvent *Call,
                     clang::ento::PointerEscapeKind Kind) const;
  void checkLiveSymbols(clang::ento::ProgramStateRef State,
                        clang::ento::SymbolReaper &Reaper) const;
  void checkDeadSymbols(clang::ento::SymbolReaper &Reaper,
                        clang::ento::CheckerContext &C) const;
  void checkEndAnalysis(clang::ento::ExplodedGraph &G,
                        clang::ento::BugReporter &BR,
                        clang::ento::ExprEngine &Eng) const;
  bool evalCall(const clang::ento::CallEvent &Call,
                clang::ento::CheckerContext &C) const;

  /// What every message about \p S begins with: "'p' from Api (tag, size)".
  static std::string describe(const Site &S, clang::ASTContext &Ctx);
  /// What decides about resources in the translation unit at hand.
  static Slice &slice();
  /// Argument \p Arg of \p CE in frame \p SF, the resource \p O with handle
  /// \p Sym, is released there by a routine of another family; \p N comes
  /// after that.
  void reportWrongFree(const Owned &O, clang::ento::SymbolRef Sym,
                       const clang::CallExpr *CE, int Arg,
                       const clang::StackFrameContext *SF,
                       clang::ento::ExplodedNode *N,
                       clang::ento::BugReporter &BR) const;

private:
  std::map<std::string, std::unique_ptr<clang::ento::BugType>> Bugs;
  mutable Relevance *Unit = nullptr;
  mutable bool SawExit = false;
  /// Where the store at hand goes is not known.
  mutable bool BindsAnywhere = false;
  /// Of the top-level function at hand: reports made for each site, and where
  /// the losses happened that no path has carried to an exit yet.
  mutable std::map<const Site *, unsigned> Reported;
  mutable std::map<std::pair<const Site *, unsigned>, unsigned> ByExit;
  /// The same of ways that leave a site's resource in a slot.
  mutable std::map<std::tuple<const Site *, std::string, Position>, unsigned>
      Ways;
  struct Death {
    clang::ento::ExplodedNode *N;
    Owned O;
    clang::ento::SymbolRef Sym;
  };
  mutable std::map<const Site *, Death> Deaths;

  struct Exit {
    clang::SourceRange Where;
    std::string How;
    bool Cut = false; ///< the path did not come as far as an exit
  };
  /// Where the path to \p N gives up on what it lost: the overwriting
  /// assignment, the first goto after the loss, or the exit itself.  A load
  /// that fails (\p FailedLoad) loses what it had put in a slot at its exit,
  /// whatever way led there, as it does what is still in the slot.
  static Exit atJump(const clang::Stmt *S);
  static Exit exitOf(const Owned &O, clang::ento::SymbolRef Sym,
                     const clang::ento::ExplodedNode *N,
                     const clang::ReturnStmt *RS, bool FailedLoad = false);
  /// One report; \p Sym (may be null) is what the path's notes are about.
  void reportLeak(const Owned &O, clang::ento::SymbolRef Sym,
                  clang::ento::ExplodedNode *N, Exit At,
                  clang::ento::BugReporter &BR) const;
  /// What the path to \p N, an exit of \p FD, asks for leaving \p Held.
  void addHoldWays(Facts &F, const clang::FunctionDecl *FD,
                   llvm::StringRef Result, const Position &At,
                   const Facts::Slots &Held,
                   const clang::ento::ExplodedNode *N) const;
  static void own(const GivenContext &Context, clang::ento::CheckerContext &C);
  void followBranch(const clang::Stmt *Cond,
                    clang::ento::CheckerContext &C) const;
  /// Reports what is lost for good when its frame ends at \p RS.
  void reportLost(const clang::ReturnStmt *RS,
                  clang::ento::CheckerContext &C) const;
  bool evalSeh(const clang::CallExpr *CE, llvm::StringRef Name,
               clang::ento::CheckerContext &C) const;
  bool evalSummary(const clang::ento::CallEvent &Call,
                   const clang::CallExpr *CE, const clang::FunctionDecl *FD,
                   clang::ento::CheckerContext &C) const;
  bool evalExceptionCode(const clang::CallExpr *CE,
                         clang::ento::CheckerContext &C) const;
};

/// The source text that receives what \p CE acquires, e.g. "ext->Buffer".
std::string receiverOf(const clang::CallExpr *CE, const Acquire &Row,
                       const clang::LocationContext *LC);
/// True if the result of \p CE is assigned to a variable that had a life
/// before.
bool isAssigned(const clang::CallExpr *CE, const clang::LocationContext *LC);
/// The source text of an expression; "" inside macros.
std::string textOf(const clang::Expr *E, const clang::ASTContext &Ctx);

/// The function whose frame \p LC is in.
const clang::FunctionDecl *functionOf(const clang::LocationContext *LC);
/// True for DriverEntry, also under the name that the driver gave it.
bool isDriverEntry(const clang::FunctionDecl *FD);

/// What a return statement says of how its routine went: "success", "failure"
/// or, where that cannot be told, "any".
const char *resultOf(const clang::ReturnStmt *RS, const clang::FunctionDecl *FD,
                     clang::ento::CheckerContext &C);

/// Enters what the path to \p N, which loses \p S at \p Loc, asks.
void addLeakWay(Facts &F, const Site &S, clang::SourceLocation Loc,
                const clang::ento::ExplodedNode *N);

/// The note at the place where a resource is acquired.
std::string acquireNote(const Site &S, clang::ASTContext &Ctx);

} // namespace leak62

#endif
