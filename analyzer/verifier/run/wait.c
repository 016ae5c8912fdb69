/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Waiting for a child by a descriptor of it: no signals, no looking now and then. */
#include "wait.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)

int64_t l62_clock(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * SECOND + time.tv_nsec;
}

/* 1: it has ended; 0: the time has passed; -1: errno. */
static int watch(int descriptor, int64_t end)
{
	for (;;) {
		struct pollfd file = {.fd = descriptor, .events = POLLIN};
		int64_t left = end - l62_clock();
		struct timespec time = {left / SECOND, left % SECOND};
		int answer;

		if (left <= 0)
			return 0;
		answer = ppoll(&file, 1, &time, NULL);
		if (answer > 0 || (answer < 0 && errno != EINTR))
			return answer;
	}
}

int l62_wait_child(pid_t child, int64_t nanoseconds, int *how, bool *late, struct l62_error *err)
{
	int descriptor = pidfd_open(child, 0);
	int answer = descriptor < 0 ? -1 : watch(descriptor, l62_clock() + nanoseconds);
	int problem = errno;

	*late = answer == 0;
	if (answer <= 0)
		kill(child, SIGKILL);
	if (descriptor >= 0)
		close(descriptor);
	while (waitpid(child, how, 0) != child) {
		if (errno != EINTR)
			return l62_error_set(err, L62_E_IO, "the run was lost: %s",
			                     strerror(errno));
	}
	if (answer < 0)
		return l62_error_set(err, L62_E_IO, "the run cannot be waited for: %s",
		                     strerror(problem));
	return L62_OK;
}
