/* SPDX-License-Identifier: MIT */
#include "common/snapshot/snapshot_file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/decimal.h"
#include "common/base/growing_buffer.h"
#include "common/base/hex.h"
#include "common/base/memory.h"
#include "common/service/atomic_file.h"

#define PATH_SIZE 4096
#define DIGEST_CEILING 1024
#define PIECE ((size_t)1 << 18)

static const char first_line[] = "plasma.snapshot-digest/1\n";

static bool fail(struct error *error, const char *path, const char *what)
{
	return error_set(error,
			 errno == ENOENT   ? ERROR_NO_INPUT
			 : errno == EACCES ? ERROR_PERMISSION
					   : ERROR_IO,
			 "%s: cannot %s: %s", path, what, strerror(errno));
}

/* ---- bytes of a file ---- */

static bool hash_all(struct hash *out, int fd)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	uint8_t *piece = memory_new(PIECE, 1);
	unsigned int len = 0;
	ssize_t got;

	assert(context != NULL);
	bool ok = EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;
	while ((got = read(fd, piece, PIECE)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			break;
		ok = ok && EVP_DigestUpdate(context, piece, (size_t)got) == 1;
	}
	ok = ok && EVP_DigestFinal_ex(context, out->bytes, &len) == 1;
	assert(ok && len == sizeof(out->bytes));
	EVP_MD_CTX_free(context);
	memory_free(piece);
	return got == 0;
}

bool snapshot_file_hash(struct hash *out, const char *path, struct error *error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return fail(error, path, "open");
	bool ok = hash_all(out, fd) || fail(error, path, "read");
	(void)close(fd); /* nothing was written */
	return ok;
}

bool snapshot_file_mark(struct snapshot_file_mark *out, const char *path,
			struct error *error)
{
	struct stat status;

	if (stat(path, &status) != 0)
		return fail(error, path, "look at");
	out->words[0] = (uint64_t)status.st_dev;
	out->words[1] = (uint64_t)status.st_ino;
	out->words[2] = (uint64_t)status.st_size;
	out->words[3] = (uint64_t)status.st_mtim.tv_sec;
	out->words[4] = (uint64_t)status.st_mtim.tv_nsec;
	out->words[5] = (uint64_t)status.st_ctim.tv_nsec;
	return true;
}

bool snapshot_file_same_mark(const struct snapshot_file_mark *a,
			     const struct snapshot_file_mark *b)
{
	return memcmp(a->words, b->words, sizeof(a->words)) == 0;
}

/* ---- names ---- */

static bool beside(char out[PATH_SIZE], const char *path, struct error *error)
{
	return snprintf(out, PATH_SIZE, "%s.digest", path) < PATH_SIZE ||
	       error_set(error, ERROR_BAD_INPUT, "%s: the path is too long",
			 path);
}

/* The folder of a path, and the name in it. */
static bool split(char folder[PATH_SIZE], const char **name, const char *path,
		  struct error *error)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 0 : (size_t)(slash - path);

	*name = slash == NULL ? path : slash + 1;
	if (len >= PATH_SIZE)
		return error_set(error, ERROR_BAD_INPUT,
				 "%s: the path is too long", path);
	if (slash == NULL)
		folder[len++] = '.';
	else if (len == 0)
		folder[len++] = '/';
	else
		memcpy(folder, path, len);
	folder[len] = '\0';
	return true;
}

static bool sync_path(const char *path, int flags, struct error *error)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0)
		return fail(error, path, "open");
	bool ok = fsync(fd) == 0 || fail(error, path, "sync");
	(void)close(fd); /* synced or failed */
	return ok;
}

bool snapshot_file_rename(const char *part, const char *path,
			  struct error *error)
{
	char folder[PATH_SIZE];
	const char *name;

	return split(folder, &name, path, error) &&
	       sync_path(part, O_RDONLY, error) &&
	       (rename(part, path) == 0 || fail(error, path, "rename")) &&
	       sync_path(folder, O_RDONLY | O_DIRECTORY, error);
}

/* ---- the digest beside ---- */

bool snapshot_file_write_digest(const char *path,
				const struct snapshot_file_digest *is,
				struct error *error)
{
	char digest_path[PATH_SIZE];
	char folder[PATH_SIZE];
	char text[DIGEST_CEILING];
	char content[HEX_SIZE(32)];
	char file[HEX_SIZE(32)];
	char head[HEX_SIZE(32)];
	const char *name;

	if (!beside(digest_path, path, error) ||
	    !split(folder, &name, digest_path, error))
		return false;
	hex_encode(content, bytes_view(is->content.bytes, 32));
	hex_encode(file, bytes_view(is->file.bytes, 32));
	hex_encode(head, bytes_view(is->head_hash.bytes, 32));
	(void)snprintf(text, sizeof(text),
		       "%scontent %s\nfile %s\nhead %llu %s\n", first_line,
		       content, file, (unsigned long long)is->head_number,
		       head); /* it fits */
	return atomic_file_write(folder, name, bytes_of_string(text), 0644,
				 error);
}

bool snapshot_file_remove_digest(const char *path, struct error *error)
{
	char digest_path[PATH_SIZE];
	char folder[PATH_SIZE];
	const char *name;

	if (!beside(digest_path, path, error) ||
	    !split(folder, &name, digest_path, error))
		return false;
	if (unlink(digest_path) != 0)
		return errno == ENOENT || fail(error, digest_path, "remove");
	return sync_path(folder, O_RDONLY | O_DIRECTORY, error);
}

/* Moves behind `word` if the text begins with it. */
static bool skip(const char **at, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(*at, word, len) != 0)
		return false;
	*at += len;
	return true;
}

static bool read_hash(const char **at, struct hash *out)
{
	if (strlen(*at) < 67 || (*at)[66] != '\n' ||
	    !hex_decode(out->bytes, 32, *at, 66))
		return false;
	*at += 67;
	return true;
}

static bool read_number(const char **at, uint64_t *out)
{
	char digits[24];
	size_t len = strcspn(*at, " \n");

	if ((*at)[len] != ' ' || len >= sizeof(digits))
		return false;
	memcpy(digits, *at, len);
	digits[len] = '\0';
	*at += len + 1;
	return decimal_parse_u64(out, digits, UINT64_MAX);
}

bool snapshot_file_read_digest(struct snapshot_file_digest *out, bool *found,
			       const char *path, struct error *error)
{
	char digest_path[PATH_SIZE];
	struct growing_buffer text;

	if (!beside(digest_path, path, error))
		return false;
	growing_buffer_init(&text, DIGEST_CEILING);
	*found = atomic_file_read(&text, digest_path, error);
	if (!*found) {
		growing_buffer_clear(&text);
		return error->code == ERROR_NO_INPUT;
	}
	const char *at = growing_buffer_string(&text);
	bool ok = (skip(&at, first_line) && skip(&at, "content ") &&
		   read_hash(&at, &out->content) && skip(&at, "file ") &&
		   read_hash(&at, &out->file) && skip(&at, "head ") &&
		   read_number(&at, &out->head_number) &&
		   read_hash(&at, &out->head_hash) && *at == '\0') ||
		  error_set(error, ERROR_BAD_INPUT,
			    "%s: not the digest of a snapshot", digest_path);
	growing_buffer_clear(&text);
	return ok;
}
