//===- DeviceList.cpp -----------------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DeviceList.h"
#include "AccessPath.h"
#include "CallModel.h"

using namespace clang;
using namespace ento;

// Where the chain that a device is in begins.
REGISTER_MAP_WITH_PROGRAMSTATE(ChainOfDevice, SymbolRef, const MemRegion *)

namespace leak62 {

constexpr unsigned MaxDevices = 16; // looked at in one chain

static std::optional<Loc> placeOf(ProgramStateRef State, SVal Record,
                                  const FieldDecl *F) {
  const MemRegion *R = Record.getAsRegion();
  if (!F || !R)
    return std::nullopt;
  return State->getLValue(F, loc::MemRegionVal(R->StripCasts())).getAs<Loc>();
}

ProgramStateRef haveNoDevice(ProgramStateRef State, SVal Driver, QualType T,
                             const LocationContext *LC) {
  const FieldDecl *First = fieldNamed(T, "DeviceObject");
  std::optional<Loc> Head = placeOf(State, Driver, First);
  return Head ? State->bindLoc(
                    *Head,
                    State->getStateManager().getSValBuilder().makeNullWithType(
                        First->getType()),
                    LC, /*notifyChanges=*/false)
              : State;
}

std::optional<Loc> nextDevice(ProgramStateRef State, SVal Device, QualType T) {
  const FieldDecl *Next = fieldNamed(T, "NextDevice");
  if (!Next || recordName(Next->getParent()) != "DEVICE_OBJECT")
    return std::nullopt;
  return placeOf(State, Device, Next);
}

ProgramStateRef linkDevice(ProgramStateRef State, SVal Driver, QualType T,
                           SVal Device, const LocationContext *LC) {
  const FieldDecl *First = fieldNamed(T, "DeviceObject");
  QualType DeviceT = First ? First->getType() : QualType();
  std::optional<Loc> Head = placeOf(State, Driver, First);
  if (!Head || !DeviceT->isPointerType())
    return State;
  SVal Older = State->getSVal(*Head, DeviceT);
  if (std::optional<Loc> Next = nextDevice(State, Device, DeviceT))
    State = State->bindLoc(*Next, Older, LC, false);
  if (SymbolRef Sym = Device.getAsLocSymbol())
    State = State->set<ChainOfDevice>(Sym, Head->getAsRegion());
  return State->bindLoc(*Head, Device, LC, false);
}

std::optional<Loc> placeInChain(ProgramStateRef State, SVal Device,
                                QualType T) {
  SymbolRef Sym = Device.getAsLocSymbol();
  const MemRegion *From = Sym ? Sym->getOriginRegion() : nullptr;
  const auto *Field = dyn_cast_or_null<FieldRegion>(From);
  if (!Field || (Field->getDecl()->getName() != "DeviceObject" &&
                 Field->getDecl() != fieldNamed(T, "NextDevice")))
    return std::nullopt;
  loc::MemRegionVal Place(From);
  return State->getSVal(Place, T) == Device ? std::optional<Loc>(Place)
                                            : std::nullopt;
}

ProgramStateRef unlinkDevice(ProgramStateRef State, SVal Device, QualType T,
                             const LocationContext *LC) {
  std::optional<Loc> Next = nextDevice(State, Device, T);
  if (!Next)
    return State;
  SVal Older = State->getSVal(*Next, T);
  if (std::optional<Loc> Place = placeInChain(State, Device, T))
    return State->bindLoc(*Place, Older, LC, false);
  SymbolRef Sym = Device.getAsLocSymbol();
  const MemRegion *const *Head = Sym ? State->get<ChainOfDevice>(Sym) : nullptr;
  if (!Head)
    return State;
  std::optional<Loc> Place = loc::MemRegionVal(*Head);
  State = State->remove<ChainOfDevice>(Sym);
  for (unsigned N = 0; Place && N < MaxDevices; ++N) {
    SVal Here = State->getSVal(*Place, T);
    if (Here == Device)
      return State->bindLoc(*Place, Older, LC, false);
    if (!Here.getAsLocSymbol())
      break;
    Place = nextDevice(State, Here, T);
  }
  return State;
}

// The store does not say in which field.
static bool isOfSystem(QualType Pointer) {
  QualType P = Pointer->getPointeeType();
  const RecordDecl *RD = P.isNull() ? nullptr : P->getAsRecordDecl();
  std::string Name = RD ? recordName(RD) : "";
  return Name == "DRIVER_OBJECT" || Name == "DEVICE_OBJECT";
}

bool isInChainOnly(ProgramStateRef State, SymbolRef Sym,
                   const StackFrameContext *SF) {
  class Find final : public StoreManager::BindingsHandler {
  public:
    Find(ProgramStateRef State, SymbolRef Sym, const StackFrameContext *SF)
        : State(std::move(State)), Sym(Sym), SF(SF) {}
    bool InChain = false, Elsewhere = false;
    bool HandleBinding(StoreManager &, Store, const MemRegion *R,
                       SVal V) override {
      if (V.getAsLocSymbol(/*IncludeBaseRegions=*/true) != Sym)
        return true;
      const MemRegion *Base = R->getBaseRegion();
      const auto *SR = dyn_cast<SymbolicRegion>(Base);
      const auto *VR = dyn_cast<VarRegion>(Base);
      if (SR && isOfSystem(SR->getSymbol()->getType()))
        InChain = true;
      else if (!VR || VR->getStackFrame() != SF)
        Elsewhere = true;
      return !Elsewhere;
    }

  private:
    ProgramStateRef State;
    SymbolRef Sym;
    const StackFrameContext *SF;
  } Handler(State, Sym, SF);
  State->getStateManager().getStoreManager().iterBindings(State->getStore(),
                                                          Handler);
  return Handler.InChain && !Handler.Elsewhere;
}

} // namespace leak62
