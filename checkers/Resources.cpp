//===- Resources.cpp ------------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Resources.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include "clang/AST/Decl.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/StringSwitch.h"
#include <map>
#include <optional>
#include <string>

using namespace clang;

namespace leak62 {

static const KindInfo Kinds[] = {
#define L62_KIND(kind, noun, tag, counted, rule, loss)                         \
  {#kind, noun, tag, #rule, counted != 0, Loss::loss},
#include "leak62/resources.def"
};

const KindInfo &kindInfo(Kind K) { return Kinds[static_cast<unsigned>(K)]; }

namespace {

// The columns of the table, pasted to these so that no macro expands them.
constexpr Place at_RETURN = Place::RETURN, at_VALUE = Place::VALUE,
                at_OUT = Place::OUT, at_FIELD = Place::FIELD,
                at_OBJECT = Place::OBJECT, at_THREAD = Place::THREAD;
constexpr Failure fails_NULL = Failure::NULL_, fails_STATUS = Failure::STATUS,
                  fails_BOOLEAN = Failure::BOOLEAN,
                  fails_RAISES = Failure::RAISES, fails_NEVER = Failure::NEVER;

constexpr Kind kindOrFirst(const char *Name) {
#define L62_KIND(kind, noun, tag, counted, rule, loss)                         \
  if (std::string_view(Name) == #kind)                                         \
    return Kind::kind;
#include "leak62/resources.def"
  return Kind::POOL;
}

using Table = llvm::StringMap<Routine>;

Table makeTable() {
  Table T;
#define L62_ACQUIRE(api, kind, at, arg, field, size, tag, failure, when,       \
                    when_arg, zeroed)                                          \
  T[#api].Acquires.push_back({#api, Kind::kind, at_##at, arg, field, size,     \
                              tag, fails_##failure, When::when, when_arg,      \
                              zeroed != 0});
#define L62_RELEASE(api, kind, at, arg, field)                                 \
  T[#api].Releases.push_back({#api, Kind::kind, at_##at, arg, field});
#define L62_RELEASE_IF(api, kind, at, arg, field, when, when_arg)              \
  T[#api].Releases.push_back(                                                  \
      {#api, Kind::kind, at_##at, arg, field, When::when, when_arg});
#define L62_HOLD(api, kind, at, arg, failure)                                  \
  T[#api].Holds.push_back({#api, Kind::kind, at_##at, arg, "", NA, NA,         \
                           fails_##failure, When::ALWAYS, NA, false});
#define L62_UNHOLD(api, kind, at, arg)                                         \
  T[#api].Unholds.push_back({#api, Kind::kind, at_##at, arg, ""});
#define L62_TRANSFER(api, kind, arg, when)                                     \
  T[#api].Transfers.push_back({std::string_view(#kind) == "ANY",               \
                               kindOrFirst(#kind), arg, When::when});
#define L62_COMPLETION(api, irp, routine, context)                             \
  {                                                                            \
    Routine &R = T[#api];                                                      \
    R.CompletionIrp = irp;                                                     \
    R.CompletionRoutine = routine;                                             \
    R.CompletionContext = context;                                             \
  }
#define L62_SEND(api, irp) T[#api].SendIrp = irp;
#define L62_ALIAS(api, to, field, from)                                        \
  {                                                                            \
    Routine &R = T[#api];                                                      \
    R.AliasTo = to;                                                            \
    R.AliasField = field;                                                      \
    R.AliasFrom = from;                                                        \
  }
#define L62_LIST_INSERT(api, head, entry)                                      \
  {                                                                            \
    Routine &R = T[#api];                                                      \
    R.ListInsertHead = head;                                                   \
    R.ListInsertEntry = entry;                                                 \
  }
#define L62_LIST_REMOVE(api, head) T[#api].ListRemoveHead = head;
#define L62_EXCHANGE(api, target, value)                                       \
  {                                                                            \
    Routine &R = T[#api];                                                      \
    R.ExchangeTarget = target;                                                 \
    R.ExchangeValue = value;                                                   \
  }
#define L62_COMPARE_EXCHANGE(api, target, value, comparand)                    \
  {                                                                            \
    Routine &R = T[#api];                                                      \
    R.ExchangeTarget = target;                                                 \
    R.ExchangeValue = value;                                                   \
    R.ExchangeComparand = comparand;                                           \
  }
#define L62_COPY(api, to, from)                                                \
  {                                                                            \
    Routine &R = T[#api];                                                      \
    R.CopyTo = to;                                                             \
    R.CopyFrom = from;                                                         \
  }
#define L62_FILL(api, to, value, size)                                         \
  {                                                                            \
    Routine &R = T[#api];                                                      \
    R.FillTo = to;                                                             \
    R.FillValue = value;                                                       \
    R.FillSize = size;                                                         \
  }
#define L62_RETURNS(api, arg) T[#api].Returns = arg;
#define L62_RAISES(api) T[#api].Raises = true;
#define L62_VERDICT(api, status) T[#api].VerdictStatus = status;
#include "leak62/resources.def"
#define L62_ROLE_CALL(api, routine_arg, role)                                  \
  T[#api].Callbacks.push_back({routine_arg, #role});
#define L62_CONTEXT(api, routine_arg, context_arg, param, object_arg)          \
  T[#api].Contexts.push_back({routine_arg, context_arg, param, object_arg});
#define L62_START(api, object_arg, period_arg, may_fail)                       \
  T[#api].Starts.push_back({object_arg, period_arg, may_fail});
#define L62_STOP(api) T[#api].Stops = true;
#include "leak62/roles.def"
  for (auto &Entry : T)
    for (const Acquire &A : Entry.second.Acquires)
      Entry.second.Raises |= A.Fails == Failure::RAISES;
  return T;
}

Table &table() {
  static Table T = makeTable();
  return T;
}

struct ProjectRoutine {
  bool Acquires;
  Kind K;
};
using ProjectTable = std::map<std::string, ProjectRoutine>;
ProjectTable &projectTable() {
  static ProjectTable T;
  return T;
}

std::optional<Kind> kindNamed(llvm::StringRef Name) {
#define L62_KIND(kind, noun, tag, counted, rule, loss)                         \
  if (Name == #kind)                                                           \
    return Kind::kind;
#include "leak62/resources.def"
  return std::nullopt;
}

std::optional<Failure> failureNamed(llvm::StringRef Name) {
  return llvm::StringSwitch<std::optional<Failure>>(Name)
      .Case("NULL", Failure::NULL_)
      .Case("STATUS", Failure::STATUS)
      .Case("BOOLEAN", Failure::BOOLEAN)
      .Case("RAISES", Failure::RAISES)
      .Case("NEVER", Failure::NEVER)
      .Default(std::nullopt);
}

} // namespace

bool addRoutine(llvm::StringRef Row) {
  llvm::SmallVector<llvm::StringRef, 7> W;
  Row.split(W, ' ');
  if (W.size() != 7)
    return false;
  std::optional<Kind> K = kindNamed(W[2]);
  std::optional<Failure> Fails = failureNamed(W[6]);
  bool Acquires = W[0] == "acquire";
  int At, Size, Tag;
  if ((!Acquires && W[0] != "release") || W[1].empty() || !K || !Fails ||
      W[3].getAsInteger(10, At) || W[4].getAsInteger(10, Size) ||
      W[5].getAsInteger(10, Tag))
    return false;
  // The rows point to their names.
  auto [It, New] = projectTable().insert({W[1].str(), {Acquires, *K}});
  if (!New)
    return true;
  const char *Api = It->first.c_str();
  Routine &R = table()[Api];
  if (Acquires)
    R.Acquires.push_back({Api, *K, At < 0 ? Place::RETURN : Place::OUT, At, "",
                          Size, Tag, *Fails, When::ALWAYS, NA, false});
  else
    R.Releases.push_back({Api, *K, Place::VALUE, At, ""});
  R.Raises |= Acquires && *Fails == Failure::RAISES;
  return true;
}

bool isProjectRoutine(const FunctionDecl *FD) {
  return FD && FD->getIdentifier() &&
         projectTable().count(FD->getName().str()) != 0;
}

const Routine *lookupRoutine(llvm::StringRef Name) {
  const Table &T = table();
  auto It = T.find(Name);
  return It == T.end() ? nullptr : &It->second;
}

const Routine *lookupRoutine(const FunctionDecl *FD) {
  if (!FD || !FD->getIdentifier())
    return nullptr;
  return lookupRoutine(FD->getName());
}

bool isKernelRoutine(const FunctionDecl *FD) {
  if (!FD || !FD->getIdentifier())
    return false;
  if (lookupRoutine(FD))
    return true;
  if (FD->hasBody())
    return false;
  if (FD->hasAttr<DLLImportAttr>())
    return true;
  const SourceManager &SM = FD->getASTContext().getSourceManager();
  return SM.isInSystemHeader(SM.getExpansionLoc(FD->getLocation()));
}

bool isOfFamily(Kind Releases, Kind Given, llvm::StringRef Api) {
  if (Releases == Given)
    return true;
#define L62_MIX(kind, other)                                                   \
  if (Releases == Kind::kind &&                                                \
      (Api == #other || llvm::StringRef(kindInfo(Given).Name) == #other))      \
    return true;
#include "leak62/resources.def"
  return false;
}

const char *releaserOf(llvm::StringRef Api, Kind K) {
  struct Row {
    llvm::StringRef Api;
    Kind K;
    unsigned Line; // of the table
  };
  static const Row Acquires[] = {
#define L62_ACQUIRE(api, kind, at, arg, field, size, tag, failure, when,       \
                    when_arg, zeroed)                                          \
  {#api, Kind::kind, __LINE__},
#include "leak62/resources.def"
  };
  static const Row Releases[] = {
#define L62_RELEASE(api, kind, at, arg, field) {#api, Kind::kind, __LINE__},
#include "leak62/resources.def"
  };
  auto Own = projectTable().find(Api.str());
  if (Own != projectTable().end() && Own->second.Acquires && Own->second.K == K)
    for (const auto &[Name, Other] : projectTable())
      if (!Other.Acquires && Other.K == K)
        return Name.c_str();
  const Row *Of = llvm::find_if(
      Acquires, [&](const Row &R) { return R.Api == Api && R.K == K; });
  if (Of == std::end(Acquires))
    return nullptr;
  const Row *First = nullptr;
  for (const Row &R : Releases)
    if (R.K == K && (!First || (First->Line < Of->Line && R.Line > Of->Line)))
      First = &R;
  return First ? First->Api.data() : nullptr;
}

const char *roleOfField(llvm::StringRef Record, llvm::StringRef Field) {
#define L62_ROLE_FIELD(record, field, role)                                    \
  if (Record.ltrim('_') == llvm::StringRef(record).ltrim('_') &&               \
      (llvm::StringRef(field) == "*" || Field == field))                       \
    return #role;
#include "leak62/roles.def"
  return nullptr;
}

const char *frameworkOf(llvm::StringRef Api) {
#define L62_FRAMEWORK(api, name)                                               \
  if (Api == #api)                                                             \
    return name;
#include "leak62/roles.def"
  return nullptr;
}

const char *contextField(llvm::StringRef Record, llvm::StringRef Routine,
                         int &Param) {
#define L62_CONTEXT_FIELD(record, routine_field, context_field, param)         \
  if (Record == record && Routine == routine_field) {                          \
    Param = param;                                                             \
    return context_field;                                                      \
  }
#include "leak62/roles.def"
  return nullptr;
}

const char *roleOfTypedef(llvm::StringRef Typedef) {
#define L62_ROLE(name, phase, typedef_name)                                    \
  if (typedef_name[0] && Typedef == typedef_name)                              \
    return #name;
#define L62_ROLE_TYPE(typedef_name, role)                                      \
  if (Typedef == typedef_name)                                                 \
    return #role;
#include "leak62/roles.def"
  return nullptr;
}

} // namespace leak62
