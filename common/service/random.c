/* SPDX-License-Identifier: MIT */
#include "common/service/random.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <sys/random.h>
#include <sys/types.h>

void random_fill(void *out, size_t len)
{
	uint8_t *at = out;

	while (len > 0) {
		ssize_t got = getrandom(at, len, 0);

		if (got < 0 && errno == EINTR)
			continue;
		assert(got > 0);
		at += got;
		len -= (size_t)got;
	}
}
