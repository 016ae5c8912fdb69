//===- Skeleton.cpp - From control-flow graphs to skeletons ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One pass over the blocks of each function's graph.  Expressions without
// side effects are read where they are used, which may be a little later than
// C says; calls and assignments leave their value in a variable of their own.
//
// Limits: values of && and || are unknown; so are fields of structures that
// were copied as a whole, and what bit operations say of flags.
//
//===----------------------------------------------------------------------===//

#include "Skeleton.h"
#include "AccessPath.h"
#include "Facts.h"
#include "Resources.h"
#include "SehLowering.h"
#include "SkeletonFunction.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace clang;

namespace leak62 {

std::string skeletonWord(llvm::StringRef Text) {
  std::string Out;
  for (unsigned char Ch : Text)
    if (Ch <= ' ' || Ch == '%' || Ch == ':' || Ch == ',' || Ch >= 127)
      Out += "%" + llvm::utohexstr(Ch, /*LowerCase=*/false, /*Width=*/2);
    else
      Out += static_cast<char>(Ch);
  return Out;
}

namespace {

class Definitions : public RecursiveASTVisitor<Definitions> {
public:
  std::vector<const FunctionDecl *> Found;
  bool VisitFunctionDecl(FunctionDecl *FD) {
    if (FD->doesThisDeclarationHaveABody() && !FD->isDependentContext() &&
        FD->getIdentifier() && !isSystemRoutine(FD))
      Found.push_back(FD);
    return true;
  }
  bool TraverseStmt(Stmt *) { return true; }
};

} // namespace

llvm::Error writeSkeleton(ASTContext *Ctx, const std::string &Source,
                          const std::string &Out) {
  std::string Text;
  llvm::raw_string_ostream OS(Text);
  OS << "leak62-skeleton 2\nT " << skeletonWord(Source) << '\n';
  if (Ctx) {
    Definitions D;
    D.TraverseDecl(Ctx->getTranslationUnitDecl());
    for (const FunctionDecl *FD : D.Found)
      SkeletonFunction(FD).write(OS);
  }
  OS.flush();
  std::error_code EC;
  std::string Temporary = Out + ".tmp";
  {
    llvm::raw_fd_ostream File(Temporary, EC);
    if (EC)
      return llvm::createStringError(EC, "%s cannot be written: %s",
                                     Temporary.c_str(), EC.message().c_str());
    File << Text;
    File.close();
    if (File.has_error()) {
      EC = File.error();
      File.clear_error();
      return llvm::createStringError(EC, "%s cannot be written: %s",
                                     Temporary.c_str(), EC.message().c_str());
    }
  }
  EC = llvm::sys::fs::rename(Temporary, Out);
  if (EC)
    return llvm::createStringError(EC, "%s cannot be written: %s", Out.c_str(),
                                   EC.message().c_str());
  return llvm::Error::success();
}

} // namespace leak62
