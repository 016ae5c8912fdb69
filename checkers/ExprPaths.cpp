//===- ExprPaths.cpp - Where the value of an expression came from ---------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Looks through the locals of a function by all that is ever assigned to them,
// and into tables by all that they are made of.
//
//===----------------------------------------------------------------------===//

#include "ExprPaths.h"
#include "AccessPath.h"
#include "Resources.h"

using namespace clang;

namespace leak62 {

ExprPaths::ExprPaths(const FunctionDecl *FD) : Named(FD->getNumParams()) {
  collect(FD->getBody());
}

// The record or array that E is a part of, within the same variable or behind
// one pointer; Field is the part's, or null.
static const Expr *wholeOf(const Expr *E, const ValueDecl *&Field) {
  Field = nullptr;
  for (E = E->IgnoreParenCasts();;) {
    if (const auto *ME = dyn_cast<MemberExpr>(E)) {
      if (!Field)
        Field = ME->getMemberDecl();
      E = ME->getBase()->IgnoreParenCasts();
      if (ME->isArrow())
        return E;
    } else if (const auto *AS = dyn_cast<ArraySubscriptExpr>(E)) {
      E = AS->getBase()->IgnoreParenCasts();
      if (!E->getType()->isArrayType())
        return E;
    } else if (const auto *UO = dyn_cast<UnaryOperator>(E);
               UO && UO->getOpcode() == UO_Deref) {
      return UO->getSubExpr()->IgnoreParenCasts();
    } else {
      return E;
    }
  }
}

void ExprPaths::initialise(const VarDecl *VD, const Expr *Init,
                           const ValueDecl *Field) {
  const auto *List = dyn_cast<InitListExpr>(Init->IgnoreParens());
  if (!List) {
    if (Init->getType()->isPointerType())
      Parts[VD].push_back({Field, Init});
    return;
  }
  if (List->isSyntacticForm() && List->getSemanticForm())
    List = List->getSemanticForm();
  const RecordDecl *RD = List->getType()->getAsRecordDecl();
  if (!RD) {
    for (const Expr *E : List->inits())
      initialise(VD, E, Field);
    return;
  }
  if (RD->isUnion()) {
    for (const Expr *E : List->inits())
      initialise(VD, E, List->getInitializedFieldInUnion());
    return;
  }
  unsigned I = 0;
  for (const FieldDecl *F : RD->fields()) {
    if (F->isUnnamedBitField())
      continue;
    if (I < List->getNumInits())
      initialise(VD, List->getInit(I++), F);
  }
}

void ExprPaths::collect(const Stmt *S) {
  if (!S)
    return;
  if (const auto *DS = dyn_cast<DeclStmt>(S)) {
    for (const Decl *D : DS->decls())
      if (const auto *VD = dyn_cast<VarDecl>(D))
        if (VD->getInit()) {
          Assigned[VD].push_back(VD->getInit());
          if (VD->hasLocalStorage() && !VD->getType()->isPointerType())
            initialise(VD, VD->getInit(), nullptr);
        }
  } else if (const auto *BO = dyn_cast<BinaryOperator>(S)) {
    if (BO->getOpcode() == BO_Assign) {
      const ValueDecl *Field = nullptr;
      const Expr *To = BO->getLHS()->IgnoreParenCasts();
      const VarDecl *VD = variableOf(To);
      if (VD)
        Assigned[VD].push_back(BO->getRHS());
      else if ((VD = variableOf(wholeOf(To, Field))) && VD->hasLocalStorage() &&
               !VD->getType()->isPointerType())
        Parts[VD].push_back({Field, BO->getRHS()});
    }
  } else if (const auto *CE = dyn_cast<CallExpr>(S)) {
    const Routine *R = lookupRoutine(CE->getDirectCallee());
    if (R && R->ListInsertEntry != NA &&
        R->ListInsertEntry < static_cast<int>(CE->getNumArgs())) {
      const auto *UO = dyn_cast<UnaryOperator>(
          CE->getArg(R->ListInsertHead)->IgnoreParenCasts());
      const VarDecl *Head = UO && UO->getOpcode() == UO_AddrOf
                                ? variableOf(UO->getSubExpr())
                                : nullptr;
      if (Head && Head->hasLocalStorage())
        Linked[Head].push_back(CE->getArg(R->ListInsertEntry));
    }
  }
  for (const Stmt *Child : S->children())
    collect(Child);
}

static void addAll(ExprPaths::Set &To, const ExprPaths::Set &From) {
  To.insert(From.begin(), From.end());
}

static ExprPaths::Set derefAll(const ExprPaths::Set &Values) {
  ExprPaths::Set Out;
  for (const std::string &V : Values)
    Out.insert(derefSlot(V));
  return Out;
}

// Where a local record, a string or the head of a list, was copied from.
ExprPaths::Set ExprPaths::copied(const VarDecl *VD) {
  const RecordDecl *RD = VD->getType()->getAsRecordDecl();
  Set Out;
  if (!RD || !hangsOn(RD) || !Visiting.insert(VD).second)
    return Out;
  if (auto It = Assigned.find(VD); It != Assigned.end())
    for (const Expr *Value : It->second)
      if (!isa<InitListExpr>(Value->IgnoreParens()))
        addAll(Out, slots(Value, /*Copies=*/true));
  if (auto It = Linked.find(VD); It != Linked.end())
    for (const Expr *Link : It->second)
      for (const std::string &From : entryPaths(Link))
        if (StringRef(From).starts_with("list "))
          Out.insert(From);
  const auto *FD = dyn_cast<FunctionDecl>(VD->getDeclContext());
  if (FD && isListRecord(RD) && !isa<ParmVarDecl>(VD))
    Out.insert("local " + pathOfRoutine(FD) + ":" + VD->getNameAsString());
  Visiting.erase(VD);
  return Out;
}

ExprPaths::Set ExprPaths::entryPaths(const Expr *Link) {
  Link = Link->IgnoreParenCasts();
  const auto *UO = dyn_cast<UnaryOperator>(Link);
  if (!UO || UO->getOpcode() != UO_AddrOf)
    return valuePaths(Link);
  const ValueDecl *Field = nullptr;
  const Expr *Object = wholeOf(UO->getSubExpr(), Field);
  return Field && Object->getType()->isPointerType() ? valuePaths(Object)
                                                     : Set();
}

ExprPaths::Set ExprPaths::pointeePaths(const Expr *E) {
  return derefAll(valuePaths(E));
}

// The variables that a lvalue's whole, or what a pointer points into, may be.
void ExprPaths::wholes(const Expr *E,
                       llvm::SmallPtrSetImpl<const VarDecl *> &Out) {
  const ValueDecl *Field = nullptr;
  E = E->IgnoreParenCasts();
  if (const auto *BO = dyn_cast<BinaryOperator>(E)) {
    if (BO->isAdditiveOp())
      wholes(BO->getLHS(), Out);
    return;
  }
  if (const auto *UO = dyn_cast<UnaryOperator>(E)) {
    if (UO->getOpcode() == UO_AddrOf || UO->isIncrementDecrementOp())
      wholes(UO->getSubExpr(), Out);
    return;
  }
  E = wholeOf(E, Field);
  const VarDecl *VD = variableOf(E);
  if (!VD)
    return;
  if (!VD->getType()->isPointerType()) {
    Out.insert(VD);
    return;
  }
  auto It = Assigned.find(VD);
  if (!VD->hasLocalStorage() || It == Assigned.end() ||
      !Visiting.insert(VD).second)
    return;
  for (const Expr *Value : It->second)
    wholes(Value, Out);
  Visiting.erase(VD);
}

// What an element or a field may hold by what its variable is made of.
ExprPaths::Set ExprPaths::partPaths(const Expr *E) {
  Set Out;
  const ValueDecl *Field = nullptr;
  if (!isa<ArraySubscriptExpr, MemberExpr, UnaryOperator>(E))
    return Out;
  llvm::SmallPtrSet<const VarDecl *, 2> In;
  wholes(wholeOf(E, Field), In);
  for (const VarDecl *VD : In) {
    if (VD->hasGlobalStorage() && VD->getInit() && !Parts.count(VD)) {
      Parts[VD];
      initialise(VD, VD->getInit(), nullptr);
    }
    auto It = Parts.find(VD);
    if (It == Parts.end() || !Visiting.insert(VD).second)
      continue;
    llvm::SmallVector<Part, 4> All = It->second;
    for (const Part &P : All)
      if (P.Field == Field)
        addAll(Out, valuePaths(P.Value));
    Visiting.erase(VD);
  }
  return Out;
}

ExprPaths::Set ExprPaths::slots(const Expr *E, bool Copies) {
  E = E->IgnoreParenCasts();
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
    const auto *VD = dyn_cast<VarDecl>(Ref->getDecl());
    if (VD && VD->hasGlobalStorage())
      return {pathOfGlobal(VD)};
    return VD && Copies ? copied(VD) : Set();
  }
  if (const auto *ME = dyn_cast<MemberExpr>(E)) {
    const auto *Field = dyn_cast<FieldDecl>(ME->getMemberDecl());
    if (!Field)
      return {};
    std::string Typed = typedField(Field);
    if (!Typed.empty())
      return {Typed};
    Set Out;
    for (const std::string &Base : ME->isArrow()
                                       ? derefAll(valuePaths(ME->getBase()))
                                       : slots(ME->getBase(), Copies)) {
      std::string Path = hangField(Field, Base);
      if (!Path.empty())
        Out.insert(Path);
    }
    return Out;
  }
  if (const auto *AS = dyn_cast<ArraySubscriptExpr>(E)) {
    Set Out;
    // An array decays to "&slot"; its elements share the array's path.
    for (const std::string &V : valuePaths(AS->getBase()))
      Out.insert(derefSlot(V));
    return Out;
  }
  if (const auto *UO = dyn_cast<UnaryOperator>(E))
    if (UO->getOpcode() == UO_Deref)
      return derefAll(valuePaths(UO->getSubExpr()));
  return {};
}

ExprPaths::Set ExprPaths::variablePaths(const VarDecl *VD) {
  if (VD->hasGlobalStorage())
    return {pathOfGlobal(VD)};
  Set Out;
  if (const auto *PD = dyn_cast<ParmVarDecl>(VD))
    Out.insert("param " + std::to_string(PD->getFunctionScopeIndex()));
  if (Visiting.insert(VD).second) {
    auto It = Assigned.find(VD);
    if (It != Assigned.end())
      for (const Expr *Value : It->second)
        addAll(Out, valuePaths(Value));
    Visiting.erase(VD);
  }
  return Out;
}

ExprPaths::Set ExprPaths::callPaths(const CallExpr *CE) {
  const Routine *R = lookupRoutine(CE->getDirectCallee());
  if (!R)
    return {};
  auto Arg = [&](int I) {
    return I >= 0 && I < static_cast<int>(CE->getNumArgs())
               ? valuePaths(CE->getArg(I))
               : Set();
  };
  Set Out;
  if (R->ListRemoveHead != NA)
    for (const std::string &Head : derefAll(Arg(R->ListRemoveHead)))
      Out.insert(listOf(Head));
  if (R->ExchangeTarget != NA)
    addAll(Out, derefAll(Arg(R->ExchangeTarget)));
  if (R->Returns != NA)
    addAll(Out, Arg(R->Returns));
  return Out;
}

ExprPaths::Set ExprPaths::addressPaths(const Expr *Lvalue) {
  Set Out;
  for (const std::string &Slot : slots(Lvalue, /*Copies=*/true))
    Out.insert("&" + Slot);
  return Out;
}

ExprPaths::Set ExprPaths::valuePaths(const Expr *E) {
  // Generated code can nest without end; nothing is lost by giving up there.
  if (Depth > 40)
    return {};
  ++Depth;
  struct Leave {
    unsigned &D;
    ~Leave() { --D; }
  } Guard{Depth};

  E = E->IgnoreParenCasts();
  if (E->getType()->isArrayType())
    return addressPaths(E);
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
    const auto *VD = dyn_cast<VarDecl>(Ref->getDecl());
    return VD ? variablePaths(VD) : Set();
  }
  Set Out;
  if (const auto *UO = dyn_cast<UnaryOperator>(E)) {
    if (UO->getOpcode() == UO_AddrOf)
      return addressPaths(UO->getSubExpr());
    if (UO->isIncrementDecrementOp())
      return valuePaths(UO->getSubExpr());
  }
  if (const auto *BO = dyn_cast<BinaryOperator>(E)) {
    if (BO->isAssignmentOp() || BO->getOpcode() == BO_Comma)
      return valuePaths(BO->getRHS());
    if (BO->isAdditiveOp()) {
      addAll(Out, valuePaths(BO->getLHS()));
      addAll(Out, valuePaths(BO->getRHS()));
    }
    return Out;
  }
  if (const auto *CO = dyn_cast<AbstractConditionalOperator>(E)) {
    addAll(Out, valuePaths(CO->getTrueExpr()));
    addAll(Out, valuePaths(CO->getFalseExpr()));
    return Out;
  }
  if (const auto *CE = dyn_cast<CallExpr>(E))
    return callPaths(CE);
  if (const auto *SE = dyn_cast<StmtExpr>(E)) {
    if (const auto *Last = dyn_cast_or_null<Expr>(
            SE->getSubStmt()->body_empty() ? nullptr
                                           : SE->getSubStmt()->body_back()))
      return valuePaths(Last);
    return {};
  }
  if (isa<VAArgExpr>(E))
    return {"param " + std::to_string(Named)};
  Out = slots(E, /*Copies=*/true);
  addAll(Out, partPaths(E));
  return Out;
}

} // namespace leak62
