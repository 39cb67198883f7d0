/* SPDX-License-Identifier: MIT */
#include "rootchain/compression_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "common/base/bytes.h"
#include "common/service/descriptor.h"
#include "config.h"

#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

#define CHUNK ((size_t)32 << 10)
#define MOST_GROWTH 200
#define WINDOW_BITS 23

bool compression_store_is_asked_for(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && strcmp(name + len - 4, ".zst") == 0;
}

static bool say(const char *path, enum error_code code, struct error *error)
{
	return error_set(error, code, "%s: %s", path, strerror(errno));
}

static bool open_to_read(int *fd, const char *path, struct error *error)
{
	*fd = open(path, O_RDONLY | O_CLOEXEC);
	return *fd >= 0 ||
	       say(path, errno == EACCES ? ERROR_PERMISSION : ERROR_NO_INPUT,
		   error);
}

/* Less than was asked for is the end of the file. */
static bool read_some(size_t *len, int fd, uint8_t *out, size_t most,
		      const char *path, struct error *error)
{
	for (*len = 0; *len < most;) {
		ssize_t got = read(fd, out + *len, most - *len);

		if (got == 0)
			return true;
		if (got < 0 && errno != EINTR)
			return say(path, ERROR_IO, error);
		*len += got > 0 ? (size_t)got : 0;
	}
	return true;
}

bool compression_store_is_packed(bool *is_packed, const char *path,
				 struct error *error)
{
	static const uint8_t magic[] = { 0x28, 0xb5, 0x2f, 0xfd };
	uint8_t head[sizeof(magic)];
	size_t len;
	int fd;

	if (!open_to_read(&fd, path, error))
		return false;
	bool ok = read_some(&len, fd, head, sizeof(head), path, error);
	(void)close(fd); /* only read */
	*is_packed = ok && len == sizeof(head) &&
		     memcmp(head, magic, sizeof(magic)) == 0;
	return ok;
}

#ifdef HAVE_ZSTD

/* A file that becomes another one. */
struct passage {
	const char *from_path;
	const char *to_path;
	int from;
	int to;
	uint64_t taken; /* bytes */
	uint64_t given;
	uint8_t in[CHUNK];
	uint8_t out[CHUNK];
};

static bool begin(struct passage *passage, const char *from, const char *to,
		  struct error *error)
{
	passage->from_path = from;
	passage->to_path = to;
	passage->taken = 0;
	passage->given = 0;
	if (!open_to_read(&passage->from, from, error))
		return false;
	passage->to = open(
		to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (passage->to >= 0)
		return true;
	(void)say(to, ERROR_CANNOT_CREATE, error);
	(void)close(passage->from); /* only read */
	return false;
}

/* What is not whole is not there. */
static bool end(struct passage *passage, bool ok, struct error *error)
{
	(void)close(passage->from); /* only read */
	if (close(passage->to) != 0 && ok)
		ok = say(passage->to_path, ERROR_IO, error);
	if (!ok)
		(void)unlink(passage->to_path); /* the error stands */
	return ok;
}

static bool take(struct passage *passage, ZSTD_inBuffer *in,
		 struct error *error)
{
	size_t len;

	if (!read_some(&len, passage->from, passage->in, CHUNK,
		       passage->from_path, error))
		return false;
	passage->taken += len;
	*in = (ZSTD_inBuffer){ passage->in, len, 0 };
	return true;
}

static bool give(struct passage *passage, size_t len, struct error *error)
{
	passage->given += len;
	return descriptor_write(passage->to, bytes_view(passage->out, len)) ||
	       say(passage->to_path, ERROR_IO, error);
}

static bool pack(struct passage *passage, ZSTD_CCtx *zstd, struct error *error)
{
	ZSTD_inBuffer in;
	size_t left;

	do {
		if (!take(passage, &in, error))
			return false;
		ZSTD_EndDirective end_now =
			in.size < CHUNK ? ZSTD_e_end : ZSTD_e_continue;
		do {
			ZSTD_outBuffer out = { passage->out, CHUNK, 0 };

			left = ZSTD_compressStream2(zstd, &out, &in, end_now);
			if (ZSTD_isError(left) != 0)
				return error_set(error, ERROR_SOFTWARE,
						 "zstd: %s",
						 ZSTD_getErrorName(left));
			if (!give(passage, out.pos, error))
				return false;
		} while (end_now == ZSTD_e_end ? left != 0 : in.pos < in.size);
	} while (in.size == CHUNK);
	return fsync(passage->to) == 0 ||
	       say(passage->to_path, ERROR_IO, error);
}

bool compression_store_pack(const char *from, const char *to,
			    struct error *error)
{
	struct passage passage;
	ZSTD_CCtx *zstd = ZSTD_createCCtx();

	bool ok = zstd != NULL && ZSTD_isError(ZSTD_CCtx_setParameter(
					  zstd, ZSTD_c_checksumFlag, 1)) == 0;
	if (!ok)
		(void)error_set(error, ERROR_SOFTWARE, "zstd does not begin");
	if (ok && begin(&passage, from, to, error))
		ok = end(&passage, pack(&passage, zstd, error), error);
	else
		ok = false;
	(void)ZSTD_freeCCtx(zstd); /* always 0 */
	return ok;
}

static bool unpack(struct passage *passage, ZSTD_DCtx *zstd,
		   struct error *error)
{
	ZSTD_inBuffer in = { NULL, 0, 0 };
	size_t left = 1; /* 0: a frame is complete */

	for (;;) {
		if (in.pos == in.size && !take(passage, &in, error))
			return false;
		if (in.size == 0)
			return left == 0 || error_set(error, ERROR_BAD_INPUT,
						      "%s: it is cut off",
						      passage->from_path);
		ZSTD_outBuffer out = { passage->out, CHUNK, 0 };
		left = ZSTD_decompressStream(zstd, &out, &in);
		if (ZSTD_isError(left) != 0)
			return error_set(error, ERROR_BAD_INPUT, "%s: %s",
					 passage->from_path,
					 ZSTD_getErrorName(left));
		if (!give(passage, out.pos, error))
			return false;
		if (passage->given > MOST_GROWTH * (passage->taken + CHUNK))
			return error_set(error, ERROR_BAD_INPUT,
					 "%s: it becomes more than %d times as "
					 "large",
					 passage->from_path, MOST_GROWTH);
	}
}

bool compression_store_unpack(const char *from, const char *to,
			      struct error *error)
{
	struct passage passage;
	ZSTD_DCtx *zstd = ZSTD_createDCtx();

	bool ok = zstd != NULL &&
		  ZSTD_isError(ZSTD_DCtx_setParameter(zstd, ZSTD_d_windowLogMax,
						      WINDOW_BITS)) == 0;
	if (!ok)
		(void)error_set(error, ERROR_SOFTWARE, "zstd does not begin");
	if (ok && begin(&passage, from, to, error))
		ok = end(&passage, unpack(&passage, zstd, error), error);
	else
		ok = false;
	(void)ZSTD_freeDCtx(zstd); /* always 0 */
	return ok;
}

#else

static bool is_missing(struct error *error)
{
	return error_set(error, ERROR_CONFIG,
			 "this program was built without zstd");
}

bool compression_store_pack(const char *from, const char *to,
			    struct error *error)
{
	(void)from; /* nothing is done */
	(void)to;
	return is_missing(error);
}

bool compression_store_unpack(const char *from, const char *to,
			      struct error *error)
{
	(void)from; /* nothing is done */
	(void)to;
	return is_missing(error);
}

#endif
