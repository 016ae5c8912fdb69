//===- SliceBuilder.cpp - Making a slice ----------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Visits the statements of a function and of what it calls until nothing more
// joins the slice.
//
//===----------------------------------------------------------------------===//

#include "SliceBuilder.h"
#include "AccessPath.h"
#include "SehLowering.h"
#include "Summaries.h"

using namespace clang;

namespace leak62 {

void SliceBuilder::run(const FunctionDecl *Entry,
                       llvm::ArrayRef<const ValueDecl *> Given) {
  Branches.clear();
  Calls.clear();
  Read.clear();
  Acting.clear();
  Results.clear();
  Flow.run(Entry, Given);
  do {
    Changed = false;
    for (ResourceFlow::Function *F : Flow.functions())
      for (ResourceFlow::Item &I : F->Items)
        visit(*F, I);
  } while (Changed);
  Variables.clear();
  Numbers.clear();
  Within.clear();
  for (const void *Name : Read)
    Numbers.try_emplace(Name, Numbers.size());
  for (ResourceFlow::Function *F : Flow.functions()) {
    auto &Out = Variables[F->FD->getCanonicalDecl()];
    for (const VarDecl *VD : F->Variables)
      if (VD->getType()->isScalarType() &&
          (Read.contains(VD->getCanonicalDecl()) || Flow.mayHold(VD)))
        Out.push_back(VD);
  }
}

void SliceBuilder::namesIn(const Stmt *S, bool Deep, llvm::BitVector &Out) {
  if (!S)
    return;
  if (const auto *E = dyn_cast<Expr>(S)) {
    auto It = Numbers.find(Flow.nameOf(E));
    if (It != Numbers.end())
      Out.set(It->second);
  }
  if (const auto *CE = dyn_cast<CallExpr>(S))
    if (const FunctionDecl *FD = CE->getDirectCallee())
      if (Calls.contains(CE) && Flow.knows(FD))
        Out |= namesWithin(FD);
  if (Deep)
    for (const Stmt *C : S->children())
      namesIn(C, Deep, Out);
}

const llvm::BitVector &SliceBuilder::namesWithin(const FunctionDecl *FD) {
  std::unique_ptr<llvm::BitVector> &Known = Within[FD->getCanonicalDecl()];
  if (Known)
    return *Known;
  Known = std::make_unique<llvm::BitVector>(Numbers.size());
  llvm::BitVector *Out = Known.get(); // recursion sees it as it is so far
  const FunctionDecl *Def = nullptr;
  if (FD->hasBody(Def))
    namesIn(Def->getBody(), true, *Out);
  return *Out;
}

bool SliceBuilder::hasAsm(const Stmt *S) {
  return S && (isa<AsmStmt>(S) || llvm::any_of(S->children(), hasAsm));
}

bool SliceBuilder::isOpen(const FunctionDecl *FD) const {
  return FD && !lookupRoutine(FD) && Flow.knows(FD);
}

bool SliceBuilder::containsAsm(const FunctionDecl *FD) {
  auto [It, New] = Asm.try_emplace(FD->getCanonicalDecl(), false);
  if (New)
    It->second = hasAsm(FD->getBody());
  return It->second;
}

void SliceBuilder::read(const void *Name) {
  if (!Name || !Read.insert(Name).second)
    return;
  Changed = true;
  for (const void *Other : Flow.aliasesOf(Name))
    read(Other);
}

const RecordDecl *SliceBuilder::recordOf(QualType T) const {
  const RecordDecl *RD = Ctx.getBaseElementType(T)->getAsRecordDecl();
  return RD ? RD->getDefinition() : nullptr;
}

void SliceBuilder::readRecord(QualType T, unsigned Depth) {
  const RecordDecl *RD = recordOf(T);
  if (!RD || Depth > 6)
    return;
  if (RD->isUnion())
    return read(RD->getCanonicalDecl());
  for (const FieldDecl *F : RD->fields()) {
    read(F);
    readRecord(F->getType(), Depth + 1);
  }
}

bool SliceBuilder::isRead(QualType T, unsigned Depth) const {
  if (Read.contains(Flow.nameOf(T)))
    return true;
  const RecordDecl *RD = recordOf(T);
  if (!RD || Depth > 6)
    return RD != nullptr;
  if (RD->isUnion() && Read.contains(RD->getCanonicalDecl()))
    return true;
  if (isListRecord(RD))
    return Depth == 0; // lists inside change by routines of their own
  return llvm::any_of(RD->fields(), [&](const FieldDecl *F) {
    return Read.contains(F) ||
           (recordOf(F->getType()) && isRead(F->getType(), Depth + 1));
  });
}

void SliceBuilder::reads(const Stmt *S) {
  if (!S || isa<UnaryExprOrTypeTraitExpr, OffsetOfExpr>(S))
    return;
  if (const auto *CE = dyn_cast<CallExpr>(S))
    return result(CE);
  if (const auto *E = dyn_cast<Expr>(S)) {
    read(Flow.nameOf(E));
    if (const auto *Cast = dyn_cast<ImplicitCastExpr>(E))
      if (Cast->getCastKind() == CK_LValueToRValue)
        readRecord(E->getType());
  }
  const auto *BO = dyn_cast<BinaryOperator>(S);
  if (isa<AbstractConditionalOperator>(S) || (BO && BO->isLogicalOp()))
    add(Branches, S);
  for (const Stmt *C : S->children())
    reads(C);
}

void SliceBuilder::address(const Expr *E) {
  E = E->IgnoreParenCasts();
  const auto *ME = dyn_cast<MemberExpr>(E);
  if (ME && !ME->isArrow())
    address(ME->getBase());
  else if (!isa<DeclRefExpr>(E))
    for (const Stmt *C : E->children())
      reads(C);
}

void SliceBuilder::result(const CallExpr *CE) {
  add(Calls, CE);
  const FunctionDecl *FD = CE->getDirectCallee();
  if (isOpen(FD))
    add(Results, FD->getCanonicalDecl());
  if (!FD || FD->getBuiltinID() || (FD->hasBody() && containsAsm(FD)))
    for (const Expr *Arg : CE->arguments())
      reads(Arg);
}

bool SliceBuilder::isLocal(const Expr *E) {
  E = E->IgnoreParenCasts();
  if (const auto *ME = dyn_cast<MemberExpr>(E))
    return !ME->isArrow() && isLocal(ME->getBase());
  if (const auto *AS = dyn_cast<ArraySubscriptExpr>(E)) {
    const Expr *Base = AS->getBase()->IgnoreImpCasts();
    return Base->getType()->isArrayType() && isLocal(Base);
  }
  const auto *Ref = dyn_cast<DeclRefExpr>(E);
  const auto *VD = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
  return VD && VD->hasLocalStorage();
}

bool SliceBuilder::isLocalAddress(const Expr *Arg) {
  const Expr *E = Arg->IgnoreParenCasts();
  if (E->getType()->isArrayType())
    return isLocal(E);
  const auto *UO = dyn_cast<UnaryOperator>(E);
  return UO && UO->getOpcode() == UO_AddrOf && isLocal(UO->getSubExpr());
}

bool SliceBuilder::decides(const Expr *Target) const {
  const Expr *E = Target->IgnoreParenCasts();
  const void *Name = Flow.nameOf(E);
  return !Name || Read.contains(Name) || Flow.holds(E) ||
         (E->getType()->isRecordType() && isRead(E->getType()));
}

bool SliceBuilder::decidesThrough(const Expr *Arg) const {
  const Expr *E = Arg->IgnoreParenCasts();
  const auto *UO = dyn_cast<UnaryOperator>(E);
  if (UO && UO->getOpcode() == UO_AddrOf)
    E = UO->getSubExpr()->IgnoreParenCasts();
  if (E->getType()->isArrayType() || (UO && UO->getOpcode() == UO_AddrOf)) {
    const void *Name = Flow.nameOf(E);
    return !Name || Read.contains(Name) ||
           isRead(Ctx.getBaseElementType(E->getType()));
  }
  QualType P = E->getType()->getPointeeType();
  if (P.isNull() || P.isConstQualified() || P->isFunctionType())
    return false;
  return P->isVoidType() || isRead(P);
}

bool SliceBuilder::callDecides(const CallExpr *CE) {
  const FunctionDecl *FD = CE->getDirectCallee();
  if (!FD)
    return true;
  if (FD->getIdentifier() && FD->getName() == SehRaised)
    return false;
  if (FD->getIdentifier() && FD->getName() == SehUnwind)
    return true;
  if (isMessageWriter(FD))
    return false;
  const Routine *R = lookupRoutine(FD);
  if (R && ownsByTable(*R) &&
      (!R->Acquires.empty() || Flow.anyArgumentMayOwn(CE)))
    return true;
  if (R && R->CopyFrom != NA &&
      R->CopyFrom < static_cast<int>(CE->getNumArgs()) &&
      Flow.contentMayOwn(CE->getArg(R->CopyFrom)))
    return true;
  if (isOpen(FD) && Acting.contains(FD->getCanonicalDecl()))
    return true;
  if (isOpen(FD) && (givesReference(FD) ||
                     (takesReference(FD) && Flow.anyArgumentMayOwn(CE))))
    return true;
  if (isOpen(FD) && !containsAsm(FD))
    return false;
  if (isKernelRoutine(FD) || FD->getBuiltinID() || FD->hasBody())
    return llvm::any_of(CE->arguments(), [this](const Expr *Arg) {
      return decidesThrough(Arg);
    });
  // A function of another file.  What it does to memory that it finds by
  // itself goes on one way as well as the other.
  return Flow.yields(FD) || Flow.anyArgumentMayOwn(CE) ||
         llvm::any_of(CE->arguments(), [this](const Expr *Arg) {
           QualType P = Arg->IgnoreParenCasts()->getType()->getPointeeType();
           return (P.isNull() || !P->isRecordType() || isLocalAddress(Arg)) &&
                  decidesThrough(Arg);
         });
}

bool SliceBuilder::callActs(const CallExpr *CE) const {
  const FunctionDecl *FD = CE->getDirectCallee();
  const Routine *R = lookupRoutine(FD);
  if (!FD || !isKernelRoutine(FD) || (R && ownsByTable(*R)))
    return true;
  return !llvm::all_of(CE->arguments(), [this](const Expr *Arg) {
    return isLocalAddress(Arg) || !decidesThrough(Arg);
  });
}

void SliceBuilder::join(Function &F, Item &I) {
  if (I.In)
    return;
  I.In = true;
  Changed = true;
  for (CFGBlock *B : F.Control->getControlDependencies(I.B)) {
    const Stmt *T = B->getTerminatorStmt();
    if (!T || !Branches.insert(T).second)
      continue;
    if (const Expr *Cond = B->getLastCondition())
      reads(Cond);
    else
      reads(B->getTerminatorCondition());
  }
}

void SliceBuilder::visit(Function &F, Item &I) {
  if (const auto *CE = dyn_cast<CallExpr>(I.S))
    return visitCall(F, I, CE);
  if (I.In)
    return;
  if (const auto *DS = dyn_cast<DeclStmt>(I.S)) {
    for (const Decl *D : DS->decls())
      if (const auto *VD = dyn_cast<VarDecl>(D))
        visitVariable(F, I, VD);
  } else if (const auto *RS = dyn_cast<ReturnStmt>(I.S)) {
    if (!Unit.acquires(F.FD) && !Results.contains(F.FD->getCanonicalDecl()))
      return;
    join(F, I);
    reads(RS->getRetValue());
  } else {
    const auto *BO = dyn_cast<BinaryOperator>(I.S);
    const Expr *To = BO ? BO->getLHS() : cast<UnaryOperator>(I.S)->getSubExpr();
    if (!decides(To))
      return;
    join(F, I);
    if (!isLocal(To))
      add(Acting, F.FD->getCanonicalDecl());
    address(To);
    if (!BO || BO->isCompoundAssignmentOp())
      reads(To);
    if (BO)
      reads(BO->getRHS());
  }
}

void SliceBuilder::visitVariable(Function &F, Item &I, const VarDecl *VD) {
  const void *Name = VD->getCanonicalDecl();
  if (!VD->getInit())
    return;
  if (!Read.contains(Name) && !Flow.mayOwn(VD->getInit()) &&
      !(VD->getType()->isRecordType() && isRead(VD->getType())))
    return;
  join(F, I);
  reads(VD->getInit());
}

void SliceBuilder::visitCall(Function &F, Item &I, const CallExpr *CE) {
  if (!I.In && callDecides(CE)) {
    join(F, I);
    if (callActs(CE))
      add(Acting, F.FD->getCanonicalDecl());
    add(Calls, CE);
    reads(CE->getCallee());
  }
  if (!I.In && !Calls.contains(CE))
    return;
  const FunctionDecl *FD = CE->getDirectCallee();
  for (unsigned N = 0; N < CE->getNumArgs() && N < 64; ++N)
    if (!(I.Args >> N & 1) && needsArgument(FD, CE, N, I.In)) {
      I.Args |= 1ull << N;
      Changed = true;
      reads(CE->getArg(N));
    }
}

bool SliceBuilder::needsArgument(const FunctionDecl *FD, const CallExpr *CE,
                                 unsigned N, bool In) {
  bool Pointer = CE->getArg(N)->getType()->isPointerType();
  if (isOpen(FD)) {
    const FunctionDecl *Def = nullptr;
    FD->hasBody(Def);
    return N >= Def->getNumParams() || (In && Pointer) ||
           Read.contains(Def->getParamDecl(N)->getCanonicalDecl());
  }
  if (!In || !FD || !isKernelRoutine(FD))
    return In;
  const Routine *R = lookupRoutine(FD);
  return Pointer ||
         (R && llvm::any_of(R->Acquires, [N](const Acquire &A) {
            return A.Cond != When::ALWAYS && A.CondArg == static_cast<int>(N);
          }));
}

} // namespace leak62
