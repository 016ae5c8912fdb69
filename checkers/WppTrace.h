//===- WppTrace.h - Trace headers that a build generates --------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_WPPTRACE_H
#define LEAK62_CHECKERS_WPPTRACE_H

namespace clang {
class Preprocessor;
}

namespace leak62 {

/// Takes the place of each .tmh file that is included and not there.
void replaceTraceHeaders(clang::Preprocessor &PP);

} // namespace leak62

#endif
