//===- Demands.cpp --------------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Demands.h"
#include "AccessPath.h"
#include "LeakChecker.h"
#include "Outside.h"
#include "SehLowering.h"
#include "clang/AST/ParentMap.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/RangedConstraintManager.h"

using namespace clang;
using namespace ento;

namespace leak62 {
namespace {

/// What the path says of one symbol.
struct Assumed {
  Numbers Set;
  QualType T;
  bool Decided = false; ///< by a branch
  Position At;          ///< of the first decision
  std::string Text;     ///< of it
  size_t Order = 0;     ///< the step that it was first known at
  unsigned Nth = 1;     ///< of a call's result: which evaluation of the call
};

int64_t clamped(const llvm::APSInt &N) {
  if (N.isUnsigned())
    return N.getActiveBits() > 63 ? INT64_MAX : int64_t(N.getZExtValue());
  return N.getSExtValue();
}

// As numbers of type T, whatever the engine has taken them for.
Numbers numbersOf(const RangeSet &Ranges, QualType T, const ASTContext &Ctx) {
  Numbers Out;
  bool Integer = T->isIntegralOrEnumerationType();
  auto Add = [&](llvm::APSInt From, llvm::APSInt To) {
    if (Integer && From.getBitWidth() == Ctx.getIntWidth(T)) {
      From.setIsSigned(T->isSignedIntegerOrEnumerationType());
      To.setIsSigned(From.isSigned());
    }
    unsigned Bits = From.getBitWidth();
    Out.LowestIsOpen |=
        From == llvm::APSInt::getMinValue(Bits, From.isUnsigned());
    Out.HighestIsOpen |= To == llvm::APSInt::getMaxValue(Bits, To.isUnsigned());
    Out.In.push_back({clamped(From), clamped(To)});
  };
  for (const ento::Range &R : Ranges) {
    llvm::APSInt From = R.From(), To = R.To();
    // In the other signedness a range may begin above where it ends.
    if (From.isNegative() != To.isNegative() && From.isUnsigned() ==
        (Integer && T->isSignedIntegerOrEnumerationType())) {
      llvm::APInt Least = llvm::APInt::getSignedMinValue(From.getBitWidth());
      bool Unsigned = From.isUnsigned();
      llvm::APInt Middle = Unsigned ? Least : llvm::APInt(From.getBitWidth(), 0);
      Add(From, llvm::APSInt(Middle - 1, Unsigned));
      Add(llvm::APSInt(Middle, Unsigned), To);
    } else {
      Add(From, To);
    }
  }
  std::sort(Out.In.begin(), Out.In.end(),
            [](const Numbers::Range &A, const Numbers::Range &B) {
              return A.Min < B.Min;
            });
  std::vector<Numbers::Range> Joined;
  for (const Numbers::Range &R : Out.In)
    if (!Joined.empty() && Joined.back().Max != INT64_MAX &&
        Joined.back().Max + 1 >= R.Min)
      Joined.back().Max = std::max(Joined.back().Max, R.Max);
    else
      Joined.push_back(R);
  Out.In = std::move(Joined);
  return Out;
}

// A symbol that had died may come back, and less is known of it then.
Numbers both(const Numbers &A, const Numbers &B) {
  Numbers Out;
  Out.LowestIsOpen = A.LowestIsOpen && B.LowestIsOpen;
  Out.HighestIsOpen = A.HighestIsOpen && B.HighestIsOpen;
  for (const Numbers::Range &X : A.In)
    for (const Numbers::Range &Y : B.In)
      if (int64_t Min = std::max(X.Min, Y.Min), Max = std::min(X.Max, Y.Max);
          Min <= Max)
        Out.In.push_back({Min, Max});
  return Out;
}

bool same(const Numbers &A, const Numbers &B) {
  return A.In.size() == B.In.size() &&
         std::equal(A.In.begin(), A.In.end(), B.In.begin(),
                    [](const Numbers::Range &X, const Numbers::Range &Y) {
                      return X.Min == Y.Min && X.Max == Y.Max;
                    });
}

const CallExpr *callOf(SymbolRef Sym) {
  const auto *SC = dyn_cast<SymbolConjured>(Sym);
  return SC ? dyn_cast_or_null<CallExpr>(SC->getStmt()) : nullptr;
}

// The fields from the memory that a pointer leads to, or from a variable.
const MemRegion *chainOf(const MemRegion *R, FieldChain &Out) {
  for (;;) {
    if (const auto *FR = dyn_cast<FieldRegion>(R)) {
      Out.insert(Out.begin(), FR->getDecl());
      R = FR->getSuperRegion();
    } else if (const auto *ER = dyn_cast<ElementRegion>(R)) {
      R = ER->getSuperRegion();
    } else {
      return R;
    }
  }
}

const MemRegion *regionOf(SymbolRef Sym) {
  if (const auto *RV = dyn_cast<SymbolRegionValue>(Sym))
    return RV->getRegion();
  if (const auto *SD = dyn_cast<SymbolDerived>(Sym))
    return SD->getRegion();
  return nullptr;
}

// The number of the parameter that Sym is the value of, or -1.
int parameterOf(SymbolRef Sym) {
  const auto *RV = dyn_cast<SymbolRegionValue>(Sym);
  const auto *VR = RV ? dyn_cast<VarRegion>(RV->getRegion()) : nullptr;
  const auto *PD = VR ? dyn_cast<ParmVarDecl>(VR->getDecl()) : nullptr;
  return PD ? static_cast<int>(PD->getFunctionScopeIndex()) : -1;
}

// Where the pointer Sym leads: a buffer of the request, or nullopt.
std::optional<Outside> bufferBehind(SymbolRef Sym) {
  if (const CallExpr *CE = callOf(Sym)) {
    std::string Name = bufferMappedBy(CE);
    return Name.empty() ? std::nullopt
                        : std::optional(Outside{"buffer", Name, {}, {}});
  }
  if (int Param = parameterOf(Sym); Param >= 0)
    return Outside{"pointee", std::to_string(Param), {}, {}};
  const MemRegion *R = regionOf(Sym);
  FieldChain Fields;
  if (R)
    chainOf(R, Fields);
  auto Out = outsideOfFields(Fields);
  return Out && Out->Kind == "pointer"
             ? std::optional(Outside{"buffer", Out->Name, {}, {}})
             : std::nullopt;
}

// What is read from R.
std::optional<Outside> valueAt(const TypedValueRegion *R, ASTContext &Ctx) {
  FieldChain Fields;
  const MemRegion *Base = chainOf(R, Fields);
  if (auto Out = outsideOfFields(Fields))
    return Out;
  const auto *SR = dyn_cast<SymbolicRegion>(Base);
  auto Out = SR ? bufferBehind(SR->getSymbol()) : std::nullopt;
  if (!Out)
    return std::nullopt;
  RegionOffset Where = R->getAsOffset();
  if (!Where.isValid() || Where.hasSymbolicOffset() ||
      Where.getOffset() % 8 != 0 || Where.getRegion() != Base)
    return std::nullopt;
  Out->Offset = Where.getOffset() / 8;
  Out->Width = Ctx.getTypeSizeInChars(R->getValueType()).getQuantity();
  return Out;
}

class Walk {
public:
  explicit Walk(ASTContext &Ctx) : Ctx(Ctx), SM(Ctx.getSourceManager()) {}

  std::vector<Demand> run(const ExplodedNode *N) {
    std::vector<const ExplodedNode *> Path;
    for (; N; N = N->getFirstPred())
      Path.push_back(N);
    std::reverse(Path.begin(), Path.end());
    for (size_t I = 0; I < Path.size(); ++I) {
      follow(Path[I]);
      if (!I || Path[I]->getState()->getGDM().getRootWithoutRetain() !=
                    Path[I - 1]->getState()->getGDM().getRootWithoutRetain())
        learn(Path[I], I);
    }
    for (auto &[Sym, A] : Known)
      put(Sym, A);
    std::sort(Found.begin(), Found.end());
    std::vector<Demand> Out;
    for (auto &[Order, D] : Found)
      if (std::none_of(Out.begin(), Out.end(), [&D = D](const Demand &O) {
            return !(O < D) && !(D < O);
          }))
        Out.push_back(D);
    return Out;
  }

private:
  ASTContext &Ctx;
  const SourceManager &SM;
  llvm::DenseMap<SymbolRef, Assumed> Known;
  llvm::DenseSet<SymbolRef> Present;
  /// How often the path has come to each call, and the block it last did in.
  llvm::DenseMap<const Stmt *, std::pair<unsigned, size_t>> Calls;
  size_t Blocks = 0;
  std::vector<std::pair<size_t, Demand>> Found;

  // Counts calls, and sees which raise.
  void follow(const ExplodedNode *N) {
    if (N->getLocation().getAs<BlockEdge>())
      ++Blocks;
    auto P = N->getLocation().getAs<StmtPoint>();
    const auto *CE = P ? dyn_cast<CallExpr>(P->getStmt()) : nullptr;
    if (!CE)
      return;
    auto [It, New] = Calls.try_emplace(CE, 1, Blocks);
    if (!New && It->second.second != Blocks)
      It->second = {It->second.first + 1, Blocks};
    else if (!New)
      return;
    const FunctionDecl *FD = CE->getDirectCallee();
    if (FD && FD->getIdentifier() && FD->getName() == SehRaised)
      raise(N, CE, It->second.first);
  }

  void raise(const ExplodedNode *N, const CallExpr *CE, unsigned Nth) {
    for (unsigned Steps = 0; N && Steps < 4; ++Steps) {
      SVal V = N->getState()->getSVal(CE, N->getLocationContext());
      if (V.isZeroConstant())
        return;
      if (V.getAs<nonloc::ConcreteInt>())
        break;
      N = N->getFirstPred();
    }
    Demand D;
    D.Value.Kind = "raises";
    if (const CallExpr *Raiser = raiserAfter(CE, N->getLocationContext()))
      if (const FunctionDecl *FD = Raiser->getDirectCallee())
        D.Value.Name = FD->getNameAsString();
    D.Min = D.Max = 1;
    D.Nth = Nth;
    D.At = positionOf(SM, CE->getBeginLoc());
    Found.push_back({Known.size(), D});
  }

  // The call in the statement that the question stands before.
  static const CallExpr *raiserAfter(const CallExpr *CE,
                                     const LocationContext *LC) {
    const ParentMap &PM = LC->getParentMap();
    const Stmt *If = PM.getParent(CE);
    while (If && !isa<IfStmt>(If))
      If = PM.getParent(If);
    const Stmt *Block = If ? PM.getParent(If) : nullptr;
    bool Next = false;
    if (Block)
      for (const Stmt *S : Block->children()) {
        if (Next)
          return firstCall(S);
        Next = S == If;
      }
    return nullptr;
  }

  static const CallExpr *firstCall(const Stmt *S) {
    if (!S)
      return nullptr;
    for (const Stmt *C : S->children())
      if (const CallExpr *CE = firstCall(C))
        return CE;
    const auto *CE = dyn_cast<CallExpr>(S);
    return CE && CE->getDirectCallee() && isKernelRoutine(CE->getDirectCallee())
               ? CE
               : nullptr;
  }

  void learn(const ExplodedNode *N, size_t Step) {
    auto Edge = N->getLocation().getAs<BlockEdge>();
    bool Branch = Edge || N->getLocation().getAs<PostCondition>();
    const Stmt *Cond = Edge ? Edge->getSrc()->getTerminatorCondition()
                            : N->getStmtForDiagnostics();
    llvm::DenseSet<SymbolRef> Now;
    for (auto [Sym, Ranges] : getConstraintMap(N->getState())) {
      Now.insert(Sym);
      const CallExpr *CE = callOf(Sym);
      bool Result = CE && !CE->getType()->isVoidType() &&
                    CE->getType()->isIntegralOrEnumerationType() ==
                        Sym->getType()->isIntegralOrEnumerationType();
      Numbers Set =
          numbersOf(Ranges, Result ? CE->getType() : Sym->getType(), Ctx);
      auto [It, New] = Known.try_emplace(Sym);
      Assumed &A = It->second;
      if (New) {
        A.T = Sym->getType();
        A.Order = Step;
        if (CE)
          if (auto Seen = Calls.find(CE); Seen != Calls.end())
            A.Nth = Seen->second.first;
      } else {
        if (!Present.contains(Sym))
          Set = both(A.Set, Set);
        if (same(A.Set, Set))
          continue;
      }
      A.Set = Set;
      if (Branch && !A.Decided) {
        A.Decided = true;
        if (const auto *E = dyn_cast_or_null<Expr>(Cond)) {
          A.At = positionOf(SM, E->getBeginLoc());
          A.Text = conditionText(E, Ctx);
        }
      }
    }
    Present = std::move(Now);
  }

  void put(SymbolRef Sym, const Assumed &A) {
    if (const CallExpr *CE = callOf(Sym))
      return putResult(CE, A);
    if (!A.Decided)
      return;
    Demand D;
    D.At = A.At;
    D.Text = A.Text;
    while (const auto *Cast = dyn_cast<SymbolCast>(Sym))
      Sym = Cast->getOperand();
    if (const auto *SIE = dyn_cast<SymIntExpr>(Sym))
      if (SIE->getOpcode() == BO_And) {
        D.Mask = clamped(llvm::APSInt(SIE->getRHS(), true));
        Sym = SIE->getLHS();
      }
    while (const auto *Cast = dyn_cast<SymbolCast>(Sym))
      Sym = Cast->getOperand();
    const auto *R = dyn_cast_or_null<TypedValueRegion>(regionOf(Sym));
    bool Pointer = Sym->getType()->isAnyPointerType();
    bool Something = Pointer && !A.Set.contains(0);
    FieldChain Fields;
    if (R)
      chainOf(R, Fields);
    if (isOfSystem(Fields) && !outsideOfFields(Fields))
      return;
    if (int Param = parameterOf(Sym); Param >= 0) {
      if (Something)
        return;
      D.Value = {"argument", std::to_string(Param), {}, {}};
    } else if (auto Value = R ? valueAt(R, Ctx) : std::nullopt) {
      if (Something && Value->Kind == "pointee")
        return;
      D.Value = *Value;
    } else if (std::string Path = R ? pathOfRegion(R) : ""; !Path.empty()) {
      D.Value = {"state", Path, {}, {}};
    } else if (Something || (isStatus(Sym->getType()) && A.Set.contains(0))) {
      return;
    } else {
      D.Value.Kind = "other";
    }
    if (D.Value.Kind == "other" && D.Text.empty())
      D.Text = "a condition on " + Sym->getType().getAsString();
    if (!D.isGap() && D.Value.Kind != "pointee")
      D.Text.clear();
    if (D.Value.Kind == "pointee")
      if (std::string Path = pathOfRegion(R); !Path.empty())
        D.Text = Path;
    emit(A, D);
  }

  // A result that is success, or none in particular, is not worth asking for.
  void putResult(const CallExpr *CE, const Assumed &A) {
    const FunctionDecl *FD = CE->getDirectCallee();
    bool Pointer = A.T->isAnyPointerType();
    if (Pointer ? !A.Set.contains(0) || A.Set.In.size() > 1
                : isStatus(CE->getType()) && A.Set.contains(0))
      return;
    if (!bufferMappedBy(CE).empty() && !A.Set.contains(0))
      return;
    Demand D;
    D.At = positionOf(SM, CE->getBeginLoc());
    if (FD && FD->getIdentifier() && FD->getName().starts_with("leak62_"))
      return;
    if (FD && isKernelRoutine(FD) && resultIsOf(CE, A.T) && !countsShared(FD)) {
      D.Value = {"returns", FD->getNameAsString(), {}, {}};
      D.Nth = A.Nth;
      D.Text = Pointer ? "pointer" : CE->getType().getAsString();
    } else if (A.Decided) {
      D.Value.Kind = "other";
      D.Text = A.Text.empty() ? conditionText(CE, Ctx) : A.Text;
      D.At = A.At;
    } else {
      return;
    }
    emit(A, D);
  }

  // It tells what others have left in memory.
  static bool countsShared(const FunctionDecl *FD) {
    StringRef Name = FD->getName().ltrim('_');
    return Name.starts_with("Interlocked") ||
           Name.starts_with("ExInterlocked");
  }

  // What a call leaves behind an argument comes from it as well.
  static bool resultIsOf(const CallExpr *CE, QualType T) {
    return CE->getType().getCanonicalType() == T.getCanonicalType() ||
           CE->getType()->isAnyPointerType() == T->isAnyPointerType();
  }

  void emit(const Assumed &A, const Demand &D) {
    std::vector<Demand> Rows;
    Numbers Set = A.Set;
    // Of one bit, whatever the ranges say, there is but one value beside 0.
    if (D.Mask && llvm::isPowerOf2_64(*D.Mask) && !Set.contains(0))
      Set.In = {{*D.Mask, *D.Mask}};
    addDemands(Set, D, Rows);
    for (Demand &Row : Rows)
      Found.push_back({A.Order, std::move(Row)});
  }
};

} // namespace

std::vector<Demand> demandsOf(const ExplodedNode *N, ASTContext &Ctx) {
  return Walk(Ctx).run(N);
}

} // namespace leak62
