/* SPDX-License-Identifier: MIT */
#include "common/service/body_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/base/memory.h"
#include "common/chain/protocol.h"
#include "common/service/descriptor.h"
#include "common/service/random.h"

#define PIECE 65536

static bool fail(struct error *error, const char *what)
{
	return error_set(error, ERROR_IO, "bodies: cannot %s: %s", what,
			 strerror(errno));
}

bool body_file_begin(struct body_file *out, int directory_fd,
		     struct error *error)
{
	uint64_t seed;
	char name[32];

	*out = BODY_FILE_NONE;
	random_fill(&seed, sizeof(seed));
	(void)snprintf(name, sizeof(name), "%016llx.part",
		       (unsigned long long)seed); /* it fits */
	out->fd = openat(directory_fd, name,
			 O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			 0600);
	if (out->fd < 0)
		return fail(error, "make a file");
	if (unlinkat(directory_fd, name, 0) == 0)
		return true;
	(void)fail(error, "take away the name of a file");
	body_file_clear(out);
	return false;
}

bool body_file_put(struct body_file *file, struct bytes part,
		   struct error *error)
{
	if (file->overflowed || part.len > PROTOCOL_MAX_BODY_SIZE - file->len) {
		file->overflowed = true;
		return error_set(error, ERROR_PROTOCOL,
				 "longer than %llu bytes",
				 (unsigned long long)PROTOCOL_MAX_BODY_SIZE);
	}
	if (!descriptor_write(file->fd, part))
		return fail(error, "write a body that is being fetched");
	file->len += part.len;
	return true;
}

bool body_file_put_rest(struct body_file *file, int fd, struct error *error)
{
	uint8_t *piece = memory_new(PIECE, 1);
	bool ok = true;
	ssize_t len = 1;

	while (ok && len != 0) {
		len = read(fd, piece, PIECE);
		if (len < 0 && errno == EINTR)
			continue;
		ok = len >= 0
			     ? body_file_put(file,
					     bytes_view(piece, (size_t)len),
					     error)
			     : error_set(error, ERROR_UNREACHABLE,
					 "cannot be read: %s", strerror(errno));
	}
	memory_free(piece);
	return ok;
}

bool body_file_map(struct body_file *file, struct error *error)
{
	if (file->len == 0)
		return true;
	void *at = mmap(NULL, (size_t)file->len, PROT_READ, MAP_SHARED,
			file->fd, 0);
	if (at == MAP_FAILED)
		return fail(error, "map a body");
	file->bytes = bytes_view(at, (size_t)file->len);
	return true;
}

void body_file_clear(struct body_file *file)
{
	if (file->bytes.len > 0)
		(void)munmap((void *)(uintptr_t)file->bytes.data,
			     file->bytes.len); /* it is there */
	if (file->fd >= 0)
		(void)close(file->fd); /* what was written is not wanted */
	*file = BODY_FILE_NONE;
}
