//===- SkeletonPlaces.cpp - What an expression is -------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads expressions without side effects: the place that an lvalue is, the slot
// the linker knows it by, the variable or constant that a value is.  What
// cannot be told is "?".
//
//===----------------------------------------------------------------------===//

#include "AccessPath.h"
#include "Facts.h"
#include "Skeleton.h"
#include "SkeletonFunction.h"
#include "llvm/ADT/StringExtras.h"

using namespace clang;

namespace leak62 {

// The element of an array of records that a field is in.
static const ArraySubscriptExpr *rowOf(const Expr *Lvalue) {
  Lvalue = Lvalue->IgnoreParenCasts();
  while (const auto *ME = dyn_cast<MemberExpr>(Lvalue)) {
    if (ME->isArrow())
      return nullptr;
    Lvalue = ME->getBase()->IgnoreParenCasts();
  }
  return dyn_cast<ArraySubscriptExpr>(Lvalue);
}

std::string SkeletonFunction::slotWord(const Expr *Lvalue) {
  std::string Path = pathOfLvalue(Lvalue);
  if (Path.empty())
    return "";
  const auto *AS = dyn_cast<ArraySubscriptExpr>(Lvalue->IgnoreParenCasts());
  if (AS && llvm::StringRef(Path).ends_with("[]"))
    Path.insert(Path.size() - 1, value(AS->getIdx()));
  else if (const ArraySubscriptExpr *Row = AS ? nullptr : rowOf(Lvalue))
    if (size_t Dot = Path.find('.');
        Dot != std::string::npos && !llvm::StringRef(Path).starts_with("::") &&
        !llvm::StringRef(Path).starts_with("list "))
      Path.insert(Dot, "[" + value(Row->getIdx()) + "]");
  return " ^" + skeletonWord(Path);
}

std::string SkeletonFunction::pointeeSlot(const Expr *E,
                                          llvm::StringRef Field) {
  E = E->IgnoreParenCasts();
  std::string Path;
  if (const auto *UO = dyn_cast<UnaryOperator>(E)) {
    if (UO->getOpcode() == UO_AddrOf)
      Path = pathOfLvalue(UO->getSubExpr());
  } else if (E->getType()->isArrayType()) {
    Path = pathOfLvalue(E);
  }
  if (Path.empty())
    return "";
  return " ^" + skeletonWord(Field == "*" ? Path : Path + "." + Field.str());
}

std::string SkeletonFunction::load(const std::string &Place, QualType T,
                                   const std::string &Slot) {
  if (Place.empty())
    return "?";
  if (Place.find(':') == std::string::npos && Place[0] == 'v')
    return Place; // a local itself
  std::string V = var(add(classOf(T)));
  op("L " + V + " " + Place + Slot);
  return V;
}

std::string SkeletonFunction::loadFrom(const Expr *Lvalue) {
  return load(place(Lvalue), Lvalue->getType(), slotWord(Lvalue));
}

std::string SkeletonFunction::computed(llvm::StringRef Op, const std::string &L,
                                       const std::string &R, QualType T) {
  if (L[0] != 'v' && R[0] != 'v')
    return "?";
  std::string V = var(add(classOf(T)));
  op("D " + V + " " + Op.str() + " " + L + " " + R);
  return V;
}

std::string below(const std::string &Place, llvm::StringRef Field) {
  if (Place.empty())
    return "";
  if (Place[0] == '@')
    return Place + "." + Field.str();
  size_t Colon = Place.find(':');
  if (Colon == std::string::npos) // a local structure
    return "&" + Place + ":" + Field.str();
  if (Place.compare(Colon, 2, ":*") == 0 || Field == "*")
    return Field == "*" ? Place : Place.substr(0, Colon + 1) + Field.str();
  return Place + "." + Field.str();
}

std::string SkeletonFunction::pointee(const Expr *E, llvm::StringRef Field) {
  E = E->IgnoreParenCasts();
  if (const auto *UO = dyn_cast<UnaryOperator>(E))
    if (UO->getOpcode() == UO_AddrOf) {
      std::string P = place(UO->getSubExpr());
      return Field == "*" ? P : below(P, Field);
    }
  if (E->getType()->isArrayType()) {
    std::string P = place(E);
    return below(P, Field);
  }
  std::string V = value(E);
  if (V[0] == '&') // the address of a local
    return Field == "*" ? V.substr(1) : V + ":" + Field.str();
  return V[0] == 'v' ? V + ":" + Field.str() : "";
}

std::string SkeletonFunction::place(const Expr *E) {
  E = E->IgnoreParenCasts();
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
    const auto *VD = dyn_cast<VarDecl>(Ref->getDecl());
    if (!VD)
      return "";
    if (VD->hasLocalStorage())
      return var(variable(VD));
    return "@" + skeletonWord(VD->isStaticLocal()
                                  ? FD->getNameAsString() + "." +
                                        VD->getNameAsString()
                                  : VD->getNameAsString());
  }
  if (const auto *ME = dyn_cast<MemberExpr>(E)) {
    std::string Field = ME->getMemberDecl()->getNameAsString();
    if (Field.empty()) // an anonymous structure or union
      return ME->isArrow() ? pointee(ME->getBase(), "*") : place(ME->getBase());
    return ME->isArrow() ? pointee(ME->getBase(), Field)
                         : below(place(ME->getBase()), Field);
  }
  if (const auto *UO = dyn_cast<UnaryOperator>(E))
    return UO->getOpcode() == UO_Deref ? pointee(UO->getSubExpr(), "*") : "";
  if (const auto *AS = dyn_cast<ArraySubscriptExpr>(E)) {
    const Expr *Base = AS->getBase()->IgnoreImpCasts();
    return Base->getType()->isArrayType() ? below(place(Base), "*")
                                          : pointee(AS->getBase(), "*");
  }
  if (const auto *CO = dyn_cast<CompoundLiteralExpr>(E))
    return var(add(classOf(CO->getType())));
  return "";
}

// &x: of a local; of a list link or scalar in an object, which identifies the
// object; of an object within another.
std::string SkeletonFunction::address(const Expr *E) {
  std::string P = place(E);
  if (P.empty())
    return "?";
  std::string Slot = slotWord(E);
  if (P[0] == '@') {
    std::string V = var(add('p'));
    op("A " + V + " ?" + Slot);
    return V;
  }
  size_t Colon = P.find(':');
  if (Colon == std::string::npos)
    return "&" + P;
  if (P[0] == '&')
    return P.substr(0, Colon);
  if (isDataInObject(E))
    return "?"; // bytes: not what the object is known by
  QualType T = E->getType();
  const RecordDecl *RD = T->getAsRecordDecl();
  if (!RD || isListRecord(RD) ||
      P.compare(Colon, std::string::npos, ":*") == 0) {
    std::string V = var(add('p')), Field = P.substr(Colon + 1);
    op("A " + V + " " + P.substr(0, Colon) + (Field == "*" ? "" : " " + Field) +
       Slot);
    return V;
  }
  std::string V = var(add('p'));
  if (!Slot.empty())
    Slot.insert(2, "&"); // a part of the object: where it is, not what it holds
  op("L " + V + " " + P + Slot);
  return V;
}

std::string SkeletonFunction::castValue(const CastExpr *Cast) {
  const Expr *Sub = Cast->getSubExpr();
  switch (Cast->getCastKind()) {
  case CK_LValueToRValue:
    if (auto It = Values.find(Sub->IgnoreParens()); It != Values.end())
      return var(It->second);
    return loadFrom(Sub);
  case CK_ArrayToPointerDecay:
    return address(Sub);
  case CK_FunctionToPointerDecay:
  case CK_BuiltinFnToFnPtr:
    return "?";
  default:
    return value(Sub);
  }
}

std::string SkeletonFunction::unaryValue(const UnaryOperator *UO) {
  if (UO->getOpcode() == UO_AddrOf)
    return address(UO->getSubExpr());
  if (UO->getOpcode() == UO_Deref)
    return loadFrom(UO);
  if (UO->isIncrementDecrementOp() && UO->getType()->isPointerType())
    return value(UO->getSubExpr());
  if (UO->getOpcode() == UO_LNot)
    return computed("==", value(UO->getSubExpr()), "#0", UO->getType());
  return "?";
}

std::string SkeletonFunction::binaryValue(const BinaryOperator *BO) {
  if (BO->getOpcode() == BO_Comma)
    return value(BO->getRHS());
  // Within the same block of memory; CONTAINING_RECORD counts in integers.
  if (BO->isAdditiveOp() && BO->getType()->isPointerType())
    return value(BO->getLHS()->getType()->isPointerType() ? BO->getLHS()
                                                          : BO->getRHS());
  if (BO->isAssignmentOp() || BO->isLogicalOp() || BO->isPtrMemOp() ||
      comparesPlaces(BO))
    return "?";
  std::string L = value(BO->getLHS()), R = value(BO->getRHS());
  unsigned V;
  if (BO->isAdditiveOp() && L[0] == 'v' && R[0] == '#' &&
      !llvm::StringRef(L).drop_front().getAsInteger(10, V) && Classes[V] == 'p')
    return L;
  return computed(BO->getOpcodeStr(), L, R, BO->getType());
}

std::string SkeletonFunction::value(const Expr *E) {
  E = E->IgnoreParens();
  if (auto It = Values.find(E); It != Values.end())
    return var(It->second);
  if (!E->isValueDependent() && !E->getType()->isVoidType()) {
    Expr::EvalResult R;
    if (E->isNullPointerConstant(Ctx, Expr::NPC_ValueDependentIsNotNull))
      return "#0";
    if (E->getType()->isIntegralOrEnumerationType() && E->EvaluateAsInt(R, Ctx))
      return "#" + llvm::toString(R.Val.getInt(), 10);
  }
  if (const auto *Cast = dyn_cast<CastExpr>(E))
    return castValue(Cast);
  if (const auto *UO = dyn_cast<UnaryOperator>(E))
    return unaryValue(UO);
  if (const auto *BO = dyn_cast<BinaryOperator>(E))
    return binaryValue(BO);
  if (E->isLValue() && !E->getType()->isFunctionType())
    return loadFrom(E);
  return "?";
}

} // namespace leak62
