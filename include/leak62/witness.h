/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What a finding's path demands of the outside, so that somebody can take it: which
 * request goes to which entry point with what in it, and which call fails on the way.
 *
 * It is put together from the ways in the facts (analyzer/facts/schema.sql): the one
 * that leaks, or that leaves the resource in its slot, and before it, call by call, the
 * ways from a routine that the system calls.  Of several the one with the fewest gaps,
 * then calls, then demands is taken.
 *
 * Everything here is owned by the struct l62_witness and lives as long as that.
 */
#ifndef LEAK62_WITNESS_H
#define LEAK62_WITNESS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "leak62/error.h"
#include "leak62/finding.h"

enum l62_demand_kind {
	L62_DEMAND_MAJOR,         /* IO_STACK_LOCATION.MajorFunction: IRP_MJ_* */
	L62_DEMAND_MINOR,         /* IO_STACK_LOCATION.MinorFunction: IRP_MN_* */
	L62_DEMAND_CONTROL_CODE,  /* IoControlCode or FsControlCode; name: of the macro or NULL */
	L62_DEMAND_INPUT_LENGTH,  /* bytes: InputBufferLength, Write.Length */
	L62_DEMAND_OUTPUT_LENGTH, /* bytes: OutputBufferLength, Read.Length */
	L62_DEMAND_PARAMETER,     /* name: "Create.Options", a field of Parameters; or
	                           * "FileName.Length", bytes of the name that is opened */
	L62_DEMAND_POINTER,       /* name: a buffer; 0: there is none, else there is one */
	L62_DEMAND_BUFFER,        /* name: a buffer; the little-endian number of width bytes
	                           * at offset in it */
	L62_DEMAND_RETURNS,       /* the call of the kernel routine name at the place at */
	L62_DEMAND_RAISES,        /* the call of name (or NULL) at that place raises; value 1 */
	/* Not the outside's to choose; each that is not fresh makes the witness incomplete. */
	L62_DEMAND_STATE,         /* name: slot, as access paths name it, or NULL */
	L62_DEMAND_OTHER,         /* text: the condition that could not be expressed */
};

/* "major", "minor", "ioctl", "input_length", "output_length", "parameter", "pointer",
 * "buffer", "returns", "raises", "state", "other": as in the facts and in SARIF. */
const char *l62_demand_kind_name(enum l62_demand_kind kind);

/* A value is in min..max, or (excluded) is not.  Demands of one value all hold. */
struct l62_demand {
	enum l62_demand_kind kind;
	const char *name;     /* as said above; buffers: "system" (AssociatedIrp.SystemBuffer),
	                       * "user" (UserBuffer), "type3" (Type3InputBuffer), "mdl" (what
	                       * MdlAddress describes), "file_name" (the name that is opened) */
	const char *field;    /* MAJOR to PARAMETER: the field, "Read.Length", or NULL */
	const char *text;     /* the demand in words, without the place */
	int64_t offset;       /* BUFFER: bytes */
	int width;            /* BUFFER: bytes */
	bool has_mask;
	uint64_t mask;        /* of the value only these bits, if has_mask */
	bool excluded;
	bool has_min, has_max; /* without: as far as the type goes */
	int64_t min, max;      /* NTSTATUS is negative where it is a failure */
	struct l62_location at; /* of the decision, or of the call; file "" where none */
	bool fresh;            /* STATE: zero will do, which is what globals and extensions hold
	                        * as long as no other request has set them */
	int nth;               /* RETURNS, RAISES: which call at that place, from 1 */
};

struct l62_witness {
	const char *entry;  /* routine that the system calls, or where the way starts */
	const char *role;   /* of roles.def; NULL: nobody is known to call it */
	GArray *demands;    /* of struct l62_demand, in the order of the path */
	GPtrArray *calls;   /* of struct l62_step: the calls from entry to the path itself */
	GPtrArray *gaps;    /* of char: why it is incomplete, each a clause */
	bool complete;      /* no gaps: who meets the demands should see the path taken */
	GStringChunk *strings;
};

/* The only value that the demands on it allow: true, and the value in *value.  Several
 * demands of one kind are of one value for MAJOR to OUTPUT_LENGTH only. */
bool l62_witness_value(const struct l62_witness *witness, enum l62_demand_kind kind,
                       int64_t *value);

/* The witness of a finding that l62_result_load() has read: belongs to the finding and
 * goes with the result.  NULL: the database says nothing of how to get there. */
const struct l62_witness *l62_witness_of(const struct l62_finding *finding);

/* One control code of the driver's sources. */
struct l62_control_code {
	int64_t value;
	const char *name;       /* of the macro or enumerator, or NULL */
	struct l62_location at; /* of the case label or comparison */
};

struct l62_control_codes {
	GArray *codes;          /* of struct l62_control_code: by value, then place */
	GStringChunk *strings;
};

/* Reads every control code that the sources compare one with, from the database of a
 * driver (path).  On success *codes is the caller's, to be freed with
 * l62_control_codes_free().  L62_E_IO, L62_E_FORMAT, L62_E_VERSION. */
int l62_control_codes_load(const char *path, struct l62_control_codes **codes,
                           struct l62_error *err);
void l62_control_codes_free(struct l62_control_codes *codes);

#endif
