//===- Annotations.cpp ----------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Annotations.h"
#include "clang/AST/Attr.h"
#include "clang/AST/Decl.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringExtras.h"
#include <set>
#include <string>

using namespace clang;

namespace leak62 {
namespace {

// Rows hold plain pointers: to names that stay.
const char *keep(llvm::StringRef Text) {
  static std::set<std::string> All;
  return All.insert(Text.str()).first->c_str();
}

/// What an annotation is about: the result, an argument, what it points to, or
/// a field of that.
struct Target {
  Place Where = Place::RETURN;
  int Arg = NA;
  std::string Field;
  bool Known = true;
};

struct Condition {
  When W = When::ALWAYS;
  int Arg = NA;
  bool Known = true;
};

class Reader {
public:
  Reader(const FunctionDecl *FD, Routine &R) : FD(FD), R(R) {
    Api = keep(FD->getName());
    QualType T = FD->getReturnType();
    Fails = T->isPointerType() ? Failure::NULL_
            : T->isVoidType()  ? Failure::NEVER
            : T->isBooleanType() || T->isUnsignedIntegerType()
                ? Failure::BOOLEAN
                : Failure::STATUS;
  }

  void attributes(const Decl *D, const Target &T) {
    for (const auto *A : D->specific_attrs<AnnotateAttr>()) {
      llvm::StringRef Text = A->getAnnotation();
      if (!Text.consume_front("leak62:"))
        continue;
      if (Text.consume_front("sal "))
        read(Text, T, {}, 0);
      else
        apply(Text, T, {});
    }
  }

private:
  const FunctionDecl *FD;
  Routine &R;
  const char *Api;
  Failure Fails;

  /// The text up to the parenthesis that closes, behind the one that opens.
  static llvm::StringRef balanced(llvm::StringRef Text) {
    unsigned Depth = 1;
    for (size_t I = 0; I < Text.size(); ++I) {
      if (Text[I] == '(')
        ++Depth;
      else if (Text[I] == ')' && --Depth == 0)
        return Text.take_front(I);
    }
    return Text;
  }

  /// Cuts the first argument off a list of them.
  static llvm::StringRef firstOf(llvm::StringRef &List) {
    int Depth = 0;
    for (size_t I = 0; I < List.size(); ++I) {
      Depth += (List[I] == '(') - (List[I] == ')');
      if (List[I] == ',' && Depth == 0) {
        llvm::StringRef First = List.take_front(I);
        List = List.drop_front(I + 1);
        return First;
      }
    }
    llvm::StringRef First = List;
    List = "";
    return First;
  }

  static std::string squeeze(llvm::StringRef Text) {
    std::string Out;
    for (char C : Text)
      if (!isspace(static_cast<unsigned char>(C)))
        Out += C;
    return Out;
  }

  int parameter(llvm::StringRef Name) const {
    for (const FunctionDecl *D : FD->redecls())
      for (const ParmVarDecl *P : D->parameters())
        if (!Name.empty() && P->getName() == Name)
          return static_cast<int>(P->getFunctionScopeIndex());
    return NA;
  }

  Target target(llvm::StringRef Text) const {
    std::string Owned = squeeze(Text);
    llvm::StringRef T = Owned;
    Target Out;
    if (T == "return")
      return Out;
    if (T.consume_front("*"))
      Out.Where = Place::OUT;
    else
      Out.Where = Place::VALUE;
    if (T.consume_front("(") && !T.consume_back(")"))
      T = "";
    auto [Name, Field] = T.split("->");
    if (!Field.empty()) {
      // Only a field of what the argument points to.
      Out.Known = Out.Where == Place::VALUE && llvm::all_of(Field, [](char C) {
                    return llvm::isAlnum(C) || C == '_';
                  });
      Out.Where = Place::FIELD;
      Out.Field = Field.str();
    }
    Out.Arg = parameter(Name);
    Out.Known &= Out.Arg != NA;
    return Out;
  }

  static bool isFalse(llvm::StringRef Value) {
    return Value == "0" || Value == "NULL" || Value == "FALSE" ||
           Value == "STATUS_SUCCESS" || Value == "ERROR_SUCCESS";
  }

  Condition condition(llvm::StringRef Text) const {
    std::string Owned = squeeze(Text);
    llvm::StringRef C = Owned;
    bool Not = C.consume_front("!");
    bool Status = Fails == Failure::STATUS;
    auto Result = [&](bool Success) {
      Condition Out;
      Out.W = Success != Not ? When::SUCCESS : When::FAILURE;
      return Out;
    };
    if (C == "NT_SUCCESS(return)" || C == "return>=0")
      return Result(true);
    if (C == "return<0" || C == "NT_ERROR(return)")
      return Result(false);
    bool Equal = false;
    llvm::StringRef Name = C, Value;
    if (C.contains("==") || C.contains("!=")) {
      Equal = C.contains("==");
      std::tie(Name, Value) = C.split(Equal ? "==" : "!=");
      if (!isFalse(Value) && Value != "TRUE" && Value != "1")
        return {When::ALWAYS, NA, false};
      if (!isFalse(Value))
        Equal = !Equal;
    }
    // Now: Name is zero (Equal) or not.
    if (Name == "return")
      return Result(Status == Equal);
    Condition Out;
    Out.Arg = parameter(Name);
    Out.Known = Out.Arg != NA;
    Out.W = Equal != Not ? When::IF_NULL : When::IF_TRUE;
    return Out;
  }

  void read(llvm::StringRef Text, const Target &T, const Condition &C,
            unsigned Depth) {
    while (Depth < 16 && !Text.empty()) {
      if (!llvm::isAlpha(Text.front()) && Text.front() != '_') {
        Text = Text.drop_front();
        continue;
      }
      llvm::StringRef Name = Text.take_while(
          [](char Ch) { return llvm::isAlnum(Ch) || Ch == '_'; });
      Text = Text.drop_front(Name.size()).ltrim();
      llvm::StringRef List;
      if (Text.consume_front("(")) {
        List = balanced(Text);
        Text = Text.drop_front(List.size());
      }
      if (Name == "_At_" || Name == "__drv_at" || Name == "__drv_arg") {
        Target At = target(firstOf(List));
        read(List, At, C, Depth + 1);
      } else if (Name == "_When_" || Name == "__drv_when") {
        Condition If = condition(firstOf(List));
        // Of two conditions the inner one, if the outer one is none.
        if (C.W != When::ALWAYS || !C.Known)
          If = {When::ALWAYS, NA, false};
        read(List, T, If, Depth + 1);
      } else if (Name == "__drv_deref" || Name == "__drv_out_deref" ||
                 Name == "__drv_in_deref") {
        Target At = T;
        At.Known &= T.Where == Place::VALUE;
        At.Where = Place::OUT;
        read(List, At, C, Depth + 1);
      } else if (Name == "__drv_in" || Name == "__drv_out") {
        read(List, T, C, Depth + 1);
      } else if (Name.consume_front("__drv_")) {
        apply(Name, T, C);
      }
    }
  }

  void apply(llvm::StringRef What, Target T, const Condition &C) {
    if (!T.Known)
      return;
    const char *Field = keep(T.Field);
    // A condition on something that cannot be followed.
    Condition If = C.Known ? C : Condition();
    if (What == "allocatesMem") {
      if (!C.Known || C.W == When::FAILURE)
        return;
      if (T.Where == Place::VALUE)
        T.Where = Place::OUT;
      if (T.Where == Place::OUT && !pointsToPointer(T.Arg))
        return;
      if (If.W == When::SUCCESS)
        If = Condition(); // what failed has allocated nothing anyway
      R.Acquires.push_back({Api, Kind::POOL, T.Where, T.Arg, Field, NA, NA,
                            Fails, If.W, If.Arg, false});
    } else if (What == "freesMem" && T.Where != Place::RETURN) {
      R.Releases.push_back(
          {Api, Kind::POOL, T.Where, T.Arg, Field, If.W, If.Arg});
    } else if (What == "aliasesMem" && T.Where == Place::VALUE) {
      When W = If.W == When::SUCCESS ? When::SUCCESS : When::ALWAYS;
      R.Transfers.push_back({true, Kind::POOL, T.Arg, W});
    }
  }

  bool pointsToPointer(int Arg) const {
    QualType P = FD->getParamDecl(Arg)->getType()->getPointeeType();
    return !P.isNull() && P->isPointerType();
  }
};

} // namespace

const Routine *annotatedRoutine(const FunctionDecl *FD) {
  static const ASTContext *For = nullptr;
  static llvm::DenseMap<const FunctionDecl *, std::unique_ptr<Routine>> Known;
  if (!FD || !FD->getIdentifier() || FD->hasBody() || isKernelRoutine(FD))
    return nullptr;
  if (For != &FD->getASTContext()) {
    Known.clear();
    For = &FD->getASTContext();
  }
  auto [It, New] = Known.try_emplace(FD->getCanonicalDecl());
  if (!New)
    return It->second.get();
  auto R = std::make_unique<Routine>();
  Reader Read(FD, *R);
  for (const FunctionDecl *D : FD->redecls()) {
    Read.attributes(D, {});
    for (const ParmVarDecl *P : D->parameters())
      Read.attributes(P,
                      {Place::VALUE,
                       static_cast<int>(P->getFunctionScopeIndex()), "", true});
  }
  // Declared by a function type: ALLOCATE_FUNCTION DriverAllocate;
  if (const auto *TD = FD->getType()->getAs<TypedefType>())
    Read.attributes(TD->getDecl(), {});
  if (R->Acquires.empty() && R->Releases.empty() && R->Transfers.empty())
    return nullptr;
  const Routine *Out = R.get();
  Known[FD->getCanonicalDecl()] = std::move(R);
  return Out;
}

} // namespace leak62
