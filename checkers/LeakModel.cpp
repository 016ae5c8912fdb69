//===- LeakModel.cpp - What kernel routines do to resources ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Evaluates calls to routines of the system in place of the engine, which
// would forget everything reachable from their arguments.
//
//===----------------------------------------------------------------------===//

#include "Annotations.h"
#include "CallModel.h"
#include "Compat.h"
#include "SehLowering.h"
#include "Slice.h"
#include "Summaries.h"

using namespace clang;
using namespace ento;

namespace leak62 {

// The status of an exception is an error status.
bool LeakChecker::evalExceptionCode(const CallExpr *CE,
                                    CheckerContext &C) const {
  SValBuilder &SVB = C.getSValBuilder();
  ASTContext &Ctx = C.getASTContext();
  ProgramStateRef State = C.getState();
  DefinedOrUnknownSVal Code = conjure(C, nullptr, CE, Ctx.IntTy);
  State = State->BindExpr(CE, C.getLocationContext(), Code);
  SVal Negative = SVB.evalBinOp(State, BO_LT, Code, SVB.makeZeroVal(Ctx.IntTy),
                                SVB.getConditionType());
  if (auto Cond = Negative.getAs<DefinedOrUnknownSVal>())
    State = State->assume(*Cond, true);
  if (State)
    C.addTransition(State);
  return true;
}

bool LeakChecker::evalSeh(const CallExpr *CE, llvm::StringRef Name,
                          CheckerContext &C) const {
  ProgramStateRef State = C.getState();
  const LocationContext *LC = C.getLocationContext();
  SValBuilder &SVB = C.getSValBuilder();
  if (Name == SehRaised) {
    C.addTransition(State->BindExpr(CE, LC, SVB.makeIntVal(0, CE->getType())));
    C.addTransition(State->BindExpr(CE, LC, SVB.makeIntVal(1, CE->getType())),
                    C.getNoteTag("An exception is raised here"));
    return true;
  }
  // The exception leaves the function: what only its locals know is lost.
  if (C.inTopFrame())
    for (auto &[Sym, O] : allOwnedSymbols(State))
      if (!O.isStored() && O.Frame == C.getStackFrame() &&
          kindInfo(O.S->Row->K).LostOn == Loss::ANY &&
          !C.getConstraintManager().isNull(State, Sym).isConstrainedTrue())
        if (ExplodedNode *N = C.generateNonFatalErrorNode(State))
          reportLeak(O, Sym, N,
                     {CE->getSourceRange(),
                      "lost when the exception leaves the function"},
                     C.getBugReporter());
  C.generateSink(State, C.getPredecessor());
  return true;
}

bool LeakChecker::evalCall(const CallEvent &Call, CheckerContext &C) const {
  const auto *FD = dyn_cast_or_null<FunctionDecl>(Call.getDecl());
  const auto *CE = dyn_cast_or_null<CallExpr>(Call.getOriginExpr());
  if (!FD || !CE || !FD->getIdentifier())
    return false;
  llvm::StringRef Name = FD->getName();
  if (Name == SehRaised || Name == SehUnwind)
    return evalSeh(CE, Name, C);
  if (Name == "_exception_code" || Name == "__exception_code" ||
      Name == "GetExceptionCode")
    return evalExceptionCode(CE, C);
  if (FD->isNoReturn())
    return false;
  const Routine *Annotated = summaryOf(FD) ? nullptr : annotatedRoutine(FD);
  if (Annotated)
    return CallModel(*this, Call, CE, FD, Annotated, /*IsDriver=*/true, *Unit,
                     C)
        .run();
  if (!isKernelRoutine(FD)) {
    if (slice().matters(CE))
      return evalSummary(Call, CE, FD, C);
    // Neither what it does nor what it returns decides anything.
    ProgramStateRef State = C.getState();
    if (!CE->getType()->isVoidType())
      State = State->BindExpr(CE, C.getLocationContext(),
                              conjure(C, nullptr, CE, Call.getResultType()));
    C.addTransition(State);
    return true;
  }
  const Routine *R = lookupRoutine(FD);
  // What the compiler knows by itself is the engine's, routines of the C
  // library are not.
  if (!R && FD->getBuiltinID() && !countsDown(FD) &&
      !C.getASTContext().BuiltinInfo.isPredefinedLibFunction(
          FD->getBuiltinID()))
    return false;
  return CallModel(*this, Call, CE, FD, R, /*IsDriver=*/false, *Unit, C).run();
}

} // namespace leak62
