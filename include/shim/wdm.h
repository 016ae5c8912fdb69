/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* mingw-w64's wdm.h, with and then after it what it lacks. */
#pragma once
#include "leak62_sal.h"
/* mingw-w64's wdm.h does not compile for systems before Windows Vista. */
#include <sdkddkver.h>
#if NTDDI_VERSION < 0x06000000
#undef NTDDI_VERSION
#define NTDDI_VERSION 0x06000000
#endif
#include "leak62_dma.h"
/* Its DEVOBJ_EXTENSION ends after the third member; the array takes no room. */
#define DeviceObjectExtension                                                                  \
	leak62_none[0];                                                                        \
	struct leak62_devobj_extension *DeviceObjectExtension
/* Drivers declare such routines by its name and then write what they are given in
 * place of PVOID, which MSVC takes for the same. */
#define DRIVER_NOTIFICATION_CALLBACK_ROUTINE leak62_notification_routine
#include_next <wdm.h>
#undef DRIVER_NOTIFICATION_CALLBACK_ROUTINE
#if defined(__cplusplus) || __STDC_VERSION__ > 201710L
typedef leak62_notification_routine DRIVER_NOTIFICATION_CALLBACK_ROUTINE;
#else
typedef NTSTATUS(NTAPI DRIVER_NOTIFICATION_CALLBACK_ROUTINE)();
#endif
/* Drivers give it what need not be assignable, and in checked builds two arguments. */
#undef UNREFERENCED_PARAMETER
#define UNREFERENCED_PARAMETER(P) ((void)(P))
#if DBG
#undef NT_ASSERTMSG
#define NT_ASSERTMSG(text, expr) NT_ASSERT(expr)
/* As MSVC's: the compiler does not take it for the end, so that nothing is lost there. */
#undef DbgRaiseAssertionFailure
#define DbgRaiseAssertionFailure() ({ __asm__ __volatile__("int $0x2c"); })
#endif
#undef DeviceObjectExtension
#undef DmaPort
#undef BuildMdlFromScatterGatherList
#include "leak62_pool.h"
#include "leak62_wdm.h"
