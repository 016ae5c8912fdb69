/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Each routine that the shim declares for wsk.h is there. */
#include <wsk.h>
#include "declared.h"

DECLARED(WskRegister);
DECLARED(WskDeregister);
DECLARED(WskCaptureProviderNPI);
DECLARED(WskReleaseProviderNPI);
DECLARED(WskQueryProviderCharacteristics);
