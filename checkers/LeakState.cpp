//===- LeakState.cpp ------------------------------------------------------===//
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

// In-place objects inside a block go where the block goes.
static ProgramStateRef dropObjectsIn(ProgramStateRef State, SymbolRef Sym) {
  for (const auto &[Key, O] : State->get<OwnedObjectMap>())
    if (const auto *SR = dyn_cast<SymbolicRegion>(Key.first->getBaseRegion()))
      if (SR->getSymbol() == Sym && !O.isStored())
        State = dropOwned(State, Key);
  return State;
}

// What lies in a tracked block, whichever way the engine spells its region.
static llvm::SmallVector<std::pair<const MemRegion *, SymbolRef>, 2>
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

// True if memory that outlives the function has it, other than that block.
static bool isElsewhere(ProgramStateRef State, SymbolRef Sym, SymbolRef Block) {
  class Find final : public StoreManager::BindingsHandler {
  public:
    Find(ProgramStateRef State, SymbolRef Sym, SymbolRef Block)
        : State(std::move(State)), Sym(Sym), Block(Block) {}
    bool Found = false;
    bool HandleBinding(StoreManager &, Store, const MemRegion *R,
                       SVal V) override {
      const MemRegion *Base = R->getBaseRegion();
      const auto *SR = dyn_cast<SymbolicRegion>(Base);
      Found = V.getAsLocSymbol(true) == Sym && !isOnStack(Base, State) &&
              !(SR && SR->getSymbol() == Block);
      return !Found;
    }

  private:
    ProgramStateRef State;
    SymbolRef Sym, Block;
  } Handler(State, Sym, Block);
  State->getStateManager().getStoreManager().iterBindings(State->getStore(),
                                                          Handler);
  return Handler.Found;
}

ProgramStateRef unstore(ProgramStateRef State, SymbolRef Block, bool Usable,
                        const LocationContext *LC) {
  llvm::SmallVector<SymbolRef, 4> Work{Block};
  llvm::SmallPtrSet<SymbolRef, 4> Seen; // blocks may point to each other
  while (!Work.empty()) {
    SymbolRef Gone = Work.pop_back_val();
    if (!Gone || !Seen.insert(Gone).second)
      continue;
    for (auto &[Sym, O] : allOwnedSymbols(State)) {
      const auto *SR = dyn_cast_or_null<SymbolicRegion>(
          O.Slot ? O.Slot->getBaseRegion() : nullptr);
      if (!SR || SR->getSymbol() != Gone)
        continue;
      if (Usable && isElsewhere(State, Sym, Gone))
        continue;
      // Pointers to a freed block that are left behind lead nowhere; what it
      // pointed to is still there, such as the next entry of a list.
      if (!Usable && Gone == Block)
        State = State->bindLoc(loc::MemRegionVal(O.Slot), UnknownVal(), LC,
                               /*notifyChanges=*/false);
      O.WasStored = O.isStored();
      O.Path = nullptr;
      if (Gone == Block)
        O.Slot = nullptr;
      O.Orphan = Usable;
      State = setOwned(State, Sym, O);
      Work.push_back(Sym);
    }
  }
  return State;
}

// "q->last = &entry->next": the entry is found by what leads to it, and the end
// of the list is for the next one.
static bool isEndOfList(const MemRegion *Slot, SVal Val) {
  const auto *At = dyn_cast_or_null<TypedValueRegion>(Slot);
  const MemRegion *To = Val.getAsRegion();
  const auto *Link = dyn_cast_or_null<FieldRegion>(To ? To->StripCasts() : To);
  if (!At || !Link)
    return false;
  QualType T = At->getValueType()->getPointeeType();
  T = T.isNull() ? T : T->getPointeeType();
  const RecordDecl *RD = T.isNull() ? nullptr : T->getAsRecordDecl();
  return RD && RD->getCanonicalDecl() ==
                   Link->getDecl()->getParent()->getCanonicalDecl();
}

ProgramStateRef store(ProgramStateRef State, SymbolRef Sym, const MemRegion *R,
                      const std::string &Path, const Position &At) {
  struct Item {
    SymbolRef Sym;
    const MemRegion *R;
    std::string Path;
  };
  llvm::SmallVector<Item, 4> Work{{Sym, R, Path}};
  llvm::SmallPtrSet<SymbolRef, 4> Seen;
  while (!Work.empty()) {
    Item I = Work.pop_back_val();
    const Owned *O = getOwned(State, I.Sym);
    if (!O || !Seen.insert(I.Sym).second)
      continue;
    // What lies behind a list or a result goes by its record alone.
    bool IsSlot = I.R && !I.Path.empty();
    for (auto [Where, Inner] : contentsOfBlock(State, I.Sym)) {
      // The store names the block; the field was noted when it was written.
      if (const MemRegion *Field = getOwned(State, Inner)->Slot)
        Where = Field;
      if (Inner != I.Sym)
        Work.push_back({Inner, Where,
                        IsSlot ? pathOfRegion(Where, I.Sym, I.Path)
                               : pathOfRegion(Where)});
    }
    State = dropObjectsIn(State, I.Sym);
    if (I.Path.empty()) {
      if (!O->isStored())
        State = dropOwned(State, I.Sym);
      continue;
    }
    Owned Stored = *O;
    Stored.Slot = I.R;
    Stored.Orphan = false;
    Stored.WasStored = false;
    Stored.MayBeGone = false;
    Stored.Path = internPath(I.Path);
    if (Facts *F = currentFacts())
      F->addStore(Stored.S, I.Path, At);
    State = setOwned(State, I.Sym, Stored);
  }
  return State;
}

// The path of the field of To that Sym comes to when Copy is copied there: what
// From, a part of it, had there.  The copied structure itself may be dead.
static std::string pathOfCopied(ProgramStateRef State, SVal To,
                                nonloc::LazyCompoundVal Copy, SVal From,
                                QualType T, SymbolRef Sym, unsigned Depth = 0) {
  const RecordDecl *RD = T->getAsRecordDecl();
  RD = RD ? RD->getDefinition() : nullptr;
  if (!RD || RD->isUnion() || Depth > 3)
    return "";
  StoreManager &Stores = State->getStateManager().getStoreManager();
  for (const FieldDecl *F : RD->fields()) {
    if (F->isBitField())
      continue;
    SVal Field = State->getLValue(F, From), Target = State->getLValue(F, To);
    auto L = Field.getAs<Loc>();
    std::string Path;
    if (L && F->getType()->isRecordType())
      Path = pathOfCopied(State, Target, Copy, Field, F->getType(), Sym,
                          Depth + 1);
    else if (L && F->getType()->isPointerType() &&
             trackedBase(State, Stores.getBinding(Copy.getStore(), *L,
                                                  F->getType())) == Sym)
      Path = pathOfRegion(Target.getAsRegion());
    if (!Path.empty())
      return Path;
  }
  return "";
}

static std::string pathOfStored(ProgramStateRef State, const MemRegion *R,
                                SVal Val, SymbolRef Sym) {
  std::string Path;
  if (auto Copy = Val.getAs<nonloc::LazyCompoundVal>())
    Path = pathOfCopied(State, loc::MemRegionVal(R), *Copy,
                        loc::MemRegionVal(Copy->getRegion()),
                        Copy->getRegion()->getValueType(), Sym);
  return Path.empty() ? pathOfRegion(R) : Path;
}

ProgramStateRef noteStore(ProgramStateRef State, SVal Loc, SVal Val,
                          const Position &At) {
  if (State->get<OwnedSymbolMap>().isEmpty())
    return State;
  auto Symbols = trackedIn(State, Val);
  if (Symbols.empty())
    return State;
  const MemRegion *R = Loc.getAsRegion();
  bool Lost = !R || isa<UnknownSpaceRegion>(R);
  const MemRegion *Base = R ? R->getBaseRegion() : nullptr;
  // The engine's store forgets what goes to an element it cannot tell.
  bool Blurred = R && R->getAsOffset().hasSymbolicOffset();
  if (Base && isOnStack(Base, State)) {
    if (!Blurred)
      return State;
    Lost = true;
  }
  SymbolRef Container = nullptr;
  if (const auto *SR = dyn_cast_or_null<SymbolicRegion>(Base)) {
    const Owned *O = getOwned(State, SR->getSymbol());
    if (O && !O->isStored() && isMemory(O->S->Row->K))
      Container = SR->getSymbol();
  }
  bool IsEnd = isEndOfList(R, Val);
  for (SymbolRef Sym : Symbols) {
    if (IsEnd && getOwned(State, Sym)->isStored())
      continue;
    if (Container) {
      Owned O = *getOwned(State, Sym);
      O.Slot = R;
      if (Blurred && Sym != Container)
        State = escape(State, Sym);
      else if (Sym != Container && !O.isStored())
        State = setOwned(State, Sym, O);
    } else if (Lost) {
      State = escape(State, Sym);
    } else {
      // The field of a copied structure that it is in is named, not followed.
      State = store(State, Sym, trackedBase(State, Val) ? R : nullptr,
                    pathOfStored(State, R, Val, Sym), At);
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
