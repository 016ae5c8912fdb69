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
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include <set>

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
  std::vector<const VarDecl *> Tables;
  bool VisitVarDecl(VarDecl *VD) {
    if (VD->hasGlobalStorage() && VD->getInit())
      Tables.push_back(VD);
    if (VD->hasGlobalStorage())
      addRows(VD->getType());
    return true;
  }
  std::set<std::string> Rows;
  bool VisitFieldDecl(FieldDecl *Field) {
    addRows(Field->getType());
    return true;
  }
  bool TraverseStmt(Stmt *S) {
    // Of functions only the static variables.
    if (auto *DS = dyn_cast_or_null<DeclStmt>(S))
      for (Decl *D : DS->decls())
        if (auto *VD = dyn_cast<VarDecl>(D))
          VisitVarDecl(VD);
    if (const Expr *Base = steppedIn(S))
      addRow(Base->getType()->getPointeeType()->getAsRecordDecl());
    if (S)
      for (Stmt *C : S->children())
        TraverseStmt(C);
    return true;
  }

private:
  // "p[i]", "p + i", "p++" of a pointer: it leads to an array.
  static const Expr *steppedIn(const Stmt *S) {
    const Expr *Base = nullptr, *By = nullptr;
    if (const auto *AS = dyn_cast_or_null<ArraySubscriptExpr>(S)) {
      Base = AS->getBase();
      By = AS->getIdx();
    } else if (const auto *BO = dyn_cast_or_null<BinaryOperator>(S)) {
      if (!BO->isAdditiveOp() && !BO->isCompoundAssignmentOp())
        return nullptr;
      Base = BO->getLHS();
      By = BO->getRHS();
    } else if (const auto *UO = dyn_cast_or_null<UnaryOperator>(S)) {
      if (UO->isIncrementDecrementOp())
        Base = UO->getSubExpr();
    }
    // A fixed step may lead past a header.
    if (!Base || !Base->getType()->isPointerType() ||
        (By && (!By->getType()->isIntegerType() ||
                isa<IntegerLiteral>(By->IgnoreParenCasts()))))
      return nullptr;
    return Base;
  }
  // Of an array of records, each and what lies in it.
  void addRows(QualType T) {
    if (const auto *Array =
            T->isArrayType() ? T->getBaseElementTypeUnsafe() : nullptr)
      addRow(Array->getAsRecordDecl());
  }
  void addRow(const RecordDecl *RD) {
    RD = RD ? RD->getDefinition() : nullptr;
    if (!RD || RD->getASTContext().getSourceManager().isInSystemHeader(
                   RD->getLocation()))
      return;
    std::string Name = recordName(RD);
    if (!Name.empty() && !Rows.insert(Name).second)
      return;
    for (const FieldDecl *Field : RD->fields())
      addRow(Field->getType()->getBaseElementTypeUnsafe()->getAsRecordDecl());
  }
};

// The numbers in a row of a table, by which it is looked up: " ^PATH #INT"...
std::string numbersOf(const InitListExpr *List, const RecordDecl *RD,
                      const std::string &Path) {
  const ASTContext &Ctx = RD->getASTContext();
  std::string Out, Name = recordName(RD);
  unsigned I = 0;
  for (const FieldDecl *F : RD->fields()) {
    Expr::EvalResult R;
    if (I >= List->getNumInits())
      break;
    const Expr *E = List->getInit(I++);
    if (!F->getType()->isIntegralOrEnumerationType() ||
        !E->EvaluateAsInt(R, Ctx))
      continue;
    llvm::SmallString<16> Number;
    R.Val.getInt().toString(Number, 10);
    Out += " ^" +
           skeletonWord((Name.empty() ? Path : Name) + "." +
                        F->getNameAsString()) +
           " #" + Number.str().str();
  }
  return Out;
}

// The routines that an initialiser names.  An element of an array of routines
// is known by its index, one of an array of records by the field.
void findRoutines(const Expr *Init, const std::string &Path,
                  const std::string &Row, std::string &Out) {
  Init = Init->IgnoreParenImpCasts();
  const auto *List = dyn_cast<InitListExpr>(Init);
  if (!List) {
    const FunctionDecl *Routine = routineOf(Init);
    if (Routine && !Path.empty())
      Out += routineLine(skeletonWord(Path), Routine, Row);
    return;
  }
  const RecordDecl *RD = List->getType()->getAsRecordDecl();
  if (RD && RD->isUnion())
    return;
  std::string Numbers = RD ? numbersOf(List, RD, Path) : Row;
  auto Field = RD ? RD->field_begin() : RecordDecl::field_iterator();
  for (unsigned I = 0; I < List->getNumInits(); ++I) {
    std::string Below;
    if (RD) {
      if (Field == RD->field_end())
        break;
      std::string Name = recordName(RD);
      Below = (Name.empty() ? Path : Name) + "." + Field->getNameAsString();
      ++Field;
    } else if (!Path.empty() && Path.back() != ']') {
      Below = Path + "[#" + std::to_string(I) + "]";
    }
    findRoutines(List->getInit(I), Below, Numbers, Out);
  }
}

std::string routinesIn(const VarDecl *VD) {
  std::string Out;
  findRoutines(VD->getInit(), pathOfGlobal(VD), "", Out);
  return Out;
}

} // namespace

llvm::Error writeSkeleton(ASTContext *Ctx, const std::string &Source,
                          const std::string &Out) {
  std::string Text;
  llvm::raw_string_ostream OS(Text);
  OS << "leak62-skeleton 2\nT " << skeletonWord(Source) << '\n';
  if (Ctx) {
    Definitions D;
    D.TraverseDecl(Ctx->getTranslationUnitDecl());
    for (const std::string &Record : D.Rows)
      OS << "Y " << skeletonWord(Record) << '\n';
    std::string Routines;
    for (const VarDecl *VD : D.Tables)
      Routines += routinesIn(VD);
    for (const FunctionDecl *FD : D.Found) {
      SkeletonFunction Function(FD);
      Function.write(OS);
      Routines += Function.routines();
    }
    OS << Routines;
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
