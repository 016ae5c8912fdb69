//===- LeakState.h - What a path owns ---------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   acquire ──> Owned ──> released, handed over or escaped: no longer tracked
//                 │  └──> Stored: in a slot that outlives the function
//                 └─────> last reference gone while Owned: Lost, and a leak
//                         once the path leaves the function
//
// A resource is identified by the symbol of its handle; one that is an object
// in place (a lookaside list, a subject context) by the object's region.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_LEAKSTATE_H
#define LEAK62_CHECKERS_LEAKSTATE_H

#include "Facts.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/ProgramState.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/ProgramStateTrait.h"
#include "llvm/ADT/FoldingSet.h"

namespace leak62 {

struct GivenContext;

struct Owned {
  const Site *S = nullptr;
  /// The frame that acquired it, after wrappers the one that called them.
  const clang::StackFrameContext *Frame = nullptr;
  /// Stored: where; null once the slot's content is no longer certain.
  /// Owned: the field of another owned block that it was last written to.
  const clang::ento::MemRegion *Slot = nullptr;
  /// Stored: the slot's access path (interned); null while Owned.
  const std::string *Path = nullptr;
  /// The statement that put something else where it was.
  const clang::Stmt *Overwritten = nullptr;
  /// The last callee that could have taken it and, on this path, did not.
  const clang::FunctionDecl *LeftBy = nullptr;
  /// Set if it is what the callback at hand was given.
  const GivenContext *Given = nullptr;
  /// An IRP whose completion routine is known to leave it to the sender.
  bool Kept = false;
  bool Lost = false;
  /// Stored: a function that was not looked into may have released it.
  bool MayBeGone = false;
  /// What it was stored in is gone, though something may still point there.
  bool Orphan = false;
  /// It was in a slot until this path released what the slot is in.
  bool WasStored = false;

  bool isStored() const { return Path != nullptr; }
  bool operator==(const Owned &O) const {
    return S == O.S && Frame == O.Frame && Slot == O.Slot && Path == O.Path &&
           Overwritten == O.Overwritten && LeftBy == O.LeftBy &&
           Given == O.Given && Kept == O.Kept && Lost == O.Lost &&
           MayBeGone == O.MayBeGone && Orphan == O.Orphan &&
           WasStored == O.WasStored;
  }
  void Profile(llvm::FoldingSetNodeID &ID) const {
    ID.AddPointer(S);
    ID.AddPointer(Frame);
    ID.AddPointer(Slot);
    ID.AddPointer(Path);
    ID.AddPointer(Overwritten);
    ID.AddPointer(LeftBy);
    ID.AddPointer(Given);
    ID.AddBoolean(Kept);
    ID.AddBoolean(Lost);
    ID.AddBoolean(MayBeGone);
    ID.AddBoolean(Orphan);
    ID.AddBoolean(WasStored);
  }
};

using ObjectKey = std::pair<const clang::ento::MemRegion *, const KindInfo *>;

/// True if releasing one ends its memory, and not a reference to it alone.
bool isMemory(Kind K);

/// Interned for the lifetime of the process.
const std::string *internPath(const std::string &Path);

// The maps of the program state.
clang::ento::ProgramStateRef setOwned(clang::ento::ProgramStateRef State,
                                      clang::ento::SymbolRef Sym,
                                      const Owned &O);
clang::ento::ProgramStateRef setOwned(clang::ento::ProgramStateRef State,
                                      ObjectKey Key, const Owned &O);
clang::ento::ProgramStateRef dropOwned(clang::ento::ProgramStateRef State,
                                       clang::ento::SymbolRef Sym);
clang::ento::ProgramStateRef dropOwned(clang::ento::ProgramStateRef State,
                                       ObjectKey Key);
const Owned *getOwned(clang::ento::ProgramStateRef State,
                      clang::ento::SymbolRef Sym);
const Owned *getOwned(clang::ento::ProgramStateRef State, ObjectKey Key);
bool ownsNothing(clang::ento::ProgramStateRef State);

using OwnedSymbols =
    llvm::SmallVector<std::pair<clang::ento::SymbolRef, Owned>, 4>;
using OwnedObjects = llvm::SmallVector<std::pair<ObjectKey, Owned>, 2>;
OwnedSymbols allOwnedSymbols(clang::ento::ProgramStateRef State);
OwnedObjects allOwnedObjects(clang::ento::ProgramStateRef State);

// Questions about values.

/// The tracked symbol that \p V points into, or null.
clang::ento::SymbolRef trackedBase(clang::ento::ProgramStateRef State,
                                   clang::ento::SVal V);
/// The symbol that \p V itself is, and not something behind it; may be null.
clang::ento::SymbolRef handleOf(clang::ento::SVal V);
/// Every tracked symbol that \p V holds: itself, or in a struct's fields.
llvm::SmallVector<clang::ento::SymbolRef, 2>
trackedIn(clang::ento::ProgramStateRef State, clang::ento::SVal V);
/// Tracked symbols in the memory of \p R, each with the block it lies in (the
/// engine's store does not say which field).
llvm::SmallVector<
    std::pair<const clang::ento::MemRegion *, clang::ento::SymbolRef>, 2>
contentsOf(clang::ento::ProgramStateRef State, const clang::ento::MemRegion *R);
/// The same of the memory of the tracked block \p Sym, whichever way the engine
/// spells its region.
llvm::SmallVector<
    std::pair<const clang::ento::MemRegion *, clang::ento::SymbolRef>, 2>
contentsOfBlock(clang::ento::ProgramStateRef State, clang::ento::SymbolRef Sym);
/// What lies in \p R, with what lies in those blocks, and so on.
llvm::SmallVector<clang::ento::SymbolRef, 4>
allBehind(clang::ento::ProgramStateRef State, const clang::ento::MemRegion *R);

/// \p R as memory of the record type \p T: memory that came as void * has no
/// fields otherwise.
clang::ento::SVal asRecord(clang::ento::ProgramStateRef State,
                           const clang::ento::MemRegion *R, clang::QualType T);

/// The pointer fields of the structure \p R, of type \p T, that hold something
/// tracked.
void trackedFields(
    clang::ento::ProgramStateRef State, const clang::ento::MemRegion *R,
    clang::QualType T,
    llvm::SmallVectorImpl<std::pair<clang::ento::Loc, clang::ento::SVal>> &Out,
    unsigned Depth = 0);

/// \p Call of frame \p SF releases \p O (may be null).  Recorded for a hint at
/// a leak elsewhere: the function that owns it has that call, or one that leads
/// there.
void noteRelease(const Owned *O, llvm::StringRef By, const clang::Stmt *Call,
                 const clang::StackFrameContext *SF);

// Changes of ownership.

/// In-place objects inside the block \p Sym go where the block goes.
clang::ento::ProgramStateRef dropObjectsIn(clang::ento::ProgramStateRef State,
                                           clang::ento::SymbolRef Sym);

/// Somebody unknown has it now, and what its memory holds.
clang::ento::ProgramStateRef escape(clang::ento::ProgramStateRef State,
                                    clang::ento::SymbolRef Sym);
/// Somebody unknown has what its memory holds; \p Sym itself stays as it is.
clang::ento::ProgramStateRef escapeContents(clang::ento::ProgramStateRef State,
                                            clang::ento::SymbolRef Sym);
/// The block \p Block is gone: what was stored in it, and in that, is no longer
/// anywhere that outlives the function.  \p Block may be null.  \p Usable: its
/// memory can still be used until the function returns.
clang::ento::ProgramStateRef unstore(clang::ento::ProgramStateRef State,
                                     clang::ento::SymbolRef Block, bool Usable,
                                     const clang::LocationContext *LC);
/// \p Sym is now in slot \p R; what its memory holds is reachable there.
clang::ento::ProgramStateRef store(clang::ento::ProgramStateRef State,
                                   clang::ento::SymbolRef Sym,
                                   const clang::ento::MemRegion *R,
                                   const std::string &Path, const Position &At);
/// The effect on ownership of writing \p Val to \p Loc.
clang::ento::ProgramStateRef noteStore(clang::ento::ProgramStateRef State,
                                       clang::ento::SVal Loc,
                                       clang::ento::SVal Val,
                                       const Position &At);

} // namespace leak62

#endif
