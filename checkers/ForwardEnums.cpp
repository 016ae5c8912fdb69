//===- ForwardEnums.cpp - Enumerations that are used before ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   struct FILE { enum _KIND Kind; };     // the enumeration follows later
//   typedef enum _KIND { A, B } KIND;
//
// Microsoft's compiler takes this, for there each enumeration of C is an int.
// clang does so for its targets alone, and mingw-w64's headers need another
// one.  So where `enum NAME` is the first that is heard of NAME, and no list of
// values follows, the name is declared here: with int, but not fixed to it, so
// that the definition may come as it likes.
//
// Not seen: a macro that gives the name alone; enumerations inside functions.
//
//===----------------------------------------------------------------------===//

#include "ForwardEnums.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/Lexer.h"
#include "clang/Sema/ExternalSemaSource.h"
#include "clang/Sema/Lookup.h"
#include "clang/Sema/Scope.h"
#include "clang/Sema/Sema.h"
#include "llvm/ADT/StringExtras.h"

using namespace clang;

namespace leak62 {
namespace {

class ForwardEnums final : public ExternalSemaSource {
public:
  explicit ForwardEnums(Sema &S) : S(S) {}

  bool LookupUnqualified(LookupResult &R, Scope *From) override {
    // Inside a function it may be one of its own.
    if (R.getLookupKind() != Sema::LookupTagName || !R.empty() ||
        (From && From->getFnParent()))
      return false;
    ASTContext &Ctx = S.Context;
    const IdentifierInfo *Name = R.getLookupName().getAsIdentifierInfo();
    SourceLocation At = S.getSourceManager().getSpellingLoc(R.getNameLoc());
    if (!Name || At.isInvalid() || !followsEnum(At) || isDefinedAt(At))
      return false;
    DeclContext *Unit = Ctx.getTranslationUnitDecl();
    auto *E = EnumDecl::Create(Ctx, Unit, At, At,
                               const_cast<IdentifierInfo *>(Name), nullptr,
                               /*IsScoped=*/false, /*IsScopedUsingClassTag=*/
                               false, /*IsFixed=*/false);
    E->setIntegerType(Ctx.IntTy);
    E->setPromotionType(Ctx.IntTy);
    Unit->addDecl(E);
    S.TUScope->AddDecl(E);
    S.IdResolver.tryAddTopLevelDecl(E, R.getLookupName());
    R.addDecl(E);
    R.resolveKind();
    return true;
  }

private:
  Sema &S;

  /// Whether the word before is `enum`.
  bool followsEnum(SourceLocation At) const {
    const SourceManager &SM = S.getSourceManager();
    auto [File, Offset] = SM.getDecomposedLoc(At);
    StringRef Before = SM.getBufferData(File).take_front(Offset).rtrim();
    return Before.consume_back("enum") && Before.size() < Offset &&
           (Before.empty() ||
            !(llvm::isAlnum(Before.back()) || Before.back() == '_'));
  }

  /// Whether a list of values follows, or the type.
  bool isDefinedAt(SourceLocation At) const {
    auto Next = Lexer::findNextToken(At, S.getSourceManager(), S.getLangOpts());
    return !Next || Next->isOneOf(tok::l_brace, tok::colon);
  }
};

} // namespace

void acceptForwardEnums(Sema &S) {
  if (!S.getLangOpts().CPlusPlus)
    S.addExternalSource(new ForwardEnums(S));
}

} // namespace leak62
