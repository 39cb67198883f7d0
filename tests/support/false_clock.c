/* SPDX-License-Identifier: MIT */

/*
 * A wall clock that is wrong, to be loaded in front of a program (LD_PRELOAD):
 * by the seconds in the file named by FALSE_CLOCK, or standing at the second
 * behind an '@' in it. It may be set while the program runs. The monotonic
 * clock is right.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static time_t falsify(time_t seconds)
{
	const char *path = getenv("FALSE_CLOCK");
	char text[32] = "";
	int fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return seconds;
	ssize_t len = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (len <= 0)
		return seconds;
	return text[0] == '@' ? (time_t)strtoll(text + 1, NULL, 10)
			      : seconds + (time_t)strtoll(text, NULL, 10);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	int (*real)(clockid_t, struct timespec *) =
		(int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT,
							     "clock_gettime");
	int result = real(clock, now);

	if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)
		now->tv_sec = falsify(now->tv_sec);
	return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	int (*real)(struct timeval *, void *) =
		(int (*)(struct timeval *, void *))dlsym(RTLD_NEXT,
							 "gettimeofday");
	int result = real(now, zone);

	now->tv_sec = falsify(now->tv_sec);
	return result;
}

time_t time(time_t *out)
{
	time_t (*real)(time_t *) =
		(time_t(*)(time_t *))dlsym(RTLD_NEXT, "time");
	time_t now = falsify(real(NULL));

	if (out != NULL)
		*out = now;
	return now;
}
