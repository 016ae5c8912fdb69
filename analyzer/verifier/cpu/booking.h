/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * In front of services of which tracker/resources.c keeps books: a stub for each, made at
 * run time, behind the driver's thunk and before any other guard.
 */
#ifndef LEAK62_VERIFIER_BOOKING_H
#define LEAK62_VERIFIER_BOOKING_H

#include <stdbool.h>
#include <stdint.h>

/* What a thunk should go to instead of target, which is service's own code or its guard; NULL:
 * no memory.  service is an index into l62_services. */
void *l62_booking_guard(uint32_t service, void *target);
/* When all guards are made.  False: they cannot be made executable. */
bool l62_booking_seal(void);

#endif
