//===- CallModel.cpp - Calls of routines that have rows -------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which rows hold, into which outcomes a call splits, and what it leaves of the
// memory that its arguments point to.
//
//===----------------------------------------------------------------------===//

#include "CallModel.h"
#include "AccessPath.h"
#include "Compat.h"

using namespace clang;
using namespace ento;

namespace leak62 {

const FieldDecl *fieldNamed(QualType PtrTy, const char *Name) {
  return fieldOf(PtrTy->getPointeeType(), Name);
}

std::optional<Loc> CallModel::target(ProgramStateRef State, int Arg,
                                     Place Where, const char *Field) const {
  if (!hasArg(Arg))
    return std::nullopt;
  const MemRegion *Reg = argRegion(Arg);
  if (!Reg)
    return std::nullopt;
  SVal Base = loc::MemRegionVal(Reg);
  if (Where == Place::FIELD) {
    const FieldDecl *F =
        fieldNamed(CE->getArg(Arg)->IgnoreParenImpCasts()->getType(), Field);
    if (!F)
      F = fieldNamed(CE->getArg(Arg)->getType(), Field);
    if (!F)
      return std::nullopt;
    Base = State->getLValue(
        F, asRecord(State, Reg, typeOf(C.getASTContext(), F->getParent())));
  }
  return Base.getAs<Loc>();
}

SVal CallModel::valueAt(ProgramStateRef State, int Arg, Place Where,
                        const char *Field) const {
  if (Where == Place::VALUE)
    return hasArg(Arg) ? arg(Arg) : UnknownVal();
  std::optional<Loc> L = target(State, Arg, Where, Field);
  if (!L)
    return UnknownVal();
  QualType T = typeAt(Arg, Where, Field);
  return T.isNull() ? State->getSVal(*L) : State->getSVal(*L, T);
}

QualType CallModel::typeAt(int Arg, Place Where, const char *Field) const {
  QualType T = CE->getArg(Arg)->getType();
  if (Where == Place::FIELD) {
    const FieldDecl *F = fieldNamed(T, Field);
    return F ? F->getType() : QualType();
  }
  QualType P = T->getPointeeType();
  // PVOID* of an argument that was cast: what counts is that it is a pointer.
  return P.isNull() || !P->isPointerType() ? C.getASTContext().VoidPtrTy : P;
}

// A condition on an argument; the others depend on the outcome.
bool CallModel::holds(ProgramStateRef State, When Cond, int Arg) const {
  if (Cond != When::IF_TRUE && Cond != When::IF_NULL)
    return true;
  if (!hasArg(Arg))
    return false;
  ConditionTruthVal Null = State->isNull(arg(Arg));
  return Cond == When::IF_NULL ? Null.isConstrainedTrue()
                               : Null.isConstrainedFalse();
}

bool CallModel::isActive(ProgramStateRef State, const Acquire &A) const {
  if (!holds(State, A.Cond, A.CondArg))
    return false;
  switch (A.Where) {
  case Place::RETURN:
    // A call without a declaration returns int: nothing to follow.
    return CE->getType()->isPointerType();
  case Place::OBJECT:
    return A.Arg == NA ? CE->getType()->isPointerType()
                       : argRegion(A.Arg) != nullptr;
  case Place::OUT:
    // The address of a number that is too small for a pointer: some classes of
    // information come by value.
    if (hasArg(A.Arg)) {
      ASTContext &Ctx = C.getASTContext();
      QualType P =
          CE->getArg(A.Arg)->IgnoreParenCasts()->getType()->getPointeeType();
      if (!P.isNull() && P->isIntegerType() &&
          Ctx.getTypeSize(P) < Ctx.getTypeSize(Ctx.VoidPtrTy))
        return false;
    }
    [[fallthrough]];
  default:
    return target(State, A.Arg, A.Where, A.Field).has_value();
  }
}

// Arguments whose memory the rows account for.
bool CallModel::isHandled(int I) const {
  if (!R)
    return false;
  for (const Acquire &A : R->Acquires)
    if (A.Where != Place::RETURN && A.Arg == I)
      return true;
  for (const Release &Rel : R->Releases)
    if (Rel.Arg == I)
      return true;
  for (const Transfer &T : R->Transfers)
    if (T.Arg == I)
      return true;
  for (const Acquire &A : R->Holds)
    if (A.Arg == I)
      return true;
  for (const Release &Rel : R->Unholds)
    if (Rel.Arg == I)
      return true;
  for (int Arg : {R->CompletionIrp, R->CompletionRoutine, R->CompletionContext,
                  R->SendIrp, R->AliasTo, R->AliasFrom, R->ListInsertHead,
                  R->ListInsertEntry, R->ListRemoveHead, R->ExchangeTarget,
                  R->ExchangeValue, R->ExchangeComparand, R->CopyFrom})
    if (Arg == I)
      return true;
  return false;
}

// A function of the driver may own the arguments that no annotation is about.
ProgramStateRef CallModel::giveAway(ProgramStateRef State) const {
  llvm::SmallVector<SVal, 4> Others;
  for (unsigned I = 0; I < CE->getNumArgs(); ++I)
    if (!isHandled(I))
      Others.push_back(arg(I));
  return escapeInto(C, State, Others, Call, CE);
}

// The routine may write what the argument points to, and that alone.
ProgramStateRef CallModel::writeThrough(ProgramStateRef State, int I) const {
  QualType T = CE->getArg(I)->getType();
  if (I < static_cast<int>(FD->getNumParams()))
    T = FD->getParamDecl(I)->getType();
  QualType P = T->getPointeeType();
  if (P.isNull() || P.isConstQualified() || P->isFunctionType())
    return State;
  // What a driver has set up in these stays as it is when they are passed on.
  if (const RecordDecl *RD = P->getAsRecordDecl())
    if (std::string Name = recordName(RD); Name == "DEVICE_OBJECT" ||
                                           Name == "DRIVER_OBJECT" ||
                                           Name == "FILE_OBJECT")
      return State;
  const MemRegion *Reg = argRegion(I);
  if (!Reg || isa<FunctionCodeRegion, StringRegion, UnknownSpaceRegion>(Reg))
    return State;
  // What the driver keeps there stays there: such a routine frees nothing.
  const auto *TR = dyn_cast<TypedValueRegion>(Reg);
  bool IsRecord = TR && TR->getValueType()->isRecordType();
  llvm::SmallVector<std::pair<Loc, SVal>, 2> Kept;
  if (IsRecord)
    trackedFields(State, Reg, TR->getValueType(), Kept);
  else if (!contentsOf(State, Reg).empty())
    return State;
  if (TR) {
    QualType VT = TR->getValueType();
    SVal V = UnknownVal();
    if (IsRecord)
      V = conjure(C, Reg, CE, C.getASTContext().IntTy);
    else if (SymbolManager::canSymbolicate(VT))
      V = conjure(C, Reg, CE, VT);
    State = State->bindLoc(loc::MemRegionVal(Reg), V, LC,
                           /*notifyChanges=*/false);
  } else if (isa<SymbolicRegion>(Reg)) {
    State = invalidateQuietly(C, State, Reg, CE);
  }
  for (auto &[Where, V] : Kept)
    State = State->bindLoc(Where, V, LC, false);
  return State;
}

// One outcome of the call: all rows that hold on it.
void CallModel::finish(ProgramStateRef State, bool Succeeds) {
  llvm::SmallVector<const NoteTag *, 2> Notes;
  if (R) {
    // First: a context that is released takes along what it holds.
    for (const Transfer &T : R->Transfers) {
      if (!hasArg(T.Arg) || (T.Cond == When::SUCCESS && !Succeeds))
        continue;
      if (!T.AnyKind) {
        const Owned *O = getOwned(State, trackedBase(State, arg(T.Arg)));
        if (!O || O->S->Row->K != T.K)
          continue;
      }
      State = handOver(State, T.Arg);
    }
    for (const Release &Rel : R->Releases)
      if (Rel.Cond == When::SUCCESS ? Succeeds
          : Rel.Cond == When::FAILURE
              ? !Succeeds
              : holds(C.getState(), Rel.Cond, Rel.CondArg))
        State = release(State, Rel);
    State = structural(State);
    if (R->CompletionIrp != NA)
      State = completion(State);
    if (R->SendIrp != NA)
      State = send(State);
    if (Succeeds)
      for (const Acquire &A : R->Acquires)
        if (isActive(C.getState(), A)) {
          State = acquire(State, A, Notes);
          if (!State)
            return;
        }
  }
  if (WrongSym) {
    if (ExplodedNode *N = C.generateNonFatalErrorNode(State))
      Checker.reportWrongFree(Wrong, WrongSym, CE, WrongArg, C.getStackFrame(),
                              N, C.getBugReporter());
  } else if (Notes.empty()) {
    C.addTransition(State);
  } else {
    C.addTransition(State, Notes.front());
  }
}

// What it returns tells the sign of the status that it wrote; Else where that
// is not known.
SVal CallModel::verdict(ProgramStateRef State, QualType T, SVal Else) const {
  QualType StatusT = pointedTo(R->VerdictStatus);
  std::optional<Loc> L = target(State, R->VerdictStatus, Place::OUT, nullptr);
  if (!L || StatusT.isNull() || !StatusT->isIntegerType())
    return Else;
  SVal Told = SVB.evalBinOp(State, BO_GE, State->getSVal(*L, StatusT),
                            SVB.makeZeroVal(StatusT), T);
  return Told.isUnknownOrUndef() ? Else : Told;
}

// *target = value, if the target is what it is compared with.
bool CallModel::runExchange(ProgramStateRef State) {
  if (R->ExchangeComparand == NA) {
    C.addTransition(exchange(State, true));
    return true;
  }
  std::optional<Loc> L = target(State, R->ExchangeTarget, Place::OUT, nullptr);
  if (!L || !hasArg(R->ExchangeComparand))
    return false;
  SVal Same = SVB.evalEQ(State, State->getSVal(*L, CE->getType()),
                         arg(R->ExchangeComparand));
  if (auto Cond = Same.getAs<DefinedOrUnknownSVal>()) {
    auto [Equal, Different] = State->assume(*Cond);
    if (Equal)
      C.addTransition(exchange(Equal, true));
    if (Different)
      C.addTransition(exchange(Different, false));
  } else {
    C.addTransition(exchange(State, true));
  }
  return true;
}

// True if the rows say different things of success and failure; IsBoolean: the
// result is no status, but says so by being true or not null.
bool CallModel::splits(ProgramStateRef State, bool &IsBoolean) const {
  bool Splits = false;
  if (!R)
    return false;
  for (const Acquire &A : R->Acquires)
    if ((A.Fails == Failure::STATUS || A.Fails == Failure::BOOLEAN ||
         (A.Fails == Failure::NULL_ && A.Where == Place::OUT)) &&
        isActive(State, A)) {
      Splits = true;
      IsBoolean |= A.Fails != Failure::STATUS;
    }
  for (const Transfer &T : R->Transfers)
    if (T.Cond == When::SUCCESS && hasArg(T.Arg) &&
        trackedBase(State, arg(T.Arg)))
      Splits = true;
  for (const Release &Rel : R->Releases)
    if (Rel.Cond == When::SUCCESS || Rel.Cond == When::FAILURE)
      Splits = true;
  return Splits;
}

SVal CallModel::result(ProgramStateRef State, QualType T) const {
  SVal V = conjure(C, nullptr, CE, T);
  if (!R)
    return V;
  bool NeverFails = llvm::any_of(
      R->Acquires, [](const Acquire &A) { return A.Fails == Failure::NEVER; });
  if (NeverFails && !T->isPointerType()) // STATUS_SUCCESS
    V = SVB.makeZeroVal(T);
  if (hasArg(R->Returns))
    V = arg(R->Returns);
  return hasArg(R->VerdictStatus) ? verdict(State, T, V) : V;
}

bool CallModel::run() {
  if (engineDoesBetter())
    return false;
  ProgramStateRef State = C.getState();
  if (R && R->ExchangeTarget != NA)
    return runExchange(State);
  if (countsDown(FD) && hasArg(0) && countsLast(State))
    return true;
  findWrongFree(State);
  if (countsDown(FD) && hasArg(0))
    State = countDown(State);
  if (IsDriver)
    State = giveAway(State);
  for (unsigned I = 0; I < CE->getNumArgs() && !IsDriver; ++I)
    if (!isHandled(I) && !(R && static_cast<int>(I) == R->FillTo))
      State = writeThrough(State, I);

  bool IsBoolean = false, Splits = splits(State, IsBoolean);
  if (!CE->getType()->isVoidType()) {
    QualType T = Call.getResultType();
    IsBoolean |= C.getASTContext().getTypeSize(T) == 8;
    IsBoolean |= T->isPointerType();
    Ret = result(State, T);
    State = State->BindExpr(CE, LC, Ret);
  }
  if (!Splits || !Ret.getAs<DefinedSVal>()) {
    finish(State, true);
    return true;
  }
  SVal Zero = SVB.makeZeroVal(Call.getResultType());
  // Routines of the system succeed with STATUS_SUCCESS and fail with an error
  // status; what a driver's function succeeds with is its own affair.
  auto Assume = [&](BinaryOperator::Opcode Op) -> ProgramStateRef {
    auto Cond = SVB.evalBinOp(State, Op, Ret, Zero, SVB.getConditionType())
                    .getAs<DefinedOrUnknownSVal>();
    return Cond ? State->assume(*Cond, true) : State;
  };
  if (ProgramStateRef Success = Assume(IsBoolean  ? BO_NE
                                       : IsDriver ? BO_GE
                                                  : BO_EQ))
    finish(Success, true);
  if (ProgramStateRef Fails = Assume(IsBoolean ? BO_EQ : BO_LT))
    finish(Fails, false);
  return true;
}

} // namespace leak62
