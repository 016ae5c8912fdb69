//===- Callbacks.cpp ------------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Callbacks.h"
#include "AccessPath.h"
#include "Facts.h"
#include "LocalUses.h"
#include "clang/AST/Decl.h"
#include "clang/AST/Expr.h"
#include "clang/AST/Stmt.h"
#include <map>

using namespace clang;

namespace leak62 {
namespace {

/// What a call or an assignment names as the object that a routine is set up
/// in: a variable, its field, or the address of one.
struct Object {
  const VarDecl *Variable = nullptr;
  const ValueDecl *Field = nullptr;
  bool Address = false;
  bool operator==(const Object &O) const {
    return Variable && Variable == O.Variable && Field == O.Field &&
           Address == O.Address;
  }
};

Object objectOf(const Expr *E) {
  Object Out;
  E = E->IgnoreParenCasts();
  if (const auto *UO = dyn_cast<UnaryOperator>(E)) {
    if (UO->getOpcode() != UO_AddrOf)
      return Out;
    Out.Address = true;
    E = UO->getSubExpr()->IgnoreParenCasts();
  }
  if (const auto *ME = dyn_cast<MemberExpr>(E)) {
    Out.Field = ME->getMemberDecl();
    E = ME->getBase();
  }
  Out.Variable = variableOf(E);
  return Out;
}

/// The function with a body that \p E names, or null.
const FunctionDecl *routineOf(const Expr *E) {
  E = E->IgnoreParenCasts();
  if (const auto *UO = dyn_cast<UnaryOperator>(E))
    E = UO->getSubExpr()->IgnoreParenCasts();
  const auto *Ref = dyn_cast<DeclRefExpr>(E);
  const auto *FD = Ref ? dyn_cast<FunctionDecl>(Ref->getDecl()) : nullptr;
  const FunctionDecl *Def = nullptr;
  return FD && FD->hasBody(Def) ? Def : nullptr;
}

/// One place that gives a routine its context.
struct Binding {
  const FunctionDecl *Routine;
  int Param;
  const char *Role;
  const Expr *Context;
  const Stmt *Taker;     ///< the call or assignment that gets the context
  const Expr *Set;       ///< the object that it is set up in, or null:
  const CallExpr *Start; ///< then this call starts it
  bool MayFail = false;
  const Expr *Irp = nullptr; ///< of a completion routine
};

/// Looks for contexts in one function.
class Finder {
public:
  Finder(ASTContext &Ctx, const FunctionDecl *FD, GivenContexts &Out,
         llvm::DenseMap<const FunctionDecl *, int> &Mentions)
      : Ctx(Ctx), FD(FD), Out(Out), Mentions(Mentions) {}

  void run() {
    visit(FD->getBody());
    for (const auto &[BO, Object] : RoutineFields)
      bindByField(BO, Object);
    for (const Binding &B : Bindings)
      enter(B);
  }

  /// Counts who is named in \p S.
  void visit(const Stmt *S) {
    if (!S)
      return;
    if (const auto *Ref = dyn_cast<DeclRefExpr>(S)) {
      if (const auto *Named = dyn_cast<FunctionDecl>(Ref->getDecl()))
        ++Mentions[Named->getCanonicalDecl()];
    } else if (const auto *CE = dyn_cast<CallExpr>(S)) {
      const FunctionDecl *Callee = CE->getDirectCallee();
      Waits |= Callee && Callee->getIdentifier() &&
               Callee->getName().starts_with("KeWaitFor");
      if (const Routine *R = lookupRoutine(CE->getDirectCallee())) {
        if (!R->Starts.empty())
          Starts.push_back(CE);
        for (const Context &C : R->Contexts)
          bind(CE, *R, C);
      }
    } else if (const auto *BO = dyn_cast<BinaryOperator>(S)) {
      if (BO->getOpcode() == BO_Assign)
        if (const auto *ME =
                dyn_cast<MemberExpr>(BO->getLHS()->IgnoreParenCasts()))
          RoutineFields.push_back({BO, ME});
    }
    for (const Stmt *C : S->children())
      visit(C);
  }

private:
  ASTContext &Ctx;
  const FunctionDecl *FD;
  GivenContexts &Out;
  /// How often a routine is named, less the places that give it a context.
  llvm::DenseMap<const FunctionDecl *, int> &Mentions;
  std::unique_ptr<LocalUses> Uses;
  llvm::SmallVector<Binding, 4> Bindings;
  llvm::SmallVector<const CallExpr *, 8> Starts;
  bool Waits = false;
  llvm::SmallVector<std::pair<const BinaryOperator *, const MemberExpr *>, 16>
      RoutineFields;

  static const Expr *argument(const CallExpr *CE, int I) {
    return I >= 0 && I < static_cast<int>(CE->getNumArgs()) ? CE->getArg(I)
                                                            : nullptr;
  }

  void bind(const CallExpr *CE, const Routine &R, const Context &C) {
    const Expr *Code = argument(CE, C.RoutineArg);
    const Expr *Given = argument(CE, C.ContextArg);
    const FunctionDecl *Def = Code ? routineOf(Code) : nullptr;
    if (!Def || !Given)
      return;
    Binding B{Def,     C.Param,
              nullptr, Given,
              CE,      argument(CE, C.ObjectArg),
              nullptr, /*MayFail=*/false};
    for (auto [Arg, Role] : R.Callbacks)
      if (Arg == C.RoutineArg)
        B.Role = Role;
    for (const Transfer &T : R.Transfers)
      B.MayFail |= T.Arg == C.ContextArg && T.Cond == When::SUCCESS;
    if (C.ObjectArg == NA)
      B.Start = CE;
    if (R.CompletionIrp != NA)
      B.Irp = argument(CE, R.CompletionIrp);
    Bindings.push_back(B);
  }

  // Object->WorkerRoutine = Routine; Object->Parameter = Context;
  void bindByField(const BinaryOperator *BO, const MemberExpr *Field) {
    const auto *FieldOf = dyn_cast<FieldDecl>(Field->getMemberDecl());
    int Param = NA;
    StringRef Record = FieldOf ? FieldOf->getParent()->getName() : "";
    const char *Name =
        FieldOf ? contextField(Record, FieldOf->getName(), Param) : nullptr;
    const FunctionDecl *Def = Name ? routineOf(BO->getRHS()) : nullptr;
    if (!Def)
      return;
    for (const auto &[Other, ME] : RoutineFields)
      if (ME->getMemberDecl()->getNameAsString() == Name &&
          objectOf(ME->getBase()) == objectOf(Field->getBase()))
        Bindings.push_back({Def, Param, roleOfField(Record, FieldOf->getName()),
                            Other->getRHS(), Other, Field->getBase(), nullptr});
  }

  // The calls that start what B sets up; false if one does so over and over.
  bool findStarts(const Binding &B, LocalUses::Way &W) const {
    W.MayFail = B.MayFail;
    W.Takers.insert(B.Taker);
    if (B.Start)
      W.Starts.push_back(B.Start);
    if (!B.Set)
      return true;
    Object O = objectOf(B.Set);
    for (const CallExpr *CE : Starts)
      for (const Start &S : lookupRoutine(CE->getDirectCallee())->Starts) {
        const Expr *Of = argument(CE, S.ObjectArg);
        if (!Of || !(objectOf(Of) == O))
          continue;
        if (const Expr *Period = argument(CE, S.PeriodArg)) {
          Expr::EvalResult R;
          if (!Period->EvaluateAsInt(R, Ctx) || R.Val.getInt() != 0)
            return false;
        }
        W.Takers.insert(CE);
        W.Starts.push_back(CE);
      }
    return true;
  }

  // The object that is started must be the context's, or known here alone:
  // others could start it again.
  bool isOwnObject(const Binding &B, const VarDecl *Context) const {
    if (!B.Set || B.Irp)
      return true;
    Object O = objectOf(B.Set);
    if (!O.Variable)
      return false;
    return O.Variable == Context ? O.Address || !O.Field
                                 : !O.Field && !O.Address && localOf(B.Set);
  }

  void enter(const Binding &B) {
    const FunctionDecl *Def = B.Routine;
    --Mentions[Def->getCanonicalDecl()];
    auto [It, First] = Out.try_emplace(Def->getCanonicalDecl());
    GivenContext &Given = It->second;
    if (First) {
      Given.Routine = Def;
      Given.Role = B.Role;
      Given.Where = B.Taker;
      Given.In = FD;
    }
    llvm::SmallVector<GivenThing, 2> Here;
    LocalUses::Way W;
    W.Irp = B.Irp ? localOf(B.Irp) : nullptr;
    // Who waits for a completion routine frees what it gave.
    if (findStarts(B, W) && !W.Starts.empty() && !(B.Irp && Waits)) {
      if (!Uses)
        Uses = std::make_unique<LocalUses>(Ctx, FD);
      const VarDecl *VD = localOf(B.Context);
      if (VD && isOwnObject(B, VD) &&
          B.Param < static_cast<int>(Def->getNumParams()))
        if (FreshValue From = Uses->givenAway(VD, W)) {
          Here.push_back({Def->getParamDecl(B.Param), nullptr, From.Call,
                          From.Row, VD->getNameAsString()});
          addMembers(B, VD, W, Here);
        }
      addIrp(B, VD, W, Here);
    }
    if (First) {
      Given.Things = std::move(Here);
      return;
    }
    // In several places: what each of them gives.
    llvm::erase_if(Given.Things, [&](const GivenThing &T) {
      return llvm::none_of(Here, [&](const GivenThing &O) {
        return O.Param == T.Param && O.Field == T.Field;
      });
    });
  }

  // An IRP comes with the completion routine as the second parameter.
  void addIrp(const Binding &B, const VarDecl *Context, const LocalUses::Way &W,
              llvm::SmallVectorImpl<GivenThing> &Here) {
    const VarDecl *VD = B.Irp ? localOf(B.Irp) : nullptr;
    if (!VD || VD == Context || B.Routine->getNumParams() < 2)
      return;
    if (FreshValue From = Uses->givenAway(VD, W);
        From && From.Row->K == Kind::IRP)
      Here.push_back({B.Routine->getParamDecl(1), nullptr, From.Call, From.Row,
                      VD->getNameAsString(), /*IsIrp=*/true});
  }

  // What the fields of the context hold when it is handed over, other than what
  // the routine gets as a parameter as well.
  void addMembers(const Binding &B, const VarDecl *VD, const LocalUses::Way &W,
                  llvm::SmallVectorImpl<GivenThing> &Here) {
    QualType T = VD->getType()->getPointeeType();
    const RecordDecl *RD = T.isNull() ? nullptr : T->getAsRecordDecl();
    RD = RD ? RD->getDefinition() : nullptr;
    if (!RD || RD->isUnion())
      return;
    for (const FieldDecl *F : RD->fields()) {
      if (!F->getType()->isPointerType())
        continue;
      FreshValue From = Uses->heldIn(VD, F, W);
      if (From && From.Row->K != Kind::IRP &&
          (B.Routine->getNumParams() <= 2 || From.Row->K == Kind::POOL))
        Here.push_back({B.Routine->getParamDecl(B.Param), F, From.Call,
                        From.Row,
                        VD->getNameAsString() + "->" + F->getNameAsString()});
    }
  }
};

} // namespace

GivenContexts findGivenContexts(ASTContext &Ctx) {
  GivenContexts Found, Out;
  llvm::DenseMap<const FunctionDecl *, int> Mentions;
  for (const Decl *D : Ctx.getTranslationUnitDecl()->decls()) {
    if (const auto *FD = dyn_cast<FunctionDecl>(D)) {
      if (FD->doesThisDeclarationHaveABody())
        Finder(Ctx, FD, Found, Mentions).run();
    } else if (const auto *VD = dyn_cast<VarDecl>(D)) {
      Finder(Ctx, nullptr, Found, Mentions).visit(VD->getInit());
    }
  }
  // A routine that is called or passed around as well has other callers.  Of
  // those in other files the linker knows.
  for (auto &[FD, Given] : Found)
    if (!Given.Things.empty() && Mentions.lookup(FD) == 0 &&
        (currentFacts() || FD->getFormalLinkage() != Linkage::External))
      Out[FD] = Given;
  return Out;
}

std::string describeCallback(const GivenContext &Given) {
  StringRef Role = Given.Role ? Given.Role : "";
  return (Role == "WORK_ITEM"    ? "work item routine "
          : Role == "THREAD"     ? "thread routine "
          : Role == "DPC"        ? "DPC routine "
          : Role == "COMPLETION" ? "completion routine "
                                 : "routine ") +
         Given.Routine->getNameAsString();
}

} // namespace leak62
