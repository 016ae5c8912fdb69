/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * A driver's image in memory: mapped at its preferred base or relocated, bound to
 * the kernel services, protected by section.  In the child process only; there is
 * one image, which the fault handler and the unwinder know.
 */
#ifndef LEAK62_VERIFIER_IMAGE_H
#define LEAK62_VERIFIER_IMAGE_H

#include "pe.h"
#include "unwind.h"

struct l62_image {
	uint64_t base, size, entry;
	struct l62_unwind_table unwind;
};

/* Maps, relocates, sets the security cookie and the guard pointers; still writable. */
int l62_image_map(struct l62_image *image, const struct l62_pe *pe, struct l62_error *err);

/* The part of it that needs no mapping: the image at memory, pe->image_size zeroes, for the
 * address image->base. */
int l62_image_place(struct l62_image *image, const struct l62_pe *pe, uint8_t *memory,
                    struct l62_error *err);

/* What binding looks up, which is the same for all images: to be called before the fork, so that
 * not each child has to.  False: no memory. */
bool l62_image_prepare(void);

/* Fills the import slots; what is not implemented gets a thunk that ends the run.
 * pe must stay: imports are named from it. */
int l62_image_bind(const struct l62_image *image, const struct l62_pe *pe,
                   struct l62_error *err);

/* Gives each section its access. */
int l62_image_protect(const struct l62_image *image, const struct l62_pe *pe,
                      struct l62_error *err);

/* Force IRQL checking: lets its pageable sections come and go with the IRQL. */
int l62_image_set_pageable(struct l62_image *image, const struct l62_pe *pe,
                           struct l62_error *err);

/* The one that was bound last; NULL before. */
const struct l62_image *l62_image_loaded(void);
/* What it was bound from; NULL before. */
const struct l62_pe *l62_image_file(void);

/* The record of the driver's call that is being served; NULL: the kernel does something of its
 * own.  Its service: an index into l62_services; -1: none. */
struct l62_record;
struct l62_record *l62_image_called(void);
int32_t l62_image_service(const struct l62_record *record);

#endif
