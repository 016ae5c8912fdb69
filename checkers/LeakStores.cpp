//===- LeakStores.cpp - What is put where others find it ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Stores to memory that outlives the function, and slots that go with the block
// that they lie in.
//
//===----------------------------------------------------------------------===//

#include "AccessPath.h"
#include "Compat.h"
#include "LeakState.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/CheckerContext.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace clang;
using namespace ento;

namespace leak62 {

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
  if (ownsNothing(State))
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

} // namespace leak62
