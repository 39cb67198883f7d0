/* SPDX-License-Identifier: MIT */
#ifndef PLASMA_COMMON_SNAPSHOT_SNAPSHOT_FILE_H
#define PLASMA_COMMON_SNAPSHOT_SNAPSHOT_FILE_H

/*
 * A portable snapshot is one file, and beside it FILE.digest, which says what
 * the file has to be:
 *
 *	plasma.snapshot-digest/1
 *	content 0x…	the digest of snapshot_digest.h
 *	file 0x…	SHA-256 of the file's bytes
 *	head NUMBER 0x…	its head
 *
 * Whoever opens a file with a digest beside it reads exactly the bytes that the
 * digest is about, or nothing. The follower's own snapshot has none.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/base/attributes.h"
#include "common/base/bytes.h"
#include "common/base/error.h"

struct snapshot_file_digest {
	struct hash content;
	struct hash file;
	uint64_t head_number;
	struct hash head_hash;
};

/* Hashes the bytes of the file at `path`. ERROR_NO_INPUT, ERROR_PERMISSION,
 * ERROR_IO. */
NODISCARD bool snapshot_file_hash(struct hash *out, const char *path,
				  struct error *error);

/* Writes PATH.digest, durably. */
NODISCARD bool snapshot_file_write_digest(const char *path,
					  const struct snapshot_file_digest *is,
					  struct error *error);

/* Takes PATH.digest away, durably; it need not be there. */
NODISCARD bool snapshot_file_remove_digest(const char *path,
					   struct error *error);

/* Reads PATH.digest; `found` false: there is none. ERROR_BAD_INPUT. */
NODISCARD bool snapshot_file_read_digest(struct snapshot_file_digest *out,
					 bool *found, const char *path,
					 struct error *error);

/* Which file a name stood for, to see later whether it still does. */
struct snapshot_file_mark {
	uint64_t words[6];
};

NODISCARD bool snapshot_file_mark(struct snapshot_file_mark *out,
				  const char *path, struct error *error);
bool snapshot_file_same_mark(const struct snapshot_file_mark *a,
			     const struct snapshot_file_mark *b);

/* Gives `part` the name `path`, durably; both in one folder. */
NODISCARD bool snapshot_file_rename(const char *part, const char *path,
				    struct error *error);

#endif
