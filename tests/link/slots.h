/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Drivers of hand-written facts and skeletons, for the check of slots.
 *
 *   1 DriverEntry  /drv/d.c 10-18, which is all in place
 *   2 MyUnload     /drv/d.c 20-29
 *   3 MyControl    /drv/d.c 40-59, IRP_MJ_DEVICE_CONTROL
 *   4 MyCreate     70-79     5 MyClose   80-89     6 MyPnp      90-119
 *   7 MyAdd        120-129   8 MyCleanup 130-139   9 MyDispatch 140-149
 *                  with no role
 *   EXT is a device extension
 *
 *   site 1  pool at /drv/d.c(50), stored at line 53 in a slot that MyUnload
 *           releases, as far as facts tell: what is found are ways
 */
#ifndef LEAK62_TESTS_LINK_SLOTS_H
#define LEAK62_TESTS_LINK_SLOTS_H

#include "support.h"

/* A driver with site 1 in slot and with more facts.  functions: of a TU each, the first
 * of /drv/d.c. */
struct driver *slots_driver(const char *slot, const char *more, const char *functions,
                            ...) G_GNUC_NULL_TERMINATED;

/* text with the first from replaced, which must be there.  To be freed. */
char *slots_with(const char *text, const char *from, const char *to);

/* Links it: there is one finding, of that rule at where, "/drv/d.c(29)"; or, where rule is
 * NULL, none. */
void slots_expect(const struct driver *driver, const char *rule, const char *where);

/* How many rows the check of slots has made. */
void slots_expect_rows(const struct driver *driver, int freed, int doubt, int incomplete);

#define EXPECT_LOST(rule, where, slot, more, ...)                                              \
	do {                                                                                   \
		struct driver *driver_ = slots_driver(slot, more, __VA_ARGS__, NULL);          \
                                                                                               \
		slots_expect(driver_, rule, where);                                            \
		driver_free(driver_);                                                          \
	} while (0)
/* Nothing is found although no way was given up, and the teardown releases the slot. */
#define EXPECT_SILENT(slot, more, ...)                                                         \
	do {                                                                                   \
		struct driver *driver_ = slots_driver(slot, more, __VA_ARGS__, NULL);          \
                                                                                               \
		slots_expect(driver_, NULL, NULL);                                             \
		slots_expect_rows(driver_, 1, 0, 0);                                           \
		driver_free(driver_);                                                          \
	} while (0)

#define SLOTS_ROLE(function, role, major)                                                      \
	"INSERT INTO role VALUES(" function ", '" role "', " major ", '/drv/d.c', 15);"

/* Words of skeletons: the globals, the code of a request that stands in v3 then. */
#define G_DATA "@g_Data ^%3A%3Ag_Data"
#define W_DATA(value) "W @g_Data " value " ^%3A%3Ag_Data\n"
#define G_FLAG "@g_Flag ^%3A%3Ag_Flag"
#define G_READY "@g_Ready ^%3A%3Ag_Ready"
#define IOCTL                                                                                  \
	"K v2\nL v3 v2:Parameters.DeviceIoControl.IoControlCode"                               \
	" ^IO_STACK_LOCATION.Parameters.DeviceIoControl.IoControlCode\n"
#define ALLOCATE(var) "# 50\nacq POOL ExAllocatePool2 50 null - " var "\n"

/*
 * MyControl: request 1 fills g_Data, if it is empty, and then sets g_Ready; request 2
 * sets g_Flag.
 */
extern const char slots_fill_once[];

/* MyControl fills g_Data, whatever there is. */
#define FILL_ANEW                                                                              \
	"F MyControl e /drv/d.c 40 i 2 3 3\nV p p p\nB\n" ALLOCATE(                            \
	        "v2") "# 51\n? v2 != #0 1 2\n"                                                 \
	              "B\n# 53\n" W_DATA("v2") "# 54\nR #0\n"                                  \
	                                       "B\n# 55\nR #-1\nE\n"

/* MyUnload releases g_Data. */
#define UNLOAD_FREES                                                                           \
	"F MyUnload e /drv/d.c 20 v 1 2 3\nV p p\nB\nL v1 " G_DATA "\n# 22\n? v1 != #0 1 2\n"  \
	"B\n# 23\nrel POOL v1\nJ 2\nB\n# 29\nR -\nE\n"

/* ... if what place holds is not zero. */
#define UNLOAD_FREES_IF(place)                                                                 \
	"F MyUnload e /drv/d.c 20 v 1 3 3\nV p u p\nB\nL v1 " place "\n# 22\n? v1 != #0 1 2\n" \
	"B\nL v2 " G_DATA "\n# 23\nrel POOL v2\nJ 2\nB\n# 29\nR -\nE\n"

#endif
