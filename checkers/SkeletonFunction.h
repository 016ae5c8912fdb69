//===- SkeletonFunction.h - The skeleton of one function --------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_SKELETONFUNCTION_H
#define LEAK62_CHECKERS_SKELETONFUNCTION_H

#include "Resources.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "clang/AST/Expr.h"
#include "clang/Analysis/CFG.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Support/raw_ostream.h"
#include <optional>
#include <string>

namespace leak62 {

/// True for routines of the system, with or without a body in its headers.
bool isSystemRoutine(const clang::FunctionDecl *FD);

/// The "P" line that says that \p Routine is in \p Slot, a word of the format.
/// \p Row: what else is known of its row of a table.
std::string routineLine(const std::string &Slot,
                        const clang::FunctionDecl *Routine,
                        const std::string &Row = "");

/// What a variable of that type holds, as skeleton.h's letter: 'p'ointer,
/// 'u'nsigned, 'i'nteger, 'a'ggregate or 'o'ther.
char classOf(clang::QualType T);
/// The same of what a function returns: 'v'oid, and 'o' for an aggregate.
char resultClass(clang::QualType T);

/// The place of a field below a place: "v1:a" and "b" make "v1:a.b"; field "*"
/// is the whole of what the place holds.  "" below "".
std::string below(const std::string &Place, llvm::StringRef Field);

/// One function.  Its methods speak in words of include/leak62/skeleton.h:
///   a value  "v3", "&v3" (the address of a local), "#7" or "?";
///   a place  "v3", "v3:field", "&v3:field", "@global", or "" without a name;
///   a slot   " ^slot", the last word of an op, or "" without a name.
class SkeletonFunction {
public:
  explicit SkeletonFunction(const clang::FunctionDecl *FD)
      : FD(FD), Ctx(FD->getASTContext()) {}
  /// Writes it, from "F" to "E"; nothing for a body without a graph.
  void write(llvm::raw_ostream &OS);
  /// "P" lines: routines that were put in a variable or a field.
  const std::string &routines() const { return Routines; }

private:
  const clang::FunctionDecl *FD;
  clang::ASTContext &Ctx;
  std::string Classes; ///< one letter for each variable
  std::string Text;    ///< the blocks so far
  std::string Routines;
  llvm::DenseMap<const clang::VarDecl *, unsigned> Variables;
  /// Calls, assignments and arms of ?: that were evaluated: their variable.
  llvm::DenseMap<const clang::Expr *, unsigned> Values;

  /// Pointers that are stepped through an array.
  llvm::SmallPtrSet<const clang::VarDecl *, 4> Stepping;

  unsigned add(char Class);
  unsigned variable(const clang::VarDecl *VD);
  unsigned Here = 0;   ///< the line of the statement
  unsigned Marked = 0; ///< the last line written in this block
  void op(llvm::StringRef Line);
  void at(clang::SourceLocation Loc);
  static std::string var(unsigned V) { return "v" + std::to_string(V); }

  void writeHead(llvm::raw_ostream &OS, unsigned N) const;
  void statement(const clang::Stmt *S);

  // What expressions are: SkeletonPlaces.cpp.
  std::string value(const clang::Expr *E);
  std::string castValue(const clang::CastExpr *Cast);
  std::string unaryValue(const clang::UnaryOperator *UO);
  std::string binaryValue(const clang::BinaryOperator *BO);
  /// What is read from a place, in a variable of its own.
  std::string load(const std::string &Place, clang::QualType T,
                   const std::string &Slot = "");
  std::string loadFrom(const clang::Expr *Lvalue);
  /// A number made of others.
  std::string computed(llvm::StringRef Op, const std::string &L,
                       const std::string &R, clang::QualType T);
  std::string slotWord(const clang::Expr *Lvalue);
  /// The slot of what a pointer expression points to.
  std::string pointeeSlot(const clang::Expr *E, llvm::StringRef Field);
  std::string place(const clang::Expr *E);
  /// The place of a field of what a pointer expression points to.
  std::string pointee(const clang::Expr *E, llvm::StringRef Field);
  std::string address(const clang::Expr *E);

  // What becomes of values: SkeletonStores.cpp.
  void assign(const clang::Expr *To, const std::string &Value);
  void store(const std::string &Place, const std::string &Value,
             const std::string &Slot = "", bool IfNull = false);
  void initialise(const clang::VarDecl *VD);
  void copyRecord(const std::string &To, const clang::Expr *From,
                  const std::string &ToSlot = "");
  void copyPointers(const std::string &To, const std::string &From,
                    clang::QualType T, const std::string &ToSlot = "",
                    const std::string &FromSlot = "");
  void copyMemory(const clang::Expr *To, const clang::Expr *From);
  void assignment(const clang::BinaryOperator *BO);

  // Calls: SkeletonCalls.cpp.
  void call(const clang::CallExpr *CE);
  void kernelCall(const clang::CallExpr *CE, const Routine *R,
                  const std::string &Result);
  void resources(const clang::CallExpr *CE, const Routine &R,
                 const std::string &Result);
  void acquire(const clang::CallExpr *CE, const Acquire &A,
               const std::string &Result);
  bool exchanges(const clang::CallExpr *CE, const std::string &Result);
  bool counts(const clang::CallExpr *CE, llvm::StringRef Name);
  std::string listSlot(const clang::Expr *Head);

  // How blocks end: SkeletonBranches.cpp.
  void terminator(const clang::CFGBlock &B);
  /// Writes a return, or that nothing comes back; false for any other end.
  bool leaves(const clang::CFGBlock &B);
  /// Fills Stepping from a body.
  void findStepping(const clang::Stmt *S);
  bool comparesPlaces(const clang::BinaryOperator *BO) const;
  std::string bufferTested(const clang::Expr *E);
  std::string condition(const clang::Expr *E, const std::string &True,
                        const std::string &False);
  std::string decision(const clang::CFGBlock &B, const clang::SwitchStmt *SS);
};

} // namespace leak62

#endif
