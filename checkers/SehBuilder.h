//===- SehBuilder.h - C that the lowering of __try inserts ------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_SEHBUILDER_H
#define LEAK62_CHECKERS_SEHBUILDER_H

#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "clang/AST/Expr.h"
#include "clang/AST/Stmt.h"
#include "llvm/ADT/DenseMap.h"

namespace leak62 {

/// Builds the C that the lowering inserts.
class SehBuilder {
public:
  explicit SehBuilder(clang::ASTContext &Ctx) : Ctx(Ctx) {}

  clang::ASTContext &Ctx;
  clang::FunctionDecl *In = nullptr;

  clang::LabelDecl *label(llvm::StringRef Name, clang::SourceLocation Loc) {
    return clang::LabelDecl::Create(Ctx, In, Loc, &Ctx.Idents.get(Name));
  }
  clang::Stmt *labelled(clang::LabelDecl *L, clang::Stmt *S,
                        clang::SourceLocation Loc) {
    auto *LS = new (Ctx) clang::LabelStmt(Loc, L, S);
    L->setStmt(LS);
    return LS;
  }
  clang::Stmt *null(clang::SourceLocation Loc) {
    return new (Ctx) clang::NullStmt(Loc);
  }
  clang::Stmt *jump(clang::LabelDecl *L, clang::SourceLocation Loc) {
    return new (Ctx) clang::GotoStmt(L, Loc, Loc);
  }
  clang::CompoundStmt *block(llvm::ArrayRef<clang::Stmt *> Stmts,
                             clang::SourceLocation Begin,
                             clang::SourceLocation End) {
    return clang::CompoundStmt::Create(Ctx, Stmts, clang::FPOptionsOverride(),
                                       Begin, End);
  }
  clang::VarDecl *variable(llvm::StringRef Name, clang::QualType T,
                           clang::SourceLocation Loc) {
    return clang::VarDecl::Create(Ctx, In, Loc, Loc, &Ctx.Idents.get(Name), T,
                                  Ctx.getTrivialTypeSourceInfo(T, Loc),
                                  clang::SC_None);
  }
  clang::Stmt *declare(clang::VarDecl *VD) {
    return new (Ctx) clang::DeclStmt(clang::DeclGroupRef(VD), VD->getLocation(),
                                     VD->getLocation());
  }
  clang::Expr *integer(uint64_t V, clang::SourceLocation Loc) {
    return clang::IntegerLiteral::Create(
        Ctx, llvm::APInt(Ctx.getIntWidth(Ctx.IntTy), V), Ctx.IntTy, Loc);
  }
  clang::Expr *reference(clang::ValueDecl *D, clang::SourceLocation Loc) {
    return clang::DeclRefExpr::Create(Ctx, clang::NestedNameSpecifierLoc(),
                                      clang::SourceLocation(), D, false, Loc,
                                      D->getType(), clang::VK_LValue);
  }
  clang::Expr *load(clang::VarDecl *VD, clang::SourceLocation Loc) {
    return clang::ImplicitCastExpr::Create(
        Ctx, VD->getType().getUnqualifiedType(), clang::CK_LValueToRValue,
        reference(VD, Loc), nullptr, clang::VK_PRValue,
        clang::FPOptionsOverride());
  }
  clang::Stmt *assign(clang::VarDecl *VD, clang::Expr *Value,
                      clang::SourceLocation Loc) {
    return clang::BinaryOperator::Create(
        Ctx, reference(VD, Loc), Value, clang::BO_Assign,
        VD->getType().getUnqualifiedType(), clang::VK_PRValue,
        clang::OK_Ordinary, Loc, clang::FPOptionsOverride());
  }
  clang::Expr *equals(clang::VarDecl *VD, uint64_t V,
                      clang::SourceLocation Loc) {
    return clang::BinaryOperator::Create(
        Ctx, load(VD, Loc), integer(V, Loc), clang::BO_EQ, Ctx.IntTy,
        clang::VK_PRValue, clang::OK_Ordinary, Loc, clang::FPOptionsOverride());
  }
  clang::Stmt *ifThen(clang::Expr *Cond, clang::Stmt *Then,
                      clang::SourceLocation Loc) {
    return clang::IfStmt::Create(Ctx, Loc, clang::IfStatementKind::Ordinary,
                                 nullptr, nullptr, Cond, Loc, Loc, Then);
  }
  clang::Expr *call(const char *Name, clang::QualType Result,
                    clang::SourceLocation Loc) {
    clang::FunctionDecl *&FD = Opaque[Name];
    if (!FD) {
      clang::QualType FT = Ctx.getFunctionType(Result, {}, {});
      FD = clang::FunctionDecl::Create(
          Ctx, Ctx.getTranslationUnitDecl(), Loc, Loc,
          clang::DeclarationName(&Ctx.Idents.get(Name)), FT,
          Ctx.getTrivialTypeSourceInfo(FT, Loc), clang::SC_Extern);
      FD->setImplicit();
    }
    clang::Expr *Callee = clang::ImplicitCastExpr::Create(
        Ctx, Ctx.getPointerType(FD->getType()),
        clang::CK_FunctionToPointerDecay, reference(FD, Loc), nullptr,
        clang::VK_PRValue, clang::FPOptionsOverride());
    return clang::CallExpr::Create(Ctx, Callee, {}, Result, clang::VK_PRValue,
                                   Loc, clang::FPOptionsOverride());
  }

private:
  llvm::DenseMap<const char *, clang::FunctionDecl *> Opaque;
};

} // namespace leak62

#endif
