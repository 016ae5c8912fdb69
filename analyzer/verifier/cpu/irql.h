/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Force IRQL checking: services that look at the IRQL before they run. */
#ifndef LEAK62_VERIFIER_IRQL_H
#define LEAK62_VERIFIER_IRQL_H

#include <stdbool.h>

#include "host.h"

/* What to call instead of the service: code that ends the run if the IRQL is above
 * what services.def allows, and goes on to the service otherwise.  NULL: no memory. */
void *l62_irql_guard(const struct l62_service *service);
/* What to call for a service: itself, or the gate in front of it; see gate.S. */
void *l62_service_way(const struct l62_service *service);
/* When all guards are made: they can be run from then on. */
bool l62_irql_seal(void);

#endif
