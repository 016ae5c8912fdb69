//===- ResourceFlow.cpp ---------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ResourceFlow.h"
#include "AccessPath.h"
#include "clang/AST/Decl.h"
#include "clang/AST/Expr.h"
#include "clang/AST/Stmt.h"

using namespace clang;

namespace leak62 {

bool isMessageWriter(const FunctionDecl *FD) {
  if (!FD || !FD->isVariadic() || FD->getNumParams() == 0 || lookupRoutine(FD))
    return false;
  QualType Format =
      FD->getParamDecl(FD->getNumParams() - 1)->getType()->getPointeeType();
  return !Format.isNull() && Format->isIntegerType() &&
         FD->getASTContext().getTypeSize(Format) <= 16 &&
         !FD->getReturnType()->isPointerType();
}

bool ownsByTable(const Routine &R) {
  return R.takes() || !R.Releases.empty() || !R.Transfers.empty() ||
         R.CompletionIrp != NA || R.SendIrp != NA || R.ListInsertHead != NA ||
         R.ListRemoveHead != NA || R.ExchangeTarget != NA;
}

//===----------------------------------------------------------------------===//
// The functions
//===----------------------------------------------------------------------===//

static bool isWrite(const Stmt *S) {
  if (const auto *BO = dyn_cast<BinaryOperator>(S))
    return BO->isAssignmentOp();
  const auto *UO = dyn_cast<UnaryOperator>(S);
  return UO && UO->isIncrementDecrementOp();
}

void ResourceFlow::look(const Stmt *S, Function &F) const {
  if (!S)
    return;
  if (const auto *Ref = dyn_cast<DeclRefExpr>(S)) {
    if (const auto *FD = dyn_cast<FunctionDecl>(Ref->getDecl()))
      F.Mentions.push_back(FD);
  } else if (const auto *DS = dyn_cast<DeclStmt>(S)) {
    for (const Decl *D : DS->decls())
      if (const auto *VD = dyn_cast<VarDecl>(D))
        if (VD->hasLocalStorage())
          F.Variables.push_back(VD);
  } else if (const auto *UO = dyn_cast<UnaryOperator>(S)) {
    if (UO->getOpcode() == UO_AddrOf) {
      const Expr *E = UO->getSubExpr()->IgnoreParens();
      const void *Name = nameOf(E), *Type = nameOf(E->getType());
      if (Name && Name != Type)
        F.Addressed.push_back({Name, Type});
    }
  }
  for (const Stmt *C : S->children())
    look(C, F);
}

std::unique_ptr<ResourceFlow::Function>
ResourceFlow::prepare(const FunctionDecl *FD) const {
  auto F = std::make_unique<Function>();
  F->FD = FD;
  F->Variables.append(FD->param_begin(), FD->param_end());
  look(FD->getBody(), *F);
  CFG::BuildOptions Options;
  Options.setAllAlwaysAdd();
  F->Graph = CFG::buildCFG(FD, FD->getBody(), &Ctx, Options);
  if (!F->Graph)
    return F;
  F->Control = std::make_unique<ControlDependencyCalculator>(F->Graph.get());
  for (CFGBlock *B : *F->Graph)
    for (const CFGElement &E : *B)
      if (auto S = E.getAs<CFGStmt>())
        if (isa<CallExpr, DeclStmt, ReturnStmt>(S->getStmt()) ||
            isWrite(S->getStmt()))
          F->Items.push_back({S->getStmt(), B});
  return F;
}

void ResourceFlow::run(const FunctionDecl *Entry,
                       llvm::ArrayRef<const ValueDecl *> Given) {
  Functions.clear();
  Known.clear();
  Returning.clear();
  Owned.clear();
  Aliases.clear();
  llvm::SmallVector<const FunctionDecl *, 16> Work{Entry};
  while (!Work.empty()) {
    const FunctionDecl *Def = nullptr;
    if (!Work.pop_back_val()->hasBody(Def) || Def->isDependentContext() ||
        !Known.insert(Def->getCanonicalDecl()).second)
      continue;
    std::unique_ptr<Function> &F = All[Def->getCanonicalDecl()];
    if (!F)
      F = prepare(Def);
    for (auto [Name, Type] : F->Addressed) {
      if (!llvm::is_contained(Aliases[Name], Type)) {
        Aliases[Name].push_back(Type);
        Aliases[Type].push_back(Name);
      }
    }
    Work.append(F->Mentions.begin(), F->Mentions.end());
    for (Item &I : F->Items) {
      I.In = false;
      I.Args = 0;
    }
    Functions.push_back(F.get());
  }
  for (const ValueDecl *VD : Given)
    own(VD->getCanonicalDecl());
  do {
    Changed = false;
    for (Function *F : Functions)
      for (Item &I : F->Items)
        flow(*F, I);
  } while (Changed);
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

const void *ResourceFlow::nameOf(QualType T) const {
  return Ctx.getCanonicalType(T).getUnqualifiedType().getAsOpaquePtr();
}

// Members of unions overlap: the union as a whole counts.
static const void *nameOfMember(const MemberExpr *ME) {
  const void *Name = ME->getMemberDecl();
  for (const Expr *E = ME;;) {
    const auto *M = dyn_cast<MemberExpr>(E);
    if (!M)
      return Name;
    const auto *F = dyn_cast<FieldDecl>(M->getMemberDecl());
    if (F && F->getParent()->isUnion())
      Name = F->getParent()->getCanonicalDecl();
    if (M->isArrow())
      return Name;
    E = M->getBase()->IgnoreParens();
  }
}

const void *ResourceFlow::nameOf(const Expr *E) const {
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
    return isa<VarDecl>(Ref->getDecl()) ? Ref->getDecl()->getCanonicalDecl()
                                        : nullptr;
  if (const auto *ME = dyn_cast<MemberExpr>(E))
    return nameOfMember(ME);
  if (const auto *UO = dyn_cast<UnaryOperator>(E))
    return UO->getOpcode() == UO_Deref ? nameOf(E->getType()) : nullptr;
  return isa<ArraySubscriptExpr>(E) ? nameOf(E->getType()) : nullptr;
}

llvm::ArrayRef<const void *> ResourceFlow::aliasesOf(const void *Name) const {
  auto It = Aliases.find(Name);
  return It == Aliases.end() ? llvm::ArrayRef<const void *>() : It->second;
}

void ResourceFlow::own(const void *Name) {
  if (!Name || !Owned.insert(Name).second)
    return;
  Changed = true;
  for (const void *Other : aliasesOf(Name))
    own(Other);
}

// The array that E is an element of, if it is no pointer's.
static const Expr *arrayOf(const Expr *E) {
  const auto *AS = dyn_cast<ArraySubscriptExpr>(E);
  const Expr *Base = AS ? AS->getBase()->IgnoreImpCasts() : nullptr;
  return Base && Base->getType()->isArrayType() ? Base : nullptr;
}

// Something is put where E is: into that field, and into what it lies in.
void ResourceFlow::ownAt(const Expr *E) {
  E = E->IgnoreParenCasts();
  own(nameOf(E));
  if (const auto *ME = dyn_cast<MemberExpr>(E)) {
    if (!ME->isArrow())
      ownAt(ME->getBase());
  } else if (const Expr *Array = arrayOf(E)) {
    ownAt(Array);
  }
}

// The same by address: "&x", an array, or a pointer to it.
void ResourceFlow::ownThrough(const Expr *Arg) {
  const Expr *E = Arg->IgnoreParenCasts();
  const auto *UO = dyn_cast<UnaryOperator>(E);
  if (UO && UO->getOpcode() == UO_AddrOf)
    ownAt(UO->getSubExpr());
  else if (E->getType()->isArrayType())
    ownAt(E);
  else if (E->getType()->isPointerType())
    own(nameOf(E->getType()->getPointeeType()));
}

void ResourceFlow::ownField(const Expr *Arg, const char *Name) {
  ownField(Arg->IgnoreParenImpCasts()->getType()->getPointeeType(), Name);
}

void ResourceFlow::ownField(QualType Record, const char *Name) {
  const RecordDecl *RD = Record.isNull() ? nullptr : Record->getAsRecordDecl();
  RD = RD ? RD->getDefinition() : nullptr;
  if (!RD)
    return;
  for (const FieldDecl *F : RD->fields())
    if (F->getName() == Name) {
      if (RD->isUnion())
        own(RD->getCanonicalDecl());
      else
        own(F);
    }
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

bool ResourceFlow::holds(const Expr *E) const {
  E = E->IgnoreParenCasts();
  const void *Name = nameOf(E);
  if (Name && Owned.contains(Name))
    return true;
  if (const auto *ME = dyn_cast<MemberExpr>(E)) {
    if (!ME->isArrow())
      return holds(ME->getBase());
    // The links of what is on a list lead to more of the same.
    const auto *F = dyn_cast<FieldDecl>(ME->getMemberDecl());
    return F && isListRecord(F->getParent()) && mayOwn(ME->getBase());
  }
  const Expr *Array = arrayOf(E);
  return Array && holds(Array);
}

// "&p->a.b[i]" lies in what p points to.
bool ResourceFlow::addressMayOwn(const Expr *Of) const {
  Of = Of->IgnoreParenCasts();
  if (holds(Of))
    return true;
  while (true) {
    if (const auto *ME = dyn_cast<MemberExpr>(Of)) {
      if (ME->isArrow())
        return mayOwn(ME->getBase());
      Of = ME->getBase()->IgnoreParenCasts();
    } else if (const Expr *Array = arrayOf(Of)) {
      Of = Array;
    } else {
      const auto *AS = dyn_cast<ArraySubscriptExpr>(Of);
      const auto *UO = dyn_cast<UnaryOperator>(Of);
      if (AS)
        return mayOwn(AS->getBase());
      return UO && UO->getOpcode() == UO_Deref && mayOwn(UO->getSubExpr());
    }
  }
}

bool ResourceFlow::mayOwn(const Stmt *S) const {
  const auto *E = dyn_cast_or_null<Expr>(S);
  if (!E) {
    const auto *CS = dyn_cast_or_null<CompoundStmt>(S);
    return CS && !CS->body_empty() && mayOwn(CS->body_back());
  }
  E = E->IgnoreParenCasts();
  if (const auto *CE = dyn_cast<CallExpr>(E))
    return callMayOwn(CE);
  if (const auto *SE = dyn_cast<StmtExpr>(E))
    return mayOwn(SE->getSubStmt());
  if (const auto *UO = dyn_cast<UnaryOperator>(E)) {
    if (UO->getOpcode() == UO_AddrOf)
      return addressMayOwn(UO->getSubExpr());
    return UO->getOpcode() == UO_Deref ? holds(E) : mayOwn(UO->getSubExpr());
  }
  if (const auto *BO = dyn_cast<BinaryOperator>(E)) {
    if (BO->isComparisonOp() || BO->isLogicalOp())
      return false;
    if (BO->isAssignmentOp() || BO->getOpcode() == BO_Comma)
      return mayOwn(BO->getRHS());
    return mayOwn(BO->getLHS()) || mayOwn(BO->getRHS());
  }
  if (const auto *CO = dyn_cast<AbstractConditionalOperator>(E))
    return mayOwn(CO->getTrueExpr()) || mayOwn(CO->getFalseExpr());
  if (isa<InitListExpr, CompoundLiteralExpr, DesignatedInitExpr>(E))
    return llvm::any_of(E->children(),
                        [this](const Stmt *C) { return mayOwn(C); });
  return holds(E);
}

bool ResourceFlow::anyArgumentMayOwn(const CallExpr *CE) const {
  return llvm::any_of(CE->arguments(),
                      [this](const Expr *A) { return mayOwn(A); });
}

bool ResourceFlow::recordHolds(QualType T, unsigned Depth) const {
  if (Owned.contains(nameOf(T)))
    return true;
  const RecordDecl *RD = Ctx.getBaseElementType(T)->getAsRecordDecl();
  RD = RD ? RD->getDefinition() : nullptr;
  if (!RD || Depth > 6)
    return RD != nullptr;
  if (RD->isUnion() && Owned.contains(RD->getCanonicalDecl()))
    return true;
  return llvm::any_of(RD->fields(), [&](const FieldDecl *F) {
    return Owned.contains(F) || recordHolds(F->getType(), Depth + 1);
  });
}

bool ResourceFlow::contentMayOwn(const Expr *Arg) const {
  const Expr *E = Arg->IgnoreParenCasts();
  if (const auto *UO = dyn_cast<UnaryOperator>(E))
    if (UO->getOpcode() == UO_AddrOf)
      return holds(UO->getSubExpr()) ||
             recordHolds(UO->getSubExpr()->getType());
  if (E->getType()->isArrayType())
    return holds(E) || recordHolds(Ctx.getBaseElementType(E->getType()));
  QualType P = E->getType()->getPointeeType();
  return !P.isNull() && recordHolds(P);
}

bool ResourceFlow::callMayOwn(const CallExpr *CE) const {
  if (CE->getType()->isVoidType())
    return false;
  const FunctionDecl *FD = CE->getDirectCallee();
  const Routine *R = lookupRoutine(FD);
  if (R)
    for (const Acquire &A : R->Acquires)
      if (A.Where == Place::RETURN)
        return true;
  if (FD && !R && knows(FD))
    return Returning.contains(FD->getCanonicalDecl()) || yields(FD);
  return (FD && yields(FD)) ||
         (CE->getType()->isPointerType() && anyArgumentMayOwn(CE));
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

void ResourceFlow::flow(const Function &F, const Item &I) {
  if (const auto *CE = dyn_cast<CallExpr>(I.S))
    return flowCall(CE);
  if (const auto *BO = dyn_cast<BinaryOperator>(I.S)) {
    if (mayOwn(BO->getRHS()))
      ownAt(BO->getLHS());
  } else if (const auto *DS = dyn_cast<DeclStmt>(I.S)) {
    for (const Decl *D : DS->decls())
      if (const auto *VD = dyn_cast<VarDecl>(D))
        if (VD->getInit() && mayOwn(VD->getInit()))
          own(VD->getCanonicalDecl());
  } else if (const auto *RS = dyn_cast<ReturnStmt>(I.S)) {
    if (RS->getRetValue() && mayOwn(RS->getRetValue()) &&
        Returning.insert(F.FD->getCanonicalDecl()).second)
      Changed = true;
  }
}

void ResourceFlow::flowByTable(const CallExpr *CE, const Routine &R) {
  auto Arg = [CE](int I) -> const Expr * {
    return I >= 0 && I < static_cast<int>(CE->getNumArgs()) ? CE->getArg(I)
                                                            : nullptr;
  };
  for (const Acquire &A : R.Acquires)
    if (A.Where != Place::RETURN && Arg(A.Arg)) {
      ownThrough(Arg(A.Arg));
      if (A.Where == Place::FIELD)
        ownField(Arg(A.Arg), A.Field);
      // The driver object leads to its devices, and each to the one before.
      if (A.K == Kind::DEVICE) {
        QualType Device = Arg(A.Arg)->getType()->getPointeeType();
        ownField(Arg(0), "DeviceObject");
        if (!Device.isNull())
          ownField(Device->getPointeeType(), "NextDevice");
      }
    }
  auto Into = [&](int To, int From) {
    if (!Arg(To) || !Arg(From) || !mayOwn(Arg(From)))
      return false;
    ownThrough(Arg(To));
    return true;
  };
  Into(R.ListInsertHead, R.ListInsertEntry);
  Into(R.ExchangeTarget, R.ExchangeValue);
  if (Arg(R.CopyTo) && Arg(R.CopyFrom) && contentMayOwn(Arg(R.CopyFrom)))
    ownThrough(Arg(R.CopyTo));
  if (Into(R.AliasTo, R.AliasFrom))
    ownField(Arg(R.AliasTo), R.AliasField);
}

void ResourceFlow::flowCall(const CallExpr *CE) {
  const FunctionDecl *FD = CE->getDirectCallee();
  if (!FD)
    return;
  if (const Routine *R = lookupRoutine(FD)) {
    flowByTable(CE, *R);
  } else if (knows(FD)) {
    const FunctionDecl *Def = nullptr;
    FD->hasBody(Def);
    for (unsigned N = 0; N < CE->getNumArgs() && N < Def->getNumParams(); ++N)
      if (mayOwn(CE->getArg(N)))
        own(Def->getParamDecl(N)->getCanonicalDecl());
  }
  if (!lookupRoutine(FD) && yields(FD)) {
    for (const Expr *A : CE->arguments())
      if (A->getType()->isPointerType())
        ownThrough(A);
  }
}

} // namespace leak62
