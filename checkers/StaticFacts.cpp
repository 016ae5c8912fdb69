//===- StaticFacts.cpp - Facts that need no path
//---------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Releases are taken from the syntax tree, without regard to paths: the linker
// asks whether teardown can free a slot, and a release that exists must not be
// missed because a path was cut.  Of a list it is noted whether a release only
// takes one entry that a loop has looked for: the statements behind it leave
// the loop.
//
//===----------------------------------------------------------------------===//

#include "AccessPath.h"
#include "ExprPaths.h"
#include "Annotations.h"
#include "ControlCodes.h"
#include "Facts.h"
#include "OwnerFacts.h"
#include "RoutineFacts.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace leak62 {
namespace {

const FunctionDecl *functionIn(const Expr *E) {
  E = E->IgnoreParenCasts();
  if (const auto *UO = dyn_cast<UnaryOperator>(E))
    if (UO->getOpcode() == UO_AddrOf)
      E = UO->getSubExpr()->IgnoreParenCasts();
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
    return dyn_cast<FunctionDecl>(Ref->getDecl());
  return nullptr;
}

const RecordDecl *pointeeRecord(QualType T) {
  QualType P = T->getPointeeType();
  return P.isNull() ? nullptr : P->getAsRecordDecl();
}

// "q->last = &q->first", "q->last = &entry->next": slots of type T ** and what
// they point to.
void addPointees(Facts &F, QualType T, const ExprPaths::Set &Slots,
                 const ExprPaths::Set &Values) {
  QualType Entry = T->getPointeeType();
  if (Entry.isNull() || !Entry->isPointerType())
    return;
  auto IsSlot = [](StringRef Path) {
    return Path.find_first_of("&*") == StringRef::npos &&
           !Path.contains("param ");
  };
  const RecordDecl *RD = pointeeRecord(Entry);
  std::string Links = RD ? recordName(RD) + "." : "";
  for (const std::string &Value : Values) {
    StringRef Target = Value;
    if (!Target.consume_front("&") || !IsSlot(Target))
      continue;
    for (const std::string &Slot : Slots)
      if (IsSlot(Slot))
        F.addPointsTo(Slot, Target.str(),
                      Links.size() > 1 && Target.starts_with(Links));
  }
}

/// The record of which \p E has the size, as in sizeof(T) + n, or null.
const RecordDecl *sizedRecord(const Expr *E) {
  E = E->IgnoreParenCasts();
  if (const auto *SO = dyn_cast<UnaryExprOrTypeTraitExpr>(E))
    return SO->getKind() == UETT_SizeOf
               ? SO->getTypeOfArgument()->getAsRecordDecl()
               : nullptr;
  const auto *BO = dyn_cast<BinaryOperator>(E);
  if (!BO || (BO->getOpcode() != BO_Add && BO->getOpcode() != BO_Mul))
    return nullptr;
  const RecordDecl *Left = sizedRecord(BO->getLHS());
  return Left ? Left : sizedRecord(BO->getRHS());
}

class BodyVisitor : public RecursiveASTVisitor<BodyVisitor> {
public:
  BodyVisitor(Facts &F, const FunctionDecl *FD) : F(F), FD(FD), Paths(FD) {}

  bool VisitBinaryOperator(BinaryOperator *BO) {
    const RecordDecl *RD = BO->getType()->getAsRecordDecl();
    if (BO->getOpcode() == BO_Assign && BO->getType()->isPointerType())
      alias(BO);
    else if (BO->getOpcode() == BO_Assign && RD && isListRecord(RD))
      for (const std::string &Source : Paths.placePaths(BO->getRHS()))
        for (const std::string &Path : Paths.placePaths(BO->getLHS()))
          addAlias(listOf(Path), listOf(Source));
    return true;
  }

  bool TraverseStmt(Stmt *S) {
    if (!S)
      return true;
    Above.push_back(S);
    bool Continue = RecursiveASTVisitor::TraverseStmt(S);
    Above.pop_back();
    return Continue;
  }

  bool VisitCastExpr(CastExpr *CE) {
    if (const auto *Call =
            dyn_cast<CallExpr>(CE->getSubExpr()->IgnoreParenCasts()))
      if (const RecordDecl *RD = pointeeRecord(CE->getType()))
        if (std::string Name = recordName(RD); !Name.empty()) {
          F.addResult(Call, Name);
          Typed.insert(Call);
        }
    const auto *ME = dyn_cast<MemberExpr>(CE->getSubExpr()->IgnoreParenCasts());
    if (!ME || ME->getMemberDecl()->getNameAsString() != "DeviceExtension")
      return true;
    const auto *Field = dyn_cast<FieldDecl>(ME->getMemberDecl());
    if (Field && recordName(Field->getParent()) == "DEVICE_OBJECT")
      addExtension(CE->getType());
    return true;
  }

  bool VisitCallExpr(CallExpr *CE) {
    const FunctionDecl *Callee = CE->getDirectCallee();
    if (!Callee)
      return true;
    Callees.insert(CE->getCallee()->IgnoreParenCasts());
    if (Callee->getIdentifier())
      if (const char *Framework = frameworkOf(Callee->getName()))
        F.addFramework(Callee->getName().str(), Framework);
    const Routine *R = lookupRoutine(Callee);
    resultBySize(CE);
    if (!R) {
      if (!isKernelRoutine(Callee)) {
        addCall(CE, Callee);
        if (const RecordDecl *RD = pointeeRecord(CE->getType()))
          if (std::string Name = recordName(RD); !Name.empty())
            F.addResult(CE, Name);
      }
      if (const Routine *A = annotatedRoutine(Callee))
        for (const Release &Rel : A->Releases)
          addReleases(CE, Rel);
      return true;
    }
    for (const Release &Rel : R->Releases)
      addReleases(CE, Rel);
    if (R->ListInsertEntry < static_cast<int>(CE->getNumArgs()) &&
        R->ListInsertEntry != NA)
      listAlias(CE->getArg(R->ListInsertHead), CE->getArg(R->ListInsertEntry));
    for (const Acquire &A : R->Acquires)
      if (A.K == Kind::DEVICE && CE->getNumArgs() > 1)
        extensionBySize(CE, CE->getArg(1));
    return true;
  }

  bool VisitDeclRefExpr(DeclRefExpr *Ref) {
    const auto *Fn = dyn_cast<FunctionDecl>(Ref->getDecl());
    if (Fn && !isKernelRoutine(Fn))
      References.push_back({Ref, Fn});
    return true;
  }

  // A mention that no call consumed hands the routine to somebody.
  void finish() {
    for (auto [Ref, Fn] : References)
      if (!Callees.count(Ref))
        F.addCall(FD, Fn, at(Ref->getBeginLoc()).Line, /*Direct=*/false);
  }

private:
  Facts &F;
  const FunctionDecl *FD;
  ExprPaths Paths;
  /// The statements that the one at hand is in, outermost first.
  std::vector<const Stmt *> Above;
  std::set<const Expr *> Callees;
  /// Calls of which a cast tells what they return.
  std::set<const Expr *> Typed;
  std::vector<std::pair<const DeclRefExpr *, const FunctionDecl *>> References;

  Position at(SourceLocation Loc) {
    return positionOf(F.Ctx.getSourceManager(), Loc);
  }

  void alias(const BinaryOperator *BO) {
    ExprPaths::Set Slots = Paths.slotPaths(BO->getLHS());
    if (Slots.empty())
      return;
    ExprPaths::Set Values = Paths.valuePaths(BO->getRHS());
    addPointees(F, BO->getType(), Slots, Values);
    for (const std::string &Source : Values)
      for (const std::string &Path : Slots)
        addAlias(Path, Source);
  }

  /// An entry that was found elsewhere goes on a list.
  void listAlias(const Expr *Head, const Expr *Link) {
    for (const std::string &Source : Paths.entryPaths(Link))
      for (const std::string &Path : Paths.pointeePaths(Head))
        addAlias(listOf(Path), Source);
  }

  void addAlias(const std::string &Path, const std::string &Source) {
    if (Path != Source && Path.find('*') == std::string::npos &&
        Source.find_first_of("&*") == std::string::npos &&
        (!StringRef(Path).contains("param ") ||
         (StringRef(Path).starts_with("list param ") &&
          !StringRef(Path).contains('.'))))
      F.addAlias(FD, Path, Source);
  }

  /// True if what follows the statement at hand leaves the loop that it is in.
  bool leavesLoop() const {
    bool Leaves = false, Breaks = false;
    for (size_t I = Above.size(); I-- > 1;) {
      const Stmt *S = Above[I - 1];
      if (isa<ForStmt, WhileStmt, DoStmt, CXXForRangeStmt>(S))
        return Leaves || Breaks;
      if (isa<SwitchStmt>(S))
        Breaks = false;
      const auto *CS = dyn_cast<CompoundStmt>(S);
      if (!CS)
        continue;
      bool Behind = false;
      for (const Stmt *Next : CS->body()) {
        Leaves |= Behind && isa<ReturnStmt, GotoStmt>(Next);
        Breaks |= Behind && isa<BreakStmt>(Next);
        Behind |= Next == Above[I];
      }
    }
    return false;
  }

  bool inLoop() const {
    return llvm::any_of(Above, [](const Stmt *S) {
      return isa<ForStmt, WhileStmt, DoStmt, CXXForRangeStmt>(S);
    });
  }

  void addRelease(const CallExpr *CE, const Release &Rel,
                  const std::string &Path) {
    F.addRelease(FD, Rel.Api, Rel.K, Path, at(CE->getBeginLoc()));
    if (StringRef(Path).starts_with("list "))
      F.addPick(FD, Path, leavesLoop());
    else if (Path == "DRIVER_OBJECT.DeviceObject")
      F.addPick(FD, Path, !inLoop());
  }

  void addExtension(QualType T) {
    if (const RecordDecl *RD = pointeeRecord(T)) {
      std::string Name = recordName(RD);
      if (!Name.empty())
        F.addExtension(Name);
    }
  }

  /// What no cast tells, since it goes to a void *, the size may.
  void resultBySize(const CallExpr *CE) {
    if (!CE->getType()->isVoidPointerType() || Typed.count(CE))
      return;
    for (const Expr *Arg : CE->arguments())
      if (const RecordDecl *RD = sizedRecord(Arg))
        if (std::string Name = recordName(RD); !Name.empty())
          F.addResult(CE, Name);
  }

  void extensionBySize(const CallExpr *CE, const Expr *E) {
    if (const auto *SO =
            dyn_cast<UnaryExprOrTypeTraitExpr>(E->IgnoreParenCasts()))
      if (SO->getKind() == UETT_SizeOf)
        if (const RecordDecl *RD = SO->getTypeOfArgument()->getAsRecordDecl()) {
          F.addExtension(recordName(RD));
          F.addResult(CE, recordName(RD));
        }
  }

  void addCall(const CallExpr *CE, const FunctionDecl *Callee) {
    F.addCall(FD, Callee, at(CE->getBeginLoc()).Line, /*Direct=*/true);
    for (unsigned I = 0; I < CE->getNumArgs(); ++I)
      if (CE->getArg(I)->getType()->isPointerType())
        for (const std::string &Path : Paths.valuePaths(CE->getArg(I)))
          F.addCallArg(FD, Callee, std::min(I, Callee->getNumParams()), Path);
  }

  // Of a condition that is not a constant either outcome is possible.
  bool holds(const CallExpr *CE, const Release &Rel) {
    if (Rel.Cond != When::IF_TRUE && Rel.Cond != When::IF_NULL)
      return true;
    if (Rel.CondArg >= static_cast<int>(CE->getNumArgs()) ||
        CE->getArg(Rel.CondArg)->getType()->isPointerType())
      return true;
    Expr::EvalResult R;
    if (!CE->getArg(Rel.CondArg)->EvaluateAsInt(R, F.Ctx))
      return true;
    return R.Val.getInt().getBoolValue() == (Rel.Cond == When::IF_TRUE);
  }

  void addReleases(const CallExpr *CE, const Release &Rel) {
    if (Rel.Arg >= static_cast<int>(CE->getNumArgs()))
      return;
    const Expr *Arg = CE->getArg(Rel.Arg);
    if (!holds(CE, Rel))
      return;
    if (Rel.Where == Place::OBJECT) {
      std::set<std::string> Objects;
      if (const FunctionDecl *Fn = functionIn(Arg))
        Objects.insert(pathOfRoutine(Fn));
      else if (Arg->getType()->isRecordType()) // passed by value
        Objects = Paths.slotPaths(Arg);
      for (const std::string &Path : Objects)
        addRelease(CE, Rel, Path);
      if (!Objects.empty())
        return;
    }
    for (const std::string &Value : Paths.valuePaths(Arg)) {
      std::string Path = Value;
      if (Rel.Where != Place::VALUE) {
        Path =
            StringRef(Value).starts_with("&") ? Value.substr(1) : Value + "*";
        if (Rel.Where == Place::FIELD)
          Path += std::string(".") + Rel.Field;
      }
      addRelease(CE, Rel, Path);
    }
  }
};

class UnitVisitor : public RecursiveASTVisitor<UnitVisitor> {
public:
  explicit UnitVisitor(Facts &F) : F(F) {}

  // A global structure lives as long as the driver, like a device extension.
  bool VisitVarDecl(VarDecl *VD) {
    const SourceManager &SM = F.Ctx.getSourceManager();
    if (!VD->hasGlobalStorage() ||
        SM.isInSystemHeader(SM.getExpansionLoc(VD->getLocation())))
      return true;
    collectRoutineTable(F, VD);
    addLasting(VD->getType());
    if (VD->getInit())
      addPointees(F, VD->getType(), {pathOfGlobal(VD)},
                  ExprPaths().valuePaths(VD->getInit()));
    return true;
  }

  bool VisitRecordDecl(RecordDecl *RD) {
    collectParts(F, RD);
    return true;
  }

  bool VisitFunctionDecl(FunctionDecl *FD) {
    const SourceManager &SM = F.Ctx.getSourceManager();
    if (FD->isDependentContext() ||
        SM.isInSystemHeader(SM.getExpansionLoc(FD->getLocation())))
      return true;
    collectDeclaredRoles(F, FD);
    if (!FD->doesThisDeclarationHaveABody())
      return true;
    F.addFunction(FD);
    if (FD->getIdentifier() &&
        (FD->getName() == "DriverEntry" || FD->getName() == "GsDriverEntry"))
      F.addRole(FD, "DRIVER_ENTRY", -1, positionOf(SM, FD->getLocation()));
    BodyVisitor V(F, FD);
    V.TraverseStmt(FD->getBody());
    V.finish();
    collectOwnerFacts(F, FD);
    collectRoutineFacts(F, FD);
    collectControlCodes(F, FD);
    return true;
  }

private:
  Facts &F;

  // Of a structure without a name, what it holds lasts as long.
  void addLasting(QualType T) {
    const SourceManager &SM = F.Ctx.getSourceManager();
    const RecordDecl *RD = F.Ctx.getBaseElementType(T)->getAsRecordDecl();
    if (!RD || SM.isInSystemHeader(SM.getExpansionLoc(RD->getLocation())))
      return;
    if (std::string Name = recordName(RD); !Name.empty()) {
      F.addExtension(Name);
      return;
    }
    for (const FieldDecl *Field : RD->fields())
      addLasting(Field->getType());
  }
};

} // namespace

void collectStaticFacts(Facts &F) {
  UnitVisitor(F).TraverseDecl(F.Ctx.getTranslationUnitDecl());
}

} // namespace leak62
