/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * How long the runs of a campaign take, against a process that only begins and ends:
 *
 *   campaign_runs DRIVER.sys IOCTL ROUNDS
 *
 * Prints "runs N ns T" and "forks N ns T".  The processes are forked where a campaign forks
 * its runs: with the image, its symbols and all libraries in memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "leak62/campaign.h"

static long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void fail(const char *text)
{
	fprintf(stderr, "campaign_runs: %s\n", text);
	exit(1);
}

int main(int argc, char **argv)
{
	struct l62_campaign_options how = {0};
	struct l62_verify_options options = {.flags = l62_verify_flags_default(),
	                                     .ioctl_count = 1,
	                                     .buffer_size = 256,
	                                     .seconds = 60};
	struct l62_campaign *campaign;
	struct l62_error err;
	unsigned long runs;
	long long begin, middle, end;
	uint32_t code;
	int rounds;

	if (argc != 4)
		fail("a driver, a control code and a number of rounds are needed");
	code = (uint32_t)strtoul(argv[2], NULL, 0);
	options.ioctls = &code;
	rounds = atoi(argv[3]);
	if (l62_campaign_open(argv[1], &options, &how, &campaign, &err) != L62_OK)
		fail(err.text);
	begin = now();
	for (int i = 0; i < rounds; i++) {
		if (l62_campaign_run(campaign, &options, NULL, NULL, NULL, &err) != L62_OK)
			fail(err.text);
	}
	middle = now();
	runs = l62_campaign_counts(campaign).runs;
	for (unsigned long i = 0; i < runs; i++) {
		pid_t child = fork();

		if (child == 0)
			_exit(0);
		if (child < 0 || waitpid(child, NULL, 0) != child)
			fail("there is no process");
	}
	end = now();
	printf("runs %lu ns %lld\nforks %lu ns %lld\n", runs, middle - begin, runs,
	       end - middle);
	l62_campaign_close(campaign);
	return 0;
}
