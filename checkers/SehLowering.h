//===- SehLowering.h - Rewrite __try for the analyzer -----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The analyzer's CFG knows no structured exception handling: a function with
// __finally gets no graph at all and an __except block no way in.  This
// rewrites each __try of a function body, in place, into plain C:
//
//   __try { B } __except (F) { H }       __try { B } __finally { N }
//
//   { B;                                 { int why = 0; T ret;
//     goto end;                            B;
//   raised:                              fin:
//     F; H;                                N;
//   end: ; }                               if (why == Return) return ret;
//                                          if (why == Break) break; ...
//                                          if (why == Raise) <raise outward> }
//
// In B, a statement that can raise is preceded by
//   if (leak62_seh_raised()) goto raised;
// and leaving statements (return, break, continue, goto, __leave) of a
// __finally block's B set `why` and go to fin.  An exception that no __try of
// the function handles ends the path at leak62_seh_unwind().
//
// What can raise: routines the table says so of, calls that may reach one, and
// inside __except memory accesses through pointers, which may be a user's (not
// through locals that hold what the function allocated).  One edge is enough
// until something that could change ownership has run.
//
// Limits: filters are taken to choose their handler unless they are the
// constant EXCEPTION_CONTINUE_SEARCH; an exception from an inlined callee
// enters the handler before the call, not from inside it.
//
//===----------------------------------------------------------------------===//

#ifndef LEAK62_CHECKERS_SEHLOWERING_H
#define LEAK62_CHECKERS_SEHLOWERING_H

namespace clang {
class ASTContext;
class GotoStmt;
} // namespace clang

namespace leak62 {

/// int leak62_seh_raised(void): 1 where an exception is raised.
constexpr const char SehRaised[] = "leak62_seh_raised";
/// void leak62_seh_unwind(void): the exception leaves the function.
constexpr const char SehUnwind[] = "leak62_seh_unwind";

/// True if the source has a __leave there.
bool isLeave(const clang::GotoStmt *Jump);

/// Rewrites every function body of the translation unit that has a __try.
void lowerSeh(clang::ASTContext &Ctx);

} // namespace leak62

#endif
