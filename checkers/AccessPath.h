//===- AccessPath.h - Names for where a pointer lives -----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Access paths name slots across functions and translation units; their forms
// are listed at the top of analyzer/facts/schema.sql.
//
//   record of the driver     T.field, by the innermost such record: the same
//                            slot whoever holds the pointer to it
//   string or list record    hangs on what contains it: EXT.Name.Buffer
//   object of the system     by its type: FILE_OBJECT.FsContext
//
// Limit: two instances of one record share a path.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_ACCESSPATH_H
#define LEAK62_CHECKERS_ACCESSPATH_H

#include "clang/AST/Decl.h"
#include "clang/AST/Expr.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/MemRegion.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/SymExpr.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallPtrSet.h"
#include <set>
#include <string>

namespace leak62 {

/// "DEVICE_EXTENSION" for struct _DEVICE_EXTENSION; empty without a name.
std::string recordName(const clang::RecordDecl *RD);

/// True for LIST_ENTRY and its kin.
bool isListRecord(const clang::RecordDecl *RD);

/// The buffer of the counted string that \p Length is a length of, or null.  A
/// string that has a buffer to free is taken not to be empty.
const clang::FieldDecl *bufferOfLength(const clang::ValueDecl *Length);

/// The key that joins a function across translation units.
std::string functionKey(const clang::FunctionDecl *FD);

/// The slot that a region is, or "" where it has no name between calls.
/// \p BlockPath is the path of the slot that points to \p Block, if not null.
std::string pathOfRegion(const clang::ento::MemRegion *R,
                         clang::ento::SymbolRef Block = nullptr,
                         llvm::StringRef BlockPath = "");

/// The path of a variable that lives as long as the driver.
std::string pathOfGlobal(const clang::VarDecl *VD);

/// The slot that the lvalue \p E is, by its syntax alone: no local is looked
/// through.  "" where it has no name; an element of an array ends in "[]".
std::string pathOfLvalue(const clang::Expr *E);

/// "list X" for the head or a link of list X; "" for "".
std::string listOf(llvm::StringRef Slot);

/// What a registered routine is called as if it were a slot.
std::string pathOfRoutine(const clang::FunctionDecl *FD);

/// The slot that a symbol's value was read from, or "".
std::string pathOfSymbol(clang::ento::SymbolRef Sym);

/// Access paths of expressions of one function, by what is assigned to its
/// locals anywhere in it: an over-approximation without regard to order.  Of
/// tables of addresses, local or global, each element may be any that the table
/// is made of.
class ExprPaths {
public:
  /// Of expressions outside functions.
  ExprPaths() = default;
  explicit ExprPaths(const clang::FunctionDecl *FD);

  using Set = std::set<std::string>;
  /// Where the value of \p E may have been read from; "&slot" for an address.
  Set valuePaths(const clang::Expr *E);
  /// Which slots the lvalue \p E may be.
  Set slotPaths(const clang::Expr *E) { return slots(E, /*Copies=*/false); }
  /// The same, and what a local record was copied from.
  Set placePaths(const clang::Expr *E) { return slots(E, /*Copies=*/true); }
  /// Which slots the pointer \p E may point to.
  Set pointeePaths(const clang::Expr *E);
  /// Where the entry that \p Link, the address of its link, is one of may have
  /// been found: "list X", or a slot that holds it.
  Set entryPaths(const clang::Expr *Link);

private:
  using Values = llvm::SmallVector<const clang::Expr *, 2>;
  /// What a field of a variable (null: an element of an array) is given.
  struct Part {
    const clang::ValueDecl *Field;
    const clang::Expr *Value;
  };
  llvm::DenseMap<const clang::VarDecl *, Values> Assigned;
  /// Links that are put in a list whose head is a local variable.
  llvm::DenseMap<const clang::VarDecl *, Values> Linked;
  llvm::DenseMap<const clang::VarDecl *, llvm::SmallVector<Part, 4>> Parts;
  llvm::SmallPtrSet<const clang::VarDecl *, 8> Visiting;
  unsigned Depth = 0;
  /// How many parameters have names: what follows them shares one path.
  unsigned Named = 0;

  void collect(const clang::Stmt *S);
  void initialise(const clang::VarDecl *VD, const clang::Expr *Init,
                  const clang::ValueDecl *Field);
  /// \p Copies: a local record is also what it was copied from.
  Set slots(const clang::Expr *E, bool Copies);
  Set copied(const clang::VarDecl *VD);
  Set partPaths(const clang::Expr *E);
  void wholes(const clang::Expr *E,
              llvm::SmallPtrSetImpl<const clang::VarDecl *> &Out);
};

/// The variable that \p E names, casts aside, or null.
const clang::VarDecl *variableOf(const clang::Expr *E);

/// True for "p->Data", "&p->Data[3]": bytes or numbers within an object, behind
/// its first field.  Who gets them does not get hold of the object.
bool isDataInObject(const clang::Expr *E);

} // namespace leak62

#endif
