//===- WppTrace.cpp - Trace headers that a build generates ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Drivers that trace with WPP include FILE.tmh, which WPP's preprocessor writes
// during a build on Windows.  Where it is missing, its macros are made here:
// those that every such file has, and the trace functions that the driver
// describes in comments between begin_wpp and end_wpp:
//
//   FUNC Trace{FLAG=ALL}(LEVEL, MSG, ...);
//
// No trace is written, so that its arguments keep nothing and call nothing;
// what the driver wants before and after it, WPP_FLAG_LEVEL_PRE(ALL, LEVEL) and
// WPP_FLAG_LEVEL_POST(ALL, LEVEL), is kept: it may return or jump.
//
// Not seen: functions that only the command line of WPP describes (-func:);
// PRE and POST of those whose arguments stand in a second pair of parentheses.
//
//===----------------------------------------------------------------------===//

#include "WppTrace.h"
#include "clang/Lex/PPCallbacks.h"
#include "clang/Lex/Preprocessor.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include <optional>

using namespace clang;

namespace leak62 {
namespace {

/// What every trace header has.
constexpr char Common[] = "#define DoTraceMessage(...) ((void)0)\n"
                          "#define WPP_INIT_TRACING(...) ((void)0)\n"
                          "#define WPP_CLEANUP(...) ((void)0)\n"
                          "#define WPP_SYSTEMCONTROL(...) ((void)0)\n"
                          "#define WPP_SYSTEMCONTROL2(...) ((void)0)\n"
                          "#define WPP_LEVEL_ENABLED(...) 0\n"
                          "#define WPP_FLAG_ENABLED(...) 0\n";

/// A trace function as its comment describes it.
struct TraceFunction {
  std::vector<std::string> Parameters;
  /// What the names of its PRE and POST are made of, and what they are given.
  std::string Conditions, Values;
};

bool isName(StringRef S) {
  return !S.empty() && !llvm::isDigit(S.front()) &&
         llvm::all_of(S, [](char C) { return llvm::isAlnum(C) || C == '_'; });
}

void addCondition(TraceFunction &F, StringRef Name, StringRef Value) {
  F.Conditions += "_" + Name.str();
  F.Values += (F.Values.empty() ? "" : ", ") + Value.str();
}

/// "NAME{A=b}(C, MSG, ...)": its name, or none if it is something else.
std::optional<StringRef> parseFunction(StringRef Text, TraceFunction &F) {
  size_t End = Text.find_first_of("{(");
  StringRef Name = Text.take_front(End).trim();
  if (End == StringRef::npos || !isName(Name))
    return std::nullopt;
  StringRef Rest = Text.drop_front(End);
  SmallVector<StringRef, 8> Parts;
  if (Rest.consume_front("{")) {
    auto [Fixed, After] = Rest.split('}');
    Fixed.split(Parts, ',');
    for (StringRef Part : Parts) {
      auto [Condition, Value] = Part.split('=');
      if (isName(Condition.trim()))
        addCondition(F, Condition.trim(), Value.trim());
    }
    Rest = After.ltrim();
  }
  if (!Rest.consume_front("("))
    return std::nullopt;
  if (Rest.ltrim().starts_with("(")) {
    F.Conditions.clear();
    F.Parameters = {"..."};
    return Name;
  }
  Parts.clear();
  Rest.split(')').first.split(Parts, ',', -1, /*KeepEmpty=*/false);
  for (StringRef Part : Parts) {
    Part = Part.trim();
    if (Part != "..." && !isName(Part))
      return std::nullopt;
    F.Parameters.push_back(Part.str());
    if (Part != "..." && Part != "MSG")
      addCondition(F, Part, Part);
  }
  return Name;
}

class TraceHeaders final : public PPCallbacks, public CommentHandler {
public:
  explicit TraceHeaders(Preprocessor &PP) : PP(PP) {}

  bool FileNotFound(StringRef FileName) override {
    return FileName.ends_with_insensitive(".tmh");
  }

  void InclusionDirective(SourceLocation HashLoc, const Token &,
                          StringRef FileName, bool, CharSourceRange,
                          OptionalFileEntryRef File, StringRef, StringRef,
                          const Module *, bool,
                          SrcMgr::CharacteristicKind) override {
    if (File || !FileName.ends_with_insensitive(".tmh"))
      return;
    SourceManager &SM = PP.getSourceManager();
    FileID Made =
        SM.createFileID(llvm::MemoryBuffer::getMemBufferCopy(text(), FileName),
                        SrcMgr::C_System, 0, 0, HashLoc);
    PP.EnterSourceFile(Made, nullptr, HashLoc);
  }

  bool HandleComment(Preprocessor &, SourceRange Range) override {
    const SourceManager &SM = PP.getSourceManager();
    if (SM.isInSystemHeader(Range.getBegin()))
      return false;
    SmallVector<StringRef, 4> Lines;
    Lexer::getSourceText(CharSourceRange::getCharRange(Range), SM,
                         PP.getLangOpts())
        .split(Lines, '\n');
    for (StringRef Line : Lines)
      readLine(Line.ltrim("/* \t"));
    return false; // nothing was pushed for the lexer
  }

private:
  Preprocessor &PP;
  bool Configuring = false;
  llvm::MapVector<StringRef, TraceFunction> Functions;
  llvm::BumpPtrAllocator Names;

  void readLine(StringRef Line) {
    if (Line.starts_with("begin_wpp"))
      Configuring = true;
    else if (Line.starts_with("end_wpp"))
      Configuring = false;
    else if (Configuring && Line.consume_front_insensitive("func ")) {
      TraceFunction F;
      if (auto Name = parseFunction(Line, F))
        Functions[Name->copy(Names)] = std::move(F);
    }
  }

  std::string text() const {
    std::string Text = Common;
    for (const auto &[Name, F] : Functions) {
      std::string Condition = "WPP" + F.Conditions;
      std::string Body = "((void)0)";
      if (PP.isMacroDefined(Condition + "_PRE"))
        Body = Condition + "_PRE(" + F.Values + ") " + Body;
      if (PP.isMacroDefined(Condition + "_POST"))
        Body += " " + Condition + "_POST(" + F.Values + ")";
      Text += "#undef " + Name.str() + "\n#define " + Name.str() + "(" +
              llvm::join(F.Parameters, ", ") + ") " + Body + "\n";
    }
    return Text;
  }
};

} // namespace

void replaceTraceHeaders(Preprocessor &PP) {
  auto Headers = std::make_unique<TraceHeaders>(PP);
  PP.addCommentHandler(Headers.get());
  PP.addPPCallbacks(std::move(Headers));
}

} // namespace leak62
