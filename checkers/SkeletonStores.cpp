//===- SkeletonStores.cpp - Assignments and copies ------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What becomes of values: stores, initialisers, records that move with their
// pointers.
//
//===----------------------------------------------------------------------===//

#include "AccessPath.h"
#include "Facts.h"
#include "SkeletonFunction.h"

using namespace clang;

namespace leak62 {

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

} // namespace leak62
