//===- OwnerFacts.h - Objects that go, and members they had -----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the linker needs to see that an object is freed and a member of it is
// forgotten: where the memory of a driver's record is released, which members a
// function mentions at all, and to whom it hands such objects.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_OWNERFACTS_H
#define LEAK62_CHECKERS_OWNERFACTS_H

#include "Facts.h"

namespace leak62 {

/// Adds the disposals, mentions and hand-overs of \p FD, which has a body.
void collectOwnerFacts(Facts &F, const clang::FunctionDecl *FD);

/// Adds what \p RD, a definition, has as parts.
void collectParts(Facts &F, const clang::RecordDecl *RD);

} // namespace leak62

#endif
