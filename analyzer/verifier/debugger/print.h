/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the printers share.  They write what the kernel debugger would write for an
 * x64 system: addresses of 16 digits. */
#ifndef LEAK62_VERIFIER_PRINT_H
#define LEAK62_VERIFIER_PRINT_H

#include <inttypes.h>
#include <stdio.h>

#include "run/verify.h"

/* "MyDriver!DeviceControlDispatch+0x4c", "nt!IofCallDriver+0x62"; nothing if unknown.
 * offset false: without the offset. */
void l62_print_symbol(const struct l62_verify *run, uint64_t address, bool offset, FILE *out);

#endif
