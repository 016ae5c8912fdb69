/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* services.def as an array; layouts that drivers rely on. */
#include "cm_callback.h"
#include "flt.h"
#include "format.h"
#include "io_dma.h"
#include "ke_processor.h"
#include "mm.h"
#include "nt.h"
#include "ob.h"
#include "po.h"
#include "rtl.h"
#include "ob_tag.h"
#include "rtl_crt.h"
#include "rtl_text.h"
#include "se.h"
#include "seh.h"
#include "tm.h"

const struct l62_service l62_services[] = {
#define L62_SERVICE(name, irql) {#name, (void *)name, 0, irql},
#define L62_SERVICE_AS(name, symbol, irql) {#name, (void *)symbol, 0, irql},
#define L62_DATA(name, variable) {#name, (void *)&(variable), 1, HIGH_LEVEL},
#include "services.def"
};
const uint32_t l62_service_count = sizeof(l62_services) / sizeof(*l62_services);

_Static_assert(sizeof(void *) == 8 && sizeof(long) == 4 && sizeof(wchar_t) == 2, "not Windows");
_Static_assert(sizeof(IRP) == 0xd0, "IRP");
_Static_assert(sizeof(IO_STACK_LOCATION) == 0x48, "IO_STACK_LOCATION");
_Static_assert(sizeof(DRIVER_OBJECT) == 0x150, "DRIVER_OBJECT");
_Static_assert(sizeof(FILE_OBJECT) == 0xd8, "FILE_OBJECT");
_Static_assert(sizeof(MDL) == 0x30, "MDL");
_Static_assert(sizeof(KEVENT) == 0x18, "KEVENT");
_Static_assert(sizeof(KMUTEX) == 0x38, "KMUTEX");
_Static_assert(sizeof(KSEMAPHORE) == 0x20, "KSEMAPHORE");
_Static_assert(sizeof(ERESOURCE) == 0x68, "ERESOURCE");
_Static_assert(sizeof(SLIST_HEADER) == 0x10, "SLIST_HEADER");
_Static_assert(sizeof(NPAGED_LOOKASIDE_LIST) == 0x80, "NPAGED_LOOKASIDE_LIST");
_Static_assert(sizeof(LOOKASIDE_LIST_EX) == 0x60, "LOOKASIDE_LIST_EX");
_Static_assert(sizeof(IO_REMOVE_LOCK) == 0x20, "IO_REMOVE_LOCK");
_Static_assert(sizeof(IO_CSQ) == 0x40, "IO_CSQ");
_Static_assert(sizeof(FAST_MUTEX) == 0x38, "FAST_MUTEX");
_Static_assert(sizeof(EXCEPTION_RECORD) == 0x98, "EXCEPTION_RECORD");
_Static_assert(sizeof(CONTEXT) == 0x4d0, "CONTEXT");
_Static_assert(offsetof(CONTEXT, Rip) == 0xf8, "CONTEXT");
_Static_assert(offsetof(CONTEXT, Xmm0) == 0x1a0, "CONTEXT");
_Static_assert(offsetof(struct l62_dispatcher, TargetIp) == 0x20, "DISPATCHER_CONTEXT");
_Static_assert(offsetof(struct l62_dispatcher, ScopeIndex) == 0x48, "DISPATCHER_CONTEXT");
_Static_assert(offsetof(DRIVER_OBJECT, MajorFunction) == 0x70, "DRIVER_OBJECT");
_Static_assert(offsetof(DEVICE_OBJECT, DeviceExtension) == 0x40, "DEVICE_OBJECT");
_Static_assert(offsetof(IRP, Tail.Overlay.CurrentStackLocation) == 0xb8, "IRP");
