/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * The life of a driver as one slot sees it: load, any requests in any order the
 * system allows, and the teardown.
 *
 *   DriverEntry, then   AddDevice            where there is no device
 *                       START_DEVICE         not started
 *                       STOP_DEVICE, SURPRISE_REMOVAL   started
 *                       CREATE               not open: one file is enough
 *                       CLEANUP, CLOSE       open, in that order
 *                       READ, DEVICE_CONTROL ...        open
 *                       PnP, power, callbacks           any time
 *   and at last CLEANUP and CLOSE if open, REMOVE_DEVICE for a device that AddDevice
 *   made, DriverUnload; while it waits, threads and work items come to their ends.
 */
#ifndef LEAK62_SLOTS_LIFE_H
#define LEAK62_SLOTS_LIFE_H

#include "walk.h"

enum l62_event_role {
	L62_EVENT_ENTRY,
	L62_EVENT_ADD_DEVICE,
	L62_EVENT_DISPATCH,
	L62_EVENT_UNLOAD,
	L62_EVENT_LATE, /* a DPC or timer routine: may be kept from running */
	L62_EVENT_ENDS, /* a thread, a work item: has ended before the driver is gone */
	L62_EVENT_OTHER,
};

/* An entry point of the driver. */
struct l62_event {
	const struct l62_function *f;
	enum l62_event_role role;
	int32_t major; /* DISPATCH; -1: all */
};

enum l62_slot_home { L62_HOME_GLOBAL, L62_HOME_EXTENSION, L62_HOME_FILE };

/* Something that the simulation has shown. */
struct l62_shown {
	bool failed;      /* the load fails and leaves it */
	bool overwritten; /* else: left at unload, though the teardown can release it */
	uint32_t resource;
	const struct l62_function *f; /* where it is lost */
	uint32_t line;
	struct l62_trail *trail;  /* its last ENTRY is where that happens */
	struct l62_trail *missed; /* that ENTRY */
};

struct l62_life {
	struct l62_walk walk;
	const GArray *events; /* of struct l62_event */
	enum l62_slot_home home;
	GArray *shown;     /* of struct l62_shown */
	GHashTable *frees; /* functions that release what is in the slot on some way */
	GHashTable *works; /* ... in requests and callbacks before the teardown */
	bool kept;         /* every way through the teardown leaves it, none was given up */
	bool gaps;         /* of an array, requests empty single elements */
	bool incomplete;
};

/* Freed by l62_life_clear(); slice and events must outlive it. */
void l62_life_init(struct l62_life *life, const struct l62_slice *slice, const GArray *events,
                   enum l62_slot_home home);
/* Fills shown, frees, works, kept, gaps and incomplete. */
void l62_life_run(struct l62_life *life);
void l62_life_clear(struct l62_life *life);

#endif
