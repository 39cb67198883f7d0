/* SPDX-License-Identifier: MIT */
#include "common/service/descriptor.h"

#include <errno.h>
#include <unistd.h>

bool descriptor_write(int fd, struct bytes view)
{
	while (view.len > 0) {
		ssize_t written = write(fd, view.data, view.len);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		view.data += written;
		view.len -= (size_t)written;
	}
	return true;
}

bool descriptor_read(int fd, uint8_t *out, size_t len)
{
	while (len > 0) {
		ssize_t got = read(fd, out, len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			errno = ENODATA;
		if (got <= 0)
			return false;
		out += got;
		len -= (size_t)got;
	}
	return true;
}
