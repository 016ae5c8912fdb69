//===- DeviceList.h - The devices of a driver object ------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The I/O manager chains the devices of a driver: DriverObject->DeviceObject is
// the newest, NextDevice the one made before it.  Routines that undo a load
// find them there, so paths must see the chain.
//
// Limit: devices made by a function that is not looked into are in no chain.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_DEVICELIST_H
#define LEAK62_CHECKERS_DEVICELIST_H

#include "clang/StaticAnalyzer/Core/PathSensitive/ProgramState.h"

namespace leak62 {

/// \p Driver, of the pointer type \p T, has no device yet.
clang::ento::ProgramStateRef haveNoDevice(clang::ento::ProgramStateRef State,
                                          clang::ento::SVal Driver,
                                          clang::QualType T,
                                          const clang::LocationContext *LC);
/// \p Device has become the first device of \p Driver, of the pointer type
/// \p T.
clang::ento::ProgramStateRef linkDevice(clang::ento::ProgramStateRef State,
                                        clang::ento::SVal Driver,
                                        clang::QualType T,
                                        clang::ento::SVal Device,
                                        const clang::LocationContext *LC);
/// The place of the pointer to the device made before \p Device, of the pointer
/// type \p T.  None if that is no device.
std::optional<clang::ento::Loc> nextDevice(clang::ento::ProgramStateRef State,
                                           clang::ento::SVal Device,
                                           clang::QualType T);
/// \p Device, of the pointer type \p T, leaves the chain that it is in.
clang::ento::ProgramStateRef unlinkDevice(clang::ento::ProgramStateRef State,
                                          clang::ento::SVal Device,
                                          clang::QualType T,
                                          const clang::LocationContext *LC);

/// The place in a chain that \p Device, of the pointer type \p T, was read from
/// and is still in.  Nothing is known of it but that.
std::optional<clang::ento::Loc> placeInChain(clang::ento::ProgramStateRef State,
                                             clang::ento::SVal Device,
                                             clang::QualType T);
/// True if the chain alone leads to the device \p Sym once the frame \p SF
/// ends.
bool isInChainOnly(clang::ento::ProgramStateRef State,
                   clang::ento::SymbolRef Sym,
                   const clang::StackFrameContext *SF);

} // namespace leak62

#endif
