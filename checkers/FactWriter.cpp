//===- FactWriter.cpp - The file of collected facts ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The file is written under a temporary name and renamed, so that a killed
// analysis leaves nothing that looks complete.
//
//===----------------------------------------------------------------------===//

#include "AccessPath.h"
#include "Facts.h"
#include "leak62/facts.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Process.h"
#include <sqlite3.h>
#include <unordered_map>

using namespace clang;

extern "C" const char leak62_schema_sql[];

namespace leak62 {

namespace {

/// One SQLite file being written.  The first error sticks; later calls do
/// nothing.
class Database {
public:
  explicit Database(const std::string &Path)
      : Path(Path), Temp(Path + ".tmp." +
                         std::to_string(llvm::sys::Process::getProcessId())) {
    llvm::sys::fs::remove(Temp);
    check(sqlite3_open(Temp.c_str(), &Db));
    exec("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN");
    exec(leak62_schema_sql);
  }
  ~Database() {
    for (auto &[Sql, S] : Statements)
      sqlite3_finalize(S);
    sqlite3_close(Db);
    if (!Done)
      llvm::sys::fs::remove(Temp);
  }

  void exec(const char *Sql) {
    if (Failed.empty())
      check(sqlite3_exec(Db, Sql, nullptr, nullptr, nullptr));
  }

  template <typename... Args> void insert(const char *Sql, Args... Values) {
    if (!Failed.empty())
      return;
    sqlite3_stmt *&S = Statements[Sql];
    if (!S)
      check(sqlite3_prepare_v2(Db, Sql, -1, &S, nullptr));
    if (!S)
      return;
    int I = 0;
    (bind(S, ++I, Values), ...);
    if (sqlite3_step(S) != SQLITE_DONE)
      check(SQLITE_ERROR);
    sqlite3_reset(S);
  }

  llvm::Error finish() {
    exec("COMMIT");
    // The version is what says that the file is whole.
    exec(("PRAGMA user_version=" + std::to_string(L62_FACTS_SCHEMA)).c_str());
    for (auto &[Sql, S] : Statements)
      sqlite3_finalize(S);
    Statements.clear();
    if (Failed.empty()) {
      int Result = sqlite3_close(Db);
      if (Result == SQLITE_OK)
        Db = nullptr;
      else
        check(Result);
    }
    if (Failed.empty())
      if (std::error_code EC = llvm::sys::fs::rename(Temp, Path))
        Failed = EC.message();
    if (!Failed.empty())
      return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                     "cannot write facts to " + Path + ": " +
                                         Failed);
    Done = true;
    return llvm::Error::success();
  }

private:
  std::string Path, Temp, Failed;
  sqlite3 *Db = nullptr;
  bool Done = false;
  std::map<const char *, sqlite3_stmt *> Statements;

  void check(int Result) {
    if (Result != SQLITE_OK && Failed.empty())
      Failed = Db ? sqlite3_errmsg(Db) : sqlite3_errstr(Result);
  }
  static void bind(sqlite3_stmt *S, int I, const std::string &V) {
    sqlite3_bind_text(S, I, V.c_str(), static_cast<int>(V.size()),
                      SQLITE_TRANSIENT);
  }
  static void bind(sqlite3_stmt *S, int I, const char *V) {
    sqlite3_bind_text(S, I, V, -1, SQLITE_TRANSIENT);
  }
  static void bind(sqlite3_stmt *S, int I, std::nullptr_t) {
    sqlite3_bind_null(S, I);
  }
  static void bind(sqlite3_stmt *S, int I, int64_t V) {
    sqlite3_bind_int64(S, I, V);
  }
  static void bind(sqlite3_stmt *S, int I, std::optional<int64_t> V) {
    if (V)
      sqlite3_bind_int64(S, I, *V);
    else
      sqlite3_bind_null(S, I);
  }
  static void bind(sqlite3_stmt *S, int I, std::optional<std::string> V) {
    if (V)
      bind(S, I, *V);
    else
      sqlite3_bind_null(S, I);
  }
};

void writeMeta(Database &Db, const Facts::Meta &M, const char *Status) {
  const char *Sql = "INSERT INTO meta VALUES(?,?)";
  Db.insert(Sql, L62_META_TOOL, M.Tool);
  Db.insert(Sql, L62_META_CLANG, M.Clang);
  Db.insert(Sql, L62_META_COMMAND, M.Command);
  Db.insert(Sql, L62_META_SOURCE, M.Source);
  Db.insert(Sql, L62_META_STATUS, Status);
}

std::optional<std::string> orNull(const std::string &S) {
  return S.empty() ? std::nullopt : std::optional<std::string>(S);
}

} // namespace

class FactWriter {
public:
  FactWriter(Facts &F, Database &Db) : F(F), Db(Db) {}

  void write() {
    for (Facts::Fn FD : F.Functions)
      function(FD);
    for (auto &[Caller, Callee, Line, Direct] : F.Calls)
      Db.insert("INSERT INTO call VALUES(?,?,?,?)", function(Caller),
                function(Callee), int64_t(Line), int64_t(Direct));
    for (auto &[Caller, Callee, Arg, Path] : F.CallArgs)
      Db.insert("INSERT INTO call_arg VALUES(?,?,?,?)", function(Caller),
                function(Callee), int64_t(Arg), Path);
    for (auto &[Key, At] : F.Roles) {
      auto &[FD, Role, Major] = Key;
      std::optional<int64_t> M;
      if (Role == "DISPATCH" && Major != Facts::NoMajor)
        M = Major;
      Db.insert("INSERT INTO role VALUES(?,?,?,?,?)", function(FD), Role, M,
                At.File, int64_t(At.Line));
    }
    routines();
    for (auto &[Api, Name] : F.Frameworks)
      Db.insert("INSERT INTO framework VALUES(?,?)", Api, Name);
    for (const std::string &Record : F.Extensions)
      Db.insert("INSERT INTO extension VALUES(?)", Record);
    for (auto &[Key, At] : F.Releases) {
      auto &[FD, Api, K, Path] = Key;
      Db.insert("INSERT INTO release VALUES(?,?,?,?,?,?)", function(FD), Api,
                kindInfo(K).Name, Path, At.File, int64_t(At.Line));
    }
    for (auto &[Key, One] : F.Picks)
      if (One)
        Db.insert("INSERT OR IGNORE INTO picked VALUES(?,?)",
                  function(Key.first), Key.second);
    for (auto &[FD, Path, Source] : F.Aliases)
      Db.insert("INSERT OR IGNORE INTO alias VALUES(?,?,?)", function(FD), Path,
                Source);
    for (auto &[Slot, Target, Link] : F.PointsTo)
      Db.insert("INSERT OR IGNORE INTO points_to VALUES(?,?,?)", Slot, Target,
                int64_t(Link));
    for (auto &[Key, At] : F.Stores)
      Db.insert("INSERT INTO store VALUES(?,?,?,?)", site(Key.first),
                Key.second, At.File, int64_t(At.Line));
    for (auto &[S, FD, Api, At] : F.SiteReleases)
      Db.insert("INSERT INTO site_release VALUES(?,?,?,?,?)", site(S),
                function(FD), Api, At.File, int64_t(At.Line));
    outcomes();
    pathLeaks();
    owners();
    ways();
  }

private:
  Facts &F;
  Database &Db;
  std::unordered_map<const FunctionDecl *, int64_t> FunctionIds;
  std::map<std::string, int64_t> FunctionKeys;
  std::unordered_map<const Site *, int64_t> SiteIds;

  int64_t function(Facts::Fn FD) {
    FD = FD->getCanonicalDecl();
    auto [It, New] = FunctionIds.try_emplace(FD, 0);
    if (!New)
      return It->second;
    std::string Key = functionKey(FD);
    auto [KeyIt, NewKey] =
        FunctionKeys.try_emplace(Key, FunctionKeys.size() + 1);
    It->second = KeyIt->second;
    if (!NewKey)
      return It->second;
    const SourceManager &SM = F.Ctx.getSourceManager();
    std::optional<std::string> File;
    std::optional<int64_t> Line, EndLine;
    const FunctionDecl *Def = nullptr;
    if (FD->hasBody(Def)) {
      Position Begin = positionOf(SM, Def->getLocation());
      File = Begin.File;
      Line = Begin.Line;
      EndLine = positionOf(SM, Def->getEndLoc()).Line;
    }
    auto Why = F.Incomplete.find(FD);
    Db.insert("INSERT INTO function VALUES(?,?,?,?,?,?,?,?)", KeyIt->second,
              Key, FD->getNameAsString(), File, Line, EndLine,
              int64_t(F.Analysed.count(FD)),
              Why == F.Incomplete.end() ? std::nullopt
                                        : std::optional(Why->second));
    return KeyIt->second;
  }

  int64_t site(const Site *S) {
    auto [It, New] = SiteIds.try_emplace(S, SiteIds.size() + 1);
    if (!New)
      return It->second;
    Range R = rangeOf(F.Ctx, S->Call->getSourceRange());
    std::optional<int64_t> Size;
    if (auto C = constantSize(*S, F.Ctx))
      Size = static_cast<int64_t>(*C);
    Db.insert("INSERT INTO site VALUES(?,?,?,?,?,?,?,?,?,?,?,?)", It->second,
              function(S->In), S->Row->Api, kindInfo(S->Row->K).Name,
              R.Begin.File, int64_t(R.Begin.Line), int64_t(R.Begin.Col),
              int64_t(R.EndLine), int64_t(R.EndCol), Size,
              orNull(tagOf(*S, F.Ctx)), orNull(S->Variable));
    if (auto Known = F.Results.find(S->Call); Known != F.Results.end())
      for (const std::string &Record : Known->second)
        Db.insert("INSERT INTO site_record VALUES(?,?)", It->second, Record);
    return It->second;
  }

  void routines() {
    for (auto &[Slot, FD, Key] : F.Routines)
      Db.insert("INSERT INTO routine VALUES(?,?,?)", Slot, function(FD), Key);
    for (auto &[Slot, Source] : F.RoutineFlows)
      Db.insert("INSERT INTO routine_flow VALUES(?,?)", Slot, Source);
    for (auto &[Caller, Slot, Line] : F.SlotCalls)
      Db.insert("INSERT INTO slot_call VALUES(?,?,?)", function(Caller), Slot,
                int64_t(Line));
    for (auto &[Caller, Slot, Arg, Path] : F.SlotCallArgs)
      Db.insert("INSERT INTO slot_call_arg VALUES(?,?,?,?)", function(Caller),
                Slot, int64_t(Arg), Path);
    for (auto &[Key, At] : F.SlotRoles) {
      auto &[Slot, Role, Major, Keyed] = Key;
      std::optional<int64_t> M;
      if (Role == "DISPATCH")
        M = Major;
      Db.insert("INSERT INTO slot_role VALUES(?,?,?,?,?,?)", Slot, Role, M,
                int64_t(Keyed), At.File, int64_t(At.Line));
    }
  }

  void outcomes() {
    int64_t Id = 0;
    for (auto &[FD, Result, At, Held] : F.Outcomes) {
      Db.insert("INSERT INTO outcome VALUES(?,?,?,?,?)", ++Id, function(FD),
                Result, At.File, int64_t(At.Line));
      for (auto &[S, Path] : Held)
        Db.insert("INSERT INTO outcome_slot VALUES(?,?,?)", Id, site(S), Path);
    }
  }

  void pathLeaks() {
    // By position, not by address: the file is the same in every run.
    std::map<std::tuple<Position, std::string, Position, std::string>,
             const PathLeak *>
        Sorted;
    for (auto &[Key, Leak] : F.PathLeaks) {
      if (Leak.Cut && F.LostAtExit.count({Leak.S, Leak.Why}))
        continue;
      Sorted.emplace(std::tuple(positionOf(F.Ctx.getSourceManager(),
                                           Leak.S->Call->getBeginLoc()),
                                std::string(Leak.S->Row->Api),
                                std::get<Position>(Key), Leak.Message),
                     &Leak);
    }
    int64_t Id = 0;
    for (auto &[Key, Leak] : Sorted) {
      Db.insert("INSERT INTO path_leak VALUES(?,?,?,?,?,?,?,?,?)", ++Id,
                site(Leak->S), Leak->At.Begin.File,
                int64_t(Leak->At.Begin.Line), int64_t(Leak->At.Begin.Col),
                int64_t(Leak->At.EndLine), int64_t(Leak->At.EndCol),
                function(Leak->In), Leak->Message);
      if (Leak->Rule) {
        std::optional<int64_t> Callback;
        if (Leak->Callback)
          Callback = function(Leak->Callback);
        Db.insert("INSERT INTO path_rule VALUES(?,?,?)", Id, Leak->Rule,
                  Callback);
      }
      int64_t Seq = 0;
      for (const PathStep &Step : Leak->Steps)
        Db.insert("INSERT INTO path_step VALUES(?,?,?,?,?,?)", Id, ++Seq,
                  Step.At.File, int64_t(Step.At.Line), int64_t(Step.At.Col),
                  Step.Message);
    }
  }

  void ways() {
    // By what they say, not by address.
    std::map<std::tuple<std::string, std::string, Position, std::string,
                        Position, std::string, std::string, std::string>,
             const Way *>
        Sorted;
    const SourceManager &SM = F.Ctx.getSourceManager();
    for (auto &[Key, W] : F.Ways) {
      Position Begin;
      if (W.S)
        Begin = positionOf(SM, W.S->Call->getBeginLoc());
      Sorted.emplace(std::tuple(functionKey(W.In), std::string(W.Kind), W.At,
                                W.Callee ? functionKey(W.Callee) : "", Begin,
                                W.S ? W.S->Row->Api : "", W.Path, W.Result),
                     &W);
    }
    int64_t Id = 0;
    for (auto &[Key, W] : Sorted) {
      std::optional<int64_t> S, Callee;
      if (W->S)
        S = site(W->S);
      if (W->Callee)
        Callee = function(W->Callee);
      Db.insert("INSERT INTO way VALUES(?,?,?,?,?,?,?,?,?,?)", ++Id, W->Kind,
                function(W->In), S, Callee, orNull(W->Path), orNull(W->Result),
                W->At.File, int64_t(W->At.Line), int64_t(W->At.Col));
      int64_t Seq = 0;
      for (const Demand &D : W->Demands) {
        std::optional<int64_t> Nth;
        if (D.Nth)
          Nth = D.Nth;
        Db.insert("INSERT INTO demand VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)", Id,
                  ++Seq, D.Value.Kind, orNull(D.Value.Name), D.Value.Offset,
                  D.Value.Width, D.Mask, D.Not ? "not" : "in", D.Min, D.Max,
                  Nth, orNull(D.Text), D.At.File, int64_t(D.At.Line));
      }
      for (auto &[Arg, Value] : W->Args)
        Db.insert("INSERT INTO way_arg VALUES(?,?,?,?,?)", Id, int64_t(Arg),
                  Value.Kind, Value.Name, Value.Offset);
    }
    for (auto &[Value, At, Name] : F.ControlCodes)
      Db.insert("INSERT INTO control_code VALUES(?,?,?,?)", Value, orNull(Name),
                At.File, int64_t(At.Line));
  }

  void owners() {
    for (auto &[Begin, Here] : F.Disposals)
      for (const Disposal &D : Here) {
        std::optional<int64_t> Callee;
        if (D.Callee)
          Callee = function(D.Callee);
        Db.insert("INSERT INTO disposal VALUES(?,?,?,?,?,?,?,?,?,?)",
                  function(D.In), D.Record, orNull(D.Api), Callee,
                  int64_t(D.Arg), Begin.File, int64_t(Begin.Line),
                  int64_t(Begin.Col), int64_t(D.At.EndLine),
                  int64_t(D.At.EndCol));
        for (Facts::Fn Maker : D.Makers)
          Db.insert("INSERT OR IGNORE INTO disposal_maker VALUES(?,?,?,?)",
                    Begin.File, int64_t(Begin.Line), int64_t(Begin.Col),
                    function(Maker));
      }
    // Not interned before: the path analysis names a site's variable better.
    for (const Member &M : F.Members)
      Db.insert("INSERT OR IGNORE INTO member VALUES(?,?,?,?,?)",
                site(internSite(M.Call, M.In, M.Row, nullptr, M.Variable)),
                M.Path, M.Hold, M.At.File, int64_t(M.At.Line));
    for (auto &[FD, Record, Field, How] : F.Mentions)
      Db.insert("INSERT INTO mention VALUES(?,?,?,?)", function(FD), Record,
                Field, orNull(How));
    for (auto &[Caller, Callee, Record] : F.Handovers)
      Db.insert("INSERT INTO handover VALUES(?,?,?)", function(Caller),
                function(Callee), Record);
    for (auto &[Record, Part] : F.Parts)
      Db.insert("INSERT INTO part VALUES(?,?)", Record, Part);
  }
};

llvm::Error Facts::write(const std::string &Path, const Meta &M) {
  Database Db(Path);
  writeMeta(Db, M, L62_STATUS_OK);
  FactWriter(*this, Db).write();
  return Db.finish();
}

llvm::Error writeFailedFacts(const std::string &Path, const Facts::Meta &M,
                             const std::vector<Facts::Diagnostic> &Diags) {
  Database Db(Path);
  writeMeta(Db, M, L62_STATUS_FAILED);
  for (const Facts::Diagnostic &D : Diags)
    Db.insert("INSERT INTO diagnostic VALUES(?,?,?)", orNull(D.At.File),
              int64_t(D.At.Line), D.Message);
  return Db.finish();
}

} // namespace leak62
