//===- Resources.h - resources.def as C++ tables ----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// include/leak62/resources.def and roles.def, indexed by routine name, and the
// test whether a function is a kernel routine at all.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_RESOURCES_H
#define LEAK62_CHECKERS_RESOURCES_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"

namespace clang {
class FunctionDecl;
} // namespace clang

namespace leak62 {

enum class Kind : unsigned char {
#define L62_KIND(kind, noun, tag, counted, rule, loss) kind,
#include "leak62/resources.def"
};

enum class Loss : unsigned char { ANY, FAILURE, BALANCE };

struct KindInfo {
  const char *Name, *Noun, *Tag, *Rule;
  bool Counted;
  Loss LostOn;
};
const KindInfo &kindInfo(Kind K);

enum class Place : unsigned char { RETURN, VALUE, OUT, FIELD, OBJECT, THREAD };
enum class Failure : unsigned char { NULL_, STATUS, BOOLEAN, RAISES, NEVER };
enum class When : unsigned char { ALWAYS, IF_TRUE, IF_NULL, SUCCESS, FAILURE };

constexpr int NA = -1;

struct Acquire {
  const char *Api;
  Kind K;
  Place Where;
  int Arg;
  const char *Field;
  int Size, Tag;
  Failure Fails;
  When Cond;
  int CondArg;
  bool Zeroed;
};

struct Release {
  const char *Api;
  Kind K;
  Place Where;
  int Arg;
  const char *Field;
  When Cond = When::ALWAYS;
  int CondArg = NA;
};

struct Transfer {
  bool AnyKind;
  Kind K;
  int Arg;
  When Cond;
};

/// L62_CONTEXT and L62_START.
struct Context {
  int RoutineArg, ContextArg, Param, ObjectArg;
};
struct Start {
  int ObjectArg, PeriodArg;
  bool MayFail;
};

/// Everything the table says of one routine.
struct Routine {
  llvm::SmallVector<Acquire, 1> Acquires;
  llvm::SmallVector<Release, 2> Releases;
  llvm::SmallVector<Transfer, 2> Transfers;
  /// L62_HOLD and L62_UNHOLD: in the form of the first two.
  llvm::SmallVector<Acquire, 1> Holds;
  llvm::SmallVector<Release, 1> Unholds;
  /// Arguments of the one-per-routine rows, NA where there is no such row.
  int CompletionIrp = NA, CompletionRoutine = NA, CompletionContext = NA;
  int SendIrp = NA;
  int AliasTo = NA, AliasFrom = NA;
  const char *AliasField = nullptr;
  int ListInsertHead = NA, ListInsertEntry = NA;
  int ListRemoveHead = NA;
  int ExchangeTarget = NA, ExchangeValue = NA, ExchangeComparand = NA;
  int CopyTo = NA, CopyFrom = NA;
  int FillTo = NA, FillValue = NA, FillSize = NA;
  int Returns = NA;
  bool Raises = false;
  int VerdictStatus = NA;
  /// L62_STOP.
  bool Stops = false;
  /// (routine argument, role) pairs.
  llvm::SmallVector<std::pair<int, const char *>, 1> Callbacks;
  llvm::SmallVector<Context, 1> Contexts;
  llvm::SmallVector<Start, 1> Starts;

  /// True if a call may leave something for its caller to undo.
  bool takes() const { return !Acquires.empty() || !Holds.empty(); }
};

/// Adds a row for a routine of the project, before any look-up:
///   acquire|release ROUTINE KIND AT SIZE TAG FAILURE
/// AT is the argument that is released, or that points to what receives the
/// resource, -1 the result; SIZE and TAG are arguments or -1.  False if it is
/// no such row.  What is said of such a routine counts, not its body.
bool addRoutine(llvm::StringRef Row);
/// True for a routine that addRoutine() has added.
bool isProjectRoutine(const clang::FunctionDecl *FD);

/// The rows of \p Name, or null.
const Routine *lookupRoutine(llvm::StringRef Name);

/// True if what releases \p Releases may be given what \p Api acquired, of kind
/// \p Given.
bool isOfFamily(Kind Releases, Kind Given, llvm::StringRef Api);
/// The routine that is there to release what \p Api acquires; null if no row of
/// the table says that it acquires \p K.
const char *releaserOf(llvm::StringRef Api, Kind K);
const Routine *lookupRoutine(const clang::FunctionDecl *FD);

/// True for a routine of the system: named in the table, imported, or declared
/// without a body in a system header.  Such a routine takes no ownership beyond
/// what its rows say.
bool isKernelRoutine(const clang::FunctionDecl *FD);

/// The role of a routine assigned to that field of that record (or
/// recordName()), or null.
const char *roleOfField(llvm::StringRef Record, llvm::StringRef Field);
/// The framework that a driver belongs to if it calls \p Api, or null.
const char *frameworkOf(llvm::StringRef Api);
/// The field of \p Record that holds the context of the routine in its field
/// \p Routine, or null; \p Param is then the parameter that gets it.
const char *contextField(llvm::StringRef Record, llvm::StringRef Routine,
                         int &Param);
/// The role of a routine declared with that WDK function type, or null.
const char *roleOfTypedef(llvm::StringRef Typedef);

} // namespace leak62

#endif
