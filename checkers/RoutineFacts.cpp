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
#include "clang/AST/Attr.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Basic/SourceManager.h"
#include <map>

using namespace clang;

namespace leak62 {
namespace {

using Slots = std::set<std::string>;
using Key = std::optional<int64_t>;
constexpr int64_t LastMajor = 27; // IRP_MJ_PNP

const FunctionDecl *functionIn(const Expr *E) {
  E = E->IgnoreParenCasts();
  if (const auto *UO = dyn_cast<UnaryOperator>(E))
    if (UO->getOpcode() == UO_AddrOf)
      E = UO->getSubExpr()->IgnoreParenCasts();
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
    return dyn_cast<FunctionDecl>(Ref->getDecl());
  return nullptr;
}

/// A pointer to a routine, or a pointer to such pointers or an array of them.
bool holdsRoutines(QualType T) {
  while (true) {
    if (T->isFunctionPointerType())
      return true;
    if (const auto *A = T->getAsArrayTypeUnsafe())
      T = A->getElementType();
    else if (T->isPointerType())
      T = T->getPointeeType();
    else
      return false;
  }
}

const FieldDecl *memberIn(const Expr *E) {
  const auto *ME = dyn_cast<MemberExpr>(E->IgnoreParenCasts());
  return ME ? dyn_cast<FieldDecl>(ME->getMemberDecl()) : nullptr;
}

const Expr *indexIn(const Expr *E) {
  const auto *AS = dyn_cast<ArraySubscriptExpr>(E->IgnoreParenCasts());
  return AS ? AS->getIdx() : nullptr;
}

/// What a variable is known to be, one of some numbers.
struct KnownNumber {
  const VarDecl *Variable;
  std::set<int64_t> Numbers;
};

class Collector {
public:
  Collector(Facts &F, const FunctionDecl *FD)
      : F(F), FD(FD), SM(F.Ctx.getSourceManager()) {}

  /// The slots that \p E, a value or an lvalue, is read from.
  Slots slotsOf(const Expr *E) {
    if (Depth > 40)
      return {};
    ++Depth;
    Slots Out = find(E->IgnoreParenCasts());
    --Depth;
    return Out;
  }

  /// What \p E holds is put in \p To.
  void put(const Slots &To, const Expr *E, Key K) {
    E = E->IgnoreParenCasts();
    if (const auto *CO = dyn_cast<AbstractConditionalOperator>(E)) {
      put(To, CO->getTrueExpr(), K);
      put(To, CO->getFalseExpr(), K);
    } else if (const FunctionDecl *Fn = functionIn(E)) {
      for (const std::string &Slot : To)
        F.addRoutine(Slot, Fn, K);
    } else if (!To.empty()) {
      for (const std::string &From : slotsOf(E))
        for (const std::string &Slot : To)
          if (Slot != From)
            F.addRoutineFlow(Slot, From);
    }
  }

  /// What \p E holds has \p Role.  Of a slot \p Keyed says that each routine's
  /// key is its major function code.
  void give(const char *Role, int Major, bool Keyed, const Expr *E,
            SourceLocation Loc) {
    E = E->IgnoreParenCasts();
    if (const auto *CO = dyn_cast<AbstractConditionalOperator>(E)) {
      give(Role, Major, Keyed, CO->getTrueExpr(), Loc);
      give(Role, Major, Keyed, CO->getFalseExpr(), Loc);
    } else if (const auto *BO = dyn_cast<BinaryOperator>(E);
               BO &&
               (BO->getOpcode() == BO_Assign || BO->getOpcode() == BO_Comma)) {
      give(Role, Major, Keyed, BO->getRHS(), Loc); // a = b = c = Routine
    } else if (const FunctionDecl *Fn = functionIn(E)) {
      F.addRole(Fn, Role, Major, positionOf(SM, Loc));
    } else {
      for (const std::string &Slot : slotsOf(E))
        F.addSlotRole(Slot, Role, Major, Keyed, positionOf(SM, Loc));
    }
  }

  /// \p Value is assigned to \p Target, where \p Known is a variable and what
  /// it can only be there.
  void assign(const Expr *Target, const Expr *Value, SourceLocation Loc,
              const KnownNumber *Known = nullptr) {
    const Expr *Index = nullptr;
    if (const char *Role = roleIn(Target, Index)) {
      int Major = -1;
      Expr::EvalResult R;
      if (Index && Index->EvaluateAsInt(R, F.Ctx)) {
        Major = static_cast<int>(R.Val.getInt().getExtValue());
      } else if (Index && Known && variableOf(Index) == Known->Variable) {
        for (int64_t N : Known->Numbers)
          give(Role, static_cast<int>(N), /*Keyed=*/false, Value, Loc);
        return;
      }
      give(Role, Major, Major < 0 && sameRow(Index, Value), Value, Loc);
    } else if (holdsRoutines(Target->getType())) {
      put(slotsOf(Target), Value, std::nullopt);
    }
  }

  /// The array \p Value is copied to \p Target.
  void copy(const Expr *Target, const Expr *Value, SourceLocation Loc) {
    Target = Target->IgnoreParenCasts();
    if (const auto *UO = dyn_cast<UnaryOperator>(Target))
      if (UO->getOpcode() == UO_AddrOf)
        Target = UO->getSubExpr()->IgnoreParenCasts();
    const Expr *Index = nullptr;
    if (const char *Role = roleIn(Target, Index))
      give(Role, -1, /*Keyed=*/true, Value, Loc);
    else if (holdsRoutines(Target->getType()))
      put(slotsOf(Target), Value, std::nullopt);
  }

  /// \p Init is what the object at \p At, of type \p T, begins with.
  void initialize(const Slots &At, QualType T, const Expr *Init, Key K) {
    if (const auto *CL =
            dyn_cast<CompoundLiteralExpr>(Init->IgnoreParenCasts()))
      Init = CL->getInitializer();
    const auto *List = dyn_cast<InitListExpr>(Init->IgnoreParenCasts());
    if (!List) {
      if (holdsRoutines(T))
        put(At, Init, K);
      return;
    }
    if (const InitListExpr *Semantic = List->getSemanticForm())
      List = Semantic;
    if (const auto *A = T->getAsArrayTypeUnsafe()) {
      for (unsigned I = 0; I < List->getNumInits(); ++I)
        initialize(At, A->getElementType(), List->getInit(I), Key(I));
    } else if (const RecordDecl *RD = T->getAsRecordDecl()) {
      members(At, RD, List);
    } else if (List->getNumInits() == 1) {
      initialize(At, T, List->getInit(0), K);
    }
  }

private:
  Facts &F;
  const FunctionDecl *FD;
  const SourceManager &SM;
  unsigned Depth = 0;

  /// The slots of field \p Field of an object at \p Base.
  Slots fieldOf(const FieldDecl *Field, const Slots &Base) const {
    const RecordDecl *RD = Field->getParent();
    if (SM.isInSystemHeader(SM.getExpansionLoc(RD->getLocation())))
      return {};
    std::string Name = Field->getNameAsString();
    if (std::string Record = recordName(RD); !Record.empty())
      return {Record + "." + Name};
    Slots Out;
    for (const std::string &Slot : Base)
      Out.insert(Name.empty() ? Slot : Slot + "." + Name);
    return Out;
  }

  Slots find(const Expr *E) {
    if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
      const auto *VD = dyn_cast<VarDecl>(Ref->getDecl());
      if (!VD)
        return {};
      if (VD->hasGlobalStorage())
        return {pathOfGlobal(VD)};
      if (!FD)
        return {};
      if (const auto *PD = dyn_cast<ParmVarDecl>(VD))
        return {parameter(FD, PD->getFunctionScopeIndex())};
      return {functionKey(FD) + ":" + VD->getNameAsString()};
    }
    if (const auto *ME = dyn_cast<MemberExpr>(E)) {
      const auto *Field = dyn_cast<FieldDecl>(ME->getMemberDecl());
      return Field ? fieldOf(Field, slotsOf(ME->getBase())) : Slots();
    }
    if (const auto *AS = dyn_cast<ArraySubscriptExpr>(E))
      return slotsOf(AS->getBase());
    if (const auto *UO = dyn_cast<UnaryOperator>(E))
      return slotsOf(UO->getSubExpr());
    if (const auto *BO = dyn_cast<BinaryOperator>(E))
      return slotsOf(BO->isAdditiveOp() ? BO->getLHS() : BO->getRHS());
    if (const auto *CO = dyn_cast<AbstractConditionalOperator>(E)) {
      Slots Out = slotsOf(CO->getTrueExpr());
      Out.merge(slotsOf(CO->getFalseExpr()));
      return Out;
    }
    return {};
  }

  /// The role of what is put in the lvalue \p E; \p Index is its index there.
  const char *roleIn(const Expr *E, const Expr *&Index) {
    E = E->IgnoreParenCasts();
    if (const FieldDecl *Field = memberIn(E))
      return roleOfField(recordName(Field->getParent()), Field->getName());
    if (const auto *AS = dyn_cast<ArraySubscriptExpr>(E)) {
      Index = AS->getIdx();
      return roleIn(AS->getBase(), Index);
    }
    if (const auto *UO = dyn_cast<UnaryOperator>(E)) {
      if (UO->getOpcode() == UO_Deref || UO->getOpcode() == UO_AddrOf)
        return roleIn(UO->getSubExpr(), Index);
    } else if (const auto *BO = dyn_cast<BinaryOperator>(E)) {
      if (BO->isAdditiveOp()) {
        Index = BO->getRHS();
        return roleIn(BO->getLHS(), Index);
      }
    } else if (const VarDecl *VD = variableOf(E)) {
      // PDRIVER_DISPATCH *table = driver->MajorFunction;
      if (VD->hasLocalStorage() && VD->getInit() && Depth < 8 &&
          VD->getType()->isPointerType()) {
        const Expr *Ignored = nullptr;
        ++Depth;
        const char *Role = roleIn(VD->getInit(), Ignored);
        --Depth;
        return Role;
      }
    }
    return nullptr;
  }

  /// f[i] = table[i], f[e->Major] = e->Routine
  bool sameRow(const Expr *Index, const Expr *Value) const {
    if (!Index)
      return false;
    if (const FieldDecl *Number = memberIn(Index)) {
      const FieldDecl *Routine = memberIn(Value);
      return Routine && Routine->getParent() == Number->getParent();
    }
    const Expr *Other = indexIn(Value);
    const VarDecl *Variable = variableOf(Index);
    return Other && Variable && variableOf(Other) == Variable;
  }

  void members(const Slots &At, const RecordDecl *RD,
               const InitListExpr *List) {
    if (RD->isUnion()) {
      if (const FieldDecl *Field = List->getInitializedFieldInUnion())
        if (List->getNumInits() == 1)
          initialize(fieldOf(Field, At), Field->getType(), List->getInit(0),
                     std::nullopt);
      return;
    }
    std::vector<std::pair<const FieldDecl *, const Expr *>> Rows;
    for (const FieldDecl *Field : RD->fields())
      if (!Field->isUnnamedBitField() && Rows.size() < List->getNumInits())
        Rows.push_back({Field, List->getInit(Rows.size())});
    Key K;
    for (auto [Field, Init] : Rows) {
      Expr::EvalResult R;
      if (!K && Field->getType()->isIntegralOrEnumerationType() &&
          !isa<ImplicitValueInitExpr>(Init) && Init->EvaluateAsInt(R, F.Ctx))
        if (int64_t N = R.Val.getInt().getExtValue(); N >= 0 && N <= LastMajor)
          K = N;
    }
    for (auto [Field, Init] : Rows)
      if (const char *Role = roleOfField(recordName(RD), Field->getName()))
        give(Role, -1, /*Keyed=*/false, Init, Init->getBeginLoc());
      else
        initialize(fieldOf(Field, At), Field->getType(), Init, K);
  }

public:
  static std::string parameter(const FunctionDecl *Callee, unsigned I) {
    return functionKey(Callee) + "#" + std::to_string(I);
  }
};

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
          C.put({Collector::parameter(Callee, I)}, CE->getArg(I), std::nullopt);
    return true;
  }

private:
  Facts &F;
  const FunctionDecl *FD;
  const SourceManager &SM;
  Collector C;
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
    Collector(F, nullptr)
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
