/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * What the tracker is measured against: the loop of pool/pool.c with malloc and free, ten
 * frames deep.  Compiled twice: with a backtrace() at each, and with LeakSanitizer, which
 * takes one of its own.
 */
#include <execinfo.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { DEPTH = 8, WARM_UP = 40000, ROUNDS = 200, PAIRS = 1000, SIZE = 64, FRAMES_MOST = 64 };

static void *volatile frames[FRAMES_MOST];

static void capture(void)
{
#ifdef WITH_BACKTRACE
	void *here[FRAMES_MOST];
	int count = backtrace(here, FRAMES_MOST);

	frames[0] = here[count - 1];
#endif
}

__attribute__((noinline)) static unsigned loop(unsigned count)
{
	unsigned i;

	for (i = 0; i < count; i++) {
		volatile unsigned char *block = malloc(SIZE);

		if (!block)
			abort();
		capture();
		block[0] = (unsigned char)i;
		capture();
		free((void *)(uintptr_t)block);
	}
	return i;
}

/* Not a tail call: one is added. */
__attribute__((noinline)) static unsigned deep(unsigned depth, unsigned count)
{
	return depth > 1 ? deep(depth - 1, count) + 1 : loop(count);
}

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int main(void)
{
	uint64_t start, cycles, best = UINT64_MAX;
	int64_t begin, time, least = INT64_MAX;

	deep(DEPTH, WARM_UP);
	for (int i = 0; i < ROUNDS; i++) {
		begin = now();
		start = __builtin_ia32_rdtsc();
		deep(DEPTH, PAIRS);
		cycles = __builtin_ia32_rdtsc() - start;
		time = now() - begin;
		if (cycles < best) {
			best = cycles;
			least = time;
		}
	}
	/* The time says how long a cycle is. */
	printf("cycles %llu pairs %d ns %lld\n", (unsigned long long)best, PAIRS,
	       (long long)least);
	return frames[0] == (void *)frames;
}
