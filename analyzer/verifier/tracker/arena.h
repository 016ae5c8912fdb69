/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What parent and child share, in one mapping made before the fork: the child writes
 * while the driver runs, the parent reads when the child has ended, however that
 * was.  No pointers in it, only indices, and the parent checks each before use
 * (read.h): the driver could write here too.
 *
 *   stacks   each stack once: count, then addresses, newest frame first
 *   blocks   live blocks, chained by address hash; freed ones are used again
 *   ring     the last 65,536 operations, as `!verifier 0x80` shows them
 *   calls    the driver's calls that could have failed, injected: those that did
 *   tags     allocations and frees of each tag, as `!poolused` shows them
 *   uses     what was allocated with a stack, and how much of it grows; growth.h
 *   timelines  bytes in use of each tag over the run; timeline.h
 *   held     of live blocks at the end: who still points to them; reach.h
 *   called   for each byte of the image: the import that was called from there, the call's
 *            return address being that byte's; plus 1, 0: none
 */
#ifndef LEAK62_VERIFIER_ARENA_H
#define LEAK62_VERIFIER_ARENA_H

#include <stdint.h>

#include "host.h"

enum {
	L62_RING_SIZE = 0x10000,
	L62_BLOCKS_MOST = 1 << 20,
	L62_BLOCK_BUCKETS = 1 << 17,
	L62_STACKS_MOST = 1 << 18,
	L62_STACK_BUCKETS = 1 << 15,
	L62_STACK_WORDS = 1 << 23,
	L62_STACK_DEPTH = 64,
	L62_STACKS_RECENT = 256,
	L62_LEFT_MOST = 1 << 10,
	L62_WRONG_FREES_MOST = 1 << 8,
	L62_TAGS_MOST = 1 << 12,
	L62_CALLS_MOST = 1 << 18,
	L62_INJECTED_MOST = 1 << 12,
	L62_TIMELINE_MOST = 1 << 8,
	L62_ROOTS_MOST = 1 << 8,
	L62_CALLED_MOST = 1 << 24,
};

struct l62_block {
	uint64_t address, size; /* bytes asked for */
	uint64_t length;        /* as `!verifier 3` shows it */
	uint64_t caller;        /* the driver's return address */
	uint64_t thread;
	int64_t time;      /* 100 ns, virtual */
	uint64_t sequence; /* allocations are numbered from 1 */
	uint64_t moment;   /* events of the trace before it */
	uint32_t tag;
	uint32_t stack;
	uint32_t next;    /* in its bucket or the list of unused ones; 0: last */
	uint16_t kind;    /* enum l62_kind */
	uint16_t service; /* that made it: index into l62_services and one; 0: not known */
	uint8_t pool;     /* enum l62_pool */
	uint8_t irql;
	uint8_t special; /* has a guard page */
	uint8_t live;
};

struct l62_operation {
	uint64_t address, size, thread;
	uint32_t stack;
	uint8_t is_free;
	uint8_t irql;
};

struct l62_stack_entry {
	uint32_t next, hash;
	uint32_t words; /* index of its first address */
	uint32_t count;
};

/* Index 0: nonpaged, 1: paged. */
struct l62_statistics {
	uint64_t raise_irqls, spin_locks, synch_executions, trims;
	uint64_t attempted, succeeded, special, no_tag, failed;
	uint64_t current[2], current_bytes[2], peak[2], peak_bytes[2];
	uint64_t contiguous, peak_contiguous;
};

/* One tag in one pool, found by hash; allocations 0: the place is free. */
struct l62_tag {
	uint32_t tag;
	uint8_t pool; /* enum l62_pool */
	uint64_t allocations, frees;
	uint64_t bytes, peak_bytes; /* lengths of the live ones */
};

/* What the driver has not given back, besides pool; see ledger.h. */
struct l62_left {
	uint64_t address;  /* or a handle's value, or a name's hash */
	uint64_t size;     /* bytes; pages that are locked */
	uint64_t count;    /* how often the same was taken */
	uint32_t kind;     /* enum l62_ledger */
	uint32_t resource; /* enum l62_kind; L62_KIND_COUNT: none */
	uint64_t moment;   /* events of the trace before it */
	uint32_t stack;
	char detail[96]; /* its name, or "" */
};

/* A call that was made to fail. */
struct l62_injected {
	uint64_t call; /* its number, from 1 */
	uint64_t key;  /* see leak62/faults.h */
	uint64_t caller;
	uint32_t service;
	uint32_t status; /* returned or raised; 0: it returned NULL */
	uint32_t stack;
	uint8_t raised;
	uint8_t chosen; /* the status is not the routine's usual one */
};

/* The allocations of one stack. */
struct l62_use {
	uint64_t allocations, size;  /* size: of the first one */
	uint64_t live, bytes;        /* bytes: lengths of the live ones */
	uint64_t live_then, least;   /* live at the end of the iteration before; least growth */
	uint64_t bytes_first, first; /* live at the end of the first iteration */
	uint32_t tag;
	uint32_t grown;  /* iterations behind the first that ended with more than the one before
	                  */
	uint32_t varied; /* not all of them have the first one's size and tag */
};

/* Over step operations: the most that was in use, and what was at last. */
struct l62_timeline_part {
	uint64_t peak_at, peak, last_at, last;
};
struct l62_timeline {
	uint64_t step, first_at, first;
	uint32_t used; /* parts; the index-th is for the index-th step of operations */
	struct l62_timeline_part parts[L62_TIMELINE_MOST];
};

/* Who points to a live block. */
enum l62_holder {
	L62_HOLDER_NONE,
	L62_HOLDER_IMAGE, /* at: in its data */
	L62_HOLDER_BLOCK, /* which: a live block's index; at: in that */
	L62_HOLDER_LEFT,  /* which: an index of left; at: in its memory, or 0: the thing itself
	                   */
	L62_HOLDER_ROOT,  /* which: an index of roots; at: in its memory */
};
enum l62_reach { L62_REACH_UNKNOWN, L62_REACH_FORGOTTEN, L62_REACH_LOST };
struct l62_held {
	uint64_t at;
	uint32_t which;
	uint8_t holder; /* enum l62_holder */
	uint8_t reach;  /* enum l62_reach */
};

/* Memory of the kernel's own in which a driver's pointers are kept. */
struct l62_root {
	uint64_t address, size;
	char what[64];
};

/* A block that was given to a routine that frees other things. */
struct l62_wrong_free {
	uint64_t address, count; /* count: how often, with the same two stacks */
	uint32_t kind;           /* enum l62_kind: what it is */
	uint32_t made_by;        /* services: indices into l62_services and one; 0: not known */
	uint32_t given_to;
	uint32_t stack, made; /* stacks of the free and of the allocation */
};

/* A value of the registry, or with no name a key, that the driver has asked for and that is
 * not there.  type: REG_*, where the driver says which it must have; 0: it does not. */
struct l62_missing {
	char key[200], name[88];
	uint32_t type;
};
enum { L62_MISSING_MOST = 32 };

enum l62_run_end {
	L62_RUN_RUNNING, /* the child never said how it ended */
	L62_RUN_CLEAN,
	L62_RUN_BUGCHECK,
	L62_RUN_INCOMPLETE,
};

struct l62_arena {
	uint32_t end;  /* enum l62_run_end */
	uint32_t code; /* bug check */
	uint64_t arguments[4];
	uint32_t stack;   /* of the end: an index, or 0 */
	uint32_t loaded;  /* the image is in memory */
	uint32_t checked; /* all that was left then had to be given back: at unload */
	char text[1024];  /* INCOMPLETE: one sentence */
	char step[128];   /* what the scenario was doing */
	uint64_t image_base, image_size;
	uint64_t entry_address;  /* the driver's verifier entry */
	uint64_t module_address; /* `MODULE: 0x...` */
	uint64_t name_address;
	struct l62_statistics statistics;
	uint64_t operations; /* ever; the ring holds the last */
	uint32_t blocks_used, blocks_unused;
	uint32_t stacks_used, words_used;
	uint32_t block_buckets[L62_BLOCK_BUCKETS];
	uint32_t stack_buckets[L62_STACK_BUCKETS];
	struct l62_operation ring[L62_RING_SIZE];
	struct l62_block blocks[L62_BLOCKS_MOST];
	struct l62_stack_entry stacks[L62_STACKS_MOST];
	uint64_t words[L62_STACK_WORDS];
	struct l62_tag tags[L62_TAGS_MOST];
	uint64_t tags_lost; /* allocations for which the table had no room */
	struct l62_left left[L62_LEFT_MOST];
	uint32_t left_count;
	uint64_t left_lost;
	struct l62_wrong_free wrong_frees[L62_WRONG_FREES_MOST];
	uint32_t wrong_free_count;
	uint64_t wrong_frees_lost;
	struct l62_missing missing[L62_MISSING_MOST];
	uint32_t missing_count;
	uint32_t stacks_recent[L62_STACKS_RECENT]; /* by a few of their frames; 0: none */
	uint64_t fault_calls;                      /* that could have failed */
	uint64_t injected_count;                   /* that were made to; may exceed the array */
	char injected_step[128]; /* what the scenario was doing at the first */
	struct l62_injected injected[L62_INJECTED_MOST];
	struct l62_fault_call calls[L62_CALLS_MOST]; /* by number, less 1 */
	struct l62_use uses[L62_STACKS_MOST];
	struct l62_timeline timelines[L62_TAGS_MOST];
	struct l62_held held[L62_BLOCKS_MOST];
	uint32_t reached; /* held is filled */
	uint32_t root_count;
	struct l62_root roots[L62_ROOTS_MOST];
	uint32_t iterations;    /* how many have ended */
	uint32_t cannot_unload; /* the driver has no DriverUnload */
	uint16_t called[L62_CALLED_MOST];
};

#endif
