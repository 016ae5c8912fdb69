//===- RoutineFacts.cpp - Routines that are put somewhere -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A routine gets its role where it is put in a field of the system's, passed to
// a kernel routine, or declared so.  Often it takes a way to get there:
//
//   static const struct entry { UCHAR Major; PDRIVER_DISPATCH Routine; }
//       Table[] = {{IRP_MJ_CREATE, Create}, ...};      entry.Routine <- Create
//   void Set(DRIVER_OBJECT *d, PDRIVER_DISPATCH r)     Set#1 <- ...
//   ops->Start(context);                               a call through OPS.Start
//   switch (i) { case IRP_MJ_PNP: d->MajorFunction[i] = Pnp; break; ... }
//
// Slots that hold routines are written down with what is put in them; the
// linker, which sees all files, follows them
// (analyzer/link/sql/05_routine.sql). The slots are those of AccessPath.h, and
//
//   KEY#2                 the third parameter of a function
//   KEY:name              a local variable
//   ::g_Table.Routine     a field of a structure without a name in it
//
// A row's key is its place in an array of routines or, in a structure, the
// first number there if it can be a major function code.
//
// Limits: order does not count, nor do conditions but for those that say what
// an index of MajorFunction is; what a function returns is not followed.
//
//===----------------------------------------------------------------------===//

#include "RoutineFacts.h"
#include "AccessPath.h"
#include "ExprPaths.h"
#include "RoutineSlots.h"
#include "clang/AST/Attr.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Basic/SourceManager.h"
#include <map>

using namespace clang;

namespace leak62 {
namespace {

class RoutineVisitor : public RecursiveASTVisitor<RoutineVisitor> {
public:
  RoutineVisitor(Facts &F, const FunctionDecl *FD)
      : F(F), FD(FD), SM(F.Ctx.getSourceManager()), C(F, FD) {}

  bool VisitVarDecl(VarDecl *VD) {
    if (VD->hasLocalStorage() && VD->getInit())
      C.initialize({functionKey(FD) + ":" + VD->getNameAsString()},
                   VD->getType(), VD->getInit(), std::nullopt);
    return true;
  }

  bool VisitBinaryOperator(BinaryOperator *BO) {
    if (BO->getOpcode() == BO_Assign) {
      auto K = Known.find(BO);
      C.assign(BO->getLHS(), BO->getRHS(), BO->getBeginLoc(),
               K == Known.end() ? nullptr : &K->second);
    }
    return true;
  }

  /// Assignments under a label: the variable is one of the labels above them.
  bool VisitSwitchStmt(SwitchStmt *Switch) {
    const VarDecl *VD = variableOf(Switch->getCond());
    const auto *Body = dyn_cast<CompoundStmt>(Switch->getBody());
    if (!VD || !Body)
      return true;
    std::set<int64_t> Numbers;
    bool Any = true;   // it may be any number: the default label
    bool Ended = true; // nothing comes here from above
    for (const Stmt *S : Body->body()) {
      if (isa<SwitchCase>(S) && Ended) {
        Numbers.clear();
        Any = false;
      }
      Ended = false;
      while (const auto *Label = dyn_cast<SwitchCase>(S)) {
        Any |= !addLabel(Label, Numbers);
        S = Label->getSubStmt();
      }
      if (!Any)
        know(S, {VD, Numbers});
      Ended = leaves(S);
    }
    return true;
  }

  bool VisitIfStmt(IfStmt *If) {
    const auto *BO =
        dyn_cast<BinaryOperator>(If->getCond()->IgnoreParenCasts());
    Expr::EvalResult R;
    if (!BO || BO->getOpcode() != BO_EQ)
      return true;
    const VarDecl *VD = variableOf(BO->getLHS());
    if (VD && BO->getRHS()->EvaluateAsInt(R, F.Ctx))
      know(If->getThen(), {VD, {R.Val.getInt().getExtValue()}});
    return true;
  }

  bool VisitCallExpr(CallExpr *CE) {
    const FunctionDecl *Callee = CE->getDirectCallee();
    if (!Callee)
      through(CE);
    else if (const Routine *R = lookupRoutine(Callee))
      toKernel(CE, *R);
    else if (!isKernelRoutine(Callee))
      for (unsigned I = 0; I < CE->getNumArgs(); ++I)
        if (holdsRoutines(CE->getArg(I)->getType()))
          C.put({RoutineSlots::parameter(Callee, I)}, CE->getArg(I),
                std::nullopt);
    return true;
  }

private:
  Facts &F;
  const FunctionDecl *FD;
  const SourceManager &SM;
  RoutineSlots C;
  std::optional<ExprPaths> Paths;
  std::map<const BinaryOperator *, KnownNumber> Known;

  /// False for a label that does not say one number.
  bool addLabel(const SwitchCase *Label, std::set<int64_t> &Numbers) const {
    const auto *Case = dyn_cast<CaseStmt>(Label);
    Expr::EvalResult R;
    if (!Case || Case->caseStmtIsGNURange() ||
        !Case->getLHS()->EvaluateAsInt(R, F.Ctx))
      return false;
    Numbers.insert(R.Val.getInt().getExtValue());
    return true;
  }

  /// What follows \p S is not reached from there.
  static bool leaves(const Stmt *S) {
    while (const auto *Block = dyn_cast<CompoundStmt>(S)) {
      if (Block->body_empty())
        return false;
      S = Block->body_back();
    }
    return isa<BreakStmt, ContinueStmt, ReturnStmt, GotoStmt>(S);
  }

  static bool mentions(const Stmt *S, const VarDecl *VD) {
    if (const auto *Ref = dyn_cast_or_null<DeclRefExpr>(S))
      return Ref->getDecl() == VD;
    return S && llvm::any_of(S->children(), [VD](const Stmt *Child) {
             return mentions(Child, VD);
           });
  }

  static bool changes(const Stmt *S, const VarDecl *VD) {
    if (const auto *BO = dyn_cast_or_null<BinaryOperator>(S))
      if (BO->isAssignmentOp() && variableOf(BO->getLHS()) == VD)
        return true;
    if (const auto *UO = dyn_cast_or_null<UnaryOperator>(S))
      if ((UO->isIncrementDecrementOp() || UO->getOpcode() == UO_AddrOf) &&
          variableOf(UO->getSubExpr()) == VD)
        return true;
    return S && llvm::any_of(S->children(), [VD](const Stmt *Child) {
             return changes(Child, VD);
           });
  }

  void know(const Stmt *S, const KnownNumber &K) {
    if (!changes(S, K.Variable))
      knowIn(S, K);
  }

  void knowIn(const Stmt *S, const KnownNumber &K) {
    const auto *BO = dyn_cast_or_null<BinaryOperator>(S);
    if (BO && BO->getOpcode() == BO_Assign &&
        mentions(BO->getLHS(), K.Variable))
      Known[BO] = K;
    if (S)
      for (const Stmt *Child : S->children())
        knowIn(Child, K);
  }

  const Expr *argument(const CallExpr *CE, int I) const {
    return I >= 0 && I < static_cast<int>(CE->getNumArgs()) ? CE->getArg(I)
                                                            : nullptr;
  }

  void toKernel(const CallExpr *CE, const Routine &R) {
    for (auto [Arg, Role] : R.Callbacks)
      if (const Expr *E = argument(CE, Arg))
        C.give(Role, -1, /*Keyed=*/false, E, CE->getBeginLoc());
    const Expr *Target = argument(CE, R.ExchangeTarget);
    const Expr *Value = argument(CE, R.ExchangeValue);
    if (Target && Value)
      if (const auto *UO = dyn_cast<UnaryOperator>(Target->IgnoreParenCasts()))
        if (UO->getOpcode() == UO_AddrOf)
          C.assign(UO->getSubExpr(), Value, CE->getBeginLoc());
    Target = argument(CE, R.CopyTo);
    Value = argument(CE, R.CopyFrom);
    if (Target && Value)
      C.copy(Target, Value, CE->getBeginLoc());
  }

  void through(const CallExpr *CE) {
    for (const std::string &Slot : C.slotsOf(CE->getCallee())) {
      F.addSlotCall(FD, Slot, positionOf(SM, CE->getBeginLoc()).Line);
      if (!Paths)
        Paths.emplace(FD);
      for (unsigned I = 0; I < CE->getNumArgs(); ++I)
        if (CE->getArg(I)->getType()->isPointerType())
          for (const std::string &Path : Paths->valuePaths(CE->getArg(I)))
            F.addSlotCallArg(FD, Slot, I, Path);
    }
  }
};

} // namespace

void collectRoutineFacts(Facts &F, const FunctionDecl *FD) {
  RoutineVisitor(F, FD).TraverseStmt(FD->getBody());
}

void collectRoutineTable(Facts &F, const VarDecl *VD) {
  if (VD->getInit())
    RoutineSlots(F, nullptr)
        .initialize({pathOfGlobal(VD)}, VD->getType(), VD->getInit(),
                    std::nullopt);
}

void collectDeclaredRoles(Facts &F, const FunctionDecl *FD) {
  const SourceManager &SM = F.Ctx.getSourceManager();
  const auto *TD = FD->getType()->getAs<TypedefType>();
  const char *Role = TD ? roleOfTypedef(TD->getDecl()->getName()) : nullptr;
  bool Dispatch = Role && StringRef(Role) == "DISPATCH";
  if (Role && !Dispatch)
    F.addRole(FD, Role, -1, positionOf(SM, FD->getLocation()));
  // Of what is only declared here nobody knows if it is the driver's.
  if (!FD->isDefined())
    return;
  if (Dispatch)
    F.addRole(FD, Role, Facts::NoMajor, positionOf(SM, FD->getLocation()));
  for (const auto *A : FD->specific_attrs<AnnotateAttr>()) {
    StringRef Text = A->getAnnotation();
    unsigned Major = 0;
    if (Text.consume_front("leak62:dispatch "))
      if (!Text.trim(" ()").getAsInteger(0, Major) && Major <= LastMajor)
        F.addRole(FD, "DISPATCH", static_cast<int>(Major),
                  positionOf(SM, FD->getLocation()));
  }
}

} // namespace leak62
