//===- SkeletonCalls.cpp - Calls in skeletons -----------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What resources.def says of a kernel routine, row by row, in the words of the
// skeleton.
//
// Limits: objects in place (lookaside lists, subject contexts) are released
// but not acquired; of conditional rows only those whose condition is a
// constant count.
//
//===----------------------------------------------------------------------===//

#include "AccessPath.h"
#include "Callbacks.h"
#include "Facts.h"
#include "SehLowering.h"
#include "Skeleton.h"
#include "SkeletonFunction.h"

using namespace clang;

namespace leak62 {

// Where a call finds the address of its function.
static const Expr *pointerOf(const Expr *Callee) {
  Callee = Callee->IgnoreParenCasts();
  while (const auto *UO = dyn_cast<UnaryOperator>(Callee)) {
    if (UO->getOpcode() != UO_Deref)
      break;
    Callee = UO->getSubExpr()->IgnoreParenCasts();
  }
  return Callee;
}

void SkeletonFunction::call(const CallExpr *CE) {
  const FunctionDecl *Callee = CE->getDirectCallee();
  std::string Result = "-";
  if (!CE->getType()->isVoidType()) {
    unsigned V = add(resultClass(CE->getType()));
    Values[CE] = V;
    Result = var(V);
  }
  if (Callee && Callee->getIdentifier()) {
    llvm::StringRef Name = Callee->getName();
    if (Name == SehRaised || Name == SehUnwind) {
      op("K " + Result);
      return;
    }
    const Routine *R = lookupRoutine(Callee);
    if (R || isSystemRoutine(Callee)) {
      if (!counts(CE, Name))
        kernelCall(CE, R, Result);
      else
        op("K " + Result);
      return;
    }
  }
  std::string Arguments;
  for (const Expr *Arg : CE->arguments())
    Arguments += " " + value(Arg);
  if (!Callee || !Callee->getIdentifier())
    op("I " + Result + Arguments + slotWord(pointerOf(CE->getCallee())));
  else
    op("C " + Result + " " + Callee->getNameAsString() + " " +
       (Callee->isExternallyVisible() ? "e" : "s") + Arguments);
}

// InterlockedIncrement(&p->RefCount) and its opposite.
bool SkeletonFunction::counts(const CallExpr *CE, llvm::StringRef Name) {
  Name.consume_front("_");
  bool Up = Name.starts_with("InterlockedIncrement");
  if ((!Up && !Name.starts_with("InterlockedDecrement")) ||
      CE->getNumArgs() == 0)
    return false;
  const Expr *Arg = CE->getArg(0)->IgnoreParenCasts();
  const auto *UO = dyn_cast<UnaryOperator>(Arg);
  const auto *ME = UO && UO->getOpcode() == UO_AddrOf
                       ? dyn_cast<MemberExpr>(UO->getSubExpr()->IgnoreParens())
                       : nullptr;
  if (!ME ||
      ME->getMemberDecl()->getName().lower().find("ref") == std::string::npos)
    return false;
  std::string P = place(ME);
  size_t Colon = P.find(':');
  if (P.empty() || P[0] != 'v' || Colon == std::string::npos)
    return false;
  op((Up ? "ref " : "unref ") + P.substr(0, Colon));
  return true;
}

static bool hasArg(const CallExpr *CE, int I) {
  return I >= 0 && I < static_cast<int>(CE->getNumArgs());
}

void SkeletonFunction::acquire(const CallExpr *CE, const Acquire &A,
                               const std::string &Result) {
  if (A.Where == Place::OBJECT)
    return;
  if (A.Cond == When::IF_NULL || A.Cond == When::IF_TRUE) {
    if (!hasArg(CE, A.CondArg))
      return;
    std::string V = value(CE->getArg(A.CondArg));
    if (V[0] != '#' || (V == "#0") != (A.Cond == When::IF_NULL))
      return;
  }
  std::string To = Result, Slot;
  if (A.Where == Place::OUT || A.Where == Place::FIELD) {
    if (!hasArg(CE, A.Arg))
      return;
    llvm::StringRef Field = A.Where == Place::OUT ? "*" : A.Field;
    To = pointee(CE->getArg(A.Arg), Field);
    Slot = pointeeSlot(CE->getArg(A.Arg), Field);
  }
  if (To.empty() || To == "-")
    return;
  const char *Fails = "null";
  switch (A.Fails) {
  case Failure::NULL_:
    break;
  case Failure::STATUS:
    Fails = "status";
    break;
  case Failure::BOOLEAN:
    Fails = "boolean";
    break;
  case Failure::RAISES:
  case Failure::NEVER:
    Fails = "never";
    break;
  }
  bool Decides = A.Fails == Failure::STATUS || A.Fails == Failure::BOOLEAN;
  if (Decides && Result == "-")
    Fails = "never", Decides = false;
  const SourceManager &SM = Ctx.getSourceManager();
  op(std::string("acq ") + kindInfo(A.K).Name + " " + A.Api + " " +
     std::to_string(positionOf(SM, CE->getBeginLoc()).Line) + " " + Fails +
     " " + (Decides ? Result : "-") + " " + To + Slot);
}

// Of a list head: " ^list X", or " ^list" where the head is known at run time
// only.
std::string SkeletonFunction::listSlot(const Expr *Head) {
  std::string Slot = pointeeSlot(Head, "*");
  if (Slot.empty())
    return " ^list";
  return llvm::StringRef(Slot).starts_with(" ^list")
             ? Slot
             : " ^list%20" + Slot.substr(2);
}

// A routine that looks into the driver's memory: what it says is decided there.
static bool readsMemory(const CallExpr *CE) {
  const auto *Named = CE->getType()->getAs<TypedefType>();
  if (CE->getType()->isVoidType() ||
      (Named && Named->getDecl()->getName() == "NTSTATUS"))
    return false; // whether it worked is nobody's memory
  for (const Expr *Arg : CE->arguments()) {
    const auto *UO = dyn_cast<UnaryOperator>(Arg->IgnoreParenCasts());
    if (UO && UO->getOpcode() == UO_AddrOf &&
        !pathOfLvalue(UO->getSubExpr()).empty())
      return true;
  }
  return false;
}

// The p of &p->Item, where that is a WORK_QUEUE_ITEM, which is queued without a
// context beside it.
static const Expr *holderOfWorkItem(const Expr *E) {
  const auto *UO = dyn_cast<UnaryOperator>(E->IgnoreParenCasts());
  if (!UO || UO->getOpcode() != UO_AddrOf)
    return nullptr;
  const RecordDecl *RD = UO->getSubExpr()->getType()->getAsRecordDecl();
  if (!RD || recordName(RD) != "WORK_QUEUE_ITEM")
    return nullptr;
  const auto *ME = dyn_cast<MemberExpr>(UO->getSubExpr()->IgnoreParenCasts());
  while (ME && !ME->isArrow())
    ME = dyn_cast<MemberExpr>(ME->getBase()->IgnoreParenCasts());
  return ME ? ME->getBase() : nullptr;
}

// The context of a routine that leaves it to others.
static bool isLent(const CallExpr *CE, const Routine &R, int Arg) {
  for (const Context &C : R.Contexts)
    if (C.ContextArg == Arg && hasArg(CE, C.RoutineArg))
      if (const FunctionDecl *FD = routineOf(CE->getArg(C.RoutineArg)))
        return leavesContext(FD);
  return false;
}

void SkeletonFunction::resources(const CallExpr *CE, const Routine &R,
                                 const std::string &Result) {
  // One line for all the kinds that the routine releases there.
  for (size_t I = 0; I < R.Releases.size(); ++I) {
    const Release &Rel = R.Releases[I];
    auto Same = [&](const Release &O) {
      return O.Arg == Rel.Arg && O.Where == Rel.Where;
    };
    bool First = true;
    for (size_t J = 0; J < I; ++J)
      First &= !Same(R.Releases[J]);
    if (!First || !hasArg(CE, Rel.Arg))
      continue;
    std::string Kinds;
    for (const Release &O : R.Releases)
      if (Same(O))
        Kinds += (Kinds.empty() ? "" : ",") + std::string(kindInfo(O.K).Name);
    if (Rel.Where == Place::VALUE) {
      op("rel " + Kinds + " " + value(CE->getArg(Rel.Arg)));
      continue;
    }
    llvm::StringRef Field = Rel.Where == Place::FIELD ? Rel.Field : "*";
    std::string P = pointee(CE->getArg(Rel.Arg), Field);
    if (Rel.Where == Place::OBJECT && P.find(':') == std::string::npos)
      continue; // an object in a local is no concern of callers
    if (!P.empty() && P[0] == 'v' &&
        P.find(':') == std::string::npos) // a local's own value
      op("rel " + Kinds + " " + P);
    else if (!P.empty())
      op("relat " + Kinds + " " + P + pointeeSlot(CE->getArg(Rel.Arg), Field));
  }
  if (R.AliasTo != NA && hasArg(CE, R.AliasFrom))
    store(pointee(CE->getArg(R.AliasTo), R.AliasField),
          value(CE->getArg(R.AliasFrom)),
          pointeeSlot(CE->getArg(R.AliasTo), R.AliasField));
  if (R.CopyTo != NA && hasArg(CE, R.CopyTo) && hasArg(CE, R.CopyFrom))
    copyMemory(CE->getArg(R.CopyTo), CE->getArg(R.CopyFrom));
  if (R.ListInsertHead != NA && hasArg(CE, R.ListInsertEntry)) {
    std::string Entry = value(CE->getArg(R.ListInsertEntry));
    std::string Head = pointee(CE->getArg(R.ListInsertHead), "*");
    if (Head.empty())
      op("give " + Entry);
    else if (Head[0] == 'v' && Head.find(':') == std::string::npos)
      op("W &" + Head + ":* " + Entry + " ^list");
    else
      op("W " + Head + " " + Entry + listSlot(CE->getArg(R.ListInsertHead)));
  }
  if (R.ListRemoveHead != NA && Result != "-" && hasArg(CE, R.ListRemoveHead)) {
    std::string Head = pointee(CE->getArg(R.ListRemoveHead), "*");
    if (!Head.empty() && Head.find(':') == std::string::npos && Head[0] == 'v')
      Head = "&" + Head + ":*";
    if (!Head.empty())
      op("L " + Result + " " + Head + listSlot(CE->getArg(R.ListRemoveHead)));
  }
  if (R.ExchangeTarget != NA && hasArg(CE, R.ExchangeValue)) {
    std::string P = pointee(CE->getArg(R.ExchangeTarget), "*");
    std::string V = value(CE->getArg(R.ExchangeValue));
    if (!P.empty() && Result != "-") {
      if (!P.empty() && P[0] == 'v' && P.find(':') == std::string::npos)
        op("= " + Result + " " + P);
      else
        op("L " + Result + " " + P +
           pointeeSlot(CE->getArg(R.ExchangeTarget), "*"));
    }
    bool Compares = CE->getDirectCallee()->getName().contains("Compare");
    store(P, V, pointeeSlot(CE->getArg(R.ExchangeTarget), "*"), Compares);
  }
  for (const Transfer &T : R.Transfers)
    if (hasArg(CE, T.Arg) && T.AnyKind) {
      std::string V = value(CE->getArg(T.Arg));
      // Its routine gets what the item is a part of; the slots still have it.
      if (const Expr *Holder = holderOfWorkItem(CE->getArg(T.Arg));
          Holder && T.Cond == When::ALWAYS)
        op("give " + value(Holder) + " ^lent");
      op(T.Cond == When::SUCCESS && Result != "-"
             ? "giveif " + Result + " " + V
             : "give " + V + (isLent(CE, R, T.Arg) ? " ^lent" : ""));
    }
  // A lock is no object that is lost, but callers may have taken it.
  for (const Release &Rel : R.Unholds)
    if (Rel.Where == Place::OBJECT && hasArg(CE, Rel.Arg)) {
      std::string P = pointee(CE->getArg(Rel.Arg), "*");
      if (P.find(':') != std::string::npos)
        op("relat " + std::string(kindInfo(Rel.K).Name) + " " + P);
    }
  if (hasArg(CE, R.CompletionContext)) {
    op("give " + value(CE->getArg(R.CompletionContext)));
    // Also of an earlier completion routine, once the request is sent.
    std::string P = pointee(CE->getArg(R.CompletionIrp), "*");
    if (P.find(':') != std::string::npos)
      op("relat COMPLETION,REMOVE_LOCK " + P);
  }
  if (hasArg(CE, R.SendIrp)) {
    std::string Irp = value(CE->getArg(R.SendIrp));
    op("give " + Irp);
    // Who completes it says how it ended.
    if (Irp[0] == 'v')
      for (const char *Field : {"Status", "Information"})
        op("W " + Irp + ":IoStatus." + Field + " ?");
  }
  for (const Acquire &A : R.Acquires)
    acquire(CE, A, Result);
}

// Which argument says how long to wait for one object; without any the wait
// ends well.
static int timeoutOf(const CallExpr *CE) {
  llvm::StringRef Name = CE->getDirectCallee()->getName();
  bool Waits =
      Name == "KeWaitForSingleObject" || Name == "KeWaitForMutexObject";
  return Waits && CE->getNumArgs() == 5 ? 4 : -1;
}

// InterlockedExchange and its kin on a number: a load and a store.
bool SkeletonFunction::exchanges(const CallExpr *CE,
                                 const std::string &Result) {
  llvm::StringRef Name = CE->getDirectCallee()->getName();
  Name.consume_front("_");
  if (!Name.consume_front("Interlocked") || CE->getNumArgs() == 0)
    return false;
  llvm::StringRef Op = Name.starts_with("Exchange") && CE->getNumArgs() == 2
                           ? "="
                       : Name.starts_with("Increment") ? "+"
                       : Name.starts_with("Decrement") ? "-"
                                                       : "";
  const auto *UO = dyn_cast<UnaryOperator>(CE->getArg(0)->IgnoreParenCasts());
  if (Op.empty() || Name.starts_with("ExchangeAdd") || !UO ||
      UO->getOpcode() != UO_AddrOf ||
      !UO->getSubExpr()->getType()->isIntegralOrEnumerationType())
    return false;
  const Expr *Target = UO->getSubExpr();
  std::string P = place(Target), Old = loadFrom(Target);
  if (P.empty())
    return false;
  std::string New = Op == "=" ? value(CE->getArg(1))
                              : computed(Op, Old, "#1", Target->getType());
  store(P, New, slotWord(Target));
  if (Result != "-")
    op("= " + Result + " " + (Op == "=" ? Old : New));
  return true;
}

void SkeletonFunction::kernelCall(const CallExpr *CE, const Routine *R,
                                  const std::string &Result) {
  if (!R && exchanges(CE, Result))
    return;
  std::string Arguments;
  for (unsigned I = 0; I < CE->getNumArgs(); ++I) {
    // What is written there, the row says.
    if (R && R->ExchangeTarget == static_cast<int>(I))
      continue;
    std::string V = value(CE->getArg(I));
    QualType P = CE->getArg(I)->IgnoreImpCasts()->getType()->getPointeeType();
    bool Const = !P.isNull() && P.isConstQualified();
    if (V[0] == '&' && !Const)
      Arguments += " " + V;
    const auto *UO = dyn_cast<UnaryOperator>(CE->getArg(I)->IgnoreParenCasts());
    if (V[0] == 'v' && !Const && UO && UO->getOpcode() == UO_AddrOf)
      op("T " + V);
  }
  if (CE->getDirectCallee()->getName() == "IsListEmpty" && hasArg(CE, 0) &&
      Result != "-") {
    std::string Head = pointee(CE->getArg(0), "*");
    if (!Head.empty() && Head.find(':') == std::string::npos && Head[0] == 'v')
      Head = "&" + Head + ":*";
    if (!Head.empty()) {
      op("E " + Result + " " + Head + listSlot(CE->getArg(0)));
      return;
    }
  }
  // Resources are what rows account for.
  bool Locks =
      R && !R->Holds.empty() &&
      (R->Holds[0].K == Kind::REMOVE_LOCK || R->Holds[0].K == Kind::RUNDOWN);
  std::string Reads = Locks           ? " ^live"
                      : R && R->Stops ? " ^stops"
                      : readsMemory(CE) && (!R || R->Acquires.empty()) ? " ^"
                                                                       : "";
  if (!R) {
    op("K " + Result + Arguments + Reads);
    if (int Timeout = timeoutOf(CE); Timeout >= 0 && Result != "-") {
      std::string V = value(CE->getArg(Timeout));
      if (V[0] == 'v' || V == "#0")
        op("D " + Result + " wait " + V + " #0");
    }
    return;
  }
  if (hasArg(CE, R->VerdictStatus)) {
    const Expr *Status = CE->getArg(R->VerdictStatus);
    std::string P = pointee(Status, "*");
    op("K " + Result + Arguments);
    if (!P.empty() && Result != "-")
      op("D " + Result + " >= " +
         load(P, Status->getType()->getPointeeType(),
              pointeeSlot(Status, "*")) +
         " #0");
    return;
  }
  // The rows account for their arguments; the result is unknown but for them.
  if (Result != "-" && hasArg(CE, R->Returns))
    op("= " + Result + " " + value(CE->getArg(R->Returns)));
  else if (Result != "-")
    op("K " + Result + Reads);
  resources(CE, *R, Result);
}

} // namespace leak62
