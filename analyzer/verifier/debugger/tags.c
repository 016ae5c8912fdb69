/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* `!poolused`: a table of tags as PoolMon shows it. */
#include <stdlib.h>

#include "host.h"
#include "print.h"

static int by_bytes(const void *a, const void *b)
{
	const struct l62_tag *x = a, *y = b;

	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? 1 : -1;
	if (x->allocations != y->allocations)
		return x->allocations < y->allocations ? 1 : -1;
	return (x->tag > y->tag) - (x->tag < y->tag);
}

struct l62_tag *l62_tags_make(const struct l62_verify *run, size_t *count)
{
	struct l62_tag *tags = calloc(L62_TAGS_MOST, sizeof(*tags));

	*count = 0;
	if (!tags)
		return NULL;
	for (size_t i = 0; i < L62_TAGS_MOST; i++) {
		if (run->arena->tags[i].allocations)
			tags[(*count)++] = run->arena->tags[i];
	}
	qsort(tags, *count, sizeof(*tags), by_bytes);
	return tags;
}

void l62_verify_print_tags(const struct l62_verify *run, FILE *out)
{
	size_t count;
	struct l62_tag *tags = l62_tags_make(run, &count);

	if (count == 0) {
		fputs("The driver has allocated no pool.\n", out);
		free(tags);
		return;
	}
	fputs("  Tag   Type       Allocs      Frees       Diff        Bytes   Peak Bytes    "
	      "Per "
	      "Alloc\n",
	      out);
	for (size_t i = 0; i < count; i++) {
		const struct l62_tag *t = &tags[i];
		uint64_t live = t->allocations - t->frees;
		char tag[5];

		l62_tag_text(t->tag, tag);
		fprintf(out,
		        "  %s  %-5s %11" PRIu64 " %10" PRIu64 " %10" PRIu64 " %12" PRIu64
		        " %12" PRIu64 " %12" PRIu64 "\n",
		        tag, t->pool == L62_POOL_PAGED ? "Paged" : "Nonp", t->allocations,
		        t->frees, live, t->bytes, t->peak_bytes, live ? t->bytes / live : 0);
	}
	if (run->arena->tags_lost)
		fprintf(out, "There are more tags: %" PRIu64 " allocations are not shown.\n",
		        run->arena->tags_lost);
	free(tags);
}
