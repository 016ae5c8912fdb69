//===- ForwardEnums.h - Enumerations that are used before -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_FORWARDENUMS_H
#define LEAK62_CHECKERS_FORWARDENUMS_H

namespace clang {
class Sema;
}

namespace leak62 {

/// Gives an enumeration that C code names before it is defined the type that
/// Microsoft's compiler gives it.  Before anything is parsed.
void acceptForwardEnums(clang::Sema &S);

} // namespace leak62

#endif
