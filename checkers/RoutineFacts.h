//===- RoutineFacts.h - Routines that are put somewhere ---------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_ROUTINEFACTS_H
#define LEAK62_CHECKERS_ROUTINEFACTS_H

#include "Facts.h"

namespace leak62 {

/// Adds the roles that \p FD, which has a body, gives to routines, the slots
/// that it puts routines in, and the calls that it makes through them.
void collectRoutineFacts(Facts &F, const clang::FunctionDecl *FD);

/// The same of the initializer of a global.
void collectRoutineTable(Facts &F, const clang::VarDecl *VD);

/// Adds the roles that the declarations of \p FD say: its WDK function type
/// and its dispatch types.
void collectDeclaredRoles(Facts &F, const clang::FunctionDecl *FD);

} // namespace leak62

#endif
