/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Mapping, relocating and protecting a driver; see image.h. */
#include "image.h"

#include <sys/mman.h>

#include "host.h"
#include "pe_read.h"
#include "run/memory.h"

enum { RELOCATION_ABSOLUTE = 0, RELOCATION_DIR64 = 10, BLOCK = 8 };

/* Returns to the address in rax, as the guarded call expects: jmp rax; a check: ret. */
static const uint8_t guard_code[]
        __attribute__((aligned(16))) = {0xff, 0xe0, 0xcc, 0xcc, 0xc3, 0xcc, 0xcc, 0xcc};
enum { GUARD_DISPATCH = 0, GUARD_CHECK = 4 };

static void *map_at(uint64_t base, size_t size)
{
	void *wanted = (void *)(uintptr_t)base;
	void *memory = MAP_FAILED;

	if (base)
		memory = mmap(wanted, size, PROT_READ | PROT_WRITE,
		              MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (memory != MAP_FAILED && memory != wanted) {
		munmap(memory, size);
		memory = MAP_FAILED;
	}
	if (memory == MAP_FAILED)
		memory = l62_memory_map(size, PROT_READ | PROT_WRITE);
	return memory ? memory : MAP_FAILED;
}

static int bad_relocation(struct l62_error *err)
{
	return l62_error_set(err, L62_E_FORMAT,
	                     "the image cannot be loaded at another base: its relocations are "
	                     "missing or damaged");
}

static int relocate(const struct l62_image *image, const struct l62_pe *pe, uint8_t *memory,
                    struct l62_error *err)
{
	uint64_t delta = image->base - pe->base;
	uint32_t at = pe->relocations.rva, left = pe->relocations.size;

	if (delta == 0)
		return L62_OK;
	if (pe->fixed)
		return bad_relocation(err);
	while (left >= BLOCK) {
		const uint8_t *block = l62_pe_at(pe, at, BLOCK);
		uint32_t page = block ? l62_read32(block) : 0;
		uint32_t size = block ? l62_read32(block + 4) : 0;

		if (size < BLOCK || size > left || !(block = l62_pe_at(pe, at, size)))
			return bad_relocation(err);
		for (uint32_t i = BLOCK; i + 2 <= size; i += 2) {
			uint16_t entry = l62_read16(block + i);
			uint64_t rva = (uint64_t)page + (entry & 0xfff), value;
			uint8_t *target;

			if (entry >> 12 == RELOCATION_ABSOLUTE)
				continue;
			if (entry >> 12 != RELOCATION_DIR64 || rva + 8 > image->size)
				return bad_relocation(err);
			target = memory + rva;
			value = l62_read64(target) + delta;
			memcpy(target, &value, sizeof(value));
		}
		at += size;
		left -= size;
	}
	return L62_OK;
}

static void put(const struct l62_image *image, uint32_t rva, uint64_t value)
{
	if (rva)
		memcpy((uint8_t *)(uintptr_t)image->base + rva, &value, sizeof(value));
}

static int set_guards(const struct l62_image *image, const struct l62_pe *pe,
                      struct l62_error *err)
{
	uint8_t *code;

	/* Not the default value, which an image's own start-up would replace. */
	put(image, pe->cookie, (image->base ^ 0x62c462c462c4) & 0xffffffffffff);
	if (!pe->guard_dispatch && !pe->guard_check)
		return L62_OK;
	code = mmap(NULL, sizeof(guard_code), PROT_READ | PROT_WRITE,
	            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (code == MAP_FAILED)
		return l62_error_set(err, L62_E_IO, "no memory for the image");
	memcpy(code, guard_code, sizeof(guard_code));
	mprotect(code, sizeof(guard_code), PROT_READ | PROT_EXEC);
	put(image, pe->guard_dispatch, (uintptr_t)code + GUARD_DISPATCH);
	put(image, pe->guard_check, (uintptr_t)code + GUARD_CHECK);
	return L62_OK;
}

int l62_image_place(struct l62_image *image, const struct l62_pe *pe, uint8_t *memory,
                    struct l62_error *err)
{
	image->size = pe->image_size;
	image->entry = image->base + pe->entry;
	memcpy(memory, pe->data, pe->headers_size);
	for (size_t i = 0; i < pe->section_count; i++) {
		const struct l62_pe_section *section = &pe->sections[i];
		uint32_t have =
		        section->file_size < section->size ? section->file_size : section->size;

		memcpy(memory + section->rva, pe->data + section->offset, have);
	}
	image->unwind = (struct l62_unwind_table){
	        .image = memory,
	        .base = image->base,
	        .size = image->size,
	        .rva = pe->exceptions.rva,
	        .count = pe->exceptions.size / L62_UNWIND_ROW,
	};
	if (pe->exceptions.rva > image->size ||
	    pe->exceptions.size > image->size - pe->exceptions.rva)
		return l62_error_set(err, L62_E_FORMAT,
		                     "the exception directory is outside the image");
	return relocate(image, pe, memory, err);
}

int l62_image_map(struct l62_image *image, const struct l62_pe *pe, struct l62_error *err)
{
	/* What lies in the user's half is no kernel address. */
	bool there = pe->fixed || pe->base >= L62_USER_END;
	void *memory = map_at(there ? pe->base : 0, pe->image_size);
	int status;

	if (memory == MAP_FAILED)
		return l62_error_set(err, L62_E_IO, "no memory for an image of %u bytes",
		                     pe->image_size);
	image->base = (uintptr_t)memory;
	status = l62_image_place(image, pe, memory, err);
	if (status == L62_OK)
		status = set_guards(image, pe, err);
	return status;
}

int l62_image_protect(const struct l62_image *image, const struct l62_pe *pe,
                      struct l62_error *err)
{
	uint8_t *memory = (uint8_t *)(uintptr_t)image->base;

	if (mprotect(memory, image->size, PROT_READ) != 0)
		return l62_error_set(err, L62_E_IO, "the image cannot be protected");
	for (size_t i = 0; i < pe->section_count; i++) {
		const struct l62_pe_section *section = &pe->sections[i];
		int access = PROT_READ;

		access |= section->flags & L62_PE_WRITE ? PROT_WRITE : 0;
		access |= section->flags & L62_PE_EXECUTE ? PROT_EXEC : 0;
		if (mprotect(memory + section->rva, section->size, access) != 0)
			return l62_error_set(err, L62_E_IO, "section %s cannot be protected",
			                     section->name);
	}
	return L62_OK;
}
