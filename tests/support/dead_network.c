/* SPDX-License-Identifier: MIT */

/*
 * A resolver that never answers, to be loaded in front of a program
 * (LD_PRELOAD): names under "black.hole" are asked for for ever, all others as
 * usual. With TRUSTED_CA the certificates in the file of that name are those
 * that the system trusts.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int getaddrinfo(const char *restrict node, const char *restrict service,
		const struct addrinfo *restrict hints,
		struct addrinfo **restrict out)
{
	int (*real)(const char *, const char *, const struct addrinfo *,
		    struct addrinfo **) =
		(int (*)(const char *, const char *, const struct addrinfo *,
			 struct addrinfo **))dlsym(RTLD_NEXT, "getaddrinfo");

	while (node != NULL && strstr(node, "black.hole") != NULL)
		pause();
	return real(node, service, hints, out);
}

static const char *trusted(const char *path)
{
	const char *ca = getenv("TRUSTED_CA");

	return ca != NULL && strstr(path, "ca-certificates.crt") != NULL ? ca
									 : path;
}

FILE *fopen(const char *restrict path, const char *restrict mode)
{
	FILE *(*real)(const char *, const char *) =
		(FILE * (*)(const char *, const char *))
			dlsym(RTLD_NEXT, "fopen");

	return real(trusted(path), mode);
}

FILE *fopen64(const char *restrict path, const char *restrict mode)
{
	FILE *(*real)(const char *, const char *) =
		(FILE * (*)(const char *, const char *))
			dlsym(RTLD_NEXT, "fopen64");

	return real(trusted(path), mode);
}
