/* SPDX-License-Identifier: MIT */

/*
 * Threads and processes that end, to be loaded in front of a program
 * (LD_PRELOAD): FAILING_THREADS of them can be made, and no further one.
 */

#define _GNU_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_ulong wanted;

static int fails_now(void)
{
	const char *most = getenv("FAILING_THREADS");

	return most != NULL &&
	       atomic_fetch_add(&wanted, 1) >= strtoul(most, NULL, 10);
}

int pthread_create(pthread_t *out, const pthread_attr_t *attributes,
		   void *(*run)(void *context), void *context)
{
	static int (*next)(pthread_t *, const pthread_attr_t *,
			   void *(*)(void *), void *);

	if (fails_now())
		return EAGAIN;
	*(void **)&next = dlsym(RTLD_NEXT, "pthread_create");
	return next(out, attributes, run, context);
}

int posix_spawnp(pid_t *out, const char *file,
		 const posix_spawn_file_actions_t *files,
		 const posix_spawnattr_t *attributes, char *const argv[],
		 char *const envp[])
{
	static int (*next)(
		pid_t *, const char *, const posix_spawn_file_actions_t *,
		const posix_spawnattr_t *, char *const[], char *const[]);

	if (fails_now())
		return EAGAIN;
	*(void **)&next = dlsym(RTLD_NEXT, "posix_spawnp");
	return next(out, file, files, attributes, argv, envp);
}
