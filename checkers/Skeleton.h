//===- Skeleton.h - What functions do to pointers, without paths -*- C++
//-*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Writes the skeleton of include/leak62/skeleton.h for the functions that a
// translation unit defines.  SEH must have been lowered.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_SKELETON_H
#define LEAK62_CHECKERS_SKELETON_H

#include "clang/AST/ASTContext.h"
#include "llvm/Support/Error.h"

namespace leak62 {

/// Writes the skeleton of the functions defined in \p Ctx to \p Out; with
/// \p Failed, one that holds no function.
llvm::Error writeSkeleton(clang::ASTContext *Ctx, const std::string &Source,
                          const std::string &Out);

/// A word of the format: blanks, percent signs and the like as %XX.
std::string skeletonWord(llvm::StringRef Text);

} // namespace leak62

#endif
