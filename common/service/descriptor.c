/* SPDX-License-Identifier: MIT */
#include "common/service/descriptor.h"

#include <errno.h>
#include <sys/sendfile.h>
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

bool descriptor_write_file(int fd, int from, uint64_t len)
{
	off_t at = 0;

	while ((uint64_t)at < len) {
		ssize_t sent =
			sendfile(fd, from, &at, (size_t)(len - (uint64_t)at));

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent == 0)
			errno = ENODATA;
		if (sent <= 0)
			return false;
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
