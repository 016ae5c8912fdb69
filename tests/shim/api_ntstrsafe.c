/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Each routine that the shim declares for ntstrsafe.h is there. */
#include <wdm.h>
#include <ntstrsafe.h>
#include "declared.h"

DECLARED(RtlUnicodeStringInit);
DECLARED(RtlUnicodeStringInitEx);
DECLARED(RtlUnicodeStringValidate);
DECLARED(RtlUnicodeStringValidateEx);
DECLARED(RtlStringCchCopyUnicodeString);
DECLARED(RtlStringCbCopyUnicodeString);
DECLARED(RtlUnicodeStringCopyString);
DECLARED(RtlUnicodeStringCopy);
DECLARED(RtlUnicodeStringCbCopyStringN);
DECLARED(RtlUnicodeStringCchCopyStringN);
DECLARED(RtlUnicodeStringCbCopyN);
DECLARED(RtlUnicodeStringCchCopyN);
DECLARED(RtlUnicodeStringCatString);
DECLARED(RtlUnicodeStringCat);
DECLARED(RtlUnicodeStringCbCatStringN);
DECLARED(RtlUnicodeStringCchCatStringN);
DECLARED(RtlUnicodeStringPrintf);
DECLARED(RtlUnicodeStringPrintfEx);
DECLARED(RtlUnicodeStringVPrintf);
