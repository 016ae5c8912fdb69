//===- PathLimit.cpp ------------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PathLimit.h"
#include "clang/Analysis/Analyses/LiveVariables.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/RangedConstraintManager.h"
#include "llvm/ADT/Hashing.h"

using namespace clang;
using namespace ento;

namespace leak62 {

// How many go on each way, if their assumptions are compared as well.
constexpr unsigned MaxAlike = 3;

static uint64_t digestOfOwned(const Owned &O) {
  return llvm::hash_combine(O.S, O.Path, O.Overwritten, O.Kept, O.Lost,
                            O.Orphan);
}

// Whatever the order that the maps are in.
static uint64_t digestOfOwnership(ProgramStateRef State) {
  uint64_t Sum = 0;
  for (auto &[Sym, O] : allOwnedSymbols(State))
    Sum += llvm::hash_combine(
        digestOfOwned(O),
        State->isNull(nonloc::SymbolVal(Sym)).isConstrained());
  for (auto &[Key, O] : allOwnedObjects(State))
    Sum += llvm::hash_combine(digestOfOwned(O), Key.first);
  return Sum;
}

static uint64_t digestOfValue(ProgramStateRef State, SVal V, SValBuilder &SVB) {
  if (V.isUndef())
    return 1;
  if (V.isUnknown())
    return 2;
  if (const Owned *O = getOwned(State, trackedBase(State, V)))
    return digestOfOwned(*O);
  if (std::optional<loc::MemRegionVal> L = V.getAs<loc::MemRegionVal>())
    if (!L->getRegion()->getSymbolicBase())
      return llvm::hash_value(L->getRegion());
  ConditionTruthVal Null = State->isNull(V);
  if (Null.isConstrainedTrue())
    return 3;
  if (const llvm::APSInt *Known = SVB.getKnownValue(State, V))
    return llvm::hash_value(*Known);
  uint64_t Signs = Null.isConstrainedFalse() ? 5 : 4;
  if (V.getAs<nonloc::SymbolVal>()) {
    const llvm::APSInt *Min = SVB.getMinValue(State, V);
    const llvm::APSInt *Max = SVB.getMaxValue(State, V);
    Signs += (Min && Min->isNonNegative() ? 8 : 0) +
             (Max && Max->isNegative() ? 16 : 0);
  }
  return Signs;
}

// The number of the name that a region goes by, if that decides something.
static int numberOf(const MemRegion *R, const Slice &Deciding) {
  const void *Name = nullptr;
  if (const auto *ER = dyn_cast<ElementRegion>(R))
    return Deciding.numberOf(ER->getValueType());
  if (const auto *SR = dyn_cast<SymbolicRegion>(R))
    return Deciding.numberOf(SR->getPointeeStaticType());
  if (const auto *VR = dyn_cast<VarRegion>(R))
    return Deciding.numberOf(VR->getDecl()->getCanonicalDecl());
  for (; const auto *FR = dyn_cast<FieldRegion>(R); R = FR->getSuperRegion()) {
    const RecordDecl *RD = FR->getDecl()->getParent();
    if (RD->isUnion())
      Name = RD->getCanonicalDecl();
    else if (!Name)
      Name = FR->getDecl();
  }
  return Name ? Deciding.numberOf(Name) : -1;
}

// What is assumed of memory that is still to be read, wherever it lies.
uint64_t PathLimit::digestOfAssumptions(ProgramStateRef State,
                                        const llvm::BitVector &Ahead,
                                        const Slice &Deciding) {
  uint64_t Sum = 0;
  llvm::DenseSet<uint64_t> Different;
  for (auto [Sym, Ranges] : getConstraintMap(State)) {
    uint64_t Key = 0;
    for (SymbolRef Leaf : Sym->symbols()) {
      const MemRegion *R = Leaf->getOriginRegion();
      int Number = R ? numberOf(R, Deciding) : -1;
      if (Number >= 0 && Ahead.test(Number))
        Key = llvm::hash_combine(Key, Number);
    }
    if (!Key)
      continue;
    for (const ento::Range &Part : Ranges)
      Key = llvm::hash_combine(Key, Part.From(), Part.To());
    if (Different.insert(Key).second)
      Sum += Key;
  }
  return Sum;
}

uint64_t PathLimit::keyOf(const CFGBlock *Block, Slice &Deciding,
                          CheckerContext &C) const {
  ProgramStateRef State = C.getState();
  SValBuilder &SVB = C.getSValBuilder();
  uint64_t Key = llvm::hash_combine(Block, digestOfOwnership(State));
  llvm::BitVector Ahead;
  const CFGBlock *At = Block;
  for (const StackFrameContext *SF = C.getStackFrame(); SF && At;) {
    Key = llvm::hash_combine(Key, SF->getCallSite());
    auto *Live = SF->getAnalysis<RelaxedLiveVariables>();
    if (const auto *FD = dyn_cast<FunctionDecl>(SF->getDecl())) {
      for (const VarDecl *VD : Deciding.variables(FD))
        if (!Live || Live->isLive(At, VD))
          Key = llvm::hash_combine(
              Key, VD,
              digestOfValue(State, State->getSVal(State->getLValue(VD, SF)),
                            SVB));
      if (!Coarse)
        if (const llvm::BitVector *More = Deciding.ahead(FD, SF->getCFG(), At))
          Ahead |= *More;
    }
    At = SF->getCallSiteBlock();
    const LocationContext *Parent = SF->getParent();
    SF = Parent ? Parent->getStackFrame() : nullptr;
  }
  if (Ahead.any())
    Key = llvm::hash_combine(Key, digestOfAssumptions(State, Ahead, Deciding));
  return Key;
}

bool PathLimit::take(uint64_t Key, bool Way) {
  return ++Seen[llvm::hash_combine(Key, Way)] <= (Coarse ? 1 : MaxAlike);
}

} // namespace leak62
