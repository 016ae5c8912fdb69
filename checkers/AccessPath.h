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
#include <string>

namespace leak62 {

/// "DEVICE_EXTENSION" for struct _DEVICE_EXTENSION; empty without a name.
std::string recordName(const clang::RecordDecl *RD);

/// The field of that name in a record, or null; also of a type that is none.
const clang::FieldDecl *fieldOf(clang::QualType Record, llvm::StringRef Name);

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

/// The slot that a value that was read from \p Value points to: "S*", and "S"
/// for its address, "&S".
std::string derefSlot(llvm::StringRef Value);

/// True for small records that are part of whatever contains them: strings,
/// links of lists, and records without a name.
bool hangsOn(const clang::RecordDecl *RD);

/// The slot of \p Field of a record that hangs on what contains it, given the
/// slot of the record.
std::string hangField(const clang::FieldDecl *Field, llvm::StringRef Base);

/// The slot of a field of a record that does not hang on, else "".
std::string typedField(const clang::FieldDecl *Field);

/// What a registered routine is called as if it were a slot.
std::string pathOfRoutine(const clang::FunctionDecl *FD);

/// The slot that a symbol's value was read from, or "".
std::string pathOfSymbol(clang::ento::SymbolRef Sym);

/// The variable that \p E names, casts aside, or null.
const clang::VarDecl *variableOf(const clang::Expr *E);

/// The function that \p E names, its address included, or null.
const clang::FunctionDecl *routineOf(const clang::Expr *E);

/// True for "p->Data", "&p->Data[3]": bytes or numbers within an object, behind
/// its first field.  Who gets them does not get hold of the object.
bool isDataInObject(const clang::Expr *E);

} // namespace leak62

#endif
