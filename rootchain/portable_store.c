/* SPDX-License-Identifier: MIT */
#include "rootchain/portable_store.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "common/snapshot/snapshot_digest.h"
#include "common/store/database.h"
#include "rootchain/compression_store.h"
#include "sql/rootchain_sql.h"

#define PATH_SIZE 4096

static bool copy(const char *from, const char *part, struct error *error)
{
	struct database *database;

	if (!database_open(&database, from, DATABASE_READER, rootchain_schema,
			   error))
		return false;
	bool ok = database_copy(database, part, error);
	database_close(database);
	return ok;
}

static bool read_digest(struct hash *digest, struct snapshot_head *head,
			const char *path, struct error *error)
{
	struct snapshot_reader *reader;

	if (!snapshot_reader_open(&reader, path, NULL, error))
		return false;
	bool ok = snapshot_reader_begin(reader, head, error) &&
		  snapshot_digest(digest, reader, error);
	snapshot_reader_close(reader);
	return ok;
}

/* The digest takes as long as the copy, and is made of the same rows meanwhile.
 */
struct digesting {
	const char *from;
	struct hash digest;
	struct snapshot_head head;
	struct error error;
	bool ok;
};

static void *run_digest(void *context)
{
	struct digesting *digesting = context;

	digesting->ok = read_digest(&digesting->digest, &digesting->head,
				    digesting->from, &digesting->error);
	return NULL;
}

static bool read_head(struct snapshot_head *head, const char *path,
		      struct error *error)
{
	struct snapshot_reader *reader;

	if (!snapshot_reader_open(&reader, path, NULL, error))
		return false;
	bool ok = snapshot_reader_begin(reader, head, error);
	snapshot_reader_close(reader);
	return ok;
}

/* What was written between the copy and the digest shows in the head. */
static bool fill_digest(struct snapshot_file_digest *is,
			struct snapshot_head *head,
			const struct digesting *digesting, const char *part,
			struct error *error)
{
	if (!read_head(head, part, error))
		return false;
	is->content = digesting->digest;
	if (!digesting->ok || !hash_equal(&head->hash, &digesting->head.hash) ||
	    head->generation != digesting->head.generation)
		return read_digest(&is->content, head, part, error);
	return true;
}

/* The old digest goes first: at no moment stands a digest beside a file that it
 * is not about. */
static bool publish(const struct snapshot_file_digest *is, const char *part,
		    const char *file, struct error *error)
{
	return snapshot_file_remove_digest(file, error) &&
	       snapshot_file_rename(part, file, error) &&
	       snapshot_file_write_digest(file, is, error);
}

static bool write_part(struct snapshot_file_digest *is,
		       struct snapshot_head *head, const char *from,
		       const char *part, struct error *error)
{
	struct digesting digesting = { .from = from };
	pthread_t thread;

	if (pthread_create(&thread, NULL, run_digest, &digesting) != 0)
		return error_set(error, ERROR_TRY_AGAIN, "no further thread");
	bool ok = copy(from, part, error) &&
		  snapshot_file_hash(&is->file, part, error);
	(void)pthread_join(thread, NULL); /* it was made */
	return ok && fill_digest(is, head, &digesting, part, error);
}

/* The name says whether the file is packed. */
static bool pack_part(const char *part, const char *file, struct error *error)
{
	char packed[PATH_SIZE + sizeof(".zst")];

	if (!compression_store_is_asked_for(file))
		return true;
	(void)snprintf(packed, sizeof(packed), "%s.zst", part); /* it fits */
	return compression_store_pack(part, packed, error) &&
	       snapshot_file_rename(packed, part, error);
}

bool portable_store_write(struct snapshot_file_digest *is,
			  struct snapshot_head *head, const char *from,
			  const char *file, struct error *error)
{
	char part[PATH_SIZE];

	if (snprintf(part, sizeof(part), "%s.%ld.part", file, (long)getpid()) >=
	    (int)sizeof(part))
		return error_set(error, ERROR_USAGE, "the path is too long");
	bool ok = write_part(is, head, from, part, error) &&
		  pack_part(part, file, error);
	if (ok) {
		is->head_number = head->number;
		is->head_hash = head->hash;
		ok = publish(is, part, file, error);
	}
	if (!ok)
		(void)unlink(part); /* it may never have been made */
	return ok;
}
