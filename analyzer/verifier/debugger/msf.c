/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Pages of a program database put together to streams; see msf.h.
 *
 *   page 0      magic, page size, ..., size of the directory, page of its page list
 *   directory   number of streams, size of each, pages of each
 */
#include "msf.h"

#include <stdlib.h>
#include <string.h>

enum { HEADER = 56, PAGE_LEAST = 512, PAGE_MOST = 1 << 16 };
#define NO_STREAM UINT32_MAX

static uint32_t read32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static int damaged(struct l62_error *err, const char *what)
{
	return l62_error_set(err, L62_E_FORMAT, "the program database is damaged: %s", what);
}

/* size bytes out of the pages that list names; list lies within its owner. */
static int gather(const struct l62_msf *msf, const uint8_t *list, size_t size, uint8_t **out,
                  struct l62_error *err)
{
	uint8_t *data;

	if (size > msf->size)
		return damaged(err, "a stream is larger than the file");
	data = malloc(size + 1);
	if (!data)
		return l62_error_set(err, L62_E_INTERNAL, "no memory");
	for (size_t done = 0, i = 0; done < size; i++) {
		size_t part = size - done < msf->page ? size - done : msf->page;
		uint64_t at = (uint64_t)read32(list + i * 4) * msf->page;

		if (at > msf->size || part > msf->size - at) {
			free(data);
			return damaged(err, "a page is outside the file");
		}
		memcpy(data + done, msf->data + at, part);
		done += part;
	}
	data[size] = 0;
	*out = data;
	return L62_OK;
}

static size_t pages_of(const struct l62_msf *msf, uint32_t size)
{
	return size == NO_STREAM ? 0 : ((size_t)size + msf->page - 1) / msf->page;
}

int l62_msf_open(struct l62_msf *msf, const uint8_t *data, size_t size, struct l62_error *err)
{
	static const char magic[] = "Microsoft C/C++ MSF 7.00\r\n\x1a\x44S\0\0";
	uint64_t list;
	size_t pages;
	int status;

	*msf = (struct l62_msf){.data = data, .size = size};
	if (size < HEADER || memcmp(data, magic, 32) != 0)
		return l62_error_set(err, L62_E_FORMAT,
		                     "the file is no program database (.pdb)");
	msf->page = read32(data + 32);
	msf->directory_size = read32(data + 44);
	if (msf->page < PAGE_LEAST || msf->page > PAGE_MOST || (msf->page & (msf->page - 1)))
		return damaged(err, "its page size is out of range");
	pages = pages_of(msf, (uint32_t)msf->directory_size);
	list = (uint64_t)read32(data + 52) * msf->page;
	if (msf->directory_size < 4 || msf->directory_size > size || list > size ||
	    pages > (size - list) / 4)
		return damaged(err, "its directory is outside the file");
	status = gather(msf, data + list, msf->directory_size, &msf->directory, err);
	if (status != L62_OK)
		return status;
	msf->stream_count = read32(msf->directory);
	if (msf->stream_count > (msf->directory_size - 4) / 4) {
		l62_msf_close(msf);
		return damaged(err, "its directory is cut short");
	}
	return L62_OK;
}

void l62_msf_close(struct l62_msf *msf)
{
	free(msf->directory);
	msf->directory = NULL;
}

int l62_msf_read(const struct l62_msf *msf, uint32_t number, struct l62_stream *stream,
                 struct l62_error *err)
{
	const uint8_t *sizes = msf->directory + 4;
	size_t at = 4 + (size_t)msf->stream_count * 4;
	uint32_t size;

	*stream = (struct l62_stream){0};
	if (number >= msf->stream_count)
		return damaged(err, "a stream is missing");
	for (uint32_t i = 0; i < number; i++)
		at += pages_of(msf, read32(sizes + (size_t)i * 4)) * 4;
	size = read32(sizes + (size_t)number * 4);
	if (size == NO_STREAM)
		size = 0;
	if (at > msf->directory_size || pages_of(msf, size) > (msf->directory_size - at) / 4)
		return damaged(err, "a stream's pages are missing");
	stream->size = size;
	return gather(msf, msf->directory + at, size, &stream->data, err);
}
