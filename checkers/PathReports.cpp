//===- PathReports.cpp ----------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PathReports.h"
#include "Facts.h"

using namespace clang;
using namespace ento;

namespace leak62 {
namespace {

class PathReports final : public PathDiagnosticConsumer {
public:
  explicit PathReports(Facts &F) : F(F) {}

  StringRef getName() const override { return "leak62"; }
  PathGenerationScheme getGenerationScheme() const override { return Minimal; }
  bool supportsLogicalOpControlFlow() const override { return true; }
  bool supportsCrossFileDiagnostics() const override { return true; }

  void FlushDiagnosticsImpl(std::vector<const PathDiagnostic *> &Diags,
                            FilesMade *) override {
    for (const PathDiagnostic *D : Diags)
      if (D->getCheckerName().starts_with("leak62"))
        add(*D);
  }

private:
  Facts &F;

  void add(const PathDiagnostic &D) {
    const SourceManager &SM = F.Ctx.getSourceManager();
    const Facts::Report *R = F.findReport(D.getShortDescription());
    const auto *In = dyn_cast_or_null<FunctionDecl>(D.getDeclWithIssue());
    if (!R || !In)
      return;
    const Site *S = R->S;
    bool IsLeak = R->Rule != WrongFreeRule;

    PathLeak Leak;
    Leak.S = S;
    Leak.In = In;
    Leak.At = rangeOf(F.Ctx, R->Exit);
    Leak.Message = R->Message;
    if (IsLeak)
      Leak.Message += ": " + R->Why + R->How;
    Leak.Why = R->Why;
    Leak.Cut = R->Cut;
    Leak.Rule = R->Rule;
    Leak.Callback = R->Callback;
    Leak.Steps = R->Before;

    PathPieces Pieces = D.path.flatten(/*ShouldFlattenMacros=*/true);
    for (const auto &Piece : Pieces) {
      if (Piece->getKind() != PathDiagnosticPiece::Event)
        continue;
      std::string Text = Piece->getString().str();
      if (Text == D.getVerboseDescription() || Text == D.getShortDescription())
        continue;
      Leak.Steps.push_back(
          {positionOf(SM, Piece->getLocation().asLocation()), Text});
    }
    Leak.Steps.push_back(
        {Leak.At.Begin,
         std::string("'") +
             (S->Variable.empty() ? S->Row->Api : S->Variable.c_str()) +
             (IsLeak ? "' is " : "' ") + R->How});
    F.addPathLeak(std::move(Leak));
  }
};

} // namespace

std::unique_ptr<PathDiagnosticConsumer> makePathReports(Facts &F) {
  return std::make_unique<PathReports>(F);
}

} // namespace leak62
