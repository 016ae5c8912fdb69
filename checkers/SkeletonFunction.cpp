//===- SkeletonFunction.cpp - Expressions and blocks ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SkeletonFunction.h"
#include "AccessPath.h"
#include "Facts.h"
#include "SehLowering.h"
#include "Skeleton.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace clang;

namespace leak62 {

bool isSystemRoutine(const FunctionDecl *FD) {
  if (isKernelRoutine(FD))
    return true;
  const SourceManager &SM = FD->getASTContext().getSourceManager();
  return FD->getBuiltinID() ||
         SM.isInSystemHeader(SM.getExpansionLoc(FD->getLocation()));
}

static char classOf(QualType T) {
  if (T->isAnyPointerType() || T->isReferenceType())
    return 'p';
  if (T->isBooleanType() || T->isUnsignedIntegerOrEnumerationType())
    return 'u';
  if (T->isSignedIntegerOrEnumerationType())
    return 'i';
  return T->isRecordType() || T->isArrayType() ? 'a' : 'o';
}

static char returnClass(QualType T) {
  char C = T->isVoidType() ? 'v' : classOf(T);
  return C == 'a' ? 'o' : C;
}

unsigned SkeletonFunction::add(char Class) {
  Classes += Class;
  return Classes.size() - 1;
}

unsigned SkeletonFunction::variable(const VarDecl *VD) {
  auto [It, New] = Variables.try_emplace(VD, 0);
  if (New)
    It->second = add(classOf(VD->getType()));
  return It->second;
}

// What the linker says of a place in the source is said of one of these.
static bool hasLine(llvm::StringRef Line) {
  static const llvm::StringSet<> Ops = {"W",   "W0",    "C",    "I",      "acq",
                                        "rel", "relat", "give", "giveif", "R",
                                        "?",   "S",     "M"};
  return Ops.contains(Line.split(' ').first);
}

void SkeletonFunction::op(llvm::StringRef Line) {
  if (Here != Marked && hasLine(Line)) {
    Text += "# " + std::to_string(Here) + '\n';
    Marked = Here;
  }
  (Text += Line) += '\n';
}

void SkeletonFunction::at(SourceLocation Loc) {
  if (Loc.isValid())
    Here = positionOf(Ctx.getSourceManager(), Loc).Line;
}

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

// Below a place: "v1:a" + "b" is "v1:a.b".
static std::string below(const std::string &Place, llvm::StringRef Field) {
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
  if (const auto *Cast = dyn_cast<CastExpr>(E)) {
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
  if (const auto *UO = dyn_cast<UnaryOperator>(E)) {
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
  if (const auto *BO = dyn_cast<BinaryOperator>(E)) {
    if (BO->getOpcode() == BO_Comma)
      return value(BO->getRHS());
    // Within the same block of memory; CONTAINING_RECORD counts in integers.
    if (BO->isAdditiveOp() && BO->getType()->isPointerType())
      return value(BO->getLHS()->getType()->isPointerType() ? BO->getLHS()
                                                            : BO->getRHS());
    if (BO->isAdditiveOp()) {
      std::string L = value(BO->getLHS()), R = value(BO->getRHS());
      unsigned V;
      if (L[0] == 'v' && R[0] == '#' &&
          !llvm::StringRef(L).drop_front().getAsInteger(10, V) &&
          Classes[V] == 'p')
        return L;
      return computed(BO->getOpcodeStr(), L, R, BO->getType());
    }
    if (BO->isAssignmentOp() || BO->isLogicalOp() || BO->isPtrMemOp() ||
        comparesPlaces(BO))
      return "?";
    return computed(BO->getOpcodeStr(), value(BO->getLHS()),
                    value(BO->getRHS()), BO->getType());
  }
  if (E->isLValue() && !E->getType()->isFunctionType())
    return loadFrom(E);
  return "?";
}

void SkeletonFunction::store(const std::string &Place, const std::string &V,
                             const std::string &Slot, bool IfNull) {
  if (Place.empty())
    return;
  if (Place[0] == 'v' && Place.find(':') == std::string::npos)
    op("= " + Place + " " + V);
  else
    op((IfNull ? "W0 " : "W ") + Place + " " + V + Slot);
}

void SkeletonFunction::assign(const Expr *To, const std::string &V) {
  std::string P = place(To);
  if (P.empty()) { // somewhere: it can be found there
    if (V[0] == 'v' || V[0] == '&')
      op("give " + V);
    return;
  }
  store(P, V, slotWord(To));
}

// The pointers in a record, also in the records within it.
static void pointersIn(
    QualType T, const std::string &Prefix, unsigned Depth,
    llvm::SmallVectorImpl<std::pair<std::string, const FieldDecl *>> &Out) {
  const RecordDecl *RD = T->getAsRecordDecl();
  RD = RD ? RD->getDefinition() : nullptr;
  if (!RD || RD->isUnion())
    return;
  for (const FieldDecl *F : RD->fields()) {
    std::string Name = Prefix + F->getNameAsString();
    if (F->getType()->isPointerType() && !F->getName().empty())
      Out.push_back({Name, F});
    else if (Depth && F->getType()->isRecordType() && !F->getName().empty())
      pointersIn(F->getType(), Name + ".", Depth - 1, Out);
  }
}

// Large records are not taken apart: they hold state, not what is handed on.
static constexpr unsigned MaxPointersCopied = 6;

void SkeletonFunction::copyPointers(const std::string &To,
                                    const std::string &From, QualType T,
                                    const std::string &ToSlot,
                                    const std::string &FromSlot) {
  llvm::SmallVector<std::pair<std::string, const FieldDecl *>, 4> Fields;
  pointersIn(T, "", 2, Fields);
  if (From.empty() || Fields.size() > MaxPointersCopied) {
    store(To, "?");
    return;
  }
  auto Part = [](const std::string &Slot, const std::string &Name) {
    return Slot.empty() ? "" : Slot + "." + Name;
  };
  for (auto &[Name, F] : Fields)
    store(below(To, Name),
          load(below(From, Name), F->getType(), Part(FromSlot, Name)),
          Part(ToSlot, Name));
}

// A record moves with its pointers.  One that a call returns has got the one
// argument that fits its only pointer.
void SkeletonFunction::copyRecord(const std::string &To, const Expr *From,
                                  const std::string &ToSlot) {
  From = From->IgnoreParenCasts();
  const auto *CE = dyn_cast<CallExpr>(From);
  if (!CE)
    return copyPointers(To, place(From), From->getType(), ToSlot,
                        slotWord(From));
  llvm::SmallVector<std::pair<std::string, const FieldDecl *>, 4> Fields;
  pointersIn(From->getType(), "", 2, Fields);
  if (Fields.size() != 1) {
    store(To, "?");
    return;
  }
  QualType P = Fields.front().second->getType()->getPointeeType();
  const Expr *Only = nullptr;
  unsigned Fits = 0;
  for (const Expr *Arg : CE->arguments())
    if (Arg->getType()->isPointerType() &&
        Ctx.hasSameUnqualifiedType(Arg->getType()->getPointeeType(), P)) {
      Only = Arg;
      ++Fits;
    }
  store(below(To, Fields.front().first), Fits == 1 ? value(Only) : "?");
}

void SkeletonFunction::copyMemory(const Expr *To, const Expr *From) {
  QualType T = From->IgnoreParenCasts()->getType()->getPointeeType();
  QualType Into = To->IgnoreParenCasts()->getType()->getPointeeType();
  if (!T.isNull() && !Into.isNull() && T->isRecordType() &&
      Ctx.hasSameUnqualifiedType(T, Into))
    return copyPointers(pointee(To, "*"), pointee(From, "*"), T);
  // Bytes that are a pointer: where they go is not known.
  std::string V = value(From);
  if (V[0] == '&' && !T.isNull() && T->isPointerType())
    op("give " + V.substr(1));
}

const FunctionDecl *routineOf(const Expr *E) {
  E = E->IgnoreParenCasts();
  if (const auto *UO = dyn_cast<UnaryOperator>(E))
    if (UO->getOpcode() == UO_AddrOf)
      E = UO->getSubExpr()->IgnoreParenCasts();
  const auto *Ref = dyn_cast<DeclRefExpr>(E);
  return Ref ? dyn_cast<FunctionDecl>(Ref->getDecl()) : nullptr;
}

std::string routineLine(const std::string &Slot, const FunctionDecl *Routine,
                        const std::string &Row) {
  return "P ^" + Slot + " " + Routine->getNameAsString() +
         (Routine->isExternallyVisible() ? " e" : " s") + Row + "\n";
}

// A counter that says how many hold the object: "RefCount", "ReferenceCount".
static bool isReferenceCount(llvm::StringRef Name) {
  return Name.lower().find("ref") != std::string::npos;
}

void SkeletonFunction::assignment(const BinaryOperator *BO) {
  const Expr *To = BO->getLHS();
  if (BO->getOpcode() != BO_Assign) {
    if (!To->getType()->isPointerType()) {
      std::string R = value(BO->getRHS());
      assign(To, computed(BO->getOpcodeStr().drop_back(), loadFrom(To), R,
                          To->getType()));
    }
    return;
  }
  QualType T = To->getType();
  if (T->isRecordType()) {
    copyRecord(place(To), BO->getRHS(), slotWord(To));
    return;
  }
  if (const FunctionDecl *Routine = routineOf(BO->getRHS()))
    if (std::string Slot = slotWord(To); !Slot.empty())
      Routines += routineLine(Slot.substr(2), Routine);
  std::string V = value(BO->getRHS());
  assign(To, V);
  if (V == "#1")
    if (const auto *ME = dyn_cast<MemberExpr>(To->IgnoreParenCasts()))
      if (ME->isArrow() && isReferenceCount(ME->getMemberDecl()->getName())) {
        std::string Object = value(ME->getBase());
        if (Object[0] == 'v')
          op("ref " + Object);
      }
  unsigned Result = add(classOf(T));
  op("= " + var(Result) + " " + V);
  Values[BO] = Result;
}

void SkeletonFunction::initialise(const VarDecl *VD) {
  if (!VD->hasLocalStorage() || !VD->getInit())
    return;
  std::string V = var(variable(VD));
  const Expr *Init = VD->getInit()->IgnoreParens();
  if (!VD->getType()->isRecordType()) {
    const auto *List = dyn_cast<InitListExpr>(Init);
    if (!VD->getType()->isArrayType())
      op("= " + V + " " + value(VD->getInit()));
    else if (List && Ctx.getAsArrayType(VD->getType())
                         ->getElementType()
                         ->isPointerType())
      // They are found in there; which one a round of a loop gets is not known.
      for (const Expr *E : List->inits())
        if (std::string Held = value(E); Held[0] == 'v')
          op("give " + Held);
    return;
  }
  const auto *List = dyn_cast<InitListExpr>(Init);
  const RecordDecl *RD = VD->getType()->getAsRecordDecl();
  if (!List)
    copyRecord(V, Init);
  if (!List || !RD || RD->isUnion() || !RD->getDefinition())
    return;
  unsigned I = 0;
  for (const FieldDecl *F : RD->getDefinition()->fields()) {
    if (I >= List->getNumInits())
      break;
    const Expr *E = List->getInit(I++);
    if (F->getType()->isPointerType())
      op("W &" + V + ":" + F->getNameAsString() + " " + value(E));
  }
}

void SkeletonFunction::statement(const Stmt *S) {
  at(S->getBeginLoc());
  if (const auto *CE = dyn_cast<CallExpr>(S))
    call(CE);
  else if (const auto *BO = dyn_cast<BinaryOperator>(S)) {
    if (BO->isAssignmentOp())
      assignment(BO);
  } else if (const auto *UO = dyn_cast<UnaryOperator>(S)) {
    if (UO->isIncrementDecrementOp() && !UO->getType()->isPointerType())
      assign(UO->getSubExpr(),
             computed(UO->isIncrementOp() ? "+" : "-",
                      loadFrom(UO->getSubExpr()), "#1", UO->getType()));
  } else if (const auto *DS = dyn_cast<DeclStmt>(S)) {
    for (const Decl *D : DS->decls())
      if (const auto *VD = dyn_cast<VarDecl>(D))
        initialise(VD);
  }
}

// "p + 1", "&t[n]": another place in the same memory.  Bytes are not counted:
// that leads from a link to its record.
static bool isStep(const Expr *E) {
  E = E->IgnoreParenCasts();
  if (const auto *UO = dyn_cast<UnaryOperator>(E))
    return UO->isIncrementDecrementOp() ||
           (UO->getOpcode() == UO_AddrOf &&
            isa<ArraySubscriptExpr>(UO->getSubExpr()->IgnoreParens()));
  const auto *BO = dyn_cast<BinaryOperator>(E);
  return BO && BO->isAdditiveOp() && BO->getType()->isPointerType() &&
         !BO->getType()->getPointeeType()->isCharType();
}

void SkeletonFunction::findStepping(const Stmt *S) {
  if (!S)
    return;
  if (const auto *DS = dyn_cast<DeclStmt>(S)) {
    for (const Decl *D : DS->decls())
      if (const auto *VD = dyn_cast<VarDecl>(D))
        if (VD->getInit() && isStep(VD->getInit()))
          Stepping.insert(VD);
  } else if (const auto *UO = dyn_cast<UnaryOperator>(S)) {
    if (UO->isIncrementDecrementOp())
      if (const VarDecl *VD = variableOf(UO->getSubExpr()))
        Stepping.insert(VD);
  } else if (const auto *BO = dyn_cast<BinaryOperator>(S)) {
    if (BO->isCompoundAssignmentOp() ||
        (BO->getOpcode() == BO_Assign && isStep(BO->getRHS())))
      if (const VarDecl *VD = variableOf(BO->getLHS()))
        Stepping.insert(VD);
  }
  for (const Stmt *C : S->children())
    findStepping(C);
}

// Pointers into one array: a value is the whole, so that nothing tells which of
// its places it is.
bool SkeletonFunction::comparesPlaces(const BinaryOperator *BO) const {
  auto Steps = [&](const Expr *E) {
    const VarDecl *VD = variableOf(E);
    return isStep(E) || (VD && Stepping.count(VD));
  };
  return BO->isComparisonOp() &&
         BO->getLHS()->IgnoreParenImpCasts()->getType()->isAnyPointerType() &&
         BO->getRHS()->IgnoreParenImpCasts()->getType()->isAnyPointerType() &&
         (BO->isRelationalOp() || Steps(BO->getLHS()) || Steps(BO->getRHS()));
}

// The buffer of a string, where E asks whether the string is empty.
std::string SkeletonFunction::bufferTested(const Expr *E) {
  if (const auto *BO = dyn_cast<BinaryOperator>(E)) {
    bool Right = BO->getRHS()->isIntegerConstantExpr(Ctx);
    const Expr *Zero = Right ? BO->getRHS() : BO->getLHS();
    Expr::EvalResult R;
    if (!BO->isComparisonOp() || !Zero->EvaluateAsInt(R, Ctx) ||
        R.Val.getInt() != 0)
      return "";
    E = Right ? BO->getLHS() : BO->getRHS();
  }
  const auto *ME = dyn_cast<MemberExpr>(E->IgnoreParenCasts());
  const FieldDecl *Buffer = ME ? bufferOfLength(ME->getMemberDecl()) : nullptr;
  if (!Buffer)
    return "";
  std::string Field = Buffer->getNameAsString();
  std::string Loaded = load(ME->isArrow() ? pointee(ME->getBase(), Field)
                                          : below(place(ME->getBase()), Field),
                            Buffer->getType());
  return Loaded[0] == 'v' ? Loaded : "";
}

// X REL constant, as the sign test that decides between the two.
std::string SkeletonFunction::condition(const Expr *E, const std::string &True,
                                        const std::string &False) {
  const std::string Any = "M " + True + " " + False;
  E = E->IgnoreParenImpCasts();
  if (const auto *UO = dyn_cast<UnaryOperator>(E))
    if (UO->getOpcode() == UO_LNot)
      return condition(UO->getSubExpr(), False, True);
  std::string X, Rel = "!=", Constant = "#0";
  const auto *BO = dyn_cast<BinaryOperator>(E);
  if (BO && comparesPlaces(BO))
    return Any;
  if (BO && BO->isComparisonOp()) {
    X = value(BO->getLHS());
    Constant = value(BO->getRHS());
    Rel = BO->getOpcodeStr().str();
    if (X[0] == '#') {
      std::swap(X, Constant);
      Rel = BinaryOperator::getOpcodeStr(
                BinaryOperator::reverseComparisonOp(BO->getOpcode()))
                .str();
    }
    if (Constant[0] != '#') {
      X = computed(Rel, X, Constant, BO->getType());
      Rel = "!=";
      Constant = "#0";
    }
  } else if (BO && BO->getOpcode() == BO_Comma) {
    return condition(BO->getRHS(), True, False);
  } else {
    X = value(E);
  }
  if (std::string Buffer = bufferTested(E); !Buffer.empty())
    X = Buffer;
  if (X[0] == '#') // decided at compile time; the graph has both ways
    return Any;
  return X[0] == 'v'
             ? "? " + X + " " + Rel + " " + Constant + " " + True + " " + False
             : Any;
}

// By cases, where all of them are constants; else "".
std::string SkeletonFunction::decision(const CFGBlock &B,
                                       const SwitchStmt *SS) {
  std::string Cases, Default;
  for (const CFGBlock::AdjacentBlock &Succ : B.succs()) {
    const CFGBlock *To = Succ.getReachableBlock();
    if (!To)
      continue;
    std::string Id = std::to_string(To->getBlockID());
    const auto *Case = dyn_cast_or_null<CaseStmt>(To->getLabel());
    Expr::EvalResult R;
    if (!Case || &Succ == &*B.succ_rbegin()) {
      Default = Id; // comes last, and may be what follows the switch
      continue;
    }
    if (Case->getRHS() || !Case->getLHS()->EvaluateAsInt(R, Ctx))
      return "";
    Cases += " #" + llvm::toString(R.Val.getInt(), 10) + " " + Id;
  }
  std::string V = value(SS->getCond());
  if (V[0] != 'v' || Cases.empty())
    return "";
  return "S " + V + " " + (Default.empty() ? "-" : Default) + Cases;
}

void SkeletonFunction::terminator(const CFGBlock &B) {
  // An exception that leaves the function and a bug check come back to nobody.
  if (const Stmt *T = B.getTerminatorStmt())
    at(T->getBeginLoc());
  if (B.hasNoReturnElement()) {
    op("X");
    return;
  }
  for (const CFGElement &E : B)
    if (auto S = E.getAs<CFGStmt>()) {
      if (const auto *RS = dyn_cast<ReturnStmt>(S->getStmt())) {
        at(RS->getBeginLoc());
        op("R " +
           (RS->getRetValue() ? value(RS->getRetValue()) : std::string("-")));
        return;
      }
      if (const auto *CE = dyn_cast<CallExpr>(S->getStmt()))
        if (const FunctionDecl *Callee = CE->getDirectCallee())
          if (Callee->getIdentifier() && Callee->getName() == SehUnwind) {
            op("X");
            return;
          }
    }
  llvm::SmallVector<std::string, 4> To;
  for (const CFGBlock::AdjacentBlock &Succ : B.succs()) {
    const CFGBlock *S = Succ.getReachableBlock();
    To.push_back(S ? std::to_string(S->getBlockID()) : "");
  }
  const auto *Cond = dyn_cast_or_null<Expr>(B.getTerminatorCondition());
  // What comes first has decided in a block of its own.
  while (Cond) {
    const auto *Both = dyn_cast<BinaryOperator>(Cond->IgnoreParens());
    if (!Both || !Both->isLogicalOp())
      break;
    Cond = Both->getRHS();
  }
  if (const auto *SS = dyn_cast_or_null<SwitchStmt>(B.getTerminatorStmt())) {
    if (std::string Line = decision(B, SS); !Line.empty()) {
      op(Line);
      return;
    }
  } else if (To.size() == 2 && !To[0].empty() && !To[1].empty() && Cond) {
    op(condition(Cond, To[0], To[1]));
    return;
  }
  std::string Line = "M";
  unsigned N = 0;
  for (const std::string &T : To)
    if (!T.empty()) {
      Line += " " + T;
      ++N;
    }
  if (&B == &B.getParent()->getExit())
    at(FD->getBody()->getEndLoc());
  if (!N)
    op(&B == &B.getParent()->getExit() ? "R -" : "X");
  else
    op(N == 1 ? "J" + Line.substr(1) : Line);
}

namespace {
// Every ?: whose value matters, to give it a variable.
void findConditionals(const Stmt *S,
                      llvm::SmallVectorImpl<const ConditionalOperator *> &Out) {
  if (!S)
    return;
  if (const auto *CO = dyn_cast<ConditionalOperator>(S))
    if (!CO->getType()->isVoidType())
      Out.push_back(CO);
  for (const Stmt *C : S->children())
    findConditionals(C, Out);
}
} // namespace

void SkeletonFunction::write(llvm::raw_ostream &OS) {
  CFG::BuildOptions Options;
  Options.setAllAlwaysAdd();
  std::unique_ptr<CFG> Graph = CFG::buildCFG(FD, FD->getBody(), &Ctx, Options);
  if (!Graph)
    return; // unknown to callers, as if it had no body
  for (const ParmVarDecl *P : FD->parameters())
    variable(P);
  findStepping(FD->getBody());

  llvm::SmallVector<const ConditionalOperator *, 4> Conditionals;
  findConditionals(FD->getBody(), Conditionals);
  llvm::DenseMap<const Expr *, llvm::SmallVector<unsigned, 1>> Arms;
  for (const ConditionalOperator *CO : Conditionals) {
    unsigned V = add(classOf(CO->getType()));
    Values[CO] = V;
    Arms[CO->getTrueExpr()->IgnoreParens()].push_back(V);
    Arms[CO->getFalseExpr()->IgnoreParens()].push_back(V);
  }

  // The graph counts from the exit; the format from the entry.
  unsigned N = Graph->getNumBlockIDs();
  std::vector<const CFGBlock *> Blocks(N);
  for (const CFGBlock *B : *Graph)
    Blocks[B->getBlockID()] = B;
  std::vector<std::string> Lines(N);
  for (const CFGBlock *B : llvm::reverse(Blocks)) {
    if (!B)
      continue;
    Text.clear();
    Marked = 0;
    for (const CFGElement &E : *B) {
      auto S = E.getAs<CFGStmt>();
      if (!S)
        continue;
      statement(S->getStmt());
      if (const auto *Arm = dyn_cast<Expr>(S->getStmt()))
        if (auto It = Arms.find(Arm->IgnoreParens()); It != Arms.end())
          for (unsigned V : It->second)
            op("= " + var(V) + " " + value(Arm));
    }
    terminator(*B);
    Lines[B->getBlockID()] = Text;
  }

  const SourceManager &SM = Ctx.getSourceManager();
  Position At = positionOf(SM, FD->getLocation());
  OS << "F " << FD->getName() << ' ' << (FD->isExternallyVisible() ? 'e' : 's')
     << ' ' << skeletonWord(At.File) << ' ' << At.Line << ' '
     << returnClass(FD->getReturnType()) << ' ' << FD->getNumParams() << ' '
     << Classes.size() << ' ' << N << '\n';
  OS << 'V';
  for (char C : Classes)
    OS << ' ' << C;
  OS << '\n';
  // Block numbers turn round: the entry has the highest.
  for (unsigned I = N; I-- > 0;) {
    OS << "B\n";
    llvm::StringRef Rest = Blocks[I] ? llvm::StringRef(Lines[I]) : "X\n";
    while (!Rest.empty()) {
      auto [Line, Next] = Rest.split('\n');
      Rest = Next;
      llvm::SmallVector<llvm::StringRef, 8> Words;
      Line.split(Words, ' ');
      unsigned First = Words[0] == "J" || Words[0] == "M" ? 1
                       : Words[0] == "?"                  ? 4
                       : Words[0] == "S"                  ? 2
                                                          : Words.size();
      for (unsigned W = 0; W < Words.size(); ++W) {
        unsigned Block;
        OS << (W ? " " : "");
        if (W >= First && !Words[W].getAsInteger(10, Block))
          OS << N - 1 - Block;
        else
          OS << Words[W];
      }
      OS << '\n';
    }
  }
  OS << "E\n";
}

} // namespace leak62
