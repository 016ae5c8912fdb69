/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Deadlock detection: what the services tell of locks is declared in host.h. */
#ifndef LEAK62_VERIFIER_DEADLOCK_H
#define LEAK62_VERIFIER_DEADLOCK_H

#include <stdint.h>

/* Pool is freed: ends the run if a lock in it is held; forgets the others.  frames:
 * the verifier's own, up to L62_FRAME_END. */
void l62_deadlock_freed(uint64_t address, uint64_t size, const uint16_t *frames);

#endif
