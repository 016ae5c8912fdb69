//===- LeakState.cpp - What a path owns -----------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LeakState.h"
#include "AccessPath.h"
#include "Compat.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/CheckerContext.h"
#include "llvm/ADT/SmallPtrSet.h"
#include <set>

using namespace clang;
using namespace ento;

// The traits live in this file alone: each translation unit that expands these
// macros gets maps of its own.
REGISTER_MAP_WITH_PROGRAMSTATE(OwnedSymbolMap, SymbolRef, leak62::Owned)
REGISTER_MAP_WITH_PROGRAMSTATE(OwnedObjectMap, leak62::ObjectKey, leak62::Owned)

namespace leak62 {

bool isMemory(Kind K) {
  return K == Kind::POOL || K == Kind::LOOKASIDE_ENTRY ||
         K == Kind::CONTIGUOUS || K == Kind::NONCACHED ||
         K == Kind::COMMON_BUFFER || K == Kind::IRP;
}

const std::string *internPath(const std::string &Path) {
  static std::set<std::string> All;
  return &*All.insert(Path).first;
}

ProgramStateRef setOwned(ProgramStateRef State, SymbolRef Sym, const Owned &O) {
  return State->set<OwnedSymbolMap>(Sym, O);
}
ProgramStateRef setOwned(ProgramStateRef State, ObjectKey Key, const Owned &O) {
  return State->set<OwnedObjectMap>(Key, O);
}
ProgramStateRef dropOwned(ProgramStateRef State, SymbolRef Sym) {
  return State->remove<OwnedSymbolMap>(Sym);
}
ProgramStateRef dropOwned(ProgramStateRef State, ObjectKey Key) {
  return State->remove<OwnedObjectMap>(Key);
}
const Owned *getOwned(ProgramStateRef State, SymbolRef Sym) {
  return Sym ? State->get<OwnedSymbolMap>(Sym) : nullptr;
}
const Owned *getOwned(ProgramStateRef State, ObjectKey Key) {
  return State->get<OwnedObjectMap>(Key);
}
bool ownsNothing(ProgramStateRef State) {
  return State->get<OwnedSymbolMap>().isEmpty() &&
         State->get<OwnedObjectMap>().isEmpty();
}

static unsigned ageOf(SymbolRef Sym) {
  const auto *Data = dyn_cast<SymbolData>(Sym);
  return Data ? Data->getSymbolID() : 0;
}

// The maps are in the order of addresses, which another run has not got.
OwnedSymbols allOwnedSymbols(ProgramStateRef State) {
  OwnedSymbols Out;
  for (const auto &[Sym, O] : State->get<OwnedSymbolMap>())
    Out.push_back({Sym, O});
  llvm::sort(Out, [](const auto &A, const auto &B) {
    return ageOf(A.first) < ageOf(B.first);
  });
  return Out;
}
OwnedObjects allOwnedObjects(ProgramStateRef State) {
  OwnedObjects Out;
  for (const auto &[Key, O] : State->get<OwnedObjectMap>())
    Out.push_back({Key, O});
  llvm::sort(Out, [](const auto &A, const auto &B) {
    return A.second.S->Call->getBeginLoc() < B.second.S->Call->getBeginLoc();
  });
  return Out;
}

SymbolRef trackedBase(ProgramStateRef State, SVal V) {
  SymbolRef Sym = V.getAsLocSymbol(/*IncludeBaseRegions=*/true);
  if (!Sym)
    Sym = V.getAsSymbol();
  return getOwned(State, Sym) ? Sym : nullptr;
}

SymbolRef handleOf(SVal V) {
  const MemRegion *R = V.getAsRegion();
  const auto *SR = dyn_cast_or_null<SymbolicRegion>(R ? R->StripCasts() : R);
  return SR ? SR->getSymbol() : V.getAsSymbol();
}

namespace {

class CollectTracked final : public SymbolVisitor {
public:
  explicit CollectTracked(ProgramStateRef State) : State(std::move(State)) {}
  llvm::SmallVector<SymbolRef, 2> Found;
  bool VisitSymbol(SymbolRef Sym) override {
    if (getOwned(State, Sym))
      Found.push_back(Sym);
    return true;
  }

private:
  ProgramStateRef State;
};

class CollectContents final : public StoreManager::BindingsHandler {
public:
  CollectContents(ProgramStateRef State, const MemRegion *Root)
      : State(std::move(State)), Root(Root) {}
  llvm::SmallVector<std::pair<const MemRegion *, SymbolRef>, 2> Found;

  bool HandleBinding(StoreManager &, Store, const MemRegion *R,
                     SVal V) override {
    if (R != Root && !R->isSubRegionOf(Root))
      return true;
    if (SymbolRef Sym = trackedBase(State, V))
      Found.push_back({R, Sym});
    return true;
  }

private:
  ProgramStateRef State;
  const MemRegion *Root;
};

// The memory that a symbol points to.
const MemRegion *memoryOf(ProgramStateRef State, SymbolRef Sym) {
  return State->getStateManager().getRegionManager().getSymbolicRegion(Sym);
}
const MemRegion *heapMemoryOf(ProgramStateRef State, SymbolRef Sym) {
  return State->getStateManager().getRegionManager().getSymbolicHeapRegion(Sym);
}

} // namespace

llvm::SmallVector<SymbolRef, 2> trackedIn(ProgramStateRef State, SVal V) {
  if (SymbolRef Sym = trackedBase(State, V))
    return {Sym};
  if (!isa<nonloc::LazyCompoundVal, nonloc::CompoundVal>(V) ||
      ownsNothing(State))
    return {};
  CollectTracked Visitor(State);
  State->scanReachableSymbols(V, Visitor);
  return Visitor.Found;
}

llvm::SmallVector<std::pair<const MemRegion *, SymbolRef>, 2>
contentsOf(ProgramStateRef State, const MemRegion *R) {
  if (State->get<OwnedSymbolMap>().isEmpty())
    return {};
  CollectContents Handler(State, R);
  State->getStateManager().getStoreManager().iterBindings(State->getStore(),
                                                          Handler);
  return Handler.Found;
}

SVal asRecord(ProgramStateRef State, const MemRegion *R, QualType T) {
  if (!isa<SymbolicRegion>(R) || T.isNull())
    return loc::MemRegionVal(R);
  ProgramStateManager &Mgr = State->getStateManager();
  auto Cast =
      Mgr.getStoreManager().castRegion(R, Mgr.getContext().getPointerType(T));
  return loc::MemRegionVal(Cast ? *Cast : R);
}

void trackedFields(ProgramStateRef State, const MemRegion *R, QualType T,
                   llvm::SmallVectorImpl<std::pair<Loc, SVal>> &Out,
                   unsigned Depth) {
  const RecordDecl *RD = T->getAsRecordDecl();
  RD = RD ? RD->getDefinition() : nullptr;
  if (!RD || RD->isUnion() || Depth > 3 || ownsNothing(State))
    return;
  for (const FieldDecl *F : RD->fields()) {
    if (F->isBitField())
      continue;
    auto L = State->getLValue(F, loc::MemRegionVal(R)).getAs<Loc>();
    if (!L)
      continue;
    if (F->getType()->isRecordType()) {
      if (const MemRegion *Inner = L->getAsRegion())
        trackedFields(State, Inner, F->getType(), Out, Depth + 1);
    } else if (F->getType()->isPointerType()) {
      SVal V = State->getSVal(*L, F->getType());
      if (trackedBase(State, V))
        Out.push_back({*L, V});
    }
  }
}

ProgramStateRef dropObjectsIn(ProgramStateRef State, SymbolRef Sym) {
  for (const auto &[Key, O] : State->get<OwnedObjectMap>())
    if (const auto *SR = dyn_cast<SymbolicRegion>(Key.first->getBaseRegion()))
      if (SR->getSymbol() == Sym && !O.isStored())
        State = dropOwned(State, Key);
  return State;
}

llvm::SmallVector<std::pair<const MemRegion *, SymbolRef>, 2>
contentsOfBlock(ProgramStateRef State, SymbolRef Sym) {
  auto Map = State->get<OwnedSymbolMap>();
  if (Map.isEmpty() || Map.getHeight() == 1 || !Sym->getType()->isPointerType())
    return {}; // nothing but the block itself is tracked
  auto Found = contentsOf(State, memoryOf(State, Sym));
  auto Heap = contentsOf(State, heapMemoryOf(State, Sym));
  Found.append(Heap.begin(), Heap.end());
  return Found;
}

llvm::SmallVector<SymbolRef, 4> allBehind(ProgramStateRef State,
                                          const MemRegion *R) {
  llvm::SmallVector<SymbolRef, 4> Out;
  llvm::SmallPtrSet<SymbolRef, 4> Seen; // blocks may point to each other
  for (auto [Where, Sym] : contentsOf(State, R))
    if (Seen.insert(Sym).second)
      Out.push_back(Sym);
  for (size_t I = 0; I < Out.size(); ++I)
    for (auto [Where, Inner] : contentsOfBlock(State, Out[I]))
      if (Seen.insert(Inner).second)
        Out.push_back(Inner);
  return Out;
}

ProgramStateRef escapeContents(ProgramStateRef State, SymbolRef Sym) {
  for (auto [Where, Inner] : contentsOfBlock(State, Sym))
    if (Inner != Sym)
      State = escape(State, Inner);
  return dropObjectsIn(State, Sym);
}

ProgramStateRef escape(ProgramStateRef State, SymbolRef Sym) {
  llvm::SmallVector<SymbolRef, 4> Work{Sym};
  llvm::SmallPtrSet<SymbolRef, 4> Seen; // blocks may point to each other
  while (!Work.empty()) {
    SymbolRef S = Work.pop_back_val();
    const Owned *O = getOwned(State, S);
    if (!O || !Seen.insert(S).second)
      continue;
    for (auto [R, Inner] : contentsOfBlock(State, S))
      if (Inner != S)
        Work.push_back(Inner);
    State = dropObjectsIn(State, S);
    if (O->isStored()) {
      // Its slot still has it as far as anyone can tell.
      Owned Unsure = *O;
      if (!Unsure.Slot)
        continue;
      Unsure.Slot = nullptr;
      State = setOwned(State, S, Unsure);
    } else {
      State = dropOwned(State, S);
    }
  }
  return State;
}

void noteRelease(const Owned *O, llvm::StringRef By, const Stmt *Call,
                 const StackFrameContext *SF) {
  Facts *F = currentFacts();
  if (!F || !O)
    return;
  for (; SF != O->Frame && SF->getParent();
       SF = SF->getParent()->getStackFrame())
    Call = SF->getCallSite();
  const auto *FD = dyn_cast<FunctionDecl>(SF->getDecl());
  if (SF == O->Frame && FD && Call)
    F->addSiteRelease(
        O->S, FD, By.str(),
        positionOf(F->Ctx.getSourceManager(), Call->getBeginLoc()));
}

} // namespace leak62
