//===- Plugin.cpp - Entry points of the plugin
//-----------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Two ways in:
//  - scan-build and `clang --analyze -load`: the checker leak62.Leak (package
//    leak62) reports leaks on paths through the analyzer's own outputs.
//  - `-plugin leak62`, which `leak62 scan` uses: runs the analyzer over the
//    functions that matter and writes the facts of the translation unit.
//      -plugin-arg-leak62 out=FILE      where to (required)
//      -plugin-arg-leak62 command=HASH  kept in the facts
//      -plugin-arg-leak62 skeleton=FILE write the skeleton there, and only the
//                                       facts that need no path
//      -plugin-arg-leak62 summaries=FILE  what functions elsewhere do
//      -plugin-arg-leak62 resource=ROW  a routine of the project: addRoutine()
//
// A file with errors is a failed one: its facts hold the errors and no more.
//
//===----------------------------------------------------------------------===//

#include "Compat.h"
#include "ForwardEnums.h"
#include "HoldChecker.h"
#include "LeakChecker.h"
#include "PathReports.h"
#include "Skeleton.h"
#include "Summaries.h"
#include "WppTrace.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendPluginRegistry.h"
#include "clang/Frontend/MultiplexConsumer.h"
#include "clang/Sema/SemaConsumer.h"
#include "clang/StaticAnalyzer/Core/AnalyzerOptions.h"
#include "clang/StaticAnalyzer/Frontend/AnalysisConsumer.h"
#include "clang/StaticAnalyzer/Frontend/CheckerRegistry.h"
#include "llvm/Support/Path.h"

using namespace clang;
using namespace ento;

#define EXPORT extern "C" __attribute__((visibility("default")))

// What the command reads to see whether plugin and clang fit, without loading.
EXPORT const char leak62_plugin_marker[] =
    "leak62-plugin clang=" LEAK62_CLANG_VERSION " version=" LEAK62_VERSION ";";

EXPORT const char clang_analyzerAPIVersionString[] =
    CLANG_ANALYZER_API_VERSION_STRING;

EXPORT void clang_registerCheckers(CheckerRegistry &Registry) {
  Registry.addChecker<leak62::LeakChecker>(
      "leak62.Leak",
      "Find kernel memory and objects that a driver leaves behind", "");
  Registry.addChecker<leak62::HoldChecker>(
      "leak62.Hold", "Find references, locks and names that are not given back",
      "");
  // It leaves the effect of kernel routines to the other one.
  Registry.addDependency("leak62.Hold", "leak62.Leak");
}

namespace leak62 {
namespace {

/// Keeps the errors of the front end for the facts, and passes everything on.
class KeepErrors final : public DiagnosticConsumer {
public:
  KeepErrors(DiagnosticConsumer *Next, std::unique_ptr<DiagnosticConsumer> Own)
      : Next(Next), Own(std::move(Own)) {}

  std::vector<Facts::Diagnostic> Errors;

  void BeginSourceFile(const LangOptions &LO, const Preprocessor *PP) override {
    Next->BeginSourceFile(LO, PP);
  }
  void EndSourceFile() override { Next->EndSourceFile(); }
  void finish() override { Next->finish(); }
  bool IncludeInDiagnosticCounts() const override {
    return Next->IncludeInDiagnosticCounts();
  }
  void HandleDiagnostic(DiagnosticsEngine::Level Level,
                        const clang::Diagnostic &Info) override {
    DiagnosticConsumer::HandleDiagnostic(Level, Info);
    if (Level >= DiagnosticsEngine::Error) {
      Facts::Diagnostic D;
      llvm::SmallString<128> Text;
      Info.FormatDiagnostic(Text);
      D.Message = std::string(Text);
      if (Info.hasSourceManager() && Info.getLocation().isValid())
        D.At = positionOf(Info.getSourceManager(), Info.getLocation());
      Errors.push_back(std::move(D));
    }
    Next->HandleDiagnostic(Level, Info);
  }

private:
  DiagnosticConsumer *Next;
  std::unique_ptr<DiagnosticConsumer> Own;
};

/// Runs the analyzer over the functions that can acquire something.
class ScanConsumer final : public SemaConsumer {
public:
  ScanConsumer(CompilerInstance &CI, std::string Out, std::string Skeleton,
               Facts::Meta M)
      : CI(CI), Out(std::move(Out)), Skeleton(std::move(Skeleton)),
        M(std::move(M)), Analysis(CreateAnalysisConsumer(CI)) {}

  void InitializeSema(Sema &S) override { acceptForwardEnums(S); }

  void Initialize(ASTContext &Ctx) override {
    F = std::make_unique<Facts>(Ctx);
    beginSites();
    setCurrentFacts(F.get());
    addReports(*Analysis, makePathReports(*F));
    Analysis->Initialize(Ctx);
  }

  bool HandleTopLevelDecl(DeclGroupRef Group) override {
    Groups.push_back(Group);
    return true;
  }
  void HandleTopLevelDeclInObjCContainer(DeclGroupRef Group) override {
    Groups.push_back(Group);
  }

  void HandleTranslationUnit(ASTContext &Ctx) override {
    if (CI.getDiagnostics().hasErrorOccurred())
      return;
    collectStaticFacts(*F);
    Relevance &Unit = prepareUnit(Ctx);
    if (!Skeleton.empty()) {
      HasSkeleton = true;
      report(writeSkeleton(&Ctx, M.Source, Skeleton));
      Complete = true;
      return;
    }
    explore(Unit, Ctx);
    if (beginSecondRound()) {
      analyzerOptions(CI).MaxNodesPerTopLevelFunction *= 2;
      Analysis = CreateAnalysisConsumer(CI);
      addReports(*Analysis, makePathReports(*F));
      Analysis->Initialize(Ctx);
      explore(Unit, Ctx);
    }
    noteUnexplored(Unit);
    Analysis.reset(); // flushes the reports
    Complete = true;
  }

  /// Writes what is known.  Errors go to clang's own diagnostics.
  void finish(const std::vector<Facts::Diagnostic> &Errors) {
    Analysis.reset();
    setCurrentFacts(nullptr);
    if (!Skeleton.empty() && !HasSkeleton)
      report(writeSkeleton(nullptr, M.Source, Skeleton));
    report(Complete && Errors.empty() ? F->write(Out, M)
                                      : writeFailedFacts(Out, M, Errors));
  }

private:
  CompilerInstance &CI;
  std::string Out, Skeleton;
  Facts::Meta M;
  std::unique_ptr<AnalysisASTConsumer> Analysis;
  std::unique_ptr<Facts> F;
  std::vector<DeclGroupRef> Groups;
  bool Complete = false, HasSkeleton = false;

  void report(llvm::Error E) {
    if (!E)
      return;
    DiagnosticsEngine &Diags = CI.getDiagnostics();
    Diags.Report(Diags.getCustomDiagID(DiagnosticsEngine::Error, "leak62: %0"))
        << llvm::toString(std::move(E));
  }

  void explore(Relevance &Unit, ASTContext &Ctx) {
    for (DeclGroupRef Group : Groups)
      if (matters(Group, Unit, Ctx))
        Analysis->HandleTopLevelDecl(Group);
    Analysis->HandleTranslationUnit(Ctx);
  }

  static bool matters(DeclGroupRef Group, Relevance &Unit, ASTContext &Ctx) {
    for (const Decl *D : Group) {
      const auto *FD = dyn_cast<FunctionDecl>(D);
      // What is not a plain function (a namespace, a class) may hold some.
      if (!FD)
        return Ctx.getLangOpts().CPlusPlus;
      if (FD->doesThisDeclarationHaveABody() && Unit.acquires(FD) &&
          !isProjectRoutine(FD))
        return true;
    }
    return false;
  }

  // The engine passes over a body for which it has no control-flow graph.
  void noteUnexplored(Relevance &Unit) {
    const SourceManager &SM = F->Ctx.getSourceManager();
    for (DeclGroupRef Group : Groups)
      for (const Decl *D : Group) {
        const auto *FD = dyn_cast<FunctionDecl>(D);
        if (FD && FD->doesThisDeclarationHaveABody() && Unit.acquires(FD) &&
            !isProjectRoutine(FD) &&
            SM.isInMainFile(SM.getExpansionLoc(FD->getLocation())) &&
            !F->wasAnalysed(FD))
          F->addIncomplete(FD, "it could not be explored");
      }
  }
};

class ScanAction final : public PluginASTAction {
public:
  std::unique_ptr<ASTConsumer> CreateASTConsumer(CompilerInstance &CI,
                                                 StringRef InFile) override {
    AnalyzerOptions &O = analyzerOptions(CI);
    O.CheckersAndPackages = {{"core.builtin", true}, {"leak62", true}};
    O.InliningMode = All;
    O.AnalysisDiagOpt = PD_NONE;
    // A loop over MajorFunction[] runs past the engine's four rounds.
    O.ShouldUnrollLoops = true;
    // A comparison splits no path before a branch that needs to know.
    O.ShouldEagerlyAssume = false;
    // What two rounds of this budget do not settle, the engine's own (225,000)
    // seldom does either.
    if (O.MaxNodesPerTopLevelFunction == 225000)
      O.MaxNodesPerTopLevelFunction = 30000;
    DiagnosticsEngine &Diags = CI.getDiagnostics();
    auto *Next = Diags.getClient();
    auto Owned = Diags.takeClient();
    Errors = new KeepErrors(Next, std::move(Owned));
    Diags.setClient(Errors, /*ShouldOwnClient=*/true);

    replaceTraceHeaders(CI.getPreprocessor());
    llvm::SmallString<256> Source(InFile);
    CI.getFileManager().makeAbsolutePath(Source);
    llvm::sys::path::remove_dots(Source, true);
    M.Tool = LEAK62_VERSION;
    M.Clang = LEAK62_CLANG_VERSION;
    M.Source = std::string(Source);
    auto C = std::make_unique<ScanConsumer>(CI, Out, Skeleton, M);
    Consumer = C.get();
    return C;
  }

  void EndSourceFileAction() override {
    if (Consumer)
      Consumer->finish(Errors->Errors);
    Consumer = nullptr;
  }

  bool ParseArgs(const CompilerInstance &CI,
                 const std::vector<std::string> &Args) override {
    DiagnosticsEngine &Diags = CI.getDiagnostics();
    for (StringRef Arg : Args) {
      if (Arg.consume_front("out="))
        Out = Arg.str();
      else if (Arg.consume_front("command="))
        M.Command = Arg.str();
      else if (Arg.consume_front("skeleton="))
        Skeleton = Arg.str();
      else if (Arg.consume_front("resource=")) {
        if (!addRoutine(Arg)) {
          Diags.Report(Diags.getCustomDiagID(
              DiagnosticsEngine::Error,
              "leak62: '%0' is no row of a resource: see addRoutine() in "
              "checkers/Resources.h"))
              << Arg;
          return false;
        }
      } else if (Arg.consume_front("summaries=")) {
        if (llvm::Error E = loadSummaries(Arg)) {
          Diags.Report(
              Diags.getCustomDiagID(DiagnosticsEngine::Error, "leak62: %0"))
              << llvm::toString(std::move(E));
          return false;
        }
      } else {
        Diags.Report(Diags.getCustomDiagID(DiagnosticsEngine::Error,
                                           "leak62: unknown argument '%0'"))
            << Arg;
        return false;
      }
    }
    if (Out.empty()) {
      Diags.Report(Diags.getCustomDiagID(
          DiagnosticsEngine::Error,
          "leak62: say where the facts go: -plugin-arg-leak62 out=FILE"));
      return false;
    }
    return true;
  }

private:
  std::string Out, Skeleton;
  Facts::Meta M;
  KeepErrors *Errors = nullptr;
  ScanConsumer *Consumer = nullptr;
};

} // namespace
} // namespace leak62

static FrontendPluginRegistry::Add<leak62::ScanAction>
    X("leak62", "write the facts that leak62 links to a driver's findings");
