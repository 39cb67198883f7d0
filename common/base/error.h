/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_BASE_ERROR_H
#define PLASMA_COMMON_BASE_ERROR_H

/*
 * What the world did to us: disk, network, files, peers. A broken rule is a
 * verdict and a mistake of our own is an assert; neither is a struct error.
 *
 * A function that can fail this way takes `struct error *error` as its last
 * argument and returns false after filling it. It never touches it when it
 * succeeds. The caller owns the error and handles it once.
 */

#include <stdbool.h>

#include "common/base/attributes.h"

/* The values are the exit codes of the programs (sysexits). */
enum error_code {
	ERROR_NONE = 0,
	ERROR_REFUSED = 1,	  /* the answer is no */
	ERROR_USAGE = 64,	  /* the command line is wrong */
	ERROR_BAD_INPUT = 65,	  /* a file or value breaks its format */
	ERROR_NO_INPUT = 66,	  /* a file is not there */
	ERROR_UNREACHABLE = 69,	  /* a peer does not answer */
	ERROR_SOFTWARE = 70,	  /* failed self-test */
	ERROR_CANNOT_CREATE = 73, /* a file cannot be made */
	ERROR_IO = 74,		  /* input, output or database */
	ERROR_TRY_AGAIN = 75,	  /* locked, or busy for now */
	ERROR_PROTOCOL = 76,	  /* a peer breaks the protocol */
	ERROR_PERMISSION = 77,	  /* password or permission */
	ERROR_CONFIG = 78	  /* configuration */
};

struct error {
	enum error_code code;
	char message[480]; /* one sentence of facts, no line break */
};

/* What error_set() and error_wrap() do. A message too long is cut; line breaks
 * become spaces. */
void error_fill(struct error *error, enum error_code code, const char *format,
		...) PRINTF_LIKE(3, 4);
void error_prefix(struct error *error, const char *format, ...)
	PRINTF_LIKE(2, 3);

static inline bool error_false(void)
{
	return false;
}

/* error_set(error, code, format, …) fills `error` and returns false, so that
 * `return error_set(…)` reads well; a macro, so that compilers and analysers
 * see that it does. */
#define error_set(error, ...) (error_fill(error, __VA_ARGS__), error_false())

/* error_wrap(error, format, …) puts "context: " before the message of an error
 * already set; keeps its code. Returns false. */
#define error_wrap(error, ...) (error_prefix(error, __VA_ARGS__), error_false())

#endif
