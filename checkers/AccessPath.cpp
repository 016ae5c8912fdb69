//===- AccessPath.cpp -----------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AccessPath.h"
#include "Resources.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/ExprCXX.h"
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

// Small records that are part of whatever contains them.
static bool hangsOn(const RecordDecl *RD) {
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

// "list X" for the link fields of list record X; a link read from an element
// leads to the same list.
std::string listOf(StringRef Slot) {
  Slot = Slot.rtrim('*');
  if (Slot.empty())
    return "";
  return Slot.starts_with("list ") ? Slot.str() : ("list " + Slot).str();
}

static std::string deref(StringRef Value) {
  if (Value.consume_front("&"))
    return Value.str();
  return (Value + "*").str();
}

// What a field of \p Field's record hangs on, given the slot of the record.
static std::string hangField(const FieldDecl *Field, StringRef Base) {
  if (isListRecord(Field->getParent()))
    return listOf(Base);
  if (Base.empty())
    return "";
  if (Field->getName().empty())
    return Base.str();
  return (Base + "." + Field->getName()).str();
}

// The path of a field of a named record that does not hang on, else "".
static std::string typedField(const FieldDecl *Field) {
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
    return Base.empty() ? "" : deref(Base);
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

//===----------------------------------------------------------------------===//
// Expressions
//===----------------------------------------------------------------------===//

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
    Out.insert(deref(V));
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
      Out.insert(deref(V));
    return Out;
  }
  if (const auto *UO = dyn_cast<UnaryOperator>(E))
    if (UO->getOpcode() == UO_Deref)
      return derefAll(valuePaths(UO->getSubExpr()));
  return {};
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
  Set Out;
  if (E->getType()->isArrayType()) {
    for (const std::string &Slot : slots(E, /*Copies=*/true))
      Out.insert("&" + Slot);
    return Out;
  }
  if (const auto *Ref = dyn_cast<DeclRefExpr>(E)) {
    const auto *VD = dyn_cast<VarDecl>(Ref->getDecl());
    if (!VD)
      return {};
    if (VD->hasGlobalStorage())
      return {pathOfGlobal(VD)};
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
  if (const auto *UO = dyn_cast<UnaryOperator>(E)) {
    if (UO->getOpcode() == UO_AddrOf) {
      for (const std::string &Slot : slots(UO->getSubExpr(), /*Copies=*/true))
        Out.insert("&" + Slot);
      return Out;
    }
    if (UO->isIncrementDecrementOp())
      return valuePaths(UO->getSubExpr());
    Out = slots(E, /*Copies=*/true);
    addAll(Out, partPaths(E));
    return Out;
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
  if (const auto *CE = dyn_cast<CallExpr>(E)) {
    const Routine *R = lookupRoutine(CE->getDirectCallee());
    auto Arg = [&](int I) {
      return I >= 0 && I < static_cast<int>(CE->getNumArgs())
                 ? derefAll(valuePaths(CE->getArg(I)))
                 : Set();
    };
    if (R && R->ListRemoveHead != NA)
      for (const std::string &Head : Arg(R->ListRemoveHead))
        Out.insert(listOf(Head));
    if (R && R->ExchangeTarget != NA)
      addAll(Out, Arg(R->ExchangeTarget));
    if (R && R->Returns != NA &&
        R->Returns < static_cast<int>(CE->getNumArgs()))
      addAll(Out, valuePaths(CE->getArg(R->Returns)));
    return Out;
  }
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

const VarDecl *variableOf(const Expr *E) {
  const auto *Ref = E ? dyn_cast<DeclRefExpr>(E->IgnoreParenCasts()) : nullptr;
  return Ref ? dyn_cast<VarDecl>(Ref->getDecl()) : nullptr;
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
