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
#include "ExprPaths.h"
#include "ValueSources.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/Lexer.h"

using namespace clang;

namespace leak62 {
namespace {

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
      : F(F), FD(FD), SM(F.Ctx.getSourceManager()), Sources(SM, FD->getBody()) {
  }

  bool VisitBinaryOperator(BinaryOperator *BO) {
    if (BO->getOpcode() != BO_Assign)
      return true;
    const Expr *Slot = BO->getLHS()->IgnoreParenCasts();
    if (isSlot(Slot) && Slot->getType()->isPointerType())
      for (auto [Call, Row] : Sources.acquired(BO->getRHS()))
        member(Call, *Row, Slot, slots(Slot), Sources.held(BO->getRHS()),
               BO->getBeginLoc());
    return true;
  }

  bool VisitMemberExpr(MemberExpr *ME) {
    const auto *Field = dyn_cast<FieldDecl>(ME->getMemberDecl());
    if (Field && !Sources.isOnlyRead(ME))
      mention(Field, ME->isArrow() && isNull(ME->getBase()) ? "link"
                     : Sources.isMoved(ME)                  ? "moved"
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
  ValueSources Sources;
  std::optional<ExprPaths> Paths;

  // Few functions acquire anything.
  ExprPaths::Set slots(const Expr *E) {
    if (!Paths)
      Paths.emplace(FD);
    return Paths->slotPaths(E);
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
    for (auto [Call, Row] : Sources.acquired(Entry->getBase())) {
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

  void disposal(const CallExpr *CE, const Expr *Arg, const char *Api,
                const FunctionDecl *Callee, int Index) {
    const RecordDecl *RD = pointedTo(Arg);
    if (!RD)
      return;
    ValueSources::Origin O;
    Sources.origin(Arg, O);
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
