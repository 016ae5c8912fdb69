/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Who is told that an interface comes or goes. */
#ifndef LEAK62_VERIFIER_IO_NOTIFY_H
#define LEAK62_VERIFIER_IO_NOTIFY_H

#include "nt.h"

void l62_interface_changed(PCUNICODE_STRING name, BOOLEAN enabled);

#endif
