/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the parts of a driver's life share: life.c, life_point.c, life_show.c. */
#ifndef LEAK62_SLOTS_LIFE_PARTS_H
#define LEAK62_SLOTS_LIFE_PARTS_H

#include "life.h"

/* Major function codes and the minor ones of IRP_MJ_PNP: wdm.h, as documented. */
enum {
	L62_MJ_CREATE = 0,
	L62_MJ_CLOSE = 2,
	L62_MJ_INTERNAL = 15,
	L62_MJ_SHUTDOWN = 16,
	L62_MJ_CLEANUP = 18,
	L62_MJ_POWER = 22,
	L62_MJ_SYSTEM_CONTROL = 23,
	L62_MJ_PNP = 27,
	L62_MJ_COUNT = 28
};
enum { L62_MN_START = 0, L62_MN_REMOVE = 2, L62_MN_STOP = 4, L62_MN_SURPRISE = 23 };

enum { L62_FILE_CLOSED, L62_FILE_OPEN, L62_FILE_CLEANED };
enum { L62_DEVICE_STOPPED, L62_DEVICE_STARTED, L62_DEVICE_SURPRISED };

/* What the driver is in between two requests. */
struct l62_point {
	struct l62_sstate *st;
	uint8_t device;  /* there is one */
	uint8_t started; /* L62_DEVICE_ */
	uint8_t open;    /* L62_FILE_ */
};

/* All that have been come to, each once. */
struct l62_points {
	GPtrArray *all; /* of struct l62_point, in the order found */
	GHashTable *seen;
};

void l62_points_init(struct l62_points *points);
void l62_points_clear(struct l62_points *points);
/* Takes p, made ready for the next request.  Where there would be too many, the walk has
 * given up. */
void l62_points_add(struct l62_life *life, struct l62_points *points, struct l62_point *p);
/* A copy of from with the state st, which it takes. */
struct l62_point *l62_point_with(const struct l62_point *from, struct l62_sstate *st);
/* Whether e, a request of major and minor if it is a dispatch routine, may come at p. */
bool l62_point_may_come(const struct l62_life *life, const struct l62_point *p,
                        const struct l62_event *e, int32_t major, int32_t minor);
/* What p, of the time before e, is in after it. */
void l62_point_move(const struct l62_life *life, struct l62_point *p, const struct l62_event *e,
                    int32_t major, int32_t minor, bool success);
/* Whether a routine has that role, for that major function; -1: any. */
bool l62_life_has(const struct l62_life *life, enum l62_event_role role, int32_t major);

/* Whether a thread or a work item that comes to its end releases what st leaves; it may also
 * hand it on to where others release it. */
bool l62_life_ends_with(struct l62_life *life, const struct l62_sstate *st);

/* st, after an event, has lost what was in the slot before.  In the teardown a routine that
 * empties the slot has the resource to release. */
void l62_life_show_overwritten(struct l62_life *life, const struct l62_sstate *st,
                               bool teardown);
/* The slot still holds it at unload, after so many steps of the teardown: it is lost in the
 * last routine of the way that could have released it. */
void l62_life_show_left(struct l62_life *life, const struct l62_sstate *st, guint teardown);
/* A load has failed: there is no teardown.  That it has filled other rows too takes nothing
 * from the one that is followed: whatever row is released then, it counts for that one. */
void l62_life_show_failed(struct l62_life *life, const struct l62_event *e,
                          const struct l62_sstate *st);

#endif
