//===- OwnerFacts.cpp - Objects that go, and members they had -------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// From the syntax tree, without regard to paths or order.
//
//   disposal  the memory of an object of a driver's record T is released, by a
//             kernel routine or by a function that takes it as void *.  What
//             this function itself has just acquired does not count: an object
//             on its way out of an error path is the path analysis's.
//   maker     a function of the driver that the object came from; the linker
//             knows whether it makes new ones
//   mention   the function names T.field in any way: reads it, writes it,
//             passes it or its address on.  "*" stands for all members: the
//             object is copied as a whole, or goes to somebody unknown.
//   link      T.field is only named to get from a list entry to its T
//   handover  a T * or the address of a member is passed to a function, or is
//             the context of one that a kernel routine will call
//   member    what an acquiring call gives is put in a field or a global; the
//             path analysis notes that too, but not in objects that are new
//             themselves, nor in functions that it could not finish or that
//             are out of focus
//
// Limits: an object that is known as void * alone has no record here; fields
// that can hold neither a pointer nor a structure are left out.
//
//===----------------------------------------------------------------------===//

#include "OwnerFacts.h"
#include "AccessPath.h"
#include "SkeletonFunction.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/Lexer.h"

using namespace clang;

namespace leak62 {
namespace {

/// What an object is assigned to: a variable or a field, elements included.
const ValueDecl *keyOf(const Expr *E) {
  for (;;) {
    E = E->IgnoreParenCasts();
    if (const auto *AS = dyn_cast<ArraySubscriptExpr>(E)) {
      E = AS->getBase();
      continue;
    }
    if (const auto *UO = dyn_cast<UnaryOperator>(E))
      if (UO->getOpcode() == UO_Deref || UO->getOpcode() == UO_AddrOf) {
        E = UO->getSubExpr();
        continue;
      }
    break;
  }
  if (const auto *ME = dyn_cast<MemberExpr>(E))
    return ME->getMemberDecl();
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
    return Ref->getDecl();
  return nullptr;
}

bool isNull(const Expr *E) {
  const auto *IL = dyn_cast<IntegerLiteral>(E->IgnoreParenCasts());
  return IL && IL->getValue() == 0;
}

/// True if a field of that type can hold something that must be given back.
bool canOwn(const FieldDecl *FD, const ASTContext &Ctx) {
  QualType T = Ctx.getBaseElementType(FD->getType());
  return !FD->isBitField() &&
         (T->isPointerType() || T->isRecordType() ||
          (T->isIntegerType() && Ctx.getTypeSize(T) >= 64));
}

/// A field or a global.
bool isSlot(const Expr *E) {
  const auto *Ref = dyn_cast<DeclRefExpr>(E);
  const auto *VD = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
  return isa<MemberExpr>(E) || (VD && VD->hasGlobalStorage());
}

/// \p RD's definition if the driver has it and it has a name, else null.
const RecordDecl *driverRecord(const RecordDecl *RD, const SourceManager &SM) {
  RD = RD ? RD->getDefinition() : nullptr;
  if (!RD || recordName(RD).empty() ||
      SM.isInSystemHeader(SM.getExpansionLoc(RD->getLocation())))
    return nullptr;
  return RD;
}

// A structure without a name belongs to what it lies in.
void addParts(Facts &F, const std::string &Name, const RecordDecl *RD) {
  for (const FieldDecl *Field : RD->fields()) {
    const RecordDecl *Inner =
        F.Ctx.getBaseElementType(Field->getType())->getAsRecordDecl();
    if (!Inner)
      continue;
    if (recordName(Inner).empty())
      addParts(F, Name, Inner);
    else if (driverRecord(Inner, F.Ctx.getSourceManager()))
      F.addPart(Name, recordName(Inner));
  }
}

class OwnerVisitor : public RecursiveASTVisitor<OwnerVisitor> {
public:
  OwnerVisitor(Facts &F, const FunctionDecl *FD)
      : F(F), FD(FD), SM(F.Ctx.getSourceManager()) {
    collect(FD->getBody());
  }

  bool VisitBinaryOperator(BinaryOperator *BO) {
    if (BO->getOpcode() != BO_Assign)
      return true;
    const Expr *Slot = BO->getLHS()->IgnoreParenCasts();
    if (isSlot(Slot) && Slot->getType()->isPointerType())
      for (auto [Call, Row] : acquired(BO->getRHS()))
        member(Call, *Row, Slot, slots(Slot), held(BO->getRHS()),
               BO->getBeginLoc());
    return true;
  }

  bool VisitMemberExpr(MemberExpr *ME) {
    const auto *Field = dyn_cast<FieldDecl>(ME->getMemberDecl());
    if (Field && !Read.count(ME))
      mention(Field, ME->isArrow() && isNull(ME->getBase()) ? "link"
                     : Moved.count(ME)                      ? "moved"
                                                            : "");
    return true;
  }

  bool VisitOffsetOfExpr(OffsetOfExpr *OE) {
    if (OE->getNumComponents() &&
        OE->getComponent(0).getKind() == OffsetOfNode::Field)
      mention(OE->getComponent(0).getField(), "link");
    return true;
  }

  // *a = *b, f(*a), T b = *a
  bool VisitImplicitCastExpr(ImplicitCastExpr *ICE) {
    if (ICE->getCastKind() == CK_LValueToRValue)
      mentionAll(recordOf(ICE->getType()));
    return true;
  }

  bool VisitCallExpr(CallExpr *CE) {
    const FunctionDecl *Callee = CE->getDirectCallee();
    const Routine *R = lookupRoutine(Callee);
    if (R)
      membersFilled(CE, *R);
    for (unsigned I = 0; I < CE->getNumArgs(); ++I) {
      const Expr *Arg = CE->getArg(I);
      if (R)
        argOfRoutine(CE, *R, static_cast<int>(I));
      else if (!Callee)
        for (const RecordDecl *RD : recordsPassed(Arg))
          mentionAll(RD);
      else if (!isKernelRoutine(Callee) &&
               !SM.isInSystemHeader(
                   SM.getExpansionLoc(Callee->getLocation()))) {
        for (const RecordDecl *RD : recordsPassed(Arg))
          F.addHandover(FD, Callee, recordName(RD));
        if (I < Callee->getNumParams() &&
            Callee->getParamDecl(I)->getType()->isVoidPointerType())
          disposal(CE, Arg, nullptr, Callee, static_cast<int>(I));
      }
    }
    return true;
  }

private:
  Facts &F;
  const FunctionDecl *FD;
  const SourceManager &SM;
  llvm::DenseMap<const ValueDecl *, llvm::SmallVector<const Expr *, 2>>
      Assigned;
  /// Calls that get the address of a variable or field.
  llvm::DenseMap<const ValueDecl *, llvm::SmallVector<const CallExpr *, 2>>
      Filled;
  /// Fields whose value or address goes elsewhere, and how often a variable's
  /// does.
  llvm::SmallPtrSet<const Expr *, 8> Moved;
  llvm::DenseMap<const ValueDecl *, unsigned> MovedOn;
  /// Fields that a kernel routine does nothing to but read what is there.
  llvm::SmallPtrSet<const Expr *, 8> Read;
  std::optional<ExprPaths> Paths;

  // Few functions acquire anything.
  ExprPaths::Set slots(const Expr *E) {
    if (!Paths)
      Paths.emplace(FD);
    return Paths->slotPaths(E);
  }

  /// The value of \p E, or what it is the address of, goes elsewhere.
  void moves(const Expr *E) {
    E = E->IgnoreParenCasts();
    if (const auto *CO = dyn_cast<AbstractConditionalOperator>(E)) {
      moves(CO->getTrueExpr());
      moves(CO->getFalseExpr());
      return;
    }
    if (!E->getType()->isPointerType() && !E->getType()->isArrayType())
      return;
    if (const auto *UO = dyn_cast<UnaryOperator>(E))
      if (UO->getOpcode() == UO_AddrOf)
        E = UO->getSubExpr()->IgnoreParens();
    if (const auto *Ref = dyn_cast<DeclRefExpr>(E))
      ++MovedOn[Ref->getDecl()];
    // Of t->list.Flink, the list.
    while (const auto *ME = dyn_cast<MemberExpr>(E)) {
      Moved.insert(ME);
      E = ME->getBase()->IgnoreParens();
    }
  }

  /// What starts a routine that does not get it, as a work item does: it stays
  /// where it was.
  static bool onlyStarts(const CallExpr *CE, const Routine &R, unsigned I) {
    for (const Context &C : R.Contexts) {
      if (C.ContextArg == static_cast<int>(I) || C.RoutineArg == NA ||
          C.RoutineArg >= static_cast<int>(CE->getNumArgs()))
        return false;
      QualType T = CE->getDirectCallee()
                       ->getParamDecl(C.RoutineArg)
                       ->getType()
                       ->getPointeeType();
      const auto *Type = T.isNull() ? nullptr : T->getAs<FunctionProtoType>();
      if (!Type)
        return false;
      QualType Given = CE->getDirectCallee()->getParamDecl(I)->getType();
      for (QualType Param : Type->param_types())
        if (Param.getCanonicalType() == Given.getCanonicalType())
          return false;
    }
    return !R.Contexts.empty();
  }

  static bool takes(const CallExpr *CE, unsigned I) {
    const FunctionDecl *Callee = CE->getDirectCallee();
    if (const Routine *R = lookupRoutine(Callee)) {
      for (const Transfer &T : R->Transfers)
        if (T.Arg == static_cast<int>(I))
          return I >= Callee->getNumParams() || !onlyStarts(CE, *R, I);
      return R->CompletionContext == static_cast<int>(I) ||
             R->ListRemoveHead == static_cast<int>(I) ||
             R->ListInsertEntry == static_cast<int>(I) ||
             R->CopyFrom == static_cast<int>(I);
    }
    return !isKernelRoutine(Callee);
  }

  /// Kernel routines without a row take nothing, and a copy of what a pointer
  /// leads to leaves the pointer where it is.
  static bool onlyReads(const CallExpr *CE, unsigned I) {
    const FunctionDecl *Callee = CE->getDirectCallee();
    const Routine *R = lookupRoutine(Callee);
    return R ? R->CopyFrom == static_cast<int>(I) && R->Callbacks.empty() &&
                   isa<MemberExpr>(CE->getArg(I)->IgnoreParenCasts()) &&
                   CE->getArg(I)->IgnoreParenCasts()->getType()->isPointerType()
             : isKernelRoutine(Callee);
  }

  void reads(const Expr *E) {
    E = E->IgnoreParenCasts();
    if (const auto *UO = dyn_cast<UnaryOperator>(E))
      if (UO->getOpcode() == UO_AddrOf)
        E = UO->getSubExpr()->IgnoreParenCasts();
    while (const auto *ME = dyn_cast<MemberExpr>(E)) {
      Read.insert(ME);
      E = ME->getBase()->IgnoreParenCasts();
    }
  }

  void collect(const Stmt *S) {
    if (!S)
      return;
    if (const auto *DS = dyn_cast<DeclStmt>(S)) {
      for (const Decl *D : DS->decls())
        if (const auto *VD = dyn_cast<VarDecl>(D))
          if (VD->getInit()) {
            Assigned[VD].push_back(VD->getInit());
            moves(VD->getInit());
          }
    } else if (const auto *BO = dyn_cast<BinaryOperator>(S)) {
      if (BO->getOpcode() == BO_Assign) {
        if (const ValueDecl *Key = keyOf(BO->getLHS()))
          Assigned[Key].push_back(BO->getRHS());
        moves(BO->getRHS());
      }
    } else if (const auto *RS = dyn_cast<ReturnStmt>(S)) {
      if (RS->getRetValue())
        moves(RS->getRetValue());
    } else if (const auto *CE = dyn_cast<CallExpr>(S)) {
      for (const Expr *Arg : CE->arguments())
        if (const auto *UO = dyn_cast<UnaryOperator>(Arg->IgnoreParenCasts()))
          if (UO->getOpcode() == UO_AddrOf &&
              UO->getSubExpr()->getType()->isPointerType())
            if (const ValueDecl *Key = keyOf(UO))
              Filled[Key].push_back(CE);
      for (unsigned I = 0; I < CE->getNumArgs(); ++I) {
        if (takes(CE, I))
          moves(CE->getArg(I));
        if (onlyReads(CE, I))
          reads(CE->getArg(I));
      }
    }
    for (const Stmt *Child : S->children())
      collect(Child);
  }

  /// The record of the driver that \p T is, or null.
  const RecordDecl *recordOf(QualType T) const {
    return T.isNull() ? nullptr : ofDriver(T->getAsRecordDecl());
  }
  const RecordDecl *ofDriver(const RecordDecl *RD) const {
    return driverRecord(RD, SM);
  }

  /// The record that the pointer \p E points to, cast or not: what a cast to
  /// void * hides is looked for behind it.
  const RecordDecl *pointedTo(const Expr *E) const {
    for (;;) {
      if (const RecordDecl *RD = recordOf(E->getType()->getPointeeType()))
        return RD;
      if (const auto *PE = dyn_cast<ParenExpr>(E))
        E = PE->getSubExpr();
      else if (const auto *CE = dyn_cast<CastExpr>(E))
        E = CE->getSubExpr();
      else
        return nullptr;
    }
  }

  /// Records of which an argument lets the callee see the members: T *, T **,
  /// and &t->member, from which a list entry leads back to t.
  std::set<const RecordDecl *> recordsPassed(const Expr *E) const {
    std::set<const RecordDecl *> Out;
    for (;;) {
      QualType T = E->getType()->getPointeeType();
      for (int Level = 0; Level < 2 && !T.isNull(); ++Level) {
        if (const RecordDecl *RD = recordOf(T))
          Out.insert(RD);
        T = T->getPointeeType();
      }
      if (const auto *PE = dyn_cast<ParenExpr>(E))
        E = PE->getSubExpr();
      else if (const auto *CE = dyn_cast<CastExpr>(E))
        E = CE->getSubExpr();
      else
        break;
    }
    const auto *UO = dyn_cast<UnaryOperator>(E);
    if (UO && UO->getOpcode() == UO_AddrOf)
      E = UO->getSubExpr()->IgnoreParens();
    while (const auto *ME = dyn_cast<MemberExpr>(E)) {
      if (!UO && !E->getType()->isArrayType())
        break;
      if (const auto *Field = dyn_cast<FieldDecl>(ME->getMemberDecl()))
        if (const RecordDecl *RD = ofDriver(Field->getParent()))
          Out.insert(RD);
      if (ME->isArrow())
        break;
      E = ME->getBase()->IgnoreParens();
    }
    return Out;
  }

  void mention(const FieldDecl *Field, const char *How) {
    const RecordDecl *RD = ofDriver(Field->getParent());
    if (RD && canOwn(Field, F.Ctx))
      F.addMention(FD, recordName(RD), Field->getNameAsString(), How);
  }

  void mentionAll(const RecordDecl *RD) {
    if (RD)
      F.addMention(FD, recordName(RD), "*", "");
  }

  /// The routine of the driver that gets the argument as its context, or null.
  static const FunctionDecl *givenTo(const CallExpr *CE, const Routine &R,
                                     int I) {
    for (const Context &C : R.Contexts)
      if (C.ContextArg == I && C.RoutineArg != NA &&
          C.RoutineArg < static_cast<int>(CE->getNumArgs()))
        return routineOf(CE->getArg(C.RoutineArg));
    return nullptr;
  }

  void argOfRoutine(const CallExpr *CE, const Routine &R, int I) {
    const Expr *Arg = CE->getArg(I);
    bool Transferred = R.CompletionContext == I;
    for (const Transfer &T : R.Transfers)
      Transferred |= T.Arg == I;
    const FunctionDecl *By = Transferred ? givenTo(CE, R, I) : nullptr;
    if (By)
      for (const RecordDecl *RD : recordsPassed(Arg))
        F.addHandover(FD, By, recordName(RD));
    else if (R.CopyTo == I || R.CopyFrom == I || Transferred)
      for (const RecordDecl *RD : recordsPassed(Arg))
        mentionAll(RD);
    for (const Release &Rel : R.Releases)
      if (Rel.Arg == I && Rel.Where == Place::VALUE) {
        disposal(CE, Arg, Rel.Api, nullptr, I);
        break;
      }
  }

  using Acquired = std::vector<std::pair<const CallExpr *, const Acquire *>>;

  /// Whether the value of \p E goes to another place than this one as well.
  const char *held(const Expr *E) const {
    const auto *Ref = dyn_cast<DeclRefExpr>(E->IgnoreParenCasts());
    return Ref && MovedOn.lookup(Ref->getDecl()) > 1 ? "shared" : "only";
  }

  /// The acquiring calls that a value comes from; none if it may come from
  /// elsewhere as well.
  Acquired acquired(const Expr *E, bool Local = true) const {
    E = E->IgnoreParenCasts();
    Acquired Out;
    if (const auto *CE = dyn_cast<CallExpr>(E)) {
      if (const Routine *R = lookupRoutine(CE->getDirectCallee()))
        for (const Acquire &A : R->Acquires)
          if (A.Where == Place::RETURN)
            Out.push_back({CE, &A});
      return Out;
    }
    const auto *Ref = dyn_cast<DeclRefExpr>(E);
    const auto *VD = Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
    if (!Local || !VD || !VD->hasLocalStorage() || isa<ParmVarDecl>(VD))
      return Out;
    if (auto It = Assigned.find(VD); It != Assigned.end())
      for (const Expr *Value : It->second) {
        if (isNull(Value))
          continue;
        Acquired More = acquired(Value, /*Local=*/false);
        if (More.empty())
          return {};
        Out.insert(Out.end(), More.begin(), More.end());
      }
    if (auto It = Filled.find(VD); It != Filled.end())
      for (const CallExpr *Call : It->second) {
        const Routine *R = lookupRoutine(Call->getDirectCallee());
        if (!R)
          return {};
        for (const Acquire &A : R->Acquires)
          if (A.Where == Place::OUT &&
              A.Arg < static_cast<int>(Call->getNumArgs()) &&
              keyOf(Call->getArg(A.Arg)) == VD)
            Out.push_back({Call, &A});
      }
    return Out;
  }

  void member(const CallExpr *Call, const Acquire &Row, const Expr *Slot,
              const ExprPaths::Set &Places, const char *Hold,
              SourceLocation At) {
    for (const std::string &Path : Places)
      if (Path.find('*') == std::string::npos &&
          !StringRef(Path).contains("param "))
        F.addMember(
            {Call, FD, &Row, text(Slot), Path, Hold, positionOf(SM, At)});
  }

  // f(&t->member), InsertTailList(&t->member, &entry->link)
  void membersFilled(const CallExpr *CE, const Routine &R) {
    auto SlotAt = [&](int I) -> const Expr * {
      if (I < 0 || I >= static_cast<int>(CE->getNumArgs()))
        return nullptr;
      const auto *UO =
          dyn_cast<UnaryOperator>(CE->getArg(I)->IgnoreParenCasts());
      if (!UO || UO->getOpcode() != UO_AddrOf)
        return nullptr;
      const Expr *Slot = UO->getSubExpr()->IgnoreParens();
      return isSlot(Slot) ? Slot : nullptr;
    };
    for (const Acquire &A : R.Acquires)
      if (A.Where != Place::RETURN && A.Where != Place::VALUE)
        if (const Expr *Out = SlotAt(A.Arg)) {
          ExprPaths::Set Places;
          for (const std::string &Slot : slots(Out))
            Places.insert(A.Where == Place::FIELD ? Slot + "." + A.Field
                                                  : Slot);
          member(CE, A, Out, Places,
                 A.Where == Place::OBJECT ? "object" : "only",
                 CE->getBeginLoc());
        }
    const Expr *Head = SlotAt(R.ListInsertHead);
    const auto *Entry = dyn_cast_or_null<MemberExpr>(SlotAt(R.ListInsertEntry));
    if (!Head || !Entry || !Entry->isArrow())
      return;
    for (auto [Call, Row] : acquired(Entry->getBase())) {
      ExprPaths::Set Places;
      for (const std::string &Slot : slots(Head))
        Places.insert("list " + Slot);
      member(Call, *Row, Entry->getBase(), Places, "shared", CE->getBeginLoc());
    }
  }

  std::string text(const Expr *E) const {
    return Lexer::getSourceText(SM.getExpansionRange(E->getSourceRange()), SM,
                                F.Ctx.getLangOpts())
        .str();
  }

  struct Origin {
    bool Fresh = false;
    std::set<const FunctionDecl *> Makers;
    llvm::SmallPtrSet<const ValueDecl *, 8> Seen;
    unsigned Depth = 0;
  };

  void origin(const Expr *E, Origin &O) {
    if (O.Depth > 40)
      return;
    ++O.Depth;
    E = E->IgnoreParenCasts();
    if (const auto *CE = dyn_cast<CallExpr>(E)) {
      madeBy(CE, /*Returned=*/true, O);
    } else if (const auto *CO = dyn_cast<AbstractConditionalOperator>(E)) {
      origin(CO->getTrueExpr(), O);
      origin(CO->getFalseExpr(), O);
    } else if (const auto *BO = dyn_cast<BinaryOperator>(E)) {
      bool Right = BO->isAssignmentOp() || BO->getOpcode() == BO_Comma;
      origin(Right ? BO->getRHS() : BO->getLHS(), O);
    } else if (const auto *SE = dyn_cast<StmtExpr>(E)) {
      if (!SE->getSubStmt()->body_empty())
        if (const auto *Last = dyn_cast<Expr>(SE->getSubStmt()->body_back()))
          origin(Last, O);
    } else if (const ValueDecl *Key = keyOf(E)) {
      if (O.Seen.insert(Key).second) {
        if (auto It = Assigned.find(Key); It != Assigned.end())
          for (const Expr *Value : It->second)
            // What a field holds later on says nothing of what it held.
            if (isa<VarDecl>(Key) ||
                SM.isBeforeInTranslationUnit(Value->getBeginLoc(),
                                             E->getBeginLoc()))
              origin(Value, O);
        if (auto It = Filled.find(Key); It != Filled.end())
          for (const CallExpr *Call : It->second)
            madeBy(Call, /*Returned=*/false, O);
      }
    }
    --O.Depth;
  }

  void madeBy(const CallExpr *CE, bool Returned, Origin &O) {
    const FunctionDecl *Callee = CE->getDirectCallee();
    if (!Callee)
      return;
    if (const Routine *R = lookupRoutine(Callee)) {
      for (const Acquire &A : R->Acquires)
        O.Fresh |= (A.Where == Place::RETURN) == Returned;
    } else if (!isKernelRoutine(Callee)) {
      O.Makers.insert(Callee->getCanonicalDecl());
    }
  }

  void disposal(const CallExpr *CE, const Expr *Arg, const char *Api,
                const FunctionDecl *Callee, int Index) {
    const RecordDecl *RD = pointedTo(Arg);
    if (!RD)
      return;
    Origin O;
    origin(Arg, O);
    if (O.Fresh)
      return;
    F.addDisposal({FD, recordName(RD), Api ? Api : "", Callee, Index,
                   rangeOf(F.Ctx, CE->getSourceRange()), std::move(O.Makers)});
  }
};

} // namespace

void collectParts(Facts &F, const RecordDecl *RD) {
  if (driverRecord(RD, F.Ctx.getSourceManager()) == RD)
    addParts(F, recordName(RD), RD);
}

void collectOwnerFacts(Facts &F, const FunctionDecl *FD) {
  OwnerVisitor(F, FD).TraverseStmt(FD->getBody());
}

} // namespace leak62
