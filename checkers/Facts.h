//===- Facts.h - What is known of one translation unit ----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Collects the rows of analyzer/facts/schema.sql in memory while the checker
// runs, without duplicates, and writes them to one SQLite file at the end.
// There is one collector at a time; without one (scan-build) the checker only
// reports.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_FACTS_H
#define LEAK62_CHECKERS_FACTS_H

#include "Resources.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "clang/AST/Expr.h"
#include "llvm/Support/Error.h"
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace leak62 {

/// Where a resource is acquired.  Interned: equal sites are one object.
struct Site {
  const clang::CallExpr *Call;   ///< the call that the finding is about
  const clang::FunctionDecl *In; ///< the function that holds Call
  const Acquire *Row;
  const Site *Inner;    ///< the allocating call behind a wrapper
  std::string Variable; ///< source text that receives the result
};

struct Position {
  std::string File;
  unsigned Line = 0, Col = 0;
  bool operator<(const Position &O) const {
    return std::tie(File, Line, Col) < std::tie(O.File, O.Line, O.Col);
  }
};

struct Range {
  Position Begin;
  unsigned EndLine = 0, EndCol = 0;
};

/// Absolute file, line and column of the expansion of \p Loc.
Position positionOf(const clang::SourceManager &SM, clang::SourceLocation Loc);
Range rangeOf(const clang::ASTContext &Ctx, clang::SourceRange R);

/// The size argument in bytes, where constant.
std::optional<uint64_t> constantSize(const Site &S, clang::ASTContext &Ctx);
/// The pool tag in memory order ("mdrv"), the kind's verifier tag, or "".
std::string tagOf(const Site &S, clang::ASTContext &Ctx);

/// Rules that are not of a kind.
inline constexpr const char *WrongFreeRule = "WrongFree";
inline constexpr const char *InCallbackRule = "LeakInCallback";

struct PathStep {
  Position At;
  std::string Message;
};

struct PathLeak {
  const Site *S;
  Range At;
  const clang::FunctionDecl *In;
  std::string Message;
  std::vector<PathStep> Steps;
  std::string Why;                               ///< of Facts::Report
  bool Cut = false;                              ///< of Facts::Report
  const char *Rule = nullptr;                    ///< of Facts::Report
  const clang::FunctionDecl *Callback = nullptr; ///< of Facts::Report
};

/// The memory of an object of a driver's record is released: by a kernel
/// routine, or by Callee, which takes it as argument Arg without its type.
struct Disposal {
  const clang::FunctionDecl *In;
  std::string Record, Api;
  const clang::FunctionDecl *Callee;
  int Arg;
  Range At;
  std::set<const clang::FunctionDecl *> Makers; ///< where it may come from
};

/// What Call acquires is put in a field, as the syntax tree says.
struct Member {
  const clang::CallExpr *Call;
  const clang::FunctionDecl *In;
  const Acquire *Row;
  std::string Variable, Path;
  const char *Hold; ///< the member table's column
  Position At;
};

/// A value that comes from outside the function, as the demand table names it.
struct Outside {
  std::string Kind, Name;
  std::optional<int64_t> Offset, Width;
  bool operator<(const Outside &O) const {
    return std::tie(Kind, Name, Offset, Width) <
           std::tie(O.Kind, O.Name, O.Offset, O.Width);
  }
};

/// A row of the demand table.
struct Demand {
  Outside Value;
  std::optional<int64_t> Mask;
  bool Not = false;
  std::optional<int64_t> Min, Max;
  unsigned Nth = 0; ///< of a call; else 0
  std::string Text;
  Position At;
  /// Nobody outside can meet it.
  bool isGap() const { return Value.Kind == "state" || Value.Kind == "other"; }
  bool operator<(const Demand &O) const {
    return std::tie(Value, Mask, Not, Min, Max, Nth, Text, At) <
           std::tie(O.Value, O.Mask, O.Not, O.Min, O.Max, O.Nth, O.Text, O.At);
  }
};

/// What a path asks of the outside: the way table.
struct Way {
  const char *Kind; ///< leak, hold, call
  const clang::FunctionDecl *In;
  const Site *S = nullptr;                     ///< leak, hold
  const clang::FunctionDecl *Callee = nullptr; ///< call
  std::string Path, Result;                    ///< hold
  Position At;
  std::vector<Demand> Demands = {};
  std::map<unsigned, Outside> Args = {}; ///< call
};

class Facts {
public:
  explicit Facts(clang::ASTContext &Ctx) : Ctx(Ctx) {}

  clang::ASTContext &Ctx;

  using Fn = const clang::FunctionDecl *;
  using Slots = std::set<std::pair<const Site *, std::string>>;

  void addFunction(Fn F) { Functions.insert(F->getCanonicalDecl()); }
  void addCall(Fn Caller, Fn Callee, unsigned Line, bool Direct);
  void addCallArg(Fn Caller, Fn Callee, unsigned Arg, const std::string &Path);
  /// \p Major: -1 for all, or NoMajor; of dispatch routines only.
  void addRole(Fn F, const char *Role, int Major, Position At);
  static constexpr int NoMajor = -2;
  void addRoutine(const std::string &Slot, Fn F, std::optional<int64_t> Key) {
    Routines.insert({Slot, F->getCanonicalDecl(), Key});
  }
  void addRoutineFlow(const std::string &Slot, const std::string &Source) {
    RoutineFlows.insert({Slot, Source});
  }
  void addSlotCall(Fn Caller, const std::string &Slot, unsigned Line) {
    SlotCalls.insert({Caller->getCanonicalDecl(), Slot, Line});
  }
  void addSlotCallArg(Fn Caller, const std::string &Slot, unsigned Arg,
                      const std::string &Path) {
    SlotCallArgs.insert({Caller->getCanonicalDecl(), Slot, Arg, Path});
  }
  void addSlotRole(const std::string &Slot, const char *Role, int Major,
                   bool Keyed, Position At) {
    SlotRoles.insert({{Slot, Role, Major, Keyed}, std::move(At)});
  }
  void addFramework(const std::string &Api, const char *Name) {
    Frameworks.insert({Api, Name});
  }
  void addExtension(const std::string &Record) { Extensions.insert(Record); }
  void addRelease(Fn F, const char *Api, Kind K, const std::string &Path,
                  Position At);
  /// \p Path, a list, is released from; \p One: see the picked table.
  void addPick(Fn F, const std::string &Path, bool One) {
    Picks.try_emplace({F->getCanonicalDecl(), Path}, true).first->second &= One;
  }
  void addAlias(Fn F, const std::string &Path, const std::string &Source) {
    Aliases.insert({F->getCanonicalDecl(), Path, Source});
  }
  /// \p Slot gets the address of \p Target; \p Link: see the points_to table.
  void addPointsTo(const std::string &Slot, const std::string &Target,
                   bool Link) {
    PointsTo.insert({Slot, Target, Link});
  }
  /// The result of \p Call is taken for a pointer to \p Record.
  void addResult(const clang::CallExpr *Call, const std::string &Record) {
    Results[Call].insert(Record);
  }
  void addStore(const Site *S, const std::string &Path, Position At);
  /// \p S's resource was released while \p F owned it; \p At is in \p F.
  void addSiteRelease(const Site *S, Fn F, std::string By, Position At) {
    SiteReleases.insert(
        {S, F->getCanonicalDecl(), std::move(By), std::move(At)});
  }
  void addOutcome(Fn F, const char *Result, Position At, Slots Held);
  void addPathLeak(PathLeak Leak);
  /// Of ways that are alike the one that asks least is kept.
  void addWay(Way W);
  void addControlCode(int64_t Value, std::string Name, Position At) {
    ControlCodes.insert({Value, std::move(At), std::move(Name)});
  }
  void addDisposal(Disposal D);
  void addMember(Member M) { Members.push_back(std::move(M)); }
  void addMention(Fn F, const std::string &Record, const std::string &Field,
                  const char *How);
  void addHandover(Fn Caller, Fn Callee, const std::string &Record);
  void addPart(const std::string &Record, const std::string &Part) {
    Parts.insert({Record, Part});
  }
  void addAnalysed(Fn F) { Analysed.insert(F->getCanonicalDecl()); }
  void addIncomplete(Fn F, const std::string &Why);
  bool wasAnalysed(Fn F) const {
    return Analysed.count(F->getCanonicalDecl()) != 0;
  }
  bool hasRole(Fn F, const char *Role) const;

  /// What a report is about.  The engine hands reports on as text: a report's
  /// short description is the key that finds this again.
  struct Report {
    const Site *S;
    clang::SourceRange Exit;
    std::string How; ///< "lost at this return"
    std::string Message;
    std::string Why; ///< "insert leaves it to its caller, ", or ""
    /// Its path was given up before an exit; what has one goes without it.
    bool Cut = false;
    /// A name of rules.def, if it is not the rule of the resource's kind.
    const char *Rule = nullptr;
    /// LeakInCallback: the routine, and the steps that lead to its start.
    const clang::FunctionDecl *Callback = nullptr;
    std::vector<PathStep> Before = {};
  };
  /// One key for all reports of a site, an exit and a reason.
  std::string rememberReport(Report R) {
    auto [It, New] = ReportIndex.try_emplace(
        {R.S, R.Exit.getBegin().getRawEncoding(), R.Rule ? R.Rule : R.Why},
        Reports.size());
    if (New)
      Reports.push_back(std::move(R));
    else
      Reports[It->second].Cut &= R.Cut;
    return std::to_string(It->second);
  }
  const Report *findReport(llvm::StringRef Key) const {
    size_t I;
    return Key.getAsInteger(10, I) || I >= Reports.size() ? nullptr
                                                          : &Reports[I];
  }

  /// One diagnostic of the front end; any makes the TU a failed one.
  struct Diagnostic {
    Position At;
    std::string Message;
  };

  struct Meta {
    std::string Tool, Clang, Command, Source;
  };

  llvm::Error write(const std::string &Path, const Meta &M);

private:
  std::set<Fn> Functions, Analysed;
  std::map<Fn, std::string> Incomplete;
  std::set<std::tuple<Fn, Fn, unsigned, bool>> Calls;
  std::set<std::tuple<Fn, Fn, unsigned, std::string>> CallArgs;
  std::map<std::tuple<Fn, std::string, int>, Position> Roles;
  std::set<std::tuple<std::string, Fn, std::optional<int64_t>>> Routines;
  std::set<std::pair<std::string, std::string>> RoutineFlows;
  std::set<std::tuple<Fn, std::string, unsigned>> SlotCalls;
  std::set<std::tuple<Fn, std::string, unsigned, std::string>> SlotCallArgs;
  std::map<std::tuple<std::string, std::string, int, bool>, Position> SlotRoles;
  std::set<std::pair<std::string, std::string>> Frameworks;
  std::set<std::string> Extensions;
  std::map<std::tuple<Fn, std::string, Kind, std::string>, Position> Releases;
  std::map<std::pair<Fn, std::string>, bool> Picks;
  std::set<std::tuple<Fn, std::string, std::string>> Aliases;
  std::set<std::tuple<std::string, std::string, bool>> PointsTo;
  std::map<const clang::CallExpr *, std::set<std::string>> Results;
  std::map<std::pair<const Site *, std::string>, Position> Stores;
  std::set<std::tuple<const Site *, Fn, std::string, Position>> SiteReleases;
  std::set<std::tuple<Fn, std::string, Position, Slots>> Outcomes;
  /// One per site, exit and message: the shortest.
  std::map<std::tuple<const Site *, Position, std::string>, PathLeak> PathLeaks;
  /// Sites, and reasons, with a loss that is not a cut one.
  std::set<std::pair<const Site *, std::string>> LostAtExit;
  std::map<std::tuple<std::string, Fn, const Site *, Fn, Position, std::string,
                      std::string>,
           Way>
      Ways;
  std::set<std::tuple<int64_t, Position, std::string>> ControlCodes;
  std::map<Position, std::vector<Disposal>> Disposals;
  std::vector<Member> Members;
  std::set<std::tuple<Fn, std::string, std::string, std::string>> Mentions;
  std::set<std::tuple<Fn, Fn, std::string>> Handovers;
  std::set<std::pair<std::string, std::string>> Parts;
  std::vector<Report> Reports;
  std::map<std::tuple<const Site *, unsigned, std::string>, size_t> ReportIndex;

  friend class FactWriter;
};

/// Interns a site; lives until the next beginSites().
const Site *internSite(const clang::CallExpr *Call,
                       const clang::FunctionDecl *In, const Acquire *Row,
                       const Site *Inner, std::string Variable);
void beginSites();

/// The collector of the translation unit at hand, or null.
Facts *currentFacts();
void setCurrentFacts(Facts *F);

/// Facts of a TU that did not parse: nothing but its diagnostics.
llvm::Error writeFailedFacts(const std::string &Path, const Facts::Meta &M,
                             const std::vector<Facts::Diagnostic> &Diags);

/// Fills the collector with what needs no path: functions, calls, roles,
/// device extensions, releases by access path, objects that go (OwnerFacts.h).
void collectStaticFacts(Facts &F);

} // namespace leak62

#endif
