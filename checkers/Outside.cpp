//===- Outside.cpp --------------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Outside.h"
#include "AccessPath.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/Lexer.h"
#include "llvm/ADT/StringSwitch.h"

using namespace clang;

namespace leak62 {

// "Parameters.Read.Length" of the fields from First on.
static std::string pathFrom(const FieldChain &Fields, size_t First) {
  std::string Path;
  for (size_t I = First; I < Fields.size(); ++I)
    if (!Fields[I]->getName().empty())
      Path += (Path.empty() ? "" : ".") + Fields[I]->getName().str();
  return Path;
}

static std::optional<Outside> inStackLocation(StringRef Path, QualType T) {
  if (Path == "MajorFunction")
    return Outside{"major", Path.str(), {}, {}};
  if (Path == "MinorFunction")
    return Outside{"minor", Path.str(), {}, {}};
  if (!Path.consume_front("Parameters."))
    return std::nullopt;
  if (Path.ends_with(".Type3InputBuffer"))
    return Outside{"pointer", "type3", {}, {}};
  if (!T->isIntegralOrEnumerationType())
    return std::nullopt;
  const char *Kind = "parameter";
  if (Path.ends_with(".IoControlCode") || Path.ends_with(".FsControlCode"))
    Kind = "ioctl";
  else if (Path.ends_with(".InputBufferLength") || Path == "Write.Length")
    Kind = "input_length";
  else if (Path.ends_with(".OutputBufferLength") || Path == "Read.Length")
    Kind = "output_length";
  return Outside{Kind, Path.str(), {}, {}};
}

static std::optional<Outside> inIrp(StringRef Path) {
  const char *Name = llvm::StringSwitch<const char *>(Path)
                         .Case("AssociatedIrp.SystemBuffer", "system")
                         .Case("UserBuffer", "user")
                         .Case("MdlAddress", "mdl")
                         .Default(nullptr);
  return Name ? std::optional(Outside{"pointer", Name, {}, {}}) : std::nullopt;
}

// The name that is opened.
static std::optional<Outside> inFileObject(StringRef Path) {
  if (Path == "FileName.Buffer")
    return Outside{"pointer", "file_name", {}, {}};
  return Path == "FileName.Length"
             ? std::optional(Outside{"parameter", Path.str(), {}, {}})
             : std::nullopt;
}

std::optional<Outside> outsideOfFields(const FieldChain &Fields) {
  for (size_t I = 0; I < Fields.size(); ++I) {
    std::string Record = recordName(Fields[I]->getParent());
    if (Record == "IO_STACK_LOCATION")
      return inStackLocation(pathFrom(Fields, I), Fields.back()->getType());
    if (Record == "IRP")
      return inIrp(pathFrom(Fields, I));
    if (Record == "FILE_OBJECT")
      return inFileObject(pathFrom(Fields, I));
    if (Record == "MDL" && Fields.back()->getName() == "MappedSystemVa")
      return Outside{"pointer", "mdl", {}, {}};
  }
  return std::nullopt;
}

bool isOfSystem(const FieldChain &Fields) {
  for (const FieldDecl *F : Fields) {
    std::string Record = recordName(F->getParent());
    if (Record == "MDL" || (Record == "IRP" && (F->getName() == "StackCount" ||
                                                F->getName() ==
                                                    "CurrentLocation")))
      return true;
  }
  return false;
}

std::string bufferMappedBy(const CallExpr *CE) {
  const FunctionDecl *FD = CE->getDirectCallee();
  if (!FD || !FD->getIdentifier() || !CE->getNumArgs() ||
      !FD->getName().starts_with("Mm"))
    return "";
  bool Maps = FD->getName() == "MmMapLockedPagesSpecifyCache" ||
              FD->getName() == "MmMapLockedPages" ||
              FD->getName() == "MmGetSystemAddressForMdlSafe" ||
              FD->getName() == "MmGetSystemAddressForMdl";
  const auto *ME = dyn_cast<MemberExpr>(CE->getArg(0)->IgnoreParenCasts());
  return Maps && ME && ME->getMemberDecl()->getNameAsString() == "MdlAddress"
             ? "mdl"
             : "";
}

bool Numbers::contains(int64_t N) const {
  for (const Range &R : In)
    if (N >= R.Min && N <= R.Max)
      return true;
  return false;
}

Numbers numbersBy(BinaryOperatorKind Op, int64_t N, QualType T,
                  const ASTContext &Ctx) {
  unsigned Bits = T->isPointerType() ? 64 : Ctx.getIntWidth(T);
  bool Signed = T->isSignedIntegerOrEnumerationType();
  int64_t Least = !Signed     ? 0
                  : Bits < 64 ? -(int64_t(1) << (Bits - 1))
                              : INT64_MIN;
  int64_t Most = Bits - Signed < 63 ? (int64_t(1) << (Bits - Signed)) - 1
                                    : INT64_MAX;
  Numbers Out;
  auto Add = [&](int64_t Min, int64_t Max) {
    Min = std::max(Min, Least);
    Max = std::min(Max, Most);
    if (Min > Max)
      return;
    Out.LowestIsOpen |= Min == Least;
    Out.HighestIsOpen |= Max == Most;
    Out.In.push_back({Min, Max});
  };
  bool Below = N > Least, Above = N < Most; // there is something there
  switch (Op) {
  case BO_EQ:
    Add(N, N);
    break;
  case BO_NE:
    if (Below)
      Add(Least, N - 1);
    if (Above)
      Add(N + 1, Most);
    break;
  case BO_LT:
    if (Below)
      Add(Least, N - 1);
    break;
  case BO_LE:
    Add(Least, N);
    break;
  case BO_GT:
    if (Above)
      Add(N + 1, Most);
    break;
  case BO_GE:
    Add(N, Most);
    break;
  default:
    break;
  }
  return Out;
}

void addDemands(const Numbers &Set, Demand D, std::vector<Demand> &Out) {
  if (Set.In.empty() || Set.isAll())
    return;
  int64_t Min = Set.In.front().Min, Max = Set.In.back().Max;
  D.Not = false;
  D.Min = Set.LowestIsOpen ? std::nullopt : std::optional(Min);
  D.Max = Set.HighestIsOpen ? std::nullopt : std::optional(Max);
  if (Min == Max)
    D.Min = D.Max = Min;
  if (D.Min || D.Max)
    Out.push_back(D);
  D.Not = true;
  for (size_t I = 1; I < Set.In.size(); ++I) {
    D.Min = Set.In[I - 1].Max + 1;
    D.Max = Set.In[I].Min - 1;
    Out.push_back(D);
  }
}

std::string conditionText(const Expr *E, const ASTContext &Ctx) {
  const SourceManager &SM = Ctx.getSourceManager();
  CharSourceRange R =
      SM.getExpansionRange(CharSourceRange::getTokenRange(E->getSourceRange()));
  std::string Text =
      Lexer::getSourceText(R, SM, Ctx.getLangOpts()).trim().str();
  return Text.size() > 80 || Text.find('\n') != std::string::npos ? "" : Text;
}

bool isStatus(QualType T) {
  for (;;) {
    const auto *TD = T->getAs<TypedefType>();
    if (!TD)
      return false;
    if (TD->getDecl()->getName() == "NTSTATUS")
      return true;
    T = TD->desugar();
  }
}

} // namespace leak62
