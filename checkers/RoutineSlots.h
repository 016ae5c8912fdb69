//===- RoutineSlots.h - The slots that routines lie in ----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// RoutineFacts.cpp says what these slots are called.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_ROUTINESLOTS_H
#define LEAK62_CHECKERS_ROUTINESLOTS_H

#include "Facts.h"
#include "clang/AST/Expr.h"
#include <optional>
#include <set>
#include <string>

namespace leak62 {

inline constexpr int64_t LastMajor = 27; ///< IRP_MJ_PNP

/// True for a pointer to a routine, or to such pointers or an array of them.
bool holdsRoutines(clang::QualType T);

/// What a variable is known to be, one of some numbers.
struct KnownNumber {
  const clang::VarDecl *Variable;
  std::set<int64_t> Numbers;
};

/// Enters what one function, or the initializer of a global, puts in slots.
class RoutineSlots {
public:
  using Slots = std::set<std::string>;
  /// The key of a row, where it has one.
  using Key = std::optional<int64_t>;

  /// \p FD is null outside functions.
  RoutineSlots(Facts &F, const clang::FunctionDecl *FD)
      : F(F), FD(FD), SM(F.Ctx.getSourceManager()) {}

  /// The slot of parameter \p I of \p Callee.
  static std::string parameter(const clang::FunctionDecl *Callee, unsigned I);

  /// The slots that \p E, a value or an lvalue, is read from.
  Slots slotsOf(const clang::Expr *E);

  /// What \p E holds is put in \p To.
  void put(const Slots &To, const clang::Expr *E, Key K);

  /// What \p E holds has \p Role.  Of a slot \p Keyed says that each routine's
  /// key is its major function code.
  void give(const char *Role, int Major, bool Keyed, const clang::Expr *E,
            clang::SourceLocation Loc);

  /// \p Value is assigned to \p Target, where \p Known is a variable and what
  /// it can only be there.
  void assign(const clang::Expr *Target, const clang::Expr *Value,
              clang::SourceLocation Loc, const KnownNumber *Known = nullptr);

  /// The array \p Value is copied to \p Target.
  void copy(const clang::Expr *Target, const clang::Expr *Value,
            clang::SourceLocation Loc);

  /// \p Init is what the object at \p At, of type \p T, begins with.
  void initialize(const Slots &At, clang::QualType T, const clang::Expr *Init,
                  Key K);

private:
  Facts &F;
  const clang::FunctionDecl *FD;
  const clang::SourceManager &SM;
  unsigned Depth = 0;

  /// The slots of field \p Field of an object at \p Base.
  Slots fieldAt(const clang::FieldDecl *Field, const Slots &Base) const;
  Slots find(const clang::Expr *E);
  /// The role of what is put in the lvalue \p E; \p Index is its index there.
  const char *roleIn(const clang::Expr *E, const clang::Expr *&Index);
  /// f[i] = table[i], f[e->Major] = e->Routine
  static bool sameRow(const clang::Expr *Index, const clang::Expr *Value);
  void members(const Slots &At, const clang::RecordDecl *RD,
               const clang::InitListExpr *List);
};

} // namespace leak62

#endif
