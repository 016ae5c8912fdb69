/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * mingw-w64's ntstrsafe.h, then what it lacks: the routines on counted strings,
 * and the DWORD that the kernel's header brings.
 */
#pragma once
#include <ntdef.h>
#include_next <ntstrsafe.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef unsigned long DWORD;

#ifndef NTSTRSAFE_UNICODE_STRING_MAX_CCH
#define NTSTRSAFE_UNICODE_STRING_MAX_CCH (0xffff / sizeof(wchar_t))
#endif

NTSTATUS NTAPI RtlUnicodeStringInit(PUNICODE_STRING DestinationString,
                                    __drv_aliasesMem PCWSTR pszSrc);
NTSTATUS NTAPI RtlUnicodeStringInitEx(PUNICODE_STRING DestinationString,
                                      __drv_aliasesMem PCWSTR pszSrc, DWORD dwFlags);
NTSTATUS NTAPI RtlUnicodeStringValidate(PCUNICODE_STRING SourceString);
NTSTATUS NTAPI RtlUnicodeStringValidateEx(PCUNICODE_STRING SourceString, DWORD dwFlags);
NTSTATUS NTAPI RtlStringCchCopyUnicodeString(PWSTR DestinationString, size_t cchDest,
                                             PCUNICODE_STRING SourceString);
NTSTATUS NTAPI RtlStringCbCopyUnicodeString(PWSTR DestinationString, size_t cbDest,
                                            PCUNICODE_STRING SourceString);
NTSTATUS NTAPI RtlUnicodeStringCopyString(PUNICODE_STRING DestinationString, PCWSTR pszSrc);
NTSTATUS NTAPI RtlUnicodeStringCopy(PUNICODE_STRING DestinationString,
                                    PCUNICODE_STRING SourceString);
NTSTATUS NTAPI RtlUnicodeStringCbCopyStringN(PUNICODE_STRING DestinationString, PCWSTR pszSrc,
                                             size_t cbToCopy);
NTSTATUS NTAPI RtlUnicodeStringCchCopyStringN(PUNICODE_STRING DestinationString, PCWSTR pszSrc,
                                              size_t cchToCopy);
NTSTATUS NTAPI RtlUnicodeStringCbCopyN(PUNICODE_STRING DestinationString,
                                       PCUNICODE_STRING SourceString, size_t cbToCopy);
NTSTATUS NTAPI RtlUnicodeStringCchCopyN(PUNICODE_STRING DestinationString,
                                        PCUNICODE_STRING SourceString, size_t cchToCopy);
NTSTATUS NTAPI RtlUnicodeStringCatString(PUNICODE_STRING DestinationString, PCWSTR pszSrc);
NTSTATUS NTAPI RtlUnicodeStringCat(PUNICODE_STRING DestinationString,
                                   PCUNICODE_STRING SourceString);
NTSTATUS NTAPI RtlUnicodeStringCbCatStringN(PUNICODE_STRING DestinationString, PCWSTR pszSrc,
                                            size_t cbToAppend);
NTSTATUS NTAPI RtlUnicodeStringCchCatStringN(PUNICODE_STRING DestinationString, PCWSTR pszSrc,
                                             size_t cchToAppend);
NTSTATUS RtlUnicodeStringPrintf(PUNICODE_STRING DestinationString, PCWSTR pszFormat, ...);
NTSTATUS RtlUnicodeStringPrintfEx(PUNICODE_STRING DestinationString,
                                  PUNICODE_STRING RemainingString, DWORD dwFlags,
                                  PCWSTR pszFormat, ...);
NTSTATUS RtlUnicodeStringVPrintf(PUNICODE_STRING DestinationString, PCWSTR pszFormat,
                                 va_list argList);

#ifdef __cplusplus
}
#endif
