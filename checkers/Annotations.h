//===- Annotations.h - Ownership in the driver's own words ------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Drivers say in source annotations (SAL) which of their functions allocate,
// free or keep memory.  include/shim/leak62_own.h carries them into the AST;
// here they become rows like those of resources.def.
//
//   __drv_allocatesMem(k)  on a function: its result is pool of the caller; on
//                          a parameter: what it points to receives the pool
//   __drv_freesMem(k)      on a parameter: freed
//   __drv_aliasesMem       on a parameter: kept by the callee
//   _At_(place, ...)       the same of *param, param->Field, param or return
//   _When_(cond, ...)      the same if cond holds: a test of the result
//                          (>= 0, == 0, NT_SUCCESS, ...) or of a parameter
//
// An allocation under any other condition is left out; what is freed or kept
// under one is taken to be so always.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_ANNOTATIONS_H
#define LEAK62_CHECKERS_ANNOTATIONS_H

#include "Resources.h"

namespace leak62 {

/// The rows that the annotations of a driver's function say, or null: it has
/// none, has a body here, or is a routine of the system.  The rows live as long
/// as the process; arguments that no row names may be owned by the callee.
const Routine *annotatedRoutine(const clang::FunctionDecl *FD);

} // namespace leak62

#endif
