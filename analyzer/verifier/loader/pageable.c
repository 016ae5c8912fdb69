/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Which sections of the image are pageable: those whose names begin with PAGE, as the
 * DDK's alloc_text has them.  The unwinder gets a copy of the image to read, for it has
 * to read such a section at any IRQL.
 */
#include <string.h>
#include <sys/mman.h>

#include "image.h"
#include "tracker/paged.h"

static int copy_image(struct l62_image *image, struct l62_error *err)
{
	void *copy = mmap(NULL, image->size, PROT_READ | PROT_WRITE,
	                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (copy == MAP_FAILED)
		return l62_error_set(err, L62_E_IO, "no memory for a copy of the image");
	memcpy(copy, (const void *)(uintptr_t)image->base, image->size);
	mprotect(copy, image->size, PROT_READ);
	image->unwind.image = copy;
	return L62_OK;
}

int l62_image_set_pageable(struct l62_image *image, const struct l62_pe *pe,
                           struct l62_error *err)
{
	bool any = false;

	for (size_t i = 0; i < pe->section_count; i++) {
		const struct l62_pe_section *section = &pe->sections[i];
		int access = PROT_READ;

		if (strncmp(section->name, "PAGE", 4) != 0 || section->size == 0)
			continue;
		access |= section->flags & L62_PE_WRITE ? PROT_WRITE : 0;
		access |= section->flags & L62_PE_EXECUTE ? PROT_EXEC : 0;
		if (!l62_paged_add_section(image->base + section->rva, section->size, access))
			return l62_error_set(
			        err, L62_E_FORMAT,
			        "section %s cannot be made pageable: there are too "
			        "many, or it does not begin at a page",
			        section->name);
		any = true;
	}
	return any ? copy_image(image, err) : L62_OK;
}
