//===- Facts.cpp - The facts of a translation unit ------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Facts.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/Lexer.h"
#include "llvm/Support/Path.h"
#include <algorithm>

using namespace clang;

namespace leak62 {

//===----------------------------------------------------------------------===//
// Positions and sites
//===----------------------------------------------------------------------===//

Position positionOf(const SourceManager &SM, SourceLocation Loc) {
  Position P;
  if (Loc.isInvalid())
    return P;
  Loc = SM.getExpansionLoc(Loc);
  PresumedLoc PL = SM.getPresumedLoc(Loc);
  if (PL.isInvalid())
    return P;
  llvm::SmallString<256> Name(PL.getFilename());
  SM.getFileManager().makeAbsolutePath(Name);
  llvm::sys::path::remove_dots(Name, /*remove_dot_dot=*/true);
  P.File = std::string(Name);
  P.Line = PL.getLine();
  P.Col = PL.getColumn();
  return P;
}

Range rangeOf(const ASTContext &Ctx, SourceRange R) {
  const SourceManager &SM = Ctx.getSourceManager();
  Range Out;
  Out.Begin = positionOf(SM, R.getBegin());
  SourceLocation EndLoc = SM.getExpansionRange(R.getEnd()).getEnd();
  Position End = positionOf(
      SM, Lexer::getLocForEndOfToken(EndLoc, 0, SM, Ctx.getLangOpts()));
  Out.EndLine = End.Line ? End.Line : Out.Begin.Line;
  Out.EndCol = End.Line ? End.Col : Out.Begin.Col + 1;
  return Out;
}

std::optional<uint64_t> constantSize(const Site &S, ASTContext &Ctx) {
  const CallExpr *Call = S.Inner ? S.Inner->Call : S.Call;
  int Arg = S.Row->Size;
  if (Arg < 0 || Arg >= static_cast<int>(Call->getNumArgs()))
    return std::nullopt;
  Expr::EvalResult R;
  if (!Call->getArg(Arg)->EvaluateAsInt(R, Ctx))
    return std::nullopt;
  return R.Val.getInt().getZExtValue();
}

std::string tagOf(const Site &S, ASTContext &Ctx) {
  const CallExpr *Call = S.Inner ? S.Inner->Call : S.Call;
  int Arg = S.Row->Tag;
  if (Arg < 0 || Arg >= static_cast<int>(Call->getNumArgs()))
    return kindInfo(S.Row->K).Tag;
  Expr::EvalResult R;
  if (!Call->getArg(Arg)->EvaluateAsInt(R, Ctx))
    return "";
  uint64_t V = R.Val.getInt().getZExtValue();
  std::string Tag;
  for (unsigned I = 0; I < 4; ++I, V >>= 8) {
    char C = static_cast<char>(V & 0x7f);
    Tag += C >= ' ' && C < 0x7f ? C : C == 0 ? ' ' : '.';
  }
  return Tag;
}

static std::vector<std::unique_ptr<Site>> &sites() {
  static std::vector<std::unique_ptr<Site>> All;
  return All;
}
using SiteKey = std::tuple<const CallExpr *, const Acquire *, const Site *>;
static std::map<SiteKey, const Site *> &siteIndex() {
  static std::map<SiteKey, const Site *> Index;
  return Index;
}

void beginSites() {
  siteIndex().clear();
  sites().clear();
}

const Site *internSite(const CallExpr *Call, const FunctionDecl *In,
                       const Acquire *Row, const Site *Inner,
                       std::string Variable) {
  const Site *&S = siteIndex()[{Call, Row, Inner}];
  if (!S) {
    sites().push_back(std::make_unique<Site>(
        Site{Call, In, Row, Inner, std::move(Variable)}));
    S = sites().back().get();
  }
  return S;
}

static Facts *Current;
Facts *currentFacts() { return Current; }
void setCurrentFacts(Facts *F) { Current = F; }

//===----------------------------------------------------------------------===//
// Collecting
//===----------------------------------------------------------------------===//

void Facts::addCall(Fn Caller, Fn Callee, unsigned Line, bool Direct) {
  Calls.insert(
      {Caller->getCanonicalDecl(), Callee->getCanonicalDecl(), Line, Direct});
}

void Facts::addCallArg(Fn Caller, Fn Callee, unsigned Arg,
                       const std::string &Path) {
  CallArgs.insert(
      {Caller->getCanonicalDecl(), Callee->getCanonicalDecl(), Arg, Path});
}

void Facts::addRole(Fn F, const char *Role, int Major, Position At) {
  Roles.insert({{F->getCanonicalDecl(), Role, Major}, std::move(At)});
}

bool Facts::hasRole(Fn F, const char *Role) const {
  for (const auto &[Key, At] : Roles)
    if (std::get<0>(Key) == F->getCanonicalDecl() && std::get<1>(Key) == Role)
      return true;
  return false;
}

void Facts::addRelease(Fn F, const char *Api, Kind K, const std::string &Path,
                       Position At) {
  Releases.insert({{F->getCanonicalDecl(), Api, K, Path}, std::move(At)});
}

void Facts::addStore(const Site *S, const std::string &Path, Position At) {
  Stores.insert({{S, Path}, std::move(At)});
}

void Facts::addOutcome(Fn F, const char *Result, Position At, Slots Held) {
  Outcomes.insert(
      {F->getCanonicalDecl(), Result, std::move(At), std::move(Held)});
}

void Facts::addPathLeak(PathLeak Leak) {
  if (!Leak.Cut && Leak.Rule != WrongFreeRule)
    LostAtExit.insert({Leak.S, Leak.Why});
  std::tuple Key(Leak.S, Leak.At.Begin, Leak.Message);
  auto It = PathLeaks.find(Key);
  if (It == PathLeaks.end())
    PathLeaks.emplace(std::move(Key), std::move(Leak));
  else if (Leak.Steps.size() < It->second.Steps.size())
    It->second = std::move(Leak);
}

static size_t gapsOf(const Way &W) {
  return std::count_if(W.Demands.begin(), W.Demands.end(),
                       [](const Demand &D) { return D.isGap(); });
}

// By what they say, so that the order they come in does not count.
static bool asksLess(const Way &A, const Way &B) {
  size_t GapsOfA = gapsOf(A), GapsOfB = gapsOf(B);
  if (GapsOfA != GapsOfB)
    return GapsOfA < GapsOfB;
  if (A.Demands.size() != B.Demands.size())
    return A.Demands.size() < B.Demands.size();
  return A.Demands < B.Demands;
}

void Facts::addWay(Way W) {
  W.In = W.In->getCanonicalDecl();
  if (W.Callee)
    W.Callee = W.Callee->getCanonicalDecl();
  std::tuple Key(std::string(W.Kind), W.In, W.S, W.Callee, W.At, W.Path,
                 W.Result);
  auto It = Ways.find(Key);
  if (It == Ways.end())
    Ways.emplace(std::move(Key), std::move(W));
  else if (asksLess(W, It->second))
    It->second = std::move(W);
}

void Facts::addDisposal(Disposal D) {
  std::vector<Disposal> &At = Disposals[D.At.Begin];
  for (const Disposal &Known : At)
    if (std::tie(Known.In, Known.Record, Known.Api, Known.Callee, Known.Arg) ==
        std::tie(D.In, D.Record, D.Api, D.Callee, D.Arg))
      return;
  At.push_back(std::move(D));
}

void Facts::addMention(Fn F, const std::string &Record,
                       const std::string &Field, const char *How) {
  Mentions.insert({F->getCanonicalDecl(), Record, Field, How});
}

void Facts::addHandover(Fn Caller, Fn Callee, const std::string &Record) {
  Handovers.insert(
      {Caller->getCanonicalDecl(), Callee->getCanonicalDecl(), Record});
}

void Facts::addIncomplete(Fn F, const std::string &Why) {
  Incomplete.emplace(F->getCanonicalDecl(), Why);
}

} // namespace leak62
