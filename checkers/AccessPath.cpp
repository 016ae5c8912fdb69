//===- AccessPath.cpp - Names for where a pointer lives -------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AccessPath.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/SourceManager.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/SymbolManager.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Path.h"

using namespace clang;
using namespace ento;

namespace leak62 {

std::string recordName(const RecordDecl *RD) {
  StringRef Name = RD->getName();
  if (Name.empty())
    if (const TypedefNameDecl *TD = RD->getTypedefNameForAnonDecl())
      Name = TD->getName();
  return Name.ltrim('_').str();
}

const FieldDecl *fieldOf(QualType Record, StringRef Name) {
  const RecordDecl *RD = Record.isNull() ? nullptr : Record->getAsRecordDecl();
  RD = RD ? RD->getDefinition() : nullptr;
  if (RD)
    for (const FieldDecl *F : RD->fields())
      if (F->getName() == Name)
        return F;
  return nullptr;
}

bool isListRecord(const RecordDecl *RD) {
  static const llvm::StringSet<> Names = {"LIST_ENTRY", "SINGLE_LIST_ENTRY",
                                          "SLIST_ENTRY", "SLIST_HEADER"};
  return Names.contains(recordName(RD));
}

static bool isString(const std::string &Name) {
  static const llvm::StringSet<> Names = {"UNICODE_STRING", "STRING",
                                          "UTF8_STRING", "LSA_UNICODE_STRING"};
  return Names.contains(Name);
}

const FieldDecl *bufferOfLength(const ValueDecl *Length) {
  const auto *FD = dyn_cast<FieldDecl>(Length);
  StringRef Name = FD ? FD->getName() : StringRef();
  if ((Name != "Length" && Name != "MaximumLength") ||
      !isString(recordName(FD->getParent())))
    return nullptr;
  for (const FieldDecl *Field : FD->getParent()->fields())
    if (Field->getName() == "Buffer")
      return Field;
  return nullptr;
}

bool hangsOn(const RecordDecl *RD) {
  std::string Name = recordName(RD);
  return Name.empty() || isString(Name) || isListRecord(RD);
}

static std::string fileOf(const Decl *D) {
  const SourceManager &SM = D->getASTContext().getSourceManager();
  return llvm::sys::path::filename(
             SM.getPresumedLoc(SM.getExpansionLoc(D->getLocation()))
                 .getFilename())
      .str();
}

std::string pathOfGlobal(const VarDecl *VD) {
  if (const auto *FD = dyn_cast<FunctionDecl>(VD->getDeclContext()))
    return "::" + fileOf(VD) + ":" + FD->getNameAsString() + ":" +
           VD->getNameAsString();
  if (VD->getFormalLinkage() == Linkage::Internal)
    return "::" + fileOf(VD) + ":" + VD->getNameAsString();
  return "::" + VD->getNameAsString();
}

std::string pathOfRoutine(const FunctionDecl *FD) {
  return FD->isExternallyVisible()
             ? "::" + FD->getNameAsString()
             : "::" + fileOf(FD) + ":" + FD->getNameAsString();
}

std::string functionKey(const FunctionDecl *FD) {
  std::string Name = FD->getNameAsString();
  if (FD->getFormalLinkage() == Linkage::External)
    return Name;
  const SourceManager &SM = FD->getASTContext().getSourceManager();
  PresumedLoc Loc = SM.getPresumedLoc(SM.getExpansionLoc(FD->getLocation()));
  return (Loc.isValid() ? std::string(Loc.getFilename()) + ":" : "") + Name;
}

// A link read from an element leads to the same list.
std::string listOf(StringRef Slot) {
  Slot = Slot.rtrim('*');
  if (Slot.empty())
    return "";
  return Slot.starts_with("list ") ? Slot.str() : ("list " + Slot).str();
}

std::string derefSlot(StringRef Value) {
  if (Value.consume_front("&"))
    return Value.str();
  return (Value + "*").str();
}

std::string hangField(const FieldDecl *Field, StringRef Base) {
  if (isListRecord(Field->getParent()))
    return listOf(Base);
  if (Base.empty())
    return "";
  if (Field->getName().empty())
    return Base.str();
  return (Base + "." + Field->getName()).str();
}

std::string typedField(const FieldDecl *Field) {
  const RecordDecl *RD = Field->getParent();
  if (hangsOn(RD))
    return "";
  return recordName(RD) + "." + Field->getNameAsString();
}

std::string pathOfLvalue(const Expr *E) {
  E = E->IgnoreParenCasts();
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
    const auto *VD = dyn_cast<VarDecl>(Ref->getDecl());
    return VD && VD->hasGlobalStorage() ? pathOfGlobal(VD) : "";
  }
  if (const auto *ME = dyn_cast<MemberExpr>(E)) {
    const auto *Field = dyn_cast<FieldDecl>(ME->getMemberDecl());
    if (!Field)
      return "";
    std::string Typed = typedField(Field);
    if (!Typed.empty())
      return Typed;
    const Expr *Base = ME->getBase()->IgnoreParenCasts();
    if (ME->isArrow()) {
      const auto *UO = dyn_cast<UnaryOperator>(Base);
      if (!UO || UO->getOpcode() != UO_AddrOf)
        return "";
      Base = UO->getSubExpr();
    }
    return hangField(Field, pathOfLvalue(Base));
  }
  if (const auto *AS = dyn_cast<ArraySubscriptExpr>(E)) {
    const Expr *Base = AS->getBase()->IgnoreParenImpCasts();
    std::string Array =
        Base->getType()->isArrayType() ? pathOfLvalue(Base) : "";
    return Array.empty() || StringRef(Array).ends_with("[]") ? Array
                                                             : Array + "[]";
  }
  return "";
}

std::string pathOfRegion(const MemRegion *R, SymbolRef Block,
                         StringRef BlockPath) {
  if (!R)
    return "";
  if (const auto *ER = dyn_cast<ElementRegion>(R))
    return pathOfRegion(ER->getSuperRegion(), Block, BlockPath);
  if (const auto *FR = dyn_cast<FieldRegion>(R)) {
    std::string Typed = typedField(FR->getDecl());
    return Typed.empty()
               ? hangField(FR->getDecl(),
                           pathOfRegion(FR->getSuperRegion(), Block, BlockPath))
               : Typed;
  }
  if (const auto *VR = dyn_cast<VarRegion>(R))
    return VR->getDecl()->hasGlobalStorage() ? pathOfGlobal(VR->getDecl()) : "";
  if (const auto *SR = dyn_cast<SymbolicRegion>(R)) {
    std::string Base = SR->getSymbol() == Block ? BlockPath.str()
                                                : pathOfSymbol(SR->getSymbol());
    return Base.empty() ? "" : derefSlot(Base);
  }
  return "";
}

std::string pathOfSymbol(SymbolRef Sym) {
  const MemRegion *R = nullptr;
  if (const auto *RV = dyn_cast<SymbolRegionValue>(Sym))
    R = RV->getRegion();
  else if (const auto *SD = dyn_cast<SymbolDerived>(Sym))
    R = SD->getRegion();
  else
    return "";
  if (const auto *VR = dyn_cast<VarRegion>(R))
    if (const auto *PD = dyn_cast<ParmVarDecl>(VR->getDecl()))
      return "param " + std::to_string(PD->getFunctionScopeIndex());
  return pathOfRegion(R);
}

const VarDecl *variableOf(const Expr *E) {
  const auto *Ref = E ? dyn_cast<DeclRefExpr>(E->IgnoreParenCasts()) : nullptr;
  return Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
}

const FunctionDecl *routineOf(const Expr *E) {
  E = E->IgnoreParenCasts();
  if (const auto *UO = dyn_cast<UnaryOperator>(E))
    if (UO->getOpcode() == UO_AddrOf)
      E = UO->getSubExpr()->IgnoreParenCasts();
  const auto *Ref = dyn_cast<DeclRefExpr>(E);
  return Ref ? dyn_cast<FunctionDecl>(Ref->getDecl()) : nullptr;
}

bool isDataInObject(const Expr *E) {
  E = E->IgnoreParenCasts();
  if (const auto *UO = dyn_cast<UnaryOperator>(E))
    if (UO->getOpcode() == UO_AddrOf)
      E = UO->getSubExpr()->IgnoreParenCasts();
  while (const auto *AS = dyn_cast<ArraySubscriptExpr>(E)) {
    E = AS->getBase()->IgnoreImpCasts()->IgnoreParens();
    if (!E->getType()->isArrayType())
      return false;
  }
  const auto *ME = dyn_cast<MemberExpr>(E);
  const auto *F = ME ? dyn_cast<FieldDecl>(ME->getMemberDecl()) : nullptr;
  const auto *T = F ? F->getType()->getAsArrayTypeUnsafe() : nullptr;
  return T && T->getElementType()->isArithmeticType() && F->getFieldIndex() > 0;
}

} // namespace leak62
