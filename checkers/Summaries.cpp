//===- Summaries.cpp - Reading summaries ----------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Summaries.h"
#include "Facts.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MemoryBuffer.h"
#include <map>
#include <optional>

using namespace clang;

namespace leak62 {
namespace {

llvm::StringMap<Summary> &table() {
  static llvm::StringMap<Summary> T;
  return T;
}

std::string decoded(llvm::StringRef Word) {
  std::string Out;
  while (!Word.empty()) {
    unsigned Ch;
    if (Word[0] == '%' && Word.size() > 2 &&
        !Word.substr(1, 2).getAsInteger(16, Ch)) {
      Out += static_cast<char>(Ch);
      Word = Word.drop_front(3);
    } else {
      Out += Word[0];
      Word = Word.drop_front();
    }
  }
  return Out;
}

std::string keyOf(llvm::StringRef Name, llvm::StringRef Scope) {
  return (Name + " " + Scope).str();
}

// The row of the routine behind a summary, moved to where the caller gets it.
const Acquire *rowOf(llvm::StringRef KindName, llvm::StringRef Api, Place Where,
                     int Arg, llvm::StringRef Field) {
  static std::map<std::string, std::pair<std::string, Acquire>> Rows;
  std::string Key = (KindName + " " + Api + " " + Field + " ").str() +
                    std::to_string(static_cast<int>(Where)) + " " +
                    std::to_string(Arg);
  auto It = Rows.find(Key);
  if (It != Rows.end())
    return &It->second.second;
  const Routine *R = lookupRoutine(Api);
  if (!R)
    return nullptr;
  for (const Acquire &A : R->Acquires)
    if (KindName == kindInfo(A.K).Name) {
      auto &[Name, Row] = Rows[Key];
      Name = Field.str();
      Row = A;
      Row.Where = Where;
      Row.Arg = Arg;
      Row.Field = Name.c_str();
      Row.Size = Row.Tag = NA; // arguments of another call
      Row.Fails = Failure::NULL_;
      Row.Cond = When::ALWAYS;
      Row.Zeroed = false;
      return &Row;
    }
  return nullptr;
}

std::optional<unsigned> signsOf(llvm::StringRef Word) {
  if (Word == "-")
    return ANY;
  unsigned Out = 0;
  for (char Ch : Word)
    if (Ch == 'n')
      Out |= NEGATIVE;
    else if (Ch == 'z')
      Out |= ZERO;
    else if (Ch == 'p')
      Out |= POSITIVE;
    else
      return std::nullopt;
  return Out;
}

uint64_t kindsOf(llvm::StringRef Word) {
  uint64_t Out = 0;
  llvm::SmallVector<llvm::StringRef, 4> Names;
  Word.split(Names, ',');
#define L62_KIND(kind, noun, tag, counted, rule, loss)                         \
  if (llvm::is_contained(Names, #kind))                                        \
    Out |= uint64_t(1) << static_cast<unsigned>(Kind::kind);
#include "leak62/resources.def"
  return Out;
}

bool parseValue(llvm::StringRef Word, Outcome &O) {
  llvm::SmallVector<llvm::StringRef, 6> F;
  Word.split(F, ':');
  if (F[0] == "-")
    return true;
  if (F[0] == "param" && F.size() == 2) {
    O.Value = Outcome::PARAM;
    return !F[1].getAsInteger(10, O.Arg);
  }
  if (F[0] == "from" && F.size() == 3) {
    O.Value = Outcome::FROM;
    return !F[1].getAsInteger(10, O.Arg);
  }
  if (F[0] == "fresh" && F.size() == 5) {
    O.Value = Outcome::FRESH;
    O.Row = rowOf(F[1], decoded(F[2]), Place::RETURN, NA, "");
    return O.Row != nullptr;
  }
  O.Value = Outcome::REFERENCE;
  return F[0] == "ref" && F.size() == 1;
}

bool parseClause(llvm::StringRef Word, Outcome &O) {
  static const struct {
    const char *Name;
    Clause::What Op;
    unsigned Words;
  } Forms[] = {{"pre", Clause::PRE, 3},     {"rel", Clause::RELEASE, 4},
               {"keep", Clause::KEEP, 3},   {"into", Clause::INTO, 5},
               {"fill", Clause::FILL, 7},   {"fillref", Clause::FILLREF, 3},
               {"null", Clause::NULLED, 3}, {"write", Clause::WRITE, 3},
               {"ref", Clause::REF, 3},     {"unref", Clause::UNREF, 3}};
  llvm::SmallVector<llvm::StringRef, 8> F;
  Word.split(F, ':');
  for (const auto &Form : Forms) {
    if (F[0] != Form.Name || F.size() != Form.Words)
      continue;
    Clause C;
    C.Op = Form.Op;
    if (F[1].getAsInteger(10, C.Arg) || C.Arg < 0)
      return false;
    if (C.Op == Clause::PRE) {
      auto Signs = signsOf(F[2]);
      C.Signs = Signs.value_or(0);
      O.Clauses.push_back(C);
      return Signs.has_value();
    }
    C.Path = decoded(F[2]);
    if (C.Op == Clause::INTO) {
      C.Field = decoded(F[4]);
      if (F[3].getAsInteger(10, C.To) || C.To < 0)
        return false;
    }
    if (C.Op == Clause::FILL) {
      bool Pointee = C.Path == "*";
      C.Row = rowOf(F[3], decoded(F[4]), Pointee ? Place::OUT : Place::FIELD,
                    C.Arg, C.Path);
      if (!C.Row)
        return false;
    }
    if (C.Op == Clause::RELEASE)
      C.Kinds = kindsOf(F[3]);
    O.Clauses.push_back(std::move(C));
    return true;
  }
  return false;
}

} // namespace

llvm::Error loadSummaries(llvm::StringRef Path) {
  auto Buffer = llvm::MemoryBuffer::getFile(Path, /*IsText=*/true);
  if (!Buffer)
    return llvm::createStringError(Buffer.getError(), "%s cannot be read: %s",
                                   Path.str().c_str(),
                                   Buffer.getError().message().c_str());
  llvm::StringRef Rest = (*Buffer)->getBuffer();
  Summary *Current = nullptr;
  for (unsigned Line = 1; !Rest.empty(); ++Line) {
    auto [Text, Next] = Rest.split('\n');
    Rest = Next;
    llvm::SmallVector<llvm::StringRef, 8> W;
    Text.split(W, ' ', -1, /*KeepEmpty=*/false);
    bool Ok = true;
    if (Line == 1) {
      Ok = Text == "leak62-summaries 1";
    } else if (W.empty()) {
      continue;
    } else if (W[0] == "S" && W.size() == 5) {
      Current =
          &table()[keyOf(decoded(W[1]), W[2] == "e" ? "e" : decoded(W[2]))];
      *Current = Summary();
      Current->Incomplete = W[4] != "-";
    } else if (W[0] == "O" && W.size() >= 3 && Current) {
      Outcome O;
      auto Ret = signsOf(W[1]);
      Ok = Ret.has_value() && parseValue(W[2], O);
      O.Ret = Ret.value_or(0);
      for (unsigned I = 3; Ok && I < W.size(); ++I)
        Ok = parseClause(W[I], O);
      Current->Outcomes.push_back(std::move(O));
    } else {
      Ok = false;
    }
    if (!Ok)
      return llvm::createStringError(
          std::errc::invalid_argument,
          "%s(%u): not a summary of this version: remove the work folder",
          Path.str().c_str(), Line);
  }
  return llvm::Error::success();
}

const Summary *summaryOf(const FunctionDecl *FD) {
  if (!FD->getIdentifier() || table().empty())
    return nullptr;
  std::string Scope = "e";
  if (!FD->isExternallyVisible()) {
    const SourceManager &SM = FD->getASTContext().getSourceManager();
    auto Main = SM.getFileEntryRefForID(SM.getMainFileID());
    if (!Main)
      return nullptr;
    Scope = positionOf(SM, SM.getLocForStartOfFile(SM.getMainFileID())).File;
  }
  auto It = table().find(keyOf(FD->getName(), Scope));
  return It == table().end() || It->second.Incomplete ? nullptr : &It->second;
}

static bool hasClause(const Outcome &O, Clause::What Op) {
  return llvm::any_of(O.Clauses, [Op](const Clause &C) { return C.Op == Op; });
}

bool givesReference(const FunctionDecl *FD) {
  const Summary *S = summaryOf(FD);
  return S && llvm::any_of(S->Outcomes, [](const Outcome &O) {
           return O.Value == Outcome::REFERENCE ||
                  hasClause(O, Clause::FILLREF);
         });
}

bool takesReference(const FunctionDecl *FD) {
  const Summary *S = summaryOf(FD);
  return S && llvm::any_of(S->Outcomes, [](const Outcome &O) {
           return hasClause(O, Clause::UNREF);
         });
}

bool summaryAcquires(const FunctionDecl *FD) {
  const Summary *S = summaryOf(FD);
  if (!S)
    return false;
  for (const Outcome &O : S->Outcomes) {
    if (O.Value == Outcome::FRESH || O.Value == Outcome::REFERENCE)
      return true;
    for (const Clause &C : O.Clauses)
      if (C.Op == Clause::FILL || C.Op == Clause::FILLREF)
        return true;
  }
  return false;
}

} // namespace leak62
