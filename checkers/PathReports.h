//===- PathReports.h - The engine's reports as facts ------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Receives the finished path diagnostics of the checker and enters them in the
// facts, one for each allocation site.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_PATHREPORTS_H
#define LEAK62_CHECKERS_PATHREPORTS_H

#include "clang/Analysis/PathDiagnostic.h"
#include <memory>

namespace leak62 {

class Facts;

std::unique_ptr<clang::ento::PathDiagnosticConsumer> makePathReports(Facts &F);

} // namespace leak62

#endif
